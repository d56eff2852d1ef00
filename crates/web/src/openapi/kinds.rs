//! Values of the wire by name: how each is written, with an example. A schema names them.

use serde_json::{Value, json};

/// The schema of a kind of value. A name that is not here is a fault of the tables, which the test
/// that makes the whole document finds.
pub(super) fn kind(name: &str) -> Value {
    match name {
        "any" => json!({}),
        "text" => json!({ "type": "string" }),
        "true_or_false" => json!({ "type": "boolean" }),
        "count" => json!({ "type": "integer", "minimum": 0, "examples": [42] }),
        "access_number" => json!({
            "type": "integer", "format": "int64", "minimum": 1, "examples": [1],
            "description": "The how-manyth access of a person, from 1",
        }),
        "whole" => json!({ "type": "integer", "examples": [1] }),
        "place_name" => json!({
            "type": "string", "minLength": 1, "pattern": "[^ ]", "examples": ["Ahmed"],
        }),
        "share" => json!({ "type": "number", "minimum": 0, "examples": [0.012] }),
        "id" => json!({
            "type": "integer", "format": "int32", "minimum": 1, "maximum": i32::MAX,
            "examples": [391],
        }),
        "card_list" => json!({
            "type": "string", "pattern": "^[A-Za-z0-9_-]{43}[.]json$",
            "description": "The name of a key in jwks.json, and .json",
            "examples": ["3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s.json"],
        }),
        "id_or_empty" => json!({ "anyOf": [kind("id"), { "type": "string", "maxLength": 0 }] }),
        "iso_day_or_empty" => json!({
            "anyOf": [kind("iso_day"), { "type": "string", "maxLength": 0 }],
        }),
        "center_id" => json!({
            "type": "integer", "format": "int64", "minimum": 1, "maximum": i64::MAX,
            "examples": [1234],
        }),
        "receipt" => json!({
            "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$",
            "description": "The receipt of a report: its number and what is secret about it",
            "examples": ["P6hfZFcXRWKz_CljavqmAD-oX2RXF0Vis_wpY2r6pgA"],
        }),
        "exposure_source" => json!({
            "type": "string",
            "enum": ["seed", "sitemap", "listing", "link", "bucket", "csv", "cdn"],
        }),
        "order_kind" => json!({ "type": "string", "enum": ["takedown", "withdrawal"] }),
        "case_name" => json!({
            "type": "string", "pattern": "^[A-Za-z0-9._-]{1,80}$", "examples": ["case-7"],
        }),
        "release_note" => json!({
            "type": "string", "minLength": 1, "maxLength": 4096,
            "description": "A signed note, as C2SP signed-note writes it",
        }),
        "report_state" => json!({ "type": "string", "enum": ["received", "looked-at", "closed"] }),
        "report_outcome" => json!({
            "type": "string", "enum": ["mended", "known", "not-ours", "not-found", "inquired"],
        }),
        "report_text" => json!({
            "type": "string", "minLength": 1, "maxLength": 4000,
            "description": "Text without control characters but ends of lines and tabs",
            "examples": ["A list of people is open to everybody."],
        }),
        "report_line" => json!({ "type": ["string", "null"], "maxLength": 1000 }),
        "report_reach" => json!({ "type": ["string", "null"], "maxLength": 200 }),
        "report_claim" => json!({ "type": ["string", "null"], "maxLength": 2000 }),
        "uuid" => json!({
            "type": "string", "format": "uuid", "examples": ["3fa85f64-5717-4562-b3fc-2c963f66afa6"],
        }),
        _ => day_or_person(name),
    }
}

