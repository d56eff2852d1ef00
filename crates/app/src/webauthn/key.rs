//! Public keys of passkeys: ES256 and Ed25519, in the form of COSE.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey};
use coset::{
    AsCborValue, CborSerializable, CoseKey, KeyType, Label, RegisteredLabelWithPrivate,
    cbor::Value,
    iana::{Algorithm, Ec2KeyParameter, EllipticCurve, EnumI64, KeyType as Kind, OkpKeyParameter},
};

use super::NotProven;

/// The algorithms that are asked for, by their COSE numbers, the preferred one first.
pub const ALGORITHMS: [i64; 2] = [-8, -7];

/// The public key of a passkey: a point of its curve.
#[derive(Debug)]
pub struct PublicKey {
    cose: Vec<u8>,
    parsed: ParsedPublicKey,
}

impl PublicKey {
    /// Reads the form in which it is kept.
    ///
    /// # Errors
    ///
    /// [`NotProven::Key`] if it is of another kind.
    pub fn read(cose: &[u8]) -> Result<Self, NotProven> {
        Self::of_key(CoseKey::from_slice(cose).map_err(|_| NotProven::Key)?)
    }

    /// Reads a value of CBOR.
    pub(super) fn of_value(value: Value) -> Result<Self, NotProven> {
        Self::of_key(CoseKey::from_cbor_value(value).map_err(|_| NotProven::Key)?)
    }

    fn of_key(key: CoseKey) -> Result<Self, NotProven> {
        let kind = match (&key.kty, &key.alg) {
            (KeyType::Assigned(kind), Some(RegisteredLabelWithPrivate::Assigned(algorithm))) => {
                (*kind, *algorithm)
            }
            _ => return Err(NotProven::Key),
        };
        let parsed = match kind {
            (Kind::EC2, Algorithm::ES256) => {
                of_curve(&key, Ec2KeyParameter::Crv.to_i64(), EllipticCurve::P_256)?;
                let mut point = vec![4];
                point.extend(coordinate(&key, Ec2KeyParameter::X.to_i64())?);
                point.extend(coordinate(&key, Ec2KeyParameter::Y.to_i64())?);
                ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
            }
            (Kind::OKP, Algorithm::EdDSA) => {
                of_curve(&key, OkpKeyParameter::Crv.to_i64(), EllipticCurve::Ed25519)?;
                ParsedPublicKey::new(&ED25519, coordinate(&key, OkpKeyParameter::X.to_i64())?)
            }
            _ => return Err(NotProven::Key),
        };
        let parsed = parsed.map_err(|_| NotProven::Key)?;
        Ok(Self { cose: key.to_vec().map_err(|_| NotProven::Key)?, parsed })
    }

    /// The form in which it is kept: a COSE key.
    pub fn cose(&self) -> &[u8] {
        &self.cose
    }

    /// Whether a signature is of this key.
    pub(super) fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<(), NotProven> {
        self.parsed.verify_sig(signed, signature).map_err(|_| NotProven::Signature)
    }
}

/// A parameter of a key, which must be there once.
fn parameter(key: &CoseKey, number: i64) -> Result<&Value, NotProven> {
    let mut found = key.params.iter().filter(|(label, _)| *label == Label::Int(number));
    match (found.next(), found.next()) {
        (Some((_, value)), None) => Ok(value),
        _ => Err(NotProven::Key),
    }
}

fn of_curve(key: &CoseKey, number: i64, curve: EllipticCurve) -> Result<(), NotProven> {
    let named = parameter(key, number)?.as_integer().and_then(|it| i64::try_from(it).ok());
    if named == Some(curve.to_i64()) { Ok(()) } else { Err(NotProven::Key) }
}

/// A coordinate of 32 bytes.
fn coordinate(key: &CoseKey, number: i64) -> Result<&[u8], NotProven> {
    let bytes = parameter(key, number)?.as_bytes().filter(|bytes| bytes.len() == 32);
    bytes.map(Vec::as_slice).ok_or(NotProven::Key)
}
