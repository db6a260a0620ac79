//! What a document is made from, as plain data that can also be handed to another process.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use serde_json::{Map, Value as Json, json};

use crate::day::Day;
use crate::record::images::Image;
use crate::record::proposal::{FormAnnex, Proposal};
use crate::record::schema::{Field, Kind};
use crate::record::template::Template;

/// How documents are made; the same for a whole run.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// PDF or pictures.
    pub format: Format,
    /// Whether each page is marked ENTWURF.
    pub draft: bool,
    /// Whether the record is put into the PDF.
    pub embed_record: bool,
}

impl Options {
    /// What archives ask for, and nothing else: PDF/A-2a, PDF/UA-1, no attachment.
    pub fn archival() -> Self {
        Self { format: Format::Pdf(Standard::default_set()), draft: false, embed_record: false }
    }
}

/// What is made of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Format {
    /// One PDF that follows these standards.
    Pdf(Vec<Standard>),
    /// A PNG for each page, with so many pixels an inch.
    Png {
        /// Pixels an inch.
        ppi: f64,
    },
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Work {
    /// The document is made.
    Document(Format),
    /// The stamps of a packet are made: a PDF without tags, a page for each.
    Stamps,
    /// The rules of the form are run; what they find is a JSON list, in the only file of the outcome.
    Rules,
}

/// A PDF standard that typst can follow: a version, a part of PDF/A, or PDF/UA-1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standard(pub(super) typst_pdf::PdfStandard);

impl Standard {
    /// PDF/A-2a together with PDF/UA-1: what archives ask for and screen readers need.
    pub fn default_set() -> Vec<Self> {
        [typst_pdf::PdfStandard::A_2a, typst_pdf::PdfStandard::Ua_1].map(Self).to_vec()
    }

    /// PDF/A-3a together with PDF/UA-1: the part of PDF/A that may carry any attachment.
    pub fn embedding_set() -> Vec<Self> {
        [typst_pdf::PdfStandard::A_3a, typst_pdf::PdfStandard::Ua_1].map(Self).to_vec()
    }

    /// Checks that a PDF can follow all of these at once; the reason if not.
    pub fn compatible(all: &[Self]) -> Result<(), String> {
        let all: Vec<_> = all.iter().map(|standard| standard.0).collect();
        typst_pdf::PdfStandards::new(&all).map(drop).map_err(|error| error.message().to_string())
    }

    /// Whether a record can be put into a PDF that follows this standard.
    pub fn allows_attachments(self) -> bool {
        use typst_pdf::PdfStandard::{A_1a, A_1b, A_2a, A_2b, A_2u, A_4};
        !matches!(self.0, A_1a | A_1b | A_2a | A_2b | A_2u | A_4)
    }
}

impl FromStr for Standard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        serde_json::from_value(text.into()).map(Self).map_err(|_| {
            "expected 1.4 to 1.7, 2.0, a-1b, a-1a, a-2b, a-2u, a-2a, a-3b, a-3u, a-3a, a-4, a-4f, a-4e or ua-1".into()
        })
    }
}

impl Serialize for Standard {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Standard {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        typst_pdf::PdfStandard::deserialize(deserializer).map(Self)
    }
}

/// One document to make.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// The files that typst may read, by their virtual paths. There are no others.
    pub files: BTreeMap<String, ByteBuf>,
    /// What is to be done.
    pub work: Work,
    /// The date of the document.
    pub date: Option<Day>,
    /// What identifies the document among all others, and stays the same when it is made again.
    pub identity: String,
    /// A folder with fonts beside those of the binary.
    pub fonts: Option<PathBuf>,
    /// A hash of the form: one that did not end once is not tried again.
    pub form: String,
    /// Whether the form is one of the binary.
    pub built_in: bool,
    /// Whether it holds anything that may take any time or memory: a form that is not built in, an SVG, a long text.
    pub untrusted: bool,
}

/// What came of a job.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// The PDF, or a PNG for each page; empty if there are errors.
    pub files: Vec<ByteBuf>,
    /// What typst had to say.
    pub findings: Vec<Finding>,
}

