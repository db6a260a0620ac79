//! What a file is by its content, whatever it is called.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kinds of files that can be annexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnnexFormat {
    /// PDF.
    Pdf,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// TIFF.
    Tiff,
}

impl AnnexFormat {
    /// Recognizes a file that can be an annex.
    pub fn of(file: &[u8]) -> Option<Self> {
        match file {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', ..] => Some(Self::Png),
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(Self::Tiff),
            _ if is_pdf(file) => Some(Self::Pdf),
            _ => None,
        }
    }

    /// Tells whether a file of this kind may have this name.
    pub fn fits(self, name: &str) -> bool {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        let endings: &[&str] = match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Png => &["png"],
            Self::Tiff => &["tif", "tiff"],
        };
        endings.contains(&ending.as_str())
    }
}

impl fmt::Display for AnnexFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pdf => "PDF",
            Self::Jpeg => "JPEG-Bild",
            Self::Png => "PNG-Bild",
            Self::Tiff => "TIFF-Bild",
        })
    }
}

/// Tells whether a file is a PDF; its first line may stand behind something else (ISO 32000-2, Annex I).
pub(super) fn is_pdf(file: &[u8]) -> bool {
    file.windows(5).take(1024).any(|word| word == b"%PDF-")
}

/// Says in German what a file is that can be no annex.
pub(super) fn foreign_format(file: &[u8]) -> &'static str {
    match file {
        [] => "leer",
        [b'P', b'K', 3, 4, ..] => container(file),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => compound(file),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "ein WebP-Bild",
        [0, 0, 0, 12, b'j', b'P', ..] | [0xFF, 0x4F, 0xFF, 0x51, ..] => "ein JPEG-2000-Bild",
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => match brand.get(..4) {
            Some(b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"mif1" | b"msf1") => {
                "ein HEIC-Bild (vom iPhone)"
            }
            Some(b"avif" | b"avis") => "ein AVIF-Bild",
            _ => "ein Film",
        },
        [b'G', b'I', b'F', b'8', ..] => "ein GIF-Bild",
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => "ein BMP-Bild",
        [b'{', b'\\', b'r', b't', b'f', ..] => "ein RTF-Dokument",
        [b'%', b'!', b'P', b'S', ..] => "eine PostScript-Datei",
        [b'A', b'C', b'1', b'0', ..] => "eine Zeichnung aus AutoCAD (dwg)",
        [b'7', b'z', 0xBC, 0xAF, ..] => "ein 7z-Archiv",
        [b'R', b'a', b'r', b'!', ..] => "ein RAR-Archiv",
        [0x1F, 0x8B, ..] => "eine gepackte Datei (gz)",
        _ => text(file),
    }
}

/// The start of a file, in which its parts are named or its head stands.
fn head(file: &[u8]) -> &[u8] {
    file.get(..1 << 16).unwrap_or(file)
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

fn container(file: &[u8]) -> &'static str {
    // What stands behind the parts names all of them.
    let list = file.get(file.len().saturating_sub(1 << 16)..).unwrap_or_default();
    let has = |name: &[u8]| contains(list, name) || contains(head(file), name);
    let kinds: [(&[u8], &str); 10] = [
        (b"word/", "ein Word-Dokument (docx)"),
        (b"xl/", "eine Excel-Tabelle (xlsx)"),
        (b"ppt/", "eine PowerPoint-Präsentation (pptx)"),
        (b"opendocument.text", "ein OpenDocument-Text (odt)"),
        (b"opendocument.spreadsheet", "eine OpenDocument-Tabelle (ods)"),
        (b"opendocument.presentation", "eine OpenDocument-Präsentation (odp)"),
        (b"opendocument.graphics", "eine OpenDocument-Zeichnung (odg)"),
        (b"[Content_Types].xml", "ein Office-Dokument (docx, xlsx oder pptx)"),
        (b"epub+zip", "ein E-Book (epub)"),
        (b"Index/Document.iwa", "ein Dokument aus Pages, Numbers oder Keynote"),
    ];
    kinds.into_iter().find(|(part, _)| has(part)).map_or("ein ZIP-Archiv", |(_, kind)| kind)
}

/// What the old container of Microsoft holds: its parts are named in UTF-16.
fn compound(file: &[u8]) -> &'static str {
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        contains(file, &name)
    };
    let kinds = [
        ("__properties_version1.0", "eine E-Mail aus Outlook (msg)"),
        ("WordDocument", "ein Word-Dokument (doc)"),
        ("Workbook", "eine Excel-Tabelle (xls)"),
        ("PowerPoint Document", "eine PowerPoint-Präsentation (ppt)"),
        ("VisioDocument", "eine Visio-Zeichnung (vsd)"),
    ];
    let found = kinds.into_iter().find(|(part, _)| has(part));
    found.map_or("ein Dokument aus einem alten Office-Programm", |(_, kind)| kind)
}

fn text(file: &[u8]) -> &'static str {
    let head = head(file);
    if contains(head, &[0]) && !head.starts_with(&[0xFF, 0xFE]) && !head.starts_with(&[0xFE, 0xFF]) {
        return "von unbekannter Art";
    }
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let start = head.trim_start_matches('\u{feff}').trim_start();
    let is_mail = ["received:", "return-path:", "mime-version:", "from:", "delivered-to:"]
        .iter()
        .any(|line| start.starts_with(line));
    match start {
        _ if is_mail => "eine E-Mail (eml)",
        _ if start.starts_with("<!doctype html") || start.starts_with("<html") => "eine Webseite (html)",
        _ if start.starts_with('<') && start.contains("<svg") => "ein SVG-Bild",
        _ if start.starts_with("<?xml") => "eine XML-Datei",
        _ => "von unbekannter Art",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_holds() {
        assert_eq!(AnnexFormat::of(b"\xEF\xBB\xBF\n%PDF-1.4"), Some(AnnexFormat::Pdf));
        assert_eq!(AnnexFormat::of(b"\x89PNG\r\n\x1a\n"), Some(AnnexFormat::Png));
        assert_eq!(AnnexFormat::of(b"PK\x03\x04"), None);
        assert!(AnnexFormat::Jpeg.fits("Foto.JPG") && !AnnexFormat::Png.fits("foto.jpg"));
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let old = |part: &str| [&b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..], &utf16(part)].concat();
        for (file, kind) in [
            (&b"PK\x03\x04....[Content_Types].xml....word/document.xml"[..], "ein Word-Dokument (docx)"),
            (b"PK\x03\x04....a.txt", "ein ZIP-Archiv"),
            (&old("__properties_version1.0"), "eine E-Mail aus Outlook (msg)"),
            (&old("Workbook"), "eine Excel-Tabelle (xls)"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "ein WebP-Bild"),
            (b"\0\0\0\x0cjP  \r\n\x87\n", "ein JPEG-2000-Bild"),
            (b"\0\0\0\x18ftypheic", "ein HEIC-Bild (vom iPhone)"),
            (b"Received: from mail", "eine E-Mail (eml)"),
            (b"<?xml version='1.0'?><svg/>", "ein SVG-Bild"),
            (b"", "leer"),
            (b"abc", "von unbekannter Art"),
        ] {
            assert_eq!(foreign_format(file), kind);
        }
    }
}
