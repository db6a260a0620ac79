//! Each secret in each spelling.

use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization;

use super::*;

/// What it is called, and how a text is written so.
type Spelling = (&'static str, fn(&str) -> String);

/// Ways to write a text that is the same for its readers or for a program.
const SPELLINGS: &[Spelling] = &[
    ("as it is", |text| text.to_owned()),
    ("within a sentence", |text| format!("Dazu heißt es: „{text}“, wie man hört")),
    ("without its full stop", |text| text.trim_end_matches('.').to_owned()),
    ("NFD", |text| text.nfd().collect()),
    ("NFC", |text| text.nfc().collect()),
    ("NFKD", |text| text.nfkd().collect()),
    ("capitals", str::to_uppercase),
    ("small letters", str::to_lowercase),
    ("ligatures", |text| text.replace("fi", "ﬁ").replace("fl", "ﬂ").replace("ff", "ﬀ").replace("st", "ﬆ")),
    ("ligatures without letters", |text| {
        ["ffi", "ff", "fi", "fl", "ft"]
            .iter()
            .fold(text.to_owned(), |text, joined| text.replace(joined, "\u{fffd}"))
    }),
    ("soft hyphens", |text| between_letters(text, "\u{ad}")),
    ("zero-width spaces", |text| between_letters(text, "\u{200b}")),
    ("joiners", |text| between_letters(text, "\u{2060}")),
    ("marks of direction", |text| text.replace(' ', "\u{200e} \u{200f}")),
    ("spaces that do not break", |text| text.replace(' ', "\u{a0}")),
    ("narrow spaces", |text| text.replace(' ', "\u{202f}")),
    ("two spaces", |text| text.replace(' ', "  ")),
    ("tabs", |text| text.replace(' ', "\t")),
    ("a word a line", |text| text.replace(' ', "\n")),
    ("lines of Windows", |text| text.replace(' ', " \r\n")),
    ("hyphenated", |text| hyphenated(text, "-\n")),
    ("hyphenated softly", |text| hyphenated(text, "\u{ad}\n")),
    ("hyphenated by another sign", |text| hyphenated(text, "\u{2010}\n   ")),
    ("letters apart", |text| text.chars().map(|c| format!("{c} ")).collect()),
    ("other dashes", |text| text.replace(['-', '–'], "—")),
    ("other quotes", |text| text.replace(['„', '“', '"'], "»")),
    ("wide letters", |text| text.chars().map(wide).collect()),
    ("mathematical letters", |text| text.chars().map(bold).collect()),
    ("ss", |text| text.replace('ß', "ss")),
    ("large ß", |text| text.replace('ß', "ẞ")),
    ("ae oe ue", |text| {
        text.nfc()
            .collect::<String>()
            .replace('ä', "ae")
            .replace('ö', "oe")
            .replace('ü', "ue")
            .replace('Ü', "Ue")
    }),
    ("dots before the letter", |text| {
        text.nfc()
            .collect::<String>()
            .replace('ä', "¨a")
            .replace('ö', "¨o")
            .replace('ü', "¨u")
            .replace('Ü', "¨U")
    }),
    ("dots behind the letter", |text| {
        text.nfc()
            .collect::<String>()
            .replace('ä', "a¨")
            .replace('ö', "o¨")
            .replace('ü', "u¨")
            .replace('Ü', "U¨")
    }),
    ("percent signs", |text| percent(text.as_bytes())),
    ("percent signs of Latin-1", |text| percent(&latin(text))),
    ("a form's address", |text| {
        format!("https://www.example.org/?q={}", percent(text.as_bytes()).replace("%20", "+"))
    }),
    ("decimal references", |text| text.chars().map(|c| format!("&#{};", u32::from(c))).collect()),
    ("hexadecimal references", |text| text.chars().map(|c| format!("&#x{:X};", u32::from(c))).collect()),
    ("named entities", |text| {
        text.replace('ä', "&auml;")
            .replace('ö', "&ouml;")
            .replace('ü', "&uuml;")
            .replace('ß', "&szlig;")
            .replace(' ', "&nbsp;")
    }),
    ("an address in markup", |text| {
        format!("<a href=\"{}\">", percent(text.as_bytes()).replace('%', "&#37;"))
    }),
    ("JSON", |text| {
        text.encode_utf16()
            .map(
                |unit| if unit < 128 { char::from(unit as u8).to_string() } else { format!("\\u{unit:04x}") },
            )
            .collect()
    }),
    ("lines of JSON", |text| text.replace(' ', "\\n")),
    ("octal escapes", |text| {
        latin(text)
            .iter()
            .map(|byte| if *byte < 128 { char::from(*byte).to_string() } else { format!("\\{byte:03o}") })
            .collect()
    }),
    ("hexadecimal", |text| format!("<{}>", hex(&latin(text)))),
    ("hexadecimal UTF-8", |text| format!("<{}>", hex(text.as_bytes()))),
    ("hexadecimal UTF-16", |text| {
        let units: Vec<u8> =
            text.nfc().collect::<String>().encode_utf16().flat_map(u16::to_be_bytes).collect();
        format!("<FEFF{}>", hex(&units).to_uppercase())
    }),
    ("hexadecimal in lines", |text| {
        let all = hex(text.as_bytes());
        all.as_bytes().chunks(64).map(|line| format!("{}\n", String::from_utf8_lossy(line))).collect()
    }),
    ("underscores", |text| text.replace(' ', "_")),
    ("hyphens", |text| text.replace(' ', "-")),
    ("emphasis", |text| text.split(' ').map(|word| format!("**{word}** ")).collect()),
    ("cells", |text| text.replace(' ', " ; ")),
    ("numbered lines", |text| text.replace(' ', " | ")),
];

/// Secrets of all kinds.
fn secrets() -> Vec<(SecretContent, &'static str)> {
    let same = |text: &'static str| (prose(text), text);
    vec![
        same("Der Kaufpreis beträgt 1.250.000,00 EUR."),
        same("Notartermin ist der 3. April 2026."),
        same("Der Eigentümer verlangt für den Hof Lütke Wentrup mindestens eine Million Euro in bar."),
        same("Gem. § 90 Abs. 3 GO NRW wird das Grundstück Überwasserstraße 7 unter Wert veräußert."),
        same("Der Bieter Dr. K. Groß hat z. B. keine offiziellen Nachweise erbracht."),
        same("Die „Muster Bau“ – eine Firma aus Köln – bietet deutlich weniger als alle anderen."),
        same("Die IBAN des Verkäufers lautet DE02 1203 0000 0000 2020 51."),
        same("Es gilt Nr. 4 Abs. 2 des Vertrags."),
        same("Die offizielle Finanzierung schafft eine Grundpfandfläche zugunsten der Bank."),
        same("Für Los 4 gilt Höchstgebot < Verkehrswert und deshalb wird es nicht verkauft."),
        (title("Ankauf des Hofes Lütke Wentrup in Handorf"), "Ankauf des Hofes Lütke Wentrup in Handorf"),
        (row(&["Wentrup GmbH", "Flurstück 712", "471.000 Euro"]), "Wentrup GmbH Flurstück 712 471.000 Euro"),
        (SecretContent::FileName("wertgutachten-wentrup-hof.pdf".into()), "wertgutachten-wentrup-hof.pdf"),
    ]
}

const BEFORE: &str = "Die Sanierung der Stadtbücherei beginnt im Herbst. ";
const BEHIND: &str = " Die Verwaltung berichtet dem Ausschuss.";

#[test]
fn each_secret_is_found_in_each_spelling() {
    assert!(SPELLINGS.len() >= 40, "{}", SPELLINGS.len());
    let index = index(secrets().into_iter().map(|(content, _)| content).collect());
    let mut missed = String::new();
    for (secret, (_, text)) in secrets().iter().enumerate() {
        for (name, spelling) in SPELLINGS {
            let planted = format!("{BEFORE}{}{BEHIND}", spelling(text));
            if given_away(&index, &planted) != [secret] {
                writeln!(missed, "{name}: {planted}").unwrap();
            }
        }
    }
    assert_eq!(missed, "");
}

#[test]
fn each_secret_is_found_in_bytes_of_each_coding() {
    let index = index(secrets().into_iter().map(|(content, _)| content).collect());
    let utf_16 =
        |text: &str, unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    for (secret, (_, text)) in secrets().iter().enumerate() {
        for bytes in [
            text.as_bytes().to_vec(),
            latin(text),
            utf_16(text, u16::to_be_bytes),
            utf_16(text, u16::to_le_bytes),
        ] {
            // A file of no kind that is known.
            let file = [&[1, 2, 3, 0xff, 0, 4][..], &bytes, &[5, 6, 0, 7]].concat();
            let hits = search(&file, &index, &TextLimits::default()).hits;
            assert!(hits.iter().any(|hit| hit.secret == secret), "{text}: {bytes:x?}");
        }
    }
}

#[test]
fn what_is_a_sentence_with_other_words_is_not_found() {
    let index = index(secrets().into_iter().map(|(content, _)| content).collect());
    for other in [
        "Der Kaufpreis beträgt 1.350.000,00 EUR.",
        "Notartermin ist der 4. April 2026.",
        "Der Eigentümer verlangt für den Hof zwei Millionen.",
        "Gem. § 90 Abs. 3 GO NRW wird ein Fahrzeug veräußert.",
        "wertgutachten-meyer.pdf",
        "Flurstück 712",
    ] {
        assert_eq!(given_away(&index, other), [0; 0], "{other}");
    }
}

fn between_letters(text: &str, sign: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for c in text.chars() {
        if before.is_alphabetic() && c.is_alphabetic() {
            out.push_str(sign);
        }
        out.push(c);
        before = c;
    }
    out
}

/// Breaks each long word in its middle.
fn hyphenated(text: &str, with: &str) -> String {
    let words = text.split(' ').map(|word| {
        let letters: Vec<char> = word.chars().collect();
        let middle = letters.len() / 2;
        let can_break =
            letters.len() >= 6 && letters[middle - 1].is_alphabetic() && letters[middle].is_alphabetic();
        let (first, second) = letters.split_at(if can_break { middle } else { 0 });
        let (first, second): (String, String) = (first.iter().collect(), second.iter().collect());
        if can_break { format!("{first}{with}{second}") } else { second }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn wide(c: char) -> char {
    if ('!'..='~').contains(&c) { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c }
}

fn bold(c: char) -> char {
    let base = match c {
        'A'..='Z' => 0x1d400 - u32::from('A'),
        'a'..='z' => 0x1d41a - u32::from('a'),
        '0'..='9' => 0x1d7ce - u32::from('0'),
        _ => return c,
    };
    char::from_u32(u32::from(c) + base).unwrap()
}

fn percent(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() { char::from(*byte).to_string() } else { format!("%{byte:02X}") }
        })
        .collect()
}

fn latin(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1252.encode(text).0.into_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
