//! Characters that must not be printed, or cannot be.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostics::{Diagnostic, Edit, Source, codes, shown};
use crate::record::fonts::Fonts;
use crate::record::proposal::Proposal;
use crate::record::session::Session;
use crate::toml_tree::{Node, Table};

/// A finding for each text and each character in it that is forbidden or that no font has.
pub(super) fn check(proposal: &Proposal) -> Vec<Diagnostic> {
    texts(&proposal.tree, &proposal.source, &proposal.project.fonts)
}

/// What of a session is no text to print: names of files, and words that may be public wherever they stand.
const UNPRINTED: [&str; 4] = ["datei", "vorlage", "vorlagen", "freigabe"];

/// The same of what is printed of a session.
pub(super) fn of_session(session: &Session) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut open = vec![&session.tree];
    while let Some(node) = open.pop() {
        if let Some(Table(entries)) = node.as_table() {
            let printed = entries.iter().filter(|entry| !UNPRINTED.contains(&entry.key.as_str()));
            open.extend(printed.map(|entry| &entry.node));
        } else if let Some(items) = node.as_array() {
            open.extend(items);
        } else if let Some(text) = node.as_str() {
            check_text(text, node, &session.source, &session.project.fonts, &mut findings);
        }
    }
    findings
}

fn texts(tree: &Node, source: &Arc<Source>, fonts: &Fonts) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for node in tree.walk() {
        if let Some(text) = node.as_str() {
            check_text(text, node, source, fonts, &mut findings);
        }
    }
    findings
}

fn check_text(text: &str, node: &Node, source: &Arc<Source>, fonts: &Fonts, findings: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    let locator = OnceCell::new();
    let place = |range| locator.get_or_init(|| node.locator(source)).locate(range);
    let mut missing: Option<(usize, String)> = None;
    for (at, c) in text.char_indices() {
        // Almost every character of almost every text; the fonts need not be asked.
        let common = matches!(c, ' '..='~' | '\n' | '\t' | 'ä' | 'ö' | 'ü' | 'Ä' | 'Ö' | 'Ü' | 'ß');
        if common && missing.is_none() {
            continue;
        }
        let forbidden = if common { None } else { forbidden(c) };
        if common || forbidden.is_some() || c == '\r' || is_invisible(c) || fonts.covers(c) {
            findings.extend(
                missing
                    .take()
                    .map(|(start, run)| missing_glyphs(&run, place(start..start + run.len()), source)),
            );
        } else if let Some((_, run)) = &mut missing {
            run.push(c);
        } else if !seen.contains(&c) {
            missing = Some((at, c.into()));
            seen.insert(c);
        }
        if let Some(what) = forbidden
            && !seen.contains(&c)
        {
            seen.insert(c);
            let span = place(at..at + c.len_utf8());
            let message = format!("Der Text enthält {what} ({}).", name(c));
            let finding = Diagnostic::new(&codes::FORBIDDEN_CHARACTER, source, span.clone(), message);
            findings.push(if is_bullet(text, at, c) {
                let gap = if text[at + c.len_utf8()..].starts_with(char::is_whitespace) { "" } else { " " };
                finding
                    .hint("Das ist ein Aufzählungspunkt aus Word: statt seiner einen Bindestrich schreiben, „- “.")
                    .fix([Edit { span, text: format!("-{gap}") }])
            } else {
                finding.hint(match c {
                    '\u{B}' | '\u{2028}' | '\u{2029}' => {
                        "So kommt ein Zeilenumbruch aus Word; eine neue Zeile beginnen."
                    }
                    _ => "Das Zeichen löschen; es ist oft unsichtbar und kommt vom Kopieren.",
                })
            });
        }
    }
    findings
        .extend(missing.map(|(start, run)| missing_glyphs(&run, place(start..start + run.len()), source)));
}

