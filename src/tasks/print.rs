//! Sheets for the print room: of the packets of a session, which are made first if they are not up to date, or of a PDF.
//!
//! Which page goes where is decided in `print`. Knows nothing of the terminal.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_bytes::ByteBuf;

use super::packet::{PacketReport, PacketRequest, packet};
use super::render::Render;
use crate::bind::foreign::{Fitter, Work};
use crate::bind::impose::{Press, PrintColours, PrintOrigin, PrintablePages, SheetSide};
use crate::day::Day;
use crate::diagnostics::{Diagnostic, Source, has_errors};
use crate::files::{self, FileError, ReadError};
use crate::packet::{Edition, EditionReport, PaperReport};
use crate::pdf::Refusal;
use crate::print::{
    PrintFlaw, PrintLayout, PrintPlan, PrintSection, PrintWish, Ticket, TicketFile, TicketRecipient,
    plan_sides, preflight, sides, xjdf,
};
use crate::record::fonts;
use crate::record::names;
use crate::record::session::Recipient;
use crate::run::{Problem, RecordFile, Report, Run, open_session};
use crate::typeset::{self, Engine};

/// The largest file that is printed, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// What is made of the pages of a packet or of a file.
#[derive(Debug)]
pub struct PrintedSheets {
    /// The edition; none of a file.
    pub edition: Option<Edition>,
    /// What it was made of.
    pub source: PathBuf,
    /// The sheets; if they are apart by colour, first those with colour.
    pub paths: Vec<PathBuf>,
    /// The pages that are printed apart, if there are any.
    pub plans: Option<PathBuf>,
    /// The ticket for people, for programs and for machines.
    pub tickets: Vec<PathBuf>,
    /// What it says.
    pub ticket: Ticket,
}

/// What came of a wish to print.
#[derive(Debug, Default)]
pub struct PrintReport {
    /// What was to be printed, as the user knows it.
    pub name: String,
    /// What is wrong with it.
    pub findings: Vec<Diagnostic>,
    /// What was made.
    pub printed: Vec<PrintedSheets>,
    /// What came of the packets.
    pub packet: Option<PacketReport>,
    /// The failure of the environment that kept it from being done.
    pub failure: Option<FileError>,
}

impl PrintReport {
    /// Tells whether something is wrong with what was to be printed.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.findings) || self.packet.as_ref().is_some_and(PacketReport::has_errors)
    }
}

/// What is to be printed of a session.
#[derive(Debug)]
pub struct SessionPrint {
    /// The packets; without editions those that somebody gets on paper.
    pub packet: PacketRequest,
    /// How they are printed.
    pub wish: PrintWish,
    /// The layout; if it is not said, the one that the list of recipients says.
    pub layout: Option<PrintLayout>,
}

/// One edition in one layout, and who gets it.
struct Batch {
    edition: Edition,
    layout: PrintLayout,
    recipients: Vec<TicketRecipient>,
}

/// Prints the packets of a session; `each` gets the reports of its records.
pub fn print_session(run: &Run, mut print: SessionPrint, each: impl FnMut(Report, usize)) -> PrintReport {
    let file = RecordFile::named(print.packet.session.clone());
    // What is wrong with the file is said when its packets are made.
    let opened = open_session(run, &file).ok();
    let list = opened.as_ref().map_or(&[][..], |opened| &opened.session.distribution);
    let batches = batches(list, &print.packet.editions, print.layout, print.wish.layout);
    print.packet.editions = Edition::ALL
        .into_iter()
        .filter(|edition| batches.iter().any(|batch| batch.edition == *edition))
        .collect();
    let mut made = packet(run, &print.packet, each);
    let mut report = PrintReport { name: made.name.clone(), ..PrintReport::default() };
    report.failure = made.failure.take();
    let day = opened.as_ref().and_then(|opened| opened.session.date);
    for batch in batches {
        let edition = made.editions.iter().find(|made| made.edition == batch.edition);
        let Some(edition) = edition.filter(|_| !run.is_stopped() && report.failure.is_none()) else {
            continue;
        };
        let wish = PrintWish { layout: batch.layout, ..print.wish };
        match print_edition(run, edition, wish, batch.recipients, day) {
            Ok(printed) => {
                if let Some(opened) = &opened {
                    let session = &opened.session;
                    let mut said = flaws(&printed, &session.source, session.date_span.clone());
                    session.project.apply_levels(&mut said);
                    report.findings.extend(said);
                }
                report.printed.push(printed);
            }
            Err(Problem::Findings(findings)) => report.findings.extend(findings),
            Err(Problem::Failure(failure)) => report.failure = Some(failure),
        }
    }
    report.packet = Some(made);
    report
}

