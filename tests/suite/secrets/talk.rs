//! What councils write: sentences that are somebody's secret, and sentences that anybody may read. All people, firms and
//! streets are made up.

use crate::dice::Dice;

const NAMES: [&str; 12] = [
    "Lütke Wentrup",
    "Große Ahlers",
    "Schulze Brüning",
    "Möllenhoff",
    "Ostendärp",
    "Weßling",
    "Füchtenkötter",
    "Brömmelhaus",
    "Hölscher-Ruhr",
    "Kößmeyer",
    "Dreßelhaus",
    "Übbing",
];
const FIRMS: [&str; 8] = [
    "Finkenflug Tiefbau GmbH",
    "Baugesellschaft Öhlmann & Söhne",
    "Häfner Dach",
    "Strauß und Fiege KG",
    "Affeld Grünpflege",
    "Schiffbau Flörke",
    "Muster Bau",
    "Effizient Haustechnik",
];
const STREETS: [&str; 6] =
    ["Kesselbruch", "Hafenstraße", "Am Dörfelbach", "Große Gasse", "Schäferweg", "Öltankerkai"];
const MONTHS: [&str; 6] = ["Januar", "März", "April", "Juli", "Oktober", "Dezember"];

/// A secret: what a record says, and what is read where it is printed.
#[derive(Debug, Clone)]
pub(super) struct Secret {
    pub raw: String,
    pub printed: String,
}

impl Secret {
    pub(super) fn plain(text: String) -> Self {
        Self { printed: text.clone(), raw: text }
    }
}

fn of<'a>(dice: &mut Dice, all: &[&'a str]) -> &'a str {
    all[dice.below(all.len() as u64) as usize]
}

/// Somebody with a number, so that nobody is named twice in a session.
pub(super) fn name(dice: &mut Dice) -> String {
    format!("{} {}", of(dice, &NAMES), ["Anna", "Jörg", "Käthe", "Björn"][dice.below(4) as usize])
}

pub(super) fn firm(dice: &mut Dice) -> String {
    of(dice, &FIRMS).to_owned()
}

/// A street with a number.
pub(super) fn place(dice: &mut Dice) -> String {
    format!("{} {}", of(dice, &STREETS), 2 + dice.below(900))
}

/// A sum that no two texts share.
pub(super) fn sum(dice: &mut Dice) -> String {
    let thousands = 1000 * (100 + dice.below(899)) + 100 + dice.below(899);
    let (head, tail) = (thousands / 1000, thousands % 1000);
    match dice.below(3) {
        0 => format!("{}.{head:03}.{tail:03}", 1 + dice.below(9)),
        1 => format!("{head}.{tail:03},{:02}", 1 + dice.below(99)),
        _ => format!("{head}.{tail:03}"),
    }
}

/// A sentence of one of the kinds that were missed once.
pub(super) fn secret_sentence(dice: &mut Dice) -> Secret {
    let (name, firm, place, sum) = (name(dice), firm(dice), place(dice), sum(dice));
    let (day, small, year) = (1 + dice.below(28), 2 + dice.below(9), 2026 + dice.below(9));
    let month = of(dice, &MONTHS);
    Secret::plain(match dice.below(16) {
        0 => format!("Der Kaufpreis beträgt {sum} Euro."),
        1 => format!("Die Firma {firm} bietet {sum} EUR und damit {small},5 Prozent weniger als {name}."),
        2 => format!("Notartermin für {place} ist der {day}. {month} {year}."),
        3 => format!("Der Vertrag mit {name} endet am {day:02}.{small:02}.{year} ohne weitere Kündigung."),
        4 => format!("Nach Nr. {small} Abs. 2 des Vertrags mit {name} haftet die Stadt z. B. für Altlasten."),
        5 => format!("Verkäufer: {name}, geb. {day}.{small}.19{}, {place}", 40 + dice.below(50)),
        6 => format!("Die Kündigung nach § {small} Abs. 1 Satz 2 BGB trifft {name} am {day}.{small}.{year}."),
        7 => format!("{name} hat sich um die Leitung des Amtes beworben und wurde abgelehnt."),
        8 => format!("IBAN DE{} 1203 0000 {} 2020 51", 10 + dice.below(89), 1000 + dice.below(8999)),
        9 => format!("Die offizielle Finanzierung schafft eine Grundpfandfläche in Höhe von {sum} Euro."),
        10 => format!("Die „{firm}“ verlangt – wie erwartet – {sum} € für {place}."),
        11 => format!("Der Eigentümer {name} verlangt für {place} mindestens eine Million Euro in bar."),
        12 => {
            format!("Das Höchstgebot für Los {small} liegt bei rd. {sum} Euro, d. h. unter dem Verkehrswert.")
        }
        13 => {
            let raw = format!("Die **{firm}** ist *deutlich günstiger* als {name} mit {sum} Euro.");
            return Secret { printed: raw.replace('*', ""), raw };
        }
        14 => {
            let raw = format!(r"Für Los {small} gilt {sum} Euro \< Verkehrswert und {name} geht leer aus\!");
            return Secret { printed: raw.replace('\\', ""), raw };
        }
        _ => {
            let raw =
                format!("Den Preis von {sum} Euro nennt [{name}](https://example.org/amt) im Gutachten.");
            let printed = raw.replace('[', "").replace("](https://example.org/amt)", "");
            return Secret { raw, printed };
        }
    })
}

