//! Credentials that this crate issues, changed in all ways; and those of others.
#![cfg(feature = "issue")]

mod others;

use jiff::civil::date;
use proptest::prelude::*;
use serde_json::json;

use super::{
    issue::document,
    proof::{Suite, sign},
    *,
};
use crate::{
    linked::tests::paths,
    signature::Scheme,
    signer::key::{LocalKey, SigningKey, make_key},
    status::{Bits, StatusList, credential},
    trust::{IssuerKey, Use},
    vaccination::{Born, Vaccination, tests::vaccination},
    verdict::{Claims, Verdict},
    verify::verify_text,
};

const ISSUED: i64 = 1_767_225_600;
const EXPIRES: i64 = ISSUED + 730 * 86_400;
const DID: &str = "did:web:example.org";
const METHOD: &str = "did:web:example.org#2026";
const LIST: &str = "https://example.org/status/1";

fn key() -> LocalKey {
    LocalKey::from_pem(&make_key(Scheme::EdDsa).unwrap()).unwrap()
}

fn issuer(key: &LocalKey) -> VcIssuer<'_> {
    VcIssuer { did: DID, verification_method: METHOD, key }
}

fn issuer_key(key: &LocalKey) -> IssuerKey {
    IssuerKey {
        used_for: Use::Vc,
        issuer: DID.to_owned(),
        id: Some(METHOD.to_owned()),
        key: key.public_key().clone(),
        not_before: None,
        not_after: None,
    }
}

fn list(withdrawn: Option<usize>) -> StatusList {
    let mut bits = Bits::empty(0);
    assert!(withdrawn.is_none_or(|index| bits.set(index)));
    StatusList {
        url: LIST.to_owned(),
        purpose: Purpose::Revocation,
        bits,
        issued_at: ISSUED,
        valid_until: ISSUED + 86_400,
    }
}

fn trust(key: &LocalKey, withdrawn: Option<usize>) -> Trust {
    let mut trust = Trust::default();
    trust.add_issuer(issuer_key(key));
    let signed = credential::issue(&issuer(key), &list(withdrawn)).unwrap();
    let read = credential::read(&signed, LIST, &trust, ISSUED).unwrap();
    assert_eq!(read.bits, list(withdrawn).bits);
    trust.add_status_list(read);
    trust
}

fn entry() -> StatusEntry<'static> {
    StatusEntry { list: LIST, purpose: Purpose::Revocation, index: 77 }
}

/// A credential as JSON, signed by either suite.
fn signed(key: &LocalKey, vaccination: &Vaccination<'_>, suite: Suite) -> Value {
    let document = document(&issuer(key), vaccination, Some(entry()), ISSUED, EXPIRES);
    sign(document, suite, (key, METHOD), ISSUED).unwrap()
}

fn found(document: &Value, trust: &Trust, now: i64) -> Result<(Claims, Vec<Caveat>), NotValid> {
    match verify_text(&document.to_string(), trust, now) {
        Verdict::Valid(claims) => Ok((claims, Vec::new())),
        Verdict::ValidBut(claims, caveats) => Ok((claims, caveats)),
        Verdict::NotValid(why) => Err(why),
    }
}

fn why(document: &Value, trust: &Trust, now: i64) -> Option<NotValid> {
    found(document, trust, now).err()
}

#[test]
fn a_credential_comes_back_as_it_was() {
    let key = key();
    let trust = trust(&key, None);
    for name in ["O'Brien \"Bob\"", "सीता देवी", "Ravi", "🙂 Kumar", "a\tb\u{7f}\\", "\u{fffe}"]
    {
        let it = Vaccination { born: Born::On(date(1980, 2, 3)), ..vaccination(name) };
        let text = issue(&issuer(&key), &it, Some(entry()), ISSUED, EXPIRES).unwrap();
        let Verdict::Valid(claims) = verify_text(&text, &trust, ISSUED + 5) else {
            panic!("{name} is valid")
        };
        assert_eq!(claims.name.as_deref(), Some(name));
        assert_eq!(claims.born.as_deref(), Some("1980-02-03"));
        assert_eq!(claims.issuer, "Ministry of Health");
        assert_eq!(claims.events[0].lot.as_deref(), Some("4121Z008"));
        assert_eq!(claims.events[0].dose_number, Some(2));
        assert_eq!(claims.expires_at, Some(EXPIRES));
        let other = signed(&key, &it, Suite::Rdfc);
        let (claims, caveats) = found(&other, &trust, ISSUED).ok().unwrap();
        assert_eq!((claims.name.as_deref(), caveats), (Some(name), vec![]));
    }
}

