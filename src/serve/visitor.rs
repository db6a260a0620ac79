//! Who asks for a page, and what they may do.
//!
//! Decided at the door; pages only look at it.

use std::sync::Arc;

/// What somebody may do. Each may do what those before may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PersonRole {
    /// May look at everything.
    Read,
    /// May also change records.
    Write,
    /// May also change sessions and make what belongs to them.
    CouncilOffice,
}

impl PersonRole {
    pub(super) const ALL: [(&str, Self); 3] =
        [("lesen", Self::Read), ("schreiben", Self::Write), ("sitzungsdienst", Self::CouncilOffice)];

    /// Says what somebody with this role may do.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Read => "darf lesen",
            Self::Write => "darf Vorlagen ändern",
            Self::CouncilOffice => "darf Vorlagen und Sitzungen ändern",
        }
    }
}

/// Who asks for a page.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    /// The name by which they signed in; none if the program serves one person alone, who may do everything.
    pub(super) name: Option<Arc<str>>,
    pub(super) role: PersonRole,
    /// Whether they can sign out here.
    pub(super) signed_in_here: bool,
}

impl Visitor {
    /// The one for whom the program was started.
    pub(super) const ALONE: Self =
        Self { name: None, role: PersonRole::CouncilOffice, signed_in_here: false };

    /// Tells whether they may change records.
    pub(super) fn writes(&self) -> bool {
        self.role >= PersonRole::Write
    }

    /// Tells whether they may change sessions.
    pub(super) fn prepares_sessions(&self) -> bool {
        self.role >= PersonRole::CouncilOffice
    }
}
