//! What can be put on an agenda: the records of the project, and the files beside the session.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::project_folder::ProjectFolder;
use super::session_draft::SessionDraft;
use crate::diagnostics::shown;
use crate::files::{self, natural_key, path_within};
use crate::pdf::AnnexFormat;
use crate::record::input::{FileKind, kind};
use crate::record::session::Session;
use crate::run::{Run, Seen, collect, look_at};
use crate::tasks::render::Render;
use crate::toml_tree::{MAX_BYTES, TomlFile};

/// The most records or files that a field offers; all others are found by what is typed.
pub(super) const MAX_OFFERED: usize = 500;
/// The most choices that are named in a sentence.
const MAX_NAMED: usize = 5;
/// The most files and folders that are looked at for them.
const MAX_SEEN: usize = 20_000;
/// How many folders deep files are looked for.
const MAX_DEPTH: usize = 5;

/// A record that can be put on the agenda.
pub(super) struct OfferedRecord {
    /// The file, inside the project.
    pub(super) name: String,
    /// Its number, or the file if it has none.
    number: String,
    /// What a field says of it: number, subject, who may see it, and where it is on the agenda already.
    pub(super) shown: String,
    /// The items that have it.
    pub(super) items: Vec<usize>,
}

/// The records of the project, by their numbers.
pub(super) fn offered_records(folder: &ProjectFolder, run: &Run, session: &Session) -> Vec<OfferedRecord> {
    let root = folder.root.path();
    let files = collect(&[root.to_path_buf()]).unwrap_or_default();
    let looked = look_at(run, &files, |_| None);
    let mut offered = Vec::new();
    for looked in looked.iter().filter(|looked| matches!(looked.seen, Seen::Record { .. })) {
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
        let with_it: Vec<_> = session.items.iter().enumerate().filter(|(_, item)| has(item)).collect();
        let numbers: Vec<String> =
            with_it.iter().filter_map(|(_, item)| Some(item.number.as_ref()?.to_string())).collect();
        let proposal = &opened.proposal;
        let number = proposal.number.map_or_else(|| name.clone(), |number| number.to_string());
        let secret = if proposal.public == Some(true) { "" } else { " (nichtöffentlich)" };
        let place = match numbers.as_slice() {
            [] => String::new(),
            numbers => format!(" – steht schon auf der Tagesordnung: TOP {}", numbers.join(", ")),
        };
        let shown = one_line(&format!("{number} {}{secret}{place}", proposal.subject));
        let items = with_it.iter().map(|(at, _)| *at).collect();
        offered.push(OfferedRecord { number, shown, items, name });
    }
    offered.sort_by_cached_key(|record| natural_key(&record.number));
    // Two that look alike are told apart by their files.
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    offered.iter().for_each(|record| *seen.entry(record.shown.clone()).or_default() += 1);
    for record in offered.iter_mut().filter(|record| seen[&record.shown] > 1) {
        record.shown = format!("{} ({})", record.shown, record.name);
    }
    offered
}

/// The record that somebody means who types its number, its file, what the field says of it, or words that only one has.
/// The error says in words why it cannot be told.
pub(super) fn meant_record(
    folder: &ProjectFolder,
    run: &Run,
    draft: &SessionDraft,
    typed: &str,
) -> Result<String, String> {
    if typed.ends_with(".toml") && record_path(folder, draft, typed).is_some() {
        return Ok(typed.to_owned());
    }
    let offered = offered_records(folder, run, &draft.read().session);
    let names = offered.iter().map(|record| (record.shown.as_str(), record.number.as_str()));
    match meant(typed, names) {
        Ok(at) => Ok(offered[at].name.clone()),
        Err(fitting) if fitting.is_empty() => {
            Err(format!("Eine Vorlage „{}“ gibt es im Projekt nicht.", shown(typed)))
        }
        Err(fitting) => Err(several(typed, fitting.iter().map(|at| offered[*at].shown.as_str()))),
    }
}

/// The file that somebody means who types its path, or words that only one has in it.
pub(super) fn meant_file(files: &[String], typed: &str) -> Result<String, String> {
    match meant(typed, files.iter().map(|file| (file.as_str(), file.as_str()))) {
        Ok(at) => Ok(files[at].clone()),
        Err(fitting) if fitting.is_empty() => {
            Err(format!("Eine Datei „{}“ steht nicht zur Auswahl.", shown(typed)))
        }
        Err(fitting) => Err(several(typed, fitting.iter().map(|at| files[*at].as_str()))),
    }
}

