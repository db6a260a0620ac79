//! `anlage render --watch`: again after every change.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use notify_debouncer_mini::notify::RecursiveMode;
use notify_debouncer_mini::{DebounceEventResult, new_debouncer};

use super::failure::{Failure, Status};
use crate::record::names;
use crate::run::Run;
use crate::tasks::render::Render;

/// How long nothing may happen after a change before it is acted on.
const QUIET: Duration = Duration::from_millis(200);
/// How often it looks whether the user wants to stop.
const PATIENCE: Duration = Duration::from_millis(100);

/// Renders once, then after every change below the projects of `paths`. What did not change is not made again, so a
/// run costs what the change costs.
pub(super) fn run(
    first: Run,
    paths: &[PathBuf],
    how: &Render,
    mut once: impl FnMut(&Run) -> Result<Status, Failure>,
) -> Result<Status, Failure> {
    let (sender, changes) = mpsc::channel();
    let watched = watched(&first, paths, how)?;
    let roots = watched.roots.clone();
    let mut debouncer = new_debouncer(QUIET, move |result: DebounceEventResult| {
        if result.is_ok_and(|events| events.iter().any(|event| watched.concerns(&event.path))) {
            // The receiver is gone only when all is over.
            sender.send(()).ok();
        }
    })
    .map_err(failure)?;
    for root in &roots {
        debouncer.watcher().watch(root, RecursiveMode::Recursive).map_err(failure)?;
    }
    once(&first)?;
    loop {
        match changes.recv_timeout(PATIENCE) {
            Ok(()) => {
                changes.try_iter().for_each(drop);
                once(&first.next())?;
            }
            Err(RecvTimeoutError::Timeout) if !first.is_stopped() => {}
            Err(_) => return Ok(Status::Interrupted),
        }
    }
}

/// The folders below which anything may change what a record becomes, and those that outputs go to.
#[derive(Debug, Default)]
struct Watched {
    roots: Vec<PathBuf>,
    outputs: Vec<PathBuf>,
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
            watched.outputs.push(std::path::absolute(how.folder(&project))?);
        }
    }
    Ok(watched)
}

impl Watched {
    /// Whether a change of a file may change an output. Hidden files and outputs change nothing; a run that reacted to what
    /// it writes would never end.
    fn concerns(&self, path: &Path) -> bool {
        let inside = self.roots.iter().find_map(|root| path.strip_prefix(root).ok()).unwrap_or(path);
        let is_hidden = inside.iter().any(|part| part.to_string_lossy().starts_with('.'));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut holding = self.outputs.iter().filter(|folder| path.starts_with(folder));
        // Where outputs lie among the records, only their names tell them.
        let is_output = holding.any(|folder| {
            let among_records = self.roots.iter().any(|root| root.starts_with(folder));
            !among_records || names::is_made(&name)
        });
        !is_hidden && !is_output
    }
}

fn failure(error: notify_debouncer_mini::notify::Error) -> Failure {
    Failure::Environment(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_change_a_page_concerns_it_and_what_was_made_does_not() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let beside = Watched { roots: paths(&["/p"]), outputs: paths(&["/p/out"]) };
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
        let among = Watched { roots: paths(&["/p"]), outputs: paths(&["/p"]) };
        assert!(among.concerns(Path::new("/p/Plan-Anlage-3.png")));
        assert!(among.concerns(Path::new("/p/V-1.toml")));
        assert!(!among.concerns(Path::new("/p/V-0001-2025-Anlage-A-1.png")));
        assert!(!among.concerns(Path::new("/p/V-0001-2025-Anlage-A.pdf")));
    }
}
