//! Takes the comments and marks of reviewers out of a document, with their windows, answers, looks and elements.
//!
//! Links, fields and all that belongs to the document stay.

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId};

use crate::pdf::objects::{as_dict, list, name, reference};
use crate::pdf::{self, MARKS};

/// Takes them out; tells whether there were any.
pub(super) fn remove(document: &mut Document) -> bool {
    let mut marks = HashSet::new();
    let mut changed = false;
    for page in pdf::pages(document) {
        let Ok(dictionary) = document.get_dictionary(page) else { continue };
        let all = list(document, dictionary, b"Annots");
        let (gone, kept): (Vec<&Object>, Vec<&Object>) =
            all.iter().partition(|annotation| is_mark(document, annotation));
        if gone.is_empty() {
            continue;
        }
        marks.extend(gone.iter().filter_map(|mark| mark.as_reference().ok()));
        let kept: Vec<Object> = kept.into_iter().cloned().collect();
        changed = true;
        if let Ok(dictionary) = document.get_dictionary_mut(page) {
            dictionary.set("Annots", kept);
        }
    }
    if changed {
        without_elements(document, &marks);
        marks.iter().for_each(|mark| drop(document.objects.remove(mark)));
    }
    changed
}

fn is_mark(document: &Document, annotation: &Object) -> bool {
    let annotation = as_dict(document, annotation);
    annotation
        .and_then(|annotation| name(document, annotation, b"Subtype"))
        .is_some_and(|kind| MARKS.contains(&kind))
}

/// Takes the marks out of the structure tree, and the elements that held nothing else.
fn without_elements(document: &mut Document, marks: &HashSet<ObjectId>) {
    let mut gone: HashSet<ObjectId> = document
        .objects
        .iter()
        .filter(|(_, object)| object.as_dict().is_ok_and(|dictionary| refers(dictionary, marks)))
        .map(|(id, _)| *id)
        .collect();
    // An element that held only what is gone is gone too, and so on up to the root.
    loop {
        let mut emptied = Vec::new();
        for (id, object) in &mut document.objects {
            let Ok(element) = object.as_dict_mut() else { continue };
            if element.has(b"S") && element.has(b"P") && thin(element, marks, &gone) {
                emptied.push(*id);
            }
        }
        if emptied.is_empty() {
            break;
        }
        emptied.iter().for_each(|id| drop(document.objects.remove(id)));
        gone = emptied.into_iter().collect();
    }
}

/// Tells whether a dictionary refers to a mark as the content of an element (ISO 32000-2, 14.7.5.3).
fn refers(dictionary: &Dictionary, marks: &HashSet<ObjectId>) -> bool {
    reference(dictionary, b"Obj").is_some_and(|mark| marks.contains(&mark))
}

/// Takes what is gone out of an element; tells whether that was all it held.
fn thin(element: &mut Dictionary, marks: &HashSet<ObjectId>, gone: &HashSet<ObjectId>) -> bool {
    let is_gone = |kid: &Object| match kid {
        Object::Reference(id) => gone.contains(id),
        Object::Dictionary(kid) => refers(kid, marks),
        _ => false,
    };
    match element.get_mut(b"K") {
        Ok(Object::Array(kids)) => {
            let before = kids.len();
            kids.retain(|kid| !is_gone(kid));
            kids.is_empty() && before > 0
        }
        Ok(kid) => is_gone(kid),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;

    fn annotation(document: &mut Document, kind: &str) -> ObjectId {
        document.add_object(dictionary! { "Type" => "Annot", "Subtype" => kind })
    }

    #[test]
    fn marks_go_with_their_elements_and_all_else_stays() {
        let mut document = Document::with_version("1.7");
        let link = annotation(&mut document, "Link");
        let field = annotation(&mut document, "Widget");
        let note = annotation(&mut document, "Text");
        let window = annotation(&mut document, "Popup");
        let root = document.new_object_id();
        let content = dictionary! { "Type" => "OBJR", "Obj" => note };
        let of_note = document
            .add_object(dictionary! { "S" => "Annot", "P" => root, "K" => Object::Dictionary(content) });
        let of_link = document.add_object(dictionary! { "S" => "Link", "P" => root, "K" => 0 });
        let around =
            document.add_object(dictionary! { "S" => "P", "P" => root, "K" => vec![of_note.into()] });
        document.objects.insert(
            root,
            dictionary! { "S" => "Document", "P" => 1, "K" => vec![around.into(), of_link.into()] }.into(),
        );
        let direct = Object::Dictionary(dictionary! { "Subtype" => "Highlight" });
        let annotations: Vec<Object> = vec![link.into(), note.into(), direct, field.into(), window.into()];
        let tree = document.new_object_id();
        let page =
            document.add_object(dictionary! { "Type" => "Page", "Parent" => tree, "Annots" => annotations });
        document.objects.insert(
            tree,
            dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }.into(),
        );
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
        document.trailer.set("Root", catalog);

        assert!(remove(&mut document));
        let annotations = document.get_dictionary(page).unwrap().get(b"Annots").unwrap();
        assert_eq!(annotations, &Object::Array(vec![link.into(), field.into()]));
        for gone in [note, window, of_note, around] {
            assert!(!document.objects.contains_key(&gone));
        }
        let kids = document.get_dictionary(root).unwrap().get(b"K").unwrap();
        assert_eq!(kids, &Object::Array(vec![of_link.into()]));
        assert!(!remove(&mut document));
    }
}
