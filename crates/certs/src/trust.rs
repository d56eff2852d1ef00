//! Whose signatures count: certificates of document signers.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use x509_cert::{
    Certificate,
    der::{Decode, oid::ObjectIdentifier},
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

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
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
    /// [`BadCertificate`] if it is not one.
    pub fn from_der(der: &[u8]) -> Result<Self, BadCertificate> {
        let certificate = Certificate::from_der(der).map_err(|_| BadCertificate)?;
        let tbs = certificate.tbs_certificate();
        let spki = tbs.subject_public_key_info();
        let seconds = |time: x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
        };
        let usage = tbs.get_extension::<ExtendedKeyUsage>().map_err(|_| BadCertificate)?;
        Ok(Self {
            key_id: key_id(der),
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
pub struct TrustList(HashMap<[u8; 8], Vec<Known>>);

impl TrustList {
    /// Adds a signer.
    pub fn add(&mut self, known: Known) {
        self.0.entry(known.key_id).or_default().push(known);
    }

    /// Reads all certificates of a PEM text.
    ///
    /// # Errors
    ///
    /// [`BadCertificate`] if one cannot be read, or there is none.
    pub fn from_pem(text: &str) -> Result<Self, BadCertificate> {
        match Self::from_pem_where_readable(text) {
            (list, 0) if !list.is_empty() => Ok(list),
            _ => Err(BadCertificate),
        }
    }

    /// Reads the certificates of a PEM text that can be read, and says how many could not. For
    /// lists of other countries, where one odd certificate must not shut out all the rest.
    pub fn from_pem_where_readable(text: &str) -> (Self, usize) {
        let (mut list, mut unread) = (Self::default(), 0);
        for part in text.split_inclusive(END).filter(|part| part.contains(END)) {
            match Known::from_pem(part) {
                Ok(known) => list.add(known),
                Err(BadCertificate) => unread += 1,
            }
        }
        (list, unread)
    }

    /// How many signers are known.
    pub fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// Whether no signer is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The signers with a key id: different certificates may share one.
    pub(crate) fn with_key_id(&self, key_id: &[u8]) -> &[Known] {
        let known = <[u8; 8]>::try_from(key_id).ok().and_then(|key_id| self.0.get(&key_id));
        known.map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::signer::make_signer;

    #[test]
    fn many_certificates_are_read_however_they_are_wrapped() {
        let pems: Vec<_> = (0..3)
            .map(|_| make_signer("IN", "Ministry of Health", date(2021, 1, 31)).unwrap())
            .map(|new| new.certificate_pem)
            .collect();
        assert_eq!(TrustList::from_pem(&pems.concat()).unwrap().len(), 3);
        let one_line =
            pems[0].replace(['\r', '\n'], "").replace(BEGIN, "-----BEGIN CERTIFICATE-----\n");
        let same = Known::from_pem(&one_line).unwrap();
        assert_eq!(same.key_id(), Known::from_pem(&pems[0]).unwrap().key_id());
    }

    #[test]
    fn one_odd_certificate_does_not_shut_out_the_rest() {
        let new = make_signer("IN", "Ministry of Health", date(2021, 1, 31)).unwrap();
        let text = format!("{BEGIN}\nAAAA\n{END}\n{}", new.certificate_pem);
        assert!(TrustList::from_pem(&text).is_err());
        let (list, unread) = TrustList::from_pem_where_readable(&text);
        assert_eq!((list.len(), unread), (1, 1));
        assert!(TrustList::from_pem("").is_err());
    }
}
