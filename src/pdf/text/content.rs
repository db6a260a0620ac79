//! What a content stream says beside its letters, and the same stream in a form that an interpreter reads to its end.
//!
//! Knows nothing of fonts and places.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;

use super::strings;
use crate::pdf::operators::{Token, Tokens, unescaped};

/// What stands in a content stream.
#[derive(Debug, Default)]
pub(super) struct ContentSummary {
    /// The strings of its lists of properties: `ActualText`, `Alt`, `E`, `Lang`, and any other.
    pub said: Vec<String>,
    /// The names of the fonts it sets.
    pub fonts: BTreeSet<Vec<u8>>,
    /// How many times it shows text or draws something else.
    shows: usize,
    /// Where it sets letters as a clip only, which an interpreter does not show.
    clips: Vec<Range<usize>>,
    /// Where it holds pictures itself.
    images: Vec<Range<usize>>,
    /// Whether it ends within a string, which may have swallowed anything.
    cut: bool,
}

/// An interpreter looks for the end of a picture in a stream again and again: more are taken out.
const MAX_IMAGES: usize = 256;

impl ContentSummary {
    /// Says whether it shows text, or draws something that may.
    pub(super) fn shows_anything(&self) -> bool {
        self.shows > 0
    }

    /// Says whether it holds so many pictures that they are taken out.
    pub(super) fn is_mosaic(&self) -> bool {
        self.images.len() > MAX_IMAGES
    }
}

/// Looks through a content stream.
pub(super) fn look(content: &[u8]) -> ContentSummary {
    let mut look = ContentSummary::default();
    look.cut = operations(content, |operator, operands| match operator {
        b"BI" => look.images.extend(operands.last().cloned()),
        b"BDC" | b"DP" => {
            for span in operands {
                strings_in(&content[span.clone()], |bytes| look.said.extend(strings::said(&bytes)));
            }
        }
        b"Tf" => {
            if let [.., font, _] = operands
                && let [b'/', name @ ..] = &content[font.clone()]
            {
                look.fonts.insert(unescaped(name).into_owned());
            }
        }
        b"Tr" => {
            let mode = operands.last().filter(|span| number(&content[(*span).clone()]) == Some(7.0));
            look.clips.extend(mode.cloned());
        }
        _ => look.shows += usize::from(shows(operator)),
    });
    look
}

/// Writes a stream so that an interpreter reads it to its end: letters that only clip are drawn without paint, and where
/// something stands in it that an interpreter gives up at, nothing is left but text. None if that does not help.
pub(super) fn readable<'a>(content: &'a [u8], look: &ContentSummary) -> Option<Cow<'a, [u8]>> {
    if look.cut {
        return None;
    }
    let mut whole = Cow::Borrowed(content);
    for span in &look.clips {
        for (at, byte) in whole.to_mut()[span.clone()].iter_mut().enumerate() {
            *byte = if at == 0 { b'3' } else { b' ' };
        }
    }
    for span in look.images.iter().filter(|_| look.is_mosaic()) {
        whole.to_mut()[span.clone()].fill(b' ');
    }
    if shown(&whole) >= look.shows {
        return Some(whole);
    }
    let (text, kept) = text_only(content);
    (shown(&text) >= kept).then_some(Cow::Owned(text))
}

/// Says how many times the interpreter would show text or draw something else.
fn shown(content: &[u8]) -> usize {
    let mut operations = TypedIter::new(content);
    let mut shown = 0;
    while let Some(operation) = operations.next() {
        shown += usize::from(matches!(
            operation,
            TypedInstruction::ShowText(_)
                | TypedInstruction::ShowTexts(_)
                | TypedInstruction::NextLineAndShowText(_)
                | TypedInstruction::ShowTextWithParameters(_)
                | TypedInstruction::XObject(_)
        ));
    }
    shown
}

fn shows(operator: &[u8]) -> bool {
    matches!(operator, b"Tj" | b"TJ" | b"'" | b"\"" | b"Do")
}

