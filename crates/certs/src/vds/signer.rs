//! The certificate that comes with a seal, and whether it is one of a known authority.

use x509_cert::{
    Certificate,
    der::{Decode, Reader, SliceReader, asn1::UintRef, oid::ObjectIdentifier},
    ext::pkix::ExtendedKeyUsage,
};

use crate::{
    signature::{PublicKey, Scheme},
    trust::{Trust, Use},
    verdict::NotValid,
};

/// Signs seals. Source: ICAO, VDS-NC, extended key usage of signer certificates.
const SEALS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.14.2");
/// ECDSA with SHA-256, SHA-384, SHA-512. Source: RFC 5758, section 3.2.
const ECDSA: [ObjectIdentifier; 3] = [
    ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"),
    ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3"),
    ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4"),
];

/// The certificate that comes with a seal.
pub(super) struct SealSigner {
    pub(super) key: PublicKey,
    pub(super) not_before: i64,
    pub(super) not_after: i64,
    /// Whether it may sign seals: it says so, or does not say what it may.
    pub(super) seals: bool,
    /// What its authority signed, byte for byte.
    signed: Vec<u8>,
    algorithm: ObjectIdentifier,
    signature: Vec<u8>,
}

impl SealSigner {
    /// Reads it.
    pub(super) fn read(der: &[u8]) -> Result<Self, NotValid> {
        let certificate = Certificate::from_der(der).map_err(|_| NotValid::Content)?;
        let tbs = certificate.tbs_certificate();
        let usage = tbs.get_extension::<ExtendedKeyUsage>().map_err(|_| NotValid::Content)?;
        let key = PublicKey::of_info(tbs.subject_public_key_info());
        let seconds = |time: x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
        };
        Ok(Self {
            key: key.map_err(|_| NotValid::Signature)?,
            not_before: seconds(tbs.validity().not_before),
            not_after: seconds(tbs.validity().not_after),
            seals: usage.is_none_or(|(_, usage)| usage.0.contains(&SEALS)),
            signed: first_part(der).ok_or(NotValid::Content)?,
            algorithm: certificate.signature_algorithm().oid,
            signature: certificate.signature().raw_bytes().to_vec(),
        })
    }

    /// Whether it is one of a country: its key is known, or a known authority's key signed it while
    /// that counted. An authority whose algorithms are not known here (RSA, or a hash of another
    /// length than its curve's) can only be trusted by its signers' keys.
    pub(super) fn is_of(&self, country: &str, trust: &Trust) -> bool {
        trust.keys(Use::VdsNc, Some(country)).any(|known| {
            known.valid_at(self.not_before) && (known.key == self.key || self.is_under(&known.key))
        })
    }

    fn is_under(&self, authority: &PublicKey) -> bool {
        let (scheme, algorithm, length) = match authority {
            PublicKey::P256(_) => (Scheme::Es256, ECDSA[0], 32),
            PublicKey::P384(_) => (Scheme::Es384, ECDSA[1], 48),
            PublicKey::P521(_) => (Scheme::Es512, ECDSA[2], 66),
            PublicKey::Rsa(_) | PublicKey::Ed25519(_) => return false,
        };
        self.algorithm == algorithm
            && fixed(&self.signature, length)
                .is_some_and(|fixed| authority.verify(scheme, &self.signed, &fixed).is_ok())
    }
}

/// The first part of a certificate, header included: what is signed. Taken as it stands, since what
/// is written anew might differ.
fn first_part(der: &[u8]) -> Option<Vec<u8>> {
    let mut reader = SliceReader::new(der).ok()?;
    let part = reader.sequence(|inside| {
        let part = inside.tlv_bytes()?.to_vec();
        inside.tlv_bytes()?;
        inside.tlv_bytes()?;
        Ok::<_, x509_cert::der::Error>(part)
    });
    part.ok()
}

/// A signature in DER as its two numbers side by side.
fn fixed(der: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut reader = SliceReader::new(der).ok()?;
    let numbers = reader.sequence(|inside| {
        let mut fixed = vec![0; 2 * length];
        for half in fixed.chunks_mut(length) {
            let number = UintRef::decode(inside)?;
            let bytes = number.as_bytes();
            let Some(start) = half.len().checked_sub(bytes.len()) else {
                return Err(x509_cert::der::ErrorKind::Overflow.into());
            };
            half[start..].copy_from_slice(bytes);
        }
        Ok::<_, x509_cert::der::Error>(fixed)
    });
    numbers.ok()
}
