//! Who works here is watched; what two do together; vial-doses.

use super::{HB, Table, column, label, plain, sealed, table};
use crate::manifest::{
    datum::Datum::{Facility, Reason, Reference, Session, Staff, Stock, Technical},
    words::{Form, Life},
};

pub(super) static TABLES: &[Table] = &[
    table(
        "watched",
        "How often an account of staff or of a program met people and tried codes, and whether it is held",
        Life::Programme,
        &[
            HB,
            plain("staff_id", Staff),
            plain("facility_id", Staff),
            plain("district_id", Staff),
            plain("reads", Staff),
            plain("unexplained", Staff),
            plain("lookups", Staff),
            plain("misses", Staff),
            plain("read_score", Staff),
            plain("miss_score", Staff),
            plain("undosed_score", Staff),
            plain("standing", Staff),
            plain("signed_out_at", Staff),
            plain("changed_at", Technical),
        ],
    ),
    table(
        "alarm",
        "What an officer has to look at",
        Life::Logged,
        &[
            plain("facility_id", Facility),
            plain("alarm_id", Technical),
            plain("kind", Staff),
            plain("staff_id", Staff),
            plain("district_id", Facility),
            plain("raised_at", Staff),
        ],
    ),
    table(
        "emergency",
        "A record that two members of staff open together",
        Life::Logged,
        &[
            plain("facility_id", Facility),
            plain("emergency_id", Technical),
            plain("beneficiary_id", Reference),
            sealed("reason", label::REASON, Reason),
            plain("asked_by", Staff),
            plain("asked_at", Staff),
            plain("agreed_by", Staff),
            plain("until", Staff),
        ],
    ),
    table(
        "proposal",
        "A session that one person published and another one opens",
        Life::Programme,
        &[
            plain("facility_id", Facility),
            plain("session_id", Session),
            plain("proposed_by", Staff),
            plain("agreed_by", Staff),
        ],
    ),
    table(
        "canary",
        "A made-up person, by whom it shows that somebody looks where nobody has a reason to",
        Life::Programme,
        &[column("digest", Technical, Form::Digest), plain("made_at", Technical)],
    ),
    table(
        "stock",
        "Vial-doses that a facility received and gave",
        Life::Programme,
        &[
            plain("facility_id", Facility),
            plain("vaccine", Stock),
            plain("lot", Stock),
            plain("received", Stock),
            plain("given", Stock),
        ],
    ),
    table(
        "stock_use",
        "Which dose took which vial-dose",
        Life::Programme,
        &[
            plain("facility_id", Facility),
            plain("dose_id", Technical),
            plain("vaccine", Stock),
            plain("lot", Stock),
        ],
    ),
];
