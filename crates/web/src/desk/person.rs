//! Someone stands at the desk: open, verify, record, undo.

use app::{
    doses::Given,
    opened::Person,
    presence::{Presence, Presented},
};
use askama::Template;
use axum::{body::Bytes, extract::State, http::StatusCode, response::Response};
use domain::{
    id::{DoseId, FacilityId, SessionId},
    person::Mobile,
    session::SessionState,
};
use uuid::Uuid;

use super::{day, own};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{day_words, details, form_key, show, status, words},
};

#[derive(Template)]
#[template(path = "desk_person.html")]
struct AtTheDesk {
    name: String,
    error: Option<String>,
    done: Option<String>,
    reference: String,
    born: String,
    gender: &'static str,
    document: String,
    verified: bool,
    presence: String,
    doses: Vec<(u8, String, String, String, String)>,
    appointment: String,
    vaccines: Vec<(String, bool)>,
    next: usize,
    key: String,
    sessions: Vec<(String, String)>,
}

fn page(
    web: &Web,
    caller: &Caller,
    person: &Person,
    presence: &Presence,
    outcome: Result<Option<String>, app::Error>,
) -> Response {
    let (code, error, done) = match outcome {
        Ok(done) => (StatusCode::OK, None, done),
        Err(error) => (status(&error), Some(words(&error)), None),
    };
    let platform = &web.0.platform;
    let today = caller.ctx.today();
    let expected = person.claims.iter().find(|claim| {
        claim.seat.facility == presence.facility
            && claim.state == app::claims::ClaimState::Confirmed
    });
    let seats = expected.and_then(|claim| platform.inventory().session(claim.seat.session));
    let vaccine = seats.as_ref().map(|seats| seats.session.vaccine.clone());
    let programme = platform.programme();
    let details = &person.details;
    let page = AtTheDesk {
        name: details.name.text().to_owned(),
        error,
        done,
        reference: person.reference.to_string(),
        born: details.birth_year.to_string(),
        gender: details.gender.label(),
        document: format!("{} {}", details.document.label(), details.document.masked()),
        verified: person.verified_at.is_some(),
        presence: platform.seal_presence(presence),
        doses: person
            .doses
            .iter()
            .map(|dose| {
                let day = day_words(dose.given_on);
                (dose.number, dose.vaccine.clone(), day, dose.lot.clone(), dose.id.to_string())
            })
            .collect(),
        appointment: expected.map_or_else(String::new, |claim| {
            format!("dose {} on {}", claim.dose_number, day_words(claim.on))
        }),
        vaccines: programme
            .vaccines
            .iter()
            .map(|v| (v.name.clone(), vaccine.as_deref() == Some(v.name.as_str())))
            .collect(),
        next: person.doses.len() + 1,
        key: form_key(caller),
        sessions: seats_today(web, presence.facility, today),
    };
    show(code, &page)
}

/// Sessions and slots of today, to give a seat on site.
fn seats_today(web: &Web, facility: FacilityId, today: jiff::civil::Date) -> Vec<(String, String)> {
    let area = app::inventory::Area::Facility(facility);
    let offers = web.0.platform.inventory().offers(area, today, 1);
    let open = offers
        .iter()
        .flat_map(|offer| &offer.sessions)
        .filter(|seats| seats.session.state != SessionState::Cancelled);
    open.flat_map(|seats| {
        let session = &seats.session;
        session.slots.iter().map(move |slot| {
            let label = slot.label();
            let words = format!("{} · from {} · {label}", session.vaccine, session.min_age);
            (format!("{}|{label}", session.id), words)
        })
    })
    .collect()
}

/// Shows the person again after a form, by the proof of presence that came with it.
async fn again(
    web: &Web,
    caller: &Caller,
    presence: &Presence,
    outcome: Result<Option<String>, app::Error>,
) -> Response {
    match web.0.platform.see_again(&caller.ctx, presence).await {
        Ok(person) => page(web, caller, &person, presence, outcome),
        Err(error) => day::page(web, caller, presence.facility, Err(error), String::new()).await,
    }
}

async fn presented(
    web: &Web,
    caller: &Caller,
    facility: FacilityId,
    found: app::Result<Presented>,
) -> Response {
    match found {
        Ok(Presented { person, presence }) => page(web, caller, &person, &presence, Ok(None)),
        Err(error) => day::page(web, caller, facility, Err(error), String::new()).await,
    }
}

macro_rules! facility {
    ($caller:expr) => {
        match own($caller) {
            Ok(facility) => facility,
            Err(elsewhere) => return *elsewhere,
        }
    };
}

pub(super) async fn present(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let text = |name| form.get(name).unwrap_or("");
    let platform = &web.0.platform;
    let found = platform.present_code(&caller.ctx, facility, text("reference"), text("code")).await;
    presented(&web, &caller, facility, found).await
}

