//! The Co-WIN contract. Generations 1, 2 and 4 share their paths where clients used them so.

mod auth;
pub(crate) mod body;
mod captcha;
mod error;
pub(crate) mod person;
mod protected;
mod public;
mod reports;
pub(crate) mod shape;
pub(crate) mod sold_out;
pub(crate) use protected::pdf;
mod vaccinator;

use axum::{
    Router,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};

use crate::{Web, problem::Problem};

pub(crate) fn routes() -> Router<Web> {
    let mut router = Router::new();
    // v4 is v2 with the fields of the precaution dose, which v2 carries too.
    for version in ["v2", "v4"] {
        router = router.merge(versioned(version));
    }
    router
        .route("/api/v1/auth/guest/login", post(auth::guest))
        .route("/api/v3/vaccination/generateOTP", post(auth::generate_status))
        .route("/api/v3/vaccination/confirmOTP", post(auth::confirm_status))
        .route("/api/v3/vaccination/status", get(protected::vaccination_status))
        .route("/api/v1/reports/v2/getPublicReports", get(reports::public_reports))
        .route("/api/v1/reports/v2/getVacPublicReports", get(reports::vaccination_reports))
        .route("/assets/json/csvjson.json", get(reports::districts))
}

fn versioned(version: &str) -> Router<Web> {
    let path = |rest: &str| format!("/api/{version}/{rest}");
    Router::new()
        .route(&path("auth/public/generateOTP"), post(auth::generate_public))
        .route(&path("auth/public/confirmOTP"), post(auth::confirm_public))
        .route(&path("auth/generateOTP"), post(auth::generate_partner))
        .route(&path("auth/confirmOTP"), post(auth::confirm_partner))
        .route(&path("auth/generateMobileOTP"), post(auth::generate_web))
        .route(&path("auth/validateMobileOtp"), post(auth::confirm_web))
        .route(&path("auth/getRecaptcha"), post(auth::captcha))
        .route(&path("admin/location/states"), get(public::states))
        .route(&path("admin/location/districts/{state_id}"), get(public::districts))
        .route(&path("appointment/sessions/public/findByPin"), get(public::find_by_pin))
        .route(&path("appointment/sessions/public/findByDistrict"), get(public::find_by_district))
        .route(&path("appointment/sessions/public/calendarByPin"), get(public::calendar_by_pin))
        .route(
            &path("appointment/sessions/public/calendarByDistrict"),
            get(public::calendar_by_district),
        )
        .route(
            &path("appointment/sessions/public/calendarByCenter"),
            get(public::calendar_by_center),
        )
        .route(&path("appointment/centers/public/findByLatLong"), get(public::find_by_lat_long))
        .route(&path("appointment/centers/findByLatLong"), get(public::find_by_lat_long))
        .route(&path("appointment/sessions/findByPin"), get(protected::find_by_pin))
        .route(&path("appointment/sessions/findByDistrict"), get(protected::find_by_district))
        .route(&path("appointment/sessions/calendarByPin"), get(protected::calendar_by_pin))
        .route(
            &path("appointment/sessions/calendarByDistrict"),
            get(protected::calendar_by_district),
        )
        .route(&path("registration/beneficiary/idTypes"), get(public::id_types))
        .route(&path("registration/beneficiary/genders"), get(public::genders))
        .route(&path("registration/beneficiary/new"), post(protected::enrol))
        .route(&path("registration/beneficiary/delete"), post(protected::remove))
        .route(&path("appointment/beneficiaries"), get(protected::beneficiaries))
        .route(&path("appointment/schedule"), post(protected::schedule))
        .route(&path("appointment/reschedule"), post(protected::reschedule))
        .route(&path("appointment/cancel"), post(protected::cancel))
        .route(&path("appointment/appointmentslip/download"), get(protected::slip))
        .route(&path("registration/certificate/download"), get(protected::certificate))
        .route(
            &path("registration/certificate/public/download"),
            get(protected::certificate_public),
        )
        .route(&path("vaccinator/beneficiaries/new"), post(vaccinator::enrol))
        .route(
            &path("vaccinator/beneficiaries/findByReferenceId"),
            get(vaccinator::by_reference_id),
        )
        .route(&path("vaccinator/beneficiaries/findByMobile"), get(vaccinator::by_mobile))
        .route(&path("vaccinator/onspots/schedule"), post(vaccinator::schedule))
        .route(&path("vaccinator/beneficiaries/vaccinate"), post(vaccinator::vaccinate))
        .route(&path("vaccinator/certificate/download"), get(vaccinator::certificate))
}

