//! The data manifest as it is published: signed, changed by nobody, and counted up with each change;
//! and what the outbox and the sealed fields hold is what it says.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::collections::BTreeSet;

use app::{
    Actor,
    manifest::{BadManifest, digest, manifest, verify},
};
use domain::{
    manifest::{IMPORTS, MESSAGES, REVISION, tables},
    person::Mobile,
};
use jiff::SignedDuration;
use serde_json::Value;
use testkit::world::World;

const MOBILE: &str = "7500000001";

/// The released version is not part of what a revision counts.
fn content() -> Value {
    let mut content = manifest();
    content["released"] = Value::Null;
    content
}

/// What the digest of this revision's content is. Whoever changes the content counts the revision up
/// and writes the new digest here.
#[test]
fn a_change_of_the_manifest_is_a_new_revision() {
    const PINNED: (u32, &str) =
        (5, "1209a61095a749eb55b25b2361fdaf88f236d1c5e91b2f1bf29515454fb87402");
    assert_eq!((REVISION, digest(&content()).as_str()), PINNED);
}

#[tokio::test]
async fn it_is_signed_and_a_change_of_anything_is_seen() {
    let world = World::new(71).await;
    let text = world.platform.data_manifest(&world.ctx(Actor::Anyone)).unwrap();
    let anchor = world.platform.trust_anchor(world.now());
    assert_eq!(verify(text.as_bytes(), &anchor), Ok(manifest()));

    let changed = text.replace("\"dpdp-7b\"", "\"dpdp-7g\"");
    assert_ne!(changed, *text);
    assert_eq!(verify(changed.as_bytes(), &anchor), Err(BadManifest::Digest));
    // One who makes the digest anew has no key.
    let mut changed: Value = serde_json::from_str(&changed).unwrap();
    changed["digest"] = digest(&changed["manifest"]).into();
    assert_eq!(verify(changed.to_string().as_bytes(), &anchor), Err(BadManifest::Signature));
    let other = World::new(72).await;
    let anchor = other.platform.trust_anchor(other.now());
    assert_eq!(verify(text.as_bytes(), &anchor), Err(BadManifest::Signature));
    // What else the key signs is no manifest.
    let bundle = world.platform.trust_bundle(&world.ctx(Actor::Anyone)).await.unwrap();
    for text in [&*bundle, "", "{}", "[]", r#"{"manifest":{},"digest":1}"#] {
        assert!(verify(text.as_bytes(), &world.platform.trust_anchor(world.now())).is_err());
    }
}

/// What waits in the outbox, by its members: `Variant.place`.
fn members(waiting: &Value) -> BTreeSet<String> {
    let variants = waiting.as_object().unwrap().iter();
    variants
        .flat_map(|(variant, parts)| {
            let places = 0..parts.as_array().unwrap().len();
            places.map(move |place| format!("{variant}.{place}"))
        })
        .collect()
}

#[tokio::test]
async fn the_outbox_holds_what_is_listed_and_nothing_else() {
    let world = World::new(73).await;
    world.vaccinate(MOBILE, 1).await;
    let anyone = world.ctx(Actor::Anyone);
    let audience = app::sign_in::Audience::Resident;
    let mobile = Mobile::parse(MOBILE).unwrap();
    world.platform.send_code(&anyone, &mobile, audience, "").await.unwrap();
    world.advance(SignedDuration::from_millis(2));
    let now = world.now();
    let sent = world.platform.store().lease_messages(now, now, 1_000).await.unwrap();
    let mut found = BTreeSet::new();
    for message in &sent {
        let plain = world.platform.vault().open_message(message.id.as_bytes(), &message.sealed);
        found.extend(members(&serde_json::from_slice(plain.unwrap().expose()).unwrap()));
    }
    let listed: BTreeSet<_> =
        MESSAGES.fields().filter(|field| !field.starts_with("carried.")).collect();
    assert_eq!(found, listed);
    // Another part of a message is seen.
    found.extend(members(&serde_json::json!({ "Account": [1, "id", "text", "12 Some Street"] })));
    assert_ne!(found, listed);
}

/// Sealed fields are named where the manifest names them, and nowhere else.
#[test]
fn nothing_is_sealed_under_a_name_that_is_not_listed() {
    let labels: BTreeSet<_> =
        tables::all().flat_map(|table| table.columns).filter_map(|column| column.label).collect();
    assert_eq!(labels.len(), 15, "{labels:?}");
    let mut sources = Vec::new();
    rust_files("src".as_ref(), &mut sources);
    let naming: Vec<_> = sources.iter().filter(|text| text.contains("Field(")).collect();
    let [opened] = naming.as_slice() else { panic!("{} files name sealed fields", naming.len()) };
    let named = opened.match_indices("Field(").map(|(at, _)| &opened[at..at + 13]);
    assert!(named.clone().all(|named| named == "Field(label::"), "{:?}", named.collect::<Vec<_>>());
}

fn rust_files(folder: &std::path::Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|suffix| suffix == "rs") {
            found.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn no_import_reads_an_address_or_a_test_result_of_a_person() {
    for kind in ["beneficiaries", "staff"] {
        let shape = IMPORTS.shape(kind).unwrap();
        for name in ["address", "home_address", "rt_pcr_result", "email"] {
            assert!(!shape.has(name), "{kind}.{name}");
        }
    }
}
