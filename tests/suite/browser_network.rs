//! The project on a network: names, certificates, a program in front; and what is refused before anybody can come.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, Stream};

use crate::browser::{Answer, Served, answer_of};
use crate::browser_people::{PASSWORD, project, signed_in};
use crate::program::{Project, repository};

/// A project with people, and with a certificate that was made for this test and is valid for a hundred years.
fn with_certificate() -> Project {
    let project = project();
    for name in ["certificate.pem", "key.pem"] {
        project.write(name, std::fs::read(repository().join("tests/tls").join(name)).unwrap());
    }
    project
}

/// Sends a request encrypted, to the name of the certificate, and waits for the answer.
fn encrypted(port: &str, request: &str) -> Answer {
    let certificate = CertificateDer::from_pem_file(repository().join("tests/tls/certificate.pem")).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut client = ClientConnection::new(Arc::new(config), "anlage.example".try_into().unwrap()).unwrap();
    let mut socket = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut stream = Stream::new(&mut client, &mut socket);
    stream.write_all(request.as_bytes()).unwrap();
    answer_of(stream)
}

#[test]
fn what_is_sent_can_be_encrypted() {
    let project = with_certificate();
    let served = Served::start_for_people(
        &project,
        &[
            "--people",
            "leute.toml",
            "--certificate",
            "certificate.pem",
            "--key",
            "key.pem",
            "--host",
            "anlage.example",
        ],
    );
    let (name, port) = served.host.split_once(':').unwrap();
    assert_eq!(name, "anlage.example", "the address is told by the name that was given");
    let host = &served.host;
    let page = encrypted(port, &format!("GET /anmelden HTTP/1.1\r\nHost: {host}\r\n\r\n"));
    assert_eq!(page.status, 200);
    let body = format!("name=Rita+Rat&passwort={}", PASSWORD.replace(' ', "+"));
    let sign_in = |origin: &str| {
        let length = body.len();
        let head = format!("POST /anmelden HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\n");
        encrypted(port, &format!("{head}Content-Length: {length}\r\n\r\n{body}"))
    };
    assert_eq!(sign_in(&format!("http://{host}")).status, 403, "another scheme is another origin");
    let welcome = sign_in(&format!("https://{host}"));
    assert_eq!(welcome.status, 303);
    let cookie = welcome.field("set-cookie").unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let overview = encrypted(port, &format!("GET / HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n"));
    assert!(overview.text().contains("Rita Rat"));
    let other = format!("GET / HTTP/1.1\r\nHost: evil.example:{port}\r\nCookie: {cookie}\r\n\r\n");
    assert_eq!(encrypted(port, &other).status, 421);
    // Who does not encrypt gets nothing; who only begins holds nobody else up, and is let go after a while.
    let mut plain = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    plain.write_all(format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).unwrap();
    let mut said = Vec::new();
    plain.read_to_end(&mut said).ok();
    assert!(!said.starts_with(b"HTTP"), "{said:?}");
    let mut slow = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    slow.write_all(&[0x16, 0x03]).unwrap();
    assert_eq!(encrypted(port, &format!("GET /anmelden HTTP/1.1\r\nHost: {host}\r\n\r\n")).status, 200);
    slow.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut said = Vec::new();
    let ended = slow.read_to_end(&mut said).map_err(|error| error.kind());
    assert!(!matches!(ended, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)), "it is still open");
}

#[test]
fn a_server_in_front_says_who_it_is() {
    let project = project();
    // Nobody needs a password here.
    project.write("leute.toml", "[[person]]\nname = \"Jörg Amt\"\nrolle = \"schreiben\"\n");
    // A port of this machine that nobody has: browsers know the name in front alone.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let served = Served::start_for_people(
        &project,
        &[
            "--listen",
            &format!("127.0.0.1:{port}"),
            "--people",
            "leute.toml",
            "--trust-proxy-user",
            "X-Remote-User",
            "--host",
            "https://anlage.stadt.example",
        ],
    );
    assert_eq!(served.host, "anlage.stadt.example");
    let send = |method: &str, origin: &str| {
        let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
        let head = format!("{method} HTTP/1.1\r\nHost: anlage.stadt.example\r\nX-Remote-User: JÖRG amt\r\n");
        stream.write_all(format!("{head}{origin}Content-Length: 0\r\n\r\n").as_bytes()).unwrap();
        answer_of(stream)
    };
    assert!(send("GET /", "").text().contains("Jörg Amt"));
    assert_eq!(send("POST /neu", "Origin: https://anlage.stadt.example\r\n").status, 200);
    assert_eq!(send("POST /neu", "Origin: http://anlage.stadt.example\r\n").status, 403);
}

