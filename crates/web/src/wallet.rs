//! What wallets speak to get a certificate: `OpenID4VCI` 1.0, the flow
//! with a pre-authorized code, and the documents by which they find their way. Errors are those of
//! that protocol and of `OAuth`.

mod refusal;

use app::wallet::{CONFIGURATION, GRANT, TOKEN_LIFE};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::{
        HeaderMap, Uri,
        header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, PRAGMA},
    },
    response::IntoResponse,
    routing::{get, post},
};
use serde_json::{Value, json};

use self::refusal::Refusal;
pub(crate) use self::refusal::refused_by_us;
use crate::{
    Web,
    caller::{Caller, bearer},
    form::Query,
    problem::Problem,
};

/// Where its calls are.
pub(crate) const CALLS: &str = "/api/openid4vci/";
const TOKEN: &str = "/api/openid4vci/token";
const NONCE: &str = "/api/openid4vci/nonce";
const CREDENTIAL: &str = "/api/openid4vci/credential";

/// The largest body: a proof with the attestation of a key has some 4 kB.
const MOST_BYTES: usize = 16 * 1024;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/api/openid4vci/token", post(token))
        .route("/api/openid4vci/nonce", post(nonce))
        .route("/api/openid4vci/credential", post(credential))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .route("/.well-known/openid-credential-issuer", get(issuer))
        .route("/.well-known/openid-credential-issuer/{*path}", get(issuer))
        .route("/.well-known/oauth-authorization-server", get(authorization))
        .route("/.well-known/oauth-authorization-server/{*path}", get(authorization))
        .route("/.well-known/jwt-vc-issuer", get(keys))
        .route("/.well-known/jwt-vc-issuer/{*path}", get(keys))
}

