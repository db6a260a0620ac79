//! What the page of a session shows: who may see what, in words.
//!
//! Knows nothing of requests.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::frame;
use super::making::MakingState;
use super::project_folder::ProjectFolder;
use super::record_page;
use super::remarks::{Remarks, finding};
use super::session_changes::{NewItem, SentControls, typed};
use super::session_draft::{NoSession, SessionDraft};
use super::session_frame::{SessionNews, name_of, named, part_of, said};
use super::session_parts;
use crate::check::session::least_notice;
use crate::day::Day;
use crate::diagnostics::{Diagnostic, counted};
use crate::files::path_within;
use crate::packet::{Business, BusinessItem, Paper, PaperFile, papers};
use crate::record::publicity::Publicity;
use crate::record::session::{RecordPath, Session};
use crate::tasks::agenda::Agenda;

/// The page of a session that can be read.
pub(super) fn page(
    folder: &ProjectFolder,
    draft: &SessionDraft,
    agenda: &Agenda,
    news: &SessionNews,
) -> Response {
    let (session, name, mark) = (agenda.session(), draft.name.as_str(), draft.mark());
    let business = agenda.business();
    let papers = papers(&business, folder.root.path());
    let title = name_of(session);
    let mut remarks = Remarks::new(&session.project.templates, Default::default());
    let addresses = remarks.place_session(&session.tree, &session.source.name, &agenda.findings);
    let places: Vec<Option<usize>> = addresses.iter().map(|own| item_of(own.as_deref()?)).collect();
    let content = html! {
        h1 { (title) }
        (news.markup())
        div #teil-sitzung tabindex="-1" { (facts(session)) (session_parts::link(name, "sitzung")) }
        (findings(folder, name, &agenda.findings, &addresses, session, &remarks))
        section aria-labelledby="tagesordnung" {
            h2 #tagesordnung tabindex="-1" { "Tagesordnung" }
            p.hilfe { "Verschoben wird mit den Knöpfen oder mit der Maus. Die Nummern bleiben in ihrer Reihenfolge; die Sitzungsdatei wird gleich geschrieben." }
            form #tagesordnung-formular method="post" action="/sitzung" {
                input type="hidden" name="datei" value=(name);
                input type="hidden" name="stand" value=(mark);
                ol.tagesordnung {
                    @for (index, item) in business.items.iter().enumerate() {
                        @let said = agenda.findings.iter().zip(&places).filter(|(_, place)| **place == Some(index));
                        (self::item(folder, name, &business, item, &said.map(|(one, _)| one).collect::<Vec<_>>(), &papers))
                    }
                }
            }
            p.knoepfe {
                @for new in NewItem::ALL { a.knopf href=(part_of(name, "neu", new.word())) { (new.title()) " hinzufügen" } }
            }
        }
        (session_parts::sections(name, session))
        (made(name, &mark, &agenda.mark(), folder.making.state(name)))
        script type="module" src="/dateien/sitzung.js" {}
    };
    frame::page(&news.title(&title), content)
}

/// The page in place of a session: why there is none, and what was sent to it, to be sent again.
pub(super) fn none(folder: &ProjectFolder, name: &str, why: &NoSession, sent: &SentControls) -> Response {
    let findings = why.findings();
    let typed = typed(sent);
    let action = sent.get("tun").map(String::as_str).unwrap_or_default();
    let content = html! {
        h1 { "Sitzung" @if !name.is_empty() { " " (name) } }
        div.meldung.schlecht #problem role="alert" tabindex="-1" {
            p { strong { (why.in_words()) @if !typed.is_empty() { " Es wurde nichts gespeichert." } } }
        }
        @if !findings.is_empty() {
            div.uebersicht { ul { @for one in findings { li { (finding(one)) p.leise { (place(folder, one)) } } } } }
            p { "Bis das in einem Texteditor behoben ist, lässt sich die Sitzung hier weder ansehen noch ändern." }
        }
        @if !typed.is_empty() {
            (said(&typed))
            form method="post" action="/sitzung" accept-charset="utf-8" {
                @for (name, value) in sent.iter().filter(|(name, _)| *name != "tun") { input type="hidden" name=(name) value=(value); }
                p.hilfe { "Sobald sich die Sitzungsdatei wieder lesen lässt, kann es von hier aus noch einmal gesendet werden." }
                button.haupt type="submit" name="tun" value=(action) { "Noch einmal senden" }
            }
        }
    };
    let mut response = frame::page(&format!("Fehler: {name}"), content);
    *response.status_mut() = match why {
        NoSession::Missing | NoSession::Other => StatusCode::NOT_FOUND,
        _ if sent.is_empty() => StatusCode::OK,
        _ => StatusCode::CONFLICT,
    };
    response
}

