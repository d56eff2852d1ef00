//! What goes by the clock and what is held, what two let go together, and incidents.

use std::sync::Arc;

use domain::{
    id::{HomeBucket, StaffId},
    incident::Clocks,
    retention::{LOGGED_DAYS, rule_of},
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::fixture::{DAY, account, at, country, person};
use crate::{
    AccessHead, AccessOf, AccessRow, Agreeing, Bump, ClockRow, ErasureRow, HoldRow, IncidentRow,
    IncidentStep, LeafPlan, NotErasable, ReleaseKind, ReleaseOf, Store,
};

fn days(days: u16) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(days))
}

pub(super) async fn what_is_past_its_time_goes_some_at_a_time(store: &Arc<dyn Store>) {
    let rule = rule_of("counter").unwrap();
    let bump =
        |key: u8, until| Bump { key: [key; 32], window: at(0), by: 1, expires_at: at(until) };
    let bumps: Vec<_> = (1..=5).map(|key| bump(key, 100)).chain([bump(9, 500)]).collect();
    store.bump(&bumps).await.unwrap();
    assert_eq!(store.expired(rule, at(100)).await.unwrap(), 0, "their second is not over");
    assert_eq!(store.expired(rule, at(101)).await.unwrap(), 5);
    let mut gone = Vec::new();
    loop {
        match store.expire(rule, at(101), 2).await.unwrap() {
            0 => break,
            some => gone.push(some),
        }
    }
    assert_eq!(gone, [2, 2, 1]);
    assert_eq!(store.expired(rule, at(499)).await.unwrap(), 0);
    assert_eq!(store.bump(&[bump(9, 500)]).await.unwrap(), [2], "what is not past its time stays");
}

/// Some accesses to somebody in a row, all in the log.
async fn opened(store: &Arc<dyn Store>, of: AccessOf, first: u64, times: &[i64]) {
    let mut rows: Vec<AccessRow> = Vec::new();
    for (number, second) in (1..).zip(times) {
        rows.push(AccessRow {
            of,
            number,
            previous: rows.last().map(|row| row.commitment),
            commitment: [u8::try_from(first + number).unwrap(); 32],
            sealed: vec![7; 9],
            at: at(*second),
        });
    }
    assert!(store.put_accesses(&rows).await.unwrap().iter().all(|kept| *kept));
    let holder = Uuid::from_u128(5);
    store.take_log_turn(holder, at(0), at(10)).await.unwrap().unwrap();
    let leaves = store.waiting_accesses(100).await.unwrap();
    let plan = LeafPlan { first, leaves };
    assert!(store.plan_leaves(holder, &plan).await.unwrap());
    store.settle_leaves(&plan).await.unwrap();
}

fn list_of(id: domain::id::BeneficiaryId) -> AccessOf {
    AccessOf { bucket: id.bucket(), person: id.person_uuid() }
}

fn hold(number: u128, of: domain::id::BeneficiaryId) -> HoldRow {
    let id = Uuid::from_u128(number);
    HoldRow { id, beneficiary: of, sealed: vec![3; 5], held_at: at(1), lifted_at: None }
}

pub(super) async fn a_list_of_accesses_keeps_its_end_and_what_is_held(store: &Arc<dyn Store>) {
    let rule = rule_of("access_entry").unwrap();
    let (free, bound) = (person(1, 1), person(2, 1));
    opened(store, list_of(free), 0, &[0, 10, 20]).await;
    opened(store, list_of(bound), 3, &[0, 10, 20]).await;
    assert!(store.put_hold(&hold(1, bound)).await.unwrap());
    let later = |second| at(second) + days(LOGGED_DAYS);
    assert_eq!(store.expire(rule, later(0), 9).await.unwrap(), 0, "their time is not over");
    assert_eq!(store.expire(rule, later(5), 9).await.unwrap(), 1);
    while store.expire(rule, later(99), 9).await.unwrap() > 0 {}
    let left = store.accesses_after(list_of(free), 0, 9).await.unwrap();
    assert_eq!(left.iter().map(|one| one.number).collect::<Vec<_>>(), [3], "the last one stays");
    assert_eq!(store.accesses_after(list_of(bound), 0, 9).await.unwrap().len(), 3);
    let heads = store.access_heads(&[list_of(free)]).await.unwrap();
    assert_eq!(heads, [Some(AccessHead { number: 3, commitment: [3; 32] })]);
    // The list goes on, and what goes afterwards is what was held.
    let next = AccessRow {
        of: list_of(free),
        number: 4,
        previous: Some([3; 32]),
        commitment: [99; 32],
        sealed: vec![1],
        at: later(99),
    };
    assert_eq!(store.put_accesses(&[next]).await.unwrap(), [true]);
    assert!(store.lift_hold(bound, Uuid::from_u128(1), at(2)).await.unwrap());
    assert_eq!(store.expired(rule, later(99)).await.unwrap(), 3);
    while store.expire(rule, later(99), 9).await.unwrap() > 0 {}
    assert_eq!(store.accesses_after(list_of(bound), 0, 9).await.unwrap().len(), 1);
    let left = store.accesses_after(list_of(free), 0, 9).await.unwrap();
    assert_eq!(left.len(), 1, "one that is not in the log yet stays");
}