/// Gives a token for a code and the six digits that were sent.
async fn token(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<impl IntoResponse, Refusal> {
    let body = body?;
    if !is_of_type(&headers, "application/x-www-form-urlencoded") {
        return Err(Refusal::request("expected a form in the body"));
    }
    let form = Query::form(&body);
    let one = |name| {
        if form.all(name).count() > 1 {
            return Err(Refusal::request("a parameter is repeated"));
        }
        Ok(form.get(name))
    };
    let missing = || Refusal::request("grant_type, pre-authorized_code or tx_code is missing");
    if one("grant_type")?.ok_or_else(missing)? != GRANT {
        return Err(Refusal::new("unsupported_grant_type", "only codes of offers are taken"));
    }
    if one("authorization_details")?.is_some() {
        let text = "an offer is for one certificate, which needs no details";
        return Err(Refusal::new("invalid_authorization_details", text));
    }
    let code = one("pre-authorized_code")?.ok_or_else(missing)?;
    let digits = one("tx_code")?.ok_or_else(missing)?;
    let token = web.0.platform.redeem_offer(&caller.ctx, code, digits).await?;
    Ok(secret(&json!({
        "access_token": token.expose(),
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFE.as_secs(),
    })))
}

/// Gives a number to prove a key over.
async fn nonce(State(web): State<Web>, caller: Caller) -> Result<impl IntoResponse, Refusal> {
    let platform = &web.0.platform;
    platform.wallet_issuer()?;
    Ok(secret(&json!({ "c_nonce": platform.wallet_nonce(&caller.ctx) })))
}

/// Issues the certificate that a token is for.
async fn credential(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<impl IntoResponse, Refusal> {
    let body = body?;
    let token = bearer(&headers).ok_or_else(Refusal::without_token)?;
    if !is_of_type(&headers, "application/json") {
        return Err(Refusal::new(MALFORMED, "expected JSON in the body"));
    }
    let proof = proof(&body)?;
    let credential = web.0.platform.issue_to_wallet(&caller.ctx, token, &proof).await?;
    Ok(secret(&json!({ "credentials": [{ "credential": credential }] })))
}

const MALFORMED: &str = "invalid_credential_request";

/// The proof of a request for the certificate.
///
/// # Source
///
/// `OpenID4VCI` 1.0, sections 8.2 and 8.3.1.2.
fn proof(body: &[u8]) -> Result<String, Refusal> {
    let asked: Value = serde_json::from_slice(body)
        .map_err(|_| Refusal::new(MALFORMED, "the body is not JSON"))?;
    if asked.get("credential_response_encryption").is_some() {
        let text = "answers are not encrypted here beyond TLS";
        return Err(Refusal::new("invalid_encryption_parameters", text));
    }
    if asked.get("credential_identifier").is_some() {
        let text = "no identifier was given with the token";
        return Err(Refusal::new("unknown_credential_identifier", text));
    }
    match asked.get("credential_configuration_id") {
        Some(Value::String(name)) if name == CONFIGURATION => {}
        Some(Value::String(_)) => {
            let text = "there is no such configuration";
            return Err(Refusal::new("unknown_credential_configuration", text));
        }
        _ => return Err(Refusal::new(MALFORMED, "expected a credential_configuration_id")),
    }
    let proofs = asked["proofs"].as_object().filter(|proofs| proofs.len() == 1);
    let proofs = proofs.and_then(|proofs| proofs.get("jwt")?.as_array());
    match proofs.map(Vec::as_slice) {
        Some([Value::String(proof)]) => Ok(proof.clone()),
        _ => Err(Refusal::new("invalid_proof", "expected proofs with one jwt")),
    }
}

/// Whether a body says that it is of a media type.
fn is_of_type(headers: &HeaderMap, kind: &str) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(';').next().is_some_and(|said| said.trim().eq_ignore_ascii_case(kind))
}

/// An answer that nobody keeps.
fn secret(value: &Value) -> impl IntoResponse + use<> {
    ([(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")], Json(value.clone()))
}

/// What is issued here, and where.
async fn issuer(State(web): State<Web>, uri: Uri) -> Result<impl IntoResponse, Problem> {
    let address = address(&web, &uri, "/.well-known/openid-credential-issuer")?;
    let platform = &web.0.platform;
    Ok(open(&json!({
        "credential_issuer": address,
        "credential_endpoint": format!("{address}{CREDENTIAL}"),
        "nonce_endpoint": format!("{address}{NONCE}"),
        "display": [{ "name": platform.settings().issuer, "locale": "en" }],
        "credential_configurations_supported": { CONFIGURATION: platform.wallet_configuration() },
    })))
}

/// Where a code is taken.
///
/// # Source
///
/// RFC 8414, section 2; `OpenID4VCI` 1.0, section 12.3: what only
/// supports this grant leaves out `response_types_supported`.
async fn authorization(State(web): State<Web>, uri: Uri) -> Result<impl IntoResponse, Problem> {
    let address = address(&web, &uri, "/.well-known/oauth-authorization-server")?;
    Ok(open(&json!({
        "issuer": address,
        "token_endpoint": format!("{address}{TOKEN}"),
        "grant_types_supported": [GRANT],
        "token_endpoint_auth_methods_supported": ["none"],
        "scopes_supported": [CONFIGURATION],
        "pre-authorized_grant_anonymous_access_supported": true,
    })))
}

/// The keys of certificates for wallets, for who verifies one.
///
/// # Source
///
/// draft-ietf-oauth-sd-jwt-vc, section 4.
async fn keys(
    State(web): State<Web>,
    caller: Caller,
    uri: Uri,
) -> Result<impl IntoResponse, Problem> {
    let address = address(&web, &uri, "/.well-known/jwt-vc-issuer")?;
    let keys = web.0.platform.wallet_keys(caller.ctx.now);
    Ok(open(&json!({ "issuer": address, "jwks": keys })))
}

/// Our address, if a document is asked for at its own place: the path of the address stands behind
/// the document's name.
fn address<'a>(web: &'a Web, uri: &Uri, document: &str) -> Result<&'a str, Problem> {
    let address =
        web.0.platform.settings().public_address.as_deref().ok_or(app::Error::NotFound)?;
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let path = host.find('/').map_or("", |begin| &host[begin..]);
    let asked = uri.path().strip_prefix(document);
    if asked == Some(path) { Ok(address) } else { Err(app::Error::NotFound.into()) }
}

/// A document that wallets on other pages may read, too.
fn open(document: &Value) -> impl IntoResponse + use<> {
    ([(CACHE_CONTROL, "no-cache"), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(document.clone()))
}
