//! An appointment: what it is, its slip, and giving it back for everyone or for some.

use app::{
    claims::{ClaimRow, ClaimState},
    opened::Person,
};
use askama::Template;
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    response::Response,
};
use domain::id::AppointmentId;
use uuid::Uuid;

use super::account::{self, family};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, day_words, go, handle, named, show, slot_words, uuid},
};

/// An appointment, for its people.
pub(super) struct AppointmentView {
    pub(super) id: String,
    pub(super) dose: u8,
    pub(super) vaccine: String,
    pub(super) day: String,
    pub(super) slot: String,
    pub(super) facility: String,
    pub(super) address: String,
    pub(super) pincode: i32,
    pub(super) code: String,
}

/// Whether an appointment stands.
pub(super) fn live(claim: &ClaimRow) -> bool {
    claim.state == ClaimState::Confirmed
}

impl AppointmentView {
    pub(super) fn of(web: &Web, claim: &ClaimRow) -> Self {
        let platform = &web.0.platform;
        let inventory = platform.inventory();
        let seats = inventory.session(claim.seat.session);
        let slot = seats
            .as_ref()
            .and_then(|seats| seats.session.slots.get(usize::from(claim.seat.slot)).copied());
        let facility = inventory.facility(claim.seat.facility);
        let geography = platform.geography();
        let address = facility.as_ref().map(|facility| {
            let district = geography.district(facility.district).map_or("", |d| d.name.as_str());
            format!("{}, {district} {}", facility.address, facility.pincode.0)
        });
        Self {
            id: claim.appointment.to_string(),
            dose: claim.dose_number,
            vaccine: seats.map(|seats| seats.session.vaccine.clone()).unwrap_or_default(),
            day: day_words(claim.on),
            slot: slot.map(slot_words).unwrap_or_default(),
            pincode: facility.as_ref().map_or(0, |facility| facility.pincode.0),
            facility: facility.map(|facility| facility.name.clone()).unwrap_or_default(),
            address: address.unwrap_or_default(),
            code: platform.security_code(claim.appointment),
        }
    }
}

#[derive(Template)]
#[template(path = "appointment.html")]
struct AppointmentPage {
    top: Top,
    appointment: AppointmentView,
    people: Vec<Coming>,
    /// Whether the page asks who no longer comes.
    cancelling: bool,
}

/// Who comes.
struct Coming {
    handle: String,
    name: String,
    reference: String,
}

fn page(
    web: &Web,
    top: Top,
    people: &[Person],
    id: AppointmentId,
    cancelling: bool,
) -> Option<Response> {
    let held = |claim: &&ClaimRow| claim.appointment == id && live(claim);
    let claim = people.iter().flat_map(|person| &person.claims).find(held)?;
    let coming = people.iter().filter(|person| person.claims.iter().any(|claim| held(&claim)));
    let page = AppointmentPage {
        appointment: AppointmentView::of(web, claim),
        people: coming
            .map(|person| Coming {
                handle: handle(person),
                name: person.details.name.text().to_owned(),
                reference: person.reference.to_string(),
            })
            .collect(),
        cancelling,
        top,
    };
    Some(show(page.top.status(), &page))
}

/// An appointment that is not there, or not any more, is said on the page of the family.
async fn gone(web: &Web, caller: &Caller) -> Response {
    account::page(web, caller, Top::error(caller, &app::Error::NotFound)).await
}

fn id_of(form: &Query) -> AppointmentId {
    AppointmentId(uuid(form, "id").unwrap_or(Uuid::nil()))
}

async fn shown(web: &Web, caller: &Caller, query: &Query, cancelling: bool) -> Response {
    let id = id_of(query);
    let then = if cancelling { "/cancel" } else { "/appointment" };
    let people = match family(web, caller, &format!("{then}?id={id}")).await {
        Ok(people) => people,
        Err(elsewhere) => return *elsewhere,
    };
    let said = match query.get("done") {
        Some("booked") => Some("The appointment is booked"),
        Some("moved") => Some("The appointment is moved"),
        Some("cancelled") => Some("The appointment is cancelled for whom you chose"),
        _ => None,
    };
    let top = said.map_or_else(|| Top::of(caller), |text| Top::done(caller, text));
    match page(web, top, &people, id, cancelling) {
        Some(page) => page,
        None => gone(web, caller).await,
    }
}

pub(super) async fn see(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    shown(&web, &caller, &Query::parse(query.as_deref()), false).await
}

pub(super) async fn ask_cancellation(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    shown(&web, &caller, &Query::parse(query.as_deref()), true).await
}

pub(super) async fn cancel(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let form = Query::form(&body);
    let id = id_of(&form);
    let people = match family(&web, &caller, &format!("/cancel?id={id}")).await {
        Ok(people) => people,
        Err(elsewhere) => return *elsewhere,
    };
    let chosen: Vec<_> = named(&people, &form).iter().map(|person| person.id).collect();
    let wrong = if chosen.is_empty() {
        Top::field(&caller, "person", "Choose who no longer comes.")
    } else {
        match web.0.platform.cancel(&caller.ctx, id, &chosen).await {
            Ok(()) => {
                let stays = |person: &&Person| {
                    !chosen.contains(&person.id)
                        && person.claims.iter().any(|claim| claim.appointment == id && live(claim))
                };
                return match people.iter().find(stays) {
                    Some(_) => go(&format!("/appointment?id={id}&done=cancelled")),
                    None => go("/people?done=cancelled"),
                };
            }
            Err(error) => Top::error(&caller, &error),
        }
    };
    match page(&web, wrong, &people, id, true) {
        Some(page) => page,
        None => gone(&web, &caller).await,
    }
}

/// The slip of an appointment, as PDF.
pub(super) async fn slip(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let id = id_of(&Query::parse(query.as_deref()));
    if let Err(elsewhere) = account::signed_in(&caller, &format!("/appointment?id={id}")) {
        return *elsewhere;
    }
    match web.0.platform.my_slip(&caller.ctx, id).await {
        Ok(bytes) => crate::cowin::pdf(bytes),
        Err(error) => account::page(&web, &caller, Top::error(&caller, &error)).await,
    }
}
