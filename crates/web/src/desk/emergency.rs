//! A record that two open together, of somebody who cannot present themselves: one asks, another agrees,
//! and who asked sees it for a quarter of an hour.

use app::opened::Holder;
use askama::Template;
use axum::{body::Bytes, extract::State, http::StatusCode, response::Response};
use domain::id::FacilityId;
use uuid::Uuid;

use super::facility;
use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{Top, day_words, show, time_words, uuid},
    portal::STAFF,
};

/// What was asked, for whoever works at the facility.
struct AskedView {
    id: String,
    when: String,
    /// The last four digits of the number.
    ends: String,
    /// Until when it is open; empty before somebody agreed.
    until: String,
    /// Whether who looks asked it.
    mine: bool,
}

#[derive(Template)]
#[template(path = "desk_emergency.html")]
struct Emergencies {
    top: Top,
    reference: String,
    asked: Vec<AskedView>,
}

#[derive(Template)]
#[template(path = "desk_emergency_open.html")]
struct Open {
    top: Top,
    name: String,
    born: i16,
    gender: &'static str,
    doses: Vec<String>,
}

async fn page(
    web: &Web,
    caller: &Caller,
    facility: FacilityId,
    top: Top,
    form: &Query,
) -> Response {
    let platform = &web.0.platform;
    let asked = match platform.emergencies(&caller.ctx, facility).await {
        Ok(asked) => asked,
        Err(error) => return STAFF.ask(Top::error(caller, &error), None),
    };
    let view = asked.iter().map(|row| AskedView {
        id: row.id.to_string(),
        when: time_words(row.asked_at),
        ends: format!("{:04}", platform.reference(row.beneficiary) % 10_000),
        until: row.agreed.map_or_else(String::new, |(_, until)| time_words(until)),
        mine: caller.ctx.is_staff(row.asked_by),
    });
    let page = Emergencies {
        reference: form.get("reference").unwrap_or_default().chars().take(20).collect(),
        asked: view.collect(),
        top,
    };
    show(page.top.status(), &page)
}

pub(super) async fn list(State(web): State<Web>, caller: Caller) -> Response {
    let facility = facility!(&caller);
    page(&web, &caller, facility, Top::of(&caller), &Query::default()).await
}

pub(super) async fn ask(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let reason = form.get("reason").unwrap_or("");
    let platform = &web.0.platform;
    let asked =
        platform.ask_emergency(&caller.ctx, facility, &form.in_one("reference"), reason).await;
    let (top, form) = match asked {
        Ok(_) => {
            (Top::done(&caller, "Somebody else of the facility has to agree"), Query::default())
        }
        Err(error) => (Top::error(&caller, &error), form),
    };
    page(&web, &caller, facility, top, &form).await
}

pub(super) async fn agree(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let id = uuid(&form, "id").unwrap_or(Uuid::nil());
    let top = match web.0.platform.agree_emergency(&caller.ctx, facility, id).await {
        Ok(()) => Top::done(&caller, "Who asked can open the record for 15 minutes"),
        Err(error) => Top::error(&caller, &error),
    };
    page(&web, &caller, facility, top, &Query::default()).await
}

pub(super) async fn open(State(web): State<Web>, caller: Caller, body: Bytes) -> Response {
    let facility = facility!(&caller);
    let form = Query::form(&body);
    let id = uuid(&form, "id").unwrap_or(Uuid::nil());
    match web.0.platform.open_emergency(&caller.ctx, facility, id).await {
        Ok(holder) => show(StatusCode::OK, &opened(&caller, &holder)),
        Err(error) => {
            let top = Top::error(&caller, &error);
            page(&web, &caller, facility, top, &Query::default()).await
        }
    }
}

fn opened(caller: &Caller, holder: &Holder) -> Open {
    let doses = holder.doses.iter().map(|dose| {
        format!(
            "Dose {}: {}, {}, lot {}",
            dose.number,
            dose.vaccine,
            day_words(dose.given_on),
            dose.lot
        )
    });
    Open {
        top: Top::of(caller),
        name: holder.name.text().to_owned(),
        born: holder.birth_year,
        gender: holder.gender.label(),
        doses: doses.collect(),
    }
}
