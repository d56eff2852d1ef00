//! The OpenAPI document of every call, and a page to browse it. One table holds both; a test
//! holds the table to the router.

mod call;
mod calls;
mod exposure_models;
mod kinds;
mod models;
mod page;
mod report_models;
mod schema;

use std::sync::LazyLock;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use self::{
    call::{Auth, Call, Gives, Says},
    exposure_models::EXPOSURE_MODELS,
    models::MODELS,
    report_models::REPORT_MODELS,
    schema::{model, parameter, schema},
};
pub(crate) use self::{calls::calls, page::page};

/// The document's bytes: it is the same for everybody, so it is written once.
pub(crate) static BYTES: LazyLock<bytes::Bytes> = LazyLock::new(|| document().to_string().into());

/// The OpenAPI 3.1 document.
pub fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for call in calls() {
        for path in call.paths() {
            let suffix = if path.starts_with("/api/v4/") { "V4" } else { "" };
            let entry = paths.entry(path.clone()).or_insert_with(|| json!({}));
            entry[call.method] = operation(call, suffix);
        }
    }
    let models = MODELS.iter().chain(REPORT_MODELS).chain(EXPOSURE_MODELS);
    let schemas: Map<String, Value> =
        models.map(|(name, what, lines)| ((*name).to_owned(), model(what, lines))).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Teeka",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "An open vaccination platform. The calls under /api/v1 to /api/v4 are \
                those of Co-WIN, with its errors; /api/v2 and /api/v4 answer alike. The calls \
                under /api/teeka are ours, with errors of RFC 9457; those under /api/openid4vci are \
                of OpenID for Verifiable Credential Issuance 1.0, with its errors. What a schema does not name \
                is ignored in a request and may appear in an answer.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": TAGS.map(|(name, what)| json!({ "name": name, "description": what })),
        "security": [],
        "paths": paths,
        "components": { "securitySchemes": security_schemes(), "schemas": schemas },
    })
}

/// Who a call is for.
const TAGS: [(&str, &str); 6] = [
    ("public", "Anybody"),
    ("resident", "Someone signed in"),
    ("partner", "A partner's program, by its key"),
    ("program", "A state government's program, by its key"),
    ("wallet", "A wallet that was offered a certificate"),
    ("staff", "Someone who works for the platform"),
];

pub(super) const fn tag(auth: Auth) -> &'static str {
    match auth {
        Auth::Nobody => "public",
        Auth::Resident | Auth::Certificates | Auth::Status => "resident",
        Auth::Partner => "partner",
        Auth::Program => "program",
        Auth::Wallet => "wallet",
        Auth::Staff => "staff",
    }
}

fn security_schemes() -> Value {
    let token = |what: &str| json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": what });
    let key = |what: &str| json!({ "type": "apiKey", "in": "header", "name": "x-api-key", "description": what });
    json!({
        "resident": token("For everything of an account: from confirmOTP or validateMobileOtp"),
        "certificates": token("For certificates only: from public/confirmOTP"),
        "status": token("For whether somebody is vaccinated: from v3/vaccination/confirmOTP"),
        "staff": token("For what somebody's role allows: from the desk's sign-in"),
        "partner": key("A partner's key"),
        "program": key("A state program's key"),
        "wallet": {
            "type": "http", "scheme": "bearer", "description": "For one certificate: from token",
        },
    })
}

fn security(auth: Auth) -> Value {
    match auth {
        Auth::Nobody => json!([]),
        Auth::Resident => json!([{ "resident": [] }]),
        Auth::Certificates => json!([{ "resident": [] }, { "certificates": [] }]),
        Auth::Status => json!([{ "status": [] }]),
        Auth::Partner => json!([{ "partner": [] }]),
        Auth::Program => json!([{ "program": [] }]),
        Auth::Wallet => json!([{ "wallet": [] }]),
        Auth::Staff => json!([{ "staff": [] }]),
    }
}

fn operation(call: &Call, suffix: &str) -> Value {
    let mut parameters: Vec<Value> =
        call.path_fields.iter().map(|line| parameter(line, "path")).collect();
    parameters.extend(call.query.iter().map(|line| parameter(line, "query")));
    parameters.extend(header_parameters(call));
    let mut responses = good(call, suffix);
    for status in call.refusals() {
        responses.insert(status.to_string(), refusal(call, status));
    }
    let mut operation = json!({
        "operationId": format!("{}{suffix}", call.id),
        "summary": call.summary,
        "tags": [tag(call.auth)],
        "security": security(call.auth),
        "parameters": parameters,
        "responses": responses,
    });
    if let Some((name, required)) = call.body {
        let content = json!({ call.body_type: { "schema": schema(name) } });
        operation["requestBody"] = json!({ "required": required, "content": content });
    }
    operation
}

