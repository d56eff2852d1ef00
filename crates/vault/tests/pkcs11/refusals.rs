//! What is refused: PINs, files, tokens, labels and keys.

use std::path::Path;

use cryptoki::{
    mechanism::Mechanism,
    object::{Attribute, AttributeType},
};
use testkit::softhsm::alone;
use vault::pkcs11::{KeyKind, Pin, PinError, Token, TokenAway, TokenError};

use super::common::{PIN, new_token, open, private_object, session};

const P256: [u8; 10] = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const P384: [u8; 7] = [6, 5, 0x2b, 0x81, 4, 0, 0x22];

#[test]
fn a_wrong_pin_is_refused() {
    alone(|hsm| {
        let soft = hsm.make_token("signers", PIN);
        std::fs::write(&soft.pin_file, "another\n").unwrap();
        assert_eq!(open(hsm, &soft, "signers").err(), Some(TokenError::PinRefused));
        std::fs::write(&soft.pin_file, PIN).unwrap();
        assert!(open(hsm, &soft, "signers").is_ok());
    });
}

#[test]
fn a_file_of_a_pin_that_others_may_use_is_refused() {
    alone(|hsm| {
        let soft = hsm.make_token("signers", PIN);
        for (mode, right) in
            [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o620, false)]
        {
            soft.open_pin_file(mode);
            let loaded = Pin::load(&soft.pin_file);
            assert_eq!(loaded.is_ok(), right, "{mode:o}");
            assert!(right || matches!(loaded, Err(PinError::TooOpen)), "{mode:o}");
        }
    });
}

#[test]
fn a_file_that_holds_no_pin_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pin");
    assert!(matches!(Pin::load(&path), Err(PinError::Io(_))));
    let longest = "7".repeat(255);
    for (text, right) in [
        ("1234", true),
        ("1234\n", true),
        ("1234\r\n", true),
        ("पिन", true),
        (&longest, true),
        (&format!("{longest}\r\n"), true),
        ("", false),
        ("\n", false),
        ("1234\n\n", false),
        ("1234\n5678\n", false),
        (&format!("{longest}7"), false),
        (&"7".repeat(100_000), false),
    ] {
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .unwrap();
        assert_eq!(Pin::load(&path).is_ok(), right, "{text:?}");
    }
    std::fs::write(&path, b"\xff1234").unwrap();
    assert!(matches!(Pin::load(&path), Err(PinError::NotAPin)));
}

#[test]
fn a_module_or_a_token_that_is_not_there_is_said_so() {
    alone(|hsm| {
        let (soft, _token) = new_token(hsm, "signers");
        assert_eq!(open(hsm, &soft, "others").err(), Some(TokenError::Away(TokenAway)));
        // As long as what precedes it, but not it.
        assert_eq!(open(hsm, &soft, "signer").err(), Some(TokenError::Away(TokenAway)));
        let text = soft.pin_file.clone();
        for module in
            [Path::new("/nowhere/module.so"), Path::new(env!("CARGO_MANIFEST_DIR")), &text]
        {
            let opened = Token::open(module, "signers", Pin::load(&soft.pin_file).unwrap());
            assert_eq!(opened.err(), Some(TokenError::Module), "{}", module.display());
        }
    });
}

#[test]
fn two_tokens_of_one_label_are_not_confused() {
    alone(|hsm| {
        let soft = hsm.make_token("signers", PIN);
        hsm.make_token("signers", PIN);
        assert_eq!(open(hsm, &soft, "signers").err(), Some(TokenError::SeveralTokens));
    });
}

#[test]
fn a_label_is_taken_once_and_is_a_line_of_text() {
    alone(|hsm| {
        let (_soft, token) = new_token(hsm, "signers");
        token.make_key(KeyKind::P256, "one").unwrap();
        for kind in [KeyKind::P256, KeyKind::Ed25519] {
            assert_eq!(token.make_key(kind, "one").err(), Some(TokenError::Exists));
        }
        for label in ["", "two\nlines", "\0", &"é".repeat(33)] {
            assert_eq!(token.make_key(KeyKind::P256, label).err(), Some(TokenError::Label));
        }
        token.make_key(KeyKind::P256, &"é".repeat(32)).unwrap();
        assert_eq!(token.find("on").err(), Some(TokenError::NotFound));
        assert_eq!(token.find("").err(), Some(TokenError::NotFound));
        assert_eq!(token.find_by_id(&[]).err(), Some(TokenError::NotFound));
        assert_eq!(token.keys().unwrap().len(), 2);
    });
}

#[test]
fn of_two_keys_with_one_label_each_is_found_by_its_id() {
    alone(|hsm| {
        let (_soft, token) = new_token(hsm, "signers");
        let one = token.make_key(KeyKind::P256, "one").unwrap();
        let two = token.make_key(KeyKind::P256, "two").unwrap();
        let session = session(hsm, "signers");
        for object in session.find_objects(&[Attribute::Label("two".into())]).unwrap() {
            session.update_attributes(object, &[Attribute::Label("one".into())]).unwrap();
        }
        assert_eq!(token.find("one").err(), Some(TokenError::SeveralKeys));
        for key in [one, two] {
            let found = token.find_by_id(key.id()).unwrap();
            assert!(found.public_key() == key.public_key());
            assert!(found.sign(b"a message").is_ok());
        }
    });
}

#[test]
fn a_key_that_may_leave_the_token_or_is_of_another_kind_does_not_sign_here() {
    alone(|hsm| {
        let (_soft, token) = new_token(hsm, "signers");
        let session = session(hsm, "signers");
        let make = |label: &str, curve: &[u8], sensitive: bool, extractable: bool| {
            let names = [Attribute::Label(label.into()), Attribute::Id(label.into())];
            let public = [
                Attribute::Token(true),
                Attribute::Verify(true),
                Attribute::EcParams(curve.to_vec()),
            ];
            let private = [
                Attribute::Token(true),
                Attribute::Private(true),
                Attribute::Sign(true),
                Attribute::Sensitive(sensitive),
                Attribute::Extractable(extractable),
            ];
            session
                .generate_key_pair(
                    &Mechanism::EccKeyPairGen,
                    &[&public[..], &names].concat(),
                    &[&private[..], &names].concat(),
                )
                .unwrap();
        };
        make("stays", &P256, true, false);
        make("leaves", &P256, true, true);
        make("shows", &P256, false, false);
        make("shows and leaves", &P256, false, true);
        make("bigger", &P384, true, false);
        // The test could see it if a key were shown.
        let shown = session
            .get_attributes(private_object(&session, "shows and leaves"), &[AttributeType::Value]);
        assert_eq!(shown.unwrap().len(), 1);

        assert!(token.find("stays").unwrap().sign(b"a message").is_ok());
        for label in ["leaves", "shows", "shows and leaves"] {
            assert_eq!(token.find(label).err(), Some(TokenError::Extractable), "{label}");
        }
        assert_eq!(token.find("bigger").err(), Some(TokenError::Kind));
        assert_eq!(token.keys().unwrap().len(), 1);
        assert_eq!(token.make_key(KeyKind::P256, "leaves").err(), Some(TokenError::Exists));
    });
}
