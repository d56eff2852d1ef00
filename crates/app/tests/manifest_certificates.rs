//! What certificates say, in each form that is issued, is what the data manifest lists: the path of
//! every value in what is signed, taken apart here with others' libraries.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read},
};

use app::{Actor, settings::Settings};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use certs::{
    sd_jwt::{Asked, prove_possession},
    signature::Scheme,
    signer::key::{LocalKey, make_key},
};
use ciborium::Value as Cbor;
use domain::{
    manifest::CERTIFICATES,
    person::Name,
    travel::{Nationality, PassportNumber, TravelDetails},
};
use flate2::read::{DeflateDecoder, ZlibDecoder};
use jiff::{SignedDuration, civil::date};
use serde_json::{Value, json};
use testkit::world::World;

const MOBILE: &str = "7500000001";
const ISSUER: &str = "https://teeka.example";

/// The paths of a form.
type Paths = BTreeSet<String>;

/// The paths of JSON: members by name, members of lists as `[]`.
fn of_json(path: &str, value: &Value, found: &mut Paths) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                of_json(&format!("{path}.{name}"), member, found);
            }
        }
        Value::Array(members) => {
            for member in members {
                of_json(&format!("{path}[]"), member, found);
            }
        }
        _ => drop(found.insert(path.trim_start_matches('.').to_owned())),
    }
}

/// The paths of CBOR, the same way.
fn of_cbor(path: &str, value: &Cbor, found: &mut Paths) {
    match value {
        Cbor::Map(members) => {
            for (name, member) in members {
                let name = match name {
                    Cbor::Text(text) => text.clone(),
                    Cbor::Integer(number) => i128::from(*number).to_string(),
                    other => panic!("{other:?}"),
                };
                of_cbor(&format!("{path}.{name}"), member, found);
            }
        }
        Cbor::Array(members) => {
            for member in members {
                of_cbor(&format!("{path}[]"), member, found);
            }
        }
        Cbor::Tag(_, inner) => of_cbor(path, inner, found),
        _ => drop(found.insert(path.trim_start_matches('.').to_owned())),
    }
}

/// Headers and payload of `HC1:` and base45.
fn of_health_certificate(text: &str) -> Paths {
    let packed = base45::decode(text.strip_prefix("HC1:").unwrap()).unwrap();
    let mut bytes = Vec::new();
    ZlibDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
    let Cbor::Tag(18, signed) = ciborium::from_reader(&bytes[..]).unwrap() else {
        panic!("a signature of one")
    };
    let parts = signed.as_array().unwrap();
    let within =
        |part: &Cbor| -> Cbor { ciborium::from_reader(&part.as_bytes().unwrap()[..]).unwrap() };
    let mut found = Paths::new();
    of_cbor(".header", &within(&parts[0]), &mut found);
    of_cbor(".header", &parts[1], &mut found);
    of_cbor("", &within(&parts[2]), &mut found);
    found
}

