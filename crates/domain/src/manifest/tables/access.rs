//! Who opened what of whom.

use super::{Table, label, plain, sealed, table};
use crate::manifest::{
    datum::Datum::{Access, Technical},
    words::Life,
};

pub(super) static TABLES: &[Table] = &[
    table(
        "access_entry",
        "An opening of a person's fields",
        Life::Logged,
        &[
            plain("entry_id", Technical).of_sqlite(),
            plain("hb", Technical),
            plain("person", Access),
            plain("number", Access),
            plain("commitment", Technical),
            sealed("sealed", label::ACCESS, Access),
            plain("opened_at", Access),
            plain("leaf", Technical),
        ],
    ),
    table(
        "access_turn",
        "Which process appends to the public log, and what it is about to append",
        Life::Programme,
        &[
            plain("log", Technical),
            plain("holder", Technical),
            plain("until", Technical),
            plain("first_leaf", Technical),
            plain("plan", Technical),
        ],
    ),
];
