//! What was withdrawn, for verifiers that are online: status lists, and the lists of withdrawn health
//! cards. Answers tell for how long they hold and what they are called, so that what stands between may
//! keep them, and who has one already is told so.

use axum::{
    Router,
    extract::{Path, State, rejection::PathRejection},
    http::HeaderMap,
    response::Response,
    routing::get,
};

use crate::{Web, caller::Caller, file::public_text, problem::Problem};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/status/{list}", get(status_list))
        .route("/.well-known/crl/{file}", get(withdrawn_cards))
}

/// A status list, as a signed credential.
async fn status_list(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    list: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let list = list.ok().and_then(|Path(text)| number(&text)).ok_or(app::Error::NotFound)?;
    let made = web.0.platform.status_list(&caller.ctx, list).await?;
    Ok(public_text("application/vc", &made, &headers))
}

/// A number as it is written; there is one address of each list.
fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number: &u32| number.to_string() == text)
}

/// The withdrawn health cards of one of our keys.
async fn withdrawn_cards(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    file: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let Ok(Path(file)) = file else { return Err(app::Error::NotFound.into()) };
    let key_id = file.strip_suffix(".json").ok_or(app::Error::NotFound)?;
    let made = web.0.platform.withdrawn_cards(&caller.ctx, key_id).await?;
    Ok(public_text("application/json", &made, &headers))
}
