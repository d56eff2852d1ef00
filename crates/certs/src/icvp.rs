//! The WHO's digital International Certificate of Vaccination or Prophylaxis, the "yellow card":
//! issuing. It goes into the same wrapping as the EU's certificate, as another claim.
//!
//! # Shape
//!
//! CBOR of the certificate, in a CWT `{1: issuer, 4: expiry, 6: issued, 7: identifier,
//! -260: {-6: certificate}}`, signed as `COSE_Sign1` with ES256, zlib, base45, after `HC1:`. The
//! form has no identifier of its own, so the token's is used: by it, one can be withdrawn.
//!
//! Names are in Latin letters, because the form is completed in English or French.
//!
//! # Source
//!
//! WHO SMART Guidelines, `smart-trust-phw` logical model `DVCMin` as of 31 August 2026 and
//! `smart-icvp` logical model `ICVPMin` with `ICVPRequirements` of 16 April 2026; WHO HCERT, claim
//! -6 ("proposed"). International Health Regulations (2005), annex 6.

use ciborium::Value;

use crate::{
    dcc::{int, pack, sign, text},
    hcert::{HEALTH, ICVP, TOKEN_ID},
    name::latin_name,
    signer::{Signer, key::NotSigned},
    vaccination::{Born, Gender, Vaccination},
};

/// A revision of the form: the names of fields moved between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revision {
    /// Of `smart-icvp` 0.3.0, October 2025: `v`, `ntl`, `nid`, `ndt`, `dt`, and days of validity.
    First,
    /// The version has the name `v` now, the vaccination is `vx`; `nt`, `id`, `dt`.
    Second,
    /// The day of vaccination is `dv`. In force in 2026.
    Third,
}

/// The names of a revision's fields, where they differ.
pub(crate) struct Names {
    pub(crate) vaccination: &'static str,
    nationality: &'static str,
    document: &'static str,
    document_type: &'static str,
    given_on: &'static str,
    version: Option<&'static str>,
}

impl Revision {
    /// All, the oldest first.
    pub const ALL: [Self; 3] = [Self::First, Self::Second, Self::Third];
    /// What is in force.
    pub const LATEST: Self = Self::Third;

    pub(crate) const fn names(self) -> Names {
        let latest = Names {
            vaccination: "vx",
            nationality: "nt",
            document: "id",
            document_type: "dt",
            given_on: "dv",
            version: Some("v"),
        };
        match self {
            Self::First => Names {
                vaccination: "v",
                nationality: "ntl",
                document: "nid",
                document_type: "ndt",
                given_on: "dt",
                version: None,
            },
            Self::Second => Names { given_on: "dt", ..latest },
            Self::Third => latest,
        }
    }
}

/// What this certificate says and a recorded dose does not.
///
/// # Privacy
///
/// Holds details of a person: goes into the certificate and nowhere else. So it has no Debug.
#[derive(Clone, Copy)]
pub struct Details<'a> {
    /// By which revision of the form.
    pub revision: Revision,
    /// Nationality: ISO 3166-1 alpha-3.
    pub nationality: &'a str,
    /// The document that they travel with: its type, by HL7 v2 table 0203 (`PPN` is a passport), and
    /// its number.
    pub document: Option<(&'a str, &'a str)>,
    /// Parent or guardian of who cannot decide for themselves.
    pub guardian: Option<&'a str>,
    /// The issuing authority's name in the trust network.
    pub authority: Option<&'a str>,
}

/// Why none was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotIssued {
    /// The form has no place for a year alone.
    #[error("this certificate needs the full birth date")]
    BirthDate,
    /// The product is not coded.
    #[error("this certificate needs the product's code in the WHO's catalogue")]
    Product,
    /// The lot is not recorded.
    #[error("this certificate needs the production lot")]
    Lot,
    /// It says neither who supervised nor which authority answers for it.
    #[error("this certificate needs the name of the vaccinator or of the authority")]
    Issuer,
    /// The nationality is not three capital letters.
    #[error("this certificate needs the nationality as a code of three letters")]
    Nationality,
    /// The key did not sign.
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
}