fn facts(session: &Session) -> Markup {
    let fact = |name: &str, value: Option<String>| {
        html! { @if let Some(value) = value { dt { (name) } dd { (value) } } }
    };
    let notice = session.notice.as_ref().map(|(sent, _)| {
        let days = session.date.map(|day| sent.days_until(day));
        let before = match days {
            Some(days) if days > 0 => {
                format!(", {} vor der Sitzung", counted(usize::try_from(days).unwrap_or(0), "Tag", "Tage"))
            }
            _ => String::new(),
        };
        format!(
            "{}{before}; mindestens {}",
            sent.in_words(),
            counted(usize::try_from(least_notice(session)).unwrap_or(0), "Tag", "Tage")
        )
    });
    html! {
        dl.angaben {
            (fact("Beginn", session.begin.map(|time| format!("{} Uhr", time.in_numbers()))))
            (fact("Ort", session.place.clone()))
            (fact("Vorsitz", session.chair.clone()))
            (fact("Ladung", notice.or(session.date.map(|_: Day| "nicht angegeben".to_owned()))))
        }
    }
}

/// The file and the line that a finding is about.
fn place(folder: &ProjectFolder, finding: &Diagnostic) -> String {
    format!("{}, Zeile {}", path_within(folder.root.path(), finding.source.name.as_ref()), finding.line())
}

