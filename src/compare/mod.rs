//! Two versions of a record, a session or a document, and what changed from one to the other, in the words of the form.
//!
//! By identity first: a field is itself by its keys, a block of a list by what it is about ([`Field::identity`]), an item by
//! its paper. By words second, within what is the same. What stands in another place is moved, and not gone and new. Knows
//! neither where versions come from nor how changes are shown.
//!
//! [`Field::identity`]: crate::record::schema::Field

mod align;
mod change;
mod document;
mod entries;
mod form;
mod passages;
mod record;
mod session;
mod value;
mod version;
mod words;

pub use change::{Change, ChangeKind};
pub use document::documents;
pub use record::{FileMention, files, records};
pub use session::{SessionVersion, sessions};
pub use words::{Fate, WordRun};
