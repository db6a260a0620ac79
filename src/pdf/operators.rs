//! What a content stream marks, draws, and leaves unmarked.
//!
//! The tokenizer is our own: those of libraries build every operand, recurse for each bracket, or search for the end
//! of an inline image again and again. This one passes over the bytes once, whatever they are. Knows nothing of the
//! structure tree.

use std::borrow::Cow;

use lopdf::{Dictionary, Document, ObjectId};

use super::objects::{as_dict, dict, integer, reference};

/// The findings in one content stream.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ContentScan {
    /// The identifiers of marked content, in the order of the stream.
    pub marked: Vec<i64>,
    /// The XObjects that it draws, and whether in marked content or an artifact.
    pub drawn: Vec<(ObjectId, bool)>,
    /// Whether it paints anything outside of marked content and artifacts, apart from XObjects.
    pub bare: bool,
}

/// How far a content stream restores the graphics state.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// How many times it restores a state that it has not saved.
    pub taken: usize,
    /// How many saved states it has not restored at its end.
    pub left: usize,
}

/// Counts the graphics states that a content stream saves and restores.
pub fn balance(content: &[u8]) -> Balance {
    let mut balance = Balance::default();
    let mut tokens = Tokens::new(content);
    while let Some(token) = tokens.next() {
        match token {
            Token::Operator(b"q") => balance.left += 1,
            Token::Operator(b"Q") if balance.left > 0 => balance.left -= 1,
            Token::Operator(b"Q") => balance.taken += 1,
            Token::Operator(b"ID") => tokens.skip_image(),
            _ => {}
        }
    }
    balance
}

/// The resources in which a content stream looks up names.
#[derive(Clone, Copy, Default)]
pub struct ResourceNames<'a> {
    properties: Option<&'a Dictionary>,
    xobjects: Option<&'a Dictionary>,
}

impl<'a> ResourceNames<'a> {
    /// Takes the names of these resources.
    pub fn new(document: &'a Document, resources: Option<&'a Dictionary>) -> Self {
        let part = |key: &[u8]| resources.and_then(|resources| dict(document, resources, key));
        Self { properties: part(b"Properties"), xobjects: part(b"XObject") }
    }
}

/// Scans a content stream.
pub fn scan(document: &Document, content: &[u8], names: ResourceNames<'_>) -> ContentScan {
    let mut found = ContentScan::default();
    let mut open: Vec<bool> = Vec::new();
    let mut covering = 0_usize;
    let mut tokens = Tokens::new(content);
    let mut operands = Operands::default();
    while let Some(token) = tokens.next() {
        let Token::Operator(operator) = token else {
            operands.push(token);
            continue;
        };
        match operator {
            b"BMC" | b"BDC" => {
                let mcid = operands.mcid.or_else(|| {
                    let list = as_dict(document, names.properties?.get(&unescaped(operands.last?)).ok()?)?;
                    integer(document, list, b"MCID")
                });
                let mcid = mcid.filter(|_| operator == b"BDC");
                found.marked.extend(mcid);
                let covers = mcid.is_some() || operands.first == Some(b"Artifact");
                open.push(covers);
                covering += usize::from(covers);
            }
            b"EMC" => covering -= usize::from(open.pop() == Some(true)),
            b"Do" => {
                let named = || reference(names.xobjects?, &unescaped(operands.last?));
                found.drawn.extend(named().map(|id| (id, covering > 0)));
            }
            b"ID" => {
                tokens.skip_image();
                found.bare |= covering == 0;
            }
            b"Tj" | b"TJ" | b"'" | b"\"" | b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S"
            | b"s" | b"sh" => found.bare |= covering == 0,
            _ => {}
        }
        operands = Operands::default();
    }
    found
}

/// The operands before an operator, as far as they matter.
#[derive(Default)]
struct Operands<'a> {
    first: Option<&'a [u8]>,
    last: Option<&'a [u8]>,
    depth: usize,
    /// Whether the next token is the value of the key `MCID` of a dictionary.
    at_mcid: bool,
    mcid: Option<i64>,
}

