//! Ways to say a sentence on a page: how the page is put together, and how its streams are packed.

use lopdf::{Dictionary, Object, Stream, dictionary};

use super::leaf::{Leaf, helvetica, hex, string, utf16_bytes, win_ansi, y};
use super::letters::lines;
use crate::dice::Dice;

/// Operators that say a text in Helvetica.
fn operators(text: &str, font: &str) -> String {
    let line = |(at, line): (usize, &String)| {
        format!("BT /{font} 8 Tf 1 0 0 1 50 {} Tm {} Tj ET\n", y(3 + at), hex(&win_ansi(line)))
    };
    lines(text, 90).iter().enumerate().map(line).collect()
}

fn form(content: &str) -> Stream {
    let bounds: Vec<Object> = vec![0.into(), 0.into(), 595.into(), 842.into()];
    let dict = dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => bounds };
    Stream::new(dict, content.as_bytes().to_vec())
}

fn fonts() -> Dictionary {
    dictionary! { "Font" => dictionary! { "F0" => helvetica("WinAnsiEncoding") } }
}

pub(super) fn font_set_by_a_state(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let font = leaf.add(helvetica("WinAnsiEncoding"));
    leaf.resource("ExtGState", "G", dictionary! { "Font" => vec![font, 8.into()] });
    leaf.resources.remove(b"Font");
    leaf.content.clear();
    for (at, line) in lines(text, 90).iter().enumerate() {
        leaf.draw(&format!("BT /G gs 1 0 0 1 50 {} Tm {} Tj ET", y(3 + at), hex(&win_ansi(line))));
    }
    leaf
}

pub(super) fn font_restored(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let pieces: Vec<String> = vec!["x".into()];
    leaf.font("F9", super::leaf::Letters::Wide, &pieces);
    leaf.draw("BT /F0 8 Tf ET");
    for (at, line) in lines(text, 90).iter().enumerate() {
        leaf.draw("q BT /F9 8 Tf <0001> Tj ET Q");
        leaf.draw(&format!("BT 1 0 0 1 50 {} Tm {} Tj ET", y(3 + at), hex(&win_ansi(line))));
    }
    leaf
}

pub(super) fn form_without_resources(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let form = leaf.add(form(&operators(text, "F0")));
    leaf.resource("XObject", "X", form);
    leaf.draw("/X Do");
    leaf
}

/// What the form is says an object of its own.
pub(super) fn form_with_its_kind_elsewhere(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let kind = leaf.add(Object::Name(b"Form".to_vec()));
    let mut form = form(&operators(text, "F0"));
    form.dict.set("Subtype", kind);
    form.dict.set("Resources", fonts());
    let form = leaf.add(form);
    leaf.resource("XObject", "X", form);
    leaf.draw("/X Do");
    leaf
}

pub(super) fn forms_in_forms(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let mut inner = form(&operators(text, "F0"));
    inner.dict.set("Resources", fonts());
    for _ in 0..2 + dice.below(3) {
        let id = leaf.add(inner);
        inner = form("q 1 0 0 1 2 2 cm /X Do Q");
        inner.dict.set("Resources", dictionary! { "XObject" => dictionary! { "X" => id } });
    }
    let outer = leaf.add(inner);
    leaf.resource("XObject", "X", outer);
    leaf.draw("/X Do");
    leaf
}

pub(super) fn tiles(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let bounds: Vec<Object> = vec![0.into(), 0.into(), 595.into(), 842.into()];
    let pattern = dictionary! {
        "Type" => "Pattern", "PatternType" => 1, "PaintType" => 1, "TilingType" => 1, "BBox" => bounds,
        "XStep" => 595, "YStep" => 842, "Resources" => fonts(),
    };
    let pattern = leaf.add(Stream::new(pattern, operators(text, "F0").into_bytes()));
    leaf.resource("Pattern", "P", pattern);
    leaf.draw("/Pattern cs /P scn 0 0 595 842 re f");
    leaf
}

/// The mask of a picture in grey: its letters let the colour through.
pub(super) fn soft_mask(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let mut group = form(&format!("1 g\n{}", operators(text, "F0")));
    group.dict.set("Resources", fonts());
    group.dict.set("Group", dictionary! { "S" => "Transparency", "CS" => "DeviceGray" });
    let group = leaf.add(group);
    let mask = dictionary! { "S" => "Luminosity", "G" => group };
    leaf.resource("ExtGState", "G", dictionary! { "SMask" => mask });
    leaf.draw("/G gs 0 0 595 842 re f");
    leaf
}

