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

use jiff::civil::Date;

use crate::{
    dcc::pack,
    hcert::{
        HEALTH, ICVP, TOKEN_ID,
        cbor::{Writer, Written, written},
        cose,
    },
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
    let born = check(vaccination, details)?;
    let payload = written(|to| {
        to.map(5)?.u8(1)?.str(vaccination.country)?;
        to.u8(4)?.i64(expires_at.min(signer.not_after()))?;
        to.u8(6)?.i64(issued_at)?;
        to.i64(TOKEN_ID)?.bytes(vaccination.uvci().as_bytes())?;
        to.i64(HEALTH)?.map(1)?.i64(ICVP)?;
        certificate(to, vaccination, details, born)
    });
    Ok(pack(&cose::sign(signer, &payload)?))
}

/// Whether all that the form asks for is there; gives the day of birth.
fn check(vaccination: &Vaccination<'_>, details: &Details<'_>) -> Result<Date, NotIssued> {
    let Born::On(born) = vaccination.born else { return Err(NotIssued::BirthDate) };
    let nationality = details.nationality;
    if nationality.len() != 3 || !nationality.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(NotIssued::Nationality);
    }
    if !is_there(vaccination.codes.product) {
        return Err(NotIssued::Product);
    }
    if !is_there(vaccination.lot) {
        return Err(NotIssued::Lot);
    }
    if authority(details).is_none() && clinician(vaccination).is_none() {
        return Err(NotIssued::Issuer);
    }
    Ok(born)
}

fn is_there(value: &str) -> bool {
    !value.trim().is_empty()
}

fn authority<'a>(details: &Details<'a>) -> Option<&'a str> {
    details.authority.filter(|authority| is_there(authority))
}

fn clinician<'a>(vaccination: &Vaccination<'a>) -> Option<&'a str> {
    Some(vaccination.vaccinator).filter(|name| is_there(name))
}

/// How many fields something has that may be there.
fn fields<T>(of: Option<T>, count: u64) -> u64 {
    of.map_or(0, |_| count)
}

fn certificate(
    to: &mut Writer,
    vaccination: &Vaccination<'_>,
    details: &Details<'_>,
    born: Date,
) -> Written {
    let names = details.revision.names();
    let optional = fields(details.document, 2) + fields(details.guardian, 1);
    to.map(5 + optional + fields(names.version, 1))?;
    to.str("n")?.str(&latin_name(vaccination.name))?;
    to.str("dob")?.str(&born.to_string())?;
    to.str("s")?.str(sex(vaccination.gender))?;
    to.str(names.nationality)?.str(details.nationality)?;
    if let Some((kind, number)) = details.document {
        to.str(names.document)?.str(number)?;
        to.str(names.document_type)?.str(kind)?;
    }
    if let Some(guardian) = details.guardian {
        to.str("gn")?.str(&latin_name(guardian))?;
    }
    to.str(names.vaccination)?;
    dose(to, vaccination, details, &names)?;
    if let Some(version) = names.version {
        to.str(version)?.str("1")?;
    }
    Ok(())
}

fn dose(
    to: &mut Writer,
    vaccination: &Vaccination<'_>,
    details: &Details<'_>,
    names: &Names,
) -> Written {
    let (clinician, authority) = (clinician(vaccination), authority(details));
    to.map(3 + fields(clinician, 1) + fields(authority, 1))?;
    to.str("vp")?.str(vaccination.codes.product)?;
    to.str(names.given_on)?.str(&vaccination.given_on.to_string())?;
    if let Some(name) = clinician {
        to.str("cn")?.str(&latin_name(name))?;
    }
    if let Some(name) = authority {
        to.str("is")?.str(name)?;
    }
    to.str("bo")?.str(vaccination.lot)?;
    Ok(())
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
