//! A part as bytes, so that its file need not be taken apart once more.
//!
//! The bytes mean something only to the same version of this program, and only if they come from it: nothing is checked but
//! that there are enough of them.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Object, Stream, StringFormat};

use super::clean::Removed;
use crate::bind::page_edges::PageEdges;
use crate::pdf::Claims;

/// What can be written as bytes and read again.
pub(crate) trait Coded: Sized {
    /// Adds its bytes.
    fn put(&self, out: &mut Vec<u8>);

    /// Takes one from the beginning of the bytes; none if they are too few or mean nothing.
    fn take(from: &mut &[u8]) -> Option<Self>;

    /// Adds the bytes of many.
    fn put_all(all: &[Self], out: &mut Vec<u8>) {
        all.iter().for_each(|one| one.put(out));
    }

    /// Takes so many, each of which has at least one byte.
    fn take_all(count: usize, from: &mut &[u8]) -> Option<Vec<Self>> {
        let mut all = Vec::with_capacity(count.min(from.len()));
        for _ in 0..count {
            all.push(Self::take(from)?);
        }
        Some(all)
    }
}

/// Writes the fields of types one behind the other.
macro_rules! coded {
    ($($name:ident { $($field:ident),* $(,)? })*) => {$(
        impl $crate::bind::part::coded::Coded for $name {
            fn put(&self, out: &mut Vec<u8>) {
                let Self { $($field),* } = self;
                $($crate::bind::part::coded::Coded::put($field, out);)*
            }

            fn take(from: &mut &[u8]) -> Option<Self> {
                $(let $field = $crate::bind::part::coded::Coded::take(from)?;)*
                Some(Self { $($field),* })
            }
        }
    )*};
}
pub(super) use coded;

coded! {
    Claims { pdf_a, pdf_ua }
    Removed { signatures, actions, attachments }
    PageEdges { top, bottom, is_bounded }
}

impl Coded for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        from.split_off_first().copied()
    }

    fn put_all(all: &[Self], out: &mut Vec<u8>) {
        out.extend_from_slice(all);
    }

    fn take_all(count: usize, from: &mut &[u8]) -> Option<Vec<Self>> {
        from.split_off(..count).map(<[u8]>::to_vec)
    }
}

/// Seven bits in each byte, the last ones first; the eighth says that more follow.
impl Coded for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest > 0x7f {
            out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        out.push(rest as u8);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let mut number = 0;
        for shift in (0..Self::BITS).step_by(7) {
            let byte = u8::take(from)?;
            number |= Self::from(byte & 0x7f) << shift;
            if byte <= 0x7f {
                return Some(number);
            }
        }
        None
    }
}

/// Numbers near zero are short.
impl Coded for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        ((self << 1) ^ (self >> 63)).cast_unsigned().put(out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let number = u64::take(from)?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }
}

/// Numbers that are written as larger ones.
macro_rules! coded_as {
    ($($name:ident as $larger:ident),*) => {$(
        impl Coded for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $larger::from(*self).put(out);
            }

            fn take(from: &mut &[u8]) -> Option<Self> {
                $larger::take(from)?.try_into().ok()
            }
        }
    )*};
}

coded_as!(u16 as u64, u32 as u64, char as u32);

impl Coded for usize {
    fn put(&self, out: &mut Vec<u8>) {
        (*self as u64).put(out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        u64::take(from)?.try_into().ok()
    }
}

impl Coded for bool {
    fn put(&self, out: &mut Vec<u8>) {
        u8::from(*self).put(out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(u8::take(from)? != 0)
    }
}

impl Coded for f32 {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        from.split_off(..4)?.try_into().ok().map(Self::from_le_bytes)
    }
}

impl Coded for String {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Self::from_utf8(Vec::take(from)?).ok()
    }
}

impl<T: Coded> Coded for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        T::put_all(self, out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let count = usize::take(from)?;
        T::take_all(count, from)
    }
}

impl<T: Coded, const COUNT: usize> Coded for [T; COUNT] {
    fn put(&self, out: &mut Vec<u8>) {
        T::put_all(self, out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        T::take_all(COUNT, from)?.try_into().ok()
    }
}

impl<T: Coded> Coded for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        self.iter().for_each(|one| one.put(out));
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(if bool::take(from)? { Some(T::take(from)?) } else { None })
    }
}

impl<A: Coded, B: Coded> Coded for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some((A::take(from)?, B::take(from)?))
    }
}

impl<K: Coded + Ord, V: Coded> Coded for BTreeMap<K, V> {
    fn put(&self, out: &mut Vec<u8>) {
        put_pairs(self.iter(), out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(Vec::take(from)?.into_iter().collect())
    }
}

impl<T: Coded + Ord> Coded for BTreeSet<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        self.iter().for_each(|one| one.put(out));
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(Vec::take(from)?.into_iter().collect())
    }
}

