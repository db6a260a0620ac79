//! Secrets of all kinds in all spellings, and ordinary texts in which there are none.

mod files;
mod ordinary;
mod spellings;

use super::*;
use crate::pdf::text::TextLimits;

/// Makes secrets ready, with these labels and public numbers.
fn index_with(contents: Vec<SecretContent>, labels: &[&str], public: &[&str]) -> SecretIndex {
    let secrets = contents.into_iter().enumerate().map(|(origin, content)| Secret { content, origin });
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let common = CommonTexts { labels: owned(labels), public_numbers: owned(public) };
    SecretIndex::new(&Wanted { secrets: secrets.collect(), common })
}

fn index(contents: Vec<SecretContent>) -> SecretIndex {
    index_with(contents, &["Stadt Münster", "Rat"], &[])
}

fn prose(text: &str) -> SecretContent {
    SecretContent::Prose(vec![text.to_owned()])
}

fn title(text: &str) -> SecretContent {
    SecretContent::Title(text.to_owned())
}

fn number(text: &str) -> SecretContent {
    SecretContent::Number(text.to_owned())
}

fn row(cells: &[&str]) -> SecretContent {
    SecretContent::Row(cells.iter().map(|cell| (*cell).to_owned()).collect())
}

/// Gives the secrets that a text gives away, in order.
fn given_away(index: &SecretIndex, text: &str) -> Vec<usize> {
    let hits = in_text(index, text, TextRole::Text).into_iter();
    hits.filter(|hit| hit.weight == HitWeight::Secret).map(|hit| hit.secret).collect()
}

/// Gives the words that are shown of the only hit.
fn shown(index: &SecretIndex, text: &str) -> String {
    let hits = in_text(index, text, TextRole::Text);
    assert_eq!(hits.len(), 1, "{hits:?}");
    hits.into_iter().map(|hit| hit.shown).collect()
}

#[test]
fn half_a_sentence_is_enough() {
    let index = index(vec![prose(
        "Der Eigentümer des Hofes Lütke Wentrup verlangt für die Ackerflächen am Kanal mindestens eine Million in bar.",
    )]);
    let half = "… dass er für die Ackerflächen am Kanal mindestens eine Million in bar will";
    assert_eq!(given_away(&index, half), [0]);
    assert_eq!(shown(&index, half), "für die Ackerflächen am Kanal mindestens eine Million in bar");
    assert_eq!(given_away(&index, "für die Ackerflächen am Kanal"), [0; 0]);
    assert_eq!(given_away(&index, "mindestens eine Million in bar"), [0; 0]);
}

#[test]
fn an_amount_is_a_secret_with_its_words_and_a_mention_alone() {
    let index = index(vec![prose("Der Kaufpreis beträgt 471.000 Euro.")]);
    assert_eq!(given_away(&index, "für einen Kaufpreis von 471.000,00 EUR"), [0]);
    assert_eq!(given_away(&index, "0,471 Mio. € Kaufpreis"), [0]);
    let alone = in_text(&index, "Die Sanierung der Schule kostet 471.000 Euro.", TextRole::Text);
    assert_eq!((alone.len(), alone[0].weight), (1, HitWeight::Mention));
    assert_eq!(in_text(&index, "Der Kaufpreis beträgt 470.000 Euro.", TextRole::Text), []);
}

#[test]
fn numbers_of_accounts_are_secrets_by_themselves() {
    let index = index(vec![prose("Zahlbar auf das Konto IBAN DE02 1203 0000 0000 2020 51 bei der Bank.")]);
    assert_eq!(given_away(&index, "DE02120300000000202051"), [0]);
    assert_eq!(given_away(&index, "DE02 1203 0000 0000 2020 52"), [0; 0]);
}

