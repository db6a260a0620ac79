//! Tries the patterns of many cities.

use std::collections::BTreeMap;

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::*;

/// In tests a number is one of Münster's.
impl std::str::FromStr for Number {
    type Err = std::fmt::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        NumberPatterns::default().read(text).ok_or(std::fmt::Error)
    }
}

/// A number, its file name, and the number that it is a supplement to.
type NumberCase = (&'static str, &'static str, Option<&'static str>);

/// The patterns of cities, each with numbers.
const CITIES: &[(&[&str], &[NumberCase])] = &[
    (
        &["V/####/JJJJ", "V/####/JJJJ/#*"],
        &[("V/0056/2025", "V-0056-2025", None), ("V/0716/2023/1", "V-0716-2023-1", Some("V/0716/2023"))],
    ),
    (&["VIII-DS-#####"], &[("VIII-DS-01234", "VIII-DS-01234", None)]),
    (
        &["VO/JJJJ/#####[-##[-##]]"],
        &[
            ("VO/2023/12345", "VO-2023-12345", None),
            ("VO/2023/12345-01", "VO-2023-12345-01", Some("VO/2023/12345")),
            ("VO/2023/12345-01-02", "VO-2023-12345-01-02", Some("VO/2023/12345-01")),
        ],
    ),
    (
        &["FB ##/####/WP##[-#]"],
        &[
            ("FB 56/0123/WP18", "FB-56-0123-WP18", None),
            ("FB 56/0123/WP18-1", "FB-56-0123-WP18-1", Some("FB 56/0123/WP18")),
        ],
    ),
    (
        &["WP#*/JJJJ[ #*. Ergänzung]"],
        &[
            ("WP12/2025", "WP12-2025", None),
            ("WP12/2025 1. Ergänzung", "WP12-2025-1-Ergaenzung", Some("WP12/2025")),
        ],
    ),
    (&["GRDrs #*/JJJJ"], &[("GRDrs 17/2025", "GRDrs-17-2025", None)]),
    (&["#*/JJ"], &[("123/25", "123-25", None)]),
];

fn patterns(written: &[&str]) -> Result<NumberPatterns, PatternFault> {
    let written = written.iter().map(|pattern| (*pattern).to_owned()).collect();
    NumberPatterns::new(&[("vorlage".into(), written)])
}

#[test]
fn every_city_counts_in_its_way() {
    for (written, numbers) in CITIES {
        let patterns = patterns(written).unwrap();
        let expression = regex::Regex::new(&patterns.expression()).unwrap();
        for (text, stem, main) in *numbers {
            let number = patterns.read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((number.as_str(), number.file_stem().as_str()), (*text, *stem));
            assert_eq!(number.main().as_ref().map(Number::as_str), *main, "{text}");
            assert!(expression.is_match(text), "{text}");
            let year = text.split(|c: char| !c.is_ascii_digit()).find(|part| part.starts_with("20"));
            assert_eq!(number.year().map(|year| year.to_string()).as_deref(), year, "{text}");
            for other in
                [format!("{text}0/"), format!(" {text}"), text.to_lowercase() + "x", format!("x{text}")]
            {
                assert_eq!(patterns.read(&other), None, "{other}");
            }
        }
        assert!(patterns.read(&patterns.example()).is_some());
    }
}

#[test]
fn a_number_has_one_spelling() {
    let default = NumberPatterns::default();
    for text in [
        "",
        "V",
        "V/56/2025",
        "v/0056/2025",
        "V/0056/25",
        "V/0056/2025/0",
        "V/0056/2025/",
        "V/0056/2025/1/2",
        "V/+056/2025",
        "V/0056/2025/001",
        "V/٠٠٥٦/2025",
    ] {
        assert_eq!(default.read(text), None, "{text}");
    }
    assert_eq!(default.unknown(), "V/????/????");
}

#[test]
fn what_was_meant_is_written_as_the_city_counts() {
    for (written, typed, meant) in [
        (&["V/####/JJJJ", "V/####/JJJJ/#*"][..], "v 56-25", Some("V/0056/2025")),
        (&["V/####/JJJJ", "V/####/JJJJ/#*"], "0056/2025", Some("V/0056/2025")),
        (&["V/####/JJJJ", "V/####/JJJJ/#*"], "V/56/2025/01", Some("V/0056/2025/1")),
        (&["V/####/JJJJ", "V/####/JJJJ/#*"], "V/1/2/2025", None),
        (&["V/####/JJJJ", "V/####/JJJJ/#*"], "V/12345/2025", None),
        (&["VIII-DS-#####"], "viii ds 1234", Some("VIII-DS-01234")),
        (&["VO/JJJJ/#####[-##[-##]]"], "VO 23 12345 1", Some("VO/2023/12345-01")),
        (&["FB ##/####/WP##[-#]"], "FB56/123/WP18", Some("FB 56/0123/WP18")),
        (&["WP#*/JJJJ[ #*. Ergänzung]"], "wp 12/25 1 ergänzung", Some("WP12/2025 1. Ergänzung")),
        (&["GRDrs #*/JJJJ"], "GRDRS 017/2025", Some("GRDrs 17/2025")),
        (&["#*/JJ"], "123/2025", Some("123/25")),
        (&["#*/JJ"], "V/123/25", None),
    ] {
        let number = patterns(written).unwrap().meant(typed);
        assert_eq!(number.as_ref().map(Number::as_str), meant, "{typed}");
    }
}

#[test]
fn patterns_that_cannot_work_are_refused() {
    for (written, problem) in [
        (&["V"][..], "Stelle für Ziffern"),
        (&["V/[##"], "Klammer"),
        (&["V/##]"], "Klammer"),
        (&["[[[[[[[[[#]]]]]]]]]"], "verschachtelt"),
        (&["#[1][2][3][4][5][6][7]"], "zu viele"),
        (&["/##"], "anfangen"),
        (&["#*#"], "nächste Zahl"),
        (&["#*JJ"], "nächste Zahl"),
        (&["COM#"], "etwas anderes"),
        (&["V-Anlage-#"], "etwas anderes"),
        (&["V/##\n"], "Steuerzeichen"),
        (&["V/##", "V-##"], "denselben Dateinamen"),
        (&["V/##", "v/##"], "denselben Dateinamen"),
        (&["Vä#", "Vae#"], "denselben Dateinamen"),
        (&["V #[/#]", "V#*-#"], ""),
        (&["V/##[.]"], "denselben Dateinamen"),
        (&["V/#*.#", "V/##/#"], "denselben Dateinamen"),
    ] {
        match patterns(written) {
            Err(fault) => {
                assert!(!problem.is_empty() && fault.message.contains(problem), "{written:?}: {fault:?}")
            }
            Ok(_) => assert!(problem.is_empty(), "{written:?}"),
        }
    }
    let long = "#".repeat(61);
    assert!(patterns(&[&long]).unwrap_err().message.contains("länger"));
    let others = [("antrag".to_owned(), vec!["A-R/####/JJJJ".to_owned()])];
    let both = NumberPatterns::new(&others).unwrap();
    assert!(both.is_default() && both.is_of_another_paper("A-R/0043/2026"));
    assert!(both.read("A-R/0043/2026").is_none());
}

/// As Windows and macOS compare names.
fn compared(name: &str) -> String {
    name.nfd().flat_map(char::to_uppercase).collect::<String>().trim_end_matches(['.', ' ']).to_owned()
}

proptest! {
    #[test]
    fn two_numbers_never_give_one_name(
        written in proptest::collection::vec("[VvAaäÄ]{0,2}[#/. J-]{0,2}(#|#\\*|JJ|JJJJ)[/ .-]{0,2}(\\[[/-][#a]{1,2}\\])?[vV#]{0,2}", 1..4),
    ) {
        let written: Vec<&str> = written.iter().map(String::as_str).collect();
        if let Ok(patterns) = patterns(&written) {
            let mut names: BTreeMap<String, String> = BTreeMap::new();
            for form in &patterns.proposals {
                for seed in (0..120).chain([1000, 2025]) {
                    let text = form.example(seed);
                    let Some(number) = patterns.read(&text) else { continue };
                    prop_assert!(number.file_stem().bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-'));
                    let other = names.insert(compared(&number.file_stem()), text.clone());
                    prop_assert!(other.as_ref().is_none_or(|other| *other == text), "{other:?} {text} {written:?}");
                }
            }
        }
    }
}
