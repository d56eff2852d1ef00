//! The OpenAPI document of every call, and a page to browse it. One table holds both; a test
//! holds the table to the router.

use std::fmt::Write;

use serde_json::{Map, Value, json};

/// What a call asks of its caller.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Auth {
    Nobody,
    Token,
    Key,
}

/// What a call gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gives {
    Json,
    Pdf,
    Nothing,
    Text,
}

/// One call.
pub(crate) struct Call {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) auth: Auth,
    /// Names of query parameters; a leading `*` means required.
    pub(crate) query: &'static [&'static str],
    /// Names of body fields; a leading `*` means required.
    pub(crate) body: &'static [&'static str],
    pub(crate) gives: Gives,
}

const fn get(path: &'static str, summary: &'static str, query: &'static [&'static str]) -> Call {
    Call { method: "get", path, summary, auth: Auth::Nobody, query, body: &[], gives: Gives::Json }
}

const fn post(path: &'static str, summary: &'static str, body: &'static [&'static str]) -> Call {
    Call { method: "post", path, summary, auth: Auth::Nobody, query: &[], body, gives: Gives::Json }
}

impl Call {
    const fn token(self) -> Self {
        Self { auth: Auth::Token, ..self }
    }
    const fn key(self) -> Self {
        Self { auth: Auth::Key, ..self }
    }
    const fn gives(self, gives: Gives) -> Self {
        Self { gives, ..self }
    }
}

const PERSON: &[&str] = &[
    "*name",
    "*birth_year",
    "*gender_id",
    "*photo_id_type",
    "*photo_id_number",
    "comorbidity_ind",
    "consent_version",
];
const WALK_IN: &[&str] = &[
    "*mobile_number",
    "*name",
    "*birth_year",
    "*gender_id",
    "*photo_id_type",
    "*photo_id_number",
    "comorbidity_ind",
];
const BY_PIN: &[&str] = &["*pincode", "*date", "vaccine"];
const BY_DISTRICT: &[&str] = &["*district_id", "*date", "vaccine"];
const OTP: &[&str] = &["*otp", "*txnId"];
const SCHEDULE: &[&str] = &["dose", "*session_id", "*slot", "*beneficiaries"];

