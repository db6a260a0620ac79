//! File formats by file name extension: media types and the codes of xdomea.

/// Returns the media type of a file with this name.
pub(super) fn media_type(name: &str) -> &'static str {
    match extension(name).as_str() {
        "pdf" => "application/pdf",
        "json" => "application/json",
        "toml" => "application/toml",
        "xml" => "application/xml",
        "zip" => "application/zip",
        "txt" | "typ" => "text/plain",
        "csv" => "text/csv",
        "html" | "htm" => "text/html",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "tif" | "tiff" => "image/tiff",
        "svg" => "image/svg+xml",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}

/// A format in the code list `dateiformat` of xdomea.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct XdomeaFormat {
    /// The code in version 2.0 of the list.
    pub code: &'static str,
    /// The name where the list has none.
    pub other_name: Option<String>,
    /// The version of the format; empty where it is unknown.
    pub version: String,
}

/// "Sonstiges", the code that requires a name.
const OTHER: &str = "100";

/// Returns the format of a file with this name that claims this PDF/A.
pub(super) fn format(name: &str, pdf_a: Option<&str>) -> XdomeaFormat {
    let extension = extension(name);
    let listed = |code| XdomeaFormat { code, other_name: None, version: String::new() };
    match extension.as_str() {
        "pdf" => match pdf_a {
            Some(version) => XdomeaFormat { version: version.to_owned(), ..listed("044") },
            None => listed("018"),
        },
        "csv" => listed("002"),
        "htm" => listed("007"),
        "html" => listed("008"),
        "jpeg" => listed("010"),
        "jpg" => listed("011"),
        "ods" => listed("014"),
        "odt" => listed("015"),
        "png" => listed("019"),
        "tif" => listed("023"),
        "tiff" => listed("024"),
        "xml" => listed("030"),
        "docx" => listed("035"),
        "xlsx" => listed("036"),
        "txt" => listed("045"),
        "toml" => XdomeaFormat { code: OTHER, other_name: Some("TOML".into()), version: "1.0.0".into() },
        "" => XdomeaFormat { code: OTHER, other_name: Some("unbekannt".into()), version: String::new() },
        other => XdomeaFormat { code: OTHER, other_name: Some(other.to_uppercase()), version: String::new() },
    }
}

fn extension(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, extension)) => extension.to_ascii_lowercase(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_have_the_codes_of_the_list() {
        assert_eq!(format("a.PDF", Some("2a")).code, "044");
        assert_eq!(format("a.PDF", Some("2a")).version, "2a");
        assert_eq!(format("a.pdf", None).code, "018");
        assert_eq!(format("a.b.toml", None).other_name.as_deref(), Some("TOML"));
        assert_eq!(format("LIESMICH", None).other_name.as_deref(), Some("unbekannt"));
        assert_eq!(media_type("plan.JPG"), "image/jpeg");
    }
}
