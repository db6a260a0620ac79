//! Ways to say a sentence on a page: which bytes stand for which letters, and where they are drawn.

use lopdf::{Dictionary, Object, dictionary};

use super::leaf::{Leaf, Letters, helvetica, hex, mac_roman, string, utf16_bytes, win_ansi, y};
use crate::dice::Dice;

/// Words on as many lines as it takes.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().unwrap();
        if !last.is_empty() && last.chars().count() + word.chars().count() >= width {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

/// A page that says a text in a simple encoding.
fn encoded(dice: &mut Dice, text: &str, font: Dictionary, encode: fn(&str) -> Vec<u8>) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let font = leaf.add(font);
    leaf.resource("Font", "F1", font);
    for (at, line) in lines(text, 90).iter().enumerate() {
        let operators = leaf.at(3 + at, "F1", &hex(&encode(line)));
        leaf.draw(&operators);
    }
    leaf
}

pub(super) fn in_win_ansi(text: &str, dice: &mut Dice) -> Leaf {
    encoded(dice, text, helvetica("WinAnsiEncoding"), win_ansi)
}

pub(super) fn in_mac_roman(text: &str, dice: &mut Dice) -> Leaf {
    encoded(dice, text, helvetica("MacRomanEncoding"), mac_roman)
}

/// Letters are called by the names that fonts of PostScript give them, under codes of their own.
pub(super) fn by_names_of_glyphs(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let letters = distinct(text.chars());
    let names = letters.iter().map(|letter| {
        let name = match letter {
            ' ' => "space".to_owned(),
            'ä' => "adieresis".to_owned(),
            'ö' => "odieresis".to_owned(),
            'ü' => "udieresis".to_owned(),
            'Ä' => "Adieresis".to_owned(),
            'Ö' => "Odieresis".to_owned(),
            'Ü' => "Udieresis".to_owned(),
            'ß' => "germandbls".to_owned(),
            letter if letter.is_ascii_alphabetic() => letter.to_string(),
            letter => format!("uni{:04X}", *letter as u32),
        };
        Object::Name(name.into_bytes())
    });
    let differences: Vec<Object> = std::iter::once(1.into()).chain(names).collect();
    let mut font = helvetica("");
    font.set("Encoding", dictionary! { "Type" => "Encoding", "Differences" => differences });
    let font = leaf.add(font);
    leaf.resource("Font", "F1", font);
    for (at, line) in lines(text, 90).iter().enumerate() {
        let codes: Vec<u8> =
            line.chars().map(|c| letters.iter().position(|l| *l == c).unwrap() as u8 + 1).collect();
        let operators = leaf.at(3 + at, "F1", &hex(&codes));
        leaf.draw(&operators);
    }
    leaf
}

/// Codes are the units of UTF-16, as one of Adobe's maps for Japanese says.
pub(super) fn in_utf16(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let system = dictionary! {
        "Registry" => string(b"Adobe"), "Ordering" => string(b"Japan1"), "Supplement" => 4,
    };
    let descendant = leaf.add(dictionary! {
        "Type" => "Font", "Subtype" => "CIDFontType0", "BaseFont" => "KozMinPro-Regular", "DW" => 500,
        "CIDSystemInfo" => system,
    });
    let font = leaf.add(dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "KozMinPro-Regular-UniJIS-UTF16-H",
        "Encoding" => "UniJIS-UTF16-H", "DescendantFonts" => vec![descendant],
    });
    leaf.resource("Font", "F1", font);
    for (at, line) in lines(text, 90).iter().enumerate() {
        let operators = leaf.at(3 + at, "F1", &hex(&utf16_bytes(line)[2..]));
        leaf.draw(&operators);
    }
    leaf
}

fn distinct<T: PartialEq>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut kept = Vec::new();
    for one in all {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

/// A page that says pieces of text line by line in a font of its own.
fn pieced(dice: &mut Dice, letters: Letters, said: &[Vec<String>]) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let pieces = distinct(said.iter().flatten().cloned());
    leaf.font("F1", letters, &pieces);
    for (at, line) in said.iter().enumerate() {
        let codes = codes(letters, &pieces, line);
        let operators = leaf.at(3 + at, "F1", &hex(&codes.concat()));
        leaf.draw(&operators);
    }
    leaf
}

