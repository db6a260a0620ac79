//! What the search before publication found, in words: what must not go out, what is only mentioned, what nobody could
//! search; without what the session file releases.
//!
//! Searches nothing itself.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::business::{Business, BusinessItem};
use super::confidential::{Confidential, SecretOrigin};
use super::edition::Edition;
use super::secrets::{Hit, HitWeight, SearchResult, is_in};
use crate::diagnostics::{Code, Diagnostic, Severity, Source, codes, counted, shown};
use crate::pdf::text::{PicturePage, TextPlace, Unread};
use crate::record::session::{Release, Released, Session};
use crate::toml_tree::quoted;

/// Something public in which something was found, as findings speak of it.
#[derive(Debug, Clone)]
pub struct PublicPlace {
    /// Its name: `Anlage 1 zu V/0301/2025 (TOP 4.2)`.
    pub name: String,
    /// Where in it: `auf Seite 3 (Seite 17 der Mappe)`; may be empty.
    pub at: String,
    /// The page of it, if it has pages.
    pub page: Option<usize>,
    /// The file that names it.
    pub source: Arc<Source>,
    /// Where it is named there.
    pub span: Range<usize>,
    /// The numbers of its items.
    pub items: Vec<String>,
    /// The number of its proposal, or its own; may be empty.
    pub proposal: String,
    /// The label of the annex; empty for what is none.
    pub annex: String,
}

impl PublicPlace {
    /// A place in what an edition says of the session itself, in something with this name: at the item whose title has the
    /// words that were found, if one has.
    pub fn in_session(business: &Business<'_>, edition: &Edition, name: String, found: Trace<'_>) -> Self {
        let place = found.place();
        let has_words = |item: &&BusinessItem<'_>| match found {
            Trace::Hit(hit) => {
                business.title_for(item, edition.readers).is_some_and(|title| is_in(&hit.shown, &title))
            }
            _ => false,
        };
        let item = business.items.iter().find(has_words);
        Self {
            name,
            at: place.to_string(),
            page: place.page(),
            source: Arc::clone(&business.session.source),
            span: item.map(|item| item.item.span.clone()).unwrap_or_default(),
            items: item.map(|item| item.number()).into_iter().collect(),
            proposal: String::new(),
            annex: String::new(),
        }
    }
}

/// More findings than this of one kind about one paper are counted.
const MAX_OF_A_KIND: usize = 12;

/// The releases of a session, and which of them were of use.
#[derive(Debug)]
pub struct Releases<'a> {
    session: Option<&'a Session>,
    used: Vec<bool>,
}

impl<'a> Releases<'a> {
    /// Takes those of a session; without one there are none.
    pub fn of(session: Option<&'a Session>) -> Self {
        Self { session, used: vec![false; session.map_or(0, |session| session.releases.len())] }
    }

    /// Tells whether words may be public at a place.
    fn release_text(&mut self, hit: &Hit, place: &PublicPlace) -> bool {
        let means = |own: &str| match hit.weight {
            HitWeight::Secret => is_in(&hit.shown, own),
            // What stands around a number need not be typed.
            HitWeight::Mention => is_in(&hit.shown, own) || is_in(own, &hit.shown),
        };
        self.any(place, |released| match released {
            Released::Text(own) => means(own),
            Released::Finding(_) => false,
        })
    }

    /// Tells whether what a finding is about may be public at a place.
    pub fn release_finding(&mut self, code: &Code, place: &PublicPlace) -> bool {
        self.any(place, |released| match released {
            Released::Text(_) => false,
            Released::Finding(own) => *own == *code.id,
        })
    }

    fn any(&mut self, place: &PublicPlace, means: impl Fn(&Released) -> bool) -> bool {
        let all = self.session.map(|session| session.releases.as_slice()).unwrap_or_default();
        let mut any = false;
        for (release, used) in all.iter().zip(&mut self.used) {
            let is_meant = is_at(release, place) && means(&release.released);
            *used |= is_meant;
            any |= is_meant;
        }
        any
    }

