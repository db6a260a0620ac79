//! The papers of a session: which there are, and in which order.
//!
//! Knows where their files lie, and opens none of them.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::business::{Business, BusinessItem, BusinessProposal};
use super::edition::Edition;
use crate::diagnostics::{Code, Diagnostic, Source};
use crate::record::names;
use crate::record::proposal::{Annex, FormAnnex, Proposal};
use crate::record::publicity::{self, Publicity, Soundness};
use crate::record::session::NamedRecord;

/// A paper of an item.
#[derive(Debug)]
pub struct Paper<'a> {
    /// Its item.
    pub item: &'a BusinessItem<'a>,
    /// The record that names it, if it is of a proposal.
    pub record: Option<&'a NamedRecord>,
    /// Its proposal, if that can be read.
    pub proposal: Option<&'a Proposal>,
    /// `Vorlage`, `Anlage A`, `Antrag`.
    pub label: String,
    /// The label of an annex.
    pub annex: Option<String>,
    /// The number of its proposal, or its own, as it is printed.
    pub number: Option<String>,
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

    /// Gives label and title, and the number of one that has its own.
    pub fn name(&self) -> String {
        let own = self.number.as_ref().filter(|_| self.is_on_its_own());
        let label = own.map_or(self.label.clone(), |number| format!("{} {number}", self.label));
        match self.title.as_str() {
            "" => label,
            title => format!("{label}: {title}"),
        }
    }

    /// Names it with its item and its proposal: `TOP 4.2, V/0056/2025 Anlage A`.
    pub fn name_with_item(&self) -> String {
        let number = self.number.clone().filter(|_| !self.is_on_its_own());
        let name = [number, Some(self.name())].into_iter().flatten().collect::<Vec<_>>().join(" ");
        format!("{}, {name}", self.item.label())
    }

    /// Tells whether no record describes it.
    pub fn is_on_its_own(&self) -> bool {
        self.record.is_none()
    }

    /// Gives the title under which it is listed: a proposal is listed by its number.
    pub fn listed_title(&self) -> String {
        let several = self.item.proposals.len() > 1 && !self.is_on_its_own();
        match (self.title.as_str(), &self.number) {
            ("", number) => number.clone().unwrap_or_default(),
            (title, Some(number)) if self.is_on_its_own() => format!("{number}: {title}"),
            (title, Some(number)) if several => format!("{title} (zu {number})"),
            (title, _) => title.to_owned(),
        }
    }

    /// Tells whether an edition has it.
    pub fn is_in(&self, edition: &Edition) -> bool {
        edition.holds(self.publicity)
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

/// Lists the papers of a session item by item: each proposal and then its annexes in their order, and last what no record
/// describes. `folder` is where the form annexes lie.
pub fn list<'a>(business: &'a Business<'a>, folder: &Path) -> Vec<Paper<'a>> {
    let source = &business.session.source;
    let of_item = |item: &'a BusinessItem<'a>| {
        let of_proposal = move |(at, own): (usize, &'a BusinessProposal<'a>)| {
            ProposalPapers { source, item, own, at, folder }.list()
        };
        let of_proposals = item.proposals.iter().enumerate().flat_map(of_proposal);
        of_proposals.chain(on_their_own(source, item)).collect::<Vec<_>>()
    };
    business.items.iter().flat_map(of_item).collect()
}

/// The papers of an item that no record describes.
fn on_their_own<'a>(source: &'a Arc<Source>, item: &'a BusinessItem<'a>) -> impl Iterator<Item = Paper<'a>> {
    item.item.papers.iter().enumerate().map(move |(at, paper)| Paper {
        item,
        record: None,
        proposal: None,
        label: paper.kind.clone(),
        annex: None,
        number: paper.number.clone(),
        title: paper.title.clone().unwrap_or_default(),
        slug: format!("{}.unterlage-{}", item.slug(), at + 1),
        publicity: publicity::item_paper(paper, item.publicity()),
        file: foreign(paper.file.as_ref()),
        source,
        span: paper.span.clone(),
    })
}

fn foreign(file: Option<&PathBuf>) -> PaperFile {
    let missing = || PaperFile::Missing("Die Datei gibt es nicht.".into());
    file.cloned().map_or_else(missing, PaperFile::Foreign)
}

