//! Keys in the order of the form: a record reads as the page does.

use std::ops::Range;

use super::layout::{Layout, TableLines};
use super::patterns::end;
use crate::diagnostics::{Diagnostic, Edit, codes};
use crate::record::proposal::Proposal;
use crate::record::schema::{Field, FieldKind};
use crate::toml_tree::{self, Node, TableEntry};

/// A finding for each table whose keys are in another order than the form has them.
pub fn check(proposal: &Proposal) -> Vec<Diagnostic> {
    let fields = proposal.tables().into_iter().flat_map(|(_, table)| table.walk());
    let late: Vec<Late<'_>> = fields.flat_map(|(field, node)| late_keys(field, node, proposal)).collect();
    // What shall stay in one table would be moved with what stands around it.
    let stays = proposal.exceptions.iter().any(|exception| exception.means(&codes::KEY_ORDER));
    if late.is_empty() || stays {
        return late.into_iter().map(|late| late.finding).collect();
    }
    // Exceptions are not in the tree of the proposal, but in its lines.
    let tree = toml_tree::parse(&proposal.source).0;
    let order = Order { proposal, layout: Layout::of(&proposal.source.text, &tree) };
    let mut tables: Vec<Option<Edit>> = order.layout.tables.iter().map(|_| None).collect();
    late.into_iter()
        .map(|late| {
            let edits = match late.kind {
                LateKind::Inline(node) => in_line(&proposal.source.text, node, late.field),
                LateKind::Plain => order.plain(&late, &mut tables).into_iter().collect(),
                LateKind::Headed => order.headed(&late).into_iter().collect(),
            };
            let changes = |edit: &Edit| proposal.source.text[edit.span.clone()] != edit.text;
            late.finding.fix(edits.into_iter().filter(changes))
        })
        .collect()
}

/// A key behind one that the form has after it.
struct Late<'a> {
    finding: Diagnostic,
    field: &'a Field,
    kind: LateKind<'a>,
}

/// How the keys stand.
enum LateKind<'a> {
    /// Between braces.
    Inline(&'a Node),
    /// Under a header.
    Plain,
    /// Each with its own header.
    Headed,
}

/// The first key of a table that stands behind one that the form has after it.
fn late_keys<'a>(field: &'a Field, node: &'a Node, proposal: &Proposal) -> Vec<Late<'a>> {
    let (FieldKind::Table(_), Some(table)) = (&field.kind, node.as_table()) else { return Vec::new() };
    let text = &proposal.source.text;
    let late = |mut entries: Vec<&TableEntry>, kind: LateKind<'a>| {
        entries.retain(|entry| rank(field, &entry.key) < usize::MAX);
        entries.sort_by_key(|entry| entry.key_span.start);
        let late = entries.windows(2).find(|pair| rank(field, &pair[1].key) < rank(field, &pair[0].key));
        let &[before, late] = late? else { return None };
        let message =
            format!("„{}“ steht hinter „{}“; auf dem Formular ist es umgekehrt.", late.key, before.key);
        let finding = Diagnostic::new(&codes::KEY_ORDER, &proposal.source, late.key_span.clone(), message)
            .hint("In die Reihenfolge des Formulars bringen.");
        Some(Late { finding, field, kind })
    };
    // TOML wants tables with a header after all else.
    let (headed, plain) = table.0.iter().partition(|entry| has_header(text, &entry.key_span));
    let inline = text[node.span.clone()].starts_with('{');
    let plain_kind = if inline { LateKind::Inline(node) } else { LateKind::Plain };
    [late(plain, plain_kind), late(headed, LateKind::Headed)].into_iter().flatten().collect()
}

/// What makes an annex what it is comes first, what the form does not know last.
fn rank(field: &Field, key: &str) -> usize {
    let at = field.fields().iter().position(|field| field.key == key);
    match key {
        "template" => 0,
        _ => at.map_or(usize::MAX, |at| at + 1),
    }
}

