//! What nobody may read in public: gathered from the items of a session, from their proposals and papers.
//!
//! Says what is to be looked for and where it comes from; looks for nothing, and opens no file.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::business::{Business, BusinessItem, BusinessProposal};
use super::edition::Edition;
use super::secrets::{Hit, MIN_PICTURE, Secret, SecretContent, Wanted};
use super::volume::SECTIONS;
use crate::diagnostics::Source;
use crate::files;
use crate::record::names;
use crate::record::proposal::rich_text::{Block, plain};
use crate::record::proposal::{Annex, FieldValue, FileAnnex, FormAnnex, Proposal};
use crate::record::publicity::{self, Publicity, Soundness};
use crate::record::schema::{Field, FieldKind};
use crate::record::session::AgendaItem;

/// Everything that is not public.
#[derive(Debug, Default)]
pub struct Confidential {
    /// What is looked for, and what everybody knows.
    pub wanted: Wanted,
    /// The files of papers that are not public, each with the place of its origin.
    pub files: Vec<(usize, PathBuf)>,
    /// The pictures in forms that are not public, each with the place of its origin and the
    /// [hash](crate::files::hash) of its file.
    pub pictures: Vec<(usize, String)>,
    /// The origins whose files cannot be read: only the files as a whole are looked for.
    pub unread: Vec<usize>,
    /// Where the secrets come from.
    pub origins: Vec<SecretOrigin>,
}

/// Where a secret comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretOrigin {
    /// The paper or item in words: `Anlage 2 zu V/0061/2025 (TOP 9.1)`.
    pub words: String,
    /// File and line.
    pub place: String,
    /// The name of the file that it is in, if that is one from elsewhere.
    pub file: Option<String>,
}

/// What papers are called on first pages and stamps.
const OWN_WORDS: [&str; 6] = ["Sitzungsmappe", "Tagesordnung", "Vorlage", "Anlage", "Seite", "Vorlage fehlt"];

impl Confidential {
    /// Gathers what is not public of a session.
    pub fn of_session(business: &Business<'_>) -> Self {
        let mut all = Self::default();
        let editions = Edition::ALL.into_iter().flat_map(|edition| [edition.name, edition.note]);
        let headings = SECTIONS.map(|(_, heading)| heading);
        let own = OWN_WORDS.into_iter().chain(editions).chain(headings);
        all.wanted.common.labels.extend(own.map(str::to_owned));
        let session = business.session;
        all.wanted.common.labels.extend(session.committees.iter().cloned().chain([session.committee()]));
        all.wanted.common.labels.extend(session.place.clone());
        all.wanted.common.labels.extend(session.project.settings.municipality.clone());
        all.titles(business);
        all.proposals(business);
        all.papers(business);
        all
    }

    /// Gives where something comes from that was found.
    pub fn origin_of(&self, hit: &Hit) -> &SecretOrigin {
        &self.origins[self.wanted.secrets[hit.secret].origin]
    }

    /// Gives the [hash](crate::files::hash) of the data that a hit found, if it is data and not words.
    pub fn data_of(&self, hit: &Hit) -> Option<&str> {
        match &self.wanted.secrets[hit.secret].content {
            SecretContent::Bytes(hash) => Some(hash),
            _ => None,
        }
    }

    /// Gathers what is not public of a proposal that no agenda carries.
    pub fn add_record(&mut self, proposal: &Proposal, publicity: Publicity) {
        self.add_proposal(proposal, publicity, Soundness::Sound, "");
    }

    /// The titles of items that are not public, and why they could not wait. A title that is no other than the neutral words is no
    /// secret.
    fn titles(&mut self, business: &Business<'_>) {
        let source = &business.session.source;
        for item in business.items.iter().filter(|item| !item.publicity().is_public()) {
            let AgendaItem { title, neutral_title, urgency, span, .. } = item.item;
            let title = title.as_ref().filter(|title| neutral_title.as_ref() != Some(title));
            let title = title.map(|title| SecretContent::Title(title.clone()));
            let urgency = urgency.as_ref().map(|urgency| SecretContent::Prose(vec![urgency.clone()]));
            for content in title.into_iter().chain(urgency) {
                self.add(content, &format!("TOP {}", item.number()), source, span.clone());
            }
        }
    }

