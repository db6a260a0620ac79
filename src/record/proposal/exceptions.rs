//! Exceptions that a record makes: in any of its tables, `ausnahmen = ["F201"]` and `ausnahmen_grund = "…"`.
//!
//! They are taken out of the tree, so no schema has to know them.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic, Source, codes};
use crate::record::template::Templates;
use crate::toml_tree::{Node, Table, TableEntry, Value};

/// The key of the list of codes.
pub const KEY: &str = "ausnahmen";
/// The key of the reason.
pub const REASON_KEY: &str = "ausnahmen_grund";

/// A code that shall not be reported in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The code as the record names it.
    pub named: String,
    /// Where it is named.
    pub span: Range<usize>,
    /// The codes that are meant: outside of annexes, those of all forms.
    codes: Vec<Code>,
    scope: Arc<Scope>,
}

/// The places of a table, its values and its tables: where each begins, in order, and the furthest end of all that
/// begin until there.
#[derive(Debug, PartialEq, Eq)]
struct Scope(Vec<(usize, usize)>);

impl Scope {
    fn new(mut places: Vec<Range<usize>>) -> Self {
        places.sort_by_key(|place| place.start);
        let mut furthest = 0;
        let until = |place: Range<usize>| {
            furthest = place.end.max(furthest);
            (place.start, furthest)
        };
        Self(places.into_iter().map(until).collect())
    }

    fn has(&self, place: &Range<usize>) -> bool {
        let begun = self.0.partition_point(|(start, _)| *start <= place.start);
        begun > 0 && place.end <= self.0[begun - 1].1
    }
}

/// More exceptions than this are none.
const MAX_EXCEPTIONS: usize = 200;

impl Exception {
    /// Tells whether it holds for a finding.
    pub fn covers(&self, finding: &Diagnostic) -> bool {
        self.means(&finding.code) && self.scope.has(&finding.span)
    }

    /// Tells whether it is made of this code.
    pub fn means(&self, code: &Code) -> bool {
        self.codes.contains(code)
    }
}

/// Takes the exceptions out of a record.
pub fn take(
    tree: &mut Node,
    source: &Arc<Source>,
    templates: &Templates,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Exception> {
    let mut taker = Taker { source, templates, findings, exceptions: Vec::new() };
    taker.node(tree, &ExceptionPlace::Record);
    taker.exceptions
}

struct Taker<'a> {
    source: &'a Arc<Source>,
    templates: &'a Templates,
    findings: &'a mut Vec<Diagnostic>,
    exceptions: Vec<Exception>,
}

/// Where in a record an exception stands.
enum ExceptionPlace {
    Record,
    /// `[anlage]`.
    Annexes,
    /// In an annex with this form.
    Form(String),
    Elsewhere,
}

impl Taker<'_> {
    fn node(&mut self, node: &mut Node, place: &ExceptionPlace) {
        match &mut node.value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.node(item, place)),
            Value::Table(table) => {
                let codes = remove(table, KEY);
                let reason = remove(table, REASON_KEY);
                if codes.is_some() || reason.is_some() {
                    let mut scope = vec![node.span.clone()];
                    table.0.iter().for_each(|entry| places(entry, &mut scope));
                    self.table(codes, reason, place, &Arc::new(Scope::new(scope)));
                }
                for entry in &mut table.0 {
                    let inner = match place {
                        ExceptionPlace::Record if entry.key == "anlage" => Some(ExceptionPlace::Annexes),
                        ExceptionPlace::Record => Some(ExceptionPlace::Elsewhere),
                        ExceptionPlace::Annexes => Some(self.annex(&entry.node)),
                        ExceptionPlace::Form(_) | ExceptionPlace::Elsewhere => None,
                    };
                    self.node(&mut entry.node, inner.as_ref().unwrap_or(place));
                }
            }
            _ => {}
        }
    }

    fn annex(&self, node: &Node) -> ExceptionPlace {
        let template = node.as_table().and_then(|table| table.get("template")?.as_str());
        match template.filter(|name| matches!(self.templates.get(name), Some(Ok(_)))) {
            Some(name) => ExceptionPlace::Form(name.to_owned()),
            None => ExceptionPlace::Elsewhere,
        }
    }

    fn table(
        &mut self,
        codes: Option<TableEntry>,
        reason: Option<TableEntry>,
        place: &ExceptionPlace,
        scope: &Arc<Scope>,
    ) {
        let has_reason =
            reason.as_ref().and_then(|entry| entry.node.as_str()).is_some_and(|text| !text.trim().is_empty());
        let Some(codes) = codes else {
            let span = reason.map(|entry| entry.key_span).unwrap_or_default();
            let message = format!("„{REASON_KEY}“ steht hier ohne „{KEY}“.");
            return self.refuse(span, message, format!("Die Codes dazu nennen: {KEY} = [\"F201\"]."));
        };
        if !has_reason {
            let hint = format!("Daneben angeben: {REASON_KEY} = \"…\".");
            self.refuse(codes.key_span.clone(), "Zur Ausnahme fehlt der Grund.".into(), hint);
        }
        let Some(items) = codes.node.as_array() else {
            let hint = format!("In eckigen Klammern, jeder in Anführungszeichen: {KEY} = [\"F201\"].");
            return self.refuse(codes.node.span.clone(), "Ausnahmen sind eine Liste von Codes.".into(), hint);
        };
        for item in items {
            if self.exceptions.len() == MAX_EXCEPTIONS {
                let message = format!("Die Vorlage macht mehr als {MAX_EXCEPTIONS} Ausnahmen.");
                return self.refuse(item.span.clone(), message, "Die Befunde beheben.".into());
            }
            self.item(item, place, scope);
        }
    }

    fn item(&mut self, item: &Node, place: &ExceptionPlace, scope: &Arc<Scope>) {
        let named = item.as_str().unwrap_or_default();
        let is_here = |code: &Code| match (&code.form, place) {
            (Some(form), ExceptionPlace::Form(here)) => **form == **here,
            _ => true,
        };
        let meant: Vec<&Code> = self.templates.codes().filter(|code| code.is_meant_by(named)).collect();
        let mut codes: Vec<&Code> = meant.iter().copied().filter(|code| is_here(code)).collect();
        let Some(Code { title, .. }) = codes.first() else {
            let named = crate::diagnostics::shown(named);
            let message = match place {
                ExceptionPlace::Form(form) if !meant.is_empty() => {
                    format!("Das Formular „{form}“ hat keinen Befund „{named}“.")
                }
                _ => format!("Einen Befund „{named}“ gibt es nicht."),
            };
            return self.refuse(item.span.clone(), message, "„anlage explain“ nennt alle.".into());
        };
        codes.retain(|code| code.can_be_excepted());
        if codes.is_empty() {
            let message = format!("Von {named} gibt es keine Ausnahme: {title}.");
            let hint = "Ausnahmen gibt es von Warnungen und Hinweisen zum Inhalt, also von F- und V-Codes.";
            return self.refuse(item.span.clone(), message, hint.into());
        }
        self.exceptions.push(Exception {
            named: named.to_owned(),
            span: item.span.clone(),
            codes: codes.into_iter().cloned().collect(),
            scope: Arc::clone(scope),
        });
    }

    fn refuse(&mut self, span: Range<usize>, message: String, hint: String) {
        self.findings.push(Diagnostic::new(&codes::BAD_EXCEPTION, self.source, span, message).hint(hint));
    }
}

