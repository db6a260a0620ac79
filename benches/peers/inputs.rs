//! What the tools of `benches/peers` start from: for each record the files that typst sees when `anlage` sets it,
//! in a folder of its own. `run.py` calls it: `cargo bench --bench peers-inputs -- RECORDS FOLDER`.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anlage::diagnostics::has_errors;
use anlage::record::input::Input;
use anlage::record::project::Project;
use anlage::record::proposal;
use anlage::typeset::{Format, Options, Standard, job};

/// Where the form is called.
const LAYOUT: &str = "#layout(data)";
/// What the engine adds to the finished document, typst's own program has to be told in the document.
const METADATA: &str = "#import \"/form.typ\": date-of
#set document(..data.meta, date: date-of(data.proposal.datum))
";

fn main() {
    let paths: Vec<PathBuf> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).map(PathBuf::from).collect();
    // `cargo test --benches` names no folders; there is nothing to test.
    if let [records, folder] = paths.as_slice() {
        write_all(records, folder);
    }
}

fn write_all(records: &Path, folder: &Path) {
    let project = Arc::new(Project::open(records).unwrap());
    let options = Options { format: Format::Pdf(Standard::default_set()), draft: false, embed_record: false };
    for entry in records.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let input = Input::of(&path.display().to_string(), &bytes, &project).unwrap();
        let (proposal, findings) = proposal::read(input);
        assert!(!has_errors(&findings), "{}: {:#?}", path.display(), findings);
        let annex = proposal.form_annexes().next().unwrap();
        let mut job = job(&proposal, annex, &options);
        let main = job.files.get_mut("/main.typ").unwrap();
        let text = std::str::from_utf8(main).unwrap();
        assert!(text.contains(LAYOUT));
        *main = text.replace(LAYOUT, &format!("{METADATA}{LAYOUT}")).into_bytes().into();
        for (file, content) in &job.files {
            let file = folder.join(path.file_stem().unwrap()).join(file.trim_start_matches('/'));
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, content).unwrap();
        }
    }
}
