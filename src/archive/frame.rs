//! What a bag has beside its files: manifest, report, the message for the archive with its container, and `bag-info.txt`.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom};

use super::bag::{BagInfo, FOLLOWS, Manifest, close};
use super::container::{Container, ContainerError};
use super::filed::{Filed, FiledKind};
use super::identity::{ContentHash, Identity};
use super::place::{HandOver, HandOverPlace};
use super::receipt::Receipt;
use super::report::{REPORT, ReportFile};
use super::xdomea::{Case, Message, Particulars, Uuids, WrittenMessage, is_document};
use crate::diagnostics::counted;
use crate::files::{Digest, FileError};

/// The frame of a bag while it is filled.
pub(super) struct BagFrame {
    manifest: Manifest,
    report: ReportFile,
    message: Message<BufWriter<File>>,
    /// None until there is a proposal to put into it.
    container: Option<Container>,
    names: Uuids,
    identity: Identity,
    content: ContentHash,
    particulars: Particulars,
    /// What the session is, if it is one.
    session: Option<String>,
}

impl BagFrame {
    /// Begins the frame.
    pub(super) fn begin(place: &HandOverPlace<'_>) -> Result<Self, FileError> {
        let HandOverPlace { how, holdings, stage, .. } = place;
        let project = holdings.project;
        let settings = project.hand_over.clone();
        let municipality = project.settings.municipality.clone();
        let particulars = Particulars {
            date: how.date,
            office: settings.office.clone().or(municipality).unwrap_or_else(|| "ohne Angabe".into()),
            archive: settings.archive.clone(),
            follows: how.follows.map(str::to_owned),
            settings,
        };
        let identity =
            Identity { group: holdings.identifier.clone(), public_only: how.public_only, date: how.date };
        let names = Uuids::new(&particulars.settings, &particulars.office, &identity.series());
        let scratch = BufWriter::new(stage.scratch()?);
        let message =
            Message::begin(scratch, names, particulars.clone()).map_err(|error| failed(how, error))?;
        Ok(Self {
            manifest: Manifest::begin(stage)?,
            report: ReportFile::begin(stage, &holdings.made, how.public_only)?,
            message,
            container: None,
            names,
            identity,
            content: ContentHash::default(),
            particulars,
            session: holdings
                .session
                .map(|session| format!("Sitzung {} am {} mit ", session.committee(), session.day())),
        })
    }

    /// Notes a file that lies in the bag.
    pub(super) fn note(&mut self, filed: &Filed) -> Result<(), FileError> {
        self.content.add(filed);
        self.manifest.add(&filed.path, &filed.sha512, filed.size)?;
        self.report.add(filed)
    }

    /// Writes a case into the message, and its files into the container.
    pub(super) fn case(
        &mut self,
        place: &HandOverPlace<'_>,
        case: &Case,
        files: &[Filed],
    ) -> Result<(), ContainerError> {
        self.message.case(case, files).map_err(|error| failed(place.how, error))?;
        let container = match &mut self.container {
            Some(container) => container,
            none => none.insert(Container::begin(&place.stage, UNNAMED, place.how.date)?),
        };
        for filed in files.iter().filter(|filed| is_document(filed.kind)) {
            let path = place.stage.path().join(&filed.path);
            let mut content = File::open(&path).map_err(|error| failed(place.how, error))?;
            container.add(&self.names.file(filed), filed.size, &mut content)?;
        }
        Ok(())
    }

    /// Writes a case of the session, if it has papers that no record describes.
    pub(super) fn session(
        &mut self,
        place: &HandOverPlace<'_>,
        files: &[Filed],
    ) -> Result<(), ContainerError> {
        let mut papers = files.iter().filter(|filed| filed.kind == FiledKind::ItemPaper).peekable();
        let Some(session) = place.holdings.session.filter(|_| papers.peek().is_some()) else { return Ok(()) };
        let case = Case::of_session(session, &self.particulars.office, papers.all(|paper| paper.public));
        self.case(place, &case, files)
    }

    /// Ends all; the receipt says how many bytes and files the bag has in its `data/`.
    pub(super) fn close(
        mut self,
        place: &HandOverPlace<'_>,
        proposals: usize,
    ) -> Result<Receipt, ContainerError> {
        let content = std::mem::take(&mut self.content);
        let identifier = self.identity.identifier(content);
        let info = self.info(&identifier, proposals);
        if let Some(container) = self.container.take() {
            let name = self.names.message(&identifier);
            let message = self.message.finish(&identifier).map_err(|error| failed(place.how, error))?;
            let digest = seal(place, container, message, &name)?;
            let path = format!("data/xdomea/{name}.zip");
            place.stage.rename(UNNAMED, &path)?;
            let zip = Filed::new(path, FiledKind::Xdomea, place.how.public_only, digest);
            self.report.add(&zip)?;
            self.manifest.add(&zip.path, &zip.sha512, zip.size)?;
        }
        let report = self.report.finish(&identifier, &info)?;
        self.manifest.add(REPORT, &report.sha512, report.size)?;
        let oxum = self.manifest.oxum();
        let tags = close(&place.stage, self.manifest, &info)?;
        Ok(Receipt::new(identifier, oxum, tags))
    }

    fn info(&self, identifier: &str, proposals: usize) -> BagInfo {
        let Particulars { office, archive, follows, settings, .. } = &self.particulars;
        let proposals = counted(proposals, "Vorlage", "Vorlagen");
        let session = self.session.as_deref().unwrap_or_default();
        let scope = if self.identity.public_only { ", nur was öffentlich ist" } else { "" };
        let fields = [
            ("Source-Organization", Some(office.clone())),
            ("External-Identifier", Some(identifier.to_owned())),
            ("Bag-Group-Identifier", Some(self.identity.group.clone())),
            (FOLLOWS, follows.clone()),
            ("External-Description", Some(format!("{session}{proposals}{scope}"))),
            ("Bagging-Date", Some(self.identity.date.to_string())),
            ("Bag-Software-Agent", Some(concat!("anlage ", env!("CARGO_PKG_VERSION")).to_owned())),
            ("Receiving-Organization", archive.clone()),
            ("Internal-Sender-Identifier", settings.file_reference.clone()),
        ];
        fields.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value?))).collect()
    }
}

/// The container until the hand-over has its name.
const UNNAMED: &str = "data/xdomea/nachricht.zip";

/// Puts the message into its container, and ends that.
fn seal(
    place: &HandOverPlace<'_>,
    mut container: Container,
    message: WrittenMessage<BufWriter<File>>,
    name: &str,
) -> Result<Digest, ContainerError> {
    let WrittenMessage { head, cases, skipped } = message;
    let ended = |error: std::io::Error| failed(place.how, error);
    let mut cases = cases.into_inner().map_err(|error| ended(error.into_error()))?;
    let size = cases.stream_position().map_err(ended)? - skipped + head.len() as u64;
    cases.seek(SeekFrom::Start(skipped)).map_err(ended)?;
    container.add(&format!("{name}.xml"), size, &mut head.as_slice().chain(cases))?;
    container.finish()
}

fn failed(how: &HandOver<'_>, source: std::io::Error) -> FileError {
    FileError { path: how.target.to_path_buf(), action: "kann nicht geschrieben werden", source }
}
