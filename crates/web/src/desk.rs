//! The facility's pages: the list of the day, people who stand there, doses, sessions.

mod day;
mod person;
mod sessions;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use domain::id::FacilityId;

use crate::{
    Web,
    caller::Caller,
    page::{go, without_cookie},
    portal::STAFF,
    token::Scope,
};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/desk", get(day::today))
        .route("/desk/sign-in", get(ask).post(send))
        .route("/desk/sign-in/code", post(confirm))
        .route("/desk/sign-out", post(sign_out))
        .route("/desk/present", post(person::present))
        .route("/desk/otp", post(person::ask_otp))
        .route("/desk/otp/code", post(person::present_otp))
        .route("/desk/walk-in", post(person::walk_in))
        .route("/desk/verify", post(person::verify))
        .route("/desk/dose", post(person::dose))
        .route("/desk/undo", post(person::undo))
        .route("/desk/aefi", post(person::aefi))
        .route("/desk/seat", post(person::seat))
        .route("/desk/sessions", get(sessions::list).post(sessions::publish))
        .route("/desk/sessions/state", post(sessions::set_state))
}

/// The facility of whoever is signed in; else the page that asks.
fn own(caller: &Caller) -> Result<FacilityId, Box<Response>> {
    if !caller.has(&[Scope::Staff]) {
        return Err(Box::new(go("/desk/sign-in")));
    }
    caller.ctx.own_facility().map_err(|_| {
        let text = "The desk is for the staff of a facility.".to_owned();
        Box::new(STAFF.page(StatusCode::FORBIDDEN, "", Some(text)))
    })
}

async fn ask() -> Response {
    STAFF.page(StatusCode::OK, "", None)
}

async fn send(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    STAFF.send(&web, &caller, &body).await
}

async fn confirm(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    STAFF.confirm(&web, &caller, &body).await
}

async fn sign_out() -> Response {
    without_cookie(go("/desk/sign-in"))
}
