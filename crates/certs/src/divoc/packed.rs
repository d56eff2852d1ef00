//! The ZIP archive with one file that the QR code holds.

use std::io::{Read, Write};

use flate2::{Compression, Crc, read::DeflateDecoder, write::DeflateEncoder};

use crate::{linked::MOST_JSON, verdict::NotValid};

const NAME: &[u8; 16] = b"certificate.json";
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// How long the header of a file is without its name.
const HEADER: usize = 30;

/// Whether bytes are an archive.
pub(crate) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The JSON in an archive.
///
/// # Shape
///
/// Only the first file is looked at, by the header before it: most programs that write archives
/// piece by piece leave its sizes open, and the data tells its own end.
///
/// # Source
///
/// PKWARE APPNOTE 6.3.10, section 4.3.7.
pub(super) fn unpack(archive: &[u8]) -> Result<Vec<u8>, NotValid> {
    if archive.len() > MOST_JSON {
        return Err(NotValid::TooLarge);
    }
    if !is_one(archive) || archive.len() < HEADER {
        return Err(NotValid::Packing);
    }
    let number = |at: usize| u16::from_le_bytes([archive[at], archive[at + 1]]);
    let (encrypted, method) = (number(6) & 1 == 1, number(8));
    let (name, extra) = (usize::from(number(26)), usize::from(number(28)));
    let data = archive.get(HEADER + name + extra..).ok_or(NotValid::Packing)?;
    if encrypted || archive[HEADER..HEADER + name] != *NAME {
        return Err(NotValid::Packing);
    }
    match method {
        DEFLATED => {
            let mut out = Vec::new();
            let most = MOST_JSON as u64 + 1;
            let read = DeflateDecoder::new(data).take(most).read_to_end(&mut out);
            read.map_err(|_| NotValid::Packing)?;
            if out.len() > MOST_JSON { Err(NotValid::TooLarge) } else { Ok(out) }
        }
        STORED => {
            let size = u32::from_le_bytes([archive[22], archive[23], archive[24], archive[25]]);
            let size = usize::try_from(size).map_err(|_| NotValid::Packing)?;
            data.get(..size).map(<[u8]>::to_vec).ok_or(NotValid::Packing)
        }
        _ => Err(NotValid::Packing),
    }
}

/// An archive with a JSON text.
pub(super) fn pack(json: &[u8]) -> Vec<u8> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
    let packed = packer.write_all(json).and_then(|()| packer.finish());
    let packed = packed.expect("memory takes what is written");
    let mut crc = Crc::new();
    crc.update(json);
    // What the header before the data and the directory after it both say: version 2.0, no flags,
    // the method, 1 January 1980 (the time of packing says nothing), sum, sizes, length of the name.
    let mut said = Vec::new();
    for part in [20, 0, DEFLATED, 0, 0x21] {
        said.extend(part.to_le_bytes());
    }
    for size in [crc.sum(), length(&packed), length(json)] {
        said.extend(size.to_le_bytes());
    }
    said.extend([16, 0, 0, 0]);
    let mut out = [b"PK\x03\x04", said.as_slice(), NAME, &packed].concat();
    let directory = length(&out);
    out.extend(b"PK\x01\x02\x14\0");
    out.extend(said);
    out.extend([0; 14]);
    out.extend(NAME);
    let size = length(&out) - directory;
    out.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    out.extend(size.to_le_bytes());
    out.extend(directory.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("a certificate is far smaller than 4 GiB")
}
