//! What a PDF of typst still needs before it goes to print and to those who seal it.
//!
//! Changes bytes where they stand, so that no object moves.

use std::ops::Range;

use memchr::memmem;

/// A colour space that is an object of its own, up to the number of its profile.
const THROUGH_PROFILE: &[u8] = b" 0 obj\n[/ICCBased ";
const OBJECT: usize = b" 0 obj\n".len();
const PLAIN: &[u8] = b"/DeviceGray";
/// The entries of a profile take no more bytes than these.
const MAX_ENTRIES: usize = 200;

/// Makes grey plain: typst writes it through a profile, and a printer that sees one counts the page as one in colour. The
/// output intent of a PDF/A covers plain grey too. And ends the file with a line end, so that a seal that is added later
/// begins on a line of its own, as PDF/A asks for (ISO 19005-2, 6.1.9).
pub(super) fn finish(mut pdf: Vec<u8>) -> Vec<u8> {
    let grey: Vec<Range<usize>> =
        memmem::find_iter(&pdf, THROUGH_PROFILE).filter_map(|at| grey_space(&pdf, at)).collect();
    for place in grey {
        let space = &mut pdf[place];
        space.fill(b' ');
        space[..PLAIN.len()].copy_from_slice(PLAIN);
    }
    if !pdf.ends_with(b"\n") {
        pdf.push(b'\n');
    }
    pdf
}

/// Where the colour space stands whose object begins here, if it is one of grey.
fn grey_space(pdf: &[u8], at: usize) -> Option<Range<usize>> {
    let number = at + THROUGH_PROFILE.len();
    let digits = pdf[number..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = &pdf[number + digits..];
    let head = [b"\n", &pdf[number..number + digits], b" 0 obj\n<<"].concat();
    let profile = memmem::find(pdf, &head)? + head.len();
    let entries = &pdf[profile..pdf.len().min(profile + MAX_ENTRIES)];
    let entries = &entries[..memmem::find(entries, b"stream")?];
    let is_grey = memmem::find(entries, b"/N 1/").is_some();
    (is_grey && rest.starts_with(b" 0 R]")).then(|| at + OBJECT..number + digits + b" 0 R]".len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(pdf: &str) -> String {
        String::from_utf8(finish(pdf.as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn grey_is_plain_and_nothing_moves() {
        let space = "\n4 0 obj\n[/ICCBased 12 0 R]\nendobj";
        let profile =
            |channels: u8| format!("\n12 0 obj\n<</Length 3/N {channels}/Range[0 1]>>\nstream\nabc\n");
        let grey = format!("{space}{}", profile(1));
        assert_eq!(finished(&grey), grey.replace("[/ICCBased 12 0 R]", "/DeviceGray       "));
        let colour = format!("{space}{}", profile(3));
        assert_eq!(finished(&colour), colour);
        for cut in 0..grey.len() {
            finish(grey.as_bytes()[..cut].to_vec());
        }
        assert_eq!(finished(space), format!("{space}\n"));
    }

    #[test]
    fn a_file_ends_with_one_line_end() {
        assert_eq!([finished("%%EOF"), finished("%%EOF\n")], ["%%EOF\n", "%%EOF\n"]);
    }
}
