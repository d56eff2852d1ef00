//! Against a stub that speaks the engine's protocol: AES-256-GCM under versions of a key, as
//! `vault:vN:BASE64`.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use base64::Engine as _;
use vault::{unwrap_key, wrap_key};

use super::*;

#[derive(Default)]
struct Engine {
    versions: u8,
    sealed: bool,
    asked: Vec<String>,
}

struct Stub {
    engine: Arc<Mutex<Engine>>,
    url: String,
}

impl Stub {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1/transit", listener.local_addr().unwrap());
        let engine = Arc::new(Mutex::new(Engine { versions: 1, ..Engine::default() }));
        let answers = Arc::clone(&engine);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(&answers, stream.unwrap());
            }
        });
        Self { engine, url }
    }

    fn transit(&self, token: &str) -> Transit {
        Transit::new(&self.url, "teeka", Secret::new(token.to_owned())).unwrap()
    }
}

fn answer(engine: &Mutex<Engine>, stream: TcpStream) {
    let mut reader = BufReader::new(stream);
    let (mut path, mut token, mut length) = (String::new(), String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(rest) = line.strip_prefix("POST ") {
            path = rest.split(' ').next().unwrap().to_owned();
        }
        match line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value)) {
            Some((name, value)) if name == "x-vault-token" => token = value.to_owned(),
            Some((name, value)) if name == "content-length" => length = value.parse().unwrap(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let (status, body) = respond(&mut engine.lock().unwrap(), &path, &token, &body);
    let text = body.map_or_else(String::new, |body| body.to_string());
    let length = text.len();
    let head =
        format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    reader.get_mut().write_all(format!("{head}{text}").as_bytes()).unwrap();
}

fn respond(engine: &mut Engine, path: &str, token: &str, body: &[u8]) -> (u16, Option<Value>) {
    let errors = |text: &str| Some(json!({ "errors": [text] }));
    engine.asked.push(path.to_owned());
    if engine.sealed {
        return (503, errors("Vault is sealed"));
    }
    if token != "good" {
        return (403, errors("permission denied"));
    }
    let body: Value = serde_json::from_slice(body).unwrap();
    let name = body["associated_data"].as_str().map(|text| STANDARD.decode(text).unwrap());
    let name = String::from_utf8(name.unwrap_or_default()).unwrap();
    let key = |version: u8| Secret::new([version; 32]);
    let encrypt = |engine: &Engine, plain: &Secret<[u8; 32]>| {
        let sealed = STANDARD.encode(wrap_key(&key(engine.versions), &name, plain));
        json!({ "data": { "ciphertext": format!("vault:v{}:{sealed}", engine.versions) } })
    };
    let decrypt = || {
        let text = body["ciphertext"].as_str()?.strip_prefix("vault:v")?;
        let (version, sealed) = text.split_once(':')?;
        let sealed = STANDARD.decode(sealed).ok()?;
        unwrap_key(&key(version.parse().ok()?), &name, &sealed).ok()
    };
    match path {
        "/v1/transit/encrypt/teeka" => {
            let plain = STANDARD.decode(body["plaintext"].as_str().unwrap()).unwrap();
            (200, Some(encrypt(engine, &Secret::new(plain.try_into().unwrap()))))
        }
        "/v1/transit/decrypt/teeka" => match decrypt() {
            Some(plain) => {
                (200, Some(json!({ "data": { "plaintext": STANDARD.encode(plain.expose()) } })))
            }
            None => (400, errors("invalid ciphertext")),
        },
        _ => (404, errors("no handler for route")),
    }
}

#[test]
fn a_key_is_wrapped_there_and_bound_to_its_name() {
    let stub = Stub::start();
    let transit = stub.transit("good");
    let key = Secret::new([8; 32]);
    let wrapped = transit.wrap("kek-1", &key).unwrap();
    assert!(wrapped.starts_with(b"vault:v1:"));
    assert_eq!(transit.unwrap("kek-1", &wrapped).unwrap().expose(), key.expose());
    let refused = |name, wrapped: &[u8]| {
        matches!(transit.unwrap(name, wrapped), Err(ProviderError::DoesNotUnwrap))
    };
    assert!(refused("kek-2", &wrapped), "another name");
    let mut changed = wrapped.clone();
    let last = changed.len() - 4;
    changed[last] ^= 1;
    assert!(refused("kek-1", &changed) && refused("kek-1", b"\xff"));
}

#[test]
fn what_an_older_version_wrapped_is_unwrapped() {
    let stub = Stub::start();
    let transit = stub.transit("good");
    let key = Secret::new([8; 32]);
    let old = transit.wrap("kek-1", &key).unwrap();
    stub.engine.lock().unwrap().versions += 1;
    let new = transit.wrap("kek-1", &key).unwrap();
    assert!(old.starts_with(b"vault:v1:") && new.starts_with(b"vault:v2:"));
    for wrapped in [old, new] {
        assert_eq!(transit.unwrap("kek-1", &wrapped).unwrap().expose(), key.expose());
    }
}

#[test]
fn a_sealed_engine_a_wrong_token_and_one_that_is_gone_are_told_apart() {
    let stub = Stub::start();
    let key = Secret::new([8; 32]);
    let told = |transit: &Transit| transit.wrap("kek-1", &key).unwrap_err().to_string();
    assert!(told(&stub.transit("bad")).ends_with("does not take the token"));
    stub.engine.lock().unwrap().sealed = true;
    assert!(told(&stub.transit("good")).ends_with("the transit engine is sealed"));
    stub.engine.lock().unwrap().sealed = false;
    let other = Transit::new(&stub.url, "other", Secret::new("good".into())).unwrap();
    assert!(told(&other).ends_with("there is no such transit engine or key"));
    let gone = Transit::new("http://127.0.0.1:1/v1/transit", "teeka", Secret::new("good".into()));
    assert!(told(&gone.unwrap()).ends_with("the transit engine does not answer"));
}

#[test]
fn an_address_in_clear_and_a_name_that_leads_elsewhere_are_refused() {
    let token = || Secret::new("good".to_owned());
    for (url, key) in [
        ("http://vault.example/v1/transit", "teeka"),
        ("https://vault.example/v1/transit", "../sys/seal"),
        ("https://vault.example/v1/transit", ""),
    ] {
        assert!(Transit::new(url, key, token()).is_err(), "{url} {key}");
    }
    assert!(Transit::new("https://vault.example/v1/transit/", "teeka", token()).is_ok());
}
