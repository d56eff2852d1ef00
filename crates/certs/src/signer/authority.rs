//! A signing authority of a country, and document signers under it.

use jiff::civil::Date;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};

use super::BadSigner;

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
/// forgotten: the next signer comes with an authority of its own, or from outside.
///
/// # Errors
///
/// [`BadSigner::Making`] if the names cannot stand in a certificate.
pub fn make_signer(country: &str, issuer: &str, today: Date) -> Result<NewSigner, BadSigner> {
    let authority_key = make_key()?;
    let mut authority = params(country, issuer, "CSCA", today, AUTHORITY_YEARS);
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_certificate =
        authority.self_signed(&authority_key).map_err(|_| BadSigner::Making)?;
    let key = make_key()?;
    let mut signer = params(country, issuer, "DSC", today, SIGNER_YEARS);
    signer.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    signer.use_authority_key_identifier_extension = true;
    signer.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(SIGNS_VACCINATIONS.to_vec())];
    let authority = rcgen::Issuer::new(authority, authority_key);
    let certificate = signer.signed_by(&key, &authority).map_err(|_| BadSigner::Making)?;
    Ok(NewSigner {
        key_pem: key.serialize_pem(),
        certificate_pem: certificate.pem(),
        authority_pem: authority_certificate.pem(),
    })
}

fn make_key() -> Result<KeyPair, BadSigner> {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|_| BadSigner::Making)
}

fn params(country: &str, issuer: &str, role: &str, today: Date, years: i16) -> CertificateParams {
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
    params.distinguished_name.push(DnType::CountryName, country);
    params.distinguished_name.push(DnType::OrganizationName, issuer);
    params.distinguished_name.push(DnType::CommonName, format!("{role} {}", today.year()));
    params
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
}
