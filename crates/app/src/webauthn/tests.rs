use testkit::authenticator::{Authenticator, Said, attestation};

use super::*;

const ORIGIN: &str = "https://teeka.example";

fn party() -> RelyingParty {
    RelyingParty::of_address(ORIGIN).unwrap()
}

fn both() -> [Authenticator; 2] {
    ["es256", "eddsa"].map(|kind| match kind {
        "es256" => Authenticator::es256("teeka.example", ORIGIN),
        _ => Authenticator::eddsa("teeka.example", ORIGIN),
    })
}

fn made(said: &Said) -> Result<(String, Made), NotProven> {
    let attested = Attested { client_data: &said.client_data, attestation: &said.data };
    check_made(&attested, &party())
}

fn asserted(said: &Said, key: &PublicKey) -> Result<u32, NotProven> {
    let asserted = Asserted {
        client_data: &said.client_data,
        authenticator_data: &said.data,
        signature: &said.signature,
    };
    check_asserted(&asserted, key, &party())
}

#[test]
fn an_address_names_the_host_and_the_only_origin() {
    let party = |address| RelyingParty::of_address(address).map(|it| (it.id, it.origin));
    let some = |id: &str, origin: &str| Some((id.to_owned(), origin.to_owned()));
    assert_eq!(party("https://teeka.example"), some("teeka.example", "https://teeka.example"));
    let with_port = some("teeka.example", "https://teeka.example:8443");
    assert_eq!(party("https://Teeka.example:8443/under"), with_port);
    assert_eq!(party("https://teeka.example:443"), some("teeka.example", "https://teeka.example"));
    for odd in
        ["http://teeka.example", "https://10.0.0.1", "https://", "https://a:x", "https://[::1]"]
    {
        assert_eq!(party(odd), None, "{odd}");
    }
    assert!(RelyingParty::on_loopback(8080).is_loopback());
}

#[test]
fn a_passkey_is_made_and_signs_in_with_either_algorithm() {
    for mut authenticator in both() {
        let (challenge, made) = made(&authenticator.made("AAAA")).unwrap();
        assert_eq!((challenge.as_str(), &made.credential), ("AAAA", &authenticator.credential));
        assert_eq!(made.key.cose(), authenticator.cose());
        let kept = PublicKey::read(made.key.cose()).unwrap();
        assert_eq!(asserted(&authenticator.signs_in("BBBB"), &kept), Ok(0));
        authenticator.sign_count = 7;
        assert_eq!(asserted(&authenticator.signs_in("CCCC"), &kept), Ok(8));
    }
}