pub(super) async fn ask_otp(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let sent = match Mobile::parse(form.get("mobile").unwrap_or("")) {
        Ok(mobile) => web.0.platform.ask_presence(&caller.ctx, facility, &mobile).await,
        Err(why) => Err(why.into()),
    };
    match sent {
        Ok(transaction) => {
            day::page(&web, &caller, facility, Ok(None), transaction.to_string()).await
        }
        Err(error) => day::page(&web, &caller, facility, Err(error), String::new()).await,
    }
}

pub(super) async fn present_otp(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let transaction = form.get("transaction").and_then(|text| Uuid::try_parse(text).ok());
    let hashed = app::sign_in::sha256_hex(form.get("otp").unwrap_or(""));
    let platform = &web.0.platform;
    let found = match transaction {
        Some(transaction) => {
            platform.present_mobile(&caller.ctx, facility, transaction, &hashed).await
        }
        None => Err(app::Error::CodeExpired),
    };
    // A family: the first who has an appointment here, else the first; the others come with a
    // code of their own.
    let found = found.and_then(|mut people| {
        let here = people.iter().position(|presented| {
            presented.person.claims.iter().any(|claim| claim.seat.facility == facility)
        });
        if people.is_empty() {
            Err(app::Error::NotRegistered)
        } else {
            Ok(people.swap_remove(here.unwrap_or(0)))
        }
    });
    presented(&web, &caller, facility, found).await
}

pub(super) async fn walk_in(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let platform = &web.0.platform;
    let enrolled = async {
        let details = details(&form, caller.ctx.today())?;
        let mobile = Mobile::parse(form.get("mobile").unwrap_or(""))?;
        platform.welcome_walk_in(&caller.ctx, facility, &mobile, &details, form.get("key")).await
    };
    let found = enrolled.await;
    presented(&web, &caller, facility, found).await
}

/// One form of the person's page: what it does, and what is said when it went well.
macro_rules! form {
    ($name:ident, $said:literal, |$web:ident, $caller:ident, $presence:ident, $form:ident| $act:expr) => {
        pub(super) async fn $name(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
            let facility = facility!(&caller);
            let form = Query::form(&body);
            let proof = form.get("presence").unwrap_or("");
            let presence = match web.0.platform.check_presence(&caller.ctx, facility, proof) {
                Ok(presence) => presence,
                Err(error) => {
                    return day::page(&web, &caller, facility, Err(error), String::new()).await;
                }
            };
            let ($web, $caller, $presence, $form) = (&web, &caller, &presence, &form);
            let outcome: app::Result<()> = async { $act }.await;
            again(&web, &caller, &presence, outcome.map(|()| Some($said.to_owned()))).await
        }
    };
}

fn uuid(form: &Query, name: &str) -> app::Result<Uuid> {
    let id = form.get(name).and_then(|text| Uuid::try_parse(text).ok());
    id.ok_or(app::Error::NotFound)
}

form!(verify, "Noted: the document shows this person.", |web, caller, presence, _form| {
    web.0.platform.verify_identity(&caller.ctx, presence).await
});

form!(dose, "The dose is recorded. The certificate is ready.", |web, caller, presence, form| {
    let given = Given {
        id: DoseId(uuid(form, "id")?),
        number: None,
        vaccine: form.get("vaccine").unwrap_or(""),
        lot: form.get("lot").unwrap_or(""),
        vaccinator: form.get("vaccinator").unwrap_or(""),
        given_on: None,
    };
    web.0.platform.record_dose(&caller.ctx, presence, &given).await.map(|_| ())
});

form!(undo, "The dose is undone.", |web, caller, presence, form| {
    let (dose, reason) = (DoseId(uuid(form, "dose_id")?), form.get("reason").unwrap_or(""));
    web.0.platform.undo_dose(&caller.ctx, presence, dose, reason).await
});

form!(aefi, "The reaction is noted.", |web, caller, presence, form| {
    let dose = form.get("dose").and_then(|text| text.parse().ok()).unwrap_or(0);
    let (note, id) = (form.get("note").unwrap_or(""), uuid(form, "id")?);
    web.0.platform.note_aefi(&caller.ctx, presence, dose, note, id).await
});

form!(seat, "A seat is given.", |web, caller, presence, form| {
    let chosen = form.get("seat").unwrap_or("");
    let (session, slot) = chosen.split_once('|').ok_or(app::Error::NoSuchSlot)?;
    let session = Uuid::try_parse(session).map_err(|_| app::Error::NotFound)?;
    let platform = &web.0.platform;
    platform.book_walk_in(&caller.ctx, presence, SessionId(session), slot).await.map(|_| ())
});
