//! Colour spaces, as far as it matters whether a colour is one.

use lopdf::{Dictionary, Document, Object};

use crate::pdf::objects::{as_dict, as_list, integer, resolve};

/// A colour space.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Space {
    /// Levels of grey.
    Grey,
    /// Red, green and blue.
    Rgb,
    /// Cyan, magenta, yellow and black.
    Cmyk,
    /// Lightness, and two numbers that are zero where there is no colour.
    Lab,
    /// Inks with names. Black alone is no colour.
    Inks {
        /// Whether there is no ink but black.
        is_black: bool,
        /// How light a full tone of the first is.
        full: f32,
        /// How many there are.
        count: usize,
    },
    /// Numbers of colours in a table.
    Table {
        /// The space of the colours.
        base: Box<Space>,
        /// Their numbers, from 0 to 255.
        table: Vec<u8>,
    },
    /// Patterns; those without colours of their own take one of another space.
    Pattern(Option<Box<Space>>),
    /// What is not known may be any colour.
    Unknown,
}

/// Spaces that are nested deeper are damaged.
const MAX_DEPTH: usize = 8;
/// The table of a space has no more colours than these.
const MAX_TABLE: usize = 256 * 4;

impl Space {
    /// Reads a space; `named` are the spaces among the resources.
    pub(super) fn read(document: &Document, object: &Object, named: Option<&Dictionary>) -> Self {
        read(document, object, named, 0)
    }

    /// How many numbers a colour has.
    pub(super) fn channels(&self) -> usize {
        match self {
            Self::Rgb | Self::Lab => 3,
            Self::Cmyk => 4,
            Self::Inks { count, .. } => *count,
            _ => 1,
        }
    }

    /// Tells how light a colour is, from 0 to 1, if it has no hue.
    pub(super) fn neutral(&self, colour: &[f32]) -> Option<f32> {
        match (self, colour) {
            (Self::Grey, [grey]) => Some(*grey),
            (Self::Rgb, [r, g, b]) => is_near(*r, *g).then_some(*r).filter(|_| is_near(*g, *b)),
            (Self::Cmyk, [c, m, y, k]) => (c + m + y <= EPSILON).then_some(1.0 - k),
            (Self::Lab, [l, a, b]) => (a.abs() + b.abs() < 1.0).then(|| of_luminance(luminance_of_lab(*l))),
            (Self::Table { base, .. }, [at]) => base.neutral(&self.entry(*at)?),
            _ => None,
        }
    }

    /// Tells how light a colour is, from 0 to 1, whatever its hue.
    pub(super) fn grey(&self, colour: &[f32]) -> f32 {
        let grey = match (self, colour) {
            (Self::Grey, [grey]) => *grey,
            (Self::Rgb, [r, g, b]) => of_rgb(*r, *g, *b),
            (Self::Cmyk, [c, m, y, k]) => of_rgb(1.0 - c, 1.0 - m, 1.0 - y) * (1.0 - k),
            (Self::Lab, [l, ..]) => of_luminance(luminance_of_lab(*l)),
            (Self::Inks { full, .. }, tones) => {
                let most = tones.iter().copied().fold(0.0, f32::max);
                1.0 - most * (1.0 - full)
            }
            (Self::Table { base, .. }, [at]) => self
                .entry(*at)
                .map_or(0.0, |colour| base.neutral(&colour).unwrap_or_else(|| base.grey(&colour))),
            _ => 0.0,
        };
        grey.clamp(0.0, 1.0)
    }

    /// Tells whether it has no colours at all.
    pub(super) fn is_grey(&self) -> bool {
        match self {
            Self::Grey | Self::Inks { is_black: true, .. } => true,
            Self::Table { base, table } => {
                let mut colours = table.chunks_exact(base.channels());
                colours.all(|colour| base.neutral(&scaled(base, colour)).is_some())
            }
            Self::Pattern(under) => under.as_ref().is_none_or(|under| under.is_grey()),
            _ => false,
        }
    }

