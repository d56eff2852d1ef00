//! What is lost is restored by two, and what is taken away ends sign-ins everywhere.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use app::Platform;

use super::*;

async fn restore(world: &World, by: StaffActor, mobile: &str) -> app::Result<Option<String>> {
    let mobile = Mobile::parse(mobile).ok().unwrap();
    let code = world.platform.restore_access(&as_staff(world, by), &mobile).await?;
    Ok(code.map(|code| code.expose().clone()))
}

#[tokio::test]
async fn two_people_restore_what_is_lost_and_one_does_not() {
    for engine in ENGINES {
        let Some(world) = world_on(engine, StaffSignIn::Passkey).await else { continue };
        let (mut lost, staff) = with_passkey(&world, VACCINATOR).await;
        let (_, manager) = with_passkey(&world, MANAGER).await;
        let (_, officer) = with_passkey(&world, OFFICER).await;
        let (_, elsewhere) = with_passkey(&world, ELSEWHERE).await;
        let weak = entered(&world, OTHER_OFFICER).await.unwrap();

        // Nobody for themselves, for somebody of another place, or before proving who they are.
        assert!(matches!(restore(&world, manager, MANAGER).await, Err(Error::Forbidden)));
        assert!(matches!(restore(&world, elsewhere, VACCINATOR).await, Err(Error::NotFound)));
        assert!(matches!(restore(&world, manager, "6999999999").await, Err(Error::NotFound)));
        assert!(matches!(restore(&world, weak, VACCINATOR).await, Err(Error::WeakSignIn)));
        assert!(matches!(restore(&world, staff, MANAGER).await, Err(Error::Forbidden)));

        assert_eq!(restore(&world, manager, VACCINATOR).await.unwrap(), None);
        assert_eq!(
            restore(&world, manager, VACCINATOR).await.unwrap(),
            None,
            "{engine:?}: one is not two"
        );
        assert!(signs_in(&world, &mut lost, staff.id).await.is_ok(), "nothing is lost yet");
        world.advance(SignedDuration::from_hours(7));
        let signed_in = world.now().as_second();
        let code = restore(&world, officer, VACCINATOR).await.unwrap().unwrap();
        assert!(world.platform.is_signed_out(staff.id, signed_in));
        assert!(matches!(signs_in(&world, &mut lost, staff.id).await, Err(Error::NotProven)));

        // Who lost it begins anew with mobile and code; the code of the day of hiring is long gone.
        let again = entered(&world, VACCINATOR).await.unwrap();
        let ctx = as_staff(&world, again);
        let mut new = Authenticator::eddsa("teeka.example", ORIGIN);
        let said = new.made(&challenge(&world, &ctx).await);
        add(&world, &ctx, &said, Some(&code)).await.unwrap();
        assert!(signs_in(&world, &mut new, staff.id).await.is_ok(), "{engine:?}");
        let officers = world.platform.alarms(&as_staff(&world, officer)).await.unwrap();
        assert_eq!(officers.iter().filter(|alarm| alarm.kind == "restored").count(), 1);
    }
}

#[tokio::test]
async fn officers_of_a_district_help_one_another_and_a_day_is_the_limit() {
    let world = world(StaffSignIn::Passkey).await;
    let (_, officer) = with_passkey(&world, OFFICER).await;
    let (_, manager) = with_passkey(&world, MANAGER).await;
    assert!(matches!(restore(&world, manager, OFFICER).await, Err(Error::NotFound)));
    assert_eq!(restore(&world, officer, OTHER_OFFICER).await.unwrap(), None);
    // What was said more than a day ago counts no more.
    assert_eq!(restore(&world, officer, VACCINATOR).await.unwrap(), None);
    world.advance(SignedDuration::from_hours(25));
    let fresh = Some(world.now() + SignedDuration::from_hours(8));
    let manager = StaffActor { strong_until: fresh, ..manager };
    assert_eq!(restore(&world, manager, VACCINATOR).await.unwrap(), None);
}

