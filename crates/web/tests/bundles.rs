//! What browsers are given holds no secret (COVID-KAYA had a superuser in its app): the bundles of scripts,
//! modules, templates and styles are searched for keys, passwords and whatever looks drawn by chance, and
//! what anybody may fetch for the keys of this very server. The twin is the same search over a copy that
//! holds each of them.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use std::{collections::BTreeSet, fs, path::Path};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use common::{KEY, Server};
use memchr::memmem;

/// Folders whose files go to browsers, as they are or filled in.
const BUNDLES: [&str; 4] = ["asker", "desk", "verifier", "templates"];
/// What stands in a key, a token or an address with a password, and in no text.
const MARKS: [&str; 9] = [
    "-----BEGIN",
    "PRIVATE KEY",
    "AKIA",
    "ghp_",
    "xoxb-",
    "postgres://",
    "\"d\":\"",
    "Bearer e",
    "eyJhbGciOi",
];
/// What a value follows that is one.
const NAMES: [&str; 8] =
    ["password", "passwd", "secret", "token", "api_key", "api-key", "apikey", "authorization"];
/// What 32 bytes have at least, in base64.
const RUN: usize = 40;
/// How often two neighbours of such a run differ in kind, at least: of chance, 25 times. Names that are put
/// together come near, and have no digits.
const CHANGES: usize = 20;

/// Names of algorithms: a program has them in a row, and they look drawn.
const ALGORITHMS: [&str; 6] = ["ES256", "ES384", "ES512", "PS256", "EdDSA", "Ed25519"];

/// Why a file is suspected; none if it is not.
fn suspicion(bytes: &[u8]) -> Option<String> {
    if let Some(mark) = MARKS.iter().find(|mark| memmem::find(bytes, mark.as_bytes()).is_some()) {
        return Some(format!("has {mark}"));
    }
    let lower = bytes.to_ascii_lowercase();
    if let Some(name) = NAMES.iter().find(|name| is_set(bytes, &lower, name)) {
        return Some(format!("sets a {name}"));
    }
    let in_run = |byte: u8| byte.is_ascii_alphanumeric() || b"+/_-".contains(&byte);
    let mut named = bytes.to_vec();
    for name in ALGORITHMS {
        for at in memmem::find_iter(bytes, name).collect::<Vec<_>>() {
            named[at..at + name.len()].fill(b' ');
        }
    }
    let runs = named.split(|byte| !in_run(*byte)).filter(|run| run.len() >= RUN);
    for run in runs {
        if run.windows(RUN).any(is_drawn) {
            return Some("has what chance drew, in base64".to_owned());
        }
    }
    let kinds = |run: &[u8]| run.iter().collect::<BTreeSet<_>>().len();
    let mut hex = bytes.split(|byte| !byte.is_ascii_hexdigit());
    let drawn = hex.any(|run| run.len() >= RUN && kinds(run) >= 12);
    drawn.then(|| "has what chance drew, in hex".to_owned())
}

/// Whether a value of some length follows a name, with a colon or an equals sign before it and in quotes.
fn is_set(bytes: &[u8], lower: &[u8], name: &str) -> bool {
    memmem::find_iter(lower, name).any(|at| {
        let rest = &bytes[at + name.len()..];
        let rest = rest.trim_ascii_start();
        let rest = rest.strip_prefix(b"\"").unwrap_or(rest).trim_ascii_start();
        let Some((b':' | b'=', rest)) = rest.split_first() else { return false };
        let Some((b'"' | b'\'' | b'`', rest)) = rest.trim_ascii_start().split_first() else {
            return false;
        };
        let value =
            rest.iter().take_while(|byte| byte.is_ascii_graphic() && !b"\"'`<{".contains(byte));
        value.count() >= 6
    })
}

