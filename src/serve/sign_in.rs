//! People sign in with name and password, stay signed in for a while, and sign out.
//!
//! Who is signed in is known in memory alone: with the program, it ends. Knows nothing of what is asked for.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use maud::html;
use tokio::sync::Semaphore;

use super::answer::see_other;
use super::frame;
use super::people::{People, plain};
use super::secrets::{chance, cookies};
use super::sent_form::pairs;
use super::tries::Tries;
use super::visitor::Visitor;

/// The page on which one signs in, and where its form is sent.
pub(super) const PAGE: &str = "/anmelden";
/// The most bytes of what the form sends.
pub(super) const MAX_FORM: usize = 8 << 10;
/// How long somebody stays signed in.
const LONGEST: Duration = Duration::from_secs(12 * 3600);
/// How long somebody stays signed in who asks for nothing.
const LONGEST_PAUSE: Duration = Duration::from_secs(2 * 3600);
/// In how many browsers somebody may be signed in; one more ends the oldest.
const MAX_BROWSERS: usize = 8;
/// How many passwords are looked at at a time, since each costs memory and time on purpose.
const AT_A_TIME: usize = 2;
/// How long one waits for that.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// A browser in which somebody is signed in.
#[derive(Debug)]
struct Browser {
    visitor: Visitor,
    since: Instant,
    last: Instant,
}

/// The desk at which people sign in.
#[derive(Debug)]
pub(super) struct SignIn {
    people: Arc<People>,
    /// The name of the cookie.
    cookie: String,
    /// Those who are signed in, by the hash of their cookie.
    browsers: Mutex<HashMap<blake3::Hash, Browser>>,
    tries: Tries,
    looks: Arc<Semaphore>,
}

impl SignIn {
    /// Opens it for some people; browsers keep a cookie of this name.
    pub(super) fn of(people: Arc<People>, cookie: String) -> Self {
        Self {
            people,
            cookie,
            browsers: Mutex::default(),
            tries: Tries::default(),
            looks: Arc::new(Semaphore::new(AT_A_TIME)),
        }
    }

    /// Tells who sends a request.
    pub(super) fn visitor(&self, headers: &HeaderMap) -> Option<Visitor> {
        let mut browsers = self.browsers();
        let now = Instant::now();
        let sent = cookies(headers, &self.cookie).into_iter();
        let mut sent = sent.map(|value| blake3::hash(value.as_bytes()));
        let known = sent.find(|known| browsers.contains_key(known))?;
        let browser = browsers.get_mut(&known)?;
        if !is_open(browser, now) {
            browsers.remove(&known);
            return None;
        }
        browser.last = now;
        Some(browser.visitor.clone())
    }

    /// Looks at what the form of the page sends, and lets the browser in if the password is right.
    pub(super) async fn sign_in(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        from: IpAddr,
        is_secure: bool,
    ) -> Response {
        let mut sent = pairs(body);
        let name = sent.remove("name").unwrap_or_default();
        let password = sent.remove("passwort").unwrap_or_default();
        let counted = plain(&name);
        if !self.tries.may_try(from, &counted, Instant::now()) {
            let message = "Das waren zu viele Versuche. Bitte in zehn Minuten noch einmal.";
            return page(StatusCode::TOO_MANY_REQUESTS, &name, Some(message));
        }
        let looks = Arc::clone(&self.looks);
        let Ok(Ok(look)) = tokio::time::timeout(LONGEST_WAIT, looks.acquire_owned()).await else {
            let message = "Gerade melden sich zu viele auf einmal an. Bitte gleich noch einmal versuchen.";
            return page(StatusCode::SERVICE_UNAVAILABLE, &name, Some(message));
        };
        let people = Arc::clone(&self.people);
        let tried = name.clone();
        let found = tokio::task::spawn_blocking(move || {
            // It ends with the work, which goes on when the browser has left.
            let _look = look;
            people.known(&tried, &password).map(|person| person.visitor(true))
        });
        let Some(visitor) = found.await.ok().flatten() else {
            return page(StatusCode::FORBIDDEN, &name, Some("Name oder Passwort stimmt nicht."));
        };
        self.tries.succeeded(from, &counted);
        self.end(headers);
        match self.begin(visitor) {
            Ok(pass) => welcome(&self.cookie, &pass, is_secure),
            Err(message) => page(StatusCode::INTERNAL_SERVER_ERROR, &name, Some(&message)),
        }
    }

