//! What is given for travel: kept once there is something to certify, and only while it goes with
//! what else is known.

use std::sync::Arc;

use super::{
    corrections::undo,
    fixture::{account, at, correction, country, details, dose, person},
};
use crate::{Amendment, CorrectedFields, Done, NotKept, SealedTravel, Store, TravelChange};

const NAME: CorrectedFields = CorrectedFields { name: true, birth_year: false, gender: false };
const YEAR: CorrectedFields = CorrectedFields { name: false, birth_year: true, gender: false };

/// Details of which every second has a guardian.
fn travel(byte: u8) -> SealedTravel {
    SealedTravel {
        born_on: vec![byte],
        passport: vec![byte, 1],
        nationality: vec![byte, 2],
        guardian: byte.is_multiple_of(2).then(|| vec![byte, 3]),
    }
}

/// A change by the first account, for its first person, whose details were changed so often.
fn change(changes: i32, travel: Option<SealedTravel>) -> TravelChange {
    TravelChange { account: account(1), beneficiary: person(1, 1), changes, travel }
}

async fn set(store: &Arc<dyn Store>, one: TravelChange) -> Result<(), NotKept> {
    store.set_travel(&[one]).await.unwrap()[0]
}

async fn held(store: &Arc<dyn Store>) -> Option<SealedTravel> {
    store.person(person(1, 1)).await.unwrap().unwrap().beneficiary.travel
}

pub(super) async fn details_for_travel_are_kept_and_removed(store: &Arc<dyn Store>) {
    country(store, 5).await;
    assert_eq!(set(store, change(0, Some(travel(1)))).await, Err(NotKept::NotVaccinated));
    store.record_doses(&[dose(1, person(1, 1), 1, 1), dose(2, person(2, 1), 1, 1)]).await.unwrap();
    let foreign = TravelChange { account: account(2), ..change(0, Some(travel(1))) };
    let nobody = TravelChange { beneficiary: person(9, 9), ..change(0, Some(travel(1))) };
    let other = TravelChange {
        account: account(2),
        beneficiary: person(2, 1),
        ..change(0, Some(travel(9)))
    };
    let all = [
        change(0, Some(travel(1))),
        foreign,
        nobody,
        change(1, Some(travel(2))), // held against details that are not those on record
        other,
        change(0, Some(travel(3))), // the same person again
    ];
    let (unknown, changed) = (Err(NotKept::NoSuchBeneficiary), Err(NotKept::Changed));
    let outcomes = store.set_travel(&all).await.unwrap();
    assert_eq!(outcomes, [Ok(()), unknown, unknown, changed, Ok(()), Ok(())]);
    assert_eq!(held(store).await, Some(travel(3)));
    let people = store.people(account(2)).await.unwrap();
    assert_eq!(people[0].beneficiary.travel, Some(travel(9)));
    assert_eq!(people[1].beneficiary.travel, None);
    // Removed however stale the view of who asks, and twice is harmless.
    let foreign = TravelChange { account: account(2), ..change(0, None) };
    assert_eq!(set(store, foreign).await, unknown);
    assert_eq!(held(store).await, Some(travel(3)));
    for changes in [7, 0] {
        assert_eq!(set(store, change(changes, None)).await, Ok(()));
        assert_eq!(held(store).await, None);
    }
}

/// A day of birth never stays beside the year of another.
pub(super) async fn details_for_travel_go_with_the_year_they_were_held_against(
    store: &Arc<dyn Store>,
) {
    country(store, 5).await;
    store.record_doses(&[dose(1, person(1, 1), 1, 1)]).await.unwrap();
    assert_eq!(set(store, change(0, Some(travel(1)))).await, Ok(()));
    let record = async || store.person(person(1, 1)).await.unwrap().unwrap();
    let named = correction(1, NAME, &record().await);
    assert_eq!(store.correct(&[named]).await.unwrap(), [Ok(Done::New)]);
    assert_eq!(held(store).await, Some(travel(1)), "another name is no reason");
    let aged = correction(2, YEAR, &record().await);
    assert_eq!(store.correct(&[aged]).await.unwrap(), [Ok(Done::New)]);
    assert_eq!(held(store).await, None);
    // One that was checked before the year was corrected comes too late.
    assert_eq!(set(store, change(1, Some(travel(1)))).await, Err(NotKept::Changed));
    assert_eq!(set(store, change(2, Some(travel(2)))).await, Ok(()));
    // The only dose is taken back; then details are free again, and what was given goes with them.
    let undone = undo(person(1, 1), 1);
    assert_eq!(store.undo_dose(&undone).await.unwrap(), Ok(Done::New));
    let amendment = Amendment {
        account: account(1),
        beneficiary: person(1, 1),
        details: details(1),
        at: at(320),
    };
    assert_eq!(store.amend(&[amendment]).await.unwrap(), [Ok(())]);
    assert_eq!(held(store).await, None);
}