/// A finding about a typst file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What went wrong.
    pub stage: Stage,
    /// The virtual path, if the place is known.
    pub file: Option<String>,
    /// The bytes in that file.
    pub range: Range<usize>,
    /// What typst says, in English.
    pub message: String,
    /// What typst advises, in English.
    pub hints: Vec<String>,
}

/// Where a finding comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// An error while the document is laid out.
    Compile,
    /// A warning.
    Warning,
    /// A rule of the form failed.
    Rule,
    /// The document does not follow its standards.
    Export,
    /// The time or the memory ran out, or the process that did it died.
    Stopped,
}

/// What all forms share, by name.
pub static SHARED: [(&str, &str); 3] = [
    ("main.typ", include_str!("../../templates/main.typ")),
    ("form.typ", include_str!("../../templates/form.typ")),
    ("rules.typ", include_str!("../../templates/rules.typ")),
];

/// Puts together what an annex is made from.
pub fn job(proposal: &Proposal, annex: &FormAnnex, options: &Options) -> Job {
    let template = &annex.template;
    let mut files = template_files(template);
    let images = images(annex, &mut files);
    let number = proposal.number.map(|number| number.to_string());
    let record = options.embed_record.then(|| {
        let stem = proposal.number.map_or_else(|| "vorlage".into(), |number| number.file_stem());
        format!("{stem}.toml")
    });
    if options.embed_record {
        files.insert("/record".into(), ByteBuf::from(proposal.bytes.clone()));
    }
    let data = data(proposal, annex, options, number.as_deref(), record.as_deref(), images);
    files.insert("/data.json".into(), ByteBuf::from(data.to_string()));
    Job {
        form: template.fingerprint.clone(),
        built_in: template.built_in,
        untrusted: takes_any_time(proposal, annex),
        work: Work::Document(options.format.clone()),
        date: proposal.date,
        identity: format!("anlage {} {}", number.unwrap_or_default(), annex.label),
        fonts: proposal.project.fonts.folder.clone(),
        files,
    }
}

/// Puts together what the rules of an annex's form need.
pub fn rules_job(proposal: &Proposal, annex: &FormAnnex) -> Job {
    let mut files = template_files(&annex.template);
    let fields = &annex.template.schema.root;
    let data =
        json!({ "label": annex.label, "proposal": proposal.data, "annex": in_words(fields, &annex.data) });
    files.insert("/data.json".into(), ByteBuf::from(data.to_string()));
    Job {
        form: annex.template.fingerprint.clone(),
        built_in: annex.template.built_in,
        untrusted: !annex.template.built_in,
        work: Work::Rules,
        date: None,
        identity: String::new(),
        fonts: None,
        files,
    }
}

/// The data of a form with each rich text as its words alone: what rules ask for.
fn in_words(field: &Field, data: &Json) -> Json {
    match (&field.kind, data) {
        (Kind::RichText { .. }, Json::Array(_)) => {
            let mut text = String::new();
            words(data, &mut text);
            text.trim_end().into()
        }
        (Kind::List(item), Json::Array(items)) => items.iter().map(|data| in_words(item, data)).collect(),
        (Kind::Table(fields), Json::Object(_)) => {
            fields.iter().map(|field| (field.key.clone(), in_words(field, &data[&field.key]))).collect()
        }
        _ => data.clone(),
    }
}

fn words(node: &Json, text: &mut String) {
    match node {
        Json::Array(nodes) => nodes.iter().for_each(|node| words(node, text)),
        Json::Object(node) => {
            for key in ["text", "alt"] {
                text.push_str(node.get(key).and_then(Json::as_str).unwrap_or_default());
            }
            for key in ["header", "rows", "items", "body"] {
                node.get(key).into_iter().for_each(|inner| words(inner, text));
            }
            if !["text", "word", "emph", "strong", "link"].iter().any(|inline| node["kind"] == *inline) {
                text.push(' ');
            }
        }
        _ => {}
    }
}