/// Days, and what is told about people.
fn day_or_person(name: &str) -> Value {
    match name {
        // The 29th of February is a day of leap years only, which a pattern cannot say.
        "day" => json!({
            "type": "string",
            "pattern": "^((0[1-9]|1[0-9]|2[0-8])-(0[1-9]|1[0-2])|(29|30)-(0[13-9]|1[0-2])|31-(0[13578]|1[02]))-(19|20)[0-9]{2}$",
            "description": "A day as dd-mm-yyyy, in India",
            "examples": ["01-02-2022"],
        }),
        "given_day" => json!({
            "anyOf": [kind("day"), { "type": ["string", "null"], "maxLength": 0 }],
        }),
        "day_or_none" => json!({
            "type": "string", "pattern": "^([0-9]{2}-[0-9]{2}-[0-9]{4})?$",
            "description": "A day as dd-mm-yyyy, or empty", "examples": ["01-02-2022"],
        }),
        "iso_day" => json!({
            "type": "string", "format": "date", "description": "A day as yyyy-mm-dd, in India",
            "examples": ["2022-02-01"],
        }),
        "instant" => json!({
            "type": "string", "format": "date-time", "examples": ["2022-02-01T03:30:00Z"],
        }),
        "local_time" => json!({
            "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$",
            "examples": ["2022-02-01T00:00:00"],
        }),
        "clock" => json!({
            "type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$",
            "examples": ["09:00:00"],
        }),
        "mobile" => json!({
            "type": ["string", "integer"],
            "pattern": "^[ -]*([+][ -]*9[ -]*1|9[ -]*1|0)?[ -]*[6-9]([ -]*[0-9]){9}[ -]*$",
            "minimum": 6_000_000_000_i64, "maximum": 9_999_999_999_i64, "maxLength": 32,
            "description": "A mobile of India: ten digits, as text or as a number",
            "examples": ["6000000001"],
        }),
        "mobile_ends" => json!({
            "type": "string", "pattern": "^([0-9]{4})?$",
            "description": "The last four digits of the mobile, only for its holder",
            "examples": ["0001"],
        }),
        "reference" => json!({
            "type": "string", "pattern": "^[0-9]{14}$",
            "description": "A beneficiary's number: 14 digits", "examples": ["21363381933156"],
        }),
        "secret_code" => json!({
            "type": "string", "pattern": "^[0-9]{4}$",
            "description": "The four digits on the slip of an appointment", "examples": ["0420"],
        }),
        "otp" => json!({
            "type": "string", "pattern": "^[0-9a-fA-F]{64}$",
            "description": "SHA-256, in hex, of the six digits that were sent",
            "examples": ["8d969eef6ecad3c29a3a629280e686cf0c3f5d5a86aff3ca12020c923adc6c92"],
        }),
        "token" => json!({
            "type": "string", "pattern": "^[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]+$",
            "description": "A JSON Web Token that counts for fifteen minutes",
        }),
        "name" => json!({
            "type": "string", "minLength": 1, "maxLength": 100,
            "description": "A name in any script, with at least one letter",
            "examples": ["Asha Demo"],
        }),
        "birth_year" => json!({
            "type": ["string", "integer"], "pattern": "^(19|20)[0-9]{2}$",
            "minimum": 1900, "maximum": 2099, "description": "Year of birth", "examples": ["1980"],
        }),
        "gender_id" => json!({
            "type": "integer", "enum": [1, 2, 3],
            "description": "1 Male, 2 Female, 3 Others; 1.0 is 1", "examples": [2],
        }),
        "document_id" => json!({
            "type": "integer", "minimum": 1, "maximum": 13,
            "description": "Kind of identity document, as registration/beneficiary/idTypes lists",
            "examples": [1],
        }),
        "document_number" => json!({
            "type": ["string", "integer"], "minLength": 4, "maxLength": 64, "minimum": 1000,
            "description": "Its number; twelve digits where the kind is 1",
            "examples": ["700000000001"],
        }),
        _ => travel_detail(name),
    }
}

/// What is told for certificates for travel.
fn travel_detail(name: &str) -> Value {
    match name {
        "birth_date" => json!({
            "type": "string", "format": "date", "description": "A day of birth as yyyy-mm-dd",
            "examples": ["1980-02-29"],
        }),
        "passport_number" => json!({
            "type": ["string", "integer"], "pattern": "^[ -]*([0-9A-Za-z][ -]*){6,9}$",
            "maxLength": 64, "minimum": 100_000, "maximum": 999_999_999,
            "description": "6 to 9 letters and digits", "examples": ["K1234567"],
        }),
        "nationality" => json!({
            "type": "string", "pattern": "^[A-Za-z]{3}$",
            "description": "As in the passport: ISO 3166-1 alpha-3, or XXA, XXB, XXC",
            "examples": ["IND"],
        }),
        "guardian_name" => json!({
            "type": "string", "maxLength": 100,
            "description": "Parent or guardian of who cannot answer for themselves, such as a child",
            "examples": ["Asha Demo"],
        }),
        _ => session_or_label(name),
    }
}

