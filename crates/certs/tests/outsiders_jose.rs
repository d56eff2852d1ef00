//! Health cards, SD-JWTs and the WHO's certificate under others' judgement: the FHIR models, the
//! reference implementation of SD-JWT and a reader of CBOR from `PyPI`, and the published examples
//! of the first two.
//!
//! What is not ours to copy is taken from folders that are named by environment variables:
//! `TEEKA_SHC_EXAMPLES`, the folder `examples` of smart-on-fhir/health-cards, branch gh-pages;
//! `TEEKA_SD_JWT_TESTCASES`, the folder `tests/testcases` of sd-jwt-python;
//! `TEEKA_SHC_VALIDATOR`, a built health-cards-dev-tools, which needs Node.js.
#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]

mod common;

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use certs::{
    icvp, sd_jwt, shc,
    signature::{PublicKey, Scheme},
    signer::{
        Signer,
        key::{LocalKey, SigningKey, make_key},
        make_signer,
    },
    trust::{IssuerKey, Trust, Use},
    vaccination::{Born, Vaccination},
    verdict::{Caveat, Claims, NotValid, Verdict},
    verify::verify_text,
};
use common::vaccination;
use jiff::civil::date;
use serde_json::{Value, json};

const ISSUER: &str = "https://health.example.org/certificates";
const ISSUED: i64 = 1_640_000_000;

/// Where the judges' files are.
fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/jose")
}

/// A Python with what the judge needs.
fn python() -> Option<PathBuf> {
    outsiders::python(&sources(), &Path::new(env!("CARGO_TARGET_TMPDIR")).join("jose"))
}

/// What a judge says; none if it refuses.
fn judged(python: &Path, arguments: &[&str], question: &Value) -> Option<Value> {
    asked(Command::new(python).arg(sources().join("judge.py")).args(arguments), question)
}

/// What a program answers; none if it fails.
fn asked(program: &mut Command, question: &Value) -> Option<Value> {
    let mut judge = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    judge.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
    let output = judge.wait_with_output().unwrap();
    output.status.success().then(|| serde_json::from_slice(&output.stdout).unwrap())
}

fn key() -> LocalKey {
    LocalKey::from_pem(&make_key(Scheme::Es256).unwrap()).unwrap()
}

fn trust_in(used_for: Use, issuer: &str, key: PublicKey) -> Trust {
    let (issuer, id) = (issuer.to_owned(), None);
    let mut trust = Trust::default();
    trust.add_issuer(IssuerKey { used_for, issuer, id, key, not_before: None, not_after: None });
    trust
}

fn held(verdict: Verdict) -> Result<(Claims, Vec<Caveat>), NotValid> {
    match verdict {
        Verdict::Valid(claims) => Ok((claims, Vec::new())),
        Verdict::ValidBut(claims, caveats) => Ok((claims, caveats)),
        Verdict::NotValid(why) => Err(why),
    }
}

#[test]
fn others_read_our_icvp() {
    let Some(python) = python() else { return };
    let new = make_signer("IN", "Ministry of Health", date(2021, 1, 1)).unwrap();
    let signer = Signer::from_pem(&new.key_pem, &new.certificate_pem).unwrap();
    let details = icvp::Details {
        revision: icvp::Revision::LATEST,
        nationality: "NPL",
        document: Some(("PPN", "K1234567")),
        guardian: None,
        authority: Some("IND"),
    };
    for (name, said) in [("सीता देवी", "SITA DEVI"), ("O'Brien \"Bob\" 🙂", "O'Brien \"Bob\" 🙂")]
    {
        let given = Vaccination { born: Born::On(date(1980, 2, 29)), ..vaccination(name) };
        let text = icvp::issue(&signer, &given, &details, ISSUED, ISSUED + 86_400).unwrap();
        let question = json!({ "text": text, "certificate": new.certificate_pem });
        let read = judged(&python, &["icvp"], &question).unwrap();
        let dose = json!({
            "vp": "Covishield", "dv": "2021-12-01", "cn": "Meera Nair", "is": "IND",
            "bo": "4121Z008",
        });
        let certificate = json!({
            "n": said, "dob": "1980-02-29", "s": "female", "nt": "NPL", "id": "K1234567",
            "dt": "PPN", "vx": dose, "v": "1",
        });
        let token = json!({
            "1": "IN", "4": ISSUED + 86_400, "6": ISSUED, "7": given.uvci(),
            "-260": { "-6": certificate },
        });
        assert_eq!(read, token);
        // Of another signer, or with a letter that is another's.
        let (begin, end) = text.split_at(text.len() / 2);
        let letter = if end.starts_with('A') { "B" } else { "A" };
        let spoilt = format!("{begin}{letter}{}", &end[1..]);
        let other = json!({ "text": text, "certificate": other_certificate() });
        assert_eq!(judged(&python, &["icvp"], &other), None);
        let spoilt = json!({ "text": spoilt, "certificate": new.certificate_pem });
        assert_eq!(judged(&python, &["icvp"], &spoilt), None);
    }
}

