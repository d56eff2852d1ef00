//! The data manifest and the running program: what its answers, its log, its metrics, its tokens and
//! its messages hold is listed, and nothing else; and `teeka manifest` prints and checks it.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::manifest::{LOG, MESSAGES, METRICS, TOKENS, Way};
use serde_json::{Value, json};
use support::{Resident, call, session_for, small_demo, somewhere};
use testkit::program::Program;

const TEEKA: &str = env!("CARGO_BIN_EXE_teeka");

fn listed(way: &Way) -> BTreeSet<String> {
    way.fields().collect()
}

/// The members that a schema of the document gives an object, each with its own schema.
fn members<'a>(document: &'a Value, schema: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
    if let Some(reference) = schema["$ref"].as_str() {
        members(document, document.pointer(&reference[1..]).unwrap(), found);
    }
    for name in ["allOf", "anyOf"] {
        for part in schema[name].as_array().into_iter().flatten() {
            members(document, part, found);
        }
    }
    let own = schema["properties"].as_object().into_iter().flatten();
    found.extend(own.map(|(name, schema)| (name.as_str(), schema)));
    if schema["items"].is_object() {
        found.push(("[]", &schema["items"]));
    }
}

/// The members of an answer that its schema does not name.
fn unnamed(document: &Value, schemas: &[&Value], answer: &Value, at: &str) -> Vec<String> {
    let mut known = Vec::new();
    for schema in schemas {
        members(document, schema, &mut known);
    }
    let of = |name: &str| -> Vec<&Value> {
        known.iter().filter(|(known, _)| *known == name).map(|(_, schema)| *schema).collect()
    };
    let inner = |name: &str, value: &Value| {
        let (schemas, at) = (of(name), format!("{at}.{name}"));
        if schemas.is_empty() { vec![at] } else { unnamed(document, &schemas, value, &at) }
    };
    match answer {
        Value::Object(parts) => parts.iter().flat_map(|(name, part)| inner(name, part)).collect(),
        Value::Array(parts) => parts.iter().flat_map(|part| inner("[]", part)).collect(),
        _ => Vec::new(),
    }
}

/// Asks, and notes what answers have beyond their schemas.
struct Asker<'a> {
    program: &'a Program,
    document: Value,
    asked: BTreeSet<String>,
    /// What answers had beyond their schemas.
    beyond: BTreeSet<String>,
}

impl Asker<'_> {
    fn ask(
        &mut self,
        token: Option<&str>,
        (method, template): (&str, &str),
        path: &str,
        body: Option<&Value>,
    ) -> Value {
        let (status, answer) = call(self.program, method, path, token, body);
        let operation = &self.document["paths"][template][method.to_lowercase()];
        let content = operation["responses"][status.to_string()]["content"].as_object();
        let content = content.unwrap_or_else(|| panic!("{path} {status} {answer}"));
        let schema = &content.values().next().unwrap()["schema"];
        let beyond = unnamed(&self.document, &[schema], &answer, "");
        self.beyond.extend(beyond.into_iter().map(|field| format!("{template}: {field}")));
        self.asked.insert(format!("{template} {status}"));
        answer
    }

    fn get(&mut self, token: Option<&str>, path: &str) -> Value {
        self.ask(token, ("GET", path.split('?').next().unwrap()), path, None)
    }

    fn post(&mut self, token: Option<&str>, path: &str, body: &Value) -> Value {
        self.ask(token, ("POST", path), path, Some(body))
    }
}