fn part(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn of_jws(text: &str, unpacked: impl Fn(Vec<u8>) -> Vec<u8>) -> Paths {
    let parts: Vec<_> = text.split('.').collect();
    let mut found = Paths::new();
    let json = |bytes: &[u8]| -> Value { serde_json::from_slice(bytes).unwrap() };
    of_json(".header", &json(&part(parts[0])), &mut found);
    of_json("", &json(&unpacked(part(parts[1]))), &mut found);
    found
}

/// A card: its payload is packed.
fn of_card(file: &str) -> Paths {
    let file: Value = serde_json::from_str(file).unwrap();
    of_jws(file["verifiableCredential"][0].as_str().unwrap(), |packed| {
        let mut bytes = Vec::new();
        DeflateDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
        bytes
    })
}

/// A certificate for wallets: what is always told, and what its holder may choose to tell.
fn of_wallet(text: &str) -> Paths {
    let mut parts = text.trim_end_matches('~').split('~');
    let mut found = of_jws(parts.next().unwrap(), |plain| plain);
    for disclosed in parts {
        let disclosed: Value = serde_json::from_slice(&part(disclosed)).unwrap();
        let members = disclosed.as_array().unwrap();
        let (name, value) = match members.as_slice() {
            [_, name, value] => (name.as_str().unwrap(), value),
            other => panic!("{other:?}"),
        };
        of_json(&format!(".disclosed.{name}"), value, &mut found);
    }
    found
}

fn of_archive(bytes: Vec<u8>) -> Paths {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    assert_eq!(archive.len(), 1);
    let mut text = String::new();
    archive.by_name("certificate.json").unwrap().read_to_string(&mut text).unwrap();
    let mut found = Paths::new();
    of_json("", &serde_json::from_str(&text).unwrap(), &mut found);
    found
}

async fn for_wallet(world: &World, id: domain::id::BeneficiaryId) -> String {
    let platform = &world.platform;
    let offer = platform.offer_to_wallet(&world.resident(MOBILE), id).await.unwrap();
    let link = offer.link.strip_prefix("openid-credential-offer://?credential_offer=").unwrap();
    let offer = percent_encoding::percent_decode_str(link).decode_utf8().unwrap();
    let offer: Value = serde_json::from_str(&offer).unwrap();
    let code = &offer["grants"][app::wallet::GRANT]["pre-authorized_code"];
    world.advance(SignedDuration::from_millis(2));
    let now = world.now();
    let mut sent = platform.store().lease_messages(now, now, 1_000).await.unwrap();
    sent.retain(|message| message.kind == "wallet");
    let system = world.ctx(Actor::System);
    let opened = platform.open_message(&system, sent.last().unwrap()).await.unwrap().unwrap();
    let digits = opened.text.expose().split_once("wallet is ").unwrap().1[..6].to_owned();
    let anyone = world.ctx(Actor::Anyone);
    let Ok(token) = platform.redeem_offer(&anyone, code.as_str().unwrap(), &digits).await else {
        panic!("the code is good")
    };
    let key = LocalKey::from_pem(&make_key(Scheme::Es256).unwrap()).unwrap();
    let nonce = platform.wallet_nonce(&anyone);
    let asked = Asked { audience: ISSUER, nonce: &nonce };
    let proof = prove_possession(&key, &asked, world.now().as_second()).unwrap();
    let issued = platform.issue_to_wallet(&anyone, token.expose(), &proof).await;
    issued.unwrap_or_else(|_| panic!("the proof is good"))
}

/// Every form that is issued, with all that somebody can have in it.
async fn issued() -> BTreeMap<&'static str, Paths> {
    let settings =
        Settings { limits: None, public_address: Some(ISSUER.to_owned()), ..Settings::default() };
    let world = World::with_settings(81, settings).await;
    let id = world.vaccinate(MOBILE, 1).await;
    let (platform, resident) = (&world.platform, world.resident(MOBILE));
    let travel = TravelDetails {
        born_on: date(1980, 2, 29),
        passport: PassportNumber::parse("K1234567").unwrap_or_else(|why| panic!("{why}")),
        nationality: Nationality::parse("NPL").unwrap_or_else(|why| panic!("{why}")),
        guardian: Name::parse("Ravi Demo").ok(),
    };
    platform.put_travel_details(&resident, id, &travel).await.unwrap();
    let mut credential = Paths::new();
    let text = platform.my_credential(&resident, id).await.unwrap();
    of_json("", &serde_json::from_str(&text).unwrap(), &mut credential);
    BTreeMap::from([
        ("dcc", of_health_certificate(&world.certificate(MOBILE, id).await)),
        ("icvp", of_health_certificate(&platform.my_icvp(&resident, id, None).await.unwrap())),
        ("shc", of_card(&platform.my_health_card(&resident, id).await.unwrap())),
        ("vc", credential),
        ("cowin", of_archive(platform.my_cowin(&resident, id).await.unwrap())),
        ("sd-jwt", of_wallet(&for_wallet(&world, id).await)),
    ])
}

fn differences(found: &BTreeMap<&'static str, Paths>) -> Vec<String> {
    let flat = |(form, paths): (&&str, &Paths)| -> Vec<_> {
        paths.iter().map(|path| format!("{form}.{path}")).collect()
    };
    let found: BTreeSet<_> = found.iter().flat_map(flat).collect();
    let listed: BTreeSet<_> = CERTIFICATES.fields().collect();
    found.symmetric_difference(&listed).cloned().collect()
}

#[tokio::test]
async fn certificates_say_what_is_listed_and_nothing_else() {
    let mut found = issued().await;
    assert_eq!(differences(&found), Vec::<String>::new());

    of_json(".credentialSubject", &json!({ "address": "x" }), found.get_mut("vc").unwrap());
    let address = Cbor::Map(vec![("address".into(), "x".into())]);
    of_cbor(".-260.1", &address, found.get_mut("dcc").unwrap());
    found.get_mut("cowin").unwrap().pop_first();
    let seen = differences(&found);
    assert!(seen.contains(&"dcc.-260.1.address".to_owned()), "{seen:?}");
    assert_eq!(seen.len(), 3, "{seen:?}");
}
