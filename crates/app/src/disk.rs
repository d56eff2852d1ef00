//! What stands in files.

use std::io;

/// What was opened or read; none if it is not there.
///
/// # Errors
///
/// Any other than that.
pub(crate) fn there<T>(opened: io::Result<T>) -> io::Result<Option<T>> {
    match opened {
        Ok(opened) => Ok(Some(opened)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
