//! What is no secret though a paper that is not public says it, and what stays out though nothing says that it is one.

use super::cases::session;
use super::letters::in_win_ansi;
use super::reader::everything;
use super::{Outcome, public_packet};
use crate::dice::Dice;
use crate::program::Project;

fn with_public_text(text: &str) -> Project {
    session(&in_win_ansi(text, &mut Dice(1)).bytes(), "Die Erben verlangen eine Million Euro für ihren Hof.")
}

fn append(project: &Project, name: &str, text: &str) {
    let old = String::from_utf8(project.read(name)).unwrap();
    project.write(name, old + text);
}

#[test]
fn what_many_items_are_called_is_no_secret_in_a_text() {
    let project = with_public_text("Mitteilungen der Verwaltung gibt es jede Woche, Verschiedenes auch.");
    for (title, number) in ["Mitteilungen der Verwaltung", "Verschiedenes"].iter().zip(3..) {
        let item = format!("[[top]]\nnummer = '{number}'\ntitel = '{title}'\noeffentlich = false\n");
        append(&project, "sitzung.toml", &item);
    }
    let outcome = Outcome::of(&project);
    assert_eq!(outcome.code, 0, "{}", outcome.said());
}

#[test]
fn what_a_wrong_or_missing_record_might_keep_back_is_kept_back() {
    let project = with_public_text("Der Plan der Stadt");
    project.write("geheim.pdf", in_win_ansi("Vertrauliche Kalkulation", &mut Dice(2)).bytes());
    let annex =
        "oeffentlich = true\n[anlage.2]\ntitel = 'Kalkulation'\ndatei = 'geheim.pdf'\noeffentlich = 'nein'\n";
    append(&project, "1.toml", annex);
    let title = "Kündigung des Amtsleiters zum Jahresende";
    let item = format!("[[top]]\nnummer = '3'\ntitel = '{title}'\nvorlage = 'fehlt.toml'\n");
    append(&project, "sitzung.toml", &item);
    let run = project.run(&["packet", "sitzung.toml", "--allow-gaps"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let said = everything(&public_packet(&project).unwrap());
    assert!(said.contains("planderstadt"), "what is said to be public is there");
    assert!(!said.contains("kalkulation") && !said.contains("amtsleiters"), "{said}");
}

#[test]
fn a_public_proposal_may_be_called_by_its_number_wherever_else_it_is_on_the_agenda() {
    let project = with_public_text("Siehe V/0001/2025 und V/0002/2025/1");
    let again = "[[top]]\nnummer = '3'\nvorlage = '1.toml'\noeffentlich = false\n";
    append(&project, "sitzung.toml", again);
    let outcome = Outcome::of(&project);
    let said: String = outcome.findings.iter().map(|finding| finding["message"].to_string()).collect();
    assert!(!said.contains("„V/0001/2025“") && !said.contains("„V/0002/2025“"), "{said}");
}
