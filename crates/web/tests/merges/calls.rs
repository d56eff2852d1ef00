//! The calls.

use serde_json::{Value, json};

use super::{MOBILE, OTHER, twice};
use crate::common::{Answer, Call, Server};

const MERGES: &str = "/api/teeka/v1/merges";

async fn merge(server: &Server, token: &str, body: Value) -> Answer {
    server
        .call(Call { path: MERGES, body: Some(body), token: Some(token), ..Call::default() })
        .await
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
    assert_eq!(
        (refused.status, &refused.value()["type"]),
        (403, &json!("/problems/not-presented"))
    );
    let mut proven = both(&stays, &goes);
    proven["merged_proof"] = json!("00000000000000000000000000000000.9999999999.00");
    let refused = merge(&server, &token, proven).await;
    assert_eq!((refused.status, &refused.value()["type"]), (403, &json!("/problems/expired-code")));
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

#[tokio::test]
async fn calls_merge_the_record_of_another_mobile_that_is_proven() {
    let server = Server::open().await;
    let (stays, goes, [token, other]) = twice(&server, OTHER).await;
    let (ask, prove) = (format!("{MERGES}/otp"), format!("{MERGES}/people"));
    let mobile = json!({ "mobile": OTHER });
    assert_eq!(server.post(&ask, mobile.clone(), None).await.status, 401);
    for nonsense in [json!({}), json!({ "mobile": "123" }), json!({ "mobile": MOBILE })] {
        assert_eq!(server.post(&ask, nonsense, Some(&token)).await.status, 400);
    }
    let unknown = server.post(&ask, json!({ "mobile": "7500009999" }), Some(&token)).await;
    server.world.advance(jiff::SignedDuration::from_millis(2));
    let sent = server.post(&ask, mobile, Some(&token)).await;
    let fields = |answer: &Answer| {
        let names = answer.value().as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        (answer.status, names)
    };
    assert_eq!(fields(&unknown), fields(&sent), "known or not, it is the same answer");
    assert_eq!(fields(&sent), (200, vec!["txnId".to_owned()]));

    let code = server.last_code_of("merge-otp", "account is ").await;
    let told = |code: &str| {
        let otp = app::sign_in::sha256_hex(code);
        json!({ "otp": otp, "txnId": sent.value()["txnId"] })
    };
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(server.post(&prove, told(&code), None).await.status, 401);
    let refused = server.post(&prove, told(wrong), Some(&token)).await;
    assert_eq!((refused.status, &refused.value()["type"]), (403, &json!("/problems/wrong-code")));
    assert_eq!(server.post(&prove, json!({ "otp": "x" }), Some(&token)).await.status, 400);
    let strange = json!({ "otp": "x", "txnId": "x" });
    assert_eq!(server.post(&prove, strange, Some(&token)).await.status, 403);
    let found = server.post(&prove, told(&code), Some(&token)).await;
    assert_eq!(found.status, 200);
    let found = found.value();
    assert_eq!(found["beneficiaries"][0]["beneficiary_reference_id"], goes.reference.as_str());

    let wanted = json!({
        "beneficiary_reference_id": stays.reference, "merged_reference_id": goes.reference,
        "merged_proof": found["merged_proof"],
    });
    assert_eq!(merge(&server, &other, wanted.clone()).await.status, 404, "not their record");
    for _ in 0..2 {
        assert_eq!(merge(&server, &token, wanted.clone()).await.status, 204);
    }
    let left = server.get("/api/v2/appointment/beneficiaries", Some(&other)).await;
    assert!(left.value()["beneficiaries"].is_null(), "nobody is left");
    let one = server.get("/api/v2/appointment/beneficiaries", Some(&token)).await.value();
    assert_eq!(one["beneficiaries"][0]["dose1_date"], "01-02-2022");
    assert_eq!(one["beneficiaries"][0]["dose2_date"], "12-05-2022");
}
