//! Pages by their labels, in words.

/// Names pages by their labels; those whose numbers follow each other as a run.
pub(super) fn labels_in_words(labels: &[&str]) -> String {
    let mut runs: Vec<(&str, &str)> = Vec::new();
    for label in labels {
        let follows = |last: &str| {
            let number = |label: &str| label.parse::<usize>().ok();
            number(last).zip(number(label)).is_some_and(|(last, this)| last + 1 == this)
        };
        match runs.last_mut() {
            Some((_, last)) if follows(last) => *last = label,
            _ => runs.push((label, label)),
        }
    }
    let said = runs
        .into_iter()
        .map(|(first, last)| if first == last { first.to_owned() } else { format!("{first} bis {last}") });
    let said: Vec<String> = said.collect();
    let name = if labels.len() == 1 { "Seite" } else { "Seiten" };
    match said.as_slice() {
        [] => "ohne Seiten".to_owned(),
        [one] => format!("{name} {one}"),
        [others @ .., last] => format!("{name} {} und {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_named_in_runs() {
        assert_eq!(labels_in_words(&["12"]), "Seite 12");
        assert_eq!(labels_in_words(&["12", "13", "14", "20"]), "Seiten 12 bis 14 und 20");
        assert_eq!(labels_in_words(&["12", "12a", "12b"]), "Seiten 12, 12a und 12b");
    }
}
