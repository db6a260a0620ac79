//! What all pages have: head, way in, title, content, and who is signed in.
//!
//! A page says its title and content; the frame is put around it on the way out, where it is known who asked.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::answer::markup;
use super::rights;
use super::visitor::Visitor;

/// Where the button is sent with which one signs out.
pub(super) const SIGN_OUT: &str = "/abmelden";

/// A page that has no frame yet.
#[derive(Clone)]
struct BarePage {
    title: String,
    content: Markup,
    /// What stands beside the content for those who may only look at it.
    beside: Option<Markup>,
}

/// A link to the place on a page that something said is about, behind it.
pub(super) fn way_there(place: Option<&String>) -> Markup {
    html! { @if let Some(place) = place { " " a href={ "#" (place) } { "Dorthin springen" } } }
}

/// A page with a title.
pub(super) fn page(title: &str, content: Markup) -> Response {
    bare(BarePage { title: title.to_owned(), content, beside: None })
}

/// A page to look at, and what stands beside it and can be used.
pub(super) fn page_beside(title: &str, content: Markup, beside: Markup) -> Response {
    bare(BarePage { title: title.to_owned(), content, beside: Some(beside) })
}

fn bare(page: BarePage) -> Response {
    let mut response = StatusCode::OK.into_response();
    response.extensions_mut().insert(page);
    response
}

/// Puts the frame around a page.
pub(super) async fn framed(request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>().cloned();
    let needed = rights::to_change(request.uri().path());
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<BarePage>() {
        Some(page) => {
            let is_allowed = |visitor: &Visitor| needed.is_none_or(|needed| visitor.role >= needed);
            let may_change = visitor.as_ref().is_none_or(is_allowed);
            let content = if may_change { page.content } else { to_look_at(&page.content) };
            let content = match page.beside {
                Some(beside) => html! { div.nebeneinander { div { (content) } (beside) } },
                None => content,
            };
            let mut framed = whole(&page.title, &content, visitor.as_ref());
            *framed.status_mut() = response.status();
            framed
        }
        None => response,
    }
}

/// A page on which somebody may change nothing: it says so, and its controls cannot be used.
fn to_look_at(content: &Markup) -> Markup {
    html! {
        p.meldung { "Sie können hier lesen, aber nichts ändern." }
        fieldset.nur-lesen role="none" disabled { (content) }
    }
}

/// A page in its frame, as everybody sees it.
pub(super) fn whole(title: &str, content: &Markup, visitor: Option<&Visitor>) -> Response {
    markup(html! {
        (DOCTYPE)
        html lang="de" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – anlage" }
                link rel="icon" type="image/svg+xml" href="/dateien/zeichen.svg";
                link rel="stylesheet" href="/dateien/anlage.css";
            }
            body {
                a.sprung href="#inhalt" { "Zum Inhalt springen" }
                header.kopf {
                    @if visitor.is_some() {
                        nav aria-label="Hauptmenü" { a href="/" { strong { "anlage" } } " " a href="/#sitzungen" { "Sitzungen" } }
                    } @else { p { strong { "anlage" } } }
                    @if let Some((visitor, name)) = visitor.and_then(|visitor| Some((visitor, visitor.name.as_ref()?))) {
                        form.angemeldet method="post" action=(SIGN_OUT) {
                            span { (name) " (" (visitor.role.in_words()) ")" } " "
                            @if visitor.signed_in_here { button type="submit" { "Abmelden" } }
                        }
                    }
                }
                main #inhalt tabindex="-1" { (content) }
            }
        }
    })
}
