//! Who asks for a page.
//!
//! Decided at the door; pages only look at it.

use std::sync::Arc;

use super::people::PersonRole;

/// Who asks for a page.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    /// The name by which they signed in; none if the program serves one person alone, who may do everything.
    pub(super) name: Option<Arc<str>>,
    pub(super) role: PersonRole,
}

impl Visitor {
    /// The one for whom the program was started.
    pub(super) const ALONE: Self = Self { name: None, role: PersonRole::CouncilOffice };

    /// Tells whether they may change records.
    pub(super) fn writes(&self) -> bool {
        self.role >= PersonRole::Write
    }
}
