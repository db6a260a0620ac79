//! What pages draw.

use super::*;

#[test]
fn plain_text_is_read_with_places() {
    let reading =
        Page::saying("BT /F1 10 Tf 20 150 Td (Gr\\374n) Tj 0 -12 Td [(Wo) -10 (rt) -400 (zwei)] TJ ET")
            .read();
    let page = &reading.pages[0];
    assert_eq!(page.drawn.text, "Grün\nWort zwei");
    assert_eq!(page.lines, page.drawn);
    assert_eq!((page.number, page.size), (1, (300.0, 200.0)));
    let boxes = page.boxes(&page.lines, 3..9);
    let [first, second] = boxes[..] else { panic!("{boxes:?}") };
    assert!(first.x0 > 30.0 && first.x0 < 40.0 && first.y0 < 150.0 && first.y1 > 150.0, "{first:?}");
    assert!(second.x0 == 20.0 && second.y1 < 150.0, "{second:?}");
    assert_eq!(reading.unread, []);
    assert_eq!(reading.pictures, []);
}

#[test]
fn words_drawn_in_another_order_are_in_order_in_lines() {
    let content =
        "BT /F1 10 Tf 1 0 0 1 60 100 Tm (Welt) Tj 1 0 0 1 20 80 Tm (ganz) Tj 1 0 0 1 20 100 Tm (Hallo) Tj ET";
    let reading = Page::saying(content).read();
    assert_eq!(reading.pages[0].drawn.text, "Welt\nganz\nHallo");
    assert_eq!(reading.pages[0].lines.text, "Hallo Welt\nganz");
}

#[test]
fn a_turned_page_is_read_as_it_is_shown() {
    let mut page = Page::saying("BT /F1 10 Tf 0 1 -1 0 100 20 Tm (Hallo) Tj 0 1 -1 0 112 20 Tm (Welt) Tj ET");
    let id = page.page;
    page.document.get_dictionary_mut(id).unwrap().set("Rotate", 90);
    let reading = page.read();
    assert_eq!(reading.pages[0].size, (200.0, 300.0));
    assert_eq!(reading.pages[0].lines.text, "Hallo\nWelt");
}

#[test]
fn letters_come_from_the_table_of_the_font_beside_its_encoding() {
    let letters = "geheim";
    for kind in ["Type1", "TrueType"] {
        let mut page = Page::saying("BT /F1 10 Tf 20 100 Td <010203040506> Tj ET");
        let table = page.document.add_object(to_unicode(letters));
        let names: Vec<Object> = std::iter::once(1.into())
            .chain((1..=6).map(|number| Object::Name(format!("g{number}").into_bytes())))
            .collect();
        let font = dictionary! {
            "Type" => "Font", "Subtype" => kind, "BaseFont" => "ABCDEF+Eigene", "ToUnicode" => table,
            "Encoding" => dictionary! { "Type" => "Encoding", "Differences" => names },
            "FirstChar" => 1, "LastChar" => 6, "Widths" => vec![Object::from(500); 6],
        };
        let id = page.page;
        page.document.get_dictionary_mut(id).unwrap().set("Resources", fonts(font));
        assert_eq!(drawn(page), letters, "{kind}");
    }
}

#[test]
fn a_broken_font_has_letters_all_the_same() {
    let mut page = Page::saying("BT /F1 10 Tf 20 100 Td <000100020003> Tj ET");
    let letters = "weg";
    let table = to_unicode(letters);
    let table = String::from_utf8(table.content).unwrap();
    let table = table.replace("<00> <ff>", "<0000> <ffff>").replace("\n<0", "\n<000");
    let table = page.document.add_object(Stream::new(Dictionary::new(), table.into_bytes()));
    let program = page.document.add_object(Stream::new(Dictionary::new(), b"no font".to_vec()));
    let descriptor =
        page.document.add_object(dictionary! { "Type" => "FontDescriptor", "FontFile2" => program });
    let info = dictionary! { "Registry" => text("Adobe"), "Ordering" => text("Identity"), "Supplement" => 0 };
    let descendant = page.document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => "Kaputt", "CIDSystemInfo" => info,
        "FontDescriptor" => descriptor,
    });
    let font = page.document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "Kaputt", "Encoding" => "Identity-H",
        "DescendantFonts" => vec![descendant.into()], "ToUnicode" => table,
    });
    let id = page.page;
    page.document.get_dictionary_mut(id).unwrap().set("Resources", fonts(font));
    assert_eq!(drawn(page), letters);
}

