//! A long text as the passages that readers know: paragraphs, points of lists, rows of tables, pictures.
//!
//! Knows nothing of versions.

use super::version::Version;
use crate::record::proposal::rich_text::{self, Block, ImageReference, Inline, plain};
use crate::record::schema::FieldKind;

/// A passage of a long text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RichPassage {
    kind: RichPassageKind,
    /// Its number among those of its kind, from 1.
    number: usize,
    /// Its words.
    pub text: String,
    /// How it looks, beside its words.
    pub look: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RichPassageKind {
    Paragraph,
    Point,
    Row,
    Picture,
}

/// What the kinds are called, in their order.
const KINDS: [&str; 4] = ["Absatz", "Listenpunkt", "Tabellenzeile", "Bild"];

impl RichPassage {
    /// Names it among the others: `2. Absatz`.
    pub(super) fn label(&self) -> String {
        format!("{}. {}", self.number, KINDS[self.kind as usize])
    }
}

impl AsRef<str> for RichPassage {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// Takes a long text apart. One that is not wholly readable is taken as it was typed, line by line.
pub(super) fn passages(version: Version<'_>) -> Vec<RichPassage> {
    let inline = matches!(version.filled.field.kind, FieldKind::RichText { inline: true });
    let Some(node) = version.filled.node else { return Vec::new() };
    let (mut images, mut findings) = (Vec::new(), Vec::new());
    let blocks = rich_text::read(version.source, node, inline, &mut images, &mut findings);
    let mut collector = Collector { images: &images, passages: Vec::new(), counts: [0; KINDS.len()] };
    if findings.is_empty() && node.as_str().is_some() {
        collector.blocks(&blocks, None);
    } else {
        let typed = node.as_str().map_or_else(|| version.printed().unwrap_or_default(), str::to_owned);
        for line in typed.lines().filter(|line| !line.trim().is_empty()) {
            collector.add(RichPassageKind::Paragraph, line, String::new());
        }
    }
    collector.passages
}

struct Collector<'a> {
    images: &'a [ImageReference],
    passages: Vec<RichPassage>,
    /// How many there are of each kind.
    counts: [usize; KINDS.len()],
}

impl Collector<'_> {
    fn add(&mut self, kind: RichPassageKind, text: &str, look: String) {
        let count = &mut self.counts[kind as usize];
        *count += 1;
        let number = *count;
        self.passages.push(RichPassage { kind, number, text: text.trim().to_owned(), look });
    }

    /// Adds blocks; in a list with what its points look like.
    fn blocks(&mut self, blocks: &[Block], list: Option<&str>) {
        for block in blocks {
            match block {
                Block::Paragraph { body } => {
                    let kind =
                        if list.is_some() { RichPassageKind::Point } else { RichPassageKind::Paragraph };
                    self.add(kind, &plain(body), format!("{}{}", list.unwrap_or_default(), look(body)));
                }
                Block::List { start, numbering, items, .. } => {
                    let outer = list.unwrap_or_default();
                    let marks = numbering.as_deref().unwrap_or("•");
                    for (at, item) in items.iter().enumerate() {
                        // With which number a list begins is said once, at its first point.
                        let first =
                            start.filter(|_| at == 0).map(|start| start.to_string()).unwrap_or_default();
                        self.blocks(item, Some(&format!("{outer}{marks}{first} ")));
                    }
                }
                Block::Table { align, header, rows, .. } => {
                    let cells = |row: &[Vec<Inline>], part: &str| {
                        let text: Vec<String> =
                            row.iter().map(|cell| plain(cell).trim().to_owned()).collect();
                        let looks: String = row.iter().map(|cell| look(cell)).collect();
                        (text.join(" | "), format!("{part}{}{looks}", align.join(",")))
                    };
                    let head = [cells(header, "Kopf ")];
                    for (text, look) in head.into_iter().chain(rows.iter().map(|row| cells(row, "Zeile "))) {
                        self.add(RichPassageKind::Row, &text, look);
                    }
                }
                Block::Image { image, alt, caption, .. } => {
                    let path = self.images.get(*image).map(|image| image.path.as_str()).unwrap_or_default();
                    let caption =
                        caption.as_deref().map(|caption| format!(", „{caption}“")).unwrap_or_default();
                    self.add(
                        RichPassageKind::Picture,
                        &format!("Bild {path}{caption}: {alt}"),
                        String::new(),
                    );
                }
            }
        }
    }
}

/// What of a text is emphasised, links somewhere or ends a line; nothing for plain text.
fn look(body: &[Inline]) -> String {
    let mut runs: Vec<(String, String)> = Vec::new();
    add_runs(body, "", &mut runs);
    let is_plain = runs.iter().all(|(marks, _)| marks.is_empty());
    if is_plain { String::new() } else { format!("{runs:?}") }
}

fn add_runs(body: &[Inline], marks: &str, runs: &mut Vec<(String, String)>) {
    for part in body {
        match part {
            Inline::Text { text } | Inline::Figure { text } => add_run(text, marks, runs),
            Inline::Word { parts, .. } => add_run(&parts.concat(), marks, runs),
            Inline::Break => runs.push((format!("{marks}Zeilenende"), String::new())),
            Inline::Emph { body } => add_runs(body, &format!("{marks}kursiv "), runs),
            Inline::Strong { body } => add_runs(body, &format!("{marks}fett "), runs),
            Inline::Link { url, body } => add_runs(body, &format!("{marks}{url} "), runs),
        }
    }
}

fn add_run(text: &str, marks: &str, runs: &mut Vec<(String, String)>) {
    match runs.last_mut().filter(|(last, _)| last == marks) {
        Some((_, last)) => last.push_str(text),
        None => runs.push((marks.to_owned(), text.to_owned())),
    }
}