fn has_header(text: &str, key: &Range<usize>) -> bool {
    // The name of a table is short; a line of megabytes is none.
    let before = end(&text[..key.start]);
    let line = before.rfind(['\n', '\r']).map_or(before, |at| &before[at + 1..]);
    line.trim_start_matches([' ', '\t']).starts_with('[')
}

/// A record whose lines are put in order.
struct Order<'a> {
    proposal: &'a Proposal,
    layout: Layout<'a>,
}

impl Order<'_> {
    /// The keys of the table in which a late one stands, with all that belongs to them. Two findings of one table share it.
    fn plain(&self, late: &Late<'_>, known: &mut [Option<Edit>]) -> Option<Edit> {
        let at = self.table_at(late.finding.span.start)?;
        if known[at].is_none() {
            let table = &self.layout.tables[at];
            let form = self.form(&table.path)?;
            let (span, text) = self.layout.ordered_keys(table, |path| ranks(form, path));
            known[at] = Some(Edit { span, text });
        }
        known[at].clone()
    }

    /// The tables below that one to which a late one belongs.
    fn headed(&self, late: &Late<'_>) -> Option<Edit> {
        let table = &self.layout.tables[self.table_at(late.finding.span.start)?];
        let depth = table.path.iter().position(|key| late.field.field(key).is_some())?;
        let parent = &table.path[..depth];
        let is_below = |table: &TableLines| table.path.len() > depth && table.path.starts_with(parent);
        let (span, text) =
            self.layout.ordered_tables(is_below, |table| rank(late.field, &table.path[depth]))?;
        Some(Edit { span, text })
    }

    fn table_at(&self, offset: usize) -> Option<usize> {
        self.layout.tables.partition_point(|table| table.range.start <= offset).checked_sub(1)
    }

    /// The form of the table with this header.
    fn form(&self, path: &[String]) -> Option<&Field> {
        let (keys, root) = self
            .proposal
            .tables()
            .into_iter()
            .find(|(keys, _)| path.len() >= keys.len() && path.iter().zip(keys).all(|(a, b)| a == b))?;
        path[keys.len()..].iter().try_fold(root.field, |field, key| field.field(key))
    }
}

/// The place of a key, dotted or not, on a form; none if the form does not have it.
fn ranks(form: &Field, path: &[String]) -> Option<Vec<usize>> {
    let mut form = Some(form);
    let ranks: Vec<usize> = path
        .iter()
        .map(|key| {
            let own = form.map_or(usize::MAX, |form| rank(form, key));
            form = form.and_then(|form| form.field(key));
            own
        })
        .collect();
    (!ranks.is_empty() && !ranks.contains(&usize::MAX)).then_some(ranks)
}

/// The pairs between braces, where they stand in one line and without comments.
fn in_line(text: &str, node: &Node, field: &Field) -> Vec<Edit> {
    let entries = node.as_table().map(|table| &table.0[..]).unwrap_or_default();
    let mut pairs: Vec<(&str, Range<usize>)> =
        entries.iter().map(|entry| (entry.key.as_str(), entry.key_span.start..entry.node.span.end)).collect();
    pairs.sort_by_key(|(_, place)| place.start);
    // A table of dotted keys has no place of its own.
    let apart = pairs.windows(2).all(|two| two[0].1.end <= two[1].1.start)
        && pairs.iter().all(|(_, place)| text.get(place.clone()).is_some_and(|pair| pair.contains('=')));
    if !apart || text[node.span.clone()].contains(['#', '\n']) {
        return Vec::new();
    }
    let places: Vec<Range<usize>> = pairs.iter().map(|(_, place)| place.clone()).collect();
    pairs.sort_by_key(|(key, _)| rank(field, key));
    let edit = |(span, (_, pair)): (Range<usize>, &(&str, Range<usize>))| Edit {
        span,
        text: text[pair.clone()].to_owned(),
    };
    places.into_iter().zip(&pairs).map(edit).collect()
}
