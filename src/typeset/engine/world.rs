//! What typst sees while it makes a document.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration, Func};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};

use crate::record::fonts::Fonts;

/// The engine, with what stays the same from document to document.
pub(super) struct KeptTypst {
    /// The functions of typst.
    pub library: LazyHash<Library>,
    /// The parsed files, kept as long as their text does not change.
    sources: Mutex<HashMap<FileId, Source>>,
    /// The files of the last job. Most are the same in the next, and a file that is kept need not be hashed again.
    files: Mutex<HashMap<FileId, Bytes>>,
    /// The rules of the form that was used last, with its fingerprint: they are the same for every record.
    pub rules: Mutex<Option<(String, Vec<Func>)>>,
}

impl Default for KeptTypst {
    fn default() -> Self {
        let features = [Feature::A11yExtras].into_iter().collect();
        Self {
            library: LazyHash::new(Library::builder().with_features(features).build()),
            sources: Mutex::default(),
            files: Mutex::default(),
            rules: Mutex::default(),
        }
    }
}

impl KeptTypst {
    /// Takes the files of a job, and those of the last one where they are the same.
    pub(super) fn files(&self, named: &[(FileId, &[u8])]) -> HashMap<FileId, Bytes> {
        let mut kept = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let one = |(id, bytes): &(FileId, &[u8])| {
            let same = kept.get(id).filter(|old| old.as_slice() == *bytes);
            (*id, same.cloned().unwrap_or_else(|| Bytes::new(bytes.to_vec())))
        };
        let files: HashMap<FileId, Bytes> = named.iter().map(one).collect();
        kept.clone_from(&files);
        files
    }
}

/// The world that typst sees: the files of one job and nothing else; no clock, no packages, no disk.
pub(super) struct JobWorld<'a> {
    /// What earlier documents left.
    pub kept: &'a KeptTypst,
    /// The fonts of the project.
    pub fonts: &'a Fonts,
    /// The files of the job.
    pub files: HashMap<FileId, Bytes>,
    /// The one that it begins with.
    pub main: FileId,
}

impl World for JobWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.kept.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let bytes = self.file(id)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| FileError::InvalidUtf8)?;
        let mut sources = self.kept.sources.lock().unwrap_or_else(PoisonError::into_inner);
        match sources.get(&id) {
            Some(source) if source.text() == text => Ok(source.clone()),
            _ => {
                let source = Source::new(id, text.to_owned());
                sources.insert(id, source.clone());
                Ok(source)
            }
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let missing = || FileError::NotFound(id.get().vpath().get_with_slash().into());
        self.files.get(&id).cloned().ok_or_else(missing)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// Returns the id of a virtual path; `None` if it is not a path.
pub(super) fn file_id(path: &str) -> Option<FileId> {
    let path = VirtualPath::new(path).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}
