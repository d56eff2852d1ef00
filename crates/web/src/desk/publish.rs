//! Publishing sessions, and changing one that is published.

use askama::Template;
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use domain::{
    id::{FacilityId, SessionId},
    session::{Channel, SeatPool, Session, SessionSeats, SessionState, Slot},
};
use jiff::{ToSpan, civil::Time};
use uuid::Uuid;

use super::{
    facility,
    sessions::{self, SessionView, manages, session_of},
};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, form_key, go, show, slot_words, uuid},
};

/// Slots that a form offers.
const SLOTS: usize = 6;
/// Doses that a form has capacities for.
const DOSES: u8 = 3;
/// Days that a session may be repeated on.
const MOST_DAYS: u8 = 14;

#[derive(Template)]
#[template(path = "desk_session_new.html")]
struct Publish {
    top: Top,
    key: String,
    first_day: String,
    date: String,
    days: u8,
    vaccines: Vec<(String, bool)>,
    min_age: String,
    max_age: String,
    fee: String,
    slots: Vec<(String, String)>,
    seats: Vec<Capacity>,
}

/// The capacity of a pool in a form.
struct Capacity {
    field: String,
    label: String,
    seats: String,
    /// What is booked already.
    booked: Option<u32>,
}

const CHANNELS: [(&str, &str, Channel); 2] =
    [("online", "Online", Channel::Online), ("onsite", "On site", Channel::OnSite)];

fn form_page(web: &Web, caller: &Caller, top: Top, form: &Query) -> Response {
    let text = |name: &str, or: &str| {
        let typed: String = form.get(name).unwrap_or_default().chars().take(20).collect();
        if typed.is_empty() && top.wrong.is_none() { or.to_owned() } else { typed }
    };
    let usual = ["09:00", "11:00", "13:00", "15:00", "17:00"];
    let slot = |number: usize| {
        let or = |place: usize| usual.get(place).copied().unwrap_or("");
        let end = if number + 1 < usual.len() { or(number + 1) } else { "" };
        let begin = if end.is_empty() { "" } else { or(number) };
        (text(&format!("from{number}"), begin), text(&format!("to{number}"), end))
    };
    let today = caller.ctx.today();
    let chosen = form.get("vaccine");
    let vaccines = &web.0.platform.programme().vaccines;
    let page = Publish {
        key: form_key(caller),
        first_day: today.to_string(),
        date: text("date", &today.saturating_add(1.days()).to_string()),
        days: form.get("days").and_then(|text| text.parse().ok()).unwrap_or(1),
        vaccines: vaccines
            .iter()
            .map(|v| (v.name.clone(), chosen == Some(v.name.as_str())))
            .collect(),
        min_age: text("min_age", "18"),
        max_age: text("max_age", ""),
        fee: text("fee", "0"),
        slots: (0..SLOTS).map(slot).collect(),
        seats: (1..=DOSES)
            .flat_map(|dose| CHANNELS.map(|(word, label, _)| (dose, word, label)))
            .map(|(dose, word, label)| {
                let field = format!("{word}_dose{dose}");
                let seats = text(&field, "0");
                Capacity { field, label: format!("{label}, dose {dose}"), seats, booked: None }
            })
            .collect(),
        top,
    };
    show(page.top.status(), &page)
}

/// The page for those who do not manage the sessions: the list, which says so.
async fn refused(web: &Web, caller: &Caller, facility: FacilityId) -> Response {
    let mut top = Top::field(caller, "", "Only a facility manager publishes and changes sessions.");
    if let Some(wrong) = &mut top.wrong {
        wrong.status = StatusCode::FORBIDDEN;
    }
    sessions::page(web, caller, facility, top).await
}

pub(super) async fn ask(State(web): State<Web>, caller: Caller) -> Response {
    let facility = facility!(&caller);
    if !manages(&web, &caller, facility) {
        return refused(&web, &caller, facility).await;
    }
    form_page(&web, &caller, Top::of(&caller), &Query::default())
}

type Problem = (&'static str, &'static str);

fn number<T: std::str::FromStr + Default>(
    form: &Query,
    name: &str,
    problem: Problem,
) -> Result<T, Problem> {
    form.get(name).map_or_else(|| Ok(T::default()), |text| text.parse().map_err(|_| problem))
}

fn slots(form: &Query) -> Result<Vec<Slot>, Problem> {
    let problem = ("slots", "Enter when each slot begins and ends, like 09:00 and 11:00.");
    let mut slots = Vec::new();
    for number in 0..SLOTS {
        let time = |word: &str| form.get(&format!("{word}{number}")).map(str::parse::<Time>);
        match (time("from"), time("to")) {
            (None, None) => {}
            (Some(Ok(from)), Some(Ok(to))) => slots.push(Slot { from, to }),
            _ => return Err(problem),
        }
    }
    Ok(slots)
}

const AGE: Problem = ("min_age", "Enter ages in years, like 18.");
const MAX_AGE: Problem = ("max_age", "Enter an age in years, or nothing.");
const FEE: Problem = ("fee", "Enter the fee in whole rupees.");
const CAPACITY: Problem = ("capacity", "Enter each capacity as a number of seats.");

