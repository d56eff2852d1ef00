//! Where the secrets of our signing keys are made and kept.

use anyhow::bail;
use certs::{
    signature::{PublicKey, Scheme},
    signer::key::{LocalKey, SigningKey, make_key},
};
use vault::Secret;

use crate::config::Config;

/// Who keeps new secrets.
pub(crate) enum Keeper {
    /// A file beside each key.
    File,
}

/// A new key, and its secret if that is kept in a file.
pub(crate) struct Made {
    pub(crate) key: Box<dyn SigningKey>,
    pub(crate) pem: Option<Secret<String>>,
}

impl Keeper {
    /// Who keeps secrets, by the configuration.
    #[expect(clippy::unnecessary_wraps, reason = "a token may be away")]
    pub(crate) fn open(_config: &Config) -> anyhow::Result<Self> {
        Ok(Self::File)
    }

    /// Makes a key.
    pub(crate) fn make(&self, scheme: Scheme) -> anyhow::Result<Made> {
        match self {
            Self::File => {
                let pem = Secret::new(make_key(scheme)?);
                let key = Box::new(LocalKey::from_pem(pem.expose())?);
                Ok(Made { key, pem: Some(pem) })
            }
        }
    }

    /// The key of a name in the token.
    pub(crate) fn in_token(
        &self,
        _id: &str,
        _public: &PublicKey,
    ) -> anyhow::Result<Box<dyn SigningKey>> {
        match self {
            Self::File => bail!("the key is in a token, and no token is configured"),
        }
    }

    /// Destroys the key of a name in the token.
    pub(crate) fn destroy_in_token(&self, _id: &str) -> anyhow::Result<()> {
        match self {
            Self::File => bail!("the key is in a token, and no token is configured"),
        }
    }
}
