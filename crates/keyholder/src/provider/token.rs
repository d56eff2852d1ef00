//! A PKCS #11 token: an AES key on it wraps, and never leaves it.

use vault::{
    Secret,
    pkcs11::{Token, TokenError},
};

use super::{Provider, ProviderError};

/// What the key is called on the token.
const LABEL: &str = "teeka-keyholder";

/// Wraps on a token.
pub struct OnToken(Token);

impl OnToken {
    /// Wraps on this token, under a key that is made there if it is not there yet.
    ///
    /// # Errors
    ///
    /// [`TokenError`] if the token has no such key and makes none.
    pub fn new(token: Token) -> Result<Self, TokenError> {
        match token.make_wrapping_key(LABEL) {
            Ok(()) | Err(TokenError::Exists) => Ok(Self(token)),
            Err(error) => Err(error),
        }
    }
}

impl Provider for OnToken {
    fn name(&self) -> &'static str {
        "pkcs11"
    }

    fn wrap(&self, name: &str, key: &Secret<[u8; 32]>) -> Result<Vec<u8>, ProviderError> {
        self.0.wrap(LABEL, name.as_bytes(), key).map_err(complaint)
    }

    fn unwrap(&self, name: &str, wrapped: &[u8]) -> Result<Secret<[u8; 32]>, ProviderError> {
        self.0.unwrap(LABEL, name.as_bytes(), wrapped).map_err(complaint)
    }
}

fn complaint(error: TokenError) -> ProviderError {
    match error {
        TokenError::Away(_) => ProviderError::Away("the token is away"),
        TokenError::PinRefused => ProviderError::Refused("the token does not take the PIN"),
        TokenError::NotFound => ProviderError::Refused("the token has no key of the keyholder"),
        TokenError::DoesNotUnwrap => ProviderError::DoesNotUnwrap,
        _ => ProviderError::Refused("the token does not wrap keys"),
    }
}
