//! Ways to say a sentence beside the page: in everything that a PDF can hold.

use lopdf::{Dictionary, Object, Stream, StringFormat, dictionary};

use super::drawing::pdf_doc;
use super::leaf::{Leaf, string, utf16};
use crate::dice::Dice;

/// A text outside of pages, in one of the ways in which it may stand there.
fn said(text: &str, dice: &mut Dice) -> Object {
    match dice.below(3) {
        0 => utf16(text),
        1 => Object::String(pdf_doc(text), StringFormat::Literal),
        _ => string(&["\u{feff}", text].concat().into_bytes()),
    }
}

fn with(dice: &mut Dice, text: &str, change: impl FnOnce(&mut Leaf, Object)) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let said = said(text, dice);
    change(&mut leaf, said);
    leaf
}

pub(super) fn information(text: &str, dice: &mut Dice) -> Leaf {
    let key = ["Title", "Author", "Subject", "Keywords", "Aktenzeichen"][dice.below(5) as usize];
    with(dice, text, |leaf, said| {
        let mut information = Dictionary::new();
        information.set(key, said);
        let information = leaf.add(information);
        leaf.document.trailer.set("Info", information);
    })
}

pub(super) fn xmp(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let escaped: String =
        text.chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || c == ' ' { c.to_string() } else { format!("&#{};", c as u32) }
            })
            .collect();
    let packet = format!(
        "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF \
         xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description \
         xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:description><rdf:Alt><rdf:li xml:lang='x-default'>{escaped}\
         </rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    );
    let dict = dictionary! { "Type" => "Metadata", "Subtype" => "XML" };
    let metadata = leaf.add(Stream::new(dict, packet.into_bytes()));
    leaf.catalog.set("Metadata", metadata);
    leaf
}

pub(super) fn bookmark(text: &str, dice: &mut Dice) -> Leaf {
    with(dice, text, |leaf, said| {
        let root = leaf.document.new_object_id();
        let place = vec![leaf.page.into(), Object::Name(b"Fit".to_vec())];
        let entry = leaf.add(dictionary! { "Title" => said, "Parent" => root, "Dest" => place });
        let outline = dictionary! { "First" => entry.clone(), "Last" => entry, "Count" => 1 };
        leaf.document.objects.insert(root, outline.into());
        leaf.catalog.set("Outlines", root);
    })
}

pub(super) fn note(text: &str, dice: &mut Dice) -> Leaf {
    with(dice, text, |leaf, said| {
        leaf.annotate(dictionary! { "Subtype" => "Text", "Contents" => said });
    })
}

pub(super) fn note_in_rich_text(text: &str, dice: &mut Dice) -> Leaf {
    let rich: Vec<String> =
        text.split(' ').map(|word| format!("<b>{}</b>", word.replace('<', "&lt;"))).collect();
    let rich = format!("<body xmlns='http://www.w3.org/1999/xhtml'><p>{}</p></body>", rich.join(" <i></i>"));
    with(dice, &rich, |leaf, said| {
        let look = string(b"/Helv 8 Tf");
        leaf.annotate(dictionary! { "Subtype" => "FreeText", "RC" => said, "DA" => look });
    })
}

pub(super) fn author_of_a_note(text: &str, dice: &mut Dice) -> Leaf {
    let key = ["T", "Subj", "NM"][dice.below(3) as usize];
    with(dice, text, |leaf, said| {
        let mut note = dictionary! { "Subtype" => "Text", "Contents" => string(b"bitte lesen") };
        note.set(key, said);
        leaf.annotate(note);
    })
}

fn field(text: &str, dice: &mut Dice, key: &str, kind: &str) -> Leaf {
    with(dice, text, |leaf, said| {
        let mut field = dictionary! { "Subtype" => "Widget", "FT" => kind, "T" => string(b"Feld") };
        field.set(key, said);
        let field = leaf.annotate(field);
        leaf.catalog.set("AcroForm", dictionary! { "Fields" => vec![field] });
    })
}

pub(super) fn value_of_a_field(text: &str, dice: &mut Dice) -> Leaf {
    field(text, dice, "V", "Tx")
}

pub(super) fn first_value_of_a_field(text: &str, dice: &mut Dice) -> Leaf {
    field(text, dice, "DV", "Tx")
}

pub(super) fn help_of_a_field(text: &str, dice: &mut Dice) -> Leaf {
    field(text, dice, "TU", "Tx")
}

pub(super) fn choice_of_a_field(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let pair = Object::Array(vec![string(b"1"), said(text, dice)]);
    let field = leaf.annotate(dictionary! {
        "Subtype" => "Widget", "FT" => "Ch", "Ff" => 1 << 17, "T" => string(b"Wahl"),
        "Opt" => vec![string(b"ja"), pair],
    });
    leaf.catalog.set("AcroForm", dictionary! { "Fields" => vec![field] });
    leaf
}

