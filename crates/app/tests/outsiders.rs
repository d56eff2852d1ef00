//! What the platform issues and publishes under others' judgement: Digital Bazaar's verifier, from
//! npm as locked, reads the credential with its status list, and the standard library of Python the
//! list alone. Where one is missing the test says so, and where `CI` is set it fails.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use app::{Actor, correction::Change, settings::Settings};
use certs::vc::{CONTEXT_DOCUMENT, CONTEXT_URL};
use domain::{id::BeneficiaryId, person::Name};
use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::world::World;

const MOBILE: &str = "9000000001";
const ADDRESS: &str = "https://vaccination.example";
const LIST: &str = "https://vaccination.example/status/0";

/// Writes the numbers of the bits that are set, and how many there are, of the list that it reads.
const BITS: &str = "
import base64, gzip, json, sys
text = json.load(sys.stdin)['credentialSubject']['encodedList']
assert text[0] == 'u'
packed = base64.urlsafe_b64decode(text[1:] + '=' * (-len(text[1:]) % 4))
bits = gzip.decompress(packed)
held = [8 * i + n for i, byte in enumerate(bits) if byte for n in range(8) if byte & 0x80 >> n]
json.dump({'set': held, 'of': 8 * len(bits)}, sys.stdout)
";

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../certs/tests/digital_bazaar")
}

/// The packages.
fn packages() -> Option<PathBuf> {
    outsiders::node(&sources(), &Path::new(env!("CARGO_TARGET_TMPDIR")).join("digital_bazaar"))
}

fn ask(program: &mut Command, question: &Value) -> Value {
    let mut asked = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    asked.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
    let output = asked.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn vaccinated() -> (World, BeneficiaryId) {
    let public_address = Some(ADDRESS.to_owned());
    let settings = Settings { limits: None, public_address, ..Settings::default() };
    let world = World::with_settings(1, settings).await;
    let id = world.vaccinate(MOBILE, 1).await;
    (world, id)
}

async fn credential(world: &World, id: BeneficiaryId) -> Value {
    let text = world.platform.my_credential(&world.resident(MOBILE), id).await.unwrap();
    serde_json::from_str(&text).unwrap()
}

async fn list(world: &World) -> Value {
    let text = world.platform.status_list(&world.ctx(Actor::Anyone), 0).await.unwrap();
    serde_json::from_str(&text).unwrap()
}

async fn correct(world: &World, id: BeneficiaryId) {
    world.advance(SignedDuration::from_hours(1));
    let name = Name::parse("Asha \"Āśā\" O'Demo आशा 💉").unwrap();
    let change = Change { name: Some(name), ..Change::default() };
    world.platform.correct_my_details(&world.resident(MOBILE), id, &change, None).await.unwrap();
}

#[tokio::test]
async fn another_verifier_reads_the_credential_and_that_it_was_withdrawn() {
    let Some(packages) = packages() else { return };
    let (world, id) = vaccinated().await;
    let did = world.platform.did_document(world.now()).unwrap();
    let named = |key: &&Value| key["type"] == "Multikey";
    let mut key = did["verificationMethod"].as_array().unwrap().iter().find(named).unwrap().clone();
    key["@context"] = "https://w3id.org/security/multikey/v1".into();
    let judge = |list: &Value, old: &Value, new: &Value| {
        let input = json!({
            "contextUrl": CONTEXT_URL,
            "context": serde_json::from_str::<Value>(CONTEXT_DOCUMENT).unwrap(),
            "did": did,
            "key": key,
            "lists": { LIST: list },
            "credentials": { "list": list, "old": old, "new": new },
            "now": world.now().to_string(),
        });
        ask(Command::new("node").arg(sources().join("verify.js")).arg(&packages), &input)
    };
    let told = |answers: &Value, name: &str| {
        let answer = &answers[name];
        assert_eq!(answer["verified"], true, "{name}: {answer}");
        answer["withdrawn"].as_bool().unwrap()
    };
    let old = credential(&world, id).await;
    let answers = judge(&list(&world).await, &old, &old);
    assert!(!told(&answers, "list") && !told(&answers, "old"));
    correct(&world, id).await;
    let new = credential(&world, id).await;
    let answers = judge(&list(&world).await, &old, &new);
    assert!(told(&answers, "old") && !told(&answers, "new") && !told(&answers, "list"));
    let mut forged = old.clone();
    forged["credentialStatus"] = new["credentialStatus"].clone();
    assert_eq!(judge(&list(&world).await, &forged, &new)["old"]["verified"], false);
}

#[tokio::test]
async fn python_finds_the_one_bit_that_is_set() {
    if Command::new("python3").arg("--version").output().is_err() {
        return testkit::missing("python3");
    }
    let (world, id) = vaccinated().await;
    let bits = |list: &Value| ask(Command::new("python3").args(["-c", BITS]), list);
    let old = credential(&world, id).await;
    let index: u64 = old["credentialStatus"]["statusListIndex"].as_str().unwrap().parse().unwrap();
    assert_eq!(bits(&list(&world).await), json!({ "set": [], "of": 4_194_304 }));
    correct(&world, id).await;
    credential(&world, id).await;
    assert_eq!(bits(&list(&world).await), json!({ "set": [index], "of": 4_194_304 }));
}
