//! Each table of the manifest keeps its rows as long as it says: a row is put into every table that an
//! engine has, as its catalog describes it, and the clock is moved. What goes by the clock is there until
//! its time is over and gone a day later; all else is there twenty years later.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use domain::{
    manifest::tables::{self, Engine},
    retention::{Pace, RULES, Rule, is_by_clock, rule_of},
};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use store::{
    Store,
    postgres::{Postgres, Topology},
    sqlite::Sqlite,
};
use tokio_postgres::NoTls;

/// When the rows that are planted begin to be past their time.
const SINCE: i64 = 1_700_000_000_000;

fn at(days: u16) -> Timestamp {
    let since = Timestamp::from_millisecond(SINCE).unwrap();
    since + SignedDuration::from_hours(24 * i64::from(days))
}

/// A column that must have a value, with the type that the engine names.
type Columns = BTreeMap<String, Vec<(String, String)>>;

/// A row for each table, with nothing but what it must have and the instant that its rule asks about.
fn rows(columns: &Columns) -> String {
    let mut sql = String::new();
    for table in tables::all().filter(|table| columns.contains_key(table.name)) {
        if table.name == "migration" {
            continue;
        }
        let since = rule_of(table.name).map(|rule| rule.since);
        let of_list = table.name == "access_entry";
        let wanted = |name: &str| Some(name) == since || of_list && name == "leaf";
        let held: Vec<_> = columns[table.name]
            .iter()
            .filter(|(name, kind)| !kind.ends_with('?') || wanted(name))
            .collect();
        // The last entry of a list of accesses stays: it is the second one.
        for number in 1..=if of_list { 2 } else { 1 } {
            let value = |(name, kind): &&(String, String)| match kind.trim_end_matches('?') {
                _ if Some(name.as_str()) == since => SINCE.to_string(),
                _ if of_list && ["number", "leaf", "entry_id"].contains(&name.as_str()) => {
                    number.to_string()
                }
                "BLOB" => "x'00112233445566778899aabbccddeeff'".to_owned(),
                "bytea" => "'\\x00112233445566778899aabbccddeeff'".to_owned(),
                "uuid" => "'00112233-4455-6677-8899-aabbccddeeff'".to_owned(),
                "TEXT" | "text" => "'x'".to_owned(),
                "boolean" => "false".to_owned(),
                _ => "0".to_owned(),
            };
            let names: Vec<_> = held.iter().map(|(name, _)| name.as_str()).collect();
            let values: Vec<_> = held.iter().map(value).collect();
            let (names, values) = (names.join(", "), values.join(", "));
            let _ = write!(sql, "INSERT INTO {} ({names}) VALUES ({values});", table.name);
        }
    }
    sql
}

/// Moves the clock over the end of every rule; `count` counts the rows of a table.
async fn keeps_to_its_rules(store: &dyn Store, count: &dyn AsyncCount) {
    let ends: BTreeSet<u16> = RULES.iter().map(|rule| rule.days).collect();
    let tables: Vec<_> = count.tables();
    for days in ends {
        for (day, over) in [(days, false), (days + 1, true)] {
            store.sweep(at(day)).await.unwrap();
            for Rule { table, .. } in RULES.iter().filter(|rule| rule.days == days) {
                // The last entry of a list of accesses stays.
                let end = u64::from(*table == "access_entry");
                let left = if over { end } else { 1 + end };
                assert_eq!(count.rows(table).await, left, "{table} on day {day}");
            }
        }
    }
    store.sweep(at(20 * 366)).await.unwrap();
    let mut kept = 0;
    for table in tables::all().filter(|table| tables.contains(&table.name.to_owned())) {
        if !is_by_clock(table.life) && table.name != "migration" {
            kept += 1;
            assert_eq!(count.rows(table.name).await, 1, "{} goes by nobody's clock", table.name);
        }
    }
    assert!(kept > 20, "{kept} tables");
    let unknown = Box::leak(Box::new(Rule { table: "trace", ..RULES[0] }));
    assert!(store.expire(unknown, at(1), 9).await.is_err(), "a rule without a statement is found");
}

