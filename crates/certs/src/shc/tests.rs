use flate2::read::DeflateDecoder;
use proptest::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};
use serde_json::Value;

use super::*;
use crate::{
    signature::Scheme,
    signer::key::{LocalKey, make_key},
    trust::{IssuerKey, Trust, Use},
    vaccination::tests::vaccination,
    verdict::{Caveat, Claims, NotValid, Verdict},
    verify::verify_text,
};

const ISSUER: &str = "https://health.example.org/certificates";
const ISSUED: i64 = 1_640_000_000;

fn key() -> LocalKey {
    LocalKey::from_pem(&make_key(Scheme::Es256).unwrap()).unwrap()
}

fn trust_in(key: &LocalKey) -> Trust {
    let mut trust = Trust::default();
    trust.add_issuer(IssuerKey {
        used_for: Use::Shc,
        issuer: ISSUER.to_owned(),
        id: None,
        key: key.public_key().clone(),
        not_before: None,
        not_after: None,
    });
    trust
}

fn listed(trust: &mut Trust, key: &LocalKey, rids: &[&str]) {
    let list = revocation_list(&key.public_key().thumbprint(), 1, rids.iter().copied());
    let list = read_revocation_list(ISSUER, &list, ISSUED, ISSUED + 86_400).unwrap();
    trust.add_withdrawn(list);
}

fn card(key: &LocalKey, name: &str) -> HealthCard {
    issue(key, ISSUER, &[vaccination(name)], ISSUED).unwrap()
}

/// Signs a payload as a health card, whatever is in it.
fn signed(key: &LocalKey, payload: &Value) -> String {
    let header = json!({ "zip": "DEF", "kid": key.public_key().thumbprint() });
    jws::sign(key, header, &deflate(payload.to_string().as_bytes())).unwrap()
}

fn payload_of(card: &HealthCard) -> Value {
    let jws = jws::Jws::read(&card.jws).unwrap();
    serde_json::from_reader(DeflateDecoder::new(jws.payload.as_slice())).unwrap()
}

fn held(verdict: Verdict) -> (Claims, Vec<Caveat>) {
    match verdict {
        Verdict::Valid(claims) => (claims, Vec::new()),
        Verdict::ValidBut(claims, caveats) => (claims, caveats),
        Verdict::NotValid(why) => panic!("{why}"),
    }
}

fn reason(text: &str, trust: &Trust, now: i64) -> Option<NotValid> {
    match verify_text(text, trust, now) {
        Verdict::NotValid(why) => Some(why),
        _ => None,
    }
}

#[test]
fn what_was_certified_comes_back() {
    let key = key();
    let mut trust = trust_in(&key);
    let doses = [
        Vaccination { dose_number: 1, lot: "", ..vaccination("सीता देवी") },
        vaccination("सीता देवी"),
    ];
    let card = issue(&key, ISSUER, &doses, ISSUED).unwrap();
    let (claims, caveats) = held(verify_text(&card.numeric, &trust, ISSUED));
    assert_eq!(caveats, [Caveat::NoStatusList]);
    assert_eq!(claims.name.as_deref(), Some("सीता देवी"));
    assert_eq!(claims.born.as_deref(), Some("1980"));
    assert_eq!(claims.issuer, ISSUER);
    assert_eq!(claims.id, Some(rid(doses[1].id)));
    let [first, second] = claims.events.as_slice() else { panic!("two doses") };
    assert_eq!((first.lot.as_deref(), second.lot.as_deref()), (None, Some("4121Z008")));
    assert_eq!(second.product.as_deref(), Some("210"));
    assert_eq!(second.on.as_deref(), Some("2021-12-01"));
    assert_eq!(second.disease.as_deref(), Some(COVID_19));
    assert_eq!(second.place.as_deref(), Some("PHC \"Old Town\", Ward 3"));
    listed(&mut trust, &key, &[]);
    assert_eq!(held(verify_text(&card.jws, &trust, ISSUED)).1, []);
}

#[test]
fn a_card_says_what_it_must_in_the_words_of_the_standard() {
    let card = card(&key(), "Anna");
    let payload = payload_of(&card);
    let bundle = &payload["vc"]["credentialSubject"]["fhirBundle"];
    let expected = json!([
        { "fullUrl": "resource:0", "resource": {
            "resourceType": "Patient", "name": [{ "family": "Anna" }], "birthDate": "1980",
        } },
        { "fullUrl": "resource:1", "resource": {
            "resourceType": "Immunization",
            "status": "completed",
            "vaccineCode": { "coding": [{ "system": bundle::CVX, "code": "210" }] },
            "patient": { "reference": "resource:0" },
            "occurrenceDateTime": "2021-12-01",
            "lotNumber": "4121Z008",
            "performer": [{ "actor": { "display": "PHC \"Old Town\", Ward 3" } }],
        } },
    ]);
    assert_eq!(bundle["entry"], expected);
    assert_eq!(payload["vc"]["type"], json!([HEALTH_CARD, IMMUNIZATION, ABOUT_COVID_19]));
}