    fn entry(&self, at: f32) -> Option<Vec<f32>> {
        let Self::Table { base, table } = self else { return None };
        let colour = table.chunks_exact(base.channels()).nth(at.max(0.0) as usize)?;
        Some(scaled(base, colour))
    }
}

const EPSILON: f32 = 0.004;
const GAMMA: f32 = 2.2;

fn is_near(one: f32, other: f32) -> bool {
    (one - other).abs() < EPSILON
}

/// The numbers of a colour in a table, as operators would have them.
pub(super) fn scaled(base: &Space, colour: &[u8]) -> Vec<f32> {
    match (base, colour) {
        (Space::Lab, [l, a, b]) => {
            vec![f32::from(*l) / 2.55, f32::from(*a) - 128.0, f32::from(*b) - 128.0]
        }
        _ => colour.iter().map(|channel| f32::from(*channel) / 255.0).collect(),
    }
}

fn of_rgb(r: f32, g: f32, b: f32) -> f32 {
    let part = |channel: f32| channel.clamp(0.0, 1.0).powf(GAMMA);
    of_luminance(0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b))
}

fn of_luminance(luminance: f32) -> f32 {
    luminance.clamp(0.0, 1.0).powf(1.0 / GAMMA)
}

fn luminance_of_lab(l: f32) -> f32 {
    if l > 8.0 { ((l + 16.0) / 116.0).powi(3) } else { l / 903.3 }
}

fn read(document: &Document, object: &Object, named: Option<&Dictionary>, depth: usize) -> Space {
    if depth > MAX_DEPTH {
        return Space::Unknown;
    }
    let below = |object: &Object| read(document, object, named, depth + 1);
    match resolve(document, object) {
        Some(Object::Name(name)) => match name.as_slice() {
            // What inline images call their spaces may be the name of another one elsewhere.
            b"G" | b"RGB" | b"CMYK" if named.is_some_and(|named| named.has(name)) => {
                named.and_then(|named| named.get(name).ok()).map_or(Space::Unknown, below)
            }
            b"DeviceGray" | b"G" | b"CalGray" => Space::Grey,
            b"DeviceRGB" | b"RGB" | b"CalRGB" => Space::Rgb,
            b"DeviceCMYK" | b"CMYK" => Space::Cmyk,
            b"Pattern" => Space::Pattern(None),
            name => named.and_then(|named| named.get(name).ok()).map_or(Space::Unknown, below),
        },
        Some(Object::Array(parts)) => {
            let Some(Object::Name(kind)) = parts.first().and_then(|kind| resolve(document, kind)) else {
                return Space::Unknown;
            };
            match (kind.as_slice(), &parts[1..]) {
                (b"CalGray" | b"DeviceGray" | b"G", _) => Space::Grey,
                (b"CalRGB" | b"DeviceRGB" | b"RGB", _) => Space::Rgb,
                (b"DeviceCMYK" | b"CMYK", _) => Space::Cmyk,
                (b"Lab", _) => Space::Lab,
                (b"ICCBased", [profile, ..]) => of_profile(document, profile),
                (b"Separation" | b"DeviceN", [names, alternate, tint, ..]) => {
                    inks(document, names, &below(alternate), tint)
                }
                (b"Indexed" | b"I", [base, _, table, ..]) => {
                    Space::Table { base: Box::new(below(base)), table: table_of(document, table) }
                }
                (b"Pattern", [under, ..]) => Space::Pattern(Some(Box::new(below(under)))),
                (b"Pattern", []) => Space::Pattern(None),
                _ => Space::Unknown,
            }
        }
        _ => Space::Unknown,
    }
}

fn of_profile(document: &Document, profile: &Object) -> Space {
    match as_dict(document, profile).and_then(|profile| integer(document, profile, b"N")) {
        Some(1) => Space::Grey,
        Some(3) => Space::Rgb,
        Some(4) => Space::Cmyk,
        _ => Space::Unknown,
    }
}

