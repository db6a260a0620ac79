//! What nobody can guess, and cookies that carry it.
//!
//! Knows nothing of who has one.

use axum::http::{HeaderMap, header};

/// The values that a request sends of a cookie; its name has the port, since browsers do not tell ports apart.
pub(super) fn cookies<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(own, _)| *own == name).map(|(_, value)| value).collect()
}

/// Compares two secrets in a time that does not tell how much of them is alike.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    blake3::hash(one.as_bytes()) == blake3::hash(other.as_bytes())
}

/// Bytes that nobody can guess.
pub(super) fn chances<const COUNT: usize>() -> Result<[u8; COUNT], String> {
    let mut bytes = [0; COUNT];
    getrandom::fill(&mut bytes)
        .map_err(|error| format!("Das System gibt keine Zufallszahlen her ({error})."))?;
    Ok(bytes)
}

/// 256 bits that nobody can guess, in hexadecimal.
pub(super) fn chance() -> Result<String, String> {
    Ok(chances::<32>()?.iter().map(|byte| format!("{byte:02x}")).collect())
}
