//! A program in front of this one signs people in, and says in a header field who it is.
//!
//! Whoever can send that field can be anybody, so it is taken from that program alone.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};

use super::people::People;
use super::visitor::Visitor;

/// The program in front, and whom it may name.
#[derive(Debug)]
pub(super) struct TrustedProxy {
    people: People,
    header: HeaderName,
    /// Where it may send from; nothing for this machine.
    addresses: Vec<IpAddr>,
}

/// Why nobody is taken from a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotNamed {
    /// It does not come from the program in front.
    OtherPeer,
    /// It names nobody, or several.
    Nobody,
    /// It names somebody who does not stand in the file.
    Unknown,
}

impl TrustedProxy {
    /// Trusts what is sent from some addresses, or, without any, from this machine.
    pub(super) fn new(people: People, header: &str, addresses: Vec<IpAddr>) -> Result<Self, String> {
        let header = HeaderName::from_bytes(header.as_bytes())
            .map_err(|_| format!("--trust-proxy-user {header}: So heißt kein Kopffeld."))?;
        Ok(Self { people, header, addresses: addresses.iter().map(IpAddr::to_canonical).collect() })
    }

    /// Tells who sends a request.
    pub(super) fn visitor(&self, headers: &HeaderMap, from: IpAddr) -> Result<Visitor, NotNamed> {
        let from = from.to_canonical();
        let is_known =
            if self.addresses.is_empty() { from.is_loopback() } else { self.addresses.contains(&from) };
        if !is_known {
            return Err(NotNamed::OtherPeer);
        }
        let mut values = headers.get_all(&self.header).iter();
        let name = values.next().filter(|_| values.next().is_none()).ok_or(NotNamed::Nobody)?;
        let name = std::str::from_utf8(name.as_bytes()).map_err(|_| NotNamed::Unknown)?;
        if name.trim().is_empty() {
            return Err(NotNamed::Nobody);
        }
        let person = self.people.named(name).ok_or(NotNamed::Unknown)?;
        Ok(person.visitor(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_from_the_program_in_front_alone() {
        let people = || {
            let text = "[[person]]\nname = \"Jörg\"\nrolle = \"lesen\"\n".as_bytes();
            People::read("leute.toml", text, false).unwrap()
        };
        let at = |addresses: &[&str]| {
            let addresses = addresses.iter().map(|text| text.parse().unwrap()).collect();
            TrustedProxy::new(people(), "X-Remote-User", addresses).unwrap()
        };
        let said = |proxy: &TrustedProxy, names: &[&str], from: &str| {
            let mut headers = HeaderMap::new();
            for name in names {
                headers
                    .append("x-remote-user", axum::http::HeaderValue::from_bytes(name.as_bytes()).unwrap());
            }
            proxy.visitor(&headers, from.parse().unwrap()).map(|visitor| visitor.name.unwrap().to_string())
        };
        let here = at(&[]);
        assert_eq!(said(&here, &["jörg"], "127.0.0.1"), Ok("Jörg".into()));
        assert_eq!(said(&here, &["Jörg"], "::ffff:127.0.0.1"), Ok("Jörg".into()));
        assert_eq!(said(&here, &["Jörg"], "10.0.0.7"), Err(NotNamed::OtherPeer));
        let there = at(&["10.0.0.7"]);
        assert_eq!(said(&there, &["Jörg"], "10.0.0.7"), Ok("Jörg".into()));
        assert_eq!(said(&there, &["Jörg"], "127.0.0.1"), Err(NotNamed::OtherPeer));
        for nobody in [&[][..], &[""], &["Jörg", "Jörg"]] {
            assert_eq!(said(&there, nobody, "10.0.0.7"), Err(NotNamed::Nobody));
        }
        assert_eq!(said(&there, &["Eva"], "10.0.0.7"), Err(NotNamed::Unknown));
        assert!(TrustedProxy::new(people(), "X Remote", Vec::new()).is_err());
    }
}
