//! The commands of the README run, in a copy of what a newcomer has.

use crate::examples::copy;
use crate::program::{Project, repository};

/// The lines that begin with `$ ` in the README's `console` blocks.
fn commands() -> Vec<String> {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let blocks = readme.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect()
}

#[test]
fn its_commands_run() {
    let project = Project::new();
    for folder in ["examples", "templates"] {
        copy(&repository().join(folder), &project.path().join(folder));
    }
    // The repository is no project of its own.
    std::fs::remove_file(project.path().join("anlage.toml")).unwrap();
    let mut ran = 0;
    for command in commands() {
        let command = command.replace("cargo run --release -- ", "anlage ");
        let Some(arguments) = command.strip_prefix("anlage ") else {
            // Building and testing is what runs this.
            assert!(command.starts_with("cargo "), "{command}");
            continue;
        };
        let (arguments, output) = match arguments.split_once(" > ") {
            Some((arguments, file)) => (arguments, Some(file)),
            None => (arguments, None),
        };
        let words: Vec<&str> = arguments.split_whitespace().collect();
        let run = project.run(&words);
        assert_eq!(run.code, 0, "{command}: {}", run.stderr);
        if let Some(file) = output {
            project.write(file, run.stdout);
        }
        ran += 1;
    }
    assert!(ran >= 8, "only {ran} commands in the README");
}

#[test]
fn its_links_and_pictures_are_there() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    for target in readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        // The picture of the example record is no file of the repository.
        if !target.starts_with("http") && !target.starts_with("plan.png") {
            assert!(repository().join(target).exists(), "{target}");
        }
    }
}
