//! The drill: from a confirmed incident to whom it affects, what is drafted, the notices that two officers
//! let go, and the clocks; and nobody who is affected stands where they must not.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use app::{
    Actor, Ctx, Error,
    ctx::StaffActor,
    incident::{Duty, affected::Affects},
    settings::Settings,
};
use domain::{
    id::{BeneficiaryId, StaffId},
    incident::{Kind, Said},
};
use jiff::{SignedDuration, Timestamp};
use store::StaffRole;
use testkit::world::{DISTRICT, Engine, World};
use uuid::Uuid;

const MOBILES: [&str; 3] = ["7500000001", "7500000002", "7500000003"];
const ENGINES: [Engine; 3] = [Engine::Embedded, Engine::Postgres, Engine::Sharded];
/// The account of every member of staff in a small platform.
const ACCOUNT: StaffId = StaffId(Uuid::from_u128(7));

struct Drill {
    world: World,
    folder: tempfile::TempDir,
}

impl Drill {
    async fn on(engine: Engine) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            limits: None,
            access_log: Some(folder.path().join("log/accesses")),
            release_log: Some(folder.path().join("log/releases")),
            ..Settings::default()
        };
        let world = World::on(engine, 62, settings).await?;
        Some(Self { world, folder })
    }

    fn system(&self) -> Ctx {
        self.world.ctx(Actor::System)
    }

    fn officer(&self, number: u128) -> Ctx {
        self.world.ctx(Actor::Staff(StaffActor {
            id: StaffId(Uuid::from_u128(number)),
            role: StaffRole::DistrictOfficer,
            facility: None,
            district: Some(DISTRICT),
            state: None,
            strong_until: Some(Timestamp::MAX),
        }))
    }

    /// What waits in the outbox about incidents: to whom, and the text.
    async fn notices(&self) -> Vec<(String, String)> {
        self.world.advance(SignedDuration::from_secs(1));
        let due = self.world.platform.due_messages(&self.system(), 1_000).await.unwrap();
        let about = due.iter().filter(|(message, _)| message.kind == "incident");
        let told = about.filter_map(|(_, outgoing)| outgoing.as_ref());
        let mut told: Vec<_> =
            told.map(|one| (one.to.expose().clone(), one.text.expose().clone())).collect();
        told.sort_unstable();
        told
    }
}

fn said() -> Said {
    Said {
        kind: Kind::Access,
        what: "An account of a facility opened records without need.".into(),
        systems: "The desk of one facility.".into(),
        done: "The account was held and its sign-ins were ended.".into(),
        advice: "Tell nobody a one-time password.".into(),
        official: "M. Rao, CISO".into(),
        contact: "ciso@health.example".into(),
    }
}

