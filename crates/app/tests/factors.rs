//! How staff prove who they are: passkeys, apps that show codes, the code for a first one, and two who
//! restore what is lost; how residents sign in by an app; and that sign-ins end everywhere when something
//! is taken away.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

#[path = "factors/apps.rs"]
mod apps;
#[path = "factors/ending.rs"]
mod ending;

use app::{
    Actor, Ctx, Error,
    ctx::StaffActor,
    import::records::StaffLine,
    passkey::Shown,
    settings::{Limits, Settings, StaffSignIn},
    webauthn::{Asserted, Attested, RelyingParty},
};
use domain::{
    id::{FacilityId, StaffId},
    person::{Mobile, Name},
};
use jiff::SignedDuration;
use store::StaffRole;
use testkit::{
    authenticator::{Authenticator, Said},
    world::{DISTRICT, Engine, World},
};
use uuid::Uuid;
use vault::Secret;

const ORIGIN: &str = "https://teeka.example";
const HERE: FacilityId = FacilityId(1);
const ENGINES: [Engine; 3] = [Engine::Embedded, Engine::Postgres, Engine::Sharded];

const VACCINATOR: &str = "6900000001";
const MANAGER: &str = "6900000002";
const OFFICER: &str = "6900000003";
const OTHER_OFFICER: &str = "6900000004";
const ELSEWHERE: &str = "6900000005";

fn party() -> RelyingParty {
    RelyingParty::of_address(ORIGIN).unwrap()
}

fn line(mobile: &str, role: StaffRole, facility: Option<i64>) -> StaffLine {
    StaffLine {
        name: Name::parse("Meera Pillai").ok().unwrap(),
        mobile: Mobile::parse(mobile).ok().unwrap(),
        role,
        facility: facility.map(FacilityId),
        district: facility.is_none().then_some(DISTRICT),
        state: None,
        active: true,
    }
}

fn lines() -> [StaffLine; 5] {
    [
        line(VACCINATOR, StaffRole::Vaccinator, Some(1)),
        line(MANAGER, StaffRole::FacilityManager, Some(1)),
        line(OFFICER, StaffRole::DistrictOfficer, None),
        line(OTHER_OFFICER, StaffRole::DistrictOfficer, None),
        line(ELSEWHERE, StaffRole::FacilityManager, Some(2)),
    ]
}

/// A platform whose staff sign in so.
async fn world_on(engine: Engine, asks: StaffSignIn) -> Option<World> {
    let limits = Some(Limits::default());
    let settings = Settings { limits, staff_sign_in: asks, ..Settings::default() };
    let world = World::on(engine, 16, settings).await?;
    let system = world.ctx(Actor::System);
    world.platform.import_staff(&system, &lines()).await.unwrap();
    world.advance(SignedDuration::from_secs(2));
    Some(world)
}

async fn world(asks: StaffSignIn) -> World {
    world_on(Engine::Embedded, asks).await.unwrap()
}

/// Somebody who proved their mobile.
async fn entered(world: &World, mobile: &str) -> app::Result<StaffActor> {
    let mobile = Secret::new(mobile.to_owned());
    let staff = world.platform.enter_by_code(&world.ctx(Actor::Anyone), &mobile).await?;
    Ok(staff.unwrap())
}

fn as_staff(world: &World, staff: StaffActor) -> Ctx {
    world.ctx(Actor::Staff(staff))
}

/// The code that somebody is handed with a new account.
async fn handed(world: &World, mobile: &str) -> Option<String> {
    let one = lines().into_iter().find(|line| line.mobile.digits() == mobile).unwrap();
    let system = world.ctx(Actor::System);
    let codes = world.platform.make_staff_codes(&system, &[one]).await.unwrap();
    codes[0].as_ref().map(|code| code.expose().clone())
}

async fn add(world: &World, ctx: &Ctx, said: &Said, code: Option<&str>) -> app::Result<()> {
    let attested = Attested { client_data: &said.client_data, attestation: &said.data };
    world.platform.add_passkey(ctx, &party(), (&attested, "my phone"), code).await
}

