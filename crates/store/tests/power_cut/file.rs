//! The file of a store whose power goes.

use std::{path::Path, sync::Arc};

use store::{
    Store, StoreResult,
    conformance::play::{Found, Told, compare_told},
    sqlite::{Options, Sqlite, Synchronous},
};

/// A store on a file, and where it has facilities and sessions.
pub(crate) fn open(path: &Path, synchronous: Synchronous) -> StoreResult<Arc<dyn Store>> {
    let options = Options { path: path.to_owned(), synchronous };
    Ok(Arc::new(Sqlite::open_with(&options)?))
}

/// Compares a store with what was told, and its file with itself.
pub(crate) async fn compare(store: &Arc<dyn Store>, path: &Path, told: &[Told]) -> Found {
    let mut found = compare_told(store, told).await;
    found.wrong.extend(integrity(path));
    found
}

/// What SQLite itself finds wrong with the file.
fn integrity(path: &Path) -> Vec<String> {
    let check = || -> rusqlite::Result<Vec<String>> {
        let connection = rusqlite::Connection::open(path)?;
        let mut wrong = Vec::new();
        for pragma in ["PRAGMA integrity_check", "PRAGMA foreign_key_check"] {
            let mut rows = connection.prepare(pragma)?;
            let said = rows.query_map([], |row| row.get(0))?;
            wrong.extend(said.collect::<rusqlite::Result<Vec<String>>>()?);
        }
        wrong.retain(|line| line != "ok");
        Ok(wrong)
    };
    check().unwrap_or_else(|error| vec![error.to_string()])
}
