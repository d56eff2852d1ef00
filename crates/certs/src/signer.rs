//! Who signs: a document signer under a signing authority of the country.

#[cfg(feature = "issue")]
mod authority;
pub mod key;

#[cfg(feature = "issue")]
pub use authority::{Names, NewSigner, certify, make_authority, make_signer};

use self::key::{NotSigned, SigningKey};

/// Why there is no signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSigner {
    /// The key is not a P-256 key in PKCS #8.
    #[error("the signing key is not a P-256 key in PKCS #8 PEM")]
    Key,
    /// The certificate cannot be read.
    #[error("the signer's certificate is not an X.509 certificate in PEM")]
    Certificate,
    /// Key and certificate do not belong together.
    #[error("the signing key and the signer's certificate do not belong together")]
    NotAPair,
    /// A certificate could not be made.
    #[error("a certificate could not be made")]
    Making,
}

/// A document signer: a key, and the certificate that says whose it is.
pub struct Signer {
    key: Box<dyn SigningKey>,
    key_id: [u8; 8],
    not_after: i64,
    certificate: String,
    certificate_der: Vec<u8>,
}

impl Signer {
    /// The signer of a key in a file and its certificate.
    ///
    /// # Errors
    ///
    /// [`BadSigner`] if either cannot be read or they are not a pair.
    #[cfg(feature = "issue")]
    pub fn from_pem(key_pem: &str, certificate_pem: &str) -> Result<Self, BadSigner> {
        Self::new(Box::new(key::LocalKey::from_pem(key_pem)?), certificate_pem)
    }

    /// The signer of a key, wherever it is kept, and its certificate.
    ///
    /// # Errors
    ///
    /// [`BadSigner`] if the certificate cannot be read or is of another key, or if the key is not
    /// one of P-256.
    pub fn new(key: Box<dyn SigningKey>, certificate_pem: &str) -> Result<Self, BadSigner> {
        let known =
            crate::trust::Known::from_pem(certificate_pem).map_err(|_| BadSigner::Certificate)?;
        if key.scheme() != crate::signature::Scheme::Es256 {
            return Err(BadSigner::Key);
        }
        if known.key() != key.public_key() {
            return Err(BadSigner::NotAPair);
        }
        Ok(Self {
            key,
            key_id: known.key_id(),
            not_after: known.not_after(),
            certificate: certificate_pem.to_owned(),
            certificate_der: known.der().to_vec(),
        })
    }

    /// The signer's certificate, PEM: what verifiers need.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate
    }

    /// The signer's certificate, DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate_der
    }

    /// The signer's key, for formats that name keys otherwise than by a certificate.
    pub fn key(&self) -> &dyn SigningKey {
        &*self.key
    }

    /// When the signer's certificate ends, seconds since 1970.
    pub(crate) const fn not_after(&self) -> i64 {
        self.not_after
    }

    /// The name of the signer in HCERTs: the first bytes of the SHA-256 of its certificate.
    pub const fn key_id(&self) -> [u8; 8] {
        self.key_id
    }

    /// The signature of a message: ES256, 64 bytes.
    ///
    /// # Errors
    ///
    /// [`NotSigned`] if the key cannot be reached.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NotSigned> {
        self.key.sign(message)
    }
}
