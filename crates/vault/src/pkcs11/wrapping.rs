//! A key on a token that wraps others: AES-256, made there, which cannot leave it.

use aws_lc_rs::rand;
use cryptoki::{
    error::{Error, RvError},
    mechanism::{Mechanism, aead::GcmParams},
    object::{Attribute, AttributeType, ObjectClass, ObjectHandle},
    session::Session,
};

use super::{
    Token, TokenAway, TokenError,
    key::check_label,
    pool::{Access, Failure},
};
use crate::Secret;

const NONCE: usize = 12;
const TAG_BITS: u64 = 128;

impl Token {
    /// Makes a key of a label on the token that wraps and unwraps, and stays.
    ///
    /// # Errors
    ///
    /// [`TokenError::Label`], [`TokenError::Exists`], [`TokenError::Kind`] if the token makes no such
    /// keys, [`TokenError::Extractable`] if one of that label may leave it.
    pub fn make_wrapping_key(&self, label: &str) -> Result<(), TokenError> {
        check_label(label)?;
        self.0.run(Access::Write, |token| make(token.session(), label))
    }

    /// Wraps a key under that of a label, bound to some bytes.
    ///
    /// # Shape
    ///
    /// Nonce (12 bytes), the key encrypted with AES-256-GCM (32), tag (16).
    ///
    /// # Errors
    ///
    /// [`TokenError::NotFound`] if the token has no such key, [`TokenError::Away`].
    pub fn wrap(
        &self,
        label: &str,
        bound_to: &[u8],
        key: &Secret<[u8; 32]>,
    ) -> Result<Vec<u8>, TokenError> {
        let mut nonce = [0; NONCE];
        rand::fill(&mut nonce).map_err(|_| TokenAway)?;
        let sealed = self.0.run(Access::Read, |token| {
            let handle = find(token.session(), label)?;
            let mut iv = nonce;
            let mechanism = gcm(&mut iv, bound_to)?;
            Ok(token.session().encrypt(&mechanism, handle, key.expose())?)
        })?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Unwraps what [`Token::wrap`] wrapped.
    ///
    /// # Errors
    ///
    /// [`TokenError::DoesNotUnwrap`] if it was changed or bound to other bytes,
    /// [`TokenError::NotFound`], [`TokenError::Away`].
    pub fn unwrap(
        &self,
        label: &str,
        bound_to: &[u8],
        wrapped: &[u8],
    ) -> Result<Secret<[u8; 32]>, TokenError> {
        let Some((nonce, sealed)) = wrapped.split_first_chunk::<NONCE>() else {
            return Err(TokenError::DoesNotUnwrap);
        };
        let plain = self.0.run(Access::Read, |token| {
            let handle = find(token.session(), label)?;
            let mut iv = *nonce;
            let mechanism = gcm(&mut iv, bound_to)?;
            let plain = token.session().decrypt(&mechanism, handle, sealed);
            plain.map(Secret::new).map_err(refusal)
        })?;
        plain.key().ok_or(TokenError::DoesNotUnwrap)
    }
}

/// What a token says of a value that is not what it wrapped is not that the token is gone.
fn refusal(error: Error) -> Failure {
    use RvError as Rv;
    match error {
        Error::Pkcs11(
            Rv::EncryptedDataInvalid
            | Rv::EncryptedDataLenRange
            | Rv::GeneralError
            | Rv::DataInvalid
            | Rv::DataLenRange,
            _,
        ) => Failure::Said(TokenError::DoesNotUnwrap),
        other => other.into(),
    }
}

fn gcm<'a>(nonce: &'a mut [u8], bound_to: &'a [u8]) -> Result<Mechanism<'a>, Failure> {
    Ok(Mechanism::AesGcm(GcmParams::new(nonce, bound_to, TAG_BITS.into())?))
}

fn template(label: &str) -> [Attribute; 3] {
    [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::Token(true),
        Attribute::Label(label.into()),
    ]
}

fn make(session: &Session, label: &str) -> Result<(), Failure> {
    match find(session, label) {
        Ok(_) => return Err(Failure::Said(TokenError::Exists)),
        Err(Failure::Said(TokenError::NotFound)) => {}
        Err(failure) => return Err(failure),
    }
    let what = [
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Encrypt(true),
        Attribute::Decrypt(true),
        Attribute::ValueLen(32.into()),
    ];
    let template = [&template(label)[..], &what].concat();
    session.generate_key(&Mechanism::AesKeyGen, &template)?;
    find(session, label).map(drop)
}

/// The one key of a label, which the token keeps to itself.
fn find(session: &Session, label: &str) -> Result<ObjectHandle, Failure> {
    let found: Vec<_> =
        session.iter_objects(&template(label))?.take(2).collect::<Result<_, _>>()?;
    let handle = match found[..] {
        [one] => one,
        [] => return Err(Failure::Said(TokenError::NotFound)),
        _ => return Err(Failure::Said(TokenError::SeveralKeys)),
    };
    let wanted = [AttributeType::Sensitive, AttributeType::Extractable];
    let told = session.get_attributes(handle, &wanted)?;
    let stays =
        told.contains(&Attribute::Sensitive(true)) && told.contains(&Attribute::Extractable(false));
    if stays { Ok(handle) } else { Err(Failure::Said(TokenError::Extractable)) }
}
