use jiff::civil::date;

use super::*;
use crate::{
    signature::Scheme,
    signer::{
        key::{LocalKey, make_key},
        make_signer,
    },
    verdict::NotValid,
};

const NOW: i64 = 1_700_000_000;

fn key() -> LocalKey {
    LocalKey::from_pem(&make_key(Scheme::EdDsa).unwrap()).unwrap()
}

fn content() -> Content {
    let signer = make_signer("IN", "Ministry of Health", date(2021, 1, 31)).unwrap();
    let (_, der) = x509_cert::der::Document::from_pem(&signer.certificate_pem).unwrap();
    Content {
        signers: vec![der.as_bytes().to_vec()],
        issuers: vec![IssuerKey {
            used_for: Use::Shc,
            issuer: "https://example.org".to_owned(),
            id: Some("k".to_owned()),
            key: key().public_key().clone(),
            not_before: Some(NOW),
            not_after: None,
        }],
        status_lists: vec![StatusList {
            url: "https://example.org/1".to_owned(),
            purpose: Purpose::Revocation,
            bits: Bits::empty(0),
            issued_at: NOW,
            valid_until: NOW + 5,
        }],
        withdrawn: vec![WithdrawnIds {
            kind: IdKind::Uvci,
            issuer: "IN".to_owned(),
            ids: HashMap::from([("00".to_owned(), None), ("11".to_owned(), Some(NOW))]),
            issued_at: NOW,
            valid_until: NOW + 5,
        }],
        codes: HashMap::from([("vaccines".to_owned(), vec!["1".to_owned()])]),
        links: Vec::new(),
    }
}

#[test]
fn a_bundle_comes_back_as_it_was() {
    let anchor = key();
    let text = content().sign(&anchor, NOW, NOW + 86_400).unwrap();
    let read = Bundle::read(&text, anchor.public_key()).unwrap();
    assert_eq!((read.issued_at, read.valid_until), (NOW, NOW + 86_400));
    let trust = &read.trust;
    assert_eq!(trust.signers(), 1);
    let known = trust.keys(Use::Shc, Some("https://example.org")).next().unwrap();
    assert_eq!(known.id.as_deref(), Some("k"));
    assert!(known.valid_at(NOW) && !known.valid_at(NOW - 1));
    assert_eq!(trust.keys(Use::Vc, None).count(), 0);
    let of = |id| trust.lists().of(IdKind::Uvci, "IN", id, Some(NOW + 1), NOW);
    assert_eq!(of("00"), Err(NotValid::Withdrawn));
    assert_eq!(of("11"), Ok(None));
    assert_eq!(trust.lists().at("https://example.org/1", Purpose::Revocation, 3, NOW), Ok(None));
    assert_eq!(trust.lists_code("vaccines", "1"), Some(true));
    assert_eq!(trust.lists_code("vaccines", "2"), Some(false));
    assert_eq!(trust.lists_code("makers", "1"), None);
}

#[test]
fn a_bundle_of_another_key_or_with_another_byte_is_not_used() {
    let anchor = key();
    let text = content().sign(&anchor, NOW, NOW + 86_400).unwrap();
    let read = |text: &str, key: &LocalKey| Bundle::read(text, key.public_key()).err();
    assert_eq!(read(&text, &key()), Some(BadBundle::Signature));
    let (head, tail) = text.split_at(text.len() / 2);
    let other = if tail.starts_with('A') { 'B' } else { 'A' };
    let bent = format!("{head}{other}{}", &tail[1..]);
    assert_eq!(read(&bent, &anchor), Some(BadBundle::Signature));
    assert_eq!(read("", &anchor), Some(BadBundle::NotABundle));
    let odd = jws::sign(&anchor, json!({ "typ": TYPE }), br#"{"version":2}"#).unwrap();
    assert_eq!(read(&odd, &anchor), Some(BadBundle::Version));
    let odd = json!({ "version": 1, "issued_at": 1, "valid_until": 2, "signers": ["AAAA"] });
    let odd = jws::sign(&anchor, json!({ "typ": TYPE }), odd.to_string().as_bytes()).unwrap();
    assert_eq!(read(&odd, &anchor), Some(BadBundle::Entry));
}

#[test]
fn who_holds_a_former_anchor_reads_what_the_next_one_signed() {
    let [former, next, thief] = [key(), key(), key()];
    let link = succession::link(&former, next.public_key(), NOW).unwrap();
    let linked = Content { links: vec![link.clone()], ..content() };
    let text = linked.sign(&next, NOW, NOW + 86_400).unwrap();
    for anchor in [&former, &next] {
        let bundle = Bundle::read(&text, anchor.public_key()).unwrap();
        assert_eq!(bundle.trust.signers(), 1);
    }
    let read = |text: &str, key: &LocalKey| Bundle::read(text, key.public_key()).err();
    assert_eq!(read(&text, &thief), Some(BadBundle::Signature));
    let unlinked = content().sign(&next, NOW, NOW + 86_400).unwrap();
    assert_eq!(read(&unlinked, &former), Some(BadBundle::Signature));
    // Whoever has the link and not the next key signs nothing with it.
    let stolen = linked.sign(&thief, NOW, NOW + 86_400).unwrap();
    assert_eq!(read(&stolen, &former), Some(BadBundle::Signature));
}
