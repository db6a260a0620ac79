//! What can be put on an agenda: the records of the project, and the files beside the session.

use std::path::{Component, Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::project_folder::ProjectFolder;
use super::session_draft::SessionDraft;
use crate::files::{self, natural_key, path_within};
use crate::pdf::AnnexFormat;
use crate::record::input::{FileKind, kind};
use crate::record::session::Session;
use crate::run::{Run, Seen, collect, look_at};
use crate::tasks::render::Render;
use crate::toml_tree::{MAX_BYTES, TomlFile};

/// The most records that are offered.
const MAX_RECORDS: usize = 1000;
/// The most files that are offered.
const MAX_FILES: usize = 500;
/// The most files and folders that are looked at for them.
const MAX_SEEN: usize = 20_000;
/// How many folders deep files are looked for.
const MAX_DEPTH: usize = 5;

/// A record that can be put on the agenda.
pub(super) struct OfferedRecord {
    /// The file, inside the project.
    pub(super) name: String,
    /// Its number, or the file if it has none.
    pub(super) number: String,
    pub(super) subject: String,
    pub(super) is_public: bool,
    /// The items that have it.
    pub(super) items: Vec<usize>,
}

/// The files that can be put on the agenda, as the session file would name them.
pub(super) struct OfferedFiles {
    pub(super) files: Vec<String>,
    /// Whether there are more.
    pub(super) has_more: bool,
}

/// The records of the project with their numbers and subjects, and whether there are more.
pub(super) fn offered_records(
    folder: &ProjectFolder,
    run: &Run,
    session: &Session,
) -> (Vec<OfferedRecord>, bool) {
    let root = folder.root.path();
    let files = collect(&[root.to_path_buf()]).unwrap_or_default();
    let looked = look_at(run, &files, |_| None);
    let mut offered = Vec::new();
    for looked in looked.iter().filter(|looked| matches!(looked.seen, Seen::Record { .. } | Seen::Known(_))) {
        let opened = looked.open();
        looked.release();
        let (Ok(opened), Some(path)) = (opened, looked.file.real_path()) else { continue };
        if !path.starts_with(root) {
            continue;
        }
        let name = path_within(root, &path);
        let has = |item: &crate::record::session::AgendaItem| {
            item.records.iter().any(|named| named.file.as_ref().is_ok_and(|file| file.path == path))
        };
        let items = session.items.iter().enumerate().filter(|(_, item)| has(item)).map(|(at, _)| at);
        let proposal = &opened.proposal;
        offered.push(OfferedRecord {
            number: proposal.number.map_or_else(|| name.clone(), |number| number.to_string()),
            subject: proposal.subject.clone(),
            is_public: proposal.public == Some(true),
            items: items.collect(),
            name,
        });
    }
    offered.sort_by_cached_key(|record| natural_key(&record.number));
    // Who makes an agenda looks for what is new.
    let more = offered.len().saturating_sub(MAX_RECORDS);
    (offered.split_off(more), more > 0)
}

/// The path of a record of the project, as the session file names it. None if there is no such record.
pub(super) fn record_path(folder: &ProjectFolder, draft: &SessionDraft, name: &str) -> Option<String> {
    let path = folder.toml_file(name)?;
    let file = TomlFile::read(name, &files::read(&path, MAX_BYTES).ok()?).ok()?;
    (kind(&file) == FileKind::Record).then_some(())?;
    path_from(draft.folder(), &path)
}

/// Tells whether an item has a record of the project already.
pub(super) fn has_record(folder: &ProjectFolder, draft: &SessionDraft, item: usize, name: &str) -> bool {
    let (Some(path), opened) = (folder.toml_file(name), draft.read()) else { return false };
    let records = opened.session.items.get(item).map(|item| item.records.as_slice()).unwrap_or_default();
    records.iter().any(|named| named.file.as_ref().is_ok_and(|file| file.path == path))
}

/// The files below the folder of the session that can be papers; not what the program made.
pub(super) fn offered_files(draft: &SessionDraft) -> OfferedFiles {
    let folder = draft.folder();
    let made = Render::archival(None).folder(&draft.project);
    let made: Vec<PathBuf> = [folder.join(&made), draft.project.root.path().join(&made)].into();
    let is_passed_over = |entry: &DirEntry| {
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        entry.depth() > 0 && (is_hidden || made.iter().any(|made| entry.path() == made))
    };
    let walk = WalkDir::new(folder)
        .max_depth(MAX_DEPTH)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| !is_passed_over(entry));
    let formats = [AnnexFormat::Pdf, AnnexFormat::Jpeg, AnnexFormat::Png, AnnexFormat::Tiff];
    let mut files: Vec<String> = Vec::new();
    let mut has_more = false;
    for (seen, entry) in walk.enumerate() {
        if seen >= MAX_SEEN || files.len() > MAX_FILES {
            has_more = true;
            break;
        }
        let Ok(entry) = entry else { continue };
        let Some(name) = entry.path().strip_prefix(folder).ok().and_then(Path::to_str) else { continue };
        let name = name.replace(std::path::MAIN_SEPARATOR, "/");
        // A link may lead anywhere.
        let is_file = entry.file_type().is_file() && formats.iter().any(|format| format.fits(&name));
        if is_file && draft.project.root.resolve(folder, &name).is_ok() {
            files.push(name);
        }
    }
    files.truncate(MAX_FILES);
    files.sort_by_cached_key(|name| natural_key(name));
    OfferedFiles { files, has_more }
}

/// The way from a folder to a file, with `/` between its parts. None if it has a name that is no text.
fn path_from(folder: &Path, file: &Path) -> Option<String> {
    let (folder, file): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (folder.components().collect(), file.components().collect());
    let same = folder.iter().zip(&file).take_while(|(one, other)| one == other).count();
    let up = folder[same..].iter().map(|_| Some(".."));
    let down = file[same..].iter().map(|part| part.as_os_str().to_str());
    Some(up.chain(down).collect::<Option<Vec<_>>>()?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_from_a_folder_to_a_file() {
        let path = |folder: &str, file: &str| path_from(Path::new(folder), Path::new(file)).unwrap();
        assert_eq!(path("/p", "/p/vorlagen/a.toml"), "vorlagen/a.toml");
        assert_eq!(path("/p/sitzungen/2025", "/p/vorlagen/a.toml"), "../../vorlagen/a.toml");
        assert_eq!(path("/p/s", "/p/s/a.toml"), "a.toml");
    }
}
