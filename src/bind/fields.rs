//! The values of form fields that viewers are told to draw themselves.
//!
//! A packet cannot tell viewers so, because it would hold for the fields of all its parts; so they are drawn here, as plainly
//! as viewers do. Sees one document.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use crate::pdf;
use crate::pdf::objects::{as_dict, as_list, as_text, dict, integer, list, resolve, unpacked, value};

/// A field is at most so deep in the tree of its form.
const MAX_DEPTH: usize = 32;
/// What the look of one field may unpack to, in bytes.
const MAX_LOOK: usize = 1 << 20;
/// More lines than these no field shows.
const MAX_LINES: usize = 200;
/// The name that the font has in the look of each field.
const FONT: &str = "Feldschrift";
/// Flags of fields (ISO 32000-1, tables 228 and 230).
const MULTILINE: i64 = 1 << 12;
const PASSWORD: i64 = 1 << 13;
const COMBO: i64 = 1 << 17;
const PADDING: f32 = 2.0;

/// Draws the values of the text and choice fields, if the form wants viewers to. A PDF/A never does.
pub(super) fn draw(document: &mut Document) {
    let wanted = form(document)
        .is_some_and(|form| matches!(value(document, form, b"NeedAppearances"), Some(Object::Boolean(true))));
    if !wanted || pdf::claims(document).pdf_a.is_some() {
        return;
    }
    let looks: Vec<(ObjectId, Stream)> = widgets(document)
        .into_iter()
        .filter_map(|id| Some((id, look(document, document.get_dictionary(id).ok()?)?)))
        .collect();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    });
    for (id, mut look) in looks {
        if let Ok(Object::Dictionary(resources)) = look.dict.get_mut(b"Resources")
            && let Ok(Object::Dictionary(fonts)) = resources.get_mut(b"Font")
        {
            fonts.set(FONT, font);
        }
        let look = document.add_object(look);
        if let Ok(widget) = document.get_dictionary_mut(id) {
            widget.set("AP", dictionary! { "N" => look });
        }
    }
}

fn form(document: &Document) -> Option<&Dictionary> {
    dict(document, document.catalog().ok()?, b"AcroForm")
}

fn widgets(document: &Document) -> BTreeSet<ObjectId> {
    let pages = pdf::pages(document).into_iter().filter_map(|page| document.get_dictionary(page).ok());
    pages.flat_map(|page| list(document, page, b"Annots")).filter_map(|one| one.as_reference().ok()).collect()
}

/// The look of a widget with its value; none if it has no text.
fn look(document: &Document, widget: &Dictionary) -> Option<Stream> {
    let lines = lines(document, widget)?;
    let mut look = frame(document, widget)?;
    let sides = numbers(document, look.dict.get(b"BBox").ok()?)?;
    let (width, height) = (sides[2] - sides[0], sides[3] - sides[1]);
    let Style { size, colour } = style(document, widget);
    let is_block = lines.is_block;
    let size = if size > 0.0 {
        size
    } else if is_block {
        10.0
    } else {
        (height * 0.7).clamp(4.0, 12.0)
    };
    let room = width - 2.0 * PADDING;
    let lines: Vec<String> = if lines.wraps {
        lines.texts.iter().flat_map(|line| wrapped(line, room / size)).take(MAX_LINES).collect()
    } else {
        lines.texts
    };
    let alignment = inherited(document, widget, b"Q").and_then(|q| q.as_i64().ok()).unwrap_or(0);
    let top = if is_block { sides[3] - PADDING - size } else { sides[1] + (height - size * 0.72) / 2.0 };
    let mut drawn = format!(
        "\n/Tx BMC\nq {} {} {width} {height} re W n BT {colour} /{FONT} {size} Tf\n",
        sides[0], sides[1]
    );
    for (at, line) in lines.iter().enumerate() {
        let slack = room - breadth(line) * size;
        let indent = [0.0, slack / 2.0, slack][usize::try_from(alignment).unwrap_or(0).min(2)].max(0.0);
        let (x, y) = (sides[0] + PADDING + indent, top - at as f32 * size * 1.15);
        drawn += &format!("1 0 0 1 {x} {y} Tm <{}> Tj\n", hexadecimal(line));
    }
    drawn += "ET Q\nEMC\n";
    look.content.extend_from_slice(drawn.as_bytes());
    Some(look)
}

/// What a field shows.
struct Lines {
    texts: Vec<String>,
    /// Whether they begin at the upper edge.
    is_block: bool,
    /// Whether long ones go on in the next line.
    wraps: bool,
}

