//! A session and the proposals on its agenda: whether they fit together.

use std::collections::BTreeMap;

use crate::day::Day;
use crate::diagnostics::{self, Code, Diagnostic, codes};
use crate::record::numbers::Number;
use crate::record::proposal::Proposal;
use crate::record::publicity;
use crate::record::session::{AgendaItem, Session};
use crate::toml_tree::quoted;

/// So many days before the session the invitation goes out, if the project does not say otherwise: GO NRW, § 47, leaves
/// it to the council's own rules, and ten days is what most of them say.
const DEFAULT_NOTICE_DAYS: u16 = 10;

/// All findings about a session; for each item of the agenda its proposal, if it has one.
pub fn check(session: &Session, proposals: &[Option<&Proposal>]) -> Vec<Diagnostic> {
    let items = || session.items.iter().zip(proposals.iter().copied());
    let mut findings = Vec::new();
    findings.extend(notice_period(session));
    findings.extend(public_part_first(session, items()));
    findings.extend(numbers_in_titles(session));
    findings.extend(proposals_twice(session, items()));
    for (item, proposal) in items() {
        if let Some(proposal) = proposal {
            findings.extend(publicity(session, item, proposal));
            findings.extend(consultation(session, item, proposal));
        }
    }
    session.project.apply_levels(&mut findings);
    diagnostics::sort(&mut findings);
    findings
}

fn notice_period(session: &Session) -> Option<Diagnostic> {
    let (sent, span) = session.notice.as_ref()?;
    let days = sent.days_until(session.date?);
    let least = session.project.settings.notice_days.unwrap_or(DEFAULT_NOTICE_DAYS);
    if days >= i64::from(least) {
        return None;
    }
    let message = match days {
        ..=0 => format!("Die Ladung am {} kommt nicht vor der Sitzung.", sent.in_numbers()),
        1 => format!("Zwischen Ladung und Sitzung liegt nur ein Tag statt {least} Tagen."),
        _ => format!("Zwischen Ladung und Sitzung liegen nur {days} statt {least} Tage."),
    };
    let finding = Diagnostic::new(&codes::NOTICE_PERIOD, &session.source, span.clone(), message);
    Some(finding.hint("Früher laden, oder die Ladungsfrist in anlage.toml angeben: ladungsfrist = 7"))
}

fn public_part_first<'a>(
    session: &Session,
    items: impl Iterator<Item = (&'a AgendaItem, Option<&'a Proposal>)> + Clone,
) -> Vec<Diagnostic> {
    let public: Vec<bool> =
        items.clone().map(|(item, proposal)| publicity::item(item, proposal).is_public()).collect();
    let last_public = public.iter().rposition(|public| *public).unwrap_or(0);
    let early = items.take(last_public).zip(&public).filter(|(_, public)| !**public);
    early
        .map(|((item, _), _)| {
            let number = number(item);
            let message = format!("Der nichtöffentliche Punkt{number} steht vor öffentlichen.");
            finding(session, &codes::NON_PUBLIC_BEFORE_PUBLIC, item, message)
                .hint("Den nichtöffentlichen Teil ans Ende der Tagesordnung stellen.")
        })
        .collect()
}

/// The agenda prints the number before the title anyway.
fn numbers_in_titles(session: &Session) -> Vec<Diagnostic> {
    let found = |item: &AgendaItem| {
        let (number, title) = (item.number.as_ref()?.to_string(), item.title.as_deref()?);
        let marked = ["TOP", "Top", "Punkt"].into_iter().find_map(|word| title.strip_prefix(word));
        let rest = marked.unwrap_or(title).trim_start().strip_prefix(&number)?;
        let rest = rest.trim_start_matches(['.', ')', ':']);
        // In „4.2 Poller“ of item 4 the number is another one, „4-Tage-Woche“ is a word.
        let rest = rest.strip_prefix(char::is_whitespace)?.trim_start_matches(['–', '-', ':', ' ']);
        let message =
            format!("Der Titel beginnt mit der Nummer {number}; die Tagesordnung setzt sie selbst davor.");
        Some(
            Diagnostic::new(&codes::NUMBER_IN_TITLE, &session.source, item.title_span.clone(), message)
                .hint(format!("Ohne die Nummer schreiben: titel = {}", quoted(rest))),
        )
    };
    session.items.iter().filter_map(found).collect()
}

