//! The bot of June 2023: somebody has the credentials of staff, of a district, of a partner, of a state
//! or of the database, and the numbers of everybody who is registered. It learns of nobody, and officers
//! are told within a minute.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use app::{Actor, import::records::StaffLine, settings::Limits, settings::Settings, watch::Alarm};
use common::{Call, KEY, Server, between, form, staff};
use domain::{
    id::FacilityId,
    person::{Details, Mobile, Name},
};
use jiff::SignedDuration;
use store::StaffRole;
use testkit::world::details;

/// How many are registered.
const PEOPLE: u64 = 10_000;
/// What everybody here is called, and nobody else.
const MARK: &str = "Maruvattam";
/// Between two tries of the bot: all of them in a minute.
const PACE: SignedDuration = SignedDuration::from_millis(6);

fn mobile(number: u64) -> String {
    format!("7{:09}", 1_000_000 + number)
}

/// Everybody is registered, with a number, and nobody is there.
async fn registered(server: &Server) -> Vec<(String, String)> {
    let person = |number: u64| -> (Mobile, Details) {
        let name = format!("{MARK} Demo");
        (Mobile::parse(&mobile(number)).ok().unwrap(), details(&name, 1980, 5_000 + number))
    };
    let people: Vec<_> = (0..PEOPLE).map(person).collect();
    let platform = &server.world.platform;
    let system = server.world.ctx(Actor::System);
    let outcomes = platform.enrol_many(&system, &people).await.unwrap();
    assert!(outcomes.iter().all(Result::is_ok));
    let mut accounts = Vec::with_capacity(people.len());
    for (mobile, _) in &people {
        accounts.push(platform.account_of(mobile).await.unwrap());
    }
    let held = platform.store().people_of(&accounts).await.unwrap();
    let known = held.iter().zip(0..).map(|(people, number)| {
        (mobile(number), platform.reference(people[0].beneficiary.id).to_string())
    });
    known.collect()
}

