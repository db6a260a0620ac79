//! Looks whether an SVG file is one that typst takes, without drawing it: that may never end.

use usvg::roxmltree::{Document, Error, ParsingOptions};

/// The most parts of a file that are looked at.
const MAX_NODES: u32 = 2_000_000;
/// How deep elements may stand in each other, as typst has it.
const MAX_DEPTH: usize = 1024;
/// What of the outermost element says how large the picture is.
const SIZES: [&str; 3] = ["width", "height", "viewBox"];

/// Tells in German why a file cannot be used; nothing if nothing speaks against it.
pub(super) fn examine(bytes: &[u8]) -> Result<(), String> {
    let unreadable = |message: &str| Err(message.to_owned());
    let Ok(text) = std::str::from_utf8(bytes) else {
        return unreadable("Die SVG-Datei ist nicht in UTF-8 geschrieben.");
    };
    // A few short words may stand for more text than there is memory. What they come to is seen when the page is set, within
    // limits.
    if text.contains("<!ENTITY") {
        return Ok(());
    }
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = match Document::parse_with_options(text, options) {
        Ok(document) => document,
        Err(Error::NodesLimitReached) => return Err(too_many()),
        Err(error) => {
            let place = match error.pos().row {
                0 | 1 => String::new(),
                row => format!(", ab Zeile {row}"),
            };
            return unreadable(&format!("Die SVG-Datei ist beschädigt: Sie ist kein gültiges XML{place}."));
        }
    };
    if is_too_deep(&document) {
        return Err(too_many());
    }
    let root = document.root_element();
    let sizes = SIZES.iter().filter_map(|name| Some((*name, root.attribute(*name)?)));
    let sizes: String = sizes.map(|(name, value)| format!(" {name}=\"{}\"", escaped(value))).collect();
    // One without a namespace is taken too.
    let namespace = root.tag_name().namespace().map(|name| format!(" xmlns=\"{}\"", escaped(name)));
    let bare = format!("<{}{}{sizes}/>", root.tag_name().name(), namespace.unwrap_or_default());
    match usvg::Tree::from_str(&bare, &usvg::Options::default()) {
        Ok(_) => Ok(()),
        Err(usvg::Error::InvalidSize) => {
            unreadable("Breite, Höhe oder „viewBox“ der SVG-Datei ergeben keine Größe.")
        }
        Err(_) => unreadable("Die Datei beginnt nicht wie eine SVG-Datei."),
    }
}

fn too_many() -> String {
    "Die SVG-Datei hat zu viele Teile.".to_owned()
}

fn is_too_deep(document: &Document<'_>) -> bool {
    let mut depth = 0;
    let mut node = document.root();
    // Down, to the next, and up again: without a call for each level.
    loop {
        if let Some(child) = node.first_child() {
            depth += 1;
            node = child;
            if depth > MAX_DEPTH {
                return true;
            }
            continue;
        }
        loop {
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            match node.parent() {
                Some(above) => node = above,
                None => return false,
            }
            depth -= 1;
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMESPACE: &str = "xmlns='http://www.w3.org/2000/svg'";

    fn problem(svg: &str) -> String {
        examine(svg.as_bytes()).err().unwrap_or_default()
    }

    /// Whether typst takes a file; the one that is examined says the same.
    fn is_taken(svg: &str) -> bool {
        usvg::Tree::from_data(svg.as_bytes(), &usvg::Options::default()).is_ok()
    }

    #[test]
    fn what_typst_takes_is_taken_and_what_it_refuses_refused() {
        for svg in [
            format!("<svg {NAMESPACE} width='60' height='60'><circle cx='30' cy='30' r='28'/></svg>"),
            format!("\u{feff}<?xml version='1.0'?><!-- x --><svg {NAMESPACE}/>"),
            format!(
                "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x.dtd'><svg {NAMESPACE} viewBox='0 0 9 9'/>"
            ),
            format!("<!DOCTYPE svg [<!ENTITY a 'x'>]><svg {NAMESPACE}><text>&a;</text></svg>"),
            "<s:svg xmlns:s='http://www.w3.org/2000/svg' width='10mm' height='5cm'/><!-- -->".to_owned(),
            format!(
                "<svg {NAMESPACE} width='60' height='60'>{}{}</svg>",
                "<g>".repeat(1000),
                "</g>".repeat(1000)
            ),
            format!("<svg {NAMESPACE} width='60' height='60'><g></svg>"),
            format!("<svg {NAMESPACE} width='60'\nheight='60'>\n<circle cx='3"),
            format!("<svg {NAMESPACE} width='0' height='60'/>"),
            format!("<svg {NAMESPACE} width='-5' height='60'/>"),
            format!("<svg {NAMESPACE} width='&quot;&lt;&amp;' height='60'/>"),
            format!("<svg {NAMESPACE} viewBox='0 0 0 0'/>"),
            "<svg width='60' height='60'/>".to_owned(),
            "<x><svg/></x>".to_owned(),
            "<svg".to_owned(),
            String::new(),
        ] {
            assert_eq!(problem(&svg).is_empty(), is_taken(&svg), "{svg}: {}", problem(&svg));
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_words() {
        let svg = format!("<svg {NAMESPACE}>\n<g>\n</svg>");
        assert_eq!(problem(&svg), "Die SVG-Datei ist beschädigt: Sie ist kein gültiges XML, ab Zeile 3.");
        let svg = format!("<svg {NAMESPACE} width='0'/>");
        assert_eq!(problem(&svg), "Breite, Höhe oder „viewBox“ der SVG-Datei ergeben keine Größe.");
        assert_eq!(problem("<html>\n<svg/></html>"), "Die Datei beginnt nicht wie eine SVG-Datei.");
        let deep = format!("<svg {NAMESPACE}>{}{}</svg>", "<g>".repeat(9000), "</g>".repeat(9000));
        assert_eq!(problem(&deep), "Die SVG-Datei hat zu viele Teile.");
        let many = format!("<svg {NAMESPACE}>{}</svg>", "<g/>".repeat(2_000_000));
        assert_eq!(problem(&many), "Die SVG-Datei hat zu viele Teile.");
        assert!(examine(b"<svg \xff/>").is_err());
    }
}
