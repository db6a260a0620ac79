//! Why a request does not get in, and what its sender is told.
//!
//! Knows nothing of how that is found out.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::answer::refusal;

/// Why a request does not get in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoEntry {
    NoHost,
    OtherHost,
    TooLong,
    Method,
    OtherSite,
    NoPass,
    SignedOut,
    NotThroughProxy,
    NotNamed,
    Unknown,
    Role,
    UsedKey,
    NoLength,
    TooLarge,
    Busy,
    TooSlow,
}

impl NoEntry {
    fn status(self) -> StatusCode {
        match self {
            Self::NoHost => StatusCode::BAD_REQUEST,
            Self::OtherHost => StatusCode::MISDIRECTED_REQUEST,
            Self::TooLong => StatusCode::URI_TOO_LONG,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::OtherSite => StatusCode::FORBIDDEN,
            Self::NoPass | Self::SignedOut | Self::NotNamed => StatusCode::UNAUTHORIZED,
            Self::Role | Self::NotThroughProxy | Self::Unknown => StatusCode::FORBIDDEN,
            Self::UsedKey => StatusCode::GONE,
            Self::NoLength => StatusCode::LENGTH_REQUIRED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::NoHost => "Die Anfrage nennt nicht genau einen Rechner.",
            Self::OtherHost => "Unter diesem Namen ist das Programm nicht zu erreichen.",
            Self::TooLong => "Die Adresse ist zu lang.",
            Self::Method => "Diese Art von Anfrage gibt es hier nicht.",
            Self::OtherSite => "Die Anfrage kommt von einer anderen Seite.",
            Self::NoPass => {
                "Dieser Browser ist nicht angemeldet. Bitte die Adresse öffnen, die „anlage serve“ ausgegeben hat."
            }
            Self::SignedOut => {
                "Sie sind nicht mehr angemeldet, und es ist nichts geändert. Bitte in einem anderen Fenster anmelden und hier noch einmal senden; dann geht nichts verloren."
            }
            Self::NotThroughProxy => "Hierher kommt man nur über den Server, der die Anmeldung prüft.",
            Self::NotNamed => "Der Server davor sagt nicht, wer angemeldet ist.",
            Self::Unknown => {
                "Wer angemeldet ist, steht nicht in der Liste der Personen. Bitte an die technische Betreuung wenden."
            }
            Self::Role => {
                "Das dürfen Sie hier nicht ändern. Was Sie dürfen, steht oben auf jeder Seite bei Ihrem Namen."
            }
            Self::UsedKey => {
                "Diese Adresse gilt nur einmal und wurde schon benutzt. Bitte „anlage serve“ neu starten."
            }
            Self::NoLength => "Die Anfrage sagt nicht, wie lang sie ist.",
            Self::TooLarge => "Das ist zu groß: höchstens 32 MiB auf einmal.",
            Self::Busy => "Gerade wird zu viel auf einmal gesendet. Bitte gleich noch einmal versuchen.",
            Self::TooSlow => "Die Anfrage kam nicht rechtzeitig an.",
        }
    }
}

impl IntoResponse for NoEntry {
    fn into_response(self) -> Response {
        let mut response = refusal(self.status(), self.text());
        // What is left of the request is not always read to its end, so nothing else can follow it.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    }
}
