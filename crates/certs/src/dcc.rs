//! The EU Digital COVID Certificate, version 1.3.0: the certificate that most verifiers of the
//! world read.
//!
//! # Shape
//!
//! CBOR of the certificate, in a CWT `{1: issuer, 4: expiry, 6: issued, -260: {1: certificate}}`,
//! signed as `COSE_Sign1` with ES256, zlib, base45, after `HC1:`.
//!
//! # Source
//!
//! eHealth Network, "Electronic Health Certificate Specification" (HCERT) 1.3.0 and the EU DCC
//! schema 1.3.0.

use std::cell::RefCell;

use flate2::{Compress, Compression, FlushCompress, Status};

use crate::{
    hcert::{
        HEALTH,
        cbor::{Writer, Written, written},
        cose,
    },
    name::passport_letters,
    signer::{Signer, key::NotSigned},
    vaccination::Vaccination,
};

/// SNOMED CT code of COVID-19.
pub const COVID_19: &str = "840539006";

/// Issues a certificate. It never outlasts its signer's certificate: a later expiry is brought
/// forward to that.
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
/// [`NotSigned`] if the key cannot be reached.
pub fn issue(
    signer: &Signer,
    vaccination: &Vaccination<'_>,
    issued_at: i64,
    expires_at: i64,
) -> Result<String, NotSigned> {
    let payload = written(|to| {
        to.map(4)?.u8(1)?.str(vaccination.country)?;
        to.u8(4)?.i64(expires_at.min(signer.not_after()))?;
        to.u8(6)?.i64(issued_at)?;
        to.i64(HEALTH)?.map(1)?.u8(1)?;
        certificate(to, vaccination)
    });
    Ok(pack(&cose::sign(signer, &payload)?))
}

/// The signed bytes as the text of a QR code.
pub(crate) fn pack(bytes: &[u8]) -> String {
    thread_local! {
        // Making a compressor clears hundreds of kilobytes, which takes longer than all the rest
        // of a certificate, its signature included. So each thread keeps one. The least effort is
        // enough: on the certificates of the EU's test set the most saves 1 % and takes 4 times
        // as long.
        static ZLIB: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), true));
    }
    // What does not compress grows, by far less than this.
    let mut packed = Vec::with_capacity(bytes.len() * 2 + 64);
    ZLIB.with_borrow_mut(|zlib| {
        zlib.reset();
        let done = zlib.compress_vec(bytes, &mut packed, FlushCompress::Finish);
        assert!(matches!(done, Ok(Status::StreamEnd)), "there is room for what does not compress");
    });
    format!("HC1:{}", base45::encode(&packed))
}

fn certificate(to: &mut Writer, vaccination: &Vaccination<'_>) -> Written {
    let (surname, forename) = split_name(vaccination.name);
    to.map(4)?.str("ver")?.str("1.3.0")?;
    to.str("nam")?.map(if forename.is_some() { 4 } else { 2 })?;
    to.str("fn")?.str(surname)?.str("fnt")?.str(&passport_letters(surname))?;
    if let Some(forename) = forename {
        to.str("gn")?.str(forename)?.str("gnt")?.str(&passport_letters(forename))?;
    }
    to.str("dob")?.str(&vaccination.born.text())?;
    to.str("v")?.array(1)?.map(10)?;
    to.str("tg")?.str(vaccination.codes.disease)?;
    to.str("vp")?.str(vaccination.codes.prophylaxis)?;
    to.str("mp")?.str(vaccination.codes.product)?;
    to.str("ma")?.str(vaccination.codes.manufacturer)?;
    to.str("dn")?.u8(vaccination.dose_number)?;
    to.str("sd")?.u8(vaccination.series())?;
    to.str("dt")?.str(&vaccination.given_on.to_string())?;
    to.str("co")?.str(vaccination.country)?;
    to.str("is")?.str(vaccination.issuer)?;
    to.str("ci")?.str(&vaccination.uvci())?;
    Ok(())
}

/// A name is not taken apart: where the family name stands differs between people, and the
/// schema allows the whole in one field. Only one that is too long for it is broken at a space.
fn split_name(name: &str) -> (&str, Option<&str>) {
    const MOST: usize = 80;
    if name.chars().count() <= MOST {
        return (name, None);
    }
    let cut = name.char_indices().nth(MOST).map_or(name.len(), |(place, _)| place);
    let cut = name[..cut].rfind(' ').unwrap_or(cut);
    (name[cut..].trim(), Some(name[..cut].trim()))
}
