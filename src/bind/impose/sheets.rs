//! The sheets without their pages, made with printpdf.

use printpdf::{
    Color, CurTransMat, ExternalStream, ExternalXObject, FontId, Greyscale, Line, LinePoint, Mm, Op,
    PaintMode, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Point, Pt, Rect,
    TextItem, TextMatrix, XObject, XObjectId, XObjectTransform,
};
use serde::{Deserialize, Serialize};

/// One side of a sheet. Its measures are in points, from the lower left corner of the paper as it is when it is cut.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SheetSide {
    /// Width and height of the paper.
    pub paper: (f32, f32),
    /// How much larger the uncut sheet is on each edge.
    pub margin: f32,
    /// How far what is drawn may reach over the edge.
    pub bleed: f32,
    /// The pages on it.
    pub placed: Vec<PlacedPage>,
    /// Filled rectangles.
    pub bars: Vec<SheetBar>,
    /// Thin lines.
    pub lines: Vec<SheetLine>,
    /// Words.
    pub words: Vec<SheetWords>,
}

/// A page that is drawn on a side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PlacedPage {
    /// Its place in the document, from 0.
    pub page: usize,
    /// The matrix that takes the page from its lower left corner to its place.
    pub matrix: [f32; 6],
}

/// A filled rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SheetBar {
    /// Left and bottom.
    pub at: (f32, f32),
    /// Width and height.
    pub size: (f32, f32),
    /// From 0, black, to 1, white.
    pub grey: f32,
}

/// A thin line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SheetLine {
    /// Where it begins.
    pub from: (f32, f32),
    /// Where it ends.
    pub to: (f32, f32),
}

/// Words in lines that are no longer than a width.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SheetWords {
    /// What they say.
    pub text: String,
    /// The left end of the first line, on its base line.
    pub at: (f32, f32),
    /// The longest line.
    pub width: f32,
    /// The size of the font.
    pub size: f32,
    /// From 0, black, to 1, white.
    pub grey: f32,
    /// Whether each line stands in the middle of the width.
    pub centred: bool,
}

/// Width of thin lines.
const THIN: f32 = 0.25;
/// Distance of lines, as a share of the size of the font.
const LEADING: f32 = 1.3;
const FONT: &str = "Druckschrift";

/// What the drawing of a page is called on the sheets.
pub(super) fn name(page: usize) -> String {
    format!("Seite{}", page + 1)
}

/// Makes a PDF of the sheets, with an empty drawing for each page.
pub(super) fn skeleton(sides: &[SheetSide], title: &str, font: &[u8]) -> Vec<u8> {
    let mut document = PdfDocument::new(title);
    let face = ParsedFont::from_bytes(font, 0, &mut Vec::new());
    for placed in sides.iter().flat_map(|side| &side.placed) {
        let id = XObjectId(name(placed.page));
        document.resources.xobjects.map.entry(id).or_insert_with(|| XObject::External(empty_drawing()));
    }
    document.pages = sides.iter().map(|side| page(side, face.as_ref())).collect();
    if let Some(face) = face {
        document.resources.fonts.map.insert(FontId(FONT.into()), PdfFont::new(face));
    }
    let options = PdfSaveOptions { optimize: false, image_optimization: None, ..PdfSaveOptions::default() };
    document.save(&options, &mut Vec::new())
}

fn empty_drawing() -> ExternalXObject {
    ExternalXObject { stream: ExternalStream::default(), width: None, height: None, dpi: None }
}

fn page(side: &SheetSide, face: Option<&ParsedFont>) -> PdfPage {
    let (width, height) = side.paper;
    let margin = side.margin;
    let mut page = PdfPage::new(Mm(0.0), Mm(0.0), Vec::new());
    page.media_box = Rect::from_wh(Pt(width + 2.0 * margin), Pt(height + 2.0 * margin));
    page.crop_box = page.media_box.clone();
    page.trim_box = Rect::from_xywh(Pt(margin), Pt(margin), Pt(width), Pt(height));
    let ops = &mut page.ops;
    if margin > 0.0 {
        let matrix = CurTransMat::Translate(Pt(margin), Pt(margin));
        ops.push(Op::SetTransformationMatrix { matrix });
    }
    side.placed.iter().for_each(|placed| place(ops, placed));
    side.bars.iter().for_each(|bar| fill(ops, bar));
    side.lines.iter().for_each(|line| draw(ops, line));
    if let Some(face) = face {
        side.words.iter().for_each(|words| write(ops, words, face));
    }
    page
}

fn place(ops: &mut Vec<Op>, placed: &PlacedPage) {
    let transform = XObjectTransform { no_auto_scale: true, ..XObjectTransform::default() };
    ops.push(Op::SaveGraphicsState);
    ops.push(Op::SetTransformationMatrix { matrix: CurTransMat::Raw(placed.matrix) });
    ops.push(Op::UseXobject { id: XObjectId(name(placed.page)), transform });
    ops.push(Op::RestoreGraphicsState);
}

