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
/// The name of the schema beside session files.
pub const SESSION_SCHEMA: &str = "sitzung.schema.json";
/// The folder of what was sent, beside the session file.
pub const DISPATCH_FOLDER: &str = "versand";
/// The folder of what is known of earlier runs.
pub const STATE_FOLDER: &str = ".anlage";
/// All of them.
pub const FOLDERS: [&str; 6] =
    [PUBLIC_FOLDER, COMPLETE_FOLDER, ASIDE_FOLDER, FORMS_FOLDER, PRINT_FOLDER, STATE_FOLDER];

/// The label of a form that is the proposal itself, and no annex of it.
pub const OWN_LABEL: &str = "Vorlage";

/// What the label of an annex looks like: a capital letter, or a number with a small letter; or what the proposal itself is
/// called.
pub const ANNEX_LABEL: &str = "^(Vorlage|[A-Z]|[1-9][0-9]?[a-z]?)$";

/// Tells whether a text follows [`ANNEX_LABEL`].
pub fn is_annex_label(text: &str) -> bool {
    let number = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let letters = text.len() - number.len();
    match number.as_bytes() {
        _ if text == OWN_LABEL => true,
        [b'A'..=b'Z'] => letters == 0,
        [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9'] => letters <= 1,
        _ => false,
    }
}

/// Names an annex: `Anlage A`; and the form that is the proposal itself: `Vorlage`.
pub fn annex(label: &str) -> String {
    if label == OWN_LABEL { OWN_LABEL.to_owned() } else { format!("Anlage {label}") }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_a_letter_or_a_number_with_a_letter() {
        for label in ["A", "Z", "1", "1a", "10", "12b"] {
            assert!(is_annex_label(label), "{label}");
        }
        for label in ["", "a", "AB", "0", "01", "1A", "1ab", "A1", "100", "ä"] {
            assert!(!is_annex_label(label), "{label}");
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
    fn what_no_longer_holds_has_another_name() {
        assert_eq!(
            [1, 2].map(|count| outdated("a.b.pdf", count)),
            ["a.b-veraltet.pdf", "a.b-veraltet-2.pdf"]
        );
        assert_eq!(outdated("ohne", 1), "ohne-veraltet");
    }
}
