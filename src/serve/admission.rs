//! Who gets in: each request is looked at before any page is.
//!
//! A page of another site can make a browser send requests to this program. It cannot choose the name of the host if that
//! is compared, cannot pretend to be one of our pages, and does not have our cookie. Knows nothing of what is asked for.
//!
//! Either one browser gets in, with the address that was printed, or people sign in (`sign_in`); then their roles are
//! enforced here too (`rights`).

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::answer::{refusal, see_other};
use super::dropped_body::drop_rest;
use super::frame;
use super::no_entry::NoEntry;
use super::own_names::{OwnName, OwnNames};
use super::people::People;
use super::rights;
use super::secrets::{chance, cookies, is_same};
use super::sign_in::{self, SignIn};
use super::trusted_proxy::{NotNamed, TrustedProxy};
use super::visitor::{PersonRole, Visitor};

/// Where the address that is printed leads; the key follows.
pub(super) const SIGN_IN: &str = "/anmelden/";
/// The most bytes of a path with its query.
const MAX_PATH: usize = 4 << 10;
/// The most bytes of what a form or a file sends: a record with every letter escaped, or a picture.
const MAX_BODY: usize = 32 << 20;
/// The room for all bodies at once, in KiB.
const BODY_ROOM: usize = 256 << 10;
/// What of it files and other large bodies may take: what is typed finds room, however many files are sent.
const LARGE_ROOM: usize = 192 << 10;
/// The bytes with which a body is large.
const LARGE: usize = 1 << 20;
/// The time in which a body has to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);
/// The time in which an answer has to be found; a packet is made in the background.
const ANSWER_TIME: Duration = Duration::from_secs(120);

/// Scripts, styles and pictures come from here alone, and nothing is run that stands in a page. `blob:` are the pages of the
/// preview.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Where a browser says that a request comes from, seen from here.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// Decides which requests get in.
#[derive(Debug)]
pub(super) struct Doorkeeper {
    /// The names under which the program may be called.
    names: OwnNames,
    door: Door,
    room: Semaphore,
    large_room: Semaphore,
}

/// The room that a body takes until its request is answered.
type BodyRoom<'a> = (SemaphorePermit<'a>, Option<SemaphorePermit<'a>>);

/// Whom the program is for.
#[derive(Debug)]
pub(super) enum Guests {
    /// The browser that opens the printed address.
    OneBrowser,
    /// People who sign in here.
    People(People),
    /// People whom a program in front of this one names.
    Named(TrustedProxy),
}

/// How the doorkeeper knows whom to let in.
#[derive(Debug)]
enum Door {
    Alone(PrintedKey),
    People(SignIn),
    Named(TrustedProxy),
}

/// Lets one browser in: the one that opens the printed address.
#[derive(Debug)]
struct PrintedKey {
    /// What the printed address ends with, until it was used.
    key: String,
    is_used: AtomicBool,
    /// The name of the cookie that lets a browser in, and its value.
    cookie: String,
    pass: String,
}

impl Doorkeeper {
    /// Makes one for a program that is called by some names, at a port; the error says why there is no chance to be had.
    pub(super) fn at(names: OwnNames, port: u16, guests: Guests) -> Result<Self, String> {
        // Browsers do not tell ports apart.
        let cookie = format!("anlage-{port}");
        let door = match guests {
            Guests::People(people) => Door::People(SignIn::of(Arc::new(people), cookie)),
            Guests::Named(proxy) => Door::Named(proxy),
            Guests::OneBrowser => Door::Alone(PrintedKey {
                key: chance()?,
                is_used: AtomicBool::new(false),
                cookie,
                pass: chance()?,
            }),
        };
        let (room, large_room) = (Semaphore::new(BODY_ROOM), Semaphore::new(LARGE_ROOM));
        Ok(Self { names, door, room, large_room })
    }

    /// Gives the address to print.
    pub(super) fn way_in(&self) -> String {
        let path = match &self.door {
            Door::Alone(printed) => format!("{SIGN_IN}{}", printed.key),
            Door::People(_) | Door::Named(_) => "/".to_owned(),
        };
        self.names.first().map(|name| name.address(&path)).unwrap_or_default()
    }

