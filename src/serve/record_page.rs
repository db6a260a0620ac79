//! The page of a record: its form, its findings, and what can be done with it. Works without a script.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Extension, RawQuery, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use url::form_urlencoded;

use super::annex_file;
use super::answer::{defect, refusal, see_other};
use super::beside;
use super::controls::controls;
use super::draft::{Draft, Saved};
use super::exceptions::exceptions;
use super::frame;
use super::journal::{self, Way};
use super::mending::ShownMending;
use super::picture;
use super::presence;
use super::project_folder::ProjectFolder;
use super::record_gone;
use super::record_news::{ASIDE, RecordNews as News, SAVED};
use super::remarks::{Remarks, asides, finding, reason_name};
use super::saving_log::{self, Deed};
use super::sent_form::{Controls, SentForm, controls_of, first, packed, pairs, unpacked};
use super::visitor::Visitor;
use crate::check::fixes;
use crate::diagnostics::{Diagnostic, counted, has_errors};
use crate::record::edit::BlockChange;
use crate::record::proposal::Proposal;
use crate::report::Tally;
use crate::tasks::desk::Desk;
use crate::typeset::{Format, Options};

/// The name of the form, for buttons that stand outside of it.
const FORM: &str = "vorlage-formular";

/// The address of the page of a record.
pub(super) fn address_of(name: &str) -> String {
    format!(
        "/vorlage?{}",
        form_urlencoded::Serializer::new(String::new()).append_pair("datei", name).finish()
    )
}

