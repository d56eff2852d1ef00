//! Certificates of other projects' tests: whoever has copies of them puts these files into one
//! folder and names it in `TEEKA_DIVOC_SAMPLES`. Without it, the test says that it was skipped.
//!
//! - `sign-verify.spec.js` of github.com/Path-Check/divoc-sdk.js, `test`
//! - `ed25519signer.test.js` of github.com/egovernments/DIVOC, `backend/certificate_signer_library`
//! - `DIVOCQR1Contents.txt`, `DIVOCJamaicaContents.txt` and `DIVOCIndonesiaContents.txt` of
//!   github.com/WorldHealthOrganization/ddcc-validator, `test-resources`
//! - `registry.json` of github.com/Path-Check/trust-registry

use std::path::{Path, PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::*;
use crate::signature::PublicKey;

const NOW: i64 = 1_700_000_000;

fn file(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The key of a PEM text, which registries write in one line.
fn pem(text: &str) -> PublicKey {
    let inside = text.split("-----").nth(2).unwrap().replace("\\n", "");
    let inside: String = inside.split_whitespace().collect();
    PublicKey::from_spki(&STANDARD.decode(inside).unwrap()).unwrap()
}

fn known(issuer: &str, key: PublicKey) -> IssuerKey {
    IssuerKey { key, ..issuer_key(issuer, &RSA) }
}

/// The trust of Path-Check's registry, whose names are not those that certificates give.
fn registry(folder: &Path) -> Trust {
    let registry: Value = serde_json::from_str(&file(folder, "registry.json")).unwrap();
    let mut trust = Trust::default();
    for (name, entry) in registry["DIVOC"].as_object().unwrap() {
        trust.add_issuer(known(name, pem(entry["didDocument"].as_str().unwrap())));
    }
    trust
}

fn answer(document: &str, trust: &Trust) -> Result<(Claims, Vec<Caveat>), NotValid> {
    check_document(&serde_json::from_str(document).unwrap(), trust, NOW)
}

#[test]
fn certificates_of_other_projects_are_judged_as_they_should_be() {
    let Some(folder) = std::env::var_os("TEEKA_DIVOC_SAMPLES").map(PathBuf::from) else {
        println!("skipped: TEEKA_DIVOC_SAMPLES is not set");
        return;
    };
    let registry = registry(&folder);
    let script = file(&folder, "sign-verify.spec.js");
    let line =
        |begin: &'static str| script.lines().filter(move |line| line.trim().starts_with(begin));
    let mut own = Trust::default();
    own.add_issuer(known("test", pem(line("const PUBLIC_KEY_PEM").next().unwrap())));
    let signed: Vec<_> =
        line("const signed = '").map(|line| line.split('\'').nth(1).unwrap()).collect();
    assert_eq!(signed.len(), 2);
    good(signed[0], &own, "Bhaya Mitra");
    good(signed[1], &registry, "Third March User One");

    let script = file(&folder, "ed25519signer.test.js");
    let signed = script.lines().find_map(|line| line.trim().strip_prefix("const signed = "));
    let signed: String = serde_json::from_str(signed.unwrap().trim_end_matches(';')).unwrap();
    let key = script.split("publicKeyBase58: \"").nth(1).unwrap().split('"').next().unwrap();
    let key = PublicKey::Ed25519(bs58::decode(key).into_vec().unwrap());
    let mut own = Trust::default();
    own.add_issuer(known("https://divoc.dev/", key));
    good(&signed, &own, "Bhaya Mitra");

    let archive = |name| {
        let text = file(&folder, name);
        STANDARD.decode(text.trim().strip_prefix("B64:").unwrap()).unwrap()
    };
    let (claims, _) = check(&archive("DIVOCQR1Contents.txt"), &registry, NOW).ok().unwrap();
    assert_eq!(claims.issuer, "did:india");
    assert!(check(&archive("DIVOCIndonesiaContents.txt"), &registry, NOW).is_ok());
    // Its signature fits, and covers nothing that it says about the person.
    let jamaica = check(&archive("DIVOCJamaicaContents.txt"), &registry, NOW);
    assert_eq!(jamaica.err(), Some(NotValid::Unsigned));
    println!("5 certificates fit, 1 is unsigned");
}

/// A certificate fits, and with another name it does not.
fn good(document: &str, trust: &Trust, name: &str) {
    let (claims, caveats) = answer(document, trust).ok().unwrap();
    assert_eq!(claims.name.as_deref(), Some(name));
    assert_eq!(caveats[0], Caveat::WeakBinding);
    let changed = document.replace(name, "Another");
    assert_eq!(answer(&changed, trust).err(), Some(NotValid::Signature));
}

/// Writes a certificate and its key for other programs: files of the folder named in
/// `TEEKA_DIVOC_OUT`, `certificate.zip`, `first.zip` and `key.pem`.
#[test]
fn a_certificate_is_written_for_other_programs() {
    let Some(folder) = std::env::var_os("TEEKA_DIVOC_OUT").map(PathBuf::from) else {
        println!("skipped: TEEKA_DIVOC_OUT is not set");
        return;
    };
    let info = x509_cert::spki::SubjectPublicKeyInfoOwned {
        algorithm: x509_cert::spki::AlgorithmIdentifierOwned {
            oid: x509_cert::der::oid::ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1"),
            parameters: Some(x509_cert::der::Any::null()),
        },
        subject_public_key: x509_cert::der::asn1::BitString::from_bytes(RSA.public_key().bytes())
            .unwrap(),
    };
    let der = x509_cert::der::Encode::to_der(&info).unwrap();
    let pem = STANDARD.encode(der);
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{pem}\n-----END PUBLIC KEY-----\n");
    std::fs::write(folder.join("key.pem"), pem).unwrap();
    let name = "सीता \"O'Brien\" 🙂 \\ देवी";
    std::fs::write(folder.join("certificate.zip"), issued(&RSA, &vaccination(name))).unwrap();
    let it = Vaccination { born: Born::On(date(1980, 2, 3)), lot: "", ..vaccination("X") };
    let first = DivocIssuer { edition: Edition::First, ..issuer(&RSA) };
    let archive = issue(&first, &it, date(2026, 12, 1), ISSUED).unwrap();
    std::fs::write(folder.join("first.zip"), archive).unwrap();
}
