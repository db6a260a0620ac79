//! The papers of a session: which there are, in which order, and what is in their files.

use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde_bytes::ByteBuf;

use super::super::agenda::Agenda;
use super::Edition;
use crate::bind::foreign::{Fit, Fitter, Refusal, Work};
use crate::bind::{Part, Removed};
use crate::diagnostics::{Code, Diagnostic, Source, codes, counted};
use crate::files::{self, ReadError};
use crate::record::names;
use crate::record::proposal::{Annex, FormAnnex, Proposal};
use crate::record::publicity::{self, Publicity, Soundness};
use crate::record::session::{AgendaItem, Session};
use crate::run::Run;
use crate::toml_tree::Step;
use crate::typeset::{self, Engine};

/// A paper of an item.
pub(super) struct Paper<'a> {
    /// The place of its item in the agenda.
    pub item: usize,
    /// The proposal; none if its record is missing.
    pub proposal: Option<&'a Proposal>,
    /// `Vorlage`, `Anlage A`.
    pub label: String,
    /// Its title; empty for a proposal.
    pub title: String,
    /// What tells it from all other papers of the session.
    pub slug: String,
    /// Who may see it.
    pub publicity: Publicity,
    file: PaperFile,
    source: &'a Arc<Source>,
    span: Range<usize>,
    session: &'a Session,
}

enum PaperFile {
    /// Rendered by this program a moment ago.
    Form(PathBuf),
    /// From elsewhere.
    Foreign(PathBuf),
    /// Not there, and why.
    Missing(String),
}

/// What is in the file of a paper.
pub(super) struct Loaded {
    /// Its pages; those of a gap say what is missing.
    pub part: Part,
    /// Whether it was an image.
    pub is_scan: bool,
    /// Why it could not be used.
    pub refusal: Option<Refusal>,
}

impl Loaded {
    /// What stands for a file that is not read yet.
    pub(super) fn unread(slug: &str) -> Self {
        Self { part: Part::empty(slug), is_scan: false, refusal: None }
    }
}

/// The largest file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 30;

impl Paper<'_> {
    /// The name of its file, as the record has it.
    pub(super) fn file_name(&self) -> String {
        let path = match &self.file {
            PaperFile::Form(path) | PaperFile::Foreign(path) => path,
            PaperFile::Missing(_) => return String::new(),
        };
        path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Label and title.
    pub(super) fn name(&self) -> String {
        match self.title.as_str() {
            "" => self.label.clone(),
            title => format!("{}: {title}", self.label),
        }
    }

    /// The file that names it.
    pub(super) fn source(&self) -> &Arc<Source> {
        self.source
    }

    /// Whether an edition has it.
    pub(super) fn is_in(&self, edition: Edition) -> bool {
        edition == Edition::Complete || self.publicity.is_public()
    }

    fn finding(&self, code: &Code, message: String) -> Diagnostic {
        Diagnostic::new(code, self.source, self.span.clone(), message)
    }
}

/// The papers of a session, item by item: the proposal, then its annexes in their order.
pub(super) fn list<'a>(agenda: &'a Agenda, folder: &Path) -> Vec<Paper<'a>> {
    let mut papers = Vec::new();
    for (at, (item, proposal)) in agenda.items().enumerate() {
        let list = List { agenda, item, at, folder, publicity: publicity::item(item, proposal) };
        let of_proposal = proposal.map(|proposal| list.of_proposal(proposal, agenda.refused[at]));
        match of_proposal.unwrap_or_default() {
            // A record that cannot be read has no papers, and so has an item without one.
            none if none.is_empty() && (proposal.is_none() || agenda.refused[at]) => {
                papers.extend(list.gap())
            }
            all => papers.extend(all),
        }
    }
    papers
}

struct List<'a, 'b> {
    agenda: &'a Agenda,
    item: &'a AgendaItem,
    at: usize,
    folder: &'b Path,
    publicity: Publicity,
}

