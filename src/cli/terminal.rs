//! The terminal: standard output for results, standard error for findings and progress, Ctrl-C.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::arguments::{Color, Global, ListFormat};
use super::failure::Failure;
use crate::diagnostics::Diagnostic;
use crate::report::{self, Paint, human};
use crate::run::Report;

/// The terminal of a command.
pub(super) struct Terminal {
    quiet: bool,
    paint: Paint,
    width: usize,
    /// The findings already printed about files that several records share.
    said: HashSet<String>,
}

const MAX_WIDTH: usize = 140;

const PROGRESS: &str = "{bar:30} {pos}/{len} Vorlagen, {per_sec}, noch {eta} {msg}";

impl Terminal {
    pub(super) fn new(global: &Global) -> Self {
        let color = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => io::stderr().is_terminal() && wants_colour(|name| std::env::var_os(name)),
        };
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        Self {
            quiet: global.quiet,
            paint: if color { Paint::Ansi } else { Paint::Plain },
            width: columns.unwrap_or(MAX_WIDTH).clamp(60, MAX_WIDTH),
            said: HashSet::new(),
        }
    }

    /// Prints a line of the result to standard output.
    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        self.bytes(harmless(text).as_bytes())?;
        self.bytes(b"\n")
    }

    /// Prints the result as it is to standard output.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        despite_nobody(io::stdout().lock().write_all(bytes))
    }

    /// Creates a progress bar on standard error, hidden unless people are looking.
    pub(super) fn progress_bar(&self, format: ListFormat) -> ProgressBar {
        let can_move = std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        let shown = format == ListFormat::Human && !self.quiet && can_move && io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        match ProgressStyle::with_template(PROGRESS) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }
    }

    /// Prints findings to standard error.
    pub(super) fn findings(&mut self, findings: &[Diagnostic]) -> io::Result<()> {
        let shown = findings.iter().filter(|finding| !self.quiet || finding.is_error());
        // At once: standard error has no buffer.
        let text: String = shown.map(|finding| human(finding, self.paint, self.width) + "\n\n").collect();
        despite_nobody(io::stderr().lock().write_all(text.as_bytes()))
    }

    /// Prints what was done to standard error, unless `--quiet` is set.
    pub(super) fn summary(&mut self, text: &str) -> io::Result<()> {
        if self.quiet { Ok(()) } else { despite_nobody(writeln!(io::stderr().lock(), "{}", harmless(text))) }
    }

    /// Prints why a command could not do its work, unless that was said already.
    pub(super) fn failure(&mut self, failure: &Failure) -> io::Result<()> {
        match failure {
            Failure::Findings(findings) => self.findings(findings)?,
            Failure::Usage(message) | Failure::Environment(message) => self.error(message),
            Failure::Reported => {}
        }
        Ok(())
    }

    /// Prints what went wrong to standard error.
    pub(super) fn error(&mut self, text: &str) {
        let style = match self.paint {
            Paint::Ansi => Style::new().fg_color(Some(AnsiColor::BrightRed.into())).effects(Effects::BOLD),
            Paint::Plain => Style::new(),
        };
        // Nothing is left to do if even this cannot be printed.
        writeln!(io::stderr().lock(), "{style}Fehler{style:#}: {}", harmless(text)).ok();
    }

    /// Prints the findings of a record: as part of a JSON line to standard output, or for people to standard error.
    pub(super) fn report(&mut self, format: ListFormat, report: &Report) -> io::Result<()> {
        match format {
            ListFormat::Json => self.line(&report::record(report).to_string()),
            ListFormat::Human => {
                let new = |finding: &&Diagnostic| {
                    let shared = finding.source.name != report.name;
                    !shared
                        || self
                            .said
                            .insert(format!("{} {:?} {}", finding.source.name, finding.span, finding.message))
                };
                let findings: Vec<Diagnostic> = report.findings.iter().filter(new).cloned().collect();
                self.findings(&findings)?;
                report.set_aside.iter().try_for_each(|file| self.summary(&report::set_aside(file)))
            }
        }
    }
}

/// Takes out of a text what a terminal would obey: names of files may hold it. Lines stay.
pub(super) fn harmless(text: &str) -> String {
    let plain = |line: &str| line.split('\t').map(report::printable).collect::<Vec<_>>().join("\t");
    let line = |line: &str| match line.strip_suffix('\r') {
        Some(line) => plain(line) + "\r",
        None => plain(line),
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// A reader that has seen enough (`| head`) goes away; the work goes on without it, since how it ends is still to be said.
fn despite_nobody(printed: io::Result<()>) -> io::Result<()> {
    match printed {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}

/// Tells from the environment whether a terminal is to be written to in colours.
fn wants_colour(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let unset = |name: &str| variable(name).is_none_or(|value| value.is_empty());
    unset("NO_COLOR") && variable("TERM").is_none_or(|term| term != "dumb")
}

/// Returns a flag that is set by Ctrl-C or a request of the system to end; a run then finishes only what it has
/// begun.
pub(super) fn stop_flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&stop);
    // Without a handler Ctrl-C ends the program at once, which does no harm either.
    ctrlc::set_handler(move || set.store(true, Ordering::Relaxed)).ok();
    stop
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_a_terminal() {
        assert_eq!(harmless("a\u{1b}[31m\r\n\tb\u{7}\rc"), "a\u{fffd}[31m\r\n\tb\u{fffd}\u{fffd}c");
    }

    #[test]
    fn colours_are_for_terminals_that_have_them() {
        let with = |set: &'static [(&str, &str)]| {
            wants_colour(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
        };
        assert!(with(&[]) && with(&[("TERM", "xterm-256color")]) && with(&[("NO_COLOR", "")]));
        assert!(!with(&[("TERM", "dumb")]) && !with(&[("NO_COLOR", "1"), ("TERM", "xterm")]));
    }
}
