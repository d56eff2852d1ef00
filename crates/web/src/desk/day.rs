//! The list of the day.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{appointment::AppointmentState, id::FacilityId};

use super::own;
use crate::{
    Web,
    caller::Caller,
    page::{day_words, form_key, genders, kinds, show, status, words},
    portal::STAFF,
};

#[derive(Template)]
#[template(path = "desk.html")]
struct Desk {
    facility: String,
    error: Option<String>,
    done: Option<String>,
    transaction: String,
    genders: Vec<(i64, &'static str)>,
    kinds: Vec<(i64, &'static str)>,
    key: String,
    today: String,
    entries: Vec<(String, String, String, u8, &'static str)>,
}

/// The page, with what came of the last form.
pub(super) async fn page(
    web: &Web,
    caller: &Caller,
    facility: FacilityId,
    outcome: Result<Option<String>, app::Error>,
    transaction: String,
) -> Response {
    let platform = &web.0.platform;
    let today = caller.ctx.today();
    let entries = match platform.day_list(&caller.ctx, facility, today).await {
        Ok(entries) => entries,
        Err(error) => return STAFF.page(status(&error), "", Some(words(&error))),
    };
    let (code, error, done) = match outcome {
        Ok(done) => (StatusCode::OK, None, done),
        Err(error) => (status(&error), Some(words(&error)), None),
    };
    let held = platform.inventory().facility(facility);
    let shown = entries.into_iter().filter_map(|entry| {
        let state = match entry.booking.state {
            AppointmentState::Booked => "expected",
            AppointmentState::Done => "done",
            AppointmentState::Cancelled => "cancelled",
            AppointmentState::Full => return None,
        };
        let dose = entry.booking.dose_number;
        Some((entry.slot, entry.reference_ends, entry.vaccine, dose, state))
    });
    let page = Desk {
        facility: held.map_or_else(String::new, |facility| facility.name.clone()),
        error,
        done,
        transaction,
        genders: genders(),
        kinds: kinds(),
        key: form_key(caller),
        today: day_words(today),
        entries: shown.collect(),
    };
    show(code, &page)
}

pub(super) async fn today(State(web): State<Web>, caller: Caller) -> Response {
    match own(&caller) {
        Ok(facility) => page(&web, &caller, facility, Ok(None), String::new()).await,
        Err(elsewhere) => *elsewhere,
    }
}