impl<'a> List<'a, '_> {
    fn of_proposal(&self, proposal: &'a Proposal, refused: bool) -> Vec<Paper<'a>> {
        let mut papers = Vec::new();
        let soundness = if refused { Soundness::Faulty } else { Soundness::Sound };
        if let Some(file) = &proposal.file {
            let file = PaperFile::Foreign(file.clone());
            papers.push(self.paper(
                proposal,
                "Vorlage".into(),
                String::new(),
                self.publicity,
                file,
                &["vorlage", "datei"],
            ));
        }
        for annex in &proposal.annexes {
            let label = format!("Anlage {}", annex.label());
            let publicity = publicity::annex(annex, self.publicity, soundness);
            let place = |key| ["anlage", annex.label(), key];
            papers.push(match annex {
                Annex::Form(form) => {
                    let file = self.form(proposal, form, refused);
                    self.paper(proposal, label, form_title(form), publicity, file, &place("template"))
                }
                Annex::File(file) => {
                    let missing = || PaperFile::Missing("Die Datei gibt es nicht.".into());
                    let found = file.file.clone().map_or_else(missing, PaperFile::Foreign);
                    self.paper(proposal, label, file.title.clone(), publicity, found, &place("datei"))
                }
            });
        }
        papers
    }

    fn form(&self, proposal: &Proposal, form: &FormAnnex, refused: bool) -> PaperFile {
        match proposal.number.filter(|_| !refused) {
            Some(number) => {
                PaperFile::Form(self.folder.join(names::annex_pdf(&number.file_stem(), &form.label)))
            }
            None => PaperFile::Missing("Die Vorlagendatei hat Fehler.".into()),
        }
    }

    fn paper(
        &self,
        proposal: &'a Proposal,
        label: String,
        title: String,
        publicity: Publicity,
        file: PaperFile,
        place: &[&str],
    ) -> Paper<'a> {
        let steps: Vec<Step> = place.iter().map(|key| Step::Key((*key).to_owned())).collect();
        Paper {
            item: self.at,
            proposal: Some(proposal),
            slug: self.slug(&label),
            label,
            title,
            publicity,
            file,
            source: &proposal.source,
            span: proposal.tree.at(&steps).map(|node| node.span.clone()).unwrap_or_default(),
            session: self.agenda.session(),
        }
    }

    /// A record that is not there.
    fn gap(&self) -> Option<Paper<'a>> {
        let named = self.item.record.as_ref().map(|record| record.shown.display().to_string());
        let record = self.item.missing_record.clone().or(named)?;
        Some(Paper {
            item: self.at,
            proposal: None,
            label: "Vorlage".into(),
            title: String::new(),
            slug: self.slug("Vorlage"),
            // What nobody can read may be anything.
            publicity: publicity::item(self.item, None),
            file: PaperFile::Missing(format!("Die Vorlagendatei {record} ist nicht lesbar.")),
            source: &self.agenda.session().source,
            span: self.item.record_span.clone(),
            session: self.agenda.session(),
        })
    }

    /// `top-4.2.anlage-a`
    fn slug(&self, label: &str) -> String {
        format!("{}.{}", item_slug(self.item, self.at), label.to_lowercase().replace(' ', "-"))
    }
}

/// The name of an item among destinations: `top-4.2`.
pub(super) fn item_slug(item: &AgendaItem, at: usize) -> String {
    match &item.number {
        Some(number) => format!("top-{number}"),
        None => format!("top-nr-{}", at + 1),
    }
}

/// The title of a form, without the label that stands before it.
fn form_title(form: &FormAnnex) -> String {
    let label = format!("Anlage {}", form.label);
    let title = form.template.title.strip_prefix(&label).unwrap_or(&form.template.title);
    title.trim().to_owned()
}

