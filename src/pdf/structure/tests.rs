//! A tagged document of three pages, and what breaks it.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::{DefectKind, defects};

const ROOT: ObjectId = (3, 0);
const DOCUMENT: ObjectId = (4, 0);
const PARENT_TREE: ObjectId = (5, 0);
const ID_TREE: ObjectId = (6, 0);
const LINK: ObjectId = (7, 0);
const LINK_ELEMENT: ObjectId = (8, 0);
const FORM: ObjectId = (9, 0);
const FORM_ELEMENT: ObjectId = (20, 0);
const CELL: ObjectId = (21, 0);
const HEADER: ObjectId = (22, 0);
const ROW: ObjectId = (23, 0);
const PAGES: [ObjectId; 3] = [(31, 0), (32, 0), (33, 0)];
const CONTENTS: [ObjectId; 3] = [(41, 0), (42, 0), (43, 0)];
/// The first and the second paragraph of each page.
const FIRST: [ObjectId; 3] = [(51, 0), (52, 0), (53, 0)];
const SECOND: [ObjectId; 3] = [(61, 0), (62, 0), (63, 0)];

/// Makes three pages with two paragraphs each; a link on the first, a form XObject on the second, a table on the
/// third.
fn sound() -> Document {
    let mut document = Document::with_version("1.7");
    document.trailer.set("Root", (1, 0));
    let mut put = |id: ObjectId, object: Object| document.objects.insert(id, object);
    let xmp = "<r xmlns:u='http://www.aiim.org/pdfua/ns/id/' u:part='1'/>";
    put((10, 0), Stream::new(dictionary! {}, xmp.into()).into());
    let catalog = dictionary! { "Type" => "Catalog", "Pages" => (2, 0), "StructTreeRoot" => ROOT, "Metadata" => (10, 0),
    "MarkInfo" => dictionary! { "Marked" => true } };
    put((1, 0), catalog.into());
    put((2, 0), dictionary! { "Type" => "Pages", "Kids" => references(&PAGES), "Count" => 3 }.into());
    let root = dictionary! { "Type" => "StructTreeRoot", "K" => DOCUMENT, "ParentTree" => PARENT_TREE,
    "ParentTreeNextKey" => 5, "IDTree" => ID_TREE, "RoleMap" => dictionary! { "Absatz" => "P" } };
    put(ROOT, root.into());
    let mut kids = Vec::new();
    for page in 0..3 {
        let mut content = "/P <</MCID 0>> BDC (a) Tj EMC /P <</MCID 1>> BDC (b) Tj EMC \
            /Artifact BMC (Seite) Tj EMC "
            .to_owned();
        content += [
            "/Link <</MCID 2>> BDC (c) Tj EMC",
            "/Fm Do",
            "/TH <</MCID 2>> BDC f EMC /TD <</MCID 3>> BDC f EMC",
        ][page];
        put(CONTENTS[page], Stream::new(dictionary! {}, content.into()).into());
        let mut dict = dictionary! { "Type" => "Page", "Parent" => (2, 0), "Contents" => CONTENTS[page],
        "StructParents" => page as i64 };
        if page == 0 {
            dict.set("Annots", references(&[LINK]));
        }
        dict.set("Resources", dictionary! { "XObject" => dictionary! { "Fm" => FORM } });
        put(PAGES[page], dict.into());
        put(FIRST[page], element("P", DOCUMENT, PAGES[page], vec![0.into()]).into());
        // The second is held by a reference with a page of its own.
        let mark = dictionary! { "Type" => "MCR", "Pg" => PAGES[page], "MCID" => 1 };
        let mut second = element("Absatz", DOCUMENT, PAGES[page], vec![mark.into()]);
        second.remove(b"Pg");
        put(SECOND[page], second.into());
        kids.extend([FIRST[page], SECOND[page]]);
    }
    put(LINK, dictionary! { "Type" => "Annot", "Subtype" => "Link", "StructParent" => 3 }.into());
    let object = dictionary! { "Type" => "OBJR", "Obj" => LINK, "Pg" => PAGES[0] };
    put(LINK_ELEMENT, element("Link", DOCUMENT, PAGES[0], vec![2.into(), object.into()]).into());
    let form = dictionary! { "Type" => "XObject", "Subtype" => "Form", "StructParents" => 4 };
    put(FORM, Stream::new(form, b"/P <</MCID 0>> BDC (d) Tj EMC".to_vec()).into());
    let mark = dictionary! { "Type" => "MCR", "Pg" => PAGES[1], "Stm" => FORM, "MCID" => 0 };
    put(FORM_ELEMENT, element("P", DOCUMENT, PAGES[1], vec![mark.into()]).into());
    put(ROW, element("TR", DOCUMENT, PAGES[2], references(&[HEADER, CELL])).into());
    let mut header = element("TH", ROW, PAGES[2], vec![2.into()]);
    header.set("ID", Object::string_literal("kopf"));
    put(HEADER, header.into());
    let mut cell = element("TD", ROW, PAGES[2], vec![3.into()]);
    cell.set("A", dictionary! { "O" => "Table", "Headers" => vec![Object::string_literal("kopf")] });
    put(CELL, cell.into());
    kids.extend([LINK_ELEMENT, FORM_ELEMENT, ROW]);
    put(DOCUMENT, dictionary! { "S" => "Document", "P" => ROOT, "K" => references(&kids) }.into());
    put(ID_TREE, dictionary! { "Names" => vec![Object::string_literal("kopf"), HEADER.into()] }.into());
    let entries: Vec<Object> = vec![
        0.into(),
        references(&[FIRST[0], SECOND[0], LINK_ELEMENT]).into(),
        1.into(),
        references(&[FIRST[1], SECOND[1]]).into(),
        2.into(),
        references(&[FIRST[2], SECOND[2], HEADER, CELL]).into(),
        3.into(),
        LINK_ELEMENT.into(),
        4.into(),
        references(&[FORM_ELEMENT]).into(),
    ];
    put(PARENT_TREE, dictionary! { "Nums" => entries }.into());
    document
}

