//! The project as browsers see it: requests by hand, as browsers and as others send them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Child;
use std::time::Duration;

use crate::program::{Project, sound_record};

/// A program that serves a project, and the cookie of a browser that it let in.
pub(crate) struct Served {
    child: Option<Child>,
    pub(crate) host: String,
    pub(crate) key: String,
    pub(crate) cookie: String,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Served {
    /// Serves a project, and opens the printed address.
    pub(crate) fn start(project: &Project) -> Self {
        let mut child = project.command(&["serve"]).stderr(std::process::Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let rest = line.trim().strip_prefix("http://").expect("an address");
        let (host, key) = rest.split_once("/anmelden/").expect("a key");
        let mut served =
            Self { child: Some(child), host: host.to_owned(), key: key.to_owned(), cookie: String::new() };
        let welcome = served.get(&format!("/anmelden/{key}"));
        assert_eq!((welcome.status, welcome.field("location")), (303, Some("/")));
        served.cookie = welcome.field("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        served
    }

    /// Serves a project to people who sign in; nobody has yet.
    pub(crate) fn start_for_people(project: &Project, arguments: &[&str]) -> Self {
        let arguments = [&["serve"], arguments].concat();
        let mut child = project.command(&arguments).stderr(std::process::Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (_, rest) = line.trim().split_once("://").expect("an address");
        let host = rest.strip_suffix('/').expect("nothing but an address").to_owned();
        Self { child: Some(child), host, key: String::new(), cookie: String::new() }
    }

    /// The same program, as a browser with another cookie sees it.
    pub(crate) fn with_cookie(&self, cookie: &str) -> Self {
        Self { child: None, host: self.host.clone(), key: String::new(), cookie: cookie.to_owned() }
    }

    /// The process that serves.
    #[cfg(unix)]
    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n\r\n", self.host, self.cookie))
    }

    /// Sends a form as a page of our own does.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.post_body(path, "application/x-www-form-urlencoded", body.as_bytes())
    }

    pub(crate) fn post_body(&self, path: &str, kind: &str, body: &[u8]) -> Answer {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: {1}\r\nContent-Type: {kind}\r\nContent-Length: {2}\r\n\r\n",
            self.host,
            self.cookie,
            body.len()
        );
        self.send_bytes(&[head.as_bytes(), body].concat())
    }

    pub(crate) fn send(&self, request: &str) -> Answer {
        self.send_bytes(request.as_bytes())
    }

    /// Sends what is to be sent, and waits for the answer; its status is 0 if nobody answers.
    pub(crate) fn send_bytes(&self, request: &[u8]) -> Answer {
        let Ok(mut stream) = TcpStream::connect(&self.host) else {
            return Answer { status: 0, head: String::new(), body: Vec::new() };
        };
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // Whoever is refused early may not be listened to until the end.
        stream.write_all(request).ok();
        answer_of(stream)
    }
}

/// Reads an answer as far as it goes.
pub(crate) fn answer_of(stream: impl Read) -> Answer {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            break;
        }
    }
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let mut answer = Answer { status, head, body: Vec::new() };
    let length: usize = answer.field("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    answer.body.resize(length, 0);
    if reader.read_exact(&mut answer.body).is_err() {
        answer.body.clear();
    }
    answer
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

fn project() -> Project {
    let project = Project::new();
    project.write("vorlagen/V-0001-2025.toml", sound_record("V/0001/2025"));
    let secret = sound_record("V/0002/2025").replace("oeffentlich = true", "oeffentlich = false");
    project.write("vorlagen/V-0002-2025.toml", secret);
    project.write("vorlagen/V-0003-2025.toml", "[vorlage]\nbetreff = \"<script>alert(1)</script>\"\n");
    project.write(
        "sitzung.toml",
        "[sitzung]\ngremium = \"Rat\"\ndatum = 2025-02-12\n[[top]]\nnummer = \"1\"\ntitel = \"Fragen\"\n",
    );
    project
}

#[test]
fn the_overview_says_what_is_there_and_in_what_state() {
    let project = project();
    let served = Served::start(&project);
    let all = served.get("/").text();
    for expected in
        ["V/0001/2025", "V/0002/2025", "nichtöffentlich", "3 Vorlagen", "fehlt oder veraltet", "Rat"]
    {
        assert!(all.contains(expected), "{expected}: {all}");
    }
    assert!(!all.contains("<script>alert") && all.contains("&lt;script&gt;alert(1)"));
    let found = served.get("/?suche=0002").text();
    assert!(found.contains("1 Vorlage von 3") && !found.contains("V/0001/2025"), "{found}");
    let public = served.get("/?art=oeffentlich").text();
    assert!(public.contains("V/0001/2025") && !public.contains("V/0002/2025"));
    assert_eq!(project.run(&["render", "vorlagen"]).code, 1);
    assert!(served.get("/").text().contains("<td>aktuell</td>"));
}

#[test]
fn every_file_that_a_page_names_is_there() {
    let project = project();
    let served = Served::start(&project);
    let page = served.get("/vorlage?datei=vorlagen/V-0001-2025.toml").text();
    let named = page.split("=\"/dateien/").skip(1).map(|rest| rest.split('"').next().unwrap());
    let mut count = 0;
    for name in named {
        assert_eq!(served.get(&format!("/dateien/{name}")).status, 200, "{name}");
        count += 1;
    }
    assert!(count >= 4, "{page}");
    // Browsers look for it wherever a page does not say where it is.
    assert_eq!(served.get("/favicon.ico").field("content-type"), Some("image/svg+xml"));
    assert_eq!(served.get("/dateien/..%2f..%2fCargo.toml").status, 404);
}

#[test]
fn what_is_pasted_comes_back_as_text_with_marks() {
    let project = project();
    let served = Served::start(&project);
    let html = "<p>Ein <b>Wort</b><img src=x></p><ul><li>eins</ul>";
    let answer = served.post_body("/einfuegen", "text/html", html.as_bytes());
    assert_eq!(answer.field("content-type"), Some("application/json"));
    let expected = serde_json::json!({
        "text": "Ein **Wort**\n\n- eins", "bloecke": true, "verloren": ["Ein Bild fehlt."],
    });
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&answer.body).unwrap(), expected);
    assert_eq!(served.post_body("/einfuegen", "text/html", b"\xff<p>a").status, 200);
    let large = "a".repeat((4 << 20) + 1);
    assert_eq!(served.post_body("/einfuegen", "text/html", large.as_bytes()).status, 413);
}

