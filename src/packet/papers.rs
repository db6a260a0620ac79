//! The papers of a session: which there are, and in which order.
//!
//! Knows where their files lie, and opens none of them.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::business::{Business, BusinessItem};
use super::edition::Edition;
use crate::diagnostics::{Code, Diagnostic, Source};
use crate::record::names;
use crate::record::proposal::{Annex, FormAnnex, Proposal};
use crate::record::publicity::{self, Publicity, Soundness};

/// A paper of an item.
#[derive(Debug)]
pub struct Paper<'a> {
    /// Its item.
    pub item: &'a BusinessItem<'a>,
    /// `Vorlage`, `Anlage A`.
    pub label: String,
    /// Its title; empty for a proposal.
    pub title: String,
    /// What tells it from all other papers of the session: `top-4.2.anlage-a`.
    pub slug: String,
    /// Who may see it.
    pub publicity: Publicity,
    /// Where its pages are.
    pub file: PaperFile,
    /// The file that names it.
    pub source: &'a Arc<Source>,
    /// Where it is named.
    span: Range<usize>,
}

/// Where the pages of a paper are.
#[derive(Debug)]
pub enum PaperFile {
    /// In a file that this program rendered a moment ago.
    Form(PathBuf),
    /// In a file from elsewhere.
    Foreign(PathBuf),
    /// Nowhere, and why.
    Missing(String),
}

impl Paper<'_> {
    /// Gives the path of its file, if there is one.
    pub fn path(&self) -> Option<&Path> {
        match &self.file {
            PaperFile::Form(path) | PaperFile::Foreign(path) => Some(path),
            PaperFile::Missing(_) => None,
        }
    }

    /// Gives the name of its file, as the record has it.
    pub fn file_name(&self) -> String {
        let name = self.path().and_then(Path::file_name).unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// Gives label and title.
    pub fn name(&self) -> String {
        match self.title.as_str() {
            "" => self.label.clone(),
            title => format!("{}: {title}", self.label),
        }
    }

    /// Tells whether an edition has it.
    pub fn is_in(&self, edition: &Edition) -> bool {
        edition.holds(self.publicity)
    }

    /// Gives the label of an annex.
    pub fn annex_label(&self) -> Option<&str> {
        self.label.strip_prefix("Anlage ")
    }

    /// Gives the place where it is named.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Tells whether a finding is about it.
    pub fn is_meant_by(&self, finding: &Diagnostic) -> bool {
        Arc::ptr_eq(self.source, &finding.source) && self.span == finding.span
    }

    /// Makes a finding of it, at the place where it is named.
    pub(super) fn finding(&self, code: &Code, message: String) -> Diagnostic {
        Diagnostic::new(code, self.source, self.span.clone(), message)
    }
}

/// Lists the papers of a session item by item: the proposal, then its annexes in their order. `folder` is where the form
/// annexes lie.
pub fn list<'a>(business: &'a Business<'a>, folder: &Path) -> Vec<Paper<'a>> {
    let of_item = |item| ItemPapers { source: &business.session.source, item, folder }.list();
    business.items.iter().flat_map(of_item).collect()
}

/// The papers of an item.
struct ItemPapers<'a, 'b> {
    /// The session file.
    source: &'a Arc<Source>,
    item: &'a BusinessItem<'a>,
    folder: &'b Path,
}

