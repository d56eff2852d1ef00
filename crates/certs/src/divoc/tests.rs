//! Certificates that this crate issues in this form, changed in all ways; and those of others.
#![cfg(feature = "issue")]

mod others;

use std::{collections::HashMap, sync::LazyLock};

use jiff::civil::date;
use proptest::prelude::*;
use serde_json::json;

use super::{issue::document, *};
use crate::{
    linked::tests::paths,
    read::Payload,
    signature::Scheme,
    signer::key::{LocalKey, SigningKey, make_key},
    status::WithdrawnIds,
    vaccination::{Born, Gender, Place, Vaccination, tests::vaccination},
    verdict::Verdict,
    verify::verify,
};

const ISSUED: i64 = 1_767_225_600;
const ISSUER: &str = "https://example.org/";
static RSA: LazyLock<LocalKey> = LazyLock::new(|| key(Scheme::Ps256));
static ED25519: LazyLock<LocalKey> = LazyLock::new(|| key(Scheme::EdDsa));

fn key(scheme: Scheme) -> LocalKey {
    LocalKey::from_pem(&make_key(scheme).unwrap()).unwrap()
}

fn issuer(key: &LocalKey) -> DivocIssuer<'_> {
    DivocIssuer {
        issuer: ISSUER,
        edition: Edition::Second,
        verification_method: "did:india",
        info_url: "https://example.org/certificate/",
        key,
    }
}

fn issuer_key(issuer: &str, key: &LocalKey) -> IssuerKey {
    IssuerKey {
        used_for: Use::Divoc,
        issuer: issuer.to_owned(),
        id: None,
        key: key.public_key().clone(),
        not_before: None,
        not_after: None,
    }
}

fn trust(key: &LocalKey) -> Trust {
    let mut trust = Trust::default();
    trust.add_issuer(issuer_key(ISSUER, key));
    trust
}

fn issued(key: &LocalKey, vaccination: &Vaccination<'_>) -> Vec<u8> {
    issue(&issuer(key), vaccination, date(2026, 12, 1), ISSUED).unwrap()
}

fn signed(key: &LocalKey, vaccination: &Vaccination<'_>) -> Value {
    let archive = issued(key, vaccination);
    serde_json::from_slice(&packed::unpack(&archive).unwrap()).unwrap()
}

fn found(archive: &[u8], trust: &Trust) -> Result<(Claims, Vec<Caveat>), NotValid> {
    match verify(&Payload::Bytes(archive.to_vec()), trust, ISSUED + 5) {
        Verdict::Valid(_) => panic!("this form is never valid without a caveat"),
        Verdict::ValidBut(claims, caveats) => Ok((claims, caveats)),
        Verdict::NotValid(why) => Err(why),
    }
}

fn why(document: &Value, trust: &Trust) -> Option<NotValid> {
    found(&packed::pack(document.to_string().as_bytes()), trust).err()
}

#[test]
fn a_certificate_comes_back_as_it_was() {
    for key in [&*RSA, &*ED25519] {
        for name in ["O'Brien \"Bob\"", "सीता देवी", "Ravi", "🙂 Kumar", "\\\\", "\u{fffe}"]
        {
            let it = Vaccination { born: Born::On(date(1980, 2, 3)), ..vaccination(name) };
            let archive = issued(key, &it);
            assert!(archive.len() < 1_500, "{}", archive.len());
            let (claims, caveats) = found(&archive, &trust(key)).ok().unwrap();
            assert_eq!(claims.name.as_deref(), Some(name));
            assert_eq!(claims.born.as_deref(), Some("1980-02-03"));
            assert_eq!(claims.events[0].lot.as_deref(), Some("4121Z008"));
            assert_eq!(
                (claims.events[0].dose_number, claims.events[0].doses_total),
                (Some(2), Some(2))
            );
            assert_eq!(claims.id, Some(it.id.to_string()));
            assert_eq!(caveats, [Caveat::WeakBinding, Caveat::NoStatusList, Caveat::NoExpiry]);
        }
    }
}

