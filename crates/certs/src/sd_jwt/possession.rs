//! A wallet's proof that it has the key that a certificate is to be bound to: made by the wallet,
//! checked by the issuer before the certificate exists.

use serde_json::{Value, json};

use super::Asked;
use crate::{
    jws::{self, Jws},
    signature::PublicKey,
    signer::key::{NotSigned, SigningKey},
    verdict::in_time,
};

/// What stands in the header of such a proof.
const HEADER: &str = "openid4vci-proof+jwt";
/// How such proofs are signed.
const ALGORITHM: &str = "ES256";
/// How old one may be, in seconds: it is made when it is asked for.
const PROOF_SECONDS: i64 = 300;
/// The longest that is read. One with a key and a nonce has about 500 bytes; a key's attestation may
/// come with it, which is not asked for and not looked at.
const MAX_LENGTH: usize = 8 * 1024;

/// A proof says nothing about a key, or was made for another time, issuer or kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no proof of a key, made for this issuer now")]
pub struct NotProven;

/// What a proof says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Possession {
    /// The wallet's key.
    pub key: PublicKey,
    /// The number that the issuer gave out, which it has to know again.
    pub nonce: String,
}

/// Proves that a wallet has a key.
///
/// # Units
///
/// `now` is seconds since 1970.
///
/// # Errors
///
/// [`NotSigned`] if the key cannot be reached.
///
/// # Source
///
/// `OpenID4VCI` 1.0, appendix F.1.
pub fn prove_possession(
    key: &dyn SigningKey,
    asked: &Asked<'_>,
    now: i64,
) -> Result<String, NotSigned> {
    let header = json!({ "typ": HEADER, "jwk": key.public_key().to_jwk() });
    let payload = json!({ "aud": asked.audience, "iat": now, "nonce": asked.nonce });
    jws::sign(key, header, payload.to_string().as_bytes())
}