    /// Finds those that were of no use.
    pub fn useless(&self) -> Vec<Diagnostic> {
        let Some(session) = self.session else { return Vec::new() };
        let useless = session.releases.iter().zip(&self.used).filter(|(_, used)| !**used);
        let finding = |(release, _): (&Release, _)| {
            let message = "Diese Freigabe nimmt nichts aus: die Suche hat nichts gefunden, das sie nennt.";
            let span = release.span.clone();
            Diagnostic::new(&codes::RELEASE_USELESS, &session.source, span, message)
                .hint("Den Block [[freigabe]] löschen, oder text so angeben, wie der Befund die Worte nennt.")
        };
        useless.map(finding).collect()
    }
}

fn is_at(release: &Release, place: &PublicPlace) -> bool {
    let is = |wanted: &Option<String>, own: &str| wanted.as_deref().is_none_or(|wanted| wanted == own);
    is(&release.proposal, &place.proposal)
        && is(&release.annex, &place.annex)
        && release.item.as_ref().is_none_or(|item| place.items.contains(item))
}

/// Something that was found in a file.
#[derive(Debug, Clone, Copy)]
pub enum Trace<'a> {
    /// Something that is not public.
    Hit(&'a Hit),
    /// Something that could not be read.
    Unread(&'a Unread),
    /// A page that is a picture.
    Picture(&'a PicturePage),
    /// The file itself, which could not be searched.
    File,
}

impl Trace<'_> {
    /// Gives the place of it in the file.
    pub fn place(&self) -> TextPlace {
        match self {
            Self::Hit(hit) => hit.place.clone(),
            Self::Unread(unread) => unread.place.clone(),
            Self::Picture(picture) => TextPlace::Page(picture.page),
            Self::File => TextPlace::File,
        }
    }
}

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
            "" => releases.release_finding(&codes::LEAK, &at),
            _ => releases.release_text(hit, &at),
        };
        if !is_released {
            let origin = confidential.origin_of(hit);
            findings.add(hit_finding(hit, origin, &at), &at);
        }
    }
    for unread in &result.unread {
        let at = place(Trace::Unread(unread));
        if !releases.release_finding(&codes::UNSEARCHED, &at) {
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
    Diagnostic::new(&codes::LEAK, &at.source, at.span.clone(), message).hint(
        "Die richtige Datei angeben, oder auch die andere Unterlage öffentlich machen: oeffentlich = true.",
    )
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

fn hit_finding(hit: &Hit, origin: &SecretOrigin, at: &PublicPlace) -> Diagnostic {
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
            release_of(&codes::LEAK, at)
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
    let release = release_of(&codes::UNSEARCHED, at);
    Diagnostic::new(&codes::UNSEARCHED, &at.source, at.span.clone(), message).hint(format!(
        "Die Datei aus ihrem Programm neu als PDF exportieren. Ist sie durchgesehen, in die Sitzungsdatei: {release}."
    ))
}

fn spaced(at: &str) -> String {
    if at.is_empty() { String::new() } else { format!(" {at}") }
}

/// What releases a finding at a place, as it can be typed.
pub(super) fn release_of(code: &Code, at: &PublicPlace) -> String {
    let mut release = format!("[[freigabe]] mit befund = \"{}\"", code.id);
    let item = at.items.first().filter(|_| at.proposal.is_empty()).map(String::as_str).unwrap_or_default();
    let keys = [("top", item), ("vorlage", at.proposal.as_str()), ("anlage", at.annex.as_str())];
    for (key, value) in keys.into_iter().filter(|(_, value)| !value.is_empty()) {
        release.push_str(&format!(", {key} = {}", quoted(value)));
    }
    release + " und grund = \"…\""
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
    use crate::pdf::text::UnreadReason;
    use crate::record::input::Input;
    use crate::record::project::Project;
    use crate::record::session;

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
        assert_eq!(
            codes("[[freigabe]]\nbefund = 'P108'\ntop = '1'\ngrund = 'x'\n"),
            ["P106", "P107", "P109"]
        );
        assert_eq!(codes("[[freigabe]]\nbefund = 'P108'\ntop = '2'\ngrund = 'x'\n"), all);
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