    /// What is not public of the proposals, each once.
    fn proposals(&mut self, business: &Business<'_>) {
        let mut seen: Vec<*const Proposal> = Vec::new();
        for item in &business.items {
            for own in &item.proposals {
                let Some(proposal) = own.proposal else { continue };
                if seen.contains(&std::ptr::from_ref(proposal)) {
                    continue;
                }
                seen.push(proposal);
                let is_same =
                    |own: &BusinessProposal<'_>| own.proposal.is_some_and(|own| std::ptr::eq(own, proposal));
                let carriers = business.items.iter().filter(|other| other.proposals.iter().any(is_same));
                let items: Vec<Publicity> = carriers.map(BusinessItem::publicity).collect();
                let publicity = publicity::proposal(proposal, Some(&items));
                self.add_proposal(proposal, publicity, own.soundness, &format!("TOP {}", item.number()));
            }
        }
    }

    /// The papers without a record that are not public.
    fn papers(&mut self, business: &Business<'_>) {
        let source = &business.session.source;
        for item in &business.items {
            for paper in &item.item.papers {
                if publicity::item_paper(paper, item.publicity()).is_public() {
                    continue;
                }
                let words = format!("{} (TOP {})", paper.label(), item.number());
                let number = paper.number.clone().map(SecretContent::Number);
                let title = paper.title.clone().map(SecretContent::Title);
                // Mostly it is one word, and then no secret.
                let kind = SecretContent::Prose(vec![paper.kind.clone()]);
                for content in number.into_iter().chain(title).chain([kind]) {
                    self.add(content, &words, source, paper.span.clone());
                }
                if let Some(file) = &paper.file {
                    self.file(file, &words, source, paper.span.clone());
                }
            }
        }
    }

    fn add_proposal(&mut self, proposal: &Proposal, publicity: Publicity, soundness: Soundness, item: &str) {
        let number = proposal.number.map(|number| number.to_string());
        let name = number.clone().unwrap_or_else(|| proposal.source.name.clone());
        let item = if item.is_empty() { String::new() } else { format!(" ({item})") };
        let committees = proposal.consultation.iter().filter_map(|step| step.committee.clone());
        self.wanted.common.labels.extend(committees.chain([proposal.office.clone()]));
        for form in proposal.form_annexes() {
            labels(&form.template.schema.root, &mut self.wanted.common.labels);
        }
        if publicity.is_public() {
            self.wanted.common.public_numbers.extend(number);
        } else {
            let at = |key: &str| proposal.span_of(&["vorlage", key]);
            let (words, source) = (format!("Vorlage {name}{item}"), &proposal.source);
            if let Some(number) = number {
                self.add(SecretContent::Number(number), &words, source, proposal.number_span.clone());
            }
            self.add(SecretContent::Title(proposal.subject.clone()), &words, source, at("betreff"));
            if let Some(file) = &proposal.file {
                self.file(file, &words, source, at("datei"));
            }
        }
        for annex in &proposal.annexes {
            if publicity::annex(annex, publicity, soundness).is_public() {
                continue;
            }
            let words = format!("{} zu {name}{item}", names::annex(annex.label()));
            match annex {
                Annex::Form(form) => self.form(proposal, form, &words),
                Annex::File(file) => self.annex_file(proposal, file, &words),
            }
        }
    }

    fn annex_file(&mut self, proposal: &Proposal, annex: &FileAnnex, words: &str) {
        let at = |key: &str| proposal.span_of(&["anlage", &annex.label, key]);
        self.add(SecretContent::Title(annex.title.clone()), words, &proposal.source, at("titel"));
        if let Some(file) = &annex.file {
            self.file(file, words, &proposal.source, at("datei"));
        }
    }

    fn file(&mut self, file: &Path, words: &str, source: &Arc<Source>, span: Range<usize>) {
        let origin = self.origin(words.to_owned(), source, span);
        if let Some(name) = file.file_name().and_then(|name| name.to_str()) {
            self.origins[origin].file = Some(name.to_owned());
            self.wanted.secrets.push(Secret { content: SecretContent::FileName(name.to_owned()), origin });
        }
        self.files.push((origin, file.to_path_buf()));
    }

