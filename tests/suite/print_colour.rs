//! Colour on sheets: what has none must not print as if it had, and in grey nothing coloured is left.

use std::process::Command;

use lopdf::content::Content;
use lopdf::{Document, Object, Stream, dictionary};
use serde_json::Value;

use crate::examples::copy;
use crate::program::{Project, available, installed, repository};
use crate::sheets::Sheets;

/// A page of each kind of colour, then pages that have none.
fn colourful() -> Vec<u8> {
    let mut sheets = Sheets::new(&[
        "rgb", "cmyk", "bild", "verlauf", "muster", "form", "zeile", "tinte", "grau", "schwarz",
    ]);
    let name = |name: &str| Object::Name(name.as_bytes().to_vec());
    let picture = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => 2, "Height" => 1, "BitsPerComponent" => 8,
        "ColorSpace" => "DeviceRGB",
    };
    let picture = sheets.add(Stream::new(picture, vec![255, 0, 0, 0, 0, 255]));
    let ramp = dictionary! {
        "FunctionType" => 2, "N" => 1, "Domain" => vec![0.into(), 1.into()],
        "C0" => vec![1.into(), 0.into(), 0.into()], "C1" => vec![0.into(), 0.into(), 1.into()],
    };
    let shading = sheets.add(dictionary! {
        "ShadingType" => 2, "ColorSpace" => "DeviceRGB", "Function" => ramp,
        "Coords" => vec![0.into(), 0.into(), 500.into(), 0.into()],
    });
    let area = || vec![0.into(), 0.into(), 100.into(), 100.into()];
    let tile = dictionary! {
        "PatternType" => 1, "PaintType" => 1, "TilingType" => 1, "BBox" => area(), "XStep" => 100, "YStep" => 100,
        "Resources" => dictionary! {},
    };
    let tile = sheets.add(Stream::new(tile, b"0 1 0 rg 0 0 50 50 re f".to_vec()));
    let form = dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => area() };
    let form = sheets.add(Stream::new(form, b"1 0 1 RG 0 0 50 50 re S".to_vec()));
    let tone = dictionary! {
        "FunctionType" => 2, "N" => 1, "Domain" => vec![0.into(), 1.into()],
        "C0" => vec![0.into(), 0.into(), 0.into(), 0.into()], "C1" => vec![0.into(), 1.into(), 1.into(), 0.into()],
    };
    let red = vec![name("Separation"), name("Rot"), name("DeviceCMYK"), tone.into()];
    let contents: [&[u8]; 10] = [
        b"1 0 0 rg 0 0 100 100 re f",
        b"0 1 1 0 k 0 0 100 100 re f",
        b"100 0 0 100 0 0 cm /B Do",
        b"0 0 500 500 re W n /V sh",
        b"/Pattern cs /M scn 0 0 100 100 re f",
        b"/F Do",
        b"q 100 0 0 100 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /RGB ID \xff\x00\x00 EI Q",
        b"/T cs 1 scn 0 0 100 100 re f",
        b"0.5 0.5 0.5 rg 0 0 100 100 re f",
        b"0 0 0 1 k 0 0 100 100 re f",
    ];
    for (at, content) in contents.into_iter().enumerate() {
        let content = sheets.add(Stream::new(dictionary! {}, content.to_vec()));
        let id = sheets.pages[at];
        let page = sheets.document.get_dictionary_mut(id).unwrap();
        page.set("Contents", content);
        let resources = page.get_mut(b"Resources").unwrap().as_dict_mut().unwrap();
        resources.set("XObject", dictionary! { "B" => picture.clone(), "F" => form.clone() });
        resources.set("Shading", dictionary! { "V" => shading.clone() });
        resources.set("Pattern", dictionary! { "M" => tile.clone() });
        resources.set("ColorSpace", dictionary! { "T" => red.clone() });
    }
    sheets.bytes()
}

fn print(project: &Project, layout: &str, arguments: &[&str]) -> Value {
    let run =
        project.run(&[&["print", "akte.pdf", "--format", "json", "--layout", layout], arguments].concat());
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let said: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    said["printed"][0].clone()
}

fn colourful_project() -> Project {
    let project = Project::new();
    project.write("akte.pdf", colourful());
    project
}

fn numbers(value: &Value) -> Vec<u64> {
    value.as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect()
}

/// How much cyan, magenta and yellow Ghostscript puts on each page; none without it.
fn colours(project: &Project, path: &str) -> Option<Vec<f32>> {
    if !available(installed("gs"), "gs, to measure the inks of sheets") {
        return None;
    }
    let arguments = ["-q", "-o", "-", "-sDEVICE=inkcov"];
    let output = Command::new("gs").args(arguments).arg(project.path().join(path)).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let pages = said.lines().filter(|line| line.contains("CMYK"));
    let sum = |line: &str| line.split_whitespace().take(3).map(|ink| ink.parse::<f32>().unwrap()).sum();
    Some(pages.map(sum).collect())
}