async fn challenge(world: &World, ctx: &Ctx) -> String {
    world.platform.new_passkey(ctx).await.unwrap().challenge
}

async fn show(
    world: &World,
    authenticator: &Authenticator,
    who: StaffId,
    said: &Said,
) -> app::Result<StaffActor> {
    let said = Asserted {
        client_data: &said.client_data,
        authenticator_data: &said.data,
        signature: &said.signature,
    };
    let user = who.0.into_bytes();
    let shown = Shown { credential: &authenticator.credential, user: &user, said };
    world.platform.sign_in_by_passkey(&world.ctx(Actor::Anyone), &party(), &shown).await
}

/// Signs in with a new challenge.
async fn signs_in(
    world: &World,
    authenticator: &mut Authenticator,
    who: StaffId,
) -> app::Result<StaffActor> {
    let challenge = world.platform.sign_in_challenge(&world.ctx(Actor::Anyone));
    let said = authenticator.signs_in(&challenge);
    show(world, authenticator, who, &said).await
}

/// Somebody with a passkey of their own, signed in by it.
async fn with_passkey(world: &World, mobile: &str) -> (Authenticator, StaffActor) {
    let weak = entered(world, mobile).await.unwrap();
    let ctx = as_staff(world, weak);
    let mut authenticator = Authenticator::es256("teeka.example", ORIGIN);
    let code = match weak.strong_until {
        Some(_) => None,
        None => handed(world, mobile).await,
    };
    let said = authenticator.made(&challenge(world, &ctx).await);
    add(world, &ctx, &said, code.as_deref()).await.unwrap();
    let strong = signs_in(world, &mut authenticator, weak.id).await.unwrap();
    (authenticator, strong)
}

#[tokio::test]
async fn a_first_passkey_needs_the_code_and_opens_what_a_mobile_does_not() {
    for engine in ENGINES {
        let Some(world) = world_on(engine, StaffSignIn::Passkey).await else { continue };
        let platform = &world.platform;
        let weak = entered(&world, VACCINATOR).await.unwrap();
        assert_eq!(weak.strong_until, None);
        let ctx = as_staff(&world, weak);
        let meets = async |ctx: &Ctx| {
            platform.present_code(ctx, HERE, "21363381933156", "0000").await.err().unwrap()
        };
        assert!(matches!(meets(&ctx).await, Error::WeakSignIn), "{engine:?}");
        assert!(matches!(
            ctx.allow_somewhere(app::access::Permission::SeeDayList),
            Err(Error::WeakSignIn)
        ));

        let mut authenticator = Authenticator::es256("teeka.example", ORIGIN);
        let code = handed(&world, VACCINATOR).await.unwrap();
        for wrong in [None, Some("0000-0000-0000"), Some("")] {
            let said = authenticator.made(&challenge(&world, &ctx).await);
            let added = add(&world, &ctx, &said, wrong).await;
            assert!(matches!(added, Err(Error::WrongStaffCode)), "{wrong:?}");
        }
        // That of somebody else is not theirs.
        let others = handed(&world, MANAGER).await.unwrap();
        let said = authenticator.made(&challenge(&world, &ctx).await);
        assert!(matches!(
            add(&world, &ctx, &said, Some(&others)).await,
            Err(Error::WrongStaffCode)
        ));
        let said = authenticator.made(&challenge(&world, &ctx).await);
        let typed = code.to_lowercase().replace('-', " ");
        add(&world, &ctx, &said, Some(&typed)).await.unwrap();
        assert_eq!(handed(&world, VACCINATOR).await, None, "they have one");

        // The code was used, and a mobile alone opens nothing any more.
        let mut second = Authenticator::eddsa("teeka.example", ORIGIN);
        let said = second.made(&challenge(&world, &ctx).await);
        assert!(matches!(add(&world, &ctx, &said, Some(&code)).await, Err(Error::WeakSignIn)));
        assert!(matches!(entered(&world, VACCINATOR).await, Err(Error::PasskeyNeeded)));
        let strong = signs_in(&world, &mut authenticator, weak.id).await.unwrap();
        let ctx = as_staff(&world, strong);
        assert!(matches!(meets(&ctx).await, Error::WrongPresence), "no longer who asks");
        let said = second.made(&challenge(&world, &ctx).await);
        add(&world, &ctx, &said, None).await.unwrap();
        let strong = signs_in(&world, &mut second, weak.id).await.unwrap();
        assert_eq!((strong.role, strong.facility), (StaffRole::Vaccinator, Some(HERE)));
        let mine = platform.my_passkeys(&ctx).await.unwrap();
        let names: Vec<_> = mine.iter().map(|key| key.name.expose().as_str()).collect();
        assert_eq!(names, ["my phone", "my phone"], "{engine:?}");
        assert!(mine.iter().all(|key| key.used_at == Some(world.now())));
        // Over after a shift; and what one signs in by is changed only in its first quarter of an hour.
        world.advance(SignedDuration::from_mins(15));
        let stale = as_staff(&world, strong);
        let said =
            Authenticator::es256("teeka.example", ORIGIN).made(&challenge(&world, &stale).await);
        assert!(matches!(add(&world, &stale, &said, None).await, Err(Error::StaleSignIn)));
        world.advance(SignedDuration::from_hours(8));
        assert!(matches!(meets(&as_staff(&world, strong)).await, Error::WeakSignIn));
    }
}

