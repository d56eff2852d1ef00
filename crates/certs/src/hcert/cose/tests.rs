use coset::{CborSerializable, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};

use super::*;

fn header(key_id: &[u8]) -> HeaderBuilder {
    HeaderBuilder::new().algorithm(iana::Algorithm::ES256).key_id(key_id.to_vec())
}

#[test]
fn another_library_writes_what_is_read_here_and_signs_the_same_bytes() {
    let headers =
        [(header(b"12345678"), HeaderBuilder::new()), (HeaderBuilder::new(), header(b"1"))];
    for (protected, unprotected) in headers {
        let theirs = CoseSign1Builder::new()
            .protected(protected.build())
            .unprotected(unprotected.build())
            .payload(vec![7; 300])
            .signature(vec![9; 64])
            .build();
        let key_id = [&theirs.protected.header.key_id, &theirs.unprotected.key_id];
        let key_id = key_id.map(Vec::as_slice).concat();
        let signed = theirs.tbs_data(b"");
        let tagged = theirs.clone().to_tagged_vec().unwrap();
        for bytes in [&tagged, &theirs.to_vec().unwrap(), &[b"\xd8\x3d", &tagged[..]].concat()] {
            let ours = Signed::read(bytes).unwrap();
            assert_eq!(ours.key_id(), key_id);
            assert_eq!(ours.scheme(), Some(Scheme::Es256));
            assert_eq!(ours.message(), signed);
            assert_eq!((&*ours.payload, &*ours.signature), (&[7; 300][..], &[9; 64][..]));
        }
    }
}

#[test]
fn a_header_that_says_something_twice_or_asks_for_more_is_refused() {
    let message = |protected: &[u8], unprotected: &[u8]| {
        let mut bytes = written(|to| to.array(4)?.bytes(protected).map(drop));
        bytes.extend_from_slice(unprotected);
        bytes.extend_from_slice(b"\x41p\x41s");
        Signed::read(&bytes).err()
    };
    assert_eq!(message(b"\xa1\x01\x26", b"\xa1\x04\x41k"), None);
    assert_eq!(message(b"", b"\xa2\x01\x26\x04\x41k"), None);
    assert_eq!(message(b"\xa2\x01\x26\x01\x38\x24", b"\xa0"), Some(NotValid::Packing));
    assert_eq!(message(b"\xa0", b"\xa2\x04\x41k\x04\x41l"), Some(NotValid::Packing));
    assert_eq!(message(b"\xa2\x01\x26\x02\x81\x04", b"\xa1\x04\x41k"), Some(NotValid::Content));
    assert_eq!(message(b"\xa1\x04\x01", b"\xa0"), Some(NotValid::Packing), "a name is bytes");
    assert_eq!(message(b"\x80", b"\xa0"), Some(NotValid::Packing), "a header is a map");
    let many: Vec<_> = (0..17).flat_map(|label| [label, 0]).collect();
    assert_eq!(message(&[&[0xb1], &many[..]].concat(), b"\xa0"), Some(NotValid::Packing));
}

#[test]
fn what_has_no_payload_or_not_four_parts_is_refused() {
    let why = |bytes: &[u8]| Signed::read(bytes).err();
    assert_eq!(why(b"\x84\x40\xa0\xf6\x41s"), Some(NotValid::Content));
    assert_eq!(why(b"\x83\x40\xa0\x41p"), Some(NotValid::Packing));
    assert_eq!(why(b"\x84\x40\xa0\x41p\x01"), Some(NotValid::Packing));
    assert_eq!(why(b"\xa0"), Some(NotValid::Packing));
}
