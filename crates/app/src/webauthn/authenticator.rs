//! What an authenticator says: flags and a counter, and of a passkey that it made, the key.

use coset::cbor::Value;

use super::{NotProven, key::PublicKey};

/// The longest id of a credential.
///
/// # Source
///
/// W3C, Web Authentication Level 2, section 7.1, step 17, by its editors' later word.
const LONGEST_ID: usize = 1_023;

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const MADE: u8 = 1 << 6;
const EXTENDED: u8 = 1 << 7;

/// What an authenticator says.
///
/// # Shape
///
/// SHA-256 of the relying party's id (32 bytes), flags (1), the counter (4, big endian); of a new
/// passkey, by a flag, the authenticator's kind (16), the length of the id (2), the id, and a COSE key;
/// and by a flag, a map of extensions.
#[derive(Debug)]
pub(super) struct AuthenticatorData<'a> {
    pub(super) party_digest: &'a [u8],
    pub(super) is_present: bool,
    pub(super) is_verified: bool,
    pub(super) sign_count: u32,
    pub(super) made: Option<Made>,
}

/// A passkey that was made.
#[derive(Debug)]
pub struct Made {
    /// The authenticator's id for it.
    pub credential: Vec<u8>,
    /// Its public key.
    pub key: PublicKey,
    /// The counter that the authenticator shows.
    pub sign_count: u32,
}

impl<'a> AuthenticatorData<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, NotProven> {
        let short = || NotProven::AuthenticatorData;
        let (party_digest, rest) = bytes.split_at_checked(32).ok_or_else(short)?;
        let (flags, rest) = rest.split_first().ok_or_else(short)?;
        let (count, mut rest) = rest.split_first_chunk().ok_or_else(short)?;
        let sign_count = u32::from_be_bytes(*count);
        let made = match flags & MADE {
            0 => None,
            _ => Some(read_made(&mut rest, sign_count)?),
        };
        if flags & EXTENDED != 0 {
            next_value(&mut rest)?.as_map().ok_or_else(short)?;
        }
        if !rest.is_empty() {
            return Err(short());
        }
        Ok(Self {
            party_digest,
            is_present: flags & PRESENT != 0,
            is_verified: flags & VERIFIED != 0,
            sign_count,
            made,
        })
    }
}

fn read_made(rest: &mut &[u8], sign_count: u32) -> Result<Made, NotProven> {
    let short = || NotProven::AuthenticatorData;
    let (_kind, after) = rest.split_at_checked(16).ok_or_else(short)?;
    let (length, after) = after.split_first_chunk().ok_or_else(short)?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length == 0 || length > LONGEST_ID {
        return Err(short());
    }
    let (credential, mut after) = after.split_at_checked(length).ok_or_else(short)?;
    let key = PublicKey::of_value(next_value(&mut after)?)?;
    *rest = after;
    Ok(Made { credential: credential.to_vec(), key, sign_count })
}

/// How deep a value may be nested: what authenticators say is two or three levels.
const DEEPEST: usize = 8;

/// The value that bytes begin with; they go on behind it.
fn next_value(bytes: &mut &[u8]) -> Result<Value, NotProven> {
    coset::cbor::de::from_reader_with_recursion_limit(&mut *bytes, DEEPEST)
        .map_err(|_| NotProven::AuthenticatorData)
}

/// What the authenticator says in an attestation object of the form "none".
pub(super) fn data_of(attestation: &[u8]) -> Result<Vec<u8>, NotProven> {
    let mut rest = attestation;
    let value = next_value(&mut rest)?;
    let fields = value.into_map().map_err(|_| NotProven::AuthenticatorData)?;
    let (mut data, mut form, mut statement) = (None, None, None);
    for (name, value) in fields {
        match name.as_text() {
            Some("authData") => data = value.into_bytes().ok(),
            Some("fmt") => form = value.into_text().ok(),
            Some("attStmt") => statement = value.into_map().ok(),
            _ => return Err(NotProven::AuthenticatorData),
        }
    }
    let is_none = form.as_deref() == Some("none") && statement.is_some_and(|it| it.is_empty());
    if !is_none || !rest.is_empty() {
        return Err(NotProven::AuthenticatorData);
    }
    data.ok_or(NotProven::AuthenticatorData)
}
