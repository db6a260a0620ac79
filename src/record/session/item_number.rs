//! The number of an agenda item.

use std::fmt;
use std::str::FromStr;

/// The number of an agenda item, such as `4` or `4.2`, ordered as on an agenda.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemNumber(Vec<u16>);

/// The error of a text that is not the number of an agenda item.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAnItemNumber;

/// The most levels of an agenda.
const MAX_LEVELS: usize = 4;

impl fmt::Display for ItemNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let levels: Vec<String> = self.0.iter().map(u16::to_string).collect();
        f.write_str(&levels.join("."))
    }
}

impl FromStr for ItemNumber {
    type Err = NotAnItemNumber;

    fn from_str(text: &str) -> Result<Self, NotAnItemNumber> {
        let level = |part: &str| part.parse().ok().filter(|level| (1..=999).contains(level));
        let levels: Option<Vec<u16>> = text.split('.').map(level).collect();
        let read = Self(levels.filter(|levels| levels.len() <= MAX_LEVELS).ok_or(NotAnItemNumber)?);
        // Written again it must be the same: that refuses signs and leading zeros.
        if read.to_string() == text { Ok(read) } else { Err(NotAnItemNumber) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_ordered_as_an_agenda_is() {
        let mut numbers: Vec<ItemNumber> =
            ["10", "4.10", "4.2", "4", "1"].iter().map(|text| text.parse().unwrap()).collect();
        numbers.sort();
        let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["1", "4", "4.2", "4.10", "10"]);
        for text in ["", "0", "4.", ".4", "4,2", "04", "4.0", "+4", "a", "4.2.1.1.1", "1000", "4 "] {
            assert_eq!(text.parse::<ItemNumber>(), Err(NotAnItemNumber), "{text}");
        }
    }
}
