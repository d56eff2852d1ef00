//! What is public and exposes somebody, and how far it is that it goes.

use super::models::Model;

pub(super) const EXPOSURE_MODELS: &[Model] = &[
    (
        "Exposure",
        "The sweep that is set up, if there is one, and every case; of those that do not add up, names",
        &["sweep: ExposureSweep|null", "cases: [ExposureCase]", "unreadable: [text]"],
    ),
    (
        "ExposureSweep",
        "What a sweep has found so far",
        &[
            "counted_at: instant",
            "turn: count",
            "complete: true_or_false",
            "addresses: count",
            "waiting: count",
            "documents: count",
            "exposed: count",
            "people: count",
            "pictures_unread: count",
        ],
    ),
    ("ExposureFindings", "The worst first", &["findings: [ExposureFinding]"]),
    (
        "ExposureFinding",
        "A document that exposes somebody: parts of its address that could name them are replaced, and \
         of what was found there are counts only",
        &[
            "place: count",
            "address: text",
            "copies: count",
            "people: count",
            "kinds: [ExposureKind]",
            "sources: [exposure_source]",
            "media_type: text",
            "bytes: count",
            "found_at: instant",
            "score: share",
        ],
    ),
    ("ExposureKind", "How much there is of a kind of data", &["kind: text", "count: count"]),
    (
        "ExposureCase",
        "A takedown: the last step, how many of the eight are done, and what was recorded",
        &[
            "case: text",
            "standing: text",
            "reached: count",
            "addresses: count",
            "steps: [ExposureStep]",
            "log: ExposureLog",
        ],
    ),
    (
        "ExposureStep",
        "A step that was recorded, with the number of its leaf",
        &["leaf: count", "at: instant", "what: text", "by: text", "facts: [text]"],
    ),
    (
        "ExposureLog",
        "By what the record is checked",
        &["size: count", "root: text", "verifier: text"],
    ),
    (
        "ExposureCaseDetail",
        "A takedown with what people signed, and how much is done of what is under way",
        &["..ExposureCase", "orders: [ExposureOrder]", "progress: [ExposureProgress]"],
    ),
    (
        "ExposureOrder",
        "What a first person signed, as they signed it, and who released it, if somebody did",
        &[
            "kind: order_kind",
            "signed: text",
            "by: text",
            "at: instant",
            "reason: text",
            "released_by: text|null",
        ],
    ),
    ("ExposureProgress", "How much of something is done", &["what: text", "done: count"]),
    (
        "ExposureRelease",
        "What a second person signed, by `teeka expose sign`",
        &["note: release_note"],
    ),
];
