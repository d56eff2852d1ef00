//! Accesses to people's fields: each person has one list, which grows at its end and nowhere else.

use std::sync::Arc;

use domain::id::HomeBucket;
use uuid::Uuid;

use super::fixture::at;
use crate::{AccessHead, AccessOf, AccessRow, LeafPlan, PlannedLeaf, Store};

fn of(bucket: u16, person: u128) -> AccessOf {
    AccessOf { bucket: HomeBucket(bucket), person: Uuid::from_u128(person) }
}

/// An access whose commitment is of its number and a mark.
fn access(of: AccessOf, number: u64, mark: u8) -> AccessRow {
    AccessRow {
        of,
        number,
        previous: (number > 1).then(|| commitment(number - 1, mark)),
        commitment: commitment(number, mark),
        sealed: vec![mark; 60],
        at: at(i64::try_from(number).unwrap()),
    }
}

fn commitment(number: u64, mark: u8) -> [u8; 32] {
    [mark.wrapping_add(u8::try_from(number).unwrap()); 32]
}

fn head(number: u64, mark: u8) -> AccessHead {
    AccessHead { number, commitment: commitment(number, mark) }
}

pub(super) async fn accesses_are_kept_in_one_list_for_each_person(store: &Arc<dyn Store>) {
    let (anna, ravi) = (of(1, 1), of(1, 2));
    let rows = [access(anna, 1, 10), access(ravi, 1, 20), access(anna, 2, 10), access(anna, 3, 10)];
    assert_eq!(store.put_accesses(&rows).await.unwrap(), [true; 4]);
    let heads = store.access_heads(&[anna, of(2, 1), ravi, of(1, 3)]).await.unwrap();
    assert_eq!((heads[0], heads[2], heads[3]), (Some(head(3, 10)), Some(head(1, 20)), None));
    let kept = store.accesses_after(anna, 1, 10).await.unwrap();
    let kept: Vec<_> = kept.iter().map(|one| (one.number, one.sealed[0], one.leaf)).collect();
    assert_eq!(kept, [(2, 10, None), (3, 10, None)]);
    assert_eq!(store.accesses_after(anna, 0, 2).await.unwrap().len(), 2);
    assert!(store.accesses_after(anna, 3, 10).await.unwrap().is_empty());
    assert_eq!(store.audit().await.unwrap().accesses, 4);
}

pub(super) async fn an_access_that_does_not_follow_is_not_kept(store: &Arc<dyn Store>) {
    let anna = of(1, 1);
    let first = access(anna, 1, 10);
    let with_previous = AccessRow { previous: Some([1; 32]), ..first.clone() };
    let gap = access(anna, 2, 10);
    let outcomes = store.put_accesses(&[with_previous, gap, first.clone()]).await.unwrap();
    assert_eq!(outcomes, [false, false, true]);
    // Another one in the same place, and what would follow it.
    let fork = [access(anna, 1, 50), access(anna, 2, 50)];
    assert_eq!(store.put_accesses(&fork).await.unwrap(), [false, false]);
    // The same one again is harmless.
    assert_eq!(store.put_accesses(&[first, access(anna, 2, 10)]).await.unwrap(), [true, true]);
    assert_eq!(store.access_heads(&[anna]).await.unwrap(), [Some(head(2, 10))]);
    assert_eq!(store.audit().await.unwrap().accesses, 2);
}

pub(super) async fn many_who_record_at_once_do_not_fork_a_list(store: &Arc<dyn Store>) {
    let anna = of(1, 1);
    let writers = (0..8_u8).map(|writer| {
        let store = Arc::clone(store);
        tokio::spawn(async move {
            let rows = [access(anna, 1, writer * 20), access(anna, 2, writer * 20)];
            (writer, store.put_accesses(&rows).await.unwrap())
        })
    });
    let mut kept = Vec::new();
    for task in writers.collect::<Vec<_>>() {
        let (writer, outcomes) = task.await.unwrap();
        assert_eq!(outcomes[0], outcomes[1], "one list is kept, from its beginning");
        kept.extend(outcomes[0].then_some(writer));
    }
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(store.access_heads(&[anna]).await.unwrap(), [Some(head(2, kept[0] * 20))]);
}