/// Issues a certificate of one dose. It never outlasts its signer's certificate: a later expiry is
/// brought forward to that.
///
/// The product is the code that the vaccination carries. Which codes the WHO lists is not known
/// here; one from another catalogue is carried as it is, and verifiers that hold it against the
/// catalogue will refuse it. In 2026 that has vaccines against yellow fever and poliomyelitis, and
/// none against COVID-19.
///
/// # Units
///
/// `issued_at` and `expires_at` are seconds since 1970.
///
/// # Shape
///
/// The text of the QR code: `HC1:` and base45.
///
/// # Errors
///
/// [`NotIssued`]: what the form asks for and is not there, or the key cannot be reached.
pub fn issue(
    signer: &Signer,
    vaccination: &Vaccination<'_>,
    details: &Details<'_>,
    issued_at: i64,
    expires_at: i64,
) -> Result<String, NotIssued> {
    let certificate = certificate(vaccination, details)?;
    let claims = Value::Map(vec![
        (int(1), text(vaccination.country)),
        (int(4), int(expires_at.min(signer.not_after()))),
        (int(6), int(issued_at)),
        (int(TOKEN_ID), Value::Bytes(vaccination.uvci().into_bytes())),
        (int(HEALTH), Value::Map(vec![(int(ICVP), certificate)])),
    ]);
    let mut payload = Vec::with_capacity(512);
    ciborium::into_writer(&claims, &mut payload).expect("a value can be written to memory");
    Ok(pack(&sign(signer, payload)?))
}

fn certificate(vaccination: &Vaccination<'_>, details: &Details<'_>) -> Result<Value, NotIssued> {
    let Born::On(born) = vaccination.born else { return Err(NotIssued::BirthDate) };
    let (names, nationality) = (details.revision.names(), details.nationality);
    if nationality.len() != 3 || !nationality.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(NotIssued::Nationality);
    }
    let mut fields = vec![
        (text("n"), text(&latin_name(vaccination.name))),
        (text("dob"), text(&born.to_string())),
        (text("s"), text(sex(vaccination.gender))),
        (text(names.nationality), text(nationality)),
    ];
    if let Some((kind, number)) = details.document {
        fields.push((text(names.document), text(number)));
        fields.push((text(names.document_type), text(kind)));
    }
    if let Some(guardian) = details.guardian {
        fields.push((text("gn"), text(&latin_name(guardian))));
    }
    fields.push((text(names.vaccination), dose(vaccination, details, &names)?));
    if let Some(version) = names.version {
        fields.push((text(version), text("1")));
    }
    Ok(Value::Map(fields))
}

fn dose(
    vaccination: &Vaccination<'_>,
    details: &Details<'_>,
    names: &Names,
) -> Result<Value, NotIssued> {
    let there = |value: &str| !value.trim().is_empty();
    if !there(vaccination.codes.product) {
        return Err(NotIssued::Product);
    }
    if !there(vaccination.lot) {
        return Err(NotIssued::Lot);
    }
    let authority = details.authority.filter(|authority| there(authority));
    let clinician = Some(vaccination.vaccinator).filter(|name| there(name));
    if authority.is_none() && clinician.is_none() {
        return Err(NotIssued::Issuer);
    }
    let mut fields = vec![
        (text("vp"), text(vaccination.codes.product)),
        (text(names.given_on), text(&vaccination.given_on.to_string())),
    ];
    fields.extend(clinician.map(|name| (text("cn"), text(&latin_name(name)))));
    fields.extend(authority.map(|name| (text("is"), text(name))));
    fields.push((text("bo"), text(vaccination.lot)));
    Ok(Value::Map(fields))
}

/// By the code system of FHIR's administrative gender.
const fn sex(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "female",
        Gender::Male => "male",
        Gender::Other => "other",
        Gender::Unknown => "unknown",
    }
}

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;
