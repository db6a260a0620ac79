//! What all pages have: head, way in, title, content.

use axum::response::Response;
use maud::{DOCTYPE, Markup, html};

use super::answer::markup;

/// A page with a title, as everybody sees it.
pub(super) fn page(title: &str, content: Markup) -> Response {
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
                    nav aria-label="Hauptmenü" { a href="/" { strong { "anlage" } } " " a href="/#sitzungen" { "Sitzungen" } }
                }
                main #inhalt tabindex="-1" { (content) }
            }
        }
    })
}