/// The certificate of a signer who did not sign.
fn other_certificate() -> String {
    make_signer("IN", "Ministry of Health", date(2021, 1, 1)).unwrap().certificate_pem
}

#[test]
fn others_read_our_health_cards() {
    let Some(python) = python() else { return };
    let key = key();
    for name in ["सीता देवी", "O'Brien \"Bob\"", "Ravi", "🙂 Kumar"] {
        let card = shc::issue(&key, ISSUER, &[vaccination(name)], ISSUED).unwrap();
        let question = json!({ "jws": card.jws, "jwk": key.public_key().to_jwk() });
        let read = judged(&python, &["card"], &question).unwrap();
        assert_eq!(read["header"]["zip"], "DEF");
        assert_eq!(read["header"]["kid"], read["key_id"]);
        let [person, dose] = [0, 1].map(|place| &read["bundle"]["entry"][place]["resource"]);
        assert_eq!(person["name"][0]["family"], name);
        assert_eq!(person["birthDate"], "1980");
        assert_eq!(dose["lotNumber"], "4121Z008");
        assert_eq!(dose["occurrenceDateTime"], "2021-12-01");
        let other = json!({ "jws": card.jws, "jwk": self::key().public_key().to_jwk() });
        assert!(judged(&python, &["card"], &other).is_none(), "another key does not fit");
    }
}

#[test]
fn the_official_validator_finds_nothing_to_complain_of_in_our_health_cards() {
    let Some(folder) = env::var_os("TEEKA_SHC_VALIDATOR") else { return };
    let key = key();
    let jwk = public_jwk(&key);
    let mut node = Command::new("node");
    let node = node.arg(sources().join("validator.js")).arg(folder);
    for name in ["सीता देवी", "O'Brien \"Bob\"", "Ravi", "🙂 Kumar"] {
        let mut dose = vaccination(name);
        // The vaccine has to be one that is known in the USA.
        dose.codes.cvx = "211";
        let card = shc::issue(&key, ISSUER, &[dose], ISSUED).unwrap();
        let mut question = json!({
            "numeric": card.numeric, "jws": card.jws, "jwk": jwk, "issuer": ISSUER,
        });
        assert_eq!(asked(node, &question), Some(json!([])), "{name}");
        // It does complain where there is reason to: of a key that is another's.
        question["jwk"] = public_jwk(&self::key());
        assert_ne!(asked(node, &question), Some(json!([])), "{name}");
    }
}

/// The key as an issuer publishes it.
fn public_jwk(key: &LocalKey) -> Value {
    let mut jwk = key.public_key().to_jwk();
    jwk["kid"] = json!(key.public_key().thumbprint());
    jwk["use"] = json!("sig");
    jwk["alg"] = json!("ES256");
    jwk
}

#[test]
fn others_read_our_sd_jwts() {
    let Some(python) = python() else { return };
    let (key, holder) = (key(), key());
    let terms = sd_jwt::Terms {
        issuer: ISSUER,
        holder: Some(holder.public_key()),
        status: Some(("https://health.example.org/status/1", 7)),
        issued_at: ISSUED,
        expires_at: ISSUED + 86_400,
    };
    let mut salt = 0_u128;
    let salts = || {
        salt += 1;
        salt.to_be_bytes()
    };
    let certificate = sd_jwt::issue(&key, &vaccination("सीता देवी"), &terms, salts).unwrap();
    let jwk = key.public_key().to_jwk();
    for shown in [&[][..], &["name", "given_on"], &certificate.names().collect::<Vec<_>>()] {
        let shown_text = certificate.present(shown);
        let text = sd_jwt::prove(&shown_text, &holder, "a gate", "n-1", ISSUED).unwrap();
        let mut question = json!({ "text": text, "jwk": jwk, "aud": "a gate", "nonce": "n-1" });
        let read = judged(&python, &["read"], &question).unwrap();
        assert_eq!(Ok(read), sd_jwt::disclosed(&text, key.public_key()));
        question["nonce"] = json!("n-2");
        assert!(judged(&python, &["read"], &question).is_none(), "another nonce does not fit");
    }
}