#[tokio::test]
async fn the_last_passkey_stays_and_removing_one_is_for_who_just_signed_in() {
    let world = world(StaffSignIn::Otp).await;
    let (_, staff) = with_passkey(&world, VACCINATOR).await;
    let ctx = as_staff(&world, staff);
    let platform = &world.platform;
    let id = platform.my_passkeys(&ctx).await.unwrap()[0].id;
    assert!(matches!(platform.remove_passkey(&ctx, id).await, Err(Error::LastFactor)));
    assert!(matches!(platform.remove_passkey(&ctx, Uuid::nil()).await, Err(Error::NotFound)));
    let second = Authenticator::eddsa("teeka.example", ORIGIN);
    add(&world, &ctx, &second.made(&challenge(&world, &ctx).await), None).await.unwrap();
    let (_, manager) = with_passkey(&world, MANAGER).await;
    let others = platform.remove_passkey(&as_staff(&world, manager), id).await;
    assert!(matches!(others, Err(Error::NotFound)), "of another");
    world.advance(SignedDuration::from_mins(16));
    let stale = platform.remove_passkey(&as_staff(&world, staff), id).await;
    assert!(matches!(stale, Err(Error::StaleSignIn)));
}

/// Keeps a platform busy with what takes a durable write each.
fn busy(platform: &Arc<Platform>, ctx: &Ctx, end: &Arc<AtomicBool>, done: &Arc<AtomicU64>) {
    for number in 0..16_u64 {
        let (platform, ctx) = (Arc::clone(platform), ctx.clone());
        let (end, done) = (Arc::clone(end), Arc::clone(done));
        tokio::spawn(async move {
            let mobile = Mobile::parse(&format!("75000{number:05}")).ok().unwrap();
            while !end.load(Ordering::Relaxed) {
                let audience = app::sign_in::Audience::Resident;
                drop(platform.send_code(&ctx, &mobile, audience, "load").await);
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
}

/// Looks as the program does, four times a second, until a sign-in of somebody is over.
async fn until_over(
    other: &Platform,
    now: jiff::Timestamp,
    who: StaffId,
    signed_in: i64,
) -> Duration {
    let begun = Instant::now();
    while !other.is_signed_out(who, signed_in) {
        assert!(begun.elapsed() < Duration::from_secs(30), "it is never over");
        tokio::time::sleep(Duration::from_millis(250)).await;
        other.follow_accounts(now).await.unwrap();
    }
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn under_load_sign_ins_are_over_everywhere_within_five_seconds() {
    let mut world = world(StaffSignIn::PasskeyOrTotp).await;
    let other = Arc::clone(&world.platform);
    world.crash().await;
    let (_, staff) = with_passkey(&world, VACCINATOR).await;
    let ctx = as_staff(&world, staff);
    let second = Authenticator::eddsa("teeka.example", ORIGIN);
    add(&world, &ctx, &second.made(&challenge(&world, &ctx).await), None).await.unwrap();
    let (mut managers, manager) = with_passkey(&world, MANAGER).await;
    let signed_in = world.now().as_second();
    let (end, done) = (Arc::default(), Arc::<AtomicU64>::default());
    for platform in [&world.platform, &other] {
        busy(platform, &world.ctx(Actor::Anyone), &end, &done);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!other.is_signed_out(staff.id, signed_in));
    assert!(!other.is_signed_out(manager.id, signed_in));

    let id = world.platform.my_passkeys(&ctx).await.unwrap()[0].id;
    world.platform.remove_passkey(&ctx, id).await.unwrap();
    assert!(world.platform.is_signed_out(staff.id, signed_in), "here at once");
    let removed = until_over(&other, world.now(), staff.id, signed_in).await;

    let closed = StaffLine { active: false, ..line(MANAGER, StaffRole::FacilityManager, Some(1)) };
    world.platform.import_staff(&world.ctx(Actor::System), &[closed]).await.unwrap();
    let closed = until_over(&other, world.now(), manager.id, signed_in).await;
    assert!(matches!(signs_in(&world, &mut managers, manager.id).await, Err(Error::NotProven)));
    end.store(true, Ordering::Relaxed);
    let (limit, done) = (Duration::from_secs(5), done.load(Ordering::Relaxed));
    assert!(removed < limit && closed < limit, "{removed:?} {closed:?} beside {done}");
    assert!(done > 20, "{done}: there was load");
    println!("over after {removed:?} and {closed:?}, beside {done} durable writes");
}
