//! The names of the files that this program writes, and of the folders that it writes them to.
//!
//! Whoever writes such a file, looks for it or has to pass it over asks here. What is for the public lies in a folder of
//! its own, and nothing else does.

/// The folder of the packets that are for the public.
pub const PUBLIC_FOLDER: &str = "oeffentlich";
/// The folder of the complete packets.
pub const COMPLETE_FOLDER: &str = "vollstaendig";
/// The folder of what only the council sees as a file of its own, and of what no longer holds.
pub const ASIDE_FOLDER: &str = "nichtoeffentlich";
/// The folder of the form annexes as files.
pub const FORMS_FOLDER: &str = "anlagen";
/// The folder of sheets for the print room.
pub const PRINT_FOLDER: &str = "druck";
/// The name of the schema beside records, by which editors check and complete them.
pub const EDITOR_SCHEMA: &str = "anlage.schema.json";
/// The folder of what was sent, beside the session file.
pub const DISPATCH_FOLDER: &str = "versand";
/// The folder of what is known of earlier runs.
pub const STATE_FOLDER: &str = ".anlage";
/// All of them.
pub const FOLDERS: [&str; 6] =
    [PUBLIC_FOLDER, COMPLETE_FOLDER, ASIDE_FOLDER, FORMS_FOLDER, PRINT_FOLDER, STATE_FOLDER];

/// The label of a form that is the proposal itself, and no annex of it.
pub const OWN_LABEL: &str = "Vorlage";
/// The part between the number of a proposal and the label of its annex, or what it is itself called.
const ANNEX: &str = "-Anlage-";
const OWN: &str = "-Vorlage";

/// Names an annex: `Anlage A`; and the form that is the proposal itself: `Vorlage`.
pub fn annex(label: &str) -> String {
    if label == OWN_LABEL { OWN_LABEL.to_owned() } else { format!("Anlage {label}") }
}

/// Names the PDF of an annex: `V-0056-2025-Anlage-A.pdf`, or of the proposal itself: `V-0056-2025-Vorlage.pdf`. `stem` is what
/// the files of its proposal begin with.
pub fn annex_pdf(stem: &str, label: &str) -> String {
    format!("{}.pdf", annex_stem(stem, label))
}

fn annex_stem(stem: &str, label: &str) -> String {
    if label == OWN_LABEL { format!("{stem}{OWN}") } else { format!("{stem}{ANNEX}{label}") }
}

/// What form annexes are made as. Each has names of its own, so that none takes the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rendition {
    /// Whether each page says that it is a draft.
    pub is_draft: bool,
    /// Whether each page is a picture.
    pub is_picture: bool,
}

impl Rendition {
    /// What is finished: the PDF, and its pages as pictures.
    pub const FINISHED: [Self; 2] =
        [Self { is_draft: false, is_picture: false }, Self { is_draft: false, is_picture: true }];

    /// Names a file of an annex: `V-0056-2025-Anlage-A.pdf`, `V-0056-2025-Anlage-A-1.png`, of a draft
    /// `V-0056-2025-Anlage-A-entwurf.pdf`. `page` counts from 1.
    pub fn file(self, stem: &str, label: &str, page: usize) -> String {
        let draft = if self.is_draft { "-entwurf" } else { "" };
        let stem = annex_stem(stem, label);
        if self.is_picture { format!("{stem}{draft}-{page}.png") } else { format!("{stem}{draft}.pdf") }
    }
}

/// Gives the place of a form annex in an output folder.
pub fn in_forms_folder(name: &str) -> String {
    format!("{FORMS_FOLDER}/{name}")
}

/// Names what no longer holds: `Rat-2025-02-12-oeffentlich-veraltet.pdf`, and after that `…-veraltet-2.pdf`.
pub fn outdated(name: &str, count: usize) -> String {
    let (stem, end) =
        name.rsplit_once('.').map_or((name, String::new()), |(stem, end)| (stem, format!(".{end}")));
    let count = if count > 1 { format!("-{count}") } else { String::new() };
    format!("{stem}-veraltet{count}{end}")
}

/// Gives what the files of a proposal begin with, from the name of one of its annexes.
pub fn stem_of_annex(name: &str) -> &str {
    let stem = name.split(ANNEX).next().unwrap_or_default();
    // A number may have the same word in it.
    if stem.len() < name.len() { stem } else { name.rsplit_once(OWN).map_or(stem, |(stem, _)| stem) }
}

/// Names the packet of a session in one edition: `Rat-2025-02-12-oeffentlich.pdf`.
pub fn packet(session: &str, edition: &str) -> String {
    format!("{session}-{edition}.pdf")
}

/// Names the record of a version that was sent, without its end, and the folder of its files: `Rat-2025-02-12-2`.
pub fn dispatch(session: &str, version: u32) -> String {
    format!("{session}-{version}")
}

