//! Signing keys: in a file here; in hardware elsewhere, behind the same interface.

use crate::signature::{PublicKey, Scheme};

/// A key did not sign: its hardware or its keeper is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signing key cannot be reached")]
pub struct NotSigned;

/// A key that signs.
pub trait SigningKey: Send + Sync {
    /// How it signs.
    fn scheme(&self) -> Scheme;

    /// The key that its signatures are checked with.
    fn public_key(&self) -> &PublicKey;

    /// The signature of a message, in the form that [`Scheme`] says.
    ///
    /// # Errors
    ///
    /// [`NotSigned`] if the key cannot be reached.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NotSigned>;
}

#[cfg(feature = "issue")]
pub use local::{LocalKey, make_key};

#[cfg(feature = "issue")]
mod local {
    use aws_lc_rs::{
        encoding::AsDer,
        rand::SystemRandom,
        rsa::KeySize,
        signature::{
            ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
            RSA_PSS_SHA256, RsaKeyPair,
        },
    };
    use x509_cert::der::{
        SecretDocument,
        pem::{LineEnding, PemLabel},
    };

    use super::{NotSigned, PublicKey, Scheme, SigningKey};
    use crate::signer::BadSigner;

    enum Pair {
        P256(EcdsaKeyPair),
        Ed25519(Ed25519KeyPair),
        Rsa(RsaKeyPair),
    }

    /// A key in memory, from a file.
    pub struct LocalKey {
        pair: Pair,
        public: PublicKey,
        random: SystemRandom,
    }

    struct Pkcs8;

    impl PemLabel for Pkcs8 {
        const PEM_LABEL: &'static str = "PRIVATE KEY";
    }

    /// Makes a key, as PKCS #8 PEM. It is secret.
    ///
    /// # Errors
    ///
    /// [`BadSigner::Making`] for a scheme that nothing is issued with here: those of P-384 and
    /// P-521.
    pub fn make_key(scheme: Scheme) -> Result<String, BadSigner> {
        let making = |_| BadSigner::Making;
        let der = match scheme {
            Scheme::Es256 => {
                let key =
                    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(making)?;
                key.to_pkcs8v1().map_err(making)?.as_ref().to_vec()
            }
            Scheme::EdDsa => {
                let key = Ed25519KeyPair::generate().map_err(making)?;
                key.to_pkcs8v1().map_err(making)?.as_ref().to_vec()
            }
            Scheme::Ps256 => {
                let key = RsaKeyPair::generate(KeySize::Rsa2048).map_err(making)?;
                let der = key.as_der().map_err(making)?;
                let der: &[u8] = der.as_ref();
                der.to_vec()
            }
            Scheme::Es384 | Scheme::Es512 => return Err(BadSigner::Making),
        };
        let document = SecretDocument::try_from(der).map_err(|_| BadSigner::Making)?;
        let pem = document.to_pem(Pkcs8::PEM_LABEL, LineEnding::LF);
        pem.map(|text| text.as_str().to_owned()).map_err(|_| BadSigner::Making)
    }

    impl LocalKey {
        /// Reads a key: PKCS #8 in PEM, of P-256, Ed25519 or RSA.
        ///
        /// # Errors
        ///
        /// [`BadSigner::Key`] if it is none of these.
        pub fn from_pem(pem: &str) -> Result<Self, BadSigner> {
            let (label, document) = SecretDocument::from_pem(pem).map_err(|_| BadSigner::Key)?;
            if label != Pkcs8::PEM_LABEL {
                return Err(BadSigner::Key);
            }
            let der = document.as_bytes();
            let (pair, public) =
                if let Ok(key) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der) {
                    let public = PublicKey::P256(key.public_key().as_ref().to_vec());
                    (Pair::P256(key), public)
                } else if let Ok(key) = Ed25519KeyPair::from_pkcs8(der) {
                    let public = PublicKey::Ed25519(key.public_key().as_ref().to_vec());
                    (Pair::Ed25519(key), public)
                } else {
                    let key = RsaKeyPair::from_pkcs8(der).map_err(|_| BadSigner::Key)?;
                    let public = PublicKey::Rsa(key.public_key().as_ref().to_vec());
                    (Pair::Rsa(key), public)
                };
            Ok(Self { pair, public, random: SystemRandom::new() })
        }
    }

    impl SigningKey for LocalKey {
        fn scheme(&self) -> Scheme {
            match self.pair {
                Pair::P256(_) => Scheme::Es256,
                Pair::Ed25519(_) => Scheme::EdDsa,
                Pair::Rsa(_) => Scheme::Ps256,
            }
        }

        fn public_key(&self) -> &PublicKey {
            &self.public
        }

        fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NotSigned> {
            match &self.pair {
                Pair::P256(key) => {
                    let signature = key.sign(&self.random, message).map_err(|_| NotSigned)?;
                    Ok(signature.as_ref().to_vec())
                }
                Pair::Ed25519(key) => Ok(key.sign(message).as_ref().to_vec()),
                Pair::Rsa(key) => {
                    let mut signature = vec![0; key.public_modulus_len()];
                    key.sign(&RSA_PSS_SHA256, &self.random, message, &mut signature)
                        .map_err(|_| NotSigned)?;
                    Ok(signature)
                }
            }
        }
    }
}