    /// Signs the browser out, so that its cookie is worth nothing any more, whoever has it.
    pub(super) fn sign_out(&self, request: &Request) -> Response {
        if request.method() != Method::POST {
            return see_other("/");
        }
        self.end(request.headers());
        let mut response = see_other(PAGE);
        set_cookie(&mut response, &format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", self.cookie));
        response
    }

    fn end(&self, headers: &HeaderMap) {
        for value in cookies(headers, &self.cookie) {
            self.browsers().remove(&blake3::hash(value.as_bytes()));
        }
    }

    /// Gives a browser a cookie that nobody had before.
    fn begin(&self, visitor: Visitor) -> Result<String, String> {
        let pass = chance()?;
        let now = Instant::now();
        let mut browsers = self.browsers();
        browsers.retain(|_, browser| is_open(browser, now));
        let own = browsers.iter().filter(|(_, browser)| browser.visitor.name == visitor.name);
        let mut own: Vec<_> = own.map(|(key, browser)| (browser.since, *key)).collect();
        own.sort_by_key(|(since, _)| *since);
        for (_, key) in own.iter().take((own.len() + 1).saturating_sub(MAX_BROWSERS)) {
            browsers.remove(key);
        }
        browsers.insert(blake3::hash(pass.as_bytes()), Browser { visitor, since: now, last: now });
        Ok(pass)
    }

    fn browsers(&self) -> MutexGuard<'_, HashMap<blake3::Hash, Browser>> {
        self.browsers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_open(browser: &Browser, now: Instant) -> bool {
    now.duration_since(browser.since) < LONGEST && now.duration_since(browser.last) < LONGEST_PAUSE
}

/// Gives a browser the cookie by which it is known.
pub(super) fn welcome(name: &str, pass: &str, is_secure: bool) -> Response {
    let secure = if is_secure { "; Secure" } else { "" };
    let mut response = see_other("/");
    set_cookie(&mut response, &format!("{name}={pass}; Path=/; HttpOnly; SameSite=Strict{secure}"));
    response
}

fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
}

/// The page on which one signs in, with the name that was typed and what is wrong.
pub(super) fn page(status: StatusCode, name: &str, problem: Option<&str>) -> Response {
    let title = if problem.is_some() { "Fehler: Anmelden" } else { "Anmelden" };
    let described = problem.map(|_| "problem");
    let content = html! {
        h1 { "Anmelden" }
        @if let Some(problem) = problem { p.meldung.schlecht #problem role="alert" { (problem) } }
        form.vorlage method="post" action=(PAGE) accept-charset="utf-8" {
            div.feld {
                label for="name" { "Name" }
                input.kurz #name name="name" type="text" autocomplete="username" required autofocus[name.is_empty()] value=(name) aria-describedby=[described] aria-invalid=[described.map(|_| "true")];
            }
            div.feld {
                label for="passwort" { "Passwort" }
                input.kurz #passwort name="passwort" type="password" autocomplete="current-password" required autofocus[!name.is_empty()] aria-describedby=[described] aria-invalid=[described.map(|_| "true")];
            }
            div.knoepfe { button.haupt type="submit" { "Anmelden" } }
        }
        p.hilfe { "Wer sein Passwort nicht mehr weiß, bekommt von der technischen Betreuung ein neues." }
    };
    let mut response = frame::whole(title, &content, None);
    *response.status_mut() = status;
    response
}
