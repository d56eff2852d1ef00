//! What the tests of the HTTP contract share: the routes over a small platform whose clock only
//! tests move, and people who sign in with the one-time passwords that it sends.

#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses a part of it")]

use std::{path::Path, sync::Arc};

use app::{
    Actor, booking::Wish, doses::Given, import::records::StaffLine, settings::Settings,
    webauthn::RelyingParty,
};
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, header::CONTENT_TYPE},
};
use domain::{
    facility::{Facility, FeeType},
    id::{DistrictId, DoseId, FacilityId, SessionId, StateId},
    person::{Mobile, Name},
    place::{District, Pincode, Position, State},
};
use exposure::console::Console;
use http_body_util::BodyExt;
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, date, time},
};
use serde_json::{Value, json};
use store::StaffRole;
use testkit::world::{DISTRICT, World};
use tower::ServiceExt;
use uuid::Uuid;
use web::{ApiKey, Clock, Options, Web};

/// A partner's key, which is a state's program too.
pub(crate) const KEY: &str = "key of a state";
/// Where passkeys are asked for.
pub(crate) const ORIGIN: &str = "https://teeka.example";
/// The day before the sessions of these tests.
pub(crate) const TODAY: Date = date(2022, 2, 1);

struct WorldClock(Arc<World>);

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// The routes over a small platform.
pub(crate) struct Server {
    pub(crate) world: Arc<World>,
    router: Router,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body: JSON, or its text.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&self.bytes).into_owned()))
    }

    pub(crate) fn code(&self) -> Value {
        self.value()["errorCode"].clone()
    }
}

/// A call, as the contract's clients make them.
#[derive(Clone, Default)]
pub(crate) struct Call<'a> {
    pub(crate) path: &'a str,
    pub(crate) body: Option<Value>,
    pub(crate) token: Option<&'a str>,
    pub(crate) key: Option<&'a str>,
    pub(crate) language: Option<&'a str>,
    pub(crate) address: Option<[u8; 4]>,
}

impl Server {
    pub(crate) async fn start(settings: Settings) -> Self {
        Self::start_with(settings, false, None).await
    }

    /// With a folder of cases, and of a sweep beside them.
    pub(crate) async fn start_over(exposed: &Path) -> Self {
        let settings = Settings { limits: None, ..Settings::default() };
        Self::start_with(settings, false, Some(exposed)).await
    }

    /// The same, behind a proxy that it trusts or by itself.
    pub(crate) async fn start_behind(settings: Settings, trusts_proxy: bool) -> Self {
        Self::start_with(settings, trusts_proxy, None).await
    }

    async fn start_with(settings: Settings, trusts_proxy: bool, exposed: Option<&Path>) -> Self {
        let world = Arc::new(World::with_settings(7, settings).await);
        add_places(&world).await;
        let keys = [(KEY, Some(21)), ("key of another state", Some(9))];
        let api_keys = keys.map(|(key, state)| ApiKey {
            sha256: app::sign_in::sha256_hex(key),
            vaccinator: true,
            state,
        });
        let clock = Arc::new(WorldClock(Arc::clone(&world)));
        let entropy = world.ctx(Actor::Anyone).entropy;
        let options = Options {
            api_keys: api_keys.to_vec(),
            metrics: None,
            trusts_proxy,
            security_contact: Some("mailto:security@teeka.example".to_owned()),
            relying_party: RelyingParty::of_address(ORIGIN),
            exposure: Console::new(exposed.map(|at| at.join("sweep")), exposed.map(Path::to_owned)),
        };
        let web = Web::new(Arc::clone(&world.platform), clock, entropy, options);
        Self { world, router: web.router() }
    }

    /// Without limits.
    pub(crate) async fn open() -> Self {
        Self::start(Settings { limits: None, ..Settings::default() }).await
    }