/// What counts the rows of an engine, beside the store.
#[async_trait::async_trait]
trait AsyncCount: Sync {
    fn tables(&self) -> Vec<String>;
    async fn rows(&self, table: &str) -> u64;
}

struct File(std::path::PathBuf, Columns);

#[async_trait::async_trait]
impl AsyncCount for File {
    fn tables(&self) -> Vec<String> {
        self.1.keys().cloned().collect()
    }

    async fn rows(&self, table: &str) -> u64 {
        let file = Connection::open(&self.0).unwrap();
        let sql = format!("SELECT count(*) FROM {table}");
        file.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap().unsigned_abs()
    }
}

struct Server(tokio_postgres::Client, Columns);

#[async_trait::async_trait]
impl AsyncCount for Server {
    fn tables(&self) -> Vec<String> {
        self.1.keys().cloned().collect()
    }

    async fn rows(&self, table: &str) -> u64 {
        let rows = self.0.query(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap();
        rows[0].get::<_, i64>(0).unsigned_abs()
    }
}

fn gathered(rows: impl Iterator<Item = (String, String, String, bool)>) -> Columns {
    let mut found = Columns::new();
    for (table, column, kind, must) in rows {
        let kind = if must { kind } else { kind + "?" };
        found.entry(table).or_default().push((column, kind));
    }
    found
}

#[tokio::test]
async fn the_embedded_store_keeps_to_its_rules() {
    const COLUMNS: &str = "
        SELECT t.name, c.name, c.type, c.[notnull] OR c.pk FROM sqlite_schema AS t
        JOIN pragma_table_xinfo(t.name) AS c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("teeka.sqlite");
    let store = Sqlite::open(&path).unwrap();
    let file = Connection::open(&path).unwrap();
    file.pragma_update(None, "foreign_keys", false).unwrap();
    let columns = {
        let mut rows = file.prepare(COLUMNS).unwrap();
        let row = |row: &rusqlite::Row<'_>| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, i64>(3)? == 1))
        };
        gathered(rows.query_map([], row).unwrap().map(Result::unwrap))
    };
    assert_eq!(columns.len(), tables::all().filter(|one| one.is_in(Engine::Sqlite)).count());
    file.execute_batch(&rows(&columns)).unwrap();
    drop(file);
    keeps_to_its_rules(&store, &File(path, columns)).await;
    store.close().await;
}

async fn of_server(url: &str, topology: Topology) {
    const COLUMNS: &str = "
        SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'NO'
        FROM information_schema.columns
        WHERE table_schema NOT IN ('pg_catalog', 'information_schema')";
    let store = Postgres::open(url, Some(topology)).await.unwrap();
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let connected = tokio::spawn(connection);
    let found = client.query(COLUMNS, &[]).await.unwrap();
    let found = found.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)));
    let columns = gathered(found);
    assert_eq!(columns.len(), tables::all().filter(|one| one.is_in(Engine::Postgres)).count());
    client.batch_execute(&rows(&columns)).await.unwrap();
    let server = Server(client, columns);
    keeps_to_its_rules(&store, &server).await;
    drop(server);
    drop(connected.await);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_keeps_to_its_rules() {
    let Some(url) = testkit::postgres::new_database() else { return };
    of_server(&url, Topology::Single).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sharded_server_keeps_to_its_rules() {
    let Some(url) = testkit::postgres::new_database() else { return };
    of_server(&url, Topology::Sharded).await;
}

#[test]
fn what_is_short_lived_is_looked_for_each_minute() {
    for rule in RULES {
        assert_eq!(rule.pace == Pace::Minute, rule.days < 30, "{}", rule.table);
    }
}
