//! What a German proofreader marks: quotes, dashes, spaces at which a line must not end. Each slip can be mended, since
//! it changes no word.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::patterns::{GuardedPattern, any_byte, behind_space, end, pattern};
use super::texts::PrintedText;
use crate::diagnostics::{Code, Diagnostic, codes};
use crate::record::proposal::rich_text::{HIDDEN, unbroken};

const NO_BREAK: char = '\u{a0}';
const SPACE_HINT: &str = "Ein geschütztes Leerzeichen (U+00A0) setzen.";

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:https?://|www\.)\S+|\S+@\S+"));

/// More than this between two marks, in bytes, is no quotation.
const MAX_QUOTED: usize = 250;
static ENGLISH_QUOTES: GuardedPattern =
    GuardedPattern::new(|text| text.contains('”'), || pattern("“[^“”„\"\n]+”"));

static RANGE: GuardedPattern =
    GuardedPattern::new(may_be_range, || pattern(r"([0-9]{1,4})( ?- ?)([0-9]{1,4})"));

/// Before a range of numbers, or behind it: then a hyphen can be nothing else.
static BEFORE_RANGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:§§?|\bS\.|\bSeiten?)\s?$"));
static BEHIND_RANGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s?(?:%|€|°|Mio\.|Mrd\.|(?:Uhr|Euro|Prozent|Jahren?|Monaten?|Wochen|Tagen?|Stunden|Minuten|Personen|Kindern?|Plätzen?|Millionen|km|m|m²|cm|mm|ha|kg|t|kW|kWh|MW|MWh)\b)",
    )
});
/// Before a number that is none of two: a telephone, a file reference, a norm, a result.
static BEFORE_A_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:[0-9]|\b(?:Az|Nr|Tel|Fax)\.:?|[A-Z]+-[A-Z]+|\b[A-ZÄÖÜ]{2,}:?|(?:[Zz]eichen|[Nn]ummern?|[Tt]elefon|[Tt]elefax|\bTel|\bFax|Mobil|[Dd]urchwahl|[Dd]rucksache|[Ff]lurstücke?|\bFlur|[Pp]lan|[Nn]orm|\bModell|\bTyp|\bVersion|\bErgebnis|\bStand|\bKonto):?)\s?$",
    )
});

/// What goes on like this is a larger number, or the name of a file.
static GOES_ON: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:[.,][0-9]|\.[A-Za-z]|_)"));

static DASH: GuardedPattern =
    GuardedPattern::new(|text| text.contains(" - "), || pattern(r"[^\s–-] (-) [^\s–-]"));

/// The first halves of pairs such as Ein- und Ausgabe.
const PARTICLES: [&str; 14] =
    ["Ab", "An", "Auf", "Aus", "Bei", "Ein", "Her", "Hin", "Nach", "Ober", "Über", "Unter", "Vor", "Zu"];

static CITATION: GuardedPattern = GuardedPattern::new(may_be_citation, || {
    pattern(r"(?:§§?|\b(?:Art|Abs|Nr|Nrn|Ziff|Buchst|lit|Rn|Kap|S)\.)( ?)([0-9]+[a-z]?)")
});

/// Each with its letters; between them is a no-break space.
static ABBREVIATION: GuardedPattern = GuardedPattern::new(may_be_abbreviation, || {
    let all = [
        "z B", "d h", "u a", "u ä", "o ä", "o g", "o a", "s o", "s u", "v a", "z T", "u U", "m E", "i d R",
        "i V m", "i S d", "i H v", "i R d", "z Zt",
    ];
    let one = |letters: &str| letters.split(' ').collect::<Vec<_>>().join(r"\.[ \u{a0}\u{202f}]?") + r"\.";
    let others = all.map(one).join("|");
    // The first letter may begin a sentence.
    pattern(&format!(r"\b(?:(?i:z)\.[ \u{{a0}}\u{{202f}}]?B\.|(?i:d)\.[ \u{{a0}}\u{{202f}}]?h\.|{others})"))
});

static UNIT: GuardedPattern = GuardedPattern::new(may_be_unit, || {
    pattern(
        r"[0-9][0-9.,]*( )(€|%|‰|°C|(?:EUR|Mio\.|Mrd\.|Tsd\.|km²|km|m²|m³|m|cm|mm|ha|kg|t|kWh|MWh|GWh|kW|MW|kWp|l))(?:[^\w²³]|$)",
    )
});