#[test]
fn a_name_from_anywhere_else_is_worth_nothing() {
    let project = project();
    let arguments = ["--people", "leute.toml", "--trust-proxy-user", "X-Remote-User"];
    let served = Served::start_for_people(&project, &arguments);
    let ask = |served: &Served, head: &str| {
        served.send(&format!("GET / HTTP/1.1\r\nHost: {}\r\n{head}\r\n", served.host))
    };
    let overview = ask(&served, "X-Remote-User: sam schreib\r\n");
    assert_eq!(overview.status, 200);
    let text = overview.text();
    assert!(text.contains("Sam Schreib (darf Vorlagen ändern)") && !text.contains("Abmelden"), "{text}");
    assert_eq!(ask(&served, "").status, 401);
    assert_eq!(ask(&served, "X-Remote-User: Niemand\r\n").status, 403);
    assert_eq!(ask(&served, "X-Remote-User: Sam Schreib\r\nX-Remote-User: Rita Rat\r\n").status, 401);
    assert_eq!(served.post("/anmelden", &[("name", "Rita Rat"), ("passwort", PASSWORD)]).status, 401);
    let evil = format!(
        "POST /sitzung HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nX-Remote-User: Sam Schreib\r\nContent-Length: 0\r\n\r\n",
        served.host
    );
    assert_eq!(served.send(&evil).status, 403, "roles hold here too");
    // This machine is not the one that was named.
    let elsewhere = Served::start_for_people(&project, &[&arguments[..], &["--proxy", "192.0.2.1"]].concat());
    let refused = ask(&elsewhere, "X-Remote-User: Rita Rat\r\n");
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("nur über den Server"), "{}", refused.text());
    assert_eq!(elsewhere.get("/dateien/anlage.css").status, 403);
    // With passwords, the field says nothing.
    let served = Served::start_for_people(&project, &["--people", "leute.toml"]);
    assert_eq!(ask(&served, "X-Remote-User: Rita Rat\r\n").status, 303);
    signed_in(&served, "Rita Rat");
}

#[test]
fn no_door_is_open_by_mistake() {
    let project = with_certificate();
    project.write("leer.pem", "nichts");
    let refused = |arguments: &[&str], expected: &[&str]| {
        let run = project.run(&[&["serve"], arguments].concat());
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
        for part in expected {
            assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
        }
    };
    let all = ["--people", "--certificate", "--key", "--insecure-http", "--host"];
    refused(&["--listen", "0.0.0.0:0"], &all);
    refused(&["--listen", "192.0.2.1:0"], &all[..4]);
    refused(&["--listen", "[::]:0", "--people", "leute.toml", "--host", "a.example"], &all[1..4]);
    refused(&["--listen", "0.0.0.0:0", "--insecure-http", "--host", "a.example"], &all[..1]);
    let people = ["--people", "leute.toml"];
    let open = [&people[..], &["--listen", "0.0.0.0:0", "--insecure-http", "--host", "a.example"]].concat();
    refused(&[&open[..], &["--trust-proxy-user", "X-User"]].concat(), &["--proxy"]);
    refused(&["--trust-proxy-user", "X-User"], &["--people"]);
    refused(&[&people[..], &["--trust-proxy-user", "X User"]].concat(), &["X User"]);
    refused(&[&people[..], &["--host", "a/b"]].concat(), &["a/b"]);
    refused(&[&people[..], &["--certificate", "certificate.pem"]].concat(), &["--key"]);
    let with = |certificate, key| [&people[..], &["--certificate", certificate, "--key", key]].concat();
    refused(&with("leer.pem", "key.pem"), &["leer.pem", "Zertifikat"]);
    refused(&with("certificate.pem", "leer.pem"), &["leer.pem", "Schlüssel"]);
    refused(&with("fehlt.pem", "key.pem"), &["fehlt.pem"]);
    refused(&[&with("certificate.pem", "key.pem")[..], &["--insecure-http"]].concat(), &["--insecure-http"]);
    // All of it said: other machines may come, by the name that was given.
    let served = Served::start_for_people(&project, &open);
    let (name, port) = served.host.split_once(':').unwrap();
    assert_eq!(name, "a.example");
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    stream.write_all(format!("GET /anmelden HTTP/1.1\r\nHost: a.example:{port}\r\n\r\n").as_bytes()).unwrap();
    assert_eq!(answer_of(&mut stream).status, 200);
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    stream.write_all(format!("GET /anmelden HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").as_bytes()).unwrap();
    assert_eq!(answer_of(&mut stream).status, 421);
}
