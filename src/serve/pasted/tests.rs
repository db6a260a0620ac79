//! What other programs put on the clipboard, and what means harm.

use super::*;

/// What a program put on the clipboard, kept beside the tests.
macro_rules! clipboard {
    ($name:literal) => {
        include_str!(concat!("../../../tests/clipboard/", $name, ".html"))
    };
}

fn text(html: &str) -> String {
    pasted(html).text
}

fn check(html: &str, expected: &str, lost: &[&str]) {
    let pasted = pasted(html);
    assert_eq!(pasted.text, expected.trim_end());
    assert_eq!(pasted.lost, lost);
}

#[test]
fn what_word_puts_on_the_clipboard() {
    check(
        clipboard!("word"),
        include_str!("../../../tests/clipboard/word.md"),
        &[
            "Ein Bild fehlt.",
            "Text, der als gelöscht markiert war, fehlt.",
            "Fußnoten stehen als Absätze am Ende.",
            "Überschriften sind fette Zeilen geworden.",
            "Unterstrichenes ist nicht mehr unterstrichen.",
            "Farbige Markierungen fehlen.",
            "Verweise auf Dateien und Stellen im Dokument sind nur noch Text.",
        ],
    );
}

#[test]
fn what_excel_puts_on_the_clipboard() {
    let lost = ["Verbundene Zellen einer Tabelle sind getrennt."];
    check(clipboard!("excel"), include_str!("../../../tests/clipboard/excel.md"), &lost);
}

#[test]
fn what_libreoffice_puts_on_the_clipboard() {
    check(clipboard!("libreoffice"), include_str!("../../../tests/clipboard/libreoffice.md"), &[]);
}

#[test]
fn what_a_mail_puts_on_the_clipboard() {
    let lost = ["Ein Bild fehlt."];
    check(clipboard!("mail"), include_str!("../../../tests/clipboard/mail.md"), &lost);
}

#[test]
fn text_stays_text() {
    for (html, expected) in [
        ("<p>5*6 und a_b und Bürger*innen</p>", "5*6 und a_b und Bürger*innen"),
        ("<p>*nicht kursiv* _auch nicht_</p>", r"\*nicht kursiv\* \_auch nicht\_"),
        ("<p>12. Februar 2025</p>", r"12\. Februar 2025"),
        ("<p>- kein Punkt</p><p># kein Titel</p><p>---</p>", "\\- kein Punkt\n\n\\# kein Titel\n\n\\---"),
        ("<p>&lt;b&gt; und &amp;amp; und 3 &lt; 4 &amp; 5</p>", r"\<b> und \&amp; und 3 < 4 & 5"),
        ("<p>[1]: https://a.de</p><p>siehe [1]</p>", "\\[1]: https://a.de\n\nsiehe [1]"),
        ("<table><tr><td>a|b<td>c</table>", "| a\\|b | c   |\n| ---- | --- |"),
        ("<p>m<sup>2</sup>, CO<sub>2</sub></p>", "m², CO₂"),
        ("<p>Grund\u{ad}satz</p><p>&nbsp;</p><p>5&nbsp;%</p>", "Grundsatz\n\n5\u{a0}%"),
        ("nur <b>ein</b> Teil", "nur **ein** Teil"),
        ("<p>eins<br>zwei</p>", "eins\\\nzwei"),
        ("<p>eins<br><br>zwei</p>", "eins\n\nzwei"),
    ] {
        assert_eq!(text(html), expected, "{html}");
    }
    assert!(!pasted("nur <b>ein</b> Teil").has_blocks);
    assert!(pasted("<p>eins</p><p>zwei</p>").has_blocks);
}

#[test]
fn emphasis_is_written_so_that_it_is_seen() {
    for (html, expected) in [
        ("<b>Wichtig: </b>danach", "**Wichtig:** danach"),
        ("<b>Wichtig:</b>danach", "**Wichtig**:danach"),
        ("<b><i>beides</i></b>", "***beides***"),
        (
            "<b style='font-weight:normal'>nichts <span style='font-weight:700'>fett</span></b>",
            "nichts **fett**",
        ),
        ("<i> </i>leer<b></b>", "leer"),
        ("<a href='https://a.de/b c'>Seite</a>", "[Seite](https://a.de/b%20c)"),
        ("<a href='https://a.de/'>https://a.de/</a>", "<https://a.de/>"),
        ("<a href='mailto:a@b.de'>a@b.de</a>", "<a@b.de>"),
        ("<a href='javascript:alert(1)'>klick</a>", "klick"),
    ] {
        assert_eq!(text(html), expected, "{html}");
    }
    let inside = pasted("Haus<b>tür</b>");
    assert_eq!((inside.text.as_str(), inside.lost.len()), ("Haustür", 1));
}

#[test]
fn nothing_that_is_no_text_comes_along() {
    for html in [
        "<script>alert(1)</script>",
        "<style>p > a { color: red }</style>",
        "<p style='display:none'>versteckt <b>auch</b></p>",
        "<!-- <p>Kommentar</p> -->",
        "<svg><text>x</text></svg>",
        "<del>weg</del>",
    ] {
        assert_eq!(text(&format!("<p>a</p>{html}<p>b</p>")), "a\n\nb", "{html}");
    }
}

#[test]
fn broken_and_endless_html_takes_no_longer() {
    let start = std::time::Instant::now();
    for part in
        ["<b>", "<table><tr><td rowspan=999999999>", "<ul><li>", "</i><b>", "<p>&amp", "[", "<a href=x>", "<"]
    {
        let html = part.repeat((1 << 20) / part.len());
        pasted(&html);
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    assert_eq!(text("<td>a<td>b</table></b><li>c"), "a\n\nb\n\n- c");
}

#[test]
fn brackets_and_backslashes_in_the_words_of_a_link_stay_words() {
    let link = |words: &str| text(&format!("<p><a href=\"https://example.org/\">{words}</a></p>"));
    assert_eq!(link("a [b](c)"), "[a \\[b\\](c)](https://example.org/)");
    assert_eq!(link("C:\\"), "[C:\\\\](https://example.org/)");
}