/// The papers of a proposal of an item.
struct ProposalPapers<'a, 'b> {
    /// The session file.
    source: &'a Arc<Source>,
    item: &'a BusinessItem<'a>,
    own: &'a BusinessProposal<'a>,
    /// Its place among the proposals of the item.
    at: usize,
    folder: &'b Path,
}

impl<'a> ProposalPapers<'a, '_> {
    fn list(&self) -> Vec<Paper<'a>> {
        let papers = self.own.proposal.map(|proposal| self.of_proposal(proposal)).unwrap_or_default();
        let is_readable = self.own.proposal.is_some() && self.is_sound();
        if papers.is_empty() && !is_readable { vec![self.gap()] } else { papers }
    }

    fn of_proposal(&self, proposal: &'a Proposal) -> Vec<Paper<'a>> {
        let publicity = self.item.publicity();
        let own = proposal.file.iter().map(|file| {
            let span = proposal.span_of(&["vorlage", "datei"]);
            Paper {
                file: PaperFile::Foreign(file.clone()),
                ..self.paper(&proposal.source, "Vorlage", publicity, span)
            }
        });
        let annexes = proposal.annexes.iter().map(|annex| self.annex(proposal, annex));
        own.chain(annexes).collect()
    }

    fn annex(&self, proposal: &'a Proposal, annex: &'a Annex) -> Paper<'a> {
        let (key, title, file) = match annex {
            Annex::Form(form) => ("template", form_title(form), self.form(proposal, form)),
            Annex::File(file) => ("datei", file.title.clone(), foreign(file.file.as_ref())),
        };
        let label = names::annex(annex.label());
        let publicity = publicity::annex(annex, self.item.publicity(), self.own.soundness);
        let span = proposal.span_of(&["anlage", annex.label(), key]);
        let paper = self.paper(&proposal.source, &label, publicity, span);
        let is_own = annex.label() == names::OWN_LABEL;
        Paper { title, file, annex: (!is_own).then(|| annex.label().to_owned()), ..paper }
    }

    fn form(&self, proposal: &Proposal, form: &FormAnnex) -> PaperFile {
        match proposal.number.filter(|_| self.is_sound()) {
            Some(number) => {
                let names = &proposal.project.settings.annex_names;
                PaperFile::Form(self.folder.join(names.pdf(&number.file_stem(), &form.label)))
            }
            None => PaperFile::Missing("Die Vorlagendatei hat Fehler.".into()),
        }
    }

    /// A paper without title and file that is named at this place.
    fn paper(
        &self,
        source: &'a Arc<Source>,
        label: &str,
        publicity: Publicity,
        span: Range<usize>,
    ) -> Paper<'a> {
        Paper {
            item: self.item,
            record: Some(self.own.named),
            proposal: self.own.proposal,
            label: label.to_owned(),
            annex: None,
            number: self.own.proposal.and_then(|proposal| proposal.number).map(|number| number.to_string()),
            title: String::new(),
            slug: self.slug(label),
            publicity,
            file: PaperFile::Missing(String::new()),
            source,
            span,
        }
    }

    /// What stands for a record that is not there or cannot be read.
    fn gap(&self) -> Paper<'a> {
        let NamedRecord { file, span } = self.own.named;
        let record = file.as_ref().map_or_else(String::clone, |record| record.named.clone());
        let file = PaperFile::Missing(format!("Die Vorlagendatei {record} ist nicht lesbar."));
        // What nobody can read may be anything.
        let publicity = publicity::item(self.item.item, [None]).and(self.item.publicity());
        Paper { file, ..self.paper(self.source, "Vorlage", publicity, span.clone()) }
    }

    fn is_sound(&self) -> bool {
        self.own.soundness == Soundness::Sound
    }

    /// Two proposals of an item have annexes of the same labels, so from the second on the slug says which it is.
    fn slug(&self, label: &str) -> String {
        let which = if self.at == 0 { String::new() } else { format!(".vorlage-{}", self.at + 1) };
        format!("{}{which}.{}", self.item.slug(), label.to_lowercase().replace(' ', "-"))
    }
}

/// The title of a form, without the label that stands before it.
fn form_title(form: &FormAnnex) -> String {
    let label = names::annex(&form.label);
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
