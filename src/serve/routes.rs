//! Which address leads to which page.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post};

use super::admission::{Doorkeeper, admit};
use super::answer::refusal;
use super::frame::framed;
use super::project_folder::ProjectFolder;
use super::{
    annex_file, assets, new_record, new_session, overview, paste, picture, preview, record_page, session_page,
};

/// All pages, behind the door.
pub(super) fn routes(folder: Arc<ProjectFolder>, doorkeeper: Doorkeeper) -> Router {
    Router::new()
        .route("/", get(overview::page))
        .route("/vorlage", get(record_page::show).post(record_page::change))
        .route("/ansicht", post(preview::look))
        .route("/sichern", post(preview::keep))
        .route("/sitzung", get(session_page::show).post(session_page::change))
        .route("/sitzung/stand", get(session_page::progress))
        .route("/sitzung/datei", get(session_page::download))
        .route("/sitzung/neu", get(new_session::ask).post(new_session::make))
        .route("/einfuegen", post(paste::take))
        .route("/bild", post(picture::take))
        .route("/beilegen", post(annex_file::take))
        .route("/neu", get(new_record::ask).post(new_record::make))
        .route("/dateien/{name}", get(assets::send))
        .route("/favicon.ico", get(assets::icon))
        .fallback(|| async { refusal(StatusCode::NOT_FOUND, "Diese Seite gibt es nicht.") })
        .method_not_allowed_fallback(|| async {
            refusal(StatusCode::METHOD_NOT_ALLOWED, "Diese Art von Anfrage gibt es hier nicht.")
        })
        // The doorkeeper has read the body, and knows how long it may be.
        .layer(DefaultBodyLimit::disable())
        .with_state(folder)
        .layer(middleware::from_fn(framed))
        .layer(middleware::from_fn_with_state(Arc::new(doorkeeper), admit))
}