/// The bytes of each piece.
fn codes(letters: Letters, pieces: &[String], line: &[String]) -> Vec<Vec<u8>> {
    let code = |piece: &String| {
        let number = pieces.iter().position(|one| one == piece).unwrap() as u16 + 1;
        if letters == Letters::Wide { number.to_be_bytes().to_vec() } else { vec![number as u8] }
    };
    line.iter().map(code).collect()
}

fn any_font(dice: &mut Dice) -> Letters {
    [Letters::Named, Letters::Wide, Letters::Drawn][dice.below(3) as usize]
}

fn one_by_one(text: &str) -> Vec<Vec<String>> {
    lines(text, 90).iter().map(|line| line.chars().map(String::from).collect()).collect()
}

pub(super) fn with_table_beside_encoding(text: &str, dice: &mut Dice) -> Leaf {
    pieced(dice, Letters::Named, &one_by_one(text))
}

pub(super) fn with_wide_codes(text: &str, dice: &mut Dice) -> Leaf {
    pieced(dice, Letters::Wide, &one_by_one(text))
}

pub(super) fn with_drawn_glyphs(text: &str, dice: &mut Dice) -> Leaf {
    pieced(dice, Letters::Drawn, &one_by_one(text))
}

/// One code means a whole word.
pub(super) fn word_by_word(text: &str, dice: &mut Dice) -> Leaf {
    let said: Vec<Vec<String>> =
        lines(text, 90).iter().map(|line| line.split_inclusive(' ').map(str::to_owned).collect()).collect();
    pieced(dice, Letters::Wide, &said)
}

/// The text in another writing of the same letters.
fn rewritten(text: &str, dice: &mut Dice, change: impl Fn(char) -> String) -> Leaf {
    let said: Vec<Vec<String>> =
        lines(text, 90).iter().map(|line| line.chars().map(&change).collect()).collect();
    let letters = any_font(dice);
    pieced(dice, letters, &said)
}

/// An umlaut is a letter and a mark.
pub(super) fn decomposed(letter: char) -> String {
    let base = match letter {
        'ä' => 'a',
        'ö' => 'o',
        'ü' => 'u',
        'Ä' => 'A',
        'Ö' => 'O',
        'Ü' => 'U',
        other => return other.to_string(),
    };
    format!("{base}\u{308}")
}

pub(super) fn in_nfd(text: &str, dice: &mut Dice) -> Leaf {
    rewritten(text, dice, decomposed)
}

/// The mark of an umlaut has a code of its own.
pub(super) fn in_nfd_by_two_codes(text: &str, dice: &mut Dice) -> Leaf {
    let text: String = text.chars().map(decomposed).collect();
    let letters = any_font(dice);
    pieced(dice, letters, &one_by_one(&text))
}

pub(super) fn with_ligatures(text: &str, dice: &mut Dice) -> Leaf {
    let joined = text.replace("ffi", "ﬃ").replace("ff", "ﬀ").replace("fi", "ﬁ").replace("fl", "ﬂ");
    let letters = any_font(dice);
    pieced(dice, letters, &one_by_one(&joined))
}

pub(super) fn in_capitals(text: &str, dice: &mut Dice) -> Leaf {
    rewritten(text, dice, |letter| letter.to_uppercase().collect())
}

pub(super) fn with_soft_hyphens(text: &str, dice: &mut Dice) -> Leaf {
    rewritten(text, dice, |letter| if letter == 'e' { "e\u{ad}".into() } else { letter.into() })
}

pub(super) fn with_joiners(text: &str, dice: &mut Dice) -> Leaf {
    let joiner = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'][dice.below(5) as usize];
    rewritten(text, dice, move |letter| if letter == 'n' { format!("n{joiner}") } else { letter.into() })
}

pub(super) fn with_other_signs(text: &str, dice: &mut Dice) -> Leaf {
    let space = ['\u{a0}', '\u{2009}', '\u{202f}', '\u{2003}'][dice.below(4) as usize];
    let quotes = [['"', '"'], ['»', '«'], ['‚', '‘']][dice.below(3) as usize];
    let dash = ['-', '—', '\u{2212}'][dice.below(3) as usize];
    rewritten(text, dice, move |letter| match letter {
        ' ' => space.into(),
        '„' => quotes[0].into(),
        '“' => quotes[1].into(),
        '–' => dash.into(),
        '-' => '\u{2011}'.into(),
        other => other.into(),
    })
}

