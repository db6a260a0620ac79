//! What Word, Excel, LibreOffice or a mail put on the clipboard as HTML, as CommonMark; and what of it is lost.
//!
//! It is read from its first to its last sign once, so a long or broken text takes no longer than a sound one. Knows nothing
//! of requests and of records.

mod blocks;
mod commonmark;
mod lost;
mod piece;
mod style;
mod tables;

use std::rc::Rc;

use html5gum::{StartTag, Token, Tokenizer};

use self::blocks::Blocks;
use self::lost::Lost;
use self::piece::TextLook;
use self::style::PastedStyle;

/// The most elements in each other that are looked at.
const MAX_DEPTH: usize = 256;
/// The longest address of a link.
const MAX_ADDRESS: usize = 2000;

/// What is pasted, and what is not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pasted {
    /// The text in CommonMark.
    pub(super) text: String,
    /// Whether it is more than a part of a line.
    pub(super) has_blocks: bool,
    /// What could not be kept, each in a sentence.
    pub(super) lost: Vec<String>,
}

/// Turns HTML into CommonMark.
pub(super) fn pasted(html: &str) -> Pasted {
    let mut reader = PasteReader::default();
    for token in Tokenizer::new(html).flatten() {
        match token {
            Token::StartTag(tag) => reader.start(&tag),
            Token::EndTag(tag) => reader.end(&String::from_utf8_lossy(&tag.name)),
            Token::String(text) => reader.text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    reader.blocks.finish();
    let PasteReader { blocks, .. } = reader;
    let mut losses = blocks.losses;
    let (text, has_blocks) = commonmark::written(&blocks.done, &mut losses);
    Pasted { text, has_blocks, lost: losses.in_words() }
}

/// A text as the words of a link or a picture, in one line, in which nothing is markup.
pub(super) fn label(text: &str) -> String {
    commonmark::label(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// An element that is open.
#[derive(Debug, Clone)]
struct PastedElement {
    name: String,
    look: TextLook,
    /// Whether what stands in it is not seen, or no text.
    is_hidden: bool,
    /// Whether it holds the sign before an element of a list, as Word writes it.
    is_marker: bool,
}

#[derive(Debug, Default)]
struct PasteReader {
    open: Vec<PastedElement>,
    blocks: Blocks,
}

impl PasteReader {
    fn start(&mut self, tag: &StartTag<()>) {
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        let of = |key: &str| tag.attributes.get(key.as_bytes()).map(|value| String::from_utf8_lossy(value));
        let style = PastedStyle::of(&of("style").unwrap_or_default());
        let mut own = self.open.last().cloned().unwrap_or_else(|| PastedElement {
            name: String::new(),
            look: TextLook::default(),
            is_hidden: false,
            is_marker: false,
        });
        own.name.clone_from(&name);
        if own.is_hidden {
            self.push(own, tag.self_closing);
            return;
        }
        self.note_losses(&name, &style, &of("class").unwrap_or_default());
        own.is_hidden = is_no_text(&name) || style.is_hidden() || style.is_comment();
        own.is_marker |= style.is_list_marker();
        if own.is_hidden {
            self.push(own, tag.self_closing);
            return;
        }
        match name.as_str() {
            "b" | "strong" => own.look.bold = true,
            "i" | "em" | "cite" | "dfn" | "var" => own.look.italic = true,
            "sup" => own.look.script = Some(true),
            "sub" => own.look.script = Some(false),
            "pre" => own.look.is_as_typed = true,
            "a" => own.look.link = self.link(of("href").as_deref()),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => own.look.bold = true,
            "br" if style.breaks_page() => self.blocks.end_paragraph(),
            "br" => self.blocks.line_break(),
            "ul" | "ol" => {
                let start = of("start").and_then(|start| start.parse().ok()).unwrap_or(1);
                self.blocks.start_list(name == "ol", start, &of("type").unwrap_or_default());
            }
            "li" => self.blocks.start_item(),
            "table" => self.blocks.start_table(),
            "tr" => self.blocks.start_row(),
            "td" | "th" => {
                let span = |key: &str| of(key).and_then(|span| span.parse().ok()).unwrap_or(1);
                self.blocks.start_cell(span("colspan"), span("rowspan"));
            }
            _ if is_block(&name) => self.blocks.end_paragraph(),
            _ => {}
        }
        if let Some(level) = style.list_level().filter(|_| is_block(&name)) {
            self.blocks.end_paragraph();
            self.blocks.start_word_item(level);
        }
        own.look.bold = style.bold().unwrap_or(own.look.bold);
        own.look.italic = style.italic().unwrap_or(own.look.italic);
        let is_empty =
            matches!(name.as_str(), "br" | "hr" | "img" | "col" | "input" | "meta" | "link" | "wbr");
        self.push(own, tag.self_closing || is_empty);
    }

    fn push(&mut self, open: PastedElement, is_closed: bool) {
        if !is_closed && self.open.len() < MAX_DEPTH {
            self.open.push(open);
        }
    }

    fn end(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else { return };
        let is_hidden = self.open[at].is_hidden;
        self.open.truncate(at);
        if is_hidden {
            return;
        }
        match name {
            "ul" | "ol" => self.blocks.end_list(),
            "li" => self.blocks.end_item(),
            "table" => self.blocks.end_table(),
            "td" | "th" | "tr" => self.blocks.end_cell(),
            _ if is_block(name) => self.blocks.end_paragraph(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        match self.open.last() {
            Some(open) if open.is_hidden => {}
            Some(open) if open.is_marker => self.blocks.marker(text),
            Some(open) => self.blocks.text(text, &open.look),
            None => self.blocks.text(text, &TextLook::default()),
        }
    }

    fn note_losses(&mut self, name: &str, style: &PastedStyle, class: &str) {
        let losses = &mut self.blocks.losses;
        match name {
            "img" => losses.note(Lost::Images),
            "object" | "embed" | "iframe" | "video" | "audio" | "svg" | "canvas" | "math" | "applet" => {
                losses.note(Lost::Objects);
            }
            "del" => losses.note(Lost::Deleted),
            "s" | "strike" => losses.note(Lost::Strikes),
            "u" => losses.note(Lost::Underlines),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => losses.note(Lost::Headings),
            _ => {}
        }
        if style.is_footnote() {
            losses.note(Lost::Footnotes);
        }
        if style.is_comment() || class.eq_ignore_ascii_case("MsoCommentReference") {
            losses.note(Lost::Comments);
        }
        if style.is_highlighted() {
            losses.note(Lost::Highlights);
        }
        if style.is_struck() {
            losses.note(Lost::Strikes);
        }
    }

    /// The address that a link may have in a record.
    fn link(&mut self, href: Option<&str>) -> Option<Rc<str>> {
        let href = href?.trim();
        let lower = href.to_ascii_lowercase();
        if ["http://", "https://", "mailto:"].iter().any(|start| lower.starts_with(start)) {
            return Some(href.into()).filter(|_| href.len() <= MAX_ADDRESS);
        }
        // The sign of a footnote leads to its text: that is said already.
        if !lower.starts_with("#_ft") && !href.is_empty() {
            self.blocks.losses.note(Lost::FileLinks);
        }
        None
    }
}

/// What holds no text that anybody reads.
fn is_no_text(name: &str) -> bool {
    matches!(
        name,
        "head"
            | "style"
            | "script"
            | "title"
            | "xml"
            | "template"
            | "noscript"
            | "del"
            | "object"
            | "iframe"
            | "svg"
            | "math"
            | "select"
            | "textarea"
            | "button"
            | "video"
            | "audio"
            | "canvas"
            | "applet"
    )
}

/// What begins and ends a paragraph.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "blockquote"
            | "pre"
            | "address"
            | "article"
            | "section"
            | "header"
            | "footer"
            | "dl"
            | "dt"
            | "dd"
            | "figure"
            | "figcaption"
            | "hr"
            | "center"
            | "main"
            | "nav"
            | "aside"
            | "form"
            | "fieldset"
            | "body"
            | "html"
            | "caption"
    )
}

#[cfg(test)]
mod tests;
