//! From the events of the CommonMark parser to the tree, with a finding for what has no place in it.

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::long_words::with_long_words;
use super::{Block, ImageReference, Inline, plain};
use crate::diagnostics::{Code, Diagnostic, Source, codes};
use crate::toml_tree::Node;

/// Lists in lists, or emphasis in emphasis, at most this deep.
const MAX_DEPTH: usize = 8;
const MAX_URL_BYTES: usize = 2000;

/// Reads the text of a TOML string. Images are appended to `images`, problems to `findings`.
pub fn read(
    source: &Arc<Source>,
    node: &Node,
    inline: bool,
    images: &mut Vec<ImageReference>,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Block> {
    let text = node.as_str().unwrap_or_default();
    let mut reader = Reader {
        text,
        source,
        node,
        images,
        findings,
        stack: Vec::new(),
        skipping: 0,
        html_names: Vec::new(),
    };
    reader.open(Frame::Blocks(Vec::new()), 0..0);
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        reader.event(event, range);
    }
    reader.close_implied();
    let blocks = match reader.stack.into_iter().next() {
        Some(Open { frame: Frame::Blocks(blocks), .. }) => blocks,
        _ => Vec::new(),
    };
    let single = matches!(blocks[..], [] | [Block::Paragraph { .. }]);
    if inline && !single {
        let message = "Hier steht nur eine Zeile Text, ohne Absätze, Listen, Tabellen und Bilder.";
        findings.push(
            Diagnostic::new(&codes::NOT_IN_TEXT, source, node.span.clone(), message)
                .hint("Auf eine Zeile kürzen."),
        );
    }
    blocks
}

struct Reader<'a> {
    text: &'a str,
    source: &'a Arc<Source>,
    node: &'a Node,
    images: &'a mut Vec<ImageReference>,
    findings: &'a mut Vec<Diagnostic>,
    stack: Vec<Open>,
    /// How many elements are open inside one that is left out.
    skipping: usize,
    /// The HTML elements that were found; their end is not found again.
    html_names: Vec<String>,
}

struct Open {
    frame: Frame,
    range: Range<usize>,
}

