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

use ciborium::Value;
use coset::{CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};
use flate2::{Compress, Compression, FlushCompress, Status};

use crate::{
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
    let claims = Value::Map(vec![
        (int(1), text(vaccination.country)),
        (int(4), int(expires_at.min(signer.not_after()))),
        (int(6), int(issued_at)),
        (int(-260), Value::Map(vec![(int(1), certificate(vaccination))])),
    ]);
    let mut payload = Vec::with_capacity(512);
    ciborium::into_writer(&claims, &mut payload).expect("a value can be written to memory");
    Ok(pack(&sign(signer, payload)?))
}

/// The payload as `COSE_Sign1`, tagged.
pub(crate) fn sign(signer: &Signer, payload: Vec<u8>) -> Result<Vec<u8>, NotSigned> {
    let key_id = signer.key_id().to_vec();
    let header = HeaderBuilder::new().algorithm(iana::Algorithm::ES256).key_id(key_id).build();
    let signed = CoseSign1Builder::new()
        .protected(header)
        .payload(payload)
        .try_create_signature(b"", |message| signer.sign(message))?;
    Ok(signed.build().to_tagged_vec().expect("a signed value can be written to memory"))
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

fn certificate(vaccination: &Vaccination<'_>) -> Value {
    let (surname, forename) = split_name(vaccination.name);
    let mut name =
        vec![(text("fn"), text(surname)), (text("fnt"), text(&passport_letters(surname)))];
    if let Some(forename) = forename {
        name.push((text("gn"), text(forename)));
        name.push((text("gnt"), text(&passport_letters(forename))));
    }
    let dose = vec![
        (text("tg"), text(vaccination.codes.disease)),
        (text("vp"), text(vaccination.codes.prophylaxis)),
        (text("mp"), text(vaccination.codes.product)),
        (text("ma"), text(vaccination.codes.manufacturer)),
        (text("dn"), int(vaccination.dose_number.into())),
        (text("sd"), int(vaccination.series().into())),
        (text("dt"), text(&vaccination.given_on.to_string())),
        (text("co"), text(vaccination.country)),
        (text("is"), text(vaccination.issuer)),
        (text("ci"), text(&vaccination.uvci())),
    ];
    Value::Map(vec![
        (text("ver"), text("1.3.0")),
        (text("nam"), Value::Map(name)),
        (text("dob"), text(&vaccination.born.text())),
        (text("v"), Value::Array(vec![Value::Map(dose)])),
    ])
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

pub(crate) fn int(number: i64) -> Value {
    Value::Integer(number.into())
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
