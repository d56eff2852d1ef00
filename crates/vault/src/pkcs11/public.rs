//! The kinds of keys, and their public halves as bytes.

use cryptoki::{
    mechanism::{
        Mechanism, MechanismType,
        eddsa::{EddsaParams, EddsaSignatureScheme},
        rsa::{PkcsMgfType, PkcsPssParams},
    },
    object::{Attribute, AttributeType, KeyType, ObjectHandle},
    session::Session,
};
use der::{
    Decode, Encode,
    asn1::{OctetStringRef, Uint},
};

use super::{TokenError, pool::Failure};

/// P-256 as `CKA_EC_PARAMS` has it: its object identifier in DER.
const P256: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
/// Ed25519 likewise.
const ED25519: &[u8] = &[6, 3, 0x2b, 0x65, 0x70];
/// Ed25519 by its name, a `PrintableString`, as older tokens have it.
const EDWARDS25519: &[u8] = b"\x13\x0cedwards25519";
/// The least and the most bytes of an RSA modulus: 2048 to 8192 bits.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=1024;

/// A kind of key that is made on a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// For ECDSA on P-256 with SHA-256.
    P256,
    /// For Ed25519; not every token knows it.
    Ed25519,
    /// RSA of 2048 bits, for RSA-PSS with SHA-256.
    Rsa2048,
}

/// The public half of a key on a token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TokenPublicKey {
    /// A point on P-256, uncompressed: 65 bytes.
    P256(Vec<u8>),
    /// An Ed25519 key: 32 bytes.
    Ed25519(Vec<u8>),
    /// An RSA key of 2048 to 8192 bits, PKCS #1 in DER.
    Rsa(Vec<u8>),
}

impl KeyKind {
    /// How a token makes it, and what is said of the public half: one way after the other, as
    /// tokens differ in what they understand.
    pub(super) fn recipes(self) -> Vec<(Mechanism<'static>, Vec<Attribute>)> {
        let curve = |mechanism, curve: &[u8]| (mechanism, vec![Attribute::EcParams(curve.into())]);
        match self {
            Self::P256 => vec![curve(Mechanism::EccKeyPairGen, P256)],
            Self::Ed25519 => vec![
                curve(Mechanism::EccEdwardsKeyPairGen, ED25519),
                curve(Mechanism::EccEdwardsKeyPairGen, EDWARDS25519),
            ],
            Self::Rsa2048 => {
                let exponent = Attribute::PublicExponent(vec![1, 0, 1]);
                let bits = Attribute::ModulusBits(2048.into());
                vec![(Mechanism::RsaPkcsKeyPairGen, vec![bits, exponent])]
            }
        }
    }
}

impl TokenPublicKey {
    /// Reads it from a public object.
    pub(super) fn read(session: &Session, object: ObjectHandle) -> Result<Self, Failure> {
        let kinds = session.get_attributes(object, &[AttributeType::KeyType])?;
        let key = match kinds.first() {
            Some(Attribute::KeyType(KeyType::RSA)) => {
                let names = [AttributeType::Modulus, AttributeType::PublicExponent];
                rsa(&session.get_attributes(object, &names)?)
            }
            Some(Attribute::KeyType(KeyType::EC | KeyType::EC_EDWARDS)) => {
                let names = [AttributeType::EcParams, AttributeType::EcPoint];
                curve(&session.get_attributes(object, &names)?)
            }
            _ => None,
        };
        key.ok_or(Failure::Said(TokenError::Kind))
    }

    /// How long its signatures are, in bytes.
    pub(super) fn signature_length(&self) -> usize {
        match self {
            Self::P256(_) | Self::Ed25519(_) => 64,
            Self::Rsa(der) => modulus_length(der).unwrap_or(0),
        }
    }

    /// How the token signs a message with such a key, and what it is given.
    pub(super) fn recipe(&self, message: &[u8]) -> (Mechanism<'static>, Vec<u8>) {
        match self {
            Self::P256(_) => (Mechanism::Ecdsa, sha256(message)),
            Self::Ed25519(_) => {
                let parameters = EddsaParams::new(EddsaSignatureScheme::Ed25519);
                (Mechanism::Eddsa(parameters), message.to_vec())
            }
            Self::Rsa(_) => {
                let parameters = PkcsPssParams {
                    hash_alg: MechanismType::SHA256,
                    mgf: PkcsMgfType::MGF1_SHA256,
                    s_len: 32.into(),
                };
                (Mechanism::RsaPkcsPss(parameters), sha256(message))
            }
        }
    }
}

/// Hashed here: not every token hashes, and none has to be sent more than it signs.
fn sha256(message: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, message).as_ref().to_vec()
}

fn modulus_length(der: &[u8]) -> Option<usize> {
    let numbers = Vec::<Uint>::from_der(der).ok()?;
    numbers.first().map(|modulus| modulus.as_bytes().len())
}

fn rsa(attributes: &[Attribute]) -> Option<TokenPublicKey> {
    let modulus = attributes.iter().find_map(|attribute| match attribute {
        Attribute::Modulus(bytes) => Some(bytes),
        _ => None,
    })?;
    let exponent = attributes.iter().find_map(|attribute| match attribute {
        Attribute::PublicExponent(bytes) => Some(bytes),
        _ => None,
    })?;
    let modulus = Uint::new(modulus).ok()?;
    if !MODULUS.contains(&modulus.as_bytes().len()) {
        return None;
    }
    let der = vec![modulus, Uint::new(exponent).ok()?].to_der().ok()?;
    Some(TokenPublicKey::Rsa(der))
}

fn curve(attributes: &[Attribute]) -> Option<TokenPublicKey> {
    let curve = attributes.iter().find_map(|attribute| match attribute {
        Attribute::EcParams(bytes) => Some(bytes.as_slice()),
        _ => None,
    })?;
    let point = attributes.iter().find_map(|attribute| match attribute {
        Attribute::EcPoint(bytes) => Some(bytes.as_slice()),
        _ => None,
    })?;
    // The specification wraps the point into an octet string; some tokens do not. The two have
    // different lengths.
    let whole = |length: usize| {
        let wrapped = <&OctetStringRef>::from_der(point).map(OctetStringRef::as_bytes);
        let bytes = if point.len() == length { point } else { wrapped.ok()? };
        (bytes.len() == length).then(|| bytes.to_vec())
    };
    match curve {
        P256 => whole(65).filter(|point| point[0] == 4).map(TokenPublicKey::P256),
        ED25519 | EDWARDS25519 => whole(32).map(TokenPublicKey::Ed25519),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