#[test]
fn what_was_pasted_is_what_a_record_takes() {
    let project = Project::new();
    let texts = [
        include_str!("../clipboard/word.md"),
        include_str!("../clipboard/excel.md"),
        include_str!("../clipboard/libreoffice.md"),
        include_str!("../clipboard/mail.md"),
    ];
    for (number, text) in (1..).zip(texts) {
        let record = sound_record(&format!("V/000{number}/2025"));
        let (head, rest) = record.split_once("kurzueberblick = ").unwrap();
        let (_, rest) = rest.split_once('\n').unwrap();
        project.write(
            &format!("V-000{number}-2025.toml"),
            format!("{head}kurzueberblick = '''\n{text}'''\n{rest}"),
        );
    }
    let checked = project.run(&["check", "."]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    // Some amounts want a space at which no line ends, as they did in Word; nothing else is said.
    let said: Vec<&str> = checked.stderr.lines().filter(|line| line.contains("]: ")).collect();
    assert!(said.iter().all(|line| line.starts_with("Hinweis[V506]")), "{said:?}");
}

#[test]
fn only_the_browser_that_was_let_in_is_answered() {
    let project = project();
    let served = Served::start(&project);
    let welcome = served.get("/");
    assert_eq!(welcome.status, 200);
    let policy = welcome.field("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(welcome.field("x-content-type-options"), Some("nosniff"));
    // Anything stricter makes browsers send our own forms from nowhere.
    assert_eq!(welcome.field("referrer-policy"), Some("same-origin"));
    let host = &served.host;
    let other = |head: &str| served.send(&format!("{head}\r\n\r\n")).status;
    assert_eq!(other(&format!("GET / HTTP/1.1\r\nHost: {host}")), 401);
    assert_eq!(other(&format!("GET /anmelden/{} HTTP/1.1\r\nHost: {host}", served.key)), 410);
    assert_eq!(other(&format!("GET /anmelden/{} HTTP/1.1\r\nHost: {host}", "0".repeat(64))), 401);
    let cookie = &served.cookie;
    assert_eq!(other(&format!("GET / HTTP/1.1\r\nHost: evil.example\r\nCookie: {cookie}")), 421);
    assert_eq!(
        other(&format!("GET / HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-site")),
        403
    );
    assert_eq!(
        other(&format!("POST / HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nContent-Length: 0")),
        403
    );
    assert_eq!(other(&format!("DELETE / HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}")), 405);
    let own = format!("Host: {host}\r\nCookie: {cookie}\r\nOrigin: http://{host}");
    assert_eq!(other(&format!("POST / HTTP/1.1\r\n{own}\r\nTransfer-Encoding: chunked")), 411);
    assert_eq!(other(&format!("POST / HTTP/1.1\r\n{own}\r\nContent-Length: 99999999")), 413);
    assert_eq!(served.get(&format!("/?{}", "a".repeat(5000))).status, 414);
    assert_eq!(served.post("/", &[("a", "b")]).status, 405);
}

#[test]
fn the_program_ends_when_it_is_asked_to() {
    let project = Project::new();
    let mut served = Served::start(&project);
    assert!(
        std::process::Command::new("kill")
            .arg(served.child.as_ref().unwrap().id().to_string())
            .status()
            .unwrap()
            .success()
    );
    assert!(served.child.as_mut().unwrap().wait().unwrap().success());
}

#[test]
fn what_cannot_be_served_is_refused_before_anything_is_opened() {
    let project = Project::new();
    assert_eq!(project.run(&["serve", "fehlt"]).code, 2);
    assert_eq!(project.run(&["serve", "--listen", "0.0.0.0:0"]).code, 2);
    assert_eq!(project.run(&["serve", "--listen", "quatsch"]).code, 2);
}
