//! The pages for people: their commands run, their TOML is what the program takes, their links lead somewhere.
//!
//! The rule for fenced blocks: in a `console` block each line is a command behind `$ ` and is tried here. All other kinds
//! are only shown: `toml` is read, `sh` is for tools that are not ours, `text`, `rust`, `typst` and `json` are no commands.

use std::path::{Path, PathBuf};

use crate::examples::copy;
use crate::program::{Project, files_below, repository};

/// Kinds of blocks that are shown and hold no commands of this project.
const SHOWN: [&str; 6] = ["toml", "sh", "text", "rust", "typst", "json"];
/// What worked examples add.
const ADDED: [&str; 2] = ["src/cli/root.rs", "templates/etatvermerk"];
/// The guide to a form of one's own.
const GUIDE: &str = "templates/README.md";
/// The page with what forms are made of.
const PARTS: &str = "docs/form-parts.md";
/// What a newcomer meets first has to be short.
const MAX_LINES_OF_README: usize = 200;

/// A fenced block of a page.
struct Block {
    kind: String,
    text: String,
}

#[test]
fn commands_run() {
    let mut ran = 0;
    for page in pages().into_iter().filter(|page| !is_followed(page)) {
        // Each page stands alone: its commands run one after another, in a copy of what a newcomer has.
        let project = newcomer();
        for command in commands(&page) {
            ran += usize::from(try_command(&project, &command, &page));
        }
    }
    assert!(ran >= 30, "only {ran} commands of the program on all pages");
}

#[test]
fn toml_is_what_the_program_takes() {
    let mut taken = 0;
    for page in pages() {
        for block in blocks(&page).iter().filter(|block| block.kind == "toml") {
            let place = format!("{}:\n{}", page.display(), block.text);
            let table: toml::Table = block.text.parse().unwrap_or_else(|error| panic!("{place}{error}"));
            // What a worked example adds is not there yet; a page about a form is tried as a whole.
            if !page.ends_with("CONTRIBUTING.md") && !is_followed(&page) {
                taken += usize::from(try_toml(&table, &block.text, &place));
            }
        }
    }
    assert!(taken >= 4, "only {taken} records, sessions and settings on all pages");
}

#[test]
fn the_guide_to_a_form_works_word_by_word() {
    let (project, said) = follow(GUIDE, "etatvermerk", "V-0101-2026-Anlage-A-1.png");
    assert!(said.contains("geprüft: keine Befunde") && said.contains("geprüft: 0 Befunde"), "{said}");
    assert!(project.path().join("V-0102-2026.toml").is_file());

    let example = "templates/etatvermerk/example.toml";
    let text = String::from_utf8(project.read(example)).unwrap();
    let without = text.lines().filter(|line| !line.starts_with("betrag")).collect::<Vec<_>>().join("\n");
    for (changed, code) in
        [(without, "T102"), (text.replace("aufwand ", "nicht_beruehrt = true\naufwand "), "F401")]
    {
        project.write(example, changed);
        let run = project.run(&["check", example]);
        assert!(run.stderr.contains(code), "{code}: {}", run.stderr);
    }
    if let Some(veracheck) = crate::conformance::veracheck() {
        crate::conformance::judge_files(&veracheck, &project, "2a,ua1");
    }
}

#[test]
fn the_parts_of_forms_are_as_their_page_shows_them() {
    let (project, _) = follow(PARTS, "teile", "V-0103-2026-Anlage-A-1.png");
    let example = "templates/teile/example.toml";
    let run = project.run(&["form", "check", "teile"]);
    assert!(run.stderr.contains("geprüft: 0 Befunde"), "{}", run.stderr);
    assert_eq!(project.run(&["render", example]).code, 0);
    let words =
        crate::pdf::Pdf::read(&project.read("out/anlagen/V-0103-2026-Anlage-A.pdf")).words().join(" ");
    let words = words.replace('\u{a0}', " ");
    for computed in
        ["Höhe von 51.250,50 €", "Summe 51.250,50 € 28.800,00 €", "−1.000,00 €", "Eigenanteil: 22.450,50 €"]
    {
        assert!(words.contains(computed), "{computed}: {words}");
    }
    let text = String::from_utf8(project.read(example)).unwrap();
    project.write(example, text.replace("kosten    = \"ja\"", "kosten    = \"nein\""));
    assert_eq!(project.run(&["render", example]).code, 0);
    let words =
        crate::pdf::Pdf::read(&project.read("out/anlagen/V-0103-2026-Anlage-A.pdf")).words().join(" ");
    assert!(!words.contains("Summe") && !words.contains("51.250,50"), "only after yes: {words}");
    if let Some(veracheck) = crate::conformance::veracheck() {
        crate::conformance::judge_files(&veracheck, &project, "2a,ua1");
    }
}

