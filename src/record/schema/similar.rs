//! Words that are nearly others.

/// Returns the choice that a word was probably meant to be.
pub fn similar<'a>(word: &str, choices: &[&'a str]) -> Option<&'a str> {
    if word.len() > 200 {
        return None;
    }
    let word = word.to_lowercase().replace('-', "_");
    choices
        .iter()
        .map(|choice| (strsim::damerau_levenshtein(&word, &choice.to_lowercase()), *choice))
        .filter(|(distance, choice)| *distance <= (choice.chars().count() / 3).clamp(1, 4))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, choice)| choice)
}
