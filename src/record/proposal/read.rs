//! From a record to a proposal, with every finding on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::headers::Misspelt;
use super::rich_text::ImageReference;
use super::schemas::{FILE_ANNEX, proposal_schema};
use super::values::{self, ReadValues};
use super::{Annex, FileAnnex, FormAnnex, Proposal, consultation, exceptions, headers};
use crate::day::Day;
use crate::diagnostics::{Diagnostic, Source, codes, shown};
use crate::files::natural_order;
use crate::record::images::{self, Image, ImageProblem};
use crate::record::input::Input;
use crate::record::names::{self, OWN_LABEL};
use crate::record::project::Project;
use crate::record::schema::{Field, Filled, line_meant, similar};
use crate::record::template::Template;
use crate::toml_tree::{self, Node, Table, TableEntry, TomlFile, Value};

/// An annex with more images is a document of its own.
const MAX_IMAGES: usize = 50;

/// Reads a record. The proposal holds what could be understood, whatever the findings say.
pub fn read(input: Input) -> (Proposal, Vec<Diagnostic>) {
    let Input { file: TomlFile { text, mut tree, syntax: mut findings }, folder, project } = input;
    let (bytes, source) = (text.bytes(), text.source);
    let misspelt = headers::put_misspelt(&mut tree);
    let mut of_exceptions = Vec::new();
    let exceptions = exceptions::take(&mut tree, &source, &project.templates, &mut of_exceptions);
    let mut record = Record {
        source: &source,
        folder,
        project: &project,
        date: head_date(&tree),
        findings: of_exceptions,
        named_files: Vec::new(),
    };

    let table = tree.as_table();
    let head = table.and_then(|table| table.get("vorlage"));
    let schema = proposal_schema(&project);
    record.findings.extend(head.into_iter().flat_map(|head| schema.check(&source, head)));
    let annexes = record.annexes(table);
    record.check_top_level(table, &annexes, &misspelt);
    let fields = record.values(Filled::new(&schema.root, head)).values;
    let file = head.and_then(|head| record.file(head.as_table()?));

    let broken_lines: BTreeSet<usize> = findings.iter().map(Diagnostic::line).collect();
    let is_header_broken = findings.iter().any(|finding| is_in_header(&source, finding.span.start));
    record.findings.retain(|finding| !is_consequence(finding, &broken_lines, is_header_broken));
    findings.append(&mut record.findings);
    headers::uncomment(&source, &mut findings);
    let text = |key: &str| fields.get(key).as_text().map(str::to_owned);
    let node = |key: &str| head.and_then(|head| head.as_table()?.get(key));
    let proposal = Proposal {
        number: text("nummer").and_then(|number| project.settings.numbers.read(&number)),
        number_span: node("nummer").map(|node| node.span.clone()).unwrap_or_default(),
        kind: text("art"),
        subject: text("betreff").unwrap_or_default(),
        office: text("amt").unwrap_or_default(),
        date: fields.get("datum").as_day(),
        public: fields.get("oeffentlich").as_bool(),
        consultation: consultation::steps(fields.get("beratung"), node("beratung")),
        fields,
        annexes,
        exceptions,
        named_files: std::mem::take(&mut record.named_files),
        file,
        tree,
        bytes,
        project,
        source,
    };
    say_what_fields_want(&proposal, &mut findings);
    (proposal, findings)
}

fn head_date(tree: &Node) -> Option<Day> {
    tree.as_table()?.get("vorlage")?.as_table()?.get("datum")?.as_day()
}

/// Where TOML alone cannot tell what a value was meant to be, its field can.
fn say_what_fields_want(proposal: &Proposal, findings: &mut [Diagnostic]) {
    if findings.is_empty() {
        return;
    }
    let fields = proposal.tables().into_iter().flat_map(|(_, table)| table.walk());
    let by_place: BTreeMap<usize, &Field> = fields.map(|(field, node)| (node.span.start, field)).collect();
    let unread = [&codes::SYNTAX, &codes::BAD_NUMBER, &codes::BAD_DATE];
    for finding in findings.iter_mut().filter(|one| unread.iter().any(|code| code.id == one.code.id)) {
        let pair = toml_tree::pair_at(&proposal.source, finding.span.start);
        // Behind a colon nothing was read, so the place tells no field.
        let is_colon = |pair: &toml_tree::Pair<'_>| pair.before.trim_end().ends_with(':');
        let bare = pair.filter(|pair| {
            (pair.at == finding.span.start || is_colon(pair)) && !pair.value.starts_with(['"', '\''])
        });
        let meant = bare.and_then(|pair| {
            let before = pair.before.trim_end().trim_end_matches([':', '=']).trim_end();
            let field = match by_place.get(&pair.at) {
                Some(field) => field,
                None if is_colon(&pair) => by_key(proposal, pair.key)?,
                None => return None,
            };
            line_meant(field, &format!("{before} = "), pair.value)
        });
        if let Some(meant) = meant {
            finding.hint = Some(meant);
        }
    }
}

