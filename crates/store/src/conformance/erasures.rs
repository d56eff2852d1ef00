//! Somebody who is erased is found nowhere any more, and what counts nobody by name stays.

use std::sync::Arc;

use super::fixture::{DAY, account, at, booking, country, dose, enrolment, owed, person, seat};
use crate::{
    Done, ErasureRow, Holder, KeyOwner, KeyTable, NotEnrolled, NotErasable, Store, TotpRow,
};

fn asked(account_number: u16, number: u64) -> ErasureRow {
    ErasureRow {
        account: account(account_number),
        beneficiary: person(account_number, number),
        asked_at: at(100),
        due_at: at(200),
        erased_at: None,
    }
}

/// Whose wrapped keys there are.
async fn owners(store: &Arc<dyn Store>) -> Vec<KeyOwner> {
    let mut owners = Vec::new();
    for table in KeyTable::ALL {
        let rows = store.wrapped_keys(table, None, 100).await.unwrap();
        owners.extend(rows.into_iter().map(|row| row.owner));
    }
    owners
}

pub(super) async fn an_erasure_is_asked_once_and_can_be_taken_back(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let first = store.ask_erasure(&asked(1, 1), DAY).await.unwrap().unwrap();
    assert_eq!(first, asked(1, 1));
    let later = ErasureRow { asked_at: at(150), due_at: at(900), ..asked(1, 1) };
    assert_eq!(store.ask_erasure(&later, DAY).await.unwrap(), Ok(first.clone()));
    assert_eq!(store.erasures_of(account(1)).await.unwrap(), [first]);
    assert!(store.erasures_of(account(2)).await.unwrap().is_empty());
    // Of nobody, and of somebody else's.
    let nobody = ErasureRow { beneficiary: person(1, 77), ..asked(1, 1) };
    let no = Err(NotErasable::NoSuchBeneficiary);
    assert_eq!(store.ask_erasure(&nobody, DAY).await.unwrap(), no);
    let others = ErasureRow { account: account(2), ..asked(1, 1) };
    assert_eq!(store.ask_erasure(&others, DAY).await.unwrap(), no);
    assert!(!store.withdraw_erasure(account(2), person(1, 1)).await.unwrap());
    assert!(store.due_erasures(at(199), None, 10).await.unwrap().is_empty());
    assert_eq!(store.due_erasures(at(200), None, 10).await.unwrap(), [asked(1, 1)]);
    assert!(store.withdraw_erasure(account(1), person(1, 1)).await.unwrap());
    assert!(!store.withdraw_erasure(account(1), person(1, 1)).await.unwrap());
    assert!(store.due_erasures(at(900), None, 10).await.unwrap().is_empty());
    // What was taken back is not done.
    assert_eq!(
        store.erase(&asked(1, 1), at(900), DAY).await.unwrap(),
        Err(NotErasable::NoSuchBeneficiary)
    );
    assert!(store.person(person(1, 1)).await.unwrap().is_some());
}

