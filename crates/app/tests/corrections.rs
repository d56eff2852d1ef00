//! Details that are corrected after the first dose: the certificates from before are withdrawn, each
//! dose has a new one, and nobody but the person's own account can do it, and only so often.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use app::{
    Actor, Error, booking::Wish, correction::Change, doses::Given, presence::Presence,
    settings::Settings,
};
use domain::{
    id::{BeneficiaryId, DoseId, FacilityId},
    person::{Gender, Name},
};
use jiff::{SignedDuration, Timestamp, ToSpan};
use store::{NotCorrected, StaffRole, Withdrawal, WithdrawalPlace, WithdrawalReason};
use testkit::world::{Engine, World};
use uuid::Uuid;

const MOBILE: &str = "7500000001";
const SLOT: &str = "09:00AM-01:00PM";

async fn world(engine: Engine, corrections: u8) -> Option<World> {
    let settings = Settings { limits: None, corrections, ..Settings::default() };
    World::on(engine, 21, settings).await
}

fn named(name: &str) -> Change {
    Change { name: Some(Name::parse(name).ok().unwrap()), ..Change::default() }
}

/// Gives somebody their next dose at the first facility; they stand there.
async fn vaccinate(world: &World, mobile: &str, person: BeneficiaryId, dose: u128) -> Presence {
    let platform = &world.platform;
    let today = world.ctx(Actor::System).today();
    let session = world.publish(world.session(dose, 1, today, [5, 5, 5])).await;
    let wish = Wish {
        session,
        slot: SLOT,
        dose_number: None,
        beneficiaries: &[person],
        idempotency_key: None,
    };
    let appointment = platform.book(&world.resident(mobile), &wish).await.unwrap();
    let ctx = world.staff(StaffRole::Vaccinator, 1);
    let reference = platform.reference(person).to_string();
    let code = platform.security_code(appointment);
    let presented = platform.present_code(&ctx, FacilityId(1), &reference, &code).await.unwrap();
    record(world, &presented.1, dose).await;
    presented.1
}

async fn record(world: &World, presence: &Presence, dose: u128) {
    let ctx = world.staff(StaffRole::Vaccinator, 1);
    let given = Given {
        id: DoseId(Uuid::from_u128(dose)),
        number: None,
        vaccine: "COVISHIELD",
        lot: "LOT1",
        vaccinator: "Meera Pillai",
        given_on: None,
    };
    world.platform.record_dose(&ctx, presence, &given).await.unwrap();
}

async fn withdrawn(world: &World) -> Vec<Withdrawal> {
    let begin = WithdrawalPlace { at: Timestamp::UNIX_EPOCH, certificate: Uuid::nil() };
    world.platform.store().withdrawals(begin, 100).await.unwrap()
}

/// What the page of a certificate says.
async fn printed(world: &World, mobile: &str, person: BeneficiaryId) -> Vec<u8> {
    world.platform.my_certificate(&world.resident(mobile), person).await.unwrap()
}
