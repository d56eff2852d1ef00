//! Keys are made, found, signed with and destroyed.

use std::time::Instant;

use cryptoki::{
    mechanism::Mechanism,
    object::{Attribute, AttributeType, ObjectClass},
};
use testkit::softhsm::alone;
use vault::pkcs11::{KeyKind, TokenAway, TokenError, TokenKey, TokenPublicKey};

use super::common::{KINDS, fits, new_token, open, private_object, session};

#[test]
fn a_key_of_each_kind_is_made_found_again_and_signs() {
    alone(|hsm| {
        let (soft, token) = new_token(hsm, "signers");
        for (kind, label) in KINDS.into_iter().zip(["a point", "बी", "c \"quoted\" 🔑"]) {
            let made = token.make_key(kind, label).unwrap();
            let shape = match (kind, made.public_key()) {
                (KeyKind::P256, TokenPublicKey::P256(point)) => point.len() == 65 && point[0] == 4,
                (KeyKind::Ed25519, TokenPublicKey::Ed25519(key)) => key.len() == 32,
                (KeyKind::Rsa2048, TokenPublicKey::Rsa(der)) => der.len() == 270 && der[0] == 0x30,
                _ => false,
            };
            assert!(shape, "{kind:?}");
            let signature = made.sign(b"a message").unwrap();
            assert!(fits(made.public_key(), b"a message", &signature), "{kind:?}");
            assert!(!fits(made.public_key(), b"b message", &signature), "{kind:?}");

            // Another token object, as after a restart of the program.
            let again = open(hsm, &soft, "signers").unwrap();
            let by_label = again.find(label).unwrap();
            let by_id = again.find_by_id(made.id()).unwrap();
            for found in [by_label, by_id] {
                assert!(found.public_key() == made.public_key(), "{kind:?}");
                assert_eq!((found.label().as_ref(), found.id()), (label, made.id()));
                let signature = found.sign(&[]).unwrap();
                assert!(fits(made.public_key(), &[], &signature), "{kind:?}");
            }
        }
        let labels = |keys: Vec<TokenKey>| -> Vec<String> {
            keys.iter().map(|key| key.label().into_owned()).collect()
        };
        assert_eq!(labels(token.keys().unwrap()), ["a point", "c \"quoted\" 🔑", "बी"]);
    });
}

#[test]
fn a_message_of_a_megabyte_is_signed_by_each_kind() {
    alone(|hsm| {
        let (_soft, token) = new_token(hsm, "signers");
        let message = vec![0x5a; 1 << 20];
        for kind in KINDS {
            let key = token.make_key(kind, &format!("{kind:?}")).unwrap();
            assert!(fits(key.public_key(), &message, &key.sign(&message).unwrap()), "{kind:?}");
        }
    });
}

#[test]
fn a_wrapping_key_cannot_be_read_from_the_token() {
    alone(|hsm| {
        let (_soft, token) = new_token(hsm, "keyholder");
        token.make_wrapping_key("stays").unwrap();
        let session = session(hsm, "keyholder");
        // The twin: a key that another program made so that it is shown.
        let shown = [
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::Token(true),
            Attribute::Label("shown".into()),
            Attribute::Private(true),
            Attribute::Sensitive(false),
            Attribute::Extractable(true),
            Attribute::Encrypt(true),
            Attribute::ValueLen(32.into()),
        ];
        session.generate_key(&Mechanism::AesKeyGen, &shown).unwrap();
        let value = |label: &str| {
            let class = Attribute::Class(ObjectClass::SECRET_KEY);
            let found = session.find_objects(&[class, Attribute::Label(label.into())]).unwrap();
            session.get_attributes(found[0], &[AttributeType::Value])
        };
        let twin = value("shown").unwrap();
        assert!(matches!(&twin[..], [Attribute::Value(key)] if key.len() == 32));
        let read = value("stays");
        assert!(read.as_ref().map_or(true, Vec::is_empty));
    });
}