/// The one of several that is meant: each is given as it is shown, and by its short name. The error has all that fit.
fn meant<'a>(
    typed: &str,
    all: impl Iterator<Item = (&'a str, &'a str)> + Clone,
) -> Result<usize, Vec<usize>> {
    let typed = one_line(typed).to_lowercase();
    let is_it = |own: &str| own.to_lowercase() == typed;
    let exact = all.clone().enumerate().filter(|(_, (shown, short))| is_it(shown) || is_it(short));
    let exact: Vec<usize> = exact.map(|(at, _)| at).collect();
    let has_words = |own: &str| {
        let own = own.to_lowercase();
        typed.split(' ').all(|word| own.contains(word))
    };
    let fitting = if exact.is_empty() {
        all.enumerate().filter(|(_, (shown, _))| has_words(shown)).map(|(at, _)| at).collect()
    } else {
        exact
    };
    match fitting[..] {
        [one] => Ok(one),
        _ => Err(fitting),
    }
}

fn several<'a>(typed: &str, fitting: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = fitting.len().saturating_sub(MAX_NAMED);
    let named: Vec<&str> = fitting.take(MAX_NAMED).collect();
    let more = if more > 0 { format!(" und {more} mehr") } else { String::new() };
    format!("Zu „{}“ passt mehreres: {}{more}. Bitte eines davon angeben.", shown(typed), named.join("; "))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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

/// The files below the folder of the session that can be papers, as the session file would name them; not what the program
/// made.
pub(super) fn offered_files(draft: &SessionDraft) -> Vec<String> {
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
    for entry in walk.take(MAX_SEEN) {
        let Ok(entry) = entry else { continue };
        let Some(name) = entry.path().strip_prefix(folder).ok().and_then(Path::to_str) else { continue };
        let name = name.replace(std::path::MAIN_SEPARATOR, "/");
        // A link may lead anywhere.
        let is_file = entry.file_type().is_file() && formats.iter().any(|format| format.fits(&name));
        if is_file && draft.project.root.resolve(folder, &name).is_ok() {
            files.push(name);
        }
    }
    files.sort_by_cached_key(|name| natural_key(name));
    files
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
    fn what_is_typed_means_one_or_says_which_it_could_be() {
        let all = [
            ("V/0201/2025 Bebauungsplan Lohkamp", "V/0201/2025"),
            ("V/0201/2025/1 Bebauungsplan Lohkamp, Ergänzung", "V/0201/2025/1"),
            ("V/0214/2025 Grundschule", "V/0214/2025"),
        ];
        let meant = |typed: &str| super::meant(typed, all.iter().copied());
        for (typed, expected) in [
            ("V/0201/2025", Ok(0)),
            ("v/0214/2025", Ok(2)),
            ("V/0201/2025  Bebauungsplan Lohkamp", Ok(0)),
            ("ergänzung LOHKAMP", Ok(1)),
            ("lohkamp", Err(vec![0, 1])),
            ("0214", Ok(2)),
            ("Turnhalle", Err(vec![])),
        ] {
            assert_eq!(meant(typed), expected, "{typed}");
        }
        let files: Vec<String> = (0..9).map(|number| format!("antraege/{number}.pdf")).collect();
        assert_eq!(meant_file(&files, "antraege/3.pdf").as_deref(), Ok("antraege/3.pdf"));
        let said = meant_file(&files, "pdf").unwrap_err();
        assert!(
            said.contains("antraege/0.pdf; ") && said.ends_with("und 4 mehr. Bitte eines davon angeben."),
            "{said}"
        );
        assert!(meant_file(&files, "../x").unwrap_err().contains("steht nicht zur Auswahl"));
    }

    #[test]
    fn a_path_leads_from_a_folder_to_a_file() {
        let path = |folder: &str, file: &str| path_from(Path::new(folder), Path::new(file)).unwrap();
        assert_eq!(path("/p", "/p/vorlagen/a.toml"), "vorlagen/a.toml");
        assert_eq!(path("/p/sitzungen/2025", "/p/vorlagen/a.toml"), "../../vorlagen/a.toml");
        assert_eq!(path("/p/s", "/p/s/a.toml"), "a.toml");
    }
}
