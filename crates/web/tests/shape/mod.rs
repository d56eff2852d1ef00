//! Writes down answers: their status, their type and their shape, without what differs from run to
//! run.

use serde_json::{Map, Value};

use crate::common::{Answer, Call, KEY, Server};

/// Calls, and what came back.
pub(crate) struct Wire<'a> {
    server: &'a Server,
    lines: Vec<String>,
}

impl<'a> Wire<'a> {
    pub(crate) const fn new(server: &'a Server) -> Self {
        Self { server, lines: Vec::new() }
    }

    pub(crate) fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// Makes a call and writes down the shape of its answer; an error is written as it is.
    pub(crate) async fn call(&mut self, name: &str, call: Call<'_>) -> Value {
        let answer = self.server.call(call).await;
        let value = answer.value();
        let shown = match (answer.header("content-type"), answer.status) {
            (Some("application/pdf"), _) => {
                assert!(answer.bytes.starts_with(b"%PDF-"), "{name}");
                Value::from("a PDF")
            }
            (_, 200) => shape(&[&value]),
            _ => error(&value),
        };
        self.write(name, &answer, &shown);
        value
    }

    /// Makes a call and writes down its answer as it is.
    pub(crate) async fn verbatim(&mut self, name: &str, call: Call<'_>) {
        let answer = self.server.call(call).await;
        self.write(name, &answer, &answer.value());
    }

    pub(crate) async fn get(&mut self, name: &str, path: &str) -> Value {
        self.call(name, Call { path, ..Call::default() }).await
    }

    pub(crate) async fn get_as(&mut self, name: &str, path: &str, token: &str) -> Value {
        self.call(name, Call { path, token: Some(token), ..Call::default() }).await
    }

    /// By a state's program.
    pub(crate) async fn keyed(&mut self, name: &str, path: &str) -> Value {
        self.call(name, Call { path, key: Some(KEY), ..Call::default() }).await
    }

    /// With a key, which calls of a resident do not look at.
    pub(crate) async fn post(
        &mut self,
        name: &str,
        path: &str,
        body: Value,
        token: Option<&str>,
    ) -> Value {
        let body = Some(body);
        self.call(name, Call { path, body, token, key: Some(KEY), ..Call::default() }).await
    }

    /// What a token says: clients read it without verifying.
    pub(crate) fn claims(&mut self, name: &str, token: &str) {
        let part = token.split('.').nth(1).expect("a token has three parts");
        let claims: Value = serde_json::from_slice(&base64url(part)).expect("claims are JSON");
        let life = claims["exp"].as_i64().expect("exp") - claims["iat"].as_i64().expect("iat");
        self.lines.push(format!("## {name}, for {life} seconds\n{:#}\n", shape(&[&claims])));
    }

    fn write(&mut self, name: &str, answer: &Answer, shown: &Value) {
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{name}");
        let kind = answer.header("content-type").unwrap_or("no body");
        self.lines.push(format!("## {name}\n{} {kind}", answer.status));
        if answer.status != 204 {
            self.lines.push(format!("{shown:#}"));
        }
        self.lines.push(String::new());
    }
}

impl Server {
    /// A body that confirms a one-time password, which is asked for first.
    pub(crate) async fn confirmation(&self, generate: &str, asked: &Value) -> Value {
        let (transaction, code) = self.ask_code(generate, asked.clone()).await;
        serde_json::json!({ "otp": app::sign_in::sha256_hex(&code), "txnId": transaction })
    }
}

/// The shape of samples of one thing: the type of each member; `?` after one that some lack.
fn shape(samples: &[&Value]) -> Value {
    let objects: Vec<_> = samples.iter().filter_map(|sample| sample.as_object()).collect();
    let lists: Vec<_> = samples.iter().filter_map(|sample| sample.as_array()).collect();
    if objects.len() == samples.len() {
        let mut members = Map::new();
        for name in objects.iter().flat_map(|object| object.keys()) {
            let found: Vec<_> = objects.iter().filter_map(|object| object.get(name)).collect();
            let always = found.len() == objects.len();
            let mark = if always { "" } else { "?" };
            members.insert(format!("{name}{mark}"), shape(&found));
        }
        return Value::Object(members);
    }
    if lists.len() == samples.len() {
        let items: Vec<_> = lists.into_iter().flatten().collect();
        return if items.is_empty() {
            Value::Array(vec![])
        } else {
            Value::from(vec![shape(&items)])
        };
    }
    let mut kinds: Vec<_> = samples.iter().map(|sample| kind(sample)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    Value::from(kinds.join(" or "))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "decimal",
        Value::Number(_) => "integer",
        Value::String(text) if text.is_empty() => "empty text",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// An error as it is, but for reference numbers; what stands beside its words by shape.
fn error(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::from(without_numbers(text)),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let shown = match value {
                    Value::String(text) => Value::from(without_numbers(text)),
                    Value::Number(_) => value.clone(),
                    _ => shape(&[value]),
                };
                (name.clone(), shown)
            })
            .collect(),
        other => other.clone(),
    }
}

fn without_numbers(text: &str) -> String {
    let is_reference = |word: &str| word.len() == 14 && word.bytes().all(|b| b.is_ascii_digit());
    let words = text.split(' ').map(|word| if is_reference(word) { "<reference>" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// Bytes of base64url without padding.
fn base64url(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'-' => 62,
        _ => 63,
    };
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for byte in text.bytes() {
        held = held << 6 | u32::from(digit(byte));
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.extend(u8::try_from(held >> bits & 0xff));
        }
    }
    bytes
}
