//! One edition of a packet: its first pages, its papers, its stamps, its claims.

use std::path::Path;

use super::super::agenda::Agenda;
use super::papers::{Loaded, Paper, item_slug};
use super::{Edition, EditionReport, PaperReport};
use crate::bind::{self, Item, Leak, Packed, Part, Plan, Secrets, Section};
use crate::day::{Day, TimeOfDay};
use crate::files;
use crate::pdf;
use crate::record::names;
use crate::record::proposal::Proposal;
use crate::record::publicity;
use crate::record::session::AgendaItem;
use crate::toml_tree::{Node, Value};
use crate::typeset::{self, Engine, Front, FrontItem, FrontPaper, FrontPart, Job, Standard};

/// How many first pages an edition has. They are set with page numbers of many digits, so before the papers are read.
pub(super) fn front_pages(edition: Edition, agenda: &Agenda, papers: &[Paper<'_>]) -> usize {
    let unread: Vec<Loaded> = papers.iter().map(|paper| Loaded::unread(&paper.slug)).collect();
    let job = Volume::new(edition, agenda, papers, &unread).front(FAR, Vec::new());
    // What cannot be set is said when it is set for good.
    Engine::default().page_count(&job, &agenda.session().project.fonts).unwrap_or_default()
}

/// Makes an edition: the file, what is in it, and what of it nobody may see.
pub(super) fn make(
    edition: Edition,
    agenda: &Agenda,
    papers: &[Paper<'_>],
    loaded: &[Loaded],
    front_pages: usize,
    folder: &Path,
) -> Result<(Vec<u8>, EditionReport, Vec<Leak>), String> {
    let volume = Volume::new(edition, agenda, papers, loaded);
    let mut claims = volume.entries.iter().all(|entry| missing(entry.loaded).is_empty());
    let (drawn, packed) = rayon::join(|| volume.drawn(front_pages, claims), || volume.packed());
    let (mut front, stamps) = drawn?;
    let mut made = volume.bind(&front, &stamps, packed);
    let defects = if claims { defects(&made) } else { Vec::new() };
    if !defects.is_empty() {
        claims = false;
        let job = volume.front(front.page_count(), standards(claims));
        front = volume.part(&job, Part::read_front)?;
        made = volume.bind(&front, &stamps, volume.packed());
    }
    let bytes = made.bytes;
    let leaks = volume.leaks(papers, loaded, [&front, &stamps], &bytes);
    let report = EditionReport {
        edition,
        path: folder.join(names::packet(&agenda.session().file_stem(), edition.suffix())),
        up_to_date: false,
        pages: front.page_count() + volume.page_count(),
        bytes: bytes.len() as u64,
        claims: if claims { "PDF/A-2a, PDF/UA-1".into() } else { String::new() },
        defects,
        papers: volume.report(front.page_count()),
    };
    Ok((bytes, report, leaks))
}

/// A page of a packet that is larger than any.
const FAR: usize = 8888;

fn standards(claims: bool) -> Vec<Standard> {
    if claims { Standard::default_set() } else { Vec::new() }
}

/// The largest packet that is read back for a look at its structure as a whole, in bytes: some 250 pages of forms. The
/// objects of one that is larger would take more memory than there may be.
const MAX_READ_BACK: usize = 8 << 20;

/// What is wrong with the structure of a finished packet. Inside of its parts it was checked as they went in, and between
/// them as they were joined; one that is not too large is also read back and checked as any PDF.
fn defects(made: &bind::Packet) -> Vec<String> {
    if !made.defects.is_empty() || made.bytes.len() > MAX_READ_BACK {
        return made.defects.clone();
    }
    match pdf::load(&made.bytes) {
        Ok(document) => pdf::defects(&document).into_iter().map(|defect| defect.message).collect(),
        Err(error) => vec![error.to_string()],
    }
}

/// What a paper lacks for its packet to claim PDF/A-2a and PDF/UA-1.
fn missing(loaded: &Loaded) -> Vec<String> {
    let mut missing = Vec::new();
    if loaded.refusal.is_some() {
        missing.push("fehlt".to_owned());
    }
    let claims = loaded.part.claims;
    if claims.pdf_a != Some((2, Some('a'))) {
        missing.push("nicht PDF/A-2a".to_owned());
    }
    if claims.pdf_ua != Some(1) {
        missing.push("nicht PDF/UA-1".to_owned());
    }
    if loaded.part.is_cmyk {
        missing.push("Farben für den Druck (CMYK)".to_owned());
    }
    missing.extend(loaded.part.defects.first().map(|defect| format!("Struktur fehlerhaft: {defect}")));
    missing
}

/// An edition in the making.
struct Volume<'a> {
    edition: Edition,
    agenda: &'a Agenda,
    /// The public and the non-public part: heading and items, by their places in the agenda.
    sections: Vec<(&'static str, Vec<usize>)>,
    entries: Vec<Entry<'a>>,
}

/// A paper that is in the edition.
struct Entry<'a> {
    paper: &'a Paper<'a>,
    loaded: &'a Loaded,
    /// How many pages of papers come before it.
    before: usize,
}

impl<'a> Volume<'a> {
    fn new(edition: Edition, agenda: &'a Agenda, papers: &'a [Paper<'a>], loaded: &'a [Loaded]) -> Self {
        let public: Vec<bool> =
            agenda.items().map(|(item, proposal)| publicity::item(item, proposal).is_public()).collect();
        let of = |wanted: bool| (0..public.len()).filter(|at| public[*at] == wanted).collect::<Vec<_>>();
        let mut sections = vec![("Öffentlicher Teil", of(true))];
        if edition == Edition::Complete {
            sections.push(("Nichtöffentlicher Teil", of(false)));
        }
        sections.retain(|(_, items)| !items.is_empty());
        let mut entries = Vec::new();
        let mut before = 0;
        for item in sections.iter().flat_map(|(_, items)| items) {
            for (paper, loaded) in papers.iter().zip(loaded) {
                if paper.item == *item && paper.is_in(edition) {
                    entries.push(Entry { paper, loaded, before });
                    before += loaded.part.page_count();
                }
            }
        }
        Self { edition, agenda, sections, entries }
    }

    fn packed(&self) -> Packed<'_> {
        Packed::new(self.entries.iter().map(|entry| &entry.loaded.part))
    }

    /// Puts the edition together.
    fn bind(&self, front: &Part, stamps: &Part, packed: Packed<'_>) -> bind::Packet {
        let entries = self.entries.iter();
        let papers = entries.map(|entry| format!("{} {}", entry.paper.slug, entry.loaded.part.page_count()));
        let identity = [vec![self.title()], papers.collect()].concat().join("\n");
        bind::assemble(Plan {
            front,
            stamps,
            sections: self.plan(),
            packed,
            identity: files::hash(&[identity.as_bytes()])[..32].to_owned(),
        })
    }

    /// How many pages its papers have.
    fn page_count(&self) -> usize {
        self.entries.iter().map(|entry| entry.loaded.part.page_count()).sum()
    }

    /// The first pages and the stamps. The numbers on them depend on how many first pages there are, which is only seen
    /// when they are set; usually there are as many as expected.
    fn drawn(&self, expected: usize, claims: bool) -> Result<(Part, Part), String> {
        let set = |pages: usize| {
            let front = || self.part(&self.front(pages, standards(claims)), Part::read_front);
            let drawn = rayon::join(front, || self.stamps(pages));
            Ok::<_, String>((drawn.0?, drawn.1?))
        };
        let mut drawn = set(expected)?;
        let mut expected = expected;
        for _ in 0..3 {
            if drawn.0.page_count() == expected {
                break;
            }
            expected = drawn.0.page_count();
            drawn = set(expected)?;
        }
        Ok(drawn)
    }

    /// The job that sets the first pages, if there are so many.
    fn front(&self, pages: usize, standards: Vec<Standard>) -> Job {
        typeset::front(&self.front_data(pages), standards)
    }

    fn part(&self, job: &Job, read: impl Fn(&[u8]) -> Result<Part, pdf::LoadError>) -> Result<Part, String> {
        let outcome = Engine::default().run(job, &self.agenda.session().project.fonts);
        let said = outcome.findings.iter().map(|finding| finding.message.clone()).next();
        match outcome.files.first() {
            Some(pdf) => read(pdf).map_err(|error| error.to_string()),
            None => Err(said.unwrap_or_default()),
        }
    }

    fn title(&self) -> String {
        let session = self.agenda.session();
        let date = session.date.map(|day| format!(", {}", day.in_numbers()));
        let edition = match self.edition {
            Edition::Public => "öffentliche Fassung",
            Edition::Complete => "vollständige Fassung",
        };
        format!("Sitzungsmappe {}{} ({edition})", session.committee, date.unwrap_or_default())
    }

    fn front_data(&self, front_pages: usize) -> Front {
        let session = self.agenda.session();
        let (edition, edition_note) = match self.edition {
            Edition::Public => {
                ("Öffentliche Fassung", "Enthält die Unterlagen des öffentlichen Teils der Sitzung.")
            }
            Edition::Complete => (
                "Vollständige Fassung",
                "Enthält auch nichtöffentliche Unterlagen; sie sind vertraulich zu behandeln.",
            ),
        };
        Front {
            title: self.title(),
            author: session.project.settings.municipality.iter().cloned().collect(),
            description: format!("Tagesordnung und Unterlagen der Sitzung: {}", session.committee),
            municipality: session.project.settings.municipality.clone(),
            committee: session.committee.clone(),
            date: session.date,
            date_in_words: session.date.map(Day::in_words),
            begin: session.begin.map(TimeOfDay::in_numbers),
            place: session.place.clone(),
            notice: session.notice.as_ref().map(|(day, _)| day.in_numbers()),
            edition: edition.into(),
            edition_note: edition_note.into(),
            parts: self
                .sections
                .iter()
                .map(|(title, items)| self.front_part(title, items, front_pages))
                .collect(),
        }
    }

    fn front_part(&self, heading: &str, items: &[usize], front_pages: usize) -> FrontPart {
        let item = |at: &usize| {
            let (item, proposal) = self.item(*at);
            let papers: Vec<FrontPaper> = self
                .of_item(*at)
                .map(|entry| FrontPaper {
                    label: entry.paper.label.clone(),
                    title: self.listed_title(entry, proposal),
                    page: Some(front_pages + entry.before + 1),
                })
                .collect();
            FrontItem {
                number: number(item),
                title: title(item, proposal),
                page: papers.first().and_then(|paper| paper.page),
                papers,
            }
        };
        FrontPart { title: heading.to_owned(), items: items.iter().map(item).collect() }
    }

    /// The title of a paper on the agenda, with what one has to know of it.
    fn listed_title(&self, entry: &Entry<'_>, proposal: Option<&Proposal>) -> String {
        let number = proposal.and_then(|proposal| proposal.number).map(|number| number.to_string());
        let mut title = match entry.paper.title.as_str() {
            "" => number.unwrap_or_default(),
            title => title.to_owned(),
        };
        let (item, of_item) = self.item(entry.paper.item);
        if !entry.paper.publicity.is_public() && publicity::item(item, of_item).is_public() {
            title += " (nichtöffentlich)";
        }
        if entry.loaded.refusal.is_some() {
            title += " (fehlt)";
        }
        title
    }

    fn item(&self, at: usize) -> (&'a AgendaItem, Option<&'a Proposal>) {
        (&self.agenda.session().items[at], self.agenda.proposal(at))
    }

    fn of_item(&self, at: usize) -> impl Iterator<Item = &Entry<'a>> {
        self.entries.iter().filter(move |entry| entry.paper.item == at)
    }

    /// The stamps, one for each page.
    fn stamps(&self, front_pages: usize) -> Result<Part, String> {
        self.part(&typeset::stamps(&self.stamp_texts(front_pages)), Part::read_stamps)
    }

    fn stamp_texts(&self, front_pages: usize) -> Vec<String> {
        let total = front_pages + self.page_count();
        let mut texts = Vec::with_capacity(total);
        let mut add = |name: &str, pages: usize| {
            for _ in 0..pages {
                texts.push(format!("{name} · Seite {} von {total}", texts.len() + 1));
            }
        };
        add(&format!("Sitzungsmappe {}", self.agenda.session().committee), front_pages);
        for entry in &self.entries {
            let (item, proposal) = self.item(entry.paper.item);
            let number_of_proposal =
                proposal.and_then(|proposal| proposal.number).map(|number| number.to_string());
            let parts =
                [Some(format!("TOP {}", number(item))), number_of_proposal, Some(entry.paper.label.clone())];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            add(&parts.join(" · "), entry.loaded.part.page_count());
        }
        texts
    }

    fn plan(&self) -> Vec<Section> {
        let item = |at: &usize| {
            let (item, proposal) = self.item(*at);
            let papers = self.of_item(*at);
            Item {
                title: format!("{} {}", number(item), title(item, proposal)),
                slug: item_slug(item, *at),
                papers: papers.map(|entry| entry.paper.name()).collect(),
            }
        };
        let sections = self.sections.iter();
        sections
            .map(|(title, items)| Section {
                title: (*title).to_owned(),
                items: items.iter().map(item).collect(),
            })
            .collect()
    }

    fn report(&self, front_pages: usize) -> Vec<PaperReport> {
        let report = |entry: &Entry<'_>| {
            let (item, proposal) = self.item(entry.paper.item);
            let first_page = front_pages + entry.before + 1;
            PaperReport {
                item: number(item),
                proposal: proposal
                    .and_then(|p| p.number)
                    .map(|number| number.to_string())
                    .unwrap_or_default(),
                label: entry.paper.label.clone(),
                title: entry.paper.title.clone(),
                file: entry.paper.file_name(),
                first_page,
                last_page: first_page + entry.loaded.part.page_count().max(1) - 1,
                claims: match entry.loaded.refusal {
                    Some(_) => String::new(),
                    None => entry.loaded.part.claims.to_string(),
                },
                missing: missing(entry.loaded),
            }
        };
        self.entries.iter().map(report).collect()
    }

    /// Looks for everything that the public edition must not have.
    fn leaks(&self, papers: &[Paper<'_>], loaded: &[Loaded], own: [&Part; 2], bytes: &[u8]) -> Vec<Leak> {
        if self.edition == Edition::Complete {
            return Vec::new();
        }
        let mut secrets = secrets(self.agenda, papers, loaded);
        // What this program draws itself may look like what it draws elsewhere.
        own.iter().for_each(|part| secrets.public_paper(part));
        // What cannot be read cannot be vouched for.
        secrets.search(bytes).unwrap_or_else(|error| {
            vec![Leak { secret: error.to_string(), place: "etwas, das sich nicht prüfen lässt".into() }]
        })
    }
}

