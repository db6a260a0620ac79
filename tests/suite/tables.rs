//! Tables that fit the page: at random, read back from the boxes of the words of the PDF, and the ways in which one is fitted.
//!
//! `ANLAGE_TABLES` says how many random tables are made instead of 60.

use anlage::pdf::text::{PageText, Rect, TextLimits, read};
use serde_json::Value as Json;

use crate::dice::Dice;
use crate::pdf::Pdf;
use crate::program::{Project, sound_record};

const WORDS: [&str; 30] = [
    "Poller",
    "Straße",
    "Grünflächen",
    "Verkehrsberuhigungsmaßnahme",
    "und",
    "der",
    "Ausbau",
    "Kita-Ausbau",
    "Fuß- und Radweg",
    "Bürger*innen",
    "Haushaltskonsolidierung",
    "wie vor",
    "Amt für Mobilität",
    "V/0056/2025",
    "Erneuerung",
    "Verpflichtungsermächtigungen",
    "ca.",
    "(Baujahr 1994)",
    "DN200",
    "wird",
    "Überquerungshilfe",
    "im",
    "Bauabschnitt",
    "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
    "gesamtstädtisch",
    "neu",
    "Schulhof",
    "**Summe**",
    "poststelle@beispielstadt.example",
    "nein",
];

/// A figure, which is never broken.
fn figure(dice: &mut Dice) -> String {
    let thousands = |dice: &mut Dice| format!("{}.{:03}", 1 + dice.below(999), dice.below(1000));
    match dice.below(9) {
        0 => format!("{}.{},{:02} EUR", 1 + dice.below(99), thousands(dice), dice.below(100)),
        1 => format!("{},{:02} €", thousands(dice), dice.below(100)),
        2 => format!("-{},00 €", thousands(dice)),
        3 => format!("{:02}.{:02}.2025", 1 + dice.below(28), 1 + dice.below(12)),
        4 => format!("{}. September 2026", 1 + dice.below(30)),
        5 => format!("{}–{}", 2020 + dice.below(5), 2026 + dice.below(5)),
        6 => format!("{},{} %", dice.below(100), dice.below(10)),
        7 => format!("{},{} Mio. €", dice.below(100), dice.below(10)),
        _ => dice.below(1000).to_string(),
    }
}

fn words(dice: &mut Dice, most: u64) -> String {
    (0..1 + dice.below(most)).map(|_| WORDS[dice.below(30) as usize]).collect::<Vec<_>>().join(" ")
}

struct RandomTable {
    typed: String,
    figures: Vec<String>,
}

fn table(dice: &mut Dice) -> RandomTable {
    let columns = 2 + dice.below(13) as usize;
    let rows = if dice.one_in(8) { 1 + dice.below(200) } else { 1 + dice.below(20) };
    // What stands in each column: figures, names, texts, or both in a cell.
    let kinds: Vec<u64> = (0..columns).map(|_| dice.below(8)).collect();
    let head: Vec<String> = kinds.iter().map(|_| words(dice, 3)).collect();
    let mut figures = Vec::new();
    let mut typed = vec![
        format!("| {} |", head.join(" | ")),
        format!(
            "|{}",
            kinds.iter().map(|kind| if *kind < 4 { " ---: |" } else { " --- |" }).collect::<String>()
        ),
    ];
    for _ in 0..rows {
        let cell = |kind: &u64| {
            let own = figure(dice);
            match kind {
                0..=3 => {
                    figures.push(own.clone());
                    own
                }
                4 | 5 => words(dice, 2),
                6 if columns < 9 => words(dice, 25),
                6 => words(dice, 6),
                _ => {
                    figures.push(own.clone());
                    format!("{} {own} {}", words(dice, 2), words(dice, 2))
                }
            }
        };
        let cells: Vec<String> = kinds.iter().map(cell).collect();
        typed.push(format!("| {} |", cells.join(" | ")));
    }
    RandomTable { typed: typed.join("\n"), figures }
}

/// The boxes of the words of a page, each with its word.
fn boxes(page: &PageText) -> Vec<(String, Rect)> {
    let mut boxes: Vec<(String, Rect)> = Vec::new();
    let mut start = 0;
    for word in page.drawn.text.split_inclusive(char::is_whitespace) {
        let range = start..start + word.trim_end().len();
        start += word.len();
        if range.is_empty() {
            continue;
        }
        let mut own: Vec<Rect> = Vec::new();
        for glyph in page.drawn.glyphs_of(range) {
            let rect = page.glyphs[glyph].rect;
            match own.last_mut() {
                // The rest of a word that is broken stands in the next line.
                Some(last) if (last.y0 - rect.y0).abs() < 1.0 => {
                    (last.x0, last.x1) = (last.x0.min(rect.x0), last.x1.max(rect.x1));
                }
                _ => own.push(rect),
            }
        }
        boxes.extend(own.into_iter().map(|rect| (word.trim_end().to_owned(), rect)));
    }
    boxes
}

