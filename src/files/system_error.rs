//! What the operating system says when it refuses, in German.

use std::io::{Error, ErrorKind};

/// Says in German what an error of the operating system means; without a name in German, its number or its own words.
pub fn in_german(error: &Error) -> String {
    if let Some(text) = of_kind(error.kind()).or_else(|| error.raw_os_error().and_then(of_number)) {
        return text.to_owned();
    }
    match error.raw_os_error() {
        Some(number) => format!("Fehler {number} des Betriebssystems"),
        None => error.to_string(),
    }
}

fn of_kind(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::NotFound => "gibt es nicht",
        ErrorKind::PermissionDenied => "der Zugriff ist nicht erlaubt",
        ErrorKind::AlreadyExists => "gibt es schon",
        ErrorKind::StorageFull => "auf dem Datenträger ist kein Platz mehr",
        ErrorKind::QuotaExceeded => "das Kontingent an Speicherplatz ist erschöpft",
        ErrorKind::FileTooLarge => "die Datei würde zu groß",
        ErrorKind::ReadOnlyFilesystem => "der Datenträger ist schreibgeschützt",
        ErrorKind::IsADirectory => "ist ein Ordner",
        ErrorKind::NotADirectory => "ein Teil des Pfads ist kein Ordner",
        ErrorKind::DirectoryNotEmpty => "der Ordner ist nicht leer",
        ErrorKind::InvalidFilename => "der Name ist zu lang oder enthält Zeichen, die nicht erlaubt sind",
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => "wird gerade benutzt",
        ErrorKind::WouldBlock => "bitte später noch einmal",
        ErrorKind::CrossesDevices => "liegt auf einem anderen Datenträger",
        ErrorKind::OutOfMemory => "der Arbeitsspeicher reicht nicht",
        ErrorKind::TimedOut => "es hat zu lange gedauert",
        ErrorKind::Interrupted => "wurde unterbrochen",
        ErrorKind::BrokenPipe => "die Gegenseite ist nicht mehr da",
        ErrorKind::UnexpectedEof => "hört unerwartet auf",
        ErrorKind::Unsupported => "das kann dieses System nicht",
        _ => return None,
    })
}

/// Those that have no kind of their own, by their numbers on Unix.
fn of_number(number: i32) -> Option<&'static str> {
    Some(match number {
        5 => "der Datenträger meldet einen Fehler",
        23 | 24 => "es sind zu viele Dateien zugleich geöffnet",
        40 => "Verknüpfungen führen im Kreis",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn errors_of_the_system_are_german() {
        for (number, text) in [
            (2, "gibt es nicht"),
            (13, "der Zugriff ist nicht erlaubt"),
            (24, "es sind zu viele Dateien zugleich geöffnet"),
            (28, "auf dem Datenträger ist kein Platz mehr"),
            (36, "der Name ist zu lang oder enthält Zeichen, die nicht erlaubt sind"),
            (132, "Fehler 132 des Betriebssystems"),
        ] {
            assert_eq!(in_german(&Error::from_raw_os_error(number)), text);
        }
        assert_eq!(in_german(&Error::other("keine gewöhnliche Datei")), "keine gewöhnliche Datei");
    }
}
