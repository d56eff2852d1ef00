//! What a verifier trusts: status lists, their credentials, and bundles.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use certs::{
    dcc,
    signer::key::SigningKey,
    status::{Bits, IdKind, credential},
    trust::{
        IssuerKey, Use,
        bundle::{Bundle, Content},
        succession,
    },
    vc::VcIssuer,
    verify::verify_text,
};
use serde_json::{Value, json};

use super::{
    ground::{
        DID, LIST, METHOD, NOW, TEXTS, ground, jws, seed, status_list, text, vaccination, withdrawn,
    },
    vc::add_proof,
};

/// The least that a bundle holds.
const PAYLOAD: &[u8] = br#"{"version":1,"issued_at":1,"valid_until":2}"#;

/// Reads bits in text (0) or packed (1), a status list credential as it is (2) or signed (3), a
/// bundle as it is (4) or signed (5), or the links of a bundle (6).
pub(crate) fn decode(data: &[u8]) -> bool {
    let Some((kind, body)) = data.split_first() else { return false };
    match kind % 7 {
        0 => bits(&text(body)),
        1 => bits(&format!("u{}", URL_SAFE_NO_PAD.encode(body))),
        2 => list(&text(body)),
        3 => match serde_json::from_slice(body) {
            Ok(mut document @ Value::Object(_)) => {
                add_proof(&mut options(), &mut document);
                list(&document.to_string())
            }
            _ => false,
        },
        4 => bundle(&text(body)),
        5 => bundle(&jws(&ground().ed25519, &header(), body)),
        _ => {
            let header = json!({ "alg": "EdDSA", "typ": "teeka-trust+jwt", "links": [text(body)] });
            bundle(&jws(&ground().ed25519, &header, PAYLOAD))
        }
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let bits = status_list().bits.encode();
    let issuer = VcIssuer { did: DID, verification_method: METHOD, key: &ground().ed25519 };
    let list = credential::issue(&issuer, &status_list()).unwrap();
    let mut document: Value = serde_json::from_str(&list).unwrap();
    drop(document.as_object_mut().unwrap().remove("proof"));
    let bundle = content().sign(&ground().ed25519, NOW, NOW + 86_400).unwrap();
    let payload = URL_SAFE_NO_PAD.decode(bundle.split('.').nth(1).unwrap()).unwrap();
    vec![
        seed(0, bits.as_bytes()),
        seed(1, URL_SAFE_NO_PAD.decode(&bits[1..]).unwrap()),
        seed(2, list),
        seed(3, document.to_string()),
        seed(4, bundle),
        seed(5, payload),
        seed(6, link()),
    ]
}

fn content() -> Content {
    let key = |used_for, issuer: &str| IssuerKey {
        used_for,
        issuer: issuer.to_owned(),
        id: Some("1".to_owned()),
        key: ground().p256.public_key().clone(),
        not_before: Some(0),
        not_after: None,
    };
    Content {
        signers: vec![ground().signer.certificate_der().to_vec()],
        issuers: vec![key(Use::Shc, "https://example.org"), key(Use::VdsNc, "UTO")],
        status_lists: vec![status_list()],
        withdrawn: vec![withdrawn(IdKind::Uvci, "IN".to_owned())],
        codes: [("country".to_owned(), vec!["IN".to_owned()])].into(),
        links: vec![link()],
    }
}

/// What the key that signs here says of itself, so that a bundle has one.
fn link() -> String {
    let key = &ground().ed25519;
    succession::link(key, key.public_key(), NOW).unwrap()
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "typ": "teeka-trust+jwt", "links": [link()] })
}

fn options() -> Value {
    json!({
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": METHOD,
        "proofPurpose": "assertionMethod",
    })
}

/// Whether bits can be read. What was read is written and read as the same.
fn bits(text: &str) -> bool {
    let Ok(bits) = Bits::decode(text) else { return false };
    assert!(Bits::decode(&bits.encode()).as_ref() == Ok(&bits));
    bits.at(usize::MAX).is_none()
}

fn list(text: &str) -> bool {
    credential::read(text, LIST, &ground().trust, NOW).is_ok()
}

/// Whether a bundle can be read. One that can is asked about a certificate.
fn bundle(text: &str) -> bool {
    static CERTIFICATE: LazyLock<String> = LazyLock::new(|| {
        dcc::issue(&ground().signer, &vaccination(TEXTS), NOW, NOW + 86_400).unwrap()
    });
    let Ok(bundle) = Bundle::read(text, ground().ed25519.public_key()) else { return false };
    drop(verify_text(&CERTIFICATE, &bundle.trust, NOW));
    true
}
