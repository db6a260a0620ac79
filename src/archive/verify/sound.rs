//! The files of a bag that are what its report says, so that they can be compared with each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::archive::filed::{Filed, FiledKind};
use crate::archive::report::BagReport;
use crate::files::Digest;

/// The files of a bag that are what its report says.
pub(super) struct SoundFiles<'a> {
    bag: &'a Path,
    /// The report.
    pub report: &'a BagReport,
    files: Vec<&'a Filed>,
}

impl<'a> SoundFiles<'a> {
    /// Takes from a report what is there and not damaged.
    pub(super) fn of(
        bag: &'a Path,
        report: &'a BagReport,
        files: &BTreeMap<String, Option<Digest>>,
        damaged: &BTreeSet<&str>,
    ) -> Self {
        let is_sound =
            |filed: &&Filed| files.contains_key(&filed.path) && !damaged.contains(filed.path.as_str());
        Self { bag, report, files: report.files.iter().filter(is_sound).collect() }
    }

    /// Tells whether all files are there that the report names; else what is missing was said.
    pub(super) fn is_complete(&self) -> bool {
        self.files.len() == self.report.files.len()
    }

    /// Gives those of some kinds, in the order of the report.
    pub(super) fn of_kind(&self, kinds: &'static [FiledKind]) -> impl Iterator<Item = &'a Filed> {
        self.files.iter().copied().filter(|filed| kinds.contains(&filed.kind))
    }

    /// Gives what the report says of all files of some kinds, whether they are sound or not.
    pub(super) fn reported(&self, kinds: &'static [FiledKind]) -> impl Iterator<Item = &'a Filed> {
        self.report.files.iter().filter(|filed| kinds.contains(&filed.kind))
    }

    /// Says where a file lies.
    pub(super) fn place(&self, filed: &Filed) -> PathBuf {
        self.bag.join(&filed.path)
    }
}
