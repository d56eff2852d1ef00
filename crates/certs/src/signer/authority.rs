//! A signing authority of a country, and document signers under it.

use jiff::civil::Date;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData, SignatureAlgorithm,
};
use x509_cert::{
    Certificate,
    der::{
        DecodePem, Encode,
        asn1::{Uint, Utf8StringRef},
        oid::ObjectIdentifier,
    },
};

use super::{
    BadSigner,
    key::{LocalKey, SigningKey, make_key},
};
use crate::signature::{PublicKey, Scheme};

/// Extended key usage of a signer of vaccination certificates.
///
/// # Source
///
/// EU DCC "Technical specifications for certificate governance", extended key usage
/// 1.3.6.1.4.1.1847.2021.1.2.
const SIGNS_VACCINATIONS: [u64; 10] = [1, 3, 6, 1, 4, 1, 1847, 2021, 1, 2];
/// How many years the authority is valid.
const AUTHORITY_YEARS: i16 = 10;
/// How many years a document signer is valid.
const SIGNER_YEARS: i16 = 4;
const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// Whose names stand in certificates of keys.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The country, ISO 3166-1.
    pub country: &'a str,
    /// Who issues.
    pub issuer: &'a str,
}

/// A new signer as text for files. The key is secret.
pub struct NewSigner {
    /// The signing key, PKCS #8 PEM.
    pub key_pem: String,
    /// The signer's certificate, PEM.
    pub certificate_pem: String,
    /// The authority's certificate, PEM.
    pub authority_pem: String,
}

/// Makes an authority of a country and a document signer under it. The authority's key is
/// forgotten: for what need not be renewed.
///
/// # Errors
///
/// [`BadSigner::Making`] if the names cannot stand in a certificate.
pub fn make_signer(country: &str, issuer: &str, today: Date) -> Result<NewSigner, BadSigner> {
    let names = Names { country, issuer };
    let authority_key = LocalKey::from_pem(&make_key(Scheme::Es256)?)?;
    let authority_pem = make_authority(&authority_key, names, today)?;
    let key_pem = make_key(Scheme::Es256)?;
    let key = LocalKey::from_pem(&key_pem)?;
    let certificate_pem =
        certify((&authority_key, &authority_pem), key.public_key(), names, today)?;
    Ok(NewSigner { key_pem, certificate_pem, authority_pem })
}

/// Makes the certificate of a signing authority (CSCA) for its key, PEM.
///
/// # Errors
///
/// [`BadSigner::Making`] if the names cannot stand in a certificate, the key is not one of P-256 or
/// cannot be reached.
pub fn make_authority(
    key: &dyn SigningKey,
    names: Names<'_>,
    today: Date,
) -> Result<String, BadSigner> {
    let mut authority = params(names, "CSCA", today, AUTHORITY_YEARS);
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let made = authority.self_signed(&Held::new(key)?).map_err(|_| BadSigner::Making)?;
    Ok(made.pem())
}

/// Makes the certificate of a document signer under an authority, PEM.
///
/// # Errors
///
/// [`BadSigner::Certificate`] if the authority's cannot be read; [`BadSigner::NotAPair`] if it is of
/// another key; [`BadSigner::Making`] as [`make_authority`].
pub fn certify(
    (authority_key, authority_pem): (&dyn SigningKey, &str),
    signer: &PublicKey,
    names: Names<'_>,
    today: Date,
) -> Result<String, BadSigner> {
    let mut above = CertificateParams::default();
    above.distinguished_name = subject(authority_key, authority_pem)?;
    above.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let mut params = params(names, "DSC", today, SIGNER_YEARS);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(SIGNS_VACCINATIONS.to_vec())];
    let authority = rcgen::Issuer::new(above, Held::new(authority_key)?);
    let made = params.signed_by(&Point::new(signer)?, &authority);
    Ok(made.map_err(|_| BadSigner::Making)?.pem())
}

/// The name in an authority's certificate, as the issuer of what is under it.
fn subject(key: &dyn SigningKey, pem: &str) -> Result<DistinguishedName, BadSigner> {
    let certificate = Certificate::from_pem(pem).map_err(|_| BadSigner::Certificate)?;
    let certificate = certificate.tbs_certificate();
    let held = PublicKey::of_info(certificate.subject_public_key_info());
    if held.as_ref() != Ok(key.public_key()) {
        return Err(BadSigner::NotAPair);
    }
    let mut name = DistinguishedName::new();
    for part in certificate.subject().iter() {
        let text = part.value.decode_as::<Utf8StringRef<'_>>().map(|text| text.as_str().to_owned());
        let text = text.map_err(|_| BadSigner::Certificate)?;
        let kind = match part.oid {
            COUNTRY => DnType::CountryName,
            ORGANIZATION => DnType::OrganizationName,
            COMMON_NAME => DnType::CommonName,
            _ => return Err(BadSigner::Certificate),
        };
        name.push(kind, text);
    }
    Ok(name)
}

