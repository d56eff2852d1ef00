//! Pages on which residents have a record erased, and on which two officers let it go.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use app::settings::Settings;
use common::{Answer, Server, form, page, staff};
use jiff::SignedDuration;
use store::StaffRole;

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.bytes.clone()).unwrap()
}

#[tokio::test]
async fn a_resident_sees_how_an_erasure_stands_and_two_officers_let_it_go() {
    let settings = Settings { limits: None, erasures_need_two: true, ..Settings::default() };
    let server = Server::start(settings).await;
    let token = server.sign_in("7500000001").await;
    let reference = server.register(&token, 1, "1980").await;
    let own = token;
    let ask = format!("reference={reference}&to=erase");
    let asked = form(&server, "/people/erasure", Some(&own), ask.clone()).await;
    assert_eq!(asked.status, 200);
    assert!(text(&asked).contains("It is erased after"), "{}", text(&asked));
    // Nobody else's.
    let other = server.sign_in("7500000002").await;
    let others = form(&server, "/people/erasure", Some(&other), ask).await;
    assert_eq!(others.status, 404);

    server.world.advance(SignedDuration::from_hours(24 * 8));
    let officers = [
        staff(&server, 11, StaffRole::DistrictOfficer).await,
        staff(&server, 12, StaffRole::DistrictOfficer).await,
    ];
    let listed = page(&server, "/desk/duties", Some(&officers[0])).await;
    assert!(text(&listed).contains(&reference) && !text(&listed).contains("Asha"));
    let body = format!("reference={reference}");
    let first = form(&server, "/desk/duties", Some(&officers[0]), body.clone()).await;
    assert!(text(&first).contains("Another officer has to agree"), "{}", text(&first));
    let again = form(&server, "/desk/duties", Some(&officers[0]), body.clone()).await;
    assert_eq!(again.status, 403);
    let second = form(&server, "/desk/duties", Some(&officers[1]), body.clone()).await;
    assert!(text(&second).contains("It is erased on its day"), "{}", text(&second));
    let system = server.world.ctx(app::Actor::System);
    assert_eq!(server.world.platform.erase_due(&system).await.unwrap(), 1);

    server.world.advance(SignedDuration::from_secs(2));
    let own = server.sign_in("7500000001").await;
    let done = page(&server, "/people/erasure", Some(&own)).await;
    assert!(text(&done).contains("Erased on"), "{}", text(&done));
    let body = format!("reference={reference}&to=certificate");
    let saved = form(&server, "/people/erasure", Some(&own), body).await;
    let anchor = server.world.platform.trust_anchor(server.world.now());
    let told = app::erasure::certificate::verify(&saved.bytes, &anchor).unwrap();
    assert_eq!(told["reference"], reference);
}

#[tokio::test]
async fn only_officers_see_what_is_to_be_let_go() {
    let server = Server::open().await;
    let nobody = page(&server, "/desk/duties", None).await;
    assert_eq!(nobody.header("location"), Some("/desk/sign-in"));
    let vaccinator = staff(&server, 21, StaffRole::Vaccinator).await;
    assert_eq!(page(&server, "/desk/duties", Some(&vaccinator)).await.status, 403);
    let body = "reference=12345678901234".to_owned();
    assert_eq!(form(&server, "/desk/duties", Some(&vaccinator), body).await.status, 403);
    let officer = staff(&server, 11, StaffRole::DistrictOfficer).await;
    // Nor have they a list of the day: each is led to what is theirs.
    let home = page(&server, "/desk", Some(&officer)).await;
    assert_eq!(home.header("location"), Some("/desk/alarms"));
    assert_eq!(page(&server, "/desk/alarms", Some(&officer)).await.status, 200);
    let auditor = staff(&server, 31, StaffRole::Auditor).await;
    let home = page(&server, "/desk", Some(&auditor)).await;
    assert_eq!(home.header("location"), Some("/desk/exposure"));
    assert_eq!(page(&server, "/desk", Some(&vaccinator)).await.status, 200);
    let answer = form(&server, "/desk/duties", Some(&officer), "id=nothing".to_owned()).await;
    assert_eq!(answer.status, 404);
}
