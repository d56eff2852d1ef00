//! What is watched, what two do together, and vial-doses.

use std::sync::Arc;

use domain::id::{BeneficiaryId, DistrictId, DoseId, FacilityId, HomeBucket, SessionId, StaffId};
use uuid::Uuid;

use super::fixture::at;
use crate::{
    Agreement, AlarmRow, EmergencyRow, ProposalRow, Standing, StockRow, StockUse, Store, WatchStep,
};

const HERE: FacilityId = FacilityId(7);

fn staff(number: u128) -> StaffId {
    StaffId(Uuid::from_u128(number << 100 | number))
}

fn step(who: u128, read_add: i64) -> WatchStep {
    WatchStep {
        who: staff(who),
        facility: Some(HERE),
        district: Some(DistrictId(391)),
        reads: 1,
        unexplained: u32::from(read_add > 0),
        lookups: 1,
        misses: 0,
        read_add,
        miss_add: -5,
        undosed_add: 2 * read_add,
        sign_out: None,
    }
}

pub(super) async fn sums_never_fall_below_nothing_and_standings_change_once(
    store: &Arc<dyn Store>,
) {
    let steps = [step(1, -3), step(1, 10), step(2, 4), step(1, -4), step(1, 1)];
    let all = store.watch(&steps).await.unwrap();
    let scores: Vec<_> = all.iter().map(|one| (one.read_score, one.miss_score)).collect();
    assert_eq!(scores, [(0, 0), (10, 0), (4, 0), (6, 0), (7, 0)]);
    let undosed: Vec<_> = all.iter().map(|one| one.undosed_score).collect();
    assert_eq!(undosed, [0, 20, 8, 12, 14]);
    assert_eq!((all[4].reads, all[4].lookups), ((4, 2), (4, 0)));
    assert_eq!((all[4].facility, all[4].standing), (Some(HERE), Standing::Free));
    assert!(store.watched(staff(3)).await.unwrap().is_none());
    let change = |from, to, second| store.set_standing(staff(1), from, to, at(second));
    assert!(change(Standing::Free, Standing::Held, 10).await.unwrap());
    assert!(!change(Standing::Free, Standing::Held, 11).await.unwrap());
    assert_eq!(store.watched(staff(1)).await.unwrap().unwrap().read_score, 7);
    let seen = store.watched_since(at(10)).await.unwrap();
    assert_eq!(seen.iter().map(|one| one.who).collect::<Vec<_>>(), [staff(1)]);
    assert!(change(Standing::Held, Standing::Free, 12).await.unwrap());
    let free = store.watched(staff(1)).await.unwrap().unwrap();
    assert_eq!((free.read_score, free.undosed_score), (0, 0));
    // Signing out is seen, and does not go back.
    let out = |second| WatchStep { sign_out: Some(at(second)), ..step(2, 0) };
    store.watch(&[out(20), out(15)]).await.unwrap();
    let seen = store.watched_since(at(15)).await.unwrap();
    assert_eq!(seen.iter().map(|one| one.signed_out_at).collect::<Vec<_>>(), [at(20)]);
}

pub(super) async fn alarms_are_kept_once(store: &Arc<dyn Store>) {
    let alarm = |id: u128, facility, second| AlarmRow {
        id: Uuid::from_u128(id),
        kind: "misses".into(),
        who: staff(1),
        facility,
        district: Some(DistrictId(391)),
        at: at(second),
    };
    assert!(store.raise_alarm(&alarm(1, Some(HERE), 5)).await.unwrap());
    assert!(!store.raise_alarm(&alarm(1, Some(HERE), 6)).await.unwrap());
    assert!(store.raise_alarm(&alarm(2, None, 7)).await.unwrap());
    let all = [alarm(2, None, 7), alarm(1, Some(HERE), 5)];
    assert_eq!(store.alarms_since(at(0), 10).await.unwrap(), all);
    assert_eq!(store.alarms_since(at(6), 10).await.unwrap(), all[..1]);
    assert_eq!(store.alarms_since(at(0), 1).await.unwrap(), all[..1]);
    store.put_canaries(&[[1; 32], [2; 32]], at(3)).await.unwrap();
    store.put_canaries(&[[2; 32]], at(9)).await.unwrap();
    let mut made = store.canaries_since(at(3)).await.unwrap();
    made.sort_unstable();
    assert_eq!(made, [([1; 32], at(3)), ([2; 32], at(3))]);
    assert!(store.canaries_since(at(4)).await.unwrap().is_empty());
}

