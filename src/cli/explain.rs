//! `anlage explain`: what findings mean, why they matter, and an example of each.

use std::fmt::Write;
use std::path::Path;

use clap::ValueEnum;
use serde_json::json;
use textwrap::WordSplitter;

use super::output::Terminal;
use super::{Failure, Status};
use crate::diagnostics::{Code, Explanation, Severity, codes, explanation};
use crate::record::project::Projects;
use crate::record::schema::similar;
use crate::record::template::Templates;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The code of a finding, such as F203 [default: a list of all]
    #[arg(value_name = "CODE")]
    code: Option<String>,
    /// How it is printed
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ExplainFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExplainFormat {
    /// For people
    Human,
    /// One JSON object a code
    Json,
    /// A page for the documentation
    Markdown,
}

/// A code, what it means, and the form that it belongs to.
struct Entry<'a> {
    code: &'a Code,
    explanation: &'a Explanation,
    form: Option<&'a str>,
}

pub fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let project = Projects::default().of(Path::new("."))?;
    let all = entries(&project.templates);
    let wanted = arguments.code.map(|code| code.to_uppercase());
    let chosen: Vec<&Entry<'_>> =
        all.iter().filter(|entry| wanted.as_ref().is_none_or(|wanted| entry.code.id == *wanted)).collect();
    if let (Some(wanted), true) = (&wanted, chosen.is_empty()) {
        let ids: Vec<&str> = all.iter().map(|entry| &*entry.code.id).collect();
        let meant = similar(wanted, &ids).map(|meant| format!(", did you mean {meant}?"));
        return Err(Failure::Usage(format!("there is no finding {wanted}{}", meant.unwrap_or_default())));
    }
    match arguments.format {
        ExplainFormat::Markdown => terminal.bytes(markdown(&chosen).as_bytes())?,
        ExplainFormat::Json => chosen.iter().try_for_each(|entry| terminal.line(&json(entry).to_string()))?,
        ExplainFormat::Human if wanted.is_none() => {
            chosen.iter().try_for_each(|entry| terminal.line(&listed(entry)))?;
        }
        ExplainFormat::Human => {
            let texts: Vec<String> = chosen.iter().map(|entry| human(entry)).collect();
            terminal.bytes(texts.join("\n").as_bytes())?;
        }
    }
    Ok(Status::Done)
}

/// All codes, by their names; those of forms between the others.
fn entries(templates: &Templates) -> Vec<Entry<'_>> {
    let of_all = codes::ALL
        .iter()
        .filter_map(|code| Some(Entry { code, explanation: explanation(&code.id)?, form: None }));
    let of_forms = templates
        .iter()
        .filter_map(|(name, loaded)| Some((name, loaded.as_ref().ok()?)))
        .flat_map(|(name, template)| {
            let entry = move |(code, explanation)| Entry { code, explanation, form: Some(name) };
            template.codes.values().map(|(code, explanation)| (code, explanation)).map(entry)
        });
    let mut all: Vec<Entry<'_>> = of_all.chain(of_forms).collect();
    all.sort_by_key(|entry| (&*entry.code.id, entry.form));
    all
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Fehler",
        Severity::Warning => "Warnung",
        Severity::Note => "Hinweis",
    }
}

fn listed(entry: &Entry<'_>) -> String {
    let form = entry.form.map_or(String::new(), |form| format!(" ({form})"));
    format!("{} {:<8} {}{form}", entry.code.id, level(entry.code.severity), entry.code.title)
}

fn heading(entry: &Entry<'_>) -> String {
    let form = entry.form.map_or(String::new(), |form| format!(", Formular {form}"));
    format!("{} {} ({}{form})", entry.code.id, entry.code.title, level(entry.code.severity))
}

const WIDTH: usize = 100;

fn human(entry: &Entry<'_>) -> String {
    let Explanation { meaning, reason, wrong, right } = entry.explanation;
    let mut out = format!("{}\n\n{}\n\n{}\n", heading(entry), wrapped(meaning), wrapped(reason));
    for (title, example) in [("Falsch", wrong), ("Richtig", right)] {
        if let Some(example) = example {
            let lines: String = example.lines().map(|line| format!("    {line}\n")).collect();
            // Writing to a string cannot fail.
            write!(out, "\n{title}:\n\n{lines}").ok();
        }
    }
    out
}

fn wrapped(text: &str) -> String {
    let options = textwrap::Options::new(WIDTH).break_words(false).word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

fn json(entry: &Entry<'_>) -> serde_json::Value {
    json!({
        "code": entry.code.id,
        "severity": entry.code.severity,
        "title": entry.code.title,
        "form": entry.form,
        "meaning": entry.explanation.meaning,
        "reason": entry.explanation.reason,
        "wrong": entry.explanation.wrong,
        "right": entry.explanation.right,
    })
}

/// The reference page.
fn markdown(entries: &[&Entry<'_>]) -> String {
    let mut out = "# Befunde\n\nWas `anlage check` meldet. Diese Seite ist mit `anlage explain --format markdown` erzeugt.\n".to_owned();
    for entry in entries {
        let Explanation { meaning, reason, wrong, right } = entry.explanation;
        write!(out, "\n## {}\n\n{meaning}\n\n{reason}\n", heading(entry)).ok();
        for (title, example) in [("Falsch", wrong), ("Richtig", right)] {
            if let Some(example) = example {
                write!(out, "\n{title}:\n\n```toml\n{}\n```\n", example.trim_end()).ok();
            }
        }
    }
    out
}
