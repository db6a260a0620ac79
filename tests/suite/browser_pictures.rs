//! Pictures that a browser sends for a long text: what is taken, what is refused, and where it lands.

use std::io::{Cursor, Write};

use image::{DynamicImage, ImageFormat};

use crate::browser::{Answer, Served};
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
fn said(answer: &Answer, key: &str) -> String {
    let told: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    told[key].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
}

fn png(side: u32) -> Vec<u8> {
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
    assert!(matches!(send(&served, RECORD, "plan.png", &large).status, 0 | 413));
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
