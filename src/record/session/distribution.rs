//! Who gets the papers of a session, and how: the blocks `[[verteiler]]`.

use crate::toml_tree::{Node, Table, Value};

/// Somebody who gets papers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The name: a person or a group.
    pub name: String,
    /// Whether they see what is not public, too.
    pub reads_all: bool,
    /// How many copies on paper; none if they read on a screen.
    pub copies: usize,
    /// How these are printed, as the file says it.
    pub layout: Option<String>,
}

/// The most copies that are believed.
const MAX_COPIES: usize = 10_000;

/// Reads the blocks; what is wrong with them is said by the schema.
pub(super) fn read(blocks: &[Node]) -> Vec<Recipient> {
    blocks.iter().filter_map(|block| recipient(block.as_table()?)).collect()
}

fn recipient(table: &Table) -> Option<Recipient> {
    let text = |key: &str| table.get(key).and_then(Node::as_str).map(str::trim);
    let copies = match table.get("exemplare").map(|node| &node.value) {
        Some(Value::Integer(copies)) => usize::try_from(*copies).unwrap_or_default(),
        _ => 1,
    };
    let is_electronic = text("form") == Some("elektronisch");
    Some(Recipient {
        name: text("name")?.to_owned(),
        reads_all: text("fassung")? == "vollständig",
        copies: if is_electronic { 0 } else { copies.min(MAX_COPIES) },
        layout: text("druck").map(str::to_owned),
    })
}