fn element(kind: &str, parent: ObjectId, page: ObjectId, kids: Vec<Object>) -> Dictionary {
    dictionary! { "Type" => "StructElem", "S" => kind, "P" => parent, "Pg" => page, "K" => kids }
}

fn references(ids: &[ObjectId]) -> Vec<Object> {
    ids.iter().map(|id| Object::Reference(*id)).collect()
}

fn set(document: &mut Document, id: ObjectId, key: &str, value: impl Into<Object>) {
    let dict = match document.objects.get_mut(&id).unwrap() {
        Object::Stream(stream) => &mut stream.dict,
        object => object.as_dict_mut().unwrap(),
    };
    dict.set(key, value);
}

fn unset(document: &mut Document, id: ObjectId, key: &str) {
    document.get_dictionary_mut(id).unwrap().remove(key.as_bytes());
}

fn replace(document: &mut Document, stream: ObjectId, from: &str, to: &str) {
    let stream = document.objects.get_mut(&stream).unwrap().as_stream_mut().unwrap();
    let content = String::from_utf8(stream.content.clone()).unwrap();
    assert!(content.contains(from));
    stream.set_content(content.replacen(from, to, 1).into());
}

/// Changes the entry of the parent tree at a key.
fn set_entry(document: &mut Document, key: usize, value: impl Into<Object>) {
    let tree = document.get_dictionary_mut(PARENT_TREE).unwrap();
    tree.get_mut(b"Nums").and_then(Object::as_array_mut).unwrap()[2 * key + 1] = value.into();
}