#[test]
fn any_changed_value_is_not_valid() {
    let (key, trust) = (&*ED25519, trust(&ED25519));
    let good = signed(key, &vaccination("Anna"));
    assert_eq!(why(&good, &trust), None);
    let all = paths(&good);
    assert!(all.len() > 35, "{}", all.len());
    for path in &all {
        for with in [json!("changed"), json!(7), json!(""), json!("urn:x:y"), Value::Null] {
            let mut bad = good.clone();
            *bad.pointer_mut(path).unwrap() = with.clone();
            assert!(why(&bad, &trust).is_some(), "{path} {with}");
        }
    }
}

/// What this form cannot prevent, and nothing more: the names of a group share an IRI.
#[test]
fn only_values_of_names_that_share_an_iri_can_be_exchanged() {
    let groups: [&[&str]; 4] = [
        &SAME_AS_ID,
        &["date", "effectiveStart", "effectiveUntil"],
        &["dose", "totalDoses"],
        &["infoUrl", "feedbackUrl"],
    ];
    let (key, trust) = (&*ED25519, trust(&ED25519));
    let good = signed(key, &vaccination("Anna"));
    let mut all = paths(&good);
    all.retain(|path| !path.starts_with("/@context") && !path.starts_with("/type"));
    let mut exchanged = 0;
    for (place, one) in all.iter().enumerate() {
        for other in &all[place + 1..] {
            let (a, b) = (good.pointer(one).unwrap().clone(), good.pointer(other).unwrap().clone());
            let mut bad = good.clone();
            *bad.pointer_mut(one).unwrap() = b.clone();
            *bad.pointer_mut(other).unwrap() = a.clone();
            let share = |group: &&[&str]| {
                let is_in =
                    |path: &str| group.iter().any(|name| path == format!("/evidence/0/{name}"));
                is_in(one) && is_in(other)
            };
            let expected = a == b || groups.iter().any(share);
            assert_eq!(why(&bad, &trust).is_none(), expected, "{one} {other}");
            exchanged += usize::from(expected && a != b);
        }
    }
    assert_eq!(exchanged, 10 + 3 + 1 + 1);
}

#[test]
fn no_value_can_be_left_out() {
    let (key, trust) = (&*ED25519, trust(&ED25519));
    // The worst case: everything equal or empty.
    let mut it = vaccination("Anna");
    (it.lot, it.vaccine, it.codes.maker, it.codes.icd11) = ("", "X", "X", "X");
    (it.vaccinator, it.reference, it.codes.prophylaxis) = ("", "", "");
    it.place = Place { facility: "", district: "", state: "", pincode: 0 };
    let good = signed(key, &it);
    assert_eq!(why(&good, &trust), None);
    let mut left_out = 0;
    for part in ["/credentialSubject", "/evidence/0", "/evidence/0/facility/address"] {
        let names: Vec<_> = good.pointer(part).unwrap().as_object().unwrap().keys().collect();
        for name in names {
            let mut bad = good.clone();
            bad.pointer_mut(part).unwrap().as_object_mut().unwrap().remove(name);
            assert!(why(&bad, &trust).is_some(), "{part} {name}");
            left_out += 1;
        }
    }
    assert!(left_out > 20);
}

#[test]
fn a_person_without_an_absolute_id_is_not_signed() {
    for id in ["", "ABC123", "person/1"] {
        let mut unsigned = document(&issuer(&RSA), &vaccination("Anna"), date(2026, 12, 1), ISSUED);
        unsigned["credentialSubject"]["id"] = id.into();
        assert!(proof::sign(unsigned, (&*RSA, "did:india"), ISSUED).is_err());
        let mut bad = signed(&RSA, &vaccination("Anna"));
        bad["credentialSubject"]["id"] = id.into();
        assert_eq!(why(&bad, &trust(&RSA)), Some(NotValid::Unsigned));
    }
    let relative = DivocIssuer { issuer: "example", ..issuer(&RSA) };
    assert!(issue(&relative, &vaccination("Anna"), date(2026, 12, 1), ISSUED).is_err());
    let curve = key(Scheme::Es256);
    assert!(issue(&issuer(&curve), &vaccination("Anna"), date(2026, 12, 1), ISSUED).is_err());
}

