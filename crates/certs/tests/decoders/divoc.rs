//! The form of Co-WIN and DIVOC: the archive, the JSON in it, and what ours issues of any texts.

use std::io::Write;

use certs::{
    divoc::{DivocIssuer, Edition, issue},
    read::{Payload, payloads},
};
use flate2::{Compression, Crc, read::DeflateDecoder, write::DeflateEncoder};

use super::ground::{ISSUER, METHOD, NOW, TEXTS, ground, seed, text, vaccination};

/// Reads an archive (0), the JSON of one (1), JSON by itself (2), or what is issued of texts, in the
/// first form (3) or the second (4): not in both, as that takes longer than all else here.
pub(crate) fn decode(data: &[u8]) -> bool {
    let Some((kind, body)) = data.split_first() else { return false };
    match kind % 5 {
        0 => ground().verified(&Payload::Bytes(body.to_vec())),
        1 => ground().verified(&Payload::Bytes(archive(body))),
        2 => ground().verified_text(&text(body)),
        3 => issued(&text(body), Edition::First),
        _ => issued(&text(body), Edition::Second),
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let archive = made(TEXTS, Edition::Second).unwrap();
    let json = json(&archive);
    let first = self::json(&made(TEXTS, Edition::First).unwrap());
    let issued = [seed(3, TEXTS), seed(4, TEXTS)];
    let read = [seed(0, &archive), seed(1, &json), seed(2, &json), seed(2, first)];
    [&read[..], &issued].concat()
}

fn made(texts: &str, edition: Edition) -> Option<Vec<u8>> {
    let issuer = DivocIssuer {
        issuer: ISSUER,
        edition,
        verification_method: METHOD,
        info_url: "https://example.org/?",
        key: &ground().ed25519,
    };
    issue(&issuer, &vaccination(texts), jiff::civil::date(2023, 11, 14), NOW).ok()
}

/// Whether something was issued. What was is genuine.
fn issued(texts: &str, edition: Edition) -> bool {
    let Some(archive) = made(texts, edition) else { return false };
    assert!(payloads(&archive).iter().all(|payload| ground().verified(payload)));
    true
}

fn json(archive: &[u8]) -> Vec<u8> {
    let mut json = Vec::new();
    std::io::copy(&mut DeflateDecoder::new(&archive[46..]), &mut json).unwrap();
    json
}

/// The beginning of an archive, as far as it is read.
fn archive(json: &[u8]) -> Vec<u8> {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
    deflate.write_all(json).unwrap();
    let packed = deflate.finish().unwrap();
    let mut crc = Crc::new();
    crc.update(json);
    let mut header = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\x21\0".to_vec();
    for number in [crc.sum(), length(&packed), length(json), 16] {
        header.extend(number.to_le_bytes());
    }
    [header.as_slice(), b"certificate.json", &packed].concat()
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap()
}
