//! CommonMark with tables, as a tree that a layout can set; what the form has no place for is a finding.
//!
//! Knows nothing of typst: text stays text, and nothing in it is ever evaluated.

mod as_typed;
mod figures;
mod frames;
mod guarded;
mod lines;
mod long_words;
mod markers;
mod reader;
mod refusals;
mod slips;
mod sums;
mod visible;
mod widths;

use serde::Serialize;
use std::ops::Range;

pub use figures::unbroken;
pub use reader::read;
pub use visible::{HIDDEN, visible};
pub use widths::{Width, is_written as is_width};

/// A part of a text that stands on its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Block {
    /// A paragraph.
    Paragraph {
        /// Its text.
        body: Vec<Inline>,
    },
    /// A bulleted or numbered list.
    List {
        /// The number of the first element; none for bullets.
        start: Option<u64>,
        /// What the numbers look like, as typst writes it: `1.`, `a)`, `(1)`; none for bullets.
        numbering: Option<String>,
        /// Whether the elements stand close to each other.
        tight: bool,
        /// The elements.
        items: Vec<Vec<Block>>,
    },
    /// A table.
    Table {
        /// Where it begins in the text, in bytes.
        at: usize,
        /// The widths of its columns, if the author gives them.
        widths: Vec<Width>,
        /// `left`, `center` or `right` for each column.
        align: Vec<&'static str>,
        /// The cells of the first row.
        header: Vec<Vec<Inline>>,
        /// The cells of the others.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// An image in a paragraph of its own.
    Image {
        /// Its number among the images of the annex, from 0.
        image: usize,
        /// What it shows, for those who cannot see it.
        alt: String,
        /// The line under it.
        caption: Option<String>,
        /// Its width, if the author gives it.
        width: Option<Width>,
    },
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Inline {
    /// Characters, printed as they are.
    Text {
        /// The characters.
        text: String,
    },
    /// An amount, a date or a range of numbers in a cell, which is never broken.
    Figure {
        /// The characters.
        text: String,
    },
    /// A word that may have to be broken, where the rest of the text is not hyphenated; or an address, which never is.
    Word {
        /// The word, in the parts between which it may be broken without a hyphen.
        parts: Vec<String>,
        /// Whether it may be hyphenated.
        hyphenate: bool,
    },
    /// Emphasis, printed in italics.
    Emph {
        /// What is emphasised.
        body: Vec<Inline>,
    },
    /// Strong emphasis, printed in bold.
    Strong {
        /// What is emphasised.
        body: Vec<Inline>,
    },
    /// A link to a web page or a mail address.
    Link {
        /// Where it leads.
        url: String,
        /// What is read.
        body: Vec<Inline>,
    },
    /// The end of a line within a paragraph.
    Break,
}

/// An image that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageReference {
    /// The path as written.
    pub path: String,
    /// Where it stands in the source.
    pub span: Range<usize>,
}

/// The characters of a run of text, without its emphasis.
pub fn plain(body: &[Inline]) -> String {
    body.iter()
        .map(|part| match part {
            Inline::Text { text } | Inline::Figure { text } => text.clone(),
            Inline::Word { parts, .. } => parts.concat(),
            Inline::Emph { body } | Inline::Strong { body } | Inline::Link { body, .. } => plain(body),
            Inline::Break => " ".into(),
        })
        .collect()
}

/// The words of a long text, what images show among them, without their layout.
pub fn words(blocks: &[Block]) -> String {
    let mut text = String::new();
    add_words(blocks, &mut text);
    text.truncate(text.trim_end().len());
    text
}