/// Checks such a proof, except whether its number is one that was given out.
///
/// # Units
///
/// `now` is seconds since 1970.
///
/// # Errors
///
/// [`NotProven`] if it is not signed by the key of P-256 in its header, by ES256, or is not of this
/// kind, for this issuer, or of the last five minutes.
///
/// # Source
///
/// `OpenID4VCI` 1.0, appendices F.1 and F.4.
pub fn check_possession(text: &str, issuer: &str, now: i64) -> Result<Possession, NotProven> {
    if text.len() > MAX_LENGTH {
        return Err(NotProven);
    }
    let bad = |_| NotProven;
    let proof = Jws::read(text).map_err(bad)?;
    let named_otherwise = ["kid", "x5c"].iter().any(|name| proof.header.get(name).is_some());
    let of_this_kind = proof.text("typ") == Some(HEADER) && proof.text("alg") == Some(ALGORITHM);
    let jwk = &proof.header["jwk"];
    // A wallet that sends its secret has none any more.
    if !of_this_kind || named_otherwise || jwk.get("d").is_some() {
        return Err(NotProven);
    }
    let key = PublicKey::from_jwk(jwk).map_err(|_| NotProven)?;
    proof.verify(&key).map_err(|_| NotProven)?;
    let payload: Value = serde_json::from_slice(&proof.payload).map_err(|_| NotProven)?;
    let made_at = jws::instant(&payload, "iat").map_err(bad)?.ok_or(NotProven)?;
    let until = jws::instant(&payload, "exp").map_err(bad)?.unwrap_or(i64::MAX);
    let until = until.min(made_at.saturating_add(PROOF_SECONDS));
    in_time(Some(made_at), Some(until), now).map_err(bad)?;
    match (payload["aud"].as_str(), payload["nonce"].as_str()) {
        (Some(audience), Some(nonce)) if audience == issuer => {
            Ok(Possession { key, nonce: nonce.to_owned() })
        }
        _ => Err(NotProven),
    }
}

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;
    use crate::signature::Scheme;
    use crate::signer::key::{LocalKey, make_key};

    const ISSUER: &str = "https://teeka.example";
    const NOW: i64 = 1_640_000_000;
    const ASKED: Asked<'_> = Asked { audience: ISSUER, nonce: "n-1" };

    fn key(scheme: Scheme) -> LocalKey {
        LocalKey::from_pem(&make_key(scheme).unwrap()).unwrap()
    }

    fn checked(text: &str) -> Result<Possession, NotProven> {
        check_possession(text, ISSUER, NOW)
    }

    /// A proof with something else in its header or payload.
    fn changed(key: &LocalKey, header: &Value, payload: &Value) -> String {
        let put = |mut into: Value, changes: &Value| {
            for (name, value) in changes.as_object().unwrap() {
                into[name] = value.clone();
            }
            into
        };
        let jwk = key.public_key().to_jwk();
        let header = put(json!({ "typ": HEADER, "jwk": jwk }), header);
        let payload = put(json!({ "aud": ISSUER, "iat": NOW, "nonce": "n-1" }), payload);
        jws::sign(key, header, payload.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_proof_gives_the_key_and_the_nonce() {
        let key = key(Scheme::Es256);
        let proof = prove_possession(&key, &ASKED, NOW).unwrap();
        let possession = Possession { key: key.public_key().clone(), nonce: "n-1".to_owned() };
        assert_eq!(checked(&proof), Ok(possession.clone()));
        assert_eq!(checked(&changed(&key, &json!({}), &json!({}))), Ok(possession));
        // A clock that goes wrong by a little, and what nobody asked for.
        for payload in
            [json!({ "iat": NOW + 60 }), json!({ "iat": NOW - 300 }), json!({ "iss": "me" })]
        {
            assert!(checked(&changed(&key, &json!({}), &payload)).is_ok(), "{payload}");
        }
        assert!(
            checked(&changed(&key, &json!({ "key_attestation": "e.y.J" }), &json!({}))).is_ok()
        );
    }

    #[test]
    fn what_is_not_for_this_issuer_now_proves_nothing() {
        let key = key(Scheme::Es256);
        for payload in [
            json!({ "aud": "https://other.example" }),
            json!({ "aud": [ISSUER] }),
            json!({ "aud": null }),
            json!({ "nonce": null }),
            json!({ "nonce": 1 }),
            json!({ "iat": null }),
            json!({ "iat": "now" }),
            json!({ "iat": NOW - 301 }),
            json!({ "iat": NOW + 3_600 }),
            json!({ "iat": i64::MAX }),
            json!({ "iat": i64::MIN }),
            json!({ "exp": NOW - 61 }),
        ] {
            assert_eq!(checked(&changed(&key, &json!({}), &payload)), Err(NotProven), "{payload}");
        }
    }

    #[test]
    fn a_key_that_did_not_sign_or_is_named_otherwise_is_not_proven() {
        let (key, other) = (key(Scheme::Es256), key(Scheme::Es256));
        let mut secret = key.public_key().to_jwk();
        secret["d"] = "AA".into();
        let mut off_curve = key.public_key().to_jwk();
        off_curve["y"] = URL_SAFE_NO_PAD.encode([1; 32]).into();
        for header in [
            json!({ "typ": "JWT" }),
            json!({ "typ": null }),
            json!({ "kid": "did:example:1#1" }),
            json!({ "x5c": [] }),
            json!({ "jwk": null }),
            json!({ "jwk": other.public_key().to_jwk() }),
            json!({ "jwk": secret }),
            json!({ "jwk": off_curve }),
            json!({ "jwk": { "kty": "oct", "k": "AA" } }),
            json!({ "crit": ["b64"] }),
        ] {
            assert_eq!(checked(&changed(&key, &header, &json!({}))), Err(NotProven), "{header}");
        }
        let proof = prove_possession(&key, &ASKED, NOW).unwrap();
        let (signed, signature) = proof.rsplit_once('.').unwrap();
        let (_, payload) = signed.split_once('.').unwrap();
        for alg in ["none", "None", "HS256", "ES384", "EdDSA", ""] {
            let header = json!({ "typ": HEADER, "jwk": key.public_key().to_jwk(), "alg": alg });
            let header = URL_SAFE_NO_PAD.encode(header.to_string());
            for signature in [signature, "", "AA"] {
                let text = format!("{header}.{payload}.{signature}");
                assert_eq!(checked(&text), Err(NotProven), "{alg}");
            }
        }
        let of_ed25519 = self::key(Scheme::EdDsa);
        assert_eq!(checked(&changed(&of_ed25519, &json!({}), &json!({}))), Err(NotProven));
        let long = changed(&key, &json!({ "key_attestation": "A".repeat(8_192) }), &json!({}));
        assert_eq!(checked(&long), Err(NotProven));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_gets_an_answer(text in "(ey[A-Za-z0-9_.-]{0,400}|\\PC{0,50})") {
            prop_assert_eq!(checked(&text), Err(NotProven));
        }

        #[test]
        fn any_changed_character_is_noticed(place in 0_usize..2_000, with in "[A-Za-z0-9._-]") {
            let mut text = prove_possession(&key(Scheme::Es256), &ASKED, NOW).unwrap();
            let place = place % text.len();
            let changed = &text[place..=place] != with.as_str();
            text.replace_range(place..=place, &with);
            prop_assert_eq!(checked(&text).is_err(), changed);
        }
    }
}
