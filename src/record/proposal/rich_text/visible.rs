//! What of a text is read as words, and what only marks it up or is code: for checks that look at words.

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use super::guarded::guarded;
use super::sums::signs;

/// Stands in for each byte that is not read.
pub const HIDDEN: char = '\u{1}';

/// The text with every byte that is not read replaced by [`HIDDEN`], line ends kept: places stay where they are.
pub fn visible(text: &str) -> String {
    let hide = |byte: u8| if byte == b'\n' { byte } else { HIDDEN as u8 };
    let mut shown: Vec<u8> = text.bytes().map(hide).collect();
    let mut in_address = false;
    let guarded = guarded(text, &signs(text));
    for (event, range) in Parser::new_ext(&guarded, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. }) => {
                in_address = true
            }
            Event::End(TagEnd::Link) => in_address = false,
            Event::Text(_) if !in_address => {
                shown[range.clone()].copy_from_slice(&text.as_bytes()[range]);
            }
            _ => {}
        }
    }
    // Whole characters were copied, so this holds.
    String::from_utf8(shown).unwrap_or_else(|_| HIDDEN.to_string().repeat(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_read_stays() {
        let shown = |text: &str| visible(text).replace(HIDDEN, "~");
        assert_eq!(shown("Ein *Wört* mit [Text](<a-b>)."), "Ein ~Wört~ mit ~Text~~~~~~~~.");
        assert_eq!(shown("- a - b\n- c"), "~~a - b\n~~c");
        assert_eq!(shown("<https://a.de/1-2> &nbsp;"), "~~~~~~~~~~~~~~~~~~ &nbsp;");
        assert_eq!(shown("| a | b |\n|---|---|\n| 1 | 2 |"), "~~a~~~b~~\n~~~~~~~~~\n~~1~~~2~~");
    }
}
