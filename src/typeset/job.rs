//! The data from which a document is made, plain enough to be handed to another process.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use serde_json::{Value as Json, json};

use super::data::{self, Metadata};
use super::options::{Format, Options};
use super::proof::{ExpectedText, Fault, PrintedPlace, expected};
use crate::day::Day;
use crate::record::images::Image;
use crate::record::proposal::{FormAnnex, Proposal};
use crate::record::template::Template;

/// The kind of work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum JobWork {
    /// The document is made.
    Document(Format),
    /// The document is laid out and its pages are proofread; nothing is exported.
    Pages,
    /// The stamps of a packet are made: a PDF without tags, with a page for each stamp.
    Stamps,
    /// The rules of the form are run; their findings are a JSON list in the only file of the outcome.
    Rules,
}

/// One document to make.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// The files that typst may read, by their virtual paths. There are no others.
    pub files: BTreeMap<String, ByteBuf>,
    /// The kind of work.
    pub work: JobWork,
    /// The texts that must stand on the pages; none if these are not proofread.
    pub expected: Option<Vec<ExpectedText>>,
    /// What the document says of itself, if its layout says nothing else.
    pub metadata: Option<Metadata>,
    /// The date of the document.
    pub date: Option<Day>,
    /// The identifier of the document, which stays the same when it is made again.
    pub identity: String,
    /// The folder with fonts beside those of the binary.
    pub fonts: Option<PathBuf>,
    /// A hash of the form: a form that had to be stopped once is not tried again.
    pub form: String,
    /// Whether the form is built in.
    pub built_in: bool,
    /// Whether the job could take unlimited time or memory: it has a form that is not built in, an SVG, or a long
    /// text.
    pub untrusted: bool,
}

/// The outcome of a job.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct JobOutcome {
    /// The PDF, or a picture for each page or each band of it; empty if there are errors.
    pub files: Vec<ByteBuf>,
    /// The pages, if they are shown on a screen; their bands are the files, one after another.
    pub pages: Vec<ScreenPage>,
    /// The findings of typst.
    pub findings: Vec<Finding>,
    /// What is wrong with the words of the pages.
    pub faults: Vec<Fault>,
    /// Where the texts of the record stand, if pages are shown on a screen.
    pub places: Vec<PrintedPlace>,
}

/// A page that is shown on a screen, in bands from edge to edge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScreenPage {
    /// Its width in points.
    pub width: f64,
    /// Its height in points.
    pub height: f64,
    /// Its bands from above; each lies on the end of the one before.
    pub bands: Vec<ScreenBand>,
}

/// A band of a page that is shown on a screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScreenBand {
    /// What tells it from one that looks different.
    pub mark: String,
    /// Where it begins, in points from the upper edge of the page.
    pub top: f64,
    /// Its height in points.
    pub height: f64,
}

impl JobOutcome {
    /// Gives the PDF, or what typst says first of why there is none.
    pub fn into_pdf(self) -> Result<Vec<u8>, String> {
        let said = self.findings.into_iter().map(|finding| finding.message).next();
        self.files.into_iter().next().map(ByteBuf::into_vec).ok_or_else(|| said.unwrap_or_default())
    }
}

/// A finding about a typst file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The kind of problem.
    pub stage: Stage,
    /// The virtual path of the file, if the place is known.
    pub file: Option<String>,
    /// The bytes in that file.
    pub range: Range<usize>,
    /// The message of typst, in English.
    pub message: String,
    /// The hints of typst, in English.
    pub hints: Vec<String>,
}

/// The kinds of problems that typst or a rule reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The layout of the document failed.
    Compile,
    /// typst warned.
    Warning,
    /// A rule of the form failed.
    Rule,
    /// The document does not follow its standards.
    Export,
    /// The time or the memory ran out, or the child died.
    Stopped,
}

/// The files that all forms share, by name.
pub static SHARED: [(&str, &str); 3] = [
    ("main.typ", include_str!("../../templates/main.typ")),
    ("form.typ", include_str!("../../templates/form.typ")),
    ("rules.typ", include_str!("../../templates/rules.typ")),
];

