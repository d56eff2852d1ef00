//! ICAO VDS-NC: the text, the signed part, and the certificate that comes with it.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use certs::signer::key::{LocalKey, SigningKey};
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, Issuer, KeyPair};
use serde_json::{Value, json};

use super::ground::{ground, seed, text};

/// May sign seals.
const SEALS: [u64; 7] = [2, 23, 136, 1, 1, 14, 2];

/// Reads a text (0), a signed part (1), or the signer's certificate (2).
pub(crate) fn decode(data: &[u8]) -> bool {
    let Some((kind, body)) = data.split_first() else { return false };
    let text = match kind % 3 {
        0 => text(body),
        1 => match serde_json::from_slice(body) {
            Ok(data) => seal(&data, &signer().certificate),
            Err(_) => return false,
        },
        _ => seal(&vaccinations(), body),
    };
    ground().verified_text(&text)
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    vec![
        seed(0, seal(&vaccinations(), &signer().certificate)),
        seed(1, vaccinations().to_string()),
        seed(1, test().to_string()),
        seed(2, &signer().certificate),
    ]
}

/// A signer under an authority that is trusted.
struct SealSigner {
    key: LocalKey,
    certificate: Vec<u8>,
}

fn signer() -> &'static SealSigner {
    static SIGNER: LazyLock<SealSigner> = LazyLock::new(|| {
        let key = KeyPair::generate().unwrap();
        let authority = KeyPair::from_pem(&ground().authority).unwrap();
        let mut params = CertificateParams::default();
        params.not_before = rcgen::date_time_ymd(2023, 6, 1);
        params.not_after = rcgen::date_time_ymd(2024, 6, 1);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(SEALS.to_vec())];
        let issuer = Issuer::new(CertificateParams::default(), authority);
        let certificate = params.signed_by(&key, &issuer).unwrap().der().to_vec();
        SealSigner { key: LocalKey::from_pem(&key.serialize_pem()).unwrap(), certificate }
    });
    &SIGNER
}

fn seal(data: &Value, certificate: &[u8]) -> String {
    let message = serde_json_canonicalizer::to_vec(data).unwrap();
    let signature = signer().key.sign(&message).unwrap();
    json!({ "data": data, "sig": {
        "alg": "ES256",
        "cer": URL_SAFE_NO_PAD.encode(certificate),
        "sigvl": URL_SAFE_NO_PAD.encode(signature),
    } })
    .to_string()
}

fn vaccinations() -> Value {
    json!({
        "hdr": { "t": "icao.vacc", "v": 1, "is": "UTO" },
        "msg": {
            "uvci": "U1",
            "pid": { "n": "Änne Demo", "dob": "1990-01-02", "sex": "F" },
            "ve": [{ "des": "XM68M6", "nam": "Covishield", "dis": "RA01.0", "vd": [
                { "dvc": "2023-03-03", "seq": "1", "ctr": "IND", "adm": "PHC", "lot": "VC3" },
                { "dvc": "2023-03-24", "seq": 2, "ctr": "IND", "adm": "PHC", "lot": "VC4" }
            ] }]
        }
    })
}

fn test() -> Value {
    json!({
        "hdr": { "t": "icao.test", "v": 1, "is": "UTO" },
        "msg": {
            "utci": "U2", "pid": { "n": "Gerald Demo", "dob": "1990-01-29" },
            "sp": { "spn": "General Hospital", "ctr": "IND" },
            "dat": { "sc": "2023-11-12T12:00:00+08:00", "ri": "2023-11-12T14:00:00+08:00" },
            "tr": { "tc": "molecular(PCR)", "r": "negative" }
        }
    })
}