/// Sorts who gets copies by edition and layout. Without a list, or for an edition that nobody on it gets, there is one copy.
fn batches(
    list: &[Recipient],
    editions: &[Edition],
    layout: Option<PrintLayout>,
    usual: PrintLayout,
) -> Vec<Batch> {
    let gets = |one: &Recipient, edition: &Edition| one.reads_all != edition.keeps_back();
    let on_paper: Vec<&Recipient> = list.iter().filter(|one| one.copies > 0).collect();
    let wanted: Vec<Edition> = match editions {
        [] if on_paper.is_empty() => Edition::USUAL.to_vec(),
        [] => Edition::USUAL
            .into_iter()
            .filter(|edition| on_paper.iter().any(|one| gets(one, edition)))
            .collect(),
        editions => editions.to_vec(),
    };
    let mut batches: Vec<Batch> = Vec::new();
    for edition in wanted {
        let before = batches.len();
        for one in on_paper.iter().filter(|one| gets(one, &edition)) {
            let own = one.layout.as_deref().and_then(PrintLayout::of_word);
            let layout = layout.or(own).unwrap_or(usual);
            let recipient = TicketRecipient { name: one.name.clone(), copies: one.copies };
            match batches[before..].iter_mut().find(|batch| batch.layout == layout) {
                Some(batch) => batch.recipients.push(recipient),
                None => batches.push(Batch { edition, layout, recipients: vec![recipient] }),
            }
        }
        if batches.len() == before {
            batches.push(Batch { edition, layout: layout.unwrap_or(usual), recipients: Vec::new() });
        }
    }
    batches
}

/// Prints a PDF or a scan; the sheets go into a folder.
pub fn print_file(run: &Run, path: &Path, output: Option<PathBuf>, wish: PrintWish) -> PrintReport {
    let file = RecordFile::named(path.to_path_buf());
    let mut report = PrintReport { name: file.name.clone(), ..PrintReport::default() };
    let print = || -> Result<PrintedSheets, Problem> {
        let project = run.project_of(&file.folder).map_err(|error| Problem::of_project(&file.name, error))?;
        let folder = Render::archival(output).folder(&project);
        let mut press = PressRoom::new(run, &file.name);
        let pages = press.read(&fit(run, path)?, PrintOrigin::File, wish)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let all = PrintSection::unnumbered(0..pages.sizes.len());
        let plan = PrintPlan::new(wish, pages, vec![all]);
        let shown = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        write(
            Print {
                edition: None,
                source: path,
                folder: &folder,
                stem,
                title: shown,
                recipients: Vec::new(),
                day: None,
            },
            &mut press,
            plan,
        )
    };
    match print() {
        Ok(printed) => {
            report.findings = flaws(&printed, &Source::new(&file.name, ""), 0..0);
            report.printed.push(printed);
        }
        Err(Problem::Findings(findings)) => report.findings = findings,
        Err(Problem::Failure(failure)) => report.failure = Some(failure),
    }
    report
}

fn print_edition(
    run: &Run,
    edition: &EditionReport,
    wish: PrintWish,
    recipients: Vec<TicketRecipient>,
    day: Option<Day>,
) -> Result<PrintedSheets, Problem> {
    let name = edition.path.display().to_string();
    let bytes = read(&edition.path)?;
    let mut press = PressRoom::new(run, &name);
    let pages = press.read(&bytes, PrintOrigin::Packet, wish)?;
    drop(bytes);
    let stem = edition.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    // The packet lies in a folder of the output folder.
    let folder = edition.path.parent().and_then(Path::parent).unwrap_or(Path::new(""));
    let plan = PrintPlan::new(wish, pages, sections(edition));
    let title = format!("Sitzungsmappe {stem}, {}", edition.edition.name);
    let print =
        Print { edition: Some(edition.edition), source: &edition.path, folder, stem, title, recipients, day };
    write(print, &mut press, plan)
}

