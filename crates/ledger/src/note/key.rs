//! Keys that notes are signed with: their names and ids, and what each kind signs.

use std::{fmt, str::FromStr};

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{NoteError, Signature};
use crate::merkle::sha256;

/// The most bytes of a key's name.
const MOST_NAME: usize = 255;

/// What a key signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Algorithm {
    /// Ed25519 over the text of the note.
    Ed25519 = 0x01,
    /// Ed25519 over the time and the text, by who cosigns a checkpoint.
    CosignatureV1 = 0x04,
}

/// A key's text does not hold a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It does not have the form of a verifier key.
    #[error("this is not a verifier key: expected NAME+ID+KEY")]
    Malformed,
    /// It is of a kind that this program does not verify.
    #[error("the verifier key is of another kind than Ed25519 and cosignature/v1")]
    OtherKind,
    /// Its id is not that of its name and key.
    #[error("the id of the verifier key does not belong to its name and key")]
    OtherId,
    /// Two different keys share name and id.
    #[error("two verifier keys share a name and an id")]
    Ambiguous,
}

/// Whether a name can stand on a signature line.
///
/// # Source
///
/// C2SP signed-note, "Format": no Unicode spaces and no plus; control characters cannot be in a
/// note at all.
pub(super) fn is_name(name: &str) -> bool {
    let barred = |c: char| c.is_whitespace() || c == '+' || c < ' ';
    !name.is_empty() && name.len() <= MOST_NAME && !name.contains(barred)
}

/// A public key with its name, by which its signatures are known.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct VerifierKey {
    pub(super) name: String,
    pub(super) id: u32,
    pub(super) algorithm: Algorithm,
    pub(super) public: [u8; 32],
}

impl VerifierKey {
    /// A key of its name, kind and the 32 bytes of an Ed25519 public key.
    ///
    /// # Errors
    ///
    /// [`KeyError::Malformed`] if the name cannot stand on a signature line.
    pub fn new(name: &str, algorithm: Algorithm, public: [u8; 32]) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Malformed);
        }
        let id = key_id(name, algorithm as u8, &public);
        Ok(Self { name: name.to_owned(), id, algorithm, public })
    }

    /// Its name, which for the key of a log is the log's origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its id, the same for everyone who knows name and key.
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// What it signs with.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// When it signed a text, if its kind says so.
    pub(super) fn verify(&self, text: &str, signature: &[u8]) -> Result<Option<u64>, NoteError> {
        let key = UnparsedPublicKey::new(&ED25519, self.public);
        let verify = |text: &str, signature| {
            key.verify(text.as_bytes(), signature).map_err(|_| NoteError::WrongSignature)
        };
        match self.algorithm {
            Algorithm::Ed25519 => verify(text, signature).map(|()| None),
            Algorithm::CosignatureV1 => {
                let parts = signature.split_first_chunk::<8>();
                let (at, signature) = parts.ok_or(NoteError::WrongSignature)?;
                let at = u64::from_be_bytes(*at);
                // 2^63 - 1 is the last instant that the specification knows.
                i64::try_from(at).map_err(|_| NoteError::WrongSignature)?;
                verify(&cosigned(text, at), signature).map(|()| Some(at))
            }
        }
    }
}

/// What a cosignature signs.
///
/// # Source
///
/// C2SP tlog-cosignature, "Ed25519 signed message".
fn cosigned(text: &str, at: u64) -> String {
    format!("cosignature/v1\ntime {at}\n{text}")
}

