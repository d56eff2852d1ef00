//! Erasure of a person, by the resident whose account they are of.

use app::erasure::Erasure;
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use serde_json::{Value, json};

use super::named;
use crate::{Web, caller::Caller, problem::Problem};

/// Asks that a person be erased.
pub(super) async fn ask(
    State(web): State<Web>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let id = named(&web, &caller, reference)?;
    let asked = web.0.platform.ask_erasure(&caller.ctx, id).await?;
    Ok(Json(told(&asked, None)))
}

/// Takes it back.
pub(super) async fn take_back(
    State(web): State<Web>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let id = named(&web, &caller, reference)?;
    web.0.platform.withdraw_erasure(&caller.ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How it stands, with the certificate once it is done.
pub(super) async fn state(
    State(web): State<Web>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let id = named(&web, &caller, reference)?;
    let platform = &web.0.platform;
    let all = platform.my_erasures(&caller.ctx).await?;
    let one = all.into_iter().find(|one| one.beneficiary == id).ok_or(app::Error::NotFound)?;
    let certificate = match one.erased_at {
        Some(_) => Some(platform.my_erasure_certificate(&caller.ctx, id).await?),
        None => None,
    };
    Ok(Json(told(&one, certificate.as_deref())))
}

fn told(one: &Erasure, certificate: Option<&str>) -> Value {
    json!({
        "reference": one.reference.to_string(),
        "asked_at": one.asked_at.to_string(),
        "due_at": one.due_at.to_string(),
        "erased_at": one.erased_at.map(|at| at.to_string()),
        "state": one.state.word(),
        "certificate": certificate,
    })
}
