//! Writes the colours of a content stream anew: what is grey as plain grey, and if that is wanted everything.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document, Object};

use super::choice::PrintColours;
use super::space::Space;
use crate::pdf::objects::dict;
use crate::pdf::operators::{Token, Tokens, unescaped};

/// A content stream with its colours written anew.
#[derive(Debug, Default)]
pub(in crate::bind::impose) struct Repainted {
    /// What is drawn.
    pub content: Vec<u8>,
    /// Whether something in it has a colour, apart from what it uses.
    pub has_colour: bool,
    /// What it uses of its resources: their kind and name.
    pub used: BTreeSet<(&'static str, Vec<u8>)>,
}

/// What inline images have for a space of theirs in grey: a name among the resources.
pub(super) const RGB_AS_GREY: &str = "GrauAusRGB";
pub(super) const CMYK_AS_GREY: &str = "GrauAusCMYK";

/// Filling or drawing lines.
#[derive(Clone)]
struct Brush {
    space: Space,
    name: Vec<u8>,
}

struct Repainter<'a> {
    document: &'a Document,
    spaces: Option<&'a Dictionary>,
    ink: PrintColours,
    content: &'a [u8],
    /// What is written already.
    taken: usize,
    done: Repainted,
    /// How things are filled, and how lines are drawn.
    paints: [Brush; 2],
    kept: Vec<[Brush; 2]>,
}

/// States that are saved inside of each other; more are damaged.
const MAX_KEPT: usize = 1 << 16;

/// Writes the colours of a content stream anew that has these resources.
pub(in crate::bind::impose) fn repaint(
    document: &Document,
    content: &[u8],
    resources: &Dictionary,
    ink: PrintColours,
) -> Repainted {
    let plain = Brush { space: Space::Grey, name: b"DeviceGray".to_vec() };
    let mut painter = Repainter {
        document,
        spaces: dict(document, resources, b"ColorSpace"),
        ink,
        content,
        taken: 0,
        done: Repainted::default(),
        paints: [plain.clone(), plain],
        kept: Vec::new(),
    };
    painter.run();
    painter.done.content.extend_from_slice(&content[painter.taken..]);
    painter.done
}

