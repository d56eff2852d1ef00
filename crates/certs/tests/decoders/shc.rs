//! SMART Health Cards: the text, the packed payload, the payload, and lists of withdrawn ones.

use std::io::Write;

use certs::{shc, signer::key::SigningKey};
use flate2::{Compression, write::DeflateEncoder};
use serde_json::{Value, json};

use super::ground::{ISSUER, NOW, TEXTS, ground, jws, seed, text, vaccination};

/// Reads a text (0), a signed packed payload (1), a signed payload (2), or a list (3).
pub(crate) fn decode(data: &[u8]) -> bool {
    let Some((kind, body)) = data.split_first() else { return false };
    match kind % 4 {
        0 => ground().verified_text(&text(body)),
        1 => ground().verified_text(&signed(body)),
        2 => ground().verified_text(&signed(&packed(body))),
        _ => serde_json::from_slice(body)
            .is_ok_and(|list| shc::read_revocation_list(ISSUER, &list, NOW, NOW).is_ok()),
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let doses = [vaccination(TEXTS), vaccination("\u{1f642}")];
    let card = shc::issue(&ground().p256, ISSUER, &doses, NOW).unwrap();
    let payload = payload().to_string();
    let list = shc::revocation_list("kid", 3, ["abc", "def.1600000000"]).to_string();
    vec![
        seed(0, card.numeric),
        seed(0, card.jws),
        seed(1, packed(payload.as_bytes())),
        seed(2, payload),
        seed(3, list),
    ]
}

fn signed(packed: &[u8]) -> String {
    let key = &ground().p256;
    let kid = key.public_key().thumbprint();
    jws(key, &json!({ "alg": "ES256", "zip": "DEF", "kid": kid }), packed)
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
    deflate.write_all(bytes).unwrap();
    deflate.finish().unwrap()
}

/// A card with an event of each kind.
fn payload() -> Value {
    let code = json!({ "coding": [{ "system": "http://hl7.org/fhir/sid/cvx", "code": "210" }] });
    let person = json!({ "reference": "resource:0" });
    let resources = [
        json!({ "resourceType": "Patient", "birthDate": "1980-02-03",
            "name": [{ "family": "Demo", "given": ["Asha", "B."] }] }),
        json!({ "resourceType": "Immunization", "status": "completed", "vaccineCode": code,
            "patient": person, "occurrenceDateTime": "2023-11-01", "lotNumber": "4121Z008",
            "performer": [{ "actor": { "display": "PHC" } }] }),
        json!({ "resourceType": "Observation", "status": "final", "code": code,
            "subject": person, "effectiveDateTime": "2023-11-10", "valueCodeableConcept": code,
            "performer": [{ "display": "PHC" }] }),
    ];
    let entries = resources.iter().enumerate();
    let entries = entries.map(
        |(place, resource)| json!({ "fullUrl": format!("resource:{place}"), "resource": resource }),
    );
    json!({
        "iss": ISSUER,
        "nbf": NOW,
        "exp": NOW + 86_400,
        "vc": {
            "type": ["https://smarthealth.cards#health-card", "https://smarthealth.cards#covid19"],
            "credentialSubject": { "fhirVersion": "4.0.1", "fhirBundle": {
                "resourceType": "Bundle", "type": "collection", "entry": entries.collect::<Vec<_>>(),
            } },
            "rid": "abc",
        },
    })
}