impl<'a> Operands<'a> {
    fn push(&mut self, token: Token<'a>) {
        let at_mcid = std::mem::take(&mut self.at_mcid);
        match token {
            Token::Open => {
                // The dictionary stands where a name of one would.
                self.last = None;
                self.depth += 1;
            }
            Token::Close => self.depth = self.depth.saturating_sub(1),
            Token::Name(name) if self.depth == 0 => {
                self.first = self.first.or(Some(name));
                self.last = Some(name);
            }
            Token::Name(name) => self.at_mcid = self.depth == 1 && name == b"MCID",
            Token::Number(digits) if at_mcid => {
                self.mcid = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
            }
            _ => {}
        }
    }
}

/// A piece of a content stream.
pub(crate) enum Token<'a> {
    Name(&'a [u8]),
    Number(&'a [u8]),
    Operator(&'a [u8]),
    /// A dictionary begins.
    Open,
    /// A dictionary ends.
    Close,
    Other,
}

/// The pieces of a content stream, one after the other.
pub(crate) struct Tokens<'a> {
    content: &'a [u8],
    /// Where the last piece begins.
    pub start: usize,
    /// Where it ends.
    pub at: usize,
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(content: &'a [u8]) -> Self {
        Self { content, start: 0, at: 0 }
    }

    pub(crate) fn next(&mut self) -> Option<Token<'a>> {
        while is_space(*self.content.get(self.at)?) {
            self.at += 1;
        }
        let start = self.at;
        self.start = start;
        self.at += 1;
        let token = match self.content[start] {
            b'/' => Token::Name(self.regular(start + 1)),
            b'(' => self.skip_string(),
            b'<' if self.content.get(self.at) == Some(&b'<') => self.one_more(Token::Open),
            b'>' if self.content.get(self.at) == Some(&b'>') => self.one_more(Token::Close),
            b'<' => self.skip_past(|byte| byte == b'>'),
            b'%' => self.skip_past(|byte| byte == b'\n' || byte == b'\r'),
            byte if class(byte) == Class::Delimiter => Token::Other,
            b'0'..=b'9' | b'+' | b'-' | b'.' => Token::Number(self.regular(start)),
            _ => match self.regular(start) {
                b"true" | b"false" | b"null" => Token::Other,
                operator => Token::Operator(operator),
            },
        };
        Some(token)
    }

    fn one_more(&mut self, token: Token<'a>) -> Token<'a> {
        self.at += 1;
        token
    }

    fn regular(&mut self, start: usize) -> &'a [u8] {
        let rest = &self.content[start..];
        let length = rest.iter().position(|byte| class(*byte) != Class::Regular);
        let word = &rest[..length.unwrap_or(rest.len())];
        self.at = start + word.len();
        word
    }

    fn skip_past(&mut self, ends: impl Fn(u8) -> bool) -> Token<'a> {
        let rest = &self.content[self.at..];
        self.at += rest.iter().position(|byte| ends(*byte)).map_or(rest.len(), |at| at + 1);
        Token::Other
    }

    fn skip_string(&mut self) -> Token<'a> {
        let mut depth = 1_usize;
        while let Some(byte) = self.content.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        Token::Other
    }

    /// Skips the data of an inline image: up to the first `EI` that stands alone and has no binary data behind it.
    pub(crate) fn skip_image(&mut self) {
        const LOOK_AHEAD: usize = 12;
        self.at += 1;
        let content = self.content;
        let ends = |at: usize| {
            let after = &content[content.len().min(at + 2)..];
            content[at..].starts_with(b"EI")
                && is_space(content[at - 1])
                && after.first().is_none_or(|byte| is_space(*byte))
                && after
                    .iter()
                    .take(LOOK_AHEAD)
                    .all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t'))
        };
        self.at = (self.at..content.len()).find(|at| ends(*at)).map_or(content.len(), |at| at + 2);
    }
}

