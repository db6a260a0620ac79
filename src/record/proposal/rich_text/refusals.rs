//! What CommonMark knows and a form has no place for, with what to type instead; and which addresses a link may have.

use pulldown_cmark::{CodeBlockKind, LinkType, Tag};

use super::as_typed::cells_in;
use crate::diagnostics::{Code, codes, shown};

const MAX_URL_BYTES: usize = 2000;
/// More columns do not fit the width of a page.
const MAX_COLUMNS: usize = 20;
/// More rows are no table to read but data to attach.
const MAX_ROWS: usize = 500;

/// Where an image stands that has no place there, and what to do.
pub(super) const MISPLACED_IMAGE: (&str, &str) = (
    "Ein Bild steht in einem eigenen Absatz, nicht in einer Zeile, Liste oder Tabelle.",
    "Vor und nach dem Bild eine leere Zeile setzen.",
);

/// Says what is wrong with an element that no form has a place for, and what to do.
pub(super) fn refusal(tag: &Tag<'_>, written: &str) -> (&'static Code, &'static str, &'static str) {
    match tag {
        Tag::Heading { .. } => (
            &codes::HEADING,
            "Die Überschriften gibt das Formular vor; im Text sind keine vorgesehen.",
            if written.trim_start().starts_with('#') {
                "Das # am Zeilenanfang entfernen; eine fette Zeile wird **so** geschrieben."
            } else {
                "Die Zeile aus --- oder === macht den Text darüber zur Überschrift: entfernen oder eine leere Zeile davor setzen."
            },
        ),
        Tag::CodeBlock(CodeBlockKind::Indented) => (
            &codes::CODE_BLOCK,
            "Der Text ist um vier Zeichen eingerückt und gilt damit als Quelltext.",
            "Die Leerzeichen am Zeilenanfang entfernen.",
        ),
        Tag::CodeBlock(CodeBlockKind::Fenced(_)) => (
            &codes::CODE_BLOCK,
            "Quelltext ist im Text nicht vorgesehen.",
            "Die Zeilen mit ``` oder ~~~ entfernen.",
        ),
        Tag::BlockQuote(_) => (
            &codes::NOT_IN_TEXT,
            "Ein eingerücktes Zitat ist im Text nicht vorgesehen.",
            "Das > am Zeilenanfang entfernen und den Wortlaut in „…“ setzen.",
        ),
        _ => (
            &codes::NOT_IN_TEXT,
            "Diese Auszeichnung ist im Text nicht vorgesehen.",
            "Als gewöhnlichen Absatz schreiben.",
        ),
    }
}

/// Says what is wrong with a line that CommonMark takes for a row with so many cells, and what to do.
pub(super) fn wrong_row(written: &str, cells: usize) -> Option<(String, &'static str)> {
    let typed = cells_in(written);
    if typed > cells {
        return Some((
            format!("Die Zeile hat {typed} Zellen, die Kopfzeile {cells}."),
            "Die Kopfzeile ergänzen; ein senkrechter Strich im Text braucht davor einen Rückstrich.",
        ));
    }
    (cells > 1 && !written.contains('|')).then(|| {
        (
            "Diese Zeile gilt als Zeile der Tabelle darüber.".to_owned(),
            "Davor eine leere Zeile lassen. Gehört sie in die Tabelle, ihre Zellen mit | trennen.",
        )
    })
}

/// Says that a character that is written as HTML writes it is not understood, and what to do.
pub(super) fn entity(written: &str) -> (String, &'static str) {
    (
        format!("„{}“ steht in HTML für ein Zeichen und hat hier keine Wirkung.", shown(written)),
        "Das Zeichen selbst schreiben; ein Und-Zeichen braucht keine Umschreibung.",
    )
}

/// Says that a table is larger than any page, and what to do.
pub(super) fn too_large(columns: usize, rows: usize) -> Option<(String, &'static str)> {
    (columns > MAX_COLUMNS || rows > MAX_ROWS).then(|| {
        let message = format!(
            "Die Tabelle hat {columns} Spalten und {rows} Zeilen; mehr als {MAX_COLUMNS} Spalten oder {MAX_ROWS} Zeilen passen nicht in das Formular."
        );
        (message, "Die Tabelle aufteilen oder als Dateianlage beilegen.")
    })
}

/// The address of a link as a PDF has to have it, other characters in percent signs and names of computers in Punycode;
/// none if it leads to no page and no mailbox.
pub(super) fn address(kind: LinkType, url: &str) -> Option<String> {
    let url = if kind == LinkType::Email { format!("mailto:{url}") } else { url.to_owned() };
    let lower = url.to_ascii_lowercase();
    let known = ["http://", "https://", "mailto:"]
        .iter()
        .any(|start| lower.strip_prefix(start).is_some_and(|rest| !rest.is_empty()));
    let odd = |c: char| !c.is_alphanumeric() && !c.is_ascii_graphic() && c != ' ';
    if !known || url.len() > MAX_URL_BYTES || url.contains(odd) {
        return None;
    }
    if url.is_ascii() && !url.contains(' ') {
        return Some(url);
    }
    url::Url::parse(&url).ok().map(|url| url.as_str().replace(' ', "%20"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_in_ascii() {
        let of = |url: &str| address(LinkType::Inline, url);
        assert_eq!(of("https://a.de/b?c=d#e").as_deref(), Some("https://a.de/b?c=d#e"));
        assert_eq!(
            of("https://münster.de/Pläne/süd 1.pdf?q=ö#ü").as_deref(),
            Some("https://xn--mnster-3ya.de/Pl%C3%A4ne/s%C3%BCd%201.pdf?q=%C3%B6#%C3%BC")
        );
        assert_eq!(
            of("mailto:büro@a.de?subject=Grüße").as_deref(),
            Some("mailto:b%C3%BCro@a.de?subject=Gr%C3%BC%C3%9Fe")
        );
        assert_eq!(address(LinkType::Email, "a@b.de").as_deref(), Some("mailto:a@b.de"));
        assert_eq!(of("datei.pdf"), None);
    }
}