enum Frame {
    /// The text itself, or the element of a list.
    Blocks(Vec<Block>),
    /// A paragraph; the text of a tight element has one that is `implied`.
    Paragraph {
        body: Vec<Inline>,
        implied: bool,
        images: Vec<(Block, Range<usize>)>,
    },
    List {
        start: Option<u64>,
        tight: bool,
        markers: Vec<String>,
        items: Vec<Vec<Block>>,
    },
    Table {
        align: Vec<&'static str>,
        header: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    Row(Vec<Vec<Inline>>),
    Span {
        kind: SpanKind,
        body: Vec<Inline>,
    },
    /// The alternative text of an image.
    Alt {
        path: String,
        title: String,
        text: String,
    },
}

enum SpanKind {
    Cell,
    Emph,
    Strong,
    Link(String),
    /// A link that is refused; its text stays.
    Plain,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if self.skipping > 0 {
            match event {
                Event::Start(_) => self.skipping += 1,
                Event::End(_) => self.skipping -= 1,
                _ => {}
            }
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(end) => self.end(end),
            Event::Text(text) => self.push_text(&text, &range),
            // Code is not set apart: the text prints as it was typed, backticks and all.
            Event::Code(_) => self.push_text(&self.text[range.clone()], &range),
            Event::SoftBreak => self.push_text(" ", &range),
            Event::HardBreak => self.push(Inline::Break, &range),
            Event::Html(_) | Event::InlineHtml(_) => self.html(range, false),
            Event::Rule => self.finding(
                &codes::NOT_IN_TEXT,
                range,
                "Eine Trennlinie ist im Text nicht vorgesehen.",
                "Die Zeile entfernen.",
            ),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        if self.stack.len() > 3 * MAX_DEPTH {
            self.finding(
                &codes::TEXT_TOO_NESTED,
                range,
                "Der Text ist zu tief gegliedert.",
                "Höchstens acht Ebenen von Listen oder Auszeichnungen.",
            );
            self.skipping = 1;
            return;
        }
        match tag {
            Tag::Paragraph => {
                self.open(Frame::Paragraph { body: Vec::new(), implied: false, images: Vec::new() }, range)
            }
            Tag::List(start) => {
                self.open(Frame::List { start, tight: true, markers: Vec::new(), items: Vec::new() }, range)
            }
            Tag::Item => self.open(Frame::Blocks(Vec::new()), range),
            Tag::Table(align) => self.open(
                Frame::Table {
                    align: align.iter().map(alignment).collect(),
                    header: Vec::new(),
                    rows: Vec::new(),
                },
                range,
            ),
            Tag::TableHead | Tag::TableRow => self.open(Frame::Row(Vec::new()), range),
            Tag::TableCell => self.open_span(SpanKind::Cell, range),
            Tag::Emphasis => self.open_span(SpanKind::Emph, range),
            Tag::Strong => self.open_span(SpanKind::Strong, range),
            Tag::Link { link_type, dest_url, .. } => {
                let kind = self.link(link_type, &dest_url, &range);
                self.open_span(kind, range);
            }
            Tag::Image { dest_url, title, .. } => self.open(
                Frame::Alt { path: dest_url.into_string(), title: title.into_string(), text: String::new() },
                range,
            ),
            Tag::Heading { .. } => {
                let underlined = !self.text[range.clone()].trim_start().starts_with('#');
                let hint = if underlined {
                    "Die Zeile aus --- oder === macht den Text darüber zur Überschrift: entfernen oder eine leere Zeile davor setzen."
                } else {
                    "Das # am Zeilenanfang entfernen; eine fette Zeile wird **so** geschrieben."
                };
                self.refuse(
                    &codes::HEADING,
                    range,
                    "Die Überschriften gibt das Formular vor; im Text sind keine vorgesehen.",
                    hint,
                );
            }
            Tag::CodeBlock(CodeBlockKind::Indented) => self.refuse(
                &codes::CODE_BLOCK,
                range,
                "Der Text ist um vier Zeichen eingerückt und gilt damit als Quelltext.",
                "Die Leerzeichen am Zeilenanfang entfernen.",
            ),
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => self.refuse(
                &codes::CODE_BLOCK,
                range,
                "Quelltext ist im Text nicht vorgesehen.",
                "Die Zeilen mit ``` oder ~~~ entfernen.",
            ),
            Tag::BlockQuote(_) => self.refuse(
                &codes::NOT_IN_TEXT,
                range,
                "Ein eingerücktes Zitat ist im Text nicht vorgesehen.",
                "Das > am Zeilenanfang entfernen und den Wortlaut in „…“ setzen.",
            ),
            Tag::HtmlBlock => self.html(range, true),
            _ => self.refuse(
                &codes::NOT_IN_TEXT,
                range,
                "Diese Auszeichnung ist im Text nicht vorgesehen.",
                "Als gewöhnlichen Absatz schreiben.",
            ),
        }
    }

    fn end(&mut self, _: TagEnd) {
        self.close_implied();
        let Some(Open { frame, range }) = self.stack.pop() else {
            return;
        };
        match frame {
            Frame::Paragraph { body, images, .. } => self.end_paragraph(body, images),
            Frame::Blocks(blocks) => {
                let marker = marker(&self.text[range]);
                if let Some(Open { frame: Frame::List { markers, items, .. }, .. }) = self.stack.last_mut() {
                    markers.push(marker);
                    items.push(blocks);
                }
            }
            Frame::List { start, tight, markers, items } => match prose(&markers, items) {
                Ok(paragraphs) => paragraphs.into_iter().for_each(|block| self.push_block(block)),
                Err(items) => self.push_block(Block::List { start, tight, items }),
            },
            Frame::Row(cells) => {
                if let Some(Open { frame: Frame::Table { header, rows, .. }, .. }) = self.stack.last_mut() {
                    if header.is_empty() { *header = cells } else { rows.push(cells) }
                }
            }
            Frame::Table { align, header, rows } => self.push_block(Block::Table { align, header, rows }),
            Frame::Span { kind, body } => self.end_span(kind, body, &range),
            Frame::Alt { path, title, text } => self.end_image(path, title, text, range),
        }
    }

    fn end_paragraph(&mut self, body: Vec<Inline>, mut images: Vec<(Block, Range<usize>)>) {
        let alone = body.iter().all(|part| matches!(part, Inline::Break) || is_blank(part));
        let top = self.stack.len() == 1;
        if alone && top && images.len() == 1 {
            self.push_block(images.remove(0).0);
            return;
        }
        for (_, range) in images {
            self.finding(
                &codes::MISPLACED_IMAGE,
                range,
                "Ein Bild steht in einem eigenen Absatz, nicht in einer Zeile, Liste oder Tabelle.",
                "Vor und nach dem Bild eine leere Zeile setzen.",
            );
        }
        if !alone {
            self.push_block(Block::Paragraph { body: with_long_words(body) });
        }
    }

