//! Documents against what they were when somebody looked at them: text, metadata, pictures of their pages.
//!
//! A reference that is missing is written, and the test fails, so that it is looked at before it is committed.

use std::path::{Path, PathBuf};

use anlage::pdf::text::{TextLimits, read};
use image::{GenericImage, GrayImage};

use crate::examples::{copy, rendered};
use crate::pdf::Pdf;
use crate::program::{Project, files_below, repository};

/// The mean difference of a page's pixels that is allowed, of 255: another rounding, not another picture.
const MAX_DIFFERENCE: f64 = 0.5;

#[test]
fn the_words_of_the_seed_are_those_of_the_seed() {
    let seed = include_str!("../golden/seed.txt");
    let expected: Vec<&str> = seed
        .lines()
        .filter(|line| !line.trim_matches(['-', ' ', '\t']).is_empty())
        .flat_map(str::split_whitespace)
        .collect();
    let expected: Vec<String> = expected
        .iter()
        .map(|word| word.replace("<i>", "").replace("</i>", ""))
        .filter(|w| !w.is_empty())
        .collect();
    let pdf = Pdf::read(&rendered(&[])["V-0056-2025-Anlage-A.pdf"]);
    assert_eq!(pdf.words().join("\n"), expected.join("\n"));
}

/// Whether a file comes from an example that shows what the form can do; those of the sessions show packets.
fn shows_the_form(name: &str) -> bool {
    let examples = files_below(&repository().join("examples"), "toml").into_iter();
    let mut of_sessions =
        examples.filter(|path| path.parent().unwrap().with_file_name("sitzung.toml").exists());
    !of_sessions
        .any(|path| name.starts_with(&format!("{}-Anlage", path.file_stem().unwrap().to_str().unwrap())))
}

#[test]
fn text_and_metadata_are_as_they_were() {
    let mut failed = Vec::new();
    for (name, bytes) in rendered(&[]).into_iter().filter(|(name, _)| shows_the_form(name)) {
        let pdf = Pdf::read(&bytes);
        let mut text = format!("Seiten: {}\n", pdf.pages());
        for key in ["Title", "Author", "Subject", "Keywords", "Creator", "CreationDate"] {
            text += &format!("{key}: {}\n", pdf.info(key).unwrap_or_default());
        }
        for element in pdf.elements() {
            let depth = element.path.matches('/').count();
            let kind = element.path.rsplit('/').next().unwrap();
            let scope = element.scope.map(|scope| format!("[{scope}]")).unwrap_or_default();
            let alt = element.alt.map(|alt| format!(" ({alt})")).unwrap_or_default();
            // The text stands with the innermost block; what holds blocks would only repeat it.
            let own = if ["P", "H1", "H2", "TH", "TD", "LBody", "Lbl", "Caption", "Link"].contains(&kind) {
                &element.text
            } else {
                ""
            };
            text += format!("{}{kind}{scope}{alt} {own}", "  ".repeat(depth)).trim_end();
            text += "\n";
        }
        if !matches(&format!("{}.txt", name.trim_end_matches(".pdf")), text.as_bytes()) {
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "the text of {failed:?} is another; see target/golden");
}

#[test]
fn a_packet_is_read_alike_each_time() {
    let project = Project::new();
    copy(&repository().join("examples/kita-neubau"), project.path());
    let session = "[sitzung]\ngremium = 'Rat'\ndatum = 2025-04-02\n[[top]]\nnummer = '1'\nvorlage = 'V-0123-2025.toml'\n";
    project.write("sitzung.toml", session);
    let run = project.run(&["packet", "sitzung.toml", "--edition", "public"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let packet = project.read(&format!("out/oeffentlich/{}", project.pdfs("out/oeffentlich")[0]));
    let first = read(&packet, &TextLimits::default(), &mut |_, _, _| {});
    assert_eq!(first.unread, []);
    // Its pages are drawn beside each other; nothing of one may depend on how far another one is. So many at once that threads
    // are interrupted anywhere.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..40 {
                    let again = read(&packet, &TextLimits::default(), &mut |_, _, _| {});
                    assert!(again == first, "round {round}: {:?}", again.unread);
                }
            });
        }
    });
}

#[test]
fn pages_are_read_as_what_they_say() {
    let plain = |text: &str| text.replace(['-', '\u{ad}', '\u{2010}'], "");
    for (name, bytes) in rendered(&[]) {
        let reading = read(&bytes, &TextLimits::default(), &mut |_, _, _| {});
        assert_eq!(reading.unread, [], "{name}");
        let drawn: String =
            reading.pages.iter().flat_map(|page| page.drawn.text.split_whitespace()).collect();
        let drawn = plain(&drawn);
        let mut rest = drawn.as_str();
        for word in Pdf::read(&bytes).words() {
            let word = plain(&word);
            let at = rest.find(&word).unwrap_or_else(|| panic!("{name}: {word} is not in {rest}"));
            // Between two words stand at most the foot and the head of a page.
            assert!(at < 300, "{name}: {word} is far away in {rest}");
            rest = &rest[at + word.len()..];
        }
    }
}

