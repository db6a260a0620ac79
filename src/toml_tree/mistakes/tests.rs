//! Texts that lead the parser astray, and what is said of them.

use super::*;
use crate::toml_tree;

/// The findings: code, line, message.
fn found(text: &str) -> Vec<(String, usize, String)> {
    let (_, findings) = toml_tree::parse(&Source::new("a.toml", text));
    findings.iter().map(|one| (one.code.id.to_string(), one.line(), one.message.clone())).collect()
}

fn texts(text: &str) -> Vec<String> {
    let (tree, _) = toml_tree::parse(&Source::new("a.toml", text));
    tree.walk().filter_map(|node| node.as_str().map(str::to_owned)).collect()
}

#[test]
fn a_text_that_swallows_keys_is_one_finding_at_its_quotes() {
    for (text, place) in [
        // The next text ends it.
        (
            "[a]\nx = \"\"\"\nEins.\n\ny = \"\"\"\nZwei.\"\"\"\nz = 1\n",
            "endet erst in Zeile 5; vermutlich fehlt \"\"\" vor Zeile 5.",
        ),
        // A comment ends it, and the rest can be read.
        (
            "[a]\nx = \"\"\"\nEins.\n\n# Der Block\n[[b]]\nc = \"ja\"\n# d = \"\"\"\n# \"\"\"\n[e]\n",
            "endet erst in Zeile 8; vermutlich fehlt \"\"\" vor Zeile 5.",
        ),
        ("[a]\nx = \"\"\"Eins.\nb = { c = 1, d = \"\"\"\nZwei.\"\"\" }\n", "vor Zeile 3."),
        ("[a]\nx = '''\nEins.\ny = 1\n", "endet erst am Ende der Datei; vermutlich fehlt ''' vor Zeile 4."),
        ("[a]\nx = \"\"\"\nEins.\nZwei", "bis zum Ende der Datei kommt kein \"\"\"."),
    ] {
        let found = found(text);
        let [(code, line, message)] = &found[..] else { panic!("{text}: {found:?}") };
        assert_eq!((code.as_str(), *line), ("T013", 2), "{text}");
        assert!(message.contains(place), "{message}");
    }
    for sound in [
        "x = \"\"\"\nEin Absatz\ny = 5 ist eine Gleichung\n[1] Quelle\"\"\"\ny = '''\n\"\"\"'''\n",
        "x = \"\"\"a\\\"\"\"b\"\"\"\"\"\ny = 'a\"'\nz = \"'''\" # '''\n",
    ] {
        assert_eq!(found(sound), [], "{sound}");
    }
}

#[test]
fn what_was_mended_in_the_copy_is_read_as_it_was_meant() {
    assert_eq!(
        texts("a = ”””\nDer \"Bau\" soll.”””\nb = „x“\nc = [„y“, “z”]\n"),
        ["Der \"Bau\" soll.", "x", "y", "z"]
    );
    assert_eq!(texts("a\u{a0}=\u{a0}\"x\u{a0}y\"\u{a0}# z\n"), ["x\u{a0}y"]);
    let conflict = "a = 1\n<<<<<<< HEAD\nb = 'unser'\n=======\nb = 'ihr'\n>>>>>>> andere\nc = '''\n<<<<<<< HEAD\neins\n=======\nzwei\n>>>>>>> andere'''\n";
    let texts = texts(conflict);
    assert_eq!((texts[0].as_str(), texts[1].trim()), ("unser", "eins"));
}

#[test]
fn the_same_mistake_is_said_once() {
    let lines = |line: &str| line.repeat(300);
    let many: String = (0..300).map(|at| format!("a{at} = „x“\n")).collect();
    let [(code, 1, message)] = &found(&many)[..] else { panic!() };
    assert!(code == "T004" && message.contains("ebenso in 299 weiteren Zeilen ab Zeile 2"), "{message}");
    assert_eq!(found(&lines("\u{a0}# x\n")).len(), 1);
    let marks = "<<<<<<< a\n=======\n>>>>>>> b\n";
    let [(code, 1, message)] = &found(marks)[..] else { panic!() };
    assert!(code == "T014" && message.contains("in den Zeilen 1, 2, 3."), "{message}");
    assert_eq!(found(&lines(marks)).len(), 1);
    // A line under a heading is no mark by itself.
    assert_eq!(found("a = '''\nTitel\n=======\n'''\n"), []);
}

#[test]
fn a_text_of_several_lines_between_single_quotes_is_one_finding() {
    let text = "[a]\nx = \"Eins.\nZwei \"drei\" und\n\nvier # fünf\"  # sechs\r\ny = \"Sieben\r\n\r\nacht\"\nz = 1\n";
    let source = Source::new("a.toml", text);
    let (_, findings) = toml_tree::parse(&source);
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!((finding.code.id.as_ref(), finding.position()), ("T004", (2, 5)));
    assert_eq!(
        finding.message,
        "Dieser Text geht bis Zeile 5, steht aber zwischen Anführungszeichen für eine Zeile; ebenso in Zeile 6."
    );
    assert_eq!(finding.hint.as_deref(), Some("Am Anfang und am Ende des Textes stehen drei: x = \"\"\""));
    assert_eq!(texts(text), ["Eins. Zwei 'drei' und\nvier # fünf", "Sieben\n\nacht"]);
    // As it is typed by those who follow the help.
    let typed = ["x = ", "y = "]
        .iter()
        .fold(text.to_owned(), |text, key| text.replace(&format!("{key}\""), &format!("{key}\"\"\"")));
    let typed = typed.replace("fünf\"", "fünf\"\"\"").replace("acht\"", "acht\"\"\"");
    assert_eq!(found(&typed), []);
    // Where a key follows, or nothing closes it, nobody knows where it ends.
    for text in ["x = \"Eins.\ny = \"zwei\"\n", "x = \"Eins.\nZwei", "x = [\"Eins.\nZwei\"]\n"] {
        let found = found(text);
        assert!(found[0].2.starts_with("Der Text ist nicht geschlossen"), "{text}: {found:?}");
    }
}

#[test]
fn a_header_without_its_dot_is_read_as_it_was_meant() {
    for (typed, right) in [
        ("[anlage A]", "[anlage.A]"),
        ("  [anlage\t A]  # neu", "[anlage.A]"),
        ("[anlage : A]", "[anlage.A]"),
        ("[[anlage A.finanzierung]]", "[[anlage.A.finanzierung]]"),
        ("[[anlage.A finanzierung]]\r", "[[anlage.A.finanzierung]]"),
    ] {
        let text = format!("x = [\n  [1, 2]\n]\n{typed}\ny = 1\n");
        let (tree, findings) = toml_tree::parse(&Source::new("a.toml", text.as_str()));
        let [finding] = &findings[..] else { panic!("{typed}: {findings:?}") };
        assert_eq!((finding.code.id.as_ref(), finding.line()), ("T004", 4), "{typed}");
        assert_eq!(finding.hint, Some(format!("So ist es richtig: {right}")), "{typed}");
        let (as_typed, _) = toml_tree::parse(&Source::new("a.toml", text.replace(typed, right)));
        assert_eq!(tree.to_json(), as_typed.to_json(), "{typed}");
    }
    let sound = "[a.b]\n[ c . d ]\n[[\"e f\"]]\ng = [\n [ 1 ],\n]\nh = \"\"\"\n[i j]\n\"\"\"\n# [k l]\n";
    assert_eq!(found(sound), []);
}