/// Every call. The paths of generation 2 stand for generation 4 as well.
pub(crate) const CALLS: &[Call] = &[
    post("/api/v2/auth/public/generateOTP", "Send a one-time password", &["*mobile"]),
    post("/api/v2/auth/public/confirmOTP", "Sign in for certificates", OTP),
    post("/api/v2/auth/generateOTP", "Send a one-time password (partner)", &["*mobile"]).key(),
    post("/api/v2/auth/confirmOTP", "Sign in (partner)", OTP).key(),
    post(
        "/api/v2/auth/generateMobileOTP",
        "Send a one-time password (web)",
        &["*mobile", "secret"],
    ),
    post("/api/v2/auth/validateMobileOtp", "Sign in (web)", OTP),
    post("/api/v2/auth/getRecaptcha", "A picture for clients of May 2021", &[]).token(),
    post("/api/v1/auth/guest/login", "A guest's token", &["user_name"]).gives(Gives::Text),
    get("/api/v2/admin/location/states", "States and union territories", &[]),
    get("/api/v2/admin/location/districts/{state_id}", "Districts of a state", &[]),
    get("/api/v2/appointment/sessions/public/findByPin", "Sessions of a day by PIN code", BY_PIN),
    get(
        "/api/v2/appointment/sessions/public/findByDistrict",
        "Sessions of a day by district",
        BY_DISTRICT,
    ),
    get("/api/v2/appointment/sessions/public/calendarByPin", "Seven days by PIN code", BY_PIN),
    get(
        "/api/v2/appointment/sessions/public/calendarByDistrict",
        "Seven days by district",
        BY_DISTRICT,
    ),
    get(
        "/api/v2/appointment/sessions/public/calendarByCenter",
        "Seven days of one centre",
        &["*center_id", "*date"],
    ),
    get(
        "/api/v2/appointment/centers/public/findByLatLong",
        "Centres near a point",
        &["*lat", "*long"],
    ),
    get("/api/v2/appointment/centers/findByLatLong", "Centres near a point", &["*lat", "*long"]),
    get("/api/v2/appointment/sessions/findByPin", "Sessions by PIN code", BY_PIN).token(),
    get("/api/v2/appointment/sessions/findByDistrict", "Sessions by district", BY_DISTRICT).token(),
    get("/api/v2/appointment/sessions/calendarByPin", "Seven days by PIN code", BY_PIN).token(),
    get("/api/v2/appointment/sessions/calendarByDistrict", "Seven days by district", BY_DISTRICT)
        .token(),
    get("/api/v2/registration/beneficiary/idTypes", "Kinds of identity document", &[]),
    get("/api/v2/registration/beneficiary/genders", "Genders", &[]),
    post("/api/v2/registration/beneficiary/new", "Register a person", PERSON).token(),
    post(
        "/api/v2/registration/beneficiary/delete",
        "Remove a person",
        &["*beneficiary_reference_id"],
    )
    .token()
    .gives(Gives::Nothing),
    get("/api/v2/appointment/beneficiaries", "The people of the account", &[]).token(),
    post("/api/v2/appointment/schedule", "Book", SCHEDULE).token(),
    post(
        "/api/v2/appointment/reschedule",
        "Move an appointment",
        &["*appointment_id", "*session_id", "*slot"],
    )
    .token()
    .gives(Gives::Nothing),
    post(
        "/api/v2/appointment/cancel",
        "Cancel an appointment",
        &["*appointment_id", "beneficiariesToCancel"],
    )
    .token()
    .gives(Gives::Nothing),
    get(
        "/api/v2/appointment/appointmentslip/download",
        "The slip of an appointment",
        &["*appointment_id"],
    )
    .token()
    .gives(Gives::Pdf),
    get(
        "/api/v2/registration/certificate/download",
        "A certificate",
        &["*beneficiary_reference_id"],
    )
    .token()
    .gives(Gives::Pdf),
    get(
        "/api/v2/registration/certificate/public/download",
        "A certificate",
        &["*beneficiary_reference_id"],
    )
    .token()
    .gives(Gives::Pdf),
    post("/api/v2/vaccinator/beneficiaries/new", "Register a walk-in", WALK_IN).key(),
    get(
        "/api/v2/vaccinator/beneficiaries/findByReferenceId",
        "A person who shows the secret code",
        &["*beneficiary_reference_id", "secret_code"],
    )
    .key(),
    get(
        "/api/v2/vaccinator/beneficiaries/findByMobile",
        "People who tell a one-time password",
        &["*mobile_number", "txnId", "otp"],
    )
    .key(),
    post("/api/v2/vaccinator/onspots/schedule", "Seats on site", SCHEDULE).key(),
    post(
        "/api/v2/vaccinator/beneficiaries/vaccinate",
        "Record a dose",
        &[
            "*beneficiary_reference_id",
            "*center_id",
            "*vaccine",
            "*vaccine_batch",
            "dose",
            "dose1_date",
            "dose2_date",
            "*vaccinator_name",
        ],
    )
    .key(),
    get(
        "/api/v2/vaccinator/certificate/download",
        "The certificate of who shows the secret code",
        &["*beneficiary_reference_id", "secret_code"],
    )
    .key()
    .gives(Gives::Pdf),
    post(
        "/api/v3/vaccination/generateOTP",
        "Ask someone for their status",
        &["*mobile_number", "full_name"],
    ),
    post("/api/v3/vaccination/confirmOTP", "Sign in for the status", OTP),
    get("/api/v3/vaccination/status", "Whether someone is vaccinated", &[]).token(),
    get("/api/v1/reports/v2/getPublicReports", "Counts", &["state_id", "district_id", "date"]),
    get(
        "/api/v1/reports/v2/getVacPublicReports",
        "Counts by week",
        &["state_id", "district_id", "date"],
    ),
    get("/assets/json/csvjson.json", "All districts", &[]),
    get("/api/teeka/v1/places", "Places by the beginning of their name", &["*name"]),
    get(
        "/api/teeka/v1/sessions",
        "Seven days by place, with filters",
        &["pincode", "district_id", "lat", "long", "from", "vaccine", "fee_type", "age", "dose"],
    ),
    Call {
        method: "put",
        path: "/api/teeka/v1/beneficiaries/{reference}",
        summary: "Change a person's details until the first dose",
        auth: Auth::Token,
        query: &[],
        body: PERSON,
        gives: Gives::Nothing,
    },
    get("/api/openapi.json", "This document", &[]),
    get("/.well-known/document-signers.pem", "Certificates of the document signers", &[])
        .gives(Gives::Text),
];

fn named(field: &str) -> (&str, bool) {
    field.strip_prefix('*').map_or((field, false), |name| (name, true))
}