fn lines(document: &Document, widget: &Dictionary) -> Option<Lines> {
    let flags = inherited(document, widget, b"Ff").and_then(|flags| flags.as_i64().ok()).unwrap_or(0);
    let shown = inherited(document, widget, b"V").and_then(|value| match value {
        Object::Array(values) => values.first().and_then(as_text),
        value => as_text(value),
    });
    let is_list = flags & COMBO == 0;
    let lines = match inherited(document, widget, b"FT")?.as_name().ok()? {
        b"Tx" if flags & PASSWORD == 0 => {
            let is_block = flags & MULTILINE != 0;
            let texts = shown?.replace("\r\n", "\n").replace('\r', "\n");
            let texts = texts.split('\n').take(MAX_LINES).map(str::to_owned).collect();
            Lines { texts, is_block, wraps: is_block }
        }
        b"Ch" => {
            let options = inherited(document, widget, b"Opt").map(|all| as_list(document, all));
            let options = options.unwrap_or_default();
            let texts = if is_list {
                let first = integer(document, widget, b"TI").and_then(|at| usize::try_from(at).ok());
                let from = options.iter().skip(first.unwrap_or(0)).take(MAX_LINES);
                from.filter_map(|option| Some(self::option(document, option)?.1)).collect()
            } else {
                let shown = shown?;
                let mut named = options.iter().filter_map(|option| self::option(document, option));
                vec![named.find(|(value, _)| *value == shown).map_or(shown, |(_, name)| name)]
            };
            Lines { texts, is_block: is_list, wraps: false }
        }
        _ => return None,
    };
    lines.texts.iter().any(|text| !text.trim().is_empty()).then_some(lines)
}

/// An option to choose: its value, and the name that is shown.
fn option(document: &Document, option: &Object) -> Option<(String, String)> {
    match resolve(document, option)? {
        Object::Array(pair) => Some((as_text(pair.first()?)?, as_text(pair.get(1)?)?)),
        single => as_text(single).map(|text| (text.clone(), text)),
    }
}

/// The look that a field has without its value, with a dictionary for its fonts.
fn frame(document: &Document, widget: &Dictionary) -> Option<Stream> {
    let own = dict(document, widget, b"AP").and_then(|looks| value(document, looks, b"N"));
    let mut look = match own {
        Some(Object::Stream(own)) => {
            let mut content = unpacked(own, MAX_LOOK)?;
            let find = |word: &[u8]| content.windows(word.len()).position(|found| found == word);
            if let Some(start) = find(b"/Tx BMC") {
                content.truncate(start);
            }
            let mut look = Stream::new(own.dict.clone(), content);
            for key in ["Filter", "DecodeParms"] {
                look.dict.remove(key.as_bytes());
            }
            look
        }
        _ => Stream::new(dictionary! { "Type" => "XObject", "Subtype" => "Form" }, Vec::new()),
    };
    if look.dict.get(b"BBox").ok().and_then(|sides| numbers(document, sides)).is_none() {
        let sides = numbers(document, widget.get(b"Rect").ok()?)?;
        let (width, height) = (sides[2] - sides[0], sides[3] - sides[1]);
        look.dict.set("BBox", vec![0.into(), 0.into(), width.into(), height.into()]);
    }
    let mut resources = dict(document, &look.dict, b"Resources").cloned().unwrap_or_default();
    let fonts = dict(document, &resources, b"Font").cloned().unwrap_or_default();
    resources.set("Font", fonts);
    look.dict.set("Resources", resources);
    Some(look)
}

/// A rectangle: left, bottom, right, top.
fn numbers(document: &Document, sides: &Object) -> Option<[f32; 4]> {
    let number = |side: &Object| resolve(document, side)?.as_float().ok();
    let sides: Vec<f32> = as_list(document, sides).iter().filter_map(number).collect();
    let [a, b, c, d] = sides.try_into().ok()?;
    let ordered = [f32::min(a, c), f32::min(b, d), f32::max(a, c), f32::max(b, d)];
    ordered.iter().all(|side| side.is_finite()).then_some(ordered)
}

/// How a field wants its text: the size of the letters, 0 for what fits, and their colour.
struct Style {
    size: f32,
    colour: String,
}

fn style(document: &Document, widget: &Dictionary) -> Style {
    let own = inherited(document, widget, b"DA").or_else(|| value(document, form(document)?, b"DA"));
    let look = own.and_then(|look| look.as_str().ok()).unwrap_or_default();
    let look = String::from_utf8_lossy(look);
    let tokens: Vec<&str> = look.split_whitespace().collect();
    let before = |operator: &str, count: usize| -> Option<Vec<f32>> {
        let at = tokens.iter().rposition(|token| *token == operator)?;
        let numbers = tokens.get(at.checked_sub(count)?..at)?.iter().map(|token| token.parse::<f32>().ok());
        numbers.collect::<Option<Vec<f32>>>().filter(|numbers| numbers.iter().all(|one| one.is_finite()))
    };
    let colour = [("rg", 3), ("g", 1), ("k", 4)].into_iter().find_map(|(operator, count)| {
        let parts: Vec<String> = before(operator, count)?.iter().map(f32::to_string).collect();
        Some(format!("{} {operator}", parts.join(" ")))
    });
    let size = before("Tf", 1).map_or(0.0, |size| size[0]);
    Style { size: size.min(500.0), colour: colour.unwrap_or_else(|| "0 g".to_owned()) }
}