fn planned(access: &AccessRow) -> PlannedLeaf {
    PlannedLeaf { of: access.of, number: access.number, commitment: access.commitment }
}

async fn leaves(store: &Arc<dyn Store>, of: AccessOf) -> Vec<Option<u64>> {
    let kept = store.accesses_after(of, 0, 100).await.unwrap();
    kept.iter().map(|one| one.leaf).collect()
}

pub(super) async fn a_plan_of_leaves_outlives_who_made_it(store: &Arc<dyn Store>) {
    let (anna, ravi) = (of(1, 1), of(9, 2));
    let rows = [access(anna, 1, 10), access(anna, 2, 10), access(ravi, 1, 20)];
    store.put_accesses(&rows).await.unwrap();
    let waiting = store.waiting_accesses(2).await.unwrap();
    assert!(waiting.len() == 2 && store.waiting_accesses(9).await.unwrap().len() == 3);
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let turn = store.take_log_turn(one, at(0), at(10)).await.unwrap().unwrap();
    assert!(turn == LeafPlan { first: 0, leaves: vec![] });
    assert!(store.take_log_turn(two, at(5), at(15)).await.unwrap().is_none(), "another's turn");
    let plan = LeafPlan { first: 0, leaves: rows.iter().map(planned).collect() };
    assert!(!store.plan_leaves(two, &plan).await.unwrap());
    assert!(!store.plan_leaves(one, &LeafPlan { first: 1, ..plan.clone() }).await.unwrap());
    assert!(store.plan_leaves(one, &plan).await.unwrap());
    let other = LeafPlan { first: 0, leaves: plan.leaves[..1].to_vec() };
    assert!(!store.plan_leaves(one, &other).await.unwrap(), "something is planned");
    // The first one is gone, and another takes over what it planned.
    let turn = store.take_log_turn(two, at(10), at(20)).await.unwrap().unwrap();
    assert!(turn == plan);
    assert_eq!(leaves(store, anna).await, [None, None]);
    store.settle_leaves(&turn).await.unwrap();
    assert_eq!(
        (leaves(store, anna).await, leaves(store, ravi).await),
        (vec![Some(0), Some(1)], vec![Some(2)])
    );
    assert!(store.waiting_accesses(9).await.unwrap().is_empty());
    let turn = store.take_log_turn(two, at(11), at(21)).await.unwrap().unwrap();
    assert!(turn == LeafPlan { first: 3, leaves: vec![] });
}

pub(super) async fn who_comes_late_with_a_plan_changes_nothing(store: &Arc<dyn Store>) {
    let anna = of(1, 1);
    store.put_accesses(&[access(anna, 1, 10)]).await.unwrap();
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    store.take_log_turn(one, at(0), at(10)).await.unwrap().unwrap();
    let plan = LeafPlan { first: 0, leaves: vec![planned(&access(anna, 1, 10))] };
    assert!(store.plan_leaves(one, &plan).await.unwrap());
    store.take_log_turn(two, at(10), at(20)).await.unwrap().unwrap();
    store.settle_leaves(&plan).await.unwrap();
    store.put_accesses(&[access(anna, 2, 10)]).await.unwrap();
    let next = LeafPlan { first: 1, leaves: vec![planned(&access(anna, 2, 10))] };
    assert!(store.plan_leaves(two, &next).await.unwrap());
    // The first one wakes up.
    store.settle_leaves(&plan).await.unwrap();
    assert!(!store.plan_leaves(one, &LeafPlan { first: 1, ..plan }).await.unwrap());
    assert_eq!(leaves(store, anna).await, [Some(0), None]);
    assert!(store.take_log_turn(two, at(12), at(22)).await.unwrap().unwrap() == next);
    store.settle_leaves(&next).await.unwrap();
    assert_eq!(leaves(store, anna).await, [Some(0), Some(1)]);
}
