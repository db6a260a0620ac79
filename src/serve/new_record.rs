//! The page on which a new record begins: its number and its form.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::response::Response;
use maud::html;

use super::answer::{defect, see_other};
use super::frame;
use super::new_file::NewFile;
use super::project_folder::ProjectFolder;
use super::record_page::address_of;
use super::saving_log::{self, Deed};
use super::sent_form::pairs;
use super::visitor::Visitor;
use crate::diagnostics::Source;
use crate::record::edit::RecordEdit;
use crate::record::input::Input;
use crate::record::merge::places;
use crate::record::names::EDITOR_SCHEMA;
use crate::record::project::Project;
use crate::record::proposal::{self, blank_record, editor_schema};
use crate::record::schema::FieldKind;
use crate::toml_tree::TomlText;

/// The folder for new records, if the project has it.
const RECORDS: &str = "vorlagen";

/// Asks for number and form.
pub(super) async fn ask(State(folder): State<Arc<ProjectFolder>>) -> Response {
    let work = folder.work(|folder, _| match folder.now().project_of(folder.root.path()) {
        Ok(project) => page(&project, "", "", None),
        Err(error) => page_without(&error.to_string()),
    });
    work.await.unwrap_or_else(defect)
}

/// Makes the record, and goes to its page.
pub(super) async fn make(
    State(folder): State<Arc<ProjectFolder>>,
    Extension(visitor): Extension<Visitor>,
    body: Bytes,
) -> Response {
    let sent = pairs(&body);
    let text = move |name: &str| sent.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let (number, form) = (text("nummer"), text("formular"));
    let work = folder.work(move |folder, _| match folder.now().project_of(folder.root.path()) {
        Ok(project) => match made(folder, &project, &number, &form) {
            Ok(name) => match saving_log::note(folder, &visitor, &name, Deed::RecordBegun) {
                Ok(()) => see_other(&address_of(&name)),
                Err(message) => page_without(&format!("Die Vorlage ist angelegt. {message}")),
            },
            Err(message) => page(&project, &number, &form, Some(&message)),
        },
        Err(error) => page_without(&error.to_string()),
    });
    work.await.unwrap_or_else(defect)
}

/// Writes the record; what it is called follows from its number alone. Gives its name inside the project.
fn made(folder: &ProjectFolder, project: &Arc<Project>, number: &str, form: &str) -> Result<String, String> {
    let numbers = &project.settings.numbers;
    let number = numbers.read(number).ok_or_else(|| {
        let example = numbers.example();
        format!("„{number}“ ist keine Vorlagennummer. Eine Vorlagennummer ist zum Beispiel {example}.")
    })?;
    let Some(Ok(template)) = project.templates.get(form) else {
        return Err("Bitte ein Formular auswählen.".into());
    };
    let file = NewFile::of(folder, RECORDS, &format!("{}.toml", number.file_stem()));
    if file.is_there() {
        return Err(format!("Eine Vorlage {number} gibt es schon."));
    }
    let text = blank_record(project, number, template, &file.way_to(EDITOR_SCHEMA));
    let text = without_choices(&text, &file.name, project);
    file.write(folder, &text, EDITOR_SCHEMA, || editor_schema(project, &project.templates.sound()))?;
    Ok(file.name)
}

/// A new record without the lines that hold a place for an answer that nobody has to give: on the page its absence says the same.
fn without_choices(text: &str, name: &str, project: &Arc<Project>) -> String {
    let file = TomlText { source: Source::new(name, text), has_mark: false }.parse();
    let input = Input { file, folder: project.root.path().to_path_buf(), project: Arc::clone(project) };
    let (proposal, _) = proposal::read(input);
    let Some(mut edit) = RecordEdit::of(text) else { return text.to_owned() };
    for place in places(&proposal).values() {
        let is_list = matches!(place.field.kind, FieldKind::List(_));
        if place.is_there && place.shown.is_empty() && !place.field.required && !is_list {
            edit.set(place.form, place.head, &place.path, "");
        }
    }
    edit.text()
}

fn page(project: &Project, number: &str, form: &str, problem: Option<&str>) -> Response {
    let form = if form.is_empty() { project.usual_form() } else { form };
    let forms: Vec<_> =
        project.templates.iter().filter_map(|(name, loaded)| Some((name, loaded.as_ref().ok()?))).collect();
    let title = if problem.is_some() { "Fehler: Neue Vorlage" } else { "Neue Vorlage" };
    let content = html! {
        h1 { "Neue Vorlage" }
        @if let Some(problem) = problem { p.meldung.schlecht #problem role="alert" { (problem) } }
        form.vorlage method="post" action="/neu" accept-charset="utf-8" {
            div.feld {
                label for="nummer" { "Nummer der Vorlage" }
                p.hilfe #nummer-hilfe { "Zum Beispiel " (project.settings.numbers.example()) "." }
                input.kurz #nummer name="nummer" type="text" autocomplete="off" required value=(number) aria-describedby="nummer-hilfe" aria-invalid=[problem.map(|_| "true")];
            }
            div.feld {
                label for="formular" { "Formular" }
                select #formular name="formular" {
                    @for (name, template) in &forms { option value=(name) selected[*name == form] { (template.title) ": " (template.description) } }
                }
            }
            div.knoepfe { button.haupt type="submit" { "Anlegen" } }
        }
    };
    frame::page(title, content)
}

fn page_without(problem: &str) -> Response {
    frame::page("Neue Vorlage", html! { h1 { "Neue Vorlage" } p.meldung.schlecht role="alert" { (problem) } })
}