/// Does what a page says about a form, in an empty folder: its files are written and its commands run, in their order,
/// and the page in it is that of the picture. Gives what was printed for people.
fn follow(page: &str, form: &str, picture: &str) -> (Project, String) {
    let text = std::fs::read_to_string(repository().join(page)).unwrap();
    let project = Project::new();
    let (mut files, mut said) = (0, String::new());
    for step in text.split("\n## ").skip(1) {
        // A bold name is that of the next file.
        let mut names = step.split("**`").skip(1).filter_map(|rest| rest.split("`**").next());
        for block in blocks_of(step).into_iter().filter(|block| block.kind != "sh") {
            if block.kind != "console" {
                let name = names.next().unwrap_or_else(|| panic!("what file is this?\n{}", block.text));
                project.write(&format!("templates/{form}/{name}"), block.text);
                files += 1;
                continue;
            }
            for command in block.text.lines() {
                let words: Vec<&str> = command.split_whitespace().skip(2).collect();
                let run = project.run(&words);
                assert_eq!(run.code, 0, "{command}: {}", run.stderr);
                said += &run.stderr;
            }
        }
    }
    assert!(files >= 4, "{page} has {files} files");
    let shown = repository().join("docs/pictures/anlagen").join(picture);
    crate::golden::is_picture_of(&shown, &project.read(&format!("pictures/anlagen/{picture}")));
    (project, said)
}

#[test]
fn blocks_are_of_a_kind_that_is_known() {
    for page in pages() {
        for Block { kind, text } in blocks(&page) {
            let place = format!("{}:\n{text}", page.display());
            assert!(kind == "console" || SHOWN.contains(&kind.as_str()), "{kind:?} in {place}");
            assert!(kind != "console" || text.lines().all(|line| line.starts_with("$ ")), "{place}");
        }
    }
}

#[test]
fn links_lead_somewhere() {
    for page in pages() {
        let text = without_blocks(&std::fs::read_to_string(&page).unwrap());
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            // The picture in the description of long texts is no file of the repository.
            if target.starts_with("http") || target.starts_with("plan.png") {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { page.clone() } else { page.with_file_name(file) };
            assert!(file.exists(), "{}: {target}", page.display());
            assert!(heading.is_empty() || anchors(&file).contains(&heading.to_owned()), "{target}");
        }
    }
}

#[test]
fn places_in_the_code_are_there() {
    let mut seen = 0;
    for page in pages() {
        let text = without_blocks(&std::fs::read_to_string(&page).unwrap());
        let places = text.split('`').skip(1).step_by(2);
        for place in places.filter(|place| place.starts_with("src/") || place.starts_with("templates/")) {
            let is_there = repository().join(place).exists() || ADDED.contains(&place);
            assert!(is_there, "{}: {place} is not there", page.display());
            seen += 1;
        }
    }
    assert!(seen > 20, "only {seen} places");
}

#[test]
fn the_front_door_is_narrow() {
    let lines = std::fs::read_to_string(repository().join("README.md")).unwrap().lines().count();
    assert!(lines <= MAX_LINES_OF_README, "the README has {lines} lines; docs/ has room");
}

/// Whether a page makes a form, and is done as a whole.
fn is_followed(page: &Path) -> bool {
    page.ends_with(GUIDE) || page.ends_with(PARTS)
}

/// All pages but the reference of findings, which is generated and has its own test.
fn pages() -> Vec<PathBuf> {
    let mut pages = files_below(&repository().join("docs"), "md");
    pages.retain(|page| !page.ends_with("befunde.md"));
    let others = ["README.md", "CONTRIBUTING.md", GUIDE, "tests/README.md", "benches/peers/README.md"];
    pages.extend(others.map(|page| repository().join(page)));
    pages
}

fn blocks(page: &Path) -> Vec<Block> {
    blocks_of(&std::fs::read_to_string(page).unwrap())
}

