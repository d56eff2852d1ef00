//! A key file: what it wraps is as safe as the file, which only its owner may use.

use vault::{Secret, unwrap_key, wrap_key};

use super::{Provider, ProviderError};

/// Wraps under a key that follows from the root key in its file.
pub struct KeyFile(Secret<[u8; 32]>);

impl KeyFile {
    /// Wraps under this key.
    pub const fn new(key: Secret<[u8; 32]>) -> Self {
        Self(key)
    }
}

impl Provider for KeyFile {
    fn name(&self) -> &'static str {
        "file"
    }

    fn wrap(&self, name: &str, key: &Secret<[u8; 32]>) -> Result<Vec<u8>, ProviderError> {
        Ok(wrap_key(&self.0, name, key))
    }

    fn unwrap(&self, name: &str, wrapped: &[u8]) -> Result<Secret<[u8; 32]>, ProviderError> {
        unwrap_key(&self.0, name, wrapped).map_err(|_| ProviderError::DoesNotUnwrap)
    }
}