fn type_3(letters: Option<&str>) -> Page {
    let mut page =
        Page::saying("BT /F1 10 Tf 20 100 Td <0102> Tj ET BT /F1 10 Tf 40 100 Td <01020102> Tj ET");
    let glyph = page
        .document
        .add_object(Stream::new(Dictionary::new(), b"500 0 0 0 500 700 d1 0 0 500 700 re f".to_vec()));
    let mut font = dictionary! {
        "Type" => "Font", "Subtype" => "Type3", "FontBBox" => vec![0.into(), 0.into(), 500.into(), 700.into()],
        "FontMatrix" => vec![0.001.into(), 0.into(), 0.into(), 0.001.into(), 0.into(), 0.into()],
        "CharProcs" => dictionary! { "a1" => glyph, "a2" => glyph },
        "Encoding" => dictionary! { "Differences" => vec![1.into(), "a1".into(), "a2".into()] },
        "FirstChar" => 1, "LastChar" => 2, "Widths" => vec![500.into(), 500.into()],
    };
    if let Some(letters) = letters {
        let table = page.document.add_object(to_unicode(letters));
        font.set("ToUnicode", table);
    }
    let id = page.page;
    page.document.get_dictionary_mut(id).unwrap().set("Resources", fonts(font));
    page
}

#[test]
fn fonts_of_drawings_have_letters_or_say_that_they_have_none() {
    assert_eq!(drawn(type_3(Some("Ja"))), "Ja JaJa");
    let reading = type_3(None).read();
    let why = UnreadReason::NoLetters { font: "Type 3".into(), count: 6 };
    assert_eq!(reading.unread, [Unread { place: TextPlace::Page(1), why }]);
}

#[test]
fn fonts_set_by_states_are_known() {
    let mut resources = fonts(helvetica());
    let mut page = Page::saying("");
    let font = page.document.add_object(helvetica());
    resources.set("ExtGState", dictionary! { "G" => dictionary! { "Font" => vec![font.into(), 10.into()] } });
    let content = "BT /G gs 20 100 Td (eins) Tj ET q BT /F1 10 Tf ET Q BT 20 80 Td (zwei) Tj ET";
    let id = page.page;
    let content = page.document.add_object(Stream::new(Dictionary::new(), content.as_bytes().to_vec()));
    page.document.get_dictionary_mut(id).unwrap().set("Resources", resources);
    page.document.get_dictionary_mut(id).unwrap().set("Contents", content);
    assert_eq!(drawn(page), "eins\nzwei");
}

fn with_form(page_content: &str, form: Stream) -> Page {
    let mut page = Page::saying(page_content);
    let form = page.document.add_object(form);
    let id = page.page;
    let mut resources = fonts(helvetica());
    resources.set("XObject", dictionary! { "X" => form });
    page.document.get_dictionary_mut(id).unwrap().set("Resources", resources);
    page
}

#[test]
fn drawings_are_read_where_they_are_drawn() {
    let content = "BT /F1 10 Tf 20 100 Td (Beschlussentwurf) Tj ET";
    let page = with_form("/X Do", form(content));
    let reading = page.read();
    assert_eq!(reading.pages[0].drawn.text, WORD);
    assert!(!reading.texts.iter().any(|said| said.text.contains(WORD)), "said twice");
}

#[test]
fn drawings_that_nobody_draws_are_read_too() {
    let content = "BT /F1 10 Tf 20 100 Td (Beschlussentwurf) Tj ET";
    let mut without_bounds = form(content);
    without_bounds.dict.remove(b"BBox");
    for form in [form(content), without_bounds] {
        assert_eq!(place(&with_form("", form).read(), WORD), TextPlace::Drawing(Some(1)));
    }
    let mut page = Page::saying("");
    page.document.add_object(Stream::new(Dictionary::new(), content.as_bytes().to_vec()));
    assert_eq!(place(&page.read(), WORD), TextPlace::Drawing(None));
}

#[test]
fn patterns_are_read() {
    let mut page = Page::saying("/Pattern cs /P scn 0 0 300 200 re f");
    let bounds: Vec<Object> = vec![0.into(), 0.into(), 300.into(), 200.into()];
    let pattern = dictionary! {
        "Type" => "Pattern", "PatternType" => 1, "PaintType" => 1, "TilingType" => 1, "BBox" => bounds,
        "XStep" => 300, "YStep" => 200, "Resources" => fonts(helvetica()),
    };
    let content = b"BT /F1 10 Tf 20 100 Td (Beschlussentwurf) Tj ET".to_vec();
    let pattern = page.document.add_object(Stream::new(pattern, content));
    let id = page.page;
    let resources = dictionary! { "Pattern" => dictionary! { "P" => pattern } };
    page.document.get_dictionary_mut(id).unwrap().set("Resources", resources);
    assert_eq!(place(&page.read(), WORD), TextPlace::Drawing(Some(1)));
}

