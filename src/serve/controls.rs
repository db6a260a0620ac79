//! The controls of a form, made from its schema and filled with what a record has.
//!
//! Knows nothing of the project and of requests.

use maud::{Markup, html};

use super::annex_file;
use super::picture;
use super::remarks::Remarks;
use crate::record::edit::shown_value;
use crate::record::merge::{address, elements, forms};
use crate::record::names;
use crate::record::proposal::{Annex, Proposal};
use crate::record::schema::{Choice, Field, FieldKind, Filled};
use crate::toml_tree::Step;

/// The most answers that are all shown at once.
const FEW_ANSWERS: usize = 5;

/// All forms of a record.
pub(super) fn controls(proposal: &Proposal, remarks: &Remarks<'_>) -> Markup {
    let title = |head: &[Step]| match head {
        [_, Step::Key(label)] => {
            let form = proposal.annexes.iter().find(|annex| annex.label() == label);
            match form {
                Some(Annex::Form(form)) if form.template.title.contains(label.as_str()) => {
                    form.template.title.clone()
                }
                Some(Annex::Form(form)) => format!("{}: {}", names::annex(label), form.template.title),
                _ => format!("{} (Datei)", names::annex(label)),
            }
        }
        _ => "Vorlage".to_owned(),
    };
    html! {
        @for (head, filled) in forms(proposal) {
            section aria-labelledby={ "titel" (address(&head)) } {
                h2 id={ "titel" (address(&head)) } { (title(&head)) }
                div id=(address(&head)) tabindex="-1" { (remarks.at(&address(&head))) }
                @for part in filled.parts() {
                    @let path = [&head[..], &[Step::Key(part.field.key.clone())]].concat();
                    @if proposal.names_file(&path) { div.beilage { (control(&head, part, remarks)) (annex_file::asked(&path)) } }
                    @else { (control(&head, part, remarks)) }
                }
                @if let [_, Step::Key(label)] = &head[..] {
                    @if proposal.is_file_annex(label) { (annex_file::to_remove(label)) }
                }
            }
        }
        (annex_file::to_add())
    }
}

/// The control of a field; steps lead to the table that it is in.
pub(super) fn control(above: &[Step], filled: Filled<'_>, remarks: &Remarks<'_>) -> Markup {
    let path: Vec<Step> = above.iter().cloned().chain([Step::Key(filled.field.key.clone())]).collect();
    let name = address(&path);
    match &filled.field.kind {
        FieldKind::Table(_) => group(&path, filled, remarks),
        FieldKind::List(item) => match &item.kind {
            FieldKind::Table(_) => blocks(&path, filled, remarks),
            FieldKind::Choice(choices) => checkboxes(&name, filled, choices, remarks),
            _ => lines(&name, filled, remarks),
        },
        FieldKind::Choice(choices) => answers(&name, filled, choices, remarks),
        FieldKind::Boolean => {
            let choice = |value: &str, title: &str| Choice { value: value.into(), title: title.into() };
            answers(&name, filled, &[choice("true", "Ja"), choice("false", "Nein")], remarks)
        }
        kind => {
            let text = shown_value(filled.field, filled.node);
            let is_long = *kind == FieldKind::RichText { inline: false };
            html! {
                @if is_long {
                    div.langtext {
                        (labelled(&name, filled.field, remarks, true, &text))
                        (picture::asked(&name, filled.field.name(), remarks.aside(&picture::alt_name(&name))))
                    }
                }
                @else { (labelled(&name, filled.field, remarks, false, &text)) }
            }
        }
    }
}

