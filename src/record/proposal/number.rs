//! The number of a proposal.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The number of a proposal: `V/0056/2025`, or `V/0716/2023/1` for a supplement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    /// The year.
    pub year: u16,
    /// The running number within the year.
    pub sequence: u16,
    /// The count of the supplement, from 1.
    pub supplement: Option<u8>,
}

impl Number {
    /// The number as a part of a file name: `V-0056-2025`.
    pub fn file_stem(self) -> String {
        self.to_string().replace('/', "-")
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "V/{:04}/{:04}", self.sequence, self.year)?;
        match self.supplement {
            Some(count) => write!(f, "/{count}"),
            None => Ok(()),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|NotANumber| serde::de::Error::custom("not the number of a proposal"))
    }
}

/// The text is not the number of a proposal.
#[derive(Debug, PartialEq, Eq)]
pub struct NotANumber;

impl FromStr for Number {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let mut parts = text.strip_prefix("V/").ok_or(NotANumber)?.split('/');
        let mut number = || parts.next().map(|part| part.parse::<u16>().map_err(|_| NotANumber)).transpose();
        let sequence = number()?.ok_or(NotANumber)?;
        let year = number()?.ok_or(NotANumber)?;
        let supplement = number()?.map(|count| count.try_into().map_err(|_| NotANumber)).transpose()?;
        let read = Self { year, sequence, supplement };
        // Written again it must be the same: that refuses missing zeros, signs and anything behind it.
        if supplement.is_none_or(|count| (1..=99).contains(&count)) && read.to_string() == text {
            Ok(read)
        } else {
            Err(NotANumber)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_written() {
        for text in ["V/0056/2025", "V/0716/2023/1", "V/0001/1999/12"] {
            assert_eq!(text.parse::<Number>().unwrap().to_string(), text);
        }
        assert_eq!("V/0716/2023/1".parse::<Number>().unwrap().file_stem(), "V-0716-2023-1");
        for text in [
            "",
            "V",
            "V/56/2025",
            "v/0056/2025",
            "V/0056/25",
            "V/0056/2025/0",
            "V/0056/2025/",
            "V/0056/2025/1/2",
            "V/+056/2025",
            "V/0056/2025/001",
        ] {
            assert_eq!(text.parse::<Number>(), Err(NotANumber), "{text}");
        }
    }
}
