//! From the events of the CommonMark parser to the tree, with a finding for what has no place in it.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use super::as_typed::{item_number, prose};
use super::figures::with_figures;
use super::frames::{Frame, Open, SpanKind, alignment};
use super::guarded::{guarded, shown as unguarded};
use super::lines::TypedLines;
use super::long_words::with_long_words;
use super::markers::{marker_end, with_typed_lists};
use super::refusals::{MISPLACED_IMAGE, address, entity, refusal, too_large, wrong_row};
use super::slips::{is_accident, slips};
use super::sums::signs;
use super::widths::{COLUMNS_HINT, PICTURE_HINT, attribute, of_columns, of_picture};
use super::{Block, ImageReference, Inline, Width, plain};
use crate::diagnostics::{Code, Diagnostic, Edit, Source, codes, shown};
use crate::toml_tree::{Locator, Node};

/// Lists in lists, or emphasis in emphasis, at most this deep.
const MAX_DEPTH: usize = 8;
/// Reads the text of a TOML string. Images are appended to `images`, problems to `findings`.
pub fn read(
    source: &Arc<Source>,
    node: &Node,
    inline: bool,
    images: &mut Vec<ImageReference>,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Block> {
    let text = node.as_str().unwrap_or_default();
    let signs = signs(text);
    let mut reader = RichTextReader {
        locator: OnceCell::new(),
        text,
        lines: TypedLines::of(text, &signs),
        inline,
        source,
        node,
        images,
        findings,
        stack: Vec::new(),
        skipping: 0,
        html_names: BTreeSet::new(),
    };
    reader.open(Frame::Blocks(Vec::new()), 0..0);
    let guarded = guarded(text, &signs);
    let parser = Parser::new_ext(&guarded, Options::ENABLE_TABLES);
    let mut definitions: Vec<Range<usize>> =
        parser.reference_definitions().iter().map(|(_, d)| d.span.clone()).collect();
    definitions.sort_by_key(|range| range.start);
    for range in definitions {
        reader.finding(
            &codes::NOT_IN_TEXT,
            range,
            "Eine Zeile „[Wort]: Adresse“ legt einen Verweis fest und wird selbst nicht gedruckt.",
            "Den Verweis im Text schreiben: [Wort](https://…).",
        );
    }
    for slip in slips(text) {
        reader.finding(slip.code, slip.range.clone(), &slip.message, &slip.hint);
        reader.mend(slip.range, slip.fix);
    }
    for (event, range) in parser.into_offset_iter() {
        reader.event(event, range);
    }
    reader.close_implied();
    let blocks = match reader.stack.into_iter().next() {
        Some(Open { frame: Frame::Blocks(blocks), .. }) if inline => blocks,
        Some(Open { frame: Frame::Blocks(blocks), .. }) => with_typed_lists(blocks),
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

struct RichTextReader<'a> {
    text: &'a str,
    lines: TypedLines<'a>,
    /// Whether it is a single line, in which nothing begins.
    inline: bool,
    locator: OnceCell<Locator>,
    source: &'a Arc<Source>,
    node: &'a Node,
    images: &'a mut Vec<ImageReference>,
    findings: &'a mut Vec<Diagnostic>,
    stack: Vec<Open>,
    /// How many elements are open inside one that is left out.
    skipping: usize,
    /// The HTML elements that were found; their end is not found again.
    html_names: BTreeSet<String>,
}

impl RichTextReader<'_> {
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
            Event::Text(text) => {
                let text = unguarded(&text);
                // `&#x202e;` would slip past whoever looks at the characters of the record.
                if self.text[range.clone()].starts_with('&') && *text != self.text[range.clone()] {
                    let (message, hint) = entity(&self.text[range.clone()]);
                    self.finding(&codes::RAW_HTML, range.clone(), &message, hint);
                }
                self.push_text(&text, &range);
            }
            // Code is not set apart: the text prints as it was typed, backticks and all.
            Event::Code(_) => self.push_text(&self.text[range.clone()], &range),
            Event::SoftBreak if !self.inline && self.lines.ends_meant(range.start) => {
                self.push(Inline::Break, &range)
            }
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
        let nested = |open: &&Open| matches!(open.frame, Frame::List { .. } | Frame::Span { .. });
        if self.stack.iter().filter(nested).count() > MAX_DEPTH {
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
                    widths: None,
                    align: align.iter().map(alignment).collect(),
                    header: Vec::new(),
                    rows: Vec::new(),
                },
                range,
            ),
            Tag::TableHead | Tag::TableRow => self.open(Frame::Row(Vec::new()), range),
            Tag::TableCell => self.open_span(SpanKind::Cell, range),
            Tag::Emphasis => self.open_emphasis(SpanKind::Emph, range),
            Tag::Strong => self.open_emphasis(SpanKind::Strong, range),
            Tag::Link { link_type, dest_url, title, .. } => {
                if !title.is_empty() {
                    self.finding(
                        &codes::NOT_IN_TEXT,
                        range.clone(),
                        "Der Titel eines Verweises wird nicht gedruckt.",
                        "Was zu sagen ist, in den Text schreiben: [Wort](https://…).",
                    );
                }
                let kind = self.link(link_type, &dest_url, &range);
                self.open_span(kind, range);
            }
            Tag::Image { dest_url, title, .. } => self.open(
                Frame::Alt { path: dest_url.into_string(), title: title.into_string(), text: String::new() },
                range,
            ),
            Tag::HtmlBlock => self.html(range, true),
            other => {
                let (code, message, hint) = refusal(&other, &self.text[range.clone()]);
                self.refuse(code, range, message, hint);
            }
        }
    }

    fn end(&mut self, _: TagEnd) {
        self.close_implied();
        let Some(Open { frame, range }) = self.stack.pop() else {
            return;
        };
        match frame {
            Frame::Paragraph { body, images, .. } => self.end_paragraph(body, images, &range),
            Frame::Blocks(blocks) => {
                let marker = item_number(&self.text[range]);
                if let Some(Open { frame: Frame::List { markers, items, .. }, .. }) = self.stack.last_mut() {
                    markers.push(marker);
                    items.push(with_typed_lists(blocks));
                }
            }
            Frame::List { start, tight, markers, items } => match prose(&markers, items) {
                Ok(paragraphs) => paragraphs.into_iter().for_each(|block| self.push_block(block)),
                Err(items) => {
                    let bracket = markers.first().is_some_and(|marker| marker.ends_with(')'));
                    let numbering = start.map(|_| if bracket { "1)".to_owned() } else { "1.".to_owned() });
                    self.push_block(Block::List { start, numbering, tight, items });
                }
            },
            Frame::Row(cells) => {
                if cells.first().is_some_and(|cell| attribute(&plain(cell)).is_some())
                    && cells[1..].iter().all(Vec::is_empty)
                    && let Some(Open { frame: Frame::Table { widths, .. }, .. }) = self.stack.last_mut()
                {
                    *widths = Some(range);
                    return;
                }
                if let Some((message, hint)) = wrong_row(&self.text[range.clone()], cells.len()) {
                    self.finding(&codes::NOT_IN_TEXT, range.clone(), &message, hint);
                }
                if let Some(Open { frame: Frame::Table { header, rows, .. }, .. }) = self.stack.last_mut() {
                    if header.is_empty() { *header = cells } else { rows.push(cells) }
                }
            }
            Frame::Table { widths, align, header, rows } => {
                if let Some((message, hint)) = too_large(align.len(), rows.len()) {
                    self.finding(&codes::NOT_IN_TEXT, range.clone(), &message, hint);
                }
                let widths = widths.map_or(Vec::new(), |written| self.column_widths(written, align.len()));
                self.push_block(Block::Table { at: range.start, widths, align, header, rows });
            }
            Frame::Span { kind, body } => self.end_span(kind, body, &range),
            Frame::Alt { path, title, text } => self.end_image(path, title, text, range),
        }
    }

    fn column_widths(&mut self, written: Range<usize>, columns: usize) -> Vec<Width> {
        let Some((name, value)) = attribute(&self.text[written.clone()]) else { return Vec::new() };
        of_columns(name, value, columns).unwrap_or_else(|message| {
            self.finding(&codes::BAD_WIDTH, written, &message, COLUMNS_HINT);
            Vec::new()
        })
    }

    /// Reads the width behind a picture; it is taken out of the text.
    fn picture_width(&mut self, body: &mut Vec<Inline>, picture: &mut Block, range: &Range<usize>) {
        let behind = plain(body);
        let (Some((name, value)), Block::Image { width, .. }) = (attribute(&behind), picture) else { return };
        body.clear();
        match of_picture(name, value) {
            Ok(given) => *width = Some(given),
            Err(message) => {
                let start = self.text[range.clone()].rfind('{').map_or(range.start, |at| range.start + at);
                self.finding(&codes::BAD_WIDTH, start..range.end, &message, PICTURE_HINT);
            }
        }
    }

    fn end_paragraph(
        &mut self,
        mut body: Vec<Inline>,
        mut images: Vec<(Block, Range<usize>)>,
        range: &Range<usize>,
    ) {
        if let [(picture, _)] = &mut images[..] {
            self.picture_width(&mut body, picture, range);
        } else if images.is_empty()
            && attribute(&plain(&body)).is_some()
            && let Some(Open { frame: Frame::Blocks(blocks), .. }) = self.stack.last()
            && let Some(Block::Table { align, .. }) = blocks.last()
        {
            let given = self.column_widths(range.clone(), align.len());
            if let Some(Open { frame: Frame::Blocks(blocks), .. }) = self.stack.last_mut()
                && let Some(Block::Table { widths, .. }) = blocks.last_mut()
            {
                *widths = given;
            }
            return;
        }
        let alone = plain(&body).trim().is_empty();
        let top = self.stack.len() == 1;
        if alone && top && images.len() == 1 {
            self.push_block(images.remove(0).0);
            return;
        }
        for (_, range) in images {
            self.finding(&codes::MISPLACED_IMAGE, range, MISPLACED_IMAGE.0, MISPLACED_IMAGE.1);
        }
        if !alone {
            self.push_block(Block::Paragraph { body: with_long_words(body, false) });
        }
    }

    fn end_span(&mut self, kind: SpanKind, body: Vec<Inline>, range: &Range<usize>) {
        match kind {
            SpanKind::Cell => {
                if let Some(Open { frame: Frame::Row(cells), .. }) = self.stack.last_mut() {
                    cells.push(with_long_words(with_figures(body), true));
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
        let span = self.place(range.clone());
        self.images.push(ImageReference { path, span });
        if !self.text[range.clone()].contains(&*title) {
            self.html(range.clone(), false);
        }
        let caption = Some(title.trim().to_owned()).filter(|title| !title.is_empty());
        let block = Block::Image { image: self.images.len() - 1, alt, caption, width: None };
        self.ensure_paragraph(&range);
        match self.stack.last_mut() {
            Some(Open { frame: Frame::Paragraph { images, .. }, .. }) => images.push((block, range)),
            _ => self.finding(&codes::MISPLACED_IMAGE, range, MISPLACED_IMAGE.0, MISPLACED_IMAGE.1),
        }
    }

    fn link(&mut self, kind: LinkType, url: &str, range: &Range<usize>) -> SpanKind {
        if let Some(address) = address(kind, url) {
            return SpanKind::Link(address);
        }
        self.finding(
            &codes::BAD_LINK,
            range.clone(),
            "Verweise führen auf https://…, http://… oder mailto:…; dieser nicht.",
            "Die vollständige Adresse angeben oder den Verweis als Text schreiben.",
        );
        SpanKind::Plain
    }

    fn place(&self, part: Range<usize>) -> Range<usize> {
        self.locator.get_or_init(|| self.node.locator(self.source)).locate(part)
    }

    fn push_text(&mut self, text: &str, range: &Range<usize>) {
        if let Some(Open { frame: Frame::Alt { text: alt, .. }, .. }) = self.stack.last_mut() {
            alt.push_str(text);
            return;
        }
        // A tab has no width in a layout; the one behind a bullet says that it is one.
        let kept =
            if !self.inline && self.at_line_start() { marker_end(text).unwrap_or_default() } else { 0 };
        let text = format!("{}{}", &text[..kept], text[kept..].replace('\t', " "));
        self.push(Inline::Text { text }, range);
    }

    fn at_line_start(&self) -> bool {
        match self.stack.last().map(|open| &open.frame) {
            Some(Frame::Paragraph { body, .. }) => matches!(body.last(), None | Some(Inline::Break)),
            Some(Frame::Blocks(_)) => true,
            _ => false,
        }
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
            && let Some(Open { frame: Frame::Paragraph { body, images, .. }, range }) = self.stack.pop()
        {
            self.end_paragraph(body, images, &range);
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

    fn open_emphasis(&mut self, kind: SpanKind, range: Range<usize>) {
        if is_accident(self.text, &range) {
            let written = &self.text[range.clone()];
            let message = format!(
                "Die Sterne in „{}“ gelten als Auszeichnung und werden nicht gedruckt.",
                shown(written)
            );
            let hint = "Soll der Stern gedruckt werden, davor einen Rückstrich setzen: \\*, in \"…\" zwei.";
            self.finding(&codes::SIGN_AS_MARKUP, range.clone(), &message, hint);
        }
        self.open_span(kind, range);
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
        self.html_names.insert(name);
        let tag: String =
            self.text[range.clone()].trim().lines().take(1).flat_map(|line| line.chars().take(40)).collect();
        let message = format!("HTML hat im Text keine Wirkung: „{tag}“.");
        self.finding(
            &codes::RAW_HTML,
            range,
            &message,
            "Kursiv wird *so* geschrieben, fett **so**; ein Kleiner-als-Zeichen braucht davor einen Rückstrich.",
        );
        self.skipping = usize::from(block);
    }

    fn refuse(&mut self, code: &Code, range: Range<usize>, message: &str, hint: &str) {
        self.finding(code, range, message, hint);
        self.skipping = 1;
    }

    /// Says what `check --fix` puts in the place of the last finding, if the text stands in the record as it is read.
    fn mend(&mut self, range: Range<usize>, fix: Option<String>) {
        let span = self.place(range.clone());
        let is_plain = self.source.text.get(span.clone()).is_some_and(|there| there == &self.text[range]);
        if let (true, Some(text), Some(finding)) = (is_plain, fix, self.findings.last_mut()) {
            finding.fix.push(Edit { span, text });
        }
    }

    fn finding(&mut self, code: &Code, range: Range<usize>, message: &str, hint: &str) {
        let text = &self.text[range.clone()];
        let first_line = text.lines().next().unwrap_or_default().trim_end();
        let part = range.start..range.start + first_line.len();
        let span = self.place(part);
        self.findings.push(Diagnostic::new(code, self.source, span, message).hint(hint));
    }
}