#[test]
fn the_signer_is_found_by_the_issuers_name_or_by_trying() {
    let good = issued(&RSA, &vaccination("Anna"));
    let with = |keys: &[(&str, &LocalKey)]| {
        let mut trust = Trust::default();
        for (name, key) in keys {
            trust.add_issuer(issuer_key(name, key));
        }
        found(&good, &trust).map(|(claims, _)| claims.issuer)
    };
    let other = "https://example.net/";
    assert_eq!(with(&[]), Err(NotValid::UnknownSigner));
    assert_eq!(with(&[(ISSUER, &RSA)]), Ok(ISSUER.to_owned()));
    assert_eq!(with(&[(ISSUER, &ED25519), (ISSUER, &RSA)]), Ok(ISSUER.to_owned()));
    // Who signed is named, not who the certificate says.
    assert_eq!(with(&[(other, &RSA)]), Ok(other.to_owned()));
    // One who is known by that name signs for itself.
    assert_eq!(with(&[(ISSUER, &ED25519), (other, &RSA)]), Err(NotValid::Signature));
    let mut late = issuer_key(ISSUER, &RSA);
    late.not_before = Some(ISSUED + 1);
    let mut trust = Trust::default();
    trust.add_issuer(late);
    assert_eq!(found(&good, &trust).err(), Some(NotValid::WrongSigner));
}

#[test]
fn a_withdrawn_certificate_stays_withdrawn_when_its_id_is_exchanged() {
    let it = vaccination("Anna");
    let mut trust = trust(&ED25519);
    trust.add_withdrawn(WithdrawnIds {
        kind: IdKind::CertificateId,
        issuer: ISSUER.to_owned(),
        ids: HashMap::from([(uvci_hash(&it.id.to_string()), None)]),
        issued_at: ISSUED,
        valid_until: ISSUED + 86_400,
    });
    let mut document = signed(&ED25519, &it);
    assert_eq!(why(&document, &trust), Some(NotValid::Withdrawn));
    let id = document["evidence"][0]["certificateId"].take();
    document["evidence"][0]["certificateId"] = document["evidence"][0]["batch"].take();
    document["evidence"][0]["batch"] = id;
    assert_eq!(why(&document, &trust), Some(NotValid::Withdrawn));
    let mut listed = signed(&ED25519, &it);
    listed["evidence"][0]["certificateId"] = json!([it.id.to_string()]);
    assert_eq!(why(&listed, &trust), Some(NotValid::Content));
    let other = Vaccination { id: uuid::Uuid::from_bytes([4; 16]), ..it };
    let (_, caveats) = found(&issued(&ED25519, &other), &trust).ok().unwrap();
    assert_eq!(caveats, [Caveat::WeakBinding, Caveat::NoExpiry]);
}

/// "Dose 1 of 2" as two places that describe one node, which the signature cannot tell apart.
#[test]
fn one_dose_cannot_be_made_two() {
    let first = Vaccination { dose_number: 1, ..vaccination("Anna") };
    let mut document = signed(&ED25519, &first);
    let mut second = document["evidence"][0].clone();
    second["dose"] = document["evidence"][0]["totalDoses"].take();
    second.as_object_mut().unwrap().remove("totalDoses");
    document["evidence"].as_array_mut().unwrap().push(second);
    assert_eq!(why(&document, &trust(&ED25519)), Some(NotValid::Content));
}

