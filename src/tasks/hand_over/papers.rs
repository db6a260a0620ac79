//! What belongs to one proposal: its files, put into the folder, and its OParl objects.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Refusal;
use super::gather::Gathered;
use super::shelf::Place;
use crate::archive::{Filed, Kind, Object, PaperParts, Step, item_name, safe_name};
use crate::files::{self, FileError};
use crate::pdf;
use crate::record::names;
use crate::record::proposal::{Annex, Number, Proposal};
use crate::record::publicity::{self, Publicity, Soundness};
use crate::record::template::Template;
use crate::run::{Looked, OpenedRecord, RecordFile};

/// What came of one proposal.
pub struct Bundle {
    opened: Arc<OpenedRecord>,
    /// The name that its files begin with.
    pub stem: String,
    /// Who may see it.
    pub publicity: Publicity,
    /// Where it stands on the agenda.
    pub stands: Vec<Stand>,
    /// Its files; none if it was left out.
    pub files: Vec<Filed>,
    /// Its OParl objects as files.
    pub objects: Vec<Filed>,
    /// The same objects, for the lists: paper, files, consultations.
    pub listed: Option<Listed>,
    /// The forms that it uses.
    pub templates: Vec<Arc<Template>>,
}

/// The objects of a proposal.
pub struct Listed {
    pub paper: Object,
    pub files: Vec<Object>,
    pub consultations: Vec<Object>,
}

/// A PDF that is larger is not opened to see what it claims.
const MAX_PDF_BYTES: u64 = 512 << 20;
/// What this program's own PDFs claim; a document that cannot keep it is not made.
const OWN_CLAIMS: &str = "PDF/A-2a, PDF/UA-1";

/// Where a proposal stands on the agenda.
#[derive(Debug)]
pub struct Stand {
    /// The item.
    pub item: usize,
    /// Who may see the item.
    pub publicity: Publicity,
    /// The step of the proposal's consultation that it is.
    pub step: Option<usize>,
}

impl Bundle {
    /// Gives the proposal.
    pub fn proposal(&self) -> &Proposal {
        &self.opened.proposal
    }
}

/// Puts all that belongs to a record into the folder.
pub fn bundle(place: &Place<'_>, record: &Looked) -> Result<Bundle, Refusal> {
    let opened = record.open()?;
    let proposal = &opened.proposal;
    let stands = stands(proposal, &record.file, place.gathered);
    let mut bundle = Bundle {
        stem: proposal.number.map_or_else(|| record.file.stem(), Number::file_stem),
        publicity: publicity_of(proposal, &stands, place.gathered),
        stands,
        files: Vec::new(),
        objects: Vec::new(),
        listed: None,
        templates: proposal.form_annexes().map(|annex| Arc::clone(&annex.template)).collect(),
        opened,
    };
    if bundle.publicity.is_public() || !place.how.public_only {
        let mut folder = Folder::of(place, &record.file, &bundle);
        folder.all(&bundle)?;
        bundle.files = folder.files;
        let listed = objects(place, &bundle);
        for object in [&listed.paper].into_iter().chain(&listed.files).chain(&listed.consultations) {
            bundle.objects.push(place.object(object)?);
        }
        bundle.listed = Some(listed);
    }
    Ok(bundle)
}

fn publicity_of(proposal: &Proposal, stands: &[Stand], gathered: &Gathered) -> Publicity {
    let items: Vec<Publicity> = stands.iter().map(|stand| stand.publicity).collect();
    publicity::proposal(proposal, gathered.session().map(|_| items.as_slice()))
}

fn stands(proposal: &Proposal, record: &RecordFile, gathered: &Gathered) -> Vec<Stand> {
    let Some(session) = gathered.session() else { return Vec::new() };
    let path = record.real_path();
    let items = path.and_then(|path| gathered.items.get(&path)).map(Vec::as_slice).unwrap_or_default();
    let step = session.step_of(proposal);
    let publicity = |item: usize| publicity::item(&session.items[item], Some(proposal));
    items.iter().map(|item| Stand { item: *item, publicity: publicity(*item), step }).collect()
}

/// The folder of a proposal, while it is filled.
struct Folder<'a> {
    place: &'a Place<'a>,
    record: &'a RecordFile,
    /// Its path in the bag.
    path: String,
    number: Option<String>,
    /// Who may see the proposal.
    publicity: Publicity,
    /// The names that are taken, in lower case: not every system tells cases apart.
    names: BTreeSet<String>,
    files: Vec<Filed>,
}

