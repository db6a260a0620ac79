//! Annexes of a record that are files, as a form adds them and takes them away.

use toml_edit::{DocumentMut, Item, Table as EditTable, Value as EditValue};

use super::RecordEdit;
use crate::record::names::is_annex_label;

/// The table of the annexes.
const ANNEXES: &str = "anlage";

impl RecordEdit {
    /// Adds an annex that is a file and says nothing yet, with the number after the highest one. Gives its label; none if there is no
    /// number left, or no place.
    pub fn add_file_annex(&mut self) -> Option<String> {
        let annexes = self.document.entry(ANNEXES).or_insert_with(|| {
            let mut table = EditTable::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        let annexes_are_inline = annexes.is_inline_table();
        let annexes = annexes.as_table_like_mut()?;
        let label = next_label(annexes.iter().map(|(label, _)| label))?;
        let keys = ["titel", "datei"].map(|key| (key, EditValue::from("")));
        let annex = if annexes_are_inline {
            Item::Value(EditValue::InlineTable(keys.into_iter().collect()))
        } else {
            Item::Table(keys.map(|(key, value)| (key, Item::Value(value))).into_iter().collect())
        };
        annexes.insert(&label, annex);
        if annexes_are_inline {
            annexes.fmt();
        }
        Some(label)
    }

    /// Gives an annex another label, where it stands; tells whether there was one, and nothing with the other label.
    pub(in crate::record) fn rename_annex(&mut self, label: &str, other: &str) -> bool {
        let annexes = self.document.get_mut(ANNEXES).and_then(Item::as_table_like_mut);
        let Some(annexes) = annexes.filter(|annexes| !annexes.contains_key(other)) else { return false };
        let Some(annex) = annexes.remove(label) else { return false };
        annexes.insert(other, annex);
        true
    }

    /// Takes an annex away, with the comments right above it; tells whether there was one. What stands above an empty line stays.
    pub fn remove_annex(&mut self, label: &str) -> bool {
        let Some(annexes) = self.document.get_mut(ANNEXES) else { return false };
        let annexes_are_inline = annexes.is_inline_table();
        let Some(annexes) = annexes.as_table_like_mut() else { return false };
        let Some(gone) = annexes.remove(label) else { return false };
        if annexes.is_empty() {
            self.document.remove(ANNEXES);
        } else if annexes_are_inline {
            annexes.fmt();
        }
        if let Item::Table(gone) = gone {
            let above = gone.decor().prefix().and_then(|words| words.as_str()).unwrap_or_default();
            let stays = above.rfind("\n\n").map_or("", |end| &above[..=end]);
            if !stays.trim().is_empty() {
                keep_above(&mut self.document, gone.position(), stays);
            }
        }
        true
    }
}

/// The number after the highest of some annexes; none if there is none left.
pub(in crate::record) fn next_label<'a>(labels: impl Iterator<Item = &'a str>) -> Option<String> {
    let number = |label: &str| label.trim_end_matches(|c: char| c.is_ascii_lowercase()).parse::<u32>().ok();
    let label = labels.filter_map(number).max().unwrap_or(0).checked_add(1)?.to_string();
    is_annex_label(&label).then_some(label)
}

/// Puts words above the first table that stands below a place, or at the end.
fn keep_above(document: &mut DocumentMut, place: Option<isize>, words: &str) {
    let mut next: Option<&mut EditTable> = None;
    below(document.as_table_mut(), place, &mut next);
    match next {
        Some(next) => {
            let own = next.decor().prefix().and_then(|own| own.as_str()).unwrap_or_default();
            let words = format!("{words}{own}");
            next.decor_mut().set_prefix(words);
        }
        None => {
            let words = format!("{words}{}", document.trailing().as_str().unwrap_or_default());
            document.set_trailing(words);
        }
    }
}

fn below<'a>(table: &'a mut EditTable, place: Option<isize>, next: &mut Option<&'a mut EditTable>) {
    for (_, item) in table.iter_mut() {
        let tables = match item {
            Item::Table(table) => vec![table],
            Item::ArrayOfTables(blocks) => blocks.iter_mut().collect(),
            _ => continue,
        };
        for table in tables {
            let is_next = !table.is_implicit()
                && table.position() > place
                && next.as_ref().is_none_or(|next| table.position() < next.position());
            if is_next {
                *next = Some(table);
            } else {
                below(table, place, next);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "# oben\n[vorlage]\nnummer = \"V/1\"\n\n[anlage.A]\ntemplate = \"a\"\n\n# Pläne\n\n# der erste\n[anlage.1]\ntitel = \"Plan\" # wirklich\ndatei = \"plan.pdf\"\n\n[anlage.3a]\ntitel = \"x\"\n# Ende\n";

    fn edited(text: &str, change: impl FnOnce(&mut RecordEdit)) -> String {
        let mut edit = RecordEdit::of(text).unwrap();
        change(&mut edit);
        let text = edit.text();
        RecordEdit::of(&text).unwrap_or_else(|| panic!("no TOML: {text}"));
        text
    }

    #[test]
    fn an_annex_comes_with_the_number_after_the_highest() {
        let added = |text: &str, label: &str| {
            edited(text, |edit| assert_eq!(edit.add_file_annex().as_deref(), Some(label)))
        };
        let own = "\n[anlage.4]\ntitel = \"\"\ndatei = \"\"\n";
        assert_eq!(added(RECORD, "4"), RECORD.replace("# Ende\n", &format!("{}# Ende\n", own)));
        assert_eq!(added("[vorlage]\n", "1"), "[vorlage]\n\n[anlage.1]\ntitel = \"\"\ndatei = \"\"\n");
        let inline = "anlage = { A = { template = \"a\" } }\n";
        assert_eq!(
            added(inline, "1"),
            "anlage = { A = { template = \"a\" }, 1 = { titel = \"\", datei = \"\" } }\n"
        );
        let windows = RECORD.replace('\n', "\r\n");
        assert_eq!(added(&windows, "4"), added(RECORD, "4").replace('\n', "\r\n"));
        let full = edited("[anlage.99]\ntitel = \"\"\n", |edit| assert_eq!(edit.add_file_annex(), None));
        assert_eq!(full, "[anlage.99]\ntitel = \"\"\n");
        edited("anlage = 1\n", |edit| assert_eq!(edit.add_file_annex(), None));
    }

    #[test]
    fn an_annex_goes_with_what_is_about_it_and_the_rest_stays() {
        let without = |text: &str, label: &str| edited(text, |edit| assert!(edit.remove_annex(label)));
        let gone = "# der erste\n[anlage.1]\ntitel = \"Plan\" # wirklich\ndatei = \"plan.pdf\"\n\n";
        assert_eq!(without(RECORD, "1"), RECORD.replace(gone, ""));
        assert_eq!(without(RECORD, "3a"), RECORD.replace("\n[anlage.3a]\ntitel = \"x\"\n", ""));
        assert_eq!(
            without("[vorlage]\n\n# Pläne\n\n[anlage.1]\ntitel = \"x\"\n", "1"),
            "[vorlage]\n\n# Pläne\n"
        );
        assert_eq!(without("anlage = { A = {}, 1 = { titel = \"\" } }\n", "1"), "anlage = { A = {} }\n");
        edited(RECORD, |edit| assert!(!edit.remove_annex("2")));
    }
}