pub(super) async fn a_record_that_is_held_is_not_erased(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let (id, other) = (person(1, 1), person(1, 2));
    let asked = ErasureRow {
        account: account(1),
        beneficiary: id,
        asked_at: at(100),
        due_at: at(200),
        erased_at: None,
    };
    assert!(store.put_hold(&hold(1, id)).await.unwrap());
    assert!(!store.put_hold(&hold(1, id)).await.unwrap());
    assert!(store.put_hold(&hold(2, id)).await.unwrap());
    assert_eq!(store.held(&[id, other]).await.unwrap(), [true, false]);
    assert_eq!(store.holds(9).await.unwrap(), [hold(1, id), hold(2, id)]);
    assert!(store.ask_erasure(&asked, DAY).await.unwrap().is_ok(), "it can be asked for");
    let held = Err(NotErasable::Held);
    assert_eq!(store.erase(&asked, at(300), DAY).await.unwrap(), held);
    assert!(store.person(id).await.unwrap().is_some());
    assert!(!store.lift_hold(other, Uuid::from_u128(1), at(5)).await.unwrap(), "of another");
    assert!(store.lift_hold(id, Uuid::from_u128(1), at(5)).await.unwrap());
    assert!(!store.lift_hold(id, Uuid::from_u128(1), at(6)).await.unwrap(), "it was lifted");
    assert_eq!(store.erase(&asked, at(300), DAY).await.unwrap(), held, "one is left");
    assert!(store.lift_hold(id, Uuid::from_u128(2), at(7)).await.unwrap());
    assert_eq!(store.erase(&asked, at(300), DAY).await.unwrap(), Ok(()));
    assert!(store.holds(9).await.unwrap().is_empty());
}

pub(super) async fn what_needs_two_is_let_go_by_two(store: &Arc<dyn Store>) {
    let of = |kind| ReleaseOf { bucket: HomeBucket(7), subject: Uuid::from_u128(9), kind };
    let (erasure, notices) = (of(ReleaseKind::Erasure), of(ReleaseKind::Notices));
    let staff = |number| StaffId(Uuid::from_u128(number));
    let one = |of, by, second| Agreeing { of, by: staff(by), at: at(second), since: at(0) };
    let first = store.agree(&one(erasure, 1, 10)).await.unwrap();
    assert_eq!((first.first, first.second), ((staff(1), at(10)), None));
    assert_eq!(store.agree(&one(erasure, 1, 11)).await.unwrap(), first, "the same person");
    let both = store.agree(&one(erasure, 2, 12)).await.unwrap();
    assert_eq!((both.first, both.second), (first.first, Some((staff(2), at(12)))));
    assert_eq!(store.agree(&one(erasure, 3, 13)).await.unwrap(), both, "two are enough");
    assert_eq!(store.releases(&[erasure, notices]).await.unwrap(), [Some(both), None]);
    // What is asked for anew is let go anew.
    let anew = Agreeing { since: at(50), ..one(erasure, 2, 60) };
    let again = store.agree(&anew).await.unwrap();
    assert_eq!((again.first, again.second), ((staff(2), at(60)), None));
}

fn incident(number: u128, confirmed: i64) -> IncidentRow {
    IncidentRow {
        id: Uuid::from_u128(number << 112 | number),
        sealed: vec![4; 12],
        people: 3,
        times: Clocks {
            noticed_at: at(confirmed - 5),
            confirmed_at: at(confirmed),
            report_by: at(confirmed + 10),
            tell_by: at(confirmed + 20),
            file_by: at(confirmed + 30),
        },
        reported_at: None,
        told_at: None,
        filed_at: None,
        closed_at: None,
    }
}

