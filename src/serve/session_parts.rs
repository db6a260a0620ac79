//! What a session file says besides its agenda, part by part: who meets when and where, who gets the papers, what is
//! released. Every control comes from the schema of sessions.
//!
//! Knows nothing of requests.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::controls::control;
use super::frame;
use super::remarks::Remarks;
use super::session_changes::{SentControls, SessionRefusal, words};
use super::session_draft::SessionDraft;
use super::session_frame::{SessionNews, address_of, name_of, part_of};
use crate::diagnostics::{Diagnostic, counted};
use crate::record::merge::address;
use crate::record::schema::Field;
use crate::record::session::{
    ItemNumber, Recipient, Release, Released, Session, SessionChange, session_part, session_parts,
};
use crate::tasks::agenda::Agenda;
use crate::toml_tree::Step;

/// The most blocks that a page sends.
const MAX_BLOCKS: usize = 2000;
/// What a page says of a block that the file does not have yet.
const NEW: &str = "neu";

/// The blocks of a list while its page changes them: where each stands in the file, or none for a new one.
pub(super) type BlockOrder = Vec<Option<usize>>;

/// Finds a part by its key.
pub(super) fn part(key: &str) -> Option<&'static Field> {
    session_parts().find(|field| field.key == key)
}

/// What the page of a part sends.
pub(super) struct SentPart {
    pub(super) field: &'static Field,
    /// The blocks, if the part is a list of them.
    pub(super) blocks: BlockOrder,
    /// What it makes of the file.
    pub(super) changes: Vec<SessionChange>,
}

/// What a button makes of the blocks of a page.
pub(super) struct BlockStep {
    /// The blocks afterwards.
    pub(super) blocks: BlockOrder,
    /// What it makes of the text that the page shows.
    pub(super) change: SessionChange,
    /// What was done, in words.
    pub(super) text: &'static str,
}

impl SentPart {
    /// Reads what a page sends for a part.
    pub(super) fn of(sent: &SentControls) -> Result<Self, SessionRefusal> {
        let text = |name: &str| sent.get(name).map(String::as_str).unwrap_or_default();
        let refuse = |status, message| Err(SessionRefusal { status, message });
        let Some(field) = part(text("teil")) else {
            return refuse(StatusCode::UNPROCESSABLE_ENTITY, "Diesen Teil hat eine Sitzungsdatei nicht.");
        };
        let path = vec![Step::Key(field.key.clone())];
        let said = |path: Vec<Step>| (path.clone(), words(field.fields(), &path, sent));
        if !field.is_list_of_blocks() {
            return Ok(Self {
                field,
                blocks: BlockOrder::new(),
                changes: vec![SessionChange::FillTables(vec![said(path)])],
            });
        }
        let named = text("bloecke").split(',').filter(|block| !block.is_empty());
        let block = |block: &str| if block == NEW { Ok(None) } else { block.parse().map(Some) };
        let blocks: Result<BlockOrder, _> = named.take(MAX_BLOCKS).map(block).collect();
        let Ok(blocks) = blocks else {
            return refuse(StatusCode::BAD_REQUEST, "Der Seite fehlt, welche Blöcke sie zeigt.");
        };
        let tables = (0..blocks.len()).map(|at| said([&path[..], &[Step::Index(at)]].concat())).collect();
        let arrange = SessionChange::Arrange { list: field.key.clone(), blocks: blocks.clone() };
        let changes = vec![arrange, SessionChange::FillTables(tables)];
        Ok(Self { field, blocks, changes })
    }

    /// What a button makes of the blocks; none if there is no such button.
    pub(super) fn step(&self, action: &str) -> Option<BlockStep> {
        let count = self.blocks.len();
        let mut order: BlockOrder = (0..count).map(Some).collect();
        let parts: Vec<&str> = action.split(':').collect();
        let list = address(&[Step::Key(self.field.key.clone())]);
        let text = match parts[..] {
            ["dazu", own] if own == list && self.field.is_list_of_blocks() && count < MAX_BLOCKS => {
                order.push(None);
                "Ein Block ist dazugekommen."
            }
            ["weg", at, own] if own == list => {
                let at = at.parse().ok().filter(|at| *at < count)?;
                order.remove(at);
                "Der Block ist entfernt."
            }
            ["hoch", at, own] if own == list => {
                let at: usize = at.parse().ok().filter(|at| (1..count).contains(at))?;
                order.swap(at - 1, at);
                "Die Blöcke sind vertauscht."
            }
            _ => return None,
        };
        let blocks = order.iter().map(|own| own.and_then(|at| self.blocks[at])).collect();
        Some(BlockStep {
            blocks,
            change: SessionChange::Arrange { list: self.field.key.clone(), blocks: order },
            text,
        })
    }
}

