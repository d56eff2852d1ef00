//! Who asks for a seat where there is none is told so from memory for a second; a seat that comes back
//! is to be had at once.

use app::{Actor, Error, Result, booking::Wish};
use domain::id::{AppointmentId, BeneficiaryId, SessionId};
use jiff::SignedDuration;
use testkit::world::World;

const MOBILES: [&str; 3] = ["6000000001", "6000000002", "6000000003"];

async fn book(
    world: &World,
    session: SessionId,
    number: usize,
    people: &[BeneficiaryId],
) -> Result<AppointmentId> {
    let wish = Wish {
        session,
        slot: "09:00AM-01:00PM",
        dose_number: Some(1),
        beneficiaries: &people[number..=number],
        idempotency_key: None,
    };
    world.platform.book(&world.resident(MOBILES[number]), &wish).await
}

#[tokio::test]
async fn a_seat_that_comes_back_is_to_be_had_at_once() {
    let world = World::new(3).await;
    let on = world.ctx(Actor::System).today().saturating_add(jiff::ToSpan::days(2));
    let session = world.publish(world.session(1, 1, on, [1, 1, 1])).await;
    let mut people = Vec::new();
    for (number, mobile) in (1..).zip(MOBILES) {
        people.push(world.enrol(mobile, number).await.unwrap());
    }
    let held = book(&world, session, 0, &people).await.unwrap();
    // The second time it is known from the first, without the store.
    for _ in 0..2 {
        let full = book(&world, session, 1, &people).await.unwrap_err();
        assert!(matches!(full, Error::Full { next: None, .. }), "{full:?}");
    }
    world.platform.cancel(&world.resident(MOBILES[0]), held, &[]).await.unwrap();
    let held = book(&world, session, 1, &people).await.unwrap();

    // A seat that came back by another way is there after a second at most.
    assert!(book(&world, session, 2, &people).await.is_err());
    let cancellation = store::Cancellation {
        appointment: held,
        account: world.resident(MOBILES[1]).resident().unwrap(),
        beneficiaries: Vec::new(),
        message: None,
        at: world.now(),
    };
    world.platform.store().cancel(&[cancellation]).await.unwrap()[0].as_ref().unwrap();
    assert!(matches!(book(&world, session, 2, &people).await, Err(Error::Full { .. })));
    world.advance(SignedDuration::from_secs(1));
    book(&world, session, 2, &people).await.unwrap();
}
