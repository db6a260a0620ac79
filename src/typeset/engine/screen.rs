//! Draws a page as a picture that browsers draw quickly: the letters that stand beside each other become one outline.
//!
//! typst writes each letter as a reference to its outline, and for each of them a browser makes a copy with elements of its own.
//! What is not written as expected stays as it is. Knows nothing of what stands on the page.

use std::collections::HashMap;

use typst_layout::Page;
use typst_svg::SvgOptions;

const SYMBOL: (&str, &str) = ("<symbol id=\"", "\" overflow=\"visible\"><path d=\"");
const SYMBOL_END: &str = "\"/></symbol>";
const LETTER: [&str; 4] = ["<use xlink:href=\"#", "\" x=\"", "\" y=\"", "\" fill=\""];
const LETTER_END: &str = "\" fill-rule=\"nonzero\"/>";
/// How an outline begins that says where it goes on from there, and so can begin anywhere.
const ORIGIN: &str = "M 0 0";

/// A letter on the page.
struct Letter<'a> {
    outline: &'a str,
    place: [&'a str; 2],
    fill: &'a str,
}

/// Draws a page as SVG that fills the place it is shown at.
pub(super) fn draw(page: &Page) -> String {
    // Bands that stand on each other would show a seam where one of them kept its shape and left a part of its place free.
    let svg = typst_svg::svg(page, &SvgOptions::default());
    quick(&svg.replacen("<svg ", "<svg preserveAspectRatio=\"none\" ", 1))
}

/// Gives an SVG of typst in which letters are drawn as outlines, run by run.
fn quick(svg: &str) -> String {
    let outlines = outlines(svg);
    let mut out = String::with_capacity(svg.len() * 2);
    let mut rest = svg;
    while let Some(at) = rest.find(LETTER[0]) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let run = run(rest, &outlines);
        match run {
            Some((path, after)) => {
                out.push_str(&path);
                rest = after;
            }
            None => {
                out.push_str(LETTER[0]);
                rest = &rest[LETTER[0].len()..];
            }
        }
    }
    out.push_str(rest);
    without_unused(&out, &outlines)
}

/// The outlines of letters by their names.
fn outlines(svg: &str) -> HashMap<&str, String> {
    let mut outlines = HashMap::new();
    for part in svg.split(SYMBOL.0).skip(1) {
        let outline = part.split_once(SYMBOL.1).and_then(|(name, rest)| {
            let (outline, _) = rest.split_once(SYMBOL_END)?;
            let steps = outline.strip_prefix(ORIGIN)?;
            let is_relative = !steps.contains(|c: char| c.is_ascii_uppercase() && c != 'Z' && c != 'E');
            is_relative.then(|| {
                let mut outline = String::with_capacity(steps.len());
                round(steps, &mut outline);
                (name, outline)
            })
        });
        outlines.extend(outline);
    }
    outlines
}

/// One path for all letters of a colour with which a text begins, and what comes behind them.
fn run<'a>(text: &'a str, outlines: &'a HashMap<&str, String>) -> Option<(String, &'a str)> {
    let (first, mut rest) = letter(text, outlines)?;
    let mut path = format!("<path fill=\"{}\" fill-rule=\"nonzero\" d=\"", first.fill);
    let add = |path: &mut String, letter: &Letter<'_>| {
        path.push_str("M ");
        round(letter.place[0], path);
        path.push(' ');
        round(letter.place[1], path);
        path.push_str(letter.outline);
    };
    add(&mut path, &first);
    while let Some((next, after)) = letter(rest, outlines).filter(|(next, _)| next.fill == first.fill) {
        add(&mut path, &next);
        rest = after;
    }
    path.push_str("\"/>");
    Some((path, rest))
}

/// The letter with which a text begins, and what comes behind it.
fn letter<'a>(text: &'a str, outlines: &'a HashMap<&str, String>) -> Option<(Letter<'a>, &'a str)> {
    let (name, rest) = text.strip_prefix(LETTER[0])?.split_once('"')?;
    let (x, rest) = rest.strip_prefix(&LETTER[1][1..])?.split_once('"')?;
    let (y, rest) = rest.strip_prefix(&LETTER[2][1..])?.split_once('"')?;
    let (fill, rest) = rest.strip_prefix(&LETTER[3][1..])?.split_once('"')?;
    let rest = rest.strip_prefix(&LETTER_END[1..])?;
    Some((Letter { outline: outlines.get(name)?, place: [x, y], fill }, rest))
}

/// An SVG without the symbols that nothing refers to any more.
fn without_unused(svg: &str, outlines: &HashMap<&str, String>) -> String {
    let mut used: Vec<&str> =
        svg.split("href=\"#").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)).collect();
    used.sort_unstable();
    let mut out = String::with_capacity(svg.len());
    let mut rest = svg;
    while let Some(at) = rest.find(SYMBOL.0) {
        let (before, symbol) = rest.split_at(at);
        out.push_str(before);
        let name = symbol[SYMBOL.0.len()..].split('"').next().unwrap_or_default();
        let is_unused = outlines.contains_key(name) && used.binary_search(&name).is_err();
        let end = symbol.find(SYMBOL_END).map_or(symbol.len(), |end| end + SYMBOL_END.len());
        if !is_unused {
            out.push_str(&symbol[..end]);
        }
        rest = &symbol[end..];
    }
    out.push_str(rest);
    out
}

