use proptest::prelude::*;

use super::*;
use crate::{
    signature::Scheme,
    signer::key::{LocalKey, make_key},
    status::{Bits, Purpose, StatusList},
    trust::{IssuerKey, Trust, Use},
    vaccination::tests::vaccination,
    verdict::{Caveat, Claims, NotValid, Verdict},
    verify::verify_text,
};

const ISSUER: &str = "https://health.example.org";
const LIST: &str = "https://health.example.org/status/1";
const ISSUED: i64 = 1_640_000_000;
const EXPIRES: i64 = ISSUED + 86_400 * 365;
const ASKED: Asked<'_> = Asked { audience: "https://gate.example.org", nonce: "n-1" };

fn key() -> LocalKey {
    LocalKey::from_pem(&make_key(Scheme::Es256).unwrap()).unwrap()
}

fn trust_in(key: &LocalKey) -> Trust {
    let mut trust = Trust::default();
    trust.add_issuer(IssuerKey {
        used_for: Use::SdJwt,
        issuer: ISSUER.to_owned(),
        id: None,
        key: key.public_key().clone(),
        not_before: None,
        not_after: None,
    });
    trust
}

fn terms<'a>() -> Terms<'a> {
    let status = Some((LIST, 7));
    Terms { issuer: ISSUER, holder: None, status, issued_at: ISSUED, expires_at: EXPIRES }
}

/// Salts that a test can repeat.
fn salts() -> impl FnMut() -> [u8; 16] {
    let mut number = 0_u128;
    move || {
        number += 1;
        number.to_be_bytes()
    }
}

fn certificate(key: &LocalKey, terms: &Terms<'_>) -> Certificate {
    issue(key, &vaccination("सीता देवी"), terms, salts()).unwrap()
}

fn held(verdict: Verdict) -> (Claims, Vec<Caveat>) {
    match verdict {
        Verdict::Valid(claims) => (claims, Vec::new()),
        Verdict::ValidBut(claims, caveats) => (claims, caveats),
        Verdict::NotValid(why) => panic!("{why}"),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "each verdict is asked about once")]
fn reason(verdict: Verdict) -> Option<NotValid> {
    match verdict {
        Verdict::NotValid(why) => Some(why),
        _ => None,
    }
}

/// Signs a payload as a certificate of this form, whatever is in it.
fn signed(key: &LocalKey, payload: &Value) -> String {
    jws::sign(key, json!({ "typ": HEADER }), payload.to_string().as_bytes()).unwrap()
}

fn hide(value: &Value) -> (String, String) {
    let text = URL_SAFE_NO_PAD.encode(value.to_string());
    (digest(&text), text)
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "each answer is expected once")]
fn assert_opens(payload: &Value, disclosures: &[&str], to: Result<Value, NotValid>) {
    let key = key();
    let text = disclosures.iter().fold(signed(&key, payload) + "~", |text, it| text + it + "~");
    assert_eq!(disclosed(&text, key.public_key()), to);
}

#[test]
fn all_that_was_certified_comes_back_when_all_is_shown() {
    let key = key();
    let certificate = certificate(&key, &terms());
    let (claims, caveats) = held(verify_text(&certificate.text(), &trust_in(&key), ISSUED));
    assert_eq!(caveats, [Caveat::NoStatusList]);
    assert_eq!(claims.name.as_deref(), Some("सीता देवी"));
    assert_eq!(claims.born.as_deref(), Some("1980"));
    assert_eq!(claims.id, Some(vaccination("").uvci()));
    let event = &claims.events[0];
    assert_eq!((event.dose_number, event.doses_total), (Some(2), Some(2)));
    assert_eq!(event.on.as_deref(), Some("2021-12-01"));
    assert_eq!(event.lot.as_deref(), Some("4121Z008"));
    assert_eq!(event.place.as_deref(), Some("PHC \"Old Town\", Ward 3"));
}