/// The glyph of a drawn font is a whole sentence.
pub(super) fn sentence_for_a_glyph(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let glyph = format!("500 0 d0\n{}", operators(text, "F0"));
    let glyph = leaf.add(Stream::new(Dictionary::new(), glyph.into_bytes()));
    let names: Vec<Object> = vec![1.into(), "a".into()];
    let scale: Vec<Object> = [0.1, 0.0, 0.0, 0.1, 0.0, 0.0].map(|n: f32| Object::Real(n)).to_vec();
    let font = dictionary! {
        "Type" => "Font", "Subtype" => "Type3", "CharProcs" => dictionary! { "a" => glyph },
        "Encoding" => dictionary! { "Differences" => names }, "FontMatrix" => scale, "Resources" => fonts(),
        "FontBBox" => vec![0.into(), 0.into(), 595.into(), 842.into()], "FirstChar" => 1, "LastChar" => 1,
        "Widths" => vec![500.into()],
    };
    let font = leaf.add(font);
    leaf.resource("Font", "F1", font);
    leaf.draw("BT /F1 10 Tf 1 0 0 1 0 0 Tm <01> Tj ET");
    leaf
}

/// What a reader is to say instead of what is drawn.
fn instead(text: &str, dice: &mut Dice, said: &[u8]) -> Leaf {
    let mut leaf = Leaf::new(dice);
    assert!(!text.is_empty());
    leaf.content.extend_from_slice(b"/Span <</ActualText ");
    leaf.content.extend_from_slice(said);
    leaf.draw(">> BDC BT /F0 8 Tf 1 0 0 1 50 700 Tm (siehe oben) Tj ET EMC");
    leaf
}

fn escaped(bytes: &[u8]) -> Vec<u8> {
    let escaped = bytes.iter().flat_map(|byte| match byte {
        b'(' | b')' | b'\\' => vec![b'\\', *byte],
        b'\r' => b"\\r".to_vec(),
        byte => vec![*byte],
    });
    [b"(", &escaped.collect::<Vec<u8>>()[..], b")"].concat()
}

/// The bytes of a text in the code page of PDF itself, as far as the sentences here need it.
pub(super) fn pdf_doc(text: &str) -> Vec<u8> {
    let byte = |letter| match letter {
        '€' => 0xa0,
        '„' => 0x8c,
        '“' => 0x8d,
        '”' => 0x8e,
        '–' => 0x85,
        letter => letter as u8,
    };
    text.chars().map(byte).collect()
}

pub(super) fn instead_as_literal(text: &str, dice: &mut Dice) -> Leaf {
    instead(text, dice, &escaped(&pdf_doc(text)))
}

pub(super) fn instead_as_utf16(text: &str, dice: &mut Dice) -> Leaf {
    instead(text, dice, &escaped(&utf16_bytes(text)))
}

pub(super) fn instead_as_hex(text: &str, dice: &mut Dice) -> Leaf {
    instead(text, dice, hex(&utf16_bytes(text)).to_uppercase().as_bytes())
}

pub(super) fn instead_as_utf8(text: &str, dice: &mut Dice) -> Leaf {
    instead(text, dice, &escaped(&["\u{feff}", text].concat().into_bytes()))
}

/// Replaces words by parts: each word drawn otherwise, each said in its own mark.
pub(super) fn instead_word_by_word(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    for (at, word) in text.split_whitespace().enumerate() {
        let place = format!("1 0 0 1 {} {} Tm", 50 + 40 * (at % 10), y(3 + at / 10));
        let said = hex(&utf16_bytes(word));
        leaf.draw(&format!("/Span <</ActualText {said}>> BDC BT /F0 8 Tf {place} (xxxx) Tj ET EMC"));
    }
    leaf
}

/// More drawing than any text: a plan.
pub(super) fn behind_a_long_drawing(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    leaf.content.extend_from_slice("10.25 20.5 m 11.75 21.5 l S\n".repeat(160_000).as_bytes());
    leaf.draw(&operators(text, "F0"));
    leaf
}

pub(super) fn without_paint(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    leaf.draw(&format!("3 Tr\n{}0 Tr", operators(text, "F0")));
    leaf
}