/// Writes a path with three digits behind the point of its numbers, which is more than any screen shows.
fn round(path: &str, out: &mut String) {
    let begins = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    let goes_on = |byte: &u8| begins(byte) || matches!(byte, b'+' | b'e' | b'E');
    let mut rest = path;
    while let Some(start) = rest.bytes().position(|byte| begins(&byte)) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.bytes().position(|byte| !goes_on(&byte)).unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        match thousandths(number).or_else(|| thousandths_of(number.parse().ok()?)) {
            Some(value) => write_thousandths(value, out),
            None => out.push_str(number),
        }
        rest = after;
    }
    out.push_str(rest);
}

/// Reads a number that is written without an exponent. There are thousands of them on a page.
fn thousandths(number: &str) -> Option<i64> {
    let digits = number.strip_prefix('-').unwrap_or(number);
    let (mut value, mut whole, mut behind): (i64, usize, Option<usize>) = (0, 0, None);
    for byte in digits.bytes() {
        let digit = match byte {
            b'0'..=b'9' => i64::from(byte - b'0'),
            b'.' if behind.is_none() => {
                behind = Some(0);
                continue;
            }
            _ => return None,
        };
        match &mut behind {
            None => whole += 1,
            Some(behind) => *behind += 1,
        }
        match behind.unwrap_or(0) {
            0..=3 if whole <= 12 => value = value * 10 + digit,
            4 => value += i64::from(digit >= 5),
            5.. => {}
            _ => return None,
        }
    }
    let missing = 3_usize.saturating_sub(behind.unwrap_or(0));
    value *= 10_i64.pow(missing as u32);
    (whole > 0).then_some(if digits.len() < number.len() { -value } else { value })
}

fn thousandths_of(number: f64) -> Option<i64> {
    let value = (number * 1000.0).round();
    (value.abs() < 1e15).then_some(value as i64)
}

/// Writes a number with no more digits than it needs.
fn write_thousandths(value: i64, out: &mut String) {
    if value < 0 {
        out.push('-');
    }
    let (whole, mut rest) = (value.unsigned_abs() / 1000, value.unsigned_abs() % 1000);
    out.push_str(itoa::Buffer::new().format(whole));
    if rest > 0 {
        out.push('.');
    }
    while rest > 0 {
        out.push(char::from(b'0' + (rest / 100) as u8));
        rest = rest % 100 * 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbol(name: &str, path: &str) -> String {
        format!("{}{name}{}{path}{SYMBOL_END}", SYMBOL.0, SYMBOL.1)
    }

    fn used(name: &str, x: &str, fill: &str, more: &str) -> String {
        format!("<use xlink:href=\"#{name}\" x=\"{x}\" y=\"0\" fill=\"{fill}\" fill-rule=\"nonzero\"{more}/>")
    }

    #[test]
    fn letters_of_a_run_become_one_outline_for_each_colour() {
        let symbols = [symbol("a", "M 0 0m 0.12345 1e-9l -0.0001 2Z "), symbol("b", "M 0 0v 3Z ")].concat();
        let text = [used("a", "1", "#000", ""), used("b", "2.50004", "#000", ""), used("a", "3", "#f00", "")];
        let svg = format!("<svg><g>{}</g><g><path/></g><defs>{symbols}</defs></svg>", text.concat());
        let black = "<path fill=\"#000\" fill-rule=\"nonzero\" d=\"M 1 0m 0.123 0l 0 2Z M 2.5 0v 3Z \"/>";
        let red = "<path fill=\"#f00\" fill-rule=\"nonzero\" d=\"M 3 0m 0.123 0l 0 2Z \"/>";
        assert_eq!(quick(&svg), format!("<svg><g>{black}{red}</g><g><path/></g><defs></defs></svg>"));
    }

    #[test]
    fn numbers_are_rounded_as_they_are_read() {
        let rounded = |number: &str| {
            let mut out = String::new();
            round(number, &mut out);
            out
        };
        for (number, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.0004", "0"),
            ("-0.0006", "-0.001"),
            ("1.9996", "2"),
            ("10.100", "10.1"),
            ("007.25", "7.25"),
            ("1e-9", "0"),
            ("2.5e2", "250"),
            ("-1.2345E1", "-12.345"),
            (".5", "0.5"),
            ("1.0005", "1.001"),
            ("12345678901234567890", "12345678901234567890"),
            ("1.2.3", "1.2.3"),
            ("--1", "--1"),
            ("M 1.23456 -7,8", "M 1.235 -7,8"),
        ] {
            assert_eq!(rounded(number), expected, "{number}");
        }
    }

    #[test]
    fn what_is_written_in_another_way_stays() {
        let other = "<symbol id=\"d\"><image/></symbol>";
        let symbols = [symbol("a", "M 0 0v 1Z "), symbol("c", "M 0 0L 5 5Z "), other.to_owned()].concat();
        for letter in [
            used("a", "1", "#000", " stroke=\"#f00\""),
            used("c", "1", "#000", ""),
            used("d", "1", "#000", ""),
            "<use xlink:href=\"#a\"/>".to_owned(),
            "<use xlink:href=\"#a".to_owned(),
        ] {
            let svg = format!("<svg>{letter}<defs>{symbols}</defs></svg>");
            let kept = quick(&svg);
            assert!(kept.contains(&letter) && kept.contains(other), "{letter}: {kept}");
            assert_eq!(kept.contains(&symbol("a", "M 0 0v 1Z ")), letter.contains("#a\""), "{letter}");
        }
        for broken in ["", "<use xlink:href=\"#", "<symbol id=\"", "<symbol id=\"x", "ä<symbol id=\"ä\""] {
            assert_eq!(quick(broken), broken);
        }
    }
}
