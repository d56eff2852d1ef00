//! What the tests of tokens share.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use cryptoki::{
    context::Pkcs11,
    object::{Attribute, ObjectClass, ObjectHandle},
    session::Session,
};
use testkit::softhsm::{SoftHsm, SoftToken};
use vault::pkcs11::{KeyKind, Pin, Token, TokenError, TokenPublicKey};

pub(crate) const PIN: &str = "pin-7291";
pub(crate) const KINDS: [KeyKind; 3] = [KeyKind::P256, KeyKind::Ed25519, KeyKind::Rsa2048];

pub(crate) fn open(hsm: &SoftHsm, token: &SoftToken, label: &str) -> Result<Token, TokenError> {
    Token::open(hsm.module(), label, Pin::load(&token.pin_file).unwrap())
}

/// A new token and the way to it.
pub(crate) fn new_token(hsm: &SoftHsm, label: &str) -> (SoftToken, Token) {
    let soft = hsm.make_token(label, PIN);
    let token = open(hsm, &soft, label).unwrap();
    (soft, token)
}

/// Whether a signature is that of the message, by a library that knows nothing of tokens.
pub(crate) fn fits(key: &TokenPublicKey, message: &[u8], signature: &[u8]) -> bool {
    let (algorithm, bytes): (&'static dyn VerificationAlgorithm, _) = match key {
        TokenPublicKey::P256(bytes) => (&ECDSA_P256_SHA256_FIXED, bytes),
        TokenPublicKey::Ed25519(bytes) => (&ED25519, bytes),
        TokenPublicKey::Rsa(bytes) => (&RSA_PSS_2048_8192_SHA256, bytes),
    };
    UnparsedPublicKey::new(algorithm, bytes).verify(message, signature).is_ok()
}

/// Another program's view of the token of a label: a session that may write. The login is the
/// process's, so that it has it if a [`Token`] is open.
pub(crate) fn session(hsm: &SoftHsm, label: &str) -> Session {
    let context = Pkcs11::new(hsm.module()).unwrap();
    let slots = context.get_slots_with_token().unwrap();
    let slot = slots
        .into_iter()
        .find(|slot| context.get_token_info(*slot).unwrap().label() == label)
        .unwrap();
    context.open_rw_session(slot).unwrap()
}

pub(crate) fn private_object(session: &Session, label: &str) -> ObjectHandle {
    let class = Attribute::Class(ObjectClass::PRIVATE_KEY);
    session.find_objects(&[class, Attribute::Label(label.into())]).unwrap()[0]
}

/// What is logged in a test, line by line.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Begins to keep what this process logs.
    pub(crate) fn keep() -> Self {
        let log = Self::default();
        let writer = log.clone();
        tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).init();
        log
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    pub(crate) fn lines_with(&self, words: &str) -> usize {
        self.text().lines().filter(|line| line.contains(words)).count()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Token>();
    shared::<vault::pkcs11::TokenKey>();
};