/// Shows a record.
pub(super) async fn show(
    State(folder): State<Arc<ProjectFolder>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Response {
    let pairs = pairs(query.unwrap_or_default().as_bytes());
    let name = pairs.get("datei").cloned().unwrap_or_default();
    let label = pairs.get("pdf").cloned();
    let is_asked = pairs.contains_key("gespeichert");
    let news = match pairs.get("gespeichert").map(String::as_str) {
        Some(saved) => {
            let known = SAVED.iter().find(|(mark, _)| *mark == saved);
            known.map(|(_, text)| News::good(text)).unwrap_or_default()
        }
        None => News::default(),
    };
    let work = folder.work(move |folder, desk| match Draft::open(folder, &folder.now(), &name, &visitor) {
        Ok(draft) if !draft.visitor.writes() => match &label {
            Some(label) => pdf(folder, &draft, desk, label),
            None => page(folder, &draft, desk, &News::default()),
        },
        Ok(mut draft) => {
            folder.presence.note(&draft.name, &draft.visitor, Instant::now());
            let is_restored = journal::restore(folder, &mut draft);
            let restored = "Die Änderungen, die noch nicht gespeichert waren, sind wieder da.";
            let elsewhere =
                "Was Sie in einem anderen Fenster geändert haben, steht auch hier und ist noch nicht gespeichert.";
            let news = match (is_restored, is_asked) {
                (true, true) => News::good(&format!("{} {elsewhere}", news.text)),
                (true, false) => News::good(restored),
                (false, _) => news,
            };
            page(folder, &draft, desk, &news)
        }
        Err(message) => refusal(StatusCode::NOT_FOUND, &message),
    });
    work.await.unwrap_or_else(defect)
}

/// Takes what the page of a record sends, and does what its button says.
pub(super) async fn change(
    State(folder): State<Arc<ProjectFolder>>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let sent = match SentForm::of(request).await {
        Ok(sent) => sent,
        Err(refused) => return *refused,
    };
    let turn = if sent.files.is_empty() { None } else { beside::turn().await };
    let work = folder.work(move |folder, desk| {
        let _turn = turn;
        match draft_of(folder, &visitor, &sent.controls) {
            Ok((draft, action)) => changed(folder, desk, draft, &action, sent),
            // What was typed stays on the page, whatever became of the file.
            Err(NoDraft::NoRecord(why)) => record_gone::page(folder, &why, &sent.controls),
            Err(why) => *why.refusal(),
        }
    });
    work.await.unwrap_or_else(defect)
}

/// The draft that a page sent, with all that its controls say; what is to be done with it; and the controls.
pub(super) fn received(
    folder: &ProjectFolder,
    visitor: &Visitor,
    body: &[u8],
) -> Result<(Draft, String, Controls), Box<Response>> {
    let sent = controls_of(body)?;
    let (draft, action) = draft_of(folder, visitor, &sent).map_err(NoDraft::refusal)?;
    Ok((draft, action, sent))
}

/// Why there is no draft.
enum NoDraft {
    /// There is no such record, or none any more.
    NoRecord(String),
    /// What was sent is none.
    NoText(&'static str),
}

impl NoDraft {
    fn refusal(self) -> Box<Response> {
        Box::new(match self {
            Self::NoRecord(why) => refusal(StatusCode::NOT_FOUND, &why),
            Self::NoText(why) => refusal(StatusCode::BAD_REQUEST, why),
        })
    }
}

fn draft_of(folder: &ProjectFolder, visitor: &Visitor, sent: &Controls) -> Result<(Draft, String), NoDraft> {
    let text = |name: &str| first(sent, name);
    let mut draft = Draft::open(folder, &folder.now(), text("datei"), visitor).map_err(NoDraft::NoRecord)?;
    let action = text("tun").to_owned();
    // Who may only read sees what the file says, whatever they send.
    if !visitor.writes() {
        return Ok((draft, action));
    }
    let (Some(base), Some(now)) = (unpacked(text("stand")), unpacked(text("entwurf"))) else {
        return Err(NoDraft::NoText("Der Seite fehlt der Text, von dem sie ausging."));
    };
    (draft.base, draft.text, draft.start) = (base, now.clone(), now);
    text("fenster").clone_into(&mut draft.window);
    let Some(opened) = draft.read_as_record() else {
        return Err(NoDraft::NoText("Das ist keine Vorlage."));
    };
    draft.fill(&opened, sent);
    folder.presence.note(&draft.name, visitor, Instant::now());
    Ok((draft, action))
}

fn changed(
    folder: &ProjectFolder,
    desk: &mut Desk,
    mut draft: Draft,
    action: &str,
    form: SentForm,
) -> Response {
    let sent = &form.controls;
    let (action, rest) = action.split_once(':').unwrap_or((action, ""));
    let numbered =
        || rest.split_once(':').and_then(|(index, list)| Some((index.parse::<usize>().ok()?, list)));
    let list_changed = |draft: &mut Draft, list: &str, change, text: &str| {
        let mut news = if draft.change_blocks(list, change) {
            News::good(text)
        } else {
            News::bad("Diesen Block gibt es nicht.")
        };
        news.goes_to = Some(list.to_owned());
        news
    };
    // What was typed is one thing, and what the button does another.
    let mut kept = journal::keep(folder, &draft, false);
    draft.start.clone_from(&draft.text);
    let (before, typed) = (draft.base.clone(), draft.text.clone());
    let mut news = match (action, numbered()) {
        ("speichern", _) => match draft.save(folder) {
            Saved::Done => {
                journal::saved(folder, &draft, &typed, false);
                let deed = (typed != before).then_some(Deed::RecordSaved);
                return saved(folder, &draft, desk, deed, SAVED[0], sent);
            }
            Saved::Merged => {
                journal::saved(folder, &draft, &typed, true);
                return saved(folder, &draft, desk, Some(Deed::RecordMerged), SAVED[1], sent);
            }
            Saved::Failed(message) => News::bad(message),
            Saved::Both(others) => News {
                others,
                ..News::bad(
                    "Noch nicht gespeichert: Inzwischen wurden dieselben Angaben auch in der Datei geändert. Beides steht unten an den Feldern. „Speichern“ nimmt, was in den Feldern steht.",
                )
            },
        },
        ("verwerfen", _) => {
            draft.text.clone_from(&draft.base);
            journal::keep(folder, &draft, true).ok();
            return see_other(&address_of(&draft.name));
        }
        ("beheben", _) => mended(&mut draft, desk, rest),
        ("bild", _) => pictured(folder, &mut draft, rest, &form),
        ("beilegen", _) => annex_file::attached(folder, desk, &mut draft, rest, &form),
        ("anlage-dazu", _) => annex_file::added(&mut draft),
        ("anlage-weg", _) => annex_file::removed(&mut draft, rest),
        ("melden", _) => reported(&mut draft, rest),
        ("ausnahme", _) => excepted(&mut draft, rest, sent),
        ("zurueck", _) => gone(folder, &mut draft, Way::Back),
        ("vor", _) => gone(folder, &mut draft, Way::Forth),
        ("pdf", _) => return pdf(folder, &draft, desk, rest),
        ("dazu", _) => list_changed(&mut draft, rest, BlockChange::Add, "Ein Block ist dazugekommen."),
        ("weg", Some((index, list))) => {
            list_changed(&mut draft, list, BlockChange::Remove(index), "Der Block ist entfernt.")
        }
        ("hoch", Some((index, list))) => {
            list_changed(&mut draft, list, BlockChange::Raise(index), "Die Blöcke sind vertauscht.")
        }
        ("nimm", _) if draft.take_base(rest) => News::good("Hier steht jetzt, was in der Datei steht."),
        _ => News::good("Geprüft."),
    };
    let is_step = matches!(action, "zurueck" | "vor");
    if draft.text != typed && !is_step {
        kept = journal::keep(folder, &draft, true);
    }
    if let Err(message) = kept {
        news.text = format!("{} {message}", news.text);
    }
    news.asides = asides(sent);
    if !news.is_bad && action == "bild" {
        news.asides.remove(&picture::alt_name(rest));
    }
    page(folder, &draft, desk, &news)
}

/// Goes on after saving, with what is said about it; what changed the file is written down.
fn saved(
    folder: &ProjectFolder,
    draft: &Draft,
    desk: &mut Desk,
    deed: Option<Deed>,
    (mark, text): (&str, &str),
    sent: &Controls,
) -> Response {
    let noted = deed.map(|deed| saving_log::note(folder, &draft.visitor, &draft.name, deed));
    let asides = asides(sent);
    let news = match noted {
        Some(Err(message)) => News::bad(format!("Gespeichert. {message}")),
        // What is typed and stands nowhere else would not be on the page that comes then.
        _ if !asides.is_empty() => News::good(&format!("{text} {ASIDE}")),
        _ => return see_other(&format!("{}&gespeichert={mark}", address_of(&draft.name))),
    };
    page(folder, draft, desk, &News { asides, ..news })
}

/// Shows what can be mended, or mends it if that is what was shown.
fn mended(draft: &mut Draft, desk: &mut Desk, mark: &str) -> News {
    match ShownMending::of(draft, desk) {
        None => News::good("Es gibt nichts, was sich von selbst beheben lässt."),
        Some(mending) if mending.mark() == mark => {
            draft.text = mending.into_text();
            News::good("Geändert, aber noch nicht gespeichert. „Rückgängig“ nimmt es zurück.")
        }
        Some(mending) => News {
            goes_to: Some("aenderungen".into()),
            mending: Some(mending),
            ..News::good("Noch ist nichts geändert.")
        },
    }
}

/// Makes an exception, if a reason was given.
fn excepted(draft: &mut Draft, which: &str, sent: &Controls) -> News {
    let Some((code, place)) = which.split_once(':') else { return News::bad("Diesen Befund gibt es nicht.") };
    let reasons = sent.get(&reason_name(code, place)).map(Vec::as_slice).unwrap_or_default();
    let goes_to = Some(place.to_owned());
    let Some(reason) = reasons.iter().map(|reason| reason.trim()).find(|reason| !reason.is_empty()) else {
        return News { goes_to, ..News::bad("Zu einer Ausnahme gehört ein Grund.") };
    };
    if draft.except(code, place, reason) {
        News {
            goes_to,
            ..News::good(&format!("Die Ausnahme von {code} steht jetzt mit ihrem Grund in der Vorlage."))
        }
    } else {
        News::bad("Hier lässt sich keine Ausnahme machen.")
    }
}

/// Lays a picture beside the record, and shows it at the end of a long text.
fn pictured(folder: &ProjectFolder, draft: &mut Draft, place: &str, form: &SentForm) -> News {
    if !draft.is_long_text(place) {
        return News::bad("Hier lässt sich kein Bild einfügen.");
    }
    let news = match picture::added(folder, draft, place, form) {
        Ok(name) => News::good(&format!(
            "Das Bild {name} steht jetzt am Ende des Textes und liegt neben der Vorlage."
        )),
        Err(message) => News::bad(message),
    };
    News { goes_to: Some(place.to_owned()), ..news }
}

/// Takes an exception away.
fn reported(draft: &mut Draft, which: &str) -> News {
    match which.split_once(':') {
        Some((code, place)) if draft.report_again(code, place) => News {
            goes_to: Some(if place.is_empty() { "befunde" } else { place }.to_owned()),
            ..News::good(&format!("{code} wird hier wieder gemeldet."))
        },
        _ => News::bad("Diese Ausnahme gibt es nicht."),
    }
}

/// Takes the last change back, or does it again, and says what it was.
fn gone(folder: &ProjectFolder, draft: &mut Draft, way: Way) -> News {
    let (done, nothing) = match way {
        Way::Back => ("Rückgängig gemacht", "Es gibt nichts, was sich rückgängig machen lässt."),
        Way::Forth => ("Wiederholt", "Es gibt nichts, was sich wiederholen lässt."),
    };
    match journal::step(folder, draft, way) {
        Ok(Some(before)) => {
            let changed = draft.changed_fields(&before, &draft.text);
            let names: Vec<&str> = changed.iter().map(|field| field.title.as_str()).collect();
            let what = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
            let goes_to = changed.first().map(|field| field.address.clone());
            News { goes_to, ..News::good(&format!("{done}{what}.")) }
        }
        Ok(None) => News::good(nothing),
        Err(message) => News::bad(message),
    }
}

/// The PDF of an annex: as it is printed, or marked ENTWURF while there are errors.
fn pdf(folder: &ProjectFolder, draft: &Draft, desk: &mut Desk, label: &str) -> Response {
    let opened = draft.read(&draft.text);
    let is_draft = has_errors(&desk.check(&opened));
    let Some(annex) = opened.proposal.form_annexes().find(|annex| annex.label == label) else {
        return page(folder, draft, desk, &News::bad("Diese Anlage gibt es nicht."));
    };
    let mut options = Options { draft: is_draft, ..Options::archival() };
    if is_draft {
        // What has errors may lack what the standards ask for, such as a date.
        options.format = Format::Pdf(Vec::new());
    }
    let (mut files, findings) = desk.make(&opened.proposal, annex, &options);
    let Some(file) = files.pop() else {
        let why = findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
        return page(folder, draft, desk, &News::bad(format!("Das PDF ließ sich nicht erzeugen. {why}")));
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"anlage.pdf\"")),
    ];
    (headers, file).into_response()
}

