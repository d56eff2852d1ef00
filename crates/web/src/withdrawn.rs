//! What was withdrawn, for verifiers that are online: status lists, and the lists of withdrawn health
//! cards. Answers tell for how long they hold and what they are called, so that what stands between may
//! keep them, and who has one already is told so.

use axum::{
    Router,
    extract::{Path, State, rejection::PathRejection},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    },
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{Web, caller::Caller, problem::Problem};

/// Made anew after a minute here, and kept no longer by what stands between.
const KEPT: &str = "public, max-age=60";

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
    Ok(answer("application/vc", &made, &headers))
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
    Ok(answer("application/json", &made, &headers))
}

/// A text, unless the caller has it.
pub(crate) fn answer(kind: &'static str, text: &str, headers: &HeaderMap) -> Response {
    let digest = app::sign_in::sha256_hex(text);
    let tag = HeaderValue::try_from(format!("\"{}\"", &digest[..32]));
    let tag = tag.expect("hex digits in quotes are a header value");
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut known = known.flat_map(|list| list.split(',')).map(str::trim);
    let mut response = if known.any(|one| one == "*" || one.trim_start_matches("W/") == tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        text.to_owned().into_response()
    };
    let set = response.headers_mut();
    set.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    set.insert(CACHE_CONTROL, HeaderValue::from_static(KEPT));
    set.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    set.insert(ETAG, tag);
    response
}