#[test]
fn any_changed_or_exchanged_value_is_not_valid() {
    let key = key();
    let trust = trust(&key, None);
    for suite in [Suite::Jcs, Suite::Rdfc] {
        let good = signed(&key, &vaccination("Anna"), suite);
        assert!(found(&good, &trust, ISSUED).is_ok());
        let all = paths(&good);
        assert!(all.len() > 35, "{}", all.len());
        for path in &all {
            for with in [json!("changed"), json!(7), json!(""), json!("urn:x:y"), Value::Null] {
                let mut bad = good.clone();
                *bad.pointer_mut(path).unwrap() = with.clone();
                assert!(why(&bad, &trust, ISSUED).is_some(), "{path} {with}");
            }
        }
        let person = all.iter().filter(|path| path.starts_with("/credentialSubject"));
        let person: Vec<_> = person.collect();
        for (place, one) in person.iter().enumerate() {
            for other in &person[place + 1..] {
                let mut bad = good.clone();
                let (a, b) = (good.pointer(one).unwrap(), good.pointer(other).unwrap());
                *bad.pointer_mut(one).unwrap() = b.clone();
                *bad.pointer_mut(other).unwrap() = a.clone();
                assert_eq!(why(&bad, &trust, ISSUED).is_none(), a == b, "{one} {other}");
            }
        }
    }
}

#[test]
fn what_is_added_is_not_valid() {
    let key = key();
    let trust = trust(&key, None);
    for (suite, reason) in [(Suite::Jcs, NotValid::Signature), (Suite::Rdfc, NotValid::Unsigned)] {
        let good = signed(&key, &vaccination("Anna"), suite);
        let mut bad = good.clone();
        bad["credentialSubject"]["nickname"] = "Anne".into();
        assert_eq!(why(&bad, &trust, ISSUED), Some(reason));
        let mut bad = good.clone();
        bad["@context"].as_array_mut().unwrap().push("https://example.org/more".into());
        assert_eq!(why(&bad, &trust, ISSUED), Some(NotValid::Context));
        let mut bad = good.clone();
        bad["proof"]["@context"] = json!([crate::linked::contexts::OURS]);
        assert_eq!(why(&bad, &trust, ISSUED), Some(NotValid::Context));
    }
}

#[test]
fn an_unsigned_name_is_not_signed_even_by_us() {
    let key = key();
    let mut document = document(&issuer(&key), &vaccination("Anna"), None, ISSUED, EXPIRES);
    document["credentialSubject"]["nickname"] = "Anne".into();
    assert!(sign(document, Suite::Rdfc, (&key, METHOD), ISSUED).is_err());
}