impl<'a> Folder<'a> {
    fn of(place: &'a Place<'a>, record: &'a RecordFile, bundle: &Bundle) -> Self {
        Self {
            place,
            record,
            path: format!("data/vorlagen/{}", bundle.stem),
            number: bundle.proposal().number.map(|number| number.to_string()),
            publicity: bundle.publicity,
            names: BTreeSet::new(),
            files: Vec::new(),
        }
    }

    fn all(&mut self, bundle: &Bundle) -> Result<(), FileError> {
        let proposal = bundle.proposal();
        let title = self.number.as_ref().map(|number| format!("Vorlage {number}"));
        if let Some(file) = &proposal.file {
            let claims = claims(file)?;
            self.copy(file, None, Filed { title, ..blank(Kind::Proposal, self.publicity, claims) })?;
        }
        for annex in &proposal.annexes {
            let publicity = publicity::annex(annex, self.publicity, Soundness::Sound);
            match annex {
                Annex::Form(form) => {
                    let name = names::annex_pdf(&bundle.stem, &form.label);
                    let title = Some(form.template.title.clone());
                    let claims = Some(OWN_CLAIMS.to_owned());
                    let own = Filed {
                        title,
                        label: Some(form.label.clone()),
                        ..blank(Kind::FormAnnex, publicity, claims)
                    };
                    let source = self.place.outputs.join(&name);
                    self.copy(&source, Some(&name), own)?;
                }
                Annex::File(annex) => {
                    let is_shown = publicity.is_public() || !self.place.how.public_only;
                    if let Some(file) = annex.file.as_ref().filter(|_| is_shown) {
                        let claims = claims(file)?;
                        let (title, label) = (Some(annex.title.clone()), Some(annex.label.clone()));
                        self.copy(
                            file,
                            None,
                            Filed { title, label, ..blank(Kind::FileAnnex, publicity, claims) },
                        )?;
                    }
                }
            }
        }
        self.record(proposal)
    }

    /// The record with the images that it prints, so that its PDFs can be made again. It names all annexes, so it is
    /// as little for everybody as the least of them.
    fn record(&mut self, proposal: &Proposal) -> Result<(), FileError> {
        let publicity = publicity::record(proposal, self.publicity);
        if !publicity.is_public() && self.place.how.public_only {
            return Ok(());
        }
        let stem = self.number.as_ref().map_or_else(|| self.record.stem(), |number| number.replace('/', "-"));
        let source = self.record.path().and_then(|path| self.place.source(path));
        let title = Some("Vorlagendatei".to_owned());
        let filed = Filed { source, title, ..blank(Kind::Record, publicity, None) };
        self.write(&format!("{stem}.toml"), &proposal.bytes, filed)?;
        let json = serde_json::to_vec_pretty(&proposal.tree.to_json()).unwrap_or_default();
        self.write(&format!("{stem}.json"), &json, blank(Kind::RecordJson, publicity, None))?;
        for (image, printed) in &proposal.named_files {
            if *printed {
                self.copy(image, None, blank(Kind::Image, self.publicity, None))?;
            }
        }
        Ok(())
    }

    fn copy(&mut self, source: &Path, name: Option<&str>, filed: Filed) -> Result<(), FileError> {
        let own = source.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let path = self.new_path(name.unwrap_or(&own));
        let digest = self.place.copy(source, &path)?;
        let from = if filed.kind == Kind::FormAnnex { None } else { self.place.source(source) };
        self.keep(Filed { path, source: from, ..filed }, digest);
        Ok(())
    }

    fn write(&mut self, name: &str, bytes: &[u8], filed: Filed) -> Result<(), FileError> {
        let path = self.new_path(name);
        let digest = self.place.write(&path, bytes)?;
        self.keep(Filed { path, ..filed }, digest);
        Ok(())
    }

    fn keep(&mut self, filed: Filed, digest: files::Digest) {
        let is_paper = matches!(filed.kind, Kind::Proposal | Kind::FileAnnex);
        let note = (is_paper && filed.pdf_a().is_none()).then(|| "kein PDF/A".to_owned());
        let proposal = self.number.clone();
        self.files.push(Filed { size: digest.size, sha512: digest.sha512, proposal, note, ..filed });
    }

