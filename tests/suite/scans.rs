//! Scans of every kind as PDF: what they look like, how large they are, and what they claim. `tests/scans/make.py` made
//! the files.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use anlage::day::Day;
use anlage::pdf::scans::{Labels, Scan, ScanError, scan};
use image::{RgbImage, imageops};
use lopdf::Object;

use crate::pdf::Pdf;
use crate::program::{available, files_below, repository};

static LABELS: LazyLock<Labels<'_>> = LazyLock::new(|| Labels {
    title: "Anlage 2 zur V/0001/2025: Lageplan & Schnitt <A–B>",
    alt: "Anlage 2: Lageplan",
    author: "Stadtplanungsamt",
    date: Day::new(2025, 2, 12),
});

/// The files, by their names.
pub(crate) fn scans() -> Vec<(String, Vec<u8>)> {
    let folder = repository().join("tests/scans");
    let paths = ["jpg", "png", "tif"].iter().flat_map(|kind| files_below(&folder, kind));
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    paths.map(|path| (name(&path), std::fs::read(path).unwrap())).collect()
}

fn named(name: &str) -> Vec<u8> {
    std::fs::read(repository().join("tests/scans").join(name)).unwrap()
}

pub(crate) fn made(name: &str, bytes: &[u8]) -> Scan {
    scan(bytes, &LABELS).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The image of the first page, and the size of that page in points.
fn image_of(scan: &Scan) -> (lopdf::Stream, [f64; 2]) {
    let document = lopdf::Document::load_mem(&scan.pdf).unwrap();
    let page = document.get_dictionary(document.get_pages()[&1]).unwrap();
    let resources = page.get(b"Resources").unwrap().as_dict().unwrap();
    let image = resources.get(b"XObject").unwrap().as_dict().unwrap().get(b"Bild").unwrap();
    let image = document.dereference(image).unwrap().1.as_stream().unwrap().clone();
    let media_box = page.get(b"MediaBox").unwrap().as_array().unwrap();
    let side = |at: usize| f64::from(media_box[at].as_float().unwrap());
    (image, [side(2), side(3)])
}

fn entry(image: &lopdf::Stream, key: &str) -> String {
    match image.dict.get(key.as_bytes()).unwrap() {
        Object::Name(name) => String::from_utf8_lossy(name).into_owned(),
        other => other.as_i64().unwrap().to_string(),
    }
}

#[test]
fn each_kind_keeps_its_kind() {
    for (name, bytes) in scans() {
        let (image, size) = image_of(&made(&name, &bytes));
        let kind = (entry(&image, "ColorSpace"), entry(&image, "BitsPerComponent"));
        let expected = match name.split(['-', '.']).next().unwrap() {
            "bits" => ("DeviceGray", "1"),
            "grey" => ("DeviceGray", "8"),
            _ => ("DeviceRGB", "8"),
        };
        assert_eq!((kind.0.as_str(), kind.1.as_str()), expected, "{name}");
        let millimetres = size.map(|points| (points / 72.0 * 25.4).round());
        let expected = if name.contains("no-resolution") { [210.0, 297.0] } else { [35.0, 51.0] };
        assert_eq!(millimetres, expected, "{name}");
        let dpi = entry(&image, "Width").parse::<f64>().unwrap() / size[0] * 72.0;
        assert!(dpi < 301.0 || name.contains("-o"), "{name}: {dpi} dpi");
    }
}

#[test]
fn what_a_pdf_can_take_goes_in_as_it_is() {
    for name in ["colour.jpg", "colour-progressive.jpg", "grey.jpg", "colour-no-resolution.jpg"] {
        assert!(image_of(&made(name, &named(name))).0.content == named(name), "{name}");
    }
    let group4 = named("bits-g4.tif");
    let (image, _) = image_of(&made("bits-g4.tif", &group4));
    assert_eq!(entry(&image, "Filter"), "CCITTFaxDecode");
    assert!(group4.windows(image.content.len()).any(|strip| strip == image.content));
    // The place where a photo was taken, say.
    let turned = named("colour-o6.jpg");
    let (image, _) = image_of(&made("colour-o6.jpg", &turned));
    assert!(turned.windows(4).any(|w| w == b"Exif") && !image.content.windows(4).any(|w| w == b"Exif"));
}

#[test]
fn each_page_is_a_figure_with_the_title_of_the_annex() {
    let scan = made("bits-pages.tif", &named("bits-pages.tif"));
    // Its second directory is the preview of the first.
    assert_eq!(scan.pages, 3);
    let pdf = Pdf::read(&scan.pdf);
    assert_eq!(pdf.pages(), 3);
    let alts: Vec<String> = pdf.elements().into_iter().filter_map(|element| element.alt).collect();
    let expected: Vec<String> =
        (1..=3).map(|page| format!("Anlage 2: Lageplan, Seite {page} von 3")).collect();
    assert_eq!(alts, expected);
    assert_eq!(pdf.info("Title").as_deref(), Some(LABELS.title));
    assert!(pdf.xmp().contains("Lageplan &amp; Schnitt &lt;A–B&gt;"));
    let one = Pdf::read(&made("bits.png", &named("bits.png")).pdf);
    assert_eq!(one.elements()[1].alt.as_deref(), Some("Anlage 2: Lageplan"));
}

#[test]
fn the_same_scan_gives_the_same_bytes() {
    for (name, bytes) in scans() {
        assert!(made(&name, &bytes) == made(&name, &bytes), "{name}");
    }
}

#[test]
fn damaged_files_are_refused_in_a_sentence() {
    for (name, bytes) in scans() {
        for part in [1, 2, 5, 8] {
            // Most of a TIFF's directory stands at its end, so it is cut from its first bytes too.
            let cut = scan(&bytes[..bytes.len() * part / 9], &LABELS);
            let error = cut.err().unwrap_or_else(|| panic!("{name}: {part}/9 of it will do"));
            assert!(error.to_string().ends_with('.'), "{name}: {error}");
        }
        // Whatever a changed byte does, it does not end the run.
        for at in (0..bytes.len()).step_by(bytes.len() / 40 + 1) {
            let mut changed = bytes.clone();
            changed[at] ^= 0xFF;
            let _ = scan(&changed, &LABELS);
        }
    }
    let foreign = scan(b"%PDF-1.7", &LABELS);
    assert!(foreign.unwrap_err().to_string().contains("weder JPEG noch PNG oder TIFF"));
}

#[test]
fn too_many_pages_and_too_many_pixels_are_refused() {
    let mut tiff = std::io::Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut tiff).unwrap();
    for _ in 0..501 {
        encoder.write_image::<tiff::encoder::colortype::Gray8>(1, 1, &[0]).unwrap();
    }
    assert!(matches!(scan(tiff.get_ref(), &LABELS), Err(ScanError::Pages(501))));
    let mut tiff = std::io::Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut tiff).unwrap();
    encoder.write_image::<tiff::encoder::colortype::Gray8>(16_001, 1, &[0; 16_001]).unwrap();
    assert!(scan(tiff.get_ref(), &LABELS).unwrap_err().to_string().contains("16000"));
}

