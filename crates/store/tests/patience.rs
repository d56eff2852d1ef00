//! What an operator waits for is not cut short by the limits of a request, which are short.

use std::time::{Duration, Instant};

use domain::{id::StateId, place::State};
use jiff::civil::date;
use store::{
    Store, StoreError, Tally,
    postgres::{Postgres, Topology},
};

/// Longer than a request waits for a lock, and than it tries again.
const HELD: &str = "BEGIN; LOCK TABLE state, home_tally, tally; SELECT pg_sleep(6); COMMIT";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_waits_where_a_request_does_not() {
    let Some(url) = testkit::postgres::new_database() else { return };
    let store = Postgres::open(&url, Some(Topology::Single)).await.unwrap();
    let server = testkit::postgres::shared().unwrap();
    let database = testkit::postgres::database_of(&url).to_owned();
    let held = Instant::now();
    let locked = tokio::task::spawn_blocking({
        let database = database.clone();
        move || server.sql(&database, HELD)
    });
    let is_locked = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted
        AND relation = 'tally'::regclass";
    while server.sql(&database, is_locked).trim() != "1" {
        assert!(held.elapsed() < Duration::from_secs(5), "the tables are not locked");
    }
    let tallies =
        [Tally { facility: 1, on: date(2021, 5, 1), measure: "aefi".to_owned(), count: 1 }];
    let states = [State { id: StateId(1), name: "A".to_owned(), name_hi: String::new() }];
    let (request, import) =
        tokio::join!(store.add_tallies(&tallies), store.put_places(&states, &[]));
    assert!(matches!(request, Err(StoreError::Unavailable(_))), "{request:?}");
    import.unwrap();
    locked.await.unwrap();
    assert_eq!(store.places().await.unwrap().0.len(), 1);
}
