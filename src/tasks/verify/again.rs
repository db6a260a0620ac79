//! Makes PDFs again from the records that they were made of, and compares them byte for byte.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::failure::VerifyFailure;
use crate::archive::{Filed, FiledKind, Flaw, FlawKind, Made, REPORT, is_inside};
use crate::files::{self, Workshop, digest_bytes};
use crate::pdf::Claims;
use crate::record::names;
use crate::record::project::FILE_NAME;
use crate::run::{RecordFile, Report, Run, collect};
use crate::tasks::render::{Render, render};
use crate::typeset::{FINGERPRINT, Format, Options, Standard};

/// What PDFs of a bag are made again from.
pub(super) struct Makings<'a> {
    /// The files that are as they were.
    pub files: &'a [Filed],
    /// The files that are not.
    pub damaged: &'a [Filed],
    /// By what program the PDFs were made.
    pub made: &'a Made,
}

impl Makings<'_> {
    /// A file that is not as it was, and that a PDF may be made of: settings, fonts, forms, or what lies beside it.
    fn damaged_for(&self, pdf: &Filed) -> Option<&str> {
        let is_shared = |filed: &Filed| matches!(filed.kind, FiledKind::Project | FiledKind::Template);
        let folder = |filed: &Filed| filed.path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        let is_beside = |filed: &Filed| folder(filed) == folder(pdf);
        let mut used = self.damaged.iter().filter(|filed| filed.source.is_some());
        used.find(|filed| is_shared(filed) || is_beside(filed)).map(|filed| filed.path.as_str())
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
    let files = makings.files;
    if own.is_empty() {
        return Ok((0, Vec::new()));
    }
    let workshop = Workshop::new()?;
    if !files.iter().any(|filed| filed.source.as_deref() == Some(FILE_NAME)) {
        workshop.write(&format!("{PROJECT}/{FILE_NAME}"), b"")?;
    }
    let mut records = Vec::new();
    let mut flaws = Vec::new();
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
            Err(error) => {
                let message = format!(
                    "nennt {source} als Quelle von {}: {}",
                    filed.path,
                    files::in_german(&error.source)
                );
                flaws.push(Flaw::new(REPORT, FlawKind::BadList, message));
            }
        }
    }
    // Without all of its files, and above all its settings, this would be another project.
    if !flaws.is_empty() {
        return Ok((0, flaws));
    }
    let output = workshop.path().join(OUTPUT);
    let reports = made_again(&records, Options::archival(), &output, run);
    let mut same = 0;
    for filed in own {
        match compare(filed, &output, &reports, makings) {
            None => same += 1,
            Some(flaw) => flaws.push(flaw),
        }
    }
    Ok((same, flaws))
}

/// Where a project is put together again. The report says where its files go, so nothing else may lie in it.
const PROJECT: &str = "projekt";
/// Where the PDFs are made.
const OUTPUT: &str = "wieder";

/// Renders records; what came of each by the stem of its file.
fn made_again(records: &[PathBuf], options: Options, output: &Path, run: &Run) -> BTreeMap<String, Report> {
    match collect(records) {
        Ok(files) => render_files(&files, options, output, run),
        Err(_) => BTreeMap::new(),
    }
}

fn render_files(
    files: &[RecordFile],
    options: Options,
    output: &Path,
    run: &Run,
) -> BTreeMap<String, Report> {
    let how = Render { options, force: true, ..Render::archival(Some(output.to_path_buf())) };
    let mut reports = BTreeMap::new();
    render(run, files, &how, |report, _| {
        let stem = Path::new(&report.name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        reports.insert(stem.unwrap_or_default(), report);
    });
    reports
}

fn compare(
    filed: &Filed,
    output: &Path,
    reports: &BTreeMap<String, Report>,
    makings: &Makings<'_>,
) -> Option<Flaw> {
    let again = files::digest(&output.join(names::FORMS_FOLDER).join(filed.name())).ok();
    let flaw = |kind, message: String| Some(Flaw::new(&filed.path, kind, message));
    // A file that is as it was has the hash that the report says.
    if again.as_ref().is_some_and(|digest| digest.sha512 == filed.sha512) {
        return None;
    }
    if let Some(damaged) = makings.damaged_for(filed) {
        let message = format!("ist nicht verglichen: {damaged} fehlt oder ist beschädigt");
        return flaw(FlawKind::NoRecord, message);
    }
    match again {
        Some(_) if makings.made.fingerprint != *FINGERPRINT => {
            flaw(FlawKind::Program, other_program(&makings.made.version))
        }
        Some(digest) => flaw(
            FlawKind::Content,
            format!(
                "ist nicht, was die Vorlagendatei ergibt: {} statt {} Byte, anderer Inhalt",
                filed.size, digest.size
            ),
        ),
        None => {
            let stem = names::stem_of_annex(filed.name());
            let reason = reports.get(stem).map(reason).unwrap_or_default();
            if filed.proposal.is_some() && reports.contains_key(stem) {
                flaw(FlawKind::NotRendered, format!("lässt sich nicht noch einmal setzen{reason}"))
            } else {
                flaw(
                    FlawKind::NoRecord,
                    "nicht verglichen: Ihre Vorlagendatei ist nicht in der Abgabe".into(),
                )
            }
        }
    }
}

fn other_program(version: &str) -> String {
    format!(
        "ist von anlage {version}; anlage {} setzt dieselbe Vorlagendatei anders",
        env!("CARGO_PKG_VERSION")
    )
}

fn reason(report: &Report) -> String {
    let first = report.findings.iter().find(|finding| finding.is_error());
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
    let reports = render_files(&[file], options, &output, run);
    let own = digest_bytes(bytes);
    let made = files::list(&output.join(names::FORMS_FOLDER))?;
    let made: Vec<_> =
        made.iter().filter(|path| path.is_file()).filter_map(|path| files::digest(path).ok()).collect();
    if made.contains(&own) {
        return Ok(None);
    }
    let reason = reports.values().next().map(reason).unwrap_or_default();
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
