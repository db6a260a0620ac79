//! What was left in a text that nobody meant to print: placeholders, and markup of other programs.

use std::sync::LazyLock;

use regex::Regex;

use super::patterns::pattern;
use super::texts::PrintedText;
use crate::diagnostics::{Diagnostic, codes, shown};
use crate::record::proposal::rich_text::HIDDEN;

static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"JJJJ|\bTT\.\s?MM\b\.?|\bX{3,}\b|\b[xX]{2}\.[xX]{2}\.|\?{3,}|\[(?:…|\.{3})\]|\b(?i:platzhalter|lorem ipsum)\b|\bTODO\b|_{4,}",
    )
});

static LEAKED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\{\{[^}\n]*\}\}|Fehler! (?:Verweisquelle|Textmarke|Unbekannter Name)[^.\n]*\.|#(?:REF|BEZUG|NAME|WERT|VALUE)[!?]",
    )
});

/// More than this between angle brackets, in bytes, is no tag.
const MAX_TAG: usize = 70;
/// In a CommonMark text these have a meaning, or a finding of their own.
static LEAKED_INTO_PLAIN_TEXT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"&(?:nbsp|amp|lt|gt|quot|apos|[aouAOU]uml|szlig|euro|[nm]dash|hellip|shy|[bl]dquo|rdquo|copy|deg|sect|#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,6});|</?[a-zA-Z][^<>\n]*>|\*{1,2}[^\s*](?:[^*\n]*[^\s*])?\*{1,2}|\[[^\]\n]+\]\([^)\n]+\)|\[/?[biu]\]",
    )
});

static BULLET: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?m)^[ \t]*([•▪‣◦●○■□▫◆✓➢·])[ \t\x{A0}]+([^\n]*)"));

static STAR_IN_A_WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"[a-zA-ZäöüÄÖÜß]+\*[a-zA-ZäöüÄÖÜß]+"));

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
    placeholders.chain(leaked).chain(lost_stars(text)).chain(foreign_bullets(text)).collect()
}

/// The marks of Word's lists: the lines behind them would be run together.
fn foreign_bullets(text: &PrintedText<'_>) -> Option<Diagnostic> {
    if !text.rich {
        return None;
    }
    let mut lines = BULLET.captures_iter(text.written);
    let first = lines.next()?;
    let (mark, words) = (first.get(1)?, first.get(2)?);
    let elsewhere = match lines.count() {
        0 => String::new(),
        1 => ", ebenso in einer weiteren Zeile".to_owned(),
        more => format!(", ebenso in {more} weiteren Zeilen"),
    };
    let message = format!("„{}“ am Anfang der Zeile ergibt hier keine Liste{elsewhere}.", mark.as_str());
    let hint = format!(
        "Am Anfang jeder Zeile steht ein Strich mit einem Leerzeichen: - {}",
        shown(words.as_str().trim())
    );
    Some(text.finding(&codes::LEAKED_MARKUP, mark.range(), message).hint(hint))
}

/// Two "Bürger*innen" in a paragraph are emphasis to CommonMark: the stars would not be printed.
fn lost_stars(text: &PrintedText<'_>) -> impl Iterator<Item = Diagnostic> {
    let inside = |found: &regex::Match<'_>| {
        let star = found.start() + found.as_str().find('*').unwrap_or_default();
        text.visible[star..].starts_with(HIDDEN)
    };
    let stars = text.rich.then(|| STAR_IN_A_WORD.find_iter(text.written).filter(inside));
    stars.into_iter().flatten().map(|found| {
        let word = found.as_str();
        let message = format!("Der Stern in „{word}“ wird nicht gedruckt: Er gilt als Anfang von Kursivem.");
        let hint = format!("Einen Rückstrich davor setzen, in \"…\" zwei: {}.", word.replace('*', "\\*"));
        text.finding(&codes::LEAKED_MARKUP, found.range(), message).hint(hint)
    })
}
