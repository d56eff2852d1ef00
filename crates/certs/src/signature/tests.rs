use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
        ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair,
        KeyPair, RSA_PSS_SHA256, RsaKeyPair,
    },
};
use serde_json::json;

use super::*;

const MESSAGE: &[u8] = b"a message";

fn ecdsa(by: &'static EcdsaSigningAlgorithm) -> (Vec<u8>, Vec<u8>) {
    let key = EcdsaKeyPair::generate(by).unwrap();
    let signature = key.sign(&SystemRandom::new(), MESSAGE).unwrap();
    (key.public_key().as_ref().to_vec(), signature.as_ref().to_vec())
}

/// A key of each kind and its signature of the message.
fn signed() -> Vec<(PublicKey, Scheme, Vec<u8>)> {
    let (p256, one) = ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING);
    let (p384, two) = ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING);
    let (p521, three) = ecdsa(&ECDSA_P521_SHA512_FIXED_SIGNING);
    let ed25519 = Ed25519KeyPair::generate().unwrap();
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let mut four = vec![0; rsa.public_modulus_len()];
    rsa.sign(&RSA_PSS_SHA256, &SystemRandom::new(), MESSAGE, &mut four).unwrap();
    let public = ed25519.public_key().as_ref().to_vec();
    vec![
        (PublicKey::P256(p256), Scheme::Es256, one),
        (PublicKey::P384(p384), Scheme::Es384, two),
        (PublicKey::P521(p521), Scheme::Es512, three),
        (PublicKey::Rsa(rsa.public_key().as_ref().to_vec()), Scheme::Ps256, four),
        (PublicKey::Ed25519(public), Scheme::EdDsa, ed25519.sign(MESSAGE).as_ref().to_vec()),
    ]
}

#[test]
fn a_signature_fits_its_key_its_message_and_its_scheme_only() {
    let all = signed();
    for (key, scheme, signature) in &all {
        let checker = Checker::new(key.clone());
        assert_eq!(key.verify(*scheme, MESSAGE, signature), Ok(()), "{scheme:?}");
        assert_eq!(key.verify(*scheme, b"another", signature), Err(BadSignature));
        assert_eq!(checker.verify(*scheme, MESSAGE, signature), Ok(()), "{scheme:?}");
        assert_eq!(checker.verify(*scheme, b"another", signature), Err(BadSignature));
        for place in [0, signature.len() / 2, signature.len() - 1] {
            let mut bent = signature.clone();
            bent[place] ^= 1;
            assert_eq!(key.verify(*scheme, MESSAGE, &bent), Err(BadSignature), "{scheme:?}");
            assert_eq!(checker.verify(*scheme, MESSAGE, &bent), Err(BadSignature), "{scheme:?}");
        }
        for (_, other, _) in &all {
            assert_eq!(key.verify(*other, MESSAGE, signature).is_ok(), other == scheme);
            assert_eq!(checker.verify(*other, MESSAGE, signature).is_ok(), other == scheme);
        }
    }
}

#[test]
fn a_key_that_is_none_fits_nothing() {
    for (key, scheme, signature) in signed() {
        let broken = match key {
            PublicKey::P256(bytes) => PublicKey::P256(vec![4; bytes.len()]),
            PublicKey::P384(bytes) => PublicKey::P384(vec![4; bytes.len()]),
            PublicKey::P521(bytes) => PublicKey::P521(vec![4; bytes.len()]),
            PublicKey::Rsa(bytes) => PublicKey::Rsa(bytes[1..].to_vec()),
            PublicKey::Ed25519(bytes) => PublicKey::Ed25519(bytes[1..].to_vec()),
        };
        assert_eq!(broken.verify(scheme, MESSAGE, &signature), Err(BadSignature));
        assert_eq!(Checker::new(broken).verify(scheme, MESSAGE, &signature), Err(BadSignature));
    }
}

#[cfg(feature = "portable")]
#[test]
fn both_libraries_give_the_same_answers() {
    for (key, scheme, signature) in signed() {
        assert!(portable::verify(&key, MESSAGE, &signature), "{scheme:?}");
        assert!(portable::Ready::new(&key).verify(MESSAGE, &signature), "{scheme:?}");
        assert!(!portable::verify(&key, b"another", &signature), "{scheme:?}");
        for cut in [0, 1, signature.len() - 1] {
            assert!(!portable::verify(&key, MESSAGE, &signature[..cut]), "{scheme:?}");
            assert!(!backend::verify(&key, MESSAGE, &signature[..cut]), "{scheme:?}");
        }
    }
    assert_eq!(portable::sha256(MESSAGE), backend::sha256(MESSAGE));
}

#[test]
fn a_key_comes_back_from_its_json() {
    for (key, scheme, _) in signed() {
        assert_eq!(PublicKey::from_jwk(&key.to_jwk()), Ok(key), "{scheme:?}");
    }
    for wrong in [json!({}), json!([]), json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "" })]
    {
        assert_eq!(PublicKey::from_jwk(&wrong), Err(BadKey));
    }
}

/// The example of RFC 7638, section 3.1.
#[test]
fn the_thumbprint_is_that_of_the_standard() {
    let jwk = json!({
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        "e": "AQAB",
        "alg": "RS256",
        "kid": "2011-04-29",
    });
    let key = PublicKey::from_jwk(&jwk).unwrap();
    assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}