/// What leaves the part of a page that is printed on, and what stands over something else.
fn faults(page: &PageText) -> Vec<String> {
    const MARGIN: f32 = 19.0 * 72.0 / 25.4;
    let mut boxes = boxes(page);
    boxes.sort_by(|a, b| b.1.y1.total_cmp(&a.1.y1));
    let mut found = Vec::new();
    for (at, (word, own)) in boxes.iter().enumerate() {
        if own.x0 < MARGIN || own.x1 > page.size.0 - MARGIN || own.y0 < 20.0 || own.y1 > page.size.1 - 20.0 {
            found.push(format!("page {}: „{word}“ leaves the page: {own:?} of {:?}", page.number, page.size));
        }
        for (other_word, other) in boxes[at + 1..].iter().take_while(|(_, other)| other.y1 > own.y0) {
            let width = own.x1.min(other.x1) - own.x0.max(other.x0);
            let height = own.y1.min(other.y1) - own.y0.max(other.y0);
            if width > 0.4 && height > 0.4 {
                found.push(format!(
                    "page {}: „{word}“ and „{other_word}“ overlap: {own:?} {other:?}",
                    page.number
                ));
            }
        }
    }
    found
}

/// A record with a text in its first field.
pub(crate) fn record(number: usize, text: &str) -> String {
    sound_record(&format!("V/{number:04}/2025"))
        .replace("\"Die Stadtbücherei wird saniert.\"", &format!("'''\n{text}'''"))
}