#[test]
fn text_without_paint_is_read_and_said_to_be_unseen() {
    let sight = |content: &str| {
        let reading = Page::saying(content).read();
        assert_eq!(reading.pages[0].drawn.text, "Wort", "{content}");
        reading.pages[0].glyphs[0].sight
    };
    assert_eq!(sight("BT /F1 10 Tf 20 100 Td (Wort) Tj ET"), Sight::Shown);
    assert_eq!(sight("BT /F1 10 Tf 20 100 Td 3 Tr (Wort) Tj ET"), Sight::Invisible);
    assert_eq!(sight("BT /F1 10 Tf 20 100 Td 7 Tr (Wort) Tj ET"), Sight::Invisible);
    assert_eq!(sight("BT /F1 10 Tf 20 300 Td (Wort) Tj ET"), Sight::Outside);
    assert_eq!(sight("0 0 10 10 re W n BT /F1 10 Tf 20 100 Td (Wort) Tj ET"), Sight::Outside);
    assert_eq!(sight("1 g BT /F1 10 Tf 20 100 Td (Wort) Tj ET"), Sight::PaperColoured);
    assert_eq!(sight("0 0 300 200 re f 1 g BT /F1 10 Tf 20 100 Td (Wort) Tj ET"), Sight::Shown);
    assert_eq!(sight("1 0 0 rg 0 0 300 200 re f BT /F1 10 Tf 20 100 Td (Wort) Tj ET"), Sight::PaperColoured);
    assert_eq!(sight("BT /F1 10 Tf 20 100 Td (Wort) Tj ET 0 90 300 30 re f"), Sight::Covered);
    assert_eq!(sight("2 Tr BT /F1 10 Tf 20 100 Td (Wort) Tj ET"), Sight::Shown);
}

#[test]
fn layers_that_are_off_are_read() {
    let content = "/OC /L BDC BT /F1 10 Tf 20 100 Td (Wort) Tj ET EMC BT /F1 10 Tf 20 50 Td (offen) Tj ET";
    let mut page = Page::saying(content);
    let layer = page.document.add_object(dictionary! { "Type" => "OCG", "Name" => text("Entwurf intern") });
    let id = page.page;
    let mut resources = fonts(helvetica());
    resources.set("Properties", dictionary! { "L" => layer });
    page.document.get_dictionary_mut(id).unwrap().set("Resources", resources);
    let off = dictionary! { "OFF" => vec![layer.into()] };
    page.catalog().set("OCProperties", dictionary! { "OCGs" => vec![layer.into()], "D" => off });
    let reading = page.read();
    assert_eq!(reading.pages[0].drawn.text, "Wort\noffen");
    let sights: Vec<Sight> = reading.pages[0].glyphs.iter().map(|glyph| glyph.sight).collect();
    assert_eq!((sights[0], sights[4]), (Sight::HiddenLayer, Sight::Shown));
    assert_eq!(place(&reading, "Entwurf intern"), TextPlace::Layer);
}

#[test]
fn content_that_nobody_parses_to_its_end_is_read() {
    for broken in
        [")", ">>", "}", "(x) (y) m", "\u{fffd}\u{fffd} x", "1 2 3 4 5 6 7 8 9e999 l", "/a#zz gs", "<4 [ <<"]
    {
        let content = format!("BT /F1 10 Tf 20 100 Td {broken}\n(Wort) Tj ET");
        let reading = Page::saying(&content).read();
        let found = reading.pages.first().is_some_and(|page| page.drawn.text.contains("Wort"));
        assert!(found || !reading.unread.is_empty(), "{broken}: {reading:#?}");
    }
}

#[test]
fn long_pages_are_read_to_their_end() {
    let content = "0 0 m 1 1 l S ".repeat(500_000) + "BT /F1 10 Tf 20 100 Td (Wort) Tj ET";
    assert_eq!(drawn(Page::saying(&content)), "Wort");
}

#[test]
fn a_page_that_is_a_picture_is_said_to_be_one() {
    let image = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => 1, "Height" => 1, "BitsPerComponent" => 8,
        "ColorSpace" => "DeviceGray",
    };
    let scan = |content: &str| with_form(content, Stream::new(image.clone(), vec![0])).read().pictures;
    let [picture] = &scan("300 0 0 200 0 0 cm /X Do BT /F1 10 Tf 3 Tr (unter dem Bild) Tj ET")[..] else {
        panic!()
    };
    assert!(picture.scan && picture.page == 1 && picture.share > 0.99);
    let [picture] = &scan("BT /F1 10 Tf 9 9 Td (Text) Tj ET 150 0 0 100 100 100 cm /X Do")[..] else {
        panic!()
    };
    assert!(!picture.scan && (picture.share - 0.25).abs() < 0.1, "{picture:?}");
    assert_eq!(scan("BT /F1 10 Tf 9 9 Td (Text) Tj ET 20 0 0 20 100 100 cm /X Do"), []);
}

