//! What researchers and others report, and how it stands.

use app::reported::Standing;
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderValue, StatusCode, header::CACHE_CONTROL},
    response::{IntoResponse, Response},
};
use domain::reported::BadReport;
use serde_json::{Value, json};

use crate::{Web, caller::Caller, cowin::read_report, problem::Problem};

/// Takes a report, and gives its receipt.
pub(super) async fn send(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, Problem> {
    let reported = read_report(&body)?;
    let taken = web.0.platform.take_report(&caller.ctx, &reported, &caller.source).await?;
    let mut told = told(&taken.standing);
    told["receipt"] = taken.receipt.into();
    Ok(unkept(told))
}

/// How the report of a receipt stands.
pub(super) async fn standing(
    State(web): State<Web>,
    receipt: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let receipt = receipt.map(|Path(text)| text).unwrap_or_default();
    let standing = web.0.platform.report_standing(&receipt).await?;
    Ok(unkept(told(&standing)))
}

fn told(standing: &Standing) -> Value {
    json!({
        "state": standing.state().word(),
        "received_at": standing.received_at.to_string(),
        "acknowledge_by": standing.due.acknowledge_by.to_string(),
        "acknowledged_at": standing.acknowledged_at.map(|at| at.to_string()),
        "close_by": standing.due.close_by.to_string(),
        "closed_at": standing.closed.map(|(at, _)| at.to_string()),
        "outcome": standing.closed.map(|(_, outcome)| outcome.name()),
    })
}

/// An answer that nobody on the way keeps.
fn unkept(value: Value) -> Response {
    let mut response = Json(value).into_response();
    let kept = HeaderValue::from_static("private, no-store");
    response.headers_mut().insert(CACHE_CONTROL, kept);
    response
}

impl From<BadReport> for Problem {
    fn from(bad: BadReport) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "/problems/invalid", "A field is not usable", &bad)
    }
}