/// Whether chance drew this: misses one key in twenty, and takes no text for one.
fn is_drawn(part: &[u8]) -> bool {
    let kind = |byte: &u8| match byte {
        b'A'..=b'Z' => 0,
        b'a'..=b'z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let mut kinds = [0; 4];
    for byte in part {
        kinds[kind(byte)] += 1;
    }
    let changes = part.windows(2).filter(|pair| kind(&pair[0]) != kind(&pair[1])).count();
    // Names that are put together are small letters for two thirds; chance never gets there.
    let many = kinds[0] >= 6 && (6..26).contains(&kinds[1]) && kinds[2] >= 3;
    changes >= CHANGES && many
}

/// Every file of the bundles.
fn bundles() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for folder in BUNDLES {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let path = entry.unwrap().path();
            // What a module was made of is a digest, and stays here.
            if !path.ends_with("made-of") {
                files.push((path.display().to_string(), fs::read(&path).unwrap()));
            }
        }
    }
    files
}

#[test]
fn no_bundle_holds_a_secret() {
    let files = bundles();
    assert!(files.len() > 50, "{} files", files.len());
    let found = files.iter().filter_map(|(name, bytes)| Some((name, suspicion(bytes)?)));
    assert_eq!(found.collect::<Vec<_>>(), []);
}

/// The twin.
#[test]
fn a_secret_that_is_planted_is_found() {
    // As good as drawn, and always the same.
    let drawn = hex::decode(app::sign_in::sha256_hex("chance")).unwrap();
    let planted = [
        "-----BEGIN EC PRIVATE KEY-----".to_owned(),
        "const key = {\"kty\":\"EC\",\"d\":\"x\"};".to_owned(),
        "fetch('/', {headers: {'x': 'Bearer eyJh'}})".to_owned(),
        "const password = 'superuser';".to_owned(),
        "{\"api_key\": \"key of a state\"}".replace(' ', ""),
        "Secret: `open-sesame`".to_owned(),
        "postgres://teeka:pass@db".to_owned(),
        STANDARD_NO_PAD.encode(&drawn),
        URL_SAFE_NO_PAD.encode(&drawn),
        hex::encode(&drawn),
        hex::encode_upper(&drawn),
    ];
    for (name, bytes) in bundles() {
        let place = bytes.len() / 2;
        // Between two places where no letter is cut.
        let place = place + bytes[place..].iter().position(|byte| *byte < b'0').unwrap_or(0);
        for secret in &planted {
            let mut with = bytes.clone();
            with.splice(place..place, [b" ", secret.as_bytes(), b" "].concat());
            assert!(suspicion(&with).is_some(), "{secret} in {name}");
        }
    }
}

/// The ways in which 32 bytes are written.
fn forms(key: &[u8]) -> Vec<Vec<u8>> {
    let hex = hex::encode(key);
    vec![
        key.to_vec(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        STANDARD_NO_PAD.encode(key).into_bytes(),
        URL_SAFE_NO_PAD.encode(key).into_bytes(),
    ]
}

#[tokio::test]
async fn what_anybody_may_fetch_holds_no_key_of_the_server() {
    let server = Server::open().await;
    let vault = server.world.platform.vault();
    let keys = [vault.token_key(), vault.log_seed(), vault.release_log_seed()];
    let mut secrets: Vec<_> = keys.iter().flat_map(|key| forms(key.expose())).collect();
    secrets.push(KEY.as_bytes().to_vec());
    let has_secret =
        |bytes: &[u8]| secrets.iter().any(|secret| memmem::find(bytes, secret).is_some());
    let routes = include_str!("../routes.txt").lines().filter(|line| line.starts_with("GET "));
    let mut fetched = 0;
    for line in routes.filter(|line| line.ends_with(" nobody") && !line.contains('{')) {
        let path = line.split_whitespace().nth(1).unwrap();
        let answer = server.get(path, None).await;
        fetched += usize::from(answer.status == 200);
        assert!(!has_secret(&answer.bytes), "{path}");
        for value in answer.headers.values() {
            assert!(!has_secret(value.as_bytes()), "{path}");
        }
    }
    assert!(fetched > 30, "{fetched} answers");
    // The twin: a page with a key in it.
    let page = server.get("/", None).await.bytes;
    for key in &keys {
        for form in forms(key.expose()) {
            assert!(has_secret(&[&page[..], &form, &page].concat()));
        }
    }
}
