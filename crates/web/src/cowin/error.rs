//! Errors in the contract's shape. Source: the contract, section 1.7.

use app::error_kinds::{NotBooked, NotEnrolled};
use axum::{
    Json,
    body::Bytes,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use domain::{person::BadDetail, schedule::NotEligible};
use serde::Serialize;
use serde_json::json;

use super::sold_out;
use crate::{Web, problem::log_fault};

/// An error as the contract writes it.
pub(crate) enum Fault {
    /// `{"errorCode", "error"}`.
    Coded(StatusCode, &'static str, String),
    /// The bare text of a token that does not count.
    Unauthenticated,
    /// No key, or not permitted.
    Forbidden,
    /// Too many calls; the seconds after which to ask again.
    TooMany(u32),
    /// The same, where the contract has a code for it.
    Blocked(StatusCode, &'static str, &'static str, u32),
    /// A full session, with others that are not.
    Full(Bytes),
    /// The store is away: ask again with the same key.
    Unavailable,
    /// What is asked for will be there later; what to say, and the seconds after which to ask again.
    NotYet(String, u32),
}

/// The members in the order of the wire.
#[derive(Serialize)]
struct Coded<'a> {
    #[serde(rename = "errorCode")]
    code: &'a str,
    error: &'a str,
}

pub(crate) type Answer<T> = Result<T, Fault>;

pub(crate) fn bad(code: &'static str, text: impl Into<String>) -> Fault {
    Fault::Coded(StatusCode::BAD_REQUEST, code, text.into())
}

/// A parameter or field is missing or not of its kind.
pub(crate) fn missing() -> Fault {
    bad("USRRES0001", "Input parameter missing")
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Self::Coded(status, code, text) => {
                (status, Json(Coded { code, error: &text })).into_response()
            }
            Self::Unauthenticated => {
                (StatusCode::UNAUTHORIZED, "Unauthenticated access!").into_response()
            }
            Self::Forbidden => {
                (StatusCode::FORBIDDEN, Json(json!({ "message": "Forbidden" }))).into_response()
            }
            Self::TooMany(seconds) => {
                let body = Json(json!({ "message": "Too Many Requests" }));
                after(seconds, (StatusCode::TOO_MANY_REQUESTS, body))
            }
            Self::Blocked(status, code, text, seconds) => {
                after(seconds, (status, Json(Coded { code, error: text })))
            }
            Self::Full(body) => {
                let json = HeaderValue::from_static("application/json");
                (StatusCode::CONFLICT, [(CONTENT_TYPE, json)], body).into_response()
            }
            Self::Unavailable => {
                let body = Json(json!({ "message": "Endpoint request timed out" }));
                after(1, (StatusCode::SERVICE_UNAVAILABLE, body))
            }
            Self::NotYet(text, seconds) => {
                let body = Json(json!({ "message": text }));
                after(seconds, (StatusCode::SERVICE_UNAVAILABLE, body))
            }
        }
    }
}

/// An answer that says when to ask again.
fn after(seconds: u32, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

impl Web {
    /// An error of a use case in the contract's shape.
    pub(crate) fn fault(&self, error: app::Error) -> Fault {
        use app::Error as E;
        log_fault(&error);
        match error {
            E::Unauthenticated | E::CodeExpired => Fault::Unauthenticated,
            E::Forbidden | E::Held | E::SecondPerson | E::WeakSignIn => Fault::Forbidden,
            E::WrongPresence => Fault::Coded(
                StatusCode::FORBIDDEN,
                "USRRES0003",
                "The beneficiary must present the secret code".to_owned(),
            ),
            E::NotFound => bad("APPOIN0001", "No beneficiary or appointment found"),
            E::BadDetail(BadDetail::Mobile) => bad("USRAUT0010", "Mobile is Required"),
            why @ (E::Invalid(_) | E::BadDetail(_) | E::NoStock) => {
                bad("USRRES0001", why.to_string())
            }
            E::TooMany { retry_after_seconds } => Fault::TooMany(retry_after_seconds),
            E::CodesBlocked { retry_after_seconds } => Fault::Blocked(
                StatusCode::BAD_REQUEST,
                "USRAUT0018",
                "Generate OTP failed",
                retry_after_seconds,
            ),
            E::TooManySearches { retry_after_seconds } => Fault::Blocked(
                StatusCode::TOO_MANY_REQUESTS,
                "USRAUT0030",
                "Your account is blocked for exceeding our search limit, please read our terms of \
                 service.",
                retry_after_seconds,
            ),
            E::WrongCode => bad("USRAUT0014", "Invalid OTP"),
            E::NotRegistered => bad("USRAUT0024", "Beneficiary Not Registered"),
            E::NoSuchSlot => bad("APPOIN0015", "Invalid Slot Id"),
            E::BadPincode => bad("APPOIN0018", "Invalid Pincode"),
            E::NotBookable => bad("APPOIN0023", "Appointments are allowed only for future dates."),
            E::TooLate => bad("APPOIN0026", "Appointment cannot be cancelled on its day."),
            E::NotEligible { beneficiary, rule } => {
                ineligible(self.0.platform.reference(beneficiary), rule)
            }
            E::Full { session, dose_number, next } => Fault::Full(match next {
                Some(next) => sold_out::body(self, &next),
                None => sold_out::for_anyone(self, session, dose_number),
            }),
            E::NotEnrolled(NotEnrolled::AccountFull) => bad(
                "USRRES0004",
                "Maximum number of beneficiaries have been registered with this mobile number",
            ),
            E::AppointmentExists { beneficiary, dose_number } => {
                let reference = self.0.platform.reference(beneficiary);
                // Clients look for the words.
                let dose = match dose_number {
                    1 => "first",
                    2 => "second",
                    _ => "precaution",
                };
                let text =
                    format!("An active {dose} dose appointment already exists for {reference}");
                bad("APPOIN0022", text)
            }
            E::NotBooked(NotBooked::OtherRequest) | E::NotEnrolled(NotEnrolled::OtherRequest) => {
                Fault::Coded(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "USRRES0005",
                    "The Idempotency-Key was used for another request".to_owned(),
                )
            }
            E::NotBooked(NotBooked::InProgress)
            | E::NotMoved(_)
            | E::Unavailable(_)
            | E::SignerAway(_) => Fault::Unavailable,
            ref owed @ E::CertificateOwed { retry_after_seconds } => {
                Fault::NotYet(owed.to_string(), retry_after_seconds)
            }
            E::Broken(_) => Fault::Coded(
                StatusCode::INTERNAL_SERVER_ERROR,
                "GERR001",
                "Something Went wrong!".to_owned(),
            ),
            other => bad("USRRES0002", other.to_string()),
        }
    }
}

/// What rule of the programme stands in the way.
fn ineligible(reference: u64, rule: NotEligible) -> Fault {
    match rule {
        NotEligible::Complete | NotEligible::AlreadyGiven => bad(
            "APPOIN0024",
            format!(
                "The individual with reference id {reference} has already completed requisite \
                     doses of vaccination and cannot take any more appointments."
            ),
        ),
        // The doubled word is the contract's: clients compare the text.
        NotEligible::DoseBeforeMissing { needs: 1 } => bad(
            "APPOIN0025",
            format!(
                "The individual with with reference id {reference} must be vaccinated with \
                     first dose before taking appointment for the second dose."
            ),
        ),
        NotEligible::OtherAge { min_age } => {
            bad("APPOIN0027", format!("Minimum age criteria is {min_age} years"))
        }
        rule => bad("APPOIN0028", rule.to_string()),
    }
}
