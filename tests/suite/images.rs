//! Images of every kind that a record may name, on a page.

use image::GenericImageView;

use crate::examples::copy;
use crate::pdf::Pdf;
use crate::program::{Project, files_below, repository, sound_record};

fn with_images(names: &[&str]) -> Project {
    let project = Project::new();
    copy(&repository().join("tests/images"), project.path());
    let images: String = names.iter().map(|name| format!("![Bild {name}]({name})\n\n")).collect();
    project.write("a.toml", sound_record("V/0001/2025").replace("Das Haus", &format!("{images}Das Haus")));
    project
}

#[test]
fn every_kind_of_image_is_printed_with_its_text() {
    let project = every_kind();
    let run = project.run(&["render", "a.toml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let elements = Pdf::read(&project.read("out/anlagen/V-0001-2025-Anlage-A.pdf")).elements();
    for name in names() {
        let alt = format!("Bild {name}");
        assert_eq!(
            elements.iter().filter(|element| element.alt.as_deref() == Some(&alt)).count(),
            1,
            "{name}"
        );
    }
}

/// A project whose record names an image of every kind.
pub(crate) fn every_kind() -> Project {
    let names = names();
    assert!(names.len() >= 8);
    with_images(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

pub(crate) fn names() -> Vec<String> {
    ["jpg", "png", "svg", "tif"]
        .iter()
        .flat_map(|kind| files_below(&repository().join("tests/images"), kind))
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn colours_and_orientation_survive() {
    // The red corner of the picture, upper left as it was drawn; a quarter turn clockwise brings it to the right.
    for (name, x, y) in [("cmyk.jpg", 0.2, 0.2), ("gedreht.jpg", 0.8, 0.2), ("lzw.tif", 0.2, 0.2)] {
        let project = with_images(&[name]);
        let run = project.run(&["render", "a.toml", "--format", "png", "--ppi", "100"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let page = image::load_from_memory(&project.read("out/anlagen/V-0001-2025-Anlage-A-1.png")).unwrap();
        let coloured = page.pixels().filter(|(.., pixel)| pixel.0[..3] != [255, 255, 255]);
        // The picture is what is neither white nor grey: its ground has a tint.
        let tinted: Vec<(u32, u32)> =
            coloured.filter(|(.., p)| p.0[0].abs_diff(p.0[2]) >= 4).map(|(x, y, _)| (x, y)).collect();
        let range = |values: Vec<u32>| (*values.iter().min().unwrap(), *values.iter().max().unwrap());
        let (left, right) = range(tinted.iter().map(|(x, _)| *x).collect());
        let (top, bottom) = range(tinted.iter().map(|(_, y)| *y).collect());
        let at = |from: u32, to: u32, part: f64| from + (f64::from(to - from) * part) as u32;
        let pixel = page.get_pixel(at(left, right, x), at(top, bottom, y)).0;
        assert!(pixel[0] > 150 && pixel[1] < 110 && pixel[2] < 110, "{name}: {pixel:?}");
    }
}