    /// Looks at the head of a request; gives the name that was called.
    fn look(&self, request: &Request) -> Result<&OwnName, NoEntry> {
        let headers = request.headers();
        let host = only(headers, &header::HOST).ok_or(NoEntry::NoHost)?;
        if request.uri().authority().is_some_and(|authority| authority.as_str() != host) {
            return Err(NoEntry::OtherHost);
        }
        let name = self.names.find(host).ok_or(NoEntry::OtherHost)?;
        if request.uri().path_and_query().is_some_and(|path| path.as_str().len() > MAX_PATH) {
            return Err(NoEntry::TooLong);
        }
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        if !reads && request.method() != Method::POST {
            return Err(NoEntry::Method);
        }
        let is_own = |origin: &str| name.is_origin(origin);
        // Another port of this machine is the same site, but not this program.
        // One that stands there twice may be read in one way here and in another elsewhere.
        let field =
            |name: &HeaderName| headers.contains_key(name).then(|| only(headers, name).unwrap_or_default());
        let comes_from_here = match (field(&FETCH_SITE), field(&header::ORIGIN)) {
            (Some("same-origin"), None) => true,
            (Some("none"), None) | (None, None) => reads,
            (None | Some("same-origin"), Some(origin)) => is_own(origin),
            _ => false,
        };
        if comes_from_here { Ok(name) } else { Err(NoEntry::OtherSite) }
    }

    /// Reads the body of a request, as far as there is room for it, and puts it there. The room is held until the request is
    /// answered.
    async fn receive(
        &self,
        request: &mut Request,
        body: &mut Body,
        longest: usize,
    ) -> Result<Option<BodyRoom<'_>>, NoEntry> {
        if request.method() != Method::POST {
            return Ok(None);
        }
        let length = only(request.headers(), &header::CONTENT_LENGTH).ok_or(NoEntry::NoLength)?;
        let length: usize = length.parse().map_err(|_| NoEntry::TooLarge)?;
        if length > longest {
            return Err(NoEntry::TooLarge);
        }
        let kib = u32::try_from(length / 1024 + 1).map_err(|_| NoEntry::TooLarge)?;
        let large = if length > LARGE { Some(room_in(&self.large_room, kib)?) } else { None };
        let room = (room_in(&self.room, kib)?, large);
        let body = axum::body::to_bytes(std::mem::take(body), longest);
        let body = tokio::time::timeout(BODY_TIME, body).await;
        let body = body.map_err(|_| NoEntry::TooSlow)?.map_err(|_| NoEntry::TooLarge)?;
        *request.body_mut() = Body::from(body);
        Ok(Some(room))
    }
}

fn room_in(room: &Semaphore, kib: u32) -> Result<SemaphorePermit<'_>, NoEntry> {
    room.try_acquire_many(kib).map_err(|_| NoEntry::Busy)
}

impl PrintedKey {
    fn knows(&self, headers: &HeaderMap) -> bool {
        cookies(headers, &self.cookie).into_iter().any(|value| is_same(value, &self.pass))
    }

    /// Lets the browser in that has the key of the printed address.
    fn sign_in(&self, request: &Request, key: &str, is_secure: bool) -> Response {
        if self.knows(request.headers()) {
            return see_other("/");
        }
        if !is_same(key, &self.key) {
            return NoEntry::NoPass.into_response();
        }
        // Whoever only asks what would come does not use the key up.
        if request.method() == Method::HEAD {
            return StatusCode::OK.into_response();
        }
        if self.is_used.swap(true, Ordering::SeqCst) {
            return NoEntry::UsedKey.into_response();
        }
        sign_in::welcome(&self.cookie, &self.pass, is_secure)
    }
}

/// Looks at a request, and hands it on if it may get in. Every answer says how a browser has to treat it.
pub(super) async fn admit(
    State(doorkeeper): State<Arc<Doorkeeper>>,
    request: Request,
    next: Next,
) -> Response {
    let (head, mut body) = request.into_parts();
    let request = Request::from_parts(head, Body::empty());
    let waits = request.headers().contains_key(header::EXPECT);
    let mut response = admitted(&doorkeeper, request, &mut body, next).await;
    // Who waits to be told to send has sent nothing, and is not told to.
    if !waits && !body.is_end_stream() {
        tokio::spawn(drop_rest(body, BODY_TIME));
    }
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // With `no-referrer`, browsers hide the origin of our own forms too.
    set(header::REFERRER_POLICY, "same-origin");
    set(header::CACHE_CONTROL, "no-store");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    response
}