/// The sessions of a form: one for each day. Their ids follow from the form's key, so that a form
/// sent twice publishes once.
fn read(form: &Query, facility: FacilityId) -> Result<Vec<Session>, Problem> {
    let key = uuid(form, "key").ok_or(("", "Open the page again and fill it in anew."))?;
    let first = form.get("date").and_then(|text| text.parse::<jiff::civil::Date>().ok());
    let first = first.ok_or(("date", "Enter the day of the session."))?;
    let days = number::<u8>(form, "days", ("days", "Choose on how many days."))?;
    let mut pools = Vec::new();
    for dose_number in 1..=DOSES {
        for (word, _, channel) in CHANNELS {
            let capacity = number(form, &format!("{word}_dose{dose_number}"), CAPACITY)?;
            pools.push(SeatPool { channel, dose_number, slot: None, capacity });
        }
    }
    let session = Session {
        id: SessionId(key),
        facility,
        on: first,
        vaccine: form.get("vaccine").unwrap_or("").to_owned(),
        min_age: number(form, "min_age", AGE)?,
        max_age: form.get("max_age").map(str::parse).transpose().map_err(|_| MAX_AGE)?,
        fee: number(form, "fee", FEE)?,
        state: SessionState::Open,
        slots: slots(form)?,
        pools,
    };
    let repeated = (0..days.clamp(1, MOST_DAYS)).map(|ahead| Session {
        id: SessionId(Uuid::new_v5(&key, &[ahead])),
        on: first.saturating_add(i64::from(ahead).days()),
        ..session.clone()
    });
    Ok(repeated.collect())
}

pub(super) async fn publish(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let sessions = match read(&form, facility) {
        Ok(sessions) => sessions,
        Err((field, text)) => {
            return form_page(&web, &caller, Top::field(&caller, field, text), &form);
        }
    };
    match web.0.platform.publish_sessions(&caller.ctx, &sessions).await {
        Ok(_) => go(&format!("/desk/sessions?done=published&n={}", sessions.len())),
        Err(app::Error::Forbidden) => refused(&web, &caller, facility).await,
        Err(error) => form_page(&web, &caller, Top::error(&caller, &error), &form),
    }
}

#[derive(Template)]
#[template(path = "desk_session_change.html")]
struct Change {
    top: Top,
    session: SessionView,
    min_age: String,
    max_age: String,
    fee: String,
    seats: Vec<Capacity>,
}

fn change_page(top: Top, held: &SessionSeats, form: Option<&Query>) -> Response {
    let session = &held.session;
    let text = |name: &str, or: String| {
        form.map_or(or, |form| form.get(name).unwrap_or_default().chars().take(20).collect())
    };
    let capacity = |(number, (pool, booked)): (usize, (&SeatPool, &u32))| {
        let channel = CHANNELS.iter().find(|(.., channel)| *channel == pool.channel);
        let channel = channel.map_or("", |(_, label, _)| label);
        let slot = pool.slot.and_then(|slot| session.slots.get(usize::from(slot)));
        let slot = slot.map_or_else(String::new, |slot| format!(", {}", slot_words(*slot)));
        let field = format!("pool{number}");
        Capacity {
            seats: text(&field, pool.capacity.to_string()),
            label: format!("{channel}, dose {}{slot}", pool.dose_number),
            booked: Some(*booked),
            field,
        }
    };
    let page = Change {
        session: SessionView::of(held),
        min_age: text("min_age", session.min_age.to_string()),
        max_age: text("max_age", session.max_age.map(|age| age.to_string()).unwrap_or_default()),
        fee: text("fee", session.fee.to_string()),
        seats: session.pools.iter().zip(&held.booked).enumerate().map(capacity).collect(),
        top,
    };
    show(page.top.status(), &page)
}

/// The session that a query or form names, if whoever asks may change it.
async fn changeable(
    web: &Web,
    caller: &Caller,
    facility: FacilityId,
    form: &Query,
) -> Result<SessionSeats, Box<Response>> {
    if !manages(web, caller, facility) {
        return Err(Box::new(refused(web, caller, facility).await));
    }
    if let Some(held) = session_of(web, caller, facility, form).await {
        return Ok(held);
    }
    let top = Top::error(caller, &app::Error::NotFound);
    Err(Box::new(sessions::page(web, caller, facility, top).await))
}

pub(super) async fn ask_change(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let facility = facility!(&caller);
    let query = Query::parse(query.as_deref());
    match changeable(&web, &caller, facility, &query).await {
        Ok(held) => change_page(Top::of(&caller), &held, None),
        Err(elsewhere) => *elsewhere,
    }
}

/// The session as a form wants it. Day, vaccine, slots and pools are kept: people booked them.
fn changed(form: &Query, held: &Session) -> Result<Session, Problem> {
    let mut session = Session {
        min_age: number(form, "min_age", AGE)?,
        max_age: form.get("max_age").map(str::parse).transpose().map_err(|_| MAX_AGE)?,
        fee: number(form, "fee", FEE)?,
        ..held.clone()
    };
    for (place, pool) in session.pools.iter_mut().enumerate() {
        pool.capacity = number(form, &format!("pool{place}"), CAPACITY)?;
    }
    Ok(session)
}

pub(super) async fn change(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let held = match changeable(&web, &caller, facility, &form).await {
        Ok(held) => held,
        Err(elsewhere) => return *elsewhere,
    };
    let session = match changed(&form, &held.session) {
        Ok(session) => session,
        Err((field, text)) => {
            return change_page(Top::field(&caller, field, text), &held, Some(&form));
        }
    };
    match web.0.platform.publish_sessions(&caller.ctx, &[session]).await {
        Ok(_) => go("/desk/sessions?done=changed"),
        Err(error) => {
            let mut top = Top::error(&caller, &error);
            if let (app::Error::NotPublished(_), Some(wrong)) = (&error, &mut top.wrong) {
                wrong.field = "capacity";
            }
            change_page(top, &held, Some(&form))
        }
    }
}
