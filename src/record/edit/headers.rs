//! A list of tables in one value, written as blocks with a header each, which can be moved and added. Every comment stays: above the
//! block that it is about, or behind its header.

use toml_edit::{ArrayOfTables, InlineTable, Item, Table, Value};

use super::entries::{behind, raw, taken_apart};
use super::with_document;

/// The text of a file whose list of this name has blocks with headers. None if the list has none but tables in one value, or is
/// no list of tables.
pub(in crate::record) fn with_headers(text: &str, list: &str) -> Option<String> {
    with_document(text, |document| {
        let value = document.get(list)?.as_value()?.clone();
        let array = value.as_array()?;
        if array.is_empty() || !array.iter().all(Value::is_inline_table) {
            return None;
        }
        let mut key = document.as_table_mut().key_mut(list)?;
        let head = raw(key.leaf_decor().prefix()).to_owned();
        key.leaf_decor_mut().clear();
        let has_others = document.iter().any(|(key, item)| key != list && item.is_value());
        let gap = if has_others && !head.starts_with('\n') { "\n" } else { "" };
        let (between, values) = taken_apart(array);
        let mut blocks = ArrayOfTables::new();
        let mut above = comments(raw(value.decor().suffix()));
        let (first, mut rest) = behind(&between[0]);
        above.extend(comments(&first));
        for (at, (value, after)) in values.into_iter().zip(&between[1..]).enumerate() {
            let Value::InlineTable(inline) = value else { return None };
            above.extend(comments(&rest));
            above.extend(inner_comments(&inline));
            let mut block: Table = inline.into_table();
            let above = std::mem::take(&mut above).concat();
            let before = if at == 0 { format!("{gap}{head}") } else { "\n".to_owned() };
            block.decor_mut().set_prefix(format!("{before}{above}"));
            let own;
            (own, rest) = behind(after);
            let own = if own.is_empty() { own } else { format!(" {}", own.trim()) };
            block.decor_mut().set_suffix(own);
            blocks.push(block);
        }
        // What stands at the end of the list stands below its last block.
        let end = comments(&rest).concat();
        if let (false, Some(last)) = (end.is_empty(), blocks.iter_mut().last()) {
            let below = format!("\n{}", end.trim_end());
            match last.iter_mut().last().map(|(_, item)| item) {
                Some(Item::Value(Value::InlineTable(_))) => {
                    // It may be written as several lines.
                    let own = format!("{}{end}", raw(last.decor().prefix()));
                    last.decor_mut().set_prefix(own);
                }
                Some(Item::Value(value)) => value.decor_mut().set_suffix(below),
                _ => {
                    let own = format!("{}{below}", raw(last.decor().suffix()));
                    last.decor_mut().set_suffix(own);
                }
            }
        }
        *document.get_mut(list)? = Item::ArrayOfTables(blocks);
        Some(())
    })
}

/// The comments of a text, each with the end of its line.
fn comments(text: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| line.find('#').map(|start| line[start..].trim_end()));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The comments between the values of a table.
fn inner_comments(table: &InlineTable) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in table.iter() {
        let key = table.key(key).map(|key| key.leaf_decor().clone()).unwrap_or_default();
        let texts = [key.prefix(), key.suffix(), value.decor().prefix(), value.decor().suffix()];
        texts.into_iter().for_each(|text| found.extend(comments(raw(text))));
    }
    found.extend(comments(raw(Some(table.trailing()))));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let after = with_headers(text, "l").unwrap();
        let json =
            |text: &str| crate::toml_tree::parse(&crate::diagnostics::Source::new("", text)).0.to_json();
        assert_eq!(json(&after), json(text), "it says the same: {after}");
        for comment in comments(text) {
            assert!(after.contains(comment.trim_end()), "{comment} is gone: {after}");
        }
        after
    }

    #[test]
    fn blocks_have_headers_and_every_comment_stays() {
        assert_eq!(
            written("# Kopf\nl = [{ a = \"1\", b = 2 }, {}]\n\n[s]\nx = 1\n"),
            "# Kopf\n[[l]]\na = \"1\"\nb = 2\n\n[[l]]\n\n[s]\nx = 1\n"
        );
        let text = "x = 1\n\n# wer\nl = [ # alle\n  # der erste\n  { a = \"1\" }, # eins\n\n  # Teil\n  { a = \"2\" }, # zwei\n  # Ende\n] # Liste\n# zu s\n[s]\n";
        assert_eq!(
            written(text),
            "x = 1\n\n# wer\n# Liste\n# alle\n# der erste\n[[l]] # eins\na = \"1\"\n\n# Teil\n[[l]] # zwei\na = \"2\"\n# Ende\n# zu s\n[s]\n"
        );
        assert_eq!(written(&text.replace('\n', "\r\n")), written(text).replace('\n', "\r\n"));
        written("l = [\n  { a = 1, b = [ 1, # x\n 2 ], c.d = 3 },\n  # Ende\n]\ny = 2\n");
        written("l = [{}, # leer\n # Ende\n]\n");
        for none in ["l = []\n", "l = 1\n", "l = [1, {}]\n", "[[l]]\n", ""] {
            assert_eq!(with_headers(none, "l"), None, "{none}");
        }
    }
}
