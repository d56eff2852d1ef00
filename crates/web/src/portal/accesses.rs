//! Who opened which of my fields: the list of a person, newest first, with proofs to save.

use app::{my_accesses::ToldAccess, opened::Person, public_log::PublicLog};
use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::{
        StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use domain::purpose::Purpose;

use super::{account, member::chosen};
use crate::{
    Web,
    api::accesses::WHOLE,
    caller::Caller,
    form::Query,
    page::{Top, day_words, handle, show, time_words},
};

/// How many accesses a page has.
const SHOWN: u64 = 100;

#[derive(Template)]
#[template(path = "accesses.html")]
struct Accesses {
    top: Top,
    handle: String,
    name: String,
    count: u64,
    shown: Vec<AccessView>,
    /// Where older ones are; none if there are none.
    older: Option<u64>,
    log_key: Option<String>,
}

struct AccessView {
    number: u64,
    when: String,
    who: String,
    why: &'static str,
    fields: String,
    logged: bool,
}

impl AccessView {
    fn of(one: &ToldAccess) -> Self {
        let date = app::clock::date_at(one.at);
        let role = role_words(&one.role);
        let who = match &one.facility_name {
            Some(facility) => format!("{role} of {facility}"),
            None => role.to_owned(),
        };
        let fields: Vec<_> = one.fields.iter().map(|field| field_words(field)).collect();
        Self {
            number: one.number,
            when: format!("{}, {}", day_words(date), time_words(one.at)),
            who,
            why: purpose_words(&one.purpose),
            fields: fields.join(", "),
            logged: one.leaf.is_some(),
        }
    }
}

pub(super) async fn list(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::parse(query.as_deref());
    let person = match chosen(&web, &caller, &query).await {
        Ok(person) => person,
        Err(elsewhere) => return *elsewhere,
    };
    let before = query.get("before").and_then(|text| text.parse().ok());
    match view(&web, &caller, &person, before).await {
        Ok(page) => show(StatusCode::OK, &page),
        Err(error) => account::page(&web, &caller, Top::error(&caller, &error)).await,
    }
}

async fn view(
    web: &Web,
    caller: &Caller,
    person: &Person,
    before: Option<u64>,
) -> app::Result<Accesses> {
    let platform = &web.0.platform;
    let count = platform.my_access_count(&caller.ctx, person.id).await?;
    let last = before.map_or(count, |before| before.saturating_sub(1).min(count));
    let after = last.saturating_sub(SHOWN);
    let list = platform.my_accesses(&caller.ctx, person.id, after).await?;
    let shown = list.iter().filter(|one| one.number <= last).rev();
    Ok(Accesses {
        top: Top::of(caller),
        handle: handle(person),
        name: person.details.name.text().to_owned(),
        count,
        shown: shown.map(AccessView::of).collect(),
        older: (after > 0).then_some(after + 1),
        log_key: platform.log_verifier(PublicLog::Accesses),
    })
}

/// The proof that one access is in the public log, to save.
pub(super) async fn proof(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::parse(query.as_deref());
    let person = match chosen(&web, &caller, &query).await {
        Ok(person) => person,
        Err(elsewhere) => return *elsewhere,
    };
    let number = query.get("number").and_then(|text| text.parse().ok()).unwrap_or(0);
    match web.0.platform.my_access_proof(&caller.ctx, person.id, number).await {
        Ok(text) => {
            let name = format!("attachment; filename=\"access-{number}.tlog-proof\"");
            let kind = "text/plain; charset=utf-8".to_owned();
            ([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name)], text).into_response()
        }
        Err(error) => account::page(&web, &caller, Top::error(&caller, &error)).await,
    }
}

/// The proof that no entry is left out, to save.
pub(super) async fn whole(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::parse(query.as_deref());
    let person = match chosen(&web, &caller, &query).await {
        Ok(person) => person,
        Err(elsewhere) => return *elsewhere,
    };
    match web.0.platform.my_completeness(&caller.ctx, person.id).await {
        Ok(text) => (WHOLE, text).into_response(),
        Err(error) => account::page(&web, &caller, Top::error(&caller, &error)).await,
    }
}

/// A role, in words for who was seen.
fn role_words(role: &str) -> &str {
    match role {
        "resident" => "You, or who holds your mobile",
        "other-resident" => "Another account, to which you showed a code or a password",
        "vaccinator" => "A vaccinator",
        "facility-manager" => "A manager",
        "state-program" => "The program of a state",
        "platform" => "The platform itself",
        other => other,
    }
}

fn purpose_words(purpose: &str) -> &'static str {
    Purpose::from_name(purpose).map_or("for another purpose", |why| why.words().english)
}

fn field_words(field: &str) -> &str {
    match field {
        "birth_year" => "year of birth",
        "document" => "identity document",
        "comorbidity" => "whether a condition gives priority",
        "travel_born_on" => "day of birth",
        "travel_passport" => "passport",
        "travel_nationality" => "nationality",
        "travel_guardian" => "parent or guardian",
        other => other,
    }
}
