//! Doses, certificates, and what happened after a dose.

use super::{HB, Table, label, plain, sealed, table};
use crate::manifest::{
    datum::Datum::{
        AdverseEvent, Certificate, Change, Dose, Reason, Reference, Staff, Technical, Vaccinator,
    },
    words::Life,
};

pub(super) static TABLES: &[Table] = &[
    table(
        "dose",
        "An administered dose",
        Life::Programme,
        &[
            HB,
            plain("dose_id", Dose),
            plain("beneficiary_id", Reference),
            plain("dose_number", Dose),
            plain("facility_id", Dose),
            plain("appointment_id", Dose),
            plain("vaccine", Dose),
            plain("lot", Dose),
            plain("vaccinator", Vaccinator),
            plain("given_on", Dose),
            plain("recorded_at", Dose),
        ],
    ),
    table(
        "undone_dose",
        "A dose that was taken back",
        Life::Programme,
        &[
            HB,
            plain("dose_id", Dose),
            plain("beneficiary_id", Reference),
            plain("dose_number", Dose),
            sealed("reason", label::REASON, Reason),
            plain("undone_by", Staff),
            plain("undone_at", Change),
        ],
    ),
    table(
        "certificate",
        "A signed certificate",
        Life::Programme,
        &[
            HB,
            plain("certificate_id", Certificate),
            plain("beneficiary_id", Reference),
            plain("dose_number", Dose),
            sealed("sealed", label::CERTIFICATE, Certificate),
            plain("issued_at", Certificate),
            plain("withdrawn_at", Certificate),
            plain("withdrawn_because", Certificate),
        ],
    ),
    table(
        "owed_certificate",
        "A dose whose certificate is not signed yet",
        Life::Owed,
        &[
            HB,
            plain("beneficiary_id", Reference),
            plain("dose_id", Dose),
            plain("owed_since", Certificate),
        ],
    ),
    table(
        "status_entry",
        "Where a status list says whether a certificate is withdrawn",
        Life::Programme,
        &[
            HB,
            plain("bucket", Technical).of_sqlite(),
            plain("list", Technical),
            plain("slot", Technical),
            plain("certificate_id", Certificate),
            plain("nth", Technical),
            plain("allotted_at", Certificate),
        ],
    ),
    table(
        "aefi",
        "An adverse event following immunization",
        Life::Programme,
        &[
            HB,
            plain("aefi_id", AdverseEvent),
            plain("beneficiary_id", Reference),
            plain("dose_number", Dose),
            sealed("note", label::AEFI, AdverseEvent),
            plain("noted_by", Staff),
            plain("noted_at", AdverseEvent),
        ],
    ),
];
