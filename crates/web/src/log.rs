//! The public log of accesses: its checkpoint, its tiles and the key that it is verified with, for
//! whoever wants to check that nothing in it is changed or taken away. It tells nothing about anybody.

use axum::{
    Router,
    extract::{Path, State, rejection::PathRejection},
    http::{
        HeaderValue,
        header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{Web, problem::Problem};

/// A tile of a path never changes.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/log/accesses/key", get(key))
        .route("/log/accesses/checkpoint", get(checkpoint))
        .route("/log/accesses/tile/{*path}", get(tile))
}

/// The verifier key, as `teeka ledger verify` takes it.
async fn key(State(web): State<Web>) -> Result<Response, Problem> {
    let key = web.0.platform.log_verifier().ok_or(app::Error::NotFound)?;
    Ok(answer(format!("{key}\n").into_bytes(), "text/plain; charset=utf-8", "no-cache"))
}

async fn checkpoint(State(web): State<Web>) -> Result<Response, Problem> {
    file(&web, "checkpoint").await
}

async fn tile(
    State(web): State<Web>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let Ok(Path(path)) = path else { return Err(app::Error::NotFound.into()) };
    file(&web, &format!("tile/{path}")).await
}

async fn file(web: &Web, path: &str) -> Result<Response, Problem> {
    let file = web.0.platform.log_file(path).await?.ok_or(app::Error::NotFound)?;
    Ok(if file.changes {
        answer(file.bytes, "text/plain; charset=utf-8", "no-cache")
    } else {
        answer(file.bytes, "application/octet-stream", FOR_GOOD)
    })
}

fn answer(bytes: Vec<u8>, kind: &'static str, kept: &'static str) -> Response {
    let mut response = bytes.into_response();
    let set = response.headers_mut();
    set.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    set.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    set.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