#[tokio::test]
async fn from_confirmed_to_everybody_told() {
    for engine in ENGINES {
        let Some(drill) = Drill::on(engine).await else { continue };
        let platform = &drill.world.platform;
        // One met before the span, two in it, of whom both have one mobile; one never met.
        let early = drill.world.vaccinate(MOBILES[0], 1).await;
        drill.world.advance(SignedDuration::from_hours(2));
        let from = drill.world.now();
        let met = [
            drill.world.vaccinate(MOBILES[1], 2).await,
            drill.world.vaccinate(MOBILES[1], 3).await,
        ];
        let unmet = drill.world.enrol(MOBILES[2], 4).await.unwrap();
        drill.world.advance(SignedDuration::from_mins(30));
        let until = drill.world.now();
        let noticed = drill.world.now();
        drill.world.advance(SignedDuration::from_hours(1));
        let times = (noticed, drill.world.now());
        let affects = Affects::OpenedBy { account: ACCOUNT, from, until };
        let opened = platform.open_incident(&drill.system(), times, &said(), &affects).await;
        let opened = opened.unwrap();
        assert_eq!((opened.people, opened.unread), (2, 0), "{engine:?}");
        let references = platform.affected_references(&drill.system(), opened.id).await.unwrap();
        let mut wanted: Vec<_> = met.iter().map(|id| (id.number(), *id)).collect();
        wanted.sort_by_key(|one| one.0);
        let wanted: Vec<_> = wanted.iter().map(|(_, id)| platform.reference(*id)).collect();
        assert_eq!(references, wanted, "{engine:?}");

        let drafts = platform.incident_drafts(&drill.system(), opened.id).await.unwrap();
        let names: Vec<_> = drafts.iter().map(|one| one.name).collect();
        assert_eq!(names, ["cert-in.txt", "notice.txt", "board.txt"]);
        everything_is_in_it(&drafts, &opened);
        // Nobody is told before two let it go.
        assert!(drill.notices().await.is_empty());
        assert!(!platform.release_notices(&drill.officer(1), opened.id).await.unwrap());
        let again = platform.release_notices(&drill.officer(1), opened.id).await;
        assert!(matches!(again, Err(Error::SecondPerson)));
        assert!(drill.notices().await.is_empty());
        assert!(platform.release_notices(&drill.officer(2), opened.id).await.unwrap());
        let told = drill.notices().await;
        assert_eq!(told.len(), 1, "{engine:?}: one for a mobile");
        assert_eq!((told[0].0.as_str(), &told[0].1), (MOBILES[1], &drafts[1].text));
        let later = platform.release_notices(&drill.officer(3), opened.id).await;
        assert!(matches!(later, Err(Error::NotFound)), "they went");
        nobody_stands_where_they_must_not(&drill, &drafts, &[early, met[0], met[1], unmet]);
        to_its_end(&drill, opened.id).await;
    }
}

fn everything_is_in_it(drafts: &[app::incident::drafts::Draft], opened: &app::incident::Incident) {
    let said = said();
    // 09:00 + 2 h + 30 min is when it was noticed.
    for (draft, parts) in [
        (
            &drafts[0],
            vec![
                "01-02-2022 17:30 IST",
                "01-02-2022 11:30 IST",
                "01-02-2022 12:30 IST",
                "Unauthorised access of IT systems/data",
                "people affected: 2",
                &said.official,
                &said.contact,
                &said.systems,
                &said.what,
                &said.done,
                "by the ledger of accesses",
            ],
        ),
        (
            &drafts[1],
            vec![
                &said.what,
                &said.done,
                &said.advice,
                &said.official,
                &said.contact,
                "01-02-2022 11:30 IST",
            ],
        ),
        (
            &drafts[2],
            vec![
                "04-02-2022 12:30 IST",
                "extent: 2 people",
                &said.what,
                &said.done,
                &said.advice,
                &said.contact,
                "sent to the outbox: not yet",
                "CERT-In was told: not yet",
            ],
        ),
    ] {
        for part in parts {
            assert!(draft.text.contains(part), "{}: {part}\n{}", draft.name, draft.text);
        }
    }
    assert!(drafts[0].text.contains(&opened.id.to_string()));
}

/// Neither drafts nor database nor public log name anybody.
fn nobody_stands_where_they_must_not(
    drill: &Drill,
    drafts: &[app::incident::drafts::Draft],
    people: &[BeneficiaryId],
) {
    let platform = &drill.world.platform;
    let mut marks: Vec<String> =
        people.iter().map(|id| platform.reference(*id).to_string()).collect();
    marks.extend(MOBILES.map(str::to_owned));
    marks.push("Asha".to_owned());
    for draft in drafts {
        for mark in &marks {
            assert!(!draft.text.contains(mark.as_str()), "{} names somebody", draft.name);
        }
    }
    let mut public = Vec::new();
    files(drill.folder.path(), &mut public);
    let notice = b"incident.";
    assert!(public.iter().any(|bytes| bytes.windows(9).any(|part| part == notice)));
    let Some(file) = drill.world.file() else { return };
    let bytes = std::fs::read(file).unwrap();
    let secret = said();
    for part in [&secret.what, &secret.official, &secret.contact] {
        let found = bytes.windows(part.len()).any(|window| window == part.as_bytes());
        assert!(!found, "what happened is sealed");
    }
}

