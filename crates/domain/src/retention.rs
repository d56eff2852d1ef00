//! When what is kept goes by itself: for each table whose rows have an end by the clock, the column that
//! says since when, and the days that it is kept from then on. The manifest tells the same in words.

use crate::manifest::{
    tables::{self, Table},
    words::Life,
};

/// How long what was opened and decided is kept.
///
/// # Units
///
/// Days: three years, where the DPDP Rules (rule 6) ask for one and CERT-In's directions for half a one.
pub const LOGGED_DAYS: u16 = 1_096;
/// How long the list of who is affected by an incident is kept once it is closed.
///
/// # Units
///
/// Days.
pub const AFFECTED_DAYS: u16 = 366;

/// How soon what is past its time is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Each minute.
    Minute,
    /// Each hour.
    Hour,
}

/// When the rows of a table go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The table.
    pub table: &'static str,
    /// The column with the instant from which on it counts. What has none there stays.
    pub since: &'static str,
    /// For so many days from then on a row is kept.
    pub days: u16,
    /// How soon it is looked for.
    pub pace: Pace,
}

const fn soon(table: &'static str, since: &'static str, days: u16) -> Rule {
    Rule { table, since, days, pace: Pace::Minute }
}

const fn late(table: &'static str, since: &'static str, days: u16) -> Rule {
    Rule { table, since, days, pace: Pace::Hour }
}

/// Every rule. Of the list of accesses the last entry of each person stays, which the next one follows;
/// and all of it while there is a legal hold, or an entry has no leaf in the public log yet.
pub static RULES: &[Rule] = &[
    soon("sign_in_code", "expires_at", 0),
    soon("counter", "expires_at", 0),
    soon("idempotency", "expires_at", 0),
    soon("wallet_offer", "expires_at", 0),
    soon("report", "kept_until", 0),
    late("access_entry", "opened_at", LOGGED_DAYS),
    late("alarm", "raised_at", LOGGED_DAYS),
    late("emergency", "asked_at", LOGGED_DAYS),
    late("erasure", "erased_at", LOGGED_DAYS),
    late("legal_hold", "lifted_at", LOGGED_DAYS),
    late("joint_release", "first_at", LOGGED_DAYS),
    late("incident", "closed_at", LOGGED_DAYS),
    late("incident_part", "closed_at", AFFECTED_DAYS),
];

impl Rule {
    /// The instant before which a row of now is past its time.
    ///
    /// # Units
    ///
    /// Milliseconds since 1970 UTC.
    pub const fn cut(&self, now_ms: i64) -> i64 {
        now_ms.saturating_sub(self.days as i64 * 86_400_000)
    }
}

/// The rule of a table, if its rows go by the clock.
pub fn rule_of(table: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.table == table)
}

/// Whether what is kept for so long goes by the clock, and by nobody's act.
pub const fn is_by_clock(life: Life) -> bool {
    match life {
        Life::Code
        | Life::Offer
        | Life::Week
        | Life::Reported
        | Life::Counted
        | Life::Logged
        | Life::Affected => true,
        // A message that nobody took on waits: a clock that is wrong for a while loses none.
        Life::Delivery
        | Life::Record
        | Life::Programme
        | Life::Wanted
        | Life::Merge
        | Life::Owed
        | Life::Factor => false,
    }
}

/// Tables of which it is said that they go by the clock and that have no rule, or the other way round, or
/// whose rule is about a column that they do not have.
pub fn unruled<'t>(tables: impl Iterator<Item = &'t Table>) -> Vec<&'static str> {
    let wrong = |table: &&Table| match (is_by_clock(table.life), rule_of(table.name)) {
        (true, Some(rule)) => !table.columns.iter().any(|column| column.name == rule.since),
        (by_clock, rule) => by_clock || rule.is_some(),
    };
    tables.filter(wrong).map(|table| table.name).collect()
}

/// Tables that a rule names and the manifest does not.
pub fn unlisted() -> Vec<&'static str> {
    let listed = |rule: &&Rule| !tables::all().any(|table| table.name == rule.table);
    RULES.iter().filter(listed).map(|rule| rule.table).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_that_goes_by_the_clock_has_its_rule() {
        assert_eq!(unruled(tables::all()), Vec::<&str>::new());
        assert_eq!(unlisted(), Vec::<&str>::new());
    }

    #[test]
    fn a_table_without_a_rule_is_found() {
        let counter = tables::all().find(|table| table.name == "counter").unwrap();
        let unknown = Table { name: "trace", ..*counter };
        assert_eq!(unruled([&unknown].into_iter()), ["trace"]);
        // So is one whose rule is about a column that it has not, and one that is said to stay.
        let other = Table { columns: &[], ..*counter };
        assert_eq!(unruled([&other].into_iter()), ["counter"]);
        let stays = Table { life: Life::Programme, ..*counter };
        assert_eq!(unruled([&stays].into_iter()), ["counter"]);
    }

    /// DPDP Rules 2025, rule 6: a year; CERT-In, 28 April 2022: 180 days.
    #[test]
    fn logs_are_kept_as_long_as_the_law_asks() {
        for table in ["access_entry", "alarm", "emergency", "erasure", "legal_hold", "incident"] {
            assert!(rule_of(table).unwrap().days >= 366, "{table}");
        }
        let rule = rule_of("access_entry").unwrap();
        assert_eq!(rule.cut(i64::from(LOGGED_DAYS) * 86_400_000 + 5), 5);
        assert_eq!(rule.cut(i64::MIN), i64::MIN);
    }
}
