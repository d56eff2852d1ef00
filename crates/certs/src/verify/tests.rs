mod forms;

use jiff::civil::date;
use proptest::prelude::*;

use super::{verify_text as verify, *};
use crate::{
    dcc,
    hcert::{cose::Signed, signer_of, unpack},
    signer::{Signer, make_signer},
    vaccination::tests::vaccination,
    verdict::Caveat,
};

const ISSUED: i64 = 1_640_000_000;
const EXPIRES: i64 = ISSUED + 86_400 * 730;

fn signer() -> (Signer, Trust) {
    let new = make_signer("IN", "Ministry of Health", date(2021, 1, 1)).unwrap();
    let signer = Signer::from_pem(&new.key_pem, &new.certificate_pem).unwrap();
    (signer, Trust::from_pem(&new.certificate_pem).unwrap())
}

fn certificate(signer: &Signer, name: &str) -> String {
    dcc::issue(signer, &vaccination(name), ISSUED, EXPIRES).unwrap()
}

#[expect(clippy::needless_pass_by_value, reason = "each verdict is asked about once")]
fn reason(verdict: Verdict) -> Option<NotValid> {
    match verdict {
        Verdict::NotValid(why) => Some(why),
        _ => None,
    }
}

fn name_of(verdict: Verdict) -> Option<String> {
    match verdict {
        Verdict::Valid(claims) | Verdict::ValidBut(claims, _) => claims.name,
        Verdict::NotValid(_) => None,
    }
}

#[test]
fn names_of_any_kind_come_back_as_they_were() {
    let (signer, trust) = signer();
    let long = format!("{} {}", "a".repeat(60), "b".repeat(39));
    for name in ["O'Brien \"Bob\"", "सीता देवी", "Ravi", "🙂 Kumar", "José-María", long.as_str()]
    {
        let text = certificate(&signer, name);
        assert!(text.len() < 900, "{}", text.len());
        assert!(name_of(verify(&text, &trust, ISSUED + 5)).as_deref() == Some(name), "{name}");
    }
}

#[test]
fn another_signer_or_another_time_is_not_valid() {
    let (signer, trust) = signer();
    let (_, other_trust) = self::signer();
    let text = certificate(&signer, "Anna");
    let at = |trust, now| reason(verify(&text, trust, now));
    assert_eq!(at(&trust, ISSUED), None);
    assert_eq!(at(&other_trust, ISSUED), Some(NotValid::UnknownSigner));
    assert_eq!(at(&trust, EXPIRES + 1), Some(NotValid::Expired));
    assert_eq!(at(&trust, ISSUED - 3_600), Some(NotValid::NotYet));
}

#[test]
fn a_changed_name_is_not_valid() {
    let (signer, trust) = signer();
    let mut unpacked = unpack(&certificate(&signer, "Anna")).unwrap();
    assert!(signer_of(&Signed::read(&unpacked).unwrap(), &trust).is_ok());
    let place = unpacked.windows(4).position(|window| window == b"Anna").unwrap();
    unpacked[place] = b'B';
    let sealed = Signed::read(&unpacked).unwrap();
    assert_eq!(signer_of(&sealed, &trust).err(), Some(NotValid::Signature));
}

#[test]
fn a_bomb_is_refused_at_once() {
    use std::io::Write;
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    zlib.write_all(&vec![0; 8 << 20]).unwrap();
    let text = format!("HC1:{}", base45::encode(zlib.finish().unwrap()));
    assert!(text.len() < MOST_TEXT);
    let trust = Trust::default();
    assert_eq!(reason(verify(&text, &trust, ISSUED)), Some(NotValid::Packing));
    let deep = format!("HC1:{}", "0".repeat(MOST_TEXT));
    assert_eq!(reason(verify(&deep, &trust, ISSUED)), Some(NotValid::NotACertificate));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_changed_character_is_noticed(place in 4_usize..300, with in "[0-9A-Z]") {
        let (signer, trust) = signer();
        let mut text = certificate(&signer, "Anna");
        let place = place.min(text.len() - 1);
        let changed = &text[place..=place] != with.as_str();
        text.replace_range(place..=place, &with);
        prop_assert_eq!(reason(verify(&text, &trust, ISSUED)).is_some(), changed);
    }

    #[test]
    fn any_name_comes_back_as_it_was(name in "\\PC{1,160}") {
        let (signer, trust) = signer();
        let verdict = verify(&certificate(&signer, &name), &trust, ISSUED);
        let held = name_of(verdict).unwrap_or_default();
        // A name that is too long for one field is broken at a space.
        let without_spaces = |name: &str| name.split_whitespace().collect::<String>();
        prop_assert_eq!(without_spaces(&held), without_spaces(&name));
    }

    #[test]
    fn any_text_gets_an_answer(text in "(HC1:)?[ -Z]{0,400}") {
        let verdict = verify(&text, &Trust::default(), ISSUED);
        prop_assert!(reason(verdict).is_some());
    }
}
