//! Errors as wallets expect them: those of `OAuth`, and of the issuance of credentials.

use app::wallet::Refused;
use axum::{
    Json,
    extract::rejection::BytesRejection,
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::problem::log_fault;

/// Why a wallet gets nothing.
///
/// # Source
///
/// RFC 6749, section 5.2; RFC 6750, section 3; `OpenID4VCI` 1.0, section
/// 8.3.1.
pub(super) struct Refusal {
    status: StatusCode,
    error: &'static str,
    /// ASCII without quotes and backslashes.
    description: String,
    /// What stands in `WWW-Authenticate`.
    asks_for: Option<&'static str>,
    retry_after_seconds: Option<u32>,
}

impl Refusal {
    /// An error of what was sent.
    pub(super) fn new(error: &'static str, description: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error,
            description: description.to_owned(),
            asks_for: None,
            retry_after_seconds: None,
        }
    }

    /// A request that is not one.
    pub(super) fn request(description: &str) -> Self {
        Self::new("invalid_request", description)
    }

    /// No token was shown.
    pub(super) fn without_token() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            asks_for: Some("Bearer"),
            ..Self::new("invalid_token", "a token is needed")
        }
    }

    fn later(status: StatusCode, seconds: Option<u32>) -> Self {
        Self {
            status,
            retry_after_seconds: seconds,
            ..Self::new("temporarily_unavailable", "try again later")
        }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        let text = refused.to_string();
        match refused {
            Refused::Grant => Self::new("invalid_grant", &text),
            Refused::Token => Self {
                status: StatusCode::UNAUTHORIZED,
                asks_for: Some("Bearer error=\"invalid_token\""),
                ..Self::new("invalid_token", &text)
            },
            Refused::Proof => Self::new("invalid_proof", &text),
            Refused::Nonce => Self::new("invalid_nonce", &text),
            Refused::Denied => Self::new("credential_request_denied", &text),
            Refused::Other(error) => error.into(),
        }
    }
}

impl From<app::Error> for Refusal {
    fn from(error: app::Error) -> Self {
        use app::Error as E;
        log_fault(&error);
        match error {
            E::TooMany { retry_after_seconds } => {
                Self::later(StatusCode::TOO_MANY_REQUESTS, Some(retry_after_seconds))
            }
            E::CertificateOwed { retry_after_seconds } => {
                Self::later(StatusCode::SERVICE_UNAVAILABLE, Some(retry_after_seconds))
            }
            E::Unavailable(_) | E::SignerAway(_) => {
                Self::later(StatusCode::SERVICE_UNAVAILABLE, None)
            }
            E::Broken(_) => Self {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                ..Self::new("server_error", "something is wrong on our side")
            },
            other => Self::request(&other.to_string()),
        }
    }
}

impl From<BytesRejection> for Refusal {
    fn from(rejection: BytesRejection) -> Self {
        // Not the rejection's own text: that may repeat what was sent.
        Self { status: rejection.status(), ..Self::request("the body is too large or was cut off") }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
        if let Some(scheme) = self.asks_for {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// What is refused before a handler sees it.
pub(crate) fn refused_by_us(status: StatusCode) -> Response {
    let refusal = match status {
        StatusCode::TOO_MANY_REQUESTS => Refusal::later(status, None),
        _ => Refusal { status, ..Refusal::request("the call has no such method or body") },
    };
    refusal.into_response()
}