/// Keeps nothing but what text needs, written anew; says also how many times that shows something.
fn text_only(content: &[u8]) -> (Vec<u8>, usize) {
    let mut text = Vec::with_capacity(content.len());
    let mut kept = 0;
    operations(content, |operator, operands| {
        let last = |count: usize| operands.get(operands.len().wrapping_sub(count)..).unwrap_or_default();
        let numbers = |spans: &[Range<usize>]| -> Option<Vec<u8>> {
            let all: Option<Vec<f64>> = spans.iter().map(|span| number(&content[span.clone()])).collect();
            Some(all?.iter().flat_map(|number| format!("{number} ").into_bytes()).collect())
        };
        let name = |span: &Range<usize>| {
            content[span.clone()].starts_with(b"/").then(|| [&content[span.clone()], b" "].concat())
        };
        let written = match operator {
            b"q" | b"Q" | b"BT" | b"ET" | b"T*" | b"EMC" => Some(Vec::new()),
            b"BDC" | b"BMC" => Some(b"/Span ".to_vec()),
            b"cm" | b"Tm" => numbers(last(6)).filter(|written| !written.is_empty()),
            b"Td" | b"TD" => numbers(last(2)).filter(|written| !written.is_empty()),
            b"Tc" | b"Tw" | b"Tz" | b"TL" | b"Ts" => numbers(last(1)).filter(|written| !written.is_empty()),
            b"Tr" => Some(b"3 ".to_vec()),
            b"Tf" => match last(2) {
                [font, size] => name(font).map(|font| {
                    let size = number(&content[size.clone()]).unwrap_or(1.0);
                    [font, format!("{size} ").into_bytes()].concat()
                }),
                _ => None,
            },
            b"gs" | b"Do" => operands.last().and_then(name),
            b"Tj" | b"'" | b"\"" | b"TJ" => operands.last().map(|span| pieces(&content[span.clone()])),
            _ => None,
        };
        if let Some(written) = written {
            kept += usize::from(shows(operator));
            let (before, operator): (&[u8], &[u8]) = match operator {
                b"BDC" => (b"", b"BMC"),
                b"Tj" => (b"", b"TJ"),
                b"'" | b"\"" => (b"T* ", b"TJ"),
                operator => (b"", operator),
            };
            for part in [before, &written[..], operator, b"\n"] {
                text.extend_from_slice(part);
            }
        }
    });
    (text, kept)
}

/// Writes a string, or the strings and shifts of an array, anew as an array.
fn pieces(array: &[u8]) -> Vec<u8> {
    let mut written = b"[".to_vec();
    let mut tokens = Tokens::new(array);
    while let Some(token) = tokens.next() {
        let span = &array[tokens.start..tokens.at.min(array.len())];
        match token {
            Token::Number(_) => written.extend(format!("{} ", number(span).unwrap_or(0.0)).into_bytes()),
            _ => written.extend(string(span).map(|bytes| hex(&bytes)).unwrap_or_default()),
        }
    }
    written.extend(b"] ");
    written
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|half| DIGITS[usize::from(half)]);
    [b'<'].into_iter().chain(digits).chain([b'>']).collect()
}

/// Turns a number into one that an interpreter can take.
fn number(span: &[u8]) -> Option<f64> {
    const MAX: f64 = 1e6;
    let number: f64 = std::str::from_utf8(span).ok()?.parse().ok()?;
    Some(if number.abs() <= MAX { number } else { 0.0 })
}

/// Calls with each operator and the places of its operands, and with `BI` and the place of a whole picture; says whether
/// the content ends within a string.
fn operations<'a>(content: &'a [u8], mut each: impl FnMut(&'a [u8], &[Range<usize>])) -> bool {
    /// More than any operator has; older ones are of no operator.
    const MAX_OPERANDS: usize = 64;
    let mut operands: Vec<Range<usize>> = Vec::new();
    // Where the outermost array or dictionary begins, and how deep inside of it this is.
    let mut open = (0, 0_usize);
    let mut last = 0..0;
    let mut image = usize::MAX;
    let mut tokens = Tokens::new(content);
    while let Some(token) = tokens.next() {
        let span = tokens.start..tokens.at.min(content.len());
        last = span.clone();
        let begins = matches!(token, Token::Open) || content[span.start] == b'[';
        let ends = matches!(token, Token::Close) || content[span.start] == b']';
        match token {
            Token::Operator(b"BI") => image = span.start,
            Token::Operator(b"ID") => {
                tokens.skip_image();
                let whole = image.min(span.start)..tokens.at.min(content.len());
                each(b"BI", std::slice::from_ref(&whole));
                // Of a picture without a beginning only the data is one.
                image = usize::MAX;
                operands.clear();
                open.1 = 0;
            }
            Token::Operator(operator) => {
                // An array that never ends: what is in it is an operand all the same.
                if open.1 > 0 {
                    operands.push(open.0..span.start);
                    open.1 = 0;
                }
                each(operator, &operands);
                operands.clear();
            }
            _ if begins => {
                if open.1 == 0 {
                    open.0 = span.start;
                }
                open.1 += 1;
            }
            _ if ends && open.1 > 0 => {
                open.1 -= 1;
                if open.1 == 0 {
                    operands.push(open.0..span.end);
                }
            }
            _ if ends || content[span.start] == b'%' => {}
            _ if open.1 == 0 => operands.push(span),
            _ => {}
        }
        if operands.len() > 2 * MAX_OPERANDS {
            operands.drain(..MAX_OPERANDS);
        }
    }
    match &content[last] {
        [b'(', rest @ ..] => !rest.ends_with(b")"),
        [b'<', rest @ ..] => !rest.starts_with(b"<") && !rest.ends_with(b">"),
        _ => false,
    }
}

