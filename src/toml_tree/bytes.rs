//! From the bytes of a file to its text: UTF-8, or a finding that says what it is instead.
//!
//! Knows nothing of TOML.

use std::sync::Arc;

use encoding_rs::WINDOWS_1252;

use super::MAX_BYTES;
use crate::diagnostics::{Diagnostic, Source, codes};

/// Turns the bytes of a file into a source; the error is a finding: not UTF-8, or too many bytes.
pub fn decode(name: &str, bytes: &[u8]) -> Result<Arc<Source>, Box<Diagnostic>> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Box::new(too_large(name)));
    }
    // Without its mark, UTF-16 shows in every other byte being zero.
    let zeros = bytes.iter().take(100).filter(|byte| **byte == 0).count();
    if matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) || zeros > 30 {
        return Err(Box::new(utf16(name, bytes)));
    }
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(body) {
        Ok(text) => Ok(Source::new(name, text)),
        Err(error) => Err(Box::new(not_utf8(name, body, error.valid_up_to()))),
    }
}

/// Returns the finding for a file larger than [`MAX_BYTES`].
pub fn too_large(name: &str) -> Diagnostic {
    Diagnostic::new(
        &codes::TOO_LARGE,
        &Source::new(name, ""),
        0..0,
        "Die Datei ist größer als 4 MiB und wird nicht gelesen.",
    )
    .hint("Bilder und lange Anhänge als eigene Dateien beilegen und hier nur nennen.")
}

fn not_utf8(name: &str, body: &[u8], valid_up_to: usize) -> Diagnostic {
    let wrong = body[valid_up_to];
    // Shown as Windows-1252, so that the letter that was meant stands under the mark.
    let (before, _) = WINDOWS_1252.decode_without_bom_handling(&body[..valid_up_to]);
    let (before, readable) = match std::str::from_utf8(&body[..valid_up_to]) {
        Ok(text) => (text.to_owned(), true),
        Err(_) => (before.into_owned(), false),
    };
    let (rest, _) = WINDOWS_1252.decode_without_bom_handling(&body[valid_up_to..]);
    let start = before.len();
    let letter = rest.chars().next().map_or(0, char::len_utf8);
    let meant = rest.chars().next().filter(|c| c.is_alphanumeric() || "„“”–€§".contains(*c));
    let text = format!("{before}{rest}");
    let encoding = match meant {
        Some(letter) if readable => format!(
            "Wahrscheinlich ist die Datei in Windows-1252 gespeichert (so schreibt es Word); das Byte wäre dann „{letter}“."
        ),
        _ => "Die Kodierung ist nicht zu erkennen.".to_owned(),
    };
    Diagnostic::new(
        &codes::NOT_UTF8,
        &Source::new(name, text),
        start..start + letter,
        format!(
            "Die Datei ist nicht in UTF-8 gespeichert: Byte {} ist 0x{wrong:02X}. {encoding}",
            valid_up_to + 1
        ),
    )
    .hint("Im Editor „Speichern unter“ wählen und als Kodierung UTF-8 angeben.")
}

fn utf16(name: &str, bytes: &[u8]) -> Diagnostic {
    let (text, _, _) = encoding_rs::UTF_16LE.decode(bytes);
    Diagnostic::new(
        &codes::NOT_UTF8,
        &Source::new(name, text),
        0..0,
        "Die Datei ist in UTF-16 gespeichert („Unicode“ im Windows-Editor), nicht in UTF-8.",
    )
    .hint("Im Editor „Speichern unter“ wählen und als Kodierung UTF-8 angeben.")
}