impl Coded for Dictionary {
    fn put(&self, out: &mut Vec<u8>) {
        put_pairs(self.iter(), out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(Vec::<(Vec<u8>, Object)>::take(from)?.into_iter().collect())
    }
}

fn put_pairs<'a, K: Coded + 'a, V: Coded + 'a>(
    pairs: impl ExactSizeIterator<Item = (&'a K, &'a V)>,
    out: &mut Vec<u8>,
) {
    pairs.len().put(out);
    for (key, value) in pairs {
        key.put(out);
        value.put(out);
    }
}

impl Coded for Object {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.push(0),
            Self::Boolean(is_true) => (1_u8, *is_true).put(out),
            Self::Integer(number) => (2_u8, *number).put(out),
            Self::Real(number) => (3_u8, *number).put(out),
            Self::Reference((number, generation)) => (4_u8, (*number, *generation)).put(out),
            Self::Name(name) => put_marked(5, name, out),
            Self::String(text, StringFormat::Literal) => put_marked(6, text, out),
            Self::String(text, StringFormat::Hexadecimal) => put_marked(7, text, out),
            Self::Array(items) => put_marked(8, items, out),
            Self::Dictionary(dictionary) => put_marked(9, dictionary, out),
            Self::Stream(Stream { dict, content, .. }) => {
                put_marked(10, dict, out);
                content.put(out);
            }
        }
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(match u8::take(from)? {
            0 => Self::Null,
            1 => Self::Boolean(Coded::take(from)?),
            2 => Self::Integer(Coded::take(from)?),
            3 => Self::Real(Coded::take(from)?),
            4 => Self::Reference(Coded::take(from)?),
            5 => Self::Name(Coded::take(from)?),
            6 => Self::String(Coded::take(from)?, StringFormat::Literal),
            7 => Self::String(Coded::take(from)?, StringFormat::Hexadecimal),
            8 => Self::Array(Coded::take(from)?),
            9 => Self::Dictionary(Coded::take(from)?),
            10 => Self::Stream(Stream::new(Coded::take(from)?, Coded::take(from)?)),
            _ => return None,
        })
    }
}

fn put_marked(mark: u8, value: &impl Coded, out: &mut Vec<u8>) {
    out.push(mark);
    value.put(out);
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;
    use crate::bind::{Part, sample};

    /// What is read again is what was written.
    fn returns<T: Coded + PartialEq + std::fmt::Debug>(value: T) {
        let mut bytes = Vec::new();
        value.put(&mut bytes);
        let mut rest = bytes.as_slice();
        assert_eq!(T::take(&mut rest), Some(value));
        assert!(rest.is_empty());
        for end in 0..bytes.len() {
            assert_eq!(T::take(&mut &bytes[..end]), None, "{end} of {}", bytes.len());
        }
    }

    #[test]
    fn values_are_read_as_they_were_written() {
        [0, 1, 0x7f, 0x80, 300, u64::MAX].into_iter().for_each(returns);
        [0, 1, -1, 63, -64, -65, i64::MAX, i64::MIN].into_iter().for_each(returns);
        returns([1.5_f32, -0.0, f32::MIN_POSITIVE]);
        returns(Claims { pdf_a: Some((2, Some('a'))), pdf_ua: Some(1) });
        returns(Removed { signatures: 300, actions: [("Launch".into(), 2)].into(), ..Removed::default() });
        let edges = PageEdges { top: vec![(1.0, 2.5)], is_bounded: true, ..PageEdges::default() };
        returns(vec![edges, PageEdges::default()]);
        let plain = dictionary! {
            "Z" => 1, "A" => Object::Real(0.1), "N" => Object::Null, "B" => true, "Name" => "x",
            "S" => Object::string_literal("a)"), "H" => Object::String(vec![0, 255], StringFormat::Hexadecimal),
            "R" => vec![Object::Reference((70_000, 1)), dictionary! { "K" => -3 }.into()],
        };
        returns(Object::Stream(Stream::new(plain.clone(), b"q Q".to_vec())));
        let mut bytes = Vec::new();
        plain.put(&mut bytes);
        let again = Dictionary::take(&mut &bytes[..]).unwrap();
        assert!(again.iter().eq(plain.iter()), "in the same order");
    }

    #[test]
    fn a_part_is_read_as_it_was_written_or_not_at_all() {
        let mut part = sample::part("top-1.anlage-a");
        part.edges = vec![PageEdges { bottom: vec![(0.0, 9.0)], ..PageEdges::default() }];
        part.defects = vec!["Kein Titel".into()];
        let bytes = part.to_bytes();
        let again = Part::from_bytes(&bytes).unwrap();
        assert_eq!(format!("{again:?}"), format!("{part:?}"));
        assert_eq!(again.to_bytes(), bytes);
        for end in 0..bytes.len() {
            assert!(Part::from_bytes(&bytes[..end]).is_none(), "{end} of {}", bytes.len());
        }
        assert!(Part::from_bytes(&[&bytes[..], b"0"].concat()).is_none());
        // Whatever the bytes are, nothing breaks.
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                Part::from_bytes(&damaged);
            }
        }
    }
}