/// The pages as pictures, 150 dots per inch.
fn drawn(folder: &Path) -> bool {
    for (name, bytes) in scans() {
        let pdf = folder.join(format!("{name}.pdf"));
        std::fs::write(&pdf, made(&name, &bytes).pdf).unwrap();
        let drawn = Command::new("pdftoppm")
            .args(["-r", "150", "-png", "-singlefile"])
            .arg(&pdf)
            .arg(pdf.with_extension(""))
            .output();
        match drawn {
            Ok(output) => {
                assert!(output.status.success() && output.stderr.is_empty(), "{name}: {output:?}");
            }
            Err(_) => return available(false, "pictures of scans need pdftoppm, from poppler-utils"),
        }
    }
    true
}

#[test]
fn every_page_shows_what_was_scanned() {
    let folder = tempfile::tempdir().unwrap();
    if !drawn(folder.path()) {
        return;
    }
    let original = image::load_from_memory(&named("colour.png")).unwrap().into_rgb8();
    for (name, _) in scans() {
        let page = image::open(folder.path().join(format!("{name}.png"))).unwrap();
        let page = if name.contains("no-resolution") {
            page.crop_imm(9, 0, page.width() - 18, page.height())
        } else {
            page
        };
        let page = imageops::resize(&page.to_rgb8(), 208, 304, imageops::FilterType::Triangle);
        let expected = expected(&original, name.split(['-', '.']).next().unwrap());
        let off = page.pixels().zip(expected.pixels());
        let off: u64 = off.flat_map(|(a, b)| (0..3).map(|c| u64::from(a.0[c].abs_diff(b.0[c])))).sum::<u64>();
        let mean = off as f64 / f64::from(208 * 304 * 3);
        assert!(mean < 6.0, "{name}: {mean} off in the mean");
    }
}

/// The picture as it is in its kind: colour, grey, or 1 bit.
fn expected(original: &RgbImage, kind: &str) -> RgbImage {
    let grey = |p: &image::Rgb<u8>| {
        ((u32::from(p[0]) * 299 + u32::from(p[1]) * 587 + u32::from(p[2]) * 114) / 1000) as u8
    };
    let mut picture = original.clone();
    for pixel in picture.pixels_mut() {
        match kind {
            "grey" => pixel.0 = [grey(pixel); 3],
            "bits" => pixel.0 = [if grey(pixel) > 90 { 255 } else { 0 }; 3],
            _ => {}
        }
    }
    picture
}
