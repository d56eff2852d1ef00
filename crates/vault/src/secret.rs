//! A value that must not be shown.

use std::{fmt, io, mem};

use aws_lc_rs::rand;
use zeroize::Zeroize;

/// A value that must not be shown: no Display, no Serialize, a Debug that says nothing, and its
/// memory is overwritten when it goes.
///
/// # Examples
///
/// ```
/// let name = vault::Secret::new(String::from("a name"));
/// assert_eq!(format!("{name:?}"), "Secret");
/// assert_eq!(name.expose(), "a name");
/// ```
///
/// It does not print:
///
/// ```compile_fail,E0277
/// println!("{}", vault::Secret::new(String::from("a name")));
/// ```
///
/// nor go into JSON, though what is in it would:
///
/// ```
/// serde_json::to_string(&String::from("a name")).unwrap();
/// ```
///
/// ```compile_fail,E0277
/// serde_json::to_string(&vault::Secret::new(String::from("a name"))).unwrap();
/// ```
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value. Whoever calls this answers for where it goes.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value, to be filled in place, so that no copy of it stays elsewhere.
    pub(crate) const fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Zeroize + Default> Secret<T> {
    /// The value, out of its wrapping: from here on nothing overwrites it.
    pub fn into_inner(mut self) -> T {
        mem::take(&mut self.0)
    }
}

impl Secret<[u8; 32]> {
    /// A new key, drawn in its place.
    ///
    /// # Errors
    ///
    /// If the operating system has no randomness.
    pub fn draw() -> io::Result<Self> {
        let mut key = Self([0; 32]);
        rand::fill(&mut key.0).map_err(|_| io::Error::other("no randomness"))?;
        Ok(key)
    }
}

impl Secret<Vec<u8>> {
    /// The key that it is, if it is one of 32 bytes.
    pub fn key(&self) -> Option<Secret<[u8; 32]>> {
        self.0.as_slice().try_into().ok().map(Secret)
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize + Clone> Clone for Secret<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
