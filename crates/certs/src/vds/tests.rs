use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, Issuer, KeyPair, PKCS_ECDSA_P384_SHA384};
use serde_json::json;

use super::*;
use crate::{
    signature::PublicKey,
    signer::key::{LocalKey, SigningKey},
    status::WithdrawnIds,
    trust::{IssuerKey, Use},
    verdict::EventKind,
};

/// 2021-12-20.
const NOW: i64 = 1_640_000_000;
const SEALS: &[u64] = &[2, 23, 136, 1, 1, 14, 2];

struct Country {
    key: LocalKey,
    /// The signer's certificate, DER.
    certificate: Vec<u8>,
    authority: PublicKey,
}

fn country(usage: Option<&[u64]>, authority_key: KeyPair) -> Country {
    let authority =
        PublicKey::from_spki(&rcgen::PublicKeyData::subject_public_key_info(&authority_key));
    let issuer = Issuer::new(CertificateParams::default(), authority_key);
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.not_before = rcgen::date_time_ymd(2021, 6, 1);
    params.not_after = rcgen::date_time_ymd(2022, 6, 1);
    params.extended_key_usages =
        usage.iter().map(|oid| ExtendedKeyUsagePurpose::Other(oid.to_vec())).collect();
    Country {
        certificate: params.signed_by(&key, &issuer).unwrap().der().to_vec(),
        key: LocalKey::from_pem(&key.serialize_pem()).unwrap(),
        authority: authority.unwrap(),
    }
}

fn utopia() -> Country {
    country(Some(SEALS), KeyPair::generate().unwrap())
}

fn trust_in(key: &PublicKey) -> Trust {
    let mut trust = Trust::default();
    trust.add_issuer(IssuerKey {
        used_for: Use::VdsNc,
        issuer: "UTO".into(),
        id: None,
        key: key.clone(),
        not_before: None,
        not_after: None,
    });
    trust
}

fn vaccinations() -> Value {
    json!({
        "hdr": { "t": "icao.vacc", "v": 1, "is": "UTO" },
        "msg": {
            "uvci": "U1",
            "pid": { "n": "Änne Huber", "dob": "1990-01-02", "sex": "F" },
            "ve": [{ "des": "XM68M6", "nam": "Comirnaty", "dis": "RA01.0", "vd": [
                { "dvc": "2021-03-03", "seq": "1", "ctr": "AUS", "adm": "RIVM", "lot": "VC3" },
                { "dvc": "2021-03-24", "seq": 2, "ctr": "AUS", "adm": "RIVM", "lot": "VC4" }
            ] }]
        }
    })
}

fn test() -> Value {
    json!({
        "hdr": { "t": "icao.test", "v": 1, "is": "UTO" },
        "msg": {
            "utci": "U2", "pid": { "n": "Gerald Cook", "dob": "1990-01-29" },
            "sp": { "spn": "General Hospital", "ctr": "AUS" },
            "dat": { "sc": "2021-12-12T12:00:00+08:00", "ri": "2021-12-12T14:00:00+08:00" },
            "tr": { "tc": "molecular(PCR)", "r": "negative" }
        }
    })
}

fn seal(by: &Country, data: &Value) -> Value {
    let message = serde_json_canonicalizer::to_vec(data).unwrap();
    json!({ "data": data, "sig": {
        "alg": "ES256",
        "cer": BASE64.encode(&by.certificate),
        "sigvl": BASE64.encode(by.key.sign(&message).unwrap()),
    } })
}

fn why(seal: &Value, trust: &Trust, now: i64) -> Option<NotValid> {
    check(&seal.to_string(), trust, now).err()
}

#[test]
fn doses_and_tests_are_read() {
    let uto = utopia();
    let trust = trust_in(&uto.authority);
    let text = seal(&uto, &vaccinations()).to_string();
    assert!(looks_like(&text));
    let Ok((claims, caveats)) = check(&text, &trust, NOW) else { panic!("it is genuine") };
    assert_eq!(claims.name.as_deref(), Some("Änne Huber"));
    assert_eq!(claims.id.as_deref(), Some("U1"));
    let doses: Vec<_> = claims.events.iter().map(|event| event.dose_number).collect();
    assert_eq!(doses, [Some(1), Some(2)]);
    assert_eq!(claims.events[1].lot.as_deref(), Some("VC4"));
    assert_eq!(caveats, [Caveat::NoStatusList, Caveat::NoExpiry]);
    let text = seal(&uto, &test()).to_string();
    let Ok((claims, _)) = check(&text, &trust, NOW) else { panic!("it is genuine") };
    assert_eq!(claims.events[0].kind, EventKind::Test);
    assert_eq!(claims.events[0].result.as_deref(), Some("negative"));
}

#[test]
fn the_order_and_the_spaces_of_json_do_not_count() {
    let uto = utopia();
    let pretty = serde_json::to_string_pretty(&seal(&uto, &vaccinations())).unwrap();
    assert!(check(&pretty, &trust_in(&uto.authority), NOW).is_ok());
}

#[test]
fn only_the_country_itself_vouches_for_its_signers() {
    let (uto, other) = (utopia(), utopia());
    let sealed = seal(&uto, &vaccinations());
    let unknown = Some(NotValid::UnknownSigner);
    assert_eq!(why(&sealed, &trust_in(&other.authority), NOW), unknown);
    assert_eq!(why(&sealed, &Trust::default(), NOW), unknown);
    // The signer's own key may be what is trusted.
    assert_eq!(why(&sealed, &trust_in(uto.key.public_key()), NOW), None);
    let mut foreign = vaccinations();
    foreign["hdr"]["is"] = "AUS".into();
    assert_eq!(why(&seal(&uto, &foreign), &trust_in(&uto.authority), NOW), unknown);
    let stronger = country(Some(SEALS), KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap());
    assert_eq!(why(&seal(&stronger, &test()), &trust_in(&stronger.authority), NOW), None);
}