#[test]
fn pages_with_colour_are_told_from_those_without() {
    let project = colourful_project();
    let said = print(&project, "simplex", &[]);
    assert_eq!(numbers(&said["colour_pages"]), [1, 2, 3, 4, 5, 6, 7, 8]);
    let Some(inks) = colours(&project, said["paths"][0].as_str().unwrap()) else { return };
    for (at, ink) in inks.iter().enumerate() {
        assert_eq!(*ink > 0.0, at < 8, "page {}: {ink}", at + 1);
    }
}

#[test]
fn sheets_with_colour_go_to_a_file_of_their_own() {
    let project = colourful_project();
    let said = print(&project, "duplex", &["--split-colour"]);
    let files: Vec<(&str, u64, bool)> = said["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            (file["name"].as_str().unwrap(), file["sides"].as_u64().unwrap(), file["in_colour"] == true)
        })
        .collect();
    assert_eq!(files, [("akte-duplex-farbe.pdf", 8, true), ("akte-duplex-schwarzweiss.pdf", 2, false)]);
    assert_eq!(project.run(&["print", "akte.pdf", "--split-colour", "--greyscale"]).code, 2);
}

#[test]
fn nothing_coloured_is_left_in_grey() {
    let project = colourful_project();
    let said = print(&project, "simplex", &["--greyscale"]);
    assert_eq!(numbers(&said["colour_pages"]), [0_u64; 0]);
    let path = said["paths"][0].as_str().unwrap();
    is_grey(&Document::load_mem(&project.read(path)).unwrap());
    if let Some(inks) = colours(&project, path) {
        assert!(inks.iter().all(|ink| *ink == 0.0), "{inks:?}");
    }
}

#[test]
fn a_session_in_grey_has_no_colour_and_one_as_it_is_only_where_it_says() {
    let project = Project::new();
    copy(&repository().join("examples/ratssitzung"), project.path());
    for greyscale in [true, false] {
        let arguments =
            ["print", "sitzung.toml", "--edition", "public", "--layout", "simplex", "--format", "json"];
        let more: &[&str] = if greyscale { &["--greyscale"] } else { &[] };
        let run = project.run(&[&arguments, more].concat());
        let said: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
        let path = said["printed"][0]["paths"][0].as_str().unwrap();
        if greyscale {
            is_grey(&Document::load_mem(&project.read(path)).unwrap());
        }
        let said = numbers(&said["printed"][0]["colour_sheets"]);
        let Some(inks) = colours(&project, path) else { continue };
        let coloured = (1..).zip(&inks).filter(|(_, ink)| **ink > 0.0).map(|(page, _)| page);
        let unsaid: Vec<u64> = coloured.filter(|page| !said.contains(page)).collect();
        assert_eq!(unsaid, [0_u64; 0], "{greyscale}: {inks:?}");
        assert!(greyscale || said.len() < inks.len() / 2, "{said:?}");
    }
}

/// Fails if a content stream, a picture or a shading has a colour.
fn is_grey(document: &Document) {
    for object in document.objects.values() {
        let Ok(stream) = object.as_stream() else {
            if let Ok(entries) = object.as_dict() {
                assert!(
                    !entries.has(b"ShadingType")
                        || is_grey_space(document, entries.get(b"ColorSpace").unwrap())
                );
            }
            continue;
        };
        let kind = stream.dict.get(b"Subtype").and_then(Object::as_name).unwrap_or_default();
        match kind {
            b"Image" if !stream.dict.has(b"ImageMask") => {
                assert!(is_grey_space(document, stream.dict.get(b"ColorSpace").unwrap()));
            }
            b"Form" => is_drawn_grey(stream),
            _ if stream.dict.has(b"PatternType") => is_drawn_grey(stream),
            _ => {}
        }
    }
}

fn is_drawn_grey(stream: &Stream) {
    // The reader of the tests does not know inline images; those are measured in ink.
    let Ok(content) = Content::decode(&stream.decompressed_content().unwrap()) else { return };
    for operation in content.operations {
        let coloured = ["rg", "RG", "k", "K", "sc", "SC"];
        assert!(!coloured.contains(&operation.operator.as_str()), "{operation:?}");
        if ["scn", "SCN"].contains(&operation.operator.as_str()) {
            assert!(operation.operands.len() <= 2 && operation.operands.last().unwrap().as_name().is_ok());
        }
    }
}

/// Grey, or something that becomes grey where it is drawn.
fn is_grey_space(document: &Document, space: &Object) -> bool {
    match document.dereference(space).unwrap().1 {
        Object::Name(name) => name == b"DeviceGray",
        Object::Array(parts) => match parts[0].as_name().unwrap() {
            b"ICCBased" => {
                let profile = document.dereference(&parts[1]).unwrap().1.as_stream().unwrap();
                profile.dict.get(b"N").unwrap().as_i64().unwrap() == 1
            }
            b"Indexed" => is_grey_space(document, &parts[1]),
            b"DeviceN" => is_grey_space(document, &parts[2]),
            b"CalGray" => true,
            _ => false,
        },
        _ => false,
    }
}
