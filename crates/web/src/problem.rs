//! Errors of our own API on the wire: RFC 9457.

use axum::{
    Json,
    extract::Request,
    http::{Method, StatusCode, Uri, header::ALLOW, header::CONTENT_TYPE},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;

use app::error_kinds::{NotBooked, NotCorrected, NotEnrolled, NotMerged};
use domain::travel::BadTravelDetail;

use crate::{Web, caller::Caller, limit, page::plain_page, wallet};

/// A problem. Source: RFC 9457, section 3.
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    #[serde(skip)]
    status_code: StatusCode,
    status: u16,
    detail: String,
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: &impl ToString,
    ) -> Self {
        Self {
            kind,
            title,
            status_code: status,
            status: status.as_u16(),
            detail: detail.to_string(),
        }
    }

    pub(crate) fn invalid(detail: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "/problems/invalid", "A field is not usable", &detail)
    }
}

impl From<app::Error> for Problem {
    fn from(error: app::Error) -> Self {
        use StatusCode as S;
        use app::Error as E;
        let (status, kind, title) = match &error {
            E::Unauthenticated => (S::UNAUTHORIZED, "/problems/unauthenticated", "Not signed in"),
            E::Forbidden => (S::FORBIDDEN, "/problems/forbidden", "Not permitted"),
            E::Held => (S::FORBIDDEN, "/problems/account-held", "The account is held"),
            E::WeakSignIn
            | E::StaleSignIn
            | E::PasskeyNeeded
            | E::NotProven
            | E::WrongStaffCode => {
                (S::FORBIDDEN, "/problems/weak-sign-in", "Not signed in well enough")
            }
            E::LastFactor => (S::CONFLICT, "/problems/last-factor", "The last one stays"),
            E::SecondPerson => {
                (S::FORBIDDEN, "/problems/second-person", "A second person is needed")
            }
            E::NoStock => (S::CONFLICT, "/problems/no-stock", "No vial-dose is left"),
            E::WrongPresence => (S::FORBIDDEN, "/problems/not-presented", "Not presented"),
            E::NotFound => (S::NOT_FOUND, "/problems/not-found", "Not found"),
            E::BadTravelDetail(BadTravelDetail::OtherBirthYear) => {
                (S::CONFLICT, "/problems/other-birth-year", "Not in the year of birth on record")
            }
            E::BadTravelDetail(_)
            | E::Invalid(_)
            | E::BadDetail(_)
            | E::BadPincode
            | E::NoSuchSlot
            | E::BadSession(_) => (S::BAD_REQUEST, "/problems/invalid", "A field is not usable"),
            E::TooMany { .. } | E::TooManySearches { .. } | E::CodesBlocked { .. } => {
                (S::TOO_MANY_REQUESTS, "/problems/too-many", "Too many requests")
            }
            E::WrongCode => (S::FORBIDDEN, "/problems/wrong-code", "Wrong one-time password"),
            E::CodeExpired => (S::FORBIDDEN, "/problems/expired-code", "Expired one-time password"),
            E::QuestionUsed => {
                (S::CONFLICT, "/problems/question-used", "The question does not count")
            }
            E::NotRegistered => (S::NOT_FOUND, "/problems/not-registered", "Not registered"),
            E::NotBookable | E::TooLate => (S::CONFLICT, "/problems/too-late", "Not in time"),
            E::NotEligible { .. } => (S::CONFLICT, "/problems/not-eligible", "Not eligible"),
            E::Full { .. } => (S::CONFLICT, "/problems/full", "No seat is free"),
            E::NotBooked(NotBooked::OtherRequest)
            | E::NotEnrolled(NotEnrolled::OtherRequest)
            | E::NotCorrected(NotCorrected::OtherRequest)
            | E::NotMerged(NotMerged::OtherRequest) => {
                (S::UNPROCESSABLE_ENTITY, "/problems/key-reused", "Key used for another request")
            }
            E::NotEnrolled(_)
            | E::NotAmended(_)
            | E::NotCorrected(_)
            | E::NotKept(_)
            | E::NotAllotted(_)
            | E::NotMergeable(_)
            | E::NotMerged(_)
            | E::NotRemoved(_)
            | E::NotErasable(_)
            | E::NotBooked(_)
            | E::AppointmentExists { .. }
            | E::NotMoved(_)
            | E::NotCancelled(_)
            | E::NotRecorded(_)
            | E::NotUndone(_)
            | E::NotPublished(_) => (S::CONFLICT, "/problems/conflict", "Not possible now"),
            E::Unavailable(_) | E::SignerAway(_) => {
                (S::SERVICE_UNAVAILABLE, "/problems/unavailable", "Try again later")
            }
            E::CertificateOwed { .. } => {
                (S::SERVICE_UNAVAILABLE, "/problems/certificate-owed", "Not signed yet")
            }
            E::Broken(_) => (S::INTERNAL_SERVER_ERROR, "/problems/internal", "Internal error"),
        };
        log_fault(&error);
        Self::new(status, kind, title, &error)
    }
}

/// Logs a fault of ours with its causes; nothing of what a person gave is in them.
pub(crate) fn log_fault(error: &app::Error) {
    if matches!(
        error,
        app::Error::Broken(_) | app::Error::Unavailable(_) | app::Error::SignerAway(_)
    ) {
        let mut causes = Vec::new();
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        tracing::error!(causes = causes.join(": "), "a use case failed");
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status_code;
        (status, [(CONTENT_TYPE, "application/problem+json")], Json(self)).into_response()
    }
}

/// Whether a path is one of our own calls, whose errors are problems.
pub(crate) fn is_ours(path: &str) -> bool {
    ["/api/teeka/", "/.well-known/", "/status/", "/log/"]
        .iter()
        .any(|start| path.starts_with(start))
}

/// Answers what browsers ask before a call, and gives what the framework refuses by itself the
/// shape of the call's family. Its own texts may repeat what the client sent.
pub(crate) async fn in_shape(web: &Web, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if !path.starts_with("/api/") {
        return limit::limit(web, request, next).await;
    }
    if request.method() == Method::OPTIONS {
        return crate::cowin::preflight();
    }
    let (is_ours, is_wallets) = (is_ours(path), path.starts_with(wallet::CALLS));
    let response = limit::limit(web, request, next).await;
    let status = response.status();
    let (kind, title, message) = match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            ("/problems/method", "The call has no such method", "Method Not Allowed")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("/problems/too-large", "The body is too large", "Request Too Long")
        }
        _ => return response,
    };
    let mut shaped = if is_wallets {
        wallet::refused_by_us(status)
    } else if is_ours {
        Problem::new(status, kind, title, &"see /api/openapi.json").into_response()
    } else {
        (status, Json(json!({ "message": message }))).into_response()
    };
    if let Some(allow) = response.headers().get(ALLOW) {
        shaped.headers_mut().insert(ALLOW, allow.clone());
    }
    shaped
}

/// What is answered where nothing is: a problem to programs, a page to people.
pub(crate) async fn no_such_page(caller: Caller, uri: Uri) -> Response {
    if uri.path().starts_with("/api/") {
        let detail = "there is no such page; see /api/openapi.json";
        let kind = "/problems/not-found";
        return Problem::new(StatusCode::NOT_FOUND, kind, "Not found", &detail).into_response();
    }
    let text = "Check the address, or begin again from the search.";
    plain_page(&caller, StatusCode::NOT_FOUND, "There is no such page", text)
}
