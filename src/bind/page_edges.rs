//! What is known of the upper and the lower edge of a page: found in `edges`, kept with its part, read where it is stamped.

use serde::{Deserialize, Serialize};

use crate::pdf::text::Stretches;

/// What is drawn where stamps stand on a page; all in units of the page, as it is seen.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PageEdges {
    /// The stretches near the upper edge that are drawn on, from left to right.
    pub(super) top: Stretches,
    /// Those near the lower edge.
    pub(super) bottom: Stretches,
    /// Whether something that is not shown lies outside of the page, and would be if the page grew.
    pub(super) is_bounded: bool,
}
