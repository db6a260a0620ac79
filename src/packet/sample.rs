//! A session for tests: with items that are public and not, a proposal with annexes of each kind, and a record that is
//! missing.

use std::path::Path;
use std::sync::Arc;

use super::business::Business;
use super::content::PaperContent;
use super::papers::{Paper, list};
use crate::bind::sample::stamps;
use crate::pdf::Refusal;
use crate::record::input::Input;
use crate::record::project::Project;
use crate::record::proposal::{self, Proposal};
use crate::record::publicity::Soundness;
use crate::record::session::{self, Session};

const SESSION: &str = "[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\nbeginn = 17:15:00\n
    [[top]]\nnummer = '1'\ntitel = 'Einwohnerfragestunde'\n
    [[top]]\nnummer = '2'\nvorlage = 'eins.toml'\n
    [[top]]\nnummer = '3'\noeffentlich = false\nvorlage = 'zwei.toml'\n
    [[top]]\nvorlage = 'fehlt.toml'\n";

const PUBLIC: &str = "[vorlage]\nnummer = 'V/0001/2025'\nbetreff = 'Radweg'\noeffentlich = true\n
    [anlage.A]\ntemplate = 'muenster-anlage-a'\n
    [anlage.1]\ntitel = 'Plan'\ndatei = 'plan.pdf'\n
    [anlage.2]\ntitel = 'Gutachten'\ndatei = 'fehlt.pdf'\noeffentlich = false\n";

const SECRET: &str = "[vorlage]\nnummer = 'V/0002/2025'\nbetreff = 'Grundstück'\noeffentlich = false\n
    [anlage.1]\ntitel = 'Vertrag'\ndatei = 'plan.pdf'\n";

/// What has to be held while the papers of a session are looked at.
pub(super) struct Sample {
    session: Session,
    proposals: [Proposal; 2],
}

impl Sample {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["plan.pdf", "eins.toml", "zwei.toml"] {
            std::fs::write(folder.path().join(name), "%PDF-1.7").unwrap();
        }
        let project = Arc::new(Project::open(folder.path()).unwrap());
        let input = |toml: &str| Input::of("a.toml", toml.as_bytes(), &project).unwrap();
        let proposals = [PUBLIC, SECRET].map(|toml| proposal::read(input(toml)).0);
        Self { session: session::read(input(SESSION)).0, proposals }
    }

    /// Its business, if the record of its second item has errors or not.
    pub(super) fn business(&self, second: Soundness) -> Business<'_> {
        let [public, secret] = &self.proposals;
        let (sound, faulty) = (Soundness::Sound, Soundness::Faulty);
        Business::new(
            &self.session,
            [vec![], vec![(Some(public), second)], vec![(Some(secret), sound)], vec![(None, faulty)]],
        )
    }
}

/// The papers, if the forms lie in `out`.
pub(super) fn papers<'a>(business: &'a Business<'a>) -> Vec<Paper<'a>> {
    list(business, Path::new("out"))
}

/// What is in the files of papers: one page in the first, two in the second, and so on; a gap if there is no file.
pub(super) fn contents(papers: &[Paper<'_>]) -> Vec<PaperContent> {
    let content = |(pages, paper): (usize, &Paper<'_>)| PaperContent {
        refusal: paper.file_name().is_empty().then(|| Refusal::Damaged("Es gibt sie nicht.".into())),
        ..PaperContent::of(stamps(pages))
    };
    (1..).zip(papers).map(content).collect()
}
