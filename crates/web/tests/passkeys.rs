//! Passkeys over HTTP: the desk's pages with their one script, forms as that script fills them, and
//! what a sign-in without a passkey opens.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use app::{
    Actor,
    import::records::StaffLine,
    settings::{Settings, StaffSignIn},
};
use axum::{body::Body, http::Request};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use common::{Answer, ORIGIN, Server, between, page};
use domain::{
    id::FacilityId,
    person::{Mobile, Name},
};
use jiff::SignedDuration;
use store::StaffRole;
use testkit::authenticator::Authenticator;

const OWN: &str = "6900000001";

async fn start(asks: StaffSignIn) -> Server {
    let settings = Settings { limits: None, staff_sign_in: asks, ..Settings::default() };
    let server = Server::start(settings).await;
    let system = server.world.ctx(Actor::System);
    server.world.platform.import_staff(&system, &[line()]).await.unwrap();
    server.world.advance(SignedDuration::from_secs(2));
    server
}

fn line() -> StaffLine {
    StaffLine {
        active: true,
        mobile: Mobile::parse(OWN).ok().unwrap(),
        name: Name::parse("Meera Pillai").ok().unwrap(),
        role: StaffRole::Vaccinator,
        facility: Some(FacilityId(1)),
        district: None,
        state: None,
    }
}

async fn form(server: &Server, path: &str, token: Option<&str>, body: String) -> Answer {
    let mut request =
        Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    if let Some(token) = token {
        request = request.header("cookie", format!("teeka_sign_in={token}"));
    }
    server.send(request.body(Body::from(body)).unwrap()).await
}

fn cookie(answer: &Answer) -> Option<String> {
    let set = answer.header("set-cookie")?;
    let value = set.strip_prefix("teeka_sign_in=")?.split_once(';')?.0;
    (!value.is_empty()).then(|| value.to_owned())
}

/// Types in the one-time password.
async fn by_code(server: &Server) -> Answer {
    let sent = form(server, "/desk/sign-in", None, format!("mobile={OWN}")).await;
    let transaction = between(&sent, "name=\"transaction\" value=\"", "\"");
    server.world.advance(SignedDuration::from_millis(2));
    let code = server.last_code().await;
    form(server, "/desk/sign-in/code", None, format!("transaction={transaction}&otp={code}")).await
}

/// Makes a passkey as the script does.
async fn make(
    server: &Server,
    token: &str,
    authenticator: &Authenticator,
    staff_code: &str,
) -> Answer {
    let keys = page(server, "/desk/keys", Some(token)).await;
    let said = authenticator.made(&between(&keys, "data-challenge=\"", "\""));
    let [client_data, attestation] =
        [&said.client_data, &said.data].map(|part| URL_SAFE_NO_PAD.encode(part));
    let body = format!(
        "client_data={client_data}&attestation={attestation}&key_name=my+phone&staff_code={staff_code}"
    );
    form(server, "/desk/keys/add", Some(token), body).await
}

/// Signs in as the script does.
async fn by_passkey(server: &Server, authenticator: &mut Authenticator, user: &str) -> Answer {
    let asked = page(server, "/desk/sign-in", None).await;
    let said = authenticator.signs_in(&between(&asked, "data-challenge=\"", "\""));
    let [credential, client_data, data, signature] =
        [&authenticator.credential, &said.client_data, &said.data, &said.signature]
            .map(|part| URL_SAFE_NO_PAD.encode(part));
    let body = format!(
        "credential={credential}&user={user}&client_data={client_data}\
         &authenticator_data={data}&signature={signature}"
    );
    form(server, "/desk/sign-in/passkey", None, body).await
}

