//! What is said of a PDF that was inspected.

use serde_json::{Value as Json, json};

use super::words::{printable, wrapped};
use crate::pdf::text::{PdfReading, Unread};
use crate::pdf::{self, FileLook, Inspection, Leftover, PhotoTraces, Shell};

/// The most names that one line lists.
const MAX_LISTED: usize = 10;
/// The characters of the column of titles, and of the column behind it.
const COLUMN: usize = 15;
/// The most characters of a foreign text that are quoted.
const MAX_QUOTED: usize = 100;

/// Gives everything that was found in a PDF; of its text what is left behind, only pictures, or unread.
pub fn inspection_json(name: &str, found: &Inspection, reading: &PdfReading, look: &FileLook) -> Json {
    let mut object = json!({ "file": name });
    if let (Some(object), Ok(Json::Object(found))) = (object.as_object_mut(), serde_json::to_value(found)) {
        object.extend(found);
        object.insert("leftovers".into(), json!(look.left));
        object.insert("scans".into(), json!(look.scans));
        object.insert("shell".into(), json!(look.shell));
        object.insert("photos".into(), json!(look.photos));
        object.insert("pictures".into(), json!(reading.pictures));
        object.insert("unread".into(), reading.unread.iter().map(unread).collect());
    }
    object
}

/// Says what is in a PDF, in rows of a title and a text.
pub fn inspection(name: &str, found: &Inspection, reading: &PdfReading, look: &FileLook) -> String {
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
        ("Hinterlassen", non_empty(look.left.iter().map(leftover), "\n")),
        ("Inhalt", look.shell.map(shell)),
        ("Fotos", photos(&look.photos)),
        ("Bilder", pictures(reading)),
        ("Ungelesen", non_empty(reading.unread.iter().map(unread).map(|it| printable(&it)), "\n")),
    ];
    rows.extend(optional.into_iter().filter_map(|(title, text)| Some((title, text?))));
    let defects = found.defects.iter().map(|defect| printable(&defect.message));
    rows.push((
        "Mängel",
        non_empty_all(untagged(found).into_iter().chain(defects), "\n").unwrap_or_else(none),
    ));
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

/// Joins the first items, and says how many more there are.
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
        if one { format!("{size}{turned}") } else { format!("{}-mal {size}{turned}", format.pages) }
    });
    format!("{} ({})", found.pages, non_empty(formats, "; ").unwrap_or_default())
}

/// Names a German paper size.
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

fn untagged(found: &Inspection) -> Option<String> {
    let first = found.untagged.first()?;
    let (count, pages) = (found.untagged.len(), found.pages);
    Some(format!("{count} von {pages} Seiten mit Inhalt ohne Tags, zuerst Seite {first}"))
}

fn font(font: &pdf::Font) -> String {
    let embedded = match (font.embedded, font.subset) {
        (false, _) => "nicht eingebettet",
        (true, false) => "eingebettet",
        (true, true) => "als Teilmenge eingebettet",
    };
    let unicode = if font.to_unicode { "" } else { ", ohne ToUnicode" };
    let name = if font.name.is_empty() { "ohne Namen".to_owned() } else { printable(&font.name) };
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

fn leftover(leftover: &Leftover) -> String {
    let author = leftover.author.as_deref().map_or_else(String::new, |author| format!(" von {author}"));
    let text = if leftover.text.is_empty() {
        String::new()
    } else {
        format!(": „{}“", shortened(&leftover.text))
    };
    printable(&format!("Seite {}: {}{author}{text}", leftover.page, leftover.kind.name()))
}

fn shell(shell: Shell) -> String {
    match shell {
        Shell::DynamicForm => "ein dynamisches Formular (XFA), das nur Programme von Adobe aufbauen".into(),
        Shell::Portfolio => "ein Portfolio: was zählt, sind die angehängten Dateien".into(),
    }
}

fn photos(photos: &PhotoTraces) -> Option<String> {
    let positions =
        (photos.positions > 0).then(|| format!("{} nennen den Ort der Aufnahme", photos.positions));
    let names = non_empty(photos.names.iter().map(|name| printable(name)), ", ");
    let parts = positions.into_iter().chain(names.map(|names| format!("Namen darin: {names}")));
    non_empty_all(parts, "; ")
}

/// Cuts a long text off.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{} …", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

fn pictures(reading: &PdfReading) -> Option<String> {
    let scans = reading.pictures.iter().filter(|picture| picture.scan).count();
    let parts = [(scans, "nichts als Bild"), (reading.pictures.len() - scans, "mit großen Bildern")];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let pages = non_empty_all(parts.map(|(count, what)| format!("{count} {what}")), ", ")?;
    Some(format!("Seiten: {pages}; Text darin ist nicht zu durchsuchen"))
}

fn unread(unread: &Unread) -> String {
    format!("{}: {}", unread.place, unread.why)
}
