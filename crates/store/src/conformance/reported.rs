//! Reports are kept once, looked at once, closed once, and go a year after.

use std::sync::Arc;

use domain::reported::Outcome;
use uuid::Uuid;

use super::fixture::at;
use crate::{Closing, KeyChange, KeyOwner, KeyTable, ReportPlace, ReportRow, Store};

/// A report that came at a second; the first 16 bits of the id differ, as its home does.
fn report(number: u16, received: i64) -> ReportRow {
    ReportRow {
        id: Uuid::from_u128(u128::from(number) << 112 | 1),
        wrapped_key: vec![7; 61],
        secret: [number.to_be_bytes()[1]; 32],
        sealed: vec![9; 40],
        received_at: at(received),
        acknowledge_by: at(received + 100),
        close_by: at(received + 1_000),
        acknowledged_at: None,
        closed: None,
    }
}

fn closing(report: &ReportRow, second: i64) -> Closing {
    let (at, kept_until) = (at(second), at(second + 5_000));
    Closing { id: report.id, at, outcome: Outcome::Mended, kept_until }
}

pub(super) async fn a_report_is_kept_looked_at_and_closed_once(store: &Arc<dyn Store>) {
    let (one, other) = (report(1, 0), report(2, 5));
    assert!(store.put_report(&one).await.unwrap());
    let again = ReportRow { sealed: vec![1], ..one.clone() };
    assert!(!store.put_report(&again).await.unwrap(), "what is there is not written over");
    assert!(store.put_report(&other).await.unwrap());
    assert_eq!(store.report(one.id).await.unwrap(), Some(one.clone()));
    assert_eq!(store.report(Uuid::from_u128(77)).await.unwrap(), None);

    assert!(store.acknowledge_report(one.id, at(50)).await.unwrap());
    assert!(!store.acknowledge_report(one.id, at(60)).await.unwrap(), "somebody did before");
    assert!(!store.acknowledge_report(Uuid::from_u128(77), at(60)).await.unwrap());
    let seen = ReportRow { acknowledged_at: Some(at(50)), ..one.clone() };
    assert_eq!(store.report(one.id).await.unwrap(), Some(seen.clone()));

    assert!(store.close_report(&closing(&one, 70)).await.unwrap());
    assert!(!store.close_report(&closing(&one, 80)).await.unwrap(), "it is closed");
    let closed = ReportRow { closed: Some((at(70), Outcome::Mended)), ..seen };
    assert_eq!(store.report(one.id).await.unwrap(), Some(closed));
    // Whoever closes one has looked at it.
    assert!(store.close_report(&closing(&other, 90)).await.unwrap());
    let held = store.report(other.id).await.unwrap().unwrap();
    assert_eq!(held.acknowledged_at, Some(at(90)));
}

pub(super) async fn reports_are_listed_in_order_and_go_after_their_time(store: &Arc<dyn Store>) {
    // Two came at the same instant.
    let all = [report(9, 0), report(2, 5), report(8, 5), report(1, 7)];
    for one in &all {
        assert!(store.put_report(one).await.unwrap());
    }
    let mut listed = Vec::new();
    let mut place = ReportPlace::FIRST;
    loop {
        let some = store.reports(place, 2).await.unwrap();
        assert!(some.len() <= 2);
        let Some(last) = some.last() else { break };
        place = last.place();
        listed.extend(some);
    }
    assert_eq!(listed, all);
    store.close_report(&closing(&all[0], 100)).await.unwrap();
    store.sweep(at(5_099)).await.unwrap();
    assert_eq!(store.reports(ReportPlace::FIRST, 9).await.unwrap().len(), 4);
    store.sweep(at(5_101)).await.unwrap();
    let left = store.reports(ReportPlace::FIRST, 9).await.unwrap();
    assert_eq!(left, all[1..], "what is not closed stays");
}

pub(super) async fn the_key_of_a_report_is_one_of_all_keys(store: &Arc<dyn Store>) {
    for one in [report(3, 0), report(4, 0)] {
        store.put_report(&one).await.unwrap();
    }
    let first = store.wrapped_keys(KeyTable::Reports, None, 1).await.unwrap().remove(0);
    let second = store.wrapped_keys(KeyTable::Reports, Some(&first), 9).await.unwrap();
    assert_eq!((second.len(), store.key_count().await.unwrap()), (1, 2));
    assert_ne!(first.owner, second[0].owner);
    let change = KeyChange { from: first.clone(), to: vec![8; 61] };
    let twice = [change.clone(), change];
    assert_eq!(store.replace_keys(&twice).await.unwrap(), [true, false]);
    let KeyOwner::Report(id) = first.owner else { panic!("not of a report") };
    assert_eq!(store.report(id).await.unwrap().unwrap().wrapped_key, [8; 61]);
    // In a copy that was read back, what has no key is gone.
    let change = KeyChange { from: second[0].clone(), to: Vec::new() };
    assert_eq!(store.replace_keys(&[change]).await.unwrap(), [true]);
    assert_eq!(store.forget_keyless().await.unwrap(), 1);
    assert_eq!(store.reports(ReportPlace::FIRST, 9).await.unwrap().len(), 1);
}