#[test]
fn a_private_key_cannot_be_read_from_the_token() {
    alone(|hsm| {
        let (_soft, token) = new_token(hsm, "signers");
        for kind in KINDS {
            let label = format!("{kind:?}");
            token.make_key(kind, &label).unwrap();
            let session = session(hsm, "signers");
            let object = private_object(&session, &label);
            for secret in [AttributeType::Value, AttributeType::PrivateExponent] {
                let read = session.get_attributes(object, &[secret]);
                assert!(read.as_ref().map_or(true, Vec::is_empty), "{kind:?} {secret}");
            }
            let history = [
                AttributeType::Local,
                AttributeType::AlwaysSensitive,
                AttributeType::NeverExtractable,
                AttributeType::Extractable,
                AttributeType::Decrypt,
                AttributeType::Derive,
                AttributeType::Unwrap,
            ];
            assert_eq!(
                session.get_attributes(object, &history).unwrap(),
                [
                    Attribute::Local(true),
                    Attribute::AlwaysSensitive(true),
                    Attribute::NeverExtractable(true),
                    Attribute::Extractable(false),
                    Attribute::Decrypt(false),
                    Attribute::Derive(false),
                    Attribute::Unwrap(false),
                ]
            );
        }
    });
}

#[test]
fn a_destroyed_key_is_gone_and_the_others_stay() {
    alone(|hsm| {
        let (_soft, token) = new_token(hsm, "signers");
        let one = token.make_key(KeyKind::P256, "one").unwrap();
        let other = token.make_key(KeyKind::P256, "other").unwrap();
        one.sign(b"a message").unwrap();
        token.destroy(&one).unwrap();
        assert_eq!(one.sign(b"a message"), Err(TokenAway));
        assert_eq!(token.find("one").err(), Some(TokenError::NotFound));
        assert_eq!(token.destroy(&one), Err(TokenError::NotFound));
        assert!(fits(other.public_key(), b"a message", &other.sign(b"a message").unwrap()));
        // Neither half of it is left, so its label is free.
        let next = token.make_key(KeyKind::Ed25519, "one").unwrap();
        assert!(fits(next.public_key(), b"a message", &next.sign(b"a message").unwrap()));
        assert_eq!(one.sign(b"a message"), Err(TokenAway));
    });
}

#[test]
fn another_key_in_the_place_of_one_does_not_sign_for_it() {
    alone(|hsm| {
        let (_soft, token) = new_token(hsm, "signers");
        let key = token.make_key(KeyKind::P256, "one").unwrap();
        key.sign(b"a message").unwrap();
        let (label, id) = (key.label().into_owned(), key.id().to_vec());
        token.destroy(&key).unwrap();
        token.make_key(KeyKind::P256, &label).unwrap();
        let session = session(hsm, "signers");
        for object in session.find_objects(&[Attribute::Label(label.into())]).unwrap() {
            session.update_attributes(object, &[Attribute::Id(id.clone())]).unwrap();
        }
        let next = token.find_by_id(&id).unwrap();
        // A session knows by now where a key of this label and id is: not this one.
        assert!(fits(next.public_key(), b"a message", &next.sign(b"a message").unwrap()));
        assert_eq!(key.sign(b"a message"), Err(TokenAway));
    });
}

#[test]
fn many_threads_sign_at_once() {
    const THREADS: usize = 20;
    const EACH: usize = 100;
    alone(|hsm| {
        let (_soft, token) = new_token(hsm, "signers");
        for kind in KINDS {
            let key = token.make_key(kind, &format!("{kind:?}")).unwrap();
            let sign = |thread: usize| {
                let message = |n: usize| [thread, n].map(usize::to_be_bytes).concat();
                let signed = |n| (message(n), key.sign(&message(n)).unwrap());
                (0..EACH).map(signed).collect::<Vec<_>>()
            };
            let begun = Instant::now();
            let signed: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> =
                    (0..THREADS).map(|thread| scope.spawn(move || sign(thread))).collect();
                threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
            });
            let seconds = begun.elapsed().as_secs_f64();
            let count = u32::try_from(signed.len()).unwrap();
            println!(
                "{kind:?}: {:.0} signatures/s by {THREADS} threads",
                f64::from(count) / seconds
            );
            assert_eq!(signed.len(), THREADS * EACH);
            for (message, signature) in signed {
                assert!(fits(key.public_key(), &message, &signature), "{kind:?}");
            }
        }
    });
}
