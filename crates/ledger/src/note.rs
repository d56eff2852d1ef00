//! Signed notes: text with signatures below it, believed only as far as known keys signed it.

mod key;

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};

pub use self::key::{
    Algorithm, KeyError, KeyRing, LocalKey, SigningError, SigningKey, VerifierKey,
};

/// The most bytes of a note: 64 signatures of the largest kind in use take 212 kB.
pub const MOST_BYTES: usize = 256 << 10;
/// The most signatures of a note; a reader must take 16.
pub const MOST_SIGNATURES: usize = 64;

/// What a signature line begins with: an em dash and a space.
const DASH: &str = "\u{2014} ";

/// Why a note is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is not a signed note.
    #[error("this is not a signed note")]
    Malformed,
    /// It has more bytes or signatures than anything signed needs.
    #[error("the note is too large")]
    TooLarge,
    /// A signature that names a known key is not that key's.
    #[error("a signature of a known key is wrong")]
    WrongSignature,
    /// No known key signed it.
    #[error("no known key signed the note")]
    UnknownKeys,
}

/// A signature line, not yet verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The name of the key that is said to have signed.
    pub name: String,
    /// The id of that key.
    pub id: u32,
    /// What follows the key id.
    pub bytes: Vec<u8>,
}

impl Signature {
    /// The line under a note, with its newline.
    ///
    /// # Shape
    ///
    /// An em dash, a space, the key's name, a space, base64 of the key's id (4 bytes, big-endian)
    /// and the signature, a newline.
    pub fn line(&self) -> String {
        let bytes = [&self.id.to_be_bytes(), self.bytes.as_slice()].concat();
        format!("{DASH}{} {}\n", self.name, STANDARD.encode(bytes))
    }

    fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix(DASH)?.split_once(' ')?;
        let decoded = STANDARD.decode(encoded).ok()?;
        let (id, bytes) = decoded.split_first_chunk::<4>()?;
        let fits = key::is_name(name) && !bytes.is_empty();
        let (name, bytes) = (name.to_owned(), bytes.to_vec());
        fits.then_some(Self { name, id: u32::from_be_bytes(*id), bytes })
    }
}

/// A note as it was sent: nothing of it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

impl Note {
    /// Reads a signed note.
    ///
    /// # Shape
    ///
    /// Text of UTF-8 without control characters that ends in a newline, an empty line, one or more
    /// signature lines.
    ///
    /// # Errors
    ///
    /// [`NoteError::Malformed`] or [`NoteError::TooLarge`].
    ///
    /// # Source
    ///
    /// C2SP signed-note, "Format".
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MOST_BYTES {
            return Err(NoteError::TooLarge);
        }
        let whole = str::from_utf8(bytes).map_err(|_| NoteError::Malformed)?;
        if whole.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err(NoteError::Malformed);
        }
        // The text may hold empty lines; the signatures follow the last one.
        let end = whole.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, lines) = (&whole[..=end], &whole[end + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        if lines.split('\n').count() > MOST_SIGNATURES {
            return Err(NoteError::TooLarge);
        }
        let signatures = lines.split('\n').map(Signature::parse).collect::<Option<Vec<_>>>();
        let signatures = signatures.ok_or(NoteError::Malformed)?;
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// What is said to be signed: to find the keys that it must be verified with, and for nothing
    /// else.
    pub fn unverified_text(&self) -> &str {
        &self.text
    }

    /// Every signature line, those of unknown keys, too.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// What known keys signed of it.
    ///
    /// # Errors
    ///
    /// [`NoteError::WrongSignature`] if a line names a known key and is not its signature,
    /// [`NoteError::UnknownKeys`] if no line names a known key.
    ///
    /// # Source
    ///
    /// C2SP signed-note, "Signatures": lines of unknown keys are ignored, even if they share the
    /// name or the id of a known one.
    pub fn verify(self, known: &KeyRing) -> Result<Verified, NoteError> {
        let mut signed = Vec::new();
        for signature in self.signatures {
            let Some(key) = known.find(&signature.name, signature.id) else { continue };
            let at = key.verify(&self.text, &signature.bytes)?;
            signed.push(SignedBy { key: key.clone(), at, signature });
        }
        if signed.is_empty() {
            return Err(NoteError::UnknownKeys);
        }
        Ok(Verified { text: self.text, signed })
    }
}

/// A signature that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedBy {
    /// Whose it is.
    pub key: VerifierKey,
    /// When it was made, in seconds since 1970; none for a kind that does not say.
    pub at: Option<u64>,
    /// The signature itself.
    pub signature: Signature,
}

/// A note that known keys signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    text: String,
    signed: Vec<SignedBy>,
}

impl Verified {
    /// What they signed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Who signed, in the order of the lines.
    pub fn signed(&self) -> &[SignedBy] {
        &self.signed
    }

    /// The signatures of a key.
    pub fn by<'a>(&'a self, key: &'a VerifierKey) -> impl Iterator<Item = &'a SignedBy> {
        self.signed.iter().filter(move |signed| signed.key == *key)
    }

    /// The note again, with the signatures of known keys only.
    pub fn to_note(&self) -> String {
        note(&self.text, self.signed.iter().map(|signed| &signed.signature))
    }
}

/// A note of its text, which ends in a newline, and its signatures.
pub fn note<'a>(text: &str, signatures: impl IntoIterator<Item = &'a Signature>) -> String {
    let mut note = format!("{text}\n");
    for signature in signatures {
        let _ = write!(note, "{}", signature.line());
    }
    note
}

#[cfg(test)]
mod tests;