fn params(names: Names<'_>, role: &str, today: Date, years: i16) -> CertificateParams {
    let mut params = CertificateParams::default();
    let day = |date: Date, year: i16| {
        let month = date.month().unsigned_abs();
        // The 29th of February is not in every year.
        rcgen::date_time_ymd(year.into(), month, date.day().unsigned_abs().min(28))
    };
    // Validity begins at midnight UTC, and the country's day may begin before it does.
    let from = today.yesterday().unwrap_or(today);
    params.not_before = day(from, from.year());
    params.not_after = day(today, today.year() + years);
    params.distinguished_name.push(DnType::CountryName, names.country);
    params.distinguished_name.push(DnType::OrganizationName, names.issuer);
    params.distinguished_name.push(DnType::CommonName, format!("{role} {}", today.year()));
    params
}

/// A point on P-256 as the library for certificates takes it.
struct Point<'a>(&'a [u8]);

impl<'a> Point<'a> {
    fn new(key: &'a PublicKey) -> Result<Self, BadSigner> {
        match key {
            PublicKey::P256(bytes) => Ok(Self(bytes)),
            _ => Err(BadSigner::Making),
        }
    }
}

impl PublicKeyData for Point<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

/// A key, wherever it is kept, as the library for certificates takes it.
struct Held<'a> {
    key: &'a dyn SigningKey,
    point: Point<'a>,
}

impl<'a> Held<'a> {
    fn new(key: &'a dyn SigningKey) -> Result<Self, BadSigner> {
        Ok(Self { key, point: Point::new(key.public_key())? })
    }
}

impl PublicKeyData for Held<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.point.der_bytes()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.point.algorithm()
    }
}

impl rcgen::SigningKey for Held<'_> {
    /// X.509 has the two numbers of a signature in DER; everything else here has them side by side.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let away = rcgen::Error::RemoteKeyError;
        let signature = self.key.sign(message).map_err(|_| away.clone())?;
        let (r, s) = signature.split_at(signature.len() / 2);
        let number = |bytes| Uint::new(bytes).map_err(|_| away.clone());
        vec![number(r)?, number(s)?].to_der().map_err(|_| away.clone())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_signer_is_valid_from_the_first_minute_of_the_countrys_day() {
        for today in [date(2024, 2, 29), date(2024, 3, 1), date(2026, 1, 1), date(2026, 11, 25)] {
            let new = make_signer("IN", "Ministry of Health", today).unwrap();
            let known = crate::trust::Known::from_pem(&new.certificate_pem).unwrap();
            let india = jiff::tz::Offset::from_seconds(5 * 3_600 + 1_800).unwrap();
            let midnight = india.to_timestamp(today.at(0, 0, 0, 0)).unwrap();
            assert!(known.valid_at(midnight.as_second()), "{today}");
        }
    }

    fn key() -> LocalKey {
        LocalKey::from_pem(&make_key(Scheme::Es256).unwrap()).unwrap()
    }

    #[test]
    fn a_later_signer_is_under_the_same_authority() {
        let (authority, names) = (key(), Names { country: "IN", issuer: "मंत्रालय \"Health\"" });
        let pem = make_authority(&authority, names, date(2026, 1, 1)).unwrap();
        let above = Certificate::from_pem(&pem).unwrap();
        // The ministry was renamed since.
        let renamed = Names { country: "IN", issuer: "Ministry of Health" };
        let made = certify((&authority, &pem), key().public_key(), renamed, date(2028, 5, 1));
        let made = Certificate::from_pem(made.unwrap()).unwrap();
        let (above, made) = (above.tbs_certificate(), made.tbs_certificate());
        assert_eq!(made.issuer(), above.subject());
        assert_ne!(made.subject(), above.subject());
        assert_eq!(
            certify((&key(), &pem), key().public_key(), names, date(2028, 5, 1)),
            Err(BadSigner::NotAPair)
        );
    }
}
