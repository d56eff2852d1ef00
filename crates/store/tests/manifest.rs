//! The data manifest says what the databases hold: each table and column that an engine has after all
//! migrations, and that a backup has, and no other. What an engine has is asked of the engine.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use domain::manifest::{
    tables::{self, Engine},
    words::Form,
};
use rusqlite::Connection;
use store::{
    Store,
    postgres::{Postgres, Topology},
    sqlite::Sqlite,
};
use tokio_postgres::NoTls;

/// Columns with the types that the engine names, by table.
type Catalog = BTreeMap<String, BTreeMap<String, String>>;

/// What is listed for an engine.
fn listed(engine: Engine) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let tables = tables::all().filter(|table| table.is_in(engine));
    tables
        .map(|table| (table.name, table.columns_in(engine).map(|column| column.name).collect()))
        .collect()
}

/// What is in one of the two only.
fn differences(engine: Engine, found: &Catalog) -> Vec<String> {
    let flat = |table: &str, column: &str| format!("{table}.{column}");
    let found: BTreeSet<_> = found
        .iter()
        .flat_map(|(table, columns)| columns.keys().map(move |column| flat(table, column)))
        .collect();
    let listed: BTreeSet<_> = listed(engine)
        .iter()
        .flat_map(|(table, columns)| columns.iter().map(move |column| flat(table, column)))
        .collect();
    found.symmetric_difference(&listed).cloned().collect()
}

/// What a file of SQLite says of itself.
fn of_file(path: &Path) -> Catalog {
    const COLUMNS: &str = "
        SELECT t.name, c.name, c.type FROM sqlite_schema AS t
        JOIN pragma_table_xinfo(t.name) AS c
        WHERE t.type IN ('table', 'view') AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    let file = Connection::open(path).unwrap();
    let mut rows = file.prepare(COLUMNS).unwrap();
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    gathered(rows.map(Result::unwrap))
}

fn gathered(rows: impl Iterator<Item = (String, String, String)>) -> Catalog {
    let mut found = Catalog::new();
    for (table, column, kind) in rows {
        found.entry(table).or_default().insert(column, kind);
    }
    found
}

/// What a server says of the schema that a connection is in.
async fn of_server(url: &str, plant: Option<&str>) -> Catalog {
    const COLUMNS: &str = "
        SELECT table_name::text, column_name::text, data_type::text
        FROM information_schema.columns
        WHERE table_schema NOT IN ('pg_catalog', 'information_schema')";
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let connected = tokio::spawn(connection);
    if let Some(sql) = plant {
        client.batch_execute(sql).await.unwrap();
    }
    let rows = client.query(COLUMNS, &[]).await.unwrap();
    let found = gathered(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))));
    drop(client);
    drop(connected.await);
    found
}

/// What is no text or bytes cannot hold what is encrypted, and what is a number is no digest.
fn of_another_form(engine: Engine, found: &Catalog) -> Vec<String> {
    let mut wrong = Vec::new();
    for table in tables::all().filter(|table| table.is_in(engine)) {
        for column in table.columns_in(engine) {
            let kind = &found[table.name][column.name];
            let bytes = ["BLOB", "bytea"].contains(&kind.as_str());
            if column.form != Form::Plain && !bytes {
                wrong.push(format!("{}.{}", table.name, column.name));
            }
        }
    }
    wrong
}

#[tokio::test]
async fn the_embedded_store_and_its_copy_hold_what_is_listed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("teeka.sqlite");
    let store = Sqlite::open(&file).unwrap();
    let found = of_file(&file);
    assert!(found.len() > 20, "{found:?}");
    assert_eq!(differences(Engine::Sqlite, &found), Vec::<String>::new());
    assert_eq!(of_another_form(Engine::Sqlite, &found), Vec::<String>::new());

    let copy = folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    store.backup(&copy).await.unwrap();
    store.close().await;
    let files: Vec<_> = std::fs::read_dir(&copy).unwrap().map(|file| file.unwrap()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(of_file(&files[0].path()), found);

    // A column that somebody adds is seen, and so is one that goes.
    let planted = Connection::open(&file).unwrap();
    planted.execute_batch("ALTER TABLE beneficiary ADD COLUMN address TEXT").unwrap();
    planted.execute_batch("CREATE TABLE test_result (beneficiary_id INTEGER)").unwrap();
    planted.execute_batch("ALTER TABLE aefi DROP COLUMN note").unwrap();
    let seen = ["aefi.note", "beneficiary.address", "test_result.beneficiary_id"];
    assert_eq!(differences(Engine::Sqlite, &of_file(&file)), seen);
}

#[tokio::test]
async fn a_server_and_its_copy_hold_what_is_listed_and_nothing_else() {
    let Some(url) = testkit::postgres::new_database() else { return };
    let store = Postgres::open(&url, Some(Topology::Single)).await.unwrap();
    let found = of_server(&url, None).await;
    assert_eq!(differences(Engine::Postgres, &found), Vec::<String>::new());
    assert_eq!(of_another_form(Engine::Postgres, &found), Vec::<String>::new());

    // A copy has a file for each table but that of the migrations, with the table's columns.
    let copy = tempfile::tempdir().unwrap();
    store.backup(copy.path()).await.unwrap();
    store.close().await;
    let files = std::fs::read_dir(copy.path()).unwrap();
    let files: BTreeSet<_> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    let tables = found.keys().filter(|table| *table != "migration");
    assert_eq!(files, tables.map(|table| format!("{table}.copy")).collect::<BTreeSet<_>>());

    let planted = "ALTER TABLE beneficiary ADD COLUMN address TEXT; \
                   CREATE TABLE test_result (beneficiary_id BIGINT); \
                   ALTER TABLE aefi DROP COLUMN note";
    let seen = ["aefi.note", "beneficiary.address", "test_result.beneficiary_id"];
    assert_eq!(differences(Engine::Postgres, &of_server(&url, Some(planted)).await), seen);
}