#[test]
fn another_disease_is_not_called_covid_19_and_a_vaccine_without_cvx_has_another_code() {
    let mut dose = vaccination("Anna");
    (dose.codes.disease, dose.codes.cvx) = ("16541001", "");
    let key = key();
    let card = issue(&key, ISSUER, &[dose], ISSUED).unwrap();
    let (claims, _) = held(verify_text(&card.jws, &trust_in(&key), ISSUED));
    assert_eq!(claims.events[0].disease, None);
    assert_eq!(claims.events[0].product.as_deref(), Some("29061000087103"));
}

#[test]
fn a_card_fits_into_one_qr_code_of_version_22_or_is_refused() {
    let key = key();
    let longest = "तिरुवनन्तपुरम् ".repeat(6);
    let card = card(&key, longest.trim());
    assert!(card.jws.len() <= MOST_JWS, "{}", card.jws.len());
    let (bytes, digits) = card.segments();
    let segments = [QrSegment::make_bytes(bytes.as_bytes()), QrSegment::make_numeric(digits)];
    let most = Version::new(22);
    let code = QrCode::encode_segments_advanced(
        &segments,
        QrCodeEcc::Low,
        Version::MIN,
        most,
        None,
        false,
    );
    assert!(code.is_ok());
    // What does not compress.
    let noise: String = (0..24).map(|number| URL_SAFE_NO_PAD.encode(sha256(&[number]))).collect();
    let dose = Vaccination { name: &noise, ..vaccination("") };
    assert!(issue(&key, ISSUER, &[dose], ISSUED).err() == Some(NotIssued::TooLarge));
}

#[test]
fn what_verifiers_would_refuse_is_not_issued() {
    let key = key();
    let dose = [vaccination("Anna")];
    for issuer in ["http://health.example.org", "https://health.example.org/", "https://", ""] {
        assert!(issue(&key, issuer, &dose, ISSUED).err() == Some(NotIssued::Issuer), "{issuer}");
    }
    assert!(issue(&key, ISSUER, &[], ISSUED).err() == Some(NotIssued::NoDose));
    let other = LocalKey::from_pem(&make_key(Scheme::EdDsa).unwrap()).unwrap();
    assert!(issue(&other, ISSUER, &dose, ISSUED).err() == Some(NotIssued::Key));
}

#[test]
fn a_withdrawn_card_is_refused_and_one_issued_later_is_not() {
    let key = key();
    let card = card(&key, "Anna");
    let name = rid(vaccination("").id);
    let (before, after) = (format!("{name}.{ISSUED}"), format!("{name}.{}", ISSUED + 1));
    let withdrawn = |rids: &[&str]| {
        let mut trust = trust_in(&key);
        listed(&mut trust, &key, rids);
        reason(&card.jws, &trust, ISSUED)
    };
    assert_eq!(withdrawn(&["TqB_qu_6OtM"]), None);
    assert_eq!(withdrawn(&[&name]), Some(NotValid::Withdrawn));
    assert_eq!(withdrawn(&[&before]), None);
    assert_eq!(withdrawn(&[&after]), Some(NotValid::Withdrawn));
    assert_eq!(withdrawn(&[&before, &after]), Some(NotValid::Withdrawn));
    assert_eq!(withdrawn(&[&after, &before]), Some(NotValid::Withdrawn));
    assert_eq!(withdrawn(&[&name, &before]), Some(NotValid::Withdrawn));
    assert_eq!(withdrawn(&[&before, &name]), Some(NotValid::Withdrawn));
}

#[test]
fn an_odd_list_is_refused_as_a_whole() {
    let list = |list: &Value| read_revocation_list(ISSUER, list, 0, 0).map(|list| list.ids.len());
    let good = json!({ "kid": "k", "method": "rid", "ctr": 1, "rids": ["a", "b.12"] });
    assert_eq!(list(&good), Ok(2));
    let with = |name: &str, value: Value| {
        let mut bad = good.clone();
        bad[name] = value;
        list(&bad)
    };
    assert_eq!(with("method", json!("other")), Err(BadList));
    for odd in ["", "a b", "a.", "a.1.2", "a.soon", &"a".repeat(25)] {
        assert_eq!(with("rids", json!(["a", odd])), Err(BadList), "{odd}");
    }
    assert_eq!(with("rids", json!([1])), Err(BadList));
    assert_eq!(with("kid", json!(null)), Err(BadList));
}

#[test]
fn a_part_of_a_card_gets_a_clear_answer() {
    let text = "shc:/2/3/56762909524320603460292437404460";
    assert_eq!(reason(text, &Trust::default(), ISSUED), Some(NotValid::Part));
}

