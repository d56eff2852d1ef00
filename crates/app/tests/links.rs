//! Links to what a resident may download.

use app::{
    Actor, Ctx, Error,
    links::{BadLink, Download},
};
use jiff::SignedDuration;
use store::StaffRole;
use testkit::world::World;

const MOBILE: &str = "7500000001";
const OTHER: &str = "7500000002";

#[tokio::test]
async fn a_link_is_of_one_account_one_person_and_one_thing() {
    let world = World::new(5).await;
    let platform = &world.platform;
    let person = world.enrol(MOBILE, 1).await.unwrap();
    let sibling = world.enrol(MOBILE, 2).await.unwrap();
    let ctx = world.resident(MOBILE);
    let link = platform.make_link(&ctx, person, Download::Certificate).unwrap();
    let check = |ctx: &Ctx, person, what| platform.check_link(ctx, person, what, &link);
    assert_eq!(check(&ctx, person, Download::Certificate), Ok(()));
    assert_eq!(check(&ctx, person, Download::HealthCard), Err(BadLink::Wrong));
    assert_eq!(check(&ctx, sibling, Download::Certificate), Err(BadLink::Wrong));
    let elsewhere = [
        world.resident(OTHER),
        world.staff(StaffRole::Vaccinator, 1),
        world.ctx(Actor::Anyone),
        world.ctx(Actor::System),
    ];
    for ctx in elsewhere {
        assert_eq!(check(&ctx, person, Download::Certificate), Err(BadLink::Wrong));
    }
    let anyone = world.ctx(Actor::Anyone);
    let made = platform.make_link(&anyone, person, Download::Certificate);
    assert!(matches!(made, Err(Error::Unauthenticated)));
}

#[tokio::test]
async fn a_link_ends_after_ten_minutes_and_stays_ended() {
    let world = World::new(5).await;
    let platform = &world.platform;
    let person = world.enrol(MOBILE, 1).await.unwrap();
    let begun = world.resident(MOBILE);
    let link = platform.make_link(&begun, person, Download::HealthCard).unwrap();
    for (seconds, answer) in [
        (0, Ok(())),
        (599, Ok(())),
        (1, Err(BadLink::Expired)),
        (3_600 * 24 * 365, Err(BadLink::Expired)),
    ] {
        world.advance(SignedDuration::from_secs(seconds));
        let ctx = world.resident(MOBILE);
        assert_eq!(platform.check_link(&ctx, person, Download::HealthCard, &link), answer);
        // Whether a wrong one is late is not said.
        let wrong = platform.check_link(&ctx, person, Download::Certificate, &link);
        assert_eq!(wrong, Err(BadLink::Wrong));
    }
}