async fn admitted(doorkeeper: &Doorkeeper, mut request: Request, body: &mut Body, next: Next) -> Response {
    let is_secure = match doorkeeper.look(&request) {
        Ok(name) => name.is_secure,
        Err(refused) => return refused.into_response(),
    };
    let path = request.uri().path();
    let from = request.extensions().get::<Peer>().map_or(IpAddr::from([0; 4]), |peer| peer.0);
    let visitor = match &doorkeeper.door {
        Door::Alone(printed) => match path.strip_prefix(SIGN_IN) {
            Some(key) => return printed.sign_in(&request, key, is_secure),
            None if printed.knows(request.headers()) => Visitor::ALONE,
            None => return NoEntry::NoPass.into_response(),
        },
        Door::People(_) if path == sign_in::PAGE => {
            return sign_in(doorkeeper, request, body, from, is_secure).await;
        }
        Door::Named(proxy) => match proxy.visitor(request.headers(), from) {
            Ok(visitor) => visitor,
            Err(NotNamed::OtherPeer) => return NoEntry::NotThroughProxy.into_response(),
            Err(NotNamed::Nobody) => return NoEntry::NotNamed.into_response(),
            Err(NotNamed::Unknown) => return NoEntry::Unknown.into_response(),
        },
        Door::People(desk) => match desk.visitor(request.headers()) {
            Some(_) if path == frame::SIGN_OUT => return desk.sign_out(&request),
            Some(visitor) => visitor,
            // The page on which one signs in has a style too.
            None if path.starts_with("/dateien/") => {
                Visitor { name: None, role: PersonRole::Read, signed_in_here: false }
            }
            None if is_read(&request) => return see_other(sign_in::PAGE),
            None => return NoEntry::SignedOut.into_response(),
        },
    };
    if visitor.role < rights::needed(request.method(), path) {
        return NoEntry::Role.into_response();
    }
    match doorkeeper.receive(&mut request, body, MAX_BODY).await {
        Err(refused) => refused.into_response(),
        // What waits for its turn, such as a picture, takes room too.
        Ok(_room) => {
            request.extensions_mut().insert(visitor);
            match tokio::time::timeout(ANSWER_TIME, next.run(request)).await {
                Ok(response) => response,
                Err(_) => refusal(StatusCode::GATEWAY_TIMEOUT, "Das hat zu lange gedauert."),
            }
        }
    }
}

fn is_read(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
}

/// Shows the page on which one signs in, or takes what it sends.
async fn sign_in(
    doorkeeper: &Doorkeeper,
    mut request: Request,
    body: &mut Body,
    from: IpAddr,
    is_secure: bool,
) -> Response {
    let Door::People(desk) = &doorkeeper.door else { return NoEntry::NoPass.into_response() };
    if is_read(&request) {
        return sign_in::page(StatusCode::OK, "", None);
    }
    let _room = match doorkeeper.receive(&mut request, body, sign_in::MAX_FORM).await {
        Ok(room) => room,
        Err(refused) => return refused.into_response(),
    };
    let (head, body) = request.into_parts();
    match axum::body::to_bytes(body, sign_in::MAX_FORM).await {
        Ok(body) => desk.sign_in(&head.headers, &body, from, is_secure).await,
        Err(_) => NoEntry::TooLarge.into_response(),
    }
}

