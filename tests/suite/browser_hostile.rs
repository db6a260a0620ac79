//! Requests that mean harm, made up by chance from a seed: all are refused with a fitting status, nothing is written, nothing
//! from outside the project is shown. `ANLAGE_REQUESTS=10000` tries more.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::browser::Served;
use crate::program::{Project, contents_below, sound_record};

const RECORD: &str = "vorlagen/V-0001-2025.toml";
/// Words that stand outside the project, and in its hidden files.
const SECRET: &str = "Streng-geheim-4711";

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.roll(all.len())]
    }
}

fn request(dice: &mut Dice, served: &Served, outside: &str) -> (Vec<u8>, bool) {
    let up = format!("../../../../../../../../{outside}");
    let names = [
        outside,
        &up,
        "../geheim.toml",
        "..\\geheim.toml",
        "vorlagen/../../geheim.toml",
        ".anlage/x.toml",
        ".git/config",
        "anlage.toml",
        "link.toml",
        "ordner/geheim.toml",
        "C:\\geheim.toml",
        "//server/x.toml",
        "a\0.toml",
        "\u{202e}lmot.toml",
        "vorlagen",
        "",
        "file:///etc/passwd",
        "sitzung.toml/../../geheim.toml",
    ];
    let name = names[dice.roll(names.len())];
    let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let page = dice.pick(&[
        "/vorlage",
        "/sitzung",
        "/ansicht",
        "/sichern",
        "/beilegen",
        "/bild",
        "/sitzung/datei",
        "/sitzung/stand",
        "/sitzung/neu",
        "/dateien",
        "/neu",
        "/x",
    ]);
    let path = match dice.roll(4) {
        0 => format!("{page}?datei={encoded}&nr={}", dice.roll(9)),
        1 => format!("/dateien/{encoded}"),
        2 => {
            format!("/{}/{encoded}", dice.pick(&["..", "%2e%2e", "dateien/..", "dateien/%2e%2e%2f..", "//"]))
        }
        _ => format!("/anmelden/{encoded}"),
    };
    let method = dice.pick(&["GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "get"]);
    // Each has at least one thing that is not as it should be: its target, or one of its fields.
    let own = served.host.as_str();
    let host = if dice.roll(2) == 0 {
        own
    } else {
        dice.pick(&["evil.example", "127.0.0.1", "localhost", "[::1]:80", "", own])
    };
    let cookie =
        if dice.roll(2) == 0 { served.cookie.as_str() } else { dice.pick(&["", "anlage=1", "anlage-1=;;;"]) };
    let origin = match dice.roll(4) {
        0 => String::new(),
        1 => format!("Origin: http://{own}\r\n"),
        2 => "Origin: null\r\n".to_owned(),
        _ => format!(
            "Origin: http://{}\r\n",
            dice.pick(&["evil.example", "localhost:1", "127.0.0.1.evil.example"])
        ),
    };
    let site = match dice.roll(3) {
        0 => String::new(),
        _ => format!(
            "Sec-Fetch-Site: {}\r\n",
            dice.pick(&["cross-site", "same-site", "none", "same-origin", "\u{e4}"])
        ),
    };
    let body = match dice.roll(5) {
        0 => Vec::new(),
        1 => format!("datei={encoded}&tun=speichern&stand=x&entwurf=x").into_bytes(),
        2 => format!("datei={encoded}&tun=mappen").into_bytes(),
        3 => (0..dice.roll(3000)).map(|_| u8::try_from(dice.roll(256)).unwrap()).collect(),
        _ => format!("nummer={encoded}&formular={encoded}").into_bytes(),
    };
    let length = match dice.roll(6) {
        0 => String::new(),
        1 => "Content-Length: 99999999999\r\n".to_owned(),
        2 => "Content-Length: -1\r\n".to_owned(),
        3 => "Transfer-Encoding: chunked\r\n".to_owned(),
        _ => format!("Content-Length: {}\r\n", body.len()),
    };
    let long = if dice.roll(50) == 0 { format!("X: {}\r\n", "a".repeat(40 << 10)) } else { String::new() };
    // Some never come to their end.
    let is_slow = dice.roll(40) == 0;
    let end = if is_slow { "" } else { "\r\n" };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n{origin}{site}{length}{long}Connection: close\r\n{end}"
    );
    ([head.into_bytes(), if is_slow { Vec::new() } else { body }].concat(), is_slow)
}

#[test]
fn nothing_hostile_gets_anything_or_writes_anything() {
    let count = std::env::var("ANLAGE_REQUESTS").ok().and_then(|count| count.parse().ok()).unwrap_or(1000);
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("geheim.toml");
    let text = format!("[vorlage]\nbetreff = \"{SECRET}\"\n");
    std::fs::write(&secret, &text).unwrap();
    let project = Project::new();
    project.write(RECORD, sound_record("V/0001/2025"));
    project.write("anlage.toml", format!("# {SECRET}\n"));
    project.write(".git/config", SECRET);
    project.write(".anlage/x.toml", &text);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&secret, project.path().join("link.toml")).unwrap();
        std::os::unix::fs::symlink(outside.path(), project.path().join("ordner")).unwrap();
    }
    let people = crate::browser_people::project();
    let (office, reader) = signed_in_reader(&people);
    let served = Served::start(&project);
    refuse_all(&served, &project, &secret, count);
    // Those who may read something get no more of it than they may.
    refuse_all(&reader, &people, &secret, count / 4);
    drop(office);
    assert_eq!(std::fs::read_to_string(&secret).unwrap(), text);
}