/// The fenced blocks of a text, without the indentation that those of a numbered step have.
fn blocks_of(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line.trim_start().strip_prefix("```") else { continue };
        let indent = line.len() - line.trim_start().len();
        let inside = lines.by_ref().take_while(|line| !line.trim_start().starts_with("```"));
        let text = inside.map(|line| line.get(indent..).unwrap_or_default().to_owned() + "\n").collect();
        blocks.push(Block { kind: kind.to_owned(), text });
    }
    blocks
}

fn without_blocks(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

fn commands(page: &Path) -> Vec<String> {
    let console = blocks(page).into_iter().filter(|block| block.kind == "console");
    console
        .flat_map(|block| block.text.lines().map(|line| line[2..].to_owned()).collect::<Vec<_>>())
        .collect()
}

/// The headings of a page as GitHub names them in links.
fn anchors(page: &Path) -> Vec<String> {
    let text = without_blocks(&std::fs::read_to_string(page).unwrap());
    let headings =
        text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_matches(['#', ' ']));
    headings
        .map(|heading| {
            let kept = heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
            kept.collect::<String>().to_lowercase().replace(' ', "-")
        })
        .collect()
}

/// The examples and forms in a folder that is a project of its own, as the repository is none.
fn newcomer() -> Project {
    let project = Project::new();
    for folder in ["examples", "templates"] {
        copy(&repository().join(folder), &project.path().join(folder));
    }
    std::fs::remove_file(project.path().join("anlage.toml")).unwrap();
    project
}

/// Runs a command of the program. Of others it is only tried whether they name what is there: they take minutes, need
/// tools that are not ours, or run this test. Says whether it ran.
fn try_command(project: &Project, command: &str, page: &Path) -> bool {
    let place = format!("{}: {command}", page.display());
    let command = command.replace("cargo run --release -- ", "anlage ");
    let words: Vec<&str> =
        command.split_whitespace().skip_while(|word| word.contains('=') && !word.starts_with('-')).collect();
    match words[0] {
        "anlage" => {
            let (arguments, output) = match words.iter().position(|word| *word == ">") {
                Some(at) => (&words[1..at], Some(words[at + 1])),
                None => (&words[1..], None),
            };
            let run = project.run(arguments);
            assert_eq!(run.code, 0, "{place}: {}", run.stderr);
            if let Some(file) = output {
                project.write(file, run.stdout);
            }
            return true;
        }
        "cargo" => try_cargo(&words[1..], &place),
        "bash" | "python3" | "node" => assert!(repository().join(words[1]).is_file(), "{place}"),
        "git" | "rustup" => {}
        path => assert!(path.contains('/') && repository().join(path).is_file(), "{place}"),
    }
    false
}

/// Tries whether the tests and benchmarks exist that a call of cargo names.
fn try_cargo(words: &[&str], place: &str) {
    let known = ["test", "bench", "check", "clippy", "fmt", "doc", "install", "+nightly"];
    assert!(known.contains(&words[0]), "{place}");
    let after = |flag: &str| words.iter().position(|word| *word == flag).and_then(|at| words.get(at + 1));
    if let Some(name) = after("--bench") {
        let manifest = std::fs::read_to_string(repository().join("Cargo.toml")).unwrap();
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{place}");
    }
    if let Some(filter) = after("suite").filter(|filter| !filter.starts_with('-')) {
        let (module, test) = filter.split_once("::").unwrap_or((filter, ""));
        let file = repository().join(format!("tests/suite/{module}.rs"));
        let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{place}: {error}"));
        assert!(test.is_empty() || text.contains(&format!("fn {test}")), "{place}");
    }
}

/// Lets the program check a record, a session file or settings; what is only a part of a record is left alone. Says
/// whether it was one.
fn try_toml(table: &toml::Table, text: &str, place: &str) -> bool {
    let project = newcomer();
    let path = if table.contains_key("vorlage") {
        let annex = repository().join("examples/feuerwehrbedarfsplan/auszug.pdf");
        project.write("migrationsleitbild.pdf", std::fs::read(annex).unwrap());
        "vorlage.toml"
    } else if table.contains_key("sitzung") {
        "examples/ratssitzung/seite.toml"
    } else if ["kommune", "archiv"].iter().any(|key| table.contains_key(*key)) {
        std::fs::create_dir_all(project.path().join("fonts")).unwrap();
        "anlage.toml"
    } else {
        return false;
    };
    project.write(path, text);
    let run = project.run(&["check", if path == "anlage.toml" { "examples/kita-neubau" } else { path }]);
    assert_eq!(run.code, 0, "{place}{}", run.stderr);
    true
}
