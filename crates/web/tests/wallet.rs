//! What wallets speak, call by call: the documents by which they find their way, their errors, and
//! the page that makes them an offer.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use app::settings::{Limits, Settings};
use axum::{body::Body, extract::ConnectInfo, http::Request};
use certs::{
    sd_jwt::{Asked, disclosed, prove_possession},
    signature::{PublicKey, Scheme},
    signer::key::{LocalKey, SigningKey, make_key},
};
use common::{Answer, Server, between, page, vaccinate};
use jiff::SignedDuration;
use serde_json::{Value, json};

const MOBILE: &str = "7500000001";
const ISSUER: &str = "https://teeka.example";
const TOKEN: &str = "/api/openid4vci/token";
const NONCE: &str = "/api/openid4vci/nonce";
const CREDENTIAL: &str = "/api/openid4vci/credential";
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

fn settings() -> Settings {
    Settings { limits: None, public_address: Some(ISSUER.to_owned()), ..Settings::default() }
}

/// A server with a vaccinated person on a mobile: the token, and the number of the person.
async fn family(settings: Settings) -> (Server, String, String) {
    let server = Server::start(settings).await;
    let token = server.sign_in(MOBILE).await;
    let reference = server.register(&token, 1, "1980").await;
    vaccinate(&server, MOBILE, &reference).await;
    (server, token, reference)
}

async fn send(server: &Server, request: axum::http::request::Builder, body: &str) -> Answer {
    let address = std::net::SocketAddr::from(([10, 0, 0, 1], 1));
    let request = request.extension(ConnectInfo(address)).body(Body::from(body.to_owned()));
    server.send(request.unwrap()).await
}

async fn post(server: &Server, path: &str, kind: &str, token: &str, body: &str) -> Answer {
    let mut request = Request::post(path).header("content-type", kind);
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    send(server, request, body).await
}

/// An error of the protocol: its status and code, and that nobody keeps it.
fn refused(answer: &Answer, status: u16, error: &str) {
    let said = answer.value();
    assert_eq!((answer.status, &said["error"]), (status, &error.into()), "{said}");
    assert_eq!(answer.header("content-type"), Some(JSON));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    // RFC 6749, section 5.2.
    let allowed = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    assert!(said["error_description"].as_str().unwrap().chars().all(allowed), "{said}");
}

/// The offer of a link.
fn read(link: &str) -> Value {
    let offer = link.strip_prefix("openid-credential-offer://?credential_offer=").unwrap();
    let offer = percent_encoding::percent_decode_str(offer).decode_utf8().unwrap();
    serde_json::from_str(&offer).unwrap()
}

/// The six digits that were sent last.
async fn digits(server: &Server) -> String {
    server.world.advance(SignedDuration::from_millis(2));
    let now = server.world.now();
    let store = server.world.platform.store();
    let mut sent = store.lease_messages(now, now, 1_000).await.unwrap();
    sent.retain(|message| message.kind == "wallet");
    sent.sort_by_key(|message| message.id);
    let opened = server
        .world
        .platform
        .open_message(&server.world.ctx(app::Actor::System), sent.last().unwrap())
        .await
        .unwrap()
        .unwrap();
    opened.text.expose().split_once("wallet is ").unwrap().1[..6].to_owned()
}

/// A code, and a form that takes it up.
async fn offered(server: &Server, token: &str, reference: &str) -> (String, String) {
    let call = format!("/api/teeka/v1/beneficiaries/{reference}/wallet-offers");
    let answer = post(server, &call, JSON, token, "").await;
    assert_eq!(answer.status, 200, "{}", answer.value());
    assert_eq!(answer.value()["expires_in"], 300);
    let offer = read(answer.value()["link"].as_str().unwrap());
    let code = offer["grants"][app::wallet::GRANT]["pre-authorized_code"].as_str().unwrap();
    (code.to_owned(), form(code, &digits(server).await))
}

