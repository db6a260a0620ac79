//! What a bag has beside its files: manifest, report, the message for the archive with its container, and `bag-info.txt`.

use std::fs::File;
use std::io::{BufWriter, Seek};

use super::bag::{BagInfo, Manifest, close};
use super::bundle::Bundle;
use super::container::{Container, ContainerError};
use super::filed::{Filed, FiledKind};
use super::place::{HandOver, HandOverPlace};
use super::report::{REPORT, ReportFile};
use super::xdomea::{Message, Particulars, Uuids, is_document};
use crate::diagnostics::counted;
use crate::files::FileError;

/// The frame of a bag while it is filled.
pub(super) struct BagFrame {
    manifest: Manifest,
    report: ReportFile,
    message: Message<BufWriter<File>>,
    /// None until there is a proposal to put into it.
    container: Option<(Container, String)>,
    names: Uuids,
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
            identifier: holdings.identifier.clone(),
            date: how.date,
            office: settings.office.clone().or(municipality).unwrap_or_else(|| "ohne Angabe".into()),
            archive: settings.archive.clone(),
            settings,
        };
        let names = Uuids::new(&particulars.settings, &particulars.office);
        let scratch = BufWriter::new(stage.scratch()?);
        let message =
            Message::begin(scratch, names, particulars.clone()).map_err(|error| failed(how, error))?;
        Ok(Self {
            manifest: Manifest::begin(stage)?,
            report: ReportFile::begin(stage, &particulars.identifier, &holdings.made, how.public_only)?,
            message,
            container: None,
            names,
            particulars,
            session: holdings
                .session
                .map(|session| format!("Sitzung {} am {} mit ", session.committee, session.day())),
        })
    }

    /// Notes a file that lies in the bag.
    pub(super) fn note(&mut self, filed: &Filed) -> Result<(), FileError> {
        self.manifest.add(&filed.path, &filed.sha512, filed.size)?;
        self.report.add(filed)
    }

    /// Writes a proposal into the message, and its files into the container.
    pub(super) fn case(&mut self, place: &HandOverPlace<'_>, bundle: &Bundle) -> Result<(), ContainerError> {
        self.message.case(&bundle.case, &bundle.files).map_err(|error| failed(place.how, error))?;
        let (container, _) = match &mut self.container {
            Some(container) => container,
            none => {
                let path = format!("data/xdomea/{}.zip", self.names.message(&self.particulars.identifier));
                none.insert((Container::begin(&place.stage, &path, place.how.date)?, path))
            }
        };
        for filed in bundle.files.iter().filter(|filed| is_document(filed.kind)) {
            let path = place.stage.path().join(&filed.path);
            let mut content = File::open(&path).map_err(|error| failed(place.how, error))?;
            container.add(&self.names.file(filed), filed.size, &mut content)?;
        }
        Ok(())
    }

    /// Ends all; says how many bytes and files the bag has in its `data/`.
    pub(super) fn close(
        mut self,
        place: &HandOverPlace<'_>,
        proposals: usize,
    ) -> Result<(u64, u64), ContainerError> {
        let how = place.how;
        let info = self.info(how, proposals);
        if let Some((mut container, path)) = self.container {
            let message = self.message.finish().and_then(|buffer| Ok(buffer.into_inner()?));
            let mut file = message.map_err(|error| failed(how, error))?;
            let size = file.stream_position().map_err(|error| failed(how, error))?;
            file.rewind().map_err(|error| failed(how, error))?;
            container.add(
                &format!("{}.xml", self.names.message(&self.particulars.identifier)),
                size,
                &mut file,
            )?;
            let zip = Filed::new(path, FiledKind::Xdomea, how.public_only, container.finish()?);
            self.report.add(&zip)?;
            self.manifest.add(&zip.path, &zip.sha512, zip.size)?;
        }
        let report = self.report.finish()?;
        self.manifest.add(REPORT, &report.sha512, report.size)?;
        let oxum = self.manifest.oxum();
        close(&place.stage, self.manifest, &info)?;
        Ok(oxum)
    }

    fn info(&self, how: &HandOver<'_>, proposals: usize) -> BagInfo {
        let Particulars { identifier, office, archive, settings, .. } = &self.particulars;
        let proposals = counted(proposals, "Vorlage", "Vorlagen");
        let session = self.session.as_deref().unwrap_or_default();
        let scope = if how.public_only { ", nur was öffentlich ist" } else { "" };
        let mut fields = vec![
            ("Source-Organization", office.clone()),
            ("External-Identifier", identifier.clone()),
            ("External-Description", format!("{session}{proposals}{scope}")),
            ("Bagging-Date", how.date.to_string()),
            ("Bag-Software-Agent", concat!("anlage ", env!("CARGO_PKG_VERSION")).to_owned()),
        ];
        fields.extend(archive.clone().map(|archive| ("Receiving-Organization", archive)));
        fields.extend(settings.file_reference.clone().map(|text| ("Internal-Sender-Identifier", text)));
        BagInfo { fields }
    }
}

fn failed(how: &HandOver<'_>, source: std::io::Error) -> FileError {
    FileError { path: how.target.to_path_buf(), action: "kann nicht geschrieben werden", source }
}