#[test]
fn rows_are_found_in_lines_and_in_columns() {
    let index = index(vec![
        row(&["Lütke Wentrup", "Flur 12, Flurstück 7", "471.000 Euro"]),
        row(&["Kita Nordstern", "Kita Südstern"]),
        row(&["0203", "Immobilienmanagement"]),
    ]);
    for joined in ["\t", "; ", "   ", " | ", "\n"] {
        let line = ["Lütke Wentrup", "Flur 12, Flurstück 7", "471.000 Euro"].join(joined);
        assert_eq!(given_away(&index, &format!("Liste\n{line}\nEnde")), [0], "{joined}");
    }
    let columns =
        "Name\nMeyer\nLütke Wentrup\nLage\nFlur 3\nFlur 12, Flurstück 7\nPreis\n12.000 Euro\n471.000 Euro";
    assert_eq!(given_away(&index, columns), [0]);
    assert_eq!(given_away(&index, "Meyer 471.000 Euro"), [0; 0]);
    assert_eq!(given_away(&index, "Kita Nordstern und Kita Südstern, 0203 Immobilienmanagement"), [0; 0]);
}

#[test]
fn titles_and_names_of_files_count_where_something_is_called_so() {
    let index = index(vec![
        title("Hofankauf"),
        title("Mitteilungen der Verwaltung"),
        SecretContent::FileName("gutachten-wentrup.pdf".into()),
        SecretContent::FileName("anlage-1.pdf".into()),
        title("Ankauf des Hofes Lütke Wentrup in Handorf"),
    ]);
    let called = |name: &str| -> Vec<usize> {
        in_text(&index, name, TextRole::Name).into_iter().map(|hit| hit.secret).collect()
    };
    assert_eq!(called("12.1 Hofankauf"), [0]);
    assert_eq!(called("Hofankauf"), [0]);
    assert_eq!(called("Mitteilungen der Verwaltung"), [0; 0]);
    assert_eq!(called("1_Gutachten_Wentrup (2).PDF"), [2]);
    assert_eq!(called("anlage-1.pdf"), [0; 0]);
    assert_eq!(called("ankauf-des-hofes-luetke-wentrup-in-handorf.pdf"), [4]);
    assert_eq!(given_away(&index, "Die Stadt prüft einen Hofankauf."), [0; 0]);
    assert_eq!(given_away(&index, "siehe gutachten-wentrup.pdf, Seite 3"), [2]);
    assert_eq!(given_away(&index, "zum Ankauf des Hofes Lütke Wentrup in Handorf"), [4]);
}

#[test]
fn titles_that_begin_alike_are_told_apart() {
    let index = index(vec![title("Verkauf am Stadthafen, Los 1"), title("Verkauf am Stadthafen, Los 12")]);
    assert_eq!(given_away(&index, "Verkauf am Stadthafen, Los 12"), [1]);
    assert_eq!(given_away(&index, "Verkauf am Stadthafen, Los 1: Verkauf"), [0]);
}

#[test]
fn what_everybody_knows_is_no_secret() {
    let label = "Unmittelbare, grundsätzliche Relevanz für die Belange von Kindern und Jugendlichen";
    let contents = || vec![prose(label), number("V/0002/2025"), number("V/0003/2025")];
    let plain = index(contents());
    let common = index_with(contents(), &[label], &["V-2-2025"]);
    let text = format!("{label}: V/0002/2025, V/0003/2025");
    let hits = |index: &SecretIndex| in_text(index, &text, TextRole::Text).len();
    assert_eq!((hits(&plain), hits(&common)), (3, 1));
}

#[test]
fn nothing_is_looked_for_if_there_is_no_secret() {
    assert!(index(vec![]).is_empty());
    assert!(index(vec![title("Anlage"), prose("Ja."), row(&["Ja", "Nein"])]).is_empty());
    assert!(!index(vec![number("V/0002/2025")]).is_empty());
}

#[test]
fn what_is_wanted_goes_to_another_process_and_what_is_found_comes_back() {
    let wanted = Wanted {
        secrets: vec![Secret { content: number("V/0002/2025"), origin: 7 }],
        common: CommonTexts::default(),
    };
    let mut bytes = Vec::new();
    ciborium::into_writer(&wanted, &mut bytes).unwrap();
    let there: Wanted = ciborium::from_reader(&bytes[..]).unwrap();
    assert_eq!(there, wanted);
    let found = search(b"siehe V/0002/2025", &SecretIndex::new(&there), &TextLimits::default());
    bytes.clear();
    ciborium::into_writer(&found, &mut bytes).unwrap();
    let back: SearchResult = ciborium::from_reader(&bytes[..]).unwrap();
    assert_eq!((back.hits.len(), &back), (1, &found));
}
