//! Makes PDFs again from the records that they were made of, and compares them byte for byte.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::failure::VerifyFailure;
use crate::archive::{BagReport, Filed, FiledKind, Flaw, FlawKind, REPORT, is_inside};
use crate::diagnostics::{Diagnostic, codes};
use crate::files::{self, FileError, Workshop, digest_bytes};
use crate::packet::{Edition, ExtractWish};
use crate::pdf::Claims;
use crate::record::names;
use crate::record::project::FILE_NAME;
use crate::run::{RecordFile, Report, Run, collect};
use crate::tasks::packet::{PacketRequest, packet};
use crate::tasks::render::{Render, render};
use crate::typeset::{FINGERPRINT, Format, Options, Standard};

/// What PDFs of a bag are made again from.
pub(super) struct Makings<'a> {
    /// The files that are as they were.
    pub files: &'a [Filed],
    /// The files that are not.
    pub damaged: &'a [Filed],
    /// What the bag says of them.
    pub report: &'a BagReport,
}

impl Makings<'_> {
    /// A file that is not as it was, and that a PDF may be made of: settings, fonts, forms, or what lies beside it; for a
    /// packet any.
    fn damaged_for(&self, pdf: &Filed) -> Option<&str> {
        let is_shared = |filed: &Filed| matches!(filed.kind, FiledKind::Project | FiledKind::Template);
        let folder = |filed: &Filed| filed.path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        let is_beside = |filed: &Filed| pdf.kind == FiledKind::Packet || folder(filed) == folder(pdf);
        let mut used = self.damaged.iter().filter(|filed| filed.source.is_some());
        used.find(|filed| is_shared(filed) || is_beside(filed)).map(|filed| filed.path.as_str())
    }

    /// Tells whether another version of the program made the bag.
    fn is_of_other_version(&self) -> bool {
        self.report.made.version != env!("CARGO_PKG_VERSION")
    }
}

/// Makes PDFs of a bag again, from the files that are as they were. Says how many are the same, and what is wrong with
/// the others.
pub(super) fn bag(
    bag: &Path,
    makings: &Makings<'_>,
    own: &[&Filed],
    run: &Run,
) -> Result<(usize, Vec<Flaw>), VerifyFailure> {
    if own.is_empty() {
        return Ok((0, Vec::new()));
    }
    let workshop = Workshop::new()?;
    let (records, mut flaws) = put_together(bag, makings.files, &workshop)?;
    // Without all of its files, and above all its settings, this would be another project.
    if !flaws.is_empty() {
        return Ok((0, flaws));
    }
    let output = workshop.path().join(OUTPUT);
    let reports = made_again(&records, Options::archival(), &output, run)?;
    let packets: Vec<&Filed> = own.iter().copied().filter(|filed| filed.kind == FiledKind::Packet).collect();
    let bound = bound_again(makings, &packets, &workshop, &output, run)?;
    let again = Again { output: &output, reports: &reports, bound: &bound, makings };
    let mut same = 0;
    for filed in own {
        match again.compare(filed)? {
            None => same += 1,
            Some(flaw) => flaws.push(flaw),
        }
    }
    Ok((same, flaws))
}