/// Renders records with texts; gives the codes of their findings about the page, and the pages.
fn rendered(project: &Project, texts: &[String]) -> Vec<(Vec<String>, Vec<PageText>)> {
    for (at, text) in texts.iter().enumerate() {
        project.write(&format!("v/{:04}.toml", at + 1), record(at + 1, text));
    }
    let run = project.run(&["render", "v", "--format", "json"]);
    let reports: Vec<Json> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(reports.len(), texts.len(), "{}", run.stderr);
    let one = |(at, report): (usize, &Json)| {
        let codes =
            report["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap());
        let codes = codes
            .filter(|code| code.starts_with(['L', 'U']) || code.starts_with("T2"))
            .map(str::to_owned)
            .collect();
        let file = project.read(&format!("out/anlagen/V-{:04}-2025-Anlage-A.pdf", at + 1));
        (codes, read(&file, &TextLimits::default(), &mut |_, _, _| {}).pages)
    };
    reports.iter().enumerate().map(one).collect()
}

#[test]
fn words_of_random_tables_stand_on_their_page_and_not_over_each_other() {
    let count = std::env::var("ANLAGE_TABLES").map_or(60, |count| count.parse().unwrap());
    let mut dice = Dice(17);
    let tables: Vec<RandomTable> = (0..count).map(|_| table(&mut dice)).collect();
    let texts: Vec<String> = tables.iter().map(|table| table.typed.clone()).collect();
    let project = Project::new();
    let mut wrong = Vec::new();
    let mut too_wide = 0;
    for (at, (codes, pages)) in rendered(&project, &texts).into_iter().enumerate() {
        let number = at + 1;
        too_wide += usize::from(codes.contains(&"L006".to_owned()));
        // A short number that stands in many cells is now and then taken for one of another cell (L001); what is lost is
        // looked for below.
        wrong.extend(
            codes
                .iter()
                .filter(|code| !["L001", "L006"].contains(&code.as_str()))
                .map(|code| format!("{number}: {code}")),
        );
        wrong.extend(pages.iter().flat_map(faults).map(|fault| format!("{number}: {fault}")));
        // The sign that parts a word has the letter of the hyphen.
        let text: String = pages.iter().map(|page| page.drawn.text.replace('\u{ad}', "-") + "\n").collect();
        let lines: Vec<&str> = text.lines().collect();
        let broken = |figure: &&String| !lines.iter().any(|line| line.contains(figure.as_str()));
        wrong.extend(
            tables[at].figures.iter().filter(broken).map(|figure| format!("{number}: „{figure}“ is broken")),
        );
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong[..wrong.len().min(30)].join("\n"));
    // Most of what can be typed has room.
    assert!(too_wide * 3 <= count, "{too_wide} of {count}");
}

fn row(cells: &[&str]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// The left and the right edge of the first word that is on the pages.
fn place<'a>(pages: &'a [PageText], word: &str) -> (&'a PageText, Rect) {
    let found = pages.iter().find_map(|page| {
        boxes(page).into_iter().find(|(said, _)| said == word).map(|(_, rect)| (page, rect))
    });
    found.unwrap_or_else(|| panic!("{word}"))
}

fn size(pages: &[PageText], word: &str) -> f32 {
    let (page, rect) = place(pages, word);
    page.glyphs
        .iter()
        .find(|glyph| (glyph.rect.x0 - rect.x0).abs() < 0.1 && glyph.rect.y0 == rect.y0)
        .unwrap()
        .size
}

#[test]
fn a_table_is_fitted_step_by_step() {
    let amounts = |columns: usize, amount: &str| {
        let head: Vec<String> = (0..columns).map(|at| format!("Ansatz {}", 2025 + at)).collect();
        let head: Vec<&str> = head.iter().map(String::as_str).collect();
        [row(&head), row(&vec!["---:"; columns]), row(&vec![amount; columns])].join("\n")
    };
    let long = "Die Fundamente werden erneuert und versenkbare Anlagen mit Notentriegelung für die Feuerwehr eingesetzt; \
                die Anlieger werden vorher schriftlich unterrichtet.";
    let eight = [
        row(&["Nr.", "Maßnahme", "Amt", "Gruppe", "Beginn", "Ende", "Kosten", "Erläuterung"]),
        row(&["---"; 8]),
        row(&["1", "Poller", "Tiefbau", "0203", "01.03.2025", "31.10.2026", "1.250.000,00 €", long]),
    ];
    let project = Project::new();
    let texts = [
        // No figure of it is broken, so no space in one is said to break; nor are the stars of its widths marks.
        format!("{}\n{{breiten=*,*,30%}}", amounts(3, "1.234.567,89 EUR")),
        eight.join("\n"),
        amounts(9, "1.234.567,89 EUR"),
        amounts(14, "1.234.567,89 EUR"),
        format!("- Punkt\n\n  {}", amounts(9, "1.234.567,89 EUR").replace('\n', "\n  ")),
        format!("Siehe unten.'''\nleitorientierung = '''\n{}", amounts(9, "1.234.567,89 EUR")),
    ];
    let found = rendered(&project, &texts);
    let landscape = |pages: &[PageText]| {
        pages.iter().filter(|page| page.size.0 > page.size.1).map(|page| page.number).collect()
    };
    let of = |at: usize| {
        let (codes, pages) = &found[at];
        let landscape: Vec<usize> = landscape(pages);
        (
            codes.iter().map(String::as_str).collect::<Vec<_>>(),
            landscape,
            size(pages, if at == 1 { "0203" } else { "2025" }),
        )
    };
    assert_eq!(of(0), (vec![], vec![], 9.5));
    let (codes, turned, small) = of(1);
    assert!(
        codes.is_empty() && turned.is_empty() && (8.0..=9.5).contains(&small),
        "{codes:?} {turned:?} {small}"
    );
    let (_, text) = place(&found[1].1, "Fundamente");
    let (page, amount) = place(&found[1].1, "1.250.000,00");
    assert!(page.size.0 - 56.0 - text.x0 > 75.0 && text.x0 > amount.x1, "{text:?} {amount:?}");
    let (codes, turned, small) = of(2);
    assert!(codes.is_empty() && turned == [2] && small >= 8.0, "{codes:?} {turned:?} {small}");
    let (codes, turned, small) = of(3);
    assert!(codes == ["L006"] && turned == [2] && small < 8.0, "{codes:?} {turned:?} {small}");
    // In a list no page can begin, nor beside a rule.
    for at in [4, 5] {
        let (codes, turned, small) = of(at);
        assert!(codes == ["L006"] && turned.is_empty() && small < 8.0, "{codes:?} {turned:?} {small}");
    }
    for (_, pages) in &found {
        assert_eq!(pages.iter().flat_map(faults).collect::<Vec<_>>(), Vec::<String>::new());
    }
}

#[test]
fn a_table_on_a_page_of_its_own_repeats_its_head_and_keeps_its_tags() {
    let head = row(&["Nr.", "A", "B", "C", "D", "E", "F", "G", "H", "I"]);
    let rows = (1..=120).map(|at| row(&[&[at.to_string().as_str()][..], &["12.345.678,90 €"; 9]].concat()));
    let text = [head, row(&["---:"; 10])].into_iter().chain(rows).collect::<Vec<_>>().join("\n");
    let project = Project::new();
    let found = rendered(&project, &[format!("Davor.\n\n{text}\n\nDanach.")]);
    let (codes, pages) = &found[0];
    assert_eq!(codes, &Vec::<String>::new());
    let turned: Vec<&PageText> = pages.iter().filter(|page| page.size.0 > page.size.1).collect();
    assert!(
        turned.len() >= 3 && turned.iter().all(|page| page.drawn.text.contains("Nr.")),
        "{}",
        turned.len()
    );
    // The head and the foot of the page stay, over the whole of its width.
    for page in &turned {
        let (_, number) = place(std::slice::from_ref(*page), "V/0001/2025");
        assert!(
            number.x1 > page.size.0 - 60.0 && page.drawn.text.contains(&format!("Seite {} von", page.number))
        );
    }
    assert!(place(pages, "Davor.").0.size.0 < 600.0 && place(pages, "Danach.").0.size.0 < 600.0);
    let pdf = Pdf::read(&project.read("out/anlagen/V-0001-2025-Anlage-A.pdf"));
    let elements = pdf.elements();
    let count = |end: &str| elements.iter().filter(|element| element.path.ends_with(end)).count();
    assert_eq!((count("/THead/TR/TH"), count("/TBody/TR")), (10, 120));
    assert_eq!(pages.iter().flat_map(faults).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn widths_that_are_given_are_kept() {
    let table = |widths: &str| {
        let rows = [["Nr.", "Maßnahme", "Betrag"], ["---"; 3], ["1", "Neubau", "1.234.567,89 €"]];
        format!("{}\n{{breiten={widths}}}", rows.map(|cells| row(&cells)).join("\n"))
    };
    let project = Project::new();
    let found = rendered(
        &project,
        &[table("2,5cm,*,40mm"), table("20%,20%,*"), table("2cm,*,1cm"), table("140mm,80mm,*")],
    );
    let millimetres = |at: usize| {
        let x = ["Nr.", "Maßnahme", "Betrag"].map(|word| place(&found[at].1, word).1.x0 / 72.0 * 25.4);
        ((x[1] - x[0]).round(), (x[2] - x[1]).round())
    };
    assert_eq!((millimetres(0), &found[0].0[..]), ((25.0, 100.0), &[][..]));
    assert_eq!(millimetres(1), (33.0, 33.0));
    // No figure is broken, and no page is too narrow, whatever is given.
    assert_eq!(found[2].0, ["L006"]);
    assert_eq!(found[3].0, Vec::<String>::new());
    assert!(place(&found[3].1, "Neubau").0.size.0 > 800.0);
    for (_, pages) in &found {
        assert_eq!(pages.iter().flat_map(faults).collect::<Vec<_>>(), Vec::<String>::new());
    }
}

/// What a user typed once: addresses, account numbers and compounds in narrow columns, twelve amounts, 120 rows.
#[test]
fn long_words_wrap_in_their_cells() {
    let number = "1.234.567,89 €";
    let compound = "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung";
    let page =
        "https://www.beispielstadt.example/rathaus/aemter/gruen/formulare/antrag-auf-sondernutzung-2025.html";
    let mail = "planung.und.entwurf.verkehrsanlagen@tiefbauamt.beispielstadt.example";
    let narrow = [
        row(&["Amt", "Kontakt", "Aktenzeichen", "Verordnung", "Betrag"]),
        row(&["---"; 5]),
        row(&["Tiefbau", mail, "66.31/2025-0001-ABCDEF-0123456789", compound, number]),
        row(&["Grün", page, "67.10", compound, "12,00 €"]),
    ];
    let twelve = [row(&["7"; 12]), row(&["---:"; 12]), row(&[number; 12])];
    let rows = (1..=120).map(|at| row(&[&at.to_string(), &format!("Musterweg {at}"), "17,00 €"]));
    let many = [row(&["Nr.", "Straße", "Betrag"]), row(&["---"; 3])].into_iter().chain(rows);
    let project = Project::new();
    let found =
        rendered(&project, &[narrow.join("\n"), twelve.join("\n"), many.collect::<Vec<_>>().join("\n")]);
    for (codes, pages) in &found {
        assert_eq!(codes, &Vec::<String>::new());
        assert_eq!(pages.iter().flat_map(faults).collect::<Vec<_>>(), Vec::<String>::new());
    }
    let text = &found[0].1[0].drawn.text;
    assert!(text.contains(number) && text.contains("12,00 €") && text.contains("Verordnung"), "{text}");
    let twelve = &found[1].1;
    assert!(twelve[1].drawn.text.matches(number).count() == 12, "{}", twelve[1].drawn.text);
    let heads = found[2].1.iter().filter(|page| page.drawn.text.contains("Nr.")).count();
    assert!(heads >= 3, "{heads}");
}