/// The files that are the same for all annexes of a form.
fn template_files(template: &Template) -> BTreeMap<String, ByteBuf> {
    let mut files = BTreeMap::new();
    let mut add = |path: String, bytes: &[u8]| files.insert(path, ByteBuf::from(bytes));
    for (name, text) in SHARED {
        add(format!("/{name}"), text.as_bytes());
    }
    add("/form.json".into(), fields(template.schema.root.fields()).to_string().as_bytes());
    for (path, bytes) in &template.files {
        if !["example.toml", "schema.json", "template.toml", "findings.toml"].contains(&path.as_str()) {
            add(format!("/template/{path}"), bytes);
        }
    }
    files
}

/// Adds each image once, and lists for each place that names one where it lies and how wide it is.
fn images(annex: &FormAnnex, files: &mut BTreeMap<String, ByteBuf>) -> Vec<Json> {
    let mut paths: Vec<(&Arc<Image>, String)> = Vec::new();
    let mut places = Vec::new();
    for image in &annex.images {
        let Some(image) = image else {
            places.push(Json::Null);
            continue;
        };
        let known = paths.iter().find(|(other, _)| Arc::ptr_eq(other, image)).map(|(_, path)| path.clone());
        let path = known.unwrap_or_else(|| {
            let path = format!("/image/{}.{}", paths.len(), image.extension);
            files.insert(path.clone(), ByteBuf::from(image.bytes.clone()));
            paths.push((image, path.clone()));
            path
        });
        places.push(json!({ "path": path, "width": image.width_mm }));
    }
    places
}

/// Records beyond this are set in a process with limits: layout takes more than linear time in some texts.
const LARGE_RECORD: usize = 32 << 10;

fn takes_any_time(proposal: &Proposal, annex: &FormAnnex) -> bool {
    !annex.template.built_in
        || proposal.bytes.len() > LARGE_RECORD
        || annex.images.iter().flatten().any(|image| image.is_vector())
}

fn data(
    proposal: &Proposal,
    annex: &FormAnnex,
    options: &Options,
    number: Option<&str>,
    record: Option<&str>,
    images: Vec<Json>,
) -> Json {
    let template = &annex.template;
    // A draft may lack what a finished document must have.
    let number = number.unwrap_or("V/????/????");
    let name = format!("{} zur {number}", template.title);
    let title = match proposal.subject.as_str() {
        "" => name.clone(),
        subject => format!("{name}: {subject}"),
    };
    let language: Vec<&str> = template.language.split('-').collect();
    let kind = proposal.data["art"].as_str();
    let keywords: Vec<&str> =
        [Some(number), Some(template.title.as_str()), kind].into_iter().flatten().collect();
    let author: Vec<&str> =
        Some(proposal.office.as_str()).filter(|office| !office.is_empty()).into_iter().collect();
    json!({
        "meta": {
            "title": title,
            "author": author,
            "description": format!("{name}. {}", template.description),
            "keywords": keywords,
            "date": proposal.date,
        },
        "template": { "name": template.name, "title": template.title, "version": template.version, "language": language },
        "fonts": proposal.project.fonts.families,
        "municipality": proposal.project.settings.municipality,
        "draft": options.draft,
        "record": record,
        "number": number,
        "label": annex.label,
        "proposal": proposal.data,
        "annex": annex.data,
        "images": images,
    })
}

/// The labels and answers of the fields, by their keys. Without their helps: no form prints them, and what is here is
/// hashed over and over while a page is laid out.
fn fields(all: &[Field]) -> Json {
    let one = |field: &Field| {
        let choices: Vec<Json> = match &field.kind {
            Kind::Choice(choices) => {
                choices.iter().map(|choice| json!({ "value": choice.value, "title": choice.title })).collect()
            }
            _ => Vec::new(),
        };
        json!({
            "title": field.title,
            "choices": choices,
            "list": matches!(field.kind, Kind::List(_)),
            "fields": fields(field.fields()),
        })
    };
    Json::Object(all.iter().map(|field| (field.key.clone(), one(field))).collect::<Map<_, _>>())
}
