//! The proof of the page: what was typed stands on it, word by word; and where a layout loses, pushes or covers something,
//! that is found.
//!
//! `ANLAGE_PROOF_RECORDS` says how many random records are made instead of 100.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::dice::Dice;
use crate::pdf::Pdf;
use crate::program::{Project, repository, sound_record};

const WORDS: [&str; 24] = [
    "Spielplatz",
    "Grünflächen",
    "und",
    "der",
    "Beschluss",
    "Straße",
    "Fuß- und Radweg",
    "z.\u{a0}B.",
    "Bürger*innen",
    "Kita-Ausbau",
    "„Rahmenkonzept“",
    "(Baujahr 1994)",
    "5*6\u{a0}m",
    "12.500\u{a0}€",
    "30\u{a0}%",
    "§\u{a0}41",
    "2025/26",
    "Verkehrsberuhigung",
    "Ziel",
    "ist",
    "Überquerungshilfe",
    "nördlich",
    "in",
    "das",
];

/// A part of a text: what is typed, and the words that have to be read.
struct Part {
    typed: String,
    read: Vec<String>,
}

fn part(typed: String, read: &str) -> Part {
    Part { typed, read: read.split_whitespace().map(str::to_owned).collect() }
}

fn sentence(dice: &mut Dice, most: u64) -> String {
    let count = 1 + dice.below(most);
    (0..count).map(|_| WORDS[dice.below(WORDS.len() as u64) as usize]).collect::<Vec<_>>().join(" ")
}

fn lines(dice: &mut Dice, mark: impl Fn(usize) -> (String, String)) -> Part {
    let count = 2 + dice.below(4) as usize;
    let (mut typed, mut read) = (Vec::new(), Vec::new());
    for at in 0..count {
        let ((typed_mark, read_mark), text) = (mark(at), sentence(dice, 6));
        typed.push(format!("{typed_mark}Punkt {text}"));
        read.push(format!("{read_mark} Punkt {text}"));
    }
    part(typed.join("\n"), &read.join(" "))
}

fn any_part(dice: &mut Dice) -> Part {
    match dice.below(10) {
        0 | 1 => {
            let text = format!("Satz {}.", sentence(dice, 60));
            part(text.clone(), &text)
        }
        2 => lines(dice, |_| ("- ".into(), String::new())),
        3 => lines(dice, |at| (format!("{}. ", at + 1), format!("{}.", at + 1))),
        4 => lines(dice, |_| ("•\t".into(), String::new())),
        5 => lines(dice, |at| {
            let letter = char::from(b'a' + at as u8);
            (format!("{letter}) "), format!("{letter})"))
        }),
        6 => lines(dice, |_| (String::new(), String::new())),
        7 => {
            let columns = 2 + dice.below(3) as usize;
            let row = |dice: &mut Dice| (0..columns).map(|_| sentence(dice, 2)).collect::<Vec<_>>();
            let rows: Vec<Vec<String>> = (0..2 + dice.below(4)).map(|_| row(dice)).collect();
            let mut typed: Vec<String> = rows.iter().map(|row| format!("| {} |", row.join(" | "))).collect();
            typed.insert(1, format!("|{}", " --- |".repeat(columns)));
            part(typed.join("\n"), &rows.concat().join(" "))
        }
        8 => {
            let amounts: Vec<String> = (0..3).map(|_| dice.below(900).to_string()).collect();
            part(format!("Summen {}", amounts.join("\t")), &format!("Summen {}", amounts.join(" ")))
        }
        _ => {
            let address = format!(
                "https://www.beispielstadt.example/rathaus/aemter/{}/antrag-2025.html",
                dice.word("a")
            );
            let mail = format!("planung.und.entwurf.{}@tiefbauamt.beispielstadt.example", dice.word("b"));
            let text = |link: &str| format!("Siehe {link} oder {address} oder an {mail} schreiben");
            part(text("[den Plan](https://münster.example/süd)"), &text("den Plan"))
        }
    }
}

fn any_text(dice: &mut Dice) -> Part {
    let parts: Vec<Part> = (0..1 + dice.below(4)).map(|_| any_part(dice)).collect();
    let typed: Vec<&str> = parts.iter().map(|part| part.typed.as_str()).collect();
    // Two lists of one kind behind each other would be one.
    let typed = typed.join("\n\nZwischendurch steht hier ein Satz.\n\n");
    Part { typed, read: parts.into_iter().flat_map(|part| part.read).collect() }
}

const FIELDS: [&str; 3] = [
    "Die Stadtbücherei wird saniert.",
    "Das Haus soll *barrierefrei* werden.",
    "Die Sanierung dient der Inklusion.",
];

/// A word without hyphens: in a narrow cell it may have one more.
fn unbroken(word: &str) -> String {
    word.replace(['-', '\u{ad}'], "")
}