    fn end_span(&mut self, kind: SpanKind, body: Vec<Inline>, range: &Range<usize>) {
        match kind {
            SpanKind::Cell => {
                if let Some(Open { frame: Frame::Row(cells), .. }) = self.stack.last_mut() {
                    cells.push(with_long_words(body));
                }
            }
            SpanKind::Emph => self.push(Inline::Emph { body }, range),
            SpanKind::Strong => self.push(Inline::Strong { body }, range),
            SpanKind::Link(url) => self.push(Inline::Link { url, body }, range),
            SpanKind::Plain => body.into_iter().for_each(|part| self.push(part, range)),
        }
    }

    fn end_image(&mut self, path: String, title: String, text: String, range: Range<usize>) {
        let alt = text.trim().to_owned();
        if alt.is_empty() {
            self.finding(&codes::NO_ALT_TEXT, range.clone(), "Das Bild hat keinen Alternativtext; wer es nicht sieht, erfährt nicht, was es zeigt.", "In die eckigen Klammern schreiben, was das Bild zeigt: ![Lageplan der neuen Kita](plan.png).");
        }
        let span = self.node.locate(self.source, range.clone());
        self.images.push(ImageReference { path, span });
        let caption = Some(title.trim().to_owned()).filter(|title| !title.is_empty());
        let block = Block::Image { image: self.images.len() - 1, alt, caption };
        self.ensure_paragraph(&range);
        match self.stack.last_mut() {
            Some(Open { frame: Frame::Paragraph { images, .. }, .. }) => images.push((block, range)),
            _ => self.finding(
                &codes::MISPLACED_IMAGE,
                range,
                "Ein Bild steht in einem eigenen Absatz, nicht in einer Zeile, Liste oder Tabelle.",
                "Vor und nach dem Bild eine leere Zeile setzen.",
            ),
        }
    }

    fn link(&mut self, kind: LinkType, url: &str, range: &Range<usize>) -> SpanKind {
        let url = match kind {
            LinkType::Email => format!("mailto:{url}"),
            _ => url.to_owned(),
        };
        let lower = url.to_ascii_lowercase();
        let known = ["http://", "https://", "mailto:"]
            .iter()
            .any(|start| lower.strip_prefix(start).is_some_and(|rest| !rest.is_empty()));
        let sound =
            url.len() <= MAX_URL_BYTES && !url.contains(|c: char| c.is_control() || c.is_whitespace());
        if known && sound {
            return SpanKind::Link(url);
        }
        self.finding(
            &codes::BAD_LINK,
            range.clone(),
            "Verweise führen auf https://…, http://… oder mailto:…; dieser nicht.",
            "Die vollständige Adresse angeben oder den Verweis als Text schreiben.",
        );
        SpanKind::Plain
    }

    fn push_text(&mut self, text: &str, range: &Range<usize>) {
        if let Some(Open { frame: Frame::Alt { text: alt, .. }, .. }) = self.stack.last_mut() {
            alt.push_str(text);
            return;
        }
        self.push(Inline::Text { text: text.to_owned() }, range);
    }

    fn push(&mut self, part: Inline, range: &Range<usize>) {
        self.ensure_paragraph(range);
        let body = match self.stack.last_mut().map(|open| &mut open.frame) {
            Some(Frame::Paragraph { body, .. } | Frame::Span { body, .. }) => body,
            Some(Frame::Alt { text, .. }) => {
                text.push_str(&plain(&[part]));
                return;
            }
            _ => return,
        };
        match (body.last_mut(), part) {
            (Some(Inline::Text { text }), Inline::Text { text: more }) => text.push_str(&more),
            (_, part) => body.push(part),
        }
    }

    /// The text of a tight element comes without a paragraph around it.
    fn ensure_paragraph(&mut self, range: &Range<usize>) {
        if let Some(Open { frame: Frame::Blocks(_), .. }) = self.stack.last() {
            self.open_frame(
                Frame::Paragraph { body: Vec::new(), implied: true, images: Vec::new() },
                range.clone(),
            );
        }
    }

    fn close_implied(&mut self) {
        if matches!(self.stack.last(), Some(Open { frame: Frame::Paragraph { implied: true, .. }, .. }))
            && let Some(Open { frame: Frame::Paragraph { body, images, .. }, .. }) = self.stack.pop()
        {
            self.end_paragraph(body, images);
        }
    }