fn form(code: &str, digits: &str) -> String {
    let grant = app::wallet::GRANT;
    format!("grant_type={grant}&pre-authorized_code={code}&tx_code={digits}")
}

/// A token for the person's certificate.
async fn wallet_token(server: &Server, token: &str, reference: &str) -> String {
    let (_, form) = offered(server, token, reference).await;
    let answer = post(server, TOKEN, FORM, "", &form).await;
    assert_eq!(answer.status, 200, "{}", answer.value());
    answer.value()["access_token"].as_str().unwrap().to_owned()
}

fn key() -> LocalKey {
    LocalKey::from_pem(&make_key(Scheme::Es256).unwrap()).unwrap()
}

async fn proof(server: &Server, key: &LocalKey) -> String {
    let answer = post(server, NONCE, FORM, "", "").await;
    let nonce = answer.value()["c_nonce"].as_str().unwrap().to_owned();
    let asked = Asked { audience: ISSUER, nonce: &nonce };
    prove_possession(key, &asked, server.world.now().as_second()).unwrap()
}

fn request(proof: &str) -> Value {
    json!({ "credential_configuration_id": "vaccination", "proofs": { "jwt": [proof] } })
}

#[tokio::test]
async fn a_wallet_finds_its_way_by_the_documents() {
    let (server, token, reference) = family(settings()).await;
    let issuer = server.get("/.well-known/openid-credential-issuer", None).await;
    assert_eq!(issuer.header("access-control-allow-origin"), Some("*"));
    let issuer = issuer.value();
    assert_eq!(issuer["credential_issuer"], ISSUER);
    let configurations = issuer["credential_configurations_supported"].as_object().unwrap();
    assert_eq!(configurations.keys().collect::<Vec<_>>(), ["vaccination"]);
    let configuration = &configurations["vaccination"];
    assert_eq!(configuration["format"], "dc+sd-jwt");
    let server_of = server.get("/.well-known/oauth-authorization-server", None).await.value();
    assert_eq!(server_of["issuer"], ISSUER);
    assert_eq!(server_of["grant_types_supported"], json!([app::wallet::GRANT]));
    let path = |address: &Value| address.as_str().unwrap().strip_prefix(ISSUER).unwrap().to_owned();

    let (_, form) = offered(&server, &token, &reference).await;
    let given = post(&server, &path(&server_of["token_endpoint"]), FORM, "", &form).await;
    assert_eq!((given.status, given.header("cache-control")), (200, Some("no-store")));
    let given = given.value();
    assert_eq!((&given["token_type"], &given["expires_in"]), (&"Bearer".into(), &300.into()));
    let nonce = post(&server, &path(&issuer["nonce_endpoint"]), FORM, "", "").await;
    assert_eq!((nonce.status, nonce.header("cache-control")), (200, Some("no-store")));
    let nonce = nonce.value()["c_nonce"].as_str().unwrap().to_owned();
    let wallet = key();
    let asked = Asked { audience: ISSUER, nonce: &nonce };
    let proof = prove_possession(&wallet, &asked, server.world.now().as_second()).unwrap();
    let bearer = given["access_token"].as_str().unwrap();
    let place = path(&issuer["credential_endpoint"]);
    let issued = post(&server, &place, JSON, bearer, &request(&proof).to_string()).await;
    assert_eq!((issued.status, issued.header("cache-control")), (200, Some("no-store")));
    let credential = issued.value()["credentials"][0]["credential"].as_str().unwrap().to_owned();

    // The key of the issuer is where verifiers look for it, and is for wallets only.
    let keys = server.get("/.well-known/jwt-vc-issuer", None).await.value();
    assert_eq!(
        (&keys["issuer"], keys["jwks"]["keys"].as_array().unwrap().len()),
        (&ISSUER.into(), 1)
    );
    let signer = PublicKey::from_jwk(&keys["jwks"]["keys"][0]).unwrap();
    let payload = disclosed(&credential, &signer).unwrap();
    assert_eq!(payload["cnf"]["jwk"], wallet.public_key().to_jwk());
    assert_eq!(payload["vct"], configuration["vct"]);
    assert_eq!((&payload["iss"], &payload["name"]), (&ISSUER.into(), &"Asha Demo".into()));
    // What the metadata says can be shown is what can be shown.
    for claim in configuration["credential_metadata"]["claims"].as_array().unwrap() {
        assert!(payload.get(claim["path"][0].as_str().unwrap()).is_some(), "{claim}");
    }
}

