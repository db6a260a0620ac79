//! The editions of a packet. An edition is data: who reads it, what it is called, and what it says of itself.
//!
//! Whoever makes, names, reports or hands over an edition reads that here; nobody asks which of them it is.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::record::names;
use crate::record::publicity::Publicity;
use crate::record::session::Session;

/// Which of a session's papers a packet holds, and what it says of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition {
    /// What programs call it.
    pub key: &'static str,
    /// Who reads it. It holds what they may see.
    pub readers: Publicity,
    /// Whether it leaves out what everybody may see.
    pub is_supplement: bool,
    /// Its name: `Öffentliche Fassung`.
    pub name: &'static str,
    /// Its name inside of a title: `öffentliche Fassung`.
    pub name_in_title: &'static str,
    /// What it holds, as its cover says it.
    pub note: &'static str,
    /// The name of its folder, and the end of its file's name.
    pub folder: &'static str,
}

impl Edition {
    /// What everybody may see.
    pub const PUBLIC: Self = Self {
        key: "public",
        readers: Publicity::Public,
        is_supplement: false,
        name: "Öffentliche Fassung",
        name_in_title: "öffentliche Fassung",
        note: "Enthält die Unterlagen des öffentlichen Teils der Sitzung.",
        folder: names::PUBLIC_FOLDER,
    };

    /// What the council may see: everything.
    pub const COMPLETE: Self = Self {
        key: "complete",
        readers: Publicity::NonPublic,
        is_supplement: false,
        name: "Vollständige Fassung",
        name_in_title: "vollständige Fassung",
        note: "Enthält auch nichtöffentliche Unterlagen; sie sind vertraulich zu behandeln.",
        folder: names::COMPLETE_FOLDER,
    };

    /// What the council may see and the public may not: who has the public edition too has everything.
    pub const NONPUBLIC: Self = Self {
        key: "nonpublic",
        readers: Publicity::NonPublic,
        is_supplement: true,
        name: "Nichtöffentliche Fassung",
        name_in_title: "nichtöffentliche Fassung",
        note: "Enthält nur nichtöffentliche Unterlagen; sie sind vertraulich zu behandeln.",
        folder: names::ASIDE_FOLDER,
    };

    /// Those that are made if nobody says which, in the order in which they are made.
    pub const USUAL: [Self; 2] = [Self::PUBLIC, Self::COMPLETE];

    /// All there are.
    pub const ALL: [Self; 3] = [Self::PUBLIC, Self::COMPLETE, Self::NONPUBLIC];

    /// Finds an edition by its key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|edition| edition.key == key)
    }

    /// Tells whether it holds what is as public as this.
    pub fn holds(&self, publicity: Publicity) -> bool {
        publicity.is_open_to(self.readers) && !(self.is_supplement && publicity.is_public())
    }

    /// Tells whether there may be something that its readers must not see.
    pub fn keeps_back(&self) -> bool {
        !self.holds(Publicity::NonPublic)
    }

    /// Gives the path of its file in an output folder: `oeffentlich/Rat-2025-02-12-oeffentlich.pdf`.
    pub fn file(&self, session: &Session) -> String {
        format!("{}/{}", self.folder, names::packet(&session.file_stem(), self.folder))
    }
}

/// Written as its key: everything else is what this program says of it today.
impl Serialize for Edition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key)
    }
}

impl<'de> Deserialize<'de> for Edition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        Self::of_key(&key).ok_or_else(|| D::Error::custom(format!("no edition is called {key}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Publicity::{NonPublic, Public};

    #[test]
    fn an_edition_holds_what_its_readers_may_see() {
        let holds = |edition: Edition| [Public, NonPublic].map(|publicity| edition.holds(publicity));
        assert_eq!((holds(Edition::PUBLIC), Edition::PUBLIC.keeps_back()), ([true, false], true));
        assert_eq!((holds(Edition::COMPLETE), Edition::COMPLETE.keeps_back()), ([true, true], false));
        assert_eq!((holds(Edition::NONPUBLIC), Edition::NONPUBLIC.keeps_back()), ([false, true], false));
    }

    #[test]
    fn no_two_editions_are_called_the_same() {
        let words = |of: Edition| [of.key, of.name, of.name_in_title, of.note, of.folder];
        let [public, complete, nonpublic] = Edition::ALL.map(words);
        for ((one, other), third) in public.into_iter().zip(complete).zip(nonpublic) {
            assert!(one != other && one != third && other != third, "{one}");
        }
    }

    #[test]
    fn an_edition_is_written_as_its_key_and_found_by_it() {
        for edition in Edition::ALL {
            let written = serde_json::to_string(&edition).unwrap();
            assert_eq!(written, format!("\"{}\"", edition.key));
            assert_eq!(serde_json::from_str::<Edition>(&written).unwrap(), edition);
        }
        assert!(serde_json::from_str::<Edition>("\"oeffentlich\"").is_err());
    }
}
