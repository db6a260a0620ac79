//! What can be mended in a record, shown before it is done.
//!
//! Knows nothing of requests.

use std::sync::Arc;

use maud::{Markup, html};

use super::draft::Draft;
use crate::files;
use crate::report::diff_of;
use crate::run::Fixed;
use crate::tasks::desk::Desk;

/// What would be changed, or was.
pub(super) struct ShownMending {
    fixed: Fixed,
    /// The fields that change: their titles, what they say and what they would say.
    fields: Vec<(String, String, String)>,
    name: String,
}

impl ShownMending {
    /// Finds what can be mended in a draft; none if nothing can.
    pub(super) fn of(draft: &Draft, desk: &mut Desk) -> Option<Self> {
        let opened = Arc::new(draft.read(&draft.text));
        let (_, fixed) = desk.mend(&opened, draft.folder()).change?;
        let fields = draft.changed_fields(&fixed.before, &fixed.after);
        let fields = fields.into_iter().map(|field| (field.title, field.before, field.after)).collect();
        Some(Self { fixed, fields, name: draft.name.clone() })
    }

    /// What stands for this change and no other.
    pub(super) fn mark(&self) -> String {
        files::hash(&[self.fixed.before.as_bytes(), self.fixed.after.as_bytes()])
    }

    /// The text after it.
    pub(super) fn into_text(self) -> String {
        self.fixed.after
    }

    /// Shows what would be changed, and asks; the buttons belong to a form.
    pub(super) fn shown(&self, form: &str) -> Markup {
        html! {
            section.uebersicht aria-labelledby="aenderungen" {
                h2 #aenderungen tabindex="-1" { "Das würde sich ändern" }
                @if !self.fields.is_empty() {
                    dl.aenderungen {
                        @for (title, before, after) in &self.fields {
                            dt { (title) }
                            dd { strong { "Bisher: " } (said(before)) }
                            dd { strong { "Neu: " } (said(after)) }
                        }
                    }
                }
                details open[self.fields.is_empty()] {
                    summary { "So ändert sich die Datei" }
                    pre { (diff_of(&self.name, &self.fixed)) }
                }
                div.knoepfe {
                    button.haupt type="submit" form=(form) name="tun" value={ "beheben:" (self.mark()) } { "So ändern" }
                    button type="submit" form=(form) name="tun" value="pruefen" { "Nichts ändern" }
                }
            }
        }
    }
}

fn said(value: &str) -> Markup {
    html! { @if value.is_empty() { em { "nichts" } } @else { (value) } }
}
