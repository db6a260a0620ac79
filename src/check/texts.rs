//! The texts of a proposal, one by one, and where a part of each stands in the record.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use crate::diagnostics::{Code, Diagnostic, Edit};
use crate::record::proposal::Proposal;
use crate::record::proposal::rich_text::visible;
use crate::record::schema::{Field, FieldKind};
use crate::toml_tree::{Locator, Node};

/// A text that is printed.
pub(super) struct PrintedText<'a> {
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

impl<'a> PrintedText<'a> {
    fn of(proposal: &'a Proposal, field: &Field, node: &'a Node) -> Option<Self> {
        let written = node.as_str()?;
        let (rich, visible) = match field.kind {
            FieldKind::Text if !NAMES.contains(&field.key.as_str()) => (false, written.into()),
            FieldKind::RichText { .. } => (true, visible(written).into()),
            _ => return None,
        };
        Some(Self { proposal, node, rich, visible, written, locator: OnceCell::new() })
    }

    /// A finding about a part of the text.
    pub(super) fn finding(&self, code: &Code, part: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, &self.proposal.source, self.place(part), message)
    }

    /// A change to a part of the text. `text` is put into the record as it is, so it must need no escapes.
    pub(super) fn edit(&self, part: Range<usize>, text: impl Into<String>) -> Edit {
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
pub(super) fn texts(proposal: &Proposal) -> Vec<PrintedText<'_>> {
    let fields = proposal.tables().into_iter().flat_map(|(_, table)| table.walk());
    let mut texts: Vec<PrintedText<'_>> =
        fields.filter_map(|(field, node)| PrintedText::of(proposal, field, node)).collect();
    texts.sort_by_key(|text| text.node.span.start);
    texts
}