/// The sections of a packet: its first pages, then item by item.
fn sections(edition: &EditionReport) -> Vec<PrintSection> {
    let first = edition.papers.first().map_or(edition.pages, |paper| paper.first_page.saturating_sub(1));
    let mut sections = vec![PrintSection::unnumbered(0..first)];
    let mut next = first;
    let of_item = |papers: &[PaperReport]| PrintSection {
        number: papers[0].item.clone(),
        title: papers.iter().map(title).collect::<Vec<_>>().join("\n"),
        papers: papers.iter().map(|paper| paper.first_page - 1..paper.last_page).collect(),
    };
    for papers in edition.papers.chunk_by(|one, other| one.item == other.item) {
        // A sheet that divides the two parts of the agenda.
        let begin = papers[0].first_page - 1;
        sections.extend((next < begin).then(|| PrintSection::unnumbered(next..begin)));
        next = papers[papers.len() - 1].last_page;
        sections.push(of_item(papers));
    }
    sections
}

fn title(paper: &PaperReport) -> String {
    match paper.title.as_str() {
        "" => format!("{} {}", paper.label, paper.proposal),
        title => format!("{}: {title}", paper.label),
    }
}

/// What is printed, and where it goes.
struct Print<'a> {
    edition: Option<Edition>,
    source: &'a Path,
    folder: &'a Path,
    /// What the names of its files begin with.
    stem: String,
    title: String,
    recipients: Vec<TicketRecipient>,
    day: Option<Day>,
}

/// Writes the sheets, what is printed apart, and the ticket.
fn write(print: Print<'_>, press: &mut PressRoom<'_>, plan: PrintPlan) -> Result<PrintedSheets, Problem> {
    let layout = plan.wish.layout.key();
    let place = |what: &str, end: &str| print.folder.join(names::in_print_folder(&print.stem, what, end));
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (mut paths, mut files) = (Vec::new(), Vec::new());
    for part in parts(&plan) {
        let path = place(&format!("{layout}{}", part.suffix), "pdf");
        press.put(&path, &print.title, &part.sides, &plan)?;
        files.push(TicketFile {
            name: name(&path),
            sheets: part.sheets,
            sides: part.sides.len(),
            in_colour: part.in_colour,
        });
        paths.push(path);
    }
    let apart = plan_sides(&plan);
    let plans = (!apart.is_empty()).then(|| place("plaene", "pdf"));
    if let Some(path) = &plans {
        press.put(path, &print.title, &apart, &plan)?;
    }
    let ticket = Ticket {
        job: format!("{}-{layout}", print.stem),
        title: print.title.clone(),
        files,
        plans: plans.as_deref().map(name),
        recipients: print.recipients,
        plan,
    };
    let tickets = [
        (place(&format!("{layout}-laufzettel"), "pdf"), sheet(&ticket, print.day)?),
        (place(layout, "json"), format!("{:#}\n", ticket.json()).into_bytes()),
        (place(layout, "xjdf"), xjdf(&ticket)),
    ];
    for (path, bytes) in &tickets {
        files::write(path, bytes)?;
    }
    let tickets = tickets.map(|(path, _)| path).to_vec();
    Ok(PrintedSheets {
        edition: print.edition,
        source: print.source.to_path_buf(),
        paths,
        plans,
        tickets,
        ticket,
    })
}

/// Sets the ticket for people.
fn sheet(ticket: &Ticket, day: Option<Day>) -> Result<Vec<u8>, Problem> {
    let job = typeset::ticket(&ticket.sheet(), day);
    let outcome = typeset::alone(|| Engine::default().run(&job, &fonts::Fonts::built_in()));
    outcome.into_pdf().map_err(|said| refused(&ticket.title, &Refusal::Damaged(said)))
}

/// Sheets that go to a file.
struct SheetFile {
    /// What the name of the file ends with.
    suffix: &'static str,
    in_colour: bool,
    sheets: usize,
    sides: Vec<SheetSide>,
}

