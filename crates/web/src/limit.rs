//! Calls from one address in five minutes. Pages are counted too, but nobody is signed out and
//! nobody is stopped between finding a session and holding the appointment.

use std::sync::atomic::{AtomicI64, Ordering};

use app::settings::Limits;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::{Web, caller::Caller, page::plain_page};

/// The span that is counted over.
///
/// # Units
///
/// Seconds.
const SPAN: i64 = 300;
/// How many addresses are remembered; beyond, the oldest span is forgotten early.
const MOST_ADDRESSES: usize = 1_000_000;

/// Counts calls by address.
pub(crate) struct Limiter {
    most: Option<u32>,
    span: AtomicI64,
    counts: Mutex<FxHashMap<String, u32>>,
}

impl Limiter {
    pub(crate) fn new(limits: Option<Limits>) -> Self {
        Self {
            most: limits.map(|limits| limits.calls_per_address),
            span: AtomicI64::new(0),
            counts: Mutex::new(FxHashMap::default()),
        }
    }

    /// Whether one more call is allowed; else the seconds to wait.
    fn admit(&self, source: &str, now: i64) -> Result<(), i64> {
        let Some(most) = self.most else { return Ok(()) };
        let span = now / SPAN;
        let mut counts = self.counts.lock();
        if self.span.swap(span, Ordering::Relaxed) != span || counts.len() > MOST_ADDRESSES {
            counts.clear();
        }
        let count = counts.entry(source.to_owned()).or_default();
        *count += 1;
        if *count > most { Err((span + 1) * SPAN - now) } else { Ok(()) }
    }
}

/// The calls of someone who is about to hold an appointment: never stopped.
const ALWAYS: [&str; 6] = [
    "/api/v2/appointment/schedule",
    "/api/v2/appointment/reschedule",
    "/api/v2/appointment/cancel",
    "/api/v2/appointment/beneficiaries",
    "/api/v2/auth/confirmOTP",
    "/api/v2/auth/validateMobileOtp",
];

pub(crate) async fn limit(
    State(web): State<Web>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let counted = if is_page(path) {
        is_counted_page(path, caller.claims.is_some())
    } else {
        !ALWAYS.contains(&path)
    };
    if counted {
        let admitted = web.0.limiter.admit(&caller.source, caller.ctx.now.as_second());
        if let Err(wait) = admitted {
            metrics::counter!("teeka_limited_total").increment(1);
            if is_page(path) {
                return wait_page(&caller, wait);
            }
            let body = r#"{"message":"Forbidden"}"#;
            let mut response = (StatusCode::FORBIDDEN, body).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            return response;
        }
    }
    next.run(request).await
}

fn is_page(path: &str) -> bool {
    !path.starts_with("/api/") && !path.starts_with("/.well-known/")
}

/// Searches of people who are not signed in are counted, and passwords asked for. Whoever is
/// signed in was counted then, and a whole facility may work behind one address.
fn is_counted_page(path: &str, signed_in: bool) -> bool {
    path == "/" && !signed_in || path.ends_with("/sign-in")
}

/// What people are told who searched too often.
fn wait_page(caller: &Caller, wait: i64) -> Response {
    let text = format!(
        "Too many pages were asked for from this connection. Try again in {} minutes. Whoever is \
         signed in is not stopped.",
        (wait + 59) / 60
    );
    let heading = "Please wait a little";
    let mut response = plain_page(caller, StatusCode::TOO_MANY_REQUESTS, heading, &text);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_calls_and_a_new_span_begins_afresh() {
        let limits = Limits { calls_per_address: 2, ..Limits::default() };
        let limiter = Limiter::new(Some(limits));
        assert_eq!(limiter.admit("a", 10), Ok(()));
        assert_eq!(limiter.admit("a", 11), Ok(()));
        assert_eq!(limiter.admit("a", 12), Err(288));
        assert_eq!(limiter.admit("b", 12), Ok(()));
        assert_eq!(limiter.admit("a", 300), Ok(()));
    }

    #[test]
    fn searches_are_counted_until_someone_is_signed_in_and_the_rest_of_the_way_never() {
        assert!(is_counted_page("/", false) && !is_counted_page("/", true));
        assert!(is_counted_page("/sign-in", false) && is_counted_page("/desk/sign-in", true));
        for path in ["/book", "/people", "/sign-in/code", "/style.css", "/desk/dose"] {
            assert!(is_page(path) && !is_counted_page(path, false), "{path}");
        }
        assert!(!is_page("/api/v2/admin/location/states"));
    }
}
