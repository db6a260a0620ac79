//! The names under which browsers reach the program. Any other in `Host` is a name that somebody else pointed here.
//!
//! Knows nothing of requests.

use std::net::SocketAddr;

use url::Url;

/// A name with its port, as browsers send it, and whether they come encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OwnName {
    host: String,
    pub(super) is_secure: bool,
}

impl OwnName {
    fn scheme(&self) -> &'static str {
        if self.is_secure { "https" } else { "http" }
    }

    /// Tells whether a page has this origin.
    pub(super) fn is_origin(&self, origin: &str) -> bool {
        let from = origin.strip_prefix(self.scheme()).and_then(|rest| rest.strip_prefix("://"));
        from.is_some_and(|from| from.eq_ignore_ascii_case(&self.host))
    }

    /// The address of a path under this name.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme(), self.host)
    }
}

/// The names under which the program may be called; the first is the one to tell.
#[derive(Debug, Clone)]
pub(super) struct OwnNames(Vec<OwnName>);

impl OwnNames {
    /// The names of a program that listens at an address: those that the user gave, and the address itself.
    pub(super) fn of(address: SocketAddr, is_secure: bool, given: &[String]) -> Result<Self, String> {
        let mut names = Vec::new();
        for text in given {
            let wrong = || {
                format!(
                    "--host {text}: Das ist kein Name eines Rechners, zum Beispiel anlage.stadt.de oder https://anlage.stadt.de:8443"
                )
            };
            names.extend(read(text, address.port(), is_secure).ok_or_else(wrong)?);
        }
        let own = |host: String| OwnName { host, is_secure };
        if !address.ip().is_unspecified() {
            names.push(own(address.to_string()));
            let usual = if is_secure { 443 } else { 80 };
            let alone = address.to_string().trim_end_matches(&format!(":{usual}")).to_owned();
            names.extend((address.port() == usual).then(|| own(alone)));
        }
        if address.ip().is_loopback() {
            names.push(own(format!("localhost:{}", address.port())));
        }
        Ok(Self(names))
    }

    /// Finds the name that a browser called.
    pub(super) fn find(&self, host: &str) -> Option<&OwnName> {
        self.0.iter().find(|name| name.host.eq_ignore_ascii_case(host))
    }

    /// The name to tell.
    pub(super) fn first(&self) -> Option<&OwnName> {
        self.0.first()
    }
}

/// Reads a name that the user gave. With `https://` or `http://` it is how browsers come to a program in front of this one;
/// else they come here, and may name the port or, if something in between hides it, not.
fn read(text: &str, port: u16, is_secure: bool) -> Option<Vec<OwnName>> {
    let has_scheme = text.contains("://");
    let full = if has_scheme { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&full).ok()?;
    let is_secure = match url.scheme() {
        _ if !has_scheme => is_secure,
        "https" => true,
        "http" => false,
        _ => return None,
    };
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !is_bare || !url.username().is_empty() || url.password().is_some() || text.ends_with('/') {
        return None;
    }
    let host = url.host_str().filter(|host| !host.contains(['*', '%']))?;
    let own = |host: String| OwnName { host, is_secure };
    let given = text.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
    let usual = if is_secure { 443 } else { 80 };
    Some(match given {
        Some(given) if given != usual => vec![own(format!("{host}:{given}"))],
        Some(_) => vec![own(host.to_owned())],
        None if has_scheme => vec![own(host.to_owned())],
        None if port == usual => vec![own(host.to_owned())],
        None => vec![own(format!("{host}:{port}")), own(host.to_owned())],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str, is_secure: bool, given: &[&str]) -> Result<OwnNames, String> {
        let given: Vec<String> = given.iter().map(|text| (*text).to_owned()).collect();
        OwnNames::of(address.parse().unwrap(), is_secure, &given)
    }

    #[test]
    fn a_program_knows_its_names() {
        let names = of("10.0.0.5:8443", true, &["Anlage.Stadt.de", "münster.example:9000"]).unwrap();
        assert_eq!(names.first().unwrap().address("/"), "https://anlage.stadt.de:8443/");
        for host in
            ["anlage.stadt.de:8443", "ANLAGE.stadt.de", "10.0.0.5:8443", "xn--mnster-3ya.example:9000"]
        {
            assert!(names.find(host).is_some_and(|name| name.is_secure), "{host}");
        }
        for host in ["10.0.0.5", "localhost:8443", "stadt.de", "anlage.stadt.de:80", ""] {
            assert!(names.find(host).is_none(), "{host}");
        }
        let own = names.find("10.0.0.5:8443").unwrap();
        assert!(own.is_origin("https://10.0.0.5:8443"));
        for origin in ["http://10.0.0.5:8443", "https://10.0.0.5", "https10.0.0.5:8443", "null"] {
            assert!(!own.is_origin(origin), "{origin}");
        }
        // A program in front, with encryption of its own.
        let behind = of("127.0.0.1:4012", false, &["https://anlage.stadt.de"]).unwrap();
        assert!(behind.find("anlage.stadt.de").unwrap().is_origin("https://anlage.stadt.de"));
        assert!(!behind.find("localhost:4012").unwrap().is_secure);
        let any = of("[::]:443", true, &["a.example"]).unwrap();
        assert!(any.find("a.example").is_some() && any.find("[::]:443").is_none());
        assert!(of("10.0.0.5:443", true, &[]).unwrap().find("10.0.0.5").is_some());
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in
            ["", "*", "*.stadt.de", "a b", "https://x/", "x/y", "ftp://x", "a@b", "x:99999", "x?y", "x#y"]
        {
            assert!(of("10.0.0.5:80", false, &[text]).is_err(), "{text}");
        }
    }
}
