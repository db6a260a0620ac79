//! JSON that may come from anyone, read with a limit on its values and not only on its bytes: an empty list takes two
//! bytes in a file and many in memory.

use serde_json::Value as Json;

/// Reads JSON with at most so many values; `None` if it has more, or is none.
pub(super) fn read_json(bytes: &[u8], max_values: usize) -> Option<Json> {
    if count_values(bytes) > max_values { None } else { serde_json::from_slice(bytes).ok() }
}

/// Counts values, or some more: each but the first opens a list or an object, or follows something.
fn count_values(bytes: &[u8]) -> usize {
    let (mut count, mut is_text, mut is_escaped) = (1, false, false);
    for byte in bytes {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b',' | b'[' | b'{' if !is_text => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_too_many_values_is_not_read() {
        let list = br#"{"a": ["[,\"[", {}, []]}"#;
        assert_eq!(count_values(list), 7);
        assert!(read_json(list, 7).is_some());
        assert_eq!(read_json(list, 6), None);
        assert_eq!(read_json(b"[", 7), None);
        let endless = vec![b'['; 1 << 20];
        assert_eq!(read_json(&endless, 1000), None);
    }
}
