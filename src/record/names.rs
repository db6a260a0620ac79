//! The names of the files that this program writes.
//!
//! Whoever writes such a file, looks for it or has to pass it over asks here.

/// The part between the number of a proposal and the label of its annex.
const ANNEX: &str = "-Anlage-";

/// Names the PDF of an annex: `V-0056-2025-Anlage-A.pdf`. `stem` is what the files of its proposal begin with.
pub fn annex_pdf(stem: &str, label: &str) -> String {
    format!("{stem}{ANNEX}{label}.pdf")
}

/// Names a page of an annex as a picture: `V-0056-2025-Anlage-A-1.png`.
pub fn annex_picture(stem: &str, label: &str, page: usize) -> String {
    format!("{stem}{ANNEX}{label}-{page}.png")
}

/// Gives what the files of a proposal begin with, from the name of one of its annexes.
pub fn stem_of_annex(name: &str) -> &str {
    name.split(ANNEX).next().unwrap_or_default()
}

/// Names the packet of a session in one edition: `Rat-2025-02-12-oeffentlich.pdf`.
pub fn packet(session: &str, edition: &str) -> String {
    format!("{session}-{edition}.pdf")
}

/// Tells whether a file has the name of a form annex: of its PDF, or of a page of it as a picture.
pub fn is_made(name: &str) -> bool {
    let Some((_, label)) = name.rsplit_once(ANNEX) else { return false };
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
        assert!(is_made(&annex_picture("V-0056-2025", "A", 12)));
        for other in ["Plan-Anlage-3.png", "V-0056-2025.toml", "foto-1.png", "x-Anlage-A-1.jpg"] {
            assert!(!is_made(other), "{other}");
        }
    }
}
