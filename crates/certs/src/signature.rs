//! Signatures: the algorithms that certificates use, public keys of any form, and whether one fits.
//!
//! The arithmetic is a library's: aws-lc-rs on servers, `RustCrypto` where that cannot be built, as
//! in a browser. Both are held to the same answers by tests.

#[cfg(feature = "issue")]
#[path = "signature/native.rs"]
mod backend;
#[cfg(not(feature = "issue"))]
#[path = "signature/portable.rs"]
mod backend;
#[cfg(all(test, feature = "issue", feature = "portable"))]
mod portable;

mod jwk;
#[cfg(test)]
mod tests;

use std::fmt;

use x509_cert::{
    der::{Decode, Encode, oid::ObjectIdentifier},
    spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef},
};

/// How something is signed.
///
/// # Source
///
/// RFC 7518, section 3.1; RFC 8037, section 3.1. Those with an elliptic curve are in the fixed form
/// of RFC 7518, section 3.4: `r` and `s` side by side, never DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// RSA-PSS with SHA-256, salt of 32 bytes.
    Ps256,
    /// Ed25519.
    EdDsa,
}

/// A key of these kinds was not found in what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a public key of P-256, P-384, P-521, RSA or Ed25519")]
pub struct BadKey;

/// A signature does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not fit")]
pub struct BadSignature;

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PublicKey {
    /// A point on P-256, uncompressed: 65 bytes.
    P256(Vec<u8>),
    /// A point on P-384, uncompressed: 97 bytes.
    P384(Vec<u8>),
    /// A point on P-521, uncompressed: 133 bytes.
    P521(Vec<u8>),
    /// An RSA key of 2048 to 8192 bits, PKCS #1 in DER.
    Rsa(Vec<u8>),
    /// An Ed25519 key: 32 bytes.
    Ed25519(Vec<u8>),
}

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    ///
    /// [`BadKey`] if it is none, or of a kind that no certificate uses.
    pub fn from_spki(der: &[u8]) -> Result<Self, BadKey> {
        let spki = SubjectPublicKeyInfoRef::try_from(der).map_err(|_| BadKey)?;
        let curve = spki.algorithm.parameters.and_then(|any| any.decode_as().ok());
        Self::of(spki.algorithm.oid, curve, spki.subject_public_key.raw_bytes())
    }

    /// The key of a certificate.
    pub(crate) fn of_info(info: &SubjectPublicKeyInfoOwned) -> Result<Self, BadKey> {
        let curve = info.algorithm.parameters.as_ref().and_then(|any| any.decode_as().ok());
        Self::of(info.algorithm.oid, curve, info.subject_public_key.raw_bytes())
    }

    fn of(
        algorithm: ObjectIdentifier,
        curve: Option<ObjectIdentifier>,
        bytes: &[u8],
    ) -> Result<Self, BadKey> {
        let point = |length: usize| {
            let whole = bytes.len() == length && bytes[0] == 4;
            if whole { Ok(bytes.to_vec()) } else { Err(BadKey) }
        };
        match (algorithm, curve) {
            (EC, Some(P256)) => point(65).map(Self::P256),
            (EC, Some(P384)) => point(97).map(Self::P384),
            (EC, Some(P521)) => point(133).map(Self::P521),
            (RSA, _) => Ok(Self::Rsa(bytes.to_vec())),
            (ED25519, _) if bytes.len() == 32 => Ok(Self::Ed25519(bytes.to_vec())),
            _ => Err(BadKey),
        }
    }

    /// Whether it signed `message`, by `scheme`.
    ///
    /// # Errors
    ///
    /// [`BadSignature`] if not, or if a key of this kind does not sign by that scheme.
    pub fn verify(
        &self,
        scheme: Scheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        let fits = self.signs_by(scheme) && backend::verify(self, message, signature);
        if fits { Ok(()) } else { Err(BadSignature) }
    }

    const fn signs_by(&self, scheme: Scheme) -> bool {
        matches!(
            (self, scheme),
            (Self::P256(_), Scheme::Es256)
                | (Self::P384(_), Scheme::Es384)
                | (Self::P521(_), Scheme::Es512)
                | (Self::Rsa(_), Scheme::Ps256)
                | (Self::Ed25519(_), Scheme::EdDsa)
        )
    }

    /// The bytes of the key, in the form of its kind.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::P256(bytes)
            | Self::P384(bytes)
            | Self::P521(bytes)
            | Self::Rsa(bytes)
            | Self::Ed25519(bytes) => bytes,
        }
    }
}

/// A public key that is read once to check many signatures: reading it takes a thirtieth of the time
/// of a check.
#[derive(Clone)]
pub(crate) struct Checker {
    key: PublicKey,
    ready: backend::Ready,
}

impl Checker {
    /// A key that cannot be read after all fits no signature.
    pub(crate) fn new(key: PublicKey) -> Self {
        Self { ready: backend::Ready::new(&key), key }
    }

    /// The key.
    pub(crate) const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// As [`PublicKey::verify`].
    pub(crate) fn verify(
        &self,
        scheme: Scheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        let fits = self.key.signs_by(scheme) && self.ready.verify(message, signature);
        if fits { Ok(()) } else { Err(BadSignature) }
    }
}

impl fmt::Debug for Checker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.key, f)
    }
}

/// The two numbers of an RSA key, most significant byte first.
pub(crate) struct RsaNumbers {
    pub(crate) modulus: Vec<u8>,
    pub(crate) exponent: Vec<u8>,
}

impl RsaNumbers {
    /// Reads PKCS #1 in DER.
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        use x509_cert::der::{Reader, SliceReader, asn1::UintRef};
        let mut reader = SliceReader::new(der).ok()?;
        let (modulus, exponent) = reader
            .sequence(|inside| {
                let modulus = UintRef::decode(inside)?.as_bytes().to_vec();
                Ok::<_, x509_cert::der::Error>((
                    modulus,
                    UintRef::decode(inside)?.as_bytes().to_vec(),
                ))
            })
            .ok()?;
        Some(Self { modulus, exponent })
    }

    /// Writes PKCS #1 in DER.
    pub(crate) fn write(&self) -> Option<Vec<u8>> {
        use x509_cert::der::asn1::Uint;
        let number = |bytes: &[u8]| Uint::new(bytes).ok();
        vec![number(&self.modulus)?, number(&self.exponent)?].to_der().ok()
    }
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    backend::sha256(bytes)
}
