//! The entries of a list in square brackets, put in another order: the comments that are about an entry go along with it.
//!
//! A comment is about an entry if it stands behind it in its line, or right above it. What stands above an empty line is
//! about the place, and stays.

use toml_edit::{Array, RawString, Value};

/// An entry of a list as it is to be.
#[derive(Debug, Clone)]
pub(in crate::record) enum ListEntry {
    /// One that is there, counted from 0.
    Known(usize),
    /// A new one.
    New(Value),
}

/// An entry that was taken out of its list, with what is about it.
struct TakenEntry {
    /// The line break and the comments right above it.
    above: String,
    value: Value,
    /// The comment behind it.
    behind: String,
}

/// Gives a list these entries, and no others. Without comments, what is between entries stays as it was.
pub(in crate::record) fn arrange(list: &mut Array, wanted: Vec<ListEntry>) {
    let (mut between, values) = taken_apart(list);
    let mut end = between.pop().unwrap_or_default();
    let (first_gap, mut places) = (between.first().cloned().unwrap_or_default(), Vec::new());
    let mut open = String::new();
    let mut entries: Vec<Option<TakenEntry>> = Vec::new();
    for (at, (text, value)) in between.iter().zip(values).enumerate() {
        let (behind, rest) = behind(text);
        match entries.last_mut() {
            Some(Some(before)) => before.behind = behind,
            _ if at == 0 => open = behind,
            _ => {}
        }
        let (place, above) = apart(&rest);
        places.push(place);
        entries.push(Some(TakenEntry { above, value, behind: String::new() }));
    }
    if let Some(Some(last)) = entries.last_mut() {
        (last.behind, end) = behind(&end);
    }
    let line = entries
        .iter()
        .flatten()
        .rev()
        .find_map(|entry| entry.above.rfind('\n').map(|start| entry.above[start..].to_owned()));
    let stays = |at: usize| wanted.iter().any(|own| matches!(own, ListEntry::Known(own) if *own == at));
    // What stands above an entry that goes, apart from it, stands above what follows.
    let mut kept = Vec::new();
    let mut moved_on = String::new();
    for (at, place) in places.into_iter().enumerate() {
        if stays(at) {
            kept.push(std::mem::take(&mut moved_on) + &place);
        } else if !place.trim().is_empty() {
            moved_on += &place;
        }
    }
    let mut kept = kept.into_iter();
    list.clear();
    let mut before = open;
    for entry in wanted {
        let (entry, place) = match entry {
            ListEntry::Known(at) => match entries.get_mut(at).and_then(Option::take) {
                Some(entry) => (entry, kept.next().unwrap_or_default()),
                None => continue,
            },
            ListEntry::New(mut value) => {
                value.decor_mut().clear();
                let above = line.clone().unwrap_or_else(|| " ".to_owned());
                (TakenEntry { above, value, behind: String::new() }, String::new())
            }
        };
        let mut gap = place + &entry.above;
        if !gap.contains('\n') {
            gap = if list.is_empty() { first_gap.clone() } else { " ".to_owned() };
            if gap.contains(['\n', '#']) {
                gap = String::new();
            }
        }
        let mut value = entry.value;
        value.decor_mut().set_prefix(joined(&before, &gap, line.as_deref()));
        list.push_formatted(value);
        before = entry.behind;
    }
    list.set_trailing(joined(&before, &(moved_on + &end), Some("\n")));
    if list.is_empty() && list.trailing().as_str().is_some_and(|text| text.trim().is_empty()) {
        list.set_trailing("");
        list.set_trailing_comma(false);
    }
}

/// The entries of a list, and the texts before each and behind the last; a comma may stand anywhere in them.
pub(super) fn taken_apart(list: &Array) -> (Vec<String>, Vec<Value>) {
    let mut between = vec![String::new()];
    let mut values = Vec::new();
    for value in list.iter() {
        if let Some(last) = between.last_mut() {
            *last += raw(value.decor().prefix());
        }
        between.push(raw(value.decor().suffix()).to_owned());
        let mut value = value.clone();
        value.decor_mut().clear();
        values.push(value);
    }
    if let Some(last) = between.last_mut() {
        *last += raw(Some(list.trailing()));
    }
    (between, values)
}