fn page(folder: &ProjectFolder, draft: &Draft, desk: &mut Desk, news: &News) -> Response {
    let opened = draft.read(&draft.text);
    let proposal = &opened.proposal;
    let findings = [desk.check(&opened), desk.check_files(proposal)].concat();
    let number = proposal.number.map(|number| number.to_string()).unwrap_or_else(|| draft.name.clone());
    let mut remarks =
        Remarks::new(&proposal.project.templates, news.others.clone()).with_asides(news.asides.clone());
    let mut addresses = remarks.place(proposal, &findings);
    let is_readable = !findings.iter().any(|finding| finding.code.is_about_syntax());
    if !is_readable {
        // There is no form to lead to.
        addresses.fill(None);
    }
    let is_unsaved = draft.text != draft.base;
    let title = if news.is_bad { format!("Fehler: {number}") } else { number.clone() };
    let content = html! {
        // What Enter in a field presses is the first button, and must not change what nobody agreed to.
        @if is_readable { button hidden type="submit" form=(FORM) name="tun" value="pruefen" {} }
        h1 { "Vorlage " (number) }
        @if !proposal.subject.is_empty() { p.betreff { (proposal.subject) } }
        @if proposal.public == Some(false) { p { span.marke.geheim { "nichtöffentlich" } } }
        @if draft.visitor.name.is_some() {
            p #auch.auch role="status" { (presence::in_words(&folder.presence.others(&draft.name, &draft.visitor, Instant::now()))) }
        }
        (news.shown())
        @if let Some(mending) = &news.mending { (mending.shown(FORM)) }
        (summary(&findings, &addresses, &remarks))
        @if is_readable && !draft.visitor.writes() { (to_read(draft, proposal, &remarks)) }
        @else if is_readable { (form(draft, proposal, &remarks, is_unsaved)) }
        @else { p { "Die Datei ist kein gültiges TOML. Bis das in einem Texteditor behoben ist, lässt sie sich hier nicht ausfüllen." } }
    };
    if is_readable && !draft.visitor.writes() {
        frame::page_beside(&title, content, pages_beside(draft, proposal))
    } else {
        frame::page(&title, content)
    }
}

