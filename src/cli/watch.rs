//! `anlage render --watch`: again after every change.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecursiveMode, Watcher};

use super::failure::{Failure, Status};
use crate::files::Snapshot;
use crate::run::Run;
use crate::tasks::render::Render;

/// How long nothing may happen after a change before it is acted on.
const QUIET: Duration = Duration::from_millis(200);
/// How often it looks whether the user wants to stop.
const PATIENCE: Duration = Duration::from_millis(100);

/// What a run left behind.
#[derive(Debug, Default)]
pub(super) struct Traces {
    /// The files that it wrote or removed.
    pub touched: Vec<PathBuf>,
}

/// Renders once, then after every change below the projects of `paths`. What did not change is not made again, so a
/// run costs what the change costs.
pub(super) fn run(
    first: Run,
    paths: &[PathBuf],
    how: &Render,
    mut once: impl FnMut(&Run) -> Result<Traces, Failure>,
) -> Result<Status, Failure> {
    let (sender, changes) = mpsc::channel();
    let mut watched = watched(&first, paths, how)?;
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if let Ok(event) = event
            && is_change(event.kind)
        {
            // The receiver is gone only when all is over.
            sender.send(event.paths).ok();
        }
    })
    .map_err(failure)?;
    for root in &watched.roots {
        watcher.watch(root, RecursiveMode::Recursive).map_err(failure)?;
    }
    watched.take_note(once(&first)?);
    loop {
        match next_change(&changes, &watched) {
            Ok(true) => watched.take_note(once(&first.next())?),
            Ok(false) if !first.is_stopped() => {}
            _ => return Ok(Status::Interrupted),
        }
    }
}

/// Whether something is another after it: reading is no change, or a run would wake itself.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        _ => true,
    }
}

/// Waits a moment for a change; once there is one, until nothing more happens, so that what belongs together is one.
fn next_change(changes: &Receiver<Vec<PathBuf>>, watched: &Watched) -> Result<bool, RecvTimeoutError> {
    let mut paths = match changes.recv_timeout(PATIENCE) {
        Ok(paths) => paths,
        Err(RecvTimeoutError::Timeout) => return Ok(false),
        Err(gone) => return Err(gone),
    };
    while let Ok(more) = changes.recv_timeout(QUIET) {
        paths.extend(more);
    }
    paths.sort();
    paths.dedup();
    Ok(paths.iter().any(|path| watched.concerns(path)))
}

/// The folders below which anything may change what a record becomes, those that outputs go to, and what runs left.
#[derive(Debug, Default)]
struct Watched {
    roots: Vec<PathBuf>,
    outputs: Vec<PathBuf>,
    /// The files that runs wrote or removed, as they were then.
    left: HashMap<PathBuf, Option<Snapshot>>,
}

fn watched(run: &Run, paths: &[PathBuf], how: &Render) -> Result<Watched, Failure> {
    let mut watched = Watched::default();
    for path in paths {
        let folder = match path.parent() {
            _ if path.is_dir() => path.as_path(),
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let project = run.project_of(folder)?;
        let root = project.root.path().to_path_buf();
        if !watched.roots.contains(&root) {
            watched.roots.push(root);
            let output = std::path::absolute(how.folder(&project))?;
            watched.outputs.push(output.canonicalize().unwrap_or(output));
        }
    }
    Ok(watched)
}

impl Watched {
    /// Remembers what a run left behind.
    fn take_note(&mut self, traces: Traces) {
        for path in traces.touched {
            // As the system names it in events, also where the file is gone.
            let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
            let place = folder.zip(path.file_name()).map_or(path.clone(), |(folder, name)| folder.join(name));
            self.left.insert(place, Snapshot::of(&path));
        }
    }

    /// Whether a change of a file may change an output. Hidden files and outputs change nothing; a run that reacted to what
    /// it writes would never end.
    fn concerns(&self, path: &Path) -> bool {
        let inside = self.roots.iter().find_map(|root| path.strip_prefix(root).ok()).unwrap_or(path);
        let is_hidden = inside.iter().any(|part| part.to_string_lossy().starts_with('.'));
        let mut holding = self.outputs.iter().filter(|folder| path.starts_with(folder));
        // Where outputs lie among the records, only what became of them tells them.
        let is_output = holding.any(|folder| !self.roots.iter().any(|root| root.starts_with(folder)));
        let is_left = self.left.get(path).is_some_and(|left| *left == Snapshot::of(path));
        // A folder that a run made for its outputs.
        let holds_left = self.left.keys().any(|left| left.parent() == Some(path));
        !is_hidden && !is_output && !is_left && !holds_left
    }
}

fn failure(error: notify::Error) -> Failure {
    match error.kind {
        notify::ErrorKind::Io(error) => error.into(),
        notify::ErrorKind::MaxFilesWatch => {
            Failure::Environment("--watch: das System beobachtet nicht so viele Ordner".into())
        }
        _ => Failure::Environment(format!("--watch: die Ordner lassen sich nicht beobachten ({error})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_is_no_change() {
        assert!(is_change(EventKind::Any));
        assert!(is_change(EventKind::Access(AccessKind::Close(AccessMode::Write))));
        assert!(!is_change(EventKind::Access(AccessKind::Open(AccessMode::Any))));
        assert!(!is_change(EventKind::Access(AccessKind::Close(AccessMode::Read))));
    }

    #[test]
    fn what_may_change_a_page_concerns_it_and_what_was_made_does_not() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let beside = Watched { roots: paths(&["/p"]), outputs: paths(&["/p/out"]), ..Watched::default() };
        for name in [
            "V-1.toml",
            "Plan-Anlage-3.png",
            "b/V-1-Anlage-A-1.png",
            "templates/x/zahlen.csv",
            "schrift/a.ttc",
            "b.otc",
        ] {
            assert!(beside.concerns(&Path::new("/p").join(name)), "{name}");
        }
        for name in
            ["out/V-1-Anlage-A.pdf", "out/V-1-Anlage-A-1.png", ".git/x.toml", "out/.anlage/state.json"]
        {
            assert!(!beside.concerns(&Path::new("/p").join(name)), "{name}");
        }
    }

    #[test]
    fn what_a_run_left_among_the_records_is_known_until_somebody_changes_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let place = |name: &str| root.join(name);
        let mut among =
            Watched { roots: vec![root.clone()], outputs: vec![root.clone()], ..Watched::default() };
        std::fs::write(place("V-0001-2025-Anlage-A-1.png"), "1").unwrap();
        among.take_note(Traces { touched: vec![place("V-0001-2025-Anlage-A-1.png"), place("gone.pdf")] });
        assert!(!among.concerns(&place("V-0001-2025-Anlage-A-1.png")));
        assert!(!among.concerns(&place("gone.pdf")));
        assert!(!among.concerns(&root));
        // A picture may be called like an output.
        assert!(among.concerns(&place("V-0002-2025-Anlage-A-1.png")));
        std::fs::write(place("V-0001-2025-Anlage-A-1.png"), "two").unwrap();
        std::fs::write(place("gone.pdf"), "back").unwrap();
        assert!(among.concerns(&place("V-0001-2025-Anlage-A-1.png")));
        assert!(among.concerns(&place("gone.pdf")));
    }
}