#[test]
fn a_bent_certificate_is_of_nobody() {
    let mut uto = utopia();
    let trust = trust_in(&uto.authority);
    let place = uto.certificate.len() - 1;
    uto.certificate[place] ^= 1;
    assert_eq!(why(&seal(&uto, &test()), &trust, NOW), Some(NotValid::UnknownSigner));
}

#[test]
fn a_signer_of_other_things_does_not_sign_seals() {
    let vaccinations = &[1, 3, 6, 1, 4, 1, 1847, 2021, 1, 2][..];
    let other = country(Some(vaccinations), KeyPair::generate().unwrap());
    let trust = trust_in(&other.authority);
    assert_eq!(why(&seal(&other, &test()), &trust, NOW), Some(NotValid::WrongSigner));
    let any = country(None, KeyPair::generate().unwrap());
    let trust = trust_in(&any.authority);
    assert_eq!(why(&seal(&any, &test()), &trust, NOW), None);
    assert_eq!(why(&seal(&any, &test()), &trust, NOW - 86_400 * 365), Some(NotValid::WrongSigner));
    let Ok((_, caveats)) = check(&seal(&any, &test()).to_string(), &trust, NOW + 86_400 * 365)
    else {
        panic!("it is genuine")
    };
    assert!(caveats.contains(&Caveat::ExpiredSigner));
}

#[test]
fn what_is_changed_or_added_is_noticed() {
    let uto = utopia();
    let trust = trust_in(&uto.authority);
    let mut changed = seal(&uto, &vaccinations());
    changed["data"]["msg"]["ve"][0]["vd"][0]["seq"] = "2".into();
    assert_eq!(why(&changed, &trust, NOW), Some(NotValid::Signature));
    let mut more = seal(&uto, &vaccinations());
    more["data"]["msg"]["pid"]["i"] = "X1".into();
    assert_eq!(why(&more, &trust, NOW), Some(NotValid::Signature));
    let mut beside = seal(&uto, &vaccinations());
    beside["note"] = "not signed".into();
    assert_eq!(why(&beside, &trust, NOW), Some(NotValid::Unsigned));
    let mut scheme = seal(&uto, &vaccinations());
    scheme["sig"]["alg"] = "ES384".into();
    assert_eq!(why(&scheme, &trust, NOW), Some(NotValid::Signature));
}

#[test]
fn a_withdrawn_seal_is_not_valid() {
    let uto = utopia();
    let mut trust = trust_in(&uto.authority);
    trust.add_withdrawn(WithdrawnIds {
        kind: IdKind::Uvci,
        issuer: "UTO".into(),
        ids: [(uvci_hash("U1"), None)].into(),
        issued_at: NOW,
        valid_until: NOW,
    });
    assert_eq!(why(&seal(&uto, &vaccinations()), &trust, NOW), Some(NotValid::Withdrawn));
    assert_eq!(why(&seal(&uto, &test()), &trust, NOW), None);
}

#[test]
fn both_alphabets_and_no_padding_are_told_apart() {
    let uto = utopia();
    let mut plain = seal(&uto, &test());
    let cer = plain["sig"]["cer"].as_str().unwrap().trim_end_matches('=').to_owned();
    plain["sig"]["cer"] = cer.into();
    assert_eq!(why(&plain, &trust_in(&uto.authority), NOW), None);
    plain["sig"]["cer"] = STANDARD.encode([0xfb; 30]).into();
    assert_eq!(why(&plain, &trust_in(&uto.authority), NOW), Some(NotValid::Packing));
}

/// Any JSON, with the names of the form among others.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "(icao.vacc|icao.test|UTO|ES256)".prop_map(Value::from),
    ];
    let names = "(hdr|msg|t|v|is|uvci|utci|pid|n|ve|vd|dvc|seq|sp|dat|tr|[a-z]{0,3})";
    leaf.prop_recursive(5, 48, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(names, inner, 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_signed_json_gets_an_answer(message in any_json(), kind in "icao.(vacc|test)") {
        static UTO: std::sync::LazyLock<Country> = std::sync::LazyLock::new(utopia);
        let data = json!({ "hdr": { "t": kind, "v": 1, "is": "UTO" }, "msg": message });
        let trust = trust_in(&UTO.authority);
        let _ = check(&seal(&UTO, &data).to_string(), &trust, NOW);
        let _ = check(&json!({ "data": message, "sig": message }).to_string(), &trust, NOW);
    }

    #[test]
    fn any_certificate_gets_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        static UTO: std::sync::LazyLock<Country> = std::sync::LazyLock::new(utopia);
        let mut sealed = seal(&UTO, &test());
        sealed["sig"]["cer"] = BASE64.encode(&bytes).into();
        prop_assert!(why(&sealed, &trust_in(&UTO.authority), NOW).is_some());
        let mut bent = UTO.certificate.clone();
        for (place, byte) in bytes.iter().take(3).enumerate() {
            let place = (usize::from(*byte) * 251 + place) % bent.len();
            bent[place] ^= 1 << (byte % 8);
        }
        sealed["sig"]["cer"] = BASE64.encode(&bent).into();
        let _ = check(&sealed.to_string(), &trust_in(&UTO.authority), NOW);
    }
}
