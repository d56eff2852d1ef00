//! Verifiable Credentials: the text by each suite, a signed document, signed options of its proof,
//! and what ours issues of any texts.

use certs::{
    signer::key::SigningKey,
    status::Purpose,
    vc::{StatusEntry, VcIssuer, issue},
    verdict::{NotValid, Verdict},
};
use serde_json::{Value, json};

use super::ground::{DID, LIST, METHOD, NOW, TEXTS, ground, seed, sha256, text, vaccination};

/// Reads a text (0), a document that is signed (1), options and a document, a line each, that are
/// signed (2), what is issued of texts (3), or a document with a proof over linked data (4).
pub(crate) fn decode(data: &[u8]) -> bool {
    let Some((kind, body)) = data.split_first() else { return false };
    match kind % 5 {
        0 => ground().verified_text(&text(body)),
        1 => signed(&options().to_string(), &text(body)),
        2 => text(body).split_once('\n').is_some_and(|(options, body)| signed(options, body)),
        3 => issued(&text(body)),
        _ => linked(&text(body)),
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let credential = made(TEXTS).unwrap();
    let mut document: Value = serde_json::from_str(&credential).unwrap();
    drop(document.as_object_mut().unwrap().remove("proof"));
    vec![
        seed(0, credential),
        seed(1, document.to_string()),
        seed(2, format!("{}\n{document}", options())),
        seed(3, TEXTS),
        seed(4, document.to_string()),
    ]
}

fn options() -> Value {
    json!({
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": "2023-11-01T00:00:00Z",
        "verificationMethod": METHOD,
        "proofPurpose": "assertionMethod",
    })
}

/// Signs a document as JSON, whatever the options say, and has it read.
fn signed(options: &str, document: &str) -> bool {
    let read = |text| serde_json::from_str::<Value>(text).ok().filter(Value::is_object);
    let Some((mut options, mut document)) = read(options).zip(read(document)) else { return false };
    add_proof(&mut options, &mut document);
    ground().verified_text(&document.to_string())
}

/// Has a document read by the suite of linked data: all of it but that the signature does not fit,
/// so that the answer says whether it came that far.
fn linked(document: &str) -> bool {
    let Ok(Value::Object(mut document)) = serde_json::from_str(document) else { return false };
    let mut proof = options();
    proof["cryptosuite"] = "eddsa-rdfc-2022".into();
    proof["proofValue"] = format!("z{}", "2".repeat(88)).into();
    document.insert("proof".to_owned(), proof);
    let text = Value::from(document).to_string();
    let verdict = certs::verify::verify_text(&text, &ground().trust, NOW);
    matches!(verdict, Verdict::NotValid(NotValid::Signature))
}

/// Adds a proof over the JSON of a document and of options.
pub(crate) fn add_proof(options: &mut Value, document: &mut Value) {
    let digest = |value: &Value| sha256(&serde_json_canonicalizer::to_vec(value).unwrap());
    drop(document.as_object_mut().unwrap().remove("proof"));
    let message = [digest(options), digest(document)].concat();
    let signature = bs58::encode(ground().ed25519.sign(&message).unwrap()).into_string();
    options["proofValue"] = format!("z{signature}").into();
    document["proof"] = options.clone();
}

fn made(texts: &str) -> Option<String> {
    let issuer = VcIssuer { did: DID, verification_method: METHOD, key: &ground().ed25519 };
    let status = StatusEntry { list: LIST, purpose: Purpose::Revocation, index: 7 };
    issue(&issuer, &vaccination(texts), Some(status), NOW, NOW + 86_400).ok()
}

/// Whether something was issued. What was is genuine.
fn issued(texts: &str) -> bool {
    let Some(text) = made(texts) else { return false };
    assert!(ground().verified_text(&text));
    true
}
