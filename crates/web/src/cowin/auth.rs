//! Sign-in calls: public, partner apps, the web app, and the status of someone who agrees.

use app::sign_in::{Audience, SignedIn};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use domain::person::Name;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    body::Body,
    captcha,
    error::{Answer, Fault, bad, missing},
};
use crate::{
    Web,
    caller::Caller,
    token::{Claims, Scope},
};

async fn generate(
    web: &Web,
    caller: &Caller,
    body: &Bytes,
    audience: Audience,
) -> Answer<Json<Value>> {
    let mobile = Body::read(body)?.mobile()?;
    let platform = &web.0.platform;
    let sent = platform.send_code(&caller.ctx, &mobile, audience, &caller.source).await;
    let transaction = sent.map_err(|error| web.fault(error))?;
    Ok(Json(json!({ "txnId": transaction })))
}

async fn confirm(
    web: &Web,
    caller: &Caller,
    body: &Bytes,
    audience: Audience,
) -> Answer<(SignedIn, Uuid)> {
    let body = Body::read(body)?;
    let otp = body.text("otp").ok_or_else(|| bad("USRAUT0012", "OTP is Required"))?;
    let transaction = body.text("txnId").ok_or_else(|| bad("USRAUT0013", "txnId is Required"))?;
    // An id that is none of ours is like one that has expired.
    let transaction = Uuid::try_parse(&transaction).map_err(|_| Fault::Unauthenticated)?;
    let confirmed = web.0.platform.confirm_code(&caller.ctx, transaction, &otp, audience).await;
    Ok((confirmed.map_err(|error| web.fault(error))?, transaction))
}

/// What the token of someone says: with their mobile, and the number of the last of their people.
async fn claims(
    web: &Web,
    caller: &Caller,
    signed_in: &SignedIn,
    transaction: Uuid,
    scope: Scope,
) -> Answer<Claims> {
    let now = caller.ctx.now.as_second();
    let mut claims = Claims {
        mobile_number: signed_in.mobile.expose().parse().unwrap_or(0),
        ..Claims::new(signed_in.account.uuid, transaction, now, scope)
    };
    if !signed_in.is_new {
        let ctx = caller.ctx.acting(claims.actor(signed_in.account));
        let people = web.0.platform.my_references(&ctx).await.map_err(|error| web.fault(error))?;
        claims.beneficiary_reference_id = people.last().copied().unwrap_or(0);
    }
    Ok(claims)
}

fn token_answer(web: &Web, claims: &Claims, is_new: bool) -> Json<Value> {
    let is_new = if is_new { "Y" } else { "N" };
    Json(json!({ "token": web.0.tokens.make(claims), "isNewAccount": is_new }))
}

pub(super) async fn generate_public(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Answer<Json<Value>> {
    generate(&web, &caller, &body, Audience::Public).await
}

/// Unlike the partner's call, it lets in only those who are registered.
pub(super) async fn confirm_public(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Answer<Json<Value>> {
    let (signed_in, transaction) = confirm(&web, &caller, &body, Audience::Public).await?;
    let claims = claims(&web, &caller, &signed_in, transaction, Scope::Public).await?;
    if claims.beneficiary_reference_id == 0 {
        return Err(bad("USRAUT0024", "Beneficiary Not Registered"));
    }
    Ok(token_answer(&web, &claims, false))
}

pub(super) async fn generate_partner(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Answer<Json<Value>> {
    if !caller.has_key() {
        return Err(Fault::Forbidden);
    }
    generate(&web, &caller, &body, Audience::Resident).await
}

pub(super) async fn confirm_partner(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Answer<Json<Value>> {
    if !caller.has_key() {
        return Err(Fault::Forbidden);
    }
    let (signed_in, transaction) = confirm(&web, &caller, &body, Audience::Resident).await?;
    let claims = claims(&web, &caller, &signed_in, transaction, Scope::Resident).await?;
    Ok(token_answer(&web, &claims, signed_in.is_new))
}

pub(super) async fn generate_web(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Answer<Json<Value>> {
    generate(&web, &caller, &body, Audience::Resident).await
}

/// The web app's token names the browser, as clients expect.
pub(super) async fn confirm_web(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Answer<Json<Value>> {
    let confirmed = confirm(&web, &caller, &body, Audience::Resident).await;
    let (signed_in, transaction) = confirmed?;
    let mut claims = claims(&web, &caller, &signed_in, transaction, Scope::Resident).await?;
    claims.secret_key = Some("b5cab167-7977-4df1-8027-a63aa144f04e".to_owned());
    claims.ua.clone_from(&caller.user_agent);
    Ok(token_answer(&web, &claims, signed_in.is_new))
}

/// Whether somebody of this name is registered is said only once the one-time password has come
/// back: not to whoever tries numbers.
pub(super) async fn generate_status(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Answer<Json<Value>> {
    let fields = Body::read(&body)?;
    let mobile = fields.mobile()?;
    let name = fields.text("full_name").ok_or_else(missing)?;
    Name::parse(&name).map_err(|why| bad("USRRES0001", why.to_string()))?;
    let sent = web.0.platform.send_status_code(&caller.ctx, &mobile, &name, &caller.source).await;
    let transaction = sent.map_err(|error| web.fault(error))?;
    Ok(Json(json!({ "txnId": transaction })))
}

/// Here a wrong one-time password is 401 and a missing one 400.
pub(super) async fn confirm_status(
    State(web): State<Web>,
    caller: Caller,
    body: Bytes,
) -> Answer<Json<Value>> {
    let confirmed = confirm(&web, &caller, &body, Audience::Status).await;
    let (signed_in, transaction) = confirmed.map_err(|fault| match fault {
        Fault::Coded(_, "USRAUT0014", _) => Fault::Unauthenticated,
        other => other,
    })?;
    let claims = claims(&web, &caller, &signed_in, transaction, Scope::Status).await?;
    let ctx = caller.ctx.acting(claims.actor(signed_in.account));
    match web.0.platform.my_status(&ctx, transaction).await {
        Ok(_) => Ok(Json(json!({ "token": web.0.tokens.make(&claims) }))),
        Err(app::Error::NotRegistered) => Err(bad("USRAUT0015", "Your account does not exist")),
        Err(error) => Err(web.fault(error)),
    }
}

/// Clients of the weeks in which the contract had a captcha ask for a picture, and send any text
/// back.
pub(super) async fn captcha(caller: Caller) -> Answer<Json<Value>> {
    if !caller.has(&[Scope::Resident]) {
        return Err(Fault::Unauthenticated);
    }
    Ok(Json(json!({ "captcha": captcha::draw(&caller.ctx) })))
}

/// A guest's token of the first generation: it opens nothing that is not public.
pub(super) async fn guest(State(web): State<Web>, caller: Caller, body: Bytes) -> Answer<Response> {
    Body::read(&body)?;
    let now = caller.ctx.now.as_second();
    let id = caller.ctx.random_uuid();
    let claims = Claims { user_type: "GUEST".to_owned(), ..Claims::new(id, id, now, Scope::Guest) };
    Ok(([(CONTENT_TYPE, "text/plain")], web.0.tokens.make(&claims)).into_response())
}
