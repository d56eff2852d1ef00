//! Places, rules and the program's own order: nothing about a person.

use super::{HB, Table, plain, table, table_of_postgres};
use crate::manifest::{
    datum::Datum::{Count, Facility, Place, Rules, Technical},
    words::Life,
};

pub(super) static TABLES: &[Table] = &[
    table(
        "state",
        "A state or union territory",
        Life::Programme,
        &[plain("state_id", Place), plain("name", Place), plain("name_hi", Place)],
    ),
    table(
        "district",
        "A district",
        Life::Programme,
        &[
            plain("district_id", Place),
            plain("state_id", Place),
            plain("name", Place),
            plain("name_hi", Place),
            plain("lgd_code", Place),
        ],
    ),
    table(
        "postal_place",
        "A post office of the published PIN code directory",
        Life::Programme,
        &[
            plain("pincode", Place),
            plain("name", Place),
            plain("district_id", Place),
            plain("latitude", Place),
            plain("longitude", Place),
        ],
    ),
    table(
        "rules",
        "A version of the programme's rules",
        Life::Programme,
        &[plain("version", Rules), plain("body", Rules), plain("put_at", Rules)],
    ),
    table(
        "facility",
        "A place that holds sessions. The address is the facility's",
        Life::Programme,
        &[
            plain("facility_id", Facility),
            plain("name", Facility),
            plain("address", Facility),
            plain("block", Facility),
            plain("district_id", Facility),
            plain("pincode", Facility),
            plain("latitude", Facility),
            plain("longitude", Facility),
            plain("opens", Facility),
            plain("closes", Facility),
            plain("paid", Facility),
            plain("changed_at", Technical),
        ],
    ),
    table(
        "tally",
        "A count of a facility and day",
        Life::Programme,
        &[
            plain("facility_id", Count),
            plain("counted_on", Count),
            plain("measure", Count),
            plain("count", Count),
        ],
    ),
    table_of_postgres(
        "home_tally",
        "A count of a facility and day, before it is added up",
        Life::Programme,
        &[
            HB,
            plain("facility_id", Count),
            plain("counted_on", Count),
            plain("measure", Count),
            plain("count", Count),
        ],
    ),
    table(
        "clock",
        "The latest instant that the platform believed of its clock",
        Life::Programme,
        &[
            plain("clock_no", Technical),
            plain("seen_at", Technical),
            plain("confirmed_at", Technical),
        ],
    ),
    table(
        "migration",
        "A step by which the tables were made",
        Life::Programme,
        &[plain("number", Technical).of_sqlite(), plain("name", Technical)],
    ),
];
