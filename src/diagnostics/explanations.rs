//! What codes mean, why they matter, and an example of each: the one source of `anlage explain` and of the reference.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// What a code means, in German.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// What is wrong.
    #[serde(rename = "bedeutung")]
    pub meaning: String,
    /// Why it matters.
    #[serde(rename = "warum")]
    pub reason: String,
    /// A part of a record that yields the finding; none where no record can show it.
    #[serde(rename = "falsch")]
    pub wrong: Option<String>,
    /// The same part as it should be.
    #[serde(rename = "richtig")]
    pub right: Option<String>,
}

/// What a code of [`codes::ALL`](super::codes::ALL) means.
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
