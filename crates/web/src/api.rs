//! Our own API: what the contract lacks. Errors are RFC 9457.

pub(crate) mod accesses;
mod erasures;
pub(crate) mod exposed;
mod merges;
mod reported;

use app::search::{Filter, Place};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{Html, IntoResponse, Response},
    routing::{get, post, put},
};
use domain::{
    facility::FeeType,
    id::{BeneficiaryId, DistrictId},
    place::{Pincode, Position},
};
use serde_json::{Value, json};

use crate::{
    Web,
    caller::Caller,
    cowin::{person::View, read_change, read_details, read_travel, shape},
    form::Query,
    openapi,
    problem::Problem,
    saved::Saved,
    token::Scope,
};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/api/openapi.json", get(document))
        .route("/api", get(browse))
        .route("/api/teeka/v1/places", get(places))
        .route("/api/teeka/v1/sessions", get(sessions))
        .route("/api/teeka/v1/beneficiaries/{beneficiary_reference_id}", get(person).put(amend))
        .route(
            "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/travel",
            put(keep_travel).delete(remove_travel),
        )
        .route(
            "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/erasure",
            get(erasures::state).put(erasures::ask).delete(erasures::take_back),
        )
        .route(
            "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/accesses",
            get(accesses::list),
        )
        .route(
            "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/accesses/completeness",
            get(accesses::completeness),
        )
        .route(
            "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/accesses/{number}/proof",
            get(accesses::proof),
        )
        .route("/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/credential", get(credential))
        .route("/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/cowin", get(cowin))
        .route(
            "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/cowin/picture",
            get(cowin_picture),
        )
        .route(
            "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}/wallet-offers",
            post(offer_to_wallet),
        )
        .route("/api/teeka/v1/corrections", post(correct))
        .route("/api/teeka/v1/merges", post(merges::merge))
        .route("/api/teeka/v1/merges/otp", post(merges::ask_other_mobile))
        .route("/api/teeka/v1/merges/people", post(merges::prove_other_mobile))
        .route("/api/teeka/v1/reports", post(reported::send))
        .route("/api/teeka/v1/reports/{receipt}", get(reported::standing))
        .route("/api/teeka/v1/exposure", get(exposed::overview))
        .route("/api/teeka/v1/exposure/findings", get(exposed::findings))
        .route("/api/teeka/v1/exposure/cases/{case}", get(exposed::case))
        .route("/api/teeka/v1/exposure/cases/{case}/release", put(exposed::release))
        .route("/.well-known/document-signers.pem", get(signers))
}

async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], openapi::BYTES.clone())
}

async fn browse() -> Html<String> {
    Html(openapi::page())
}

/// The certificates of whoever signs for this platform: what verifiers need.
async fn signers(State(web): State<Web>, caller: Caller) -> impl IntoResponse {
    let pem = web.0.platform.document_signers(caller.ctx.now);
    ([(CONTENT_TYPE, "application/x-pem-file")], pem)
}

async fn places(State(web): State<Web>, RawQuery(query): RawQuery) -> Result<Json<Value>, Problem> {
    let query = Query::parse(query.as_deref());
    let name = query.get("name").ok_or_else(|| Problem::invalid("name is missing"))?;
    let found = web.0.platform.geography().named(name).into_iter().map(|found| {
        json!({
            "name": found.name,
            "district_id": found.district.map(|district| district.0),
            "pincode": found.pincode.map(|pincode| pincode.0),
            "lat": found.position.map(|position| position.latitude),
            "long": found.position.map(|position| position.longitude),
        })
    });
    Ok(Json(json!({ "places": found.collect::<Value>() })))
}

/// Sessions by place, with filters: what the contract's public calls cannot ask.
async fn sessions(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let query = Query::parse(query.as_deref());
    if query.has_empty() {
        return Err(Problem::invalid("a parameter is empty: leave it out"));
    }
    let place = place(&query)?;
    let today = caller.ctx.today();
    let from = match query.get("from") {
        None => today,
        Some(text) => text.parse().map_err(|_| Problem::invalid("from must be yyyy-mm-dd"))?,
    };
    let filter = Filter {
        vaccine: query.get("vaccine").map(str::to_owned),
        fee_type: query
            .get("fee_type")
            .map(|text| FeeType::from_label(text).ok_or(()))
            .transpose()
            .map_err(|()| Problem::invalid("fee_type must be Free or Paid"))?,
        age: within(&query, "age", 0..=150, "age must be a whole number up to 150")?,
        dose_number: within(&query, "dose", 1..=3, "dose must be 1, 2 or 3")?,
    };
    let offers = web.0.platform.find_sessions(&place, from, 7, &filter);
    let centers = offers.iter().map(|offer| shape::calendar(&web, offer, caller.twins));
    Ok(Json(json!({ "centers": centers.collect::<Value>() })))
}