fn remove(table: &mut Table, key: &str) -> Option<TableEntry> {
    let at = table.0.iter().position(|entry| entry.key == key)?;
    Some(table.0.remove(at))
}

/// The place of an entry, and of all below it: tables with headers of their own may stand anywhere.
fn places(entry: &TableEntry, scope: &mut Vec<Range<usize>>) {
    scope.push(entry.key_span.start..entry.node.span.end.max(entry.key_span.end));
    // The header of a table begins before its key.
    scope.push(entry.node.span.clone());
    within(&entry.node, scope);
}

fn within(node: &Node, scope: &mut Vec<Range<usize>>) {
    match &node.value {
        Value::Array(items) => items.iter().for_each(|item| {
            scope.push(item.span.clone());
            within(item, scope);
        }),
        Value::Table(table) => table.0.iter().for_each(|entry| places(entry, scope)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml_tree;

    fn taken(toml: &str) -> (Vec<(String, Vec<String>)>, Vec<String>) {
        let source = Source::new("a.toml", toml);
        let mut tree = toml_tree::parse(&source).0;
        let mut findings = Vec::new();
        let exceptions = take(&mut tree, &source, &Templates::built_in(), &mut findings);
        let covered = |exception: &Exception| {
            let at = |word: &&&str| {
                let at = toml.find(**word).unwrap();
                let code = codes::ALL.iter().find(|code| code.id == exception.named).unwrap();
                exception.covers(&Diagnostic::new(code, &source, at..at + word.len(), ""))
            };
            ["eins", "zwei", "drei", "vier"].iter().filter(at).map(|word| (*word).to_owned()).collect()
        };
        assert!(!format!("{tree:?}").contains(KEY));
        let found = findings.iter().map(|f| f.code.id.to_string()).collect();
        (exceptions.iter().map(|one| (one.named.clone(), covered(one))).collect(), found)
    }

    #[test]
    fn an_exception_holds_for_its_table_and_all_below() {
        let record = "[a]\nk = 'eins'\nt = { k = 'zwei' }\nAUSNAHME\n[b]\nk = 'drei'\n[[a.l]]\nk = 'vier'\n";
        let made = "ausnahmen = ['V101']\nausnahmen_grund = 'x'";
        let covered = |record: &str| taken(record).0[0].1.clone();
        assert_eq!(covered(&record.replace("AUSNAHME", made)), ["eins", "zwei", "vier"]);
        assert_eq!(covered(&format!("{}{made}", record.replace("AUSNAHME", ""))), ["vier"]);
    }

    #[test]
    fn wrong_exceptions_are_found() {
        for wrong in [
            "ausnahmen = ['V101']",
            "ausnahmen = ['V101']\nausnahmen_grund = ' '",
            "ausnahmen_grund = 'x'",
            "ausnahmen = 'V101'\nausnahmen_grund = 'x'",
            "ausnahmen = ['X999']\nausnahmen_grund = 'x'",
            "ausnahmen = ['T101']\nausnahmen_grund = 'x'",
            "ausnahmen = [1]\nausnahmen_grund = 'x'",
        ] {
            let text = format!("[a]\neins = 1\nzwei = 2\ndrei = 3\nvier = 4\n{wrong}");
            assert_eq!(taken(&text).1, ["T113"], "{wrong}");
        }
    }
}
