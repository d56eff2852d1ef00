//! Signing keys in hardware, by PKCS #11: a token is opened by its module, its label and its PIN,
//! keys are made on it and never leave it, and several threads sign at once. A token that goes away
//! is an error for as long as it is away; when it is back, the next signature opens it again.
//!
//! # Source
//!
//! OASIS, *PKCS #11 Specification Version 3.1*, 23 July 2023.

mod key;
mod module;
mod pin;
mod pool;
mod public;
mod wrapping;

use std::{path::Path, sync::Arc};

pub use key::TokenKey;
pub use pin::{Pin, PinError};
pub use public::{KeyKind, TokenPublicKey};

use key::Name;
use pool::{Access, Pool};

/// The token is away, locked, or without the key that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token cannot be reached")]
pub struct TokenAway;

/// Why something could not be done with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The module is missing, or no module.
    #[error("the PKCS #11 module cannot be loaded")]
    Module,
    /// The token is away, or does not answer.
    #[error(transparent)]
    Away(#[from] TokenAway),
    /// Several tokens have the label.
    #[error("several tokens have this label")]
    SeveralTokens,
    /// The token does not take the PIN. It is not offered again, so that the token does not lock
    /// itself.
    #[error("the token does not take the PIN")]
    PinRefused,
    /// A label is empty, longer than 64 bytes, or has control characters.
    #[error("a label of a key has 1 to 64 bytes and no control characters")]
    Label,
    /// A key of that label is there already; it is never overwritten.
    #[error("a key of this label is on the token already")]
    Exists,
    /// No key of that label or id is there.
    #[error("no such key is on the token")]
    NotFound,
    /// Several keys have the label or id.
    #[error("several keys on the token have this label or id")]
    SeveralKeys,
    /// The token does not know this kind of key, or the key is of a kind that is not used here.
    #[error("the token does not make keys of this kind, or the key is of another kind")]
    Kind,
    /// What was wrapped was changed, or by another key.
    #[error("what was wrapped does not unwrap")]
    DoesNotUnwrap,
    /// The token would give the private key away.
    #[error("the key may leave the token")]
    Extractable,
}

/// An open token.
///
/// # Privacy
///
/// It has no Debug: it holds the PIN, which it offers again when the token was away.
#[derive(Clone)]
pub struct Token(Arc<Pool>);

impl Token {
    /// Opens the token of a label.
    ///
    /// # Errors
    ///
    /// [`TokenError::Module`] if the module cannot be loaded, [`TokenError::Away`] if it knows no
    /// such token, [`TokenError::SeveralTokens`] if it knows several,
    /// [`TokenError::PinRefused`] if the token does not take the PIN.
    pub fn open(module: &Path, label: &str, pin: Pin) -> Result<Self, TokenError> {
        let pool = Pool::new(module::load(module)?, label.to_owned(), pin);
        pool.run(Access::Read, |_| Ok(()))?;
        Ok(Self(Arc::new(pool)))
    }

    /// Makes a pair of keys on the token. The private one cannot be read, wrapped or used for
    /// anything but signatures.
    ///
    /// # Errors
    ///
    /// [`TokenError::Label`], [`TokenError::Exists`], [`TokenError::Kind`] if the token does not
    /// make such keys, [`TokenError::Extractable`] if it would not keep the key to itself.
    pub fn make_key(&self, kind: KeyKind, label: &str) -> Result<TokenKey, TokenError> {
        key::check_label(label)?;
        let mut id = [0; 16];
        aws_lc_rs::rand::fill(&mut id).map_err(|_| TokenAway)?;
        let found =
            self.0.run(Access::Write, |token| key::make(token.session(), kind, label, &id))?;
        Ok(TokenKey::new(self.0.clone(), found))
    }

    /// The key of a label.
    ///
    /// # Errors
    ///
    /// [`TokenError::NotFound`], [`TokenError::SeveralKeys`], [`TokenError::Kind`] if nothing here
    /// signs with it, [`TokenError::Extractable`] if the token would give it away.
    pub fn find(&self, label: &str) -> Result<TokenKey, TokenError> {
        self.find_one(&Name::Label(label))
    }

    /// The key of an id (`CKA_ID`), where a label has several.
    ///
    /// # Errors
    ///
    /// As [`Token::find`].
    pub fn find_by_id(&self, id: &[u8]) -> Result<TokenKey, TokenError> {
        self.find_one(&Name::Id(id))
    }

    /// All keys that could sign here, in the order of their labels.
    ///
    /// # Errors
    ///
    /// [`TokenError::Away`].
    pub fn keys(&self) -> Result<Vec<TokenKey>, TokenError> {
        let mut found = self.0.run(Access::Read, |token| key::all(token.session()))?;
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found.into_iter().map(|found| TokenKey::new(self.0.clone(), found)).collect())
    }

    /// Destroys a key on the token. There is no way back.
    ///
    /// # Errors
    ///
    /// [`TokenError::NotFound`] if it is there no more.
    pub fn destroy(&self, key: &TokenKey) -> Result<(), TokenError> {
        self.0.run(Access::Write, |token| key::destroy(token.session(), key.name()))
    }

    fn find_one(&self, name: &Name<'_>) -> Result<TokenKey, TokenError> {
        let found = self.0.run(Access::Read, |token| key::find(token.session(), name))?;
        Ok(TokenKey::new(self.0.clone(), found))
    }
}
