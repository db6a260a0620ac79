//! What the form of a page sends: its controls by their names, and the files that were chosen.
//!
//! Knows nothing of what they are for.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::Response;
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use super::answer::refusal;
use crate::record::edit::plain_lines;
use crate::toml_tree::MAX_BYTES;

/// The most controls of a page.
const MAX_CONTROLS: usize = 50_000;

/// The values of each control, by its name.
pub(super) type Controls = BTreeMap<String, Vec<String>>;

/// A file that was chosen on a page.
#[derive(Debug)]
pub(super) struct SentFile {
    /// What it was called.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// What a form sends.
#[derive(Debug, Default)]
pub(super) struct SentForm {
    pub(super) controls: Controls,
    /// The files, each by the name of its control.
    pub(super) files: BTreeMap<String, SentFile>,
}

impl SentForm {
    /// Reads what a request sends, with files or without.
    pub(super) async fn of(request: Request) -> Result<Self, Box<Response>> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
        if kind.is_some_and(|kind| kind.starts_with(b"multipart/form-data")) {
            let parts = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
            return Self::of_parts(parts).await;
        }
        let body = Bytes::from_request(request, &()).await.map_err(|_| broken())?;
        Ok(Self { controls: controls_of(&body)?, ..Self::default() })
    }

    async fn of_parts(mut parts: Multipart) -> Result<Self, Box<Response>> {
        let mut form = Self::default();
        let mut count = 0;
        while let Some(part) = parts.next_field().await.map_err(|_| broken())? {
            count += 1;
            if count > MAX_CONTROLS {
                return Err(too_many());
            }
            form.take(part).await.ok_or_else(broken)?;
        }
        Ok(form)
    }

    async fn take(&mut self, part: Field<'_>) -> Option<()> {
        let name = part.name()?.to_owned();
        let file = part.file_name().map(str::to_owned);
        let bytes: Vec<u8> = part.bytes().await.ok()?.into();
        match file {
            // Nothing was chosen.
            Some(file) if file.is_empty() => {}
            Some(file) => drop(self.files.insert(name, SentFile { name: file, bytes })),
            None => self.controls.entry(name).or_default().push(String::from_utf8(bytes).ok()?),
        }
        Some(())
    }
}

/// The values of an address or of a small form, by their names; of a name that comes twice the last.
pub(super) fn pairs(text: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(text).into_owned().collect()
}

/// The controls that a form without files sends.
pub(super) fn controls_of(body: &[u8]) -> Result<Controls, Box<Response>> {
    let mut sent = Controls::new();
    for (index, (name, value)) in form_urlencoded::parse(body).enumerate() {
        if index >= MAX_CONTROLS {
            return Err(too_many());
        }
        sent.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    Ok(sent)
}

/// What a control says, the first of those with this name; nothing if there is none.
pub(super) fn first<'a>(sent: &'a Controls, name: &str) -> &'a str {
    sent.get(name).and_then(|all| all.first()).map(String::as_str).unwrap_or_default()
}

/// What controls of one name say together, a line for each, with the line ends of a record.
pub(super) fn lines_of(sent: &[String]) -> String {
    sent.iter().map(|text| plain_lines(text)).collect::<Vec<_>>().join("\n")
}

fn broken() -> Box<Response> {
    Box::new(refusal(StatusCode::BAD_REQUEST, "Was die Seite gesendet hat, lässt sich nicht lesen."))
}

fn too_many() -> Box<Response> {
    Box::new(refusal(StatusCode::PAYLOAD_TOO_LARGE, "Das sind zu viele Angaben auf einmal."))
}

/// A text that a browser leaves as it is when it sends it: it changes ends of lines.
pub(super) fn packed(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A text that was packed; none if it is no text of a record.
pub(super) fn unpacked(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8().ok()?.into_owned();
    (text.len() as u64 <= MAX_BYTES && !text.is_empty()).then_some(text)
}
