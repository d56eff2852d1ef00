//! The pages of a resident.

use serde_json::Value;

use super::{MOBILE, OTHER, choices, form, hidden, text, twice};
use crate::common::{Server, page};

async fn references(server: &Server, token: &str) -> Vec<String> {
    let answer = server.get("/api/v2/appointment/beneficiaries", Some(token)).await;
    let people = answer.value()["beneficiaries"].as_array().cloned().unwrap_or_default();
    let text = |one: &Value| one["beneficiary_reference_id"].as_str().unwrap().to_owned();
    people.iter().map(text).collect()
}

#[tokio::test]
async fn two_records_of_a_family_become_one_after_it_was_said_what_will_happen() {
    let server = Server::open().await;
    let (stays, goes, [token, _]) = twice(&server, MOBILE).await;
    let family = page(&server, "/people", Some(&token)).await;
    assert!(text(&family).contains("href=\"/people/merge\""));
    let begin = page(&server, "/people/merge", Some(&token)).await;
    assert_eq!(begin.status, 200);
    assert_eq!(begin.header("cache-control"), Some("private, no-store"));
    let (one, other) = (choices(&begin, "stays"), choices(&begin, "goes"));
    assert_eq!((one.len(), &one), (2, &other));

    for (body, said) in [
        (String::new(), "Choose the record that stays."),
        (format!("stays={}", one[0]), "Choose the record that goes into it."),
        (format!("stays={}&goes={}", one[0], one[0]), "Choose two different records."),
    ] {
        let refused = form(&server, "/people/merge/look", Some(&token), body).await;
        assert!((400..410).contains(&refused.status));
        assert!(text(&refused).contains(said), "{said}");
    }

    let body = format!("stays={}&goes={}", one[0], one[1]);
    let look = form(&server, "/people/merge/look", Some(&token), body).await;
    assert_eq!(look.status, 200);
    let said = text(&look);
    for part in [
        stays.reference.as_str(),
        goes.reference.as_str(),
        "<li value=\"1\">COVISHIELD on Tue 1 Feb 2022</li>",
        "<li value=\"2\">COVISHIELD on Thu 12 May 2022</li>",
        "Every certificate of both records is no longer valid",
        "It cannot be undone",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("other mobile"), "it is of this one");
    assert_eq!(references(&server, &token).await.len(), 2, "nothing is done yet");

    let word = format!(
        "stays={}&goes_number={}&proof=&key={}",
        hidden(&look, "stays"),
        hidden(&look, "goes_number"),
        hidden(&look, "key")
    );
    // Pressed twice.
    for _ in 0..2 {
        let done = form(&server, "/people/merge", Some(&token), word.clone()).await;
        assert_eq!((done.status, done.header("location")), (303, Some("/people?done=merged")));
    }
    assert_eq!(references(&server, &token).await, [stays.reference.as_str()]);
    let said = text(&page(&server, "/people?done=merged", Some(&token)).await);
    assert!(said.contains("The two records are one now"));
}

#[tokio::test]
async fn the_record_of_another_mobile_is_merged_by_its_password() {
    let server = Server::open().await;
    let (stays, goes, [token, other]) = twice(&server, OTHER).await;
    let send = async |mobile: &str| {
        server.world.advance(jiff::SignedDuration::from_millis(2));
        let body = format!("mobile={mobile}");
        form(&server, "/people/merge/mobile", Some(&token), body).await
    };
    for (mobile, said) in
        [("123", "ten digits"), (MOBILE, "This is the mobile that you are signed in with.")]
    {
        let refused = send(mobile).await;
        assert!(refused.status == 400 && text(&refused).contains(said), "{said}");
    }
    // The same page whether or not anybody has the mobile, but for its last digits.
    let plain = |page: &str, transaction: &str, ends: &str| {
        page.replace(transaction, "").replace(&format!("value=\"{ends}\""), "").replace(ends, "")
    };
    let unknown = send("7500009999").await;
    let unknown_page =
        plain(&text(&unknown), &hidden(&unknown, "transaction"), &hidden(&unknown, "ends"));
    let sent = send(OTHER).await;
    let transaction = hidden(&sent, "transaction");
    assert_eq!(unknown.status, sent.status);
    assert_eq!(unknown_page, plain(&text(&sent), &transaction, &hidden(&sent, "ends")));

    let code = server.last_code_of("merge-otp", "account is ").await;
    let confirm = async |otp: &str| {
        let body = format!("transaction={transaction}&otp={otp}&ends=0002&until=x");
        form(&server, "/people/merge/code", Some(&token), body).await
    };
    let wrong = confirm(if code == "000000" { "000001" } else { "000000" }).await;
    assert!(wrong.status == 400 && text(&wrong).contains("not the password that we sent"));
    assert!(!text(&wrong).contains(&goes.reference));
    let found = confirm(&code).await;
    assert_eq!(found.status, 200);
    let (ours, theirs) = (choices(&found, "stays"), choices(&found, "goes"));
    assert_eq!((ours.len(), theirs.len()), (1, 1));
    assert!(text(&found).contains(&goes.reference));
    let proof = hidden(&found, "proof");

    assert_eq!(references(&server, &other).await, [goes.reference.as_str()]);
    // Somebody else who has the page does not get on with it.
    let thief = server.sign_in("7500000003").await;
    let body = format!("stays={}&goes={}&proof={proof}", ours[0], theirs[0]);
    let stolen = form(&server, "/people/merge/look", Some(&thief), body.clone()).await;
    assert!(stolen.status == 400 && !text(&stolen).contains(&goes.reference));

    let look = form(&server, "/people/merge/look", Some(&token), body).await;
    assert_eq!(look.status, 200, "{}", text(&look));
    assert!(text(&look).contains("It is of the other mobile, which is told by a message."));
    let word = format!(
        "stays={}&goes_number={}&proof={proof}&key={}",
        hidden(&look, "stays"),
        hidden(&look, "goes_number"),
        hidden(&look, "key")
    );
    let done = form(&server, "/people/merge", Some(&token), word).await;
    assert_eq!((done.status, done.header("location")), (303, Some("/people?done=merged")));
    assert_eq!(references(&server, &token).await, [stays.reference.as_str()]);
    assert!(references(&server, &other).await.is_empty());
}

#[tokio::test]
async fn nobody_merges_without_signing_in() {
    let server = Server::open().await;
    for path in ["", "/look", "/mobile", "/code"] {
        let path = format!("/people/merge{path}");
        for answer in
            [page(&server, &path, None).await, form(&server, &path, None, String::new()).await]
        {
            assert_eq!(answer.status, 303, "{path}");
            assert_eq!(answer.header("location"), Some("/sign-in?then=%2Fpeople%2Fmerge"));
        }
    }
    let token = server.sign_in(MOBILE).await;
    let alone = text(&page(&server, "/people/merge", Some(&token)).await);
    assert!(alone.contains("Nobody is registered with this mobile yet"));
    let family = text(&page(&server, "/people", Some(&token)).await);
    assert!(!family.contains("/people/merge"), "there is nothing to merge");
}
