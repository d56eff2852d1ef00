//! Booking a session for some of the family, and moving an appointment to it.

use app::{booking::Wish, claims::ClaimState, opened::Person};
use askama::Template;
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    response::Response,
};
use domain::{
    id::{AppointmentId, SessionId},
    session::SessionSeats,
};

use super::account::family;
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, ages, count, day_words, form_key, go, handle, named, show, slot_words, uuid},
    wrong::wrong,
};

#[derive(Template)]
#[template(path = "book.html")]
struct Book {
    top: Top,
    session: String,
    key: String,
    moving: String,
    facility: String,
    address: String,
    day: String,
    vaccine: String,
    ages: String,
    fee: u32,
    people: Vec<Choice>,
    slots: Vec<SlotChoice>,
    next: Vec<(String, String)>,
    most: usize,
}

/// A person who may or may not be chosen.
struct Choice {
    handle: String,
    name: String,
    dose: u8,
    chosen: bool,
    obstacle: Option<String>,
}

struct SlotChoice {
    label: String,
    words: String,
    free: String,
    chosen: bool,
}

/// What a query or form asks for.
struct Asked {
    session: Option<SessionId>,
    moving: Option<AppointmentId>,
}

impl Asked {
    fn of(form: &Query) -> Self {
        Self {
            session: uuid(form, "session").map(SessionId),
            moving: uuid(form, "move").map(AppointmentId),
        }
    }

    /// The page's own address, to come back to after signing in.
    fn address(&self) -> String {
        let session = self.session.map_or_else(String::new, |id| id.to_string());
        let moving = self.moving.map_or_else(String::new, |id| format!("&move={id}"));
        format!("/book?session={session}{moving}")
    }
}

/// Who is meant: everyone of the appointment that is moved, or whoever is to be chosen.
fn meant(
    web: &Web,
    caller: &Caller,
    people: &[Person],
    seats: &SessionSeats,
    asked: &Asked,
    form: &Query,
) -> Vec<Choice> {
    let chosen: Vec<_> = named(people, form).iter().map(|person| person.id).collect();
    let choice = |person: &Person| {
        let moved = asked.moving.and_then(|id| {
            let held = |claim: &&app::claims::ClaimRow| {
                claim.appointment == id && claim.state == ClaimState::Confirmed
            };
            person.claims.iter().find(held)
        });
        if asked.moving.is_some() && moved.is_none() {
            return None;
        }
        let prospect = web.0.platform.prospect(&caller.ctx, person, seats);
        // Whoever is moved has an appointment, which is no obstacle to moving it.
        let obstacle = prospect
            .obstacle
            .filter(|error| moved.is_none() || !matches!(error, app::Error::NotBooked(_)));
        Some(Choice {
            handle: handle(person),
            name: person.details.name.text().to_owned(),
            dose: prospect.dose_number,
            chosen: chosen.contains(&person.id),
            obstacle: obstacle.map(|error| wrong(&error).text),
        })
    };
    people.iter().filter_map(choice).collect()
}