/// What anybody may ask.
fn open_to_all(date: &str) -> [String; 13] {
    let sessions = "/api/v2/appointment/sessions/public";
    [
        "/api/v2/admin/location/states".to_owned(),
        "/api/v2/registration/beneficiary/genders".to_owned(),
        "/api/v2/registration/beneficiary/idTypes".to_owned(),
        "/assets/json/csvjson.json".to_owned(),
        format!("{sessions}/findByDistrict?district_id=391&date={date}"),
        format!("{sessions}/calendarByDistrict?district_id=391&date={date}"),
        format!("{sessions}/findByPin?pincode=99&date={date}"),
        "/api/v2/appointment/centers/public/findByLatLong?lat=19.1&long=74.7".to_owned(),
        "/api/v1/reports/v2/getPublicReports".to_owned(),
        "/api/v1/reports/v2/getVacPublicReports".to_owned(),
        "/api/teeka/v1/places?name=Ahmed".to_owned(),
        "/api/teeka/v1/sessions?district_id=391".to_owned(),
        "/api/teeka/v1/sessions?district_id=x".to_owned(),
    ]
}

/// A resident's way, a dose, and what anybody may ask.
fn live<'a>(program: &'a Program, folder: &Path) -> (Asker<'a>, String) {
    let (_, document) = call(program, "GET", "/api/openapi.json", None, None);
    let mut asker = Asker { program, document, asked: BTreeSet::new(), beyond: BTreeSet::new() };
    let (date, ..) = somewhere(program);
    let anna = Resident::sign_in(program, folder, "7100000001");
    let token = Some(anna.token.as_str());
    let person = json!({
        "name": "Anna Demo", "birth_year": "1980", "gender_id": 2, "photo_id_type": 1,
        "photo_id_number": "700000000001",
    });
    for path in open_to_all(&date) {
        asker.get(None, &path);
    }
    let add = "/api/v2/registration/beneficiary/new";
    let added = asker.post(token, add, &person);
    asker.post(token, add, &person);
    let reference = added["beneficiary_reference_id"].as_str().unwrap();
    let (session, _) = session_for(program, &date, 46);
    let wish = json!({
        "session_id": session["session_id"], "slot": session["slots"][0], "dose": 1,
        "beneficiaries": [reference],
    });
    asker.post(token, "/api/v2/appointment/schedule", &wish);
    asker.get(token, "/api/v2/appointment/beneficiaries");
    let reference = &anna.register("Ravi Demo", "1980", "700000000002");
    support::vaccinate(program, reference, &date);
    asker.get(token, "/api/v2/appointment/beneficiaries");
    let own = "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}";
    asker.ask(token, ("GET", own), &own.replace("{beneficiary_reference_id}", reference), None);
    let offer = format!("{own}/wallet-offers");
    let path = offer.replace("{beneficiary_reference_id}", reference);
    asker.ask(token, ("POST", &offer), &path, None);
    (asker, anna.token.clone())
}