/// A row of a table, cell by cell.
pub(super) fn secret_row(dice: &mut Dice) -> Vec<String> {
    vec![place(dice), firm(dice), format!("{} Euro", sum(dice))]
}

/// The subject of a proposal, or the title of an item.
pub(super) fn secret_subject(dice: &mut Dice) -> String {
    let (name, place) = (name(dice), place(dice));
    match dice.below(4) {
        0 => format!("Ankauf des Hofes {name} in {place}"),
        1 => format!("Kündigung des Mietvertrags mit {name} für {place}"),
        2 => format!("Vergleich mit {name} über Schäden in {place}"),
        _ => format!("Vergabe des Winterdienstes {place} an {}", firm(dice)),
    }
}

/// The title of an annex.
pub(super) fn secret_title(dice: &mut Dice) -> String {
    let place = place(dice);
    match dice.below(3) {
        0 => format!("Gutachten zum Verkehrswert {place}"),
        1 => format!("Preisspiegel der Angebote {place}"),
        _ => format!("Lebenslauf von {}, {place}", name(dice)),
    }
}

/// The name of a file, without its extension.
pub(super) fn secret_file_name(dice: &mut Dice) -> String {
    let (name, number) = (name(dice).to_lowercase().replace(' ', "-"), 100 + dice.below(899));
    format!("{}-{name}-{number}", of(dice, &["preisspiegel", "gutachten", "vertragsentwurf"]))
}

/// What stands in the papers of every second session, whoever may read them.
const COMMON: [&str; 15] = [
    "Der Rat beschließt die Vorlage.",
    "Der Rat nimmt den Bericht der Verwaltung zur Kenntnis.",
    "Der Ausschuss empfiehlt dem Rat, wie folgt zu beschließen:",
    "Die Verwaltung wird beauftragt, das Weitere zu veranlassen.",
    "Finanzielle Auswirkungen ergeben sich nicht.",
    "Mittel stehen im Haushalt 2025 zur Verfügung.",
    "Die Kosten betragen 10.000 Euro.",
    "Über die Vorlage entscheidet der Rat am 12.02.2025.",
    "Eine Pflicht besteht nicht; § 41 GO NRW lässt dem Rat die Wahl.",
    "Es handelt sich um eine überwiegend freiwillige Aufgabe.",
    "Querschnittsthemen werden nicht berührt.",
    "Die Maßnahme dient der Inklusion und dem Klimaschutz.",
    "Weitere Einzelheiten ergeben sich aus der Anlage.",
    "Die Vorlage wird ohne Aussprache einstimmig beschlossen.",
    "Ja Nein teilw. Produktgruppe Ergebnisplan Finanzplan Haushaltsplan",
];

/// A sentence that says nothing that would be a secret.
pub(super) fn common(dice: &mut Dice) -> &'static str {
    of(dice, &COMMON)
}

/// A sentence of a public paper.
pub(super) fn public_sentence(dice: &mut Dice) -> String {
    let small = 2 + dice.below(30);
    match dice.below(8) {
        0 => format!("Die Stadtbücherei erhält {small} neue Arbeitsplätze und einen barrierefreien Eingang."),
        1 => format!("Im Sommer {} wird der Spielplatz am Lerchenfeld erneuert.", 2026 + small),
        2 => format!("Der Radweg an der Promenade wird auf {small} Hundert Metern neu gepflastert."),
        3 => format!("Für die Schulen im Stadtbezirk West sind {small}.000 Euro vorgesehen."),
        4 => format!("Am {small}. März lädt die Verwaltung zu einer Versammlung der Anwohner ein."),
        5 => format!("Nach § {small} Abs. 2 der Hauptsatzung ist die Bezirksvertretung anzuhören."),
        6 => format!("Das Leitbild nennt {small} Ziele, z. B. mehr Grün in der Innenstadt."),
        _ => common(dice).to_owned(),
    }
}

/// A sentence of a public paper that names a proposal by its number.
pub(super) fn citation(dice: &mut Dice, number: &str) -> String {
    let other = number.replace('/', "-");
    match dice.below(5) {
        0 => format!("Näheres enthält die nichtöffentliche Vorlage {number}."),
        1 => format!("Siehe auch {number} im nichtöffentlichen Teil der Sitzung."),
        2 => format!("Die Vorlage {number} wird im Anschluss beraten."),
        3 => format!("Die Datei heißt {other}.pdf und liegt dem Rat vor."),
        _ => format!("(vgl. {number})"),
    }
}