#[tokio::test]
async fn a_challenge_is_answered_once_in_time_and_for_what_it_was_made() {
    let world = world(StaffSignIn::Otp).await;
    let platform = &world.platform;
    let (mut authenticator, staff) = with_passkey(&world, VACCINATOR).await;
    let anyone = world.ctx(Actor::Anyone);
    let refused = |outcome: app::Result<StaffActor>| matches!(outcome, Err(Error::NotProven));
    // Twice; at once, too.
    let said = authenticator.signs_in(&platform.sign_in_challenge(&anyone));
    assert!(show(&world, &authenticator, staff.id, &said).await.is_ok());
    assert!(refused(show(&world, &authenticator, staff.id, &said).await));
    let said = authenticator.signs_in(&platform.sign_in_challenge(&anyone));
    let both = tokio::join!(
        show(&world, &authenticator, staff.id, &said),
        show(&world, &authenticator, staff.id, &said)
    );
    assert_eq!(u8::from(both.0.is_ok()) + u8::from(both.1.is_ok()), 1);
    // Too late.
    let said = authenticator.signs_in(&platform.sign_in_challenge(&anyone));
    world.advance(SignedDuration::from_mins(5));
    assert!(refused(show(&world, &authenticator, staff.id, &said).await));
    // Made for another occasion, or by nobody.
    let ctx = as_staff(&world, staff);
    for other in [challenge(&world, &ctx).await, "AAAA".to_owned(), String::new(), "A".repeat(75)] {
        let said = authenticator.signs_in(&other);
        assert!(refused(show(&world, &authenticator, staff.id, &said).await), "{other}");
    }
    // One that another account was given makes no passkey here.
    let manager = entered(&world, MANAGER).await.unwrap();
    let theirs = challenge(&world, &as_staff(&world, manager)).await;
    let other = Authenticator::eddsa("teeka.example", ORIGIN);
    let added = add(&world, &ctx, &other.made(&theirs), None).await;
    assert!(matches!(added, Err(Error::NotProven)));
    // A passkey signs in to its own account only, and one that is not known to none.
    assert!(refused(signs_in(&world, &mut authenticator, manager.id).await));
    assert!(refused(signs_in(&world, &mut authenticator, StaffId(Uuid::from_u128(1))).await));
    let mut unknown = Authenticator::es256("teeka.example", ORIGIN);
    assert!(refused(signs_in(&world, &mut unknown, staff.id).await));
    assert!(signs_in(&world, &mut authenticator, staff.id).await.is_ok());
}

