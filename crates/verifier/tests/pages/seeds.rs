//! What a page hands in on a good day.

use certs::{
    dcc,
    qr::{QUIET, modules},
    signer::{Signer, make_signer},
    trust::bundle::Content,
    vaccination::{Born, Codes, Gender, Place, Vaccination},
};

use super::page::NOW;

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let new = make_signer("IN", "Ministry of Health", jiff::civil::date(2023, 1, 1)).unwrap();
    let signer = Signer::from_pem(&new.key_pem, &new.certificate_pem).unwrap();
    let content =
        Content { signers: vec![signer.certificate_der().to_vec()], ..Content::default() };
    let bundle = content.sign(signer.key(), NOW, NOW + 86_400).unwrap();
    let trust = format!("{}\n{bundle}", signer.key().public_key().to_jwk());
    let text = dcc::issue(&signer, &vaccination(), NOW, NOW + 86_400).unwrap();
    let length = u16::try_from(trust.len()).unwrap().to_be_bytes();
    vec![
        [&[0], trust.as_bytes()].concat(),
        [&[1], text.as_bytes()].concat(),
        [&[2], drawn(&text).as_slice()].concat(),
        [&[3], &length[..], trust.as_bytes(), text.as_bytes()].concat(),
    ]
}

/// A code, two pixels a module, behind its width.
fn drawn(text: &str) -> Vec<u8> {
    let modules = modules(text).unwrap();
    let side = 2 * (modules.side() + 2 * QUIET);
    let place = |pixel: u16| (pixel / 2).wrapping_sub(QUIET);
    let shade = |x, y| if modules.is_dark(place(x), place(y)) { 0 } else { 255 };
    let pixels = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    let width = u8::try_from(side).unwrap();
    std::iter::once(width).chain(pixels.map(|(x, y)| shade(x, y))).collect()
}

fn vaccination() -> Vaccination<'static> {
    Vaccination {
        id: uuid::Uuid::from_bytes([7; 16]),
        name: "A",
        born: Born::Year(1980),
        gender: Gender::Female,
        reference: "1",
        vaccine: "COVISHIELD",
        codes: Codes {
            disease: dcc::COVID_19,
            icd11: "XM9QW8",
            prophylaxis: "29061000087103",
            product: "Covishield",
            manufacturer: "ORG-100001981",
            maker: "Serum Institute of India",
            cvx: "210",
        },
        lot: "4121Z008",
        vaccinator: "Meera Pillai",
        place: Place { facility: "PHC", district: "Pune", state: "MH", pincode: 411_001 },
        dose_number: 1,
        doses_total: 2,
        given_on: jiff::civil::date(2023, 11, 1),
        country: "IN",
        issuer: "M",
    }
}
