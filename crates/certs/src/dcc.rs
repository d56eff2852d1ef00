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
use jiff::civil::Date;

use crate::{name::passport_letters, signer::Signer};

/// SNOMED CT code of COVID-19.
pub const COVID_19: &str = "840539006";

/// A vaccination to certify.
///
/// # Privacy
///
/// Holds a name and a year of birth: goes into the certificate and nowhere else. So it has no
/// Debug.
pub struct Vaccination<'a> {
    /// Name as the person writes it.
    pub name: &'a str,
    /// Year of birth.
    pub birth_year: i16,
    /// SNOMED CT code of the disease.
    pub disease: &'a str,
    /// What the vaccine is.
    pub prophylaxis: &'a str,
    /// The medicinal product.
    pub product: &'a str,
    /// Who makes it.
    pub manufacturer: &'a str,
    /// Which dose this is.
    pub dose_number: u8,
    /// How many complete the series.
    pub doses_total: u8,
    /// When it was given.
    pub given_on: Date,
    /// ISO 3166-1 code of where it was given.
    pub country: &'a str,
    /// Who certifies.
    pub issuer: &'a str,
    /// Unique certificate identifier.
    pub uvci: &'a str,
}

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
pub fn issue(
    signer: &Signer,
    vaccination: &Vaccination<'_>,
    issued_at: i64,
    expires_at: i64,
) -> String {
    let claims = Value::Map(vec![
        (int(1), text(vaccination.country)),
        (int(4), int(expires_at.min(signer.not_after()))),
        (int(6), int(issued_at)),
        (int(-260), Value::Map(vec![(int(1), certificate(vaccination))])),
    ]);
    let mut payload = Vec::with_capacity(512);
    ciborium::into_writer(&claims, &mut payload).expect("a value can be written to memory");
    pack(&sign(signer, payload))
}

/// The payload as `COSE_Sign1`, tagged.
pub(crate) fn sign(signer: &Signer, payload: Vec<u8>) -> Vec<u8> {
    let key_id = signer.key_id().to_vec();
    let header = HeaderBuilder::new().algorithm(iana::Algorithm::ES256).key_id(key_id).build();
    CoseSign1Builder::new()
        .protected(header)
        .payload(payload)
        .create_signature(b"", |message| signer.sign(message))
        .build()
        .to_tagged_vec()
        .expect("a signed value can be written to memory")
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
        (text("tg"), text(vaccination.disease)),
        (text("vp"), text(vaccination.prophylaxis)),
        (text("mp"), text(vaccination.product)),
        (text("ma"), text(vaccination.manufacturer)),
        (text("dn"), int(vaccination.dose_number.into())),
        (text("sd"), int(vaccination.doses_total.max(vaccination.dose_number).into())),
        (text("dt"), text(&vaccination.given_on.to_string())),
        (text("co"), text(vaccination.country)),
        (text("is"), text(vaccination.issuer)),
        (text("ci"), text(vaccination.uvci)),
    ];
    Value::Map(vec![
        (text("ver"), text("1.3.0")),
        (text("nam"), Value::Map(name)),
        (text("dob"), text(&format!("{:04}", vaccination.birth_year))),
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

fn int(number: i64) -> Value {
    Value::Integer(number.into())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