/// The page of a part.
pub(super) fn page(
    draft: &SessionDraft,
    agenda: &Agenda,
    field: &'static Field,
    blocks: Option<&BlockOrder>,
    news: &SessionNews,
) -> Response {
    let session = agenda.session();
    let title = format!("{} ändern", field.name());
    // Nothing is wrong with a block that nobody has filled in yet.
    let not_yet = if news.is_bad { Vec::new() } else { draft.faults() };
    let findings: Vec<Diagnostic> =
        agenda.findings.iter().filter(|finding| !not_yet.contains(finding)).cloned().collect();
    let mut remarks = Remarks::new(&session.project.templates, Default::default());
    remarks.place_session(&session.tree, &draft.name, &findings);
    let Some(filled) = session_part(&session.tree, &[Step::Key(field.key.clone())]) else {
        return frame::page(&title, html! {});
    };
    let count = || filled.parts().len();
    let blocks = blocks.cloned().unwrap_or_else(|| (0..count()).map(Some).collect());
    let blocks: Vec<String> =
        blocks.iter().map(|at| at.map_or_else(|| NEW.to_owned(), |at| at.to_string())).collect();
    let back = format!("{}#teil-{}", address_of(&draft.name), field.key);
    let buttons = html! {
        div.knoepfe {
            button.haupt type="submit" name="tun" value="speichern" { "Speichern" }
            a.knopf href=(back) { "Abbrechen" }
            @if draft.is_changed() { span.leise { "Es gibt ungespeicherte Änderungen." } }
        }
    };
    let content = html! {
        p { a href=(back) { "Zurück: " (name_of(session)) } }
        h1 { (title) }
        (news.markup())
        form.vorlage method="post" action="/sitzung" accept-charset="utf-8" {
            input type="hidden" name="datei" value=(draft.name);
            input type="hidden" name="stand" value=(draft.mark());
            input type="hidden" name="teil" value=(field.key);
            @if field.is_list_of_blocks() { input type="hidden" name="bloecke" value=(blocks.join(",")); }
            // What Enter in a field presses is the first button.
            (buttons)
            (control(&[], filled, &remarks))
            (buttons)
        }
    };
    frame::page(&news.title(&title), content)
}

/// The way to the page of a part.
pub(super) fn link(name: &str, key: &str) -> Markup {
    let field = part(key);
    html! { @if let Some(field) = field { p { a.knopf href=(part_of(name, "teil", key)) { (field.name()) " ändern" } } } }
}

/// What a session says besides its agenda and who meets: each part with its blocks in words.
pub(super) fn sections(name: &str, session: &Session) -> Markup {
    let recipients: Vec<String> = session.distribution.iter().map(recipient).collect();
    let releases: Vec<String> = session.releases.iter().map(|own| release(session, own)).collect();
    html! {
        @for (key, lines) in [("verteiler", recipients), ("freigabe", releases)] {
            @let title = part(key).map(Field::name).unwrap_or_default();
            section aria-labelledby={ "teil-" (key) } {
                h2 #{ "teil-" (key) } tabindex="-1" { (title) }
                @if lines.is_empty() { p { "Keine Angabe." } } @else { ul { @for line in lines { li { (line) } } } }
                (link(name, key))
            }
        }
    }
}

fn recipient(recipient: &Recipient) -> String {
    let edition = if recipient.reads_all { "vollständige Fassung" } else { "öffentliche Fassung" };
    let copies = match recipient.copies {
        0 => "elektronisch".to_owned(),
        copies => format!("{} auf Papier", counted(copies, "Exemplar", "Exemplare")),
    };
    let layout = recipient.layout.as_deref().filter(|_| recipient.copies > 0);
    [Some(format!("{}: {edition}", recipient.name)), Some(copies), layout.map(str::to_owned)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

fn release(session: &Session, release: &Release) -> String {
    let what = match &release.released {
        Released::Text(text) => format!("„{text}“"),
        Released::Finding { code, .. } => format!("Befund {code}"),
    };
    let place = |name: &str, which: &Option<String>| which.as_ref().map(|which| format!("{name} {which}"));
    let places =
        [place("TOP", &release.item), place("Vorlage", &release.proposal), place("Anlage", &release.annex)];
    let said = std::iter::once(what).chain(places.into_iter().flatten()).collect::<Vec<_>>().join(", ");
    let number = release.item.as_ref().map(|number| number.parse::<ItemNumber>().ok());
    let has_it = |number: &Option<ItemNumber>| session.items.iter().any(|item| item.number == *number);
    match number.filter(|number| number.is_none() || !has_it(number)) {
        Some(_) => format!("{said}. Diesen Punkt gibt es nicht; die Freigabe gilt für nichts."),
        None => said,
    }
}

/// The key of the part that an address in a session file is below, and whether there is a page for it.
pub(super) fn part_at(address: &str) -> Option<&'static Field> {
    part(address.strip_prefix('/')?.split('/').next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(blocks: &str) -> SentPart {
        let sent = [("teil", "verteiler"), ("bloecke", blocks), ("/verteiler/0/name", "Rat")];
        let sent = sent.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        SentPart::of(&sent).unwrap_or_else(|refusal| panic!("{}", refusal.message))
    }

    #[test]
    fn a_button_changes_the_blocks_of_the_page_and_of_its_text_alike() {
        let part = sent("2,neu,0");
        assert_eq!((part.blocks.clone(), part.changes.len()), (vec![Some(2), None, Some(0)], 2));
        let after = |action: &str| {
            let step = part.step(action)?;
            let SessionChange::Arrange { blocks, .. } = step.change else { return None };
            Some((step.blocks, blocks))
        };
        let same = [Some(0), Some(1), Some(2)];
        assert_eq!(
            after("dazu:/verteiler"),
            Some((vec![Some(2), None, Some(0), None], [&same[..], &[None]].concat()))
        );
        assert_eq!(after("weg:0:/verteiler"), Some((vec![None, Some(0)], vec![Some(1), Some(2)])));
        let raised = (vec![Some(2), Some(0), None], vec![Some(0), Some(2), Some(1)]);
        assert_eq!(after("hoch:2:/verteiler"), Some(raised));
        for none in ["hoch:0:/verteiler", "weg:3:/verteiler", "dazu:/top", "weg:0", "speichern", ""] {
            assert_eq!(after(none), None, "{none}");
        }
    }
}
