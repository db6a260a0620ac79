//! `anlage inspect`: what is in a PDF, and what is wrong with its structure.

use std::borrow::Cow;
use std::path::PathBuf;

use serde_json::json;
use textwrap::WordSplitter;

use super::output::Terminal;
use super::{Failure, ListFormat, Status};
use crate::child;
use crate::files::{self, ReadError};
use crate::pdf::{self, Inspection};

const MAX_PDF_BYTES: u64 = 1 << 30;
/// The most memory to reserve, in bytes: enough for a tagged packet of 5,000 pages, of which each has hundreds of objects.
const MEMORY_LIMIT: u64 = 4 << 30;
/// Names that one line lists.
const MAX_LISTED: usize = 10;
/// Characters of the titles' column, and of the one behind it.
const COLUMN: usize = 15;
const WIDTH: usize = 100;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Any PDF
    #[arg(value_name = "FILE")]
    pdf: PathBuf,
    /// How it is printed
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ListFormat,
}

pub fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<Status, Failure> {
    let bytes = files::read(&arguments.pdf, MAX_PDF_BYTES).map_err(|error| match error {
        ReadError::System(error) => Failure::from(error),
        other => Failure::Usage(other.to_string()),
    })?;
    // A hostile file may unpack to any size; this process does nothing else.
    child::limit_memory(MEMORY_LIMIT)?;
    let name = arguments.pdf.display().to_string();
    let look = move || {
        let document = pdf::load(&bytes)?;
        drop(bytes);
        Ok(pdf::inspect(&document))
    };
    match pdf::in_time(look) {
        Ok(inspection) => {
            match arguments.format {
                ListFormat::Human => terminal.line(&human(&name, &inspection))?,
                ListFormat::Json => {
                    let mut object = json!({ "file": name });
                    if let (Some(object), Ok(serde_json::Value::Object(found))) =
                        (object.as_object_mut(), serde_json::to_value(&inspection))
                    {
                        object.extend(found);
                    }
                    terminal.line(&object.to_string())?;
                }
            }
            match inspection.defects.is_empty() {
                true => Ok(Status::Done),
                false => Ok(Status::Errors),
            }
        }
        Err(error) => {
            if arguments.format == ListFormat::Json {
                terminal.line(&json!({ "file": name, "error": error.to_string() }).to_string())?;
            }
            terminal.error(&format!("{name}: {error}"));
            Ok(Status::Errors)
        }
    }
}

fn human(name: &str, found: &Inspection) -> String {
    let none = || "keine".to_owned();
    let mut rows = vec![
        ("Seiten", pages(found)),
        ("PDF", version(found)),
        ("Titel", found.title.as_deref().map_or_else(|| "keiner".to_owned(), printable)),
        ("Sprache", found.language.as_deref().map_or_else(|| "keine angegeben".to_owned(), printable)),
        ("Struktur", structure(found)),
        ("Schriften", non_empty(found.fonts.iter().map(font), "\n").unwrap_or_else(none)),
        ("Links", links(found)),
    ];
    let optional = [
        ("Lesezeichen", bookmarks(found)),
        ("Sprungziele", (found.named_destinations > 0).then(|| found.named_destinations.to_string())),
        ("Seitenzahlen", non_empty(found.page_labels.iter().map(label), ", ")),
        ("Anhänge", non_empty(found.attachments.iter().map(attachment), "\n")),
        ("Formularfelder", form(found)),
        ("Ebenen", non_empty(found.layers.iter().map(|layer| printable(layer)), ", ")),
        ("Aktionen", non_empty(found.actions.iter().map(|(kind, count)| format!("{count} {kind}")), ", ")),
    ];
    rows.extend(optional.into_iter().filter_map(|(title, text)| Some((title, text?))));
    let defects = found.defects.iter().map(|defect| printable(&defect.message));
    rows.push(("Mängel", non_empty_all(defects, "\n").unwrap_or_else(none)));
    let mut text = name.to_owned();
    for (title, value) in rows {
        let mut title = title;
        for line in value.lines().flat_map(wrapped) {
            text += &format!("\n  {title:COLUMN$}{line}");
            title = "";
        }
    }
    text
}

/// Lines of some width, broken at spaces.
fn wrapped(text: &str) -> Vec<Cow<'_, str>> {
    let options = textwrap::Options::new(WIDTH).break_words(false).word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, options)
}

/// The first of many, and how many there are more.
fn non_empty(items: impl Iterator<Item = String>, between: &str) -> Option<String> {
    let all: Vec<String> = items.collect();
    let more = all.len().saturating_sub(MAX_LISTED);
    let shown = all.into_iter().take(MAX_LISTED).chain((more > 0).then(|| format!("und {more} weitere")));
    non_empty_all(shown, between)
}