/// The page of a session; one that is not known leads back to the search.
async fn page(web: &Web, caller: &Caller, form: &Query, mut top: Top) -> Response {
    let platform = &web.0.platform;
    let inventory = platform.inventory();
    let asked = Asked::of(form);
    let people = match family(web, caller, &asked.address()).await {
        Ok(people) => people,
        Err(elsewhere) => return *elsewhere,
    };
    let seats = asked.session.and_then(|id| inventory.session(id));
    let Some(seats) = seats else { return go("/") };
    let session = &seats.session;
    let Some(facility) = inventory.facility(session.facility) else { return go("/") };
    let mut people = meant(web, caller, &people, &seats, &asked, form);
    let able: Vec<_> = people.iter().filter(|choice| choice.obstacle.is_none()).collect();
    let dose = able.first().map_or(1, |choice| choice.dose);
    if let ([only], None) = (able.as_slice(), &top.wrong) {
        let only = only.handle.clone();
        for choice in &mut people {
            choice.chosen = choice.handle == only;
        }
    }
    let open = platform.open_slots(&caller.ctx, &seats, dose);
    let wanted = form.get("slot");
    let slots: Vec<_> = open
        .iter()
        .map(|(slot, free)| SlotChoice {
            label: slot.label(),
            words: slot_words(*slot),
            free: count(*free as usize, "seat free", "seats free"),
            chosen: wanted == Some(slot.label().as_str()) || open.len() == 1,
        })
        .collect();
    if slots.is_empty() && top.wrong.is_none() {
        let full = app::Error::Full { session: session.id, dose_number: dose, next: None };
        top = Top::error(caller, &full);
        if let Some(wrong) = &mut top.wrong {
            wrong.field = "";
            "No seat is free in this session any more.".clone_into(&mut wrong.text);
        }
    }
    let next =
        if slots.is_empty() { platform.next_alike(&caller.ctx, session.id, dose) } else { vec![] };
    let other = |id: &SessionId| {
        let seats = inventory.session(*id)?;
        let facility = inventory.facility(seats.session.facility)?;
        let words = format!(
            "{}: {}, {}",
            day_words(seats.session.on),
            facility.name,
            ages(seats.session.min_age, seats.session.max_age)
        );
        Some((Asked { session: Some(*id), moving: asked.moving }.address(), words))
    };
    let geography = platform.geography();
    let district = geography.district(facility.district).map_or("", |d| d.name.as_str());
    let page = Book {
        session: session.id.to_string(),
        key: uuid(form, "key").map_or_else(|| form_key(caller), |key| key.to_string()),
        moving: asked.moving.map(|id| id.to_string()).unwrap_or_default(),
        facility: facility.name.clone(),
        address: format!("{}, {district} {}", facility.address, facility.pincode.0),
        day: day_words(session.on),
        vaccine: session.vaccine.clone(),
        ages: ages(session.min_age, session.max_age),
        fee: session.fee,
        people,
        slots,
        next: next.iter().filter_map(other).collect(),
        most: platform.programme().people_per_account(caller.ctx.today()).into(),
        top,
    };
    show(page.top.status(), &page)
}

pub(super) async fn choose(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    page(&web, &caller, &Query::parse(query.as_deref()), Top::of(&caller)).await
}

pub(super) async fn book(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let form = Query::form(&body);
    let asked = Asked::of(&form);
    let people = match family(&web, &caller, &asked.address()).await {
        Ok(people) => people,
        Err(elsewhere) => return *elsewhere,
    };
    let chosen = named(&people, &form);
    let due = |person: &&Person| person.doses.len();
    let top = if chosen.is_empty() {
        Top::field(&caller, "person", "Choose at least one person.")
    } else if form.get("slot").is_none() {
        Top::field(&caller, "slot", "Choose a time.")
    } else if chosen.iter().map(due).min() != chosen.iter().map(due).max() {
        let text = "Choose people who are due the same dose, and book for the others after that.";
        Top::field(&caller, "person", text)
    } else {
        let beneficiaries: Vec<_> = chosen.iter().map(|person| person.id).collect();
        let wish = Wish {
            session: asked.session.unwrap_or(SessionId(uuid::Uuid::nil())),
            slot: form.get("slot").unwrap_or(""),
            dose_number: None,
            beneficiaries: &beneficiaries,
            idempotency_key: form.get("key"),
        };
        match web.0.platform.book(&caller.ctx, &wish).await {
            Ok(id) => return go(&format!("/appointment?id={id}&done=booked")),
            Err(error) => explained(&caller, &people, &error),
        }
    };
    // Another choice is another request.
    page(&web, &caller, &form.but("key"), top).await
}

/// Says whom of the family an error is about.
fn explained(caller: &Caller, people: &[Person], error: &app::Error) -> Top {
    let mut top = Top::error(caller, error);
    let about = match error {
        app::Error::NotEligible { beneficiary, .. }
        | app::Error::NotBooked(app::error_kinds::NotBooked::Held { beneficiary }) => {
            people.iter().find(|person| person.id == *beneficiary)
        }
        _ => None,
    };
    if let (Some(wrong), Some(person)) = (&mut top.wrong, about) {
        person.details.name.text().clone_into(&mut wrong.who);
    }
    top
}

pub(super) async fn reschedule(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let form = Query::form(&body);
    let asked = Asked::of(&form);
    let people = match family(&web, &caller, &asked.address()).await {
        Ok(people) => people,
        Err(elsewhere) => return *elsewhere,
    };
    let (Some(id), Some(session)) = (asked.moving, asked.session) else { return go("/people") };
    let Some(slot) = form.get("slot") else {
        return page(&web, &caller, &form, Top::field(&caller, "slot", "Choose a time.")).await;
    };
    match web.0.platform.reschedule(&caller.ctx, id, session, slot).await {
        Ok(()) => go(&format!("/appointment?id={id}&done=moved")),
        Err(error) => page(&web, &caller, &form, explained(&caller, &people, &error)).await,
    }
}
