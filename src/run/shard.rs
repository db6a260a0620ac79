//! A part of the records, so that many machines can share one archive.

use std::fmt;
use std::str::FromStr;

use crate::files;

/// The K-th of N parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    number: u64,
    of: u64,
}

impl Shard {
    /// Tells whether the record at this path, seen from its project, is in this part. Depends on nothing but the path.
    pub fn has(self, path: &str) -> bool {
        let hash = files::hash(&[path.as_bytes()]);
        u64::from_str_radix(&hash[..16], 16).unwrap_or_default() % self.of == self.number - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-of-{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
        match parts {
            Some((number, of)) if number >= 1 && number <= of => Ok(Self { number, of }),
            _ => Err("hier steht K/N mit K von 1 bis N, zum Beispiel 3/8".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_in_exactly_one_part() {
        let parts: Vec<Shard> = (1..=7).map(|k| format!("{k}/7").parse().unwrap()).collect();
        let mut counts = [0; 7];
        for record in 0..1000 {
            let path = format!("vorlagen/{record}.toml");
            let owners: Vec<usize> = (0..7).filter(|part| parts[*part].has(&path)).collect();
            assert_eq!(owners.len(), 1);
            counts[owners[0]] += 1;
        }
        assert!(counts.iter().all(|count| (90..200).contains(count)), "{counts:?}");
        for wrong in ["", "1", "0/4", "5/4", "a/b", "1/0", "-1/4"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
    /// Machines may run different versions of this program.
    #[test]
    fn a_path_stays_in_its_part() {
        let part = |path: &str| (1..=8).find(|k| format!("{k}/8").parse::<Shard>().unwrap().has(path));
        let parts = ["v/1.toml", "v/2.toml", "Vorlagen 2025/Süd.toml"].map(part);
        assert_eq!(parts, [Some(2), Some(6), Some(7)]);
        assert!("1/1".parse::<Shard>().unwrap().has("v/1.toml"));
        assert_eq!("3/8".parse::<Shard>().unwrap().to_string(), "3-of-8");
    }
}
