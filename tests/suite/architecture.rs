//! The layers of DESIGN, guarded: dependencies go down only, files stay short, each says what it is for.

use std::path::PathBuf;

use crate::program::{files_below, repository};

/// The modules from the bottom up. A module may use those of lower layers, and those before it in its own.
const LAYERS: &[&[&str]] = &[
    &["day", "diagnostics", "files", "child", "toml_tree"],
    &["record"],
    &["check"],
    &["typeset"],
    &["pdf", "bind", "archive"],
    &["run"],
    &["tasks"],
    &["cli"],
];

const MAX_LINES: usize = 500;

#[test]
fn dependencies_go_down() {
    let order: Vec<&str> = LAYERS.iter().flat_map(|layer| layer.iter().copied()).collect();
    let mut seen = 0;
    for (path, text) in sources() {
        let module = module(&path);
        let Some(own) = order.iter().position(|name| *name == module) else {
            assert!(["lib", "main"].contains(&module.as_str()), "{module} has no layer");
            continue;
        };
        for used in modules_used(production(&text)) {
            let other = order.iter().position(|name| *name == used);
            let other = other.unwrap_or_else(|| panic!("{}: {used} has no layer", path.display()));
            assert!(other <= own, "{}: {module} must not use {used}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 50, "the test no longer sees the imports");
}

#[test]
fn what_a_layer_must_not_know_it_does_not_name() {
    for (path, text) in sources() {
        let module = module(&path);
        let code = production(&text);
        let forbid = |words: &[&str], allowed: &[&str]| {
            for word in words.iter().filter(|_| !allowed.contains(&module.as_str())) {
                assert!(!code.contains(word), "{}: {word} has no place here", path.display());
            }
        };
        forbid(&["lopdf::"], &["pdf", "bind", "archive"]);
        forbid(&["typst_pdf", "typst_layout", "typst_render", "typst_eval"], &["typeset"]);
        forbid(&["typst::"], &["typeset", "record"]);
        forbid(
            &["fs::write", "File::create", "OpenOptions", "fs::rename", "fs::remove", "tempfile"],
            &["files"],
        );
        forbid(&["println!", "eprintln!", "io::stderr", "io::stdout"], &["cli"]);
        forbid(&["ExitCode"], &["main"]);
        forbid(&["process::exit"], &["child"]);
    }
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    for (path, text) in sources() {
        assert!(text.starts_with("//! "), "{} does not open with its purpose", path.display());
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines", path.display());
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let root = repository().join("src");
    let files = files_below(&root, "rs").into_iter();
    files
        .map(|path| {
            (path.strip_prefix(&root).unwrap().to_path_buf(), std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn module(path: &std::path::Path) -> String {
    let first = path.iter().next().unwrap().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The text without its tests.
fn production(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap()
}

fn modules_used(text: &str) -> Vec<String> {
    text.match_indices("crate::")
        .map(|(at, start)| {
            text[at + start.len()..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect()
        })
        .filter(|name: &String| !name.is_empty())
        .collect()
}
