//! A session and the proposals on its agenda: whether they fit together.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use super::characters;
use super::files::named_files;
use crate::day::Day;
use crate::diagnostics::{self, Code, Diagnostic, codes, shown};
use crate::record::numbers::Number;
use crate::record::proposal::{Proposal, Role};
use crate::record::publicity;
use crate::record::session::{AgendaItem, ItemPaper, ItemStatus, NamedRecord, Session};
use crate::toml_tree::quoted;

/// So many days before the session the invitation goes out, if the project does not say otherwise: GO NRW, § 47, leaves
/// it to the council's own rules, and ten days is what most of them say.
const DEFAULT_NOTICE_DAYS: u16 = 10;

/// What an item names: the proposals, each if it can be read.
type Proposals<'a> = [Option<&'a Proposal>];

/// All findings about a session; for each item of the agenda the proposals that it names, each if it can be read.
pub fn check(session: &Session, proposals: &[Vec<Option<&Proposal>>]) -> Vec<Diagnostic> {
    let items = || session.items.iter().zip(proposals.iter().map(Vec::as_slice));
    let mut findings = Vec::new();
    findings.extend(characters::of_session(session));
    findings.extend(notice_period(session));
    findings.extend(public_part_first(session, items()));
    findings.extend(numbers_in_titles(session));
    findings.extend(proposals_twice(session, items()));
    findings.extend(files_twice(session, items()));
    for (item, proposals) in items() {
        findings.extend(titles(session, item, proposals));
        findings.extend(publicity(session, item, proposals));
        findings.extend(dropped(session, item));
        for (named, proposal) in item.records.iter().zip(proposals) {
            let Some(proposal) = proposal else { continue };
            findings.extend(consultation(session, named, proposal));
            findings.extend(decision_without_paper(session, named, proposal));
        }
        findings.extend(item.papers.iter().filter_map(|paper| after_notice(session, paper)));
    }
    session.project.apply_levels(&mut findings);
    diagnostics::sort(&mut findings);
    findings
}

/// How many days before the session the invitation has to go out.
pub fn least_notice(session: &Session) -> i64 {
    session.project.settings.notice_days.unwrap_or(DEFAULT_NOTICE_DAYS).into()
}

