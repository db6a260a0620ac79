//! Whether bags and PDFs still are what they were: first as files, then each PDF against the record that it was made of.
//!
//! What a bag holds is put together as a project again, in a temporary folder, and rendered as any other.

mod again;
mod dispatch;
mod failure;

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::archive::{self, Contents, FRAME, Filed, FiledKind, Flaw, FlawKind, Receipt, is_bag};
use crate::files::{self, FileError};
use crate::pdf::{FileGlance, Refusal};
use crate::run::Run;
use crate::tasks::glances::{self, Glances};

pub use failure::VerifyFailure;

/// What a look at a bag or a PDF shows.
#[derive(Debug, Default)]
pub struct Verified {
    /// The bag or the PDF.
    pub target: PathBuf,
    /// What is wrong, or worth knowing.
    pub flaws: Vec<Flaw>,
    /// Files looked at.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// PDFs that are byte for byte what their records render to.
    pub same: usize,
    /// The SHA-512 of the receipt that it was compared with.
    pub receipt: Option<String>,
}

impl Verified {
    /// Tells whether there was anything to compare it with.
    pub fn is_compared(&self) -> bool {
        self.same > 0 || self.receipt.is_some() || self.uncompared() == 0
    }

    /// Counts the files that could be compared with nothing.
    pub fn uncompared(&self) -> usize {
        self.flaws.iter().filter(|flaw| flaw.kind.is_uncompared()).count()
    }
}

/// What a path on the command line stands for.
enum Target {
    Bag(PathBuf),
    /// A file of a bag, by its path in it.
    InBag(PathBuf, String),
    Pdf(PathBuf),
    /// What is known of a version of a packet that was sent.
    Dispatch(PathBuf),
    /// A folder that cannot be looked into.
    Unreadable(PathBuf, String),
}

/// Looks at bags, PDFs, and all bags and PDFs in folders; `each` gets what came of each.
/// A receipt is of one bag.
pub fn verify(
    run: &Run,
    paths: &[PathBuf],
    receipt: Option<&Receipt>,
    mut each: impl FnMut(Verified),
) -> Result<(), VerifyFailure> {
    let targets = targets(paths)?;
    if receipt.is_some() && !matches!(targets[..], [Target::Bag(_)]) {
        return Err(VerifyFailure::ReceiptOfOne);
    }
    // Bags first: a PDF outside may be known from one of them.
    let mut reports = Vec::new();
    for target in &targets {
        if let Target::Bag(bag) = target {
            let (verified, contents) = whole_bag(bag, receipt, run)?;
            reports.extend(contents.report.map(|report| (bag.clone(), report)));
            each(verified);
        }
    }
    for target in &targets {
        match target {
            Target::Bag(_) => {}
            Target::InBag(bag, path) => each(one_of_bag(bag, path, run)?),
            Target::Pdf(path) => {
                let known = known_from(&reports, path);
                each(match known {
                    Some((bag, filed)) => Verified { target: path.clone(), ..one_of_bag(&bag, &filed, run)? },
                    None => single_pdf(path, run)?,
                });
            }
            Target::Dispatch(path) => {
                let dispatch::VerifiedDispatch { flaws, files, bytes } = dispatch::verify(path);
                each(Verified { target: path.clone(), flaws, files, bytes, ..Verified::default() });
            }
            Target::Unreadable(path, reason) => {
                let message = format!("ist nicht lesbar ({reason})");
                let flaw = Flaw::new(&path.display().to_string(), FlawKind::Unreadable, message);
                each(Verified { target: path.clone(), flaws: vec![flaw], ..Verified::default() });
            }
        }
    }
    Ok(())
}

fn targets(paths: &[PathBuf]) -> Result<Vec<Target>, VerifyFailure> {
    let mut targets = Vec::new();
    for path in paths {
        let before = targets.len();
        if path.is_dir() && is_bag(path) {
            targets.push(Target::Bag(path.clone()));
        } else if path.is_dir() {
            targets.extend(below(path));
        } else if path.is_file() {
            targets.push(file(path));
        }
        if targets.len() == before {
            return Err(VerifyFailure::Nothing(path.clone()));
        }
    }
    Ok(targets)
}

