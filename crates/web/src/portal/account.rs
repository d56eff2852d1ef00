//! The people of a mobile: add, change, remove, cancel, download.

use app::{Secret, claims::ClaimState, opened::Person};
use askama::Template;
use axum::{body::Bytes, extract::State, http::StatusCode, response::Response};
use domain::id::AppointmentId;

use super::sign_in::RESIDENT;
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{day_words, details, form_key, genders, go, kinds, person, show, status, words},
    token::Scope,
};

#[derive(Template)]
#[template(path = "people.html")]
struct People {
    error: Option<String>,
    done: Option<String>,
    family: Vec<PersonView>,
    most: usize,
    genders: Vec<(i64, &'static str)>,
    kinds: Vec<(i64, &'static str)>,
    key: String,
}

struct PersonView {
    name: String,
    reference: String,
    born: String,
    gender: &'static str,
    document: String,
    status: String,
    has_dose: bool,
    editable: bool,
    appointments: Vec<AppointmentView>,
}

struct AppointmentView {
    id: String,
    dose: u8,
    when: String,
    place: String,
    code: String,
}

/// Whether a resident is signed in; else the page that asks.
pub(super) fn signed_in(caller: &Caller) -> Result<(), Box<Response>> {
    if caller.has(&[Scope::Resident]) { Ok(()) } else { Err(Box::new(go("/sign-in"))) }
}

async fn page(web: &Web, caller: &Caller, outcome: Result<Option<String>, app::Error>) -> Response {
    let (code, error, done) = match outcome {
        Ok(done) => (StatusCode::OK, None, done),
        Err(error) => (status(&error), Some(words(&error)), None),
    };
    let platform = &web.0.platform;
    let people = match platform.my_people(&caller.ctx).await {
        Ok(people) => people,
        Err(error) => return RESIDENT.page(status(&error), "", Some(words(&error))),
    };
    let most = platform.programme().people_per_account(caller.ctx.today());
    let page = People {
        error,
        done,
        family: people.iter().map(|person| view(web, person)).collect(),
        most: most.into(),
        genders: genders(),
        kinds: kinds(),
        key: form_key(caller),
    };
    show(code, &page)
}

fn view(web: &Web, person: &Person) -> PersonView {
    let details = &person.details;
    let status = match person.doses.last() {
        None => "Not vaccinated yet".to_owned(),
        Some(dose) => {
            format!("Dose {} of {} on {}", dose.number, dose.vaccine, day_words(dose.given_on))
        }
    };
    let live = person.claims.iter().filter(|claim| claim.state == ClaimState::Confirmed);
    PersonView {
        name: details.name.text().to_owned(),
        reference: person.reference.to_string(),
        born: details.birth_year.to_string(),
        gender: details.gender.label(),
        document: format!("{} {}", details.document.label(), details.document.masked()),
        status,
        has_dose: !person.doses.is_empty(),
        editable: person.doses.is_empty(),
        appointments: live.map(|claim| appointment(web, claim)).collect(),
    }
}

fn appointment(web: &Web, claim: &app::claims::ClaimRow) -> AppointmentView {
    let platform = &web.0.platform;
    let inventory = platform.inventory();
    let slot = inventory
        .session(claim.seat.session)
        .and_then(|seats| seats.session.slots.get(usize::from(claim.seat.slot)).copied())
        .map_or_else(String::new, |slot| format!(", {}", slot.label()));
    let facility = inventory.facility(claim.seat.facility);
    AppointmentView {
        id: claim.appointment.to_string(),
        dose: claim.dose_number,
        when: format!("{}{slot}", day_words(claim.on)),
        place: facility.map_or_else(String::new, |f| format!("{}, {}", f.name, f.address)),
        code: platform.security_code(claim.appointment),
    }
}

pub(super) async fn people(State(web): State<Web>, caller: Caller) -> Response {
    match signed_in(&caller) {
        Ok(()) => page(&web, &caller, Ok(None)).await,
        Err(elsewhere) => *elsewhere,
    }
}

/// One form of this page: what it does, and what is said when it went well.
macro_rules! form {
    ($name:ident, $said:literal, |$web:ident, $caller:ident, $form:ident| $act:expr) => {
        pub(super) async fn $name(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
            if let Err(elsewhere) = signed_in(&caller) {
                return *elsewhere;
            }
            let form = Query::form(&body);
            let ($web, $caller, $form) = (&web, &caller, &form);
            let outcome: app::Result<()> = async { $act }.await;
            page(&web, &caller, outcome.map(|()| Some($said.to_owned()))).await
        }
    };
}

form!(add, "The person is registered.", |web, caller, form| {
    let details = details(form, caller.ctx.today())?;
    let mobile = caller.claims.as_ref().map_or(0, |claims| claims.mobile_number);
    let mobile = Secret::new(format!("{mobile:010}"));
    web.0.platform.enrol(&caller.ctx, &mobile, &details, form.get("key")).await.map(|_| ())
});

form!(change, "The details are changed.", |web, caller, form| {
    let id = person(web, form)?;
    let details = details(form, caller.ctx.today())?;
    web.0.platform.amend(&caller.ctx, id, &details).await
});

form!(remove, "The person is removed.", |web, caller, form| {
    web.0.platform.remove(&caller.ctx, person(web, form)?).await
});

form!(cancel, "The appointment is cancelled.", |web, caller, form| {
    let id = appointment_id(form)?;
    let people = [person(web, form)?];
    web.0.platform.cancel(&caller.ctx, id, &people).await
});

fn appointment_id(form: &Query) -> app::Result<AppointmentId> {
    let id = form.get("appointment").and_then(|text| uuid::Uuid::try_parse(text).ok());
    id.map(AppointmentId).ok_or(app::Error::NotFound)
}

/// One download of this page.
macro_rules! download {
    ($name:ident, |$web:ident, $caller:ident, $form:ident| $act:expr) => {
        pub(super) async fn $name(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
            if let Err(elsewhere) = signed_in(&caller) {
                return *elsewhere;
            }
            let form = Query::form(&body);
            let ($web, $caller, $form) = (&web, &caller, &form);
            let printed: app::Result<Vec<u8>> = async { $act }.await;
            match printed {
                Ok(bytes) => crate::cowin::pdf(bytes),
                Err(error) => page(&web, &caller, Err(error)).await,
            }
        }
    };
}

download!(certificate, |web, caller, form| {
    web.0.platform.my_certificate(&caller.ctx, person(web, form)?).await
});

download!(slip, |web, caller, form| {
    web.0.platform.my_slip(&caller.ctx, appointment_id(form)?).await
});
