//! What is said at the fields of a form: findings, what they mean, how to except them; and what somebody else wrote there.
//!
//! Knows nothing of the project and of requests.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::picture::ALT;
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::record::merge::{address, forms};
use crate::record::proposal::Proposal;
use crate::record::schema::{FieldKind, Filled};
use crate::record::session::SCHEMA;
use crate::record::template::Templates;
use crate::toml_tree::{Node, Step};

/// What is said at the fields of a form.
#[derive(Debug)]
pub(super) struct Remarks<'a> {
    /// The forms of the project, which know what their codes mean.
    templates: &'a Templates,
    /// The findings by the address of the field.
    findings: BTreeMap<String, Vec<&'a Diagnostic>>,
    /// The addresses of the fields that an answer makes required.
    needed: BTreeSet<String>,
    /// The addresses of the fields that the form would have filled, and does without.
    expected: BTreeSet<String>,
    /// What somebody else wrote into a field that was changed here too.
    others: BTreeMap<String, String>,
    /// What was typed for exceptions and pictures that are not made yet, by the name of its control.
    asides: BTreeMap<String, String>,
}

impl<'a> Remarks<'a> {
    /// Begins with what others wrote, by the address of the field.
    pub(super) fn new(templates: &'a Templates, others: BTreeMap<String, String>) -> Self {
        let (findings, asides) = (BTreeMap::new(), BTreeMap::new());
        let (needed, expected) = (BTreeSet::new(), BTreeSet::new());
        Self { templates, findings, needed, expected, others, asides }
    }

    /// The same with what was typed for exceptions and pictures, by the names of its controls.
    pub(super) fn with_asides(self, asides: BTreeMap<String, String>) -> Self {
        Self { asides, ..self }
    }

    /// What was typed into a control that is none of the record.
    pub(super) fn aside(&self, name: &str) -> Option<&str> {
        self.asides.get(name).map(String::as_str)
    }

    /// Puts each finding to the smallest field that holds its place, or to the one that is missing there. Gives the address of
    /// each, in their order.
    pub(super) fn place(&mut self, proposal: &Proposal, findings: &'a [Diagnostic]) -> Vec<Option<String>> {
        self.needed = proposal.needed().iter().map(|path| address(path)).collect();
        self.place_in(forms(proposal), &proposal.source.name, findings)
    }

    /// Does so for a session file with this name.
    pub(super) fn place_session(
        &mut self,
        tree: &Node,
        name: &str,
        findings: &'a [Diagnostic],
    ) -> Vec<Option<String>> {
        let root = Filled::new(&SCHEMA.root, Some(tree));
        self.needed = SCHEMA.needed(root).iter().map(|path| address(path)).collect();
        self.place_in(vec![(Vec::new(), root)], name, findings)
    }

