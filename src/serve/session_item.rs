//! The pages of one item of an agenda: what it says, its papers, and the question before it goes.
//!
//! Knows nothing of requests.

use std::collections::BTreeMap;

use axum::response::Response;
use maud::{Markup, html};

use super::annex_file;
use super::controls::control;
use super::frame;
use super::project_folder::ProjectFolder;
use super::remarks::Remarks;
use super::session_changes::{
    NEW_RECORD, NEW_RECORD_TITLE, NewItem, is_of_papers, item_fields, new_paper_path, words,
};
use super::session_draft::SessionDraft;
use super::session_frame::{SessionNews, address_of, name_of, part_of};
use super::session_papers::{MAX_OFFERED, OfferedRecord, offered_files, offered_records};
use super::session_view;
use crate::diagnostics::Source;
use crate::packet::{BusinessItem, Paper, papers};
use crate::record::merge::address;
use crate::record::schema::{Field, Filled};
use crate::record::session::{AgendaItem, SessionChange, changed, item_path, papers_path, session_part};
use crate::record::template::Templates;
use crate::run::Run;
use crate::tasks::agenda::Agenda;
use crate::toml_tree::{self, Node, Step};

/// What publicity of an item means; the first is what it is without a word.
const ITEM_PUBLICITY: [(&str, &str); 3] = [
    ("", "wie die Vorlagen; ohne Vorlage öffentlich"),
    ("true", "öffentlich: in beiden Mappen und auf jeder Tagesordnung"),
    (
        "false",
        "nichtöffentlich: nur in der vollständigen Mappe; die öffentliche Tagesordnung nennt höchstens den neutralen Titel",
    ),
];

/// What publicity of a paper means.
const PAPER_PUBLICITY: [(&str, &str); 3] = [
    ("", "wie der Punkt"),
    ("true", "öffentlich, wenn es auch der Punkt ist: in beiden Mappen"),
    ("false", "nichtöffentlich: nur in der vollständigen Mappe"),
];

/// Keys whose fields are not those of any other form.
const PUBLICITY: &str = "oeffentlich";
const FILE: &str = "datei";
const NUMBER: &str = "nummer";

/// What the page of an item shows.
pub(super) struct ItemPage<'a> {
    pub(super) folder: &'a ProjectFolder,
    pub(super) run: &'a Run,
    pub(super) draft: &'a SessionDraft,
    pub(super) agenda: &'a Agenda,
    pub(super) item: usize,
    /// Whether it is yet to be added.
    pub(super) new: Option<NewItem>,
    pub(super) news: &'a SessionNews,
}

/// The page of an item.
pub(super) fn page(shown: &ItemPage<'_>) -> Response {
    let ItemPage { draft, agenda, item, news, .. } = *shown;
    let session = agenda.session();
    let tree = &session.tree;
    let mut remarks = Remarks::new(&session.project.templates, BTreeMap::new());
    // Nothing is wrong with a form that nobody has filled in yet.
    let findings = if shown.new.is_some() && !news.is_bad { &[][..] } else { &agenda.findings };
    remarks.place_session(tree, &draft.name, findings);
    let business = agenda.business();
    let own = &business.items[item];
    let is_heading = is_heading(shown, own.item, tree);
    let what = if is_heading { NewItem::Heading } else { NewItem::Item }.title();
    let title = match (shown.new, is_heading) {
        (Some(NewItem::Item), _) => "Neuer Punkt".to_owned(),
        (Some(NewItem::Heading), _) => "Neue Überschrift".to_owned(),
        (None, true) => format!("Überschrift „{}“ ändern", own.title()),
        (None, false) => format!("Punkt {} ändern", own.number()),
    };
    let path = item_path(item);
    let content = html! {
        p { a href={ (address_of(&draft.name)) "#tagesordnung" } { "Zurück: " (name_of(session)) } }
        h1 { (title) }
        (news.markup())
        form.vorlage method="post" action="/sitzung" enctype="multipart/form-data" accept-charset="utf-8" {
            input type="hidden" name="datei" value=(draft.name);
            input type="hidden" name="stand" value=(draft.mark());
            input type="hidden" name="punkt" value=(item);
            @if let Some(new) = shown.new { input type="hidden" name="neu" value=(new.word()); }
            div id=(address(&path)) tabindex="-1" { (remarks.at(&address(&path))) }
            (fields(&path, tree, is_heading, &remarks))
            @if shown.new.is_some() { (place(&agenda.business().items, item, news)) }
            div.knoepfe {
                button.haupt type="submit" name="tun" value="speichern" { "Speichern" }
                a.knopf href={ (address_of(&draft.name)) "#tagesordnung" } { "Abbrechen" }
            }
            @if !is_heading { (papers_section(shown, own, tree, &remarks)) }
        }
        @if shown.new.is_none() { p { a href=(part_of(&draft.name, "weg", item)) { (what) " von der Tagesordnung entfernen" } } }
    };
    frame::page(&news.title(&title), content)
}

