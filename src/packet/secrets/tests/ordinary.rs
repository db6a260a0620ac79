//! Ordinary texts of a council, public and not, that have nothing in common but what everybody says.

use super::*;

/// A source of numbers that is the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

const BODIES: &[&str] = &[
    "Ausschuss für Umwelt, Klimaschutz und Bauwesen",
    "Hauptausschuss",
    "Bezirksvertretung Münster-Mitte",
    "Ausschuss für Schule und Weiterbildung",
];
/// Sentences that stand in papers of all kinds.
const USUAL: &[&str] = &[
    "Die Verwaltung wird beauftragt, die weiteren Schritte einzuleiten und dem {body} über das Ergebnis zu berichten.",
    "Der {body} hat in seiner Sitzung am {day} einstimmig empfohlen, der Vorlage zuzustimmen.",
    "Finanzielle Auswirkungen für den Haushalt der Stadt Münster ergeben sich durch diese Vorlage nicht.",
    "Die erforderlichen Mittel stehen im Haushaltsplan {year} zur Verfügung.",
    "Die Maßnahme ist nach § 41 Abs. 1 Satz 2 der Gemeindeordnung für das Land Nordrhein-Westfalen in der Fassung der Bekanntmachung vom 14. Juli 1994 (GV. NRW. S. 666) nicht verpflichtend.",
    "Nach dem Gesetz über die Umweltverträglichkeitsprüfung in der Fassung der Bekanntmachung vom 18. März 2021 ist keine Prüfung erforderlich.",
    "Keine der genannten Querschnittsaufgaben wird hier berührt.",
    "Der Rat nimmt den Bericht der Verwaltung zur Kenntnis.",
    "Auf die Vorlage {other} wird verwiesen.",
    "Die Beratungsfolge ergibt sich aus der Vorlage.",
    "Ziel der Maßnahme ist die Erfüllung der gesetzlichen Aufgaben.",
];
const PLACES: [&[&str]; 2] = [
    &["Stadtbücherei", "Grundschule Nord", "Feuerwache Süd", "Promenade", "Hafenbrücke"],
    &["Gärtnerei Holthaus", "Hof Wentrup", "Lagerhalle am Kesselbruch", "Villa Rosenhain"],
];
/// What only one of both says: first what is public.
const SUBJECTS: [&[&str]; 2] = [
    &[
        "Die Sanierung der {place} kostet voraussichtlich {amount} Euro und beginnt am {day}.",
        "Für den Neubau der {place} werden Fördermittel in Höhe von {amount} EUR beantragt.",
        "Die {place} ist seit {year} in einem schlechten baulichen Zustand.",
    ],
    &[
        "Der Erwerber der {place} bietet einen Kaufpreis von {amount} Euro, zahlbar bis zum {day}.",
        "Das Verkehrswertgutachten zur {place} kommt auf {amount} EUR.",
        "Mit dem Insolvenzverwalter wurde für die {place} Stillschweigen vereinbart.",
    ],
];

fn filled(template: &str, dice: &mut Dice, secret: usize) -> String {
    let months = ["Januar", "Februar", "März", "Mai", "Juli", "Oktober"];
    let amount = format!("{}.{:03}", dice.below(900) + 100, dice.below(1000));
    template
        .replace("{body}", dice.of(BODIES))
        .replace("{day}", &format!("{}. {} {}", dice.below(28) + 1, dice.of(&months), 2024 + dice.below(3)))
        .replace("{year}", &(2024 + dice.below(3)).to_string())
        .replace("{other}", &format!("V/{:04}/2025", dice.below(40)))
        .replace("{place}", dice.of(PLACES[secret]))
        .replace("{amount}", &amount)
}

fn paper(dice: &mut Dice, secret: usize) -> Vec<String> {
    let mut blocks = Vec::new();
    for _ in 0..3 + dice.below(4) {
        let mut sentences = Vec::new();
        for _ in 0..1 + dice.below(4) {
            let usual = dice.below(3) > 0;
            let template = if usual { dice.of(USUAL) } else { dice.of(SUBJECTS[secret]) };
            sentences.push(filled(template, dice, secret));
        }
        blocks.push(sentences.join(" "));
    }
    blocks
}

#[test]
fn ordinary_texts_have_nothing_in_common_but_numbers_and_amounts() {
    let mut dice = Dice(13);
    let labels = BODIES.iter().copied().chain(["Stadt Münster", "Rat"]).collect::<Vec<_>>();
    let mut mentions = 0;
    for session in 0..300 {
        let mut contents: Vec<SecretContent> =
            (0..4).map(|_| SecretContent::Prose(paper(&mut dice, 1))).collect();
        contents.extend((0..10).map(|paper| number(&format!("V/{paper:04}/2025"))));
        contents.push(title("Grundstücksangelegenheiten"));
        contents.push(title("Bericht der Verwaltung"));
        contents.push(SecretContent::FileName("anlage-a.pdf".into()));
        contents.push(row(&["0111", "Immobilienmanagement"]));
        contents.push(row(&["Ja", "Nein", "teilw."]));
        let index = index_with(contents, &labels, &["V/0003/2025"]);
        for _ in 0..4 {
            let text = paper(&mut dice, 0).join("\n");
            for hit in in_text(&index, &text, TextRole::Text) {
                assert_eq!(hit.weight, HitWeight::Mention, "session {session}: {hit:?}");
                mentions += 1;
            }
        }
        for name in ["Bericht der Verwaltung", "anlage-a.pdf", "TOP 3 Grundstücksangelegenheiten", "Lageplan"]
        {
            assert_eq!(in_text(&index, name, TextRole::Name), [], "{name}");
        }
    }
    assert!(mentions > 50, "{mentions}");
}

#[test]
fn what_is_secret_in_the_same_papers_is_found() {
    let mut dice = Dice(26);
    for _ in 0..100 {
        let secret = filled(dice.of(SUBJECTS[1]), &mut dice, 1);
        let index = index(vec![prose(&secret)]);
        let mut text = paper(&mut dice, 0);
        text.insert(1, secret.clone());
        assert_eq!(given_away(&index, &text.join(" ")), [0], "{secret}");
    }
}

#[test]
fn a_round_sum_is_a_secret_beside_the_words_of_its_own_sentence_only() {
    let index = index(vec![prose(
        "Die Erbin Lütke Wentrup klagt vor dem Landgericht. Die Kosten betragen 10.000 Euro. Die Abfindung: 20.000 Euro.",
    )]);
    assert_eq!(given_away(&index, "Das Landgericht spricht Recht. Die Kosten betragen 10.000 Euro."), [0; 0]);
    assert_eq!(given_away(&index, "eine Abfindung von 20.000 EUR"), [0]);
}
