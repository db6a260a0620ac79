//! What is told of a record before it is read as a proposal.

use crate::record::numbers::{Number, NumberPatterns};
use crate::toml_tree::{Node, TomlFile, Value};

/// Gives the number of the proposal; none if it is missing or malformed.
pub fn number(file: &TomlFile, numbers: &NumberPatterns) -> Option<Number> {
    numbers.read(head(file, "nummer")?.as_str()?.trim())
}

/// Tells whether the record says that its proposal is public.
pub fn says_public(file: &TomlFile) -> bool {
    head(file, "oeffentlich").is_some_and(|node| node.value == Value::Boolean(true))
}

fn head<'a>(file: &'a TomlFile, key: &str) -> Option<&'a Node> {
    file.tree.as_table()?.get("vorlage")?.as_table()?.get(key)
}