/// The value of a header field that stands there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doorkeeper() -> Doorkeeper {
        let names = OwnNames::of("127.0.0.1:4012".parse().unwrap(), false, &[]).unwrap();
        Doorkeeper::at(names, 4012, Guests::OneBrowser).unwrap()
    }

    fn look(method: Method, headers: &[(&str, &str)]) -> Result<(), NoEntry> {
        let mut request = Request::builder().method(method).uri("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        doorkeeper().look(&request.body(Body::empty()).unwrap()).map(|_| ())
    }

    const HOST: (&str, &str) = ("host", "127.0.0.1:4012");

    #[tokio::test]
    async fn bodies_take_room_until_their_requests_are_answered() {
        let doorkeeper = doorkeeper();
        let receive_of = |length: usize| {
            let request = Request::builder().method(Method::POST).header("content-length", length);
            let mut request = request.body(Body::empty()).unwrap();
            let doorkeeper = &doorkeeper;
            async move { doorkeeper.receive(&mut request, &mut Body::empty(), MAX_BODY).await }
        };
        let receive = || receive_of(MAX_BODY);
        let mut under_way = Vec::new();
        while let Ok(received) = receive().await {
            under_way.push(received);
        }
        assert_eq!(under_way.len(), LARGE_ROOM / (MAX_BODY / 1024 + 1));
        assert_eq!(receive().await.err(), Some(NoEntry::Busy));
        // What is typed has its room, until that is taken too.
        let mut typed = Vec::new();
        while let Ok(received) = receive_of(LARGE).await {
            typed.push(received);
        }
        assert!(typed.len() >= (BODY_ROOM - LARGE_ROOM) / (LARGE / 1024 + 1), "{}", typed.len());
        typed.clear();
        under_way.pop();
        assert!(receive().await.is_ok());
    }

    #[test]
    fn a_host_has_to_be_ours_and_named_once() {
        assert_eq!(look(Method::GET, &[HOST]), Ok(()));
        assert_eq!(look(Method::GET, &[("host", "LOCALHOST:4012")]), Ok(()));
        assert_eq!(look(Method::GET, &[]), Err(NoEntry::NoHost));
        assert_eq!(look(Method::GET, &[HOST, HOST]), Err(NoEntry::NoHost));
        for other in
            ["127.0.0.1", "127.0.0.1:80", "evil.example:4012", "127.0.0.1:4012.evil.example", "[::1]:4012"]
        {
            assert_eq!(look(Method::GET, &[("host", other)]), Err(NoEntry::OtherHost), "{other}");
        }
    }

    #[test]
    fn what_changes_something_has_to_come_from_our_own_pages() {
        let own = ("origin", "http://127.0.0.1:4012");
        let site = |value| ("sec-fetch-site", value);
        assert_eq!(look(Method::POST, &[HOST, own]), Ok(()));
        assert_eq!(look(Method::POST, &[HOST, own, site("same-origin")]), Ok(()));
        assert_eq!(look(Method::POST, &[HOST, site("same-origin")]), Ok(()));
        for headers in [
            vec![HOST],
            vec![HOST, ("origin", "null")],
            vec![HOST, ("origin", "http://evil.example")],
            vec![HOST, ("origin", "https://127.0.0.1:4012")],
            // Our name, but it is the page of another port.
            vec![HOST, ("origin", "http://127.0.0.1:80")],
            vec![HOST, ("origin", "http://localhost:4012")],
            vec![HOST, own, site("same-site")],
            vec![HOST, own, site("cross-site")],
            vec![HOST, site("none")],
            vec![HOST, own, own],
            vec![HOST, own, ("origin", "http://evil.example")],
            vec![HOST, site("same-origin"), site("same-origin")],
            vec![HOST, own, site("same-origin"), site("cross-site")],
            vec![HOST, ("origin", "")],
        ] {
            assert_eq!(look(Method::POST, &headers), Err(NoEntry::OtherSite), "{headers:?}");
        }
        assert_eq!(look(Method::GET, &[HOST, site("none")]), Ok(()));
        assert_eq!(look(Method::GET, &[HOST, site("cross-site")]), Err(NoEntry::OtherSite));
        assert_eq!(look(Method::GET, &[HOST, site("same-site")]), Err(NoEntry::OtherSite));
        assert_eq!(look(Method::GET, &[HOST, site("none"), site("cross-site")]), Err(NoEntry::OtherSite));
        assert_eq!(look(Method::GET, &[HOST, own, own]), Err(NoEntry::OtherSite));
        assert_eq!(look(Method::PUT, &[HOST, own]), Err(NoEntry::Method));
    }

    #[test]
    fn the_printed_address_lets_one_browser_in() {
        let Door::Alone(doorkeeper) = doorkeeper().door else { panic!("nobody signs in") };
        let request = |method: Method, cookie: &str| {
            let request = Request::builder().method(method).uri("/anmelden/x").header("cookie", cookie);
            request.body(Body::empty()).unwrap()
        };
        let status = |response: Response| response.status();
        assert_eq!(
            status(doorkeeper.sign_in(&request(Method::GET, ""), "falsch", false)),
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(
            status(doorkeeper.sign_in(&request(Method::HEAD, ""), &doorkeeper.key, false)),
            StatusCode::OK
        );
        let welcome = doorkeeper.sign_in(&request(Method::GET, ""), &doorkeeper.key, false);
        assert_eq!(welcome.status(), StatusCode::SEE_OTHER);
        let cookie = welcome.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        assert!(!cookie.contains("Secure"));
        let cookie = format!("x=1; {}", cookie.split(';').next().unwrap());
        let Door::Alone(encrypted) = self::doorkeeper().door else { panic!("nobody signs in") };
        let welcome = encrypted.sign_in(&request(Method::GET, ""), &encrypted.key, true);
        assert!(welcome.headers()[header::SET_COOKIE].to_str().unwrap().ends_with("; Secure"));
        assert!(doorkeeper.knows(request(Method::GET, &cookie).headers()));
        assert!(!doorkeeper.knows(request(Method::GET, "anlage-4012=").headers()));
        assert_eq!(
            status(doorkeeper.sign_in(&request(Method::GET, ""), &doorkeeper.key, false)),
            StatusCode::GONE
        );
        assert_eq!(
            status(doorkeeper.sign_in(&request(Method::GET, &cookie), "x", false)),
            StatusCode::SEE_OTHER
        );
    }
}