/// With what the bot goes about.
#[derive(Clone)]
enum Credential {
    /// The sign-in of staff or of an officer.
    Staff(String),
    /// The key of a state's program, or of a partner.
    Key(&'static str),
    /// The sign-in of a resident: anybody can have one.
    Resident(String),
}

/// One try with one number, on one of the ways that there are. Gives whether somebody was disclosed.
async fn discloses(
    server: &Server,
    credential: &Credential,
    person: &(String, String),
    way: u64,
) -> bool {
    let (mobile, reference) = person;
    let code = format!("{:04}", way * 7 % 10_000);
    let answer = match credential {
        Credential::Staff(token) => {
            let (path, body) = match way % 4 {
                0 | 1 => ("/desk/present", format!("reference={reference}&code={code}")),
                2 => ("/desk/otp", format!("mobile={mobile}")),
                _ => ("/desk/emergency/open", format!("id={}", uuid::Uuid::nil())),
            };
            form(server, path, Some(token), body).await
        }
        Credential::Key(key) => {
            let path = match way % 4 {
                0 => {
                    format!("/api/v2/vaccinator/beneficiaries/findByMobile?mobile_number={mobile}")
                }
                1 => format!(
                    "/api/v2/vaccinator/beneficiaries/findByReferenceId\
                     ?beneficiary_reference_id={reference}&secret_code={code}"
                ),
                2 => format!(
                    "/api/v2/vaccinator/certificate/download\
                     ?beneficiary_reference_id={reference}&secret_code={code}"
                ),
                _ => format!("/api/v2/appointment/beneficiaries?mobile={mobile}"),
            };
            server.call(Call { path: &path, key: Some(key), ..Call::default() }).await
        }
        Credential::Resident(token) => {
            let path = match way % 3 {
                0 => format!("/api/teeka/v1/beneficiaries/{reference}"),
                1 => format!("/api/teeka/v1/beneficiaries/{reference}/accesses"),
                _ => format!(
                    "/api/v2/registration/certificate/download?beneficiary_reference_id={reference}"
                ),
            };
            server.get(&path, Some(token)).await
        }
    };
    let found = |mark: &str| answer.bytes.windows(mark.len()).any(|part| part == mark.as_bytes());
    found(MARK) || answer.status == 200 && found("birth_year")
}

/// How many people it learned of, and after how many seconds officers were told, if they were.
async fn run(
    server: &Server,
    credential: &Credential,
    people: &[(String, String)],
) -> (u64, Option<i64>) {
    let begun = server.world.now();
    let (before, mut disclosed, mut told) = (server.world.platform.alarms_raised(), 0, None);
    for (person, way) in people.iter().zip(0..) {
        disclosed += u64::from(discloses(server, credential, person, way).await);
        if told.is_none() && server.world.platform.alarms_raised() > before {
            told = Some((server.world.now() - begun).as_secs());
        }
        server.world.advance(PACE);
    }
    (disclosed, told)
}

async fn alarms(server: &Server) -> Vec<Alarm> {
    let officer = server.world.staff(StaffRole::Auditor, 1);
    server.world.platform.alarms(&officer).await.unwrap()
}

#[tokio::test]
async fn the_bot_of_june_2023_learns_of_nobody_and_officers_are_told() {
    let limits = Limits { codes_per_mobile: 1_000, ..Limits::default() };
    let server = Server::start(Settings { limits: Some(limits), ..Settings::default() }).await;
    let people = registered(&server).await;
    let resident = server.sign_in("7999999999").await;
    let credentials = [
        ("vaccinator", Credential::Staff(staff(&server, 1, StaffRole::Vaccinator).await), true),
        ("manager", Credential::Staff(staff(&server, 2, StaffRole::FacilityManager).await), true),
        ("district", Credential::Staff(staff(&server, 3, StaffRole::DistrictOfficer).await), false),
        ("program", Credential::Key(KEY), true),
        ("partner", Credential::Key("key of nobody"), false),
        ("resident", Credential::Resident(resident), false),
    ];
    for (name, credential, watched) in credentials {
        // Who is refused before anything is looked up is refused the same each time: every tenth.
        let tried: Vec<_> = people.iter().step_by(if watched { 1 } else { 10 }).cloned().collect();
        let (disclosed, told) = run(&server, &credential, &tried).await;
        assert_eq!(disclosed, 0, "{name}");
        // Who has no way to meet anybody tries nothing that could be watched: it is refused before.
        assert_eq!(told.is_some_and(|seconds| seconds <= 60), watched, "{name}: {told:?}");
    }
    let raised = alarms(&server).await;
    assert!(raised.iter().filter(|alarm| alarm.kind == "lookups").count() >= 3, "{raised:?}");
    database_tells_of_nobody(&server, &people);
}

/// Whoever reads the database alone finds neither a name nor a mobile, nor a plain hash of one.
fn database_tells_of_nobody(server: &Server, people: &[(String, String)]) {
    let file = server.world.file().unwrap();
    let mut held = Vec::new();
    for name in [file.to_path_buf(), file.with_extension("sqlite-wal")] {
        held.extend(std::fs::read(name).unwrap_or_default());
    }
    assert!(held.len() > 1_000_000, "{}", held.len());
    let has = |mark: &[u8]| memchr::memmem::find(&held, mark).is_some();
    assert!(has(b"wrapped_key"), "what is there is found");
    assert!(!has(MARK.as_bytes()));
    for (mobile, reference) in people.iter().step_by(500) {
        assert!(!has(mobile.as_bytes()) && !has(reference.as_bytes()));
        let hash = app::sign_in::sha256_hex(mobile);
        assert!(!has(hash.as_bytes()) && !has(&hex::decode(&hash).unwrap()));
    }
}

/// The twins: the same bot finds what is there to be found, and a server that watches nobody tells
/// nobody.
#[tokio::test]
async fn the_bot_is_no_blunt_one() {
    let server = Server::open().await;
    let token = server.sign_in("7500000001").await;
    let person = ("7500000001".to_owned(), server.register(&token, 1, "1980").await);
    let own = Credential::Resident(token);
    assert!(discloses(&server, &own, &person, 0).await, "a person of their own account");
    let program = Credential::Key(KEY);
    let many: Vec<_> = std::iter::repeat_n(person, 200).collect();
    assert_eq!(run(&server, &program, &many).await, (0, None), "without limits nobody is watched");
}

/// Somebody whose right to sign in is taken away is nobody with the next request.
#[tokio::test]
async fn an_account_that_is_closed_is_signed_out_everywhere() {
    let server = Server::open().await;
    let token = staff(&server, 1, StaffRole::Vaccinator).await;
    let day = async || common::page(&server, "/desk", Some(&token)).await.status;
    assert_eq!(day().await, 200);
    let line = |active, role| StaffLine {
        active,
        mobile: Mobile::parse("6900000001").ok().unwrap(),
        name: Name::parse("Meera Pillai").ok().unwrap(),
        role,
        facility: Some(FacilityId(1)),
        district: None,
        state: None,
    };
    let system = server.world.ctx(Actor::System);
    let platform = &server.world.platform;
    // The same again changes nothing.
    platform.import_staff(&system, &[line(true, StaffRole::Vaccinator)]).await.unwrap();
    assert_eq!(day().await, 200);
    server.world.advance(SignedDuration::from_secs(2));
    let system = server.world.ctx(Actor::System);
    platform.import_staff(&system, &[line(false, StaffRole::Vaccinator)]).await.unwrap();
    assert_eq!(day().await, 303);
    let sent = form(&server, "/desk/sign-in", None, "mobile=6900000001".to_owned()).await;
    let transaction = between(&sent, "name=\"transaction\" value=\"", "\"");
    server.world.advance(SignedDuration::from_millis(2));
    let code = server.last_code().await;
    let body = format!("transaction={transaction}&otp={code}");
    let refused = form(&server, "/desk/sign-in/code", None, body).await;
    assert_eq!((refused.status, refused.header("set-cookie")), (403, None));
}