#[cfg(test)]
pub(super) static PATTERNS: [(&str, &GuardedPattern); 6] = [
    ("English quotes", &ENGLISH_QUOTES),
    ("range", &RANGE),
    ("dash", &DASH),
    ("citation", &CITATION),
    ("abbreviation", &ABBREVIATION),
    ("unit", &UNIT),
];

fn may_be_range(text: &str) -> bool {
    any_byte(text, |before, byte, behind| {
        let before = before.strip_suffix(b" ").unwrap_or(before);
        byte == b'-'
            && begins_with_digit(behind_space(behind))
            && before.last().is_some_and(u8::is_ascii_digit)
    })
}

fn may_be_citation(text: &str) -> bool {
    any_byte(text, |before, byte, behind| match byte {
        b'.' => {
            matches!(before.last(), Some(b't' | b's' | b'r' | b'n' | b'f' | b'p' | b'S'))
                && begins_with_digit(behind_space(behind))
        }
        // The last byte of "§".
        0xa7 => begins_with_digit(behind_space(behind)),
        _ => false,
    })
}

/// The first letter of one stands alone, with a dot.
fn may_be_abbreviation(text: &str) -> bool {
    any_byte(text, |before, byte, behind| {
        let is_letter = b"zdusovmiZD".contains(&byte) && behind.first() == Some(&b'.');
        is_letter && before.last().is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
    })
}

fn may_be_unit(text: &str) -> bool {
    // Of "€", "‰" and "°C" the first byte; "m" stands for "m²", too.
    const UNITS: [&[u8]; 21] = [
        b"\xe2", b"%", b"\xc2", b"EUR", b"Mio.", b"Mrd.", b"Tsd.", b"km", b"m", b"cm", b"mm", b"ha", b"kg",
        b"t", b"kWh", b"MWh", b"GWh", b"kW", b"MW", b"kWp", b"l",
    ];
    let is_unit = |unit: &&[u8], behind: &[u8]| {
        let behind = behind.strip_prefix(*unit);
        behind.is_some_and(|behind| {
            !unit[0].is_ascii_alphabetic() || !behind.first().is_some_and(u8::is_ascii_alphanumeric)
        })
    };
    any_byte(text, |before, byte, behind| {
        byte == b' '
            && before.last().is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
            && UNITS.iter().any(|unit| is_unit(unit, behind))
    })
}

fn begins_with_digit(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(u8::is_ascii_digit)
}

/// A finding for each slip.
pub(super) fn check(text: &PrintedText<'_>) -> Vec<Diagnostic> {
    let hidden = without_addresses(&text.visible);
    let shown = &*hidden;
    let mut findings = quotes(text, shown);
    findings.extend(ranges(text, shown));
    findings.extend(dashes(text, shown));
    let citations = spaces(text, shown, &CITATION, &codes::SPACE_IN_CITATION, |part| {
        format!("In „{part}“ kann die Zeile umbrechen.")
    });
    findings.extend(citations.map(|(_, finding)| finding));
    findings.extend(abbreviations(text, shown));
    let units = spaces(text, shown, &UNIT, &codes::SPACE_BEFORE_UNIT, |part| {
        format!("Zwischen Zahl und Einheit kann die Zeile umbrechen: „{part}“.")
    });
    findings
        .extend(units.filter(|(part, _)| !is_figure_in_cell(text, shown, part)).map(|(_, finding)| finding));
    findings
}

/// Tells whether a number with its unit stands in a row of a table, where none is broken.
fn is_figure_in_cell(text: &PrintedText<'_>, shown: &str, part: &Range<usize>) -> bool {
    let line = text.written[..part.start].rsplit('\n').next().unwrap_or_default();
    text.rich && line.trim_start().starts_with('|') && unbroken(&shown[part.clone()]).len() == 1
}

fn without_addresses(visible: &str) -> Cow<'_, str> {
    if !["@", "://", "www."].iter().any(|part| visible.contains(part)) {
        return visible.into();
    }
    let hide = |found: &regex::Captures<'_>| HIDDEN.to_string().repeat(found[0].len());
    ADDRESS.replace_all(visible, hide)
}

