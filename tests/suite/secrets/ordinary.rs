//! Sessions of ordinary papers: the public ones name others by their numbers and say what everybody says, and no secret.

use lopdf::{Stream, dictionary};

use super::leaf::{Leaf, hex, string, win_ansi};
use super::session::{Fields, NotPublic, quoted};
use super::talk;
use crate::dice::Dice;
use crate::packet_runs::{SESSION, head};
use crate::program::Project;

/// Writes a session; says whether a public paper names one that is not public.
pub(super) fn write(seed: u64) -> (Project, bool) {
    let project = Project::new();
    let mut dice = Dice(seed ^ 0x6f66_6665_6e21);
    let mut not_public = NotPublic::default();
    for _ in 0..3 + dice.below(4) {
        let secret = talk::secret_sentence(&mut dice);
        not_public.say(&secret.raw, &mut dice);
        let common = talk::common(&mut dice);
        not_public.say(common, &mut dice);
    }
    let file = paper(&mut dice, None, &[]);
    not_public.annex("Lageplan", "lageplan", file);
    let cites = dice.one_in(2);
    let said = |dice: &mut Dice| {
        let mut all = vec![talk::common(dice).to_owned(), talk::public_sentence(dice)];
        if cites {
            all.push(talk::citation(dice, "V/0901/2025"));
        }
        all
    };
    let mut record = head("V/0101/2025", "Sanierung der Stadtbücherei", true);
    for number in 1..=2 + dice.below(3) {
        let texts = said(&mut dice);
        let own = talk::public_sentence(&mut dice);
        let bytes = paper(&mut dice, Some(own), &texts);
        project.write(&format!("o/d{number}.pdf"), bytes);
        let title = if number == 1 { "Lageplan".to_owned() } else { format!("Unterlage {number}") };
        record += &format!("\n[anlage.{number}]\ntitel = {}\ndatei = 'd{number}.pdf'\n", quoted(&title));
    }
    project.write("o/1.toml", record);
    let mut agenda = format!("{SESSION}[[top]]\nnummer = '1'\nvorlage = 'o/1.toml'\n");
    if dice.one_in(3) {
        let mut fields = Fields::default();
        for field in fields.texts() {
            *field = said(&mut dice).join("\n\n");
        }
        project.write("o/2.toml", fields.toml("V/0102/2025", true));
        agenda += "[[top]]\nnummer = '2'\nvorlage = 'o/2.toml'\n";
    }
    agenda += "[[top]]\nnummer = '10'\ntitel = 'Mitteilungen der Verwaltung'\noeffentlich = false\n";
    agenda += &not_public.write(&project, &mut dice);
    project.write("sitzung.toml", agenda);
    (project, cites)
}

/// A paper with the head that all papers of a town have, and these texts.
fn paper(dice: &mut Dice, own: Option<String>, texts: &[String]) -> Vec<u8> {
    let mut leaf = Leaf::new(dice);
    leaf.content.clear();
    let logo: Vec<u8> = (0..60 * 20).map(|at| (at * 7 % 256) as u8).collect();
    let picture = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => 60, "Height" => 20, "BitsPerComponent" => 8,
        "ColorSpace" => "DeviceGray",
    };
    let picture = leaf.add(Stream::new(picture, logo));
    leaf.resource("XObject", "Logo", picture);
    leaf.draw("q 60 0 0 20 480 800 cm /Logo Do Q");
    let common = talk::common(dice).to_owned();
    let letterhead =
        "Stadt Münster, Klemensstraße 10, 48143 Münster, Telefon 0251 492-0, www.stadt-muenster.de";
    let texts = own.iter().chain(texts).map(String::as_str);
    for (at, text) in [letterhead, &common].into_iter().chain(texts).enumerate() {
        let line = leaf.at(2 + at, "F0", &hex(&win_ansi(text)));
        leaf.draw(&line);
    }
    let information = leaf.add(dictionary! { "Title" => string(b"Lageplan"), "Author" => string(b"Stadt") });
    leaf.document.trailer.set("Info", information);
    leaf.bytes()
}