#[test]
fn vaccinated_and_nothing_else_can_be_shown() {
    let key = key();
    let certificate = certificate(&key, &terms());
    let text = certificate.present(&[]);
    let (claims, _) = held(verify_text(&text, &trust_in(&key), ISSUED));
    assert!(claims.name.is_none() && claims.born.is_none() && claims.id.is_none());
    let said = crate::verdict::Event {
        disease: Some("840539006".to_owned()),
        ..crate::verdict::Event::default()
    };
    assert!(claims.events == [said]);
    let mut payload = disclosed(&text, key.public_key()).unwrap();
    let members = payload.as_object_mut().unwrap();
    for shown in ["iss", "iat", "exp", "vct", "vaccinated", "disease", "status"] {
        assert!(members.remove(shown).is_some(), "{shown}");
    }
    assert!(members.is_empty(), "{members:?}");
}

#[test]
fn just_what_is_chosen_is_shown() {
    let key = key();
    let certificate = certificate(&key, &terms());
    let all: Vec<_> = certificate.names().collect();
    for shown in &all {
        let text = certificate.present(&[shown, "no such field"]);
        let payload = disclosed(&text, key.public_key()).unwrap();
        for name in &all {
            assert_eq!(payload.get(name).is_some(), name == shown, "{shown} {name}");
        }
    }
    let (claims, _) =
        held(verify_text(&certificate.present(&["birth_year"]), &trust_in(&key), ISSUED));
    assert_eq!(claims.born.as_deref(), Some("1980"));
}

#[test]
fn what_is_hidden_cannot_be_read_and_every_certificate_hides_as_many_fields() {
    let key = key();
    let seen = |certificate: &Certificate| {
        let jws = jws::Jws::read(&certificate.jwt).unwrap();
        String::from_utf8(jws.payload).unwrap()
    };
    let one = seen(&certificate(&key, &terms()));
    for hidden in ["सीता", "1980", "4121Z008", "COVISHIELD", "Pune", "2021-12-01"] {
        assert!(!one.contains(hidden), "{hidden}");
    }
    // Nor does their order tell which is which.
    let payload: Value = serde_json::from_str(&one).unwrap();
    let digests = payload["_sd"].as_array().unwrap();
    assert!(digests.is_sorted_by_key(|digest| digest.as_str()) && digests.len() == 15);
    let bare = Vaccination { lot: "", ..vaccination("A") };
    let other = seen(&issue(&key, &bare, &terms(), salts()).unwrap());
    assert_eq!(one.len(), other.len());
}

#[test]
fn a_holder_proves_that_a_certificate_is_theirs() {
    let (key, holder, thief) = (key(), key(), key());
    let mut trust = trust_in(&key);
    withdraw(&mut trust, &[]);
    let bound = certificate(&key, &Terms { holder: Some(holder.public_key()), ..terms() });
    let shown = bound.present(&["name"]);
    let prove = |key: &LocalKey, audience, nonce, at| prove(&shown, key, audience, nonce, at);
    let good = prove(&holder, ASKED.audience, ASKED.nonce, ISSUED).unwrap();
    let asked = |text: &str, now| verify_presented(text, &trust, now, &ASKED);
    assert_eq!(held(asked(&good, ISSUED)).1, []);
    assert_eq!(held(asked(&good, ISSUED + 300)).1, []);
    let holder_fails = Some(NotValid::Holder);
    assert_eq!(reason(asked(&good, ISSUED + 301)), holder_fails);
    assert_eq!(reason(asked(&shown, ISSUED)), holder_fails);
    for (key, audience, nonce, at) in [
        (&thief, ASKED.audience, ASKED.nonce, ISSUED),
        (&holder, "https://other.example.org", ASKED.nonce, ISSUED),
        (&holder, ASKED.audience, "n-2", ISSUED),
        (&holder, ASKED.audience, ASKED.nonce, ISSUED + 100),
    ] {
        let text = prove(key, audience, nonce, at).unwrap();
        assert_eq!(reason(asked(&text, ISSUED)), holder_fails);
    }
    // Another thing that the same key signed is no proof.
    let payload = json!({
        "aud": ASKED.audience, "nonce": ASKED.nonce, "iat": ISSUED, "sd_hash": digest(&shown),
    });
    let sign = |typ: &str| {
        let header = json!({ "typ": typ });
        shown.clone() + &jws::sign(&holder, header, payload.to_string().as_bytes()).unwrap()
    };
    assert_eq!(reason(asked(&sign("kb+jwt"), ISSUED)), None);
    assert_eq!(reason(asked(&sign("JWT"), ISSUED)), holder_fails);
    // What was shown cannot be widened under the proof.
    let (_, proof) = good.rsplit_once('~').unwrap();
    let wider = bound.present(&["name", "lot"]) + proof;
    assert_eq!(reason(asked(&wider, ISSUED)), holder_fails);
    assert_eq!(reason(verify_text(&wider, &trust, ISSUED)), holder_fails);
}

