//! The facility's pages: the list of the day, people who stand there, doses, sessions.

mod alarms;
mod app_code;
mod arrival;
mod carried;
mod day;
mod duties;
mod emergency;
mod exposed;
mod keys;
mod merge;
pub(crate) mod passkey;
mod person;
mod publish;
mod restore;
mod sessions;
mod stock;

use app::ctx::StaffActor;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
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
        .route("/desk/sign-in/passkey", get(ask).post(passkey::sign_in))
        .route("/desk/sign-out", post(sign_out))
        .route("/desk/passkey.js", get(passkey::script))
        .route("/desk/keys", get(keys::list))
        .route("/desk/keys/add", get(keys::list).post(keys::add))
        .route("/desk/keys/remove", get(keys::list).post(keys::remove))
        .route("/desk/keys/code", get(keys::list).post(keys::strengthen))
        .route("/desk/keys/app", get(app_code::ask).post(app_code::add))
        .route("/desk/keys/app/remove", get(keys::list).post(app_code::remove))
        .route("/desk/keys/restore", get(restore::ask).post(restore::restore))
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
        .route("/desk/alarms", get(alarms::list).post(alarms::act))
        .route("/desk/duties", get(duties::list).post(duties::act))
        .route("/desk/emergency", get(emergency::list).post(emergency::ask))
        .route("/desk/emergency/agree", get(emergency::list).post(emergency::agree))
        .route("/desk/emergency/open", get(emergency::list).post(emergency::open))
        .route("/desk/exposure", get(exposed::overview))
        .route("/desk/exposure/case", get(exposed::case).post(exposed::release))
        .route("/desk/certificate", get(day::today).post(person::certificate))
        .route("/desk/stock", get(stock::list).post(stock::receive))
        .route("/desk/sessions", get(sessions::list))
        .route("/desk/sessions/new", get(publish::ask).post(publish::publish))
        .route("/desk/sessions/change", get(publish::ask_change).post(publish::change))
        .route("/desk/sessions/state", get(sessions::ask_state).post(sessions::set_state))
}

/// Who works here and is signed in, however well; else the page that asks.
fn anyone(caller: &Caller) -> Result<StaffActor, Box<Response>> {
    match caller.ctx.staff() {
        Ok(staff) if caller.has(&[Scope::Staff]) => Ok(staff),
        _ => Err(Box::new(go("/desk/sign-in"))),
    }
}

/// The same, of whoever proved well enough who they are; others are sent to do so.
fn strong(caller: &Caller) -> Result<StaffActor, Box<Response>> {
    let staff = anyone(caller)?;
    if staff.is_strong(caller.ctx.now) { Ok(staff) } else { Err(Box::new(go("/desk/keys"))) }
}

/// The facility of whoever is signed in; else the page that asks.
fn own(caller: &Caller) -> Result<FacilityId, Box<Response>> {
    strong(caller)?;
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

/// Who is signed in by one of the ways above, or the page that asks as the answer.
macro_rules! signed_in {
    ($how:ident, $caller:expr) => {
        match super::$how($caller) {
            Ok(staff) => staff,
            Err(elsewhere) => return *elsewhere,
        }
    };
}
use signed_in;

/// A facility's name.
fn name_of(web: &Web, facility: FacilityId) -> String {
    let held = web.0.platform.inventory().facility(facility);
    held.map_or_else(String::new, |facility| facility.name.clone())
}

async fn ask(State(web): State<Web>, caller: Caller, headers: HeaderMap) -> Response {
    passkey::ask(&web, &caller, &headers, Top::of(&caller))
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
