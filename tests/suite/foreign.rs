//! Files that come from elsewhere: whatever they are, they are taken or refused, the same everywhere, and nothing dies of
//! them.

use std::io::Write;

use crate::program::{Project, sound_record};

/// A PDF of one page whose object streams unpack to arrays of arrays: 420 KB, and some 50 GB as objects.
fn bomb() -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = vec![0; 4];
    let mut add = |file: &mut Vec<u8>, number: usize, body: &[u8]| {
        places.resize(places.len().max(number + 1), 0);
        places[number] = file.len();
        file.extend(format!("{number} 0 obj\n").bytes());
        file.extend(body);
        file.extend(b"\nendobj\n");
    };
    add(&mut file, 1, b"<</Type/Catalog/Pages 2 0 R>>");
    add(&mut file, 2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>");
    add(&mut file, 3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>");
    for number in (10..210).step_by(2) {
        let head = format!("{} 0 ", number + 1);
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(head.as_bytes()).unwrap();
        packer.write_all(b"[").unwrap();
        packer.write_all(&b"[]".repeat(2_090_000)).unwrap();
        packer.write_all(b"]").unwrap();
        let data = packer.finish().unwrap();
        let mut body = format!(
            "<</Type/ObjStm/N 1/First {}/Filter/FlateDecode/Length {}>>\nstream\n",
            head.len(),
            data.len()
        )
        .into_bytes();
        body.extend(data);
        body.extend(b"\nendstream");
        add(&mut file, number, &body);
    }
    let start = file.len();
    let mut table = format!("xref\n0 {}\n", places.len());
    for place in &places {
        table += &match place {
            0 => "0000000000 65535 f \n".to_owned(),
            place => format!("{place:010} 00000 n \n"),
        };
    }
    table += &format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", places.len());
    file.extend(table.bytes());
    file
}

/// A project with a record whose annex is this file.
fn with_annex(name: &str, bytes: &[u8]) -> Project {
    let project = Project::new();
    project.write(name, bytes);
    project.write(
        "1.toml",
        format!("{}\n[anlage.1]\ntitel = 'Plan'\ndatei = '{name}'\n", sound_record("V/0001/2025")),
    );
    project
}

#[test]
fn a_pdf_that_unpacks_without_end_is_refused_and_nothing_dies_of_it() {
    let project = with_annex("x.pdf", &bomb());
    for command in [&["verify", "x.pdf"][..], &["inspect", "x.pdf"], &["extract", "x.pdf"]] {
        let run = project.run(command);
        assert_eq!(run.code, 1, "{command:?}: {}", run.stderr);
        let said = run.stdout + &run.stderr;
        assert!(said.contains("nicht lesbar"), "{command:?}: {said}");
    }
    let run = project.run(&["archive", "1.toml", "-o", "bag"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("Anlage 1 (x.pdf) ist nicht zu gebrauchen"), "{}", run.stderr);
    assert!(!project.path().join("bag").exists());
}

#[test]
fn what_check_refuses_goes_to_no_archive() {
    let docx = [b"PK\x03\x04".as_slice(), &[0; 200], b"word/document.xml"].concat();
    for (name, bytes) in [
        ("a.docx", docx.as_slice()),
        ("a.msg", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]),
        ("a.webp", b"RIFF\x24\0\0\0WEBPVP8 "),
        ("a.jp2", b"\0\0\0\x0cjP  \r\n\x87\n"),
        ("a.pdf", b"%PDF-1.7\n%%EOF"),
    ] {
        let project = with_annex(name, bytes);
        let said = |command: &[&str]| {
            let run = project.run(command);
            assert_eq!(run.code, 1, "{name} {command:?}: {}", run.stderr);
            let all = run.stdout + &run.stderr;
            let line = all.lines().find(|line| line.contains("ist nicht zu gebrauchen"));
            line.unwrap_or_else(|| panic!("{name} {command:?}: {all}")).to_owned()
        };
        assert_eq!(said(&["archive", "1.toml", "-o", "bag"]), said(&["check", "1.toml"]));
        assert!(!project.path().join("bag").exists(), "{name}");
    }
}
