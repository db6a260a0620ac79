//! The texts of a record that must stand on the page, and what can be wrong with one of them.

use serde::{Deserialize, Serialize};

use super::typed::pieces;
use crate::record::proposal::{FormAnnex, Proposal};
use crate::record::schema::{Field, FieldKind, Filled, Money, fiscal_year_of};
use crate::toml_tree::{Node, Step, Value};

/// A text that must stand on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedText {
    /// The part of the annex that it belongs to, by its place in `parts`.
    pub part: usize,
    /// Whether it is the label of the field; a form may put more into it.
    pub is_label: bool,
    /// The ways in which it may be written.
    pub spellings: Vec<String>,
}

/// What is wrong with the words of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The kind of problem.
    pub kind: FaultKind,
    /// The part of the annex whose words they are, if that is known.
    pub part: Option<usize>,
    /// The words.
    pub words: String,
    /// The page, from 1; 0 if they are on none.
    pub page: usize,
    /// Where the table that it is about begins in its text, in bytes.
    pub at: Option<usize>,
}

/// The ways in which words of a page can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FaultKind {
    /// They are not there.
    Lost,
    /// The label is not there.
    LabelLost,
    /// Two words became one, or one became two.
    Together,
    /// They stand over other words.
    Over,
    /// They leave the page, or the cell that they stand in.
    Edge,
    /// A table does not fit; the words are the layout's for what is wrong.
    Table,
}

/// Lists the fields of an annex with what the record has for them: each before its parts, in the order of the form.
pub(super) fn parts<'a>(proposal: &'a Proposal, annex: &FormAnnex) -> Vec<Filled<'a>> {
    parts_with_paths(proposal, annex).into_iter().map(|(_, part)| part).collect()
}

/// The same, each with the steps that lead to it from the record.
fn parts_with_paths<'a>(proposal: &'a Proposal, annex: &FormAnnex) -> Vec<(Vec<Step>, Filled<'a>)> {
    let tables = proposal.tables().into_iter();
    let own = tables.filter(|(path, _)| path.as_slice() == ["anlage", annex.label.as_str()]);
    let steps = |keys: Vec<&str>| keys.into_iter().map(|key| Step::Key(key.to_owned())).collect();
    let mut waiting: Vec<(Vec<Step>, Filled<'a>)> = own.map(|(keys, table)| (steps(keys), table)).collect();
    let mut parts = Vec::new();
    while let Some((path, next)) = waiting.pop() {
        let is_list = matches!(next.field.kind, FieldKind::List(_));
        let below = next.parts().into_iter().enumerate().rev().map(|(index, part)| {
            let step = if is_list { Step::Index(index) } else { Step::Key(part.field.key.clone()) };
            (path.iter().cloned().chain([step]).collect(), part)
        });
        waiting.extend(below);
        parts.push((path, next));
    }
    parts
}

/// The steps that lead to each part of an annex, in the order that [`PrintedPlace`] counts.
pub fn part_paths(proposal: &Proposal, annex: &FormAnnex) -> Vec<Vec<Step>> {
    parts_with_paths(proposal, annex).into_iter().map(|(path, _)| path).collect()
}

/// Where a part of a record stands on a page, in parts of its width and height.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrintedPlace {
    /// The part of the annex.
    pub part: usize,
    /// The page, from 1.
    pub page: usize,
    /// The left and the right edge.
    pub x: (f64, f64),
    /// The upper and the lower edge.
    pub y: (f64, f64),
}

/// Collects what must stand on the pages of an annex: what the record says, the questions of the form, and the headings of
/// its long texts. What only chooses among the words of the form is not asked for.
pub(in crate::typeset) fn expected(proposal: &Proposal, annex: &FormAnnex) -> Vec<ExpectedText> {
    let parts = parts(proposal, annex);
    let top: Vec<&str> = annex.template.schema.root.fields().iter().map(|field| field.key.as_str()).collect();
    let mut all = Vec::new();
    for (part, filled) in parts.iter().enumerate() {
        let spelled = |spellings: Vec<String>| ExpectedText { part, is_label: false, spellings };
        let field = filled.field;
        let is_section = matches!(field.kind, FieldKind::RichText { .. })
            && top.contains(&field.key.as_str())
            && filled.node.is_some();
        if is_section || matches!(field.kind, FieldKind::Choice(_)) && !field.title.is_empty() {
            all.push(ExpectedText { part, is_label: true, spellings: vec![field.title.clone()] });
        }
        if let Some(node) = filled.node {
            all.extend(said(field, node).into_iter().map(spelled));
        }
    }
    all
}

/// What a value says, piece by piece, each in the ways in which it may be written.
fn said(field: &Field, node: &Node) -> Vec<Vec<String>> {
    match (&field.kind, &node.value) {
        (FieldKind::RichText { .. }, Value::String(text)) => pieces(text),
        (FieldKind::Text, Value::String(text)) if !text.trim().is_empty() => vec![vec![text.clone()]],
        (FieldKind::Integer, Value::Integer(number)) => vec![vec![number.to_string(), in_thousands(*number)]],
        (FieldKind::Year, Value::Integer(number)) => vec![vec![number.to_string()]],
        (FieldKind::FiscalYear, _) => fiscal_year_of(node).map_or(Vec::new(), |year| vec![vec![year]]),
        (FieldKind::Amount, _) => {
            Money::of_node(node).map_or(Vec::new(), |amount| vec![vec![amount.to_string()]])
        }
        (FieldKind::Date, _) => node.as_day().map_or(Vec::new(), |day| {
            let shortened = format!("{}.{}.{}", day.day(), day.month(), day.year());
            let long = format!("{:02}.{:02}.{}", day.day(), day.month(), day.year());
            let in_words = day.in_words();
            let undated = in_words.split_once(", ").map_or(in_words.as_str(), |(_, date)| date).to_owned();
            vec![vec![long, shortened, day.to_string(), undated]]
        }),
        _ => Vec::new(),
    }
}

fn in_thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_and_without_dots() {
        assert_eq!(in_thousands(1_234_567), "1.234.567");
        assert_eq!((in_thousands(2025), in_thousands(-12)), ("2.025".into(), "12".into()));
    }
}