/// A field with this key, in whatever table.
fn by_key<'a>(proposal: &'a Proposal, key: &str) -> Option<&'a Field> {
    proposal.tables().into_iter().find_map(|(_, table)| table.field.field(key))
}

/// Tells whether a finding says that this key is missing.
fn is_missing(finding: &Diagnostic, key: &str) -> bool {
    let hint = finding.hint.as_deref().unwrap_or_default();
    finding.code.id == codes::MISSING_KEY.id
        && (hint.contains(&format!(".{key}]")) || hint.contains(&format!("Ergänzen: {key} = ")))
}

/// Tells whether a finding may only come from a syntax error: the parser guesses a value where there is none, passes over
/// what it cannot read, and puts what stands under a broken header elsewhere.
fn is_consequence(finding: &Diagnostic, broken_lines: &BTreeSet<usize>, is_header_broken: bool) -> bool {
    let is_one = |codes: &[&codes::Code]| codes.iter().any(|code| code.id == finding.code.id);
    let is_missing = is_one(&[&codes::MISSING_KEY, &codes::AMBIGUOUS_ANNEX]) && !broken_lines.is_empty();
    let is_misplaced = is_one(&[&codes::UNKNOWN_KEY, &codes::WRONG_TYPE]) && is_header_broken;
    is_missing || is_misplaced || broken_lines.contains(&finding.line())
}

fn is_in_header(source: &Source, at: usize) -> bool {
    let before = &source.text[..at];
    let line = &source.text[before.rfind('\n').map_or(0, |end| end + 1)..];
    line.trim_start_matches([' ', '\t']).starts_with('[')
}

struct Record<'a> {
    source: &'a Arc<Source>,
    folder: PathBuf,
    project: &'a Arc<Project>,
    /// The date of the proposal, which decides on the versions of forms.
    date: Option<Day>,
    findings: Vec<Diagnostic>,
    named_files: Vec<(PathBuf, bool)>,
}