/// Straight quotes in pairs, and English ones.
fn quotes(text: &PrintedText<'_>, shown: &str) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut start = 0;
    for paragraph in shown.split_inclusive("\n\n") {
        let inch = |at: &usize| paragraph[..*at].ends_with(|c: char| c.is_ascii_digit());
        let paired = |all: &[usize]| {
            all.len().is_multiple_of(2)
                && all.chunks(2).all(|pair| opens(paragraph, pair[0]) && closes(paragraph, pair[1]))
        };
        let mut all: Vec<usize> = paragraph.match_indices('"').map(|(at, _)| at).collect();
        // With a backslash before it, it would no longer be the quote that the backslash stands for.
        if all.iter().any(|at| text.written[..start + at].ends_with('\\')) {
            start += paragraph.len();
            continue;
        }
        if !paired(&all) {
            all.retain(|at| !inch(at));
        }
        let paired = paired(&all);
        for pair in all.chunks(2).filter(|_| paired) {
            let (open, close) = (start + pair[0], start + pair[1]);
            // Inside of others it may be half quotes, or the others are to be changed.
            let is_nested = opened_before(&paragraph[..pair[0]]);
            let quoted = crate::diagnostics::shown(&paragraph[pair[0] + 1..pair[1]]).replace(HIDDEN, "");
            let finding = text.finding(
                &codes::STRAIGHT_QUOTES,
                open..close + 1,
                format!("Gerade Anführungszeichen um „{quoted}“."),
            );
            findings.push(if is_nested {
                finding.hint(format!("In „…“ stehen die halben: ‚{quoted}‘."))
            } else {
                finding
                    .hint("Deutsche setzen: „…“.")
                    .fix([text.edit(open..open + 1, "„"), text.edit(close..close + 1, "“")])
            });
        }
        for at in all.into_iter().filter(|_| !paired) {
            findings.push(
                text.finding(
                    &codes::STRAIGHT_QUOTES,
                    start + at..start + at + 1,
                    "Ein gerades Anführungszeichen ohne Gegenstück.",
                )
                .hint("Deutsche Anführungszeichen setzen, am Anfang „ und am Ende “."),
            );
        }
        if !paragraph.contains('„') {
            let quoted = ENGLISH_QUOTES.find_iter(paragraph).filter(|found| found.len() <= MAX_QUOTED);
            findings.extend(quoted.map(|found| {
                let (open, close) = (start + found.start(), start + found.end() - '”'.len_utf8());
                let range = open..start + found.end();
                text.finding(&codes::STRAIGHT_QUOTES, range.clone(), "Englische Anführungszeichen.")
                    .hint("Deutsche setzen: „…“.")
                    .fix([text.edit(open..open + '“'.len_utf8(), "„"), text.edit(close..range.end, "“")])
            }));
        }
        start += paragraph.len();
    }
    findings
}

/// Whether „ was opened and not yet closed.
fn opened_before(text: &str) -> bool {
    text.rfind('„').is_some_and(|open| !text[open..].contains(['“', '”']))
}

fn opens(text: &str, at: usize) -> bool {
    let before = text[..at]
        .chars()
        .next_back()
        .is_none_or(|c| c.is_whitespace() || c == HIDDEN || "([–/-".contains(c));
    before && text[at + 1..].starts_with(|c: char| !c.is_whitespace())
}

fn closes(text: &str, at: usize) -> bool {
    let behind = text[at + 1..].chars().next();
    behind.is_none_or(|c| !c.is_alphanumeric()) && !text[..at].ends_with(char::is_whitespace)
}

/// A hyphen between two numbers of which the second is larger.
fn ranges(text: &PrintedText<'_>, shown: &str) -> Vec<Diagnostic> {
    let of = |found: regex::Captures<'_>| {
        let (whole, from, hyphen, to) = (found.get(0)?, found.get(1)?, found.get(2)?, found.get(3)?);
        let (before, behind) = (&shown[..whole.start()], &shown[whole.end()..]);
        let number = |text: &str| text.parse::<u32>().ok();
        let ascending = number(from.as_str())? < number(to.as_str())?;
        let bordered = !before.ends_with(|c: char| c.is_alphanumeric() || "-–/.,:\\_".contains(c))
            && !behind.starts_with(|c: char| c.is_alphanumeric() || "-–/:".contains(c))
            && !GOES_ON.is_match(behind);
        let year = |text: &str| text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
        let years = year(from.as_str()) && year(to.as_str());
        if BEFORE_A_NAME.is_match(end(before)) {
            return None;
        }
        let certain = years || BEFORE_RANGE.is_match(end(before)) || BEHIND_RANGE.is_match(behind);
        (ascending && bordered && certain).then(|| {
            let message =
                format!("Zwischen „{}“ und „{}“ steht ein Bindestrich.", from.as_str(), to.as_str());
            text.finding(&codes::HYPHEN_FOR_RANGE, whole.range(), message)
                .hint("Den Bis-Strich setzen, ohne Leerzeichen: 2024–2026.")
                .fix([text.edit(hyphen.range(), "–")])
        })
    };
    RANGE.captures_iter(shown).filter_map(of).collect()
}