/// A hash of everything that the packets of a session are made of.
pub(super) fn fingerprint(agenda: &Agenda, papers: &[Paper<'_>], allow_gaps: bool) -> String {
    let session = agenda.session();
    let settings = format!("{allow_gaps} {}", session.project.fingerprint);
    let mut parts = vec![typeset::FINGERPRINT.as_bytes(), settings.as_bytes(), session.bytes.as_slice()];
    parts.extend(agenda.proposals().flatten().map(|proposal| proposal.bytes.as_slice()));
    let of_papers: Vec<String> = papers
        .par_iter()
        .map(|paper| match &paper.file {
            PaperFile::Form(path) | PaperFile::Foreign(path) => {
                let content = files::read(path, MAX_FILE_BYTES).map(|bytes| files::hash(&[&bytes]));
                format!("{} {} {content:?}", paper.slug, path.display())
            }
            PaperFile::Missing(reason) => format!("{} {reason}", paper.slug),
        })
        .collect();
    parts.extend(of_papers.iter().map(String::as_bytes));
    files::hash(&parts)
}

/// Reads the files of all papers, in their order; fewer if the run is stopped.
pub(super) fn load(papers: &[Paper<'_>], run: &Run) -> Vec<Loaded> {
    let mut loaded = Vec::with_capacity(papers.len());
    let work = |fitter: &mut Fitter, at: usize| {
        load_one(&papers[at], fitter).unwrap_or_else(|refusal| gap(&papers[at], refusal))
    };
    let keep = |one| {
        loaded.push(one);
        ControlFlow::Continue(())
    };
    run.each_in_order(papers.len(), || Fitter::new(run.program()), work, keep);
    loaded
}

fn load_one(paper: &Paper<'_>, fitter: &mut Fitter) -> Result<Loaded, Refusal> {
    let damaged = |error: String| Refusal::Damaged(error);
    let (path, is_form) = match &paper.file {
        PaperFile::Form(path) => (path, true),
        PaperFile::Foreign(path) => (path, false),
        PaperFile::Missing(reason) => return Err(Refusal::Damaged(reason.clone())),
    };
    let bytes = files::read(path, MAX_FILE_BYTES).map_err(|error| match error {
        ReadError::TooLarge { limit, .. } => {
            Refusal::Exhausting(format!("die Datei ist größer als {} MiB.", limit >> 20))
        }
        other => Refusal::Damaged(other.to_string()),
    })?;
    let fit = if is_form {
        Fit { pdf: ByteBuf::from(bytes), is_scan: false }
    } else {
        fitter.fit(&Work {
            bytes: ByteBuf::from(bytes),
            title: paper.name(),
            alt: paper.name(),
            author: paper.proposal.map(|proposal| proposal.office.clone()).unwrap_or_default(),
            date: paper.proposal.and_then(|proposal| proposal.date),
        })?
    };
    let part = Part::read(&fit.pdf, &paper.slug).map_err(|error| damaged(error.to_string()))?;
    Ok(Loaded { part, is_scan: fit.is_scan, refusal: None })
}

/// A page that says what is missing.
fn gap(paper: &Paper<'_>, refusal: Refusal) -> Loaded {
    let number = paper.proposal.and_then(|proposal| proposal.number).map(|number| number.to_string());
    let heading = format!("{} fehlt", paper.label);
    let name = [number.unwrap_or_default(), paper.name()].join(" ");
    let set = |name: &str| {
        let job = typeset::gap(&heading, name, paper.session.date);
        let outcome = Engine::default().run(&job, &paper.session.project.fonts);
        Part::read(outcome.files.first()?, &paper.slug).ok()
    };
    // A title may have characters that the font does not; the label has none.
    let part = set(name.trim()).or_else(|| set(&paper.label)).unwrap_or_else(|| Part::empty(&paper.slug));
    Loaded { part, is_scan: false, refusal: Some(refusal) }
}

/// What is to be said about the files of these editions, each with the place of its paper.
pub(super) fn findings(
    papers: &[Paper<'_>],
    loaded: &[Loaded],
    editions: &[Edition],
    allow_gaps: bool,
) -> Vec<(usize, Diagnostic)> {
    let mut findings = Vec::new();
    let wanted = |paper: &Paper<'_>| editions.iter().any(|edition| paper.is_in(*edition));
    for (at, (paper, loaded)) in papers.iter().zip(loaded).enumerate().filter(|(_, (paper, _))| wanted(paper))
    {
        let mut of_paper = Vec::new();
        match &loaded.refusal {
            // What is wrong with a record is said with the record.
            Some(_) if matches!(paper.file, PaperFile::Missing(_)) => {}
            Some(refusal) => of_paper.push(refused(paper, refusal, allow_gaps)),
            None => of_paper.extend(removed(paper, &loaded.part.removed)),
        }
        if loaded.is_scan {
            let message = format!("{} ist ein Bild ohne Text.", paper.label);
            of_paper.push(paper.finding(&codes::SCAN_WITHOUT_TEXT, message).hint(
                "Besser ist das PDF aus dem Programm, in dem das Dokument entstand, oder ein Scan mit Texterkennung.",
            ));
        }
        paper.session.project.apply_levels(&mut of_paper);
        findings.extend(of_paper.into_iter().map(|finding| (at, finding)));
    }
    findings
}

fn refused(paper: &Paper<'_>, refusal: &Refusal, allow_gaps: bool) -> Diagnostic {
    let code = match refusal {
        _ if allow_gaps => &codes::GAP,
        Refusal::Locked(_) => &codes::FILE_LOCKED,
        Refusal::Damaged(_) => &codes::FILE_DAMAGED,
        Refusal::NoPages(_) => &codes::FILE_WITHOUT_PAGES,
        Refusal::Exhausting(_) => &codes::FILE_EXHAUSTING,
    };
    let reason = refusal.reason().trim_end_matches('.');
    let message = format!("{} ({}) kann nicht in die Mappe: {reason}.", paper.label, paper.file_name());
    let hint = if allow_gaps {
        "An ihrer Stelle steht eine Seite, die das sagt."
    } else {
        "Eine andere Fassung der Datei beilegen; mit --allow-gaps entsteht die Mappe mit einer Lücke."
    };
    paper.finding(code, message).hint(hint)
}

fn removed(paper: &Paper<'_>, removed: &Removed) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let label = &paper.label;
    if removed.signatures > 0 {
        let message = format!("{label} ist signiert; in der Mappe ist die Signatur nur noch zu sehen.");
        findings.push(
            paper
                .finding(&codes::SIGNATURE_ENDS, message)
                .hint("Prüfen lässt sie sich in der Datei selbst; die bleibt, wie sie ist."),
        );
    }
    if !removed.actions.is_empty() {
        let kinds: Vec<String> = removed
            .actions
            .iter()
            .map(|(kind, count)| format!("{kind} ({})", counted(*count, "Mal", "Mal")))
            .collect();
        let message =
            format!("{label} enthält Aktionen, die nicht in die Mappe kommen: {}.", kinds.join(", "));
        findings.push(paper.finding(&codes::ACTIONS_REMOVED, message));
    }
    if !removed.attachments.is_empty() {
        let names: Vec<&str> = removed.attachments.iter().map(String::as_str).collect();
        let message =
            format!("{label} hat angehängte Dateien, die nicht in die Mappe kommen: {}.", names.join(", "));
        findings.push(
            paper
                .finding(&codes::ATTACHMENTS_REMOVED, message)
                .hint("Was in die Mappe soll, als eigene Anlage in die Vorlage aufnehmen."),
        );
    }
    findings
}
