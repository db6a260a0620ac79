//! What is said of versions that were sent.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::tally::Tally;
use super::words::{seconds, set_aside};
use crate::diagnostics::counted;
use crate::packet::late::{Dispatch, DispatchRecipient};
use crate::tasks::packet::PacketReport;

/// Sums up what was sent in a run that took so long. `tally` counts the findings of the session and of its records.
pub fn dispatch_summary(report: &PacketReport, tally: &Tally, elapsed: Duration) -> String {
    let mut lines: Vec<String> = report.set_aside.iter().map(set_aside).collect();
    if let Some(sent) = &report.sent {
        lines.extend(sent.changes.iter().map(|change| format!("  {change}")));
        lines.push(if sent.is_same {
            format!("Seit der {} hat sich nichts geändert; nichts versandt", sent.name)
        } else {
            format!("{} festgehalten", sent.name)
        });
    } else {
        lines.push(if report.interrupted { "Abgebrochen".to_owned() } else { "Nichts versandt".to_owned() });
    }
    format!("{} ({tally}; {}).", lines.join("\n"), seconds(elapsed))
}

/// Says version by version what was sent, and what changed.
pub fn log_lines(sent: &[Dispatch]) -> Vec<String> {
    if sent.is_empty() {
        return vec!["Noch nichts versandt.".to_owned()];
    }
    let of_version = |dispatch: &Dispatch| {
        let mut lines = vec![dispatch.name()];
        let files = dispatch.files.iter();
        lines.extend(
            files.map(|file| format!("  {} ({})", file.path, counted(file.pages, "Seite", "Seiten"))),
        );
        lines.extend(dispatch.recipients.iter().map(recipient));
        lines.extend(dispatch.changes.iter().map(|change| format!("  {change}")));
        lines
    };
    sent.iter().flat_map(of_version).collect()
}

/// Says what somebody got.
fn recipient(recipient: &DispatchRecipient) -> String {
    let how = match recipient.copies {
        0 => "elektronisch".to_owned(),
        copies => counted(copies, "Exemplar", "Exemplare"),
    };
    format!("  an {}: {}, {how}", recipient.name, recipient.edition.name_in_title)
}

/// Says the same for programs.
pub fn log_json(sent: &[Dispatch]) -> Json {
    let version = |dispatch: &Dispatch| {
        json!({
            "version": dispatch.version,
            "date": dispatch.date,
            "files": dispatch.files,
            "recipients": dispatch.recipients,
            "changes": dispatch.changes,
        })
    };
    json!({ "versions": sent.iter().map(version).collect::<Vec<_>>() })
}