/// A block without a number, papers and status is a heading; one whose number is malformed is none.
fn is_heading(shown: &ItemPage<'_>, item: &AgendaItem, tree: &Node) -> bool {
    let number = session_part(tree, &[item_path(shown.item), vec![Step::Key(NUMBER.into())]].concat());
    match shown.new {
        Some(new) => new == NewItem::Heading,
        None => item.is_heading() && item.status.is_none() && number.is_none_or(|own| own.node.is_none()),
    }
}

fn fields(path: &[Step], tree: &Node, is_heading: bool, remarks: &Remarks<'_>) -> Markup {
    let parts = session_part(tree, path).map(Filled::parts).unwrap_or_default();
    let mut parts: Vec<Filled<'_>> =
        parts.into_iter().filter(|part| !is_of_papers(&part.field.key)).collect();
    if is_heading {
        parts.retain(|part| matches!(part.field.key.as_str(), "titel" | "titel_oeffentlich" | PUBLICITY));
    }
    html! {
        @for part in parts {
            @match part.field.key.as_str() {
                PUBLICITY => (publicity(path, part, &ITEM_PUBLICITY, remarks)),
                // A file without it has a heading there; here it is an item.
                NUMBER => (control(path, Filled::new(&Field { required: true, ..part.field.clone() }, part.node), remarks)),
                // A heading has no record whose subject could be its title.
                "titel" if is_heading => (control(path, Filled::new(&heading_title(part.field), part.node), remarks)),
                _ => (control(path, part, remarks)),
            }
        }
    }
}

/// The field for the title of a heading.
fn heading_title(field: &Field) -> Field {
    Field {
        required: true,
        title: "Titel der Überschrift".into(),
        description: "Er steht zwischen den Punkten.".into(),
        example: None,
        ..field.clone()
    }
}

/// Who may see something, with what each answer means.
fn publicity(path: &[Step], part: Filled<'_>, answers: &[(&str, &str); 3], remarks: &Remarks<'_>) -> Markup {
    let name = address(&[path, &[Step::Key(part.field.key.clone())]].concat());
    let now = match part.node.map(Node::as_bool) {
        Some(Some(true)) => "true",
        Some(Some(false)) => "false",
        _ => "",
    };
    html! {
        fieldset.frage id=(name) tabindex="-1" {
            legend { (part.field.name()) }
            (remarks.at(&name))
            @for (at, (value, words)) in answers.iter().enumerate() {
                div.antwort {
                    input id={ (name) "-" (at) } type="radio" name=(name) value=(value) checked[*value == now];
                    label for={ (name) "-" (at) } { (words) }
                }
            }
        }
    }
}

/// Where a new item is to stand.
fn place(items: &[BusinessItem<'_>], item: usize, news: &SessionNews) -> Markup {
    let others: Vec<&BusinessItem<'_>> = items.iter().filter(|own| own.place != item).collect();
    let last = others.len();
    let now = news.again.get("platz").and_then(|place| place.parse().ok()).unwrap_or(last);
    html! {
        div.feld {
            label for="platz" { "Platz auf der Tagesordnung" }
            select #platz name="platz" {
                option value="0" selected[now == 0] { "am Anfang" }
                @for (at, own) in others.iter().enumerate() {
                    option value=(at + 1) selected[now == at + 1] {
                        @if at + 1 == last { "am Ende, " }
                        "hinter " (own.number()) " " (own.title())
                    }
                }
            }
        }
    }
}

