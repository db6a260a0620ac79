//! The job ticket: what the print room has to know of the sheets, for people, for programs, and for machines.

use serde_json::{Value as Json, json};

use super::layout::PrintLayout;
use super::plan::{OddPage, PageFate, PrintPlan};
use crate::typeset::{TicketFact, TicketSheet};

/// What the print room has to know.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// What tells this job from all others: what the names of its files begin with.
    pub job: String,
    /// What is printed.
    pub title: String,
    /// The names of the files with sheets, and how many sheets each has.
    pub files: Vec<TicketFile>,
    /// The name of the file with the pages that are printed apart.
    pub plans: Option<String>,
    /// Who gets how many copies.
    pub recipients: Vec<TicketRecipient>,
    /// What is on the sheets.
    pub plan: PrintPlan,
}

/// A file with sheets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketFile {
    /// Its name.
    pub name: String,
    /// How many sheets it has.
    pub sheets: usize,
    /// How many sides.
    pub sides: usize,
    /// Whether it is to be printed in colour.
    pub in_colour: bool,
}

/// Somebody who gets copies on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRecipient {
    /// The name.
    pub name: String,
    /// How many copies.
    pub copies: usize,
}

/// How sheets are held together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stapling {
    /// With a staple in the upper left corner.
    Corner,
    /// In the fold.
    Saddle,
}

impl Ticket {
    /// Counts the copies; who is not listed gets one.
    pub fn copies(&self) -> usize {
        if self.recipients.is_empty() { 1 } else { self.recipients.iter().map(|one| one.copies).sum() }
    }

    /// Tells whether it is punched.
    pub(super) fn is_punched(&self) -> bool {
        self.plan.wish.punch > 0.0 && !self.layout().is_folded()
    }

    pub(super) fn layout(&self) -> PrintLayout {
        self.plan.wish.layout
    }

    pub(super) fn stapling(&self) -> Stapling {
        if self.layout().is_folded() { Stapling::Saddle } else { Stapling::Corner }
    }

    /// Lists the places of the sheets with colour, from 1.
    pub fn colour_sheets(&self) -> Vec<usize> {
        places(&self.plan.coloured_sheets())
    }

    /// Lists the places of the pages with colour, from 1.
    pub fn colour_pages(&self) -> Vec<usize> {
        places(&self.plan.pages.has_colour)
    }

    /// Says all of it to programs, with the words that office machines know (PWG 5100.3).
    pub fn json(&self) -> Json {
        let file = |file: &TicketFile| {
            json!({
                "name": file.name, "sheets": file.sheets, "sides": file.sides, "in_colour": file.in_colour,
                "attributes": self.attributes(file.in_colour),
            })
        };
        let plan = &self.plan;
        json!({
            "job": self.job,
            "title": self.title,
            "layout": self.layout().key(),
            "pages": plan.pages.sizes.len(),
            "sheets": plan.sheets.len(),
            "sides": plan.sides(),
            "copies": self.copies(),
            "recipients": self.recipients.iter()
                .map(|one| json!({ "name": one.name, "copies": one.copies })).collect::<Json>(),
            "files": self.files.iter().map(file).collect::<Json>(),
            "plans": self.plans,
            "colour_pages": self.colour_pages(),
            "colour_sheets": self.colour_sheets(),
            "signatures": plan.signatures,
            "not_a4": plan.odd.iter().map(odd_json).collect::<Json>(),
        })
    }

    /// The attributes of a job of the Internet Printing Protocol.
    fn attributes(&self, in_colour: bool) -> Json {
        let layout = self.layout();
        let sides = match layout {
            PrintLayout::Simplex => "one-sided",
            PrintLayout::Duplex => "two-sided-long-edge",
            PrintLayout::Booklet | PrintLayout::TwoUp => "two-sided-short-edge",
        };
        let media = match layout {
            PrintLayout::TwoUp => "iso_a3_297x420mm",
            _ => "iso_a4_210x297mm",
        };
        let staple = match self.stapling() {
            Stapling::Corner => "staple-top-left",
            Stapling::Saddle => "saddle-stitch",
        };
        let punch = self.is_punched().then_some("punch-dual-left");
        let finishings: Vec<&str> = [staple].into_iter().chain(punch).collect();
        json!({
            "job-name": self.job,
            "copies": self.copies(),
            "sides": sides,
            "media": media,
            "finishings": finishings,
            "print-color-mode": if in_colour { "color" } else { "monochrome" },
            "multiple-document-handling": "separate-documents-collated-copies",
            "print-scaling": "none",
        })
    }

