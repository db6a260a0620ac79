//! The layers of DESIGN, guarded: dependencies go down only, no two files need each other, files stay short, each says what
//! it is for. What counts as a use is said in `imports`.

mod imports;

use std::collections::{BTreeMap, BTreeSet};

use self::imports::Sources;
use crate::program::{files_below, repository};

/// The modules from the bottom up. A module may use those of lower layers, and those before it in its own.
const LAYERS: &[&[&str]] = &[
    &["diagnostics", "files", "child", "day", "toml_tree"],
    &["record", "pdf"],
    &["check", "typeset", "bind"],
    &["packet", "print", "archive", "compare", "import"],
    &["run"],
    &["tasks"],
    &["report"],
    &["serve", "cli"],
    &["main"],
];

/// Names, and the only modules that may write them.
const GUARDED: &[(&[&str], &[&str])] = &[
    (&["lopdf"], &["pdf", "bind"]),
    (&["printpdf"], &["bind"]),
    (&["typst_pdf", "typst_layout", "typst_render", "typst_svg", "typst_eval"], &["typeset"]),
    (&["typst"], &["typeset", "record"]),
    (
        &[
            "fs::write",
            "File::create",
            "OpenOptions",
            "fs::rename",
            "fs::remove_file",
            "fs::remove_dir_all",
            "fs::create_dir_all",
            "fs::copy",
            "tempfile",
        ],
        &["files"],
    ),
    (&["println!", "eprintln!", "print!", "eprint!", "io::stderr", "io::stdout"], &["cli"]),
    (&["axum", "tokio", "hyper", "hyper_util", "tower", "html5gum"], &["serve"]),
    (&["maud"], &["serve", "packet"]),
    (&["ExitCode"], &["main"]),
    (&["process::exit"], &["child"]),
];

/// Names of types that a trait of another crate asks for.
const FORCED: &[&str] = &["Err"];

const MAX_LINES: usize = 500;

#[test]
fn dependencies_go_down() {
    let sources = sources();
    assert_eq!(climbing(&sources), Vec::<String>::new());
    let known: usize = sources.files().map(|file| sources.knows(file).len()).sum();
    assert!(known > 500, "the test no longer sees the imports");
}

#[test]
fn no_files_need_each_other() {
    assert_eq!(sources().circles(), Vec::<BTreeSet<String>>::new());
}

#[test]
fn what_a_layer_must_not_know_it_does_not_name() {
    assert_eq!(misplaced(&sources()), Vec::<String>::new());
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    for (path, text) in texts() {
        assert!(text.starts_with("//! "), "{path} does not open with its purpose");
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES, "{path} has {lines} lines");
    }
}

#[test]
fn a_name_names_one_type() {
    assert_eq!(shared_names(&sources()), Vec::<String>::new());
}

/// The names that stand for more than one type, with the files of these types.
fn shared_names(sources: &Sources) -> Vec<String> {
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in sources.files() {
        for name in sources.types(file).iter().filter(|name| !FORCED.contains(&name.as_str())) {
            names.entry(name).or_default().push(file);
        }
    }
    let shared = names.into_iter().filter(|(_, files)| files.len() > 1);
    shared.map(|(name, files)| format!("{name} is a type in {}", files.join(" and in "))).collect()
}

/// The dependencies that go up.
fn climbing(sources: &Sources) -> Vec<String> {
    let order: Vec<&str> = LAYERS.iter().flat_map(|layer| layer.iter().copied()).collect();
    let place = |file: &str| {
        let place = order.iter().position(|name| *name == room(file));
        place.unwrap_or_else(|| panic!("{file} has no layer"))
    };
    let mut climbing = Vec::new();
    for file in sources.files().filter(|file| *file != "lib.rs") {
        let known = sources.knows(file).into_iter();
        let above = known.filter(|known| known != "lib.rs" && place(known) > place(file));
        climbing.extend(above.map(|above| format!("{file} must not use {above}")));
    }
    climbing
}