/// What a relay has: a real challenge, a person with their authenticator, and its own address.
#[tokio::test]
async fn through_a_relay_nobody_is_signed_in() {
    let world = world(StaffSignIn::Otp).await;
    let (mut authenticator, staff) = with_passkey(&world, VACCINATOR).await;
    let mut obtained = 0;
    for origin in
        ["https://teeka.example.evil.example", "https://evil.example", "http://teeka.example"]
    {
        authenticator.origin = origin.to_owned();
        obtained += u32::from(signs_in(&world, &mut authenticator, staff.id).await.is_ok());
    }
    // By the mobile and its one-time password, as a person types it in there.
    obtained += u32::from(entered(&world, VACCINATOR).await.is_ok());
    assert_eq!(obtained, 0);
    authenticator.origin = ORIGIN.to_owned();
    assert!(signs_in(&world, &mut authenticator, staff.id).await.is_ok());
}

#[tokio::test]
async fn a_copy_of_an_authenticator_is_noticed() {
    let world = world(StaffSignIn::Otp).await;
    let (mut authenticator, staff) = with_passkey(&world, VACCINATOR).await;
    authenticator.sign_count = 10;
    assert!(signs_in(&world, &mut authenticator, staff.id).await.is_ok());
    let before = world.platform.alarms_raised();
    authenticator.sign_count = 5;
    assert!(matches!(signs_in(&world, &mut authenticator, staff.id).await, Err(Error::NotProven)));
    assert_eq!(world.platform.alarms_raised(), before + 1);
    let (_, manager) = with_passkey(&world, MANAGER).await;
    let alarms = world.platform.alarms(&as_staff(&world, manager)).await.unwrap();
    assert_eq!((alarms[0].kind.as_str(), alarms[0].who), ("passkey", staff.id));
}

/// What a one-time password opens, by the operator's choice and by what somebody has.
#[tokio::test]
async fn the_more_somebody_has_the_less_a_mobile_opens() {
    use StaffSignIn::{Otp, Passkey, PasskeyOrTotp};
    let mut table = Vec::new();
    for asks in [Passkey, PasskeyOrTotp, Otp] {
        for (has_passkey, has_app) in [(false, false), (false, true), (true, false), (true, true)] {
            let world = world(asks).await;
            let staff = entered(&world, VACCINATOR).await.unwrap();
            if has_passkey {
                with_passkey(&world, VACCINATOR).await;
            }
            if has_app {
                let holder = store::Holder::staff(staff.id);
                let secret = world.platform.vault().seal_message(holder.id.as_bytes(), &[7; 20]);
                let row = store::TotpRow { holder, secret, last_step: 0, made_at: world.now() };
                assert!(world.platform.store().add_totp(&row).await.unwrap());
            }
            let opens = match entered(&world, VACCINATOR).await {
                Ok(staff) if staff.strong_until.is_some() => "all",
                Ok(_) => "to prove more",
                Err(Error::PasskeyNeeded) => "nothing",
                Err(error) => panic!("{error}"),
            };
            table.push((asks.word(), has_passkey, has_app, opens));
        }
    }
    assert_eq!(
        table,
        [
            ("passkey", false, false, "to prove more"),
            ("passkey", false, true, "to prove more"),
            ("passkey", true, false, "nothing"),
            ("passkey", true, true, "nothing"),
            ("passkey_or_totp", false, false, "to prove more"),
            ("passkey_or_totp", false, true, "to prove more"),
            ("passkey_or_totp", true, false, "nothing"),
            ("passkey_or_totp", true, true, "to prove more"),
            ("otp", false, false, "all"),
            ("otp", false, true, "to prove more"),
            ("otp", true, false, "nothing"),
            ("otp", true, true, "to prove more"),
        ]
    );
}