#[tokio::test]
async fn a_token_request_that_is_not_right_has_its_code() {
    let (server, token, reference) = family(settings()).await;
    let (code, good) = offered(&server, &token, &reference).await;
    let grant = "grant_type=urn:ietf:params:oauth:grant-type:pre-authorized_code";
    for (body, error) in [
        ("", "invalid_request"),
        ("tx_code=1", "invalid_request"),
        (grant, "invalid_request"),
        (&format!("{grant}&pre-authorized_code={code}"), "invalid_request"),
        (&format!("{grant}&tx_code=123456"), "invalid_request"),
        (&format!("{good}&tx_code=123456"), "invalid_request"),
        (&format!("{good}&grant_type=x"), "invalid_request"),
        (&good.replace("urn:", "x"), "unsupported_grant_type"),
        ("grant_type=authorization_code&code=1", "unsupported_grant_type"),
        (&format!("{good}&authorization_details=[]"), "invalid_authorization_details"),
        (&form(&"A".repeat(43), "123456"), "invalid_grant"),
        (&form("%00%ff", "%f0%9f%92%89"), "invalid_request"),
        (&form("💉", "💉"), "invalid_grant"),
    ] {
        refused(&post(&server, TOKEN, FORM, "", body).await, 400, error);
    }
    refused(&post(&server, TOKEN, JSON, "", &good).await, 400, "invalid_request");
    let long = format!("{good}&client_id={}", "a".repeat(16 * 1024));
    refused(&post(&server, TOKEN, FORM, "", &long).await, 413, "invalid_request");
    refused(&send(&server, Request::get(TOKEN), "").await, 405, "invalid_request");
    // What is not known is ignored, and all of that left the offer as it was.
    let more = format!("{good}&client_id=a-wallet&resource=https%3A%2F%2Fteeka.example&x=1&x=2");
    assert_eq!(post(&server, TOKEN, FORM, "", &more).await.status, 200);
    refused(&post(&server, TOKEN, FORM, "", &good).await, 400, "invalid_grant");
}

