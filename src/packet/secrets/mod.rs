//! What nobody may read in public, and whether a file or a text says it.
//!
//! Others collect what is secret ([`Wanted`]) and decide what a [`Hit`] means. Both sides of the search are put into one
//! normal form (`folded`): letters and digits only, so that spaces, line breaks, hyphens, quotes and the way in which
//! a text is coded make no difference. A secret is then a set of phrases (`phrases`), of numbers of papers
//! (`numbers`), of amounts with their words (`amounts`) and of rows (`rows`), which are all looked for in one go
//! ([`SecretIndex`]). What is said by everybody (`words`) is no secret.
//!
//! Values in, values out: opens no file, starts no process, knows no session. Takes as long as the file needs, and
//! belongs into a process with limits.

mod amounts;
mod columns;
mod folded;
mod gather;
mod hit;
mod index;
mod ligatures;
mod numbers;
mod paragraphs;
mod phrases;
mod rows;
mod search;
mod sentences;
mod sources;
mod views;
mod wanted;
mod words;

#[cfg(test)]
mod tests;

pub use hit::{Hit, HitWeight, SearchResult, TextRole};
pub use index::SecretIndex;
pub use search::{in_text, is_in, search};
pub use sources::{MIN_PICTURE, SecretFile, of_file};
pub use wanted::{CommonTexts, Secret, SecretContent, Wanted};
