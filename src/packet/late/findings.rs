//! What is to be said about a version that comes after others.

use std::collections::BTreeSet;

use super::changes::pairs;
use super::dispatch::{Dispatch, DispatchedItem};
use super::filing::{name_in, paper_keys, withdrawn_from_public};
use super::issue::{Issue, IssuedPage};
use super::standing::items;
use crate::check::session::least_notice;
use crate::day::Day;
use crate::diagnostics::{Code, Diagnostic, codes};
use crate::packet::business::BusinessItem;
use crate::packet::papers::Paper;
use crate::packet::volume::Volume;
use crate::record::proposal::Role;
use crate::record::session::Session;

/// Finds what is to be said about the version that comes after those that were sent, of all papers; on the day on which it is sent, if it is.
pub fn findings(
    complete: &Volume<'_>,
    sent: &[Dispatch],
    issue: &Issue,
    date: Option<Day>,
) -> Vec<Diagnostic> {
    let Some(last) = sent.last() else { return Vec::new() };
    let session = complete.business.session;
    let papers: Vec<&Paper<'_>> = complete.papers.iter().map(|one| one.paper).collect();
    let mut findings: Vec<Diagnostic> = withdrawn_from_public(&papers, last)
        .into_iter()
        .map(|paper| withdrawn(session, paper, last))
        .collect();
    if issue.version == last.version {
        return findings;
    }
    findings.extend(date.and_then(|date| too_early(session, last, date)));
    // A paper that becomes public, or ceases to be, is no new one.
    let known: BTreeSet<String> = last.papers.iter().map(|paper| name_in(&paper.key)).collect();
    let keys = paper_keys(&papers);
    let late: Vec<&Paper<'_>> = papers
        .iter()
        .zip(&keys)
        .filter(|(_, key)| !known.contains(&name_in(key)))
        .map(|(paper, _)| *paper)
        .collect();
    let items = items(complete.business);
    let on_agenda = complete.business.items.iter().filter(|item| !item.item.is_heading());
    let known: Vec<_> = pairs(&last.items, &items).into_iter().map(|(old, _)| old).zip(on_agenda).collect();
    findings.extend(without_reason(session, &known, last, &late));
    findings.extend(late.iter().filter_map(|paper| tabled(session, paper, date)));
    findings.extend(titles(session, &known, date));
    let again = |paper: &&Paper<'_>| exchanged_again(session, paper, sent, issue.pages(&paper.slug));
    findings.extend(papers.iter().filter_map(again));
    session.project.apply_levels(&mut findings);
    findings
}

fn of_item(session: &Session, code: &Code, item: &BusinessItem<'_>, message: String) -> Diagnostic {
    Diagnostic::new(code, &session.source, item.item.title_span.clone(), message)
}

fn withdrawn(session: &Session, paper: &Paper<'_>, last: &Dispatch) -> Diagnostic {
    let message = format!(
        "{} ist mit der {} veröffentlicht worden und jetzt nichtöffentlich.",
        paper.name_with_item(),
        last.name()
    );
    of_item(session, &codes::WITHDRAWN_FROM_PUBLIC, paper.item, message)
        .hint("Was veröffentlicht war, ist bekannt: auch auf der Website und bei den Empfängern zurückrufen.")
}

fn too_early(session: &Session, last: &Dispatch, date: Day) -> Option<Diagnostic> {
    (date < last.date).then(|| {
        let message = format!("Der Versand am {} käme vor der {}.", date.in_numbers(), last.name());
        Diagnostic::new(&codes::SENT_BEFORE_THE_LAST, &session.source, session.date_span.clone(), message)
            .hint("Den Tag mit --date richtig angeben.")
    })
}

/// Items that are new or have a new paper, and do not say why that cannot wait.
fn without_reason(
    session: &Session,
    known: &[(Option<&DispatchedItem>, &BusinessItem<'_>)],
    last: &Dispatch,
    late: &[&Paper<'_>],
) -> Vec<Diagnostic> {
    let has_late = |item: &BusinessItem<'_>| late.iter().any(|paper| paper.item.place == item.place);
    let items =
        known.iter().filter(|(old, item)| item.item.urgency.is_none() && (old.is_none() || has_late(item)));
    let finding = |(_, item): &(Option<&DispatchedItem>, &BusinessItem<'_>)| {
        let message = format!(
            "{} ist nach der {} dazugekommen oder ergänzt, ohne Grund der Dringlichkeit.",
            item.label(),
            last.name()
        );
        of_item(session, &codes::LATE_WITHOUT_REASON, item, message)
            .hint("Beim Punkt angeben, warum es nicht warten kann: dringlichkeit = \"…\"")
    };
    items.map(finding).collect()
}

fn tabled(session: &Session, paper: &Paper<'_>, date: Option<Day>) -> Option<Diagnostic> {
    let proposal = paper.proposal?;
    let step = proposal.consultation.get(session.step_of(proposal)?)?;
    let is_tabled = date.is_some() && date == session.date && step.role.as_ref().is_some_and(Role::decides);
    is_tabled.then(|| {
        let message =
            format!("{} kommt am Tag der Sitzung, und es soll entschieden werden.", paper.name_with_item());
        of_item(session, &codes::TABLED_FOR_DECISION, paper.item, message)
            .hint("Vor dem Beschluss über die Dringlichkeit abstimmen lassen, oder vertagen.")
    })
}

/// Titles that changed when it was too late to give notice of them.
fn titles(
    session: &Session,
    known: &[(Option<&DispatchedItem>, &BusinessItem<'_>)],
    date: Option<Day>,
) -> Vec<Diagnostic> {
    let days = date.zip(session.date).map(|(date, meeting)| date.days_until(meeting));
    if days.is_none_or(|days| days >= least_notice(session)) {
        return Vec::new();
    }
    let changed = known.iter().filter(|(old, item)| old.is_some_and(|old| old.title != item.title()));
    let finding = |(_, item): &(Option<&DispatchedItem>, &BusinessItem<'_>)| {
        let message =
            format!("Der Titel von {} ist geändert, als die Ladungsfrist schon lief.", item.label());
        of_item(session, &codes::TITLE_AFTER_NOTICE, item, message)
            .hint("Den alten Titel lassen, oder den Punkt als dringlichen neu aufnehmen.")
    };
    changed.map(finding).collect()
}

/// A page that is exchanged, and came in the place of another one already.
fn exchanged_again(
    session: &Session,
    paper: &Paper<'_>,
    sent: &[Dispatch],
    pages: &[IssuedPage],
) -> Option<Diagnostic> {
    let was_there = |page: &IssuedPage, version: u32| {
        let before = sent.iter().filter(|dispatch| dispatch.version < version);
        before
            .flat_map(|dispatch| &dispatch.papers)
            .flat_map(|paper| &paper.pages)
            .any(|old| old.label == page.label)
    };
    let again = pages.iter().find(|page| page.replaces.is_some_and(|version| was_there(page, version)))?;
    let message =
        format!("{}: Seite {} wird zum zweiten Mal ausgetauscht.", paper.name_with_item(), again.label);
    Some(
        of_item(session, &codes::EXCHANGED_AGAIN, paper.item, message)
            .hint("Ist mehr zu ändern, wird es mit einer Ergänzungsvorlage klarer."),
    )
}