#[tokio::test]
async fn wrong_digits_are_told_like_a_wrong_code_and_three_void_the_offer() {
    let (server, token, reference) = family(settings()).await;
    let (code, good) = offered(&server, &token, &reference).await;
    let nobodys = post(&server, TOKEN, FORM, "", &form(&"A".repeat(43), "123456")).await;
    for _ in 0..3 {
        let wrong = post(&server, TOKEN, FORM, "", &form(&code, "x")).await;
        refused(&wrong, 400, "invalid_grant");
        assert_eq!(wrong.bytes, nobodys.bytes);
    }
    refused(&post(&server, TOKEN, FORM, "", &good).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_request_for_the_certificate_that_is_not_right_has_its_code() {
    let (server, token, reference) = family(settings()).await;
    let bearer = wallet_token(&server, &token, &reference).await;
    let wallet = key();
    let good = request(&proof(&server, &wallet).await);
    let with = |name: &str, value: Value| {
        let mut changed = good.clone();
        changed[name] = value;
        changed.to_string()
    };
    let jwt = good["proofs"]["jwt"][0].clone();
    let elsewhere = Asked { audience: "https://other.example", nonce: "1" };
    let now = server.world.now().as_second();
    let elsewhere = prove_possession(&wallet, &elsewhere, now).unwrap();
    let unknown = Asked { audience: ISSUER, nonce: "1" };
    let unknown = prove_possession(&wallet, &unknown, now).unwrap();
    for (body, error) in [
        (String::new(), "invalid_credential_request"),
        ("[]".to_owned(), "invalid_credential_request"),
        ("[".repeat(10_000), "invalid_credential_request"),
        (with("credential_configuration_id", Value::Null), "invalid_credential_request"),
        (with("credential_configuration_id", 1.into()), "invalid_credential_request"),
        (with("credential_configuration_id", "x".into()), "unknown_credential_configuration"),
        (with("credential_identifier", "x".into()), "unknown_credential_identifier"),
        (with("credential_response_encryption", json!({})), "invalid_encryption_parameters"),
        (with("proofs", Value::Null), "invalid_proof"),
        (with("proofs", json!({})), "invalid_proof"),
        (with("proofs", json!({ "jwt": [] })), "invalid_proof"),
        (with("proofs", json!({ "jwt": [jwt, jwt] })), "invalid_proof"),
        (with("proofs", json!({ "jwt": [jwt], "di_vp": [] })), "invalid_proof"),
        (with("proofs", json!({ "jwt": [1] })), "invalid_proof"),
        (with("proofs", json!({ "jwt": ["💉"] })), "invalid_proof"),
        (with("proofs", json!({ "jwt": [elsewhere] })), "invalid_proof"),
        (with("proofs", json!({ "jwt": [unknown] })), "invalid_nonce"),
    ] {
        refused(&post(&server, CREDENTIAL, JSON, &bearer, &body).await, 400, error);
    }
    let body = good.to_string();
    let other_type = post(&server, CREDENTIAL, FORM, &bearer, &body).await;
    refused(&other_type, 400, "invalid_credential_request");
    let long = with("x", "a".repeat(16 * 1024).into());
    refused(&post(&server, CREDENTIAL, JSON, &bearer, &long).await, 413, "invalid_request");
    // All of that left token and proof as they were.
    assert_eq!(post(&server, CREDENTIAL, JSON, &bearer, &body).await.status, 200);
    let again = request(&proof(&server, &wallet).await).to_string();
    let used = post(&server, CREDENTIAL, JSON, &bearer, &again).await;
    refused(&used, 401, "invalid_token");
    assert_eq!(used.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    // And a proof counts once, whoever brings it.
    let other = wallet_token(&server, &token, &reference).await;
    refused(&post(&server, CREDENTIAL, JSON, &other, &body).await, 400, "invalid_nonce");
}

#[tokio::test]
async fn a_token_opens_the_certificate_and_nothing_else() {
    let (server, token, reference) = family(settings()).await;
    let bearer = wallet_token(&server, &token, &reference).await;
    let people = "/api/v2/appointment/beneficiaries";
    assert_eq!(server.get(people, Some(&bearer)).await.status, 401);
    let page = page(&server, "/people", Some(&bearer)).await;
    assert_eq!(page.status, 303, "to the sign-in");
    let body = request(&proof(&server, &key()).await).to_string();
    let resident = post(&server, CREDENTIAL, JSON, &token, &body).await;
    refused(&resident, 401, "invalid_token");
    let nobody = post(&server, CREDENTIAL, JSON, "", &body).await;
    refused(&nobody, 401, "invalid_token");
    assert_eq!(nobody.header("www-authenticate"), Some("Bearer"));
    // Nor does anybody get an offer for somebody else.
    let call = format!("/api/teeka/v1/beneficiaries/{reference}/wallet-offers");
    assert_eq!(post(&server, &call, JSON, "", "").await.status, 401);
    assert_eq!(post(&server, &call, JSON, &bearer, "").await.status, 401);
    let other = server.sign_in("7500000002").await;
    assert_eq!(post(&server, &call, JSON, &other, "").await.status, 404);
}

#[tokio::test]
async fn documents_stand_where_the_path_of_the_address_puts_them() {
    let address = "https://health.example:8443/in/teeka";
    let settings = Settings { public_address: Some(address.to_owned()), ..settings() };
    let server = Server::start(settings).await;
    for document in ["openid-credential-issuer", "oauth-authorization-server", "jwt-vc-issuer"] {
        let at = |path: &str| format!("/.well-known/{document}{path}");
        let found = server.get(&at("/in/teeka"), None).await;
        let said = found.value();
        let name =
            if document == "openid-credential-issuer" { "credential_issuer" } else { "issuer" };
        assert_eq!((found.status, &said[name]), (200, &address.into()), "{said}");
        for path in ["", "/", "/in", "/in/teeka/", "/in/teeka/x", "/in%2fteeka", "/%ff"] {
            assert_eq!(server.get(&at(path), None).await.status, 404, "{document}{path}");
        }
    }
    let none = Server::open().await;
    for document in ["openid-credential-issuer", "oauth-authorization-server", "jwt-vc-issuer"] {
        let path = format!("/.well-known/{document}");
        assert_eq!(none.get(&path, None).await.status, 404, "{document}");
    }
    let said = post(&none, NONCE, FORM, "", "").await;
    refused(&said, 400, "invalid_request");
    assert!(said.value()["error_description"].as_str().unwrap().contains("public https address"));
}

#[tokio::test]
async fn an_address_has_so_many_calls_signed_in_or_not() {
    let limits = Limits { calls_per_address: 4, ..Limits::default() };
    let (server, token, _) = family(Settings { limits: Some(limits), ..settings() }).await;
    for _ in 0..4 {
        assert_eq!(post(&server, NONCE, FORM, "", "").await.status, 200);
    }
    for (path, kind) in [(NONCE, FORM), (TOKEN, FORM), (CREDENTIAL, JSON)] {
        for bearer in ["", &token] {
            let stopped = post(&server, path, kind, bearer, "").await;
            refused(&stopped, 429, "temporarily_unavailable");
            let wait: u32 = stopped.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=300).contains(&wait));
        }
    }
}

#[tokio::test]
async fn the_page_shows_the_offer_and_not_the_digits() {
    let (server, token, _) = family(settings()).await;
    let people = page(&server, "/people", Some(&token)).await;
    let place =
        format!("/people/wallet?person={}", between(&people, "/people/wallet?person=", "\""));
    let asks = page(&server, &place, Some(&token)).await;
    assert_eq!(asks.status, 200);
    let text = String::from_utf8_lossy(&asks.bytes).into_owned();
    assert!(!text.contains("openid-credential-offer"), "looking at it makes no offer");
    let form = format!("person={}", between(&asks, "name=\"person\" value=\"", "\""));
    let posted = |form: String, origin: &'static str| {
        let request = Request::post("/people/wallet")
            .header("content-type", FORM)
            .header("sec-fetch-site", origin)
            .header("cookie", format!("teeka_sign_in={token}"));
        let server = &server;
        async move { send(server, request, &form).await }
    };
    assert_eq!(posted(form.clone(), "cross-site").await.status, 403);
    let shown = posted(form, "same-origin").await;
    assert_eq!(shown.status, 200);
    assert_eq!(shown.header("cache-control"), Some("private, no-store"));
    assert_eq!(shown.header("x-robots-tag"), Some("noindex"));
    let link = between(&shown, "href=\"openid-credential-offer", "\"").replace("&amp;", "&");
    let offer = read(&format!("openid-credential-offer{link}"));
    let text = String::from_utf8_lossy(&shown.bytes).into_owned();
    assert!(text.contains("<svg") && !text.contains("<script"));
    let digits = digits(&server).await;
    assert!(!text.contains(&format!(">{digits}<")) && !text.contains(&format!(" {digits} ")));
    let code = offer["grants"][app::wallet::GRANT]["pre-authorized_code"].as_str().unwrap();
    assert_eq!(post(&server, TOKEN, FORM, "", &self::form(code, &digits)).await.status, 200);
    // Somebody else's person is nobody's.
    let nobody =
        posted("person=3fa85f64-5717-4562-b3fc-2c963f66afa6".to_owned(), "same-origin").await;
    assert_eq!(nobody.status, 404);
}