/// A file by itself, or as a part of the bag that it lies in.
fn file(path: &Path) -> Target {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let bag = real.ancestors().skip(1).find(|folder| is_bag(folder)).map(Path::to_path_buf);
    let inside = |bag: &PathBuf| {
        let parts: Option<Vec<&str>> =
            real.strip_prefix(bag).ok()?.iter().map(|part| part.to_str()).collect();
        Some(parts?.join("/"))
    };
    match bag.as_ref().and_then(|bag| Some((bag.clone(), inside(bag)?))) {
        Some((bag, path)) => Target::InBag(bag, path),
        None if dispatch::is_record(path) => Target::Dispatch(path.to_path_buf()),
        None => Target::Pdf(path.to_path_buf()),
    }
}

/// The bags in a folder, and the PDFs that lie in none.
fn below(folder: &Path) -> Vec<Target> {
    let mut targets = Vec::new();
    let mut walk = WalkDir::new(folder).sort_by_file_name().into_iter();
    while let Some(entry) = walk.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_path_buf();
                let reason = error.io_error().map_or_else(|| error.to_string(), files::in_german);
                targets.push(Target::Unreadable(path, reason));
                continue;
            }
        };
        let is_pdf = entry.path().extension().is_some_and(|end| end.eq_ignore_ascii_case("pdf"));
        if entry.file_type().is_dir() && is_bag(entry.path()) {
            targets.push(Target::Bag(entry.into_path()));
            walk.skip_current_dir();
        } else if entry.file_type().is_dir() && dispatch::has_record(entry.path()) {
            // Its files are compared with what is known of them.
            walk.skip_current_dir();
        } else if entry.file_type().is_file() && dispatch::is_record(entry.path()) {
            targets.push(Target::Dispatch(entry.into_path()));
        } else if entry.file_type().is_file() && is_pdf {
            targets.push(Target::Pdf(entry.into_path()));
        }
    }
    targets
}

fn whole_bag(
    bag: &Path,
    receipt: Option<&Receipt>,
    run: &Run,
) -> Result<(Verified, Contents), VerifyFailure> {
    let mut contents = archive::verify(bag)?;
    let unlike = receipt.map(|receipt| receipt.compare(&contents)).unwrap_or_default();
    contents.flaws.extend(unlike);
    let (bytes, files) = contents.oxum();
    let mut verified = Verified { target: bag.to_path_buf(), files, bytes, ..Verified::default() };
    if let Some(report) = contents.report.take() {
        let (sound, damaged) = by_soundness(&report, &contents);
        let glances = Glances::new(run);
        let flaws = run.map(sound.len(), |index| wrong_claims(&glances, bag, &sound[index]));
        let flaws: Vec<Flaw> = flaws.into_iter().filter_map(Result::transpose).collect::<Result<_, _>>()?;
        let own = sound.iter().filter(|filed| is_own(filed)).collect::<Vec<_>>();
        let made = again::Makings { files: &sound, damaged: &damaged, report: &report };
        let (same, more) = again::bag(bag, &made, &own, run)?;
        verified.same = same;
        contents.flaws.extend(flaws.into_iter().chain(more));
        contents.report = Some(report);
    }
    verified.flaws = std::mem::take(&mut contents.flaws);
    verified.receipt = receipt.map(Receipt::hash);
    Ok((verified, contents))
}

/// A PDF that this program made.
fn is_own(filed: &Filed) -> bool {
    matches!(filed.kind, FiledKind::FormAnnex | FiledKind::Packet)
}

/// The files that are as they were, and the others.
fn by_soundness(report: &archive::BagReport, contents: &Contents) -> (Vec<Filed>, Vec<Filed>) {
    let damaged = contents.damaged();
    let is_sound =
        |filed: &Filed| contents.files.contains_key(&filed.path) && !damaged.contains(filed.path.as_str());
    report.files.iter().cloned().partition(is_sound)
}

