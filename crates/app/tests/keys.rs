//! Signing keys are renewed while people hold what the old ones signed.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use app::{
    Actor,
    keys::{KeyRing, KeyUse, RingKey},
    settings::Settings,
};
use certs::{
    read::Payload,
    signer::{
        NewSigner, Signer,
        key::{LocalKey, make_key},
        make_signer,
    },
    trust::Trust,
    verdict::{NotValid, Verdict},
    verify::verify,
};

use jiff::{SignedDuration, Timestamp, civil::date};
use testkit::world::{Engine, World};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const ADDRESS: &str = "https://teeka.example";

async fn platform() -> World {
    let settings =
        Settings { limits: None, public_address: Some(ADDRESS.to_owned()), ..Settings::default() };
    World::on(Engine::Embedded, 1, settings).await.unwrap()
}

/// The keys of a platform as files would have them, each signer with when it begins.
struct Files {
    signers: Vec<(NewSigner, Timestamp)>,
    others: Vec<(KeyUse, String)>,
}

impl Files {
    fn new(begins: &[Timestamp]) -> Self {
        let signer =
            |from: &Timestamp| (make_signer("IN", "Ministry", date(2021, 1, 1)).unwrap(), *from);
        let others = KeyUse::ALL.into_iter().filter(|used_for| *used_for != KeyUse::Document);
        Self {
            signers: begins.iter().map(signer).collect(),
            others: others.map(|it| (it, make_key(it.scheme()).unwrap())).collect(),
        }
    }

    /// The ring of the signers at these places.
    fn ring(&self, places: &[usize]) -> KeyRing {
        let mut keys = Vec::new();
        for place in places {
            let (new, from) = &self.signers[*place];
            let signer = Signer::from_pem(&new.key_pem, &new.certificate_pem).unwrap();
            keys.push(RingKey::signer(signer, *from));
        }
        for (used_for, pem) in &self.others {
            let key = Box::new(LocalKey::from_pem(pem).unwrap());
            keys.push(RingKey::new(*used_for, key, Timestamp::UNIX_EPOCH).unwrap());
        }
        KeyRing::new(keys).unwrap()
    }
}

/// Somebody with a first dose, and the certificate of it.
async fn vaccinated(world: &World, mobile: &str, document: u64) -> Payload {
    let person = world.vaccinate(mobile, document).await;
    Payload::Text(world.certificate(mobile, person).await)
}

fn is_valid(payload: &Payload, trust: &Trust, now: Timestamp) -> Result<(), NotValid> {
    match verify(payload, trust, now.as_second()) {
        Verdict::NotValid(why) => Err(why),
        Verdict::Valid(_) | Verdict::ValidBut(..) => Ok(()),
    }
}

#[tokio::test]
async fn what_an_old_key_signed_stays_valid_and_a_new_key_is_known_before_it_signs() {
    let world = platform().await;
    let (begin, turn) = (world.now() - DAY, world.now() + DAY);
    let files = Files::new(&[begin, turn]);
    world.platform.replace_keys(files.ring(&[0]));
    let first = vaccinated(&world, "9000000001", 1).await;
    world.platform.replace_keys(files.ring(&[0, 1]));
    // Who fetched their list before the turn has no other for a week.
    let before = world.bundle().await.trust;
    world.advance(DAY * 2);
    let second = vaccinated(&world, "9000000002", 2).await;
    for certificate in [&first, &second] {
        assert_eq!(is_valid(certificate, &before, world.now()), Ok(()));
        assert_eq!(is_valid(certificate, &world.bundle().await.trust, world.now()), Ok(()));
    }
    // They are not of one key: who knows the new one alone does not know the old.
    let new = Trust::from_pem(&files.signers[1].0.certificate_pem).unwrap();
    assert_eq!(is_valid(&first, &new, world.now()), Err(NotValid::UnknownSigner));
    assert_eq!(is_valid(&second, &new, world.now()), Ok(()));
    // Long after the last certificate of the old key has ended, nobody is told of it.
    assert_eq!(world.platform.document_signers(world.now()).matches("BEGIN").count(), 2);
    let late = world.now() + DAY * 731;
    assert_eq!(world.platform.document_signers(late).matches("BEGIN").count(), 1);
}

#[tokio::test]
async fn a_key_that_lost_trust_takes_its_certificates_with_it_in_the_next_list() {
    let world = platform().await;
    let begin = world.now() - DAY;
    let files = Files::new(&[begin, world.now()]);
    world.platform.replace_keys(files.ring(&[0]));
    let certificate = vaccinated(&world, "9000000001", 1).await;
    assert_eq!(is_valid(&certificate, &world.bundle().await.trust, world.now()), Ok(()));
    world.platform.replace_keys(files.ring(&[1]));
    let unknown = Err(NotValid::UnknownSigner);
    assert_eq!(is_valid(&certificate, &world.bundle().await.trust, world.now()), unknown);
}

#[tokio::test]
async fn every_key_is_told_in_the_form_in_which_others_look_for_it() {
    let world = platform().await;
    let ring = world.platform.keys();
    let id = |used_for| ring.signing(used_for, world.now()).id();
    let keys = world.platform.json_web_keys(&world.ctx(Actor::Anyone)).await.unwrap();
    let told: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|key| &key["kid"]).collect();
    assert_eq!(told, [&id(KeyUse::Card), &id(KeyUse::Wallet)]);
    assert!(!keys.to_string().contains("\"d\""), "no secret is told");

    let document = world.platform.did_document(world.now()).unwrap();
    assert_eq!(document["id"], "did:web:teeka.example");
    let methods = document["verificationMethod"].as_array().unwrap();
    assert_eq!(methods.len(), 5);
    assert_eq!(methods[0]["id"], format!("did:web:teeka.example#{}", id(KeyUse::Credential)));
    assert!(methods[0]["publicKeyMultibase"].as_str().unwrap().starts_with("z6Mk"));
    let signer = &methods[4]["publicKeyJwk"];
    let list = world.platform.trust_list(world.now());
    assert_eq!(signer["x5c"][0], list["signers"][0]["rawData"]);
    assert_eq!(list["country"], "IN");
}
