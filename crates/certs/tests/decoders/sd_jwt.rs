//! SD-JWT: the text, and a signed payload with its disclosures and a holder's proof.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use certs::{
    sd_jwt::{Asked, Terms, disclosed, issue, prove, verify_presented},
    signer::key::SigningKey,
    verdict::Verdict,
};
use serde_json::{Value, json};

use super::ground::{ISSUER, LIST, NOW, TEXTS, ground, jws, seed, sha256, text, vaccination};

const ASKED: Asked<'static> = Asked { audience: "https://verifier.example", nonce: "n" };

/// Reads a text (0); lines of a payload and of disclosures (1), for which the payload gets digests;
/// or a holder's proof (2).
pub(crate) fn decode(data: &[u8]) -> bool {
    let Some((kind, body)) = data.split_first() else { return false };
    let text = match kind % 3 {
        0 => text(body),
        1 => match presentation(&text(body)) {
            Some(text) => text,
            None => return false,
        },
        _ => with_proof(body),
    };
    drop(disclosed(&text, ground().p256.public_key()));
    let asked = verify_presented(&text, &ground().trust, NOW, &ASKED);
    ground().verified_text(&text) & (kind % 3 == 1 || !matches!(asked, Verdict::NotValid(_)))
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let nested = json!({ "street": "Main Road", "_sd": [digest(&part(r#"["c","city","Pune"]"#))] });
    let lines = [
        json!({
            "iss": ISSUER, "iat": NOW, "exp": NOW + 86_400, "vct": "urn:x", "vaccinated": true,
            "status": { "status_list": { "uri": LIST, "idx": 3 } },
            "list": [{ "...": digest(&part(r#"["b","IN"]"#)) }, "x"],
        }),
        json!(["a", "name", "Asha Demo"]),
        json!(["d", "address", nested]),
    ];
    let lines = lines.map(|line| line.to_string()).join("\n");
    let inner = ["[\"b\",\"IN\"]", "[\"c\",\"city\",\"Pune\"]"].join("\n");
    vec![
        seed(0, certificate(true)),
        seed(1, format!("{lines}\n\n{inner}")),
        seed(2, json!({ "aud": ASKED.audience, "nonce": "n", "iat": NOW }).to_string()),
    ]
}

/// A certificate bound to a key, with its holder's proof or without.
fn certificate(proven: bool) -> String {
    let key = &ground().p256;
    let terms = Terms {
        issuer: ISSUER,
        holder: Some(ground().ed25519.public_key()),
        status: Some((LIST, 3)),
        issued_at: NOW,
        expires_at: NOW + 86_400,
    };
    let mut salt = 0_u8;
    let next = || {
        salt += 1;
        [salt; 16]
    };
    let shown = issue(key, &vaccination(TEXTS), &terms, next).unwrap().text();
    if !proven {
        return shown;
    }
    prove(&shown, &ground().ed25519, ASKED.audience, ASKED.nonce, NOW).unwrap()
}

fn part(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn digest(part: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(part.as_bytes()))
}

/// Signs what the first line says, with the digests of the lines up to an empty one; those after it
/// are disclosed too, wherever their digests stand.
fn presentation(lines: &str) -> Option<String> {
    let (payload, others) = lines.split_once('\n').unwrap_or((lines, ""));
    let mut payload: Value = serde_json::from_str(payload).ok()?;
    let (at_top, inside) = others.split_once("\n\n").unwrap_or((others, ""));
    let parts = |lines: &str| lines.lines().map(part).collect::<Vec<_>>();
    let at_top = parts(at_top);
    let digests: Vec<_> = at_top.iter().map(|part| digest(part)).collect();
    payload.as_object_mut()?.entry("_sd").or_insert(json!(digests));
    let header = json!({ "alg": "ES256", "typ": "dc+sd-jwt" });
    let mut text = jws(&ground().p256, &header, payload.to_string().as_bytes());
    for part in [at_top, parts(inside)].concat() {
        text = format!("{text}~{part}");
    }
    Some(text + "~")
}

/// A certificate with a proof of this payload, which gets the digest of what is shown.
fn with_proof(payload: &[u8]) -> String {
    let shown = certificate(false);
    let payload = match serde_json::from_slice(payload) {
        Ok(Value::Object(mut payload)) => {
            payload.insert("sd_hash".to_owned(), digest(&shown).into());
            Value::from(payload).to_string().into_bytes()
        }
        _ => payload.to_vec(),
    };
    let header = json!({ "alg": "EdDSA", "typ": "kb+jwt" });
    shown.clone() + &jws(&ground().ed25519, &header, &payload)
}