#[test]
fn answers_metrics_tokens_and_messages_hold_what_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let program = small_demo(folder.path());
    let (mut asker, token) = live(&program, folder.path());
    assert_eq!(asker.beyond, BTreeSet::new());
    assert!(asker.asked.len() > 18, "{:?}", asker.asked);

    // A member that the document does not name is seen.
    let (_, answer) =
        call(&program, "GET", "/api/v2/appointment/beneficiaries", Some(&token), None);
    let schema = json!({ "$ref": "#/components/schemas/Beneficiaries" });
    assert_eq!(unnamed(&asker.document, &[&schema], &answer, ""), Vec::<String>::new());
    let person = &mut asker.document["components"]["schemas"]["Beneficiary"]["properties"];
    person.as_object_mut().unwrap().remove("photo_id_number");
    let seen = unnamed(&asker.document, &[&schema], &answer, "");
    assert_eq!(seen, [".beneficiaries.[].photo_id_number"; 2], "of each of the two people");

    let (_, text) = call(&program, "GET", "/metrics", None, None);
    // A limit was not reached, and its count not begun; and there are no witnesses.
    let without = "teeka_limited_total 0
        teeka_log_cosignatures{log=\"accesses\"} 0
        teeka_log_uncosigned_seconds{log=\"accesses\"} 0
        teeka_witness_refuses{log=\"accesses\",witness=\"w\"} 0
        teeka_witness_up{log=\"accesses\",witness=\"w\"} 0\n";
    let text = format!("{}\n{}", text.as_str().unwrap(), without.replace("        ", ""));
    assert_eq!(metrics(&text), (metric_names(), listed(&METRICS)));
    let planted = format!("{text}teeka_people{{name=\"x\"}} 1\n");
    assert!(!listed(&METRICS).is_superset(&metrics(&planted).1));
    assert_ne!(metrics(&planted).0, metric_names());

    let mut said = BTreeSet::new();
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    keys_of("token", &serde_json::from_slice(&claims).unwrap(), &mut said);
    assert_eq!(said.difference(&listed(&TOKENS)).collect::<Vec<_>>(), Vec::<&String>::new());
    assert!(said.contains("token.mobile_number") && said.len() > 8, "{said:?}");

    let sent = fs::read_to_string(folder.path().join("messages.jsonl")).unwrap();
    let mut carried = BTreeSet::new();
    for line in sent.lines() {
        keys_of("carried", &serde_json::from_str(line).unwrap(), &mut carried);
    }
    let mut expected = listed(&MESSAGES);
    expected.retain(|field| field.starts_with("carried."));
    assert_eq!(carried, expected);
}

fn keys_of(shape: &str, value: &Value, found: &mut BTreeSet<String>) {
    found.extend(value.as_object().unwrap().keys().map(|key| format!("{shape}.{key}")));
}

fn metric_names() -> BTreeSet<String> {
    METRICS.shapes.iter().map(|shape| shape.name.to_owned()).collect()
}

/// The metrics of a text, and their labels as `metric.label`.
fn metrics(text: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut names, mut labels) = (BTreeSet::new(), BTreeSet::new());
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let end = line.find(['{', ' ']).unwrap();
        let name = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|part| line[..end].strip_suffix(part))
            .unwrap_or(&line[..end]);
        names.insert(name.to_owned());
        // Routes have braces, too; no value has a quotation mark.
        let Some((inside, _)) =
            line[end..].strip_prefix('{').and_then(|rest| rest.rsplit_once('}'))
        else {
            continue;
        };
        for label in inside.split('"').step_by(2).filter_map(|part| part.strip_suffix('=')) {
            let label = label.trim_start_matches(',');
            // The bound of a bucket is a histogram's own.
            if label != "le" {
                labels.insert(format!("{name}.{label}"));
            }
        }
    }
    (names, labels)
}

/// The fields of log lines.
fn logged(log: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        keys_of("line", &line, &mut found);
        keys_of("fields", &line["fields"], &mut found);
    }
    found
}

#[test]
fn the_log_says_what_is_listed_whatever_goes_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["demo", "--people", "5", "--facilities", "400", "--limits", "off", "--quiet"];
    let arguments = [&arguments[..], &["--messages", "file:/dev/full"]].concat();
    let program = Program::start(TEEKA, folder.path(), &arguments);
    let ask = || {
        let body = json!({ "mobile": "7100000001" });
        call(&program, "POST", "/api/v2/auth/generateMobileOTP", None, Some(&body)).0
    };
    assert_eq!(ask(), 200);
    // Messages cannot be written, and now the codes are gone.
    until(folder.path(), "fields.delivery");
    let file = rusqlite::Connection::open(folder.path().join("teeka.sqlite")).unwrap();
    file.busy_timeout(Duration::from_secs(10)).unwrap();
    file.execute_batch("DROP TABLE sign_in_code").unwrap();
    assert!(ask() >= 500);
    let found = until(folder.path(), "fields.causes");
    assert_eq!(found.difference(&listed(&LOG)).collect::<Vec<_>>(), Vec::<&String>::new());
    for field in ["route", "status", "kind", "tries", "reason"] {
        assert!(found.contains(&format!("fields.{field}")), "{field}: {found:?}");
    }
    let planted = r#"{"fields":{"message":"m","mobile":"7100000001"},"span":{}}"#;
    let seen: Vec<_> = logged(planted).difference(&listed(&LOG)).cloned().collect();
    assert_eq!(seen, ["fields.mobile", "line.span"]);
}