/// Writes everything but letters and digits with percent signs; with `all`, letters too.
pub(super) fn percent_encoded(text: &str, all: bool) -> String {
    let byte = |byte: &u8| match byte {
        byte if byte.is_ascii_alphanumeric() && !all => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.as_bytes().iter().map(byte).collect()
}

pub(super) fn target_of_a_link(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let text = percent_encoded(text, dice.one_in(2));
    let uri = format!("https://example.org/suche?q={text}");
    let action = dictionary! { "S" => "URI", "URI" => string(uri.as_bytes()) };
    leaf.annotate(dictionary! { "Subtype" => "Link", "A" => action });
    leaf
}

pub(super) fn destination(text: &str, dice: &mut Dice) -> Leaf {
    with(dice, text, |leaf, said| {
        let place = Object::Array(vec![leaf.page.into(), Object::Name(b"Fit".to_vec())]);
        let names = dictionary! { "Names" => vec![said.clone(), place] };
        leaf.catalog.set("Names", dictionary! { "Dests" => names });
        leaf.annotate(dictionary! { "Subtype" => "Link", "Dest" => said });
    })
}

/// The key of a dictionary that the page needs: the name of a font.
pub(super) fn key_of_a_dictionary(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let font = leaf.resources.get(b"Font").and_then(Object::as_dict).unwrap().get(b"F0").unwrap().clone();
    leaf.resource("Font", text, font);
    let name: String = text.bytes().map(|byte| format!("#{byte:02X}")).collect();
    leaf.draw(&format!("BT /{name} 8 Tf 1 0 0 1 50 700 Tm (Text) Tj ET"));
    leaf
}

/// The state of a box to tick, which is a name and a key.
pub(super) fn state_of_a_field(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let bounds: Vec<Object> = vec![0.into(), 0.into(), 9.into(), 9.into()];
    let look = dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => bounds };
    let look = leaf.add(Stream::new(look, b"0 0 9 9 re f".to_vec()));
    let mut looks = Dictionary::new();
    looks.set(text, look.clone());
    looks.set("Off", look);
    let state = Object::Name(text.as_bytes().to_vec());
    let field = leaf.annotate(dictionary! {
        "Subtype" => "Widget", "FT" => "Btn", "T" => string(b"Kreuz"), "V" => state.clone(), "AS" => state,
        "AP" => dictionary! { "N" => looks },
    });
    leaf.catalog.set("AcroForm", dictionary! { "Fields" => vec![field] });
    leaf
}

/// A structure tree whose element says something more.
fn element(text: &str, dice: &mut Dice, key: &str) -> Leaf {
    with(dice, text, |leaf, said| {
        let root = leaf.document.new_object_id();
        let content = String::from_utf8(std::mem::take(&mut leaf.content)).unwrap();
        leaf.draw(&format!("/P <</MCID 0>> BDC {content} EMC"));
        let mut element =
            dictionary! { "Type" => "StructElem", "S" => "P", "P" => root, "Pg" => leaf.page, "K" => 0 };
        element.set(key, said);
        let element = leaf.add(element);
        let tree = dictionary! { "Type" => "StructTreeRoot", "K" => vec![element] };
        leaf.document.objects.insert(root, tree.into());
        leaf.catalog.set("StructTreeRoot", root);
        leaf.catalog.set("MarkInfo", dictionary! { "Marked" => true });
    })
}

pub(super) fn alternative_text(text: &str, dice: &mut Dice) -> Leaf {
    element(text, dice, "Alt")
}

pub(super) fn long_form_of_a_word(text: &str, dice: &mut Dice) -> Leaf {
    element(text, dice, "E")
}

pub(super) fn text_instead_of_an_element(text: &str, dice: &mut Dice) -> Leaf {
    element(text, dice, "ActualText")
}

pub(super) fn title_of_an_element(text: &str, dice: &mut Dice) -> Leaf {
    element(text, dice, "T")
}

pub(super) fn language_of_an_element(text: &str, dice: &mut Dice) -> Leaf {
    element(text, dice, "Lang")
}

pub(super) fn name_of_a_layer(text: &str, dice: &mut Dice) -> Leaf {
    with(dice, text, |leaf, said| {
        let layer = leaf.add(dictionary! { "Type" => "OCG", "Name" => said });
        leaf.resource("Properties", "L", layer.clone());
        let order = dictionary! { "Order" => vec![layer.clone()] };
        leaf.catalog.set("OCProperties", dictionary! { "OCGs" => vec![layer], "D" => order });
        leaf.draw("/OC /L BDC BT /F0 8 Tf 1 0 0 1 50 700 Tm (Ebene) Tj ET EMC");
    })
}

pub(super) fn label_of_a_page(text: &str, dice: &mut Dice) -> Leaf {
    with(dice, text, |leaf, said| {
        let label = dictionary! { "P" => said, "S" => "D" };
        leaf.catalog.set("PageLabels", dictionary! { "Nums" => vec![0.into(), label.into()] });
    })
}

pub(super) fn script(text: &str, dice: &mut Dice) -> Leaf {
    with(dice, &format!("app.alert('{text}')"), |leaf, said| {
        leaf.catalog.set("OpenAction", dictionary! { "S" => "JavaScript", "JS" => said });
    })
}

/// What a program that made the file keeps for itself.
pub(super) fn data_of_a_program(text: &str, dice: &mut Dice) -> Leaf {
    with(dice, text, |leaf, said| {
        let data = dictionary! { "LastModified" => string(b"D:20250101"), "Private" => said };
        leaf.catalog.set("PieceInfo", dictionary! { "Programm" => data });
    })
}

/// An object that nothing leads to.
pub(super) fn loose_object(text: &str, dice: &mut Dice) -> Leaf {
    with(dice, text, |leaf, said| {
        leaf.add(dictionary! { "Entwurf" => said });
    })
}

/// A page that nothing leads to.
pub(super) fn loose_page(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    let content = leaf.at(5, "F0", &super::leaf::hex(&super::leaf::win_ansi(text)));
    let content = leaf.add(Stream::new(Dictionary::new(), content.into_bytes()));
    leaf.add(dictionary! { "Type" => "Page", "Contents" => content, "Resources" => leaf.resources.clone() });
    leaf
}

/// A comment among the operators of the page.
pub(super) fn comment_among_operators(text: &str, dice: &mut Dice) -> Leaf {
    let mut leaf = Leaf::new(dice);
    leaf.draw(&format!("% {text}"));
    leaf.draw("q Q");
    leaf
}
