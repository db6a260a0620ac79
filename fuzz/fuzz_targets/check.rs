//! Checks any bytes as a record: no panic, no hang, every place lies in the file. Start from the examples:
//! `cargo +nightly fuzz run check fuzz/corpus/check tests/findings examples`.
#![no_main]

use std::cell::LazyCell;
use std::path::Path;
use std::sync::Arc;

use anlage::check::{check, fixes};
use anlage::record::project::Project;
use anlage::record::proposal::Input;
use anlage::toml_tree;
use anlage::typeset::{Engine, rules_job};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static ENGINE: Engine = Engine::default();
    static PROJECT: LazyCell<Arc<Project>> =
        LazyCell::new(|| Arc::new(Project::open(Path::new("fuzz/fuzz_targets")).unwrap()));
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = toml_tree::decode("a.toml", bytes) else { return };
    let project = PROJECT.with(|project| Arc::clone(project));
    let folder = project.root.path().to_path_buf();
    let input = Input { bytes: bytes.to_vec(), source: Arc::clone(&source), folder, project };
    let checked = check(input, &mut |proposal, annex| {
        let outcome = ENGINE.with(|engine| engine.run(&rules_job(proposal, annex), &proposal.project.fonts));
        assert!(outcome.findings.is_empty(), "a rule failed: {:?}", outcome.findings);
        (outcome.files[0].to_vec(), Vec::new())
    });
    for finding in &checked.findings {
        assert!(source.text.get(finding.span.clone()).is_some(), "{finding:?}");
        finding.position();
    }
    fixes::apply(&source.text, &checked.findings);
});
