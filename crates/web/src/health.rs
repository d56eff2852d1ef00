//! Whether the server lives and can serve, what it counts, and one log line per failure.

use axum::{
    Json, Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};

use crate::{Web, problem};

/// How old the inventory may be before the server is not ready.
///
/// # Units
///
/// Seconds.
const MOST_AGE: i64 = 10;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
}

async fn ready(State(web): State<Web>) -> (StatusCode, Json<Value>) {
    let platform = &web.0.platform;
    let store = platform.store().check().await.is_ok();
    let age = web.0.clock.now().as_second() - platform.inventory().refreshed_at().as_second();
    let fresh = age <= MOST_AGE;
    let status = if store && fresh { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "store": store, "inventory_age_seconds": age })))
}

async fn figures(State(web): State<Web>) -> Response {
    match &web.0.metrics {
        Some(metrics) => metrics.render().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A route as it is counted and logged: what stands in a path may be a person's.
fn named(route: Option<&MatchedPath>) -> String {
    route.map_or("none", MatchedPath::as_str).to_owned()
}

/// The one layer around all routes, as each layer has its price: counts answers by route and status,
/// gives errors the shape of their family, holds addresses to their limit, and adds the headers that
/// every answer has.
pub(crate) async fn observe(State(web): State<Web>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    // The dashboards' list of districts is the contract's too, though not under its path.
    let path = request.uri().path();
    let is_api = path.starts_with("/api/") || path.starts_with("/assets/json/");
    let begun = web.0.clock.now();
    let mut response = problem::in_shape(&web, request, next).await;
    let status = response.status();
    if web.0.metrics.is_some() {
        let took = web.0.clock.now().duration_since(begun).as_secs_f64();
        let labels = [("route", named(route.as_ref())), ("status", status.as_u16().to_string())];
        metrics::histogram!("teeka_answer_seconds", &labels).record(took);
    }
    if status.is_server_error() {
        tracing::error!(
            route = named(route.as_ref()),
            status = status.as_u16(),
            "answered with an error of ours"
        );
    }
    let headers = response.headers_mut();
    let mut set = |name: header::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if is_api {
        set(header::REFERRER_POLICY, "no-referrer");
        set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        set(header::ACCESS_CONTROL_EXPOSE_HEADERS, "Data-Age-Ms,ETag,Retry-After");
    } else {
        // Not `no-referrer`: a browser would then hide from us, too, that a form is our own.
        set(header::REFERRER_POLICY, "same-origin");
        set(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
             frame-ancestors 'none'; base-uri 'none'",
        );
    }
    set(header::CACHE_CONTROL, "no-store");
    response
}
