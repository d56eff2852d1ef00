//! Whose signatures count: certificates of document signers.

use x509_cert::{
    Certificate,
    der::{Decode, DecodePem, Encode, oid::ObjectIdentifier},
    ext::pkix::ExtendedKeyUsage,
};

use crate::signer::key_id;

/// A certificate could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an X.509 certificate in PEM")]
pub struct BadCertificate;

/// What a signer may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signs {
    /// Anything: it does not say.
    Anything,
    /// Vaccinations among others.
    Vaccinations,
    /// Only other things.
    OtherThings,
}

/// A document signer that is known.
#[derive(Clone, Debug)]
pub struct Known {
    key_id: [u8; 8],
    public_key: Vec<u8>,
    is_rsa: bool,
    not_before: i64,
    not_after: i64,
    pub(crate) signs: Signs,
}

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const VACCINATIONS: [ObjectIdentifier; 2] = [
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.1847.2021.1.2"),
    // The form of an early specification, which some countries kept.
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.0.1847.2021.1.2"),
];
const OTHER_THINGS: [ObjectIdentifier; 4] = [
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.1847.2021.1.1"),
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.0.1847.2021.1.1"),
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.1847.2021.1.3"),
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.0.1847.2021.1.3"),
];

impl Known {
    /// Reads a certificate.
    ///
    /// # Errors
    ///
    /// [`BadCertificate`] if it is not one.
    pub fn from_pem(pem: &str) -> Result<Self, BadCertificate> {
        let certificate = Certificate::from_pem(pem).map_err(|_| BadCertificate)?;
        Self::of(&certificate)
    }

    /// Reads a certificate in DER.
    ///
    /// # Errors
    ///
    /// [`BadCertificate`] if it is not one.
    pub fn from_der(der: &[u8]) -> Result<Self, BadCertificate> {
        Self::of(&Certificate::from_der(der).map_err(|_| BadCertificate)?)
    }

    fn of(certificate: &Certificate) -> Result<Self, BadCertificate> {
        let der = certificate.to_der().map_err(|_| BadCertificate)?;
        let tbs = certificate.tbs_certificate();
        let spki = tbs.subject_public_key_info();
        let seconds = |time: x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
        };
        let usage = tbs.get_extension::<ExtendedKeyUsage>().map_err(|_| BadCertificate)?;
        Ok(Self {
            key_id: key_id(&der),
            public_key: spki.subject_public_key.raw_bytes().to_vec(),
            is_rsa: spki.algorithm.oid == RSA,
            not_before: seconds(tbs.validity().not_before),
            not_after: seconds(tbs.validity().not_after),
            signs: usage.map_or(Signs::Anything, |(_, usage)| signs(&usage)),
        })
    }

    /// The first eight bytes of the certificate's SHA-256.
    pub const fn key_id(&self) -> [u8; 8] {
        self.key_id
    }

    /// The public key as the certificate holds it: a point, or an RSA key in DER.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    pub(crate) const fn is_rsa(&self) -> bool {
        self.is_rsa
    }

    /// Whether it was valid at an instant, in seconds since 1970.
    pub(crate) fn valid_at(&self, instant: i64) -> bool {
        (self.not_before..=self.not_after).contains(&instant)
    }

    pub(crate) const fn not_after(&self) -> i64 {
        self.not_after
    }
}

fn signs(usage: &ExtendedKeyUsage) -> Signs {
    if usage.0.iter().any(|oid| VACCINATIONS.contains(oid)) {
        Signs::Vaccinations
    } else if usage.0.iter().any(|oid| OTHER_THINGS.contains(oid)) {
        Signs::OtherThings
    } else {
        Signs::Anything
    }
}

/// The document signers that are known.
#[derive(Clone, Debug, Default)]
pub struct TrustList(Vec<Known>);

impl TrustList {
    /// Adds a signer.
    pub fn add(&mut self, known: Known) {
        self.0.push(known);
    }

    /// Reads all certificates of a PEM text.
    ///
    /// # Errors
    ///
    /// [`BadCertificate`] if one cannot be read, or there is none.
    pub fn from_pem(text: &str) -> Result<Self, BadCertificate> {
        const END: &str = "-----END CERTIFICATE-----";
        let mut list = Self::default();
        for part in text.split_inclusive(END).filter(|part| part.contains(END)) {
            let begin = part.find("-----BEGIN CERTIFICATE-----").ok_or(BadCertificate)?;
            list.add(Known::from_pem(&part[begin..])?);
        }
        if list.0.is_empty() { Err(BadCertificate) } else { Ok(list) }
    }

    /// The signers with a key id: different certificates may share one.
    pub(crate) fn with_key_id(&self, key_id: &[u8]) -> impl Iterator<Item = &Known> {
        self.0.iter().filter(move |known| known.key_id == key_id)
    }
}
