//! An authenticator in software, and the browser that asks it: passkeys as a device makes them, and
//! what it says when one signs in. Every part can be made to be wrong.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use coset::{
    CborSerializable, CoseKey, CoseKeyBuilder,
    cbor::Value,
    iana::{Algorithm, EllipticCurve, EnumI64, OkpKeyParameter},
};

/// Somebody is there, and the authenticator checked who.
pub const VERIFIED: u8 = 0b101;
/// A passkey was made.
const MADE: u8 = 1 << 6;

enum Key {
    Es256(Box<EcdsaKeyPair>),
    EdDsa(Ed25519KeyPair),
}

/// An authenticator with one passkey.
pub struct Authenticator {
    key: Key,
    /// The id of the passkey.
    pub credential: Vec<u8>,
    /// The relying party that it is for.
    pub party: String,
    /// The origin that the browser shows.
    pub origin: String,
    /// The counter; it stands still at 0.
    pub sign_count: u32,
    /// The flags that are said.
    pub flags: u8,
    /// What is said to be the form of the attestation.
    pub form: String,
}

/// What comes back from a browser.
#[derive(Clone)]
pub struct Said {
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// The attestation object, or the authenticator's data.
    pub data: Vec<u8>,
    /// The signature; empty when a passkey is made.
    pub signature: Vec<u8>,
}

impl Authenticator {
    /// One whose passkey is of ES256, for a relying party of this origin.
    ///
    /// # Panics
    ///
    /// If no key can be made.
    pub fn es256(party: &str, origin: &str) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        Self::new(Key::Es256(Box::new(key)), party, origin)
    }

    /// One whose passkey is of Ed25519.
    ///
    /// # Panics
    ///
    /// If no key can be made.
    pub fn eddsa(party: &str, origin: &str) -> Self {
        Self::new(Key::EdDsa(Ed25519KeyPair::generate().expect("a key")), party, origin)
    }

    fn new(key: Key, party: &str, origin: &str) -> Self {
        let public = match &key {
            Key::Es256(key) => key.public_key().as_ref().to_vec(),
            Key::EdDsa(key) => key.public_key().as_ref().to_vec(),
        };
        Self {
            credential: digest(&SHA256, &public).as_ref().to_vec(),
            key,
            party: party.to_owned(),
            origin: origin.to_owned(),
            sign_count: 0,
            flags: VERIFIED,
            form: "none".to_owned(),
        }
    }

    /// The COSE key.
    ///
    /// # Panics
    ///
    /// Never: it can be encoded.
    pub fn cose(&self) -> Vec<u8> {
        let key = match &self.key {
            Key::Es256(key) => {
                let point = key.public_key().as_ref();
                let (x, y) = (point[1..33].to_vec(), point[33..].to_vec());
                CoseKeyBuilder::new_ec2_pub_key(EllipticCurve::P_256, x, y)
                    .algorithm(Algorithm::ES256)
                    .build()
            }
            Key::EdDsa(key) => {
                let parameter = |name: OkpKeyParameter, value| (label(name.to_i64()), value);
                let x = Value::Bytes(key.public_key().as_ref().to_vec());
                let curve = Value::from(EllipticCurve::Ed25519.to_i64());
                CoseKey {
                    kty: coset::KeyType::Assigned(coset::iana::KeyType::OKP),
                    alg: Some(coset::Algorithm::Assigned(Algorithm::EdDSA)),
                    params: vec![
                        parameter(OkpKeyParameter::Crv, curve),
                        parameter(OkpKeyParameter::X, x),
                    ],
                    ..CoseKey::default()
                }
            }
        };
        key.to_vec().expect("a key is CBOR")
    }

    fn client_data(&self, occasion: &str, challenge: &str) -> Vec<u8> {
        let origin = &self.origin;
        let said = serde_json::json!({
            "type": occasion, "challenge": challenge, "origin": origin, "crossOrigin": false,
        });
        said.to_string().into_bytes()
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.party.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.sign_count.to_be_bytes());
        data
    }

    /// What is said of the passkey that it has made.
    ///
    /// # Panics
    ///
    /// Never: it can be encoded.
    pub fn made(&self, challenge: &str) -> Said {
        let mut data = self.authenticator_data(self.flags | MADE);
        data.extend([0; 16]);
        let length = u16::try_from(self.credential.len()).expect("a short id");
        data.extend(length.to_be_bytes());
        data.extend(&self.credential);
        data.extend(self.cose());
        Said {
            client_data: self.client_data("webauthn.create", challenge),
            data: attestation(&self.form, data),
            signature: Vec::new(),
        }
    }

    /// What is said when it signs in; an authenticator that counts, counts.
    ///
    /// # Panics
    ///
    /// Never: it can sign.
    pub fn signs_in(&mut self, challenge: &str) -> Said {
        self.sign_count += u32::from(self.sign_count > 0);
        let client_data = self.client_data("webauthn.get", challenge);
        let data = self.authenticator_data(self.flags);
        let mut signed = data.clone();
        signed.extend(digest(&SHA256, &client_data).as_ref());
        let signature = match &self.key {
            Key::Es256(key) => {
                key.sign(&SystemRandom::new(), &signed).expect("it signs").as_ref().to_vec()
            }
            Key::EdDsa(key) => key.sign(&signed).as_ref().to_vec(),
        };
        Said { client_data, data, signature }
    }
}

fn label(number: i64) -> coset::Label {
    coset::Label::Int(number)
}

/// An attestation object of a form, without a statement.
///
/// # Panics
///
/// Never: it can be encoded.
pub fn attestation(form: &str, data: Vec<u8>) -> Vec<u8> {
    let text = |text: &str| Value::Text(text.to_owned());
    let object = Value::Map(vec![
        (text("fmt"), text(form)),
        (text("attStmt"), Value::Map(Vec::new())),
        (text("authData"), Value::Bytes(data)),
    ]);
    let mut bytes = Vec::new();
    coset::cbor::ser::into_writer(&object, &mut bytes).expect("a value is CBOR");
    bytes
}
