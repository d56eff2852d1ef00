//! Certificates as other countries write them, and as nobody should: built by hand and signed.

use ciborium::{Value, cbor};
use coset::{CborSerializable, CoseSign1Builder, HeaderBuilder, iana};

use super::*;
use crate::hcert::cose;

/// The claims of a good certificate.
fn good() -> Value {
    let dose = cbor!({
        "tg" => "840539006", "vp" => "29061000087103", "mp" => "Covishield", "ma" => "ORG-100001981",
        "dn" => 2, "sd" => 2, "dt" => "2021-12-01", "co" => "IN", "is" => "Ministry of Health",
        "ci" => "URN:UVCI:01:IN:1"
    });
    let certificate = cbor!({
        "ver" => "1.3.0", "nam" => { "fn" => "Anna", "fnt" => "ANNA" }, "dob" => "1980",
        "v" => [dose.unwrap()]
    });
    cbor!({ 1 => "IN", 4 => EXPIRES, 6 => ISSUED, -260 => { 1 => certificate.unwrap() } }).unwrap()
}

/// What is at a path of keys, to be changed.
fn part<'a>(value: &'a mut Value, path: &[Value]) -> &'a mut Value {
    path.iter().fold(value, |value, key| {
        let entries = value.as_map_mut().unwrap();
        if !entries.iter().any(|(held, _)| held == key) {
            entries.push((key.clone(), Value::Null));
        }
        &mut entries.iter_mut().find(|(held, _)| held == key).unwrap().1
    })
}

fn in_certificate(key: &str) -> [Value; 3] {
    [(-260).into(), 1.into(), key.into()]
}

fn bytes(claims: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(claims, &mut bytes).unwrap();
    bytes
}

fn after(change: impl FnOnce(&mut Value)) -> Verdict {
    let (signer, trust) = signer();
    let mut claims = good();
    change(&mut claims);
    verify(&dcc::pack(&cose::sign(&signer, &bytes(&claims)).unwrap()), &trust, ISSUED)
}

#[test]
fn instants_may_have_fractions_or_be_tagged_dates() {
    assert!(name_of(after(|_| ())).is_some());
    for instant in [
        Value::Float(1_639_999_999.5),
        Value::Tag(1, Box::new(1_639_999_999.into())),
        Value::Tag(1, Box::new(Value::Float(1_639_999_999.5))),
    ] {
        let verdict = after(|claims| *part(claims, &[6.into()]) = instant);
        assert!(name_of(verdict).is_some());
    }
    for instant in [Value::Text("2021".into()), Value::Float(f64::NAN), Value::Null] {
        let verdict = after(|claims| *part(claims, &[6.into()]) = instant);
        assert_eq!(reason(verdict), Some(NotValid::Content));
    }
}

#[test]
fn groups_that_are_not_used_may_be_null_or_empty() {
    for unused in [Value::Null, Value::Array(vec![])] {
        let verdict = after(|claims| *part(claims, &in_certificate("t")) = unused);
        assert!(name_of(verdict).is_some());
    }
    let verdict = after(|claims| {
        *part(claims, &in_certificate("r")) = Value::Array(vec![Value::Map(vec![])]);
    });
    assert_eq!(reason(verdict), Some(NotValid::Content));
}

#[test]
fn one_vaccination_is_neither_none_nor_two() {
    let twice = after(|claims| {
        let doses = part(claims, &in_certificate("v")).as_array_mut().unwrap();
        doses.push(doses[0].clone());
    });
    assert_eq!(reason(twice), Some(NotValid::Content));
    let none = after(|claims| *part(claims, &in_certificate("v")) = Value::Array(vec![]));
    assert_eq!(reason(none), Some(NotValid::Content));
    for key in ["tg", "mp", "dt", "co", "is", "ci"] {
        let empty = after(|claims| {
            let doses = part(claims, &in_certificate("v")).as_array_mut().unwrap();
            *part(&mut doses[0], &[key.into()]) = Value::Text(String::new());
        });
        assert_eq!(reason(empty), Some(NotValid::Content), "{key}");
    }
}

#[test]
fn the_tags_around_a_signature_may_be_there_or_not() {
    let (signer, trust) = signer();
    let tagged = cose::sign(&signer, &bytes(&good())).unwrap();
    let twice = [&[0xd8, 0x3d], tagged.as_slice()].concat();
    for form in [tagged.as_slice(), &tagged[1..], &twice] {
        assert!(name_of(verify(&dcc::pack(form), &trust, ISSUED)).is_some());
    }
    let longer = [tagged.as_slice(), b"\0"].concat();
    assert_eq!(reason(verify(&dcc::pack(&longer), &trust, ISSUED)), Some(NotValid::Packing));
}

#[test]
fn the_protected_key_id_counts_and_the_other_only_without_it() {
    let (signer, trust) = signer();
    let with = |protected: &[u8], unprotected: &[u8], algorithm| {
        let header = HeaderBuilder::new().algorithm(algorithm).key_id(protected.to_vec());
        let message = CoseSign1Builder::new()
            .protected(header.build())
            .unprotected(HeaderBuilder::new().key_id(unprotected.to_vec()).build())
            .payload(bytes(&good()))
            .create_signature(b"", |bytes| signer.sign(bytes).unwrap())
            .build();
        verify(&dcc::pack(&message.to_vec().unwrap()), &trust, ISSUED)
    };
    let (own, es256) = (signer.key_id(), iana::Algorithm::ES256);
    assert!(name_of(with(&own, b"otherkey", es256)).is_some());
    assert!(name_of(with(b"", &own, es256)).is_some());
    assert_eq!(reason(with(b"otherkey", &own, es256)), Some(NotValid::UnknownSigner));
    assert_eq!(reason(with(&own[..7], b"", es256)), Some(NotValid::UnknownSigner));
    // The key is P-256, so a certificate that calls itself RSA-message is not looked at twice.
    assert_eq!(reason(with(&own, b"", iana::Algorithm::PS256)), Some(NotValid::Signature));
}

#[test]
fn deep_nesting_is_refused() {
    let (signer, trust) = signer();
    let deep = [vec![0x81; 50_000], vec![0]].concat();
    let text = dcc::pack(&cose::sign(&signer, &deep).unwrap());
    assert_eq!(reason(verify(&text, &trust, ISSUED)), Some(NotValid::Content));
    assert_eq!(reason(verify(&dcc::pack(&deep), &trust, ISSUED)), Some(NotValid::Packing));
}

#[test]
fn a_certificate_never_outlasts_its_signer() {
    let (signer, trust) = signer();
    let mut claims = good();
    *part(&mut claims, &[4.into()]) = (signer.not_after() + 1).into();
    let long = dcc::pack(&cose::sign(&signer, &bytes(&claims)).unwrap());
    let long = verify(&long, &trust, ISSUED);
    let Verdict::ValidBut(_, caveats) = long else { panic!("it is genuine") };
    assert_eq!(caveats, [Caveat::NoStatusList, Caveat::OutlastsSigner]);

    let ours = dcc::issue(&signer, &vaccination("Anna"), ISSUED, i64::MAX).unwrap();
    let Verdict::ValidBut(claims, caveats) = verify(&ours, &trust, ISSUED) else {
        panic!("it is genuine")
    };
    assert_eq!(claims.expires_at, Some(signer.not_after()));
    assert_eq!(caveats, [Caveat::NoStatusList]);
}