/// What is written somewhere around a value.
pub(super) fn raw(text: Option<&RawString>) -> &str {
    text.and_then(RawString::as_str).unwrap_or_default()
}

/// Gives a list these values; one that it has already keeps the comments about it.
pub(super) fn say(list: &mut Array, values: Vec<Value>) {
    let mut left: Vec<Option<String>> = list.iter().map(|own| Some(plain(own))).collect();
    let entry = |value: Value| match left.iter().position(|own| own.as_ref() == Some(&plain(&value))) {
        Some(at) => {
            left[at] = None;
            ListEntry::Known(at)
        }
        None => ListEntry::New(value),
    };
    let wanted = values.into_iter().map(entry).collect();
    arrange(list, wanted);
}

/// A value without what stands around it.
fn plain(value: &Value) -> String {
    let mut value = value.clone();
    value.decor_mut().clear();
    value.as_str().map(str::to_owned).unwrap_or_else(|| value.to_string())
}

/// All entries of a list as they are.
pub(in crate::record) fn known(list: &Array) -> Vec<ListEntry> {
    (0..list.len()).map(ListEntry::Known).collect()
}

/// What stands behind an entry in its line, and the rest of the text up to the next.
pub(super) fn behind(text: &str) -> (String, String) {
    let end = text.find('\n').unwrap_or(text.len());
    if text[..end].contains('#') {
        (text[..end].to_owned(), text[end..].to_owned())
    } else {
        (String::new(), text.to_owned())
    }
}

/// What stands above an entry: what is about the place, up to the last empty line, and what is about the entry.
fn apart(text: &str) -> (String, String) {
    let mut end = 0;
    let mut start = 0;
    for (at, _) in text.match_indices('\n') {
        if start > 0 && text[start..at].trim().is_empty() {
            end = at;
        }
        start = at + 1;
    }
    (text[..end].to_owned(), text[end..].to_owned())
}