fn proposals_twice<'a>(
    session: &Session,
    items: impl Iterator<Item = (&'a AgendaItem, Option<&'a Proposal>)>,
) -> Vec<Diagnostic> {
    let mut first: BTreeMap<Number, &AgendaItem> = BTreeMap::new();
    let mut findings = Vec::new();
    for (item, proposal) in items {
        let Some(proposal_number) = proposal.and_then(|proposal| proposal.number) else { continue };
        match first.get(&proposal_number) {
            None => {
                first.insert(proposal_number, item);
            }
            Some(other) => {
                let message = format!("{proposal_number} steht schon auf dem Punkt{}.", number(other));
                findings.push(
                    at_record(session, &codes::PROPOSAL_TWICE, item, message).hint(
                        "Einen der beiden Punkte streichen; die Mappe enthält die Papiere sonst zweimal.",
                    ),
                );
            }
        }
    }
    findings
}

fn publicity(session: &Session, item: &AgendaItem, proposal: &Proposal) -> Option<Diagnostic> {
    let of_proposal = proposal.public?;
    let (code, message, hint) = match (item.public?, of_proposal) {
        (true, false) => (
            &codes::PUBLIC_ITEM_OF_NON_PUBLIC,
            "Der Punkt ist öffentlich, seine Vorlage nicht.",
            "Den Punkt in den nichtöffentlichen Teil nehmen; die öffentliche Mappe enthält ihn so oder so nicht.",
        ),
        (false, true) => (
            &codes::NON_PUBLIC_ITEM_OF_PUBLIC,
            "Der Punkt ist nichtöffentlich, seine Vorlage öffentlich.",
            "Ist das gewollt, bleibt es dabei: Die öffentliche Mappe enthält den Punkt nicht.",
        ),
        _ => return None,
    };
    Some(at_record(session, code, item, message.to_owned()).hint(hint))
}

fn consultation(session: &Session, item: &AgendaItem, proposal: &Proposal) -> Option<Diagnostic> {
    if proposal.consultation.is_empty() {
        return None;
    }
    let of_committee: Vec<Day> = proposal
        .consultation
        .iter()
        .filter(|step| step.committee.as_ref() == Some(&session.committee))
        .filter_map(|step| step.date)
        .collect();
    let name = proposal.number.map_or_else(|| "der Vorlage".to_owned(), |number| number.to_string());
    if of_committee.is_empty() {
        let message = format!("In der Beratungsfolge von {name} kommt „{}“ nicht vor.", session.committee);
        return Some(
            at_record(session, &codes::COMMITTEE_NOT_CONSULTED, item, message)
                .hint("Die Beratungsfolge der Vorlage ergänzen, oder den Namen des Gremiums angleichen."),
        );
    }
    let day = session.date?;
    if of_committee.contains(&day) {
        return None;
    }
    let days: Vec<String> = of_committee.iter().map(|day| day.in_numbers()).collect();
    let message = format!(
        "Nach der Beratungsfolge von {name} berät „{}“ am {}, nicht am {}.",
        session.committee,
        days.join(" und am "),
        day.in_numbers()
    );
    Some(
        at_record(session, &codes::CONSULTED_ON_ANOTHER_DAY, item, message)
            .hint("Das Datum in der Beratungsfolge der Vorlage berichtigen, oder das der Sitzung."),
    )
}

/// The number of an item for a sentence, after a space; nothing if it has none.
fn number(item: &AgendaItem) -> String {
    item.number.as_ref().map(|number| format!(" {number}")).unwrap_or_default()
}

fn finding(session: &Session, code: &Code, item: &AgendaItem, message: String) -> Diagnostic {
    Diagnostic::new(code, &session.source, item.number_span.clone(), message)
}

fn at_record(session: &Session, code: &Code, item: &AgendaItem, message: String) -> Diagnostic {
    Diagnostic::new(code, &session.source, item.record_span.clone(), message)
}