/// A hyphen between spaces, outside of ranges.
fn dashes(text: &PrintedText<'_>, shown: &str) -> Vec<Diagnostic> {
    let of = |found: regex::Captures<'_>| {
        let hyphen = found.get(1)?;
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let before = shown[..hyphen.start() - 1].chars().next_back();
        let behind = shown[hyphen.end() + 1..].chars().next();
        let word_before =
            end(&shown[..hyphen.start() - 1]).rsplit(char::is_whitespace).next().unwrap_or_default();
        let word_behind = shown[hyphen.end() + 1..].split(char::is_whitespace).next().unwrap_or_default();
        // "Ein - Ausgabe" lacks a word, and "a - b" is a difference.
        let torn = PARTICLES.contains(&word_before)
            || word_before.chars().count() == 1
                && word_behind.trim_end_matches(['.', ',', ';']).chars().count() == 1;
        // In "Straßen - und Wegebau" a space is too much.
        let joined = ["und ", "oder ", "bzw."].iter().any(|word| shown[hyphen.end() + 1..].starts_with(word));
        // "10 - 12" may be a difference, and "- 5" a number below zero.
        (!digit(before) && !digit(behind) && !joined && !torn).then(|| {
            text.finding(
                &codes::HYPHEN_FOR_DASH,
                hyphen.range(),
                "Als Gedankenstrich steht hier ein Bindestrich.",
            )
            .hint("Den Gedankenstrich setzen: –.")
            .fix([text.edit(hyphen.range(), "–")])
        })
    };
    DASH.captures_iter(shown).filter_map(of).collect()
}

/// A space, or none, where the first group of a pattern is and a no-break space should be; and in which part.
fn spaces<'a>(
    text: &'a PrintedText<'_>,
    shown: &'a str,
    pattern: &'static GuardedPattern,
    code: &'static Code,
    message: impl Fn(&str) -> String + 'a,
) -> impl Iterator<Item = (Range<usize>, Diagnostic)> + 'a {
    pattern.captures_iter(shown).filter_map(move |found| {
        let (whole, gap, end) = (found.get(0)?, found.get(1)?, found.get(2)?.end());
        let part = whole.start()..end;
        let message = if gap.is_empty() {
            format!("In „{}“ fehlt das geschützte Leerzeichen.", &shown[part.clone()])
        } else {
            message(&shown[part.clone()])
        };
        let finding = text.finding(code, part.clone(), message).hint(SPACE_HINT);
        Some((part, finding.fix([text.edit(gap.range(), NO_BREAK)])))
    })
}

fn abbreviations(text: &PrintedText<'_>, shown: &str) -> Vec<Diagnostic> {
    let of = |found: regex::Match<'_>| {
        let letters: Vec<&str> = found
            .as_str()
            .split_terminator('.')
            .map(|part| part.trim_matches([' ', NO_BREAK, '\u{202f}']))
            .collect();
        let spaced = letters.join(&format!(".{NO_BREAK}")) + ".";
        let right = found.as_str().replace('\u{202f}', "\u{a0}") == spaced;
        let inside = shown[..found.start()].ends_with('.');
        (!right && !inside).then(|| {
            let message = format!("In „{}“ fehlt ein geschütztes Leerzeichen.", found.as_str());
            text.finding(&codes::SPACE_IN_ABBREVIATION, found.range(), message)
                .hint(SPACE_HINT)
                .fix(gaps(found.as_str(), found.start()).map(|gap| text.edit(gap, NO_BREAK)))
        })
    };
    ABBREVIATION.find_iter(shown).filter_map(of).collect()
}

/// The places behind all dots but the last, with the space that stands there.
fn gaps(abbreviation: &str, start: usize) -> impl Iterator<Item = Range<usize>> {
    let dots: Vec<usize> = abbreviation.match_indices('.').map(|(at, _)| at + 1).collect();
    let gap = |at: usize| {
        let space = abbreviation[at..].chars().next().filter(|c| c.is_whitespace()).map_or(0, char::len_utf8);
        start + at..start + at + space
    };
    dots[..dots.len().saturating_sub(1)].iter().map(|at| gap(*at)).collect::<Vec<_>>().into_iter()
}