impl Record<'_> {
    fn check_top_level(&mut self, table: Option<&Table>, annexes: &[Annex], misspelt: &[Misspelt]) {
        for Misspelt { typed, meant, span } in misspelt {
            let finding = self.unknown_key(typed, span.clone()).hint(format!("Meinten Sie „{meant}“?"));
            self.findings.push(finding);
        }
        let entries = table.map(|table| &table.0[..]).unwrap_or_default();
        for entry in entries {
            let key = entry.key.as_str();
            let finding = match key {
                "vorlage" | "anlage" if entry.node.as_table().is_some() => continue,
                "vorlage" | "anlage" => self
                    .finding(
                        &codes::WRONG_TYPE,
                        entry.key_span.clone(),
                        format!("„{key}“ ist hier keine Tabelle."),
                    )
                    .hint(format!(
                        "Statt {key} = … steht [{key}{}] in einer eigenen Zeile.",
                        if key == "anlage" { ".A" } else { "" }
                    )),
                _ => {
                    let finding = self.unknown_key(key, entry.key_span.clone());
                    let of_form = headers::meant(self.source, entry, annexes);
                    if of_form.is_some() {
                        // It is there, in the wrong place.
                        self.findings.retain(|other| !is_missing(other, key));
                    }
                    match (of_form, similar(key, &headers::TABLES)) {
                        (Some(meant), _) => finding.hint(meant),
                        (None, Some(meant)) => finding.hint(format!("Meinten Sie „{meant}“?")),
                        (None, None) => finding.hint("Eine Vorlagendatei besteht aus den Tabellen [vorlage] und [anlage.…]; Angaben davor stehen außerhalb."),
                    }
                }
            };
            self.findings.push(finding);
        }
        if !entries.iter().any(|entry| entry.key == "vorlage") {
            let finding = self
                .finding(
                    &codes::NOT_A_RECORD,
                    0..0,
                    "Die Tabelle [vorlage] fehlt; so ist das keine Vorlagendatei.",
                )
                .hint("Mit „anlage new V/0001/2025“ entsteht eine Vorlagendatei zum Ausfüllen.");
            self.findings.push(finding);
        }
    }

    fn unknown_key(&self, key: &str, span: std::ops::Range<usize>) -> Diagnostic {
        self.finding(&codes::UNKNOWN_KEY, span, format!("Den Schlüssel „{key}“ gibt es hier nicht."))
    }

    fn annexes(&mut self, table: Option<&Table>) -> Vec<Annex> {
        let entries = table.and_then(|table| table.get("anlage")?.as_table()).map(|table| &table.0[..]);
        let mut annexes: Vec<Annex> =
            entries.unwrap_or_default().iter().filter_map(|entry| self.annex(entry)).collect();
        // The proposal itself, then letters, then numbers.
        let rank = |annex: &Annex| match annex.label() {
            OWN_LABEL => 0,
            label if label.starts_with(|c: char| c.is_ascii_uppercase()) => 1,
            _ => 2,
        };
        annexes.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| natural_order(a.label(), b.label())));
        annexes
    }

    fn annex(&mut self, entry: &TableEntry) -> Option<Annex> {
        if !names::is_annex_label(&entry.key) {
            let finding = self
                .finding(&codes::BAD_LABEL, entry.key_span.clone(), format!("„{}“ ist keine Kennung einer Anlage.", entry.key))
                .hint("Kennungen sind ein Großbuchstabe (A) oder eine Zahl, auch mit Kleinbuchstaben (1, 1a): [anlage.A], [anlage.1]; das Formular der Vorlage selbst steht unter [anlage.Vorlage].");
            self.findings.push(finding);
            return None;
        }
        let Some(table) = entry.node.as_table() else {
            let finding = self
                .finding(
                    &codes::WRONG_TYPE,
                    entry.key_span.clone(),
                    format!("„{}“ ist hier keine Tabelle.", entry.key),
                )
                .hint(format!("Eine Anlage beginnt mit einer Zeile [anlage.{}].", entry.key));
            self.findings.push(finding);
            return None;
        };
        match (table.entry("template"), table.entry("datei")) {
            (Some(template), None) => self.form_annex(entry, table, template).map(Annex::Form),
            (None, Some(_)) if entry.key == OWN_LABEL => {
                let message = "Unter [anlage.Vorlage] steht das Formular der Vorlage, und keine Datei.";
                let finding = self
                    .finding(&codes::AMBIGUOUS_ANNEX, place(entry), message)
                    .hint("Den Text der Vorlage als PDF nennt [vorlage]: datei = \"….pdf\".");
                self.findings.push(finding);
                None
            }
            (None, Some(_)) => Some(Annex::File(self.file_annex(entry, table))),
            (template, _) => {
                let message = match template {
                    Some(_) => {
                        format!("{} nennt ein Formular und eine Datei zugleich.", names::annex(&entry.key))
                    }
                    None => format!("{} nennt weder ein Formular noch eine Datei.", names::annex(&entry.key)),
                };
                let names = self.project.templates.names().join("\" oder \"");
                let finding = self
                    .finding(&codes::AMBIGUOUS_ANNEX, place(entry), message)
                    .hint(format!("Eine Formularanlage hat template = \"{names}\", eine Dateianlage titel = \"…\" und datei = \"….pdf\"."));
                self.findings.push(finding);
                None
            }
        }
    }

    fn form_annex(&mut self, entry: &TableEntry, table: &Table, name: &TableEntry) -> Option<FormAnnex> {
        let template = self.template(name)?;
        let fields = Node {
            value: Value::Table(Table(table.0.iter().filter(|e| e.key != "template").cloned().collect())),
            span: place(entry),
        };
        self.findings.extend(template.schema.check(self.source, &fields));
        let reading = self.values(Filled::new(&template.schema.root, Some(&fields)));
        let images = self.images(&reading.images);
        Some(FormAnnex {
            label: entry.key.clone(),
            label_span: entry.key_span.clone(),
            fields: reading.values,
            template,
            images,
        })
    }

    fn template(&mut self, entry: &TableEntry) -> Option<Arc<Template>> {
        let templates = &self.project.templates;
        let Some(name) = entry.node.as_str() else {
            let finding = self
                .finding(
                    &codes::WRONG_TYPE,
                    entry.node.span.clone(),
                    "Der Name des Formulars ist ein Text in Anführungszeichen.",
                )
                .hint(format!("Vorhanden sind: {}.", templates.names().join(", ")));
            self.findings.push(finding);
            return None;
        };
        match templates.on_day(name, self.date) {
            Some(Ok(template)) => return Some(Arc::clone(template)),
            Some(Err(problems)) => {
                self.findings.extend(problems.iter().cloned());
                let finding = self
                    .finding(
                        &codes::TEMPLATE_BROKEN,
                        entry.node.span.clone(),
                        format!("Das Formular „{name}“ ist fehlerhaft und kann nicht benutzt werden."),
                    )
                    .hint("Die Befunde zum Formular stehen daneben.");
                self.findings.push(finding);
            }
            None => {
                let names = templates.names();
                let hint = match similar(name, &names) {
                    Some(meant) => format!("Meinten Sie „{meant}“?"),
                    None => format!("Vorhanden sind: {}.", names.join(", ")),
                };
                let finding = self
                    .finding(
                        &codes::UNKNOWN_TEMPLATE,
                        entry.node.span.clone(),
                        format!("Ein Formular „{}“ gibt es nicht.", shown(name)),
                    )
                    .hint(hint);
                self.findings.push(finding);
            }
        }
        None
    }

    fn file_annex(&mut self, entry: &TableEntry, table: &Table) -> FileAnnex {
        let node = Node { value: entry.node.value.clone(), span: place(entry) };
        self.findings.extend(FILE_ANNEX.check(self.source, &node));
        let text = |key: &str| table.get(key).and_then(Node::as_str).unwrap_or_default();
        let file = self.file(table);
        let public = table.get("oeffentlich");
        FileAnnex {
            label: entry.key.clone(),
            label_span: entry.key_span.clone(),
            title: text("titel").to_owned(),
            public: public.and_then(Node::as_bool),
            public_span: public.map(|node| node.span.clone()).unwrap_or_default(),
            file,
        }
    }

    /// The file that `datei` names.
    fn file(&mut self, table: &Table) -> Option<PathBuf> {
        let node = table.get("datei")?;
        let path = node.as_str().filter(|path| !path.trim().is_empty())?;
        let file = self.resolve(path, node.span.clone());
        self.named_files.extend(file.iter().map(|file| (file.clone(), false)));
        file
    }

    fn values(&mut self, table: Filled<'_>) -> ReadValues {
        values::read(self.source, table, &mut self.findings)
    }

    /// Each file is read once, however often it is named.
    fn images(&mut self, references: &[ImageReference]) -> Vec<Option<Arc<Image>>> {
        let mut loaded: BTreeMap<PathBuf, Option<Arc<Image>>> = BTreeMap::new();
        let mut all = Vec::new();
        for reference in references.iter().take(MAX_IMAGES) {
            let image = self.resolve(&reference.path, reference.span.clone()).and_then(|path| {
                if let Some(known) = loaded.get(&path) {
                    return known.clone();
                }
                let image = self.image(reference, &path);
                self.named_files.push((path.clone(), true));
                loaded.insert(path, image.clone());
                image
            });
            all.push(image);
        }
        if let Some(first) = references.get(MAX_IMAGES) {
            let message = format!("Die Anlage hat mehr als {MAX_IMAGES} Bilder.");
            let finding = self
                .finding(&codes::TOO_MANY_IMAGES, first.span.clone(), message)
                .hint("Viele Bilder als eigene PDF-Datei beilegen, als Dateianlage.");
            self.findings.push(finding);
            all.resize(references.len(), None);
        }
        all
    }

    fn image(&mut self, reference: &ImageReference, path: &Path) -> Option<Arc<Image>> {
        let (code, message, hint) = match images::load(path) {
            Ok(image) => return Some(Arc::new(image)),
            Err(ImageProblem::Unreadable(message)) => {
                (&codes::IMAGE_UNREADABLE, message, "Das Bild als PNG, JPEG, TIFF oder SVG neu speichern.")
            }
            Err(ImageProblem::TooLarge(message)) => (
                &codes::IMAGE_TOO_LARGE,
                message,
                "Das Bild verkleinern; für den Druck genügen 300 dpi, das sind 1950 Bildpunkte über die Textbreite.",
            ),
        };
        let finding = self.finding(code, reference.span.clone(), message).hint(hint);
        self.findings.push(finding);
        None
    }

    fn resolve(&mut self, path: &str, span: std::ops::Range<usize>) -> Option<PathBuf> {
        match self.project.resolve(self.source, &self.folder, path, span, &codes::FILE_MISSING) {
            Ok(file) => Some(file),
            Err(finding) => {
                self.findings.push(*finding);
                None
            }
        }
    }

    fn finding(
        &self,
        code: &codes::Code,
        span: std::ops::Range<usize>,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::new(code, self.source, span, message)
    }
}

/// Where a table stands: its header, or its key where it has none.
fn place(entry: &TableEntry) -> std::ops::Range<usize> {
    if entry.node.span.is_empty() { entry.key_span.clone() } else { entry.node.span.clone() }
}