    /// Says all of it to people.
    pub fn sheet(&self) -> TicketSheet {
        let fact = |label: &str, value: String| TicketFact { label: label.to_owned(), value };
        let plan = &self.plan;
        let (paper, wish) = (self.layout().paper(), plan.wish);
        let mut facts = vec![
            fact("Auflage", copies(self.copies())),
            fact("Anordnung", self.layout().name().to_owned()),
            fact("Papier", format!("{} × {} mm, {} mm dick", paper.0, paper.1, decimal(wish.thickness))),
            fact("Umfang", format!("{} Seiten auf {} Bogen", plan.pages.sizes.len(), plan.sheets.len())),
            fact("Heftung", stapled(self.stapling()).to_owned()),
            fact(
                "Lochung",
                if self.is_punched() { "zweifach, am linken Rand".into() } else { "keine".into() },
            ),
            fact("Bogen in Farbe", self.colour_line()),
        ];
        if plan.signatures.len() > 1 {
            let sheets: Vec<String> = plan.signatures.iter().map(ToString::to_string).collect();
            facts.push(fact("Lagen", format!("{}, je Bogen: {}", sheets.len(), sheets.join(", "))));
        }
        if let Some(plans) = &self.plans {
            facts.push(fact("Pläne", format!("{plans}: {}", ranges(&self.apart()))));
        }
        let file = |file: &TicketFile| fact(&file.name, format!("{} Bogen", file.sheets));
        let recipient = |one: &TicketRecipient| fact(&one.name, copies(one.copies));
        let odd = |odd: &OddPage| fact(&format!("Seite {}", odd.page + 1), odd_line(odd));
        TicketSheet {
            title: self.title.clone(),
            files: self.files.iter().map(file).collect(),
            facts,
            recipients: self.recipients.iter().map(recipient).collect(),
            odd: plan.odd.iter().map(odd).collect(),
        }
    }

    fn apart(&self) -> Vec<usize> {
        self.plan.apart().into_iter().map(|page| page + 1).collect()
    }

    fn colour_line(&self) -> String {
        let sheets = self.colour_sheets();
        if sheets.is_empty() { "keine".to_owned() } else { ranges(&sheets) }
    }
}

fn places(all: &[bool]) -> Vec<usize> {
    (1..).zip(all).filter(|(_, is)| **is).map(|(place, _)| place).collect()
}

fn copies(count: usize) -> String {
    if count == 1 { "1 Exemplar".to_owned() } else { format!("{count} Exemplare") }
}

fn stapled(stapling: Stapling) -> &'static str {
    match stapling {
        Stapling::Corner => "eine Klammer oben links",
        Stapling::Saddle => "zwei Klammern im Falz",
    }
}

fn decimal(number: f32) -> String {
    number.to_string().replace('.', ",")
}

/// Writes numbers in order, neighbours together: `1, 3–5`.
pub(super) fn ranges(numbers: &[usize]) -> String {
    let runs = numbers.chunk_by(|one, next| one + 1 == *next);
    let run = |run: &[usize]| match run {
        [only] => only.to_string(),
        [first, second] => format!("{first}, {second}"),
        run => format!("{}–{}", run[0], run[run.len() - 1]),
    };
    runs.map(run).collect::<Vec<_>>().join(", ")
}

/// Says of a page that is not of A4 what becomes of it.
pub(super) fn odd_line(odd: &OddPage) -> String {
    let (width, height) = (odd.size.0.round(), odd.size.1.round());
    let fate = match odd.fate {
        PageFate::Apart => "liegt in der Datei mit den Plänen".to_owned(),
        PageFate::Drawn { scale, is_turned } => {
            let turned = if is_turned { "gedreht, " } else { "" };
            format!("{turned}auf {} %", (scale * 100.0).round())
        }
    };
    format!("{width} × {height} mm, {fate}")
}

/// Says the same to programs.
fn odd_json(odd: &OddPage) -> Json {
    let (scale, is_turned) = match odd.fate {
        PageFate::Drawn { scale, is_turned } => (Some(scale), is_turned),
        PageFate::Apart => (None, false),
    };
    json!({
        "page": odd.page + 1,
        "width_mm": odd.size.0.round(),
        "height_mm": odd.size.1.round(),
        "scale": scale.map(|scale| (f64::from(scale) * 1000.0).round() / 1000.0),
        "turned": is_turned,
        "apart": odd.fate == PageFate::Apart,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_written_together() {
        assert_eq!(ranges(&[]), "");
        assert_eq!(ranges(&[1, 3, 4, 7, 8, 9]), "1, 3, 4, 7–9");
    }
}
