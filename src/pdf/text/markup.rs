//! The text in XML and HTML, sound or not.
//!
//! Knows nothing of what the elements mean, but that some end a line.

use quick_xml::Reader;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::attributes::Attributes;
use quick_xml::events::{BytesStart, Event};

/// Elements of HTML, Word, Calc and the like, behind which a word does not go on; without their prefixes.
const BREAKS: &[&str] = &[
    "p",
    "br",
    "tab",
    "div",
    "li",
    "tr",
    "td",
    "th",
    "tc",
    "h",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "si",
    "c",
    "row",
    "cr",
    "title",
    "line-break",
    "s",
    "table-cell",
    "option",
    "Description",
    "Alt",
    "Seq",
    "Bag",
];

/// Gives the text of the elements and, after it, the values of attributes and comments, one in a line.
///
/// What cannot be read as markup is there as it stands.
pub(super) fn text(markup: &str) -> String {
    let mut reader = Reader::from_str(markup);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut text = String::new();
    let mut behind = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Text(piece)) => text.push_str(&piece.xml10_content()),
            Ok(Event::CData(piece)) => text.push_str(&piece.xml10_content()),
            Ok(Event::GeneralRef(entity)) => match entity.resolve_char_ref() {
                Ok(Some(c)) => text.push(c),
                _ => text.push_str(resolve_html5_entity(entity.as_ref()).unwrap_or(entity.as_ref())),
            },
            Ok(Event::Start(element)) => values(&element, &mut behind),
            Ok(Event::Empty(element)) => {
                values(&element, &mut behind);
                end(element.local_name().as_ref(), &mut text);
            }
            Ok(Event::End(element)) => end(element.local_name().as_ref(), &mut text),
            Ok(Event::Comment(comment)) => {
                behind.push_str(&comment.xml10_content());
                behind.push('\n');
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => {
                let rest = usize::try_from(reader.error_position()).unwrap_or(markup.len());
                behind.push_str(markup.get(rest..).unwrap_or(markup));
                break;
            }
        }
    }
    text.push('\n');
    text + &behind
}

fn values(element: &BytesStart<'_>, behind: &mut String) {
    let attributes: Attributes<'_> = element.html_attributes();
    for attribute in attributes.flatten() {
        let value = quick_xml::escape::unescape_with(&attribute.value, resolve_html5_entity);
        behind.push_str(value.as_deref().unwrap_or(&attribute.value));
        behind.push('\n');
    }
}

fn end(name: &str, text: &mut String) {
    if BREAKS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_and_entities_letters() {
        assert_eq!(
            text("<w:p><w:r><w:t>Gr&#xF6;</w:t></w:r><w:r><w:t>&szlig;e</w:t></w:r></w:p>").trim(),
            "Größe"
        );
        assert_eq!(text("<p>a</p><p>b &amp; c</p>").trim(), "a\nb & c");
        assert!(text("<rdf:Description a:part='Gr&#246;ße'/>").contains("Größe"));
        assert!(text("<a><!-- still --></a>").contains("still"));
    }

    #[test]
    fn broken_markup_is_read_as_it_stands() {
        for broken in
            ["<p>Wort", "<p>Wort</q>", "<p Wort", "Wort & so", "<p a=Wort>", "<![CDATA[Wort", "<!-- Wort"]
        {
            assert!(text(broken).contains("Wort"), "{broken}");
        }
    }
}
