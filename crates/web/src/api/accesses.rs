//! Who opened which of my fields: for the resident whose account the person is of.

use app::{my_accesses::ToldAccess, public_log::PublicLog};
use axum::{
    Json,
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{named, within};
use crate::{Web, caller::Caller, form::Query, problem::Problem};

/// The accesses to a person, in order.
pub(super) async fn list(
    State(web): State<Web>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let id = named(&web, &caller, reference)?;
    let query = Query::parse(query.as_deref());
    let most = i64::MAX.unsigned_abs();
    let after = within(&query, "after", 0..=most, "after must be a whole number")?;
    let list = web.0.platform.my_accesses(&caller.ctx, id, after.unwrap_or(0)).await?;
    let accesses = list.iter().map(access).collect::<Value>();
    Ok(Json(
        json!({ "accesses": accesses, "log_key": web.0.platform.log_verifier(PublicLog::Accesses) }),
    ))
}

fn access(one: &ToldAccess) -> Value {
    json!({
        "number": one.number,
        "at": one.at.to_string(),
        "role": one.role,
        "facility": one.facility_name,
        "purpose": one.purpose,
        "fields": one.fields,
        "leaf": one.leaf,
        "opening": one.opening_text(),
    })
}

/// The proof that one of them is in the public log.
pub(super) async fn proof(
    State(web): State<Web>,
    caller: Caller,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, Problem> {
    let (reference, number) = match path {
        Ok(Path((reference, number))) => (Ok(Path(reference)), number.parse().ok()),
        Err(error) => (Err(error), None),
    };
    let id = named(&web, &caller, reference)?;
    let number: u64 = number.ok_or(app::Error::NotFound)?;
    let text = web.0.platform.my_access_proof(&caller.ctx, id, number).await?;
    let name = format!("attachment; filename=\"access-{number}.tlog-proof\"");
    let kind = "text/plain; charset=utf-8".to_owned();
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name)], text).into_response())
}

/// The proof that none of them is left out.
pub(super) async fn completeness(
    State(web): State<Web>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let id = named(&web, &caller, reference)?;
    let text = web.0.platform.my_completeness(&caller.ctx, id).await?;
    Ok((WHOLE, text).into_response())
}

/// How a proof that none is left out is saved.
pub(crate) const WHOLE: [(HeaderName, &str); 2] = [
    (CONTENT_TYPE, "application/vnd.teeka.accesses+json"),
    (CONTENT_DISPOSITION, "attachment; filename=\"accesses.json\""),
];