#[test]
fn we_read_others_sd_jwts() {
    let Some(python) = python() else { return };
    let made = judged(&python, &["issue"], &json!({})).unwrap();
    let key = PublicKey::from_jwk(&made["jwk"]).unwrap();
    let text = made["text"].as_str().unwrap();
    assert_eq!(sd_jwt::disclosed(text, &key).as_ref(), Ok(&made["payload"]));
    assert_eq!(made["payload"]["place"]["city"], "Pune");
    assert_eq!(made["payload"]["lots"], json!(["B2", "C3"]));
    let trust = trust_in(Use::SdJwt, "https://issuer.example.org", key);
    let now = jiff::civil::date(2100, 1, 1).at(0, 0, 0, 0);
    let now = jiff::tz::Offset::UTC.to_timestamp(now).unwrap().as_second();
    let asked = |nonce, now| {
        let asked = sd_jwt::Asked { audience: "https://gate.example.org", nonce };
        held(sd_jwt::verify_presented(text, &trust, now, &asked))
    };
    // The proof is dated with the clock of the machine.
    assert_eq!(asked("n-1", now).err(), Some(NotValid::Expired));
    let made_at = proof_instant(text);
    let (claims, caveats) = asked("n-1", made_at).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(claims.name.as_deref(), Some("सीता देवी"));
    assert_eq!(claims.born, None);
    assert_eq!(caveats, [Caveat::NoStatusList]);
    assert_eq!(asked("n-2", made_at).err(), Some(NotValid::Holder));
    assert_eq!(asked("n-1", made_at + 301).err(), Some(NotValid::Holder));
}

/// When the holder's proof of a presentation was made.
fn proof_instant(text: &str) -> i64 {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let proof = text.rsplit('~').next().unwrap();
    let payload = URL_SAFE_NO_PAD.decode(proof.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice::<Value>(&payload).unwrap()["iat"].as_i64().unwrap()
}

#[test]
fn the_test_cases_of_the_reference_implementation_give_the_same_payloads() {
    let Some(folder) = env::var_os("TEEKA_SD_JWT_TESTCASES") else { return };
    let Some(python) = python() else { return };
    let cases = judged(&python, &["testcases", folder.to_str().unwrap()], &json!({})).unwrap();
    let cases = cases.as_array().unwrap();
    assert!(cases.len() >= 14, "{}", cases.len());
    for case in cases {
        let key = PublicKey::from_jwk(&case["jwk"]).unwrap();
        let opened = sd_jwt::disclosed(case["text"].as_str().unwrap(), &key);
        assert_eq!(opened.as_ref(), Ok(&case["payload"]), "{}", case["name"]);
    }
}

#[test]
fn the_published_health_cards_get_the_answers_that_they_should() {
    let Some(folder) = env::var_os("TEEKA_SHC_EXAMPLES") else { return };
    const ISSUER: &str = "https://spec.smarthealth.cards/examples/issuer";
    const KEY: &str = "3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s";
    let file = |name: &str| fs::read_to_string(Path::new(&folder).join(name)).unwrap();
    let json = |name: &str| serde_json::from_str::<Value>(&file(name)).unwrap();
    let mut trust = Trust::default();
    let jwks = json("issuer/.well-known/jwks.json");
    for key in IssuerKey::of_jwks(Use::Shc, ISSUER, &jwks) {
        trust.add_issuer(key);
    }
    let now = 1_700_000_000;
    let answer = |name: &str, trust: &Trust| held(verify_text(&file(name), trust, now));
    let revoked = ["example-03-d-jws.txt", "example-03-f-qr-code-numeric-value-0.txt"];
    for name in revoked {
        let (_, caveats) = answer(name, &trust).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(caveats, [Caveat::NoStatusList], "{name}");
    }
    let list = json(&format!("issuer/.well-known/crl/{KEY}.json"));
    let list = shc::read_revocation_list(ISSUER, &list, now, now + 86_400).unwrap();
    trust.add_withdrawn(list);
    for name in revoked {
        assert_eq!(answer(name, &trust).err(), Some(NotValid::Withdrawn), "{name}");
    }
    for name in ["00-d-jws", "00-f-qr-code-numeric-value-0", "01-d-jws"] {
        let name = format!("example-{name}.txt");
        let (claims, _) = answer(&name, &trust).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert!(claims.name.is_some() && !claims.events.is_empty(), "{name}");
    }
    // A laboratory's report that says nothing about whose it is: genuine, and none of a person.
    assert_eq!(answer("example-02-d-jws.txt", &trust).err(), Some(NotValid::Content));
    for part in 0..3 {
        let name = format!("example-02-f-qr-code-numeric-value-{part}.txt");
        assert_eq!(answer(&name, &trust).err(), Some(NotValid::Part), "{name}");
    }
}
