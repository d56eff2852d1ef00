//! What leaves the program besides answers: log lines, metrics, tokens, messages; and what comes in
//! besides requests: the columns of files, and the fields of forms.

use super::{
    datum::Datum::{
        Account, AdverseEvent, Appointment, BirthYear, BornOn, Document, Dose, Empty, Facility,
        Gender, Guardian, Message, Mobile, Name, Nationality, Passport, Place, Priority, Reason,
        Reference, Report, Session, SignIn, Staff, StaffName, Stock, Technical, Vaccinator,
    },
    shape::{Shape, shape},
};

/// The fields of log lines: none is about a person.
pub(super) static LOG: &[Shape] = &[
    shape("line", &[(Technical, &["timestamp", "level", "target", "fields"])]),
    shape(
        "fields",
        &[(
            Technical,
            &[
                "message", "causes", "cause", "delivery", "error", "kind", "origin", "reason",
                "route", "size", "status", "token", "tries", "unusable", "what", "witness",
            ],
        )],
    ),
];

/// Metrics and their labels: none is about a person.
pub(super) static METRICS: &[Shape] = &[
    shape("teeka_accesses_logged_total", &[]),
    shape("teeka_accesses_total", &[]),
    shape("teeka_alarms_total", &[]),
    shape("teeka_answer_seconds", &[(Technical, &["route", "status"])]),
    shape("teeka_certificates_owed", &[]),
    shape("teeka_clock_believed", &[]),
    shape("teeka_fields_opened_total", &[]),
    shape("teeka_incident_due_seconds", &[]),
    shape("teeka_incidents_late", &[]),
    shape("teeka_incidents_open", &[]),
    shape("teeka_keyholder_indexes_refused_total", &[]),
    shape("teeka_keyholder_indexes_spent", &[]),
    shape("teeka_keyholder_indexes_total", &[]),
    shape("teeka_keyholder_log_believed", &[]),
    shape("teeka_keyholder_logged_total", &[]),
    shape("teeka_keyholder_oldest_waiting_seconds", &[]),
    shape("teeka_keyholder_opened_total", &[]),
    shape("teeka_keyholder_sweeps_total", &[]),
    shape("teeka_keyholder_unopened", &[]),
    shape("teeka_keyholder_up", &[]),
    shape("teeka_keyholder_waiting", &[]),
    shape("teeka_limited_total", &[]),
    shape("teeka_log_cosignatures", &[(Technical, &["log"])]),
    shape("teeka_log_uncosigned_seconds", &[(Technical, &["log"])]),
    shape("teeka_reports_late", &[]),
    shape("teeka_reports_open", &[]),
    shape("teeka_witness_refuses", &[(Technical, &["log", "witness"])]),
    shape("teeka_witness_up", &[(Technical, &["log", "witness"])]),
];

/// What a token says of who is signed in.
pub(super) static TOKEN: &[Shape] = &[
    shape(
        "token",
        &[
            (Account, &["user_name", "user_id", "user_type"]),
            (Empty, &["beneficiary_reference_id", "secret_key"]),
            (Mobile, &["mobile_number"]),
            (SignIn, &["txnId", "iat", "exp", "scope", "ua"]),
            (Staff, &["staff"]),
        ],
    ),
    shape(
        "staff",
        &[(Staff, &["role", "facility", "district", "state"]), (SignIn, &["strong_until"])],
    ),
];

/// What waits in the outbox, sealed, and what the carrier is given of it.
pub(super) static MESSAGES: &[Shape] = &[
    shape("Mobile", &[(Mobile, &["0"]), (Message, &["1"])]),
    shape("Account", &[(Technical, &["0"]), (Account, &["1"]), (Message, &["2"])]),
    shape("carried", &[(Mobile, &["to"]), (Message, &["kind", "text", "at"])]),
];

/// The columns that are read of each kind of file. Any other is dropped before a record is made.
pub(super) static IMPORTS: &[Shape] = &[
    shape(
        "places",
        &[(
            Place,
            &[
                "state_id",
                "state_code",
                "state_name",
                "state_name_in_english",
                "district_id",
                "district_code",
                "district_name",
                "pincode",
                "district",
                "districtname",
                "state",
                "statename",
                "circlename",
                "lat",
                "latitude",
                "lon",
                "long",
                "longitude",
                "officename",
                "office_name",
                "post_offices",
                "name",
            ],
        )],
    ),
    shape(
        "facilities",
        &[(
            Facility,
            &[
                "center_id",
                "name",
                "address",
                "block_name",
                "block",
                "district_id",
                "pincode",
                "lat",
                "long",
                "from",
                "to",
                "fee_type",
            ],
        )],
    ),
    shape(
        "sessions",
        &[(
            Session,
            &[
                "center_id",
                "date",
                "vaccine",
                "min_age_limit",
                "max_age_limit",
                "session_id",
                "slots",
                "fee",
                "online_dose1",
                "online_dose2",
                "online_dose3",
                "onsite_dose1",
                "onsite_dose2",
                "onsite_dose3",
            ],
        )],
    ),
    shape(
        "staff",
        &[
            (StaffName, &["name"]),
            (Staff, &["mobile", "role", "center_id", "district_id", "state_id", "active"]),
        ],
    ),
    shape(
        "beneficiaries",
        &[
            (Mobile, &["mobile"]),
            (Name, &["name"]),
            (BirthYear, &["birth_year"]),
            (Gender, &["gender"]),
            (Document, &["photo_id_type", "photo_id_number"]),
            (Priority, &["comorbidity_ind"]),
        ],
    ),
];

/// The fields of the forms of all pages.
pub(super) static FORMS: &[Shape] = &[shape(
    "form",
    &[
        (Mobile, &["mobile", "ends"]),
        (Name, &["name"]),
        (BirthYear, &["birth_year"]),
        (Gender, &["gender"]),
        (Document, &["kind", "number"]),
        (Priority, &["comorbidity"]),
        (BornOn, &["birth_date"]),
        (Passport, &["passport_number"]),
        (Nationality, &["nationality"]),
        (Guardian, &["guardian_name"]),
        (
            Reference,
            &[
                "reference",
                "code",
                "second",
                "second_code",
                "person",
                "other",
                "goes",
                "goes_number",
                "stays",
            ],
        ),
        (Dose, &["dose", "dose_id", "lot", "vaccine"]),
        (Vaccinator, &["vaccinator"]),
        (Reason, &["reason"]),
        (AdverseEvent, &["note"]),
        (Report, &["seen", "found_at", "reach", "claimed"]),
        (Appointment, &["slot", "seat", "move"]),
        (
            SignIn,
            &[
                "otp",
                "transaction",
                "until",
                "then",
                "proof",
                "presence",
                "link",
                "app_code",
                "attestation",
                "authenticator_data",
                "client_data",
                "credential",
                "key_name",
                "setup",
                "signature",
                "staff_code",
                "user",
            ],
        ),
        (Staff, &["account", "release"]),
        (Stock, &["doses"]),
        (Place, &["place", "pincode", "district_id", "km"]),
        (Session, &["session", "date", "days", "fee", "age", "min_age", "max_age", "to"]),
        (Technical, &["id", "key", "language", "roll", "variant", "search", "case"]),
    ],
)];
