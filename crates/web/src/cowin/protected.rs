//! Calls of the resident: people, searches with filters, appointments, certificates.

use app::{
    booking::Wish,
    certificates::Paper,
    search::{Filter, without_cancelled},
};
use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State},
    http::{
        HeaderMap, HeaderName, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use domain::id::{AppointmentId, BeneficiaryId};
use serde_json::{Value, json};

use super::{
    body::Body,
    error::{Answer, Fault, bad, missing},
    person::View,
    public::{asked, by_district, by_pincode},
};
use crate::{
    Web,
    caller::Caller,
    discovery::{self, Kind},
    form::Query,
    token::Scope,
};

/// Only who signed in for everything of the account; a public token is none.
fn resident(caller: &Caller) -> Answer<()> {
    if caller.has(&[Scope::Resident]) { Ok(()) } else { Err(Fault::Unauthenticated) }
}

/// A search of someone signed in: counted, filtered by vaccine where that is asked, with the
/// seats that the people of the account can have.
async fn search(
    web: &Web,
    caller: &Caller,
    query: Option<&str>,
    kind: Kind,
    area: fn(&Query) -> Answer<app::inventory::Area>,
) -> Answer<Response> {
    resident(caller)?;
    let query = Query::parse(query);
    let asked = asked(kind, area, &query, caller.twins)?;
    let platform = &web.0.platform;
    let sign_in = caller.claims.as_ref().map_or_else(uuid::Uuid::nil, |claims| claims.txn_id);
    let counted = platform.count_search(&caller.ctx, sign_in).await;
    counted.map_err(|error| web.fault(error))?;
    let days = if kind == Kind::Find { 1 } else { 7 };
    let offers = platform.inventory().offers(asked.area, asked.from, days);
    let vaccine = query.get("vaccine").map(str::to_owned);
    let offers = Filter { vaccine, ..Filter::default() }.apply(without_cancelled(offers));
    let offers = platform.for_my_people(&caller.ctx, offers).await;
    let offers = offers.map_err(|error| web.fault(error))?;
    let body = Json(discovery::json_of(web, kind, &offers, asked.twins));
    Ok(([(discovery::AGE, discovery::age_ms(web, caller.ctx.now))], body).into_response())
}

macro_rules! search {
    ($name:ident, $kind:expr, $area:expr) => {
        pub(super) async fn $name(
            State(web): State<Web>,
            caller: Caller,
            RawQuery(query): RawQuery,
        ) -> Answer<Response> {
            search(&web, &caller, query.as_deref(), $kind, $area).await
        }
    };
}

search!(find_by_pin, Kind::Find, by_pincode);
search!(find_by_district, Kind::Find, by_district);
search!(calendar_by_pin, Kind::Calendar, by_pincode);
search!(calendar_by_district, Kind::Calendar, by_district);

pub(super) async fn enrol(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<Json<Value>> {
    resident(&caller)?;
    let body = Body::read(&body)?;
    let details = body.details(caller.ctx.today())?;
    let mobile = caller.mobile(&web, &headers);
    let key = idempotency_key(&caller)?;
    let platform = &web.0.platform;
    let id = platform.enrol(&caller.ctx, &mobile, &details, key).await;
    let id = id.map_err(|error| web.fault(error))?;
    Ok(Json(json!({ "beneficiary_reference_id": platform.reference(id).to_string() })))
}

/// The key under which a request happens once. One that cannot be used is refused: whoever sends
/// it relies on it.
pub(super) fn idempotency_key(caller: &Caller) -> Answer<Option<&str>> {
    let wrong = "Idempotency-Key must be 1 to 200 characters without spaces";
    caller.idempotency_key.as_ref().map(Option::as_deref).map_err(|_| bad("USRRES0001", wrong))
}

/// A beneficiary by the number that the caller gave. A number that is none of ours is answered
/// like one of somebody else.
pub(super) fn by_reference(web: &Web, text: Option<&str>) -> Answer<BeneficiaryId> {
    let text = text.ok_or_else(missing)?;
    web.0.platform.by_reference(text).ok_or_else(|| web.fault(app::Error::NotFound))
}

pub(super) async fn remove(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Answer<StatusCode> {
    resident(&caller)?;
    let reference = Body::read(&body)?.text("beneficiary_reference_id");
    let id = by_reference(&web, reference.as_deref())?;
    let removed = web.0.platform.remove(&caller.ctx, id).await;
    removed.map(|()| StatusCode::NO_CONTENT).map_err(|error| web.fault(error))
}

pub(super) async fn beneficiaries(State(web): State<Web>, caller: Caller) -> Answer<Json<Value>> {
    resident(&caller)?;
    let platform = &web.0.platform;
    let people = platform.my_people(&caller.ctx).await.map_err(|error| web.fault(error))?;
    if people.is_empty() {
        // Clients know by this code that nobody is registered yet.
        return Err(web.fault(app::Error::NotFound));
    }
    let ends = platform.my_mobile_ends(&caller.ctx).await.map_err(|error| web.fault(error))?;
    let view = View::new(&web, &caller, &people).await.map_err(|error| web.fault(error))?;
    Ok(Json(view.list(&people, &ends)))
}

/// The people that a body names.
pub(super) fn people(web: &Web, body: &Body, name: &str) -> Answer<Vec<BeneficiaryId>> {
    let references = body.texts(name).ok_or_else(missing)?;
    if references.len() > 6 {
        return Err(bad("USRRES0001", "At most six beneficiaries at a time"));
    }
    references.iter().map(|text| by_reference(web, Some(text))).collect()
}

pub(super) async fn schedule(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Answer<Json<Value>> {
    resident(&caller)?;
    let body = Body::read(&body)?;
    let beneficiaries = people(&web, &body, "beneficiaries")?;
    let slot = body.text("slot").ok_or_else(missing)?;
    let wish = Wish {
        session: body.session()?,
        slot: &slot,
        dose_number: body.dose()?,
        beneficiaries: &beneficiaries,
        idempotency_key: idempotency_key(&caller)?,
    };
    let booked = web.0.platform.book(&caller.ctx, &wish).await;
    let id = booked.map_err(|error| web.fault(error))?;
    Ok(Json(json!({ "appointment_confirmation_no": id.0, "appointment_id": id.0 })))
}

fn appointment(body: &Body) -> Answer<AppointmentId> {
    body.uuid("appointment_id").map(AppointmentId).ok_or_else(missing)
}

pub(super) async fn reschedule(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Answer<StatusCode> {
    resident(&caller)?;
    let body = Body::read(&body)?;
    let (appointment, session) = (appointment(&body)?, body.session()?);
    let slot = body.text("slot").ok_or_else(missing)?;
    let moved = web.0.platform.reschedule(&caller.ctx, appointment, session, &slot).await;
    moved.map(|()| StatusCode::NO_CONTENT).map_err(|error| web.fault(error))
}

pub(super) async fn cancel(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Answer<StatusCode> {
    resident(&caller)?;
    let body = Body::read(&body)?;
    let appointment = appointment(&body)?;
    // Only a list that is left out means everybody: one that is not a list must not.
    let beneficiaries = if body.holds("beneficiariesToCancel") {
        people(&web, &body, "beneficiariesToCancel")?
    } else {
        Vec::new()
    };
    let cancelled = web.0.platform.cancel(&caller.ctx, appointment, &beneficiaries).await;
    cancelled.map(|()| StatusCode::NO_CONTENT).map_err(|error| web.fault(error))
}

/// A PDF. Clients compare the type exactly.
pub(crate) fn pdf(bytes: Vec<u8>) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/pdf"),
        (CACHE_CONTROL, "private, no-store"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ];
    (headers, bytes).into_response()
}

pub(super) async fn slip(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    resident(&caller)?;
    let query = Query::parse(query.as_deref());
    let id = query.get("appointment_id").and_then(|text| uuid::Uuid::try_parse(text).ok());
    let id = AppointmentId(id.ok_or_else(missing)?);
    let printed = web.0.platform.my_slip(&caller.ctx, id).await;
    printed.map(pdf).map_err(|error| web.fault(error))
}

pub(super) async fn certificate(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    resident(&caller)?;
    download(&web, &caller, query.as_deref()).await
}

pub(super) async fn certificate_public(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    if !caller.has(&[Scope::Public, Scope::Resident]) {
        return Err(Fault::Unauthenticated);
    }
    download(&web, &caller, query.as_deref()).await
}

async fn download(web: &Web, caller: &Caller, query: Option<&str>) -> Answer<Response> {
    let query = Query::parse(query);
    let id = by_reference(web, query.get("beneficiary_reference_id"))?;
    let printed = web.0.platform.my_certificate(&caller.ctx, id, Paper::default()).await;
    printed.map(pdf).map_err(|error| web.fault(error))
}

/// 0 not, 1 partially, 2 fully.
pub(super) async fn vaccination_status(
    State(web): State<Web>,
    caller: Caller,
) -> Answer<Json<Value>> {
    let Some(claims) = caller.claims.as_ref().filter(|claims| claims.scope == Scope::Status) else {
        return Err(Fault::Unauthenticated);
    };
    let status = web.0.platform.my_status(&caller.ctx, claims.txn_id).await;
    let status = status.map_err(|error| web.fault(error))?;
    Ok(Json(json!({ "vaccination_status": status })))
}
