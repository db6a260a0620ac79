//! Pictures that a browser sends for a long text: what is taken, what is refused, and where it lands.

use std::io::{Cursor, Write};

use image::{DynamicImage, ImageFormat};

use crate::browser::{Answer, Served};
use crate::browser_form::{controls, page_of};
use crate::program::{Project, repository, sound_record};

const RECORD: &str = "vorlagen/V-0001-2025.toml";

fn project() -> Project {
    let project = Project::new();
    project.write(RECORD, sound_record("V/0001/2025"));
    project
}

fn send(served: &Served, record: &str, name: &str, bytes: &[u8]) -> Answer {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("datei", record), ("name", name)])
        .finish();
    served.post_body(&format!("/bild?{query}"), "application/octet-stream", bytes)
}

/// What a script is told about a picture: its name, or what is wrong with it.
pub(crate) fn said(answer: &Answer, key: &str) -> String {
    let told: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    told[key].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
}

pub(crate) fn png(side: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    DynamicImage::new_rgb8(side, 10).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

/// A part of a PNG file, from its kind and what is in it.
fn chunk(content: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(content);
    let length = u32::try_from(content.len() - 4).unwrap().to_be_bytes();
    [&length[..], content, &sum.sum().to_be_bytes()].concat()
}

#[test]
fn a_picture_lands_beside_its_record_and_is_printed() {
    let project = project();
    let served = Served::start(&project);
    let mut text = String::new();
    for name in crate::images::names() {
        let bytes = std::fs::read(repository().join("tests/images").join(&name)).unwrap();
        let taken = send(&served, RECORD, &name, &bytes);
        assert_eq!(taken.status, 200, "{name}: {}", taken.text());
        text += &format!("![Bild {name}]({})\n\n", said(&taken, "datei"));
    }
    assert!(text.matches("](V-0001-2025-").count() >= 8, "{text}");
    project.write(RECORD, sound_record("V/0001/2025").replace("Das Haus", &format!("{text}Das Haus")));
    let rendered = project.run(&["render", RECORD]);
    assert_eq!(rendered.code, 0, "{}", rendered.stderr);
}

/// Sends the form of a record as a browser without scripts does that a picture was chosen in.
pub(crate) fn send_form(served: &Served, fields: &[(String, String)], file: (&str, &str, &[u8])) -> Answer {
    send_form_to(served, "/vorlage", fields, file)
}

pub(crate) fn send_form_to(
    served: &Served,
    path: &str,
    fields: &[(String, String)],
    file: (&str, &str, &[u8]),
) -> Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--grenze\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let (name, called, bytes) = file;
    let head = format!(
        "--grenze\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{called}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    );
    body.extend([head.as_bytes(), bytes, b"\r\n--grenze--\r\n"].concat());
    served.post_body(path, "multipart/form-data; boundary=grenze", &body)
}

#[test]
fn a_picture_comes_with_the_form_where_no_script_sends_it() {
    const PLACE: &str = "/anlage/A/kurzueberblick";
    let project = project();
    let served = Served::start(&project);
    let page = page_of(&served, RECORD);
    let button = format!(
        "<button type=\"submit\" name=\"tun\" value=\"bild:{PLACE}\" formenctype=\"multipart/form-data\""
    );
    assert!(
        page.contains(&button) && page.contains(&format!("name=\"bild:{PLACE}\" type=\"file\"")),
        "{page}"
    );
    let sent = |alt: &str, button: &str| {
        let mut fields = controls(&page);
        let text = fields.iter_mut().find(|(name, _)| name == &format!("bildtext:{PLACE}"));
        text.unwrap().1 = alt.to_owned();
        fields.retain(|(name, _)| !name.starts_with("bild:"));
        fields.push(("tun".to_owned(), button.to_owned()));
        fields
    };
    let value = |page: &str| controls(page).into_iter().find(|(name, _)| name == PLACE).unwrap().1;
    let before = value(&page);
    let (file, button) = (format!("bild:{PLACE}"), format!("bild:{PLACE}"));
    let beside = || std::fs::read_dir(project.path().join("vorlagen")).unwrap().count();
    for (alt, called, bytes, problem) in [
        ("Ein Plan", "", &b""[..], "Bitte ein Bild wählen."),
        (" ", "Plan.png", &png(20), "Bitte schreiben, was auf dem Bild zu sehen ist"),
        ("Ein Plan", "Plan.png", &b"GIF89a"[..], "weder PNG noch JPEG"),
    ] {
        let refused = send_form(&served, &sent(alt, &button), (&file, called, bytes)).text();
        assert!(refused.contains(problem), "{refused}");
        assert_eq!((value(&refused), beside()), (before.clone(), 1));
        let is_kept = refused.contains("value=\"Ein Plan\"");
        assert_eq!(is_kept, !alt.trim().is_empty(), "what was typed stays");
    }
    let done = send_form(&served, &sent("Plan [1]\\", &button), (&file, "Plan.png", &png(20))).text();
    assert!(done.contains("Das Bild V-0001-2025-Plan.png steht jetzt am Ende des Textes"), "{done}");
    assert_eq!(value(&done), format!("{before}\r\n\r\n![Plan \\[1\\]\\\\](V-0001-2025-Plan.png)"));
    assert!(project.path().join("vorlagen/V-0001-2025-Plan.png").is_file());
    // The button of another field, or none.
    let elsewhere =
        send_form(&served, &sent("Plan", "bild:/vorlage/amt"), (&file, "Plan.png", &png(20))).text();
    assert!(elsewhere.contains("Hier lässt sich kein Bild einfügen."), "{elsewhere}");
    let broken = served.post_body("/vorlage", "multipart/form-data; boundary=grenze", b"--grenze\r\nnichts");
    assert_eq!(broken.status, 400);
    assert_eq!(beside(), 2);
}

#[test]
fn no_picture_takes_the_place_of_another_file() {
    let project = project();
    let served = Served::start(&project);
    let name = |side, name| said(&send(&served, RECORD, name, &png(side)), "datei");
    assert_eq!(name(20, "Lageplan Süd.png"), "V-0001-2025-Lageplan-Sued.png");
    assert_eq!(name(20, "Lageplan Süd.png"), "V-0001-2025-Lageplan-Sued.png", "the same once more");
    assert_eq!(name(30, "Lageplan Süd.PNG"), "V-0001-2025-Lageplan-Sued-2.png");
    assert_eq!(name(20, "Lageplan Süd.png"), "V-0001-2025-Lageplan-Sued.png");
    // What its bytes are counts, and not what its name says.
    assert_eq!(name(20, "../../../x/.plan.exe"), "V-0001-2025-plan.png");
    project.write("vorlagen/V-0001-2025-voll.png", "von Hand");
    #[cfg(unix)]
    std::os::unix::fs::symlink("nirgends", project.path().join("vorlagen/V-0001-2025-voll-2.png")).unwrap();
    #[cfg(unix)]
    assert_eq!(name(20, "voll.png"), "V-0001-2025-voll-3.png");
    assert_eq!(project.read("vorlagen/V-0001-2025-voll.png"), b"von Hand");
    let all = project.list("vorlagen");
    assert!(all.iter().all(|name| name.starts_with("V-0001-2025")), "{all:?}");
    assert_eq!(project.list(""), ["anlage.toml", "vorlagen"]);
}

#[test]
fn what_is_no_picture_of_a_record_is_refused_and_nothing_is_written() {
    let project = project();
    project.write("sitzung.toml", "[sitzung]\ngremium = \"Rat\"\ndatum = 2025-02-12\n");
    let served = Served::start(&project);
    let mut cut = png(300);
    cut.truncate(60);
    // It says that it has more points than fit into any memory.
    let huge = 60_000_u32.to_be_bytes();
    let head = [b"IHDR", &huge[..], &huge, &[8, 2, 0, 0, 0]].concat();
    let bomb = [&png(1)[..8], &chunk(&head), &png(1)[33..]].concat();
    // A colour profile that unpacks to many times what any has.
    let mut packed = flate2::write::ZlibEncoder::new(b"iCCPx\0\0".to_vec(), flate2::Compression::best());
    packed.write_all(&vec![0; 64 << 20]).unwrap();
    let unpacks = [&png(1)[..33], &chunk(&packed.finish().unwrap()), &png(1)[33..]].concat();
    for (bytes, status, expected) in [
        (b"%PDF-1.7".to_vec(), 415, "weder PNG noch JPEG"),
        (b"<html><script>alert(1)</script></html>".to_vec(), 415, "weder PNG noch JPEG"),
        (b"GIF89a".to_vec(), 415, "weder PNG noch JPEG"),
        (Vec::new(), 415, "weder PNG noch JPEG"),
        (cut, 415, "beschädigt"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><g></svg>".to_vec(), 415, "kein gültiges XML"),
        (bomb, 413, "mehr als"),
        (unpacks, 413, "mehr als"),
    ] {
        let refused = send(&served, RECORD, "plan.png", &bytes);
        assert_eq!(refused.status, status, "{}", refused.text());
        assert_eq!(refused.field("content-type"), Some("application/json"));
        assert!(said(&refused, "fehler").contains(expected), "{}", refused.text());
    }
    for record in ["", "fehlt.toml", "sitzung.toml", "anlage.toml", "../x.toml", ".anlage/x.toml"] {
        assert_eq!(send(&served, record, "plan.png", &png(20)).status, 404, "{record}");
    }
    let large = vec![0; (32 << 20) + 1];
    assert_eq!(send(&served, RECORD, "plan.png", &large).status, 413);
    // Another site sends nothing, and nobody without the cookie.
    let host = &served.host;
    let other = |head: &str| {
        served
            .send(&format!(
                "POST /bild?datei={RECORD} HTTP/1.1\r\nHost: {host}\r\n{head}Content-Length: 0\r\n\r\n"
            ))
            .status
    };
    assert_eq!(other(&format!("Origin: http://evil.example\r\nCookie: {}\r\n", served.cookie)), 403);
    assert_eq!(other(&format!("Origin: http://{host}\r\n")), 401);
    assert_eq!(served.get(&format!("/bild?datei={RECORD}")).status, 405);
    assert_eq!(project.list("vorlagen"), ["V-0001-2025.toml"]);
    assert_eq!(project.list(""), ["anlage.toml", "sitzung.toml", "vorlagen"]);
}