/// Calls with each string in a dictionary or an array.
fn strings_in(span: &[u8], mut each: impl FnMut(Vec<u8>)) {
    let mut tokens = Tokens::new(span);
    while tokens.next().is_some() {
        if let Some(bytes) = string(&span[tokens.start..tokens.at.min(span.len())]) {
            each(bytes);
        }
    }
}

/// Gives the bytes that a string stands for (ISO 32000-2, 7.3.4).
fn string(span: &[u8]) -> Option<Vec<u8>> {
    match span {
        [b'<', b'<', ..] => None,
        [b'<', digits @ ..] => {
            let digits: Vec<u8> = digits
                .iter()
                .filter_map(|digit| char::from(*digit).to_digit(16))
                .map(|digit| digit as u8)
                .collect();
            Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect())
        }
        [b'(', rest @ ..] => Some(literal(rest.strip_suffix(b")").unwrap_or(rest))),
        _ => None,
    }
}

fn literal(mut rest: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'\\' {
            bytes.push(*byte);
            continue;
        }
        let Some((escaped, after)) = rest.split_first() else { break };
        rest = after;
        match escaped {
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'\r' => rest = rest.strip_prefix(b"\n").unwrap_or(rest),
            b'\n' => {}
            b'0'..=b'7' => {
                let more = rest.iter().take(2).take_while(|digit| matches!(digit, b'0'..=b'7')).count();
                let (digits, after) = rest.split_at(more);
                rest = after;
                let value = digits
                    .iter()
                    .fold(u32::from(escaped - b'0'), |sum, digit| sum * 8 + u32::from(digit - b'0'));
                bytes.push((value & 255) as u8);
            }
            other => bytes.push(*other),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(content: &[u8]) -> String {
        String::from_utf8_lossy(&readable(content, &look(content)).unwrap()).into_owned()
    }

    #[test]
    fn strings_of_properties_are_read_in_each_way_of_writing() {
        let look = look(
            b"/Span <</ActualText <FEFF004A0061>/Alt (Gr\\366\\337e)>> BDC (x) Tj EMC /P <</E[(a\\\nb)]>> DP /F1 9 Tf",
        );
        assert_eq!(look.said, ["Ja", "Größe", "ab"]);
        assert_eq!(look.fonts, BTreeSet::from([b"F1".to_vec()]));
    }

    #[test]
    fn sound_streams_stay_as_they_are() {
        for sound in
            ["BT /F1 12 Tf (a) Tj [(b) -3 <63>] TJ ET", "", "q 1 0 0 1 0 0 cm /X Do Q", "BT 2 Tr (a) Tj ET"]
        {
            assert_eq!(mended(sound.as_bytes()), sound);
        }
        assert_eq!(mended(b"BT 7 Tr (a) Tj ET"), "BT 3 Tr (a) Tj ET");
    }

    #[test]
    fn pictures_are_taken_out_if_they_are_many() {
        let few = "BI /W 1 ID x\nEI\n".repeat(2) + "BT (a) Tj ET";
        assert_eq!(mended(few.as_bytes()), few);
        let many = "BI /W 1 ID x\nEI\n".repeat(300) + "BT (a) Tj ET";
        assert_eq!(mended(many.as_bytes()).trim(), "BT (a) Tj ET");
    }

    #[test]
    fn what_an_interpreter_gives_up_at_is_taken_out() {
        for broken in
            ["BT ) (a) Tj ET", "(x) (y) m BT (a) Tj ET", "} BT (a) Tj ET", "BT >> (a) Tj ET", "BT [(a) Tj ET"]
        {
            let mended = mended(broken.as_bytes());
            assert_eq!(shown(mended.as_bytes()), 1, "{mended}");
        }
        let many = [b"1 ".repeat(1 << 20), b"BT (a) Tj ET".to_vec()].concat();
        assert_eq!(shown(mended(&many).as_bytes()), 1);
    }
}