#[test]
fn digits_that_stand_for_no_character_are_refused() {
    let card = card(&key(), "Anna");
    assert_eq!(check::from_numeric(&card.numeric[PREFIX.len()..]).as_ref(), Ok(&card.jws));
    assert_eq!(check::from_numeric("0077"), Ok("-z".to_owned()));
    for odd in ["78", "99", "0", "000", "0a", "०१", " 00"] {
        assert_eq!(check::from_numeric(odd), Err(NotValid::Packing), "{odd}");
    }
}

#[test]
fn another_key_issuer_or_time_is_not_valid() {
    let key = key();
    let trust = trust_in(&key);
    let text = card(&key, "Anna").numeric;
    assert_eq!(reason(&text, &trust, ISSUED), None);
    assert_eq!(reason(&text, &trust_in(&self::key()), ISSUED), Some(NotValid::UnknownSigner));
    assert_eq!(reason(&text, &Trust::default(), ISSUED), Some(NotValid::UnknownSigner));
    assert_eq!(reason(&text, &trust, ISSUED - 3_600), Some(NotValid::NotYet));
    let jws = card(&key, "Anna").jws;
    let (signed, _) = jws.rsplit_once('.').unwrap();
    let (_, other) = text_signed_otherwise(&key);
    let swapped = format!("{signed}.{other}");
    assert_eq!(reason(&swapped, &trust, ISSUED), Some(NotValid::Signature));
}

/// Another card of the same key, and its signature.
fn text_signed_otherwise(key: &LocalKey) -> (String, String) {
    let jws = card(key, "Bela").jws;
    let signature = jws.rsplit_once('.').unwrap().1.to_owned();
    (jws, signature)
}

/// Some issuers wrote signatures in DER. The standard knows only the fixed form.
#[test]
fn a_signature_in_der_is_refused() {
    let key = key();
    let jws = card(&key, "Anna").jws;
    let (signed, signature) = jws.rsplit_once('.').unwrap();
    let fixed = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let number = |bytes: &[u8]| {
        let bytes = &bytes[bytes.iter().position(|byte| *byte > 0).unwrap_or(0)..];
        let sign = if bytes[0] > 127 { &[0][..] } else { &[] };
        [&[2, u8::try_from(bytes.len() + sign.len()).unwrap()], sign, bytes].concat()
    };
    let numbers = [number(&fixed[..32]), number(&fixed[32..])].concat();
    let der = [&[0x30, u8::try_from(numbers.len()).unwrap()][..], &numbers].concat();
    let text = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(der));
    assert_eq!(reason(&text, &trust_in(&key), ISSUED), Some(NotValid::Signature));
}

#[test]
fn a_key_counts_for_what_it_was_known_for_then() {
    let key = key();
    let text = card(&key, "Anna").jws;
    let known = |used_for, not_before, not_after| {
        let mut trust = Trust::default();
        let issuer = ISSUER.to_owned();
        let key = key.public_key().clone();
        trust.add_issuer(IssuerKey { used_for, issuer, id: None, key, not_before, not_after });
        trust
    };
    let now = ISSUED + 100;
    let other = known(Use::Vc, None, None);
    assert_eq!(reason(&text, &other, now), Some(NotValid::UnknownSigner));
    let later = known(Use::Shc, Some(ISSUED + 1), None);
    assert_eq!(reason(&text, &later, now), Some(NotValid::WrongSigner));
    let ended = known(Use::Shc, None, Some(ISSUED + 1));
    assert!(held(verify_text(&text, &ended, now)).1.contains(&Caveat::ExpiredSigner));
}

#[test]
fn what_is_not_a_health_card_of_one_person_is_refused() {
    let key = key();
    let trust = trust_in(&key);
    let good = payload_of(&card(&key, "Anna"));
    let with = |pointer: &str, value: Value| {
        let mut payload = good.clone();
        *payload.pointer_mut(pointer).unwrap() = value;
        reason(&signed(&key, &payload), &trust, ISSUED)
    };
    const BUNDLE: &str = "/vc/credentialSubject/fhirBundle";
    let at = |rest: &str| format!("{BUNDLE}{rest}");
    let content = Some(NotValid::Content);
    assert_eq!(with("/nbf", json!(1_640_000_000.656)), None);
    assert_eq!(with("/nbf", json!("soon")), content);
    assert_eq!(with("/nbf", json!(null)), content);
    assert_eq!(with("/iss", json!("https://health.example.org/certificates/")), content);
    assert_eq!(with("/vc/type", json!([IMMUNIZATION])), content);
    assert_eq!(with("/vc/rid", json!("not one!")), content);
    assert_eq!(with("/vc/credentialSubject/fhirVersion", json!("3.0.2")), content);
    assert_eq!(with(&at("/resourceType"), json!("List")), content);
    assert_eq!(with(&at("/entry/1/resource/status"), json!("not-done")), content);
    assert_eq!(with(&at("/entry/1/resource/patient/reference"), json!("resource:7")), content);
    assert_eq!(with(&at("/entry"), json!([])), content);
    let mut two = good.pointer(&at("/entry")).cloned().unwrap();
    let other = json!({ "fullUrl": "resource:2", "resource": { "resourceType": "Patient" } });
    two.as_array_mut().unwrap().push(other);
    assert_eq!(with(&at("/entry"), two), content);
    let mut ended = good.clone();
    ended["exp"] = json!(ISSUED + 1);
    let ended = signed(&key, &ended);
    assert_eq!(reason(&ended, &trust, ISSUED + 1), None);
    assert_eq!(reason(&ended, &trust, ISSUED + 2), Some(NotValid::Expired));
}

