//! What stands in a text as it was typed, where CommonMark would make something else of it.

use super::{Block, Inline};

/// The number of cells that a line of a table was typed with.
pub(super) fn cells_in(line: &str) -> usize {
    let line = line.trim().strip_prefix('|').unwrap_or(line.trim());
    let mut escaped = false;
    let mut bars = 0;
    for c in line.chars() {
        bars += usize::from(c == '|' && !escaped);
        escaped = c == '\\' && !escaped;
    }
    bars + usize::from(!line.ends_with('|') || line.ends_with("\\|"))
}

/// A list whose numbers do not count is a text whose lines begin with numbers: "12. Februar 2025 …". It is printed
/// as it was typed; CommonMark would count on from the first number.
pub(super) fn prose(markers: &[String], items: Vec<Vec<Block>>) -> Result<Vec<Block>, Vec<Vec<Block>>> {
    let numbers: Vec<u64> =
        markers.iter().filter_map(|marker| marker.trim_end_matches(['.', ')']).parse().ok()).collect();
    let counts = numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
    // Some number every element 1 and leave the counting to the program.
    let left_to_us = numbers.iter().all(|number| *number == 1);
    if numbers.len() != items.len() || items.len() > 1 && (counts || left_to_us) {
        return Err(items);
    }
    Ok(markers.iter().zip(items).flat_map(|(marker, item)| with_marker(marker, item)).collect())
}

fn with_marker(marker: &str, mut item: Vec<Block>) -> Vec<Block> {
    let start = Inline::Text { text: format!("{marker} ") };
    match item.first_mut() {
        Some(Block::Paragraph { body }) => body.insert(0, start),
        _ => item.insert(0, Block::Paragraph { body: vec![start] }),
    }
    item
}

/// The number of an element as it was typed, with the dot or bracket behind it; empty for a bullet.
pub(super) fn item_number(item: &str) -> String {
    let digits = item.bytes().take_while(u8::is_ascii_digit).count();
    let end = digits + usize::from(digits > 0 && item[digits..].starts_with(['.', ')']));
    item[..end].to_owned()
}