#[test]
fn times_and_signers_count() {
    let key = key();
    let good = signed(&key, &vaccination("Anna"), Suite::Jcs);
    let all = trust(&key, None);
    assert_eq!(why(&good, &all, ISSUED - 3_600), Some(NotValid::NotYet));
    assert_eq!(why(&good, &all, EXPIRES + 1), Some(NotValid::Expired));
    assert_eq!(why(&good, &Trust::default(), ISSUED), Some(NotValid::UnknownSigner));
    let with = |change: fn(&mut IssuerKey)| {
        let mut trust = Trust::default();
        let mut known = issuer_key(&key);
        change(&mut known);
        trust.add_issuer(known);
        found(&good, &trust, ISSUED + 10).map(|(_, caveats)| caveats)
    };
    assert_eq!(with(|_| ()), Ok(vec![Caveat::NoStatusList]));
    assert_eq!(with(|it| it.id = Some("2026".to_owned())), Ok(vec![Caveat::NoStatusList]));
    assert_eq!(with(|it| it.id = Some("2027".to_owned())), Err(NotValid::UnknownSigner));
    assert_eq!(with(|it| it.used_for = Use::Shc), Err(NotValid::UnknownSigner));
    assert_eq!(with(|it| it.not_after = Some(ISSUED - 1)), Err(NotValid::WrongSigner));
    let expired = Ok(vec![Caveat::ExpiredSigner, Caveat::NoStatusList]);
    assert_eq!(with(|it| it.not_after = Some(ISSUED + 1)), expired);
    let mut trust = Trust::default();
    trust.add_issuer(IssuerKey { key: self::key().public_key().clone(), ..issuer_key(&key) });
    assert_eq!(why(&good, &trust, ISSUED), Some(NotValid::Signature));
}

#[test]
fn a_withdrawn_credential_is_not_valid_after_the_next_list() {
    let key = key();
    let good = signed(&key, &vaccination("Anna"), Suite::Jcs);
    assert_eq!(why(&good, &trust(&key, Some(77)), ISSUED), Some(NotValid::Withdrawn));
    assert_eq!(why(&good, &trust(&key, Some(78)), ISSUED), None);
    let (_, caveats) = found(&good, &trust(&key, None), ISSUED + 3 * 86_400).ok().unwrap();
    assert_eq!(caveats, [Caveat::StaleStatusList { days: 3 }]);
}

/// The same statements, written so that who reads names finds no entry of a status list.
#[test]
fn a_withdrawn_credential_cannot_be_rewritten() {
    let key = key();
    let trust = trust(&key, Some(77));
    let good = signed(&key, &vaccination("Anna"), Suite::Rdfc);
    assert_eq!(why(&good, &trust, ISSUED), Some(NotValid::Withdrawn));
    let status = good["credentialStatus"].clone();
    let whole = "https://www.w3.org/2018/credentials#credentialStatus";
    for (name, value, reason) in [
        (whole, status.clone(), NotValid::Content),
        ("credentialStatus", json!([status]), NotValid::Withdrawn),
        ("credentialStatus", json!([[status]]), NotValid::Content),
        ("credentialStatus", json!([status["id"], status]), NotValid::Withdrawn),
        ("credentialStatus", json!([{ "id": status["id"] }, status]), NotValid::Content),
    ] {
        let mut bad = good.clone();
        bad.as_object_mut().unwrap().remove("credentialStatus");
        bad[name] = value;
        assert_eq!(why(&bad, &trust, ISSUED), Some(reason), "{bad}");
    }
    let mut bad = good.clone();
    bad["credentialStatus"]["type"] =
        "https://www.w3.org/ns/credentials/status#BitstringStatusListEntry".into();
    assert_eq!(why(&bad, &trust, ISSUED), Some(NotValid::Unsigned));
    let mut bad = good;
    bad["credentialSubject"]["vaccination"]["doseNumber"] = json!([2]);
    assert_eq!(why(&bad, &trust, ISSUED), Some(NotValid::Content));
}

#[test]
fn a_status_list_counts_only_as_it_was_signed_and_where_it_was_found() {
    let key = key();
    let trust = trust(&key, None);
    let text = credential::issue(&issuer(&key), &list(Some(5))).unwrap();
    let read = |text: &str, url: &str| credential::read(text, url, &trust, ISSUED).err();
    assert_eq!(read(&text, LIST), None);
    assert_eq!(read(&text, "https://example.org/status/2"), Some(NotValid::Content));
    let none = Bits::empty(0).encode();
    let changed = text.replace(&*list(Some(5)).bits.encode(), &none);
    assert!(changed != text);
    assert_eq!(read(&changed, LIST), Some(NotValid::Signature));
    assert_eq!(
        credential::read(&text, LIST, &trust, ISSUED + 90_000).err(),
        Some(NotValid::Expired)
    );
    // A credential of another kind is no list, and a list is no certificate.
    let other = signed(&key, &vaccination("Anna"), Suite::Jcs).to_string();
    assert_eq!(read(&other, LIST), Some(NotValid::Content));
    let list: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(why(&list, &trust, ISSUED), Some(NotValid::Content));
}