/// A field of one or more lines.
fn labelled(name: &str, field: &Field, remarks: &Remarks<'_>, is_long: bool, text: &str) -> Markup {
    let described = described(name, field, remarks);
    let invalid = remarks.is_wrong(name).then_some("true");
    let required = (field.required || remarks.is_needed(name)).then_some("true");
    let is_text = field.kind == FieldKind::RichText { inline: false };
    let class = match field.kind {
        FieldKind::Date
        | FieldKind::Time
        | FieldKind::Integer
        | FieldKind::Number
        | FieldKind::Amount
        | FieldKind::Year
        | FieldKind::FiscalYear => "kurz",
        _ => "lang",
    };
    html! {
        div.feld {
            label for=(name) { (label(name, field, remarks)) }
            (help(name, field))
            (remarks.at(name))
            // A control of one line would swallow the ends of lines.
            @if is_long || text.contains('\n') {
                textarea id=(name) name=(name) rows=(if is_text { "8" } else { "3" }) lang="de" aria-describedby=[described] aria-invalid=[invalid] aria-required=[required] { "\n" (text) }
            } @else {
                input.(class) id=(name) name=(name) type="text" autocomplete="off" value=(text) aria-describedby=[described] aria-invalid=[invalid] aria-required=[required];
            }
        }
    }
}

fn lines(name: &str, filled: Filled<'_>, remarks: &Remarks<'_>) -> Markup {
    labelled(name, filled.field, remarks, true, &elements(filled).join("\n"))
}

/// One of several answers.
fn answers(name: &str, filled: Filled<'_>, choices: &[Choice], remarks: &Remarks<'_>) -> Markup {
    let now = shown_value(filled.field, filled.node);
    let is_known = now.is_empty() || choices.iter().any(|choice| choice.value == now);
    let mut all: Vec<(&str, &str)> = vec![("", "keine Angabe")];
    all.extend(choices.iter().map(|choice| (choice.value.as_str(), choice.title.as_str())));
    if !is_known {
        all.push((&now, &now));
    }
    let described = described(name, filled.field, remarks);
    let invalid = remarks.is_wrong(name).then_some("true");
    let required = (filled.field.required || remarks.is_needed(name)).then_some("true");
    if choices.len() > FEW_ANSWERS {
        return html! {
            div.feld {
                label for=(name) { (label(name, filled.field, remarks)) }
                (help(name, filled.field))
                (remarks.at(name))
                select id=(name) name=(name) aria-describedby=[described] aria-invalid=[invalid] aria-required=[required] {
                    @for (value, title) in &all { option value=(value) selected[*value == now] { (title) } }
                }
            }
        };
    }
    html! {
        fieldset.frage id=(name) tabindex="-1" role="radiogroup" aria-describedby=[described] aria-invalid=[invalid] aria-required=[required] {
            legend { (label(name, filled.field, remarks)) }
            (help(name, filled.field))
            (remarks.at(name))
            div.antworten {
                @for (index, (value, title)) in all.iter().enumerate() {
                    div.antwort {
                        input id={ (name) "-" (index) } type="radio" name=(name) value=(value) checked[*value == now];
                        label for={ (name) "-" (index) } { (title) }
                    }
                }
            }
        }
    }
}

/// Several answers of many.
fn checkboxes(name: &str, filled: Filled<'_>, choices: &[Choice], remarks: &Remarks<'_>) -> Markup {
    let now = elements(filled);
    html! {
        fieldset.frage id=(name) tabindex="-1" aria-describedby=[described(name, filled.field, remarks)] {
            legend { (label(name, filled.field, remarks)) }
            (help(name, filled.field))
            (remarks.at(name))
            // So that a list without any answer is sent too.
            input type="hidden" name=(name) value="";
            @for (index, choice) in choices.iter().enumerate() {
                div.antwort {
                    input id={ (name) "-" (index) } type="checkbox" name=(name) value=(choice.value) checked[now.contains(&choice.value)];
                    label for={ (name) "-" (index) } { (choice.title) }
                }
            }
        }
    }
}

fn group(path: &[Step], filled: Filled<'_>, remarks: &Remarks<'_>) -> Markup {
    let name = address(path);
    html! {
        fieldset.gruppe id=(name) tabindex="-1" aria-describedby=[described(&name, filled.field, remarks)] {
            legend { (label(&name, filled.field, remarks)) }
            (help(&name, filled.field))
            (remarks.at(&name))
            @for part in filled.parts() { (control(path, part, remarks)) }
        }
    }
}