/// Returns the kinds of defects that a change causes, each once, in order.
fn broken_by(change: impl FnOnce(&mut Document)) -> Vec<DefectKind> {
    let mut document = sound();
    change(&mut document);
    let mut kinds: Vec<DefectKind> = defects(&document).into_iter().map(|defect| defect.kind).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

#[test]
fn a_sound_structure_has_no_defects() {
    assert_eq!(defects(&sound()), []);
    assert_eq!(defects(&Document::new()), []);
}

#[test]
fn broken_trees_are_noticed() {
    use DefectKind as Kind;
    let untagged = broken_by(|document| unset(document, (1, 0), "StructTreeRoot"));
    assert_eq!(untagged, [Kind::TreeMissing]);
    let emptied = broken_by(|document| unset(document, ROOT, "K"));
    assert_eq!(
        emptied,
        [Kind::TreeEmpty, Kind::ElementLost, Kind::ContentUnclaimed, Kind::EntryWrong, Kind::IdTree]
    );
    let lost = broken_by(|document| set(document, ROW, "K", references(&[HEADER])));
    assert_eq!(lost, [Kind::ElementLost, Kind::ContentUnclaimed, Kind::EntryWrong]);
    let twice = broken_by(|document| set(document, ROW, "K", references(&[HEADER, CELL, CELL])));
    assert_eq!(twice, [Kind::ElementRepeated]);
    let circle =
        broken_by(|document| set(document, ROW, "K", references(&[HEADER, CELL, ROW, DOCUMENT, ROOT])));
    assert_eq!(circle, [Kind::ElementRepeated]);
    assert_eq!(broken_by(|document| set(document, CELL, "P", DOCUMENT)), [Kind::ElementParent]);
    let inline = dictionary! { "S" => "P", "P" => ROOT };
    assert_eq!(
        broken_by(|document| set(document, ROOT, "K", vec![DOCUMENT.into(), inline.into()])),
        [Kind::ElementInline]
    );
    assert_eq!(
        broken_by(|document| set(document, ROOT, "K", references(&[DOCUMENT, (99, 0)]))),
        [Kind::KidBroken]
    );
    assert_eq!(broken_by(|document| set(document, CELL, "S", "Zelle")), [Kind::RoleUnknown]);
    let map = dictionary! { "Absatz" => "Text", "Text" => "Absatz" };
    assert_eq!(broken_by(|document| set(document, ROOT, "RoleMap", map)), [Kind::RoleUnknown]);
}

#[test]
fn broken_marks_are_noticed() {
    use DefectKind as Kind;
    assert_eq!(broken_by(|document| unset(document, FIRST[1], "K")), [Kind::ContentUnclaimed]);
    let twice = broken_by(|document| set(document, FIRST[1], "K", vec![0.into(), 0.into()]));
    assert_eq!(twice, [Kind::ContentClaimedTwice]);
    assert_eq!(
        broken_by(|document| set(document, FIRST[1], "K", vec![0.into(), 7.into()])),
        [Kind::ContentMissing]
    );
    let gone = broken_by(|document| replace(document, CONTENTS[1], "/P <</MCID 0>> BDC", "/Artifact BMC"));
    assert_eq!(gone, [Kind::ContentMissing]);
    let again = broken_by(|document| replace(document, CONTENTS[1], "MCID 1", "MCID 0"));
    assert_eq!(again, [Kind::ContentMissing, Kind::ContentRepeated]);
    let bare = broken_by(|document| replace(document, CONTENTS[1], "/Fm Do", "(x) Tj /Fm Do"));
    assert_eq!(bare, [Kind::ContentUnmarked]);
    let bare = broken_by(|document| replace(document, FORM, "EMC", "EMC f"));
    assert_eq!(bare, [Kind::ContentUnmarked]);
    let shared = broken_by(|document| replace(document, CONTENTS[2], "/TH", "/Fm Do /TH"));
    assert_eq!(shared, [Kind::ContentShared]);
    let page = broken_by(|document| set(document, FIRST[1], "Pg", PAGES[0]));
    assert_eq!(page, [Kind::ContentUnclaimed, Kind::ContentClaimedTwice]);
    assert_eq!(
        broken_by(|document| set(document, HEADER, "Pg", (2, 0))),
        [Kind::ContentUnclaimed, Kind::PageWrong]
    );
    assert_eq!(
        broken_by(|document| unset(document, HEADER, "Pg")),
        [Kind::ContentUnclaimed, Kind::PageWrong]
    );
    let mark = dictionary! { "Type" => "MCR", "Pg" => PAGES[0], "Stm" => FORM, "MCID" => 0 };
    assert_eq!(broken_by(|document| set(document, FORM_ELEMENT, "K", mark)), [Kind::PageWrong]);
}

#[test]
fn broken_keys_are_noticed() {
    use DefectKind as Kind;
    let swapped = broken_by(|document| {
        set(document, PAGES[0], "StructParents", 1);
        set(document, PAGES[1], "StructParents", 0);
    });
    assert_eq!(swapped, [Kind::EntryMissing, Kind::EntryWrong]);
    let shared = broken_by(|document| set(document, PAGES[1], "StructParents", 2));
    assert_eq!(shared, [Kind::KeyShared, Kind::EntryWrong]);
    assert_eq!(broken_by(|document| unset(document, PAGES[1], "StructParents")), [Kind::KeyMissing]);
    assert_eq!(
        broken_by(|document| set(document, PAGES[1], "StructParents", 3)),
        [Kind::KeyShared, Kind::EntryMissing]
    );
    let one = references(&[FIRST[2]; 4]);
    assert_eq!(broken_by(|document| set_entry(document, 2, one)), [Kind::EntryWrong]);
    assert_eq!(broken_by(|document| set_entry(document, 2, references(&FIRST[2..]))), [Kind::EntryMissing]);
    assert_eq!(broken_by(|document| set_entry(document, 4, references(&[(99, 0)]))), [Kind::EntryWrong]);
    for wrong in [0, 4] {
        assert_eq!(broken_by(|document| set(document, ROOT, "ParentTreeNextKey", wrong)), [Kind::NextKey]);
    }
    let disordered = broken_by(|document| {
        let entry = references(&[FIRST[0], SECOND[0], LINK_ELEMENT]);
        let tree = document.get_dictionary_mut(PARENT_TREE).unwrap();
        let numbers = tree.get_mut(b"Nums").and_then(Object::as_array_mut).unwrap();
        numbers.drain(..2);
        numbers.extend([0.into(), entry.into()]);
    });
    assert_eq!(disordered, [Kind::ParentTree]);
}

#[test]
fn broken_annotations_are_noticed() {
    use DefectKind as Kind;
    assert_eq!(broken_by(|document| unset(document, PAGES[0], "Annots")), [Kind::ObjectMissing]);
    assert_eq!(broken_by(|document| unset(document, LINK, "StructParent")), [Kind::KeyMissing]);
    assert_eq!(broken_by(|document| set(document, LINK_ELEMENT, "K", 2)), [Kind::ContentUnclaimed]);
    assert_eq!(broken_by(|document| set_entry(document, 3, CELL)), [Kind::EntryWrong]);
    let elsewhere = broken_by(|document| {
        unset(document, PAGES[0], "Annots");
        set(document, PAGES[1], "Annots", references(&[LINK]));
    });
    assert_eq!(elsewhere, [Kind::PageWrong]);
}

#[test]
fn broken_identifiers_are_noticed() {
    use DefectKind as Kind;
    let id = || Object::string_literal("kopf");
    let twice = broken_by(|document| set(document, CELL, "ID", id()));
    assert_eq!(twice, [Kind::IdRepeated, Kind::IdTree]);
    assert_eq!(broken_by(|document| unset(document, ROOT, "IDTree")), [Kind::IdTree]);
    assert_eq!(
        broken_by(|document| set(document, ID_TREE, "Names", vec![id(), CELL.into()])),
        [Kind::IdTree]
    );
    assert_eq!(broken_by(|document| unset(document, HEADER, "ID")), [Kind::IdTree, Kind::HeaderUnknown]);
}

#[test]
fn many_defects_are_told_in_part() {
    let mut document = sound();
    let kids: Vec<Object> = std::iter::repeat_n(Object::Null, 5000).collect();
    set(&mut document, CELL, "K", kids);
    let defects = defects(&document);
    // And the content that the cell had.
    assert_eq!(defects.len(), super::Defects::MAX_OF_A_KIND + 2);
    assert_eq!(defects.last().unwrap().kind, DefectKind::More);
}
