//! Who keeps the keys of the keyholder under a key of its own: a file, a PKCS #11 token, or a transit
//! engine of Vault or `OpenBao`. The keyholder asks when it starts and when a key is made; what it had
//! unwrapped stays in its memory, so that no data key waits for hardware or a network.

pub mod file;
pub mod token;
pub mod transit;

use vault::Secret;

/// Why a provider did not wrap or unwrap.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It does not answer, or is sealed. Asking again later may help.
    #[error("the provider of the keyholder's keys cannot be reached: {0}")]
    Away(&'static str),
    /// It does not let us.
    #[error("the provider of the keyholder's keys refuses: {0}")]
    Refused(&'static str),
    /// What was wrapped does not unwrap.
    #[error(
        "a key of the keyholder does not unwrap; it was changed, or wrapped by another provider"
    )]
    DoesNotUnwrap,
}

/// Who wraps 32-byte keys under one that it does not give away.
pub trait Provider: Send + Sync {
    /// What it is called where keys say who wrapped them.
    fn name(&self) -> &'static str;

    /// A key, wrapped and bound to a name.
    ///
    /// # Errors
    ///
    /// [`ProviderError`].
    fn wrap(&self, name: &str, key: &Secret<[u8; 32]>) -> Result<Vec<u8>, ProviderError>;

    /// What was wrapped under that name.
    ///
    /// # Errors
    ///
    /// [`ProviderError`].
    fn unwrap(&self, name: &str, wrapped: &[u8]) -> Result<Secret<[u8; 32]>, ProviderError>;
}
