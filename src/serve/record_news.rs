//! What is said at the top of the page of a record about what was just done.
//!
//! Knows nothing of requests.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::frame::way_there;
use super::mending::ShownMending;

/// What is said after saving, and how its address names it.
pub(super) const SAVED: [(&str, &str); 2] = [
    ("1", "Gespeichert."),
    (
        "2",
        "Gespeichert. Die Datei war inzwischen an anderen Stellen geändert worden; beide Änderungen stehen jetzt darin.",
    ),
];

/// What is said if something was typed that nothing was done with yet.
pub(super) const ASIDE: &str = "Was Sie für eine Ausnahme oder ein Bild getippt haben, steht noch da.";

/// What is said at the top of the page about what was just done.
#[derive(Default)]
pub(super) struct RecordNews {
    pub(super) text: String,
    pub(super) is_bad: bool,
    pub(super) others: BTreeMap<String, String>,
    /// What is typed for exceptions and pictures and not used, by the names of its controls.
    pub(super) asides: BTreeMap<String, String>,
    /// The place on the page that it is about.
    pub(super) goes_to: Option<String>,
    /// What would be mended, to be agreed to.
    pub(super) mending: Option<ShownMending>,
}

impl RecordNews {
    /// What went well, or says how things are.
    pub(super) fn good(text: &str) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// What did not go.
    pub(super) fn bad(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_bad: true, ..Self::default() }
    }

    /// As it stands on the page.
    pub(super) fn shown(&self) -> Markup {
        html! {
            @if !self.text.is_empty() {
                // Who pressed a button hears first what came of it, and goes on from there.
                p.meldung.schlecht[self.is_bad] role=(if self.is_bad { "alert" } else { "status" }) tabindex="-1" autofocus {
                    (self.text)
                    (way_there(self.goes_to.as_ref()))
                }
            }
        }
    }
}
