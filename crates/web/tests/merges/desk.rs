//! The desk of a facility.

use app::{Actor, import::records::StaffLine};
use domain::{
    id::FacilityId,
    person::{Mobile, Name},
};
use store::StaffRole;

use super::{OTHER, Record, form, hidden, text, twice};
use crate::common::{Answer, Server};

const STAFF: &str = "6900000001";

/// Somebody who works at the first facility, signed in now.
async fn staff(server: &Server) -> String {
    let line = StaffLine {
        active: true,
        mobile: Mobile::parse(STAFF).unwrap_or_else(|why| panic!("{why}")),
        name: Name::parse("Meera Pillai").unwrap_or_else(|why| panic!("{why}")),
        role: StaffRole::Vaccinator,
        facility: Some(FacilityId(1)),
        district: None,
        state: None,
    };
    let system = server.world.ctx(Actor::System);
    server.world.platform.import_staff(&system, &[line]).await.unwrap();
    server.world.advance(jiff::SignedDuration::from_millis(2));
    let sent = form(server, "/desk/sign-in", None, format!("mobile={STAFF}")).await;
    let code = server.last_code().await;
    let body = format!("transaction={}&otp={code}", hidden(&sent, "transaction"));
    let signed_in = form(server, "/desk/sign-in/code", None, body).await;
    let cookie = signed_in.header("set-cookie").unwrap();
    cookie.split_once('=').unwrap().1.split_once(';').unwrap().0.to_owned()
}

async fn open(server: &Server, token: &str, record: &Record) -> Answer {
    let body = format!("reference={}&code={}", record.reference, record.code);
    form(server, "/desk/present", Some(token), body).await
}

/// The value of a hidden field of the form that goes to a path.
fn field_of(page: &str, path: &str, name: &str) -> String {
    let form = page.split(&format!("action=\"{path}\"")).nth(1).unwrap();
    let value = form.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
    value.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn staff_merge_two_records_that_are_presented_and_say_why() {
    let server = Server::open().await;
    let (stays, goes, [_, other]) = twice(&server, OTHER).await;
    let token = staff(&server).await;
    let opened = open(&server, &token, &stays).await;
    assert!(text(&opened).contains("This person has a second record"));
    let presence = hidden(&opened, "presence");
    let look = async |second: &str, code: &str| {
        let body = format!("presence={presence}&second={second}&second_code={code}");
        form(&server, "/desk/merge", Some(&token), body).await
    };
    let wrong = look(&goes.reference, if goes.code == "0000" { "0001" } else { "0000" }).await;
    assert_eq!(wrong.status, 403);
    assert!(text(&wrong).contains("id=\"second-wrong\""), "said at the field");
    let unknown = look("99999999999999", &goes.code).await;
    assert_eq!(text(&unknown).contains("id=\"second-wrong\""), unknown.status == 403);

    let page = look(&goes.reference, &goes.code).await;
    assert_eq!(page.status, 200);
    let said = text(&page);
    for part in [&stays.reference, &goes.reference] {
        assert!(said.contains(part.as_str()), "{part}");
    }
    assert!(said.contains("<li value=\"2\">COVISHIELD on Thu 12 May 2022</li>"), "{said}");
    let other_proof = field_of(&said, "/desk/merge/confirm", "other");
    // The other way round: the second record would stay.
    let body = format!("presence={other_proof}&other={presence}");
    let turned = text(&form(&server, "/desk/merge", Some(&token), body).await);
    assert_eq!(field_of(&turned, "/desk/merge/confirm", "presence"), other_proof);
    let itself = format!("presence={presence}&other={presence}");
    let itself = form(&server, "/desk/merge", Some(&token), itself).await;
    assert!(itself.status == 409 && text(&itself).contains("Choose two different records."));

    let confirm = async |reason: &str, key: &str| {
        let other = &other_proof;
        let body = format!("presence={presence}&other={other}&reason={reason}&key={key}");
        form(&server, "/desk/merge/confirm", Some(&token), body).await
    };
    let silent = confirm("", "").await;
    assert_eq!(silent.status, 400);
    assert!(text(&silent).contains("Say how you know that both records are one person&#39;s."));
    let key = hidden(&silent, "key");
    for _ in 0..2 {
        let done = confirm("same+face", &key).await;
        assert_eq!(done.status, 200, "{}", text(&done));
        assert!(text(&done).contains("The two records are one, and the certificate is new"));
        assert!(text(&done).contains(&stays.reference));
    }
    let people = server.get("/api/v2/appointment/beneficiaries", Some(&other)).await;
    assert!(people.value()["beneficiaries"].is_null(), "nobody is left");
    assert_eq!(open(&server, &token, &goes).await.status, 403, "its code opens nothing now");
    let gone = server.world.platform.by_reference(&goes.reference).unwrap();
    let gone = server.world.platform.store().merged(&[gone]).await.unwrap().pop().flatten();
    assert!(gone.is_some_and(|gone| gone.by.is_some() && gone.because.is_some()));
}

#[tokio::test]
async fn a_resident_does_not_merge_at_a_desk_and_an_old_proof_opens_nothing() {
    let server = Server::open().await;
    let (stays, goes, [resident, _]) = twice(&server, OTHER).await;
    let token = staff(&server).await;
    let opened = open(&server, &token, &stays).await;
    let presence = hidden(&opened, "presence");
    let body = format!("presence={presence}&second={}&second_code={}", goes.reference, goes.code);
    for path in ["/desk/merge", "/desk/merge/confirm"] {
        for token in [None, Some(resident.as_str())] {
            let refused = form(&server, path, token, body.clone()).await;
            assert_eq!(refused.header("location"), Some("/desk/sign-in"), "{path}");
        }
    }
    server.world.advance(jiff::SignedDuration::from_mins(30));
    let token = staff(&server).await;
    let late = form(&server, "/desk/merge", Some(&token), body).await;
    assert_eq!(late.status, 403);
    assert!(!text(&late).contains(&goes.reference));
}