    /// Does so for any forms of a file with this name, each with the steps that lead to it.
    fn place_in(
        &mut self,
        forms: Vec<(Vec<Step>, Filled<'_>)>,
        name: &str,
        findings: &'a [Diagnostic],
    ) -> Vec<Option<String>> {
        let mut spans = Vec::new();
        for (head, filled) in forms {
            gather(head, filled, &mut spans);
        }
        let is_here = |finding: &Diagnostic| *finding.source.name == *name;
        let mut addresses = Vec::new();
        for finding in findings {
            let at = finding.span.start;
            let holds = |span: &std::ops::Range<usize>| {
                span.contains(&at) || (span.is_empty() && span.start == at && at > 0)
            };
            let smallest = spans
                .iter()
                .filter_map(|(address, span)| Some((address, span.as_ref()?)))
                .filter(|(_, span)| is_here(finding) && holds(span))
                .min_by_key(|(_, span)| span.len());
            let place = smallest.map(|(place, _)| {
                let keys: Vec<Step> = finding.lacks.iter().cloned().map(Step::Key).collect();
                let missing = format!("{place}{}", address(&keys));
                let is_field = spans.iter().any(|(known, _)| *known == missing);
                if is_field && !keys.is_empty() && !finding.is_error() {
                    self.expected.insert(missing.clone());
                }
                // An exception stands in the table that the finding is about.
                if is_field && keys.len() == 1 { missing } else { place.clone() }
            });
            if let Some(place) = &place {
                self.findings.entry(place.clone()).or_default().push(finding);
            }
            addresses.push(place);
        }
        addresses
    }

    /// Whether an answer makes a field required.
    pub(super) fn is_needed(&self, address: &str) -> bool {
        self.needed.contains(address)
    }

    /// Whether the form asks for an answer that is not there, and does without.
    pub(super) fn is_expected(&self, address: &str) -> bool {
        self.expected.contains(address)
    }

    /// What is said at a field.
    pub(super) fn at(&self, address: &str) -> Markup {
        let findings = self.findings.get(address).map(Vec::as_slice).unwrap_or_default();
        let other = self.others.get(address);
        html! {
            @if other.is_some() || !findings.is_empty() {
                div.befunde {
                    @if let Some(other) = other {
                        div.fremd id={ (address) "-fremd" } {
                            p { strong { "Inzwischen steht in der Datei:" } }
                            pre { (other) }
                            button type="submit" name="tun" value={ "nimm:" (address) } { "Das aus der Datei nehmen" }
                        }
                    }
                    @for (at, finding) in findings.iter().enumerate() {
                        div id={ (address) "-befund" (number(at)) } { (self::finding(finding)) }
                        (self.explained(&finding.code))
                        @if finding.code.can_be_excepted() { (self.exception(address, finding)) }
                    }
                }
            }
        }
    }

    /// What a code means and why it matters, to be unfolded.
    pub(super) fn explained(&self, code: &Code) -> Markup {
        html! {
            @if let Some(explanation) = self.templates.explanation(code) {
                details {
                    summary { "Was bedeutet " (code.id) "?" }
                    p { (explanation.meaning) }
                    p { (explanation.reason) }
                }
            }
        }
    }

    /// Asks why a finding shall not be reported at its place.
    fn exception(&self, address: &str, finding: &Diagnostic) -> Markup {
        let (code, name) = (&finding.code.id, reason_name(&finding.code.id, address));
        let typed = self.aside(&name);
        html! {
            details open[typed.is_some()] {
                summary { "Ausnahme von " (code) }
                div.feld {
                    label for=(name) { "Warum ist das hier richtig?" }
                    p.hilfe id={ (name) "-hilfe" } { "Der Grund steht dann in der Vorlagendatei, und " (code) " wird an dieser Stelle nicht mehr gemeldet." }
                    input.lang id=(name) name=(name) type="text" autocomplete="off" value=[typed] aria-describedby={ (name) "-hilfe" };
                }
                button type="submit" name="tun" value={ "ausnahme:" (code) ":" (address) } { "Ausnahme machen" }
            }
        }
    }

    /// Whether there is an error at a field.
    pub(super) fn is_wrong(&self, address: &str) -> bool {
        self.findings.get(address).is_some_and(|all| all.iter().any(|finding| finding.is_error()))
    }

    /// The names of what is said at a field, to be read out with it: without what can be unfolded.
    pub(super) fn described(&self, address: &str) -> impl Iterator<Item = String> {
        let other = self.others.contains_key(address).then(|| format!("{address}-fremd"));
        let count = self.findings.get(address).map_or(0, Vec::len);
        other.into_iter().chain((0..count).map(move |at| format!("{address}-befund{}", number(at))))
    }
}

/// Numbers what is said at one field from the second on.
fn number(at: usize) -> String {
    if at == 0 { String::new() } else { format!("-{}", at + 1) }
}

/// What the names of the controls for reasons of exceptions begin with.
const REASON: &str = "grund:";

/// The name of the control for the reason of an exception.
pub(super) fn reason_name(code: &str, address: &str) -> String {
    format!("{REASON}{code}:{address}")
}

/// What was typed for exceptions and pictures, by the names of its controls.
pub(super) fn asides(sent: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, String> {
    let is_aside = |name: &str| [REASON, ALT].iter().any(|aside| name.starts_with(aside));
    let typed = sent.iter().filter(|(name, _)| is_aside(name));
    let typed =
        typed.filter_map(|(name, all)| Some((name, all.iter().find(|text| !text.trim().is_empty())?)));
    typed.map(|(name, text)| (name.clone(), text.clone())).collect()
}

/// A finding with its code and what to do.
pub(super) fn finding(finding: &Diagnostic) -> Markup {
    let (class, word) = match finding.severity {
        Severity::Error => ("fehler", "Fehler"),
        Severity::Warning => ("warnung", "Warnung"),
        Severity::Note => ("hinweis", "Hinweis"),
    };
    html! {
        p class=(class) {
            strong { (word) " " (finding.code.id) ": " } (finding.message)
            @if let Some(hint) = &finding.hint { br; (hint) }
        }
    }
}

/// The addresses of all fields, each with its place if the record has it.
fn gather(path: Vec<Step>, filled: Filled<'_>, spans: &mut Vec<(String, Option<std::ops::Range<usize>>)>) {
    let parts = filled.parts();
    let is_list = matches!(filled.field.kind, FieldKind::List(_));
    let is_single = |part: &Filled<'_>| !matches!(part.field.kind, FieldKind::Table(_));
    for (index, part) in parts.into_iter().enumerate() {
        // The elements of a list of single values share its control.
        if is_list && is_single(&part) {
            continue;
        }
        let step = if is_list { Step::Index(index) } else { Step::Key(part.field.key.clone()) };
        gather(path.iter().cloned().chain([step]).collect(), part, spans);
    }
    spans.push((address(&path), filled.node.map(|_| filled.span())));
}
