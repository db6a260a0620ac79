//! A proposal and its annexes, read from a record.
//!
//! Knows nothing of layout and PDF.

mod blank;
mod consultation;
mod editor_schema;
pub mod exceptions;
pub mod glance;
mod headers;
mod read;
pub mod rich_text;
mod schemas;
mod values;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

pub use blank::blank_record;
pub use consultation::{ConsultationStep, Role};
pub use editor_schema::editor_schema;
pub use exceptions::Exception;
pub use read::read;
pub use schemas::{FILE_ANNEX, PROPOSAL, proposal_schema};
pub use values::FieldValue;

use crate::day::Day;
use crate::diagnostics::Source;
use crate::record::images::Image;
use crate::record::names::OWN_LABEL;
use crate::record::numbers::Number;
use crate::record::project::Project;
use crate::record::schema::{Filled, Schema};
use crate::record::template::Template;
use crate::toml_tree::{Node, Step, TableEntry};

/// A numbered proposal to the council, as far as its record could be understood.
#[derive(Debug)]
pub struct Proposal {
    /// The record as it was read, byte for byte.
    pub bytes: Vec<u8>,
    /// The record as text.
    pub source: Arc<Source>,
    /// The record with the place of every value.
    pub tree: Node,
    /// The project that it belongs to.
    pub project: Arc<Project>,
    /// The number; none if it is missing or malformed.
    pub number: Option<Number>,
    /// Where the number stands in the record.
    pub number_span: Range<usize>,
    /// The kind, such as „Beschlussvorlage“.
    pub kind: Option<String>,
    /// The subject.
    pub subject: String,
    /// The office that answers for it.
    pub office: String,
    /// Its date.
    pub date: Option<Day>,
    /// Whether it is public, if the record says so.
    pub public: Option<bool>,
    /// The committees that deal with it, in the order of the record.
    pub consultation: Vec<ConsultationStep>,
    /// All fields of `[vorlage]`, for the layout.
    pub fields: FieldValue,
    /// The findings that shall not be reported.
    pub exceptions: Vec<Exception>,
    /// The files that the record names and that are there; whether the content of each is printed.
    pub named_files: Vec<(PathBuf, bool)>,
    /// The proposal itself as a file, inside the project; none if it is not named or not there.
    pub file: Option<PathBuf>,
    /// The annexes: letters first, then numbers, each in their order.
    pub annexes: Vec<Annex>,
}

impl Proposal {
    /// Where the record has the value that these keys lead to; empty if it has none.
    pub fn span_of(&self, keys: &[&str]) -> Range<usize> {
        let steps: Vec<Step> = keys.iter().map(|key| Step::Key((*key).to_owned())).collect();
        self.tree.at(&steps).map(|node| node.span.clone()).unwrap_or_default()
    }

    /// The annexes that are forms.
    pub fn form_annexes(&self) -> impl Iterator<Item = &FormAnnex> {
        self.annexes.iter().filter_map(|annex| match annex {
            Annex::Form(form) => Some(form),
            Annex::File(_) => None,
        })
    }

    /// The tables of the record that have a form, each with the keys that lead to it.
    pub fn tables(&self) -> Vec<(Vec<&str>, Filled<'_>)> {
        let top = self.tree.as_table();
        let head = top.and_then(|table| table.entry("vorlage"));
        let head = head
            .map(|entry| (vec!["vorlage"], Filled::of_entry(&proposal_schema(&self.project).root, entry)));
        let annexes = top.and_then(|table| table.get("anlage")?.as_table());
        let annexes = annexes.map(|table| &table.0[..]).unwrap_or_default().iter();
        head.into_iter().chain(annexes.map(|entry| self.annex_table(entry))).collect()
    }

    fn annex_table<'a>(&'a self, entry: &'a TableEntry) -> (Vec<&'a str>, Filled<'a>) {
        (vec!["anlage", &entry.key], Filled::of_entry(&self.schema_of(&entry.key).root, entry))
    }

    /// Tells whether an annex is a file, or shall become one: its table names no form.
    pub fn is_file_annex(&self, label: &str) -> bool {
        let table = self.tree.at(&["anlage", label].map(|key| Step::Key(key.to_owned())));
        let table = table.and_then(Node::as_table).filter(|_| label != OWN_LABEL);
        table.is_some_and(|table| table.get("template").is_none())
    }

    /// Tells whether steps lead to a field that names a file as a paper.
    pub fn names_file(&self, path: &[Step]) -> bool {
        match path {
            [Step::Key(head), Step::Key(key)] => head == "vorlage" && key == "datei",
            [Step::Key(head), Step::Key(label), Step::Key(key)] => {
                head == "anlage" && key == "datei" && self.is_file_annex(label)
            }
            _ => false,
        }
    }

    /// The fields that an answer makes required, filled or not, each with the steps to it.
    pub fn needed(&self) -> Vec<Vec<Step>> {
        let of_table = |(keys, filled): (Vec<&str>, Filled<'_>)| {
            let schema = match keys[..] {
                [_, label] => self.schema_of(label),
                _ => proposal_schema(&self.project),
            };
            let head: Vec<Step> = keys.iter().map(|key| Step::Key((*key).to_owned())).collect();
            let needed = schema.needed(filled).into_iter();
            needed.map(|path| [head.clone(), path].concat()).collect::<Vec<_>>()
        };
        self.tables().into_iter().flat_map(of_table).collect()
    }

    /// The schema of an annex; what is not filled from a template is taken for a file.
    fn schema_of(&self, label: &str) -> &Schema {
        let form = self.form_annexes().find(|annex| annex.label == label);
        form.map_or(&FILE_ANNEX, |annex| &annex.template.schema)
    }
}