/// What a field has or inherits.
fn inherited<'a>(document: &'a Document, widget: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let parents = std::iter::successors(Some(widget), |field| as_dict(document, field.get(b"Parent").ok()?));
    parents.take(MAX_DEPTH).find_map(|field| value(document, field, key))
}

/// Breaks a line where it is longer than so many times the size of its letters.
fn wrapped(line: &str, room: f32) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split_inclusive(' ') {
        match lines.last_mut() {
            Some(last) if last.is_empty() || breadth(last) + breadth(word.trim_end()) <= room => {
                last.push_str(word)
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// About how long a text is in Helvetica, in sizes of its letters.
fn breadth(text: &str) -> f32 {
    let of = |c: char| match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | 'f' | 't' | '/' => 0.27,
        'm' | 'M' | 'w' | 'W' | '%' | '@' => 0.86,
        c if c.is_uppercase() => 0.69,
        _ => 0.556,
    };
    text.chars().map(of).sum()
}

/// A text in the encoding of the font, WinAnsi, as hexadecimal digits; what that does not have becomes a question mark.
fn hexadecimal(text: &str) -> String {
    let code = |c: char| match *encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut [0; 4])).0 {
        // What cannot be encoded becomes several bytes.
        [code] if !c.is_ascii_control() => code,
        _ => b'?',
    };
    text.chars().map(|c| format!("{:02x}", code(c))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is drawn for a field with these entries, as text.
    fn drawn(field: Dictionary) -> String {
        let mut document = Document::with_version("1.7");
        let mut field = field;
        field.set("Subtype", "Widget");
        field.set("Rect", vec![0.into(), 0.into(), 100.into(), 40.into()]);
        let field = document.add_object(field);
        let page = document.add_object(dictionary! { "Type" => "Page", "Annots" => vec![field.into()] });
        let pages = document.add_object(dictionary! { "Type" => "Pages", "Kids" => vec![page.into()] });
        let form = dictionary! { "Fields" => vec![field.into()], "NeedAppearances" => true };
        let catalog = document.add_object(dictionary! { "Pages" => pages, "AcroForm" => form });
        document.trailer.set("Root", catalog);
        draw(&mut document);
        let looks = document.get_dictionary(field).unwrap().get(b"AP").and_then(Object::as_dict);
        let Ok(looks) = looks else { return String::new() };
        let look = document.dereference(looks.get(b"N").unwrap()).unwrap().1.as_stream().unwrap();
        String::from_utf8(look.content.clone()).unwrap()
    }

    fn text(text: &str) -> Object {
        lopdf::text_string(text)
    }

    #[test]
    fn long_texts_are_broken_and_lists_stand_below_each_other() {
        let lines = |drawn: &str| drawn.matches("Tj").count();
        let long = "Die Anlieger bitten um eine Querungshilfe an der Schule";
        let field = |flags: i64| dictionary! { "FT" => "Tx", "V" => text(long), "Ff" => flags };
        assert_eq!(lines(&drawn(field(0))), 1);
        assert!((3..=5).contains(&lines(&drawn(field(MULTILINE)))));
        assert_eq!(drawn(field(PASSWORD)), "");
        let options = || vec![text("Ja"), vec![text("2"), text("Nein")].into()];
        let list = drawn(dictionary! { "FT" => "Ch", "Opt" => options() });
        assert_eq!(lines(&list), 2);
        let combo = drawn(dictionary! { "FT" => "Ch", "Ff" => COMBO, "Opt" => options(), "V" => text("2") });
        assert!(combo.contains(&hexadecimal("Nein")) && lines(&combo) == 1, "{combo}");
    }

    #[test]
    fn fields_say_how_they_want_their_text() {
        let field = |look: &str, alignment: i64| {
            let look = Object::string_literal(look);
            drawn(dictionary! { "FT" => "Tx", "V" => text("12"), "DA" => look, "Q" => alignment })
        };
        let plain = field("", 0);
        assert!(plain.contains("BT 0 g /Feldschrift 12 Tf") && plain.contains("1 0 0 1 2 "), "{plain}");
        assert!(field("/Helv 7.5 Tf 1 0 0 rg", 0).contains("BT 1 0 0 rg /Feldschrift 7.5 Tf"));
        assert!(field("/F 10 Tf", 2).contains("1 0 0 1 86.88 "), "{}", field("/F 10 Tf", 2));
        // What is no number is no colour.
        assert!(field("a b c rg (x) Tf Q Q Q", 0).contains("BT 0 g /Feldschrift 12 Tf"));
    }

    #[test]
    fn texts_are_written_in_the_encoding_of_the_font() {
        assert_eq!(hexadecimal("Aä ß€–“Ž"), "41e420df8096938e");
        // No letter, a control character, and what the encoding has no place for.
        assert_eq!(hexadecimal("\u{a0}\u{ad}\u{7f}\t→ğ\u{80}"), "a0ad3f3f3f3f3f");
    }
}