#[test]
fn who_has_only_a_year_gets_no_day() {
    let it = Vaccination { born: Born::Year(1980), gender: Gender::Unknown, ..vaccination("Anna") };
    let document = signed(&ED25519, &it);
    assert_eq!(document["credentialSubject"]["age"], "41");
    assert!(document["credentialSubject"].get("dob").is_none());
    assert!(document["credentialSubject"].get("gender").is_none());
}

#[test]
fn the_first_edition_has_an_age_and_no_codes() {
    let edition = DivocIssuer { edition: Edition::First, ..issuer(&ED25519) };
    for (born, age) in [
        (Born::On(date(1980, 12, 1)), "41"),
        (Born::On(date(1980, 12, 2)), "40"),
        (Born::Year(1980), "41"),
    ] {
        let it = Vaccination { born, ..vaccination("Anna") };
        let archive = issue(&edition, &it, date(2026, 12, 1), ISSUED).unwrap();
        assert!(found(&archive, &trust(&ED25519)).is_ok());
        let document: Value = serde_json::from_slice(&packed::unpack(&archive).unwrap()).unwrap();
        assert_eq!(document["@context"][1], contexts::COWIN_1);
        assert_eq!(document["credentialSubject"]["age"], age);
        assert!(document["evidence"][0].get("icd11Code").is_none());
    }
}

#[test]
fn archives_that_are_none_or_too_large_are_refused() {
    let trust = trust(&RSA);
    let bomb = packed::pack(&vec![b' '; 8 << 20]);
    assert!(bomb.len() < 64 << 10);
    assert_eq!(found(&bomb, &trust).err(), Some(NotValid::TooLarge));
    let large = [packed::pack(b"{}"), vec![0; 70_000]].concat();
    assert_eq!(found(&large, &trust).err(), Some(NotValid::TooLarge));
    assert_eq!(found(&packed::pack(b"{}"), &trust).err(), Some(NotValid::Content));
    assert_eq!(found(&packed::pack(b"[]"), &trust).err(), Some(NotValid::Content));
    let mut renamed = packed::pack(b"{}");
    renamed[30] = b'C';
    assert_eq!(found(&renamed, &trust).err(), Some(NotValid::Packing));
    assert_eq!(found(b"PK\x03\x04", &trust).err(), Some(NotValid::Packing));
    assert_eq!(found(b"PK", &trust).err(), Some(NotValid::NotACertificate));
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, cases: 24, ..ProptestConfig::default()
    })]

    #[test]
    fn any_name_comes_back_as_it_was(name in "\\PC{1,80}") {
        let (claims, _) = found(&issued(&ED25519, &vaccination(&name)), &trust(&ED25519)).ok().unwrap();
        let held = claims.name.unwrap_or_default();
        prop_assert!(held == name || name.trim().is_empty());
    }

    #[test]
    fn any_text_is_signed_whole(lot in any::<String>(), place in any::<String>()) {
        let mut it = vaccination("Anna");
        (it.lot, it.place.facility, it.codes.maker) = (&lot, &place, &lot);
        prop_assert!(found(&issued(&ED25519, &it), &trust(&ED25519)).is_ok());
    }

    #[test]
    fn any_bytes_get_an_answer(rest in prop::collection::vec(any::<u8>(), 0..300)) {
        let archive = [b"PK\x03\x04".as_slice(), &rest].concat();
        prop_assert!(found(&archive, &trust(&ED25519)).is_err());
    }

    #[test]
    fn any_changed_byte_of_an_archive_gets_an_answer(place in any::<usize>(), with in any::<u8>()) {
        let mut archive = issued(&ED25519, &vaccination("Anna"));
        let place = place % archive.len();
        archive[place] = with;
        if let Ok((claims, _)) = found(&archive, &trust(&ED25519)) {
            prop_assert_eq!(claims.name.as_deref(), Some("Anna"));
        }
    }
}