/// Somebody who may only read, of a project for several people; and the program itself.
fn signed_in_reader(project: &Project) -> (Served, Served) {
    let office = Served::start_for_people(project, &["--people", "leute.toml"]);
    let reader = crate::browser_people::signed_in(&office, "Lea Lese");
    (office, reader)
}

/// Sends what means harm, and looks at what comes of it.
fn refuse_all(served: &Served, project: &Project, secret: &std::path::Path, count: usize) {
    let before = contents_below(project.path());
    let mut dice = Dice(0x5eed_cafe_f00d_1234);
    let mut slow = Vec::new();
    let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
    for number in 0..count {
        let (bytes, is_slow) = request(&mut dice, served, &secret.display().to_string());
        let mut stream = TcpStream::connect(&served.host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
        // Whoever is refused early may not be listened to until the end.
        stream.write_all(&bytes).ok();
        if is_slow {
            // They hold a connection open, and nobody waits for them.
            slow.push(stream);
            continue;
        }
        stream.shutdown(std::net::Shutdown::Write).ok();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok();
        let answer = String::from_utf8_lossy(&answer);
        let shown = || format!("request {number}: {}\n{answer}", String::from_utf8_lossy(&bytes));
        assert!(!answer.contains(SECRET) && !answer.contains("$argon2id"), "{}", shown());
        let status: u16 = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        // Nothing at all is an answer to what is no HTTP; a page of the program is one to what asks for it.
        let is_page = status == 200
            && (["Vorlage", "Sitzung"].iter().any(|what| answer.contains(&format!("<h1>Neue {what}</h1>")))
                || answer.contains("\"laeuft\":false"));
        assert!(is_page || matches!(status, 0 | 303 | 400..=431), "{}", shown());
        *statuses.entry(status).or_default() += 1;
    }
    assert!(statuses.len() > 5, "{statuses:?}");
    assert_eq!(contents_below(project.path()), before, "nothing was written");
    // Who means well is still served.
    assert_eq!(served.get("/").status, 200);
}

/// Sends a picture of some size, MiB by MiB, as long as somebody takes it; gives how many were taken, and the connection.
fn send_much(served: &Served, mib: usize) -> (usize, TcpStream) {
    let mut stream = TcpStream::connect(&served.host).unwrap();
    let head = format!(
        "POST /bild HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: {1}\r\nContent-Length: {2}\r\n\r\n",
        served.host,
        served.cookie,
        mib << 20
    );
    stream.write_all(head.as_bytes()).unwrap();
    let part = vec![0; 1 << 20];
    let taken = (0..mib).take_while(|_| stream.write_all(&part).is_ok()).count();
    (taken, stream)
}

#[test]
fn what_is_too_large_is_taken_so_that_its_sender_hears_why_but_not_without_end() {
    let project = Project::new();
    let served = Served::start(&project);
    // A browser sends all of it before it reads the answer.
    let (taken, stream) = send_much(&served, 100);
    let refused = crate::browser::answer_of(stream);
    assert_eq!((taken, refused.status), (100, 413));
    assert!(refused.text().contains("höchstens 32 MiB"), "{}", refused.text());
    let (taken, _) = send_much(&served, 10_000);
    assert!((200..400).contains(&taken), "{taken}");
    assert_eq!(served.get("/").status, 200);
}

#[test]
fn who_takes_nothing_of_an_answer_is_let_go() {
    let project = Project::new();
    let served = Served::start(&project);
    let request = format!(
        "GET /dateien/vorlage.js HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n\r\n",
        served.host, served.cookie
    );
    let mut stream = TcpStream::connect(&served.host).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
    let begin = Instant::now();
    // Asks on and on and reads nothing, until the program has enough of it.
    loop {
        match stream.write(request.as_bytes()) {
            Err(error) if !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break,
            _ => assert!(begin.elapsed() < Duration::from_secs(120), "it waits for ever"),
        }
    }
    assert_eq!(served.get("/").status, 200);
}