/// How many findings there are, in words.
pub(super) fn in_numbers(findings: &[Diagnostic]) -> String {
    let mut tally = Tally::default();
    tally.add(findings);
    tally.to_string()
}

/// All findings, each leading to its field.
fn summary(findings: &[Diagnostic], addresses: &[Option<String>], remarks: &Remarks<'_>) -> Markup {
    let mendable = fixes::count(findings);
    html! {
        section.uebersicht aria-labelledby="befunde" {
            h2 #befunde tabindex="-1" { "Befunde" }
            @if findings.is_empty() { p { "Keine." } }
            @else {
                @if mendable > 0 {
                    div.knoepfe { button type="submit" form=(FORM) name="tun" value="beheben" { "Zeigen, wie sich " (counted(mendable, "Befund", "Befunde")) " beheben " (if mendable == 1 { "lässt" } else { "lassen" }) } }
                }
                details open[has_errors(findings)] {
                    summary { (in_numbers(findings)) }
                    ul {
                        @for (own, place) in findings.iter().zip(addresses) {
                            li {
                                (finding(own))
                                @if place.is_none() { (remarks.explained(&own.code)) }
                                @if let Some(place) = place { a href={ "#" (place) } { "Zum Feld" } }
                                @else if own.source.text.is_empty() { (own.source.name) }
                                @else { (own.source.name) ", Zeile " (own.line()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn form(draft: &Draft, proposal: &Proposal, remarks: &Remarks<'_>, is_unsaved: bool) -> Markup {
    let buttons = html! {
        div.knoepfe {
            button type="submit" name="tun" value="pruefen" { "Prüfen" }
            button.haupt type="submit" name="tun" value="speichern" { "Speichern" }
            button type="submit" name="tun" value="zurueck" aria-keyshortcuts="Control+Z" { "Rückgängig" }
            button type="submit" name="tun" value="vor" aria-keyshortcuts="Control+Y" { "Wiederholen" }
            @for annex in proposal.form_annexes() {
                button type="submit" name="tun" value={ "pdf:" (annex.label) } formtarget="_blank" { "PDF der Anlage " (annex.label) " ansehen" }
            }
            @if is_unsaved {
                button type="submit" name="tun" value="verwerfen" { "Änderungen verwerfen" }
                span.leise { "Es gibt ungespeicherte Änderungen." }
            }
        }
    };
    html! {
        div.nebeneinander {
        form.vorlage id=(FORM) method="post" action="/vorlage" accept-charset="utf-8" {
            input type="hidden" name="datei" value=(draft.name);
            // Browsers change line ends in what a form sends, so these travel packed.
            input type="hidden" name="stand" value=(packed(&draft.base));
            input type="hidden" name="entwurf" value=(packed(&draft.text));
            // The script says which window it is: it keeps what is typed without a new page.
            input type="hidden" name="fenster" value="";
            (buttons)
            (controls(proposal, remarks))
            (exceptions(proposal, remarks))
            (buttons)
        }
        (pages_beside(draft, proposal))
        }
        script type="module" src="/dateien/text.js" {}
        script type="module" src="/dateien/beilegen.js" {}
    }
}

/// The record of somebody who may not change it: as the file says it, and its PDFs.
fn to_read(draft: &Draft, proposal: &Proposal, remarks: &Remarks<'_>) -> Markup {
    html! {
        div.knoepfe {
            @for annex in proposal.form_annexes() {
                a.knopf href={ (address_of(&draft.name)) "&pdf=" (annex.label) } target="_blank" { "PDF der Anlage " (annex.label) " ansehen" }
            }
        }
        div.vorlage { (controls(proposal, remarks)) }
    }
}

/// Where the pages are shown as they will be printed. Filled by the script; what is drawn there is read in the PDF.
fn pages_beside(draft: &Draft, proposal: &Proposal) -> Markup {
    let annex = proposal.form_annexes().next().map(|annex| annex.label.as_str());
    html! {
        div #ansicht hidden role="region" tabindex="0" aria-label="Seiten, wie sie gedruckt werden" data-vorlage=(draft.name) data-anlage=[annex] {
            p #ansicht-stand role="status" {}
            div #ansicht-seiten aria-hidden="true" {}
        }
        script type="module" src="/dateien/vorlage.js" {}
    }
}
