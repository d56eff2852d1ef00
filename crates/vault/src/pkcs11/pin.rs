//! The PIN of a token, in a file that only its owner may use.

use std::{io, path::Path};

use cryptoki::types::AuthPin;

use crate::{KeyFileError, Secret, key_file};

/// Why there is no PIN.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// The file cannot be read.
    #[error("the file of the PIN cannot be read")]
    Io(#[source] io::Error),
    /// Others may use it.
    #[error("the file of the PIN may be used by others than its owner; set its mode to 0600")]
    TooOpen,
    /// It does not hold one line of 1 to 255 bytes.
    #[error("the file of the PIN holds something else than one line of 1 to 255 bytes")]
    NotAPin,
}

/// The PIN of a token's user.
///
/// # Privacy
///
/// A secret: no Debug, and its memory is overwritten when it goes.
pub struct Pin(Secret<String>);

impl Pin {
    /// Reads it from a file of mode 0600 or 0400.
    ///
    /// # Shape
    ///
    /// One line of UTF-8, 1 to 255 bytes, with or without a line break at its end.
    ///
    /// # Errors
    ///
    /// [`PinError`] if the file cannot be read, may be used by others, or holds something else.
    pub fn load(path: &Path) -> Result<Self, PinError> {
        let bytes = key_file::read_private(path, key_file::MOST).map_err(|error| match error {
            KeyFileError::TooOpen => PinError::TooOpen,
            KeyFileError::Io(error) => PinError::Io(error),
            other => PinError::Io(io::Error::other(other)),
        })?;
        let text = std::str::from_utf8(bytes.expose()).map_err(|_| PinError::NotAPin)?;
        let line = text.strip_suffix('\n').unwrap_or(text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() || line.len() > 255 || line.contains(char::is_control) {
            return Err(PinError::NotAPin);
        }
        Ok(Self(Secret::new(line.to_owned())))
    }

    /// A copy for one login; it, too, is overwritten when it goes.
    pub(super) fn for_login(&self) -> AuthPin {
        // As long as what it holds, so that it is not moved on its way and left behind.
        AuthPin::new(self.0.expose().clone().into_boxed_str())
    }
}