/// What a relay gets out of a browser: all of it is right, and made for the relay's own origin.
#[test]
fn what_was_made_for_another_origin_proves_nothing() {
    for origin in [
        "https://teeka.example.evil.example",
        "https://teeka.example:8443",
        "http://teeka.example",
        "https://TEEKA.example",
        "https://sub.teeka.example",
        "null",
        "",
    ] {
        for mut authenticator in both() {
            let key = PublicKey::read(&authenticator.cose()).unwrap();
            authenticator.origin = origin.to_owned();
            assert_eq!(made(&authenticator.made("A")).unwrap_err(), NotProven::Origin, "{origin}");
            let signed_in = asserted(&authenticator.signs_in("A"), &key);
            assert_eq!(signed_in, Err(NotProven::Origin), "{origin}");
        }
    }
    let framed = |extra: &str| {
        let text =
            format!(r#"{{"type":"webauthn.get","challenge":"A","origin":"{ORIGIN}"{extra}}}"#);
        check_client_data(text.as_bytes(), Ceremony::Get, &party())
    };
    assert_eq!(framed(""), Ok("A".to_owned()));
    assert_eq!(
        framed(r#","crossOrigin":false,"other":{"keys_can_be_added_here":1}"#),
        Ok("A".into())
    );
    assert_eq!(framed(r#","crossOrigin":true"#), Err(NotProven::Origin));
    assert_eq!(framed(r#","topOrigin":"https://evil.example""#), Err(NotProven::Origin));
    assert_eq!(framed(r#","origin":"https://evil.example""#), Err(NotProven::ClientData));
}

#[test]
fn another_occasion_party_or_nobody_there_proves_nothing() {
    for mut authenticator in both() {
        let key = PublicKey::read(&authenticator.cose()).unwrap();
        let other_kind = Said { data: authenticator.made("A").data, ..authenticator.signs_in("A") };
        assert_eq!(made(&other_kind).unwrap_err(), NotProven::Ceremony);
        let got = Said { client_data: authenticator.made("A").client_data, ..other_kind };
        assert_eq!(asserted(&got, &key), Err(NotProven::Ceremony));
        // Nobody there; there and not known; known and not there.
        for flags in [0, 1, 4] {
            authenticator.flags = flags;
            assert_eq!(made(&authenticator.made("A")).unwrap_err(), NotProven::NotVerified);
            let signed_in = asserted(&authenticator.signs_in("A"), &key);
            assert_eq!(signed_in, Err(NotProven::NotVerified));
        }
        authenticator.flags = testkit::authenticator::VERIFIED;
        authenticator.party = "evil.example".to_owned();
        assert_eq!(made(&authenticator.made("A")).unwrap_err(), NotProven::RelyingParty);
        let signed_in = asserted(&authenticator.signs_in("A"), &key);
        assert_eq!(signed_in, Err(NotProven::RelyingParty));
    }
}

#[test]
fn a_signature_is_of_that_key_and_of_every_byte() {
    let [mut one, mut other] = both();
    let key = PublicKey::read(&one.cose()).unwrap();
    assert_eq!(asserted(&other.signs_in("A"), &key), Err(NotProven::Signature));
    let good = one.signs_in("A");
    assert!(asserted(&good, &key).is_ok());
    let mut refused = 0;
    let parts: [fn(&mut Said) -> &mut Vec<u8>; 3] =
        [|it| &mut it.client_data, |it| &mut it.data, |it| &mut it.signature];
    for part in parts {
        for place in 0..part(&mut good.clone()).len() {
            let mut changed = good.clone();
            part(&mut changed)[place] ^= 1;
            refused += 1;
            assert!(asserted(&changed, &key).is_err(), "{place}");
        }
    }
    assert!(refused > 180, "{refused}");
    assert!(asserted(&Said { signature: Vec::new(), ..good }, &key).is_err());
}

#[test]
fn what_is_cut_or_has_more_is_refused_and_only_attestation_none_is_taken() {
    let authenticator = &both()[0];
    let said = authenticator.made("A");
    for length in 0..said.data.len() {
        let cut = Said { data: said.data[..length].to_vec(), ..said.clone() };
        assert_eq!(made(&cut).unwrap_err(), NotProven::AuthenticatorData, "{length}");
    }
    let longer = Said { data: [&said.data[..], &[0]].concat(), ..said.clone() };
    assert_eq!(made(&longer).unwrap_err(), NotProven::AuthenticatorData);
    let data = authenticator::data_of(&said.data).unwrap();
    for (form, data) in [
        ("none", [&data[..], &[0]].concat()),
        ("none", data[..37].to_vec()),
        ("packed", data.clone()),
        ("None", data.clone()),
        ("", data),
    ] {
        let other = Said { data: attestation(form, data), ..said.clone() };
        assert_eq!(made(&other).unwrap_err(), NotProven::AuthenticatorData, "{form}");
    }
    // Deeper than anything an authenticator says.
    let deep = Said { data: vec![0x81; 60_000], ..said };
    assert_eq!(made(&deep).unwrap_err(), NotProven::AuthenticatorData);
}

#[test]
fn a_key_is_a_point_of_one_of_two_curves() {
    let [one, other] = both();
    let mut off_curve = one.cose();
    let last = off_curve.len() - 1;
    off_curve[last] ^= 1;
    assert_eq!(PublicKey::read(&off_curve).unwrap_err(), NotProven::Key);
    // {1: 3, 3: -257}: RSA, which is not asked for; a map of nothing; no map.
    for odd in [&[0xa2, 1, 3, 3, 0x39, 1, 0][..], &[0xa0], &[0x01], &[]] {
        assert_eq!(PublicKey::read(odd).unwrap_err(), NotProven::Key);
    }
    // The key of one under the algorithm of the other.
    for (cose, from, to) in [(one.cose(), 0x26, 0x27), (other.cose(), 0x27, 0x26)] {
        let place = cose.windows(2).position(|pair| pair == [3, from]).unwrap();
        let mut swapped = cose.clone();
        swapped[place + 1] = to;
        assert_eq!(PublicKey::read(&swapped).unwrap_err(), NotProven::Key);
    }
}
