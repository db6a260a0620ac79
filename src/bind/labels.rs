//! The page labels of a packet: what viewers call its pages (ISO 32000-1, 12.4.2).

use lopdf::{Object, dictionary, text_string};

/// Writes the labels of all pages, in their order, as a number tree. Pages that count on share an entry.
pub(super) fn page_labels(labels: &[String]) -> Object {
    let mut entries = Vec::new();
    let mut next = None;
    for (page, label) in (0_i64..).zip(labels) {
        let number = counted(label);
        if number.is_none() || number != next {
            entries.push(page.into());
            entries.push(entry(label, number));
        }
        next = number.map(|number| number + 1);
    }
    dictionary! { "Nums" => entries }.into()
}

fn entry(label: &str, number: Option<i64>) -> Object {
    let decimal = || Object::Name(b"D".to_vec());
    match number {
        Some(1) => dictionary! { "S" => decimal() }.into(),
        Some(number) => dictionary! { "S" => decimal(), "St" => number }.into(),
        None => dictionary! { "P" => text_string(label) }.into(),
    }
}

/// The number that a label is, if a viewer that counts would write it in the same way.
fn counted(label: &str) -> Option<i64> {
    label.parse().ok().filter(|number: &i64| *number > 0 && number.to_string() == label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nums(labels: &[&str]) -> Vec<Object> {
        let labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
        let tree = page_labels(&labels);
        tree.as_dict().unwrap().get(b"Nums").unwrap().as_array().unwrap().clone()
    }

    fn from(number: i64) -> Object {
        dictionary! { "S" => Object::Name(b"D".to_vec()), "St" => number }.into()
    }

    #[test]
    fn pages_that_count_on_share_an_entry() {
        let plain: Object = dictionary! { "S" => Object::Name(b"D".to_vec()) }.into();
        assert_eq!(nums(&["1", "2", "3"]), [0.into(), plain.clone()]);
        assert_eq!(nums(&["5", "6"]), [0.into(), from(5)]);
        assert_eq!(
            nums(&["1", "4", "5", "1"]),
            [0.into(), plain.clone(), 1.into(), from(4), 3.into(), plain]
        );
    }

    #[test]
    fn a_label_that_is_no_number_stands_as_it_is() {
        let said = |label: &str| dictionary! { "P" => text_string(label) }.into();
        let plain = dictionary! { "S" => Object::Name(b"D".to_vec()) }.into();
        assert_eq!(
            nums(&["1", "1a", "1a", "2"]),
            [0.into(), plain, 1.into(), said("1a"), 2.into(), said("1a"), 3.into(), from(2)]
        );
        assert_eq!(nums(&["007", "0"]), [0.into(), said("007"), 1.into(), said("0")]);
    }
}