pub(super) fn white_on_white(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    leaf.draw(&format!("q 1 1 1 rg\n{}Q", operators(text, "F0")));
    leaf
}

pub(super) fn under_a_box(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    leaf.draw(&operators(text, "F0"));
    leaf.draw("0 g 40 600 500 160 re f");
    leaf
}

pub(super) fn off_the_page(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    leaf.draw(&format!("q 1 0 0 1 0 900 cm\n{}Q", operators(text, "F0")));
    leaf
}

pub(super) fn on_a_hidden_layer(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let layer = leaf.add(dictionary! { "Type" => "OCG", "Name" => string(b"Entwurf") });
    leaf.resource("Properties", "L", layer.clone());
    let off = dictionary! { "OFF" => vec![layer.clone()], "Order" => vec![layer.clone()] };
    leaf.catalog.set("OCProperties", dictionary! { "OCGs" => vec![layer], "D" => off });
    leaf.draw(&format!("/OC /L BDC\n{}EMC", operators(text, "F0")));
    leaf
}

pub(super) fn turned(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    for (at, line) in lines(text, 70).iter().enumerate() {
        let string = hex(&win_ansi(line));
        leaf.draw(&format!("BT /F0 8 Tf 0 1 -1 0 {} 60 Tm {string} Tj ET", 200 + 12 * at));
    }
    leaf
}

/// The streams of the page are cut within a word, and one of them within an operator's operands.
pub(super) fn in_pieces(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let (first, second) = text.split_at(text.char_indices().nth(9 + dice.below(4) as usize).unwrap().0);
    let pieces = [
        String::from_utf8(leaf.content.clone()).unwrap(),
        format!("BT /F0 8 Tf 1 0 0 1 50 700 Tm {} Tj", hex(&win_ansi(first))),
        hex(&win_ansi(second)),
        "Tj ET".to_owned(),
    ];
    let streams = pieces.map(|piece| leaf.add(Stream::new(Dictionary::new(), piece.into_bytes())));
    leaf.catalog.set("Contents", streams.to_vec());
    leaf
}

/// The page's stream is packed, and its dictionary says how.
fn packed(text: &str, dice: &mut Dice, pack: impl FnOnce(&mut Leaf, Vec<u8>) -> Stream) -> Leaf {
    let mut leaf = Leaf::new(dice);
    leaf.draw(&operators(text, "F0"));
    let content = std::mem::take(&mut leaf.content);
    let stream = pack(&mut leaf, content);
    let stream = leaf.add(stream);
    leaf.catalog.set("Contents", stream);
    leaf
}

fn filtered(filter: impl Into<Object>, bytes: Vec<u8>) -> Stream {
    let mut stream = Stream::new(Dictionary::new(), bytes).with_compression(false);
    stream.dict.set("Filter", filter);
    stream
}

pub(super) fn flate(bytes: &[u8]) -> Vec<u8> {
    // A stream stays as it is if packing does not make it shorter.
    let mut stream = Stream::new(Dictionary::new(), [bytes, &[b' '; 200]].concat());
    stream.compress().unwrap();
    assert!(stream.dict.has(b"Filter"));
    stream.content
}

fn ascii_hex(bytes: &[u8]) -> Vec<u8> {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    let lines: Vec<&[u8]> = digits.as_bytes().chunks(60).collect();
    [lines.join(&b'\n'), b">".to_vec()].concat()
}

fn ascii_85(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    for four in bytes.chunks(4) {
        let mut whole = [0; 4];
        whole[..four.len()].copy_from_slice(four);
        let mut number = u32::from_be_bytes(whole);
        if number == 0 && four.len() == 4 {
            packed.push(b'z');
            continue;
        }
        let mut digits = [0; 5];
        for digit in digits.iter_mut().rev() {
            *digit = (number % 85) as u8 + b'!';
            number /= 85;
        }
        packed.extend_from_slice(&digits[..=four.len()]);
    }
    packed.extend_from_slice(b"~>");
    packed
}

fn run_lengths(bytes: &[u8]) -> Vec<u8> {
    let runs = bytes.chunks(100).flat_map(|run| [&[run.len() as u8 - 1], run].concat());
    runs.chain([128]).collect()
}

