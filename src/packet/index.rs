//! The list of what is public: a page for people and the same for programs, both of nothing but what lies in the public folder.
//!
//! Knows nothing of where that is.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::size::FileSize;
use crate::day::Day;
use crate::diagnostics::counted;
use crate::record::session::Session;

/// A public file, as the list names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicFile {
    /// What it is.
    pub kind: PublicFileKind,
    /// What the files of its session begin with.
    pub session: String,
    /// Who meets.
    pub committee: String,
    /// The day of the session.
    pub date: Option<Day>,
    /// Its title.
    pub title: String,
    /// What the page calls it, which says of which session it is.
    pub label: String,
    /// How many pages it has.
    pub pages: usize,
    /// How large it is.
    pub bytes: u64,
    /// What it claims: `PDF/A-2a, PDF/UA-1`, or nothing.
    pub claims: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Its place among those of its kind.
    pub place: usize,
}

/// What a public file is, in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicFileKind {
    /// An agenda or a notice.
    Announcement,
    /// All papers.
    Packet,
    /// The papers of an item.
    Item,
    /// A part of all papers.
    Part,
    /// What is new since the version before.
    Delta,
}

impl PublicFileKind {
    /// All there are, with what stands above them.
    const ALL: [(Self, &str); 5] = [
        (Self::Announcement, "Tagesordnung und Bekanntmachung"),
        (Self::Packet, "Alle Unterlagen"),
        (Self::Item, "Unterlagen der einzelnen Tagesordnungspunkte"),
        (Self::Part, "Alle Unterlagen in Teilen"),
        (Self::Delta, "Neu seit der vorigen Fassung"),
    ];
}

impl PublicFile {
    /// Describes a file of a session, of which the rest is not known yet.
    pub fn of(session: &Session, kind: PublicFileKind, title: String) -> Self {
        Self {
            kind,
            session: session.file_stem(),
            committee: session.committee(),
            date: session.date,
            label: title.clone(),
            title,
            pages: 0,
            bytes: 0,
            claims: String::new(),
            sha256: String::new(),
            place: 0,
        }
    }

    fn heading(&self) -> String {
        let day = self.date.map(|day| format!(", {}", day.in_words())).unwrap_or_default();
        format!("{}{day}", self.committee)
    }

    /// Says what stands behind its title: `PDF, 12 Seiten, 1,2 MB, PDF/UA-1 (barrierefrei)`.
    fn about(&self) -> String {
        let pages = counted(self.pages, "Seite", "Seiten");
        let claims = self.claims.split(", ").filter(|claim| !claim.is_empty());
        let claims = claims.map(|claim| match claim.split_once('-').map(|(standard, _)| standard) {
            Some("PDF/A") => format!("{claim} (zur Archivierung)"),
            Some("PDF/UA") => format!("{claim} (barrierefrei)"),
            _ => claim.to_owned(),
        });
        let all = ["PDF".to_owned(), pages, FileSize(self.bytes).to_string()].into_iter().chain(claims);
        all.collect::<Vec<_>>().join(", ")
    }
}

/// A public file with its name.
type ListedFile<'a> = (&'a str, &'a PublicFile);

/// The sessions, the latest first, each with its files in order.
fn sessions<'a>(files: &[ListedFile<'a>]) -> Vec<Vec<ListedFile<'a>>> {
    let mut files = files.to_vec();
    files.sort_by(|(a_name, a), (b_name, b)| {
        let of_session = b.date.cmp(&a.date).then_with(|| a.session.cmp(&b.session));
        of_session.then_with(|| (a.kind, a.place, a_name).cmp(&(b.kind, b.place, b_name)))
    });
    files.chunk_by(|(_, a), (_, b)| a.session == b.session).map(<[_]>::to_vec).collect()
}

/// What a list says of who wrote it.
const GENERATOR: &str = "anlage packet";

