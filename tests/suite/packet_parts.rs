//! What is kept of our own annexes for the next packet changes nothing in it, and nobody else's is believed.

use std::path::{Path, PathBuf};

use crate::examples::copy;
use crate::packet_runs::SESSION;
use crate::program::{Project, contents_below, repository, sound_record};

const PARTS: &str = "out/.anlage/teile";

/// A project with an example of a session.
fn example(name: &str) -> Project {
    let project = Project::new();
    copy(&repository().join("examples").join(name), project.path());
    project
}

/// Makes the packets, for a user with this folder or for one without any; gives what is in them.
fn packets_of(project: &Project, user: Option<&Path>) -> Vec<(PathBuf, Vec<u8>)> {
    let mut command = project.command(&["packet", "sitzung.toml", "--force"]);
    for name in ["XDG_STATE_HOME", "LOCALAPPDATA", "HOME"] {
        match user {
            Some(user) => command.env(name, user),
            None => command.env_remove(name),
        };
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let all = contents_below(&project.path().join("out")).into_iter();
    all.filter(|(path, _)| path.extension().is_some_and(|ending| ending == "pdf")).collect()
}

fn packets(project: &Project) -> Vec<(PathBuf, Vec<u8>)> {
    packets_of(project, Some(project.state()))
}

/// The files that are kept of parts.
fn kept(project: &Project) -> Vec<PathBuf> {
    let folder = project.path().join(PARTS);
    contents_below(&folder).into_keys().map(|name| folder.join(name)).collect()
}

#[test]
fn packets_of_the_examples_are_the_same_with_kept_parts() {
    for name in ["bezirksvertretung", "ratssitzung", "gemeinsame-sitzung"] {
        let project = example(name);
        let first = packets(&project);
        let own = project.pdfs("out/anlagen").len();
        assert!(own > 1 && kept(&project).len() == own, "{name}: {own}");
        assert!(packets(&project) == first, "{name}");
        assert_eq!(kept(&project).len(), own, "{name}");
    }
}

/// A session with two records of our own form.
fn session() -> Project {
    let project = Project::new();
    let items = [1, 2].map(|at| format!("[[top]]\nnummer = '{at}'\nvorlage = 'v/{at}.toml'\n\n"));
    project.write("sitzung.toml", format!("{SESSION}{}", items.concat()));
    for at in [1, 2] {
        project.write(&format!("v/{at}.toml"), sound_record(&format!("V/000{at}/2025")));
    }
    project
}

#[test]
fn a_changed_annex_makes_the_packet_that_it_makes_anew() {
    let [project, fresh] = [(); 2].map(|()| session());
    packets(&project);
    for project in [&project, &fresh] {
        let record = String::from_utf8(project.read("v/2.toml")).unwrap();
        project.write("v/2.toml", record.replace("betreff", "# Neu\nbetreff"));
        let agenda = String::from_utf8(project.read("sitzung.toml")).unwrap();
        project.write("sitzung.toml", agenda.replace("nummer = '1'", "nummer = '1.1'"));
    }
    assert!(packets(&project) == packets(&fresh));
    assert_eq!(kept(&project).len(), 2);
}

#[test]
fn damaged_parts_are_read_again() {
    let project = session();
    let whole = packets(&project);
    let files = kept(&project);
    let sound: Vec<Vec<u8>> = files.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let turned = |bytes: &[u8], at: usize| [&bytes[..at], &[bytes[at] ^ 1], &bytes[at + 1..]].concat();
    let damages: [&dyn Fn(usize) -> Vec<u8>; 5] = [
        &|at| sound[at][..sound[at].len() / 2].to_vec(),
        &|_| Vec::new(),
        &|at| turned(&sound[at], 40),
        &|at| turned(&sound[at], sound[at].len() - 1),
        &|at| sound[1 - at].clone(),
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        (0..files.len()).for_each(|at| std::fs::write(&files[at], damage(at)).unwrap());
        assert!(packets(&project) == whole, "damage {number}");
        assert!(files.iter().zip(&sound).all(|(path, sound)| std::fs::read(path).unwrap() == *sound));
    }
}

#[test]
fn only_parts_that_the_user_has_sealed_are_believed() {
    let project = session();
    let whole = packets(&project);
    let secret: [u8; 32] = std::fs::read(project.state().join("anlage/secret")).unwrap().try_into().unwrap();
    // As somebody would do who wants a packet to say something else.
    let forge = |secret: &[u8; 32]| {
        for path in kept(&project) {
            let mut bytes = std::fs::read(&path).unwrap().split_off(32);
            let at = bytes.windows(5).position(|window| window == b"de-DE").unwrap();
            bytes[at + 4] = b'A';
            let name = path.file_name().unwrap().to_str().unwrap().as_bytes();
            let mut hasher = blake3::Hasher::new_keyed(secret);
            for part in [name, &bytes] {
                hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
            }
            std::fs::write(&path, [&hasher.finalize().as_bytes()[..], &bytes].concat()).unwrap();
        }
    };
    forge(&[7; 32]);
    assert!(packets(&project) == whole, "the secret of somebody else");
    forge(&secret);
    assert!(packets(&project) != whole, "parts that are kept are used");
    let other = tempfile::tempdir().unwrap();
    assert!(packets_of(&project, Some(other.path())) == whole, "another user believes nothing of it");
    forge(&secret);
    assert!(packets_of(&project, None) == whole, "who has no secret believes nothing");
}

#[test]
fn without_a_folder_of_the_user_nothing_is_kept() {
    let project = session();
    let with = packets(&session());
    assert!(packets_of(&project, None) == with);
    assert_eq!(kept(&project), Vec::<PathBuf>::new());
    // Neither if it cannot be made.
    let file = project.write("keine-mappe", "");
    assert!(packets_of(&project, Some(&file)) == with);
    assert_eq!(kept(&project), Vec::<PathBuf>::new());
}
