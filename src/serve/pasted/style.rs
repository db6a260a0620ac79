//! What a `style` attribute says of a text, with the words that only Word and Excel write.

/// The declarations of a `style` attribute.
#[derive(Debug, Default)]
pub(super) struct PastedStyle(Vec<(String, String)>);

impl PastedStyle {
    pub(super) fn of(text: &str) -> Self {
        let pairs = text.split(';').filter_map(|pair| pair.split_once(':'));
        let lower = |text: &str| text.trim().to_ascii_lowercase();
        Self(pairs.map(|(name, value)| (lower(name), lower(value))).collect())
    }

    /// The value that counts: the last one.
    fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn bold(&self) -> Option<bool> {
        let weight = self.value("font-weight")?;
        Some(match weight.parse::<u32>() {
            Ok(weight) => weight >= 600,
            Err(_) => matches!(weight, "bold" | "bolder"),
        })
    }

    pub(super) fn italic(&self) -> Option<bool> {
        self.value("font-style").map(|style| matches!(style, "italic" | "oblique"))
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.value("display") == Some("none") || self.value("mso-hide").is_some_and(|hide| hide != "screen")
    }

    /// The level of a paragraph that Word shows as an element of a list, from 1.
    pub(super) fn list_level(&self) -> Option<usize> {
        let list = self.value("mso-list")?;
        let level = list.split_whitespace().find_map(|word| word.strip_prefix("level"))?;
        level.parse().ok().filter(|level| (1..=9).contains(level))
    }

    pub(super) fn is_list_marker(&self) -> bool {
        self.value("mso-list") == Some("ignore")
    }

    pub(super) fn breaks_page(&self) -> bool {
        self.value("page-break-before") == Some("always")
    }

    pub(super) fn is_footnote(&self) -> bool {
        matches!(self.value("mso-element"), Some("footnote" | "endnote"))
    }

    pub(super) fn is_comment(&self) -> bool {
        matches!(self.value("mso-element"), Some("comment" | "comment-list"))
    }

    pub(super) fn is_highlighted(&self) -> bool {
        self.value("mso-highlight").is_some()
    }

    pub(super) fn is_struck(&self) -> bool {
        self.value("text-decoration").is_some_and(|line| line.contains("line-through"))
    }
}
