//! Document signers that are known by an X.509 certificate.

use base64::{Engine, engine::general_purpose::STANDARD};
use x509_cert::{
    Certificate,
    der::{Decode, oid::ObjectIdentifier},
    ext::pkix::ExtendedKeyUsage,
};

use crate::signature::{Checker, PublicKey, sha256};

/// A certificate could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an X.509 certificate in PEM")]
pub struct BadCertificate;

/// What a signer may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signs {
    pub(crate) vaccinations: bool,
    pub(crate) tests: bool,
    pub(crate) recoveries: bool,
}

impl Signs {
    /// Anything: the certificate does not say.
    const ANYTHING: Self = Self { vaccinations: true, tests: true, recoveries: true };
}

/// A document signer that is known.
#[derive(Clone, Debug)]
pub struct Known {
    key_id: [u8; 8],
    der: Vec<u8>,
    checker: Checker,
    country: Option<String>,
    not_before: i64,
    not_after: i64,
    pub(crate) signs: Signs,
}

pub(super) const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
pub(super) const END: &str = "-----END CERTIFICATE-----";
const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
/// Tests, vaccinations, recoveries; each also in the form of an early specification, which some
/// countries kept.
const USAGES: [[ObjectIdentifier; 2]; 3] = [
    [
        ObjectIdentifier::new_unwrap("1.3.6.1.4.1.1847.2021.1.1"),
        ObjectIdentifier::new_unwrap("1.3.6.1.4.1.0.1847.2021.1.1"),
    ],
    [
        ObjectIdentifier::new_unwrap("1.3.6.1.4.1.1847.2021.1.2"),
        ObjectIdentifier::new_unwrap("1.3.6.1.4.1.0.1847.2021.1.2"),
    ],
    [
        ObjectIdentifier::new_unwrap("1.3.6.1.4.1.1847.2021.1.3"),
        ObjectIdentifier::new_unwrap("1.3.6.1.4.1.0.1847.2021.1.3"),
    ],
];

impl Known {
    /// Reads a certificate in PEM: the first of the text. Trust registries write the body as one
    /// long line, which strict readers refuse, so line breaks count for nothing here.
    ///
    /// # Errors
    ///
    /// [`BadCertificate`] if it is not one.
    pub fn from_pem(pem: &str) -> Result<Self, BadCertificate> {
        let (_, rest) = pem.split_once(BEGIN).ok_or(BadCertificate)?;
        let (body, _) = rest.split_once(END).ok_or(BadCertificate)?;
        let body: String = body.split_ascii_whitespace().collect();
        Self::from_der(&STANDARD.decode(body).map_err(|_| BadCertificate)?)
    }

    /// Reads a certificate in DER. Its key id is made of these very bytes.
    ///
    /// # Errors
    ///
    /// [`BadCertificate`] if it is not one, or of a key that no certificate is signed with.
    pub fn from_der(der: &[u8]) -> Result<Self, BadCertificate> {
        let certificate = Certificate::from_der(der).map_err(|_| BadCertificate)?;
        let tbs = certificate.tbs_certificate();
        let seconds = |time: x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
        };
        let usage = tbs.get_extension::<ExtendedKeyUsage>().map_err(|_| BadCertificate)?;
        let names = tbs.subject().iter();
        let country = names.filter(|name| name.oid == COUNTRY).find_map(|name| {
            let text = std::str::from_utf8(name.value.value()).ok()?;
            Some(text.to_ascii_uppercase())
        });
        let key = PublicKey::of_info(tbs.subject_public_key_info()).map_err(|_| BadCertificate)?;
        Ok(Self {
            key_id: key_id(der),
            der: der.to_vec(),
            checker: Checker::new(key),
            country,
            not_before: seconds(tbs.validity().not_before),
            not_after: seconds(tbs.validity().not_after),
            signs: usage.map_or(Signs::ANYTHING, |(_, usage)| signs(&usage)),
        })
    }

    /// The first eight bytes of the certificate's SHA-256.
    pub const fn key_id(&self) -> [u8; 8] {
        self.key_id
    }

    /// The certificate itself, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The key that its signatures are checked with.
    pub const fn key(&self) -> &PublicKey {
        self.checker.key()
    }

    pub(crate) const fn checker(&self) -> &Checker {
        &self.checker
    }

    /// The country that the certificate names, in capitals.
    pub fn country(&self) -> Option<&str> {
        self.country.as_deref()
    }

    /// Whether it was valid at an instant, in seconds since 1970.
    pub(crate) fn valid_at(&self, instant: i64) -> bool {
        (self.not_before..=self.not_after).contains(&instant)
    }

    pub(crate) const fn not_after(&self) -> i64 {
        self.not_after
    }
}

/// The first eight bytes of a certificate's SHA-256. Source: EU DCC, key identifier.
fn key_id(der: &[u8]) -> [u8; 8] {
    sha256(der)[..8].try_into().expect("SHA-256 has more than eight bytes")
}

fn signs(usage: &ExtendedKeyUsage) -> Signs {
    let has = |oids: &[ObjectIdentifier; 2]| usage.0.iter().any(|oid| oids.contains(oid));
    let [tests, vaccinations, recoveries] = [has(&USAGES[0]), has(&USAGES[1]), has(&USAGES[2])];
    if tests || vaccinations || recoveries {
        Signs { vaccinations, tests, recoveries }
    } else {
        Signs::ANYTHING
    }
}
