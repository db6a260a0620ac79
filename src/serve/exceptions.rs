//! The exceptions of a record: what is not reported where, and why; each can be taken away, and its reason changed.
//!
//! Knows nothing of requests.

use maud::{Markup, html};

use super::draft::reasons_name;
use super::remarks::Remarks;
use crate::diagnostics::counted;
use crate::record::edit::{MadeExceptions, RecordEdit};
use crate::record::merge::{address, forms};
use crate::record::names;
use crate::record::proposal::Proposal;
use crate::toml_tree::Step;

/// Lists the exceptions, as a part of the form of the record.
pub(super) fn exceptions(proposal: &Proposal, remarks: &Remarks<'_>) -> Markup {
    let all = RecordEdit::of(&proposal.source.text).map(|edit| edit.exceptions()).unwrap_or_default();
    let count: usize = all.iter().map(|made| made.codes.len()).sum();
    html! {
        @if count > 0 {
            section.uebersicht aria-labelledby="ausnahmen" {
                h2 #ausnahmen tabindex="-1" { "Ausnahmen" }
                details {
                    summary { (counted(count, "Ausnahme", "Ausnahmen")) }
                    @for made in &all { (of_table(proposal, remarks, made)) }
                }
            }
        }
    }
}

fn of_table(proposal: &Proposal, remarks: &Remarks<'_>, made: &MadeExceptions) -> Markup {
    let (place, known) = (address(&made.path), place_name(proposal, &made.path));
    let name = known
        .clone()
        .unwrap_or_else(|| if made.path.is_empty() { "Ganze Datei".into() } else { place.clone() });
    let reason = reasons_name(&made.path);
    html! {
        h3 { (name) @if known.is_some() { " " a href={ "#" (place) } aria-label={ "Zur Stelle: " (name) } { "Zur Stelle" } } }
        ul {
            @for code in &made.codes {
                @let meant = proposal.project.templates.codes().find(|own| own.is_meant_by(code));
                li {
                    strong { (code) }
                    @if let Some(meant) = meant { ": " (meant.title) (remarks.explained(meant)) }
                    div.knoepfe {
                        button type="submit" name="tun" value={ "melden:" (code) ":" (place) } aria-label={ (code) " wieder melden: " (name) } { (code) " wieder melden" }
                    }
                }
            }
        }
        div.feld {
            label for=(reason) { @if made.codes.len() == 1 { "Grund der Ausnahme" } @else { "Grund dieser Ausnahmen" } }
            textarea id=(reason) name=(reason) rows="2" lang="de" aria-required="true" { "\n" (made.reason) }
        }
    }
}

/// What a table is called on the page; none if the page does not show it.
fn place_name(proposal: &Proposal, path: &[Step]) -> Option<String> {
    let (head, mut filled) = forms(proposal).into_iter().find(|(head, _)| path.starts_with(head))?;
    let mut names = vec![match &head[..] {
        [_, Step::Key(label)] => names::annex(label),
        _ => "Vorlage".to_owned(),
    }];
    for step in &path[head.len()..] {
        filled = filled.part(step)?;
        names.push(match step {
            Step::Key(_) => filled.field.name().to_owned(),
            Step::Index(at) => format!("Block {}", at + 1),
        });
    }
    Some(names.join(", "))
}
