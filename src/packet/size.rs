//! The size of a file as people write it: `10 MB`, `812 kB`.

use std::fmt;
use std::str::FromStr;

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileSize(pub u64);

/// The error of a text that is no size.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("hier steht eine Größe wie 10MB oder 500kB")]
pub struct NotASize;

/// The units, each with its bytes. Mail is counted in powers of ten.
const UNITS: [(&str, u64); 7] = [
    ("gb", 1_000_000_000),
    ("mb", 1_000_000),
    ("kb", 1_000),
    ("gib", 1 << 30),
    ("mib", 1 << 20),
    ("kib", 1 << 10),
    ("b", 1),
];

impl FromStr for FileSize {
    type Err = NotASize;

    fn from_str(text: &str) -> Result<Self, NotASize> {
        let text = text.trim().to_lowercase();
        let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).ok_or(NotASize)?;
        let (number, unit) = (text[..end].replace(',', "."), text[end..].trim());
        let (_, unit) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or(NotASize)?;
        let number: f64 = number.parse().map_err(|_| NotASize)?;
        let bytes = (number * unit as f64).round();
        // A file of less than a byte is none, and of more there is no file.
        if (1.0..1e15).contains(&bytes) { Ok(Self(bytes as u64)) } else { Err(NotASize) }
    }
}

impl fmt::Display for FileSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes @ ..1_000 => write!(f, "{bytes} Byte"),
            bytes @ 1_000..999_500 => write!(f, "{} kB", (bytes + 500) / 1_000),
            bytes => {
                let tenths = (bytes + 50_000) / 100_000;
                let rest = if tenths % 10 == 0 { String::new() } else { format!(",{}", tenths % 10) };
                write!(f, "{}{rest} MB", tenths / 10)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("10MB", 10_000_000),
            ("10 mb", 10_000_000),
            ("1,5MB", 1_500_000),
            ("0.5 GB", 500_000_000),
            ("500kB", 500_000),
            ("2MiB", 2 << 20),
            ("7b", 7),
        ] {
            assert_eq!(text.parse(), Ok(FileSize(bytes)), "{text}");
        }
        for text in ["", "10", "MB", "0MB", "-1MB", "1.2.3MB", "10 Meter", "1e3MB", "9999999999GB"] {
            assert_eq!(text.parse::<FileSize>(), Err(NotASize), "{text}");
        }
    }

    #[test]
    fn sizes_are_said_in_few_figures() {
        let said =
            [7, 1_000, 812_499, 999_499, 999_500, 1_250_000, 10_000_000].map(|n| FileSize(n).to_string());
        assert_eq!(said, ["7 Byte", "1 kB", "812 kB", "999 kB", "1 MB", "1,3 MB", "10 MB"]);
    }
}