/// The class of each byte, looked up for every byte of every page.
const CLASSES: [Class; 256] = {
    let mut classes = [Class::Regular; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b' ' | b'\n' | b'\r' | b'\t' | 0 | 12 => Class::Space,
            b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%' => Class::Delimiter,
            _ => Class::Regular,
        };
        byte += 1;
    }
    classes
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Delimiter,
    Regular,
}

fn class(byte: u8) -> Class {
    CLASSES[usize::from(byte)]
}

fn is_space(byte: u8) -> bool {
    class(byte) == Class::Space
}

/// Decodes escapes such as `#20` in a name.
pub(crate) fn unescaped(name: &[u8]) -> Cow<'_, [u8]> {
    if !name.contains(&b'#') {
        return Cow::Borrowed(name);
    }
    let mut plain = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((byte, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *byte == b'#') {
            Some(escaped) => {
                plain.push(escaped);
                rest = &after[2..];
            }
            None => {
                plain.push(*byte);
                rest = after;
            }
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;

    fn of(content: &[u8]) -> ContentScan {
        let mut document = Document::new();
        let list = document.add_object(dictionary! { "MCID" => 7 });
        let properties = dictionary! { "MC 0" => list, "OC" => dictionary! { "Type" => "OCG" } };
        let xobjects = dictionary! { "Fm0" => (90, 0) };
        scan(&document, content, ResourceNames { properties: Some(&properties), xobjects: Some(&xobjects) })
    }

    #[test]
    fn identifiers_are_found_in_dictionaries_and_property_lists() {
        let found = of(b"/P <</Lang (d\\)e (x)) /X <</MCID 9>> /MCID 3>> BDC (EMC /P <</MCID 5>>BDC) Tj EMC\n\
            /Span/MC#200 BDC % /P <</MCID 4>> BDC\n[(a)-3<4242>]TJ EMC /P<</MCID 12>>BDC 1 0 0 rg EMC /OC /OC BDC EMC");
        assert_eq!(found, ContentScan { marked: vec![3, 7, 12], ..ContentScan::default() });
    }

    #[test]
    fn what_is_painted_outside_is_noticed() {
        assert!(of(b"0 0 m 1 1 l S").bare);
        assert!(of(b"/P BMC (a) Tj EMC").bare);
        assert!(of(b"/P <</MCID 0>> BDC EMC (a) Tj").bare);
        assert!(!of(b"q 0 0 9 9 re W n Q").bare);
        assert!(!of(b"/Artifact BMC /X BMC f EMC f EMC").bare);
        assert!(!of(b"EMC EMC /P <</MCID 0>> BDC f").bare);
        let drawn = of(b"/Fm0 Do /Artifact <</Type /Pagination>> BDC /Fm0 Do EMC /Fehlt Do").drawn;
        assert_eq!(drawn, [((90, 0), false), ((90, 0), true)]);
    }

    #[test]
    fn states_that_are_not_taken_back_are_counted() {
        let counted = |content: &[u8]| (balance(content).taken, balance(content).left);
        assert_eq!(counted(b"q 1 0 0 1 0 0 cm Q"), (0, 0));
        assert_eq!(counted(b"Q q q (Q) Tj BI /W 1 ID Q EI\n"), (1, 2));
    }

    #[test]
    fn inline_images_are_skipped() {
        let found =
            of(b"/Artifact BMC BI /W 1 /H 1 ID \x01 EI \xff EI x(\x00 EI\nEMC /P <</MCID 1>> BDC EMC");
        assert_eq!((found.marked, found.bare), (vec![1], false));
        assert!(of(b"BI /W 1 ID xx").bare);
    }

    #[test]
    fn what_is_cut_off_or_nested_without_end_ends() {
        for content in
            [&b"("[..], b"(\\", b"<", b"<<", b"/", b"/P <</MCID", b"[[[", b"%", b"ID", b"BI ID EI", b")>]}"]
        {
            of(content);
        }
        for deep in ["[", "(", "<<", "/P BMC "] {
            of(deep.repeat(1 << 20).as_bytes());
        }
    }
}
