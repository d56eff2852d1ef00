//! The facility's pages: the list of the day, people who stand there, doses, sessions.

mod arrival;
mod carried;
mod day;
mod merge;
mod person;
mod publish;
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
    caller::{Caller, SIGN_IN},
    page::{Top, go},
    portal::STAFF,
    token::Scope,
};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/desk", get(day::today))
        .route("/desk/sign-in", get(ask).post(send))
        .route("/desk/sign-in/code", get(ask).post(confirm))
        .route("/desk/sign-out", post(sign_out))
        .route("/desk/present", get(day::today).post(arrival::present))
        .route("/desk/otp", get(arrival::otp).post(arrival::ask_otp))
        .route("/desk/otp/code", get(arrival::otp).post(arrival::present_otp))
        .route("/desk/person", get(day::today).post(person::open))
        .route("/desk/walk-in", get(arrival::ask_walk_in).post(arrival::walk_in))
        .route("/desk/verify", get(day::today).post(person::verify))
        .route("/desk/seat", get(day::today).post(person::seat))
        .route("/desk/dose", get(day::today).post(person::dose))
        .route("/desk/undo", get(day::today).post(person::undo))
        .route("/desk/aefi", get(day::today).post(person::aefi))
        .route("/desk/merge", get(day::today).post(merge::look))
        .route("/desk/merge/confirm", get(day::today).post(merge::merge))
        .route("/desk/certificate", get(day::today).post(person::certificate))
        .route("/desk/sessions", get(sessions::list))
        .route("/desk/sessions/new", get(publish::ask).post(publish::publish))
        .route("/desk/sessions/change", get(publish::ask_change).post(publish::change))
        .route("/desk/sessions/state", get(sessions::ask_state).post(sessions::set_state))
}

/// The facility of whoever is signed in; else the page that asks.
fn own(caller: &Caller) -> Result<FacilityId, Box<Response>> {
    if !caller.has(&[Scope::Staff]) {
        return Err(Box::new(go("/desk/sign-in")));
    }
    caller.ctx.own_facility().map_err(|_| {
        let text = "The desk is for the staff of a facility.";
        let mut top = Top::field(caller, "mobile", text);
        if let Some(wrong) = &mut top.wrong {
            wrong.status = StatusCode::FORBIDDEN;
        }
        Box::new(STAFF.ask(top, None))
    })
}

/// The facility of whoever is signed in, or the page that asks as the answer.
macro_rules! facility {
    ($caller:expr) => {
        match super::own($caller) {
            Ok(facility) => facility,
            Err(elsewhere) => return *elsewhere,
        }
    };
}
use facility;

/// A facility's name.
fn name_of(web: &Web, facility: FacilityId) -> String {
    let held = web.0.platform.inventory().facility(facility);
    held.map_or_else(String::new, |facility| facility.name.clone())
}

async fn ask(caller: Caller) -> Response {
    STAFF.ask(Top::of(&caller), None)
}

async fn send(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    STAFF.send(&web, &caller, &body).await
}

async fn confirm(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    STAFF.confirm(&web, &caller, &body).await
}

async fn sign_out(caller: Caller) -> Response {
    let response = SIGN_IN.forget(go("/desk/sign-in"), &caller);
    carried::LAST_RECORD.forget(response, &caller)
}
