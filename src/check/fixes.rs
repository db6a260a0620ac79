//! Mends what findings say can be mended.

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostic, Edit};

/// The text with the changes of the findings, as far as they do not touch each other; none if there is nothing to do.
pub fn apply(text: &str, findings: &[Diagnostic]) -> Option<String> {
    let mut chosen: Vec<&Diagnostic> = findings.iter().filter(|finding| !finding.fix.is_empty()).collect();
    // What changes little goes first; a change to a whole table waits until nothing else is left in it.
    chosen.sort_by_key(|finding| (extent(finding), finding.span.start));
    // By their starts: no two of them touch.
    let mut edits: BTreeMap<usize, &Edit> = BTreeMap::new();
    for finding in chosen {
        let touches = |edit: &Edit| {
            let before = edits.range(..edit.span.end.max(edit.span.start + 1)).next_back();
            before.is_some_and(|(start, other)| other.span.end > edit.span.start || *start == edit.span.start)
        };
        if !finding.fix.iter().any(touches) {
            edits.extend(finding.fix.iter().map(|edit| (edit.span.start, edit)));
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits.values() {
        out.push_str(text.get(done..edit.span.start)?);
        out.push_str(&edit.text);
        done = edit.span.end;
    }
    out.push_str(text.get(done..)?);
    (out != text).then_some(out)
}

/// How many findings can be mended.
pub fn count(findings: &[Diagnostic]) -> usize {
    findings.iter().filter(|finding| !finding.fix.is_empty()).count()
}

fn extent(finding: &Diagnostic) -> usize {
    finding.fix.iter().map(|edit| edit.span.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Source, codes};

    fn finding(edits: &[(usize, usize, &str)]) -> Diagnostic {
        let edits = edits.iter().map(|(start, end, text)| Edit { span: *start..*end, text: (*text).into() });
        Diagnostic::new(&codes::KEY_ORDER, &Source::new("", "abcdef"), 0..1, "").fix(edits)
    }

    #[test]
    fn changes_that_touch_wait() {
        let both =
            [finding(&[(0, 6, "whole")]), finding(&[(1, 2, "X")]), finding(&[(3, 3, "-"), (5, 6, "")])];
        assert_eq!(apply("abcdef", &both).unwrap(), "aXc-de");
        assert_eq!(apply("abcdef", &both[..1]).unwrap(), "whole");
        assert_eq!(count(&both), 3);
        assert_eq!(apply("abcdef", &[finding(&[])]), None);
        assert_eq!(apply("abcdef", &[finding(&[(0, 1, "a")])]), None);
    }
}
