//! The people of a mobile: the family at a glance, its certificates.

use app::{
    certificates::{Language, Paper, Variant},
    claims::ClaimState,
    links::{BadLink, Download},
    opened::Person,
};
use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::{
        StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};

use super::{
    appointment::{AppointmentView, live},
    member::chosen,
    sign_in::{RESIDENT, first_sign_in},
};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, day_words, handle, later, show},
    token::Scope,
};

#[derive(Template)]
#[template(path = "people.html")]
struct People {
    top: Top,
    family: Vec<PersonView>,
    /// Whether anybody has a dose, so that two records may be one person's.
    vaccinated: bool,
    most: usize,
    languages: [Language; 12],
    /// Whether there are the forms that name their issuer by its address.
    addressed: bool,
}

struct PersonView {
    handle: String,
    name: String,
    reference: String,
    born: String,
    gender: &'static str,
    document: String,
    status: String,
    complete: bool,
    has_dose: bool,
    /// Links to what there is since a dose; empty before.
    certificate_link: String,
    card_link: String,
    icvp_link: String,
    credential_link: String,
    cowin_link: String,
    /// Numbers of the doses before the last.
    earlier_doses: Vec<u8>,
    /// Whether details for travel are kept.
    travels: bool,
    appointments: Vec<AppointmentView>,
}

/// Whether a resident is signed in; else the page that asks, and then goes on.
pub(super) fn signed_in(caller: &Caller, then: &str) -> Result<(), Box<Response>> {
    if caller.has(&[Scope::Resident]) { Ok(()) } else { Err(Box::new(first_sign_in(then))) }
}

/// The people of whoever is signed in; else the page to show instead.
pub(super) async fn family(
    web: &Web,
    caller: &Caller,
    then: &str,
) -> Result<Vec<Person>, Box<Response>> {
    signed_in(caller, then)?;
    let people = web.0.platform.my_people(&caller.ctx).await;
    people.map_err(|error| Box::new(RESIDENT.ask(Top::error(caller, &error), Some(then))))
}

/// What is said after a form went well, by its name in the address.
fn said(query: &Query) -> Option<&'static str> {
    Some(match query.get("done")? {
        "added" => "The person is registered",
        "changed" => "The details are changed",
        "corrected" => "The details are corrected, and the certificate is a new one",
        "travel" => "The details for travel are kept, and the certificates for travel have them",
        "travel-removed" => "The details for travel are removed",
        "merged" => "The two records are one now, and the certificate of every dose is a new one",
        "removed" => "The person is removed from your family",
        "cancelled" => "The appointment is cancelled",
        _ => return None,
    })
}

pub(super) async fn people(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::parse(query.as_deref());
    let top = said(&query).map_or_else(|| Top::of(&caller), |text| Top::done(&caller, text));
    page(&web, &caller, top).await
}

/// The family, with what came of the last form on top.
pub(super) async fn page(web: &Web, caller: &Caller, top: Top) -> Response {
    let people = match family(web, caller, "/people").await {
        Ok(people) => people,
        Err(elsewhere) => return *elsewhere,
    };
    let most = web.0.platform.programme().people_per_account(caller.ctx.today());
    let page = People {
        family: people.iter().map(|person| view(web, caller, person)).collect(),
        vaccinated: people.iter().any(|person| !person.doses.is_empty()),
        most: most.into(),
        languages: Language::ALL,
        addressed: web.0.platform.settings().public_address.is_some(),
        top,
    };
    show(page.top.status(), &page)
}

fn view(web: &Web, caller: &Caller, person: &Person) -> PersonView {
    let link = |what| {
        let made = web.0.platform.make_link(&caller.ctx, person.id, what);
        made.ok().filter(|_| !person.doses.is_empty()).unwrap_or_default()
    };
    let details = &person.details;
    let programme = web.0.platform.programme();
    let series = person.doses.last().and_then(|dose| programme.vaccine(&dose.vaccine));
    let series = series.map_or(2, |vaccine| vaccine.series_doses);
    let status = match person.doses.last() {
        None => "Not vaccinated yet".to_owned(),
        Some(dose) => {
            format!("Dose {} of {} on {}", dose.number, dose.vaccine, day_words(dose.given_on))
        }
    };
    let claims = person.claims.iter().filter(|claim| claim.state == ClaimState::Confirmed);
    PersonView {
        handle: handle(person),
        name: details.name.text().to_owned(),
        reference: person.reference.to_string(),
        born: details.birth_year.to_string(),
        gender: details.gender.label(),
        document: format!("{} {}", details.document.label(), details.document.masked()),
        status,
        complete: person.doses.len() >= usize::from(series),
        has_dose: !person.doses.is_empty(),
        certificate_link: link(Download::Certificate),
        card_link: link(Download::HealthCard),
        icvp_link: link(Download::Icvp),
        credential_link: link(Download::Credential),
        cowin_link: link(Download::Cowin),
        earlier_doses: person.doses.iter().rev().skip(1).rev().map(|dose| dose.number).collect(),
        travels: person.travels,
        appointments: claims
            .filter(|claim| live(claim))
            .map(|claim| AppointmentView::of(web, claim))
            .collect(),
    }
}

/// How a certificate is to be printed; as at home and in English, unless it is said otherwise.
fn paper(query: &Query) -> Paper {
    let language = query.get("language").and_then(Language::from_tag).unwrap_or_default();
    let abroad = query.get("variant") == Some("international");
    Paper { language, variant: if abroad { Variant::International } else { Variant::Domestic } }
}

#[derive(Template)]
#[template(path = "expired.html")]
struct Expired {
    top: Top,
}

/// The person whose certificate a link opens, or the page to show instead.
pub(super) async fn linked(
    web: &Web,
    caller: &Caller,
    query: &Query,
    what: Download,
) -> Result<Person, Box<Response>> {
    let person = chosen(web, caller, query).await?;
    let link = query.get("link").unwrap_or_default();
    let elsewhere = match web.0.platform.check_link(&caller.ctx, person.id, what, link) {
        Ok(()) => return Ok(person),
        Err(BadLink::Expired) => show(StatusCode::GONE, &Expired { top: Top::of(caller) }),
        Err(BadLink::Wrong) => page(web, caller, Top::error(caller, &app::Error::NotFound)).await,
    };
    Err(Box::new(elsewhere))
}

/// The certificate of a person, as PDF.
pub(super) async fn certificate(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::parse(query.as_deref());
    let person = match linked(&web, &caller, &query, Download::Certificate).await {
        Ok(person) => person,
        Err(elsewhere) => return *elsewhere,
    };
    match web.0.platform.my_certificate(&caller.ctx, person.id, paper(&query)).await {
        Ok(bytes) => crate::cowin::pdf(bytes),
        Err(error) => later(page(&web, &caller, Top::error(&caller, &error)).await, &error),
    }
}

/// The SMART Health Card of a person, as the file that phone wallets take.
pub(super) async fn card(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::parse(query.as_deref());
    let person = match linked(&web, &caller, &query, Download::HealthCard).await {
        Ok(person) => person,
        Err(elsewhere) => return *elsewhere,
    };
    match web.0.platform.my_health_card(&caller.ctx, person.id).await {
        Ok(card) => {
            let headers = [
                (CONTENT_TYPE, "application/smart-health-card"),
                (CONTENT_DISPOSITION, "attachment; filename=\"vaccinations.smart-health-card\""),
            ];
            (headers, card).into_response()
        }
        Err(error) => later(page(&web, &caller, Top::error(&caller, &error)).await, &error),
    }
}
