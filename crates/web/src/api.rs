//! Our own API: what the contract lacks. Errors are RFC 9457.

use app::search::{Filter, Place};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{Html, IntoResponse},
    routing::{get, put},
};
use domain::{
    facility::FeeType,
    id::DistrictId,
    place::{Pincode, Position},
};
use serde_json::{Value, json};

use crate::{
    Web,
    caller::Caller,
    cowin::{read_details, shape},
    form::Query,
    openapi,
    problem::Problem,
    token::Scope,
};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/api/openapi.json", get(document))
        .route("/api", get(browse))
        .route("/api/teeka/v1/places", get(places))
        .route("/api/teeka/v1/sessions", get(sessions))
        .route("/api/teeka/v1/beneficiaries/{reference}", put(amend))
        .route("/.well-known/document-signers.pem", get(signers))
}

async fn document() -> impl IntoResponse {
    Json(openapi::document())
}

async fn browse() -> Html<String> {
    Html(openapi::page())
}

/// The certificates of whoever signs for this platform: what verifiers need.
async fn signers(State(web): State<Web>) -> impl IntoResponse {
    let pem = web.0.platform.signer_certificate().to_owned();
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
    let place = place(&query)?;
    let today = caller.ctx.today();
    let from = match query.get("from") {
        None => today,
        Some(text) => text.parse().map_err(|_| Problem::invalid("from must be yyyy-mm-dd"))?,
    };
    let number = |name, wrong| {
        query.get(name).map(str::parse).transpose().map_err(|_| Problem::invalid(wrong))
    };
    let filter = Filter {
        vaccine: query.get("vaccine").map(str::to_owned),
        fee_type: query.get("fee_type").and_then(FeeType::from_label),
        age: number("age", "age must be a number")?,
        dose_number: number("dose", "dose must be a number")?
            .map(u8::try_from)
            .transpose()
            .map_err(|_| Problem::invalid("dose must be a number"))?,
    };
    let offers = web.0.platform.find_sessions(&place, from, 7, &filter);
    let centers = offers.iter().map(|offer| shape::calendar(&web, offer, caller.twins));
    Ok(Json(json!({ "centers": centers.collect::<Value>() })))
}

fn place(query: &Query) -> Result<Place, Problem> {
    if let Some(text) = query.get("pincode") {
        let wrong = || Problem::invalid("pincode must be six digits, the first not zero");
        return Pincode::parse(text).map(Place::Pincode).ok_or_else(wrong);
    }
    if let Some(text) = query.get("district_id") {
        let id = text.parse().map_err(|_| Problem::invalid("district_id must be a number"))?;
        return Ok(Place::District(DistrictId(id)));
    }
    let degrees = |name| query.get(name).and_then(|text| text.parse::<f64>().ok());
    degrees("lat")
        .zip(degrees("long"))
        .and_then(|(latitude, longitude)| Position::in_country(latitude, longitude))
        .map(Place::Near)
        .ok_or_else(|| Problem::invalid("give pincode, district_id, or lat and long"))
}

/// Changes a person's details, until the first dose.
async fn amend(
    State(web): State<Web>,
    caller: Caller,
    Path(reference): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    if !caller.has(&[Scope::Resident]) {
        return Err(app::Error::Unauthenticated.into());
    }
    let id = web.0.platform.by_reference(&reference).ok_or(app::Error::NotFound)?;
    let details = read_details(&body, caller.ctx.today())
        .map_err(|()| Problem::invalid("expected the fields of registration/beneficiary/new"))?;
    web.0.platform.amend(&caller.ctx, id, &details).await?;
    Ok(StatusCode::NO_CONTENT)
}