#[tokio::test]
async fn a_desk_opens_by_passkey_and_to_a_mobile_alone_it_does_not() {
    let server = start(StaffSignIn::Passkey).await;
    let system = server.world.ctx(Actor::System);
    let codes = server.world.platform.make_staff_codes(&system, &[line()]).await.unwrap();
    let code = codes[0].as_ref().unwrap().expose().clone();
    let weak = cookie(&by_code(&server).await).unwrap();
    for path in ["/desk", "/desk/walk-in", "/desk/sessions", "/desk/alarms", "/desk/emergency"] {
        let elsewhere = page(&server, path, Some(&weak)).await;
        assert_eq!(
            (elsewhere.status, elsewhere.header("location")),
            (303, Some("/desk/keys")),
            "{path}"
        );
    }
    let keys = page(&server, "/desk/keys", Some(&weak)).await;
    let user = between(&keys, "data-user=\"", "\"");
    assert_eq!(between(&keys, "data-party=\"", "\""), "teeka.example");

    let mut authenticator = Authenticator::es256("teeka.example", ORIGIN);
    let refused = make(&server, &weak, &authenticator, "0000-0000-0000").await;
    assert_eq!(refused.status, 403);
    let made = make(&server, &weak, &authenticator, &code).await;
    assert_eq!((made.status, cookie(&made)), (200, None), "they sign in with it now");
    let refused = by_code(&server).await;
    assert_eq!((refused.status, cookie(&refused)), (403, None));
    assert!(refused.value().to_string().contains("signs in with its passkey"));

    let signed_in = by_passkey(&server, &mut authenticator, &user).await;
    assert_eq!((signed_in.status, signed_in.header("location")), (303, Some("/desk")));
    let strong = cookie(&signed_in).unwrap();
    let desk = page(&server, "/desk", Some(&strong)).await;
    assert_eq!(desk.status, 200);
    let keys = page(&server, "/desk/keys", Some(&strong)).await;
    assert_eq!(between(&keys, "data-label=\"Name\"><strong>", "<"), "my phone");

    // The last one stays; once there is another, it goes, and the sign-in with it.
    let id = between(&keys, "name=\"id\" value=\"", "\"");
    let remove =
        async || form(&server, "/desk/keys/remove", Some(&strong), format!("id={id}")).await;
    assert_eq!(remove().await.status, 409);
    let second = Authenticator::eddsa("teeka.example", ORIGIN);
    assert_eq!(make(&server, &strong, &second, "").await.status, 200);
    assert_eq!(remove().await.status, 200);
    assert_eq!(
        page(&server, "/desk", Some(&strong)).await.header("location"),
        Some("/desk/sign-in")
    );
    let refused = by_passkey(&server, &mut authenticator, &user).await;
    assert_eq!((refused.status, cookie(&refused)), (403, None));
}

#[tokio::test]
async fn what_a_relay_sends_on_is_refused() {
    let server = start(StaffSignIn::Otp).await;
    let token = cookie(&by_code(&server).await).unwrap();
    let keys = page(&server, "/desk/keys", Some(&token)).await;
    let user = between(&keys, "data-user=\"", "\"");
    let mut authenticator = Authenticator::es256("teeka.example", ORIGIN);
    assert_eq!(make(&server, &token, &authenticator, "").await.status, 200);
    for origin in
        ["https://evil.example", "https://teeka.example.evil.example", "https://teeka.example:444"]
    {
        authenticator.origin = origin.to_owned();
        let refused = by_passkey(&server, &mut authenticator, &user).await;
        assert_eq!((refused.status, cookie(&refused)), (403, None), "{origin}");
    }
    authenticator.origin = ORIGIN.to_owned();
    assert!(cookie(&by_passkey(&server, &mut authenticator, &user).await).is_some());
    // Whoever sends nothing of it, or rubbish, is answered in the same way.
    for body in ["", "credential=%00&user=x", "client_data=e30", &"signature=A&".repeat(50)] {
        let refused = form(&server, "/desk/sign-in/passkey", None, body.to_owned()).await;
        assert_eq!((refused.status, cookie(&refused)), (403, None), "{body}");
    }
}

/// Pages that may use the script say so, no page may use another, and nothing personal is in it.
#[tokio::test]
async fn the_script_is_our_own_and_the_only_one() {
    let server = start(StaffSignIn::Otp).await;
    let asked = page(&server, "/desk/sign-in", None).await;
    let policy = asked.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let text = String::from_utf8_lossy(&asked.bytes).into_owned();
    assert_eq!(text.matches("<script").count(), 1);
    assert!(text.contains("<script src=\"/desk/passkey.js\" defer></script>"));
    assert_eq!(asked.header("cache-control"), Some("no-store"), "a challenge is for one");
    let script = page(&server, "/desk/passkey.js", None).await;
    assert_eq!((script.status, script.header("content-type")), (200, Some("text/javascript")));
    let resident = page(&server, "/sign-in", None).await;
    assert!(!resident.header("content-security-policy").unwrap().contains("script-src"));
    assert!(!String::from_utf8_lossy(&resident.bytes).contains("<script"));
}
