//! Calls of a state government's program, by its key. Where the contract would let it look people
//! up, it answers only with what the person presented, else 403.

use app::{Ctx, booking::Wish, doses::Given};
use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State},
    response::Response,
};
use domain::{
    id::{DoseId, FacilityId},
    person::Mobile,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    body::{Body, optional_day},
    error::{Answer, Fault, bad, missing},
    person::View,
    protected::{by_reference, idempotency_key, pdf, people},
};
use crate::{Web, caller::Caller, form::Query};

fn program(web: &Web, caller: &Caller) -> Answer<Ctx> {
    caller.state_program(web).ok_or(Fault::Forbidden)
}

pub(super) async fn enrol(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Answer<Json<Value>> {
    let ctx = program(&web, &caller)?;
    let body = Body::read(&body)?;
    let (details, mobile) = (body.details(ctx.today())?, body.mobile()?);
    let key = idempotency_key(&caller)?;
    let enrolled = web.0.platform.enrol_walk_in(&ctx, &mobile, &details, key).await;
    let id = enrolled.map_err(|error| web.fault(error))?;
    let reference = web.0.platform.reference(id).to_string();
    Ok(Json(json!({ "beneficiary_reference_id": reference })))
}

/// A person by reference number, if the four-digit code of an appointment comes with it.
pub(super) async fn by_reference_id(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Answer<Json<Value>> {
    let ctx = program(&web, &caller)?;
    let query = Query::parse(query.as_deref());
    let reference = query.get("beneficiary_reference_id").ok_or_else(missing)?;
    let code = query.get("secret_code").unwrap_or("");
    let shown = web.0.platform.present_to_program(&ctx, reference, code).await;
    let person = shown.map_err(|error| web.fault(error))?;
    let people = [person];
    let view = View::new(&web, &caller, &people).await.map_err(|error| web.fault(error))?;
    Ok(Json(view.beneficiary(&people[0], "")))
}

/// People by mobile, if the one-time password sent to it comes with it.
pub(super) async fn by_mobile(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Answer<Json<Value>> {
    let ctx = program(&web, &caller)?;
    let query = Query::parse(query.as_deref());
    let mobile = query.get("mobile_number").ok_or_else(missing)?;
    let mobile = Mobile::parse(mobile).map_err(|why| web.fault(why.into()))?;
    let presented =
        query.get("txnId").and_then(|id| Uuid::try_parse(id).ok()).zip(query.get("otp"));
    let Some((transaction, otp)) = presented else {
        return Err(web.fault(app::Error::WrongPresence));
    };
    let platform = &web.0.platform;
    let presented = platform.present_mobile_to_program(&ctx, &mobile, (transaction, otp)).await;
    let people = presented.map_err(|error| web.fault(error))?;
    let view = View::new(&web, &caller, &people).await.map_err(|error| web.fault(error))?;
    Ok(Json(view.list(&people, mobile.last_four())))
}

pub(super) async fn schedule(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Answer<Json<Value>> {
    let ctx = program(&web, &caller)?;
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
    let booked = web.0.platform.book_on_spot(&ctx, &wish).await;
    let id = booked.map_err(|error| web.fault(error))?;
    Ok(Json(json!({ "appointment_confirmation_no": id.0, "appointment_id": id.0 })))
}

pub(super) async fn vaccinate(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Answer<Json<Value>> {
    let ctx = program(&web, &caller)?;
    let body = Body::read(&body)?;
    let reference = body.text("beneficiary_reference_id");
    let beneficiary = by_reference(&web, reference.as_deref())?;
    let facility = FacilityId(body.number("center_id").ok_or_else(missing)?);
    if web.0.platform.inventory().facility(facility).is_none() {
        return Err(bad("APPOIN0006", "Could not find any center for provided centerid"));
    }
    let number = body.dose()?;
    let date = match number {
        Some(2) => optional_day(&body, "dose2_date")?,
        _ => optional_day(&body, "dose1_date")?,
    };
    let text = |name| body.text(name).ok_or_else(missing);
    let (vaccine, lot, vaccinator) =
        (text("vaccine")?, text("vaccine_batch")?, text("vaccinator_name")?);
    // The call carries no id: what is said about the same person in the same words is the same
    // dose. In other words it is another, and then its place in the series is taken.
    let named = format!(
        "{}|{}|{}|{vaccine}|{lot}|{vaccinator}|{date:?}",
        beneficiary.number(),
        number.unwrap_or(0),
        facility.0,
    );
    let given = Given {
        id: DoseId(Uuid::new_v5(&Uuid::NAMESPACE_OID, named.as_bytes())),
        number,
        vaccine: &vaccine,
        lot: &lot,
        vaccinator: &vaccinator,
        given_on: date,
    };
    let recorded =
        web.0.platform.record_dose_by_appointment(&ctx, facility, beneficiary, &given).await;
    let dose = recorded.map_err(|error| web.fault(error))?;
    Ok(Json(json!({
        "beneficiary_reference_id": web.0.platform.reference(beneficiary).to_string(),
        "dose": dose.number,
    })))
}

/// A certificate, if the four-digit code comes with the reference number.
pub(super) async fn certificate(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let ctx = program(&web, &caller)?;
    let query = Query::parse(query.as_deref());
    let reference = query.get("beneficiary_reference_id").ok_or_else(missing)?;
    let code = query.get("secret_code").unwrap_or("");
    let printed = web.0.platform.print_for_program(&ctx, reference, code).await;
    printed.map(pdf).map_err(|error| web.fault(error))
}