fn papers_section(
    shown: &ItemPage<'_>,
    own: &BusinessItem<'_>,
    tree: &Node,
    remarks: &Remarks<'_>,
) -> Markup {
    let ItemPage { folder, run, draft, agenda, item, news, .. } = *shown;
    let session = agenda.session();
    let business = agenda.business();
    let all = papers(&business, folder.root.path());
    let below = |key: &str| address(&[item_path(item), vec![Step::Key(key.into())]].concat());
    let records = offered_records(folder, run, session);
    let papers_field = session_part(tree, &papers_path(item));
    let blocks = papers_field.filter(|_| shown.new.is_none()).map(Filled::parts).unwrap_or_default();
    html! {
        section aria-labelledby="unterlagen" {
            h2 #unterlagen tabindex="-1" { "Vorlagen und Unterlagen" }
            @for key in ["vorlage", "vorlagen"] { div id=(below(key)) tabindex="-1" { (remarks.at(&below(key))) } }
            @if !own.proposals.is_empty() {
                ul.unterlagen {
                    @for (at, one) in own.proposals.iter().enumerate() {
                        @let name = match (one.proposal, &one.named.file) {
                            (Some(proposal), _) => {
                                let number = proposal.number.map(|number| number.to_string()).unwrap_or_default();
                                format!("Vorlage {number} {}", proposal.subject)
                            }
                            (None, Ok(record)) => record.shown.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                            (None, Err(path)) => path.clone(),
                        };
                        li {
                            p { strong { (name) } }
                            ul { @for paper in all.iter().filter(|paper| is_of(paper, item, one.named)) { li { (session_view::paper(folder, paper)) } } }
                            button type="submit" name="tun" value={ "vorlage-weg:" (at) } aria-label={ "Vom Punkt nehmen: " (name) } { "Vom Punkt nehmen" }
                        }
                    }
                }
            }
            @for (at, block) in blocks.iter().enumerate() { (paper_block(&[papers_path(item), vec![Step::Index(at)]].concat(), *block, at, remarks)) }
            (new_record(&records, item, news))
            (new_paper(&session.project.templates, offered_files(draft), news))
            div.knoepfe {
                @if shown.new.is_none() { button type="submit" name="tun" value="bleiben" { "Speichern und hier weitermachen" } }
                button.haupt type="submit" name="tun" value="speichern" { "Speichern" }
            }
        }
    }
}

fn is_of(paper: &Paper<'_>, item: usize, named: &crate::record::session::NamedRecord) -> bool {
    paper.item.place == item && paper.record.is_some_and(|record| record.span == named.span)
}

/// A paper that no record describes, with what the session file says of it.
fn paper_block(path: &[Step], block: Filled<'_>, at: usize, remarks: &Remarks<'_>) -> Markup {
    let text =
        |key: &str| block.node.and_then(|node| node.as_table()?.get(key)?.as_str()).unwrap_or_default();
    let kind = if text("art").is_empty() { "Unterlage" } else { text("art") };
    let which = [kind, text("nummer"), text("titel")].join(" ");
    let file = address(&[path, &[Step::Key(FILE.into())]].concat());
    html! {
        fieldset.block id=(address(path)) tabindex="-1" {
            legend { (which.trim()) }
            (remarks.at(&address(path)))
            p id=(file) tabindex="-1" { "Datei: " (text(FILE)) }
            (remarks.at(&file))
            (paper_fields(path, block, remarks))
            div.knoepfe { button type="submit" name="tun" value={ "unterlage-weg:" (at) } aria-label={ "Vom Punkt nehmen: " (which) } { "Vom Punkt nehmen" } }
        }
    }
}

fn paper_fields(path: &[Step], block: Filled<'_>, remarks: &Remarks<'_>) -> Markup {
    html! {
        @for part in block.parts() {
            @match part.field.key.as_str() {
                FILE => {}
                PUBLICITY => (publicity(path, part, &PAPER_PUBLICITY, remarks)),
                _ => (control(path, part, remarks)),
            }
        }
    }
}

/// A field with a list of what can be chosen, which gets shorter while one types. Without the list the field is still there,
/// and what is typed is looked for when it is sent.
fn choice<'a>(
    name: &str,
    label: &str,
    help: &str,
    news: &SessionNews,
    offered: impl Iterator<Item = &'a str>,
) -> Markup {
    let typed = news.again.get(name).map(String::as_str).unwrap_or_default();
    let faults: Vec<&str> = news
        .faults
        .iter()
        .filter(|fault| fault.address == name)
        .map(|fault| fault.message.as_str())
        .collect();
    let invalid = (!faults.is_empty()).then_some("true");
    let described =
        format!("{name}-hilfe{}", if faults.is_empty() { String::new() } else { format!(" {name}-befund") });
    html! {
        div.feld {
            label for=(name) { (label) }
            p.hilfe id={ (name) "-hilfe" } { (help) }
            @if !faults.is_empty() { div.befunde id={ (name) "-befund" } { @for fault in faults { p.fehler { (fault) } } } }
            input.lang id=(name) name=(name) type="text" autocomplete="off" list={ (name) "-liste" } value=(typed) aria-describedby=(described) aria-invalid=[invalid];
            datalist id={ (name) "-liste" } { @for value in offered { option value=(value) {} } }
        }
    }
}

