//! What typst says about a form, as findings: the one place where that is done.

use std::sync::Arc;

use super::job::{Finding, Stage};
use crate::diagnostics::{Diagnostic, Source, codes};
use crate::record::template::Template;

/// Findings at their places in the files of a form.
pub fn diagnostics(template: &Template, findings: &[Finding]) -> Vec<Diagnostic> {
    findings.iter().map(|finding| diagnostic(template, finding)).collect()
}

fn diagnostic(template: &Template, finding: &Finding) -> Diagnostic {
    let source = source(template, finding.file.as_deref());
    let (code, start) = match finding.stage {
        Stage::Compile => (&codes::TYPST_ERROR, "lässt sich nicht setzen"),
        Stage::Warning => (&codes::TYPST_WARNING, "gibt Anlass zu einer Warnung"),
        Stage::Export => (&codes::EXPORT_ERROR, "ergibt kein PDF nach der verlangten Norm"),
        Stage::Rule => (&codes::RULE_FAILED, "hat eine Regel, die fehlschlägt"),
        Stage::Stopped => (&codes::TYPESETTING_STOPPED, "wurde abgebrochen"),
    };
    let message = format!("Das Formular „{}“ {start}: {}", template.name, finding.message);
    let diagnostic = Diagnostic::new(code, &source, finding.range.clone(), message);
    match finding.hints.is_empty() {
        true => diagnostic,
        false => diagnostic.hint(finding.hints.join("; ")),
    }
}

fn source(template: &Template, file: Option<&str>) -> Arc<Source> {
    let own = file.and_then(|file| file.strip_prefix("/template/"));
    match (own, file) {
        (Some(path), _) => {
            let text = template.files.get(path).map(|bytes| String::from_utf8_lossy(bytes));
            Source::new(format!("templates/{}/{path}", template.name), text.unwrap_or_default())
        }
        (None, Some("/form.typ")) => {
            Source::new("templates/form.typ", include_str!("../../templates/form.typ"))
        }
        (None, Some("/rules.typ")) => {
            Source::new("templates/rules.typ", include_str!("../../templates/rules.typ"))
        }
        (None, _) => Source::new(format!("templates/{}", template.name), ""),
    }
}