pub(super) async fn an_incident_is_kept_and_each_step_is_marked_once(store: &Arc<dyn Store>) {
    let (late, early) = (incident(1, 500), incident(2, 400));
    let parts = [vec![1, 2], vec![3]];
    assert!(store.put_incident(&late, &parts).await.unwrap());
    assert!(!store.put_incident(&late, &parts).await.unwrap());
    assert!(store.put_incident(&early, &[]).await.unwrap());
    assert_eq!(store.incidents(9).await.unwrap(), [early.clone(), late.clone()]);
    assert_eq!(store.incident(late.id).await.unwrap(), Some(late.clone()));
    assert_eq!(store.incident(Uuid::from_u128(77)).await.unwrap(), None);
    for (part, held) in [(0, Some(vec![1, 2])), (1, Some(vec![3])), (2, None)] {
        assert_eq!(store.incident_part(late.id, part).await.unwrap(), held);
    }
    let steps =
        [IncidentStep::Reported, IncidentStep::Told, IncidentStep::Filed, IncidentStep::Closed];
    for (second, step) in (1..).zip(steps) {
        assert!(store.mark_incident(late.id, step, at(600 + second)).await.unwrap());
        assert!(!store.mark_incident(late.id, step, at(700)).await.unwrap(), "{step:?}");
    }
    let marked = IncidentRow {
        reported_at: Some(at(601)),
        told_at: Some(at(602)),
        filed_at: Some(at(603)),
        closed_at: Some(at(604)),
        ..late.clone()
    };
    assert_eq!(store.incident(late.id).await.unwrap(), Some(marked));
    assert!(!store.mark_incident(Uuid::from_u128(7), IncidentStep::Told, at(1)).await.unwrap());
    // Who was affected goes a year after it is closed, and an open one stays.
    store.sweep(at(605) + days(366)).await.unwrap();
    assert_eq!(store.incident_part(late.id, 0).await.unwrap(), None);
    assert_eq!(store.incidents(9).await.unwrap().len(), 2);
    store.sweep(at(605) + days(LOGGED_DAYS)).await.unwrap();
    assert_eq!(store.incidents(9).await.unwrap(), [early]);
}

pub(super) async fn lists_with_an_access_in_a_span_are_found(store: &Arc<dyn Store>) {
    let lists = [person(1, 1), person(2, 1), person(2, 2)].map(list_of);
    opened(store, lists[0], 0, &[10, 90]).await;
    opened(store, lists[1], 2, &[50]).await;
    opened(store, lists[2], 3, &[50, 55]).await;
    let between = async |from: Timestamp, until: Timestamp| {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let some = store.opened_between(from, until, after, 1).await.unwrap();
            let Some(last) = some.last() else { break };
            after = Some(*last);
            found.extend(some.iter().map(|of| of.person));
        }
        found.sort_unstable();
        found
    };
    let of = |places: &[usize]| {
        let mut people: Vec<_> = places.iter().map(|place| lists[*place].person).collect();
        people.sort_unstable();
        people
    };
    assert_eq!(between(at(0), at(100)).await, of(&[0, 1, 2]));
    assert_eq!(between(at(50), at(90)).await, of(&[1, 2]));
    assert_eq!(between(at(90), at(91)).await, of(&[0]));
    assert!(between(at(11), at(50)).await.is_empty());
    // All that have a leaf are read, each once, whatever their order.
    let (mut leaves, mut last) = (Vec::new(), None);
    loop {
        let some = store.logged_accesses(last, 2).await.unwrap();
        let Some((_, end)) = some.last() else { break };
        last = Some((end.of, end.number));
        leaves.extend(some.iter().map(|(leaf, one)| (*leaf, one.commitment)));
    }
    leaves.sort_unstable();
    let all: Vec<_> = (0..5_u8).map(|leaf| (u64::from(leaf), [leaf + 1; 32])).collect();
    assert_eq!(leaves, all);
}

pub(super) async fn a_clock_is_believed_step_by_step_and_confirmed_at_once(store: &Arc<dyn Store>) {
    let seen = async || store.believed_clock().await.unwrap().map(|row| row.seen_at);
    let step = SignedDuration::from_secs(10);
    assert_eq!(seen().await, None);
    store.believe_clock(at(100), step).await.unwrap();
    assert_eq!(seen().await, Some(at(100)), "the first is believed");
    for (now, then) in [(110, 110), (121, 110), (90, 110), (110, 110), (120, 120)] {
        store.believe_clock(at(now), step).await.unwrap();
        assert_eq!(seen().await, Some(at(then)), "{now}");
    }
    // By whoever answers for it, to and fro.
    for now in [5_000, 50] {
        store.confirm_clock(at(now)).await.unwrap();
        let row = store.believed_clock().await.unwrap().unwrap();
        assert_eq!(row, ClockRow { seen_at: at(now), confirmed_at: Some(at(now)) });
    }
    store.believe_clock(at(55), step).await.unwrap();
    let row = store.believed_clock().await.unwrap().unwrap();
    assert_eq!(row, ClockRow { seen_at: at(55), confirmed_at: Some(at(50)) });
    // A machine of its own has a clock of its own, which goes on.
    if let Some(first) = store.own_clock().await.unwrap() {
        assert!(store.own_clock().await.unwrap().unwrap() >= first);
    }
}
