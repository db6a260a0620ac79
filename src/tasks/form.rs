//! Forms as work: begins a new one, and tries one with records made for that.

mod probe;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use probe::{PROBES, Probe, record};

use super::desk::Desk;
use crate::diagnostics::{Diagnostic, Source, codes, has_errors};
use crate::record::input::Input;
use crate::record::numbers::NumberPatterns;
use crate::record::project::Project;
use crate::record::proposal::Proposal;
use crate::record::schema::{Field, FieldKind, Filled};
use crate::record::template::{FOLDER, Template};
use crate::run::{OpenedRecord, Run, WorkPlace};
use crate::toml_tree::{TomlFile, TomlText};

/// The files of a form that renders at once, with a place for its name.
const SCAFFOLD: [(&str, &str); 6] = [
    ("template.toml", include_str!("form/scaffold/template.toml")),
    ("schema.json", include_str!("form/scaffold/schema.json")),
    ("layout.typ", include_str!("form/scaffold/layout.typ")),
    ("rules.typ", include_str!("form/scaffold/rules.typ")),
    ("findings.toml", include_str!("form/scaffold/findings.toml")),
    ("example.toml", include_str!("form/scaffold/example.toml")),
];

/// Tells whether a form can have this name.
pub fn is_name(name: &str) -> bool {
    let is_one = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    !name.is_empty() && name.len() <= 60 && !name.starts_with('-') && name.bytes().all(is_one)
}

/// Gives the files of a new form.
pub fn scaffold(name: &str, numbers: &NumberPatterns) -> Vec<(&'static str, String)> {
    let filled = |text: &str| text.replace("{name}", name).replace("{number}", &numbers.example());
    SCAFFOLD.iter().map(|(file, text)| (*file, filled(text))).collect()
}

/// Tries a form: its example, a record with nothing in it, each answer, and long texts. Finds what the layout never shows, what
/// stands over other text or outside of the page, what typst says, and labels that are written twice.
pub fn check(run: &Run, project: &Arc<Project>, template: &Template) -> Vec<Diagnostic> {
    let mut desk = Desk::new(run, WorkPlace::Here);
    let mut findings = labels_twice(template);
    findings.extend(of_example(&mut desk, project, template));
    let mut lost: Vec<BTreeSet<Vec<String>>> = Vec::new();
    let mut kept: BTreeMap<Vec<String>, Diagnostic> = BTreeMap::new();
    for probe in PROBES {
        let text = record(template, probe, &project.settings.numbers);
        let source = Source::new(format!("{} ({})", template.name, probe.name()), text);
        let file = TomlText { source: Arc::clone(&source), has_mark: false }.parse();
        let input = Input { file, folder: project.root.path().to_path_buf(), project: Arc::clone(project) };
        let opened = Desk::open(input);
        let is_of_form = |finding: &Diagnostic| finding.source.name != source.name;
        findings.extend(desk.check(&opened).into_iter().filter(is_of_form));
        let mut here = BTreeSet::new();
        for finding in desk.proofread(&opened.proposal) {
            if is_of_form(&finding) {
                findings.push(finding);
                continue;
            }
            let path = path_of(&opened.proposal, template, &finding).unwrap_or_default();
            let is_lost =
                [&codes::WORDS_LOST, &codes::LABEL_LOST].iter().any(|code| code.id == finding.code.id);
            match probe {
                // Where nothing is filled in, much need not be there.
                Probe::Empty => {}
                Probe::Answer(_) if is_lost => {
                    here.insert(path.clone());
                    kept.entry(path.clone()).or_insert_with(|| moved(template, &path, probe, finding));
                }
                // What is not shown after this answer is not long either.
                Probe::Long if is_lost => {}
                _ => findings.push(moved(template, &path, probe, finding)),
            }
        }
        if matches!(probe, Probe::Answer(_)) {
            lost.push(here);
        }
    }
    // What is asked only after one answer is shown only then; what no answer shows is never shown.
    let never = |path: &Vec<String>| lost.iter().all(|here| here.contains(path));
    findings.extend(kept.into_iter().filter(|(path, _)| never(path)).map(|(_, finding)| finding));
    once(findings)
}

/// What is found in the form's own example.
fn of_example(desk: &mut Desk, project: &Arc<Project>, template: &Template) -> Vec<Diagnostic> {
    let name = format!("{FOLDER}/{}/example.toml", template.name);
    let Some(bytes) = template.files.get("example.toml") else {
        let message = "Dem Formular fehlt das Beispiel, example.toml.";
        return vec![
            Diagnostic::new(&codes::EXAMPLE_MISSING, &Source::new(name, ""), 0..0, message)
                .hint("Eine ausgefüllte Vorlagendatei ohne Befund unter diesem Namen in den Ordner legen."),
        ];
    };
    let file = match TomlFile::read(&name, bytes) {
        Ok(file) => file,
        Err(finding) => return vec![*finding],
    };
    let folder = project.root.path().join(FOLDER).join(&template.name);
    let opened: OpenedRecord = Desk::open(Input { file, folder, project: Arc::clone(project) });
    let mut findings = desk.check(&opened);
    if !has_errors(&findings) {
        findings.extend(desk.proofread(&opened.proposal));
    }
    findings
}