    /// A path in the folder that no other file has.
    fn new_path(&mut self, name: &str) -> String {
        let name = safe_name(name);
        let (stem, end) = match name.rsplit_once('.') {
            Some((stem, end)) => (stem, format!(".{end}")),
            None => (name.as_str(), String::new()),
        };
        let candidates = (2..).map(|count| format!("{stem}-{count}{end}"));
        let mut free = std::iter::once(name.clone()).chain(candidates);
        let free = free.find(|name| self.names.insert(name.to_lowercase())).unwrap_or(name);
        format!("{}/{free}", self.path)
    }
}

/// What a file says of itself, if it is a PDF that can be read.
pub fn claims(file: &Path) -> Result<Option<String>, FileError> {
    let is_pdf = file.extension().is_some_and(|end| end.eq_ignore_ascii_case("pdf"));
    if !is_pdf {
        return Ok(None);
    }
    let bytes = match files::read(file, MAX_PDF_BYTES) {
        Ok(bytes) => bytes,
        Err(files::ReadError::System(failure)) => return Err(failure),
        Err(_) => return Ok(None),
    };
    let claims = pdf::load(&bytes).ok().map(|document| pdf::claims(&document).to_string());
    Ok(claims.filter(|claims| !claims.is_empty()))
}

/// A file whose path and hash are yet to come.
fn blank(kind: Kind, publicity: Publicity, claims: Option<String>) -> Filed {
    let nothing = files::Digest { sha512: String::new(), size: 0 };
    Filed { claims, ..Filed::new(String::new(), kind, publicity.is_public(), nothing) }
}

/// The OParl objects of a proposal. Its record is no paper of the council and has none.
fn objects(place: &Place<'_>, bundle: &Bundle) -> Listed {
    let (proposal, stem) = (bundle.proposal(), &bundle.stem);
    let file = |filed: &Filed| place.addresses.file(filed, stem, proposal.date);
    let of_kind = |kinds: &[Kind]| -> Vec<Object> {
        bundle.files.iter().filter(|filed| kinds.contains(&filed.kind)).map(file).collect()
    };
    let main = of_kind(&[Kind::Proposal]);
    let others = of_kind(&[Kind::FormAnnex, Kind::FileAnnex]);
    // What is public does not lead to an item that is not.
    let is_shown = |stand: &&Stand| stand.publicity >= bundle.publicity;
    let shown = bundle.stands.iter().filter(is_shown);
    let steps: Vec<Step> = shown.filter_map(|stand| step(place.gathered, stand)).collect();
    let session = place.session.as_ref().map(|links| (links, steps.as_slice()));
    let consultations = place.addresses.consultations(proposal, stem, bundle.publicity.is_public(), session);
    let superordinated = superordinated(place, proposal);
    let parts = PaperParts {
        main: main.first(),
        others: &others,
        consultations: &consultations,
        superordinated: superordinated.as_deref(),
        public: bundle.publicity.is_public(),
    };
    let paper = place.addresses.paper(proposal, stem, &parts);
    Listed { paper, files: main.into_iter().chain(others).collect(), consultations }
}

fn step(gathered: &Gathered, stand: &Stand) -> Option<Step> {
    let session = gathered.session()?;
    Some(Step { index: stand.step?, item: item_name(&session.file_stem(), &session.items[stand.item]) })
}

/// The proposal that this one is a supplement to, if it is handed over too.
fn superordinated(place: &Place<'_>, proposal: &Proposal) -> Option<String> {
    let number = proposal.number.filter(|number| number.supplement.is_some())?;
    let main = Number { supplement: None, ..number };
    let record = &place.gathered.records[*place.gathered.numbers.get(&main)?];
    let is_shown = || {
        let opened = record.open().ok()?;
        let stands = stands(&opened.proposal, &record.file, place.gathered);
        Some(publicity_of(&opened.proposal, &stands, place.gathered).is_public())
    };
    (!place.how.public_only || is_shown()?).then(|| main.file_stem())
}

/// A path as seen from the root of the project.
pub fn project_path(root: &Path, path: &Path) -> Option<String> {
    let real: PathBuf = path.canonicalize().ok()?;
    let parts: Option<Vec<&str>> = real.strip_prefix(root).ok()?.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}