impl<'a> Repainter<'a> {
    fn run(&mut self) {
        let mut tokens = Tokens::new(self.content);
        let (mut numbers, mut name, mut from) = (Vec::new(), None::<&'a [u8]>, None::<usize>);
        let mut in_image = false;
        while let Some(token) = tokens.next() {
            let start = tokens.start;
            let operator = match token {
                Token::Operator(operator) => operator,
                Token::Number(digits) => {
                    numbers.push(
                        std::str::from_utf8(digits)
                            .ok()
                            .and_then(|digits| digits.parse().ok())
                            .unwrap_or(0.0),
                    );
                    from.get_or_insert(start);
                    continue;
                }
                Token::Name(word) => {
                    if in_image {
                        self.word_of_image(word, start, tokens.at);
                    }
                    name = Some(word);
                    from.get_or_insert(start);
                    continue;
                }
                _ => {
                    from.get_or_insert(start);
                    continue;
                }
            };
            let place = (from.unwrap_or(start), tokens.at);
            match operator {
                b"BI" => in_image = true,
                b"ID" => {
                    in_image = false;
                    tokens.skip_image();
                }
                _ => self.operator(operator, &numbers, name, place),
            }
            numbers.clear();
            (name, from) = (None, None);
        }
    }

    fn operator(&mut self, operator: &[u8], numbers: &[f32], name: Option<&[u8]>, place: (usize, usize)) {
        let of_lines = usize::from(operator.first().is_some_and(u8::is_ascii_uppercase));
        match operator {
            b"q" if self.kept.len() < MAX_KEPT => self.kept.push(self.paints.clone()),
            b"Q" => {
                if let Some(kept) = self.kept.pop() {
                    self.paints = kept;
                }
            }
            b"g" | b"G" => self.begin(of_lines, Space::Grey, b"DeviceGray"),
            b"rg" | b"RG" => self.device(of_lines, Space::Rgb, b"DeviceRGB", numbers, place),
            b"k" | b"K" => self.device(of_lines, Space::Cmyk, b"DeviceCMYK", numbers, place),
            b"cs" | b"CS" => {
                let name = unescaped(name.unwrap_or_default()).into_owned();
                let space = Space::read(self.document, &Object::Name(name.clone()), self.spaces);
                self.begin(of_lines, space, &name);
                self.first(of_lines, place);
            }
            b"sc" | b"scn" | b"SC" | b"SCN" => self.set(of_lines, numbers, name, place),
            b"Do" => self.uses("XObject", name),
            b"sh" => self.uses("Shading", name),
            b"Tf" => self.uses("Font", name),
            b"gs" => self.uses("ExtGState", name),
            _ => {}
        }
    }

    fn begin(&mut self, of_lines: usize, space: Space, name: &[u8]) {
        self.paints[of_lines] = Brush { space, name: name.to_vec() };
    }

    fn uses(&mut self, kind: &'static str, name: Option<&[u8]>) {
        if let Some(name) = name {
            self.done.used.insert((kind, unescaped(name).into_owned()));
        }
    }

    /// Writes the colour that a space begins with.
    fn first(&mut self, of_lines: usize, place: (usize, usize)) {
        match &self.paints[of_lines].space {
            Space::Grey | Space::Rgb | Space::Cmyk | Space::Lab => self.write_grey(of_lines, 0.0, place),
            Space::Inks { full, .. } if self.ink == PrintColours::Grey => {
                self.write_grey(of_lines, *full, place)
            }
            Space::Table { .. } | Space::Unknown if self.ink == PrintColours::Grey => {
                self.write_grey(of_lines, 0.0, place)
            }
            _ => {}
        }
    }

    fn device(&mut self, of_lines: usize, space: Space, name: &[u8], numbers: &[f32], place: (usize, usize)) {
        self.begin(of_lines, space, name);
        let space = &self.paints[of_lines].space;
        match space.neutral(numbers) {
            // Black ink alone is black ink alone already.
            Some(_) if *space == Space::Cmyk && self.ink == PrintColours::Kept => {}
            Some(grey) => self.write_grey(of_lines, grey, place),
            None if self.ink == PrintColours::Grey => self.write_grey(of_lines, space.grey(numbers), place),
            None => self.done.has_colour = true,
        }
    }

    /// Sets a colour of the space that was chosen.
    fn set(&mut self, of_lines: usize, numbers: &[f32], name: Option<&[u8]>, place: (usize, usize)) {
        let Brush { space, name: own } = &self.paints[of_lines];
        if let Space::Pattern(under) = space {
            let grey = under.as_ref().map(|under| (under.neutral(numbers), under.grey(numbers)));
            self.uses("Pattern", name);
            match grey.filter(|_| !numbers.is_empty()) {
                Some((_, grey)) if self.ink == PrintColours::Grey => {
                    let pattern = String::from_utf8_lossy(name.unwrap_or_default()).into_owned();
                    let operator = ["scn", "SCN"][of_lines];
                    self.write(&format!("{grey} /{pattern} {operator}"), place);
                }
                Some((None, _)) => self.done.has_colour = true,
                _ => {}
            }
            return;
        }
        match space.neutral(numbers) {
            Some(grey) => self.write_grey(of_lines, grey, place),
            None if self.ink == PrintColours::Grey => self.write_grey(of_lines, space.grey(numbers), place),
            None if space.is_grey() => {}
            None => {
                let colour: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                let (own, colour) = (escaped(own), colour.join(" "));
                let [choose, set] = [["cs", "CS"][of_lines], ["scn", "SCN"][of_lines]];
                self.done.has_colour = true;
                self.write(&format!("/{own} {choose} {colour} {set}"), place);
            }
        }
    }

    /// A name in the entries of an inline image.
    fn word_of_image(&mut self, word: &[u8], start: usize, end: usize) {
        let space = Space::read(self.document, &Object::Name(unescaped(word).into_owned()), self.spaces);
        let replacement = match space {
            Space::Rgb => RGB_AS_GREY,
            Space::Cmyk => CMYK_AS_GREY,
            Space::Unknown | Space::Grey => return,
            space if space.is_grey() => return,
            _ => "DeviceGray",
        };
        match self.ink {
            PrintColours::Grey => self.write(&format!("/{replacement}"), (start, end)),
            PrintColours::Kept => self.done.has_colour = true,
        }
    }

    fn write_grey(&mut self, of_lines: usize, grey: f32, place: (usize, usize)) {
        let grey = (grey.clamp(0.0, 1.0) * 1000.0).round() / 1000.0;
        self.write(&format!("{grey} {}", ["g", "G"][of_lines]), place);
    }

    /// Writes something in the place of what stands there.
    fn write(&mut self, text: &str, (from, to): (usize, usize)) {
        self.done.content.extend_from_slice(&self.content[self.taken..from]);
        // A name may follow an operator without a space, and a number may not.
        if self.done.content.last().is_some_and(|byte| !byte.is_ascii_whitespace()) {
            self.done.content.push(b' ');
        }
        self.done.content.extend_from_slice(text.as_bytes());
        self.taken = to;
    }
}

/// A name as content streams write it.
fn escaped(name: &[u8]) -> String {
    let letter = |byte: &u8| match byte {
        b'!'..=b'~' if !b"#/()<>[]{}%".contains(byte) => char::from(*byte).to_string(),
        byte => format!("#{byte:02x}"),
    };
    name.iter().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;

    fn done(content: &str, ink: PrintColours) -> (String, bool) {
        let name = |name: &str| Object::Name(name.as_bytes().to_vec());
        let tone = dictionary! { "FunctionType" => 2, "C1" => vec![0.into(), 1.into(), 1.into(), 0.into()] };
        let spaces = dictionary! {
            "c0" => vec![name("CalRGB"), dictionary! {}.into()],
            "s" => vec![name("Separation"), name("Rot"), name("DeviceCMYK"), tone.into()],
            "p" => vec![name("Pattern"), name("DeviceRGB")],
        };
        let resources = dictionary! { "ColorSpace" => spaces };
        let done = repaint(&Document::new(), content.as_bytes(), &resources, ink);
        (String::from_utf8(done.content).unwrap(), done.has_colour)
    }

    #[test]
    fn what_is_grey_is_written_as_grey_and_colours_stay() {
        let kept = |content: &str| done(content, PrintColours::Kept);
        assert_eq!(kept("q 0 0 0 rg (0 0 0 rg) Tj Q"), ("q 0 g (0 0 0 rg) Tj Q".into(), false));
        assert_eq!(kept("1 1 1 RG 0 0 0 .5 k"), ("1 G 0 0 0 .5 k".into(), false));
        assert_eq!(kept("/c0 cs .2 .2 .2 scn f"), ("0 g 0.2 g f".into(), false));
        let two = "/c0 cs 1 0 0 scn f .5 .5 .5 scn f 0 0 1 scn f";
        assert_eq!(kept(two), ("0 g /c0 cs 1 0 0 scn f 0.5 g f /c0 cs 0 0 1 scn f".into(), true));
        assert_eq!(kept("1 0 0 rg f"), ("1 0 0 rg f".into(), true));
        assert_eq!(kept("/s cs 1 scn"), ("/s cs /s cs 1 scn".into(), true));
        assert_eq!(kept("/DeviceGray cs 0.5 sc"), ("0 g 0.5 g".into(), false));
        assert_eq!(kept("1 0 0 1 0 0 cm/c0 cs[]0 d 0 0 0 sc"), ("1 0 0 1 0 0 cm 0 g[]0 d 0 g".into(), false));
        assert!(kept("BI /W 1 /H 1 /CS /RGB /BPC 8 ID abc EI\n").1);
        assert!(!kept("BI /W 1 /H 1 /CS /G /BPC 8 ID a EI\n").1);
    }

    #[test]
    fn a_saved_state_comes_back_with_its_space() {
        let content = "/c0 cs q /DeviceGray cs 0.5 sc Q 1 0 0 sc";
        assert_eq!(done(content, PrintColours::Kept).0, "0 g q 0 g 0.5 g Q /c0 cs 1 0 0 scn");
    }

    #[test]
    fn no_colour_is_left_if_none_is_wanted() {
        let grey = |content: &str| {
            let (content, has_colour) = done(content, PrintColours::Grey);
            assert!(!has_colour);
            content
        };
        assert_eq!(grey("1 1 1 rg 0 0 0 1 K"), "1 g 0 G");
        assert_eq!(grey("1 0 0 rg"), "0.495 g");
        assert_eq!(grey("/s cs 1 scn 0 scn"), "0.495 g 0.495 g 1 g");
        assert_eq!(grey("/p cs 1 1 1 /P1 scn"), "/p cs 1 /P1 scn");
        let image = grey("BI /W 1 /CS /RGB ID abc EI\n1 0 0 rg");
        assert_eq!(image, "BI /W 1 /CS /GrauAusRGB ID abc EI\n0.495 g");
        for cut in 0..image.len() {
            done(&image[..cut], PrintColours::Grey);
        }
    }

    #[test]
    fn what_is_used_is_told() {
        let used = repaint(
            &Document::new(),
            b"/A Do /B sh /C 9 Tf /Pattern cs /D#20 scn",
            &dictionary! {},
            PrintColours::Kept,
        );
        let used: Vec<(&str, String)> =
            used.used.into_iter().map(|(kind, name)| (kind, String::from_utf8(name).unwrap())).collect();
        let wanted = [("Font", "C"), ("Pattern", "D "), ("Shading", "B"), ("XObject", "A")];
        assert_eq!(used, wanted.map(|(kind, name)| (kind, name.to_owned())));
    }
}