/// A finding about a record, put to the field of the form.
fn moved(template: &Template, path: &[String], probe: Probe, finding: Diagnostic) -> Diagnostic {
    let name = format!("{FOLDER}/{}/schema.json", template.name);
    let text = template.files.get("schema.json").map(|bytes| String::from_utf8_lossy(bytes));
    let source = Source::new(name, text.unwrap_or_default());
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    let start = template.schema.place_of(&source.text, &keys);
    let end = start + path.last().map_or(0, |key| key.len() + 2);
    let message = format!("{} (Probe: {})", finding.message, probe.name());
    Diagnostic::new(&finding.code, &source, start..end, message).hint(finding.hint.unwrap_or_default())
}

/// The keys that lead to the field that a finding is about.
fn path_of(proposal: &Proposal, template: &Template, finding: &Diagnostic) -> Option<Vec<String>> {
    let tables = proposal.tables();
    let (_, filled) = tables.iter().find(|(keys, _)| keys[..] == ["anlage", template.label.as_str()])?;
    let mut open = vec![(Vec::new(), *filled)];
    while let Some((path, filled)) = open.pop() {
        if !path.is_empty() && filled.node.is_some() && filled.span() == finding.span {
            return Some(path);
        }
        open.extend(filled.parts().into_iter().map(|part| (with_key(&path, part), part)));
    }
    None
}

fn with_key(path: &[String], part: Filled<'_>) -> Vec<String> {
    let key = Some(part.field.key.clone()).filter(|key| !key.is_empty());
    path.iter().cloned().chain(key).collect()
}

/// Labels that stand in a layout or in rules, and not only in the schema: whoever changes one forgets the other.
fn labels_twice(template: &Template) -> Vec<Diagnostic> {
    /// A shorter one may be any word.
    const SHORTEST: usize = 8;
    let mut labels = BTreeSet::new();
    let mut open: Vec<&Field> = template.schema.root.fields().iter().collect();
    while let Some(field) = open.pop() {
        let choices = match &field.kind {
            FieldKind::Choice(choices) => choices.iter().map(|choice| choice.title.as_str()).collect(),
            _ => Vec::new(),
        };
        labels.extend(field.title.lines().chain(choices).filter(|label| label.chars().count() >= SHORTEST));
        open.extend(field.fields());
    }
    let file = "layout.typ";
    let Some(text) = template.files.get(file).and_then(|bytes| std::str::from_utf8(bytes).ok()) else {
        return Vec::new();
    };
    let source = Source::new(format!("{FOLDER}/{}/{file}", template.name), text);
    let finding = |label: &str| {
        let at = places(text, label).find(|at| is_printed(text, *at, label.len()))?;
        let message = format!("Die Beschriftung „{label}“ steht auch in {file}.");
        let finding = Diagnostic::new(&codes::LABEL_TWICE, &source, at..at + label.len(), message);
        Some(finding.hint("Aus dem Schema holen, zum Beispiel mit form.FELD.title."))
    };
    labels.into_iter().filter_map(finding).collect()
}

fn places<'a>(text: &'a str, label: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(label).map(|(at, _)| at)
}

/// Tells whether what stands at a place is in no comment, and no name of a field or a part of one.
fn is_printed(text: &str, at: usize, length: usize) -> bool {
    let line = text[..at].rfind('\n').map_or(0, |start| start + 1);
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let is_called = text[..at].ends_with(|c| goes_on(c) || c == '.');
    !text[line..at].contains("//") && !is_called && !text[at + length..].starts_with(goes_on)
}

/// Each finding once, whatever probe shows it.
fn once(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let place =
        |finding: &Diagnostic| (finding.source.name.clone(), finding.span.start, finding.code.id.to_string());
    findings.into_iter().filter(|finding| seen.insert(place(finding))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_what_is_printed_and_no_name_of_a_field() {
        let printed =
            |text: &str| places(text, "finanzierung").any(|at| is_printed(text, at, "finanzierung".len()));
        for yes in ["[finanzierung]", "#heading(\"finanzierung\")", "Die finanzierung: "] {
            assert!(printed(yes), "{yes}");
        }
        for no in [
            "form.finanzierung.title",
            "#finanzierungen",
            "vor-finanzierung",
            "// finanzierung",
            "finanzierung_2",
        ] {
            assert!(!printed(no), "{no}");
        }
    }
}
