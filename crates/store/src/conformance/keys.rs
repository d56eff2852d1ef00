//! Wrapped keys are read in order, each once, and replaced only as they were read.

use std::sync::Arc;

use domain::id::StaffId;
use uuid::Uuid;

use super::fixture::{country, enrolment, person};
use crate::{AllKeys, KeyChange, KeyOwner, KeyRow, KeyTable, StaffRole, StaffRow, Store};

fn staff(mark: u8) -> StaffRow {
    StaffRow {
        id: StaffId(Uuid::from_u128(mark.into())),
        mobile_index: [mark; 32],
        wrapped_key: vec![mark; 61],
        name: vec![2],
        role: StaffRole::Auditor,
        facility: None,
        district: None,
        state: None,
        active: true,
    }
}

/// All wrapped keys of a table, read two at a time.
async fn all(store: &Arc<dyn Store>, table: KeyTable) -> Vec<KeyRow> {
    let mut read: Vec<KeyRow> = Vec::new();
    loop {
        let next = store.wrapped_keys(table, read.last(), 2).await.unwrap();
        if next.is_empty() {
            return read;
        }
        assert!(next.len() <= 2);
        read.extend(next);
    }
}

pub(super) async fn every_wrapped_key_is_read_once(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let people = [(1, 21), (1, 22), (2, 23), (3, 24)];
    let enrolments: Vec<_> = people
        .iter()
        .map(|(bucket, number)| enrolment(*bucket, *number, u8::try_from(*number).unwrap()))
        .collect();
    store.enrol(&enrolments).await.unwrap();
    store.put_staff(&[staff(1), staff(2), staff(3)]).await.unwrap();
    let mut count = 0;
    for table in KeyTable::ALL {
        let rows = all(store, table).await;
        let mut owners: Vec<_> = rows.iter().map(|row| row.owner.person()).collect();
        count += rows.len() as u64;
        owners.sort_unstable();
        let read = owners.len();
        owners.dedup();
        assert_eq!(owners.len(), read, "{table:?}");
    }
    assert_eq!(store.key_count().await.unwrap(), count);
    let (mut every, mut read) = (AllKeys::of(&**store), 0);
    while let Some(rows) = every.next().await.unwrap() {
        read += rows.len() as u64;
    }
    assert_eq!(read, count);
    assert!(count >= 4 + 3 + 3, "people, accounts, staff: {count}");
}

pub(super) async fn a_wrapped_key_is_replaced_only_as_it_was_read(store: &Arc<dyn Store>) {
    country(store, 5).await;
    store.put_staff(&[staff(1)]).await.unwrap();
    for table in [KeyTable::Accounts, KeyTable::Beneficiaries, KeyTable::Staff] {
        let row = all(store, table).await.pop().unwrap();
        let change = KeyChange { from: row.clone(), to: vec![9; 70] };
        let twice = [change.clone(), change.clone()];
        assert_eq!(store.replace_keys(&twice).await.unwrap(), [true, false], "{table:?}");
        let now = all(store, table).await.pop().unwrap();
        assert_eq!((now.owner, now.wrapped), (row.owner, vec![9; 70]));
    }
    let held = store.person(person(1, 1)).await.unwrap();
    let keys = all(store, KeyTable::Beneficiaries).await;
    let own = keys.iter().find(|row| row.owner == KeyOwner::Beneficiary(person(1, 1))).unwrap();
    assert_eq!(held.unwrap().beneficiary.wrapped_key, own.wrapped);
}