    /// What a form says, field by field.
    fn form(&mut self, proposal: &Proposal, form: &FormAnnex, words: &str) {
        let tables = proposal.tables();
        let own = tables.iter().find(|(keys, _)| keys.as_slice() == ["anlage", form.label.as_str()]);
        let Some((_, filled)) = own else { return };
        let mut open = vec![(*filled, &form.fields)];
        while let Some((filled, value)) = open.pop() {
            let contents = said(value);
            for content in contents {
                self.add(content, words, &proposal.source, filled.span());
            }
            let values: Vec<&FieldValue> = match value {
                FieldValue::Table(fields) => fields.iter().map(|(_, value)| value).collect(),
                FieldValue::List(items) => items.iter().collect(),
                _ => Vec::new(),
            };
            open.extend(filled.parts().into_iter().zip(values));
        }
        for image in form.images.iter().flatten() {
            let origin = self.origin(words.to_owned(), &proposal.source, filled.span());
            self.pictures.push((origin, image.hash.clone()));
            if image.bytes.len() < MIN_PICTURE {
                continue;
            }
            let hashes = BTreeSet::from([image.hash.clone(), files::hash(&[&image.bytes])]);
            let contents = hashes.into_iter().map(SecretContent::Bytes);
            self.wanted.secrets.extend(contents.map(|content| Secret { content, origin }));
        }
    }

    fn add(&mut self, content: SecretContent, words: &str, source: &Arc<Source>, span: Range<usize>) {
        let origin = self.origin(words.to_owned(), source, span);
        self.wanted.secrets.push(Secret { content, origin });
    }

    fn origin(&mut self, words: String, source: &Arc<Source>, span: Range<usize>) -> usize {
        let place = if span.is_empty() {
            source.name.clone()
        } else {
            format!("{}:{}", source.name, source.line(span.start))
        };
        self.origins.push(SecretOrigin { words, place, file: None });
        self.origins.len() - 1
    }
}

