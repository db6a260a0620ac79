//! What the search before publication found, in words: what must not go out, what is only mentioned, what nobody could
//! search; without what the session file releases.
//!
//! Searches nothing itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::confidential::{Confidential, SecretOrigin};
use super::public_place::{PublicPlace, Trace};
use super::releases::{Releases, release_of};
use super::secrets::{Hit, HitWeight, SearchResult};
use crate::diagnostics::{Diagnostic, Severity, Source, codes, counted, shown};
use crate::pdf::text::Unread;
use crate::toml_tree::quoted;

/// More findings than this of one kind about one paper are counted.
const MAX_OF_A_KIND: usize = 12;

/// Says what the search of a file found. `place` tells what a thing that was found stands in.
pub fn found(
    result: &SearchResult,
    confidential: &Confidential,
    releases: &mut Releases<'_>,
    place: impl Fn(Trace<'_>) -> PublicPlace,
) -> Vec<Diagnostic> {
    let mut findings = Findings::default();
    for hit in &result.hits {
        let at = place(Trace::Hit(hit));
        let is_released = match hit.shown.as_str() {
            "" => releases.release_finding(&codes::LEAK, &at, confidential.data_of(hit)),
            _ => releases.release_text(hit, &at),
        };
        if !is_released {
            findings.add(hit_finding(hit, confidential, &at), &at);
        }
    }
    for unread in &result.unread {
        let at = place(Trace::Unread(unread));
        if !releases.release_finding(&codes::UNSEARCHED, &at, at.hash.as_deref()) {
            findings.add(unsearched(unread, &at), &at);
        }
    }
    for (at, pages) in pictured(result, &place) {
        findings.add(pictures(&at, &pages), &at);
    }
    findings.finish()
}

/// The pages that are pictures, paper by paper.
fn pictured(
    result: &SearchResult,
    place: &impl Fn(Trace<'_>) -> PublicPlace,
) -> Vec<(PublicPlace, Vec<usize>)> {
    let mut papers: Vec<(PublicPlace, Vec<usize>)> = Vec::new();
    for picture in &result.pictures {
        let at = place(Trace::Picture(picture));
        let page = at.page.unwrap_or(picture.page);
        match papers.last_mut().filter(|(last, _)| last.name == at.name) {
            Some((_, pages)) => pages.push(page),
            None => papers.push((at, vec![page])),
        }
    }
    papers
}

fn pictures(at: &PublicPlace, pages: &[usize]) -> Diagnostic {
    let message = match pages {
        [page] => format!("{}: auf Seite {page} ist ein Bild, dessen Text nicht durchsucht ist.", at.name),
        pages => format!(
            "{}: auf den Seiten {} sind Bilder, deren Text nicht durchsucht ist.",
            at.name,
            listed(pages)
        ),
    };
    Diagnostic::new(&codes::PICTURES_UNSEARCHED, &at.source, at.span.clone(), message)
        .hint("Vor der Veröffentlichung selbst ansehen.")
}

/// Pages with runs drawn together: `1–3, 7`.
fn listed(pages: &[usize]) -> String {
    let runs = pages.chunk_by(|one, next| one + 1 == *next);
    let run = |run: &[usize]| match run {
        [first, .., last] => format!("{first}–{last}"),
        single => single.iter().map(usize::to_string).collect(),
    };
    runs.map(run).collect::<Vec<_>>().join(", ")
}

/// Says that a file is one that is not public.
pub fn copied(origin: &SecretOrigin, at: &PublicPlace) -> Diagnostic {
    let SecretOrigin { words, place, .. } = origin;
    let file = origin_file(origin);
    let message = format!("{} ist dieselbe Datei wie {file} ({words}; {place}).", at.name);
    let release = release_of(&codes::LEAK, at, at.hash.as_deref());
    Diagnostic::new(&codes::LEAK, &at.source, at.span.clone(), message).hint(format!(
        "Die richtige Datei angeben, oder auch die andere Unterlage öffentlich machen: oeffentlich = true. Darf nur diese öffentlich sein, in die Sitzungsdatei: {release}."
    ))
}

/// Says that a file could not be searched.
pub fn not_searched(why: &str, at: &PublicPlace) -> Diagnostic {
    let message = format!("{} lässt sich nicht durchsuchen: {}.", at.name, why.trim_end_matches('.'));
    Diagnostic::new(&codes::UNSEARCHED, &at.source, at.span.clone(), message)
        .hint("Die Datei kleiner machen oder neu exportieren; so wird sie nicht veröffentlicht.")
}

/// Says of which papers that are not public only the file as a whole is looked for, because it cannot be read.
pub fn blind(confidential: &Confidential, source: &Arc<Source>) -> Vec<Diagnostic> {
    let finding = |origin: &usize| {
        let SecretOrigin { words, place, .. } = &confidential.origins[*origin];
        let message = format!(
            "{words} ({place}) ist nicht öffentlich und nicht lesbar: nach dem Text darin kann nicht gesucht werden, nur nach der Datei als Ganzem."
        );
        let finding = Diagnostic::new(&codes::UNSEARCHED, source, 0..0, message);
        let hint = "Die Datei aus ihrem Programm neu als PDF exportieren, ohne Kennwort.";
        Diagnostic { severity: Severity::Warning, ..finding.hint(hint) }
    };
    confidential.unread.iter().map(finding).collect()
}

fn hit_finding(hit: &Hit, confidential: &Confidential, at: &PublicPlace) -> Diagnostic {
    let origin = confidential.origin_of(hit);
    let words = match hit.shown.as_str() {
        "" => format!("dieselben Daten wie {}, also etwas", origin_file(origin)),
        words => format!("„{}“", shown(words)),
    };
    let place = spaced(&at.at);
    let from = format!("{}; {}", origin.words, origin.place);
    let (code, message) = match hit.weight {
        HitWeight::Secret => {
            (&codes::LEAK, format!("{} enthält{place} {words} aus Nichtöffentlichem ({from}).", at.name))
        }
        HitWeight::Mention => (
            &codes::MENTION,
            format!("{} nennt{place} {words}, wie Nichtöffentliches auch ({from}).", at.name),
        ),
    };
    let release = format!("[[freigabe]] mit text = {} und grund = \"…\"", quoted(&hit.shown));
    let hint = match hit.weight {
        _ if hit.shown.is_empty() => format!(
            "Die Datei durch eine ersetzen, die das nicht enthält. Ist es zum Beispiel nur ein Logo, in die Sitzungsdatei: {}.",
            release_of(&codes::LEAK, at, confidential.data_of(hit))
        ),
        HitWeight::Secret => {
            format!("Die Stelle ändern. Darf sie öffentlich sein, in die Sitzungsdatei: {release}.")
        }
        HitWeight::Mention => format!("Ist das in Ordnung, in die Sitzungsdatei: {release}."),
    };
    Diagnostic::new(code, &at.source, at.span.clone(), message).hint(hint)
}

fn origin_file(origin: &SecretOrigin) -> String {
    let name = origin.file.as_ref().map(|name| format!(" „{}“", shown(name))).unwrap_or_default();
    format!("die nichtöffentliche Datei{name}")
}

fn unsearched(unread: &Unread, at: &PublicPlace) -> Diagnostic {
    let message = format!("{} ist{} nicht ganz lesbar: {}.", at.name, spaced(&at.at), unread.why);
    let release = release_of(&codes::UNSEARCHED, at, at.hash.as_deref());
    Diagnostic::new(&codes::UNSEARCHED, &at.source, at.span.clone(), message).hint(format!(
        "Die Datei aus ihrem Programm neu als PDF exportieren. Ist sie durchgesehen, in die Sitzungsdatei: {release}."
    ))
}

fn spaced(at: &str) -> String {
    if at.is_empty() { String::new() } else { format!(" {at}") }
}

/// Findings in order, each once, and of one kind at one place not too many.
#[derive(Default)]
struct Findings {
    all: Vec<Diagnostic>,
    counts: BTreeMap<(String, String, usize), usize>,
    more: BTreeMap<(String, String, usize), (Diagnostic, usize)>,
}

impl Findings {
    fn add(&mut self, finding: Diagnostic, at: &PublicPlace) {
        if self.all.contains(&finding) {
            return;
        }
        let key = (finding.code.id.to_string(), at.source.name.clone(), at.span.start);
        let count = self.counts.entry(key.clone()).or_default();
        *count += 1;
        if *count <= MAX_OF_A_KIND {
            self.all.push(finding);
        } else {
            self.more.entry(key).or_insert((finding, 0)).1 += 1;
        }
    }

    fn finish(self) -> Vec<Diagnostic> {
        let mut all = self.all;
        for (finding, count) in self.more.into_values() {
            let message = format!(
                "Und noch {} dieser Art in derselben Unterlage.",
                counted(count, "Stelle", "Stellen")
            );
            all.push(Diagnostic { message, hint: None, ..finding });
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::super::secrets::{Secret, SecretContent, Wanted};
    use super::*;
    use crate::pdf::text::{PicturePage, TextPlace, UnreadReason};
    use crate::record::input::Input;
    use crate::record::project::Project;
    use crate::record::session::{self, Session};

    const SENTENCE: &str = "Der Kaufpreis beträgt 250.000 Euro.";

    fn session(releases: &str) -> Session {
        let folder = tempfile::tempdir().unwrap();
        let project = Arc::new(Project::open(folder.path()).unwrap());
        let text = format!("[sitzung]\ngremium = 'Rat'\ndatum = 2025-05-14\n{releases}");
        session::read(Input::of("sitzung.toml", text.as_bytes(), &project).unwrap()).0
    }

    fn confidential() -> Confidential {
        let content = SecretContent::Prose(vec![SENTENCE.to_owned()]);
        Confidential {
            wanted: Wanted { secrets: vec![Secret { content, origin: 0 }], ..Wanted::default() },
            origins: vec![SecretOrigin {
                words: "Anlage A zu V/0002/2025 (TOP 9)".into(),
                place: "2.toml:12".into(),
                file: None,
            }],
            ..Confidential::default()
        }
    }

    fn place(found: Trace<'_>) -> PublicPlace {
        let place = found.place();
        PublicPlace {
            name: "Anlage 1 zu V/0001/2025 (TOP 1)".into(),
            at: place.to_string(),
            page: place.page(),
            source: Source::new("1.toml", "datei = 'plan.pdf'"),
            span: 8..18,
            items: vec!["1".into()],
            proposal: "V/0001/2025".into(),
            annex: "1".into(),
            hash: Some("3fa94c1e02b7d8650123456789abcdef".into()),
        }
    }

    fn result() -> SearchResult {
        let hit = |weight, shown: &str, page| Hit {
            secret: 0,
            weight,
            place: TextPlace::Page(page),
            shown: shown.into(),
        };
        let why = UnreadReason::Locked;
        SearchResult {
            hits: vec![
                hit(HitWeight::Secret, SENTENCE, 3),
                hit(HitWeight::Mention, "kostet 250.000 Euro im Jahr", 4),
            ],
            unread: vec![Unread { place: TextPlace::Page(5), why }],
            pictures: [6, 7, 8, 10].map(|page| PicturePage { page, share: 1.0, scan: true }).to_vec(),
        }
    }

    fn codes(releases: &str) -> Vec<String> {
        let session = session(releases);
        let mut of_session = Releases::of(Some(&session));
        let mut findings = found(&result(), &confidential(), &mut of_session, place);
        findings.extend(of_session.useless());
        findings.iter().map(|finding| finding.code.id.to_string()).collect()
    }

    #[test]
    fn what_is_found_is_said_with_its_place_and_where_it_comes_from() {
        let findings = found(&result(), &confidential(), &mut Releases::of(None), place);
        let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "Anlage 1 zu V/0001/2025 (TOP 1) enthält auf Seite 3 „Der Kaufpreis beträgt 250.000 Euro.“ aus \
                 Nichtöffentlichem (Anlage A zu V/0002/2025 (TOP 9); 2.toml:12).",
                "Anlage 1 zu V/0001/2025 (TOP 1) nennt auf Seite 4 „kostet 250.000 Euro im Jahr“, wie Nichtöffentliches \
                 auch (Anlage A zu V/0002/2025 (TOP 9); 2.toml:12).",
                "Anlage 1 zu V/0001/2025 (TOP 1) ist auf Seite 5 nicht ganz lesbar: sie ist verschlüsselt.",
                "Anlage 1 zu V/0001/2025 (TOP 1): auf den Seiten 6–8, 10 sind Bilder, deren Text nicht durchsucht ist.",
            ]
        );
        assert_eq!(codes(""), ["P106", "P107", "P108", "P109"]);
    }

    #[test]
    fn what_the_session_releases_is_not_said_and_what_releases_nothing_is() {
        let text = |text: &str, more: &str| format!("[[freigabe]]\ntext = '{text}'\ngrund = 'x'\n{more}");
        let rest = ["P107", "P108", "P109"];
        assert_eq!(codes(&text(SENTENCE, "")), rest);
        // In other spelling, as a part of more, for this paper.
        assert_eq!(
            codes(&text("Der KAUFPREIS  beträgt 250.000 Euro. Das ist viel.", "vorlage = 'V/0001/2025'")),
            rest
        );
        assert_eq!(codes(&text(SENTENCE, "top = '1'\nanlage = '1'")), rest);
        // What stands beside a number need not be said.
        assert_eq!(codes(&text("250.000 Euro", "")), ["P106", "P108", "P109"]);
        // A part of the words, or another paper, releases nothing.
        let all = ["P106", "P107", "P108", "P109", "S401"];
        assert_eq!(codes(&text("Der Kaufpreis", "")), all);
        assert_eq!(codes(&text(SENTENCE, "anlage = '2'")), all);
    }

    #[test]
    fn a_finding_is_released_for_the_file_that_was_looked_through_and_for_no_other() {
        let finding = |more: &str| codes(&format!("[[freigabe]]\nbefund = 'P108'\ngrund = 'x'\n{more}"));
        let useless = ["P106", "P107", "P108", "P109", "S401"];
        assert_eq!(finding("top = '1'\npruefsumme = '3fa94c1e02b7d865'\n"), ["P106", "P107", "P109"]);
        assert_eq!(finding("top = '2'\npruefsumme = '3fa94c1e02b7d865'\n"), useless);
        assert_eq!(finding("top = '1'\npruefsumme = '3fa94c1e02b7d866'\n"), useless);

        let text = "[[freigabe]]\nbefund = 'P108'\ntop = '1'\npruefsumme = 'ffff'\ngrund = 'x'\n";
        let session = session(text);
        let mut releases = Releases::of(Some(&session));
        let findings = found(&result(), &confidential(), &mut releases, place);
        let hint = findings[2].hint.as_deref().unwrap_or_default();
        assert!(hint.contains("anlage = \"1\", pruefsumme = \"3fa94c1e02b7d865\""), "{hint}");
        assert!(releases.useless()[0].message.contains("andere Fassung"));
    }

    #[test]
    fn the_same_data_is_released_by_its_own_checksum_wherever_it_stands() {
        let content = SecretContent::Bytes("00c0ffee00c0ffee99".into());
        let confidential = Confidential {
            wanted: Wanted { secrets: vec![Secret { content, origin: 0 }], ..Wanted::default() },
            ..confidential()
        };
        let hit =
            Hit { secret: 0, weight: HitWeight::Secret, place: TextPlace::Page(1), shown: String::new() };
        let result = SearchResult { hits: vec![hit], ..SearchResult::default() };
        let left = |checksum: &str| {
            let release = format!("befund = 'P106'\nvorlage = 'V/0001/2025'\npruefsumme = '{checksum}'");
            let session = session(&format!("[[freigabe]]\ngrund = 'x'\n{release}\n"));
            let said = found(&result, &confidential, &mut Releases::of(Some(&session)), place);
            said.into_iter().map(|finding| finding.hint.unwrap_or_default()).collect::<Vec<_>>()
        };
        assert_eq!(left("00c0ffee00c0ffee"), [""; 0]);
        // Not by that of the file around it.
        let said = left("3fa94c1e02b7d865");
        assert!(said[0].contains("pruefsumme = \"00c0ffee00c0ffee\""), "{said:?}");
    }

    #[test]
    fn too_many_findings_of_a_kind_are_counted() {
        let hit = |page| Hit {
            secret: 0,
            weight: HitWeight::Secret,
            place: TextPlace::Page(page),
            shown: SENTENCE.into(),
        };
        let result = SearchResult { hits: (1..=100).map(hit).collect(), ..SearchResult::default() };
        let findings = found(&result, &confidential(), &mut Releases::of(None), place);
        assert_eq!(findings.len(), MAX_OF_A_KIND + 1);
        assert_eq!(findings[MAX_OF_A_KIND].message, "Und noch 88 Stellen dieser Art in derselben Unterlage.");
    }
}
