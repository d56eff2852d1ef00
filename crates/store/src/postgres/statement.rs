//! Every statement by name, with what it is routed by: a test plans each on hash partitions.

use super::{
    access, care, claim, correction, dose, enrolment, erasure, factor, incident, key, list, merge,
    message, owed, person, place, recovery, remembered, reported, retention, seat, session,
    sign_in, status, travel, wallet, watch, whole,
};

/// What a statement touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One home bucket: its first parameter.
    Home,
    /// One facility: its first parameter.
    Facility,
    /// Many keys at once: only where one server has them all.
    Whole,
    /// Small tables that are the same everywhere.
    Reference,
    /// Every shard. Only reports, relays, recovery and upkeep may.
    Scatter,
}

/// A statement.
#[derive(Debug)]
pub struct Statement {
    /// Its name, for whoever reads a plan.
    pub name: &'static str,
    /// What it touches.
    pub kind: Kind,
    /// Its text.
    pub sql: &'static str,
}

/// Defines statements and a list of them, `ALL`.
macro_rules! statements {
    ($($(#[$doc:meta])* $kind:ident $name:ident = $sql:expr;)+) => {
        $(
            $(#[$doc])*
            pub(super) const $name: $crate::postgres::statement::Statement =
                $crate::postgres::statement::Statement {
                    name: stringify!($name),
                    kind: $crate::postgres::statement::Kind::$kind,
                    sql: $sql,
                };
        )+
        /// Every statement of this file.
        pub(super) const ALL: &[&$crate::postgres::statement::Statement] = &[$(&$name),+];
    };
}
pub(super) use statements;

/// Every statement that this store runs, except migrations and copies.
pub fn all() -> Vec<&'static Statement> {
    let files = [
        access::ALL,
        care::ALL,
        claim::ALL,
        correction::ALL,
        dose::ALL,
        enrolment::ALL,
        erasure::ALL,
        factor::ALL,
        incident::ALL,
        key::ALL,
        list::ALL,
        message::ALL,
        owed::ALL,
        person::ALL,
        place::ALL,
        remembered::ALL,
        recovery::ALL,
        reported::ALL,
        retention::ALL,
        seat::ALL,
        session::ALL,
        sign_in::ALL,
        status::ALL,
        travel::ALL,
        wallet::ALL,
        watch::ALL,
    ];
    [files.concat(), merge::all(), retention::ends(), whole::all()].concat()
}