fn add_words(blocks: &[Block], text: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph { body } => text.push_str(&plain(body)),
            Block::List { items, .. } => items.iter().for_each(|item| add_words(item, text)),
            Block::Table { header, rows, .. } => {
                let cells: Vec<String> =
                    header.iter().chain(rows.iter().flatten()).map(|cell| plain(cell)).collect();
                text.push_str(&cells.join(" "));
            }
            Block::Image { alt, .. } => text.push_str(alt),
        }
        text.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Source;
    use crate::toml_tree;

    fn read(markdown: &str) -> (Vec<Block>, Vec<(String, String)>) {
        let source = Source::new("a.toml", format!("a = '''\n{markdown}'''"));
        let (tree, errors) = toml_tree::parse(&source);
        assert!(errors.is_empty(), "{errors:?}");
        let node = tree.as_table().unwrap().get("a").unwrap();
        let (mut images, mut findings) = (Vec::new(), Vec::new());
        let blocks = super::read(&source, node, false, &mut images, &mut findings);
        let found = findings.iter().map(|f| (f.code.id.to_string(), source.text[f.span.clone()].to_owned()));
        (blocks, found.collect())
    }

    fn text(text: &str) -> Inline {
        Inline::Text { text: text.into() }
    }

    fn paragraph(body: Vec<Inline>) -> Block {
        Block::Paragraph { body }
    }

    #[test]
    fn typst_characters_stay_text() {
        let wild = "#panic(\"x\") $a$ @c _ ` ~ = / [x] #let";
        assert_eq!(read(wild), (vec![paragraph(vec![text(wild)])], vec![]));
        assert_eq!(read("a `#code` b").0, vec![paragraph(vec![text("a `#code` b")])]);
    }

    #[test]
    fn a_sentence_below_a_table_is_no_row() {
        let found = |markdown: &str| read(markdown).1;
        let table = "| A | B |\n|---|---|\n| x | 1 |\n";
        assert_eq!(
            found(&format!("{table}Das Land trägt es.")),
            [("T204".to_owned(), "Das Land trägt es.".to_owned())]
        );
        for sound in ["\nDas Land trägt es.", "y | 2", "{breiten=*,*}"] {
            assert_eq!(found(&format!("{table}{sound}")), [], "{sound}");
        }
    }

    #[test]
    fn plus_and_minus_of_a_sum_are_printed() {
        let (blocks, findings) = read("+ 5.000 Euro\n- 3.000 Euro\n= 2.000 Euro");
        let lines = ["+ 5.000 Euro", "- 3.000 Euro", "= 2.000 Euro"].map(text);
        let [one, two, three] = lines;
        assert_eq!(
            (blocks, findings),
            (vec![paragraph(vec![one, Inline::Break, two, Inline::Break, three])], vec![])
        );
    }

    #[test]
    fn emphasis_links_and_breaks() {
        let (blocks, findings) = read("Ein *kursives*, **fettes** [Wort](https://a.de)\\\nneu");
        assert!(findings.is_empty());
        assert_eq!(
            blocks,
            vec![paragraph(vec![
                text("Ein "),
                Inline::Emph { body: vec![text("kursives")] },
                text(", "),
                Inline::Strong { body: vec![text("fettes")] },
                text(" "),
                Inline::Link { url: "https://a.de".into(), body: vec![text("Wort")] },
                Inline::Break,
                text("neu"),
            ])]
        );
    }

    #[test]
    fn lists_nest_and_know_whether_they_are_tight() {
        let (blocks, _) = read("- a\n- b\n  1. c\n  2. d *e*\n\n3. x\n\n4. y\n");
        let inner = Block::List {
            start: Some(1),
            numbering: Some("1.".into()),
            tight: true,
            items: vec![
                vec![paragraph(vec![text("c")])],
                vec![paragraph(vec![text("d "), Inline::Emph { body: vec![text("e")] }])],
            ],
        };
        assert_eq!(
            blocks[0],
            Block::List {
                start: None,
                numbering: None,
                tight: true,
                items: vec![vec![paragraph(vec![text("a")])], vec![paragraph(vec![text("b")]), inner],]
            }
        );
        assert!(
            matches!(&blocks[1], Block::List { start: Some(3), tight: false, items, .. } if items.len() == 2)
        );
    }

    #[test]
    fn dates_at_the_start_of_lines_are_no_list() {
        let february =
            |day: &str| paragraph(vec![text(&format!("{day} ")), text("Februar ist der Stichtag.")]);
        assert_eq!(read("12. Februar ist der Stichtag.").0, vec![february("12.")]);
        let two = read("12. Februar ist der Stichtag.\n\n26. Februar ist der Stichtag.").0;
        assert_eq!(two, vec![february("12."), february("26.")]);
        let lines = read("Fristen:\n1. Februar ist der Stichtag.\n5) Februar ist der Stichtag.").0;
        assert_eq!(lines[1..], [february("1."), february("5)")]);
        assert!(matches!(&read("7. a\n8. b").0[..], [Block::List { start: Some(7), .. }]));
        assert!(matches!(&read("1. a\n1. b").0[..], [Block::List { start: Some(1), .. }]));
    }

    #[test]
    fn tables_keep_header_alignment_and_cells() {
        let (blocks, findings) = read("| a | b |\n|---|--:|\n| 1 | **2** |\n");
        assert!(findings.is_empty());
        assert_eq!(
            blocks,
            vec![Block::Table {
                at: 0,
                widths: vec![],
                align: vec!["left", "right"],
                header: vec![vec![text("a")], vec![text("b")]],
                rows: vec![vec![vec![text("1")], vec![Inline::Strong { body: vec![text("2")] }]]],
            }]
        );
    }

    #[test]
    fn widths_stand_below_a_table_and_behind_a_picture() {
        let table = "| a | b |\n|---|--:|\n| 1 | 2 |\n";
        for typed in [format!("{table}{{breiten=2cm,*}}"), format!("{table}\n{{breiten=2cm,*}}\n\ndanach")] {
            let (blocks, findings) = read(&typed);
            assert_eq!(findings, [], "{typed}");
            let Block::Table { widths, rows, .. } = &blocks[0] else { panic!("{blocks:?}") };
            assert_eq!((&widths[..], rows.len()), (&[Width::Millimetres(20.0), Width::Share(1.0)][..], 1));
        }
        let wrong = read(&format!("{table}{{breiten=2cm,3}}")).1;
        assert_eq!(wrong, [("T214".into(), "{breiten=2cm,3}".into())]);
        assert_eq!(read("Ein Satz.\n\n{breiten=2cm}").1, []);
        let (blocks, findings) = read("![Plan](a.png \"b\"){breite=8cm}");
        assert_eq!(findings, []);
        assert!(
            matches!(blocks[0], Block::Image { width: Some(Width::Millimetres(80.0)), .. }),
            "{blocks:?}"
        );
        assert_eq!(read("![Plan](a.png){breite=8}").1, [("T214".into(), "{breite=8}".into())]);
    }

    #[test]
    fn an_image_stands_alone_and_has_alternative_text() {
        let (blocks, findings) = read("davor\n\n![Ein *Plan*](plan.png \"Lageplan\")\n\ndanach");
        assert!(findings.is_empty());
        assert_eq!(
            blocks[1],
            Block::Image { image: 0, alt: "Ein Plan".into(), caption: Some("Lageplan".into()), width: None }
        );
        assert_eq!(read("![](a.png)").1[0].0, "T206");
        assert_eq!(read("im Text ![x](a.png) hier").1, [("T207".into(), "![x](a.png)".into())]);
        assert_eq!(read("- ![x](a.png)").1[0].0, "T207");
        assert_eq!(read("|a|\n|-|\n|![x](a.png)|\n").1[0].0, "T207");
    }

    #[test]
    fn what_the_form_has_no_place_for_is_found_at_its_place() {
        for (markdown, code, place) in [
            ("davor\n\n# Titel\n", "T201", "# Titel"),
            ("Titel\n---\n", "T201", "Titel"),
            ("a <b>fett</b>", "T202", "<b>"),
            ("<script>alert(1)</script>\n", "T202", "<script>alert(1)</script>"),
            ("davor\n\n    code\n", "T203", "code"),
            ("```\ncode\n```\n", "T203", "```"),
            ("> Zitat\n", "T204", "> Zitat"),
            ("a\n\n***\n", "T204", "***"),
            ("[x](javascript:alert(1))", "T205", "[x](javascript:alert(1))"),
            ("[x](datei.pdf)", "T205", "[x](datei.pdf)"),
        ] {
            let found = read(markdown).1;
            assert_eq!(found[0], (code.to_owned(), place.to_owned()), "{markdown:?}");
        }
    }

    #[test]
    fn words_are_apart_wherever_they_stand() {
        let all = "Ein *kurzes*\\\nWort.\n\n- a\n- b\n\n| c | d |\n|---|---|\n| e | **f** |\n\n![g](g.png)\n";
        let words = words(&read(all).0);
        assert_eq!(words.split_whitespace().collect::<Vec<_>>().join(" "), "Ein kurzes Wort. a b c d e f g");
        assert_eq!(super::words(&[]), "");
    }

    #[test]
    fn long_words_are_set_apart() {
        let word = "Rindfleischetikettierungsüberwachungsgesetz";
        assert_eq!(
            read(&format!("Das {word} gilt.")).0,
            vec![paragraph(vec![
                text("Das "),
                Inline::Word { parts: vec![format!("{word} ")], hyphenate: true },
                text("gilt."),
            ])]
        );
        let parts = |typed: &str| match &read(typed).0[..] {
            [Block::Paragraph { body }] => match &body[..] {
                [Inline::Word { parts, hyphenate }] => (parts.clone(), *hyphenate),
                _ => panic!("{body:?}"),
            },
            other => panic!("{other:?}"),
        };
        assert_eq!(parts(&"A".repeat(100)).0.len(), 4);
        let mail = parts("planung.und.entwurf@tiefbauamt.beispielstadt.example");
        assert_eq!((mail.0.concat().len(), mail.0.len(), mail.1), (52, 6, false));
        let page = "https://www.beispielstadt.example/rathaus/antrag-auf-sondernutzung.html";
        assert_eq!(parts(page), (vec![page.to_owned()], false));
    }

    #[test]
    fn what_word_brings_is_a_list_or_lines() {
        let one = |text_of: &str| vec![paragraph(vec![text(text_of)])];
        let list = |start, numbering: Option<&str>, tight, items: Vec<Vec<Block>>| Block::List {
            start,
            numbering: numbering.map(str::to_owned),
            tight,
            items,
        };
        let (blocks, findings) = read("Es kommen:\n•\tPoller\n•\tBänke\no\taus Holz\nDanach:\n▪ Abnahme");
        assert!(findings.is_empty(), "{findings:?}");
        let mut bench = one("Bänke");
        bench.push(list(None, None, true, vec![one("aus Holz")]));
        assert_eq!(
            blocks,
            [
                paragraph(vec![text("Es kommen:")]),
                list(None, None, true, vec![one("Poller"), bench]),
                paragraph(vec![text("Danach:")]),
                list(None, None, true, vec![one("Abnahme")]),
            ]
        );
        let lettered = read("b) Poller\n\nc) Bänke\n\nDann:\n\n(1) Bau\n(2) Kauf").0;
        assert_eq!(lettered[0], list(Some(2), Some("a)"), false, vec![one("Poller"), one("Bänke")]));
        assert_eq!(lettered[2], list(Some(1), Some("(1)"), true, vec![one("Bau"), one("Kauf")]));
        assert!(
            matches!(&read("1) a\n2) b").0[..], [Block::List { numbering: Some(sign), .. }] if sign == "1)")
        );
        let lines = vec![text("Stadt Münster"), Inline::Break, text("48155 Münster")];
        assert_eq!(read("Stadt Münster\n48155 Münster").0, [paragraph(lines)]);
        assert_eq!(read("Kosten\t100\t200").0, one("Kosten 100 200"));
        assert_eq!(read("5*6 m, 7*8 m, Bürger*innen").0, one("5*6 m, 7*8 m, Bürger*innen"));
    }

    #[test]
    fn deep_nesting_is_refused_and_cheap() {
        let (_, findings) = read(&"+ ".repeat(2000));
        assert_eq!(findings[0].0, "T210");
        read(&"*a ".repeat(20_000));
        read(&"[".repeat(20_000));
        read(&"> ".repeat(20_000));
    }
}