pub(super) async fn a_record_is_opened_by_two_different_people(store: &Arc<dyn Store>) {
    let id = Uuid::from_u128(5);
    let asked = EmergencyRow {
        id,
        facility: HERE,
        beneficiary: BeneficiaryId::draw(HomeBucket(3), 77),
        reason: vec![8],
        asked_by: staff(1),
        asked_at: at(0),
        agreed: None,
    };
    store.ask_emergency(&asked).await.unwrap();
    let agree = |by, after, until| Agreement {
        facility: HERE,
        id,
        by: staff(by),
        asked_after: at(after),
        until: at(until),
    };
    assert!(!store.agree_emergency(&agree(1, -9, 900)).await.unwrap(), "the same person");
    assert!(!store.agree_emergency(&agree(2, 0, 900)).await.unwrap(), "too long ago");
    assert!(store.agree_emergency(&agree(2, -9, 900)).await.unwrap());
    assert!(!store.agree_emergency(&agree(3, -9, 9_000)).await.unwrap(), "never renewed");
    let held = store.emergency(HERE, id).await.unwrap().unwrap();
    assert!(held == EmergencyRow { agreed: Some((staff(2), at(900))), ..asked.clone() });
    assert!(store.emergency(FacilityId(8), id).await.unwrap().is_none());
    assert_eq!(store.emergencies(HERE, at(0)).await.unwrap().len(), 1);
    assert!(store.emergencies(HERE, at(1)).await.unwrap().is_empty());
}

pub(super) async fn a_session_is_opened_by_another_than_who_published_it(store: &Arc<dyn Store>) {
    let session = SessionId(Uuid::from_u128(4));
    // Where nobody has to agree, everybody may.
    assert!(store.agree_session(HERE, session, staff(1)).await.unwrap());
    let by =
        |who| ProposalRow { facility: HERE, session, proposed_by: staff(who), agreed_by: None };
    store.propose_session(&by(1)).await.unwrap();
    store.propose_session(&by(2)).await.unwrap();
    assert!(!store.agree_session(HERE, session, staff(1)).await.unwrap());
    assert!(store.agree_session(HERE, session, staff(2)).await.unwrap());
    assert!(store.agree_session(HERE, session, staff(1)).await.unwrap(), "it is open");
}

pub(super) async fn no_more_doses_are_taken_than_were_received(store: &Arc<dyn Store>) {
    let row = |received, given| StockRow {
        facility: HERE,
        vaccine: "COVISHIELD".into(),
        lot: "L1".into(),
        received,
        given,
    };
    let taken = |dose: u128| StockUse {
        facility: HERE,
        dose: DoseId(Uuid::from_u128(dose)),
        vaccine: "COVISHIELD".into(),
        lot: "L1".into(),
    };
    assert!(!store.take_stock(&taken(1)).await.unwrap());
    store.receive_stock(&row(2, 0)).await.unwrap();
    store.receive_stock(&row(1, 0)).await.unwrap();
    let uses: Vec<_> = (0..12).map(|number| taken(number % 6)).collect();
    let many = uses.iter().map(|one| store.take_stock(one));
    let outcomes = futures_util::future::try_join_all(many).await.unwrap();
    // Each dose is asked for twice: three have one, and the answer is the same both times.
    let lucky: std::collections::BTreeSet<_> =
        (0..12).filter(|place| outcomes[*place]).map(|place| place % 6).collect();
    assert_eq!((lucky.len(), outcomes.iter().filter(|taken| **taken).count()), (3, 6));
    assert_eq!(store.stock(HERE).await.unwrap(), [row(3, 3)]);
    let one = taken(*lucky.first().unwrap() as u128);
    store.return_stock(&one).await.unwrap();
    store.return_stock(&one).await.unwrap();
    assert_eq!(store.stock(HERE).await.unwrap(), [row(3, 2)]);
    assert!(store.stock(FacilityId(8)).await.unwrap().is_empty());
}
