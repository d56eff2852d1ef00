//! Where the secrets of our signing keys are made and kept: in files, or in a PKCS #11 token.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use anyhow::{Context, bail};
use certs::{
    signature::{PublicKey, Scheme},
    signer::key::{LocalKey, NotSigned, SigningKey, make_key},
};
use vault::{
    Secret,
    pkcs11::{KeyKind, Pin, Token, TokenKey, TokenPublicKey},
};

use crate::config::Config;

/// Which token, and how it is opened.
#[derive(Clone, Debug)]
pub(crate) struct TokenAt {
    /// The module, a shared library.
    pub(crate) module: PathBuf,
    /// The token's label.
    pub(crate) label: String,
    /// The file of the PIN.
    pub(crate) pin_file: PathBuf,
}

/// A token that is opened when it is first needed: one that is away does not hold up a start.
pub(crate) struct LazyToken {
    at: TokenAt,
    opened: OnceLock<Token>,
}

impl LazyToken {
    fn open(&self) -> anyhow::Result<&Token> {
        if let Some(token) = self.opened.get() {
            return Ok(token);
        }
        let pin = Pin::load(&self.at.pin_file)?;
        let token = Token::open(&self.at.module, &self.at.label, pin);
        let token = token.context("the token of the signing keys cannot be opened")?;
        Ok(self.opened.get_or_init(|| token))
    }
}

/// Who keeps new secrets.
#[derive(Clone)]
pub(crate) enum Keeper {
    /// A file beside each key.
    Files,
    /// A token.
    Token(Arc<LazyToken>),
}

/// A new key, and its secret if that is kept in a file.
pub(crate) struct Made {
    pub(crate) key: Box<dyn SigningKey>,
    pub(crate) pem: Option<Secret<String>>,
}

const NO_TOKEN: &str = "the secret is in a token, and the configuration names none";

impl Keeper {
    /// Who keeps secrets, by the configuration.
    pub(crate) fn of(config: &Config) -> Self {
        config.token.clone().map_or(Self::Files, |at| {
            Self::Token(Arc::new(LazyToken { at, opened: OnceLock::new() }))
        })
    }

    /// Makes a key; in a token, it has this label.
    pub(crate) fn make(&self, scheme: Scheme, label: &str) -> anyhow::Result<Made> {
        let Self::Token(token) = self else {
            let pem = Secret::new(make_key(scheme)?);
            let key = Box::new(LocalKey::from_pem(pem.expose())?);
            return Ok(Made { key, pem: Some(pem) });
        };
        let kind = match scheme {
            Scheme::Es256 => KeyKind::P256,
            Scheme::EdDsa => KeyKind::Ed25519,
            Scheme::Ps256 => KeyKind::Rsa2048,
            Scheme::Es384 | Scheme::Es512 => bail!("no key of this kind is made here"),
        };
        let made = token.open()?.make_key(kind, label)?;
        let public = public_key(made.public_key());
        Ok(Made {
            key: Box::new(InToken::new(Arc::clone(token), label, public, scheme)),
            pem: None,
        })
    }

    /// The key of a label in the token.
    pub(crate) fn in_token(
        &self,
        label: &str,
        public: &PublicKey,
        scheme: Scheme,
    ) -> anyhow::Result<Box<dyn SigningKey>> {
        let Self::Token(token) = self else { bail!(NO_TOKEN) };
        Ok(Box::new(InToken::new(Arc::clone(token), label, public.clone(), scheme)))
    }

    /// Destroys the key of a label in the token.
    pub(crate) fn destroy_in_token(&self, label: &str) -> anyhow::Result<()> {
        let Self::Token(token) = self else { bail!(NO_TOKEN) };
        let token = token.open()?;
        Ok(token.destroy(&token.find(label)?)?)
    }
}

/// A key in a token, which is looked for when it first signs.
struct InToken {
    token: Arc<LazyToken>,
    label: String,
    public: PublicKey,
    scheme: Scheme,
    key: OnceLock<TokenKey>,
}

impl InToken {
    fn new(token: Arc<LazyToken>, label: &str, public: PublicKey, scheme: Scheme) -> Self {
        Self { token, label: label.to_owned(), public, scheme, key: OnceLock::new() }
    }

    fn key(&self) -> anyhow::Result<&TokenKey> {
        if let Some(key) = self.key.get() {
            return Ok(key);
        }
        let key = self.token.open()?.find(&self.label)?;
        anyhow::ensure!(public_key(key.public_key()) == self.public, "another key has the label");
        Ok(self.key.get_or_init(|| key))
    }
}

impl SigningKey for InToken {
    fn scheme(&self) -> Scheme {
        self.scheme
    }

    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NotSigned> {
        let key = self.key().map_err(|error| {
            tracing::warn!(error = format!("{error:#}"), "a signing key cannot be reached");
            NotSigned
        })?;
        key.sign(message).map_err(|_| NotSigned)
    }
}

fn public_key(key: &TokenPublicKey) -> PublicKey {
    match key {
        TokenPublicKey::P256(bytes) => PublicKey::P256(bytes.clone()),
        TokenPublicKey::Ed25519(bytes) => PublicKey::Ed25519(bytes.clone()),
        TokenPublicKey::Rsa(bytes) => PublicKey::Rsa(bytes.clone()),
    }
}
