//! `anlage render --watch`: again after every change.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use notify_debouncer_mini::notify::RecursiveMode;
use notify_debouncer_mini::{DebounceEventResult, new_debouncer};

use super::{Failure, Status};
use crate::record::project::Projects;

/// So long it must be quiet after a change.
const QUIET: Duration = Duration::from_millis(200);
/// So often the wish to stop is looked for.
const PATIENCE: Duration = Duration::from_millis(100);

/// Renders once, then after every change below the projects of `paths`. What did not change is not made again, so a
/// run costs what the change costs.
pub fn run(
    paths: &[PathBuf],
    stop: &AtomicBool,
    mut once: impl FnMut() -> Result<Status, Failure>,
) -> Result<Status, Failure> {
    let (sender, changes) = mpsc::channel();
    let roots = roots(paths)?;
    let watched = roots.clone();
    let mut debouncer = new_debouncer(QUIET, move |result: DebounceEventResult| {
        if result.is_ok_and(|events| events.iter().any(|event| concerns(&event.path, &watched))) {
            // The receiver is gone only when all is over.
            sender.send(()).ok();
        }
    })
    .map_err(failure)?;
    for root in &roots {
        debouncer.watcher().watch(root, RecursiveMode::Recursive).map_err(failure)?;
    }
    once()?;
    loop {
        match changes.recv_timeout(PATIENCE) {
            Ok(()) => {
                changes.try_iter().for_each(drop);
                once()?;
            }
            Err(RecvTimeoutError::Timeout) if !stop.load(Ordering::Relaxed) => {}
            Err(_) => return Ok(Status::Interrupted),
        }
    }
}

/// The folders below which anything may change what a record becomes.
fn roots(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let projects = Projects::default();
    let mut roots = Vec::new();
    for path in paths {
        let folder = match path.parent() {
            _ if path.is_dir() => path.as_path(),
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let root = projects.of(folder)?.root.path().to_path_buf();
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    Ok(roots)
}

/// Outputs and hidden files change nothing; a run that reacted to what it writes would never end.
fn concerns(path: &Path, roots: &[PathBuf]) -> bool {
    let inside = roots.iter().find_map(|root| path.strip_prefix(root).ok()).unwrap_or(path);
    let hidden = inside.iter().any(|part| part.to_string_lossy().starts_with('.'));
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let source = ["toml", "json", "typ", "png", "jpg", "jpeg", "tif", "tiff", "svg", "ttf", "otf"];
    let made = path.file_stem().is_some_and(|stem| stem.to_string_lossy().contains("-Anlage-"));
    !hidden && !made && source.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

fn failure(error: notify_debouncer_mini::notify::Error) -> Failure {
    Failure::Environment(error.to_string())
}