/// What browsers ask before a call from another origin.
pub(crate) fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(header::ACCESS_CONTROL_ALLOW_METHODS, "GET,POST,PUT,DELETE,OPTIONS");
    set(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        "Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token,Idempotency-Key",
    );
    set(header::ACCESS_CONTROL_MAX_AGE, "86400");
    response
}

/// What a body says is right about whom, under the contract's names.
pub(crate) fn read_change(
    bytes: &axum::body::Bytes,
    today: jiff::civil::Date,
) -> Result<(String, app::correction::Change), Problem> {
    let wrong = || Problem::invalid("expected a beneficiary_reference_id");
    let body = body::Body::read(bytes).map_err(|_| wrong())?;
    let reference = body.text("beneficiary_reference_id").ok_or_else(wrong)?;
    let change = body.change(today).map_err(app::Error::from)?;
    Ok((reference, change))
}

/// What a body gives for travel.
pub(crate) fn read_travel(
    bytes: &axum::body::Bytes,
    today: jiff::civil::Date,
) -> Result<domain::travel::TravelDetails, Problem> {
    let wrong =
        "expected birth_date, passport_number and nationality, and guardian_name if there is one";
    let body = body::Body::read(bytes).map_err(|_| Problem::invalid(wrong))?;
    Ok(body.travel(today).map_err(app::Error::from)?)
}

/// A merge, as a body asks for it.
pub(crate) struct WantedMerge {
    /// The number of the record that stays.
    pub(crate) stays: String,
    /// The number of the record that goes.
    pub(crate) goes: String,
    /// The code of one of its appointments.
    pub(crate) code: Option<String>,
    /// The proof that its mobile is the resident's, too.
    pub(crate) proof: Option<String>,
}

/// A merge in a body.
pub(crate) fn read_merge(bytes: &axum::body::Bytes) -> Result<WantedMerge, Problem> {
    let wrong =
        || Problem::invalid("expected a beneficiary_reference_id and a merged_reference_id");
    let body = body::Body::read(bytes).map_err(|_| wrong())?;
    Ok(WantedMerge {
        stays: body.text("beneficiary_reference_id").ok_or_else(wrong)?,
        goes: body.text("merged_reference_id").ok_or_else(wrong)?,
        code: body.text("merged_code"),
        proof: body.text("merged_proof"),
    })
}

/// A mobile in a body.
pub(crate) fn read_mobile(bytes: &axum::body::Bytes) -> Result<domain::person::Mobile, Problem> {
    let body = body::Body::read(bytes).and_then(|body| body.mobile());
    body.map_err(|_| app::Error::BadDetail(domain::person::BadDetail::Mobile).into())
}

/// A one-time password in a body, told as its digest, and the transaction that it is of.
pub(crate) fn read_otp(bytes: &axum::body::Bytes) -> Result<(uuid::Uuid, String), Problem> {
    let wrong = || Problem::invalid("expected an otp and a txnId");
    let body = body::Body::read(bytes).map_err(|_| wrong())?;
    let otp = body.text("otp").ok_or_else(wrong)?;
    let transaction = body.text("txnId").ok_or_else(wrong)?;
    // An id that is none of ours is like one that has expired.
    let transaction = uuid::Uuid::try_parse(&transaction).unwrap_or_default();
    Ok((transaction, otp))
}

/// What a body reports.
pub(crate) fn read_report(
    bytes: &axum::body::Bytes,
) -> Result<domain::reported::Reported, Problem> {
    let body = body::Body::read(bytes).map_err(|_| {
        Problem::invalid("expected seen, and found_at, reach and claimed or none of them")
    })?;
    Ok(body.report()?)
}

/// What a body of the contract tells about a person.
pub(crate) fn read_details(
    bytes: &axum::body::Bytes,
    today: jiff::civil::Date,
) -> Result<domain::person::Details, ()> {
    let body = body::Body::read(bytes).map_err(|_| ())?;
    body.details(today).map_err(|_| ())
}