fn inks(document: &Document, names: &Object, alternate: &Space, tint: &Object) -> Space {
    let names = as_list(document, names);
    let is_black = |name: &Object| matches!(resolve(document, name), Some(Object::Name(name)) if matches!(name.as_slice(), b"Black" | b"None"));
    let full = full_tone(document, tint).map_or(0.0, |colour| alternate.grey(&colour));
    Space::Inks { is_black: names.iter().all(is_black), full, count: names.len() }
}

/// The colour of a full tone, where the function says it outright.
fn full_tone(document: &Document, tint: &Object) -> Option<Vec<f32>> {
    let function = as_dict(document, tint)?;
    let full = function.get(b"C1").ok()?;
    let full: Vec<f32> = as_list(document, full).iter().filter_map(|number| number.as_float().ok()).collect();
    (!full.is_empty()).then_some(full)
}

fn table_of(document: &Document, table: &Object) -> Vec<u8> {
    let mut table = match resolve(document, table) {
        Some(Object::String(bytes, _)) => bytes.clone(),
        Some(Object::Stream(stream)) => {
            stream.decompressed_content_with_limit(1 << 16).unwrap_or_else(|_| stream.content.clone())
        }
        _ => Vec::new(),
    };
    table.truncate(MAX_TABLE);
    table
}

#[cfg(test)]
mod tests {
    use lopdf::{Stream, dictionary};

    use super::*;

    #[test]
    fn what_has_no_hue_is_grey_however_it_is_written() {
        assert_eq!(Space::Rgb.neutral(&[0.5, 0.5, 0.5]), Some(0.5));
        assert_eq!(Space::Rgb.neutral(&[0.5, 0.5, 0.6]), None);
        assert_eq!(Space::Cmyk.neutral(&[0.0, 0.0, 0.0, 0.25]), Some(0.75));
        assert_eq!(Space::Cmyk.neutral(&[0.2, 0.2, 0.2, 0.0]), None);
        assert!(Space::Lab.neutral(&[100.0, 0.0, 0.0]).is_some_and(|white| white > 0.999));
        assert_eq!(Space::Rgb.grey(&[1.0, 1.0, 1.0]), 1.0);
        let [r, g, b] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|one| Space::Rgb.grey(&one));
        assert!(b < r && r < g, "{r} {g} {b}");
        assert_eq!(Space::Cmyk.grey(&[0.0, 0.0, 0.0, 1.0]), 0.0);
    }

    #[test]
    fn spaces_are_read_through_names_profiles_and_tables() {
        let mut document = Document::new();
        let mut profile =
            |n: i64| Object::from(document.add_object(Stream::new(dictionary! { "N" => n }, vec![])));
        let (grey, rgb) = (profile(1), profile(3));
        let name = |name: &str| Object::Name(name.as_bytes().to_vec());
        let tone = dictionary! { "FunctionType" => 2, "C1" => vec![1.into(), 0.into(), 0.into()] };
        let named = dictionary! {
            "c0" => vec![name("ICCBased"), grey],
            "c1" => vec![name("ICCBased"), rgb],
            "t" => vec![name("Indexed"), name("c1"), 1.into(), Object::string_literal(vec![0, 0, 0, 9, 9, 9])],
            "s" => vec![name("Separation"), name("Rot"), name("DeviceRGB"), tone.into()],
            "k" => vec![name("Separation"), name("Black"), name("DeviceCMYK"), Object::Null],
            "p" => vec![name("Pattern"), name("c1")],
            "x" => name("x"),
        };
        let read = |key: &str| Space::read(&document, &name(key), Some(&named));
        assert_eq!((read("c0"), read("c1"), read("x")), (Space::Grey, Space::Rgb, Space::Unknown));
        assert!(read("t").is_grey() && read("k").is_grey() && !read("p").is_grey() && !read("s").is_grey());
        assert_eq!(read("s").grey(&[1.0]), Space::Rgb.grey(&[1.0, 0.0, 0.0]));
        assert_eq!(read("t").neutral(&[1.0]), Some(9.0 / 255.0));
    }
}