fn key_id(name: &str, kind: u8, public: &[u8]) -> u32 {
    let hash = sha256(&[name.as_bytes(), b"\n", &[kind], public].concat());
    u32::from_be_bytes([hash.0[0], hash.0[1], hash.0[2], hash.0[3]])
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.algorithm as u8], self.public.as_slice()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, STANDARD.encode(key))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    /// Reads a verifier key.
    ///
    /// # Shape
    ///
    /// The name, `+`, the id in eight lowercase hexadecimal digits, `+`, base64 of the kind (1 byte)
    /// and the public key (32).
    fn from_str(text: &str) -> Result<Self, KeyError> {
        // The base64 may hold a plus, name and id may not.
        let mut parts = text.splitn(3, '+');
        let mut part = || parts.next().ok_or(KeyError::Malformed);
        let (name, id, key) = (part()?, part()?, part()?);
        let key = STANDARD.decode(key).map_err(|_| KeyError::Malformed)?;
        let (kind, public) = key.split_first().ok_or(KeyError::Malformed)?;
        if format!("{:08x}", key_id(name, *kind, public)) != id {
            return Err(KeyError::OtherId);
        }
        let algorithm = match kind {
            0x01 => Algorithm::Ed25519,
            0x04 => Algorithm::CosignatureV1,
            _ => return Err(KeyError::OtherKind),
        };
        Self::new(name, algorithm, public.try_into().map_err(|_| KeyError::Malformed)?)
    }
}

/// The keys whose signatures count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyRing(Vec<VerifierKey>);

impl KeyRing {
    /// A ring of keys; one that is named twice counts once.
    ///
    /// # Errors
    ///
    /// [`KeyError::Ambiguous`] if a signature line could mean two of them.
    pub fn new(keys: impl IntoIterator<Item = VerifierKey>) -> Result<Self, KeyError> {
        let mut ring = Self::default();
        for key in keys {
            match ring.find(&key.name, key.id) {
                Some(known) if *known == key => {}
                Some(_) => return Err(KeyError::Ambiguous),
                None => ring.0.push(key),
            }
        }
        Ok(ring)
    }

    /// Each key.
    pub fn keys(&self) -> &[VerifierKey] {
        &self.0
    }

    /// The key of a name and an id.
    pub fn find(&self, name: &str, id: u32) -> Option<&VerifierKey> {
        self.0.iter().find(|key| key.id == id && key.name == name)
    }
}

/// The key that signs cannot be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key that signs cannot be reached")]
pub struct SigningError;

/// A key that signs: in memory, or in the process or token that keeps it.
pub trait SigningKey {
    /// Its public half, name and kind.
    fn verifier(&self) -> &VerifierKey;

    /// The Ed25519 signature of a message.
    ///
    /// # Errors
    ///
    /// [`SigningError`] if the key cannot be reached.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SigningError>;

    /// The signature of a note's text, for the key's kind; `at` is the time that a cosignature says,
    /// in seconds since 1970, and nothing to the other kind.
    ///
    /// # Errors
    ///
    /// [`SigningError`] if the key cannot be reached.
    fn sign_note(&self, text: &str, at: u64) -> Result<Signature, SigningError> {
        let key = self.verifier();
        let bytes = match key.algorithm {
            Algorithm::Ed25519 => self.sign(text.as_bytes())?.to_vec(),
            Algorithm::CosignatureV1 => {
                let signature = self.sign(cosigned(text, at).as_bytes())?;
                [at.to_be_bytes().as_slice(), &signature].concat()
            }
        };
        Ok(Signature { name: key.name.clone(), id: key.id, bytes })
    }
}

/// A key in memory, without Debug.
pub struct LocalKey {
    verifier: VerifierKey,
    pair: Ed25519KeyPair,
}

impl LocalKey {
    /// A key of its 32 secret bytes, which are the caller's to make and to forget.
    ///
    /// # Errors
    ///
    /// [`KeyError::Malformed`] if the name cannot stand on a signature line.
    ///
    /// # Panics
    ///
    /// Never: every 32 bytes are an Ed25519 seed.
    pub fn from_seed(name: &str, algorithm: Algorithm, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).expect("a seed has 32 bytes");
        let public = pair.public_key().as_ref().try_into().expect("a public key has 32 bytes");
        Ok(Self { verifier: VerifierKey::new(name, algorithm, public)?, pair })
    }
}

impl SigningKey for LocalKey {
    fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SigningError> {
        self.pair.sign(message).as_ref().try_into().map_err(|_| SigningError)
    }
}