/// The title of an item; that of one whose record cannot be read says so.
fn title(item: &AgendaItem, proposal: Option<&Proposal>) -> String {
    match item.title(proposal) {
        "" => "Vorlage fehlt".to_owned(),
        title => title.to_owned(),
    }
}

fn number(item: &AgendaItem) -> String {
    item.number.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// What nobody may read in the public edition of a session.
fn secrets(agenda: &Agenda, papers: &[Paper<'_>], loaded: &[Loaded]) -> Secrets {
    let mut secrets = Secrets::default();
    let mut texts = Secrets::default();
    let mut public_texts = Vec::new();
    let mut public_titles = Vec::new();
    for (item, proposal) in agenda.items() {
        let title = item.title(proposal).to_owned();
        let strings = proposal.map(|proposal| strings(&proposal.tree)).unwrap_or_default();
        if publicity::item(item, proposal).is_public() {
            public_titles.push(title);
            public_titles
                .extend(proposal.and_then(|proposal| proposal.number).map(|number| number.to_string()));
            public_texts.extend(strings);
            continue;
        }
        match proposal {
            // Without a paper of its own an item has hardly a title of its own.
            None => secrets.name(&title),
            Some(_) => secrets.title(&title),
        }
        for text in &strings {
            texts.text(text);
        }
        if let Some(proposal) = proposal {
            secrets.title(&proposal.subject);
            proposal.number.iter().for_each(|number| secrets.title(&number.to_string()));
        }
    }
    for paper in papers.iter().filter(|paper| !paper.publicity.is_public()) {
        // The title of a proposal is its subject.
        if !paper.title.is_empty() {
            texts.title(&paper.title);
        }
        if !paper.file_name().is_empty() {
            texts.title(&paper.file_name());
        }
    }
    for paper in papers.iter().filter(|paper| paper.publicity.is_public()) {
        public_texts.push(paper.title.clone());
    }
    let mut secrets = secrets.without(&public_titles);
    secrets.add(texts.without(&public_texts));
    let of_papers = || papers.iter().zip(loaded).filter(|(_, loaded)| loaded.refusal.is_none());
    of_papers()
        .filter(|(paper, _)| !paper.publicity.is_public())
        .for_each(|(_, loaded)| secrets.paper(&loaded.part));
    of_papers()
        .filter(|(paper, _)| paper.publicity.is_public())
        .for_each(|(_, loaded)| secrets.public_paper(&loaded.part));
    secrets
}

/// All texts in a record, without the marks of emphasis.
fn strings(node: &Node) -> Vec<String> {
    match &node.value {
        Value::String(text) => vec![text.replace(['*', '_'], "")],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::Table(table) => table.0.iter().flat_map(|entry| strings(&entry.node)).collect(),
        _ => Vec::new(),
    }
}