/// The OpenAPI 3.1 document.
pub fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for call in CALLS {
        let entry = paths.entry(call.path.to_owned()).or_insert_with(|| json!({}));
        entry[call.method] = operation(call);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Teeka",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "An open vaccination platform. The calls under /api/v2 are those of \
                Co-WIN; the same paths under /api/v4 answer alike.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
                "key": { "type": "apiKey", "in": "header", "name": "x-api-key" },
            },
            "schemas": {
                "Error": {
                    "type": "object",
                    "properties": {
                        "errorCode": { "type": "string" },
                        "error": { "type": "string" },
                    },
                },
                "Problem": {
                    "type": "object",
                    "properties": {
                        "type": { "type": "string" },
                        "title": { "type": "string" },
                        "status": { "type": "integer" },
                        "detail": { "type": "string" },
                    },
                },
            },
        },
    })
}

fn operation(call: &Call) -> Value {
    let mut parameters: Vec<Value> = call
        .query
        .iter()
        .map(|field| {
            let (name, required) = named(field);
            json!({
                "name": name, "in": "query", "required": required, "schema": { "type": "string" },
            })
        })
        .collect();
    for part in call.path.split('/').filter_map(|part| part.strip_prefix('{')) {
        let name = part.trim_end_matches('}');
        parameters.push(json!({
            "name": name, "in": "path", "required": true, "schema": { "type": "string" },
        }));
    }
    let ok = match call.gives {
        Gives::Json => ("200", content("application/json", &json!({}))),
        Gives::Pdf => ("200", content("application/pdf", &json!({ "type": "string" }))),
        Gives::Text => ("200", content("text/plain", &json!({ "type": "string" }))),
        Gives::Nothing => ("204", json!({ "description": "Done" })),
    };
    let error = || {
        json!({
            "description": "Not done",
            "content": {
                "application/json": { "schema": { "$ref": "#/components/schemas/Error" } },
                "application/problem+json": {
                    "schema": { "$ref": "#/components/schemas/Problem" },
                },
            },
        })
    };
    let mut responses = Map::new();
    responses.insert(ok.0.to_owned(), ok.1);
    for status in ["400", "403", "404", "409", "422", "429", "503"] {
        responses.insert(status.to_owned(), error());
    }
    let text = content("text/plain; charset=utf-8", &json!({ "type": "string" }));
    responses.insert("401".to_owned(), text);
    let mut operation = json!({
        "summary": call.summary,
        "parameters": parameters,
        "responses": responses,
    });
    match call.auth {
        Auth::Nobody => {}
        Auth::Token => operation["security"] = json!([{ "token": [] }]),
        Auth::Key => operation["security"] = json!([{ "key": [] }]),
    }
    if !call.body.is_empty() {
        operation["requestBody"] = body(call.body);
    }
    operation
}

fn content(kind: &str, schema: &Value) -> Value {
    json!({ "description": "The answer", "content": { kind: { "schema": schema } } })
}

fn body(fields: &[&str]) -> Value {
    let mut properties = Map::new();
    for field in fields {
        let (name, _) = named(field);
        let schema = match name {
            "beneficiaries" | "beneficiariesToCancel" => {
                json!({ "type": "array", "items": { "type": "string" } })
            }
            "gender_id" | "photo_id_type" | "dose" | "center_id" => json!({ "type": "number" }),
            _ => json!({ "type": "string" }),
        };
        properties.insert(name.to_owned(), schema);
    }
    let required: Vec<_> =
        fields.iter().map(|field| named(field)).filter(|f| f.1).map(|f| f.0).collect();
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    json!({ "required": true, "content": { "application/json": { "schema": schema } } })
}

/// A page with every call, for people.
pub(crate) fn page() -> String {
    let mut rows = String::new();
    for call in CALLS {
        let auth = match call.auth {
            Auth::Nobody => "",
            Auth::Token => "token",
            Auth::Key => "key",
        };
        let fields = [call.query, call.body].concat();
        let fields: Vec<_> = fields
            .iter()
            .map(|field| match named(field) {
                (name, true) => format!("<b>{name}</b>"),
                (name, false) => name.to_owned(),
            })
            .collect();
        let _ = write!(
            rows,
            "<tr><td>{}</td><td><code>{}</code><br>{}</td><td>{auth}</td><td>{}</td></tr>",
            call.method.to_uppercase(),
            call.path,
            call.summary,
            fields.join(", ")
        );
    }
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>Teeka: the API</title>\
         <link rel=\"stylesheet\" href=\"/style.css\"></head><body><header><div class=\"in\">\
         <a class=\"brand\" href=\"/\">Teeka</a></div></header><main class=\"in\"><h1>The API</h1>\
         <p>The calls of Co-WIN, and a few more. Required fields are bold. Machines read \
         <a href=\"/api/openapi.json\">openapi.json</a>.</p><div class=\"scroll\"><table><thead>\
         <tr><th>Method</th><th>Call</th><th>Needs</th><th>Fields</th></tr></thead><tbody>{rows}\
         </tbody></table></div></main></body></html>"
    )
}