fn fill(ops: &mut Vec<Op>, bar: &SheetBar) {
    let mut rectangle = Rect::from_xywh(Pt(bar.at.0), Pt(bar.at.1), Pt(bar.size.0), Pt(bar.size.1));
    rectangle.mode = Some(PaintMode::Fill);
    ops.push(Op::SetFillColor { col: grey(bar.grey) });
    ops.push(Op::DrawRectangle { rectangle });
}

fn draw(ops: &mut Vec<Op>, line: &SheetLine) {
    let point = |(x, y): (f32, f32)| LinePoint { p: Point { x: Pt(x), y: Pt(y) }, bezier: false };
    ops.push(Op::SetOutlineColor { col: grey(0.0) });
    ops.push(Op::SetOutlineThickness { pt: Pt(THIN) });
    ops.push(Op::DrawLine {
        line: Line { points: vec![point(line.from), point(line.to)], is_closed: false },
    });
}

fn write(ops: &mut Vec<Op>, words: &SheetWords, face: &ParsedFont) {
    let ruler = Ruler { face, size: words.size };
    for (at, line) in ruler.lines(&words.text, words.width).into_iter().enumerate() {
        let indent = if words.centred { (words.width - ruler.width(&line)) / 2.0 } else { 0.0 };
        let (x, y) = (words.at.0 + indent, words.at.1 - at as f32 * words.size * LEADING);
        ops.push(Op::StartTextSection);
        ops.push(Op::SetFillColor { col: grey(words.grey) });
        ops.push(Op::SetFont { font: PdfFontHandle::External(FontId(FONT.into())), size: Pt(words.size) });
        ops.push(Op::SetTextMatrix { matrix: TextMatrix::Translate(Pt(x), Pt(y)) });
        ops.push(Op::ShowText { items: vec![TextItem::Text(line)] });
        ops.push(Op::EndTextSection);
    }
}

fn grey(level: f32) -> Color {
    Color::Greyscale(Greyscale { percent: level, icc_profile: None })
}

/// Measures words.
struct Ruler<'a> {
    face: &'a ParsedFont,
    size: f32,
}

impl Ruler<'_> {
    fn width(&self, text: &str) -> f32 {
        let advance = |letter: char| {
            let glyph = self.face.lookup_glyph_index(u32::from(letter)).unwrap_or_default();
            f32::from(self.face.get_glyph_width(glyph).unwrap_or_default())
        };
        text.chars().map(advance).sum::<f32>() * self.size / f32::from(self.face.units_per_em.max(1))
    }

    /// Breaks a text at its line ends, then between words, and a word that is too long where it must.
    fn lines(&self, text: &str, width: f32) -> Vec<String> {
        text.split('\n').flat_map(|line| self.broken(line, width)).collect()
    }

    fn broken(&self, text: &str, width: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split_whitespace() {
            let last = lines.last_mut().filter(|last| !last.is_empty());
            match last.filter(|last| self.width(&format!("{last} {word}")) <= width) {
                Some(last) => *last = format!("{last} {word}"),
                None => self.begin(&mut lines, word, width),
            }
        }
        lines
    }

    /// Begins a line with a word.
    fn begin(&self, lines: &mut Vec<String>, word: &str, width: f32) {
        if lines.last().is_none_or(|last| !last.is_empty()) {
            lines.push(String::new());
        }
        for letter in word.chars() {
            let has_room =
                |last: &&mut String| last.is_empty() || self.width(&format!("{last}{letter}")) <= width;
            match lines.last_mut().filter(has_room) {
                Some(last) => last.push(letter),
                None => lines.push(letter.to_string()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_within_their_width() {
        let bytes = include_bytes!("../../../fonts/AnlageSans-Regular.ttf");
        let face = ParsedFont::from_bytes(bytes, 0, &mut Vec::new()).unwrap();
        let ruler = Ruler { face: &face, size: 10.0 };
        let text = "Fortschreibung des Migrationsleitbildes der Stadt Münster";
        let lines = ruler.lines(text, 100.0);
        assert!(lines.len() > 2 && lines.iter().all(|line| ruler.width(line) <= 100.0), "{lines:?}");
        assert_eq!(lines.join(" "), text);
        let long = ruler.lines("a Donaudampfschifffahrtsgesellschaft", 50.0);
        assert!(long.len() > 3 && long.iter().all(|line| ruler.width(line) <= 50.0), "{long:?}");
        assert_eq!(ruler.lines("", 50.0), [""]);
        assert_eq!(ruler.lines("a\nb c", 50.0), ["a", "b c"]);
        // An em is a thousand units of a thousand.
        assert!((ruler.width("m") - 8.33).abs() < 0.01);
    }
}
