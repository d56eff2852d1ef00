//! What of merges the trait of a store does not show: notes of adverse events name a dose by its
//! number, and follow it when a merge gives it another; and a merge that was given up stays so.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::sync::Arc;

use domain::id::{BeneficiaryId, StaffId};
use store::{
    AefiNote, Done, NotMerged, Store,
    conformance::fixture::{at, dose, enrolment, facility, merge, person},
    postgres::{Postgres, Topology},
    sqlite::Sqlite,
};
use testkit::postgres::database_of;
use uuid::Uuid;

const QUERY: &str = "SELECT dose_number FROM aefi WHERE beneficiary_id = ";

async fn note(store: &Arc<dyn Store>, id: u128, of: BeneficiaryId, dose: u8) {
    let note = AefiNote {
        id: Uuid::from_u128(id),
        beneficiary: of,
        dose_number: dose,
        note: vec![1],
        by: StaffId(Uuid::from_u128(1)),
        at: at(200),
        tally: store::Tally {
            facility: 1,
            on: jiff::civil::date(2022, 2, 1),
            measure: "aefi".to_owned(),
            count: 1,
        },
    };
    assert!(store.note_aefi(&note).await.unwrap());
}

/// A record with two doses and a note on each takes in one whose dose comes before both.
async fn merged(store: &Arc<dyn Store>) {
    let (stays, goes) = (person(1, 1), person(2, 1));
    store.put_facilities(&[facility(1)], at(0)).await.unwrap();
    let people = [enrolment(1, 1, 1), enrolment(2, 1, 2)];
    assert!(store.enrol(&people).await.unwrap().iter().all(Result::is_ok));
    for one in [dose(1, stays, 1, 1), dose(2, stays, 2, 1), dose(3, goes, 1, 1)] {
        assert_eq!(store.record_doses(&[one]).await.unwrap(), [Ok(Done::New)]);
    }
    for (id, of, number) in [(1, stays, 1), (2, stays, 2), (3, stays, 2), (4, goes, 1)] {
        note(store, id, of, number).await;
    }
    let gone = store.person(goes).await.unwrap().unwrap();
    let kept = store.person(stays).await.unwrap().unwrap();
    let by_date = [&gone.doses[0], &kept.doses[0], &kept.doses[1]];
    let wanted = merge(1, &gone, &kept, &by_date);
    assert_eq!(store.merge(&[wanted]).await.unwrap(), [Ok(Done::New)]);
}

#[tokio::test]
async fn notes_follow_their_doses_inside_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("teeka.sqlite");
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(&path).unwrap());
    merged(&store).await;
    let file = rusqlite::Connection::open(path).unwrap();
    let numbers = |of: BeneficiaryId| {
        let mut rows = file.prepare(&format!("{QUERY}{} ORDER BY 1", of.number())).unwrap();
        let rows = rows.query_map([], |row| row.get::<_, i64>(0)).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>()
    };
    assert_eq!(numbers(person(1, 1)), [2, 3, 3]);
    assert_eq!(numbers(person(2, 1)), [1], "the other record's stay with it");
    store.close().await;
}

#[tokio::test]
async fn notes_follow_their_doses_on_postgresql_and_on_shards() {
    for topology in [Topology::Single, Topology::Sharded] {
        let Some(url) = testkit::postgres::new_database() else { return };
        let store: Arc<dyn Store> = Arc::new(Postgres::open(&url, Some(topology)).await.unwrap());
        merged(&store).await;
        let server = testkit::postgres::shared().unwrap();
        let numbers = |of: BeneficiaryId| {
            let query = format!("{QUERY}{} ORDER BY 1", of.number());
            let rows = server.sql(database_of(&url), &query);
            rows.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        };
        let (stays, goes) = (numbers(person(1, 1)), numbers(person(2, 1)));
        store.close().await;
        assert!(stays.join(" ").contains("2 3 3"), "{stays:?}");
        assert!(goes.join(" ").contains('1') && !goes.join(" ").contains('2'), "{goes:?}");
    }
}

/// Recovery gave a merge up that stood still; when it goes on, it must not bring the doses that are
/// back with the other record.
#[tokio::test]
async fn a_merge_that_was_given_up_is_not_completed_late() {
    let Some((_, store)) = testkit::postgres::new_sharded().await else { return };
    let store: Arc<dyn Store> = Arc::new(store);
    let (stays, goes) = (person(1, 1), person(2, 1));
    store.put_facilities(&[facility(1)], at(0)).await.unwrap();
    let people = [enrolment(1, 1, 1), enrolment(2, 1, 2)];
    assert!(store.enrol(&people).await.unwrap().iter().all(Result::is_ok));
    for one in [dose(1, stays, 1, 1), dose(2, goes, 1, 1)] {
        assert_eq!(store.record_doses(&[one]).await.unwrap(), [Ok(Done::New)]);
    }
    let gone = store.person(goes).await.unwrap().unwrap();
    let kept = store.person(stays).await.unwrap().unwrap();
    let wanted = merge(1, &gone, &kept, &[&gone.doses[0], &kept.doses[0]]);
    store.end_merge(&wanted.key(), None, at(400)).await.unwrap();
    assert_eq!(store.complete_merge(&wanted).await.unwrap(), Err(NotMerged::Changed));
    let held = store.persons(&[stays, goes]).await.unwrap();
    let counts: Vec<_> = held.into_iter().flatten().map(|record| record.doses.len()).collect();
    assert_eq!(counts, [1, 1]);
    // Another attempt has a name of its own.
    let again = store::Merge { id: Uuid::from_u128(77), ..wanted };
    assert_eq!(store.merge(&[again]).await.unwrap(), [Ok(Done::New)]);
    store.close().await;
}