fn new_record(records: &[OfferedRecord], item: usize, news: &SessionNews) -> Markup {
    let offered: Vec<&OfferedRecord> =
        records.iter().filter(|record| !record.items.contains(&item)).collect();
    // Who makes an agenda looks for what is new.
    let left_out = offered.len().saturating_sub(MAX_OFFERED);
    let mut help =
        "Nummer oder Worte aus dem Betreff; die Vorlagen des Projekts stehen zur Auswahl.".to_owned();
    if left_out > 0 {
        help += &format!(" Vorgeschlagen werden die letzten {MAX_OFFERED}; auch ältere werden gefunden.");
    }
    let shown = offered[left_out..].iter().map(|record| record.shown.as_str());
    choice(NEW_RECORD, NEW_RECORD_TITLE, &help, news, shown)
}

fn new_paper(templates: &Templates, offered: Vec<String>, news: &SessionNews) -> Markup {
    let path = new_paper_path();
    let (_, fields) = item_fields();
    let again = words(fields, &path, &news.again);
    let mut help = "Name oder ein Teil davon; PDF-Dateien und Bilder im Ordner der Sitzung und darunter stehen zur Auswahl.".to_owned();
    if offered.len() > MAX_OFFERED {
        help += &format!(" Vorgeschlagen werden die ersten {MAX_OFFERED}; auch andere werden gefunden.");
    }
    let shown = offered.iter().take(MAX_OFFERED).map(String::as_str);
    // What was typed before is shown as if a file said it.
    let empty = "[[top]]\n[[top.unterlage]]\n";
    let fill = SessionChange::FillPaper { item: 0, paper: 0, words: again.clone() };
    let text = changed(empty, &[fill]).unwrap_or_else(|_| empty.to_owned());
    let tree = toml_tree::parse(&Source::new("", text)).0;
    let block = session_part(&tree, &[papers_path(0), vec![Step::Index(0)]].concat());
    let file = address(&[path.clone(), vec![Step::Key(FILE.into())]].concat());
    let remarks = Remarks::new(templates, BTreeMap::new());
    let is_refused = news.faults.iter().any(|fault| fault.address == file);
    html! {
        details open[!again.iter().all(|(_, typed)| typed.is_empty()) || is_refused] {
            summary { "Datei hinzufügen: Antrag, Anfrage, Niederschrift, Tischvorlage" }
            fieldset.block {
                legend { "Neue Unterlage" }
                (choice(&file, "Datei der Unterlage", &help, news, shown))
                (annex_file::asked_for_paper(&file))
                @if let Some(block) = block { (paper_fields(&path, block, &remarks)) }
            }
        }
    }
}

/// The question before an item goes, with all that goes along.
pub(super) fn removal(
    folder: &ProjectFolder,
    draft: &SessionDraft,
    agenda: &Agenda,
    item: usize,
) -> Response {
    let business = agenda.business();
    let own = &business.items[item];
    let all = papers(&business, folder.root.path());
    let mine: Vec<&Paper<'_>> = all.iter().filter(|paper| paper.item.place == item).collect();
    let is_heading = own.item.is_heading();
    let which = format!("{} {}", own.number(), own.title());
    let title = if is_heading { "Überschrift entfernen?" } else { "Punkt entfernen?" };
    let content = html! {
        p { a href={ (address_of(&draft.name)) "#top-" (item) } { "Zurück: " (name_of(agenda.session())) } }
        h1 { (title) }
        p { "Von der Tagesordnung geht: " strong { (which.trim()) } }
        @if !mine.is_empty() {
            p { "Aus den Mappen gehen mit ihm:" }
            ul.unterlagen { @for paper in mine { li { (session_view::paper(folder, paper)) } } }
            p { "Die Dateien selbst bleiben im Projekt." }
        }
        @if agenda.session().releases.iter().any(|release| release.item.as_deref() == Some(&*own.number())) {
            p { "Was nur für diesen Punkt freigegeben ist, ist es dann nicht mehr." }
        }
        p { "Die anderen Punkte behalten ihre Nummern. Was in der Sitzungsdatei als Bemerkung unmittelbar bei ihm steht, geht auch." }
        form method="post" action="/sitzung" {
            input type="hidden" name="datei" value=(draft.name);
            input type="hidden" name="stand" value=(draft.mark());
            input type="hidden" name="punkt" value=(item);
            div.knoepfe {
                button.haupt type="submit" name="tun" value="entfernen" { "Entfernen" }
                a.knopf href={ (address_of(&draft.name)) "#top-" (item) } { "Behalten" }
            }
        }
    };
    frame::page(title, content)
}