fn files(folder: &std::path::Path, found: &mut Vec<Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(std::fs::read(path).unwrap()) }
    }
}

/// The clocks run on, and it is closed once everything is done.
async fn to_its_end(drill: &Drill, id: Uuid) {
    let platform = &drill.world.platform;
    let listed = async || {
        let all = platform.listed_incidents(&drill.system()).await.unwrap();
        (all[0].next.map(|(duty, _)| duty), all[0].is_late(drill.world.now()))
    };
    assert_eq!(listed().await, (Some(Duty::Report), false));
    drill.world.advance(SignedDuration::from_hours(5));
    assert_eq!(listed().await, (Some(Duty::Report), true), "six hours are over");
    let early = platform.close_incident(&drill.system(), id).await;
    assert!(matches!(early, Err(Error::Invalid(_))));
    platform.mark_incident(&drill.system(), id, Duty::Report).await.unwrap();
    let twice = platform.mark_incident(&drill.system(), id, Duty::Report).await;
    assert!(matches!(twice, Err(Error::NotFound)));
    assert_eq!(listed().await, (Some(Duty::File), false));
    drill.world.advance(SignedDuration::from_hours(68));
    assert_eq!(listed().await, (Some(Duty::File), true), "72 hours are over");
    let board = platform.incident_drafts(&drill.system(), id).await.unwrap().remove(2);
    assert!(!board.text.contains("not yet"), "{}", board.text);
    platform.mark_incident(&drill.system(), id, Duty::File).await.unwrap();
    assert_eq!(listed().await, (None, false));
    platform.close_incident(&drill.system(), id).await.unwrap();
    let one = platform.incident(&drill.system(), id).await.unwrap();
    assert!(one.closed_at.is_some() && one.told_at.is_some() && one.reported_at.is_some());
}

#[tokio::test]
async fn a_list_of_numbers_is_taken_whole_or_not_at_all() {
    let drill = Drill::on(Engine::Embedded).await.unwrap();
    let platform = &drill.world.platform;
    let ids = [
        drill.world.enrol(MOBILES[0], 1).await.unwrap(),
        drill.world.enrol(MOBILES[1], 2).await.unwrap(),
    ];
    let now = drill.world.now();
    let by = "by a list of numbers";
    let listed = |ids: &[BeneficiaryId]| Affects::People { ids: ids.to_vec(), by };
    let open = async |times: (Timestamp, Timestamp), said: &Said, affects: &Affects| {
        platform.open_incident(&drill.system(), times, said, affects).await
    };
    let twice = [ids[0], ids[1], ids[0]];
    assert_eq!(open((now, now), &said(), &listed(&twice)).await.unwrap().people, 2);
    let nobody = BeneficiaryId::draw(ids[0].bucket(), 77);
    let with = [ids[0], nobody];
    assert!(matches!(open((now, now), &said(), &listed(&with)).await, Err(Error::Invalid(_))));
    let ahead = (now, now + SignedDuration::from_secs(1));
    assert!(matches!(open(ahead, &said(), &listed(&ids)).await, Err(Error::Invalid(_))));
    let empty = Said { what: String::new(), ..said() };
    assert!(matches!(open((now, now), &empty, &listed(&ids)).await, Err(Error::Invalid(_))));
    // One that affects nobody has nobody to tell.
    let none = open((now, now), &said(), &listed(&[])).await.unwrap();
    assert_eq!(none.people, 0);
    assert!(matches!(
        platform.release_notices(&drill.officer(1), none.id).await,
        Err(Error::NotFound)
    ));
}

