//! Health certificates in CBOR: the text, what it packs, the signed message, and the claims in it.

use std::io::{Read, Write};

use certs::{dcc, icvp};
use ciborium::{Value, cbor};
use coset::{
    CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana,
};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};

use super::ground::{NOW, TEXTS, ground, seed, text, vaccination};

/// Reads a text (0), what is packed in one (1), a signed message (2), or signed claims (3).
pub(crate) fn decode(data: &[u8]) -> bool {
    let Some((kind, body)) = data.split_first() else { return false };
    let text = match kind % 4 {
        0 => text(body),
        1 => in_base45(body),
        2 => in_base45(&packed(body)),
        _ => in_base45(&packed(&signed(body))),
    };
    ground().verified_text(&text)
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let text = dcc::issue(&ground().signer, &vaccination(TEXTS), NOW, NOW + 86_400).unwrap();
    let details = icvp::Details {
        revision: icvp::Revision::LATEST,
        nationality: "IND",
        document: Some(("PPN", "J8369854")),
        guardian: None,
        authority: Some("Ministry of Health"),
    };
    let issued = icvp::issue(&ground().signer, &vaccination(TEXTS), &details, NOW, NOW + 86_400);
    let zlib = base45::decode(&text[4..]).unwrap();
    let cose = unpacked(&text);
    let mut seeds = vec![seed(0, &text), seed(1, zlib), seed(2, &cose)];
    seeds.extend([text, issued.unwrap()].map(|text| seed(3, claims(&unpacked(&text)))));
    seeds.extend(foreign().map(|claims| {
        let mut bytes = Vec::new();
        ciborium::into_writer(&claims, &mut bytes).unwrap();
        seed(3, bytes)
    }));
    seeds
}

fn in_base45(bytes: &[u8]) -> String {
    format!("HC1:{}", base45::encode(bytes))
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(bytes).unwrap();
    zlib.finish().unwrap()
}

fn signed(payload: &[u8]) -> Vec<u8> {
    let key_id = ground().key_id.to_vec();
    let header = HeaderBuilder::new().algorithm(iana::Algorithm::ES256).key_id(key_id).build();
    let message = CoseSign1Builder::new()
        .protected(header)
        .payload(payload.to_vec())
        .create_signature(b"", |message| ground().signer.sign(message).unwrap());
    message.build().to_vec().unwrap()
}

fn unpacked(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let packed = base45::decode(&text[4..]).unwrap();
    ZlibDecoder::new(packed.as_slice()).read_to_end(&mut bytes).unwrap();
    bytes
}

fn claims(cose: &[u8]) -> Vec<u8> {
    CoseSign1::from_tagged_slice(cose).unwrap().payload.unwrap()
}

/// Claims as others issue them: a test and a recovery, and the WHO's forms.
fn foreign() -> [Value; 4] {
    let test = cbor!({
        "tg" => "840539006", "tt" => "LP6464-4", "sc" => "2023-11-10T08:00:00Z",
        "tr" => "260415000", "tc" => "Laboratory", "co" => "IN", "is" => "Ministry",
        "ci" => "URN:UVCI:01:IN:2"
    });
    let recovery = cbor!({
        "tg" => "840539006", "fr" => "2023-09-01", "df" => "2023-09-12", "du" => "2024-02-28",
        "co" => "IN", "is" => "Ministry", "ci" => "URN:UVCI:01:IN:3"
    });
    let dcc = |name: &str, entry: Value| {
        let certificate = cbor!({
            "ver" => "1.3.0", "nam" => { "fn" => "Anna", "fnt" => "ANNA" }, "dob" => "1980-02-03",
            name => [entry]
        });
        token(1, &certificate.unwrap())
    };
    let code = || cbor!({ "code" => "840539006", "system" => "http://snomed.info/sct" }).unwrap();
    let vaccination = cbor!({
        "name" => "Anna", "birthDate" => "1980-02-03", "vaccine" => code(), "brand" => code(),
        "manufacturer" => code(), "lot" => "4121Z008", "date" => "2023-11-01", "dose" => 1,
        "country" => code(), "centre" => "PHC", "hcid" => "12", "disease" => code(),
        "identifier" => "X1", "sex" => "female"
    });
    let tested = cbor!({
        "name" => "Anna", "birthDate" => "1980-02-03", "pathogen" => code(), "type" => code(),
        "brand" => code(), "date" => "2023-11-10T08:00:00Z", "result" => code(),
        "centre" => "PHC", "country" => code(), "reportDate" => "2023-11-10", "hcid" => "13"
    });
    let [vaccination, tested] = [vaccination, tested].map(Result::unwrap);
    let [test, recovery] = [test, recovery].map(Result::unwrap);
    [dcc("t", test), dcc("r", recovery), token(3, &vaccination), token(4, &tested)]
}

fn token(claim: i64, certificate: &Value) -> Value {
    cbor!({ 1 => "IN", 4 => NOW + 86_400, 6 => NOW, -260 => { claim => certificate } }).unwrap()
}
