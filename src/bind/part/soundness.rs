//! Whether the structure of a part is sound, as it goes into the packet.
//!
//! A packet is checked part by part: in memory as a whole it would be too large, and its parts share nothing but the
//! elements above them, whose keys and names are told apart by construction.

use lopdf::{Document, Object, StringFormat, dictionary};

use super::pages::Page;
use super::tags::Tags;
use crate::bind::numbering::reference;
use crate::pdf;

/// Everything that is wrong with the structure of a part. Its objects are lent for that, and come back.
pub(super) fn defects(objects: &mut Vec<Object>, pages: &[Page], tags: &Tags) -> Vec<String> {
    let count = objects.len() as u32;
    let mut document = Document::with_version("1.7");
    document.objects =
        std::mem::take(objects).into_iter().zip(1..).map(|(object, number)| ((number, 0), object)).collect();
    document.max_id = count;
    frame(&mut document, pages, tags);
    let defects = pdf::defects(&document).into_iter().map(|defect| defect.message).collect();
    document.objects.split_off(&(count + 1, 0));
    objects.extend(document.objects.into_values());
    defects
}

/// Gives the objects of a part what makes them a document: a page tree, and a root of the structure.
fn frame(document: &mut Document, pages: &[Page], tags: &Tags) {
    let numbers = pages.iter().map(|page| reference(page.number)).collect::<Vec<_>>();
    let page_tree = document.add_object(dictionary! {
        "Type" => "Pages", "Count" => pages.len() as i64, "Kids" => numbers,
    });
    let parents = tags.parents.iter().flat_map(|(key, entry)| [(*key).into(), entry.clone()]);
    let roles = tags.roles.iter().map(|(own, role)| (own.clone(), Object::Name(role.clone())));
    let mut ids = tags.ids.clone();
    ids.sort();
    let ids = ids
        .into_iter()
        .flat_map(|(id, number)| [Object::String(id, StringFormat::Literal), reference(number)]);
    let root = document.add_object(dictionary! {
        "Type" => "StructTreeRoot",
        "K" => tags.kids.clone(),
        "ParentTree" => dictionary! { "Nums" => parents.collect::<Vec<_>>() },
        "ParentTreeNextKey" => tags.next_key,
        "RoleMap" => roles.collect::<lopdf::Dictionary>(),
        "IDTree" => dictionary! { "Names" => ids.collect::<Vec<_>>() },
    });
    for (number, key, parent) in pages
        .iter()
        .map(|page| (page.number, "Parent", page_tree))
        .chain(tags.kid_numbers().map(|number| (number, "P", root)))
    {
        if let Ok(object) = document.get_dictionary_mut((number, 0)) {
            object.set(key, parent);
        }
    }
    let catalog = document.add_object(dictionary! {
        "Type" => "Catalog",
        "Pages" => page_tree,
        "MarkInfo" => dictionary! { "Marked" => true },
        "StructTreeRoot" => root,
    });
    document.trailer.set("Root", catalog);
}