/// The names that stand where they have no place.
fn misplaced(sources: &Sources) -> Vec<String> {
    let mut misplaced = Vec::new();
    for file in sources.files() {
        for name in sources.named(file) {
            let path = format!("::{name}::");
            let is_guarded = |(words, rooms): &&(&[&str], &[&str])| {
                !rooms.contains(&room(file)) && words.iter().any(|word| path.contains(&format!("::{word}::")))
            };
            if GUARDED.iter().any(|guarded| is_guarded(&guarded)) {
                misplaced.push(format!("{file}: {name} has no place here"));
            }
        }
    }
    misplaced
}

/// The module at the top that a file belongs to.
fn room(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

fn sources() -> Sources {
    Sources::read(texts())
}

fn texts() -> Vec<(String, String)> {
    let root = repository().join("src");
    let files = files_below(&root, "rs").into_iter();
    files
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().components();
            let name = name.map(|part| part.as_os_str().to_str().unwrap()).collect::<Vec<_>>().join("/");
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// Sources that are made up, all other files of the crate left out.
fn made_up(files: &[(&str, &str)]) -> Sources {
    Sources::read(files.iter().map(|(path, text)| (format!("{path}.rs"), *text)))
}

/// The circles of made-up sources, each as the names of its files.
fn circles(files: &[(&str, &str)]) -> Vec<String> {
    let circles = made_up(files).circles().into_iter();
    circles.map(|circle| circle.into_iter().collect::<Vec<_>>().join(" ").replace(".rs", "")).collect()
}

#[test]
fn a_circle_is_seen_however_it_is_written() {
    let there = [
        "use crate::a::Thing;",
        "use crate::{a::{self, Thing}};",
        "use crate::a::*;",
        "use crate::a::Thing as Other;",
        "use super::a::Thing;",
        "use super::a; fn f() -> a::Thing { a::Thing }",
        "fn f(thing: crate::a::Thing) {}",
        "fn f() { println!(\"{}\", crate::a::f(1)) }",
        "fn f() { use crate::a::Thing; }",
        "fn f() -> Vec<super::a::Thing> { (0..super::a::MOST).map(drop).collect() }",
        "mod inner { use super::super::a::Thing; }",
        "pub use crate::a::Thing;",
        "pub(crate) use super::a::Thing;",
    ];
    for there in there {
        let back = "use crate::b::Word; pub struct Thing;";
        assert_eq!(circles(&[("lib", "mod a; mod b;"), ("a", back), ("b", there)]), ["a b"], "{there}");
        assert_eq!(
            circles(&[("a", "use crate::b::Word;"), ("b", "use crate::c::X;"), ("c", there)]),
            ["a b c"]
        );
    }
}

#[test]
fn what_is_handed_on_counts_where_it_is_defined() {
    // A door with signs only is no circle, whoever goes through it.
    let door = "mod b; mod c; pub use b::Thing; pub use c::*;";
    let through = "use super::Thing; use super::b; fn f() { b::g() }";
    assert_eq!(circles(&[("a/mod", door), ("a/b", "pub struct Thing;"), ("a/c", through)]), [""; 0]);
    assert_eq!(
        made_up(&[("a/mod", door), ("a/b", ""), ("d", "use crate::a::Thing;")]).uses("d.rs"),
        BTreeSet::from(["a/b.rs".to_owned()])
    );
    // One that needs what is behind it is a circle with all that need it.
    let needs = "mod b; pub use b::Thing; pub struct Own(Thing);";
    assert_eq!(circles(&[("a/mod", needs), ("a/b", "use super::Own;")]), ["a/b a/mod"]);
    assert_eq!(circles(&[("a/mod", "mod b; fn f() { b::g() }"), ("a/b", "use super::Own;")]), ["a/b a/mod"]);
    assert_eq!(circles(&[("a/mod", "mod b; fn f() { b::g() }"), ("a/b", "fn g() {}")]), [""; 0]);
    // A function and its module may have one name.
    let same = "mod b; pub use b::b; mod c;";
    assert_eq!(
        circles(&[("a/mod", same), ("a/b", "use super::c::d;"), ("a/c", "use super::b;")]),
        ["a/b a/c"]
    );
}

#[test]
fn only_tests_are_left_out() {
    let with = |a: &str| circles(&[("a", a), ("b", "use crate::a::Thing;")]);
    let tests = "#[cfg(test)] mod tests { use crate::b::Word; }";
    assert_eq!(with(tests), [""; 0]);
    assert_eq!(with("#[cfg(test)] use crate::b::{Word, More}; fn f() {}"), [""; 0]);
    assert_eq!(with("#[cfg(test)] fn f() -> crate::b::Word { crate::b::g() }"), [""; 0]);
    assert_eq!(with(&format!("{tests} use crate::b::Word;")), ["a b"]);
    assert_eq!(with("#[cfg(test)] mod tests; use crate::b::Word;"), ["a b"]);
    assert_eq!(with("#[cfg(test)] #[allow(unused)] use crate::b::{Word}; fn f() { crate::b::g() }"), ["a b"]);
    assert_eq!(with("/// Not [`crate::b::Word`].\nfn f() {} // use crate::b::Word;"), [""; 0]);
    // A file of tests is none of the crate.
    let file =
        [("a/mod", "#[cfg(test)] mod tests; pub fn f() {}"), ("a/tests", "use super::f; use lopdf::X;")];
    assert_eq!(made_up(&file).files().collect::<Vec<_>>(), ["a/mod.rs"]);
}

#[test]
fn an_import_that_goes_up_is_seen() {
    let up = |text: &str| climbing(&made_up(&[("bind/mod", "pub struct Part;"), ("record/mod", text)]));
    let seen = ["record/mod.rs must not use bind/mod.rs"];
    assert_eq!(up("use crate::bind::Part;"), seen);
    assert_eq!(up("use crate::bind;"), seen);
    assert_eq!(up("#[cfg(test)] mod tests {} fn f() { crate::bind::f() }"), seen);
    assert_eq!(up("#[cfg(test)] mod tests { use crate::bind::Part; }"), [""; 0]);
    let down =
        [("bind/mod", "use crate::record::Day;"), ("record/mod", "pub use crate::day::Day;"), ("day", "")];
    assert_eq!(climbing(&made_up(&down)), [""; 0]);
}

#[test]
fn a_name_of_two_types_is_seen() {
    let shared = |text: &str| shared_names(&made_up(&[("a", "pub struct Thing; struct Own;"), ("b", text)]));
    for text in [
        "pub(crate) struct Thing(u8);",
        "#[derive(Debug)] enum Thing { A }",
        "trait Thing {}",
        "type Thing = u8;",
        "mod inner { struct Thing {} }",
        "fn f() { struct Thing; }",
        "#[cfg(test)] mod tests {} struct Thing;",
    ] {
        assert_eq!(shared(text), ["Thing is a type in a.rs and in b.rs"], "{text}");
    }
    assert_eq!(shared("#[cfg(test)] mod tests { struct Thing; }"), [""; 0]);
    assert_eq!(shared("use crate::a::Thing; impl Thing { fn f(thing: Thing) {} } // struct Thing;"), [""; 0]);
    assert_eq!(shared("impl FromStr for X { type Err = A; } impl FromStr for Y { type Err = B; }"), [""; 0]);
}

#[test]
fn a_name_out_of_place_is_seen() {
    let named = |text: &str| misplaced(&made_up(&[("check/mod", text)])).len();
    for text in [
        "use lopdf::Document;",
        "use std::fs::{self, write};",
        "fn f() { std::fs::rename(a, b) }",
        "fn f() { vec![format!(\"{}\", typst_pdf::pdf())] }",
        "#[cfg(test)] mod tests {} fn f() { eprintln!(\"\") }",
    ] {
        assert_eq!(named(text), 1, "{text}");
    }
    assert_eq!(named("use std::fs::read; use typst_syntax::A; // lopdf::Document\nfn f(println: u8) {}"), 0);
}
