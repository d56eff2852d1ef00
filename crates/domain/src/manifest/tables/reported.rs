//! What researchers and others report.

use super::{HB, Table, WRAPPED_KEY, column, label, plain, sealed, table};
use crate::manifest::{
    datum::Datum::{Report, Technical},
    words::{Form, Life},
};

pub(super) static TABLES: &[Table] = &[table(
    "report",
    "What somebody reported, and what came of it",
    Life::Reported,
    &[
        HB,
        plain("report_id", Technical),
        WRAPPED_KEY,
        column("secret", Technical, Form::Digest),
        sealed("sealed", label::REPORT, Report),
        plain("received_at", Technical),
        plain("acknowledge_by", Technical),
        plain("close_by", Technical),
        plain("acknowledged_at", Technical),
        plain("closed_at", Technical),
        plain("outcome", Technical),
        plain("kept_until", Technical),
    ],
)];