#[test]
fn without_being_asked_for_a_proof_is_checked_and_a_missing_one_is_told() {
    let (key, holder) = (key(), key());
    let mut trust = trust_in(&key);
    withdraw(&mut trust, &[]);
    let bound = certificate(&key, &Terms { holder: Some(holder.public_key()), ..terms() });
    let caveats = |text: &str| held(verify_text(text, &trust, ISSUED)).1;
    assert_eq!(caveats(&bound.text()), [Caveat::NoHolderProof]);
    let proven = prove(&bound.text(), &holder, "somebody", "n", ISSUED).unwrap();
    assert_eq!(caveats(&proven), [Caveat::NoHolderProof]);
    let stolen = prove(&bound.text(), &key, "somebody", "n", ISSUED).unwrap();
    assert_eq!(reason(verify_text(&stolen, &trust, ISSUED)), Some(NotValid::Holder));
    let free = certificate(&key, &terms());
    assert_eq!(caveats(&free.text()), []);
    let odd = prove(&free.text(), &holder, "somebody", "n", ISSUED).unwrap();
    assert_eq!(reason(verify_text(&odd, &trust, ISSUED)), Some(NotValid::Holder));
}

fn withdraw(trust: &mut Trust, indices: &[usize]) {
    let mut bits = Bits::empty(131_072);
    for index in indices {
        assert!(bits.set(*index));
    }
    let (url, purpose) = (LIST.to_owned(), Purpose::Revocation);
    let (issued_at, valid_until) = (ISSUED, ISSUED + 86_400);
    trust.add_status_list(StatusList { url, purpose, bits, issued_at, valid_until });
}

#[test]
fn a_withdrawn_certificate_is_refused() {
    let key = key();
    let text = certificate(&key, &terms()).text();
    let mut trust = trust_in(&key);
    withdraw(&mut trust, &[6, 8]);
    assert_eq!(held(verify_text(&text, &trust, ISSUED)).1, []);
    withdraw(&mut trust, &[7]);
    assert_eq!(reason(verify_text(&text, &trust, ISSUED)), Some(NotValid::Withdrawn));
    let without = certificate(&key, &Terms { status: None, ..terms() }).text();
    assert_eq!(held(verify_text(&without, &trust, ISSUED)).1, [Caveat::NoStatusList]);
}