/// Names the packet of a version that was sent: `Rat-2025-02-12-oeffentlich-2-Fassung-2025-02-07.pdf`.
pub fn dispatched_packet(session: &str, edition: &str, version: u32, day: &str) -> String {
    format!("{session}-{edition}-{version}-Fassung-{day}.pdf")
}

/// Names what is handed out beside a packet: `Rat-2025-02-12-oeffentlich-TOP-4.2.pdf`, `…-Teil-1-von-3.pdf`.
pub fn extract(session: &str, edition: &str, what: &str) -> String {
    format!("{session}-{edition}-{what}.pdf")
}

/// Tells whether a file has the name of what is handed out beside the packet with this name.
pub fn is_extract_of(name: &str, packet: &str) -> bool {
    let stem = packet.strip_suffix(".pdf").unwrap_or(packet);
    name.strip_prefix(stem)
        .is_some_and(|rest| ["-TOP-", "-Teil-", "-Nachtrag-"].iter().any(|kind| rest.starts_with(kind)))
}

/// The page that lists what lies in the public folder, and the same for programs.
pub const INDEX_FILES: [&str; 2] = ["index.html", "index.json"];

/// Gives the place of a file for the print room in an output folder: `druck/Rat-2025-02-12-oeffentlich-duplex.pdf`.
pub fn in_print_folder(stem: &str, what: &str, end: &str) -> String {
    format!("{PRINT_FOLDER}/{stem}-{what}.{end}")
}

/// Tells whether a file for the print room is made of the file with this stem.
pub fn is_print_of(name: &str, stem: &str) -> bool {
    name.strip_prefix(stem).is_some_and(|rest| rest.starts_with('-'))
}

/// Tells whether a file has the name of a form annex: of its PDF, or of a page of it as a picture.
pub fn is_made(name: &str) -> bool {
    let Some((_, label)) = name.rsplit_once(ANNEX).or_else(|| name.rsplit_once(OWN)) else { return false };
    let is_page = |label: &str| {
        label
            .rsplit_once('-')
            .is_some_and(|(_, page)| !page.is_empty() && page.bytes().all(|c| c.is_ascii_digit()))
    };
    label.ends_with(".pdf") || label.strip_suffix(".png").is_some_and(is_page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_what_they_name() {
        assert_eq!(annex_pdf("V-0056-2025", "A"), "V-0056-2025-Anlage-A.pdf");
        assert_eq!(stem_of_annex(&annex_pdf("V-0056-2025", "A")), "V-0056-2025");
        assert!(is_made(&annex_pdf("V-0056-2025", "1a")));
        let own = annex_pdf("V-0056-2025", OWN_LABEL);
        assert_eq!((own.as_str(), stem_of_annex(&own)), ("V-0056-2025-Vorlage.pdf", "V-0056-2025"));
        assert_eq!(stem_of_annex("V-0056-2025-Vorlage-2.png"), "V-0056-2025");
        assert!(
            is_made(&own)
                && is_made("V-0056-2025-Vorlage-2.png")
                && is_made("V-0056-2025-Vorlage-entwurf.pdf")
        );
        for is_draft in [false, true] {
            for is_picture in [false, true] {
                assert!(is_made(&Rendition { is_draft, is_picture }.file("V-0056-2025", "A", 12)));
            }
        }
        assert!(is_made(&outdated(&annex_pdf("V-0056-2025", "A"), 2)));
        for other in ["Plan-Anlage-3.png", "V-0056-2025.toml", "foto-1.png", "x-Anlage-A-1.jpg"] {
            assert!(!is_made(other), "{other}");
        }
    }

    #[test]
    fn what_is_handed_out_beside_a_packet_is_named_after_it() {
        let packet = packet("Rat-2025-02-12", "oeffentlich");
        for what in ["TOP-4.2", "Teil-1-von-3"] {
            assert!(is_extract_of(&extract("Rat-2025-02-12", "oeffentlich", what), &packet));
        }
        for other in [&packet, "Rat-2025-02-12-tagesordnung.pdf", "Rat-2025-02-19-oeffentlich-TOP-4.2.pdf"] {
            assert!(!is_extract_of(other, &packet));
        }
    }

    #[test]
    fn different_things_have_different_names() {
        let all = [(false, false), (false, true), (true, false), (true, true)];
        let names = all.map(|(is_draft, is_picture)| Rendition { is_draft, is_picture }.file("V-1", "A", 1));
        assert_eq!(
            names,
            [
                "V-1-Anlage-A.pdf",
                "V-1-Anlage-A-1.png",
                "V-1-Anlage-A-entwurf.pdf",
                "V-1-Anlage-A-entwurf-1.png"
            ]
        );
        assert_eq!(
            [1, 2].map(|count| outdated("a.b.pdf", count)),
            ["a.b-veraltet.pdf", "a.b-veraltet-2.pdf"]
        );
        assert_eq!(outdated("ohne", 1), "ohne-veraltet");
    }
}