/// The findings of a run about the words of pages, by the record's file name.
fn proof(project: &Project, arguments: &[&str]) -> BTreeMap<String, Vec<String>> {
    let run = project.run(arguments);
    let mut found = BTreeMap::new();
    for line in run.stdout.lines() {
        let report: Json = serde_json::from_str(line).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        let said = |finding: &Json| format!("{} {}", finding["code"].as_str().unwrap(), finding["message"]);
        let said: Vec<String> = findings.map(said).filter(|said| said.starts_with(['L', 'U'])).collect();
        found.insert(report["record"].as_str().unwrap().to_owned(), said);
    }
    found
}

#[test]
fn the_words_of_random_records_are_those_of_their_pages() {
    let count = std::env::var("ANLAGE_PROOF_RECORDS").map_or(100, |count| count.parse().unwrap());
    let project = Project::new();
    let mut dice = Dice(14);
    let mut expected = Vec::new();
    for number in 1..=count {
        let texts: Vec<Part> = FIELDS.iter().map(|_| any_text(&mut dice)).collect();
        let mut record = sound_record(&format!("V/{number:04}/2025"));
        for (field, text) in FIELDS.iter().zip(&texts) {
            let quoted = format!("\"{field}\"");
            let literal = format!("'''\n{}'''", text.typed);
            record = if record.contains(&quoted) {
                record.replace(&quoted, &literal)
            } else {
                record.replace(&format!("\"\"\"\n{field}\n\"\"\""), &literal)
            };
        }
        project.write(&format!("v/{number:04}.toml"), record);
        expected.push(texts.into_iter().flat_map(|text| text.read).collect::<Vec<String>>());
    }
    let found = proof(&project, &["render", "v", "--format", "json"]);
    assert_eq!(found.len(), count);
    for (record, said) in found {
        assert_eq!(said, Vec::<String>::new(), "{record}");
    }
    for (number, expected) in expected.iter().enumerate() {
        let pdf = Pdf::read(&project.read(&format!("out/anlagen/V-{:04}-2025-Anlage-A.pdf", number + 1)));
        let page: Vec<String> = pdf.words().iter().map(|word| unbroken(word)).collect();
        let mut rest = page.iter();
        for word in expected {
            assert!(
                rest.any(|read| *read == unbroken(word)),
                "{}: „{word}“ is not in its place in {page:?}",
                number + 1
            );
        }
    }
}

/// What can happen to a layout: the part of it, and what stands there instead.
fn damages() -> Vec<(String, String)> {
    let mut damages: Vec<(String, String)> = Vec::new();
    let mut add = |part: &str, instead: String| damages.push((part.to_owned(), instead));
    for key in ["kurzueberblick", "ziele", "querschnittsthemen"] {
        let text = format!("  text-of(\"{key}\")\n");
        add(&text, String::new());
        add(&format!("  section(form.{key})\n"), String::new());
        for by in ["5.5", "6", "6.5", "7"] {
            add(&text, format!("  move(dy: -{by}mm, block(text-of(\"{key}\")))\n"));
        }
        for by in [130, 140, 150, 160, 170] {
            add(&text, format!("  move(dx: {by}mm, block(width: 165mm, text-of(\"{key}\")))\n"));
            add(&text, format!("  move(dx: -{}mm, block(width: 165mm, text-of(\"{key}\")))\n", by - 100));
        }
        for size in [140, 160] {
            add(&text, format!("  {{ set text(size: {size}pt); text-of(\"{key}\") }}\n"));
        }
        for left in [30, 60] {
            add(&text, format!("  pad(left: -{left}mm, text-of(\"{key}\"))\n"));
        }
        for height in ["0.5", "1", "1.5", "2"] {
            add(&text, format!("  block(height: {height}mm, clip: true, text-of(\"{key}\"))\n"));
        }
        for width in [6, 9, 12] {
            add(
                &text,
                format!("  grid(columns: ({width}mm, {width}mm), text-of(\"{key}\"), text-of(\"{key}\"))\n"),
            );
        }
        add(&text, format!("  {{ set text(spacing: 0pt); text-of(\"{key}\") }}\n"));
        add(&text, format!("  {{ show \" \": []; text-of(\"{key}\") }}\n"));
    }
    for key in ["ergebnisplan", "finanzplan", "kuenftige_belastungen", "bereits_veranschlagt"] {
        add(&format!("    ..simple(\"{key}\"),\n"), String::new());
    }
    add("    ..budget(\"entwurf\"),\n", String::new());
    add(
        "    shaded(colspan: 4, stroke: (right: rule), rich-line(group.name)),\n",
        "    shaded(colspan: 4)[],\n".into(),
    );
    add("strong[#group.nummer]", "[]".into());
    let columns = "(1fr, 6.4mm, 9mm, 6.4mm, 13mm, 6.4mm, 20mm)";
    for first in [10, 14, 18, 22] {
        add(columns, format!("({first}mm, 6.4mm, 9mm, 6.4mm, 13mm, 6.4mm, 20mm)"));
    }
    for answer in [3, 4, 5] {
        add(columns, format!("(1fr, 6.4mm, 9mm, 6.4mm, {answer}mm, 6.4mm, 20mm)"));
        add(columns, format!("(1fr, 6.4mm, 9mm, 6.4mm, 13mm, 6.4mm, {answer}mm)"));
    }
    for wide in [150, 170] {
        add(columns, format!("({wide}mm, 6.4mm, 9mm, 6.4mm, 13mm, 6.4mm, 20mm)"));
    }
    damages
}

