//! Archives of any bytes.

use std::io::Write;

use super::{
    document::{seed, zip},
    packed::{BZIP2, LETTER, SEVEN_ZIP, XZ},
};

/// A file of any kind (0), or one behind the mark of ZIP (1), gzip (2), XZ (3), Zstandard (4), 7-Zip
/// (5), tar (6) or bzip2 (7).
pub(super) fn archive(kind: u8, body: &[u8]) -> Vec<u8> {
    let marks: [&[u8]; 8] = [
        b"",
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"\xfd7zXZ\0",
        b"\x28\xb5\x2f\xfd",
        b"7z\xbc\xaf\x27\x1c",
        b"",
        b"BZh",
    ];
    let mut bytes = [marks[usize::from(kind % 8)], body].concat();
    match kind % 8 {
        5 => summed_seven_zip(&mut bytes),
        6 => summed_tar(&mut bytes),
        _ => {}
    }
    bytes
}

/// Makes the sums of the heads right, behind which nothing is read else.
fn summed_seven_zip(bytes: &mut [u8]) {
    let sum = |bytes: &[u8]| {
        let mut sum = flate2::Crc::new();
        sum.update(bytes);
        sum.sum().to_le_bytes()
    };
    let Some(head) = bytes.get(12..28) else { return };
    let number = |bytes: &[u8]| usize::try_from(u64::from_le_bytes(bytes.try_into().unwrap())).ok();
    let (offset, length) = (number(&head[..8]), number(&head[8..]));
    let from = offset.and_then(|offset| offset.checked_add(32));
    let to = from.zip(length).and_then(|(from, length)| from.checked_add(length));
    if let Some(last) = from.zip(to).and_then(|(from, to)| bytes.get(from..to)).map(sum) {
        bytes[28..32].copy_from_slice(&last);
    }
    if bytes.len() >= 32 {
        let first = sum(&bytes[12..32]);
        bytes[8..12].copy_from_slice(&first);
    }
}

fn summed_tar(bytes: &mut [u8]) {
    for head in bytes.chunks_exact_mut(512) {
        let sum: u32 = head
            .iter()
            .enumerate()
            .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
            .sum();
        // A member, and not what is in one.
        if head.get(257..262) == Some(b"ustar") {
            head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
    }
}

pub(super) fn archive_seeds() -> Vec<Vec<u8>> {
    let gzip = {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(LETTER).unwrap();
        writer.finish().unwrap()
    };
    let tar = {
        let mut archive = tar::Builder::new(Vec::new());
        let mut head = tar::Header::new_gnu();
        head.set_size(LETTER.len() as u64);
        archive.append_data(&mut head, "a.txt", LETTER).unwrap();
        archive.into_inner().unwrap()
    };
    let zstd = zstd::encode_all(LETTER, 3).unwrap();
    let packed = |text: &str| hex::decode(text).unwrap();
    let both = zip(&[("a.txt", LETTER), ("b.gz", &gzip)]);
    vec![
        seed(1, &both[4..]),
        seed(2, &gzip[3..]),
        seed(3, &packed(XZ)[6..]),
        seed(4, &zstd[4..]),
        seed(5, &packed(SEVEN_ZIP)[6..]),
        seed(6, tar),
        seed(7, &packed(BZIP2)[3..]),
    ]
}
