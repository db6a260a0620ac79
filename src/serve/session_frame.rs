//! What the pages of a session share: their addresses, its name, what is said at the top of each.
//!
//! Knows nothing of requests.

use std::collections::BTreeMap;
use std::fmt::Display;

use maud::{Markup, html};
use url::form_urlencoded;

use super::frame::way_there;
use super::session_changes::SessionFault;
use crate::record::session::Session;

/// The address of the page of a session.
pub(super) fn address_of(name: &str) -> String {
    named("/sitzung", name)
}

/// The address of the page of a part of a session.
pub(super) fn part_of(name: &str, part: &str, which: impl Display) -> String {
    format!("{}&{part}={which}", address_of(name))
}

/// The address of a page about a session.
pub(super) fn named(page: &str, name: &str) -> String {
    format!("{page}?{}", form_urlencoded::Serializer::new(String::new()).append_pair("datei", name).finish())
}

/// What is said at the top of a page of a session about what was just done.
#[derive(Debug, Default)]
pub(super) struct SessionNews {
    pub(super) text: String,
    pub(super) is_bad: bool,
    /// What is wrong with what was typed.
    pub(super) faults: Vec<SessionFault>,
    /// What was typed and is nowhere else on the page, with the titles of the fields.
    pub(super) typed: Vec<(String, String)>,
    /// The place on the page that it is about.
    pub(super) goes_to: Option<String>,
    /// All that was sent, to be shown again.
    pub(super) again: BTreeMap<String, String>,
}

impl SessionNews {
    /// Says that something was done.
    pub(super) fn good(text: &str) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Says that something was not done.
    pub(super) fn bad(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_bad: true, ..Self::default() }
    }

    /// Shows it.
    pub(super) fn markup(&self) -> Markup {
        html! {
            @if self.is_bad {
                div.meldung.schlecht #problem role="alert" tabindex="-1" {
                    p { strong { (self.text) } }
                    @if !self.faults.is_empty() {
                        ul { @for fault in &self.faults { li { a href={ "#" (fault.address) } { (fault.message) } } } }
                    }
                    (said(&self.typed))
                }
            } @else if !self.text.is_empty() {
                p.meldung role="status" { (self.text) (way_there(self.goes_to.as_ref())) }
            }
        }
    }

    /// The title of a page that says it.
    pub(super) fn title(&self, title: &str) -> String {
        if self.is_bad { format!("Fehler: {title}") } else { title.to_owned() }
    }
}

/// What somebody typed in vain, with the titles of the fields.
pub(super) fn said(typed: &[(String, String)]) -> Markup {
    html! {
        @if !typed.is_empty() {
            p { "Das hatten Sie geschrieben:" }
            dl.angaben { @for (title, typed) in typed { dt { (title) } dd { (typed) } } }
        }
    }
}

/// What a session is called.
pub(super) fn name_of(session: &Session) -> String {
    match session.date {
        Some(day) => format!("{}, {}", session.committee(), day.in_words()),
        None => session.committee(),
    }
}