#[test]
fn damaged_layouts_are_found() {
    let project = Project::new();
    let form = repository().join("templates/muenster-anlage-a");
    let layout = std::fs::read_to_string(form.join("layout.typ")).unwrap();
    let mut damages = damages();
    assert!(damages.len() >= 100, "{}", damages.len());
    damages.push((String::new(), String::new()));
    for (at, (part, instead)) in damages.iter().enumerate() {
        let name = format!("form-{at}");
        let folder = format!("templates/{name}");
        crate::examples::copy(&form, &project.path().join(&folder));
        for file in ["template.toml", "example.toml", "findings.toml"] {
            let text = std::fs::read_to_string(form.join(file)).unwrap();
            project.write(&format!("{folder}/{file}"), text.replace("muenster-anlage-a", &name));
        }
        assert!(layout.contains(part.as_str()), "{part}");
        project.write(&format!("{folder}/layout.typ"), layout.replacen(part.as_str(), instead, 1));
        let record = sound_record(&format!("V/{:04}/2025", at + 1)).replace("muenster-anlage-a", &name);
        // Else the name of the Produktgruppe stands in the head of the page too.
        let record = record.replace("Amt für Immobilienmanagement", "Amt für Gebäude");
        let record = record.replace(
            "Die Stadtbücherei wird saniert.",
            "Die Stadtbücherei am Alten Steinweg wird saniert und im Herbst 2026 wieder geöffnet.",
        );
        project.write(&format!("v/{at:03}.toml"), record);
    }
    let found = proof(&project, &["check", "v", "--pages", "--format", "json"]);
    assert_eq!(found.len(), damages.len());
    let missed: Vec<&(String, String)> =
        found.values().zip(&damages).filter(|(said, _)| said.is_empty()).map(|(_, damage)| damage).collect();
    assert_eq!(missed, [damages.last().unwrap()]);
}

/// What people type who have Word and Excel: what is read on the page.
#[test]
fn what_word_and_excel_bring_is_printed_as_lines_lists_and_words() {
    let project = Project::new();
    let cases = [
        (
            "Es kommen:\n•\tPoller\n•\tBänke\nDanach:\n▪ Abnahme",
            "Es kommen: • Poller • Bänke Danach: • Abnahme",
        ),
        ("Nötig sind:\na) Poller\nb) Bänke", "Nötig sind: a) Poller b) Bänke"),
        ("Die Becken messen 5*6 m und 7*8 m.", "Die Becken messen 5*6 m und 7*8 m."),
        ("Kosten\t100\t200", "Kosten 100 200"),
        (
            "Liegt auf \\\\server\\daten, Bau und\\/oder Kauf.",
            "Liegt auf \\\\server\\daten, Bau und\\/oder Kauf.",
        ),
        (
            "Siehe https://www.beispielstadt.example/rathaus/aemter/gruen/formulare/antrag-auf-sondernutzung.html.",
            "Siehe https://www.beispielstadt.example/rathaus/aemter/gruen/formulare/antrag-auf-sondernutzung.html.",
        ),
    ];
    for (at, (typed, _)) in cases.iter().enumerate() {
        let record = sound_record(&format!("V/{:04}/2025", at + 1));
        let literal = format!("'''\n{typed}'''");
        project
            .write(&format!("v/{at}.toml"), record.replace("\"Die Stadtbücherei wird saniert.\"", &literal));
    }
    let found = proof(&project, &["render", "v", "--format", "json"]);
    assert!(found.len() == cases.len() && found.values().all(Vec::is_empty), "{found:?}");
    for (at, (_, read)) in cases.iter().enumerate() {
        let words = Pdf::read(&project.read(&format!("out/anlagen/V-{:04}-2025-Anlage-A.pdf", at + 1)))
            .words()
            .join(" ");
        assert!(words.contains(&format!("Kurzüberblick {read} Ziele")), "{words}");
    }
}
