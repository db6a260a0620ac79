//! The preflight: what of the pages may go wrong on paper, said before anything is printed.

use std::collections::BTreeMap;

use super::layout::points;
use super::plan::PrintPlan;
use super::sides::sides;
use super::ticket::{odd_line, ranges};
use crate::bind::impose::{PageTraits, PlacedPage, SheetSide};
use crate::diagnostics::{Code, codes};

/// Something that may go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintFlaw {
    /// What kind of thing it is.
    pub code: &'static Code,
    /// A German sentence.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

/// A picture has at least so many pixels in an inch on paper.
const MIN_PIXELS: f32 = 150.0;
/// A line is at least so wide on paper, in points.
const MIN_LINE: f32 = 0.2;
/// Text stays so far from the edge of the paper, in millimetres.
const MIN_EDGE: f32 = 5.0;

/// Looks for what may go wrong.
pub fn preflight(plan: &PrintPlan) -> Vec<PrintFlaw> {
    let all: Vec<SheetSide> = sides(plan).concat();
    let placed = |wrong: &dyn Fn(&SheetSide, &PlacedPage, &PageTraits) -> bool| -> Vec<usize> {
        let each = all.iter().flat_map(|side| side.placed.iter().map(move |placed| (side, placed)));
        let wrong = each.filter(|(side, placed)| wrong(side, placed, &plan.pages.traits[placed.page]));
        let mut pages: Vec<usize> = wrong.map(|(_, placed)| placed.page + 1).collect();
        pages.sort_unstable();
        pages
    };
    let coarse = placed(&|_, placed, page| {
        page.coarsest.is_some_and(|pixels| (pixels / scale(placed)).round() < MIN_PIXELS)
    });
    let thin = placed(&|_, placed, page| page.thinnest.is_some_and(|width| width * scale(placed) < MIN_LINE));
    let near = placed(&|side, placed, page| page.text.is_some_and(|text| is_near(side, placed, text)));
    let clear = placed(&|_, _, page| page.is_transparent);
    let flaw = |code: &'static Code, pages: &[usize], what: &str, hint: &'static str| {
        (!pages.is_empty()).then(|| PrintFlaw { code, message: format!("{}: {what}.", named(pages)), hint })
    };
    let mut flaws = fonts(plan);
    flaws.extend(flaw(
        &codes::PICTURE_COARSE,
        &coarse,
        "ein Bild hat auf dem Papier weniger als 150 Pixel je Zoll",
        "Das Bild in besserer Auflösung beilegen; gedruckt wird es trotzdem.",
    ));
    flaws.extend(flaw(
        &codes::LINE_THIN,
        &thin,
        "eine Linie ist dünner als 0,2 Punkt; manche Drucker lassen sie weg",
        "In der Zeichnung Linien von mindestens 0,25 Punkt verwenden.",
    ));
    flaws.extend(flaw(
        &codes::TEXT_AT_EDGE,
        &near,
        "Text steht weniger als 5 mm vom Rand des Papiers; manche Drucker schneiden ihn ab",
        "Mit --punch 20 werden die Seiten kleiner gedruckt.",
    ));
    flaws.extend(flaw(
        &codes::TRANSPARENCY,
        &clear,
        "etwas scheint durch anderes hindurch, was manche Drucker falsch darstellen",
        "Vor der Auflage ein Exemplar zur Probe drucken.",
    ));
    flaws.extend(odd(plan));
    flaws.extend(split(plan));
    flaws
}

/// Says that a booklet has more than one signature.
fn split(plan: &PrintPlan) -> Option<PrintFlaw> {
    let sheets: Vec<String> = plan.signatures.iter().map(ToString::to_string).collect();
    (sheets.len() > 1).then(|| PrintFlaw {
        code: &codes::BOOKLET_SPLIT,
        message: format!(
            "Die Broschüre ist in {} Lagen geteilt, weil ein Heft so dick nicht schließt; Bogen je Lage: {}.",
            sheets.len(),
            sheets.join(", ")
        ),
        hint: "Jede Lage für sich falzen und heften, dann aufeinanderlegen.",
    })
}

/// Which pages are not of A4, those of one size together.
fn odd(plan: &PrintPlan) -> Vec<PrintFlaw> {
    let mut alike: Vec<(String, Vec<usize>)> = Vec::new();
    for odd in &plan.odd {
        let line = odd_line(odd);
        match alike.iter_mut().find(|(other, _)| *other == line) {
            Some((_, pages)) => pages.push(odd.page + 1),
            None => alike.push((line, vec![odd.page + 1])),
        }
    }
    let flaw = |(line, pages): (String, Vec<usize>)| PrintFlaw {
        code: &codes::PAGE_NOT_A4,
        message: format!("{}, nicht A4: {line}.", named(&pages)),
        hint: "Nichts zu tun, wenn es so gemeint ist.",
    };
    alike.into_iter().map(flaw).collect()
}

/// Which fonts are missing, and where.
fn fonts(plan: &PrintPlan) -> Vec<PrintFlaw> {
    let mut missing: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (page, traits) in (1..).zip(&plan.pages.traits) {
        for font in &traits.missing_fonts {
            missing.entry(font).or_default().push(page);
        }
    }
    let flaw = |(font, pages): (&str, Vec<usize>)| PrintFlaw {
        code: &codes::FONT_MISSING,
        message: format!("{}: die Schrift {font} ist nicht eingebettet.", named(&pages)),
        hint: "Das PDF neu erzeugen und Schriften dabei einbetten; sonst nimmt der Drucker eine andere.",
    };
    missing.into_iter().map(flaw).collect()
}

fn named(pages: &[usize]) -> String {
    let name = if pages.len() == 1 { "Seite" } else { "Seiten" };
    format!("{name} {}", ranges(pages))
}

fn scale(placed: &PlacedPage) -> f32 {
    let [a, b, ..] = placed.matrix;
    a.hypot(b)
}

/// Tells whether text of a page comes near the edge of its paper.
fn is_near(side: &SheetSide, placed: &PlacedPage, [left, bottom, right, top]: [f32; 4]) -> bool {
    let [a, b, c, d, e, f] = placed.matrix;
    let corner = |x: f32, y: f32| (a * x + c * y + e, b * x + d * y + f);
    let (width, height) = side.paper;
    let least = points(MIN_EDGE);
    [corner(left, bottom), corner(right, top)]
        .into_iter()
        .any(|(x, y)| x < least || y < least || x > width - least || y > height - least)
}
