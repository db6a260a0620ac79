//! What somebody has to be allowed to, for a request: decided here, for all pages at once.
//!
//! A request that changes something and is not named here is for the council office alone, so that none is forgotten.

use axum::http::Method;

use super::visitor::PersonRole;

/// Where records are looked at and changed.
const RECORDS: &[&str] = &["/beilegen", "/bild", "/einfuegen", "/neu", "/sichern", "/vorlage"];
/// What is asked for with a form although nothing is changed: the pages of a record.
const LOOKED_AT: &str = "/ansicht";
/// What the addresses begin with at which sessions are looked at and changed.
const SESSIONS: &str = "/sitzung";

/// The role that a request asks for.
pub(super) fn needed(method: &Method, path: &str) -> PersonRole {
    match *method {
        Method::GET | Method::HEAD => PersonRole::Read,
        _ if path == LOOKED_AT => PersonRole::Read,
        _ => to_change(path).unwrap_or(PersonRole::CouncilOffice),
    }
}

/// The role without which nothing can be changed on a page; none if there is nothing to change on it.
pub(super) fn to_change(path: &str) -> Option<PersonRole> {
    if RECORDS.contains(&path) {
        return Some(PersonRole::Write);
    }
    path.starts_with(SESSIONS).then_some(PersonRole::CouncilOffice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_thought_of_is_for_the_council_office() {
        assert_eq!(needed(&Method::POST, "/vorlage"), PersonRole::Write);
        assert_eq!(needed(&Method::POST, "/ansicht"), PersonRole::Read);
        for path in ["/sitzung", "/sitzung/neu", "/vorlage/", "/", "/etwas-neues"] {
            assert_eq!(needed(&Method::POST, path), PersonRole::CouncilOffice, "{path}");
            assert_eq!(needed(&Method::GET, path), PersonRole::Read, "{path}");
        }
    }
}
