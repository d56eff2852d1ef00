//! A facility's sessions: publish, stop, cancel.

use askama::Template;
use axum::{body::Bytes, extract::State, http::StatusCode, response::Response};
use domain::{
    id::{FacilityId, SessionId},
    session::{Channel, SeatPool, Session, SessionSeats, SessionState, Slot},
};
use uuid::Uuid;

use super::own;
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{ages, day_words, show, status, words},
};

#[derive(Template)]
#[template(path = "desk_sessions.html")]
struct Sessions {
    facility: String,
    error: Option<String>,
    done: Option<String>,
    listed: Vec<SessionView>,
    vaccines: Vec<String>,
}

struct SessionView {
    id: String,
    day: String,
    vaccine: String,
    ages: String,
    online: String,
    on_site: String,
    state: &'static str,
}

async fn page(
    web: &Web,
    caller: &Caller,
    facility: FacilityId,
    outcome: Result<Option<String>, app::Error>,
) -> Response {
    let platform = &web.0.platform;
    let listed = platform.facility_sessions(&caller.ctx, facility, caller.ctx.today()).await;
    let outcome = outcome.and_then(|done| listed.map(|listed| (done, listed)));
    let (code, error, done, listed) = match outcome {
        Ok((done, listed)) => (StatusCode::OK, None, done, listed),
        Err(error) => {
            let listed = platform.facility_sessions(&caller.ctx, facility, caller.ctx.today());
            (status(&error), Some(words(&error)), None, listed.await.unwrap_or_default())
        }
    };
    let held = platform.inventory().facility(facility);
    let page = Sessions {
        facility: held.map_or_else(String::new, |facility| facility.name.clone()),
        error,
        done,
        listed: listed.iter().map(view).collect(),
        vaccines: platform.programme().vaccines.iter().map(|v| v.name.clone()).collect(),
    };
    show(code, &page)
}

fn view(seats: &SessionSeats) -> SessionView {
    let session = &seats.session;
    let taken = |channel| {
        let pools = session.pools.iter().zip(&seats.booked);
        let own = pools.filter(|(pool, _)| pool.channel == channel);
        let (capacity, booked) =
            own.fold((0, 0), |sum, (pool, booked)| (sum.0 + pool.capacity, sum.1 + booked));
        format!("{booked} of {capacity}")
    };
    SessionView {
        id: session.id.to_string(),
        day: day_words(session.on),
        vaccine: session.vaccine.clone(),
        ages: ages(session.min_age, session.max_age),
        online: taken(Channel::Online),
        on_site: taken(Channel::OnSite),
        state: match session.state {
            SessionState::Open => "open",
            SessionState::Stopped => "stopped",
            SessionState::Cancelled => "cancelled",
        },
    }
}

pub(super) async fn list(State(web): State<Web>, caller: Caller) -> Response {
    match own(&caller) {
        Ok(facility) => page(&web, &caller, facility, Ok(None)).await,
        Err(elsewhere) => *elsewhere,
    }
}

pub(super) async fn publish(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let facility = match own(&caller) {
        Ok(facility) => facility,
        Err(elsewhere) => return *elsewhere,
    };
    let form = Query::form(&body);
    let published = async {
        let session = read(&form, facility, SessionId(caller.ctx.random_uuid()))?;
        web.0.platform.publish_sessions(&caller.ctx, &[session]).await
    };
    let outcome = published.await.map(|_| Some("The session is published.".to_owned()));
    page(&web, &caller, facility, outcome).await
}

fn read(form: &Query, facility: FacilityId, id: SessionId) -> app::Result<Session> {
    let number = |name: &str| form.get(name).map_or(Ok(0), str::parse);
    let wrong = app::Error::Invalid;
    let slot = |part: &str| {
        let (from, to) = part.split_once('-')?;
        Some(Slot { from: from.trim().parse().ok()?, to: to.trim().parse().ok()? })
    };
    let slots: Option<Vec<_>> = form.get("slots").unwrap_or("").split('|').map(slot).collect();
    let mut pools = Vec::new();
    for (word, channel) in [("online", Channel::Online), ("onsite", Channel::OnSite)] {
        for dose_number in 1..=3 {
            let capacity = number(&format!("{word}_dose{dose_number}"))
                .map_err(|_| wrong("a capacity must be a number"))?;
            pools.push(SeatPool { channel, dose_number, slot: None, capacity });
        }
    }
    let max_age = form.get("max_age").map(str::parse).transpose();
    Ok(Session {
        id,
        facility,
        on: form.get("date").and_then(|text| text.parse().ok()).ok_or(wrong("date is missing"))?,
        vaccine: form.get("vaccine").unwrap_or("").to_owned(),
        min_age: form
            .get("min_age")
            .and_then(|text| text.parse().ok())
            .ok_or(wrong("min_age must be a number"))?,
        max_age: max_age.map_err(|_| wrong("max_age must be a number"))?,
        fee: number("fee").map_err(|_| wrong("fee must be a number"))?,
        state: SessionState::Open,
        slots: slots.ok_or(wrong("slots must be as 09:00-11:00|11:00-13:00"))?,
        pools,
    })
}

pub(super) async fn set_state(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let facility = match own(&caller) {
        Ok(facility) => facility,
        Err(elsewhere) => return *elsewhere,
    };
    let form = Query::form(&body);
    let session = form.get("session").and_then(|text| Uuid::try_parse(text).ok()).map(SessionId);
    let (platform, ctx) = (&web.0.platform, &caller.ctx);
    let outcome = match (session, form.get("to")) {
        (Some(session), Some("stop")) => {
            let stopped = platform.stop_bookings(ctx, facility, session).await;
            stopped.map(|()| "No more bookings are taken; those that exist stand.".to_owned())
        }
        (Some(session), Some("open")) => {
            let opened = platform.open_bookings(ctx, facility, session).await;
            opened.map(|()| "Bookings are taken again.".to_owned())
        }
        (Some(session), Some("cancel")) => {
            let cancelled = platform.cancel_session(ctx, facility, session).await;
            cancelled.map(|people| {
                format!("The session is cancelled, and {people} appointments with it.")
            })
        }
        _ => Err(app::Error::NotFound),
    };
    page(&web, &caller, facility, outcome.map(Some)).await
}
