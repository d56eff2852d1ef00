//! What the law asks with a clock: holds, releases by two people, incidents.

use super::{Column, HB, Table, column, plain, table};
use crate::manifest::{
    datum::Datum::{Access, Change, Count, Hold, Incident, Reference, Staff, Technical},
    words::{Form, Life},
};

pub(super) static TABLES: &[Table] = &[
    table(
        "legal_hold",
        "That a record must not go",
        Life::Logged,
        &[
            HB,
            plain("hold_id", Technical),
            plain("beneficiary_id", Reference),
            plain("person", Access),
            column("sealed", Hold, Form::SealedMessage),
            plain("held_at", Hold),
            plain("lifted_at", Hold),
        ],
    ),
    table(
        "joint_release",
        "What one person lets go and another one agrees to",
        Life::Logged,
        &[
            HB,
            plain("subject", Change),
            plain("kind", Technical),
            plain("first_by", Staff),
            plain("first_at", Staff),
            plain("second_by", Staff),
            plain("second_at", Staff),
        ],
    ),
    table(
        "incident",
        "An incident, and by when who is told",
        Life::Logged,
        &[
            HB,
            plain("incident_id", Technical),
            SEALED_INCIDENT,
            plain("people", Count),
            plain("noticed_at", Technical),
            plain("confirmed_at", Technical),
            plain("report_by", Technical),
            plain("tell_by", Technical),
            plain("file_by", Technical),
            plain("reported_at", Technical),
            plain("told_at", Technical),
            plain("filed_at", Technical),
            plain("closed_at", Technical),
        ],
    ),
    table(
        "incident_part",
        "Some of the people whom an incident affects",
        Life::Affected,
        &[
            HB,
            plain("incident_id", Technical),
            plain("part", Technical),
            SEALED_INCIDENT,
            plain("closed_at", Technical),
        ],
    ),
];

/// What happened, or who is affected.
const SEALED_INCIDENT: Column = column("sealed", Incident, Form::SealedMessage);