/// Makes the job that typesets an annex.
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
    // A draft may lack what a finished document must have.
    let shown = number.clone().unwrap_or_else(|| proposal.project.settings.numbers.unknown());
    let metadata = data::metadata(proposal, annex, &shown);
    let data = data::of_document(proposal, annex, options, &metadata, &shown, record.as_deref(), images);
    files.insert("/data.json".into(), ByteBuf::from(data.to_string()));
    Job {
        form: template.fingerprint.clone(),
        built_in: template.built_in,
        untrusted: takes_any_time(proposal, annex),
        work: JobWork::Document(options.format.clone()),
        expected: Some(expected(proposal, annex)),
        metadata: Some(metadata),
        date: proposal.date,
        identity: format!("anlage {} {}", number.unwrap_or_default(), annex.label),
        fonts: proposal.project.fonts.folder.clone(),
        files,
    }
}

/// Makes the job that runs the rules of an annex's form.
pub fn rules_job(proposal: &Proposal, annex: &FormAnnex) -> Job {
    let mut files = template_files(&annex.template);
    let data = data::of_rules(proposal, annex);
    files.insert("/data.json".into(), ByteBuf::from(data.to_string()));
    Job {
        form: annex.template.fingerprint.clone(),
        built_in: annex.template.built_in,
        untrusted: !annex.template.built_in,
        work: JobWork::Rules,
        expected: None,
        metadata: None,
        date: None,
        identity: String::new(),
        fonts: None,
        files,
    }
}

/// Collects the files that are the same for all annexes of a form.
fn template_files(template: &Template) -> BTreeMap<String, ByteBuf> {
    let mut files = BTreeMap::new();
    let mut add = |path: String, bytes: &[u8]| files.insert(path, ByteBuf::from(bytes));
    for (name, text) in SHARED {
        add(format!("/{name}"), text.as_bytes());
    }
    let labels = || data::labels(template.schema.root.fields()).to_string();
    add("/form.json".into(), template.labels.get_or_init(labels).as_bytes());
    for (path, bytes) in &template.files {
        if !["example.toml", "schema.json", "template.toml", "findings.toml"].contains(&path.as_str()) {
            add(format!("/template/{path}"), bytes);
        }
    }
    files
}

/// Adds each image once, and lists path and width for each place that names one.
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

/// The size of a record, in bytes, from which it is typeset by a child with limits: some texts take more than linear
/// time to lay out.
const LARGE_RECORD: usize = 32 << 10;

fn takes_any_time(proposal: &Proposal, annex: &FormAnnex) -> bool {
    !annex.template.built_in
        || proposal.bytes.len() > LARGE_RECORD
        || annex.images.iter().flatten().any(|image| image.is_vector())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::template::Templates;

    #[test]
    fn a_job_has_the_folder_of_the_form_and_what_all_forms_share() {
        let templates = Templates::built_in();
        let template = templates.get("muenster-anlage-a").unwrap().as_ref().unwrap();
        let files = template_files(template);
        for path in ["/main.typ", "/form.typ", "/rules.typ", "/template/layout.typ", "/template/rules.typ"] {
            assert!(files.contains_key(path), "{path}");
        }
        // What it is read and checked with does not change the page.
        for name in ["example.toml", "schema.json", "template.toml", "findings.toml"] {
            assert!(template.files.contains_key(name) && !files.contains_key(&format!("/template/{name}")));
        }
        let form: Json = serde_json::from_slice(&files["/form.json"]).unwrap();
        let plan = &form["finanzierung"]["fields"]["ergebnisplan"];
        assert_eq!(form["finanzierung"]["list"], true);
        assert!(!plan["title"].as_str().unwrap().is_empty());
        assert!(plan["choices"].as_array().unwrap().iter().any(|choice| choice["value"] == "nein"));
        assert!(plan.get("description").is_none());
    }
}