/// A comment in a line, and what follows it in lines of its own.
fn joined(comment: &str, rest: &str, line: Option<&str>) -> String {
    if comment.is_empty() || rest.starts_with(['\n', '\r']) {
        return format!("{comment}{rest}");
    }
    format!("{comment}{}{}", line.unwrap_or("\n  "), rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::super::{BlockChange, RecordEdit};
    use super::*;
    use crate::record::schema::{Field, Schema};
    use crate::toml_tree::Step;

    const LIST: &str = "[ # alle\n  # die erste\n  \"a\", # A\n  \"b\",\n\n  # Zweiter Teil\n\n  # zu c\n  \"c\", # C\n  # Ende\n]";

    fn arranged(text: &str, wanted: &[isize]) -> String {
        let mut document: toml_edit::DocumentMut = format!("x = {text}\n").parse().unwrap();
        let list = document["x"].as_array_mut().unwrap();
        let entry = |at: &isize| match usize::try_from(*at) {
            Ok(at) => ListEntry::Known(at),
            Err(_) => ListEntry::New("neu".into()),
        };
        arrange(list, wanted.iter().map(entry).collect());
        let text = document.to_string();
        text.parse::<toml_edit::DocumentMut>().unwrap_or_else(|error| panic!("{error}: {text}"));
        text.strip_prefix("x = ").unwrap().trim_end().to_owned()
    }

    #[test]
    fn a_list_that_stays_stays_as_it_is_written() {
        for text in [
            LIST,
            "[]",
            "[\"a\", \"b\"]",
            "[ \"a\" ,\"b\" , ]",
            "[\n  \"a\",\n  \"b\"\n]",
            "[\"a\",\n \"b\"]",
        ] {
            let count = text.matches('"').count() / 2;
            let all: Vec<isize> = (0..count as isize).collect();
            assert_eq!(arranged(text, &all).replace([' ', '\n'], ""), text.replace([' ', '\n'], ""));
        }
        assert_eq!(arranged(LIST, &[0, 1, 2]), LIST);
    }

    #[test]
    fn comments_go_along_with_their_entry_or_away_with_it() {
        let without_a = LIST.replace("  # die erste\n  \"a\", # A\n", "");
        assert_eq!(arranged(LIST, &[1, 2]), without_a);
        assert_eq!(arranged(LIST, &[0, 2]), LIST.replace("  \"b\",\n", ""));
        let without_c = LIST.replace("  # zu c\n  \"c\", # C\n", "");
        assert_eq!(arranged(LIST, &[0, 1]), without_c);
        let moved = "[ # alle\n  # zu c\n  \"c\", # C\n  # die erste\n  \"a\", # A\n\n  # Zweiter Teil\n\n  \"b\",\n  # Ende\n]";
        assert_eq!(arranged(LIST, &[2, 0, 1]), moved);
        assert_eq!(arranged(LIST, &[0, 1, 2, -1]), LIST.replace("# C\n", "# C\n  \"neu\",\n"));
        let plain = "[\n  \"a\", # A\n  \"b\" # B\n]";
        assert_eq!(arranged(plain, &[1]), "[\n  \"b\" # B\n]");
        assert_eq!(arranged(plain, &[0]), "[\n  \"a\" # A\n]");
        assert_eq!(arranged(plain, &[1, 0]), "[\n  \"b\", # B\n  \"a\" # A\n]");
        assert_eq!(arranged(plain, &[0, 1, -1]), "[\n  \"a\", # A\n  \"b\", # B\n  \"neu\"\n]");
        assert_eq!(arranged("[\"a\", # A\n \"b\"]", &[1, 0]), "[\n \"b\", \"a\" # A\n]");
    }

    #[test]
    fn a_list_in_one_line_stays_in_one() {
        assert_eq!(arranged("[\"a\", \"b\"]", &[1]), "[\"b\"]");
        assert_eq!(arranged("[ \"a\", \"b\" ]", &[1, 0, -1]), "[ \"b\", \"a\", \"neu\" ]");
        assert_eq!(arranged("[]", &[-1]), "[\"neu\"]");
        assert_eq!(arranged("[\"a\"]", &[]), "[]");
        assert_eq!(arranged("[\n  \"a\", # A\n]", &[]), "[]");
        assert_eq!(arranged("[\n  # Teil\n\n  \"a\", # A\n]", &[]), "[\n  # Teil\n\n]");
    }

    #[test]
    fn comments_in_lists_go_along_with_what_they_are_about() {
        let text =
            "l = [\n  \"x\", # X\n  \"y\", # Y\n]\nb = [\n  { x = '1' }, # eins\n  { x = '2' }, # zwei\n]\n";
        let schema = r#"{ "type": "object", "additionalProperties": false, "properties": {
            "l": { "type": "array", "items": { "type": "string" } },
            "b": { "type": "array", "items": { "type": "object", "additionalProperties": false, "properties": {
                "x": { "type": "string" } } } } } }"#;
        let form = Schema::new("", schema).unwrap().root;
        let path = |key: &str| vec![Step::Key(key.into())];
        let edited = |change: &dyn Fn(&mut RecordEdit, &Field) -> bool| {
            let mut edit = RecordEdit::of(text).unwrap();
            assert!(change(&mut edit, &form));
            edit.text()
        };
        let set = |typed: &[&str]| {
            let typed: Vec<String> = typed.iter().map(|typed| (*typed).to_owned()).collect();
            edited(&|edit, form| edit.set_all(form, 0, &path("l"), &typed))
        };
        assert_eq!(
            set(&["y", "neu"]),
            text.replace("\"x\", # X\n  \"y\", # Y\n", "\"y\", # Y\n  \"neu\",\n")
        );
        assert_eq!(set(&["x", "y"]), text);
        let change = |change| edited(&|edit, form| edit.change_blocks(form, 0, &path("b"), change));
        assert_eq!(change(BlockChange::Remove(0)), text.replace("  { x = '1' }, # eins\n", ""));
        let swapped = text
            .replace("{ x = '1' }, # eins", "<>")
            .replace("{ x = '2' }, # zwei", "{ x = '1' }, # eins")
            .replace("<>", "{ x = '2' }, # zwei");
        assert_eq!(change(BlockChange::Raise(1)), swapped);
    }
}
