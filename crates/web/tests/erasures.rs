//! A resident asks by a call that a person be erased, takes it back, and has a certificate in the end.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use axum::{
    body::Body,
    http::{Method, Request},
};
use common::{Answer, Server};
use jiff::SignedDuration;

async fn call(server: &Server, method: Method, reference: &str, token: Option<&str>) -> Answer {
    let path = format!("/api/teeka/v1/beneficiaries/{reference}/erasure");
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    server.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn an_erasure_is_asked_for_taken_back_and_proven() {
    let server = Server::open().await;
    let token = server.sign_in("7500000001").await;
    let reference = server.register(&token, 1, "1980").await;
    let (own, put) = (Some(token.as_str()), Method::PUT);
    assert_eq!(call(&server, put.clone(), &reference, None).await.status, 401);
    let other = server.sign_in("7500000002").await;
    for method in [Method::PUT, Method::GET, Method::DELETE] {
        assert_eq!(call(&server, method, &reference, Some(&other)).await.status, 404);
    }
    assert_eq!(call(&server, Method::GET, &reference, own).await.status, 404, "not asked for yet");
    let asked = call(&server, put.clone(), &reference, own).await;
    assert_eq!(asked.status, 200);
    let asked = asked.value();
    assert_eq!(
        (&asked["reference"], asked["erased_at"].is_null()),
        (&reference.clone().into(), true)
    );
    // The first asking counts.
    server.world.advance(SignedDuration::from_mins(5));
    assert_eq!(
        call(&server, put.clone(), &reference, own).await.value()["due_at"],
        asked["due_at"]
    );
    assert_eq!(call(&server, Method::DELETE, &reference, own).await.status, 204);
    assert_eq!(call(&server, Method::DELETE, &reference, own).await.status, 404);
    call(&server, put, &reference, own).await;
    server.world.advance(SignedDuration::from_hours(24 * 8));
    let system = server.world.ctx(app::Actor::System);
    server.world.platform.sweep(&system).await.unwrap();
    let token = server.sign_in("7500000001").await;
    let done = call(&server, Method::GET, &reference, Some(&token)).await;
    assert_eq!(done.status, 200);
    let done = done.value();
    assert!(done["erased_at"].is_string());
    let certificate = done["certificate"].as_str().unwrap();
    let anchor = server.world.platform.trust_anchor(server.world.now());
    let told = app::erasure::certificate::verify(certificate.as_bytes(), &anchor).unwrap();
    assert_eq!(told["reference"], reference);
}
