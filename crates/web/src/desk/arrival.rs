//! Someone arrives: with a code, with a mobile, or without registration.

use app::{presence::Presented, sign_in::CODE_LIFE};
use askama::Template;
use axum::{body::Bytes, extract::State, http::HeaderMap, response::Response};
use domain::{id::FacilityId, person::Mobile};
use uuid::Uuid;

use super::{day, facility, person};
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, Typed, day_words, details, form_key, genders, kinds, show, time_words, uuid},
};

pub(super) async fn present(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let reference = form.in_one("reference");
    let code = form.get("code").unwrap_or("");
    let digits = |text: &str, most| text.len() == most && text.bytes().all(|b| b.is_ascii_digit());
    let top = if !digits(&reference, 14) {
        Top::field(&caller, "reference", "Enter the reference number: 14 digits.")
    } else if !digits(code, 4) {
        Top::field(&caller, "code", "Enter the secret code: 4 digits.")
    } else {
        let platform = &web.0.platform;
        match platform.present_code(&caller.ctx, facility, &reference, code).await {
            Ok(found) => {
                return person::page(&web, &caller, &headers, &found, Top::of(&caller));
            }
            Err(error) => Top::error(&caller, &error),
        }
    };
    day::page(&web, &caller, facility, top, &form).await
}

#[derive(Template)]
#[template(path = "desk_otp.html")]
struct Otp {
    top: Top,
    transaction: String,
    ends: String,
    until: String,
}

fn otp_page(top: Top, transaction: String, form: &Query) -> Response {
    let short = |name: &str, most| form.get(name).unwrap_or_default().chars().take(most).collect();
    let page = Otp { top, transaction, ends: short("ends", 4), until: short("until", 10) };
    show(page.top.status(), &page)
}

pub(super) async fn otp(caller: Caller) -> Response {
    facility!(&caller);
    otp_page(Top::of(&caller), String::new(), &Query::default())
}

pub(super) async fn ask_otp(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let asked = async {
        let mobile = Mobile::parse(form.get("mobile").unwrap_or(""))?;
        let sent = web.0.platform.ask_presence(&caller.ctx, facility, &mobile).await?;
        Ok::<_, app::Error>((sent, mobile))
    };
    match asked.await {
        Ok((transaction, mobile)) => {
            let until = caller.ctx.now.saturating_add(CODE_LIFE).unwrap_or(caller.ctx.now);
            let page = Otp {
                top: Top::of(&caller),
                transaction: transaction.to_string(),
                ends: mobile.last_four().to_owned(),
                until: time_words(until),
            };
            show(page.top.status(), &page)
        }
        Err(error) => otp_page(Top::error(&caller, &error), String::new(), &form),
    }
}

pub(super) async fn present_otp(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let transaction = uuid(&form, "transaction").unwrap_or(Uuid::nil());
    let hashed = app::sign_in::sha256_hex(form.get("otp").unwrap_or(""));
    let platform = &web.0.platform;
    match platform.present_mobile(&caller.ctx, facility, transaction, &hashed).await {
        Ok(people) => opened(&web, &caller, &headers, facility, &people),
        Err(error @ app::Error::WrongCode) => {
            otp_page(Top::error(&caller, &error), transaction.to_string(), &form)
        }
        Err(error) => otp_page(Top::error(&caller, &error), String::new(), &form),
    }
}

#[derive(Template)]
#[template(path = "desk_family.html")]
struct Family {
    top: Top,
    people: Vec<(String, String, String)>,
}

/// One person is opened at once; of several, staff choose who stands there.
fn opened(
    web: &Web,
    caller: &Caller,
    headers: &HeaderMap,
    facility: FacilityId,
    people: &[Presented],
) -> Response {
    match people {
        [] => otp_page(
            Top::error(caller, &app::Error::NotRegistered),
            String::new(),
            &Query::default(),
        ),
        [only] => person::page(web, caller, headers, only, Top::of(caller)),
        several => {
            let line = |presented: &Presented| {
                let person = &presented.person;
                let here = person.claims.iter().find(|claim| {
                    claim.seat.facility == facility
                        && claim.state == app::claims::ClaimState::Confirmed
                });
                let words = here.map_or_else(
                    || "no appointment here".to_owned(),
                    |claim| format!("dose {} on {}", claim.dose_number, day_words(claim.on)),
                );
                let proof = web.0.platform.seal_presence(&presented.presence);
                (proof, person.details.name.text().to_owned(), words)
            };
            let page = Family { top: Top::of(caller), people: several.iter().map(line).collect() };
            show(page.top.status(), &page)
        }
    }
}

#[derive(Template)]
#[template(path = "desk_walk_in.html")]
struct WalkIn {
    top: Top,
    mobile: String,
    typed: Typed,
    genders: Vec<(i64, &'static str)>,
    kinds: Vec<(i64, &'static str)>,
    key: String,
}

fn walk_in_page(caller: &Caller, top: Top, form: &Query) -> Response {
    let page = WalkIn {
        mobile: form.get("mobile").unwrap_or_default().chars().take(16).collect(),
        typed: Typed::form(form),
        genders: genders(),
        kinds: kinds(),
        key: form_key(caller),
        top,
    };
    show(page.top.status(), &page)
}

pub(super) async fn ask_walk_in(caller: Caller) -> Response {
    facility!(&caller);
    walk_in_page(&caller, Top::of(&caller), &Query::default())
}

pub(super) async fn walk_in(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let platform = &web.0.platform;
    let enrolled = async {
        let mobile = Mobile::parse(form.get("mobile").unwrap_or(""))?;
        let details = details(&form, caller.ctx.today())?;
        platform.welcome_walk_in(&caller.ctx, facility, &mobile, &details, form.get("key")).await
    };
    match enrolled.await {
        Ok(found) => {
            let top = Top::done(&caller, "The person is registered");
            person::page(&web, &caller, &headers, &found, top)
        }
        Err(error) => walk_in_page(&caller, Top::error(&caller, &error), &form),
    }
}