impl<'a> ItemPapers<'a, '_> {
    fn list(&self) -> Vec<Paper<'a>> {
        let papers = self.item.proposal.map(|proposal| self.of_proposal(proposal)).unwrap_or_default();
        let is_readable = self.item.proposal.is_some() && self.is_sound();
        if papers.is_empty() && !is_readable { self.gap().into_iter().collect() } else { papers }
    }

    fn of_proposal(&self, proposal: &'a Proposal) -> Vec<Paper<'a>> {
        let publicity = self.item.publicity();
        let own = proposal.file.iter().map(|file| {
            let file = PaperFile::Foreign(file.clone());
            self.paper(proposal, &["vorlage", "datei"], "Vorlage".into(), String::new(), publicity, file)
        });
        let annexes = proposal.annexes.iter().map(|annex| self.annex(proposal, annex));
        own.chain(annexes).collect()
    }

    fn annex(&self, proposal: &'a Proposal, annex: &'a Annex) -> Paper<'a> {
        let (key, title, file) = match annex {
            Annex::Form(form) => ("template", form_title(form), self.form(proposal, form)),
            Annex::File(file) => {
                let missing = || PaperFile::Missing("Die Datei gibt es nicht.".into());
                let found = file.file.clone().map_or_else(missing, PaperFile::Foreign);
                ("datei", file.title.clone(), found)
            }
        };
        let label = format!("Anlage {}", annex.label());
        let publicity = publicity::annex(annex, self.item.publicity(), self.item.soundness);
        self.paper(proposal, &["anlage", annex.label(), key], label, title, publicity, file)
    }

    fn form(&self, proposal: &Proposal, form: &FormAnnex) -> PaperFile {
        match proposal.number.filter(|_| self.is_sound()) {
            Some(number) => {
                PaperFile::Form(self.folder.join(names::annex_pdf(&number.file_stem(), &form.label)))
            }
            None => PaperFile::Missing("Die Vorlagendatei hat Fehler.".into()),
        }
    }

    /// A paper that a record names at this place.
    fn paper(
        &self,
        proposal: &'a Proposal,
        place: &[&str],
        label: String,
        title: String,
        publicity: Publicity,
        file: PaperFile,
    ) -> Paper<'a> {
        Paper {
            item: self.item,
            slug: self.slug(&label),
            label,
            title,
            publicity,
            file,
            source: &proposal.source,
            span: proposal.span_of(place),
        }
    }

    /// What stands for a record that is not there or cannot be read; nothing if the item names none.
    fn gap(&self) -> Option<Paper<'a>> {
        let item = self.item.item;
        let named = item.record.as_ref().map(|record| record.shown.display().to_string());
        let record = item.missing_record.clone().or(named)?;
        Some(Paper {
            item: self.item,
            label: "Vorlage".into(),
            title: String::new(),
            slug: self.slug("Vorlage"),
            // What nobody can read may be anything.
            publicity: publicity::item(item, None),
            file: PaperFile::Missing(format!("Die Vorlagendatei {record} ist nicht lesbar.")),
            source: self.source,
            span: item.record_span.clone(),
        })
    }

    fn is_sound(&self) -> bool {
        self.item.soundness == Soundness::Sound
    }

    fn slug(&self, label: &str) -> String {
        format!("{}.{}", self.item.slug(), label.to_lowercase().replace(' ', "-"))
    }
}

/// The title of a form, without the label that stands before it.
fn form_title(form: &FormAnnex) -> String {
    let label = format!("Anlage {}", form.label);
    let title = form.template.title.strip_prefix(&label).unwrap_or(&form.template.title);
    title.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, papers};
    use super::*;
    use Publicity::{NonPublic, Public};

    #[test]
    fn papers_are_listed_item_by_item() {
        let sample = Sample::new();
        let business = sample.business(Soundness::Sound);
        let papers = papers(&business);
        let listed: Vec<(&str, &str, String, Publicity)> = papers
            .iter()
            .map(|paper| (paper.slug.as_str(), paper.title.as_str(), paper.file_name(), paper.publicity))
            .collect();
        assert_eq!(
            listed,
            [
                ("top-2.anlage-a", "", "V-0001-2025-Anlage-A.pdf".into(), Public),
                ("top-2.anlage-1", "Plan", "plan.pdf".into(), Public),
                ("top-2.anlage-2", "Gutachten", String::new(), NonPublic),
                ("top-3.anlage-1", "Vertrag", "plan.pdf".into(), NonPublic),
                ("top-nr-4.vorlage", "", String::new(), NonPublic),
            ]
        );
        assert_eq!(papers[1].name(), "Anlage 1: Plan");
        assert!(matches!(&papers[0].file, PaperFile::Form(path) if path.starts_with("out")));
        assert!(matches!(&papers[1].file, PaperFile::Foreign(_)));
        assert!(matches!(&papers[4].file, PaperFile::Missing(why) if why.contains("fehlt.toml")));
        // Each is named somewhere, so that a finding can say where.
        assert!(papers.iter().all(|paper| !paper.span.is_empty()));
    }

    #[test]
    fn of_a_record_with_errors_there_are_no_forms_and_nothing_is_public_that_does_not_say_so() {
        let sample = Sample::new();
        let business = sample.business(Soundness::Faulty);
        let papers = papers(&business);
        assert!(matches!(papers[0].file, PaperFile::Missing(_)));
        assert_eq!((papers[1].slug.as_str(), papers[1].publicity), ("top-2.anlage-1", NonPublic));
    }
}
