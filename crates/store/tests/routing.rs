//! Whether the schema and every statement suit an engine that shards tables by key, proved on plain
//! PostgreSQL: each table that is distributed becomes four hash partitions, and the plan of each
//! statement, made for no value in particular, must leave out three.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::fmt::Write;

use store::postgres::{Kind, Statement, schema, statements};
use testkit::postgres::database_of;

/// The schema with every distributed table cut into four.
fn partitioned() -> String {
    let schema = schema();
    let mut sql = String::new();
    let mut table = "";
    let mut after = String::new();
    for line in schema.lines() {
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            table = rest.trim_end_matches(" (");
        }
        match line.split_once("/* by ").and_then(|(_, rest)| rest.strip_suffix(" */;")) {
            Some(key) => {
                writeln!(sql, ") PARTITION BY HASH ({key});").unwrap();
                for part in 0..4 {
                    writeln!(
                        sql,
                        "CREATE TABLE {table}_{part} PARTITION OF {table}
                         FOR VALUES WITH (MODULUS 4, REMAINDER {part});"
                    )
                    .unwrap();
                }
            }
            // Indexes after their tables.
            None if line.starts_with("CREATE INDEX") => writeln!(after, "{line}").unwrap(),
            None => writeln!(sql, "{line}").unwrap(),
        }
    }
    sql + &after
}

/// How many parameters a statement has.
fn parameters(sql: &str) -> usize {
    (1..40).rev().find(|number| sql.contains(&format!("${number}"))).unwrap_or(0)
}

/// The plan for no value in particular. The key has a value, so that it is clear what is left out.
fn plan(server: &testkit::postgres::Server, database: &str, statement: &Statement) -> String {
    let count = parameters(statement.sql);
    let keyed = matches!(statement.kind, Kind::Home | Kind::Facility);
    let value = |place| if keyed && place == 0 { "7" } else { "NULL" };
    let values: Vec<_> = (0..count).map(value).collect();
    let values = if count == 0 { String::new() } else { format!("({})", values.join(", ")) };
    server.sql(
        database,
        &format!(
            "SET plan_cache_mode = force_generic_plan; PREPARE one AS {}; EXPLAIN EXECUTE one{values}",
            statement.sql
        ),
    )
}

/// What is wrong with the plan of a statement on one key.
fn complaint(statement: &Statement, plan: &str) -> Option<String> {
    let sql = statement.sql.trim();
    let key = if statement.kind == Kind::Home { "hb" } else { "facility_id" };
    let written = |place: &str| format!("{}: {place}\n{plan}", statement.name);
    if let Some(insert) = sql.strip_prefix("INSERT INTO ") {
        // A row goes where its first column says.
        let columns = insert.split_once('(').unwrap().1.trim_start();
        let values = sql.contains("VALUES ($1,") || sql.contains("SELECT $1::");
        return (!(columns.starts_with(key) && values)).then(|| written("the key is not first"));
    }
    let tables = distributed_tables(sql);
    let removed = plan.matches("Subplans Removed: 3").count();
    // A part that is known to be empty is not planned at all.
    (removed < tables).then(|| written(&format!("{removed} of {tables} tables are routed")))
}

/// How often a statement names a table, by its words.
fn distributed_tables(sql: &str) -> usize {
    let words: Vec<_> = sql.split_whitespace().collect();
    words
        .windows(2)
        .filter(|pair| {
            matches!(pair[0], "FROM" | "JOIN" | "UPDATE")
                && pair[1] != "("
                && !pair[1].starts_with('(')
                && !pair[1].starts_with("unnest")
        })
        .count()
}

