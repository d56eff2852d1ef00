//! The public logs, of accesses and of releases: checkpoint, tiles and the key that they are verified
//! with, for whoever wants to check that nothing in them is changed or taken away. That of accesses
//! tells nothing about anybody.

use app::public_log::PublicLog::{self, Accesses, Releases};
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
        .route("/log/accesses/key", get(|web| async { key(web, Accesses) }))
        .route("/log/accesses/checkpoint", get(|web| checkpoint(web, Accesses)))
        .route("/log/accesses/tile/{*path}", get(|web, path| tile(web, path, Accesses)))
        .route("/log/releases/key", get(|web| async { key(web, Releases) }))
        .route("/log/releases/checkpoint", get(|web| checkpoint(web, Releases)))
        .route("/log/releases/tile/{*path}", get(|web, path| tile(web, path, Releases)))
}

/// The verifier key, as `teeka ledger verify` takes it.
fn key(State(web): State<Web>, log: PublicLog) -> Result<Response, Problem> {
    let key = web.0.platform.log_verifier(log).ok_or(app::Error::NotFound)?;
    Ok(answer(format!("{key}\n").into_bytes(), "text/plain; charset=utf-8", "no-cache"))
}

async fn checkpoint(State(web): State<Web>, log: PublicLog) -> Result<Response, Problem> {
    file(&web, log, "checkpoint").await
}

async fn tile(
    State(web): State<Web>,
    path: Result<Path<String>, PathRejection>,
    log: PublicLog,
) -> Result<Response, Problem> {
    let Ok(Path(path)) = path else { return Err(app::Error::NotFound.into()) };
    file(&web, log, &format!("tile/{path}")).await
}

async fn file(web: &Web, log: PublicLog, path: &str) -> Result<Response, Problem> {
    let file = web.0.platform.log_file(log, path).await?.ok_or(app::Error::NotFound)?;
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