/// The finding for a run of characters that no font has.
fn missing_glyphs(run: &str, span: Range<usize>, source: &Arc<Source>) -> Diagnostic {
    let message = match run.chars().count() {
        1 => format!(
            "Das Zeichen „{run}“ ({}) fehlt in der Schrift und kann nicht gedruckt werden.",
            run.chars().map(name).collect::<String>()
        ),
        _ => {
            let names: Vec<String> = run.chars().take(MAX_NAMED).map(name).collect();
            format!(
                "Die Zeichen „{}“ ({}) fehlen in der Schrift und können nicht gedruckt werden.",
                shown(run),
                names.join(", ")
            )
        }
    };
    if run == "\u{2011}" {
        return Diagnostic::new(&codes::MISSING_GLYPH, source, span, message)
            .hint("Das ist der geschützte Bindestrich aus Word; einen gewöhnlichen schreiben: -");
    }
    Diagnostic::new(&codes::MISSING_GLYPH, source, span, message)
        .hint("Die Zeichen ersetzen, oder in anlage.toml unter schriften einen Ordner mit einer Schrift nennen, die sie hat.")
}

/// So many characters of a run are named by their code.
const MAX_NAMED: usize = 5;

/// What a character that must not be in a text is.
fn forbidden(c: char) -> Option<&'static str> {
    Some(match c {
        '\n' | '\t' | '\r' => return None,
        c if c.is_control() => "ein Steuerzeichen",
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => "ein Zeichen, das die Schreibrichtung umkehrt",
        '\u{FEFF}' => "ein unsichtbares Zeichen vom Anfang einer anderen Datei",
        '\u{2028}' | '\u{2029}' => "einen Zeilentrenner",
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' => "ein Zeichen ohne festgelegte Bedeutung",
        '\u{FDD0}'..='\u{FDEF}' | '\u{FFFE}' | '\u{FFFF}' => "ein Zeichen ohne Bedeutung",
        '\u{FFFD}' => "ein Ersatzzeichen: hier ging beim Umwandeln ein Buchstabe verloren",
        _ => return None,
    })
}

/// Tells whether a character begins a line and is one of those from Word's fonts of symbols.
fn is_bullet(text: &str, at: usize, c: char) -> bool {
    let before = text[..at].trim_end_matches([' ', '\t']);
    matches!(c, '\u{F000}'..='\u{F0FF}') && (before.is_empty() || before.ends_with('\n'))
}

/// Soft hyphen, zero-width space and joiners: they act without being seen.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}')
}

fn name(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml_tree;

    fn found(literal: &str) -> Vec<(String, String)> {
        let source = Source::new("a.toml", format!("a = {literal}"));
        let tree = toml_tree::parse(&source).0;
        let findings = texts(&tree, &source, &Fonts::built_in());
        findings.iter().map(|f| (f.code.id.to_string(), source.text[f.span.clone()].to_owned())).collect()
    }

    #[test]
    fn characters_are_found_at_their_places() {
        assert_eq!(found(r#""ab\u202Ecd""#), [("T208".to_owned(), r"\u202E".to_owned())]);
        assert_eq!(found("\"x\u{7}\""), [("T208".to_owned(), "\u{7}".to_owned())]);
        assert_eq!(found(r#""\u0007""#), [("T208".to_owned(), r"\u0007".to_owned())]);
        assert_eq!(found("'''\nein 漢 und 漢'''"), [("T209".to_owned(), "漢".to_owned())]);
        assert_eq!(found("'Äpfel – „gut“, 5 €, § 5\u{a0}a, Strö\u{ad}mung'"), []);
        assert_eq!(found("'\u{fffd}'")[0].0, "T208");
        assert_eq!(found("'\u{f0b7}'")[0].0, "T208");
    }

    #[test]
    fn a_bullet_of_word_becomes_a_dash() {
        let source =
            Source::new("a.toml", "a = \"\"\"\nEs kommen:\n\u{f0b7}\tPoller\nund \u{f0b7} dies\"\"\"");
        let tree = toml_tree::parse(&source).0;
        let findings = texts(&tree, &source, &Fonts::built_in());
        assert!(findings[0].hint.as_deref().unwrap().contains("Word"), "{findings:?}");
        let fixed = crate::check::fixes::apply(&source.text, &findings).unwrap();
        assert!(fixed.contains("\n-\tPoller\nund \u{f0b7} dies"), "{fixed}");
    }
}
