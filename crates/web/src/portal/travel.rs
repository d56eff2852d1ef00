//! What is given for travel: asked here and nowhere else, and taken back here; and the certificate
//! that needs it.

use app::{links::Download, opened::Person};
use askama::Template;
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use domain::travel::{
    BadTravelDetail, Nationality, PassportNumber, TravelDetails, parse_birth_date, parse_guardian,
};
use jiff::civil::Date;

use super::{account, member::chosen};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, day_words, go, handle, show},
};

#[derive(Template)]
#[template(path = "travel.html")]
struct Travel {
    top: Top,
    handle: String,
    name: String,
    has_dose: bool,
    birth_year: i16,
    birth_date: String,
    nationality: String,
    guardian_name: String,
    /// What is kept already.
    kept: Option<Kept>,
}

struct Kept {
    born_on: String,
    passport: String,
    nationality: String,
    guardian: Option<String>,
}

/// The page; after a form that was refused, with what was typed. The number of the passport is not
/// in it, so that no page holds it.
async fn page(
    web: &Web,
    caller: &Caller,
    top: Top,
    person: &Person,
    typed: Option<&Query>,
) -> Response {
    let kept = match web.0.platform.my_travel_details(&caller.ctx, person.id).await {
        Ok(kept) => kept,
        Err(error) => return account::page(web, caller, Top::error(caller, &error)).await,
    };
    let typed = |name, most| {
        typed.and_then(|form| form.get(name)).map(|text| text.chars().take(most).collect())
    };
    let page = Travel {
        handle: handle(person),
        name: person.details.name.text().to_owned(),
        has_dose: !person.doses.is_empty(),
        birth_year: person.details.birth_year,
        birth_date: typed("birth_date", 20)
            .or_else(|| kept.as_ref().map(|kept| kept.born_on.to_string()))
            .unwrap_or_default(),
        nationality: typed("nationality", 20)
            .or_else(|| kept.as_ref().map(|kept| kept.nationality.code().to_owned()))
            .unwrap_or_default(),
        guardian_name: typed("guardian_name", 100)
            .or_else(|| kept.as_ref()?.guardian.as_ref().map(|name| name.text().to_owned()))
            .unwrap_or_default(),
        kept: kept.map(|kept| Kept {
            born_on: day_words(kept.born_on),
            passport: kept.passport.masked(),
            nationality: kept.nationality.code().to_owned(),
            guardian: kept.guardian.map(|name| name.text().to_owned()),
        }),
        top,
    };
    show(page.top.status(), &page)
}

pub(super) async fn ask(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    match chosen(&web, &caller, &Query::parse(query.as_deref())).await {
        Ok(person) => page(&web, &caller, Top::of(&caller), &person, None).await,
        Err(elsewhere) => *elsewhere,
    }
}

pub(super) async fn keep(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let form = Query::form(&body);
    let person = match chosen(&web, &caller, &form).await {
        Ok(person) => person,
        Err(elsewhere) => return *elsewhere,
    };
    let kept = async {
        let travel = travel(&form, caller.ctx.today())?;
        web.0.platform.put_travel_details(&caller.ctx, person.id, &travel).await
    };
    match kept.await {
        Ok(()) => go("/people?done=travel"),
        Err(error) => page(&web, &caller, Top::error(&caller, &error), &person, Some(&form)).await,
    }
}

/// What a form gives for travel.
fn travel(form: &Query, today: Date) -> Result<TravelDetails, BadTravelDetail> {
    let text = |name| form.get(name).unwrap_or_default();
    Ok(TravelDetails {
        born_on: parse_birth_date(text("birth_date"), today)?,
        passport: PassportNumber::parse(text("passport_number"))?,
        nationality: Nationality::parse(text("nationality"))?,
        guardian: parse_guardian(text("guardian_name"))?,
    })
}

pub(super) async fn remove(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let person = match chosen(&web, &caller, &Query::form(&body)).await {
        Ok(person) => person,
        Err(elsewhere) => return *elsewhere,
    };
    match web.0.platform.remove_travel_details(&caller.ctx, person.id).await {
        Ok(()) => go("/people?done=travel-removed"),
        Err(error) => page(&web, &caller, Top::error(&caller, &error), &person, None).await,
    }
}

/// The WHO's certificate: its code as a picture, or else the code's text.
pub(super) async fn icvp(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::parse(query.as_deref());
    let person = match account::linked(&web, &caller, &query, Download::Icvp).await {
        Ok(person) => person,
        Err(elsewhere) => return *elsewhere,
    };
    let saved = |kind: &'static str, name: &'static str, bytes: Vec<u8>| {
        ([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name)], bytes).into_response()
    };
    let (platform, ctx) = (&web.0.platform, &caller.ctx);
    // What is no number is the number of no dose.
    let dose = query.get("dose").map(|number| number.parse().unwrap_or(0));
    let made = if query.get("as") == Some("picture") {
        let picture = platform.my_icvp_picture(ctx, person.id, dose).await;
        picture.map(|bytes| saved("image/png", "attachment; filename=\"icvp.png\"", bytes))
    } else {
        let text = platform.my_icvp(ctx, person.id, dose).await.map(String::into_bytes);
        text.map(|bytes| saved("text/plain", "attachment; filename=\"icvp.txt\"", bytes))
    };
    match made {
        Ok(answer) => answer,
        Err(error) => account::page(&web, &caller, Top::error(&caller, &error)).await,
    }
}