/// Lines end within words, with a hyphen.
pub(super) fn hyphenated(text: &str, dice: &mut Dice) -> Leaf {
    let mut broken: Vec<Vec<String>> = vec![Vec::new()];
    let letters: Vec<char> = text.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let line = broken.last_mut().unwrap();
        line.push(letter.to_string());
        let inside = |place: usize| letters.get(place).is_some_and(|c| c.is_lowercase());
        let may_break = at >= 2 && (at - 2..=at).all(inside) && inside(at + 1) && inside(at + 2);
        if line.len() >= 12 && may_break {
            line.push("-".to_owned());
            broken.push(Vec::new());
        }
    }
    let letters = any_font(dice);
    pieced(dice, letters, &broken)
}

/// A narrow column, as in a cell of a table.
pub(super) fn wrapped(text: &str, dice: &mut Dice) -> Leaf {
    let letters = any_font(dice);
    let said: Vec<Vec<String>> =
        lines(text, 18).iter().map(|line| line.chars().map(String::from).collect()).collect();
    pieced(dice, letters, &said)
}

/// Puts pieces of text at places of their own, in the order in which `order` says them.
fn scattered(text: &str, dice: &mut Dice, by_word: bool, mix: bool) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let mut placed = Vec::new();
    for (at, line) in lines(text, 80).iter().enumerate() {
        let mut column = 0;
        let pieces: Vec<String> = if by_word {
            line.split(' ').map(str::to_owned).collect()
        } else {
            line.chars().map(String::from).collect()
        };
        for piece in pieces {
            let width = piece.chars().count();
            if piece != " " {
                placed.push((column, at, piece));
            }
            column += width + usize::from(by_word);
        }
    }
    if mix {
        for at in (1..placed.len()).rev() {
            placed.swap(at, dice.below(at as u64 + 1) as usize);
        }
    }
    let letters = any_font(dice);
    let all = distinct(placed.iter().flat_map(|(_, _, piece)| piece.chars().map(String::from)));
    leaf.font("F1", letters, &all);
    for (column, at, piece) in placed {
        let piece: Vec<String> = piece.chars().map(String::from).collect();
        let string = hex(&codes(letters, &all, &piece).concat());
        // A letter is half as wide as the font is high.
        let operators = format!("BT /F1 8 Tf 1 0 0 1 {} {} Tm {string} Tj ET", 50 + 4 * column, y(3 + at));
        leaf.draw(&operators);
    }
    leaf
}

pub(super) fn words_in_another_order(text: &str, dice: &mut Dice) -> Leaf {
    scattered(text, dice, true, true)
}

pub(super) fn letter_by_letter(text: &str, dice: &mut Dice) -> Leaf {
    scattered(text, dice, false, false)
}

pub(super) fn letters_in_another_order(text: &str, dice: &mut Dice) -> Leaf {
    scattered(text, dice, false, true)
}

/// Letters pushed apart or together by numbers between them; spaces are only gaps.
pub(super) fn with_gaps_for_spaces(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    for (at, line) in lines(text, 90).iter().enumerate() {
        let words: Vec<String> = line
            .split(' ')
            .map(|word| {
                let letters: Vec<String> = word.chars().map(|c| hex(&win_ansi(&c.to_string()))).collect();
                letters.join(" -9 ")
            })
            .collect();
        let operators = format!("BT /F0 8 Tf 1 0 0 1 50 {} Tm [{}] TJ ET", y(3 + at), words.join(" -300 "));
        leaf.draw(&operators);
    }
    leaf
}

/// Literal strings with escapes of every kind.
pub(super) fn with_escapes(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    for (at, line) in lines(text, 90).iter().enumerate() {
        let escaped: String = (0..)
            .zip(win_ansi(line))
            .map(|(place, byte)| match byte {
                byte if place % 7 == 3 => format!("\\{byte:03o}\\\n"),
                byte if byte.is_ascii_alphanumeric() || byte == b' ' => char::from(byte).to_string(),
                byte => format!("\\{byte:03o}"),
            })
            .collect();
        let operators = leaf.at(3 + at, "F0", &format!("({escaped})"));
        leaf.draw(&operators);
    }
    leaf
}