#[test]
fn a_test_result_is_read_and_a_card_without_rid_is_on_no_list() {
    let key = key();
    let mut trust = trust_in(&key);
    listed(&mut trust, &key, &[]);
    let mut payload = payload_of(&card(&key, "Anna"));
    payload["vc"].as_object_mut().unwrap().remove("rid");
    payload["vc"]["credentialSubject"]["fhirBundle"]["entry"][1]["resource"] = json!({
        "resourceType": "Observation",
        "status": "final",
        "code": { "coding": [{ "system": "http://loinc.org", "code": "94558-4" }] },
        "subject": { "reference": "resource:0" },
        "effectiveDateTime": "2021-02-17",
        "performer": [{ "display": "A laboratory" }],
        "valueCodeableConcept": { "coding": [{ "code": "260373001" }] },
    });
    let (claims, caveats) = held(verify_text(&signed(&key, &payload), &trust, ISSUED));
    assert_eq!(caveats, [Caveat::NoStatusList]);
    let [event] = claims.events.as_slice() else { panic!("one test") };
    assert_eq!(event.kind, crate::verdict::EventKind::Test);
    assert_eq!(event.result.as_deref(), Some("260373001"));
    assert_eq!(event.product.as_deref(), Some("94558-4"));
    assert_eq!(event.place.as_deref(), Some("A laboratory"));
}

#[test]
fn a_bomb_is_refused() {
    let key = key();
    let header = json!({ "zip": "DEF", "kid": key.public_key().thumbprint() });
    let text = jws::sign(&key, header, &deflate(&vec![b' '; 8 << 20])).unwrap();
    assert!(text.len() < crate::verify::MOST_TEXT, "{}", text.len());
    assert_eq!(reason(&text, &trust_in(&key), ISSUED), Some(NotValid::TooLarge));
    let deep = deflate(&b"[".repeat(100_000));
    let text = jws::sign(&key, json!({ "zip": "DEF", "kid": "k" }), &deep).unwrap();
    assert_eq!(reason(&text, &trust_in(&key), ISSUED), Some(NotValid::Packing));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_name_comes_back_as_it_was(name in "\\PC{1,60}") {
        let key = key();
        let (claims, _) = held(verify_text(&card(&key, &name).numeric, &trust_in(&key), ISSUED));
        prop_assert_eq!(claims.name, Some(name));
    }

    #[test]
    fn any_changed_digit_is_noticed(place in 5_usize..1_400, with in "[0-9]") {
        let key = key();
        let mut text = card(&key, "Anna").numeric;
        let place = place.min(text.len() - 1);
        let changed = &text[place..=place] != with.as_str();
        text.replace_range(place..=place, &with);
        prop_assert_eq!(reason(&text, &trust_in(&key), ISSUED).is_some(), changed);
    }

    #[test]
    fn any_text_gets_an_answer(text in "(shc:/[0-9/]{0,400}|ey[A-Za-z0-9_.-]{0,400}|\\PC{0,50})") {
        prop_assert!(reason(&text, &Trust::default(), ISSUED).is_some());
    }

    #[test]
    fn any_signed_bundle_gets_an_answer(entries in "[\\[\\]{}\",:a-z0]{0,200}") {
        let key = key();
        let header = json!({ "zip": "DEF", "kid": key.public_key().thumbprint() });
        let payload = format!(
            "{{\"iss\":\"{ISSUER}\",\"nbf\":1,\"vc\":{{\"type\":[\"{HEALTH_CARD}\"],\
             \"credentialSubject\":{{\"fhirVersion\":\"4.0.1\",\"fhirBundle\":{entries}}}}}}}",
        );
        let text = jws::sign(&key, header, &deflate(payload.as_bytes())).unwrap();
        prop_assert!(reason(&text, &trust_in(&key), ISSUED).is_some());
    }
}
