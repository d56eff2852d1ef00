//! Unpacking what was deflated, never more than a cap.

use std::cell::RefCell;

use flate2::{Decompress, FlushDecompress, Status};

/// Why nothing was unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotInflated {
    /// It is not what was deflated, or is cut off.
    Broken,
    /// It is more than the cap.
    TooLarge,
}

thread_local! {
    // Making one takes longer than using it, so each thread keeps its own.
    static ZLIB: RefCell<Decompress> = RefCell::new(Decompress::new(true));
    static RAW: RefCell<Decompress> = RefCell::new(Decompress::new(false));
}

/// Unpacks what has the header and the checksum of zlib. What follows it counts for nothing.
pub(crate) fn zlib(packed: &[u8], most: usize) -> Result<Vec<u8>, NotInflated> {
    ZLIB.with_borrow_mut(|inflater| inflate(inflater, true, packed, most))
}

/// Unpacks what has neither.
pub(crate) fn raw(packed: &[u8], most: usize) -> Result<Vec<u8>, NotInflated> {
    RAW.with_borrow_mut(|inflater| inflate(inflater, false, packed, most))
}

fn inflate(
    inflater: &mut Decompress,
    has_header: bool,
    packed: &[u8],
    most: usize,
) -> Result<Vec<u8>, NotInflated> {
    inflater.reset(has_header);
    // Certificates unpack to about as much; only what is odd needs to grow.
    let mut unpacked = Vec::with_capacity((packed.len() * 2 + 256).min(most + 1));
    loop {
        let read = usize::try_from(inflater.total_in()).map_err(|_| NotInflated::Broken)?;
        let rest = packed.get(read..).unwrap_or_default();
        let status = inflater.decompress_vec(rest, &mut unpacked, FlushDecompress::Finish);
        if unpacked.len() > most {
            return Err(NotInflated::TooLarge);
        }
        match status {
            Ok(Status::StreamEnd) => return Ok(unpacked),
            Ok(_) if unpacked.len() == unpacked.capacity() => unpacked.reserve(unpacked.len()),
            _ => return Err(NotInflated::Broken),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{
        Compression,
        write::{DeflateEncoder, ZlibEncoder},
    };

    use super::*;

    type Unpack = fn(&[u8], usize) -> Result<Vec<u8>, NotInflated>;

    fn both(text: &[u8]) -> [(Unpack, Vec<u8>); 2] {
        let mut with_header = ZlibEncoder::new(Vec::new(), Compression::best());
        let mut without = DeflateEncoder::new(Vec::new(), Compression::best());
        with_header.write_all(text).unwrap();
        without.write_all(text).unwrap();
        [(zlib, with_header.finish().unwrap()), (raw, without.finish().unwrap())]
    }

    #[test]
    fn what_fits_is_unpacked_and_what_does_not_is_refused() {
        for length in [0, 1, 1_000, 70_000] {
            let text = vec![b'a'; length];
            for (unpack, packed) in both(&text) {
                assert!(unpack(&packed, length) == Ok(text.clone()), "{length}");
                if length > 0 {
                    assert_eq!(unpack(&packed, length - 1), Err(NotInflated::TooLarge), "{length}");
                }
            }
        }
    }

    #[test]
    fn what_is_cut_off_or_something_else_is_refused() {
        for (unpack, packed) in both(b"a certificate") {
            assert_eq!(unpack(&packed[..packed.len() - 3], 100), Err(NotInflated::Broken));
            assert_eq!(unpack(b"\xff\xff\xff\xff", 100), Err(NotInflated::Broken));
            assert_eq!(unpack(b"", 100), Err(NotInflated::Broken));
        }
        let [(_, packed), _] = both(b"a certificate");
        assert_eq!(raw(&packed, 100), Err(NotInflated::Broken));
    }
}