pub(super) async fn who_is_erased_is_gone_and_their_doses_count_on(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let (done, everybody) = ([Ok(Done::New)], store.people_count().await.unwrap());
    assert_eq!(store.record_doses(&[dose(1, person(1, 1), 1, 1)]).await.unwrap(), done);
    let before = store.person(person(1, 1)).await.unwrap().unwrap().beneficiary;
    store.ask_erasure(&asked(1, 1), DAY).await.unwrap().unwrap();
    let three = [person(1, 1), person(2, 1), person(1, 77)];
    assert_eq!(store.gone(&three).await.unwrap(), [None; 3], "asked is not done");
    assert_eq!(store.erase(&asked(1, 1), at(300), DAY).await.unwrap(), Ok(()));
    assert_eq!(store.gone(&three).await.unwrap(), [Some(at(300)), None, None]);
    assert!(store.person(person(1, 1)).await.unwrap().is_none());
    let left = store.people(account(1)).await.unwrap();
    assert!(left.iter().all(|record| record.beneficiary.id != person(1, 1)));
    assert!(!owners(store).await.contains(&KeyOwner::Beneficiary(person(1, 1))));
    let audit = store.audit().await.unwrap();
    assert_eq!((audit.doses, audit.holds()), (1, true), "{audit:?}");
    assert_eq!((store.people_count().await.unwrap(), audit.people), (everybody - 1, everybody - 1));
    let kept = store.erasures_of(account(1)).await.unwrap();
    assert_eq!(kept, [ErasureRow { erased_at: Some(at(300)), ..asked(1, 1) }]);
    // Done is done, and can be neither repeated nor taken back.
    assert!(store.due_erasures(at(900), None, 10).await.unwrap().is_empty());
    assert!(store.erase(&asked(1, 1), at(900), DAY).await.unwrap().is_err());
    assert!(!store.withdraw_erasure(account(1), person(1, 1)).await.unwrap());
    // Nothing says any more whose the document was: it is anybody's.
    let mut again = enrolment(2, 90, 1);
    again.beneficiary.details.document_index = before.details.document_index;
    let taken = store.enrol(std::slice::from_ref(&again)).await.unwrap();
    assert_ne!(taken, [Err(NotEnrolled::DocumentTaken)]);
    assert!(taken[0].is_ok());
}

pub(super) async fn an_account_goes_with_its_last_person(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let people: Vec<_> =
        store.people(account(1)).await.unwrap().iter().map(|one| one.beneficiary.id).collect();
    let mut left = people.len();
    assert!(left >= 1);
    let app = Holder { bucket: account(1).bucket.0, id: account(1).uuid };
    let row = TotpRow { holder: app, secret: vec![1], last_step: 0, made_at: at(0) };
    assert!(store.add_totp(&row).await.unwrap());
    for id in people {
        let one = ErasureRow { beneficiary: id, ..asked(1, 1) };
        store.ask_erasure(&one, DAY).await.unwrap().unwrap();
        store.erase(&one, at(300), DAY).await.unwrap().unwrap();
        left -= 1;
        assert_eq!(store.account(account(1)).await.unwrap().is_some(), left > 0);
        assert_eq!(store.totp(app).await.unwrap().is_some(), left > 0);
    }
    assert!(!owners(store).await.contains(&KeyOwner::Account(account(1))));
    // Whoever has the mobile may begin anew.
    assert!(store.enrol(&[enrolment(1, 91, 91)]).await.unwrap()[0].is_ok());
    assert!(store.account(account(1)).await.unwrap().is_some());
}

pub(super) async fn what_is_under_way_is_ended_first(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let to = seat(1, 1, 0, 0);
    store.book(&[booking(5, 1, &[1], to)]).await.unwrap()[0].unwrap();
    assert_eq!(store.ask_erasure(&asked(1, 1), DAY).await.unwrap(), Err(NotErasable::Booked));
    let (late, _) = owed(dose(7, person(2, 1), 1, 1));
    store.record_doses(&[late]).await.unwrap()[0].unwrap();
    assert_eq!(store.ask_erasure(&asked(2, 1), DAY).await.unwrap(), Err(NotErasable::Owed));
}

pub(super) async fn an_appointment_that_was_missed_stands_in_the_way_of_no_erasure(
    store: &Arc<dyn Store>,
) {
    country(store, 5).await;
    store.ask_erasure(&asked(1, 1), DAY).await.unwrap().unwrap();
    store.book(&[booking(5, 1, &[1], seat(1, 1, 0, 0))]).await.unwrap()[0].unwrap();
    let early = store.erase(&asked(1, 1), at(300), DAY).await.unwrap();
    assert_eq!(early, Err(NotErasable::Booked), "its day is not over");
    let after = DAY.tomorrow().unwrap();
    assert_eq!(store.ask_erasure(&asked(1, 1), after).await.unwrap(), Ok(asked(1, 1)));
    assert_eq!(store.erase(&asked(1, 1), at(300), after).await.unwrap(), Ok(()));
    assert!(store.person(person(1, 1)).await.unwrap().is_none());
    let audit = store.audit().await.unwrap();
    assert!(audit.holds(), "{audit:?}");
}
