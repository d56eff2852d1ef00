//! One person with two records: the merge, and proving that another mobile is the resident's, too.

use app::merge::other::Other;
use axum::{Json, body::Bytes, extract::State, http::StatusCode};
use serde_json::{Value, json};

use super::resident_key;
use crate::{
    Web,
    caller::Caller,
    cowin::{person::View, read_merge, read_mobile, read_otp},
    problem::Problem,
    token::Scope,
};

/// Makes one record of two of the same person.
pub(super) async fn merge(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let key = resident_key(&caller)?;
    let wanted = read_merge(&body)?;
    let platform = &web.0.platform;
    let named = |reference: &str| platform.by_reference(reference).ok_or(app::Error::NotFound);
    let other = match (&wanted.proof, &wanted.code) {
        (Some(proof), _) => Other::Proven { id: named(&wanted.goes)?, proof },
        (None, Some(code)) => Other::Shown { reference: &wanted.goes, code },
        (None, None) => Other::Mine(named(&wanted.goes)?),
    };
    platform.merge_mine(&caller.ctx, named(&wanted.stays)?, &other, key).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a one-time password to another mobile of the resident.
pub(super) async fn ask_other_mobile(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    signed_in(&caller)?;
    let mobile = read_mobile(&body)?;
    let asked = web.0.platform.ask_other_mobile(&caller.ctx, &mobile, &caller.source);
    Ok(Json(json!({ "txnId": asked.await? })))
}

/// The people of that mobile, and the proof to merge one of them.
pub(super) async fn prove_other_mobile(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    signed_in(&caller)?;
    let (transaction, otp) = read_otp(&body)?;
    let found = web.0.platform.prove_other_mobile(&caller.ctx, transaction, &otp).await?;
    let view = View::new(&web, &caller, &found.people).await?;
    let people = found.people.iter().map(|person| view.beneficiary(person, ""));
    Ok(Json(json!({ "beneficiaries": people.collect::<Value>(), "merged_proof": found.proof })))
}

fn signed_in(caller: &Caller) -> Result<(), Problem> {
    let signed_in = caller.has(&[Scope::Resident]);
    if signed_in { Ok(()) } else { Err(app::Error::Unauthenticated.into()) }
}