#[test]
fn one_trusted_proof_of_a_set_is_enough() {
    let (key, other) = (key(), self::key());
    let trust = trust(&key, None);
    let mut both = signed(&key, &vaccination("Anna"), Suite::Jcs);
    let stranger = signed(&other, &vaccination("Anna"), Suite::Rdfc)["proof"].clone();
    let mut forged = both["proof"].clone();
    forged["proofValue"] = stranger["proofValue"].clone();
    let good = both["proof"].clone();
    both["proof"] = json!([stranger, forged, good]);
    assert_eq!(why(&both, &trust, ISSUED), None);
    both["proof"] = json!([stranger, forged]);
    assert_eq!(why(&both, &trust, ISSUED), Some(NotValid::Signature));
    both["proof"] = Value::Array(vec![good; 9]);
    assert_eq!(why(&both, &trust, ISSUED), Some(NotValid::TooLarge));
    both["proof"] = json!([]);
    assert_eq!(why(&both, &trust, ISSUED), Some(NotValid::UnknownSigner));
}

#[test]
fn only_ed25519_signs() {
    for scheme in [Scheme::Es256, Scheme::Ps256] {
        let key = LocalKey::from_pem(&make_key(scheme).unwrap()).unwrap();
        assert!(issue(&issuer(&key), &vaccination("Anna"), None, ISSUED, EXPIRES).is_err());
    }
    let long = "x".repeat(70_000);
    assert!(issue(&issuer(&key()), &vaccination(&long), None, ISSUED, EXPIRES).is_err());
}

#[test]
fn each_term_of_our_context_has_an_iri_of_its_own() {
    let context: Value = serde_json::from_str(CONTEXT_DOCUMENT).unwrap();
    let terms = context["@context"].as_object().unwrap();
    let iris: Vec<_> = terms.values().filter_map(Value::as_str).collect();
    let own: std::collections::HashSet<_> = iris.iter().collect();
    assert_eq!(own.len(), iris.len());
    assert!(iris.len() > 20);
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, cases: 24, ..ProptestConfig::default()
    })]

    #[test]
    fn any_name_comes_back_as_it_was(name in "\\PC{0,80}", raw in any::<String>()) {
        let key = key();
        let trust = trust(&key, None);
        for name in [name, raw] {
            for suite in [Suite::Jcs, Suite::Rdfc] {
                let document = signed(&key, &vaccination(&name), suite);
                let (claims, _) = found(&document, &trust, ISSUED).ok().unwrap();
                prop_assert_eq!(claims.name, Some(name.clone()));
            }
        }
    }

    #[test]
    fn any_changed_byte_is_noticed_or_means_the_same(place in any::<usize>(), with in any::<char>()) {
        let key = key();
        let trust = trust(&key, None);
        let text = signed(&key, &vaccination("Anna"), Suite::Rdfc).to_string();
        let mut chars: Vec<char> = text.chars().collect();
        let place = place % chars.len();
        chars[place] = with;
        let changed: String = chars.into_iter().collect();
        let before = serde_json::from_str::<Value>(&text).ok();
        let same = serde_json::from_str::<Value>(&changed).ok() == before;
        let verdict = verify_text(&changed, &trust, ISSUED);
        prop_assert_eq!(matches!(verdict, Verdict::NotValid(_)), !same);
    }

    #[test]
    fn any_text_gets_an_answer(text in "\\{\\PC{0,200}") {
        prop_assert!(matches!(verify_text(&text, &Trust::default(), 0), Verdict::NotValid(_)));
    }
}