/// What a value itself says, without its parts; the values of a table are also a row.
fn said(value: &FieldValue) -> Vec<SecretContent> {
    match value {
        FieldValue::Text(text) => vec![SecretContent::Prose(vec![text.clone()])],
        FieldValue::RichText(blocks) => {
            let mut contents = Vec::new();
            printed(blocks, &mut contents);
            contents
        }
        FieldValue::Table(fields) => {
            let cells: Vec<String> = fields.iter().filter_map(|(_, value)| cell(value)).collect();
            if cells.len() > 1 { vec![SecretContent::Row(cells)] } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

/// A value as a form prints it in a cell.
fn cell(value: &FieldValue) -> Option<String> {
    match value {
        FieldValue::Text(text) => Some(text.clone()),
        FieldValue::Integer(number) => Some(number.to_string()),
        FieldValue::Number(number) => Some(number.to_string().replace('.', ",")),
        FieldValue::Amount(amount) => Some(amount.to_string()),
        FieldValue::Day(day) => Some(day.in_numbers()),
        _ => None,
    }
}

/// What a long text prints: its paragraphs as prose, its tables row by row.
fn printed(blocks: &[Block], contents: &mut Vec<SecretContent>) {
    for block in blocks {
        match block {
            Block::Paragraph { body } => contents.push(SecretContent::Prose(vec![plain(body)])),
            Block::List { items, .. } => items.iter().for_each(|item| printed(item, contents)),
            Block::Table { header, rows, .. } => {
                for row in std::iter::once(header).chain(rows) {
                    let cells: Vec<String> = row.iter().map(|cell| plain(cell)).collect();
                    contents.push(SecretContent::Prose(cells.clone()));
                    contents.push(SecretContent::Row(cells));
                }
            }
            Block::Image { alt, caption, .. } => {
                let words = std::iter::once(alt).chain(caption);
                contents.extend(words.map(|text| SecretContent::Prose(vec![text.clone()])));
            }
        }
    }
}

/// The words of a form that are the same whatever is filled in.
fn labels(field: &Field, labels: &mut Vec<String>) {
    labels.extend([&field.title, &field.description].into_iter().filter(|text| !text.is_empty()).cloned());
    match &field.kind {
        FieldKind::Choice(choices) => {
            labels.extend(choices.iter().flat_map(|choice| [choice.value.clone(), choice.title.clone()]));
        }
        FieldKind::Table(fields) => fields.iter().for_each(|field| self::labels(field, labels)),
        FieldKind::List(item) => self::labels(item, labels),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::Sample;
    use super::*;
    use crate::record::input::Input;
    use crate::record::project::Project;
    use crate::record::proposal;

    /// What is looked for, with the words for where it comes from.
    fn listed(confidential: &Confidential) -> Vec<(String, &str)> {
        let secrets = confidential.wanted.secrets.iter();
        secrets
            .map(|secret| {
                (format!("{:?}", secret.content), confidential.origins[secret.origin].words.as_str())
            })
            .collect()
    }

    #[test]
    fn of_a_session_all_is_confidential_that_is_not_public_and_nothing_else() {
        let sample = Sample::new();
        let business = sample.business(Soundness::Sound);
        let confidential = Confidential::of_session(&business);
        let expected = [
            ("Title(\"Gutachten\")", "Anlage 2 zu V/0001/2025 (TOP 2)"),
            ("Number(\"V/0002/2025\")", "Vorlage V/0002/2025 (TOP 3)"),
            ("Title(\"Grundstück\")", "Vorlage V/0002/2025 (TOP 3)"),
            ("Title(\"Vertrag\")", "Anlage 1 zu V/0002/2025 (TOP 3)"),
            ("FileName(\"plan.pdf\")", "Anlage 1 zu V/0002/2025 (TOP 3)"),
        ];
        let expected: Vec<(String, &str)> =
            expected.into_iter().map(|(content, words)| (content.to_owned(), words)).collect();
        assert_eq!(listed(&confidential), expected);
        assert_eq!(confidential.wanted.common.public_numbers, ["V/0001/2025"]);
        let [(origin, path)] = &confidential.files[..] else { panic!("{:?}", confidential.files) };
        assert_eq!(confidential.origins[*origin].words, "Anlage 1 zu V/0002/2025 (TOP 3)");
        assert!(path.ends_with("plan.pdf"));
        // Each tells the line that it comes from.
        assert!(confidential.origins.iter().all(|origin| origin.place.starts_with("a.toml:")));
    }

    #[test]
    fn of_a_form_each_text_is_confidential_as_it_is_printed() {
        let folder = tempfile::tempdir().unwrap();
        let project = Arc::new(Project::open(folder.path()).unwrap());
        let text = "[vorlage]\nnummer = 'V/0009/2025'\nbetreff = 'Hof'\noeffentlich = false\n
            [anlage.A]\ntemplate = 'muenster-anlage-a'\nkurzueberblick = '''\nDer *Hof* kostet 2\\.000 Euro.\n
| Posten | Betrag |\n|---|---|\n| Hof | 1.800 |\n'''\n";
        let proposal = proposal::read(Input::of("a.toml", text.as_bytes(), &project).unwrap()).0;
        let mut confidential = Confidential::default();
        confidential.add_record(&proposal, Publicity::NonPublic);
        let said: Vec<String> = listed(&confidential).into_iter().map(|(content, _)| content).collect();
        for expected in [
            "Prose([\"Der Hof kostet 2.000 Euro.\"])",
            "Row([\"Posten\", \"Betrag\"])",
            "Row([\"Hof\", \"1.800\"])",
        ] {
            assert!(said.iter().any(|content| content == expected), "{expected}: {said:?}");
        }
        assert!(confidential.wanted.common.labels.iter().any(|label| label.contains("Finanzplan")));
        let text =
            confidential.wanted.secrets.iter().find(|secret| matches!(secret.content, SecretContent::Row(_)));
        assert_eq!(confidential.origins[text.unwrap().origin].place, "a.toml:8");
        // What everybody may see is no secret.
        let mut public = Confidential::default();
        public.add_record(&proposal, Publicity::Public);
        assert!(public.wanted.secrets.is_empty(), "{:?}", public.wanted.secrets);
    }
}