/// A file as a part of its bag; it is as sound as what the bag says of it.
fn one_of_bag(bag: &Path, path: &str, run: &Run) -> Result<Verified, VerifyFailure> {
    let contents = archive::verify(bag)?;
    let mut verified = Verified { target: bag.join(path), files: 1, ..Verified::default() };
    verified.bytes =
        contents.files.get(path).and_then(|digest| digest.as_ref()).map_or(0, |digest| digest.size);
    let of_interest = |flaw: &&Flaw| flaw.path == path || FRAME.contains(&flaw.path.as_str());
    verified.flaws = contents.flaws.iter().filter(of_interest).cloned().collect();
    let is_sound = contents.files.contains_key(path) && !contents.damaged().contains(path);
    if let (Some(report), true) = (&contents.report, is_sound) {
        let (sound, damaged) = by_soundness(report, &contents);
        let this: Vec<&Filed> = sound.iter().filter(|filed| filed.path == path).collect();
        let glances = Glances::new(run);
        for filed in &this {
            verified.flaws.extend(wrong_claims(&glances, bag, filed)?);
        }
        let own: Vec<&Filed> = this.into_iter().filter(|filed| is_own(filed)).collect();
        if !own.is_empty() {
            let number = own[0].proposal.clone();
            let is_packet = own[0].kind == FiledKind::Packet;
            let is_used = |filed: &&Filed| is_packet || filed.proposal.is_none() || filed.proposal == number;
            let project = sound.iter().filter(is_used);
            let project: Vec<Filed> = project.cloned().collect();
            let made = again::Makings { files: &project, damaged: &damaged, report };
            let (same, flaws) = again::bag(bag, &made, &own, run)?;
            verified.same = same;
            verified.flaws.extend(flaws);
        }
    }
    Ok(verified)
}

/// The PDF of a bag that a file outside is a copy of.
fn known_from(reports: &[(PathBuf, archive::BagReport)], path: &Path) -> Option<(PathBuf, String)> {
    let digest = files::digest(path).ok()?;
    reports.iter().find_map(|(bag, report)| {
        let filed = report.files.iter().find(|filed| filed.sha512 == digest.sha512)?;
        Some((bag.clone(), filed.path.clone()))
    })
}

/// A PDF by itself: it can be made again if it carries its record.
fn single_pdf(path: &Path, run: &Run) -> Result<Verified, VerifyFailure> {
    let mut verified = Verified { target: path.to_path_buf(), files: 1, ..Verified::default() };
    let name = path.display().to_string();
    let mut say = |kind, message: String| verified.flaws.push(Flaw::new(&name, kind, message));
    match files::read(path, MAX_PDF_BYTES) {
        Err(error) => say(FlawKind::Unreadable, format!("ist nicht lesbar ({error})")),
        Ok(bytes) => {
            verified.bytes = bytes.len() as u64;
            match Glances::new(run).pdf(path)? {
                Err(why) => say(FlawKind::Unreadable, format!("ist nicht lesbar: {}", why.reason())),
                Ok(FileGlance { record: Err(error), .. }) => {
                    say(FlawKind::NoRecord, format!("ist nicht mit der Vorlage verglichen: {error}"));
                }
                Ok(FileGlance { record: Ok(record), claims, .. }) => {
                    match again::embedded(path, &bytes, record.into_vec(), claims, run)? {
                        None => verified.same = 1,
                        Some(flaw) => say(flaw.kind, flaw.message),
                    }
                }
            }
        }
    }
    Ok(verified)
}

const MAX_PDF_BYTES: u64 = 512 << 20;

/// Tells whether a PDF claims what the report says.
fn wrong_claims(glances: &Glances<'_>, bag: &Path, filed: &Filed) -> Result<Option<Flaw>, FileError> {
    let is_pdf = filed.name().to_lowercase().ends_with(".pdf");
    let of_interest = matches!(
        filed.kind,
        FiledKind::Proposal
            | FiledKind::FormAnnex
            | FiledKind::FileAnnex
            | FiledKind::Packet
            | FiledKind::Dispatched
    );
    if !is_pdf || !of_interest || !archive::is_inside(&filed.path) {
        return Ok(None);
    }
    let claims = match glances.pdf(&bag.join(&filed.path))? {
        Ok(glance) => glances::named(glance.claims),
        Err(why @ Refusal::Exhausting(_)) => {
            let message = format!("ist nicht lesbar: {}", why.reason());
            return Ok(Some(Flaw::new(&filed.path, FlawKind::Unreadable, message)));
        }
        Err(_) => None,
    };
    let name = |claims: &Option<String>| claims.clone().unwrap_or_else(|| "keinem Standard".into());
    Ok((claims != filed.claims).then(|| {
        let message =
            format!("folgt nach dem Bericht {}, nach eigener Angabe {}", name(&filed.claims), name(&claims));
        Flaw::new(&filed.path, FlawKind::Claims, message)
    }))
}