fn blocks(path: &[Step], filled: Filled<'_>, remarks: &Remarks<'_>) -> Markup {
    let name = address(path);
    let title = filled.field.name();
    let parts = filled.parts();
    let count = parts.len();
    html! {
        fieldset.gruppe id=(name) tabindex="-1" aria-describedby=[described(&name, filled.field, remarks)] {
            legend { (label(&name, filled.field, remarks)) }
            (help(&name, filled.field))
            (remarks.at(&name))
            @for (index, block) in parts.into_iter().enumerate() {
                @let own: Vec<Step> = path.iter().cloned().chain([Step::Index(index)]).collect();
                @let own_name = address(&own);
                @let which = format!("{title}, Block {} von {count}", index + 1);
                fieldset.block id=(own_name) tabindex="-1" {
                    legend { (which) }
                    (remarks.at(&own_name))
                    @for part in block.parts() { (control(&own, part, remarks)) }
                    div.knoepfe {
                        @if index > 0 { button type="submit" name="tun" value={ "hoch:" (index) ":" (name) } aria-label={ "Nach oben: " (which) } { "Nach oben" } }
                        @if index + 1 < count { button type="submit" name="tun" value={ "hoch:" (index + 1) ":" (name) } aria-label={ "Nach unten: " (which) } { "Nach unten" } }
                        button type="submit" name="tun" value={ "weg:" (index) ":" (name) } aria-label={ "Entfernen: " (which) } { "Entfernen" }
                    }
                }
            }
            button type="submit" name="tun" value={ "dazu:" (name) } aria-label={ "Block hinzufügen: " (title) } { "Block hinzufügen" }
        }
    }
}

fn label(name: &str, field: &Field, remarks: &Remarks<'_>) -> Markup {
    html! {
        (field.title)
        // The script says the other when an answer changes it.
        @if !field.required {
            @let usual = if remarks.is_expected(name) { "(hier erwartet)" } else { "(freiwillig)" };
            " " span.leise.pflicht data-sonst=(usual) { (if remarks.is_needed(name) { "(hier nötig)" } else { usual }) }
        }
    }
}

fn help(name: &str, field: &Field) -> Markup {
    let example = match field.kind {
        FieldKind::Date => Some("Tag, Monat und Jahr, zum Beispiel 12.2.2026.".to_owned()),
        FieldKind::Time => Some("Stunde und Minute, zum Beispiel 17:15.".to_owned()),
        FieldKind::Number | FieldKind::Amount => Some("Eine Zahl, zum Beispiel 1.234,56.".to_owned()),
        FieldKind::List(_) if is_typed_in_lines(field) => Some("Eine Angabe je Zeile.".to_owned()),
        FieldKind::Text => {
            let example = field.example.as_ref().and_then(|example| example.as_str());
            example.map(|example| format!("Zum Beispiel: {example}"))
        }
        _ => None,
    };
    let description = match field.kind {
        // What the schema says of booleans is about TOML, and so is what it says last of dates and times.
        FieldKind::Boolean => None,
        FieldKind::Date | FieldKind::Time => {
            field.description.rsplit_once("; ").map(|(meaning, _)| format!("{meaning}."))
        }
        _ => Some(field.description.clone()).filter(|text| !text.is_empty()),
    };
    html! {
        @if description.is_some() || example.is_some() {
            p.hilfe id={ (name) "-hilfe" } {
                @if let Some(description) = description { (description) " " }
                @if let Some(example) = example { (example) }
            }
        }
    }
}

fn is_typed_in_lines(field: &Field) -> bool {
    matches!(&field.kind, FieldKind::List(item) if !matches!(item.kind, FieldKind::Table(_) | FieldKind::Choice(_)))
}

/// The names of what is read out with a control.
fn described(name: &str, field: &Field, remarks: &Remarks<'_>) -> Option<String> {
    let has_help = !help(name, field).into_string().is_empty();
    let help = has_help.then(|| format!("{name}-hilfe"));
    let all: Vec<String> = help.into_iter().chain(remarks.described(name)).collect();
    (!all.is_empty()).then(|| all.join(" "))
}
