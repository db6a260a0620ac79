//! What is said of the codes of findings: what each means, why it matters, and an example.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::words::{level_name, wrapped};
use crate::diagnostics::{Code, Explanation};
use crate::record::template::Templates;

/// A code and what it means.
#[derive(Debug, Clone, Copy)]
pub struct Explained<'a> {
    /// The code.
    pub code: &'a Code,
    /// What it means.
    pub explanation: &'a Explanation,
}

/// Lists all codes by their ids, those of the forms among the others.
pub fn explained(templates: &Templates) -> Vec<Explained<'_>> {
    let explain = |code| Some(Explained { code, explanation: templates.explanation(code)? });
    let mut all: Vec<Explained<'_>> = templates.codes().filter_map(explain).collect();
    all.sort_by_key(|explained| (&explained.code.id, &explained.code.form));
    all
}

impl Explained<'_> {
    /// Names the code in a line of a list.
    pub fn line(&self) -> String {
        let form = self.code.form.as_ref().map_or(String::new(), |form| format!(" ({form})"));
        format!("{} {:<8} {}{form}", self.code.id, level_name(self.code.severity), self.code.title)
    }

    fn heading(&self) -> String {
        let form = self.code.form.as_ref().map_or(String::new(), |form| format!(", Formular {form}"));
        format!("{} {} ({}{form})", self.code.id, self.code.title, level_name(self.code.severity))
    }

    /// Explains the code to people.
    pub fn human(&self) -> String {
        let Explanation { meaning, reason, .. } = self.explanation;
        let mut out = format!(
            "{}\n\n{}\n\n{}\n",
            self.heading(),
            wrapped(meaning).join("\n"),
            wrapped(reason).join("\n")
        );
        for (title, example) in self.examples() {
            let lines: String = example.lines().map(|line| format!("    {line}\n")).collect();
            // Writing to a string cannot fail.
            write!(out, "\n{title}:\n\n{lines}").ok();
        }
        out
    }

    /// Explains the code to programs.
    pub fn json(&self) -> Json {
        json!({
            "code": self.code.to_string(),
            "severity": self.code.severity,
            "title": self.code.title,
            "form": self.code.form.as_deref(),
            "meaning": self.explanation.meaning,
            "reason": self.explanation.reason,
            "wrong": self.explanation.wrong,
            "right": self.explanation.right,
        })
    }

    fn markdown(&self) -> String {
        let Explanation { meaning, reason, .. } = self.explanation;
        let mut out = format!("\n## {}\n\n{meaning}\n\n{reason}\n", self.heading());
        for (title, example) in self.examples() {
            write!(out, "\n{title}:\n\n```toml\n{}\n```\n", example.trim_end()).ok();
        }
        out
    }

    fn examples(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let Explanation { wrong, right, .. } = self.explanation;
        let examples = [("Falsch", wrong.as_deref()), ("Richtig", right.as_deref())];
        examples.into_iter().filter_map(|(title, example)| Some((title, example?)))
    }
}

/// Explains codes on a page of the documentation.
pub fn reference(all: &[Explained<'_>]) -> String {
    let head = "# Befunde\n\nWas `anlage check` meldet. Diese Seite ist mit `anlage explain --format markdown` erzeugt.\n";
    std::iter::once(head.to_owned()).chain(all.iter().map(Explained::markdown)).collect()
}
