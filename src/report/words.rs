//! Small things that are said in many places: severities, durations, paths, foreign text.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use textwrap::WordSplitter;

use crate::diagnostics::Severity;
use crate::run::{AsideReason, SetAside};

/// Replaces the control characters of a text that comes from a foreign file: it must not steer a terminal. The end of a
/// line is a space.
pub fn printable(text: &str) -> String {
    let plain = |c: char| match c {
        '\n' | '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.replace("\r\n", "\n").chars().map(plain).collect()
}

/// Names a severity in German.
pub(super) fn level_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Fehler",
        Severity::Warning => "Warnung",
        Severity::Note => "Hinweis",
    }
}

/// Writes a duration in German: `0,3 s`.
pub(super) fn seconds(elapsed: Duration) -> String {
    format!("{:.1} s", elapsed.as_secs_f64()).replace('.', ",")
}

/// Lists paths as the user knows them.
pub(super) fn listed(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// Says where a file lies now that was set aside, and why.
pub fn set_aside(file: &SetAside) -> String {
    let (path, now) = (file.path.display(), file.now.display());
    match file.reason {
        AsideReason::Outdated => format!("{path} stimmt nicht mehr und liegt jetzt in {now}."),
        AsideReason::NotOurs => {
            format!("{path} war nicht die Datei, die dieses Programm schrieb, und liegt jetzt in {now}.")
        }
    }
}

/// Breaks a text at spaces into lines for people.
pub(super) fn wrapped(text: &str) -> Vec<Cow<'_, str>> {
    const WIDTH: usize = 100;
    let options = textwrap::Options::new(WIDTH).break_words(false).word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, options)
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn a_text_from_elsewhere_is_one_line_that_steers_nothing() {
        assert_eq!(printable("Poller\r\nam\tPlatz\n\u{1b}[31m\r"), "Poller am Platz \u{fffd}[31m\u{fffd}");
    }
}