/// An annex of a proposal.
#[derive(Debug)]
pub enum Annex {
    /// Filled from a template.
    Form(FormAnnex),
    /// A file.
    File(FileAnnex),
}

impl Annex {
    /// The label, such as `A` or `1a`.
    pub fn label(&self) -> &str {
        match self {
            Self::Form(form) => &form.label,
            Self::File(file) => &file.label,
        }
    }

    /// Where the label stands in the record.
    pub fn label_span(&self) -> Range<usize> {
        match self {
            Self::Form(form) => form.label_span.clone(),
            Self::File(file) => file.label_span.clone(),
        }
    }
}

/// An annex that is filled from a template.
#[derive(Debug)]
pub struct FormAnnex {
    /// The label.
    pub label: String,
    /// Where the label stands in the record.
    pub label_span: Range<usize>,
    /// The form.
    pub template: Arc<Template>,
    /// All fields of the form, for the layout.
    pub fields: FieldValue,
    /// The images of its texts, by the numbers that the texts give them; none where one cannot be used.
    pub images: Vec<Option<Arc<Image>>>,
}

/// An annex that is a file.
#[derive(Debug)]
pub struct FileAnnex {
    /// The label.
    pub label: String,
    /// Where the label stands in the record.
    pub label_span: Range<usize>,
    /// The title.
    pub title: String,
    /// Whether it is public, if the record says so.
    pub public: Option<bool>,
    /// Where that is said in the record.
    pub public_span: Range<usize>,
    /// The file, inside the project; none if it is not there.
    pub file: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::input::Input;

    fn proposal(toml: &str) -> Proposal {
        let folder = tempfile::tempdir().unwrap();
        let project = Arc::new(Project::open(folder.path()).unwrap());
        read(Input::of("a.toml", toml.as_bytes(), &project).unwrap()).0
    }

    #[test]
    fn what_a_record_says_is_typed_and_knows_its_place() {
        let text = "[vorlage]\nnummer = 'V/0056/2025'\nart = ' Beschlussvorlage '\ndatum = 2025-01-20\noeffentlich = false\n\
            [[vorlage.beratung]]\ndatum = '2025-02-12'\ngremium = 'Rat'\nrolle = 'Entscheidung'\n\
            [[vorlage.beratung]]\ndatum = 'bald'\nrolle = 'Beschluss'\n\
            [anlage.1]\ntitel = 'Plan'\ndatei = 'plan.pdf'\noeffentlich = true\n";
        let proposal = proposal(text);
        assert_eq!(proposal.number, Some("V/0056/2025".parse().unwrap()));
        assert_eq!(&text[proposal.number_span.clone()], "'V/0056/2025'");
        assert_eq!(proposal.kind.as_deref(), Some("Beschlussvorlage"));
        assert_eq!(proposal.subject, "");
        assert_eq!(proposal.date, Day::new(2025, 1, 20));
        assert_eq!(proposal.public, Some(false));

        let [first, second] = &proposal.consultation[..] else { panic!("{:?}", proposal.consultation) };
        assert_eq!((first.date, first.committee.as_deref()), (Day::new(2025, 2, 12), Some("Rat")));
        assert!(first.role.as_ref().is_some_and(Role::decides));
        assert_eq!(&text[first.date_span.clone()], "'2025-02-12'");
        assert_eq!((second.date, &second.committee, &second.role), (None, &None, &None));
        assert_eq!(&text[second.date_span.clone()], "'bald'");

        let [Annex::File(plan)] = &proposal.annexes[..] else { panic!("{:?}", proposal.annexes) };
        assert_eq!((plan.public, &text[plan.public_span.clone()]), (Some(true), "true"));
        assert_eq!(&text[plan.label_span.clone()], "1");
    }

    #[test]
    fn what_is_missing_or_wrong_is_none() {
        for text in
            ["", "vorlage = 1", "[vorlage]\noeffentlich = 'ja'\nnummer = 5\nberatung = 'x'\nart = ''\n"]
        {
            let proposal = proposal(text);
            assert_eq!((proposal.number, proposal.date, proposal.public), (None, None, None), "{text}");
            assert!(proposal.kind.is_none() && proposal.consultation.is_empty(), "{text}");
        }
        let proposal = proposal("[vorlage]\nberatung = [1, { gremium = 'Rat' }]\n");
        let committees: Vec<Option<&str>> =
            proposal.consultation.iter().map(|step| step.committee.as_deref()).collect();
        assert_eq!(committees, [None, Some("Rat")]);
    }
}