/// A number in a range, if there is one.
fn within<N: std::str::FromStr + PartialOrd>(
    query: &Query,
    name: &str,
    range: std::ops::RangeInclusive<N>,
    wrong: &'static str,
) -> Result<Option<N>, Problem> {
    let Some(text) = query.get(name) else { return Ok(None) };
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.map(Some).ok_or_else(|| Problem::invalid(wrong))
}

fn place(query: &Query) -> Result<Place, Problem> {
    if let Some(text) = query.get("pincode") {
        let wrong = || Problem::invalid("pincode must be six digits, the first not zero");
        return Pincode::parse(text).map(Place::Pincode).ok_or_else(wrong);
    }
    let wrong = "district_id must be a whole number from 1";
    if let Some(id) = within(query, "district_id", 1..=i32::MAX, wrong)? {
        return Ok(Place::District(DistrictId(id)));
    }
    let degrees = |name| query.get(name).and_then(|text| text.parse::<f64>().ok());
    degrees("lat")
        .zip(degrees("long"))
        .and_then(|(latitude, longitude)| Position::in_country(latitude, longitude))
        .map(Place::Near)
        .ok_or_else(|| Problem::invalid("give pincode, district_id, or lat and long"))
}

/// The beneficiary that a path names, for a resident. A number that is none of ours is answered
/// like one of somebody else.
fn named(
    web: &Web,
    caller: &Caller,
    reference: Result<Path<String>, PathRejection>,
) -> Result<BeneficiaryId, Problem> {
    if !caller.has(&[Scope::Resident]) {
        return Err(app::Error::Unauthenticated.into());
    }
    let id = reference.ok().and_then(|Path(text)| web.0.platform.by_reference(&text));
    id.ok_or_else(|| app::Error::NotFound.into())
}

/// One person of the account.
async fn person(
    State(web): State<Web>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let id = named(&web, &caller, reference)?;
    let platform = &web.0.platform;
    let person = platform.my_person(&caller.ctx, id).await?;
    let ends = platform.my_mobile_ends(&caller.ctx).await?;
    let view = View::new(&web, &caller, std::slice::from_ref(&person)).await?;
    Ok(Json(view.beneficiary(&person, &ends)))
}

/// Changes a person's details, until the first dose.
async fn amend(
    State(web): State<Web>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let id = named(&web, &caller, reference)?;
    let details = read_details(&body, caller.ctx.today())
        .map_err(|()| Problem::invalid("expected the fields of registration/beneficiary/new"))?;
    web.0.platform.amend(&caller.ctx, id, &details).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps what a certificate for travel needs to know of a person.
async fn keep_travel(
    State(web): State<Web>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let id = named(&web, &caller, reference)?;
    let travel = read_travel(&body, caller.ctx.today())?;
    web.0.platform.put_travel_details(&caller.ctx, id, &travel).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes it again.
async fn remove_travel(
    State(web): State<Web>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let id = named(&web, &caller, reference)?;
    web.0.platform.remove_travel_details(&caller.ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The last dose in a form to save.
async fn saved(
    web: &Web,
    caller: &Caller,
    reference: Result<Path<String>, PathRejection>,
    form: Saved,
) -> Result<Response, Problem> {
    let id = named(web, caller, reference)?;
    Ok(form.answer(web, caller, id).await?)
}

async fn credential(
    State(web): State<Web>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    saved(&web, &caller, reference, Saved::Credential).await
}

async fn cowin(
    State(web): State<Web>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    saved(&web, &caller, reference, Saved::CowinArchive).await
}

async fn cowin_picture(
    State(web): State<Web>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    saved(&web, &caller, reference, Saved::CowinPicture).await
}

/// Offers a person's certificate to a wallet.
async fn offer_to_wallet(
    State(web): State<Web>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let id = named(&web, &caller, reference)?;
    let offer = web.0.platform.offer_to_wallet(&caller.ctx, id).await?;
    Ok(Json(json!({ "link": offer.link, "expires_in": offer.seconds })))
}

/// The idempotency key of a resident, if they gave one.
fn resident_key(caller: &Caller) -> Result<Option<&str>, Problem> {
    if !caller.has(&[Scope::Resident]) {
        return Err(app::Error::Unauthenticated.into());
    }
    let wrong = "Idempotency-Key must be 1 to 200 characters without spaces";
    let key = caller.idempotency_key.as_ref().map_err(|_| Problem::invalid(wrong))?;
    Ok(key.as_deref())
}

/// Corrects a person's details after the first dose, with new certificates.
async fn correct(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let key = resident_key(&caller)?;
    let (reference, change) = read_change(&body, caller.ctx.today())?;
    let id = web.0.platform.by_reference(&reference).ok_or(app::Error::NotFound)?;
    web.0.platform.correct_my_details(&caller.ctx, id, &change, key).await?;
    Ok(StatusCode::NO_CONTENT)
}