/// Puts the project of a bag together again. Returns its records, and what the bag says of its files that cannot be.
fn put_together(
    bag: &Path,
    files: &[Filed],
    workshop: &Workshop,
) -> Result<(Vec<PathBuf>, Vec<Flaw>), VerifyFailure> {
    if !files.iter().any(|filed| filed.source.as_deref() == Some(FILE_NAME)) {
        workshop.write(&format!("{PROJECT}/{FILE_NAME}"), b"")?;
    }
    let (mut records, mut flaws) = (Vec::new(), Vec::new());
    for filed in files {
        let Some(source) = filed.source.as_deref().filter(|source| is_inside(source)) else { continue };
        let place = format!("{PROJECT}/{source}");
        let path = workshop.path().join(&place);
        // Two records may print the same image.
        if !is_inside(&filed.path) || path.is_file() {
            continue;
        }
        match workshop.borrow(&bag.join(&filed.path), &place) {
            Ok(()) if filed.kind == FiledKind::Record => records.push(path),
            Ok(()) => {}
            Err(error) if is_of_bag(&error) => {
                let message = format!(
                    "nennt {source} als Quelle von {}: {}",
                    filed.path,
                    files::in_german(&error.source)
                );
                flaws.push(Flaw::new(REPORT, FlawKind::BadList, message));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok((records, flaws))
}

/// Tells whether a file cannot be put where a bag says it was because of what the bag says. A full disk is not its fault.
fn is_of_bag(error: &FileError) -> bool {
    use ErrorKind::{AlreadyExists, InvalidFilename, InvalidInput, IsADirectory, NotADirectory};
    let kind = error.source.kind();
    matches!(kind, AlreadyExists | InvalidFilename | InvalidInput | IsADirectory | NotADirectory)
}

/// Why packets of a bag are not made again.
#[derive(Default)]
struct Bound {
    /// What is wrong with the session, or with one of its papers.
    findings: Vec<Diagnostic>,
    /// Whether the bag has no session file.
    has_no_session: bool,
}

/// Makes the packets again, of the form annexes that were made again.
fn bound_again(
    makings: &Makings<'_>,
    packets: &[&Filed],
    workshop: &Workshop,
    output: &Path,
    run: &Run,
) -> Result<Bound, VerifyFailure> {
    if packets.is_empty() {
        return Ok(Bound::default());
    }
    let session = makings.files.iter().find(|filed| filed.kind == FiledKind::Session);
    let source = session.and_then(|session| session.source.as_deref()).filter(|source| is_inside(source));
    let Some(source) = source else { return Ok(Bound { has_no_session: true, ..Bound::default() }) };
    let is_there = |edition: &Edition| {
        let end = format!("-{}.pdf", edition.folder);
        packets.iter().any(|packet| packet.name().ends_with(&end))
    };
    let request = PacketRequest {
        session: workshop.path().join(PROJECT).join(source),
        output: Some(output.to_path_buf()),
        editions: Edition::ALL.into_iter().filter(is_there).collect(),
        allow_gaps: false,
        force: false,
        extracts: ExtractWish::default(),
        sending: None,
    };
    // In a folder that is gone in a moment nothing needs to be kept.
    let report = packet(&run.next().with_state(None), &request, |_, _| {});
    match report.failure {
        Some(failure) => Err(failure.into()),
        None => Ok(Bound { findings: report.findings, has_no_session: false }),
    }
}

/// Where a project is put together again. The report says where its files go, so nothing else may lie in it.
const PROJECT: &str = "projekt";
/// Where the PDFs are made.
const OUTPUT: &str = "wieder";

/// Renders records; what came of each by the stem of its file.
fn made_again(
    records: &[PathBuf],
    options: Options,
    output: &Path,
    run: &Run,
) -> Result<BTreeMap<String, Report>, VerifyFailure> {
    match collect(records) {
        Ok(files) => render_files(&files, options, output, run),
        Err(_) => Ok(BTreeMap::new()),
    }
}

fn render_files(
    files: &[RecordFile],
    options: Options,
    output: &Path,
    run: &Run,
) -> Result<BTreeMap<String, Report>, VerifyFailure> {
    let how = Render { options, force: true, ..Render::archival(Some(output.to_path_buf())) };
    let mut reports = BTreeMap::new();
    let mut failure = None;
    let summary = render(run, files, &how, |mut report, _| {
        failure = failure.take().or(report.failure.take());
        let stem = Path::new(&report.name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        reports.insert(stem.unwrap_or_default(), report);
    });
    // What the disk cannot hold puts no blame on a bag.
    match failure.or(summary.failure) {
        Some(failure) => Err(failure.into()),
        None => Ok(reports),
    }
}

/// What was made again, and from what.
struct Again<'a> {
    output: &'a Path,
    reports: &'a BTreeMap<String, Report>,
    bound: &'a Bound,
    makings: &'a Makings<'a>,
}

impl Again<'_> {
    /// Compares a PDF with the one that was made again; nothing if they are the same.
    fn compare(&self, filed: &Filed) -> Result<Option<Flaw>, VerifyFailure> {
        let mut paths = names::FOLDERS.iter().map(|folder| self.output.join(folder).join(filed.name()));
        let again = paths.find(|path| path.is_file()).map(|path| files::digest(&path)).transpose()?;
        // A file that is as it was has the hash that the report says.
        if again.as_ref().is_some_and(|digest| digest.sha512 == filed.sha512) {
            return Ok(None);
        }
        let (kind, message) = match (again, self.makings.damaged_for(filed)) {
            (_, Some(damaged)) => {
                (FlawKind::NoRecord, format!("ist nicht verglichen: {damaged} fehlt oder ist beschädigt"))
            }
            (Some(_), None) if self.makings.is_of_other_version() => {
                (FlawKind::Program, other_program(&self.makings.report.made.version))
            }
            // What the pages were called before is known from what was sent.
            (Some(_), None) if filed.kind == FiledKind::Packet && self.is_without_history() => (
                FlawKind::NoRecord,
                "ist nicht verglichen: Was vorher versandt wurde, steht in keiner öffentlichen Abgabe".into(),
            ),
            (Some(digest), None) => (FlawKind::Content, self.unlike(filed, digest.size)),
            (None, None) if filed.kind == FiledKind::Packet => self.without_packet(),
            (None, None) => self.without_form(filed),
        };
        Ok(Some(Flaw::new(&filed.path, kind, message)))
    }

    fn is_without_history(&self) -> bool {
        let has = |kind: FiledKind| self.makings.files.iter().any(|filed| filed.kind == kind);
        has(FiledKind::Dispatched) && !has(FiledKind::DispatchRecord)
    }

    fn unlike(&self, filed: &Filed, size: u64) -> String {
        let what = if filed.kind == FiledKind::Packet { "die Sitzungsdatei" } else { "die Vorlagendatei" };
        let is_same = self.makings.report.made.fingerprint == *FINGERPRINT;
        let program = if is_same {
            ""
        } else {
            "; die Kennung des Programms im Bericht gehört nicht zu seiner Version"
        };
        format!("ist nicht, was {what} ergibt: {} statt {size} Byte, anderer Inhalt{program}", filed.size)
    }

    fn without_form(&self, filed: &Filed) -> (FlawKind, String) {
        // The name of an annex holds that of its record; one number may be the beginning of another.
        let own = self.reports.iter().filter(|(stem, _)| filed.name().contains(stem.as_str()));
        let report = own.max_by_key(|(stem, _)| stem.len()).map(|(_, report)| report);
        match report.filter(|_| filed.proposal.is_some()) {
            Some(_) if self.makings.is_of_other_version() => {
                (FlawKind::Program, other_program(&self.makings.report.made.version))
            }
            Some(report) => {
                let reason = reason(&report.findings);
                (FlawKind::NotRendered, format!("lässt sich nicht noch einmal setzen{reason}"))
            }
            None => (
                FlawKind::NoRecord,
                "ist nicht verglichen: Ihre Vorlagendatei ist nicht in der Abgabe".into(),
            ),
        }
    }

    fn without_packet(&self) -> (FlawKind, String) {
        let lacks_record = self.bound.findings.iter().any(|one| one.code.id == codes::RECORD_MISSING.id);
        if self.bound.has_no_session {
            (FlawKind::NoRecord, "ist nicht verglichen: Die Sitzungsdatei ist nicht in der Abgabe".into())
        } else if self.makings.report.public_only && lacks_record {
            (FlawKind::NoRecord, "ist nicht verglichen: Nicht alle Vorlagendateien sind in der Abgabe".into())
        } else if self.makings.is_of_other_version() {
            (FlawKind::Program, other_program(&self.makings.report.made.version))
        } else {
            let reason = reason(&self.bound.findings);
            (FlawKind::NotRendered, format!("lässt sich nicht noch einmal binden{reason}"))
        }
    }
}

fn other_program(version: &str) -> String {
    format!(
        "ist nicht verglichen: Sie ist von anlage {version}; anlage {} setzt dasselbe anders",
        env!("CARGO_PKG_VERSION")
    )
}

fn reason(findings: &[Diagnostic]) -> String {
    let first = findings.iter().find(|finding| finding.is_error());
    first.map(|finding| format!(" ({}: {})", finding.code, finding.message)).unwrap_or_default()
}

/// Makes the PDF again whose record is embedded in it; what is wrong if it is not the same.
pub(super) fn embedded(
    path: &Path,
    bytes: &[u8],
    record: Vec<u8>,
    claims: Claims,
    run: &Run,
) -> Result<Option<Flaw>, VerifyFailure> {
    let name = path.display().to_string();
    let workshop = Workshop::new()?;
    let output = workshop.path().join(OUTPUT);
    let options = Options { format: Format::Pdf(standards(claims)), draft: false, embed_record: true };
    let file = RecordFile::standard_input_as(&record_name(run, path, &record), record);
    let reports = render_files(&[file], options, &output, run)?;
    let own = digest_bytes(bytes);
    let made = files::list(&output.join(names::FORMS_FOLDER))?;
    let made: Vec<_> =
        made.iter().filter(|path| path.is_file()).filter_map(|path| files::digest(path).ok()).collect();
    if made.contains(&own) {
        return Ok(None);
    }
    let reason = reports.values().next().map(|report| reason(&report.findings)).unwrap_or_default();
    Ok(Some(if made.is_empty() {
        Flaw::new(&name, FlawKind::NotRendered, format!("lässt sich nicht noch einmal setzen{reason}"))
    } else {
        Flaw::new(
            &name,
            FlawKind::Content,
            format!(
                "ist nicht, was die eingebettete Vorlagendatei hier mit anlage {} ergibt",
                env!("CARGO_PKG_VERSION")
            ),
        )
    }))
}

/// The standards that a PDF claims, for one that follows the same.
fn standards(claims: Claims) -> Vec<Standard> {
    let a =
        claims.pdf_a.map(|(part, level)| format!("a-{part}{}", level.map(String::from).unwrap_or_default()));
    let ua = claims.pdf_ua.map(|part| format!("ua-{part}"));
    a.into_iter().chain(ua).filter_map(|name| name.parse().ok()).collect()
}

/// Where the record lies in the project of a PDF, so that its images are found; else beside the PDF.
fn record_name(run: &Run, pdf: &Path, record: &[u8]) -> String {
    let folder = pdf.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let project = run.project_of(folder).ok();
    // Without a mark the project may be any folder, with any number of files.
    let root = project.map(|project| project.root.path().to_path_buf());
    let root = root.filter(|root| root.join(FILE_NAME).is_file());
    let files = root.and_then(|root| collect(&[root]).ok()).unwrap_or_default();
    let found = files.iter().find(|file| file.read().is_ok_and(|bytes| *bytes == *record));
    match found {
        Some(file) => file.name.clone(),
        None => folder.join("vorlage.toml").display().to_string(),
    }
}