    fn push_block(&mut self, block: Block) {
        if let Some(Open { frame: Frame::Blocks(blocks), .. }) = self.stack.last_mut() {
            blocks.push(block);
        }
    }

    fn open_span(&mut self, kind: SpanKind, range: Range<usize>) {
        if !matches!(kind, SpanKind::Cell) {
            self.ensure_paragraph(&range);
        }
        self.open_frame(Frame::Span { kind, body: Vec::new() }, range);
    }

    /// Opens a block; it ends the implied paragraph before it.
    fn open(&mut self, frame: Frame, range: Range<usize>) {
        if !matches!(frame, Frame::Alt { .. }) {
            self.close_implied();
        }
        if matches!(frame, Frame::Paragraph { implied: false, .. })
            && let [.., Open { frame: Frame::List { tight, .. }, .. }, _] = &mut self.stack[..]
        {
            *tight = false;
        }
        self.open_frame(frame, range);
    }

    fn open_frame(&mut self, frame: Frame, range: Range<usize>) {
        self.stack.push(Open { frame, range });
    }

    fn html(&mut self, range: Range<usize>, block: bool) {
        let element = |tag: &str| {
            tag.trim_start_matches(['<', '/']).split(|c: char| !c.is_alphanumeric()).next().map(str::to_owned)
        };
        let name = element(&self.text[range.clone()]).unwrap_or_default();
        let closes = self.text[range.clone()].starts_with("</");
        if closes && self.html_names.contains(&name) {
            return;
        }
        self.html_names.push(name);
        let tag: String =
            self.text[range.clone()].trim().lines().take(1).flat_map(|line| line.chars().take(40)).collect();
        let message = format!("HTML hat im Text keine Wirkung: „{tag}“.");
        self.finding(
            &codes::RAW_HTML,
            range,
            &message,
            "Kursiv wird *so* geschrieben, fett **so**; ein Kleiner-Zeichen als \\<.",
        );
        self.skipping = usize::from(block);
    }

    fn refuse(&mut self, code: &'static Code, range: Range<usize>, message: &str, hint: &str) {
        self.finding(code, range, message, hint);
        self.skipping = 1;
    }

    fn finding(&mut self, code: &'static Code, range: Range<usize>, message: &str, hint: &str) {
        let text = &self.text[range.clone()];
        let first_line = text.lines().next().unwrap_or_default().trim_end();
        let part = range.start..range.start + first_line.len();
        let span = self.node.locate(self.source, part);
        self.findings.push(Diagnostic::new(code, self.source, span, message).hint(hint));
    }
}

fn alignment(alignment: &Alignment) -> &'static str {
    match alignment {
        Alignment::Right => "right",
        Alignment::Center => "center",
        Alignment::Left | Alignment::None => "left",
    }
}

fn is_blank(part: &Inline) -> bool {
    matches!(part, Inline::Text { text } if text.trim().is_empty())
}

/// A list whose numbers do not count is a text whose lines begin with numbers: "12. Februar 2025 …". It is printed
/// as it was typed; CommonMark would count on from the first number.
fn prose(markers: &[String], items: Vec<Vec<Block>>) -> Result<Vec<Block>, Vec<Vec<Block>>> {
    let numbers: Vec<u64> =
        markers.iter().filter_map(|marker| marker.trim_end_matches(['.', ')']).parse().ok()).collect();
    let counts = numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
    // Some number every element 1 and leave the counting to the program.
    let left_to_us = numbers.iter().all(|number| *number == 1);
    if numbers.len() != items.len() || items.len() > 1 && (counts || left_to_us) {
        return Err(items);
    }
    Ok(markers.iter().zip(items).flat_map(|(marker, item)| with_marker(marker, item)).collect())
}

fn with_marker(marker: &str, mut item: Vec<Block>) -> Vec<Block> {
    let start = Inline::Text { text: format!("{marker} ") };
    match item.first_mut() {
        Some(Block::Paragraph { body }) => body.insert(0, start),
        _ => item.insert(0, Block::Paragraph { body: vec![start] }),
    }
    item
}

/// The number of an element as it was typed, with the dot or bracket behind it; empty for a bullet.
fn marker(item: &str) -> String {
    let digits = item.bytes().take_while(u8::is_ascii_digit).count();
    let end = digits + usize::from(digits > 0 && item[digits..].starts_with(['.', ')']));
    item[..end].to_owned()
}