fn non_empty_all(items: impl Iterator<Item = String>, between: &str) -> Option<String> {
    let all: Vec<String> = items.collect();
    (!all.is_empty()).then(|| all.join(between))
}

/// Text of a PDF cannot steer a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn pages(found: &Inspection) -> String {
    let one = found.formats.len() == 1;
    let formats = found.formats.iter().map(|format| {
        let size = match (format.width, format.height) {
            (Some(width), Some(height)) => format!("{}{width} × {height} mm", paper(width, height)),
            _ => "ohne Größe".to_owned(),
        };
        let turned = match format.rotation {
            0 => String::new(),
            degrees => format!(", gedreht um {degrees}°"),
        };
        match one {
            true => format!("{size}{turned}"),
            false => format!("{}-mal {size}{turned}", format.pages),
        }
    });
    format!("{} ({})", found.pages, non_empty(formats, "; ").unwrap_or_default())
}

/// The name of a German paper size.
fn paper(width: u32, height: u32) -> String {
    const SIZES: [(&str, u32, u32); 6] = [
        ("A0", 841, 1189),
        ("A1", 594, 841),
        ("A2", 420, 594),
        ("A3", 297, 420),
        ("A4", 210, 297),
        ("A5", 148, 210),
    ];
    let (short, long) = (width.min(height), width.max(height));
    let size = SIZES.iter().find(|(_, a, b)| short.abs_diff(*a) <= 1 && long.abs_diff(*b) <= 1);
    let across = if width > height { " quer" } else { "" };
    size.map_or_else(String::new, |(name, ..)| format!("{name}{across}, "))
}

fn version(found: &Inspection) -> String {
    let claims = match found.claims.to_string() {
        none if none.is_empty() => "kein PDF/A, kein PDF/UA".to_owned(),
        claims => claims,
    };
    let encrypted = if found.encrypted { ", verschlüsselt ohne Kennwort" } else { "" };
    format!("{}; {claims}{encrypted}", printable(&found.version))
}

fn structure(found: &Inspection) -> String {
    if !found.tagged {
        return "keine (nicht getaggt)".to_owned();
    }
    let total: usize = found.elements.values().sum();
    let kinds = found.elements.iter().map(|(kind, count)| format!("{count} {}", printable(kind)));
    let kinds = non_empty_all(kinds, ", ").map_or_else(String::new, |kinds| format!(": {kinds}"));
    format!("{total} Elemente{kinds}")
}

fn font(font: &pdf::Font) -> String {
    let embedded = match (font.embedded, font.subset) {
        (false, _) => "nicht eingebettet",
        (true, false) => "eingebettet",
        (true, true) => "als Teilmenge eingebettet",
    };
    let unicode = if font.to_unicode { "" } else { ", ohne ToUnicode" };
    let name = match font.name.is_empty() {
        true => "ohne Namen".to_owned(),
        false => printable(&font.name),
    };
    format!("{name} ({}), {embedded}{unicode}", printable(&font.kind))
}

fn links(found: &Inspection) -> String {
    let links = &found.links;
    let parts = [
        (links.internal.len(), "im PDF"),
        (links.external.len(), "nach außen"),
        (links.broken.len(), "ins Leere"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    non_empty_all(parts.map(|(count, what)| format!("{count} {what}")), ", ")
        .unwrap_or_else(|| "keine".into())
}

fn bookmarks(found: &Inspection) -> Option<String> {
    let lost = found.bookmarks.iter().filter(|bookmark| bookmark.page.is_none()).count();
    let lost = if lost > 0 { format!(", davon {lost} ohne Seite") } else { String::new() };
    (!found.bookmarks.is_empty()).then(|| format!("{}{lost}", found.bookmarks.len()))
}

fn label(label: &pdf::Label) -> String {
    format!("ab Seite {} „{}“", label.page, printable(&label.label))
}

fn attachment(attachment: &pdf::Attachment) -> String {
    let size = attachment.size.map_or_else(String::new, |size| format!(", {size} Bytes"));
    let relationship =
        attachment.relationship.as_deref().map_or_else(String::new, |it| format!(", {}", printable(it)));
    format!("{}{size}{relationship}", printable(&attachment.name))
}

fn form(found: &Inspection) -> Option<String> {
    let signed = match found.form.signatures {
        0 => String::new(),
        signed => format!(", davon {signed} unterschrieben"),
    };
    (found.form.fields > 0).then(|| format!("{}{signed}", found.form.fields))
}