/// What is told about sessions, and words from short lists.
fn session_or_label(name: &str) -> Value {
    let words = |words: &[&str]| json!({ "type": "string", "enum": words });
    match name {
        "pincode" => json!({
            "type": "string", "pattern": "^[1-9][0-9]{2} ?[0-9]{3}$",
            "description": "A PIN code: six digits", "examples": ["414001"],
        }),
        "pincode_number" => json!({
            "type": "integer", "minimum": 100_000, "maximum": 999_999, "examples": [414_001],
        }),
        "latitude" => json!({
            "type": "number", "minimum": 6.5, "maximum": 37.2, "description": "Degrees north",
            "examples": [28.72],
        }),
        "longitude" => json!({
            "type": "number", "minimum": 68.0, "maximum": 97.5, "description": "Degrees east",
            "examples": [77.14],
        }),
        "degrees" => json!({
            "type": "integer", "minimum": 0, "maximum": 97,
            "description": "Whole degrees, cut off; 0 if not known", "examples": [28],
        }),
        "degrees_text" => json!({
            "type": "string", "pattern": "^[0-9]{1,2}([.][0-9]+)?$", "examples": ["28.72"],
        }),
        "fee" => json!({
            "type": "string", "pattern": "^[0-9]+$", "description": "Rupees", "examples": ["0"],
        }),
        "age" => json!({ "type": "integer", "minimum": 0, "maximum": 150, "examples": [45] }),
        "dose" => json!({
            "type": "integer", "minimum": 1, "maximum": 3, "description": "1, 2, or 3 (precaution)",
            "examples": [1],
        }),
        "vaccine" => json!({
            "type": "string", "description": "A vaccine by the programme's name for it",
            "examples": ["COVISHIELD"],
        }),
        "slot" => json!({
            "type": "string", "description": "One of the session's slots",
            "examples": ["09:00AM-11:00AM"],
        }),
        "lot" => json!({
            "type": ["string", "integer"], "minLength": 1, "maxLength": 40,
            "description": "The maker's production lot", "examples": ["LOT1"],
        }),
        "short_name" => json!({
            "type": ["string", "integer"], "minLength": 1, "maxLength": 40,
            "examples": ["Meera Pillai"],
        }),
        "masked" => json!({
            "type": "string", "pattern": "^X*[0-9A-Z]{4}$",
            "description": "All but the last four characters hidden", "examples": ["XXXXXXXX0001"],
        }),
        "merged_proof" => json!({
            "type": "string", "pattern": "^[0-9a-f]{32}[.][0-9]+[.][0-9a-f]{64}$",
            "description": "Counts for a quarter of an hour, and for this account only",
        }),
        "fee_type" => words(&["Free", "Paid"]),
        "yes_or_no" => words(&["Y", "N"]),
        "yes_no_or_none" => json!({
            "type": ["string", "null"], "enum": ["Y", "N", "", null],
            "description": "Y or N; N if it is left out", "examples": ["N"],
        }),
        "gender" => words(&["Male", "Female", "Others"]),
        "status" => words(&["Not Vaccinated", "Partially Vaccinated", "Vaccinated"]),
        "status_number" => json!({
            "type": "integer", "enum": [0, 1, 2],
            "description": "0 not, 1 partially, 2 fully vaccinated",
        }),
        "ttl" => json!({
            "type": "integer", "minimum": 0, "description": "Hours for which this may be kept",
            "examples": [24],
        }),
        _ => of_wallets(name),
    }
}

/// What wallets send and are given.
fn of_wallets(name: &str) -> Value {
    match name {
        "grant_type" => json!({ "type": "string", "const": app::wallet::GRANT }),
        "configuration" => json!({ "type": "string", "const": app::wallet::CONFIGURATION }),
        "wallet_secret" => json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$" }),
        "one_proof" => {
            json!({ "type": "array", "items": kind("token"), "minItems": 1, "maxItems": 1 })
        }
        "six_digits" => json!({
            "type": "string", "pattern": "^[0-9]{6}$", "examples": ["042195"],
        }),
        "offer_link" => json!({
            "type": "string", "pattern": "^openid-credential-offer://[?]credential_offer=",
        }),
        _ => of_rolls(name),
    }
}

/// What is sent to ask a roll.
fn of_rolls(name: &str) -> Value {
    let hex =
        |digits: u32| json!({ "type": "string", "pattern": format!("^[0-9a-f]{{{digits}}}$") });
    match name {
        "roll_id" => hex(16),
        "sha256" | "group_element" => hex(64),
        "proof" => hex(128),
        "question" => hex(136),
        "group_elements" => json!({
            "type": "array", "items": hex(64), "minItems": 1, "maxItems": app::questions::A_DAY,
        }),
        "bucket_number" => json!({
            "type": "integer", "minimum": 0, "maximum": (1 << 24) - 1, "examples": [0],
        }),
        "day_number" => json!({
            "type": "integer", "minimum": 0, "description": "Days since 1 January 1970",
            "examples": [20_000],
        }),
        other => unreachable!("{other} is not a kind of value"),
    }
}