fn notice_period(session: &Session) -> Option<Diagnostic> {
    let (sent, span) = session.notice.as_ref()?;
    let days = sent.days_until(session.date?);
    let least = least_notice(session);
    if days >= least {
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
    items: impl Iterator<Item = (&'a AgendaItem, &'a Proposals<'a>)>,
) -> Vec<Diagnostic> {
    let items: Vec<(&AgendaItem, bool)> = items
        .filter(|(item, _)| !item.is_heading())
        .map(|(item, proposals)| (item, publicity::item(item, proposals.iter().copied()).is_public()))
        .collect();
    let last_public = items.iter().rposition(|(_, public)| *public).unwrap_or(0);
    let early = items[..last_public].iter().filter(|(_, public)| !public);
    early
        .map(|(item, _)| {
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
    items: impl Iterator<Item = (&'a AgendaItem, &'a Proposals<'a>)>,
) -> Vec<Diagnostic> {
    let mut first: BTreeMap<Number, &AgendaItem> = BTreeMap::new();
    let mut findings = Vec::new();
    for (item, proposals) in items {
        for (named, proposal) in item.records.iter().zip(proposals) {
            let Some(proposal_number) = proposal.and_then(|proposal| proposal.number) else { continue };
            match first.get(&proposal_number) {
                None => {
                    first.insert(proposal_number, item);
                }
                Some(other) => {
                    let message = format!("{proposal_number} steht schon auf dem Punkt{}.", number(other));
                    findings.push(at(session, &codes::PROPOSAL_TWICE, &named.span, message).hint(
                        "Einen der beiden Punkte streichen; die Mappe enthält die Papiere sonst zweimal.",
                    ));
                }
            }
        }
    }
    findings
}

/// A file that is a paper without a record twice, or beside that a paper of a proposal.
fn files_twice<'a>(
    session: &Session,
    items: impl Iterator<Item = (&'a AgendaItem, &'a Proposals<'a>)> + Clone,
) -> Vec<Diagnostic> {
    let mut known: BTreeMap<&Path, String> = BTreeMap::new();
    for (item, proposals) in items.clone() {
        for proposal in proposals.iter().copied().flatten() {
            let name =
                proposal.number.map_or_else(|| proposal.source.name.clone(), |number| number.to_string());
            for file in named_files(proposal) {
                known
                    .entry(file.path)
                    .or_insert_with(|| format!("{} zu {name} (TOP{})", file.label, number(item)));
            }
        }
    }
    let mut findings = Vec::new();
    for (item, _) in items {
        for paper in &item.papers {
            let Some(file) = paper.file.as_deref() else { continue };
            let name = format!("{} (TOP{})", paper.label(), number(item));
            if let Some(other) = known.get(file) {
                let message = format!("{name} ist dieselbe Datei wie {other}.");
                findings.push(at(session, &codes::FILE_TWICE, &paper.span, message).hint(
                    "Die richtige Datei angeben oder den Block löschen; die Mappe enthält sie sonst zweimal.",
                ));
            } else {
                known.insert(file, name);
            }
        }
    }
    findings
}

/// A notice is read on a wall and in a newspaper.
const MAX_TITLE: usize = 300;

/// What is wrong with the title of an item, or with its neutral words.
fn titles(session: &Session, item: &AgendaItem, proposals: &Proposals<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let first = proposals.first().copied().flatten();
    if item.title.is_none() && item.records.len() > 1 {
        let message =
            "Der Punkt hat mehrere Vorlagen und keinen eigenen Titel; gedruckt wird der Betreff der ersten.";
        findings.push(
            at(session, &codes::NO_TITLE_OF_ITS_OWN, &item.record_span, message.to_owned())
                .hint("Ist das nicht gemeint: titel = \"…\" angeben."),
        );
    }
    let length = item.title(first).chars().count();
    if length > MAX_TITLE {
        let message = format!("Der Titel hat {length} Zeichen; in einer Bekanntmachung liest das niemand.");
        findings.push(
            at(session, &codes::LONG_TITLE, &item.title_span, message)
                .hint(format!("Kürzer fassen, höchstens {MAX_TITLE} Zeichen: titel = \"…\"")),
        );
    }
    findings.extend(neutral_title(session, item, proposals));
    findings
}

/// Neutral words that say what they are there to keep back, or that nobody will read.
fn neutral_title(session: &Session, item: &AgendaItem, proposals: &Proposals<'_>) -> Option<Diagnostic> {
    let neutral = item.neutral_title.as_deref()?;
    let found = |message: String, hint: &str| {
        Some(at(session, &codes::NEUTRAL_TITLE, &item.title_span, message).hint(hint))
    };
    if publicity::item(item, proposals.iter().copied()).is_public() {
        return found(
            "Der Punkt ist öffentlich, sein neutraler Titel wird nirgends gedruckt.".to_owned(),
            "titel_oeffentlich löschen, oder den Punkt nichtöffentlich machen: oeffentlich = false",
        );
    }
    let known = proposals.iter().copied().flatten().flat_map(|proposal| {
        [Some(proposal.subject.clone()), proposal.number.map(|number| number.to_string())]
    });
    let own = item.title.clone().filter(|own| own != neutral);
    let says =
        |secret: &String| !secret.is_empty() && neutral.to_lowercase().contains(&secret.to_lowercase());
    let secret = known.flatten().chain(own).find(says)?;
    found(
        format!("Der neutrale Titel sagt „{}“, was er verschweigen soll.", shown(&secret)),
        "Nur sagen, worum es im Allgemeinen geht: titel_oeffentlich = \"Grundstücksangelegenheit\"",
    )
}

/// Papers of an item that will not be dealt with.
fn dropped(session: &Session, item: &AgendaItem) -> Option<Diagnostic> {
    let status = item.status?;
    let is_gone = matches!(status, ItemStatus::Dropped | ItemStatus::Withdrawn);
    let has_papers = !item.papers.is_empty() || !item.records.is_empty();
    (is_gone && has_papers).then(|| {
        let message = format!(
            "Der Punkt{} ist {}; seine Unterlagen bleiben in der Mappe.",
            number(item),
            status.word()
        );
        finding(session, &codes::PAPERS_OF_DROPPED_ITEM, item, message)
            .hint("Sollen sie nicht verteilt werden, vorlage und [[top.unterlage]] an diesem Punkt löschen.")
    })
}

/// A paper that is younger than the invitation.
fn after_notice(session: &Session, paper: &ItemPaper) -> Option<Diagnostic> {
    let (sent, _) = session.notice.as_ref()?;
    let date = paper.date.filter(|date| sent.days_until(*date) > 0)?;
    let message =
        format!("{} ist vom {}, nach der Ladung am {}.", paper.label(), date.in_numbers(), sent.in_numbers());
    Some(
        at(session, &codes::PAPER_AFTER_NOTICE, &paper.span, message)
            .hint("Als Nachtrag oder Tischvorlage ankündigen; wer schon geladen ist, hat sie nicht."),
    )
}

fn publicity(session: &Session, item: &AgendaItem, proposals: &Proposals<'_>) -> Option<Diagnostic> {
    let said: Vec<bool> = proposals.iter().filter_map(|proposal| (*proposal)?.public).collect();
    let (public, secret) = (said.contains(&true), said.contains(&false));
    let (code, message, hint) = match (item.public, public, secret) {
        (Some(true), _, true) => (
            &codes::PUBLIC_ITEM_OF_NON_PUBLIC,
            "Der Punkt ist öffentlich, seine Vorlage nicht.",
            "Den Punkt in den nichtöffentlichen Teil nehmen; die öffentliche Mappe enthält ihn so oder so nicht.",
        ),
        (Some(false), true, _) => (
            &codes::NON_PUBLIC_ITEM_OF_PUBLIC,
            "Der Punkt ist nichtöffentlich, seine Vorlage öffentlich.",
            "Ist das gewollt, bleibt es dabei: Die öffentliche Mappe enthält den Punkt nicht.",
        ),
        (None, true, true) => (
            &codes::MIXED_PROPOSALS,
            "Von den Vorlagen dieses Punktes ist eine öffentlich und eine nicht.",
            "Zwei Punkte daraus machen, oder den ganzen Punkt nichtöffentlich: oeffentlich = false",
        ),
        _ => return None,
    };
    Some(at(session, code, &item.record_span, message.to_owned()).hint(hint))
}

/// A proposal that is to be decided on in this session, and of which there is nothing to read.
fn decision_without_paper(session: &Session, named: &NamedRecord, proposal: &Proposal) -> Option<Diagnostic> {
    let step = &proposal.consultation[session.step_of(proposal)?];
    let is_bare = proposal.file.is_none() && proposal.annexes.is_empty();
    (is_bare && step.role.as_ref().is_some_and(Role::decides)).then(|| {
        let message = "Über die Vorlage soll entschieden werden, und sie hat keine Unterlage.".to_owned();
        at(session, &codes::DECISION_WITHOUT_PAPER, &named.span, message)
            .hint("In der Vorlagendatei die Vorlage angeben: datei = \"….pdf\", oder eine Anlage.")
    })
}

fn consultation(session: &Session, named: &NamedRecord, proposal: &Proposal) -> Option<Diagnostic> {
    if proposal.consultation.is_empty() {
        return None;
    }
    let of_committee: Vec<Day> = proposal
        .consultation
        .iter()
        .filter(|step| session.is_of(step.committee.as_deref()))
        .filter_map(|step| step.date)
        .collect();
    let name = proposal.number.map_or_else(|| "der Vorlage".to_owned(), |number| number.to_string());
    let committees: Vec<String> = session.committees.iter().map(|name| format!("„{name}“")).collect();
    let committees = committees.join(" oder ");
    if of_committee.is_empty() {
        let message = format!("In der Beratungsfolge von {name} kommt {committees} nicht vor.");
        return Some(
            at(session, &codes::COMMITTEE_NOT_CONSULTED, &named.span, message)
                .hint("Die Beratungsfolge der Vorlage ergänzen, oder den Namen des Gremiums angleichen."),
        );
    }
    let day = session.date?;
    if of_committee.contains(&day) {
        return None;
    }
    let days: Vec<String> = of_committee.iter().map(|day| day.in_numbers()).collect();
    let message = format!(
        "Nach der Beratungsfolge von {name} berät {committees} am {}, nicht am {}.",
        days.join(" und am "),
        day.in_numbers()
    );
    Some(
        at(session, &codes::CONSULTED_ON_ANOTHER_DAY, &named.span, message)
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

fn at(session: &Session, code: &Code, span: &Range<usize>, message: String) -> Diagnostic {
    Diagnostic::new(code, &session.source, span.clone(), message)
}