    pub(crate) async fn call(&self, call: Call<'_>) -> Answer {
        let mut request = match &call.body {
            None => Request::get(call.path),
            Some(_) => Request::post(call.path),
        };
        for (name, value) in [
            ("authorization", call.token.map(|token| format!("Bearer {token}"))),
            ("x-api-key", call.key.map(str::to_owned)),
            ("accept-language", call.language.map(str::to_owned)),
        ] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let address = std::net::SocketAddr::from((call.address.unwrap_or([127, 0, 0, 1]), 1));
        let body = match call.body {
            None | Some(Value::Null) => Body::empty(),
            Some(body) => Body::from(body.to_string()),
        };
        let request = request.header(CONTENT_TYPE, "application/json");
        self.send(request.extension(ConnectInfo(address)).body(body).unwrap()).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: head.status.as_u16(), headers: head.headers, bytes }
    }

    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        self.call(Call { path, token, ..Call::default() }).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value, token: Option<&str>) -> Answer {
        self.call(Call { path, body: Some(body), token, ..Call::default() }).await
    }

    /// The one-time password of the message sent last.
    pub(crate) async fn last_code(&self) -> String {
        self.last_code_of("otp", "CoWIN is ").await
    }

    /// The same of a kind of message, which has it after some words.
    pub(crate) async fn last_code_of(&self, kind: &str, after: &str) -> String {
        let store = self.world.platform.store();
        let now = self.world.now();
        let mut messages = store.lease_messages(now, now, 1_000).await.unwrap();
        messages.retain(|message| message.kind == kind);
        messages.sort_by_key(|message| message.id);
        let last = messages.last().unwrap();
        let opened = self
            .world
            .platform
            .open_message(&self.world.ctx(app::Actor::System), last)
            .await
            .unwrap()
            .unwrap();
        let text = opened.text.expose();
        text.split(after).nth(1).unwrap()[..6].to_owned()
    }

    /// Asks for a one-time password: its transaction and itself.
    pub(crate) async fn ask_code(&self, path: &str, body: Value) -> (Value, String) {
        let call = Call { path, body: Some(body), key: Some(KEY), ..Call::default() };
        let answer = self.call(call).await;
        assert_eq!(answer.status, 200, "{path} {}", answer.value());
        // Ids of messages are in order of time.
        self.world.advance(jiff::SignedDuration::from_millis(2));
        (answer.value()["txnId"].clone(), self.last_code().await)
    }

    /// Signs in as clients of the web app do.
    pub(crate) async fn sign_in(&self, mobile: &str) -> String {
        let body = json!({ "mobile": mobile, "secret": "U2FsdGVkX1" });
        let (transaction, code) = self.ask_code("/api/v2/auth/generateMobileOTP", body).await;
        let body = json!({ "otp": app::sign_in::sha256_hex(&code), "txnId": transaction });
        let answer = self.post("/api/v2/auth/validateMobileOtp", body, None).await;
        assert_eq!(answer.status, 200, "{}", answer.value());
        answer.value()["token"].as_str().unwrap().to_owned()
    }

    /// Registers somebody; gives the reference number.
    pub(crate) async fn register(&self, token: &str, document: u64, birth_year: &str) -> String {
        let body = person(document, birth_year);
        let answer = self.post("/api/v2/registration/beneficiary/new", body, Some(token)).await;
        assert_eq!(answer.status, 200, "{}", answer.value());
        answer.value()["beneficiary_reference_id"].as_str().unwrap().to_owned()
    }

    /// A session of the next day at a facility; gives its id.
    pub(crate) async fn session(&self, number: u128, facility: i64, seats: [u32; 3]) -> SessionId {
        let tomorrow = TODAY.tomorrow().unwrap();
        let session = self.world.session(number, facility, tomorrow, seats);
        self.world.publish(session).await
    }

    /// Reads what changed, as the program does a few times a second.
    pub(crate) async fn refresh(&self) {
        self.world.platform.refresh(self.world.now()).await.unwrap();
    }
}

/// Gives a person of a mobile their first dose.
pub(crate) async fn vaccinate(server: &Server, mobile: &str, reference: &str) {
    let (world, platform) = (&server.world, &server.world.platform);
    let today = world.ctx(Actor::System).today();
    let session = world.publish(world.session(9, 1, today, [5, 5, 5])).await;
    let person = platform.by_reference(reference).unwrap();
    let wish = Wish {
        session,
        slot: "09:00AM-01:00PM",
        dose_number: None,
        beneficiaries: &[person],
        idempotency_key: None,
    };
    let appointment = platform.book(&world.resident(mobile), &wish).await.unwrap();
    let ctx = world.staff(StaffRole::Vaccinator, 1);
    let code = platform.security_code(appointment);
    let presented = platform.present_code(&ctx, FacilityId(1), reference, &code).await.unwrap();
    let given = Given {
        id: DoseId(Uuid::from_u128(1)),
        number: None,
        vaccine: "COVISHIELD",
        lot: "LOT1",
        vaccinator: "Meera Pillai",
        given_on: None,
    };
    platform.record_dose(&ctx, &presented.presence, &given).await.unwrap();
}