#[tokio::test]
async fn only_the_operator_opens_and_only_officers_let_go() {
    let drill = Drill::on(Engine::Embedded).await.unwrap();
    let platform = &drill.world.platform;
    let now = drill.world.now();
    let affects = Affects::People { ids: Vec::new(), by: "" };
    let vaccinator = drill.world.staff(StaffRole::Vaccinator, 1);
    for ctx in [&vaccinator, &drill.officer(1), &drill.world.resident(MOBILES[0])] {
        let opened = platform.open_incident(ctx, (now, now), &said(), &affects).await;
        assert!(matches!(opened, Err(Error::Forbidden)));
        assert!(matches!(platform.listed_incidents(ctx).await, Err(Error::Forbidden)));
        let shown = platform.affected_references(ctx, Uuid::nil()).await;
        assert!(matches!(shown, Err(Error::Forbidden)));
    }
    for ctx in [&vaccinator, &drill.system(), &drill.world.resident(MOBILES[0])] {
        let released = platform.release_notices(ctx, Uuid::nil()).await;
        assert!(matches!(released, Err(Error::Forbidden)));
        let released = platform.release_erasure(ctx, "12345678901234").await;
        assert!(matches!(released, Err(Error::Forbidden)));
    }
    assert!(matches!(platform.waiting_notices(&vaccinator).await, Err(Error::Forbidden)));
    let told = platform.mark_incident(&drill.system(), Uuid::nil(), Duty::Tell).await;
    assert!(matches!(told, Err(Error::SecondPerson)), "notices are let go by two officers");
}

#[tokio::test]
async fn an_erasure_waits_for_two_where_that_is_set() {
    for engine in ENGINES {
        let settings = Settings { limits: None, erasures_need_two: true, ..Settings::default() };
        let Some(world) = World::on(engine, 63, settings).await else { continue };
        let drill = Drill { world, folder: tempfile::tempdir().unwrap() };
        let platform = &drill.world.platform;
        let id = drill.world.enrol(MOBILES[0], 1).await.unwrap();
        let reference = platform.reference(id).to_string();
        let none = platform.release_erasure(&drill.officer(1), &reference).await;
        assert!(matches!(none, Err(Error::NotFound)), "nobody asked for it");
        platform.ask_erasure(&drill.world.resident(MOBILES[0]), id).await.unwrap();
        assert!(!platform.release_erasure(&drill.officer(1), &reference).await.unwrap());
        let alone = platform.release_erasure(&drill.officer(1), &reference).await;
        assert!(matches!(alone, Err(Error::SecondPerson)));
        drill.world.advance(SignedDuration::from_hours(24 * 8));
        let state = async || {
            platform.my_erasures(&drill.world.resident(MOBILES[0])).await.unwrap()[0].state
        };
        assert_eq!(platform.erase_due(&drill.system()).await.unwrap(), 0, "{engine:?}");
        assert_eq!(state().await, app::erasure::State::Waiting);
        // Who takes it back and asks again has it let go anew.
        let own = drill.world.resident(MOBILES[0]);
        platform.withdraw_erasure(&own, id).await.unwrap();
        platform.ask_erasure(&own, id).await.unwrap();
        let waiting = platform.waiting_erasures(&drill.officer(2)).await.unwrap();
        assert_eq!((waiting.len(), waiting[0].first), (1, None), "{engine:?}");
        assert!(!platform.release_erasure(&drill.officer(2), &reference).await.unwrap());
        assert!(platform.release_erasure(&drill.officer(1), &reference).await.unwrap());
        assert_eq!(platform.erase_due(&drill.system()).await.unwrap(), 0, "it is not due yet");
        drill.world.advance(SignedDuration::from_hours(24 * 8));
        assert_eq!(state().await, app::erasure::State::Due);
        assert_eq!(platform.erase_due(&drill.system()).await.unwrap(), 1, "{engine:?}");
        assert_eq!(state().await, app::erasure::State::Done);
        assert!(platform.waiting_erasures(&drill.officer(2)).await.unwrap().is_empty());
    }
}
