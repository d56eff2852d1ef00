//! Files in which certificates are looked for and that nobody in their right mind made.

use certs::{read::payloads, trust::Trust, verify::verify};
use proptest::prelude::*;

/// The beginning of each kind of file that is taken apart.
const BEGINNINGS: [&[u8]; 11] = [
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x10\x00\x00\x00\x10\x00\x08\x06\x00\x00\x00",
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00",
    b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01",
    b"%PDF-1.7\n1 0 obj\n<< /Length 99999999999 /Filter /FlateDecode >>\nstream\n",
    b"%PDF-1.7\n1 0 obj\n<</Subtype/Image/Width 40/Height 40/BitsPerComponent 8>>\nstream\n",
    b"HC1:",
    b"shc:/",
    b"eyJ",
    b"data:application/json;base64,",
    b"PK\x03\x04",
    b"",
];

fn look(bytes: &[u8]) {
    for payload in payloads(bytes) {
        drop(verify(&payload, &Trust::default(), 1_640_000_000));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_file_gets_an_answer(
        kind in 0_usize..11, rest in proptest::collection::vec(any::<u8>(), 0..2_000),
    ) {
        look(&[BEGINNINGS[kind], &rest].concat());
        drop(Trust::from_pem(&String::from_utf8_lossy(&rest)));
    }

    #[test]
    fn any_trust_list_is_read_or_refused(inside in "[A-Za-z0-9+/=\n]{0,400}") {
        let pem = format!("-----BEGIN CERTIFICATE-----\n{inside}\n-----END CERTIFICATE-----\n");
        drop(Trust::from_pem(&pem));
    }
}

/// A picture that says it has 65,535 by 65,535 points: 17 gigabytes if it were believed.
#[test]
fn a_picture_that_claims_to_be_huge_costs_nothing() {
    let mut png = BEGINNINGS[0].to_vec();
    png[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    look(&png);
    look(BEGINNINGS[2]);
    let text = str::from_utf8(BEGINNINGS[5]).unwrap();
    look(text.repeat(10_000).as_bytes());
}
