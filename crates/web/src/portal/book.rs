//! Booking and moving an appointment.

use app::booking::Wish;
use askama::Template;
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use domain::{
    id::{AppointmentId, SessionId},
    session::Channel,
};
use uuid::Uuid;

use super::account::signed_in;
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{ages, day_words, form_key, go, show, status, words},
};

#[derive(Template)]
#[template(path = "book.html")]
struct Book {
    error: Option<String>,
    session: String,
    key: String,
    moving: String,
    place: String,
    when: String,
    vaccine: String,
    ages: String,
    people: Vec<(String, String)>,
    slots: Vec<String>,
    next: Vec<(String, String)>,
}

/// The page of a session; one that is not known leads back to the search.
async fn page(web: &Web, caller: &Caller, form: &Query, error: Option<&app::Error>) -> Response {
    let platform = &web.0.platform;
    let inventory = platform.inventory();
    let seats = session_id(form).and_then(|id| inventory.session(id));
    let Some(seats) = seats else { return go("/") };
    let Some(facility) = inventory.facility(seats.session.facility) else { return go("/") };
    let Ok(people) = platform.my_people(&caller.ctx).await else { return go("/sign-in") };
    let next = match error {
        Some(app::Error::Full { session, dose_number, next }) => match next {
            Some(next) => next.clone(),
            None => platform.next_alike(&caller.ctx, *session, *dose_number),
        },
        _ => Vec::new(),
    };
    let other = |id: &SessionId| {
        let seats = inventory.session(*id)?;
        let facility = inventory.facility(seats.session.facility)?;
        Some((id.to_string(), format!("{}: {}", day_words(seats.session.on), facility.name)))
    };
    let session = &seats.session;
    let moving = form.get("move").or_else(|| form.get("appointment")).unwrap_or("");
    let page = Book {
        error: error.map(words),
        session: session.id.to_string(),
        key: form_key(caller),
        moving: Uuid::try_parse(moving).map(|id| id.to_string()).unwrap_or_default(),
        place: format!("{}, {}", facility.name, facility.address),
        when: day_words(session.on),
        vaccine: session.vaccine.clone(),
        ages: ages(session.min_age, session.max_age),
        people: people
            .iter()
            .map(|person| (person.reference.to_string(), person.details.name.text().to_owned()))
            .collect(),
        slots: seats.free_slots(Channel::Online).iter().map(|slot| slot.label()).collect(),
        next: next.iter().filter_map(other).collect(),
    };
    show(error.map_or(StatusCode::OK, status), &page)
}

fn session_id(form: &Query) -> Option<SessionId> {
    form.get("session").and_then(|text| Uuid::try_parse(text).ok()).map(SessionId)
}

pub(super) async fn choose(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    match signed_in(&caller) {
        Ok(()) => page(&web, &caller, &Query::parse(query.as_deref()), None).await,
        Err(elsewhere) => *elsewhere,
    }
}

pub(super) async fn book(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    if let Err(elsewhere) = signed_in(&caller) {
        return *elsewhere;
    }
    let form = Query::form(&body);
    let platform = &web.0.platform;
    let beneficiaries: Option<Vec<_>> =
        form.all("person").map(|reference| platform.by_reference(reference)).collect();
    let booked = match (session_id(&form), beneficiaries) {
        (Some(session), Some(beneficiaries)) => {
            let wish = Wish {
                session,
                slot: form.get("slot").unwrap_or(""),
                dose_number: None,
                beneficiaries: &beneficiaries,
                idempotency_key: form.get("key"),
            };
            platform.book(&caller.ctx, &wish).await.map(|_| ())
        }
        _ => Err(app::Error::NotFound),
    };
    match booked {
        Ok(()) => go("/people"),
        Err(error) => page(&web, &caller, &form, Some(&error)).await,
    }
}

pub(super) async fn reschedule(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    if let Err(elsewhere) = signed_in(&caller) {
        return *elsewhere;
    }
    let form = Query::form(&body);
    let appointment = form.get("appointment").and_then(|text| Uuid::try_parse(text).ok());
    let moved = match (appointment, session_id(&form)) {
        (Some(appointment), Some(session)) => {
            let (id, slot) = (AppointmentId(appointment), form.get("slot").unwrap_or(""));
            web.0.platform.reschedule(&caller.ctx, id, session, slot).await
        }
        _ => Err(app::Error::NotFound),
    };
    match moved {
        Ok(()) => go("/people"),
        Err(error) => page(&web, &caller, &form, Some(&error)).await,
    }
}
