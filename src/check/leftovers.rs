//! What was left in a text that nobody meant to print: placeholders, and markup of other programs.

use super::patterns::{GuardedPattern, pattern};
use super::texts::PrintedText;
use crate::diagnostics::{Diagnostic, codes, shown};

static PLACEHOLDER: GuardedPattern = GuardedPattern::new(may_be_placeholder, || {
    pattern(
        r"JJJJ|\bTT\.\s?MM\b\.?|\bX{3,}\b|\b[xX]{2}\.[xX]{2}\.|\?{3,}|\[(?:…|\.{3})\]|\b(?i:platzhalter|lorem ipsum)\b|\bTODO\b|_{4,}",
    )
});

static LEAKED: GuardedPattern = GuardedPattern::new(may_be_leaked, || {
    pattern(
        r"\{\{[^}\n]*\}\}|Fehler! (?:Verweisquelle|Textmarke|Unbekannter Name)[^.\n]*\.|#(?:REF|BEZUG|NAME|WERT|VALUE)[!?]",
    )
});

/// More than this between angle brackets, in bytes, is no tag.
const MAX_TAG: usize = 70;
/// In a CommonMark text these have a meaning, or a finding of their own.
static LEAKED_INTO_PLAIN_TEXT: GuardedPattern = GuardedPattern::new(may_be_markup, || {
    pattern(
        r"&(?:nbsp|amp|lt|gt|quot|apos|[aouAOU]uml|szlig|euro|[nm]dash|hellip|shy|[bl]dquo|rdquo|copy|deg|sect|#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,6});|</?[a-zA-Z][^<>\n]*>|\*{1,2}[^\s*](?:[^*\n]*[^\s*])?\*{1,2}|\[[^\]\n]+\]\([^)\n]+\)|\[/?[biu]\]",
    )
});

#[cfg(test)]
pub(super) static PATTERNS: [(&str, &GuardedPattern); 3] =
    [("placeholder", &PLACEHOLDER), ("leaked", &LEAKED), ("leaked into plain text", &LEAKED_INTO_PLAIN_TEXT)];

fn may_be_placeholder(text: &str) -> bool {
    text.as_bytes().windows(4).any(|part| match part {
        [b'J', b'J', ..] | [b'T', b'T', b'.', _] | [b'?', b'?', ..] | [b'_', b'_', ..] => true,
        [b'x' | b'X', b'x' | b'X', ..] | [b'[', b'.', ..] => true,
        // Of "…" the first byte.
        [b'[', 0xe2, ..] => true,
        _ => [b"TODO", b"tzha", b"lore"].iter().any(|word| word.eq_ignore_ascii_case(part)),
    })
}

fn may_be_leaked(text: &str) -> bool {
    text.contains('#') || text.contains("{{") || text.contains("Fehler!")
}

fn may_be_markup(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'&' | b'<' | b'*' | b'['))
}

/// A finding for each leftover.
pub(super) fn check(text: &PrintedText<'_>) -> Vec<Diagnostic> {
    let roman = |at: usize| text.visible[..at].ends_with('X') && text.visible[at..].starts_with(". ");
    let found = PLACEHOLDER.find_iter(&text.visible).filter(|found| !roman(found.end()));
    let placeholders = found.map(|found| {
        let message = format!("Im Text steht noch ein Platzhalter: „{}“.", shown(found.as_str()));
        text.finding(&codes::PLACEHOLDER, found.range(), message)
            .hint("Durch die Angabe ersetzen, oder den Satz streichen.")
    });
    // In "Bürger*innen" the star stands inside a word.
    let bordered = |found: &regex::Match<'_>| !text.visible[..found.start()].ends_with(char::is_alphanumeric);
    let tag = |found: &regex::Match<'_>| !found.as_str().starts_with('<') || found.len() <= MAX_TAG;
    let plain =
        (!text.rich).then(|| LEAKED_INTO_PLAIN_TEXT.find_iter(&text.visible).filter(tag).filter(bordered));
    let leaked = LEAKED.find_iter(&text.visible).chain(plain.into_iter().flatten()).map(|found| {
        let what = shown(found.as_str());
        let (message, hint) = match found.as_str() {
            word if word.starts_with("Fehler!") || word.starts_with('#') => (
                format!("Das ist eine Fehlermeldung von Word oder Excel: „{what}“."),
                "Nachsehen, was dort stehen sollte, und es hinschreiben.",
            ),
            _ => (
                format!("„{what}“ sieht nach Auszeichnung aus, die hier keine Wirkung hat."),
                "Nur den Text schreiben, so wie er gedruckt werden soll.",
            ),
        };
        text.finding(&codes::LEAKED_MARKUP, found.range(), message).hint(hint)
    });
    placeholders.chain(leaked).collect()
}
