//! The meaning of each code, why it matters, and an example: the one source of `anlage explain` and of the reference.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The explanation of a code, in German.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// What is wrong.
    #[serde(rename = "bedeutung")]
    pub meaning: String,
    /// Why it matters.
    #[serde(rename = "warum")]
    pub reason: String,
    /// A part of a record that yields the finding; `None` where no record can show it.
    #[serde(rename = "falsch")]
    pub wrong: Option<String>,
    /// The same part as it should be.
    #[serde(rename = "richtig")]
    pub right: Option<String>,
}

/// Returns the explanation of a code of [`codes::ALL`](super::codes::ALL).
pub fn explanation(id: &str) -> Option<&'static Explanation> {
    ALL.get(id)
}

static ALL: LazyLock<BTreeMap<String, Explanation>> =
    LazyLock::new(|| toml::from_str(include_str!("explanations.toml")).expect("embedded and tested"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::codes;

    #[test]
    fn every_code_is_explained_and_nothing_else() {
        let codes: Vec<&str> = codes::ALL.iter().map(|code| &*code.id).collect();
        for code in &codes {
            assert!(explanation(code).is_some(), "{code}");
        }
        for id in ALL.keys() {
            assert!(codes.contains(&id.as_str()), "{id}");
        }
    }
}
