use certs::{
    dcc,
    signer::{Signer, make_signer},
    status::{IdKind, WithdrawnIds, uvci_hash},
    trust::bundle::Content,
    vaccination::{Born, Codes, Gender, Place, Vaccination},
};

use super::*;

const NOW: i64 = 1_700_000_000;

fn vaccination() -> Vaccination<'static> {
    Vaccination {
        id: uuid::Uuid::from_bytes([7; 16]),
        name: "Asha \"Āśā\" Demo",
        born: Born::Year(1980),
        gender: Gender::Female,
        reference: "12345678901234",
        vaccine: "COVISHIELD",
        codes: Codes {
            disease: dcc::COVID_19,
            icd11: "XM9QW8",
            prophylaxis: "29061000087103",
            product: "Covishield",
            manufacturer: "ORG-100001981",
            maker: "Serum Institute of India",
            cvx: "210",
        },
        lot: "4121Z008",
        vaccinator: "Meera Pillai",
        place: Place { facility: "PHC", district: "Pune", state: "MH", pincode: 411_001 },
        dose_number: 1,
        doses_total: 2,
        given_on: jiff::civil::date(2023, 11, 1),
        country: "IN",
        issuer: "Ministry of Health",
    }
}

fn signer() -> Signer {
    let new = make_signer("IN", "Ministry of Health", jiff::civil::date(2023, 1, 1)).unwrap();
    Signer::from_pem(&new.key_pem, &new.certificate_pem).unwrap()
}

/// What the page hands in: the anchor and a bundle with these withdrawn certificates.
fn trust(signer: &Signer, withdrawn: &[String]) -> Vec<u8> {
    let list = WithdrawnIds {
        kind: IdKind::Uvci,
        issuer: "IN".to_owned(),
        ids: withdrawn.iter().map(|uvci| (uvci_hash(uvci), None)).collect(),
        issued_at: NOW,
        valid_until: NOW + 86_400,
    };
    let content = Content {
        signers: vec![signer.certificate_der().to_vec()],
        withdrawn: vec![list],
        ..Content::default()
    };
    let bundle = content.sign(signer.key(), NOW, NOW + 86_400).unwrap();
    format!("{}\n{bundle}", signer.key().public_key().to_jwk()).into_bytes()
}

/// Hands bytes in as the page does.
fn give(state: &mut State, bytes: &[u8]) {
    state.begin(bytes.len());
    for four in bytes.chunks(4) {
        let mut word = [0; 4];
        word[..four.len()].copy_from_slice(four);
        state.push(u32::from_le_bytes(word));
    }
}

/// Takes an answer out as the page does.
fn answer(state: &State, length: usize) -> Value {
    let words = (0..length).step_by(4).map(|place| state.pull(place).to_le_bytes());
    let bytes: Vec<u8> = words.flatten().take(length).collect();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn what_a_page_hands_in_is_checked_and_the_answer_comes_out() {
    let (signer, mut state) = (signer(), State::default());
    let text = dcc::issue(&signer, &vaccination(), NOW, NOW + 86_400).unwrap();
    let check = |state: &mut State| {
        give(state, text.as_bytes());
        let length = state.check_file(NOW);
        answer(state, length)[0].clone()
    };
    assert_eq!(check(&mut state)["why"], "its signer is not known");

    give(&mut state, &trust(&signer, &[]));
    let length = state.set_trust();
    assert_eq!(answer(&state, length)["issued_at"], NOW);
    let valid = check(&mut state);
    assert_eq!((&valid["verdict"], &valid["name"]), (&"valid".into(), &"Asha \"Āśā\" Demo".into()));

    give(&mut state, &trust(&signer, &[vaccination().uvci()]));
    state.set_trust();
    assert_eq!(check(&mut state)["why"], "it was withdrawn");
}

#[test]
fn a_bundle_that_is_none_changes_nothing_and_says_why() {
    let (signer, mut state) = (signer(), State::default());
    for (input, why) in [
        (&b""[..], "the trust bundle has no anchor"),
        (b"{}\nx", "not a public key of P-256, P-384, P-521, RSA or Ed25519"),
        (b"\xff", "the trust bundle is not text"),
    ] {
        give(&mut state, input);
        let length = state.set_trust();
        assert_eq!(answer(&state, length)["error"], why);
    }
    let mut bent = trust(&signer, &[]);
    let last = bent.len() - 10;
    bent[last] = if bent[last] == b'A' { b'B' } else { b'A' };
    give(&mut state, &bent);
    let length = state.set_trust();
    let why = "the trust bundle's signature does not fit the anchor";
    assert_eq!(answer(&state, length)["error"], why);
}

#[test]
fn a_picture_of_any_size_and_an_input_of_any_length_get_an_answer() {
    let mut state = State::default();
    for (width, length) in [(0, 0), (0, 9), (3, 10), (usize::MAX, 4), (1_000, 20_000)] {
        give(&mut state, &vec![128; length]);
        let length = state.check_picture(width, NOW);
        assert_eq!(answer(&state, length), json!([]));
    }
    // More is pushed than was announced, and less.
    state.begin(2);
    state.push(u32::MAX);
    state.push(u32::MAX);
    assert_eq!(state.take(), [255, 255]);
    state.begin(100);
    assert!(state.take().is_empty());
    assert_eq!(state.pull(usize::MAX - 8), 0);
}