fn header_parameters(call: &Call) -> Vec<Value> {
    let header = |name: &str, what: &str, schema: Value| {
        json!({
            "name": name, "in": "header", "required": false, "description": what,
            "schema": schema,
        })
    };
    let mut headers = Vec::new();
    if call.local {
        let what = "Anything but English brings the _l twins in Hindi, where they are known";
        let language = json!({ "type": "string", "examples": ["hi_IN"] });
        headers.push(header("Accept-Language", what, language));
    }
    if call.once {
        let what = "The same key and request, sent again, happen once and are answered alike";
        let key = json!({
            "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$",
            "examples": ["b8a1e8a2-6a3f-4f0e-9a53-6d1f0f7c3a55"],
        });
        headers.push(header("Idempotency-Key", what, key));
    }
    if call.says != Says::Nothing {
        let what = "The ETag of an answer that is still held";
        headers.push(header("If-None-Match", what, json!({ "type": "string" })));
    }
    headers
}

/// The answers that are not refusals.
fn good(call: &Call, suffix: &str) -> Map<String, Value> {
    let (status, kind, schema) = match call.gives {
        Gives::Json(name) => ("200", "application/json", schema(name)),
        Gives::List(name) => ("200", "application/json", schema(&format!("[{name}]"))),
        Gives::Document => ("200", "application/json", json!({ "type": "object" })),
        Gives::Object(kind) => ("200", kind, json!({ "type": "object" })),
        Gives::Bytes(kind) => ("200", kind, json!({})),
        Gives::Pdf => ("200", "application/pdf", json!({})),
        Gives::Text(kind) => ("200", kind, json!({ "type": "string" })),
        Gives::Nothing => ("204", "", json!(null)),
    };
    let mut answer = json!({ "description": if status == "204" { "Done" } else { "The answer" } });
    if !kind.is_empty() {
        answer["content"] = json!({ kind: { "schema": schema } });
    }
    for (operation, place, pointer) in call.links {
        let value = format!("$response.body#{pointer}");
        let id = format!("{operation}{}", if operation_is_v2(operation) { suffix } else { "" });
        answer["links"][*operation] = json!({ "operationId": id, "parameters": { *place: value } });
    }
    let mut answers = Map::new();
    if call.says != Says::Nothing {
        let mut unchanged = json!({ "description": "What is held is still true" });
        if call.says == Says::TagAndAge {
            answer["headers"] = cache_headers();
            unchanged["headers"] = cache_headers();
        }
        answers.insert("304".to_owned(), unchanged);
    }
    answers.insert(status.to_owned(), answer);
    answers
}

fn operation_is_v2(id: &str) -> bool {
    calls().any(|call| call.id == id && call.path.starts_with("/api/v2/"))
}

/// A search with a filter is made anew each time and says neither.
fn cache_headers() -> Value {
    json!({
        "ETag": {
            "description": "Names this state of the answer",
            "schema": { "type": "string", "pattern": "^\"[0-9a-f]{16}\"$" },
        },
        "data-age-ms": {
            "description": "How old the data is, in milliseconds",
            "schema": { "type": "integer", "minimum": 0 },
        },
    })
}

/// What a status means here, and its shape.
fn refusal(call: &Call, status: u16) -> Value {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let one = |kind: &str, schema: Value| {
        let mut refusal = json!({
            "description": reason.unwrap_or("Not done"),
            "content": { kind: { "schema": schema } },
        });
        if matches!(status, 429 | 503) {
            refusal["headers"] = json!({
                "Retry-After": {
                    "description": "Seconds after which to ask again",
                    "schema": { "type": "integer", "minimum": 1 },
                },
            });
        }
        refusal
    };
    if call.is_ours() {
        return one("application/problem+json", schema("Problem"));
    }
    if call.is_wallets() {
        return one("application/json", schema("WalletError"));
    }
    let presents = call.auth == Auth::Program;
    match status {
        401 => one("text/plain", json!({ "type": "string", "const": "Unauthenticated access!" })),
        403 if presents => {
            one("application/json", json!({ "anyOf": [schema("Message"), schema("Error")] }))
        }
        403 | 413 | 429 | 503 => one("application/json", schema("Message")),
        409 => one("application/json", schema("FullError")),
        _ => one("application/json", schema("Error")),
    }
}
