//! What changed from one version to another, as text and as JSON.

use serde_json::{Value as Json, json};
use textwrap::WordSplitter;

use super::words::printable;
use crate::compare::{Change, ChangeKind, Fate, WordRun};
use crate::diagnostics::counted;
use crate::tasks::compare::Comparison;

/// Says what changed, for people: a line for each change, below what it is a part of. Nothing if nothing changed.
pub fn diff_lines(comparison: &Comparison) -> Vec<String> {
    if comparison.changes.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![
        printable(&comparison.title),
        format!("bisher: {}", printable(&comparison.old)),
        format!("jetzt:  {}", printable(&comparison.new)),
    ];
    for part in comparison.changes.chunk_by(|one, other| one.part == other.part) {
        lines.extend([String::new(), printable(&part[0].part)]);
        lines.extend(part.iter().map(line));
    }
    lines
}

/// Sums up for people what changed.
pub fn diff_summary(comparison: &Comparison) -> String {
    let notes: String =
        comparison.notes.iter().map(|note| format!("Hinweis: {}\n", printable(note))).collect();
    match comparison.changes.len() {
        0 if notes.is_empty() => "Kein Unterschied.".to_owned(),
        // What is not compared may differ.
        0 => format!("{notes}Sonst kein Unterschied."),
        count => format!("{notes}{}.", counted(count, "Änderung", "Änderungen")),
    }
}

/// Says the same as one JSON object.
pub fn diff_json(comparison: &Comparison) -> Json {
    json!({
        "old": comparison.old,
        "new": comparison.new,
        "title": comparison.title,
        "same": comparison.changes.is_empty(),
        "notes": comparison.notes,
        "changes": comparison.changes.iter().map(change).collect::<Json>(),
    })
}

/// A sentence in lines that fit, each after the first one indented.
fn line(change: &Change) -> String {
    const WIDTH: usize = 100;
    let options = textwrap::Options::new(WIDTH)
        .initial_indent("  ")
        .subsequent_indent("    ")
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(&printable(&change.sentence()), options)
}

fn change(change: &Change) -> Json {
    let runs = |runs: &[WordRun]| -> Json {
        let run = |run: &WordRun| {
            let fate = match run.fate {
                Fate::Kept => "kept",
                Fate::Removed => "removed",
                Fate::Added => "added",
            };
            json!([fate, run.text])
        };
        runs.iter().map(run).collect()
    };
    let mut said = json!({
        "part": change.part,
        "path": change.path,
        "place": change.place,
        "label": change.label,
        "sentence": change.sentence(),
    });
    let kind = match &change.kind {
        ChangeKind::Value { old, new, .. } => json!({ "kind": "value", "old": old, "new": new }),
        ChangeKind::Words(words) => json!({ "kind": "words", "words": runs(words) }),
        ChangeKind::Added(lines) => json!({ "kind": "added", "lines": lines }),
        ChangeKind::Removed(lines) => json!({ "kind": "removed", "lines": lines }),
        ChangeKind::Moved { from, to, text } => {
            json!({ "kind": "moved", "from": from, "to": to, "text": text })
        }
        ChangeKind::Look(_) => json!({ "kind": "look" }),
        ChangeKind::Told(words) => json!({ "kind": "told", "text": words }),
    };
    if let (Some(said), Json::Object(kind)) = (said.as_object_mut(), kind) {
        said.extend(kind);
    }
    said
}