const STYLE: &str = "
body { margin: 0 auto; padding: 1.5rem 1rem; max-width: 46rem; color: #111; background: #fff;
  font: 1.0625rem/1.5 \"Liberation Sans\", Arial, Helvetica, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 0.5rem; padding-top: 0.75rem; border-top: 2px solid #444; }
h3 { font-size: 1.0625rem; margin: 1.25rem 0 0.25rem; }
ul { margin: 0; padding: 0; list-style: none; }
li { margin: 0; padding: 0.4rem 0; border-bottom: 1px solid #bbb; break-inside: avoid; }
a { color: #00437a; overflow-wrap: anywhere; }
a:focus-visible { outline: 3px solid #00437a; outline-offset: 2px; }
small { display: block; font-size: 0.9375rem; color: #444; }
@media print { body { padding: 0; max-width: none; font-size: 10.5pt; } a { color: inherit; } h2, h3 { break-after: avoid; } }
";

/// The page that lists public files, each with its name in their folder.
pub fn index_html(municipality: Option<&str>, files: &[ListedFile<'_>]) -> String {
    let title = "Öffentliche Sitzungsunterlagen";
    let whose = municipality.map(|name| format!(" – {name}")).unwrap_or_default();
    let page = html! {
        (DOCTYPE)
        html lang="de" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content=(GENERATOR);
                title { (title) (whose) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (title) (whose) }
                    @for session in sessions(files) { (of_session(&session)) }
                }
            }
        }
    };
    page.into_string() + "\n"
}

fn of_session(files: &[ListedFile<'_>]) -> Markup {
    let Some((_, first)) = files.first() else { return Markup::default() };
    html! {
        section aria-labelledby=(first.session) {
            h2 id=(first.session) { (first.heading()) }
            @for (kind, heading) in PublicFileKind::ALL {
                @let own = files.iter().filter(|(_, listed)| listed.kind == kind).collect::<Vec<_>>();
                @if !own.is_empty() {
                    h3 { (heading) }
                    ul {
                        @for (name, listed) in own {
                            li {
                                a href=(address(name)) type="application/pdf" { (listed.label) }
                                " " small { (listed.about()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A name as a relative address, so that it works from a disk too.
fn address(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let written = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    name.bytes().map(written).collect()
}

/// Tells whether a page, or the same for programs, was written here.
pub fn is_index(text: &[u8]) -> bool {
    let marks = [format!("content=\"{GENERATOR}\""), format!("\"generator\": \"{GENERATOR}\"")];
    let text = String::from_utf8_lossy(text);
    marks.iter().any(|mark| text.contains(mark))
}

/// The same for programs.
pub fn index_json(files: &[ListedFile<'_>]) -> String {
    let file = |(name, listed): &ListedFile<'_>| {
        json!({
            "file": name,
            "kind": listed.kind,
            "title": listed.title,
            "session": listed.session,
            "committee": listed.committee,
            "date": listed.date,
            "pages": listed.pages,
            "bytes": listed.bytes,
            "claims": listed.claims.split(", ").filter(|claim| !claim.is_empty()).collect::<Vec<_>>(),
            "sha256": listed.sha256,
        })
    };
    let sessions = sessions(files);
    let files: Vec<_> = sessions.iter().flatten().map(file).collect();
    format!("{:#}\n", json!({ "generator": GENERATOR, "files": files }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(kind: PublicFileKind, day: &str, title: &str) -> PublicFile {
        PublicFile {
            kind,
            session: format!("Rat-{day}"),
            committee: "Rat".into(),
            date: day.parse().ok(),
            title: title.into(),
            label: title.into(),
            pages: 12,
            bytes: 1_234_567,
            claims: "PDF/A-2a, PDF/UA-1".into(),
            sha256: "00".into(),
            place: 0,
        }
    }

    #[test]
    fn the_latest_session_comes_first_and_its_files_by_what_they_are() {
        let (packet, notice, old) = (
            listed(PublicFileKind::Packet, "2025-02-12", "Mappe <A>"),
            listed(PublicFileKind::Announcement, "2025-02-12", "Bekanntmachung"),
            PublicFile { claims: String::new(), ..listed(PublicFileKind::Packet, "2025-01-08", "Alt") },
        );
        let files = [("alt.pdf", &old), ("Mappe Süd.pdf", &packet), ("b.pdf", &notice)];
        let page = index_html(Some("Stadt X"), &files);
        let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}: {page}"));
        assert!(page.contains("<h1>Öffentliche Sitzungsunterlagen – Stadt X</h1>"));
        assert!(place("Rat, Mittwoch, 12.\u{a0}Februar 2025") < place("href=\"b.pdf\""));
        assert!(place("href=\"b.pdf\"") < place("href=\"Mappe%20S%C3%BCd.pdf\""));
        assert!(place("Mappe &lt;A&gt;") < place("Mittwoch, 8.\u{a0}Januar 2025"));
        place("PDF, 12 Seiten, 1,2 MB, PDF/A-2a (zur Archivierung), PDF/UA-1 (barrierefrei)</small>");
        place("PDF, 12 Seiten, 1,2 MB</small>");
        assert!(is_index(page.as_bytes()) && is_index(index_json(&files).as_bytes()) && !is_index(b"<html>"));
        let said: serde_json::Value = serde_json::from_str(&index_json(&files)).unwrap();
        let names: Vec<&str> =
            said["files"].as_array().unwrap().iter().map(|file| file["file"].as_str().unwrap()).collect();
        assert_eq!(names, ["b.pdf", "Mappe Süd.pdf", "alt.pdf"]);
        assert_eq!(said["files"][0]["claims"], json!(["PDF/A-2a", "PDF/UA-1"]));
        assert_eq!(said["files"][2]["claims"], json!([]));
    }
}
