//! A small document for tests that has one of everything that a packet has once.

use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use super::builder::Builder;
use super::part::Part;

/// A part of one page: tagged, with an own type, a class and an identifier; two bookmarks, one below the other; a
/// destination, a field with a font, and a hidden layer.
pub(crate) fn part(slug: &str) -> Part {
    read(document(), slug)
}

/// The same without its structure.
pub(super) fn untagged(slug: &str) -> Part {
    let mut document = document();
    let root = document.trailer.get(b"Root").and_then(Object::as_reference).unwrap();
    document.get_dictionary_mut(root).unwrap().remove(b"StructTreeRoot");
    read(document, slug)
}

/// A part of one page that holds nothing but a stamp.
pub(crate) fn stamps(count: usize) -> Part {
    let mut document = Document::with_version("1.7");
    let tree = document.new_object_id();
    let mut kids = Vec::new();
    for _ in 0..count {
        let content = document.add_object(Stream::new(Dictionary::new(), b"0 0 m 9 9 l S".to_vec()));
        let sides = vec![0.into(), 0.into(), 200.into(), 12.into()];
        let page =
            dictionary! { "Type" => "Page", "Parent" => tree, "MediaBox" => sides, "Contents" => content };
        kids.push(document.add_object(page).into());
    }
    let count = kids.len() as i64;
    document.set_object(tree, dictionary! { "Type" => "Pages", "Count" => count, "Kids" => kids });
    finish(&mut document, dictionary! { "Pages" => tree });
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    Part::read_stamps(&bytes).unwrap()
}

/// A dictionary among the objects of a builder.
pub(super) fn at(builder: &Builder, number: u32) -> Dictionary {
    match builder.read(number).unwrap() {
        Object::Stream(stream) => stream.dict,
        object => object.as_dict().unwrap().clone(),
    }
}

/// The number that an entry refers to.
pub(super) fn number(dictionary: &Dictionary, key: &str) -> u32 {
    dictionary.get(key.as_bytes()).and_then(Object::as_reference).unwrap().0
}

/// The list of an entry.
pub(super) fn list(dictionary: &Dictionary, key: &str) -> Vec<Object> {
    dictionary.get(key.as_bytes()).and_then(Object::as_array).unwrap().clone()
}

/// The name that is an entry.
pub(super) fn name(dictionary: &Dictionary, key: &str) -> String {
    String::from_utf8(dictionary.get(key.as_bytes()).and_then(Object::as_name).unwrap().to_vec()).unwrap()
}

/// The text of an entry.
pub(super) fn text(dictionary: &Dictionary, key: &str) -> String {
    lopdf::decode_text_string(dictionary.get(key.as_bytes()).unwrap()).unwrap()
}

fn document() -> Document {
    let mut document = Document::with_version("1.7");
    let [tree, page, root, element, outlines, first, below] = [(); 7].map(|()| document.new_object_id());
    let content = Stream::new(Dictionary::new(), b"/P <</MCID 0>> BDC 0 0 m 9 9 l S EMC".to_vec());
    let content = document.add_object(content);
    let font =
        document.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier" });
    let layer =
        document.add_object(dictionary! { "Type" => "OCG", "Name" => Object::string_literal("Maße") });
    let sides = || -> Vec<Object> { vec![0.into(), 0.into(), 595.into(), 842.into()] };
    let field = document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Widget", "FT" => "Tx", "T" => Object::string_literal("Name"),
        "Rect" => sides(), "DA" => Object::string_literal("/Helv 9 Tf"),
    });
    document.set_object(
        page,
        dictionary! {
            "Type" => "Page", "Parent" => tree, "MediaBox" => sides(), "Contents" => content,
            "StructParents" => 0, "Annots" => vec![field.into()],
            "Resources" => dictionary! {
                "Properties" => dictionary! { "L" => layer },
                "XObject" => dictionary! { "Stempel" => content },
            },
        },
    );
    document.set_object(tree, dictionary! { "Type" => "Pages", "Count" => 1, "Kids" => vec![page.into()] });
    document.set_object(
        element,
        dictionary! {
            "Type" => "StructElem", "S" => "Absatz", "P" => root, "Pg" => page, "K" => 0,
            "C" => "Klasse", "ID" => Object::string_literal("erster"),
        },
    );
    let entry: Vec<Object> = vec![0.into(), vec![element.into()].into()];
    document.set_object(root, dictionary! {
        "Type" => "StructTreeRoot", "K" => vec![element.into()], "ParentTree" => dictionary! { "Nums" => entry },
        "ParentTreeNextKey" => 1, "RoleMap" => dictionary! { "Absatz" => "P" },
        "ClassMap" => dictionary! { "Klasse" => dictionary! { "O" => "Layout" } },
    });
    let to_page: Vec<Object> = vec![page.into(), "Fit".into()];
    document.set_object(outlines, dictionary! { "First" => first, "Last" => first, "Count" => 2 });
    document.set_object(first, dictionary! {
        "Title" => Object::string_literal("oben"), "Parent" => outlines, "First" => below, "Last" => below,
        "Count" => 1, "Dest" => to_page.clone(),
    });
    let title = Object::string_literal("darunter");
    document
        .set_object(below, dictionary! { "Title" => title, "Parent" => first, "Dest" => to_page.clone() });
    let dests: Vec<Object> = vec![Object::string_literal("ziel"), to_page.into()];
    finish(
        &mut document,
        dictionary! {
            "Pages" => tree, "StructTreeRoot" => root, "Outlines" => outlines, "Lang" => Object::string_literal("nds"),
            "Names" => dictionary! { "Dests" => dictionary! { "Names" => dests } },
            "AcroForm" => dictionary! {
                "Fields" => vec![field.into()],
                "DR" => dictionary! { "Font" => dictionary! { "Helv" => font } , "ColorSpace" => dictionary! { "C" => "DeviceRGB" } },
            },
            "OCProperties" => dictionary! {
                "OCGs" => vec![layer.into()],
                "D" => dictionary! { "Order" => vec![layer.into()], "OFF" => vec![layer.into()] },
            },
        },
    );
    document
}

fn finish(document: &mut Document, mut catalog: Dictionary) {
    catalog.set("Type", "Catalog");
    let catalog = document.add_object(catalog);
    document.trailer.set("Root", catalog);
}

fn read(mut document: Document, slug: &str) -> Part {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    Part::read(&bytes, slug).unwrap()
}
