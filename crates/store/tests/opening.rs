//! Several processes that open one empty store at the same moment: each finds it ready, and the
//! schema is made once. A store that a later version made is refused.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use domain::id::{FacilityId, SessionId};
use jiff::{Timestamp, civil::Date};
use store::{
    ChangedSession, Store, TakenSeats,
    postgres::{Postgres, Topology},
    sqlite::Sqlite,
};
use uuid::Uuid;

const PROCESSES: usize = 4;
const ROUNDS: usize = 3;
/// What the child opens, and a folder where it says that it is there and waits for the word.
const WHERE: &str = "TEEKA_TEST_OPENS";
const START: &str = "TEEKA_TEST_START";

async fn open(at: &str) -> store::StoreResult<Box<dyn Store>> {
    Ok(if at.starts_with("postgres:") {
        Box::new(Postgres::open(at, Some(Topology::Single)).await?)
    } else {
        Box::new(Sqlite::open(Path::new(at))?)
    })
}

/// What a child does: this program, started again with one test.
#[tokio::test]
async fn a_process_opens() {
    // Only as a process that one of the other tests started.
    let Some(start) = std::env::var_os(START).map(PathBuf::from) else { return };
    std::fs::write(start.join(std::process::id().to_string()), "").unwrap();
    while !start.join("go").exists() {
        std::thread::yield_now();
    }
    let store = open(&std::env::var(WHERE).unwrap()).await.unwrap();
    store.check().await.unwrap();
    assert!(store.audit().await.unwrap().holds());
    store.close().await;
}

/// A process that opens a store once it is told to.
fn process(at: &str, start: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "a_process_opens", "--nocapture"]);
    command.env(WHERE, at).env(START, start).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn open_at_once(at: &str) {
    let folder = tempfile::tempdir().unwrap();
    let children: Vec<_> =
        (0..PROCESSES).map(|_| process(at, folder.path()).spawn().unwrap()).collect();
    let begun = Instant::now();
    while std::fs::read_dir(folder.path()).unwrap().count() < PROCESSES {
        assert!(begun.elapsed() < Duration::from_mins(1), "a process does not start");
        std::thread::yield_now();
    }
    std::fs::write(folder.path().join("go"), "").unwrap();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "it ran");
    }
}

#[test]
fn processes_open_an_empty_file_at_once() {
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("teeka.sqlite");
        open_at_once(path.to_str().unwrap());
        let connection = rusqlite::Connection::open(&path).unwrap();
        let ran: i64 =
            connection.query_row("SELECT count(*) FROM migration", [], |row| row.get(0)).unwrap();
        assert!(ran > 0);
    }
}

#[test]
fn processes_open_an_empty_database_at_once() {
    for _ in 0..ROUNDS {
        let Some(url) = testkit::postgres::new_database() else { return };
        open_at_once(&url);
        let server = testkit::postgres::shared().unwrap();
        let name = url.rsplit('/').next().unwrap();
        assert_ne!(server.sql(name, "SELECT count(*) FROM migration").trim(), "0");
    }
}

#[tokio::test]
async fn a_server_with_tls_must_have_a_certificate_that_is_trusted() {
    let Some((server, certificate)) = testkit::postgres::Server::start_with_tls() else { return };
    let url = server.url("postgres");
    assert!(open(&format!("{url}?sslmode=disable")).await.is_err(), "it speaks TLS only");
    let required = format!("{url}?sslmode=require");
    assert!(open(&required).await.is_err(), "nobody here knows its certificate");
    let folder = tempfile::tempdir().unwrap();
    let trusted = folder.path().join("trusted.pem");
    std::fs::write(&trusted, certificate).unwrap();
    std::fs::write(folder.path().join("go"), "").unwrap();
    let opened = process(&required, folder.path()).env("SSL_CERT_FILE", &trusted).output().unwrap();
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    assert!(String::from_utf8_lossy(&opened.stdout).contains("1 passed"), "it ran");
}

/// A session with two seats taken, as the first version kept it.
const HELD: &str = "
    INSERT INTO session (facility_id, session_id, held_on, vaccine, min_age, fee, state, slots,
        changed_at)
    VALUES (7, {id}, 20000, 'COVAXIN', 18, 0, 0, '540-660', 5);
    INSERT INTO seat_pool ({where}session_id, pool, on_site, dose_number, capacity, booked,
        changed_at)
    VALUES ({at}{id}, 0, {no}, 1, 9, 2, 6);
    INSERT INTO migration (name) VALUES ('0001_campaign');";

fn held_by_first(id: &str, no: &str, [column, value]: [&str; 2]) -> String {
    let held = HELD.replace("{id}", id).replace("{no}", no);
    held.replace("{where}", column).replace("{at}", value)
}

async fn holds_what_it_held(at: &str) {
    for _ in 0..2 {
        let store = open(at).await.unwrap();
        let id = SessionId(Uuid::from_u128(1));
        let held = store.session(FacilityId(7), id).await.unwrap().unwrap();
        assert_eq!((held.session.pools[0].capacity, held.booked), (9, vec![2]));
        let since = |ms| Timestamp::from_millisecond(ms).unwrap();
        let changed = store.changed_sessions(Date::constant(2024, 1, 1), since(5)).await.unwrap();
        assert_eq!(changed, [ChangedSession { facility: FacilityId(7), session: id, changes: 0 }]);
        let taken = TakenSeats { session: id, pool: 0, booked: 2 };
        assert_eq!(store.taken_since(since(6)).await.unwrap(), [taken]);
        store.close().await;
    }
}

#[tokio::test]
async fn what_the_first_version_kept_is_still_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("teeka.sqlite");
    let first = rusqlite::Connection::open(&path).unwrap();
    let facility = "INSERT INTO facility VALUES (7, '', '', '', 1, 110001, 0, 0, 0, 0, 0, 1);";
    let held = held_by_first("x'00000000000000000000000000000001'", "0", ["", ""]);
    first
        .execute_batch(&format!(
            "CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
             {} {facility} {held}",
            include_str!("../migrations/sqlite/0001_campaign.sql"),
        ))
        .unwrap();
    drop(first);
    holds_what_it_held(path.to_str().unwrap()).await;

    let Some(url) = testkit::postgres::new_database() else { return };
    let id = format!("'{}'", Uuid::from_u128(1));
    let held = held_by_first(&id, "false", ["facility_id, ", "7, "]);
    testkit::postgres::shared().unwrap().sql(
        url.rsplit('/').next().unwrap(),
        &format!(
            "CREATE TABLE migration (name TEXT PRIMARY KEY); {} {held}",
            include_str!("../migrations/postgres/0001_campaign.sql"),
        ),
    );
    holds_what_it_held(&url).await;
}

#[tokio::test]
async fn what_a_later_version_made_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("teeka.sqlite");
    open(path.to_str().unwrap()).await.unwrap().close().await;
    let later = "INSERT INTO migration (name) VALUES ('9999_later')";
    rusqlite::Connection::open(&path).unwrap().execute(later, []).unwrap();
    assert!(open(path.to_str().unwrap()).await.is_err());

    let Some(url) = testkit::postgres::new_database() else { return };
    open(&url).await.unwrap().close().await;
    testkit::postgres::shared().unwrap().sql(url.rsplit('/').next().unwrap(), later);
    assert!(open(&url).await.is_err());
}
