//! Calls from one address in five minutes. Pages are counted too, but nobody is signed out and
//! nobody is stopped between signing in and holding the appointment.

use std::sync::atomic::{AtomicI64, Ordering};

use app::settings::Limits;
use axum::{
    Json,
    extract::{FromRequestParts, MatchedPath, Request},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use serde_json::json;

use crate::{
    Web,
    caller::Caller,
    page::plain_page,
    problem::{Problem, is_ours},
    token::Scope,
    wallet,
};

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

/// Where the way from signing in to an appointment begins. One-time passwords have limits of
/// their own.
const SIGN_IN: [&str; 5] =
    ["/api/v2/auth/", "/api/v4/auth/", "/api/v3/vaccination/", "/sign-in", "/desk/sign-in"];

/// Whether an address's limit may stop a call. It stops searches, and calls of those who are not
/// signed in; whoever is about to hold an appointment goes on. Searches of someone signed in are
/// counted by sign-in and account instead, and calls with a partner's key by nobody: many people
/// stand behind them.
fn is_limited(path: &str, known: bool, has_key: bool) -> bool {
    if is_page(path) {
        return path == "/" && !known;
    }
    let open_search = [
        "/sessions/public/",
        "/location/",
        "/centers/",
        "/api/teeka/v1/",
        "/reports/",
        wallet::CALLS,
    ]
    .iter()
    .any(|part| path.contains(part));
    match (open_search, known) {
        (true, _) => !has_key,
        (false, true) => false,
        (false, false) => !SIGN_IN.iter().any(|begin| path.starts_with(begin)),
    }
}

/// Lets a call of one of the routes through, or tells its address to wait.
pub(crate) async fn limit(web: &Web, request: Request, next: Next) -> Response {
    if request.extensions().get::<MatchedPath>().is_none() {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(caller) = Caller::from_request_parts(&mut parts, web).await;
    let request = Request::from_parts(parts, body);
    let path = request.uri().path();
    let signed_in = caller.claims.as_ref().is_some_and(|claims| claims.scope != Scope::Guest);
    let has_key = caller.has_key();
    if is_limited(path, signed_in || has_key, has_key) {
        let admitted = web.0.limiter.admit(&caller.source, caller.ctx.now.as_second());
        if let Err(wait) = admitted {
            metrics::counter!("teeka_limited_total").increment(1);
            if is_page(path) {
                return wait_page(&caller, wait);
            }
            let mut response = refusal(path);
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            return response;
        }
    }
    next.run(request).await
}

/// The contract's refusal, or that of our own calls or of those of wallets.
fn refusal(path: &str) -> Response {
    if path.starts_with(wallet::CALLS) {
        return wallet::refused_by_us(StatusCode::TOO_MANY_REQUESTS);
    }
    if is_ours(path) {
        let detail = "this address has made too many calls";
        let status = StatusCode::TOO_MANY_REQUESTS;
        let problem = Problem::new(status, "/problems/too-many", "Too many requests", &detail);
        return problem.into_response();
    }
    (StatusCode::FORBIDDEN, Json(json!({ "message": "Forbidden" }))).into_response()
}

fn is_page(path: &str) -> bool {
    !path.starts_with("/api/") && !path.starts_with("/.well-known/")
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
    fn of_pages_only_the_search_of_someone_unknown_is_counted() {
        assert!(is_limited("/", false, false) && !is_limited("/", true, false));
        for path in ["/book", "/sign-in", "/desk", "/desk/sign-in", "/style.css", "/people/add"] {
            assert!(is_page(path) && !is_limited(path, false, false), "{path}");
        }
    }
}
