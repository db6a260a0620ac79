//! The number of a proposal.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::names;
use super::pattern::MOST;

/// The number of a proposal: `V/0056/2025`, or `V/0716/2023/1` for a supplement.
#[derive(Clone, Copy)]
pub struct Number {
    text: [u8; MOST],
    length: u8,
    /// Where the number of the proposal ends that this one is a supplement to.
    main: Option<u8>,
    year: Option<u16>,
}

impl Number {
    /// Takes a number that follows a pattern; `main` is where that of its main proposal ends.
    pub(super) fn new(number: &str, year: Option<u16>, main: Option<usize>) -> Option<Self> {
        let mut text = [0; MOST];
        text.get_mut(..number.len())?.copy_from_slice(number.as_bytes());
        let main = main.map(|end| end as u8);
        Some(Self { text, length: number.len() as u8, main, year })
    }

    /// The number as it is printed.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text[..usize::from(self.length)]).unwrap_or_default()
    }

    /// The year, if the number says it.
    pub fn year(&self) -> Option<u16> {
        self.year
    }

    /// The number of the proposal that this one is a supplement to.
    pub fn main(&self) -> Option<Self> {
        Self::new(&self.as_str()[..usize::from(self.main?)], self.year, None)
    }

    /// The number as a part of a file name: `V-0056-2025`.
    pub fn file_stem(self) -> String {
        names::stem(self.as_str())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Of what an earlier run wrote, only the text is known.
impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text, None, None).ok_or_else(|| serde::de::Error::custom("not the number of a proposal"))
    }
}
