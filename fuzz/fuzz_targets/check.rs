//! Checks any bytes as a record: no panic, no hang, every place lies in the file. Start from the examples:
//! `cargo +nightly fuzz run check fuzz/corpus/check tests/findings examples`.
#![no_main]

use std::cell::{LazyCell, RefCell};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anlage::check::fixes;
use anlage::record::input::Input;
use anlage::record::project::Project;
use anlage::run::{WorkPlace, Run};
use anlage::tasks::desk::Desk;
use libfuzzer_sys::fuzz_target;

thread_local! {
    static DESK: RefCell<Desk> =
        RefCell::new(Desk::new(&Run::new(PathBuf::new(), None, Arc::default()), WorkPlace::Here));
    static PROJECT: LazyCell<Arc<Project>> =
        LazyCell::new(|| Arc::new(Project::open(Path::new("fuzz/fuzz_targets")).unwrap()));
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(input) = PROJECT.with(|project| Input::of("a.toml", bytes, project)) else { return };
    let opened = Desk::open(input);
    let findings = DESK.with_borrow_mut(|desk| desk.check(&opened));
    let source = &opened.proposal.source;
    for finding in &findings {
        assert_ne!(finding.code.id, "U006", "a rule failed: {finding:?}");
        assert!(source.text.get(finding.span.clone()).is_some(), "{finding:?}");
        finding.position();
    }
    fixes::apply(&source.text, &findings);
});