#[test]
fn every_statement_on_one_key_goes_to_one_partition() {
    let Some(server) = testkit::postgres::shared() else { return };
    let url = server.new_database();
    let database = database_of(&url);
    server.sql(database, &partitioned());
    let mut routed = 0;
    let mut complaints = Vec::new();
    // Statements about many keys are those of one server, which shards never run.
    for statement in statements().into_iter().filter(|one| one.kind != Kind::Whole) {
        let plan = plan(server, database, statement);
        match statement.kind {
            Kind::Home | Kind::Facility => {
                routed += 1;
                complaints.extend(complaint(statement, &plan));
            }
            Kind::Reference | Kind::Scatter | Kind::Whole => {}
        }
    }
    assert!(routed > 60, "{routed} statements");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_statement_without_its_key_is_found() {
    let Some(server) = testkit::postgres::shared() else { return };
    let url = server.new_database();
    let database = database_of(&url);
    server.sql(database, &partitioned());
    for sql in [
        "SELECT * FROM dose WHERE $1::int = 7 AND beneficiary_id = 1",
        "UPDATE dose_claim SET state = 1 WHERE hb > $1 AND state = 0",
        "SELECT 1 FROM dose AS d JOIN beneficiary AS b ON b.beneficiary_id = d.beneficiary_id
         WHERE d.hb = $1",
    ] {
        let statement = Statement { name: "TWIN", kind: Kind::Home, sql };
        let plan = plan(server, database, &statement);
        assert!(complaint(&statement, &plan).is_some(), "{plan}");
    }
    let insert = "INSERT INTO past_claim (appointment_id, hb) VALUES ($1, 7)";
    let statement = Statement { name: "TWIN", kind: Kind::Home, sql: insert };
    assert!(complaint(&statement, "").is_some());
}

#[test]
fn nothing_is_used_that_a_sharded_engine_cannot_do() {
    let schema = schema().to_lowercase();
    for word in ["serial", "as identity", "trigger", "references ", "create rule", "nextval"] {
        let used = schema.lines().filter(|line| !line.starts_with("--")).any(|l| l.contains(word));
        assert!(!used, "the schema uses {word}");
    }
    for statement in statements() {
        let sql = statement.sql.to_lowercase();
        for word in
            ["random()", "gen_random_uuid", "clock_timestamp", "now()", "notify", "advisory"]
        {
            // A server may be asked for its clock, if nothing is written or chosen by it.
            let asks_the_time = word == "clock_timestamp" && !sql.contains(" from ");
            let reads = sql.trim_start().starts_with("select ");
            let used = sql.contains(word) && !(asks_the_time && reads);
            assert!(!used, "{} uses {word}", statement.name);
        }
        assert!(!sql.trim_start().starts_with("with "), "{} is a chain of writes", statement.name);
        let set =
            sql.split_once(" set ").map_or("", |(_, rest)| rest.split("where").next().unwrap());
        assert!(!set.contains("hb ="), "{} moves a row to another shard", statement.name);
        if statement.kind != Kind::Scatter {
            assert!(!sql.contains("distinct"), "{}", statement.name);
        }
    }
}

/// What holds the steps of the sharded engine to one key, in the conformance suite, the saga and the
/// simulation, catches one that is not.
#[test]
fn a_transaction_on_two_keys_is_refused() {
    let Some(server) = testkit::postgres::shared() else { return };
    let url = server.new_database();
    let database = database_of(&url);
    server.sql(database, &schema());
    server.hold_to_one_key(database);
    let given_up =
        |hb| format!("INSERT INTO void_enrolment (hb, beneficiary_id) VALUES ({hb}, 1);");
    let counted =
        "INSERT INTO tally (facility_id, counted_on, measure, count) VALUES (7, 1, 'a', 1);";
    let both = |first: &str, second: &str| {
        server.try_sql(database, &format!("BEGIN; {first} {second} ROLLBACK;"))
    };
    assert!(both(&given_up(7), &given_up(7).replace("1)", "2)")).is_ok());
    for two in [both(&given_up(7), &given_up(8)), both(&given_up(7), counted)] {
        assert!(two.is_err_and(|complaint| complaint.contains("under two keys")));
    }
}