#[test]
fn another_key_issuer_type_or_time_is_not_valid() {
    let key = key();
    let trust = trust_in(&key);
    let text = certificate(&key, &terms()).text();
    let at = |trust: &Trust, now| reason(verify_text(&text, trust, now));
    assert_eq!(at(&trust, ISSUED), None);
    assert_eq!(at(&trust_in(&self::key()), ISSUED), Some(NotValid::UnknownSigner));
    assert_eq!(at(&trust, EXPIRES + 1), Some(NotValid::Expired));
    assert_eq!(at(&trust, ISSUED - 3_600), Some(NotValid::NotYet));
    let good = json!({
        "iss": ISSUER, "iat": ISSUED, "nbf": ISSUED, "vct": TYPE, "vaccinated": true,
    });
    let with = |name: &str, value: Value| {
        let mut payload = good.clone();
        payload[name] = value;
        reason(verify_text(&(signed(&key, &payload) + "~"), &trust, ISSUED))
    };
    assert_eq!(with("more", json!(1)), None);
    assert_eq!(with("iss", json!("https://other.example.org")), Some(NotValid::UnknownSigner));
    assert_eq!(with("iss", json!(null)), Some(NotValid::Content));
    assert_eq!(with("vct", json!(null)), Some(NotValid::Content));
    assert_eq!(with("vaccinated", json!(false)), Some(NotValid::Content));
    assert_eq!(with("nbf", json!(ISSUED + 3_600)), Some(NotValid::NotYet));
    assert_eq!(with("exp", json!("soon")), Some(NotValid::Content));
    assert_eq!(with("cnf", json!({ "jwk": 1 })), None);
    let typed = |typ: &str| {
        let jwt = jws::sign(&key, json!({ "typ": typ }), good.to_string().as_bytes()).unwrap();
        reason(verify_text(&(jwt + "~"), &trust, ISSUED))
    };
    assert_eq!(typed("vc+sd-jwt"), None);
    assert_eq!(typed("JWT"), Some(NotValid::NotACertificate));
}

#[test]
fn members_elements_and_what_is_inside_of_them_are_disclosed() {
    let (inner, inner_text) = hide(&json!(["s1", "city", "Pune"]));
    let (outer, outer_text) = hide(&json!(["s2", "address", { "_sd": [inner], "country": "IN" }]));
    let (one, one_text) = hide(&json!(["s3", "first"]));
    let (two, two_text) = hide(&json!(["s4", { "_sd": [] }]));
    let payload = json!({
        "_sd": [outer, digest("a decoy")],
        "_sd_alg": "sha-256",
        "list": [{ "...": one }, "plain", { "...": two }],
    });
    let all = [&*inner_text, &outer_text, &one_text, &two_text];
    let opened = json!({
        "address": { "city": "Pune", "country": "IN" }, "list": ["first", "plain", {}],
    });
    assert_opens(&payload, &all, Ok(opened));
    let some = json!({ "address": { "country": "IN" }, "list": ["plain"] });
    assert_opens(&payload, &[&outer_text], Ok(some));
    // What is inside needs what it is inside of.
    assert_opens(&payload, &[&inner_text], Err(NotValid::Unsigned));
    assert_opens(&payload, &[], Ok(json!({ "list": ["plain"] })));
}

#[test]
fn a_disclosure_fits_one_place_exactly() {
    let (name, text) = hide(&json!(["s", "name", "Anna"]));
    let content = || Err(NotValid::Content);
    let once = json!({ "_sd": [name] });
    assert_opens(&once, &[&text], Ok(json!({ "name": "Anna" })));
    assert_opens(&once, &[&text, &text], content());
    assert_opens(&json!({}), &[&text], Err(NotValid::Unsigned));
    assert_opens(&json!({ "_sd": [name, name] }), &[&text], content());
    assert_opens(&json!({ "_sd": [name, name] }), &[], content());
    assert_opens(&json!({ "_sd": [name], "a": { "_sd": [name] } }), &[&text], content());
    assert_opens(&json!({ "_sd": [name], "name": "Bela" }), &[&text], content());
    assert_opens(&json!({ "list": [{ "...": name }] }), &[&text], content());
    let (element, element_text) = hide(&json!(["s", "Anna"]));
    assert_opens(&json!({ "_sd": [element] }), &[&element_text], content());
    let (other, other_text) = hide(&json!(["t", "name", "Bela"]));
    assert_opens(&json!({ "_sd": [name, other] }), &[&text, &other_text], content());
}