#[test]
fn metadata_claims_what_the_file_is() {
    let plain = &rendered(&[])["V-0056-2025-Anlage-A.pdf"];
    let xmp = Pdf::read(plain).xmp();
    for part in ["pdfaid:part>2<", "pdfaid:conformance>A<", "pdfuaid:part>1<", "2025-01-20", "de-DE"] {
        assert!(xmp.contains(part), "{part} is missing in {xmp}");
    }
    let embedding = &rendered(&["--embed-record"])["V-0056-2025-Anlage-A.pdf"];
    assert!(Pdf::read(embedding).xmp().contains("pdfaid:part>3<"));
}

#[test]
fn pages_look_as_they_did() {
    let project = Project::new();
    copy(&repository().join("examples"), &project.path().join("examples"));
    let run = project.run(&["render", "examples", "--format", "png", "--ppi", "60"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut failed = Vec::new();
    for name in project.list("out/anlagen").into_iter().filter(|name| shows_the_form(name)) {
        let new =
            image::load_from_memory(&project.read(&format!("out/anlagen/{name}"))).unwrap().into_luma8();
        if !looks_like(&name, &new) {
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "{failed:?} look different; see target/golden");
}

#[test]
fn the_picture_in_the_readme_is_of_today() {
    let project = Project::new();
    copy(&repository().join("examples/migrationsleitbild"), project.path());
    let run = project.run(&["render", "--format", "png", "--ppi", "80"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let picture = repository().join("docs/pictures/anlagen/V-0056-2025-Anlage-A-1.png");
    assert!(std::fs::metadata(&picture).unwrap().len() < 200_000, "a front door opens at once");
    is_picture_of(&picture, &project.read("out/anlagen/V-0056-2025-Anlage-A-1.png"));
}

/// Fails unless a picture on a page shows what was made now.
pub(crate) fn is_picture_of(picture: &Path, made: &[u8]) {
    let made = image::load_from_memory(made).unwrap().into_luma8();
    let shown = image::open(picture).unwrap().into_luma8();
    assert_eq!(shown.dimensions(), made.dimensions(), "{}", picture.display());
    assert!(difference(&shown, &made) <= MAX_DIFFERENCE, "{} shows something else", picture.display());
}

fn reference(name: &str) -> PathBuf {
    repository().join("tests/golden").join(name)
}

/// Where what was made instead is put.
fn rejected(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("golden");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

fn matches(name: &str, made: &[u8]) -> bool {
    match std::fs::read(reference(name)) {
        Ok(expected) if expected == made => true,
        Ok(_) => {
            std::fs::write(rejected(name), made).unwrap();
            false
        }
        Err(_) => {
            std::fs::write(reference(name), made).unwrap();
            false
        }
    }
}

fn looks_like(name: &str, made: &GrayImage) -> bool {
    let Ok(expected) = image::open(reference(name)) else {
        made.save(reference(name)).unwrap();
        return false;
    };
    let expected = expected.into_luma8();
    if expected.dimensions() == made.dimensions() && difference(&expected, made) <= MAX_DIFFERENCE {
        return true;
    }
    three_panes(&expected, made).save(rejected(name)).unwrap();
    false
}

fn difference(a: &GrayImage, b: &GrayImage) -> f64 {
    let sum: u64 = a.pixels().zip(b.pixels()).map(|(a, b)| u64::from(a.0[0].abs_diff(b.0[0]))).sum();
    sum as f64 / f64::from(a.width() * a.height())
}

/// What was expected, what was made, and where they differ, side by side.
fn three_panes(expected: &GrayImage, made: &GrayImage) -> GrayImage {
    let (width, height) = (expected.width().max(made.width()), expected.height().max(made.height()));
    let mut panes = GrayImage::from_pixel(3 * width + 20, height, image::Luma([128]));
    panes.copy_from(expected, 0, 0).unwrap();
    panes.copy_from(made, width + 10, 0).unwrap();
    for (x, y, pixel) in expected.enumerate_pixels() {
        let other = made.get_pixel_checked(x, y).map_or(0, |pixel| pixel.0[0]);
        panes.put_pixel(2 * width + 20 + x, y, image::Luma([255 - pixel.0[0].abs_diff(other)]));
    }
    panes
}
