//! The texts of a proposal, one by one, and where a part of each stands in the record.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use crate::diagnostics::{Code, Diagnostic, Edit};
use crate::record::proposal::rich_text::visible;
use crate::record::proposal::{FILE_ANNEX, PROPOSAL, Proposal};
use crate::record::schema::{Field, Kind};
use crate::toml_tree::{Locator, Node, Value};

/// A text that is printed.
pub struct Text<'a> {
    proposal: &'a Proposal,
    node: &'a Node,
    /// Whether it is CommonMark.
    pub rich: bool,
    /// What is read of it; what only marks it up is hidden.
    pub visible: Cow<'a, str>,
    /// The text as it was written.
    pub written: &'a str,
    locator: OnceCell<Locator>,
}

impl Text<'_> {
    /// A finding about a part of the text.
    pub fn finding(&self, code: &Code, part: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, &self.proposal.source, self.place(part), message)
    }

    /// A change to a part of the text. `text` is put into the record as it is, so it must need no escapes.
    pub fn edit(&self, part: Range<usize>, text: impl Into<String>) -> Edit {
        let mut span = self.place(part.clone());
        // An escape or a folded line end behind it is not part of it.
        let (old, source) = (&self.written[part], &self.proposal.source.text);
        if source.get(span.clone()).is_some_and(|there| there.starts_with(old)) {
            span.end = span.start + old.len();
        }
        Edit { span, text: text.into() }
    }

    fn place(&self, part: Range<usize>) -> Range<usize> {
        self.locator.get_or_init(|| self.node.locator(&self.proposal.source)).locate(part)
    }
}

/// Fields that hold names for the program and no words.
const NAMES: [&str; 4] = ["datei", "nummer", "rolle", "template"];

/// Every text that is printed, in the order of the file.
pub fn texts(proposal: &Proposal) -> Vec<Text<'_>> {
    let mut walk = Walk { proposal, texts: Vec::new() };
    let top = proposal.tree.as_table();
    if let Some(head) = top.and_then(|table| table.get("vorlage")) {
        walk.field(&PROPOSAL.root, head);
    }
    let annexes = top.and_then(|table| table.get("anlage")?.as_table());
    for entry in annexes.map(|table| &table.0[..]).unwrap_or_default() {
        let form = proposal.form_annexes().find(|annex| annex.label == entry.key);
        walk.field(form.map_or(&FILE_ANNEX.root, |annex| &annex.template.schema.root), &entry.node);
    }
    walk.texts
}

struct Walk<'a> {
    proposal: &'a Proposal,
    texts: Vec<Text<'a>>,
}

impl<'a> Walk<'a> {
    fn field(&mut self, field: &Field, node: &'a Node) {
        match (&field.kind, &node.value) {
            (Kind::Table(_), Value::Table(table)) => {
                for entry in &table.0 {
                    if let Some(field) = field.field(&entry.key) {
                        self.field(field, &entry.node);
                    }
                }
            }
            (Kind::List(item), Value::Array(items)) => items.iter().for_each(|node| self.field(item, node)),
            (Kind::Text, Value::String(text)) if !NAMES.contains(&field.key.as_str()) => {
                self.text(node, false, text, text.into());
            }
            (Kind::RichText { .. }, Value::String(text)) => self.text(node, true, text, visible(text).into()),
            _ => {}
        }
    }

    fn text(&mut self, node: &'a Node, rich: bool, written: &'a str, visible: Cow<'a, str>) {
        self.texts.push(Text {
            proposal: self.proposal,
            node,
            rich,
            visible,
            written,
            locator: OnceCell::new(),
        });
    }
}
