//! A field in one of two versions.
//!
//! Knows nothing of the other version.

use std::sync::Arc;

use super::value::{PrintedValue, printed, typed, values};
use crate::diagnostics::Source;
use crate::record::schema::{Field, Filled};
use crate::toml_tree::Step;

/// A field in one of the versions, and the file that it stands in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Version<'a> {
    pub source: &'a Arc<Source>,
    pub filled: Filled<'a>,
}

impl<'a> Version<'a> {
    pub(super) fn new(source: &'a Arc<Source>, filled: Filled<'a>) -> Self {
        Self { source, filled }
    }

    /// The field of this table with this key; without a value if this version has none.
    pub(super) fn part(self, field: &'a Field) -> Self {
        let own = self.filled.part(&Step::Key(field.key.clone()));
        Self { filled: own.unwrap_or(Filled::new(field, None)), ..self }
    }

    /// What stands in the file for a key of this table that the form does not know.
    pub(super) fn typed(self, key: &str) -> Option<String> {
        self.filled.node?.as_table()?.get(key).map(|node| typed(self.source, node))
    }

    /// The elements of this list, or the fields of this table.
    pub(super) fn parts(self) -> Vec<Self> {
        self.filled.parts().into_iter().map(|filled| Self { filled, ..self }).collect()
    }

    pub(super) fn printed(self) -> Option<String> {
        printed(self.source, self.filled)
    }

    pub(super) fn values(self) -> Vec<PrintedValue> {
        values(self.source, self.filled)
    }

    /// The values of a block as lines with their labels, but for what the label of the block says.
    pub(super) fn lines(self, label: &str) -> Vec<String> {
        let is_said = |value: &str| {
            label.ends_with(&format!(" {value}"))
                || label.contains(&format!("„{value}“"))
                || label.starts_with(&format!("TOP {value} "))
        };
        let others = self.values().into_iter().filter(|value| !is_said(&value.value));
        others.map(|value| format!("{}: {}", value.label, value.value)).collect()
    }

    pub(super) fn field(self) -> &'a Field {
        self.filled.field
    }
}
