//! Runs the real program in a folder of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The root of the repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A temporary folder to run the program in.
pub(crate) struct Project {
    folder: tempfile::TempDir,
    /// What the program keeps of its user.
    state: tempfile::TempDir,
}

/// What a run printed, and how it ended.
pub(crate) struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Project {
    /// An empty folder with an `anlage.toml`, so that nothing above it counts.
    pub(crate) fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap(), state: tempfile::tempdir().unwrap() };
        project.write("anlage.toml", "");
        project
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The folder for what the program keeps of its user.
    pub(crate) fn state(&self) -> &Path {
        self.state.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The names of the files in a folder, sorted; those that are hidden are not named.
    pub(crate) fn list(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path().join(folder)) else {
            return Vec::new();
        };
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| !name.starts_with('.'));
        names.sort();
        names
    }

    /// The names of the PDFs in a folder, sorted.
    pub(crate) fn pdfs(&self, folder: &str) -> Vec<String> {
        self.list(folder).into_iter().filter(|name| name.ends_with(".pdf")).collect()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, b"")
    }

    /// Runs the program with this standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &[u8]) -> Run {
        let output = self.output(arguments, input);
        Run {
            code: output.status.code().expect("ended by itself"),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub(crate) fn output(&self, arguments: &[&str], input: &[u8]) -> Output {
        use std::io::Write;
        let mut child = self.command(arguments).spawn().unwrap();
        // A program that refuses its arguments does not read its input.
        child.stdin.take().unwrap().write_all(input).ok();
        child.wait_with_output().unwrap()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_anlage"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env("XDG_STATE_HOME", self.state())
            .env("LOCALAPPDATA", self.state())
            .env("COLUMNS", "120")
            .env_remove("NO_COLOR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The program within a limit that `ulimit` knows, such as `-n 20`. It has no standard input.
    #[cfg(unix)]
    pub(crate) fn command_within(&self, limit: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("ulimit {limit}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_anlage")])
            .args(arguments)
            .current_dir(self.path())
            .env("XDG_STATE_HOME", self.state())
            .stdin(Stdio::null());
        command
    }
}

/// A disk of its own behind a folder, until it is dropped.
pub(crate) struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts a disk with room for so many bytes. Where nobody may do that there is none, and it is said.
    pub(crate) fn at(folder: &Path, bytes: u64) -> Option<Self> {
        let size = format!("size={bytes}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder.to_path_buf()));
        }
        announce("skipped: a full disk needs the right to mount one");
        None
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg(&self.0).status().ok();
    }
}

/// A record without a fault, with this number.
pub(crate) fn sound_record(number: &str) -> String {
    include_str!("../findings/sound.toml").replace("V/0001/2025", number)
}

/// All files below a folder, with their content.
pub(crate) fn contents_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    // What a program that was killed leaves may go while it is listed.
    let entries = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_file());
    let content = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(folder).unwrap().to_path_buf();
        (path, std::fs::read(entry.path()).unwrap())
    };
    files.map(content).collect()
}

/// All files with an extension below a folder, sorted.
pub(crate) fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    found.sort();
    found
}

/// The processes that a process has started.
#[cfg(target_os = "linux")]
pub(crate) fn children(of: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{of}/task"))
        .map(|tasks| tasks.filter_map(Result::ok).collect::<Vec<_>>());
    let texts = tasks
        .unwrap_or_default()
        .into_iter()
        .map(|task| std::fs::read_to_string(task.path().join("children")).unwrap_or_default());
    texts
        .flat_map(|text| text.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .collect()
}

/// Whether a tool can be used that a test needs; `what` says what it is for, and how to get it. Without it the test is
/// skipped and says so; in the gate it has to be there.
pub(crate) fn available(is_there: bool, what: &str) -> bool {
    if !is_there {
        assert!(std::env::var_os("ANLAGE_REQUIRE_TOOLS").is_none(), "missing: {what}");
        announce(&format!("skipped: {what}"));
    }
    is_there
}

/// Whether a program is installed.
pub(crate) fn installed(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

/// Prints past the capture of the test harness, for tests that are skipped.
pub(crate) fn announce(text: &str) {
    use std::io::Write;
    writeln!(std::io::stderr(), "{text}").ok();
}
