//! Two records of one person made one by a call.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use axum::{
    body::Body,
    http::{Request, header::CONTENT_TYPE},
};
use common::{Answer, Server};
use serde_json::{Value, json};

const MERGES: &str = "/api/teeka/v1/merges";

async fn merge(server: &Server, token: &str, body: Value) -> Answer {
    let request = Request::post(MERGES)
        .header(CONTENT_TYPE, "application/json")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::from(body.to_string()));
    server.send(request.unwrap()).await
}

#[tokio::test]
async fn a_call_says_why_it_does_not_merge() {
    let server = Server::open().await;
    let token = server.sign_in("7500000001").await;
    let stays = server.register(&token, 1, "1980").await;
    let goes = server.register(&token, 2, "1980").await;
    let older = server.register(&token, 3, "1970").await;
    let both = |stays: &str, goes: &str| json!({ "beneficiary_reference_id": stays, "merged_reference_id": goes });
    assert_eq!(server.post(MERGES, both(&stays, &goes), None).await.status, 401);
    let other = server.sign_in("7500000002").await;
    assert_eq!(merge(&server, &other, both(&stays, &goes)).await.status, 404);
    let half = json!({ "beneficiary_reference_id": stays });
    let refused = merge(&server, &token, half).await;
    assert_eq!(refused.status, 400);
    assert!(refused.value()["detail"].as_str().unwrap().contains("merged_reference_id"));
    let mut coded = both(&stays, &goes);
    coded["merged_code"] = json!("0000");
    let refused = merge(&server, &token, coded).await;
    assert_eq!((refused.status, &refused.value()["type"]), (403, &json!("/problems/not-presented")));
    for (stays, goes, why) in [
        (&stays, &stays, "a record cannot be merged into itself"),
        (&stays, &older, "name, year of birth and gender of both records must agree"),
        (&stays, &goes, "the other record has no dose"),
    ] {
        let refused = merge(&server, &token, both(stays, goes)).await;
        assert_eq!(refused.status, 409);
        assert!(refused.value()["detail"].as_str().unwrap().starts_with(why), "{why}");
    }
}