/// Packs bytes one by one, in codes of nine bits; the table is emptied before codes would need ten.
fn lzw(bytes: &[u8]) -> Vec<u8> {
    let codes = bytes.chunks(250).flat_map(|some| {
        let clear = std::iter::once(256);
        clear.chain(some.iter().map(|byte| u32::from(*byte)))
    });
    let (mut packed, mut held, mut count) = (Vec::new(), 0_u32, 0);
    for code in codes.chain([257]) {
        held = held << 9 | code;
        count += 9;
        while count >= 8 {
            count -= 8;
            packed.push((held >> count) as u8);
            held &= (1 << count) - 1;
        }
    }
    packed.push((held << (8 - count)) as u8);
    packed
}

fn names(filters: &[&str]) -> Object {
    Object::Array(filters.iter().map(|filter| Object::Name(filter.as_bytes().to_vec())).collect())
}

pub(super) fn filter_by_reference(text: &str, dice: &mut Dice) -> Leaf {
    packed(text, dice, |leaf, bytes| {
        let filter = leaf.add(Object::Name(b"FlateDecode".to_vec()));
        let parameters = leaf.add(dictionary! { "Predictor" => 1 });
        let mut stream = filtered(filter, flate(&bytes));
        stream.dict.set("DecodeParms", parameters);
        stream
    })
}

pub(super) fn filter_by_its_short_name(text: &str, dice: &mut Dice) -> Leaf {
    packed(text, dice, |_, bytes| filtered(names(&["AHx", "Fl"]), ascii_hex(&flate(&bytes))))
}

pub(super) fn packed_by_lzw(text: &str, dice: &mut Dice) -> Leaf {
    packed(text, dice, |_, bytes| filtered("LZWDecode", lzw(&bytes)))
}

pub(super) fn packed_by_runs(text: &str, dice: &mut Dice) -> Leaf {
    packed(text, dice, |_, bytes| filtered("RunLengthDecode", run_lengths(&bytes)))
}

pub(super) fn packed_as_text(text: &str, dice: &mut Dice) -> Leaf {
    packed(text, dice, |_, bytes| {
        filtered(names(&["ASCII85Decode", "FlateDecode"]), ascii_85(&flate(&bytes)))
    })
}

pub(super) fn packed_many_times(text: &str, dice: &mut Dice) -> Leaf {
    packed(text, dice, |_, bytes| {
        let filters = ["ASCIIHexDecode", "ASCII85Decode", "LZWDecode", "RunLengthDecode", "FlateDecode"];
        filtered(names(&filters), ascii_hex(&ascii_85(&lzw(&run_lengths(&flate(&bytes))))))
    })
}

/// Rows of bytes that say how they differ from the row above.
pub(super) fn packed_with_a_predictor(text: &str, dice: &mut Dice) -> Leaf {
    packed(text, dice, |_, mut bytes| {
        const COLUMNS: usize = 16;
        bytes.resize(bytes.len().next_multiple_of(COLUMNS), b' ');
        let mut above = [0; COLUMNS];
        let mut rows = Vec::new();
        for row in bytes.chunks(COLUMNS) {
            rows.push(2);
            rows.extend(row.iter().zip(above).map(|(byte, above)| byte.wrapping_sub(above)));
            above.copy_from_slice(row);
        }
        // Padding would be rows of its own, so it has to be whole rows.
        rows.extend(std::iter::repeat_n([0; COLUMNS + 1], 20).flatten());
        let mut stream = Stream::new(Dictionary::new(), rows);
        stream.compress().unwrap();
        stream.dict.set("DecodeParms", dictionary! { "Predictor" => 12, "Columns" => COLUMNS as i64 });
        stream
    })
}

/// The look of a stamp.
pub(super) fn look_of_a_stamp(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let mut look = form(&operators(text, "F0"));
    look.dict.set("Resources", fonts());
    let look = leaf.add(look);
    leaf.annotate(dictionary! {
        "Subtype" => "Stamp", "AP" => dictionary! { "N" => look },
        "Rect" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    });
    leaf
}

/// The look of a field, which says something else.
pub(super) fn look_of_a_field(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let mut look = form(&operators(text, "F0"));
    look.dict.set("Resources", fonts());
    let look = leaf.add(look);
    let field = leaf.annotate(dictionary! {
        "Subtype" => "Widget", "FT" => "Tx", "T" => string(b"Feld"), "V" => string(b"leer"),
        "AP" => dictionary! { "N" => look }, "Rect" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    });
    leaf.catalog.set("AcroForm", dictionary! { "Fields" => vec![field] });
    leaf
}
