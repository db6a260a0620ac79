//! Turns typst's diagnostics about a form into findings: the one place that does so.

use std::sync::Arc;

use super::job::{Finding, Stage};
use crate::diagnostics::{Diagnostic, Source, codes};
use crate::record::template::Template;

/// Places typst's findings in the files of a form.
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
    let at = source.text.get(finding.range.clone()).unwrap_or_default();
    let explained = explained(&finding.message, at);
    let said = explained.map_or(finding.message.as_str(), |(said, _)| said);
    let message = format!("Das Formular „{}“ {start}: {said}", template.name);
    // There is no such argument here.
    let hints = finding.hints.iter().filter(|hint| !hint.contains("--root")).map(String::as_str);
    let hints: Vec<&str> = explained.map_or_else(|| hints.collect(), |(_, hint)| vec![hint]);
    Diagnostic::new(code, &source, finding.range.clone(), message).hint(hints.join("; "))
}

/// What typst means where its own words are about things that there are not here, and what to do; `at` is the text it is
/// about.
fn explained(message: &str, at: &str) -> Option<(&'static str, &'static str)> {
    let is = |words: &str| message.contains(words);
    if (is("file not found") || is("package")) && at.contains('@') {
        Some((
            "Es will ein Paket laden; Pakete gibt es hier nicht.",
            "Was gebraucht wird, in den Ordner des Formulars legen und von dort importieren.",
        ))
    } else if is("file not found") || is("project root") || is("escape") && is("path") {
        Some((
            "Eine Datei, die es lesen will, liegt nicht im Ordner des Formulars.",
            "Ein Formular sieht nur die Dateien seines Ordners, dazu /form.typ und /rules.typ.",
        ))
    } else if is("loop seems to be infinite") {
        Some(("Eine Schleife endet nicht.", "Die Bedingung der Schleife prüfen."))
    } else if is("maximum function call depth") || is("maximum layout depth") || is("maximum show rule depth")
    {
        Some((
            "Eine Funktion ruft sich immer wieder selbst auf.",
            "Prüfen, wann die Funktion aufhören soll, sich selbst aufzurufen.",
        ))
    } else {
        None
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::template::Templates;

    #[test]
    fn each_finding_stands_where_typst_saw_it() {
        let templates = Templates::built_in();
        let template = templates.get("muenster-anlage-a").unwrap().as_ref().unwrap();
        let finding = |stage: Stage, file: Option<&str>, hints: &[&str]| Finding {
            stage,
            file: file.map(str::to_owned),
            range: 2..5,
            message: "unknown variable: x".into(),
            hints: hints.iter().map(|hint| (*hint).to_owned()).collect(),
        };
        let found = diagnostics(
            template,
            &[
                finding(Stage::Compile, Some("/template/layout.typ"), &["a", "b"]),
                finding(Stage::Warning, Some("/form.typ"), &[]),
                finding(Stage::Rule, Some("/template/none.typ"), &[]),
                finding(Stage::Export, None, &[]),
                finding(Stage::Stopped, Some("/main.typ"), &[]),
            ],
        );
        let names: Vec<&str> = found.iter().map(|one| one.source.name.as_str()).collect();
        let own = "templates/muenster-anlage-a";
        let expected = [format!("{own}/layout.typ"), "templates/form.typ".into(), format!("{own}/none.typ")];
        assert_eq!(names[..3], expected);
        assert_eq!(names[3..], [own, own]);
        let codes: Vec<&str> = found.iter().map(|one| &*one.code.id).collect();
        let expected = [
            &codes::TYPST_ERROR,
            &codes::TYPST_WARNING,
            &codes::RULE_FAILED,
            &codes::EXPORT_ERROR,
            &codes::TYPESETTING_STOPPED,
        ];
        assert_eq!(codes, expected.map(|code| &*code.id));
        assert_eq!((found[0].span.clone(), found[0].hint.as_deref()), (2..5, Some("a; b")));
        // What has no text has no place in it.
        assert_eq!((found[3].span.clone(), found[3].hint.as_deref()), (0..0, None));
        assert!(found[0].message.contains("muenster-anlage-a") && found[0].message.ends_with("variable: x"));
    }
}
