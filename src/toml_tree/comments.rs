//! TOML without its comments: what somebody noted for themselves or colleagues is not for everybody.

use toml_parser::Source;
use toml_parser::lexer::TokenKind;

/// Takes the comments out of a TOML text, and the lines that have nothing else; all else stays as it is.
pub fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut is_comment_alone = false;
    for token in Source::new(text).lex() {
        let written = &text[token.span().start()..token.span().end()];
        match token.kind() {
            TokenKind::Comment => {
                kept.truncate(kept.trim_end_matches([' ', '\t']).len());
                is_comment_alone = kept.is_empty() || kept.ends_with('\n');
            }
            TokenKind::Newline if is_comment_alone => is_comment_alone = false,
            _ => kept.push_str(written),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics;
    use crate::toml_tree;

    #[test]
    fn comments_go_and_values_stay() {
        let text = "#:schema x.json\r\n# Frau Meier fragen\n[vorlage] # intern\nbetreff = \"Straße #4\" # ja\n\n\
            liste = [ # eins\n  1, # zwei\n  # drei\n  2 ]\ntext = \"\"\"# kein Kommentar\nzwei\"\"\"\nweg = 'C#'";
        let expected = "[vorlage]\nbetreff = \"Straße #4\"\n\nliste = [\n  1,\n  2 ]\n\
            text = \"\"\"# kein Kommentar\nzwei\"\"\"\nweg = 'C#'";
        assert_eq!(without_comments(text), expected);
        assert_eq!(without_comments("# nur das"), "");
        let json = |text: &str| toml_tree::parse(&diagnostics::Source::new("a", text)).0.to_json();
        assert_eq!(json(expected), json(text));
    }
}