#[test]
fn a_filter_that_is_unknown_leaves_a_page_unread() {
    let mut page = Page::saying("");
    let dict = dictionary! { "Filter" => "ZstdDecode" };
    let content = page.document.add_object(Stream::new(dict, b"BT ET".to_vec()));
    let id = page.page;
    page.document.get_dictionary_mut(id).unwrap().set("Contents", content);
    let unread = Unread { place: TextPlace::Page(1), why: UnreadReason::Filter("ZstdDecode".into()) };
    assert_eq!(page.read().unread, [unread]);
}

#[test]
fn pages_named_again_and_again_are_read_once() {
    let mut page = Page::saying("BT /F1 10 Tf 20 100 Td (Wort) Tj ET");
    let (tree, id) =
        (page.document.catalog().unwrap().get(b"Pages").unwrap().as_reference().unwrap(), page.page);
    let kids = vec![Object::Reference(id); 500];
    page.document.get_dictionary_mut(tree).unwrap().set("Kids", kids);
    let reading = page.read();
    assert_eq!((reading.pages.len(), reading.unread.len()), (1, 0));
    assert_eq!(reading.pages[0].drawn.text, "Wort");
}

#[test]
fn beyond_a_limit_nothing_passes_for_read() {
    let page = || Page::saying("BT /F1 10 Tf 20 100 Td (Wort) Tj (Wort) Tj ET q Q 0 0 m 1 1 l S");
    let bounds = |limits: TextLimits| -> Vec<UnreadReason> {
        let reading = read(&page().bytes(), &limits, &mut |_, _, _| {});
        let mut all: Vec<UnreadReason> = reading.unread.into_iter().map(|unread| unread.why).collect();
        all.dedup();
        all
    };
    let all = TextLimits::default;
    assert_eq!(bounds(all()), []);
    assert_eq!(bounds(TextLimits { unpacked: 20, ..all() }), [UnreadReason::TooMuch(TextLimit::Unpacked)]);
    assert_eq!(bounds(TextLimits { glyphs: 7, ..all() }), [UnreadReason::TooMuch(TextLimit::Glyphs)]);
    assert_eq!(bounds(TextLimits { steps: 7, ..all() }), [UnreadReason::TooMuch(TextLimit::Steps)]);
    assert_eq!(bounds(TextLimits { pages: 0, ..all() }), [UnreadReason::TooMuch(TextLimit::Pages)]);
    assert_eq!(bounds(TextLimits { objects: 9, ..all() }), [UnreadReason::TooMuch(TextLimit::Objects)]);
    assert_eq!(bounds(TextLimits { depth: 0, ..all() }), [UnreadReason::TooMuch(TextLimit::Depth)]);
}

#[test]
fn drawings_in_drawings_without_end_end() {
    let mut page = Page::saying("/X Do");
    let mut resources = fonts(helvetica());
    let forms: Vec<ObjectId> = (0..30).map(|_| page.document.new_object_id()).collect();
    for (index, id) in forms.iter().enumerate() {
        let mut twice = form("/X Do /X Do BT /F1 9 Tf (x) Tj ET");
        let next = forms[(index + 1) % forms.len()];
        twice.dict.set("Resources", dictionary! { "XObject" => dictionary! { "X" => next } });
        page.document.objects.insert(*id, twice.into());
    }
    resources.set("XObject", dictionary! { "X" => forms[0] });
    let id = page.page;
    page.document.get_dictionary_mut(id).unwrap().set("Resources", resources);
    let limits = TextLimits { steps: 10_000, ..TextLimits::default() };
    let reading = read(&page.bytes(), &limits, &mut |_, _, _| {});
    assert!(reading.unread.iter().any(|unread| unread.why == UnreadReason::TooMuch(TextLimit::Steps)));
}

#[test]
fn pictures_that_unpack_without_end_leave_nothing_for_others() {
    let picture = |bytes: Vec<u8>| {
        let mut picture = Stream::new(dictionary! { "Subtype" => "Image" }, bytes);
        picture.compress().unwrap();
        picture
    };
    let pixels = |bombs: usize| {
        let mut page = Page::saying("");
        // More than one picture may unpack to.
        let bomb = picture(vec![0; (64 << 20) + 1]);
        for _ in 0..bombs {
            page.document.add_object(bomb.clone());
        }
        page.document.add_object(picture(vec![7; 1000]));
        let mut seen = Vec::new();
        read(&page.bytes(), &TextLimits::default(), &mut |_, kind, bytes| {
            seen.extend((kind == RawKind::Pixels).then_some(bytes.len()));
        });
        seen
    };
    assert_eq!(pixels(1), [1000]);
    assert_eq!(pixels(16), [0; 0]);
}