/// Sorts sheets by the files that they go to.
fn parts(plan: &PrintPlan) -> Vec<SheetFile> {
    let sheets = sides(plan);
    let coloured = plan.coloured_sheets();
    let part = |suffix: &'static str, in_colour: bool, takes: &dyn Fn(bool) -> bool| {
        let sheets = sheets.iter().zip(&coloured).filter(|(_, coloured)| takes(**coloured));
        let sheets: Vec<&Vec<SheetSide>> = sheets.map(|(sides, _)| sides).collect();
        SheetFile {
            suffix,
            in_colour,
            sheets: sheets.len(),
            sides: sheets.into_iter().flatten().cloned().collect(),
        }
    };
    if !plan.wish.split_colour {
        return vec![part("", coloured.contains(&true), &|_| true)];
    }
    let split =
        [part("-farbe", true, &|coloured| coloured), part("-schwarzweiss", false, &|coloured| !coloured)];
    split.into_iter().filter(|part| part.sheets > 0).collect()
}

/// Says what may go wrong on paper, at a place of a file.
fn flaws(printed: &PrintedSheets, source: &Arc<Source>, span: Range<usize>) -> Vec<Diagnostic> {
    let name = printed
        .edition
        .map(|edition| format!("{}, {}: ", edition.name, printed.ticket.plan.wish.layout.name()));
    let name = name.unwrap_or_default();
    let finding = |flaw: PrintFlaw| {
        Diagnostic::new(flaw.code, source, span.clone(), format!("{name}{}", flaw.message)).hint(flaw.hint)
    };
    preflight(&printed.ticket.plan).into_iter().map(finding).collect()
}

/// The process that draws the pages of one file on sheets, and what the file is called.
struct PressRoom<'a> {
    run: &'a Run,
    press: Press,
    name: String,
}

impl<'a> PressRoom<'a> {
    fn new(run: &'a Run, name: &str) -> Self {
        Self { run, press: Press::new(run.program(), run.stop()), name: name.to_owned() }
    }

    fn read(&mut self, file: &[u8], origin: PrintOrigin, wish: PrintWish) -> Result<PrintablePages, Problem> {
        let colours = if wish.greyscale { PrintColours::Grey } else { PrintColours::Kept };
        let read = self.press.read(file, origin, colours).map_err(|error| self.run.not_run(error))?;
        read.map_err(|refusal| refused(&self.name, &refusal))
    }

    fn put(
        &mut self,
        path: &Path,
        title: &str,
        sides: &[SheetSide],
        plan: &PrintPlan,
    ) -> Result<(), Problem> {
        let name = path.display().to_string();
        let identity = files::hash(&[name.as_bytes(), format!("{plan:?}").as_bytes()]);
        let made = self.press.impose(sides, title, &identity[..32]);
        let made = made.map_err(|error| self.run.not_run(error))?;
        let bytes = made.map_err(|refusal| refused(&self.name, &refusal))?;
        Ok(files::write(path, &bytes)?)
    }
}

/// Reads a file and makes it fit, in a process with limits.
fn fit(run: &Run, path: &Path) -> Result<Vec<u8>, Problem> {
    let bytes = ByteBuf::from(read(path)?);
    let name = path.display().to_string();
    let title = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let work = Work { bytes, alt: title.clone(), title, author: String::new(), date: None };
    let fit = Fitter::new(run.program(), run.stop()).fit(&work).map_err(|error| run.not_run(error))?;
    Ok(fit.map_err(|refusal| refused(&name, &refusal))?.pdf.into_vec())
}

fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    files::read(path, MAX_FILE_BYTES).map_err(|error| match error {
        ReadError::System(failure) => Problem::Failure(failure),
        other => refused(&path.display().to_string(), &Refusal::Damaged(other.to_string())),
    })
}

fn refused(name: &str, refusal: &Refusal) -> Problem {
    let message = format!("{name} lässt sich nicht drucken: {}.", refusal.reason());
    let finding = Diagnostic::new(refusal.code(), &Source::new(name, ""), 0..0, message);
    Problem::Findings(vec![finding.hint(refusal.hint())])
}
