//! What numbers are called in the names of files: so that two numbers never give one name, as Windows and macOS compare
//! names.

use super::pattern::{NumberForm, NumberPart};

/// Writes a number or another text as a part of a file name: letters and digits, and a hyphen for whatever stands between
/// them.
pub fn stem(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match plain(c) {
            Some(letters) => out.push_str(&letters),
            None if out.ends_with('-') => {}
            None => out.push('-'),
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// A character in a file name; none if it only separates.
fn plain(c: char) -> Option<String> {
    let written = match c {
        'ä' => "ae".to_owned(),
        'ö' => "oe".to_owned(),
        'ü' => "ue".to_owned(),
        'Ä' => "Ae".to_owned(),
        'Ö' => "Oe".to_owned(),
        'Ü' => "Ue".to_owned(),
        'ß' => "ss".to_owned(),
        c if c.is_ascii_alphanumeric() => c.into(),
        _ => return None,
    };
    Some(written)
}

/// A part of a form as it is in file names.
#[derive(PartialEq, Eq)]
enum NameToken {
    /// Any digit; `repeated` if more may follow.
    Digit { repeated: bool },
    /// A letter or digit in lower case, and the text that it stands for.
    Letter(char, String),
    /// What separates.
    Hyphen(String),
}

fn tokens(form: &NumberForm) -> Vec<NameToken> {
    let mut tokens: Vec<NameToken> = Vec::new();
    for element in &form.0 {
        match element {
            NumberPart::Digit => tokens.push(NameToken::Digit { repeated: false }),
            NumberPart::Digits => tokens.push(NameToken::Digit { repeated: true }),
            NumberPart::Year => tokens.extend([(); 4].map(|()| NameToken::Digit { repeated: false })),
            NumberPart::ShortYear => tokens.extend([(); 2].map(|()| NameToken::Digit { repeated: false })),
            NumberPart::Char(c) => {
                match (plain(*c), tokens.last_mut()) {
                    (Some(letters), _) => tokens.extend(letters.chars().enumerate().map(|(at, letter)| {
                        NameToken::Letter(letter.to_ascii_lowercase(), format!("{c}{at}"))
                    })),
                    (None, Some(NameToken::Hyphen(before))) => before.push(*c),
                    (None, _) => tokens.push(NameToken::Hyphen(c.to_string())),
                }
            }
        }
    }
    tokens
}

/// Tells whether a number of one form and a different number of another can have one file name.
pub(super) fn conflict(one: &NumberForm, other: &NumberForm) -> bool {
    let (one, other) = (tokens(one), tokens(other));
    // Each state: how far both are, whether they stand in digits that may go on, whether their numbers differ so far.
    let mut seen = std::collections::BTreeSet::new();
    let mut open = vec![(0, 0, false)];
    while let Some(state @ (a, b, differ)) = open.pop() {
        if !seen.insert(state) {
            continue;
        }
        // A hyphen at the end is not written.
        let ends = |tokens: &[NameToken], at: usize| match &tokens[at..] {
            [] => Some(String::new()),
            [NameToken::Hyphen(text)] => Some(text.clone()),
            _ => None,
        };
        if let (Some(one), Some(other)) = (ends(&one, a), ends(&other, b))
            && (differ || one != other)
        {
            return true;
        }
        let (Some(x), Some(y)) = (one.get(a), other.get(b)) else { continue };
        let steps = |token: &NameToken, at: usize| match token {
            NameToken::Digit { repeated: true } => vec![at, at + 1],
            _ => vec![at + 1],
        };
        let differs = match (x, y) {
            (NameToken::Digit { .. }, NameToken::Digit { .. }) => false,
            (NameToken::Digit { .. }, NameToken::Letter(letter, _))
            | (NameToken::Letter(letter, _), NameToken::Digit { .. })
                if letter.is_ascii_digit() =>
            {
                false
            }
            (NameToken::Letter(p, one), NameToken::Letter(q, other)) if p == q => one != other,
            (NameToken::Hyphen(one), NameToken::Hyphen(other)) => one != other,
            _ => continue,
        };
        for next_a in steps(x, a) {
            for next_b in steps(y, b) {
                open.push((next_a, next_b, differ || differs));
            }
        }
    }
    false
}
