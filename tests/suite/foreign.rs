//! Files that come from elsewhere: whatever they are and however they are called, they are taken or refused, the same
//! everywhere, and nothing dies of them.

use std::io::Write;

use crate::program::{Project, available, installed, sound_record};
use crate::sheets::Sheets;

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

#[test]
fn names_that_are_written_in_two_ways_are_one() {
    let (whole, apart) = ("Pl\u{e4}ne.pdf", "Pla\u{308}ne.pdf");
    let pdf = Sheets::new(&["Plan"]).bytes();
    for (there, named) in [(whole, apart), (apart, whole)] {
        let project = with_annex(named, b"");
        std::fs::remove_file(project.path().join(named)).unwrap();
        project.write(there, &pdf);
        let run = project.run(&["archive", "1.toml", "-o", "bag"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let run = project.run(&["verify", "bag"]);
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        project.write(named, b"anderes");
        let run = project.run(&["check", "1.toml"]);
        let is_one = std::fs::read(project.path().join(there)).unwrap() == b"anderes";
        assert!(run.stderr.contains("gibt es zweimal") || is_one, "{}", run.stderr);
    }
}

#[test]
fn a_committee_is_one_however_its_letters_are_written() {
    let project = Project::new();
    project.write(
        "1.toml",
        sound_record("V/0001/2025") + "\n[[vorlage.beratung]]\ngremium = 'Ausschuss fu\u{308}r Umwelt'\ndatum = 2025-02-12\nrolle = 'Entscheidung'\n",
    );
    project.write(
        "sitzung.toml",
        "[sitzung]\ngremium = 'Ausschuss f\u{fc}r Umwelt'\ndatum = 2025-02-12\n[[top]]\nnummer = '1'\nvorlage = '1.toml'\n",
    );
    let run = project.run(&["check", "sitzung.toml"]);
    assert!(!run.stderr.contains("S302"), "{}", run.stderr);
}

#[test]
fn names_that_other_systems_cannot_store_are_changed_in_a_bag() {
    let long = format!("{}.pdf", "\u{dc}".repeat(122));
    let pdf = Sheets::new(&["Plan"]).bytes();
    for (name, expected) in [("CON.pdf", "_CON.pdf"), ("ende .pdf .", "ende .pdf"), (&long, &long)] {
        let project = with_annex(name, &pdf);
        let run = project.run(&["archive", "1.toml", "-o", "bag"]);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        let path = project.path().join("bag/data/vorlagen/V-0001-2025").join(expected);
        assert!(path.is_file(), "{name}");
        assert_eq!(project.run(&["verify", "bag"]).code, 0, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn names_that_are_no_text_are_said_and_no_escape_reaches_a_terminal() {
    use std::os::unix::ffi::OsStrExt;

    let project = Project::new();
    let odd = std::ffi::OsStr::from_bytes(b"kaputt-\xff\x1b[31m.toml");
    std::fs::write(project.path().join(odd), sound_record("V/0002/2025")).unwrap();
    let wild = "\\u001b]0;x\\u0007\\u001b[31m";
    let record = sound_record("V/0001/2025")
        .replace("Sanierung der Stadtb\u{fc}cherei", wild)
        .replace("amt = \"", &format!("\"{wild}\" = 1\namt = \"{wild}"));
    project.write("1.toml", record + &format!("\n[anlage.1]\ntitel = \"{wild}\"\ndatei = \"{wild}.pdf\"\n"));
    project.write(
        "sitzung.toml",
        format!("[sitzung]\ngremium = \"{wild}\"\ndatum = 2025-02-12\n\"{wild}\" = 2\n[[top]]\nnummer = \"{wild}\"\nvorlage = \"{wild}\"\n"),
    );
    for command in [
        &["check", "."][..],
        &["render", "."],
        &["packet", "sitzung.toml"],
        &["archive", ".", "-o", "bag"],
        &["verify", "."],
        &["diff", "1.toml", "sitzung.toml"],
        &["check", "\u{1b}[31mfehlt.toml"],
        &["inspect", "\u{1b}[31mfehlt.pdf"],
    ] {
        let run = project.run(command);
        let said = run.stdout + &run.stderr;
        assert!(!said.contains(['\u{1b}', '\u{7}']), "{command:?}: {said:?}");
        assert!(!said.contains("panicked"), "{command:?}: {said}");
    }
}

#[test]
fn findings_of_a_session_are_cut_like_those_of_a_record() {
    let project = Project::new();
    let items: String = (1..=10_000).map(|at| format!("[[top]]\nnummer = '{at}'\nunbekannt = 1\n")).collect();
    project.write("sitzung.toml", format!("[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\n{items}"));
    let run = project.run(&["check", "sitzung.toml"]);
    assert_eq!(run.code, 1);
    let said = run.stderr.lines().count() + run.stdout.lines().count();
    assert!(run.stderr.contains("weitere Befunde") && said < 12_000, "{said} lines");
}

#[test]
fn an_encrypted_pdf_without_an_identifier_opens_with_an_empty_password() {
    if !available(installed("qpdf"), "qpdf") {
        return;
    }
    let project = Project::new();
    project.write("offen.pdf", Sheets::new(&["Guten Tag"]).bytes());
    let qpdf = std::process::Command::new("qpdf")
        .args(["--encrypt", "", "x", "256", "--", "offen.pdf", "zu.pdf"])
        .current_dir(project.path())
        .status();
    assert!(qpdf.unwrap().success());
    let mut bytes = project.read("zu.pdf");
    let at = bytes.windows(5).rposition(|word| word == b"/ID [").unwrap();
    let end = at + bytes[at..].iter().position(|byte| *byte == b']').unwrap();
    bytes[at..=end].fill(b' ');
    project.write("zu.pdf", bytes);
    let run = project.run(&["inspect", "zu.pdf"]);
    assert!(run.stdout.contains("Seiten         1"), "{}{}", run.stdout, run.stderr);
    assert!(!run.stdout.contains("Ungelesen"), "{}", run.stdout);
}

/// Ctrl-C and SIGTERM set the same.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_what_reads_a_file_and_leaves_no_process() {
    let project = with_annex("x.pdf", &bomb());
    let workers = |parent: u32| -> Vec<u32> {
        let names = std::fs::read_dir("/proc").unwrap().flatten();
        let processes = names.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let is_child = |process: &u32| {
            let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            let call = std::fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap_or_default();
            let of = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
            call.contains("glance-worker") && of == Some(parent)
        };
        processes.filter(is_child).collect()
    };
    for command in [&["verify", "x.pdf"][..], &["archive", "1.toml", "-o", "bag"]] {
        let mut run = project.command(command).spawn().unwrap();
        let worker = loop {
            match workers(run.id()).first() {
                Some(worker) => break *worker,
                None => assert!(run.try_wait().unwrap().is_none(), "{command:?} ended before it was stopped"),
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        };
        let sent = std::process::Command::new("kill").arg(run.id().to_string()).status().unwrap();
        assert!(sent.success());
        assert_eq!(run.wait().unwrap().code(), Some(130), "{command:?}");
        assert!(!std::path::Path::new(&format!("/proc/{worker}")).exists(), "{command:?}");
        assert!(!project.path().join("bag").exists());
    }
}