/// A page, as a browser asks for it that is signed in.
pub(crate) async fn page(server: &Server, path: &str, token: Option<&str>) -> Answer {
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header("cookie", format!("teeka_sign_in={token}"));
    }
    server.send(request.body(Body::empty()).unwrap()).await
}

/// Sends a form, as a browser does that may be signed in.
pub(crate) async fn form(server: &Server, path: &str, token: Option<&str>, body: String) -> Answer {
    let mut request =
        Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    if let Some(token) = token {
        request = request.header("cookie", format!("teeka_sign_in={token}"));
    }
    server.send(request.body(Body::from(body)).unwrap()).await
}

/// Somebody who works here, signed in.
pub(crate) async fn staff(server: &Server, number: u64, role: StaffRole) -> String {
    let own = format!("69000000{number:02}");
    let at = matches!(role, StaffRole::Vaccinator | StaffRole::FacilityManager);
    let line = StaffLine {
        active: true,
        mobile: Mobile::parse(&own).ok().unwrap(),
        name: Name::parse("Meera Pillai").ok().unwrap(),
        role,
        facility: at.then_some(FacilityId(1)),
        district: (!at).then_some(DistrictId(DISTRICT.0)),
        state: None,
    };
    let system = server.world.ctx(Actor::System);
    server.world.platform.import_staff(&system, &[line]).await.unwrap();
    server.world.advance(SignedDuration::from_secs(2));
    let sent = form(server, "/desk/sign-in", None, format!("mobile={own}")).await;
    let transaction = between(&sent, "name=\"transaction\" value=\"", "\"");
    let code = server.last_code().await;
    let body = format!("transaction={transaction}&otp={code}");
    let signed_in = form(server, "/desk/sign-in/code", None, body).await;
    let cookie = signed_in.header("set-cookie").unwrap();
    cookie.split_once('=').unwrap().1.split_once(';').unwrap().0.to_owned()
}

/// What stands between two texts of a page.
pub(crate) fn between(page: &Answer, before: &str, after: &str) -> String {
    let text = String::from_utf8_lossy(&page.bytes).into_owned();
    let rest = text.split_once(before).unwrap_or_else(|| panic!("{before} in {text}")).1;
    rest.split_once(after).unwrap().0.to_owned()
}

/// The first link of a page that begins so.
pub(crate) fn link(page: &Answer, start: &str) -> String {
    let rest = between(page, &format!("href=\"{start}"), "\"");
    format!("{start}{}", rest.replace("&amp;", "&"))
}

/// A body of `registration/beneficiary/new`.
pub(crate) fn person(document: u64, birth_year: &str) -> Value {
    json!({
        "name": "Asha Demo", "birth_year": birth_year, "gender_id": 2.0, "photo_id_type": 1.0,
        "photo_id_number": format!("{document:012}"), "comorbidity_ind": "N",
        "consent_version": "1", "unknown": true,
    })
}

/// Two states with names in Hindi, and a third facility: it charges, and its place is known.
async fn add_places(world: &World) {
    let place = |id, name: &str, hindi: &str| State {
        id: StateId(id),
        name: name.into(),
        name_hi: hindi.into(),
    };
    let states = [place(21, "Maharashtra", "महाराष्ट्र"), place(9, "Delhi", "दिल्ली")];
    let districts = [District {
        id: DistrictId(141),
        state: StateId(9),
        name: "Central Delhi".into(),
        name_hi: "मध्य दिल्ली".into(),
        lgd_code: None,
    }];
    world.platform.store().put_places(&states, &districts).await.unwrap();
    world.platform.reload_places().await.unwrap();
    let facility = Facility {
        id: FacilityId(3),
        name: "City Hospital".into(),
        address: "2 Main Road".into(),
        block: "Block".into(),
        district: DISTRICT,
        pincode: Pincode(414_002),
        position: Position::in_country(19.09, 74.74),
        opens: time(9, 0, 0, 0),
        closes: time(17, 0, 0, 0),
        fee_type: FeeType::Paid,
    };
    let ctx = world.ctx(Actor::System);
    world.platform.import_facilities(&ctx, &[facility]).await.unwrap();
}