fn findings(
    folder: &ProjectFolder,
    name: &str,
    findings: &[Diagnostic],
    addresses: &[Option<String>],
    session: &Session,
    remarks: &Remarks<'_>,
) -> Markup {
    html! {
        section.uebersicht aria-labelledby="befunde" {
            h2 #befunde { "Befunde" }
            @if findings.is_empty() { p { "Keine." } }
            @else {
                details open {
                    summary { (record_page::in_numbers(findings)) }
                    ul {
                        @for (one, address) in findings.iter().zip(addresses) {
                            @let address = address.as_deref().unwrap_or_default();
                            li {
                                (finding(one))
                                (remarks.explained(&one.code))
                                p.leise {
                                    (place(folder, one))
                                    @if let Some(item) = item_of(address) { ", " a href={ "#top-" (item) } { "zum Punkt" @if let Some(number) = number(session, item) { " " (number) } } }
                                    @if let Some(part) = session_parts::part_at(address) { ", " a href={ (part_of(name, "teil", &part.key)) "#" (address) } { "zum Feld: " (part.name()) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The item that an address in a session file is below.
fn item_of(address: &str) -> Option<usize> {
    address.strip_prefix("/top/")?.split('/').next()?.parse().ok()
}

fn number(session: &Session, item: usize) -> Option<String> {
    Some(session.items.get(item)?.number.as_ref()?.to_string())
}

fn item(
    folder: &ProjectFolder,
    name: &str,
    business: &Business<'_>,
    item: &BusinessItem<'_>,
    said: &[&Diagnostic],
    papers: &[Paper<'_>],
) -> Markup {
    let index = item.place;
    let last = business.items.len().saturating_sub(1);
    let which = format!("{} {}", item.number(), item.title());
    let is_public = item.publicity().is_public();
    let neutral = business.title_for(item, Publicity::Public);
    let own = || papers.iter().filter(|paper| std::ptr::eq(paper.item, item));
    html! {
        li #{ "top-" (index) } data-platz=(index) {
            div.punkt {
                p {
                    strong { (item.number()) } " "
                    @if item.item.is_heading() { em { (item.title()) " (Überschrift)" } } @else { (item.title()) }
                    @if let Some(status) = item.item.status { " " span.marke.warnung { (status.word()) } }
                }
                @if !item.item.is_heading() {
                    p.leise {
                        @if is_public { "öffentlich" }
                        @else {
                            span.marke.geheim { "nichtöffentlich" } " "
                            @match neutral {
                                Some(words) => { "In der öffentlichen Tagesordnung steht: „" (words) "“." }
                                None => "In der öffentlichen Tagesordnung steht dieser Punkt nicht.",
                            }
                        }
                    }
                }
                @if !said.is_empty() { div.befunde { @for one in said { (finding(one)) } } }
                @if own().next().is_some() {
                    ul.unterlagen { @for paper in own() { li { (self::paper(folder, paper)) } } }
                }
            }
            div.knoepfe {
                a.knopf href=(part_of(name, "punkt", index)) aria-label={ "Ändern: " (which) } { "Ändern" }
                @if index > 0 { button type="submit" name="tun" value={ "hoch:" (index) } aria-label={ "Nach oben: " (which) } { "Nach oben" } }
                @if index < last { button type="submit" name="tun" value={ "runter:" (index) } aria-label={ "Nach unten: " (which) } { "Nach unten" } }
                a.knopf href=(part_of(name, "weg", index)) aria-label={ "Entfernen: " (which) } { "Entfernen" }
            }
        }
    }
}

/// A paper, and what its publicity means.
pub(super) fn paper(folder: &ProjectFolder, paper: &Paper<'_>) -> Markup {
    let title = format!("{} {}", paper.label, paper.listed_title());
    let record = paper.record.and_then(|named| named.file.as_ref().ok());
    let link = |record: &RecordPath| {
        let root = folder.root.path();
        record.path.starts_with(root).then(|| record_page::address_of(&path_within(root, &record.path)))
    };
    html! {
        @match record.and_then(link) {
            Some(address) => a href=(address) { (title) },
            None => (title),
        }
        ": "
        @if paper.publicity.is_public() { "öffentlich, in beiden Mappen" }
        @else { span.marke.geheim { "nichtöffentlich" } " nur in der vollständigen Mappe" }
        @if let PaperFile::Missing(why) = &paper.file { ". " strong { "Fehlt: " } (why) }
    }
}

fn made(name: &str, mark: &str, now: &str, state: Option<MakingState>) -> Markup {
    let is_running = state.as_ref().is_some_and(|state| state.is_running);
    html! {
        section aria-labelledby="mappen" {
            h2 #mappen tabindex="-1" { "Mappen, Einladung, Tagesordnung, Bekanntmachung, Druckdateien" }
            @if let Some(state) = &state {
                @if state.is_running {
                    div #fortschritt data-adresse=(named("/sitzung/stand", name)) {
                        p role="status" { "Wird erstellt …" }
                        progress max=(state.total.max(1)) value=(state.done) aria-label="Fortschritt" {}
                        p { a href={ (named("/sitzung", name)) "#mappen" } { "Nachsehen, ob alles fertig ist" } }
                    }
                } @else {
                    p role="status" { @if state.files.is_empty() { "Es wurde nichts erstellt." } @else { "Fertig. Zum Herunterladen:" } }
                    @if state.mark != now && !state.files.is_empty() { p.warnung { strong { "Die Sitzung oder eine ihrer Vorlagen und Unterlagen wurde seitdem geändert; diese Dateien sind von vorher." } } }
                    ul {
                        @for (number, made) in state.files.iter().enumerate() {
                            @let kind = made.path.extension().unwrap_or_default().to_string_lossy().to_uppercase();
                            li {
                                a href={ (named("/sitzung/datei", name)) "&nr=" (number) } download { (made.title) " (" (kind) ")" }
                                @if !made.is_public { " " span.marke.geheim { "enthält Nichtöffentliches" } }
                            }
                        }
                    }
                    @if !state.faults.is_empty() { p { "Was dabei fehlte:" } ul { @for fault in &state.faults { li.fehler { (fault) } } } }
                }
            }
            form method="post" action="/sitzung" {
                input type="hidden" name="datei" value=(name);
                input type="hidden" name="stand" value=(mark);
                div.knoepfe { button.haupt type="submit" name="tun" value="mappen" disabled[is_running] { "Alles erstellen" } button type="submit" name="tun" value="druck" disabled[is_running] { "Druckdateien erstellen" } }
                p.hilfe { "Druckdateien sind Bögen für die Druckerei mit Laufzettel: für alle, die nach dem Verteiler Papier bekommen, sonst beide Fassungen, beidseitig auf A4." }
            }
        }
    }
}