/// What the log has once it has a field.
fn until(folder: &Path, field: &str) -> BTreeSet<String> {
    let begun = Instant::now();
    loop {
        let log = fs::read_to_string(folder.join("stderr.log")).unwrap();
        let whole = log.rfind('\n').map_or("", |end| &log[..end]);
        let found = logged(whole);
        if found.contains(field) {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{field}: {log}");
        #[expect(clippy::disallowed_methods, reason = "another process writes the file")]
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The fields that events have in a source: what stands between the macro's brackets before its text.
fn events(source: &str, found: &mut BTreeSet<String>) {
    for level in ["error", "warn", "info", "debug", "trace"] {
        for (at, begin) in source.match_indices(&format!("tracing::{level}!(")) {
            let inside = &source[at + begin.len()..];
            let (mut depth, mut quoted, mut part) = (0_i32, false, String::new());
            for letter in inside.chars() {
                match letter {
                    '"' => quoted = !quoted,
                    '(' | '[' | '{' if !quoted => depth += 1,
                    ')' if depth == 0 && !quoted => break,
                    ')' | ']' | '}' if !quoted => depth -= 1,
                    _ => {}
                }
                if letter == ',' && depth == 0 && !quoted {
                    field(&part, found);
                    part.clear();
                } else {
                    part.push(letter);
                }
            }
            field(&part, found);
        }
    }
}

fn field(part: &str, found: &mut BTreeSet<String>) {
    let name = part.split_once('=').map_or(part, |(name, _)| name);
    let name = name.trim().trim_start_matches(['%', '?']);
    if !name.is_empty() && !name.starts_with('"') {
        found.insert(format!("fields.{name}"));
    }
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|suffix| suffix == "rs") {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn no_source_logs_a_field_that_is_not_listed() {
    let mut found = BTreeSet::new();
    for package in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap() {
        let mut texts = Vec::new();
        let folder = package.unwrap().path().join("src");
        if folder.is_dir() {
            sources(&folder, &mut texts);
        }
        for text in &texts {
            events(text, &mut found);
        }
    }
    found.insert("fields.message".to_owned());
    let mut expected = listed(&LOG);
    expected.retain(|field| field.starts_with("fields."));
    assert_eq!(found, expected);
    let planted = r#"tracing::warn!(mobile = f("(,", 1), ?name, "said, and done");"#;
    let mut seen = BTreeSet::new();
    events(planted, &mut seen);
    assert_eq!(seen.iter().collect::<Vec<_>>(), ["fields.mobile", "fields.name"]);
}

#[test]
fn the_command_prints_the_manifest_and_checks_one_that_was_published() {
    let printed = Command::new(TEEKA).args(["manifest", "--json"]).output().unwrap();
    let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    let text = Command::new(TEEKA).arg("manifest").output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("account.mobile") && text.contains(printed["digest"].as_str().unwrap()));

    let folder = tempfile::tempdir().unwrap();
    let program = small_demo(folder.path());
    let keep = |path: &str, name: &str| {
        let (status, answer) = call(&program, "GET", path, None, None);
        assert_eq!(status, 200, "{answer}");
        let file = folder.path().join(name);
        fs::write(&file, answer.to_string()).unwrap();
        (file, answer)
    };
    let (anchor, _) = keep("/.well-known/trust-anchor.json", "anchor.json");
    let (file, mut published) = keep("/.well-known/data-manifest.json", "manifest.json");
    assert_eq!(published["manifest"], printed["manifest"]);
    let check = || {
        let command = Command::new(TEEKA)
            .args(["manifest", "verify"])
            .arg(&file)
            .args(["--anchor"])
            .arg(&anchor)
            .output();
        let output = command.unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(check().0, Some(0));
    published["manifest"]["data"][0]["purposes"] = json!([]);
    fs::write(&file, published.to_string()).unwrap();
    let (status, said) = check();
    assert_eq!(status, Some(1));
    assert!(said.contains("digest does not fit"), "{said}");
    fs::write(&file, "{}").unwrap();
    assert_eq!(check().0, Some(1));
    fs::remove_file(&file).unwrap();
    assert_eq!(check().0, Some(2));
}