#[test]
fn reserved_names_and_other_digests_are_refused() {
    for name in ["_sd", "...", "_sd_alg", "iss", "exp", "nbf", "cnf", "vct", "status"] {
        let (digest, text) = hide(&json!(["s", name, "x"]));
        assert_opens(&json!({ "_sd": [digest] }), &[&text], Err(NotValid::Content));
    }
    let (digest, _) = hide(&json!(["s", "name", "x"]));
    for payload in [
        json!({ "_sd": [digest], "_sd_alg": "sha-512" }),
        json!({ "_sd": "text" }),
        json!({ "_sd": [1] }),
        json!({ "...": "x" }),
        json!({ "list": [{ "...": 1 }] }),
        json!({ "list": [{ "...": digest, "more": 1 }] }),
        json!([]),
    ] {
        assert_opens(&payload, &[], Err(NotValid::Content));
    }
    for odd in
        [json!([]), json!(["s"]), json!([1, "n", 1]), json!(["s", 1, 1]), json!([1, 2, 3, 4])]
    {
        let (digest, text) = hide(&odd);
        assert_opens(&json!({ "_sd": [digest] }), &[&text], Err(NotValid::Content));
    }
    assert_opens(&json!({}), &["!"], Err(NotValid::Packing));
    assert_opens(&json!({}), &[""], Err(NotValid::Packing));
}

/// The example of RFC 9901, section 4.2.1 and 4.2.3.
#[test]
fn a_digest_is_that_of_the_standard() {
    let text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
    assert_eq!(digest(text), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
    let payload = json!({ "_sd": ["X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"] });
    assert_opens(&payload, &[text], Ok(json!({ "family_name": "Möbius" })));
}

#[test]
fn disclosures_inside_of_disclosures_end_somewhere() {
    let (mut inner, mut texts) = (json!(1), Vec::new());
    for _ in 0..100 {
        let (digest, text) = hide(&json!(["", "a", inner]));
        inner = json!({ "_sd": [digest] });
        texts.push(text);
    }
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    assert_opens(&inner, &texts, Err(NotValid::TooLarge));
    let many = vec!["WyIiLDFd"; 2_000];
    assert_opens(&json!({}), &many, Err(NotValid::TooLarge));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_name_comes_back_as_it_was(name in "\\PC{1,160}") {
        let key = key();
        let certificate = issue(&key, &vaccination(&name), &terms(), salts()).unwrap();
        let text = certificate.present(&["name"]);
        let (claims, _) = held(verify_text(&text, &trust_in(&key), ISSUED));
        prop_assert_eq!(claims.name, Some(name));
    }

    #[test]
    fn any_changed_character_is_noticed(place in 0_usize..4_000, with in "[A-Za-z0-9~._-]") {
        let key = key();
        let mut text = certificate(&key, &terms()).text();
        // Without its last separator the last disclosure would be a proof, which is refused too.
        let place = place.min(text.len() - 1);
        let changed = &text[place..=place] != with.as_str();
        text.replace_range(place..=place, &with);
        prop_assert_eq!(reason(verify_text(&text, &trust_in(&key), ISSUED)).is_some(), changed);
    }

    #[test]
    fn any_text_gets_an_answer(text in "(ey[A-Za-z0-9_.~-]{0,400}|\\PC{0,50}~)") {
        prop_assert!(reason(verify_text(&text, &Trust::default(), ISSUED)).is_some());
        let asked = verify_presented(&text, &Trust::default(), ISSUED, &ASKED);
        prop_assert!(reason(asked).is_some());
    }

    #[test]
    fn any_signed_payload_gets_an_answer(inside in "[\\[\\]{}\",:_sd.0]{0,60}", hidden in "[\\[\\]{}\",:_sd.0]{0,60}") {
        let key = key();
        let disclosure = URL_SAFE_NO_PAD.encode(&hidden);
        let payload = format!(
            "{{\"iss\":\"{ISSUER}\",\"_sd\":[\"{}\"],\"more\":{inside}}}", digest(&disclosure),
        );
        let jwt = jws::sign(&key, json!({ "typ": HEADER }), payload.as_bytes()).unwrap();
        let text = format!("{jwt}~{disclosure}~");
        prop_assert!(reason(verify_text(&text, &trust_in(&key), ISSUED)).is_some());
    }
}
