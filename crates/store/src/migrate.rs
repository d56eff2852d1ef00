//! Brings a database to the current schema. Steps are never edited once merged; a new one is
//! added at the end.

use std::fmt::Write;

use rusqlite::Connection;

use crate::{StoreError, StoreResult};

/// One migration of one engine.
pub(crate) struct Step {
    /// `NNNN_name`, the same for both engines.
    pub(crate) name: &'static str,
    /// Its statements.
    pub(crate) sql: &'static str,
}

macro_rules! steps {
    ($backend:literal: $($name:literal),+ $(,)?) => {
        &[$(Step {
            name: $name,
            sql: include_str!(concat!("../migrations/", $backend, "/", $name, ".sql")),
        }),+]
    };
}

/// The steps for SQLite.
pub(crate) const SQLITE: &[Step] = steps!("sqlite": "0001_campaign", "0002_session_changes", "0003_withdrawal", "0004_owed", "0005_merge", "0006_travel", "0007_status", "0008_wallet", "0009_merge_reason", "0010_access", "0011_erasure", "0012_watch", "0013_report", "0014_list", "0015_factor", "0016_duties", "0017_guards", "0018_guardian");
/// The steps for PostgreSQL.
pub(crate) const POSTGRES: &[Step] = steps!("postgres": "0001_campaign", "0002_session_changes", "0003_withdrawal", "0004_owed", "0005_merge", "0006_travel", "0007_status", "0008_wallet", "0009_merge_reason", "0010_access", "0011_erasure", "0012_watch", "0013_report", "0014_list", "0015_factor", "0016_duties", "0017_guards", "0018_guardian");

/// Statements that also distribute each table by the key that its comment names.
///
/// # Source
///
/// Citus, "Creating and Distributing Tables": a table is created, then distributed, then indexed.
pub(crate) fn distributed(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len() + 4_096);
    let mut table = "";
    for line in sql.lines() {
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            table = rest.trim_end_matches(" (");
        }
        text.push_str(line);
        text.push('\n');
        if line.ends_with("/* reference */;") {
            let _ = writeln!(text, "SELECT create_reference_table('{table}');");
        } else if let Some(key) = key_of(line) {
            let _ = writeln!(text, "SELECT create_distributed_table('{table}', '{key}');");
        }
    }
    text
}

/// The key that the last line of a table's definition names.
fn key_of(line: &str) -> Option<&str> {
    line.split_once("/* by ").and_then(|(_, rest)| rest.strip_suffix(" */;"))
}

/// The tables of a step that are distributed, and by what.
pub(crate) fn keys(sql: &str) -> Vec<(String, String)> {
    let mut table = "";
    let mut keys = Vec::new();
    for line in sql.lines() {
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            table = rest.trim_end_matches(" (");
        } else if let Some(key) = key_of(line) {
            keys.push((table.to_owned(), key.to_owned()));
        }
    }
    keys
}

/// Which steps must still run, given the names of those that ran.
///
/// # Errors
///
/// [`StoreError::Broken`] if a step ran that this program does not know, or in another order: the
/// database was made by a later version.
pub(crate) fn pending<'a>(steps: &'a [Step], ran: &[String]) -> StoreResult<&'a [Step]> {
    let known = ran.len() <= steps.len() && ran.iter().zip(steps).all(|(ran, s)| ran == s.name);
    if known {
        Ok(&steps[ran.len()..])
    } else {
        Err(StoreError::broken("the database was made by a later version of this program"))
    }
}

/// Runs what is missing under SQLite's own write lock, all or nothing.
pub(crate) fn sqlite(connection: &mut Connection) -> StoreResult<()> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Exclusive)?;
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (
             number INTEGER PRIMARY KEY,  -- order
             name   TEXT NOT NULL UNIQUE  -- file name without ending
         ) STRICT",
    )?;
    let ran = {
        let mut names = transaction.prepare("SELECT name FROM migration ORDER BY number")?;
        names.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?
    };
    for step in pending(SQLITE, &ran)? {
        transaction.execute_batch(step.sql)?;
        transaction.execute("INSERT INTO migration (name) VALUES (?1)", [step.name])?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_migration_is_forgotten() {
        let names =
            |steps: &[Step]| steps.iter().map(|step| step.name.to_owned()).collect::<Vec<_>>();
        let files = |backend| {
            let dir = format!("{}/migrations/{backend}", env!("CARGO_MANIFEST_DIR"));
            let mut names: Vec<_> = std::fs::read_dir(dir)
                .unwrap()
                .map(|entry| {
                    entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()
                })
                .collect();
            names.sort();
            names
        };
        assert_eq!(names(SQLITE), files("sqlite"));
        assert_eq!(names(POSTGRES), files("postgres"));
        assert_eq!(names(SQLITE), names(POSTGRES));
    }

    #[test]
    fn every_table_says_what_it_is_distributed_by() {
        let sql: String = POSTGRES.iter().map(|step| distributed(step.sql)).collect();
        let tables = sql.matches("CREATE TABLE ").count();
        let distributed = sql.matches("create_distributed_table('").count();
        assert_eq!(tables, distributed + sql.matches("create_reference_table('").count());
        assert!(sql.contains("create_distributed_table('dose_claim', 'hb')"));
    }

    #[test]
    fn every_column_says_what_it_is() {
        for step in SQLITE.iter().chain(POSTGRES) {
            for line in step.sql.lines() {
                let column = line.starts_with("    ")
                    && line.trim().split(' ').next().is_some_and(|word| {
                        word.chars().all(|c| c.is_ascii_lowercase() || c == '_') && word.len() > 1
                    });
                assert!(!column || line.contains("--"), "{}: {line}", step.name);
            }
        }
    }

    #[test]
    fn a_database_of_a_later_version_is_refused() {
        let steps = [Step { name: "0001_a", sql: "" }, Step { name: "0002_b", sql: "" }];
        let names = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
        assert_eq!(pending(&steps, &names(&["0001_a"])).unwrap().len(), 1);
        assert!(pending(&steps, &names(&["0001_a", "0002_b", "0003_c"])).is_err());
        assert!(pending(&steps, &names(&["0002_b"])).is_err());
    }
}
