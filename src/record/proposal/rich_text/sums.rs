//! Sums as they are typed, line below line: `+ 5.000 Euro`, `- 3.000 Euro`, `= 2.000 Euro`.
//!
//! To CommonMark plus and minus begin the elements of a list and are not printed; a deduction would look like an addition.

/// Gives the places of the signs that begin the lines of sums, in the order of the text.
pub(super) fn signs(text: &str) -> Vec<usize> {
    let mut signs = Vec::new();
    if !text.contains(['+', '=']) {
        return signs;
    }
    let (mut start, mut block): (usize, Vec<(usize, &str)>) = (0, Vec::new());
    for line in text.split_inclusive('\n').chain(["\n"]) {
        if line.trim().is_empty() {
            signs.extend(of_block(&std::mem::take(&mut block)));
        } else {
            block.push((start + line.len() - line.trim_start().len(), line.trim()));
        }
        start += line.len();
    }
    signs
}

/// The signs of lines that stand together, each with its place: if one of them adds an amount or begins the result, all of them
/// are those of a sum.
fn of_block(lines: &[(usize, &str)]) -> Vec<usize> {
    let is = |line: &str, signs: &[char]| {
        let behind = line.strip_prefix(signs).filter(|rest| rest.starts_with(char::is_whitespace));
        behind.map(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()))
    };
    let has_result = lines.iter().any(|(_, line)| is(line, &['=']).is_some());
    let adds = lines.iter().any(|(_, line)| is(line, &['+']) == Some(true));
    if !has_result && !adds {
        return Vec::new();
    }
    let is_sign = |line: &str| is(line, &['+', '-', '=']).is_some_and(|is_amount| is_amount || has_result);
    lines.iter().filter(|(_, line)| is_sign(line)).map(|(at, _)| *at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> String {
        let mut shown = text.to_owned();
        signs(text).into_iter().for_each(|at| shown.replace_range(at..=at, "!"));
        shown
    }

    #[test]
    fn the_signs_of_sums_are_found() {
        assert_eq!(
            found("+ 5.000 Euro Mehrertrag\n- 3.000 Euro Minderertrag"),
            "! 5.000 Euro Mehrertrag\n! 3.000 Euro Minderertrag"
        );
        assert_eq!(
            found("Bedarf: 20 Plätze\n  - 5 Plätze\n  = 15 Plätze"),
            "Bedarf: 20 Plätze\n  ! 5 Plätze\n  ! 15 Plätze"
        );
        assert_eq!(
            found("Bau 100 €\n+ Planung 20 €\n= Summe 120 €"),
            "Bau 100 €\n! Planung 20 €\n! Summe 120 €"
        );
    }

    #[test]
    fn lists_are_no_sums() {
        for list in
            ["- 5 Bäume\n- 3 Bänke", "+ Poller\n+ Bänke", "- a = b\n- c + d", "- 5 Bäume\n\n+ 3 Bänke\n"]
        {
            let sum = list.contains("+ 3");
            assert_eq!(found(list), if sum { list.replace('+', "!") } else { list.to_owned() });
        }
    }
}
