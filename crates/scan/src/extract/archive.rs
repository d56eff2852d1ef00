//! Archives, and files packed alone.

use std::io::{BufReader, Cursor, Read};

use zip::{ZipArchive, result::ZipError};

use super::{Unread, Work, name_of, office, sniff::Archive};

/// Memory that unpacking may ask for by itself.
///
/// # Units
///
/// KiB: 128 MiB, twice what the strongest usual setting of XZ and 7-Zip takes.
const MEMORY: u32 = 128 << 10;

/// Reads all that is in an archive.
pub(super) fn read(work: &mut Work<'_>, bytes: &[u8], kind: Archive) {
    match kind {
        Archive::Zip => zip(work, bytes),
        Archive::Tar => tar(work, bytes),
        Archive::SevenZip => seven_zip(work, bytes),
        Archive::Gzip => alone(work, flate2::read::MultiGzDecoder::new(bytes)),
        Archive::Bzip2 => alone(work, bzip2::read::MultiBzDecoder::new(bytes)),
        Archive::Xz => alone(work, lzma_rust2::XzReader::new_mem_limit(bytes, true, MEMORY)),
        Archive::Zstd => match zstd::stream::read::Decoder::new(bytes) {
            Ok(mut unpacked) => {
                // A window of 2^27 bytes, which is what its program takes without being asked.
                let _ = unpacked.window_log_max(27);
                alone(work, unpacked);
            }
            Err(_) => work.unread(Unread::Malformed),
        },
    }
}

/// One file, packed: it has no name of its own, and its path is that of the package.
fn alone(work: &mut Work<'_>, reader: impl Read) {
    let (bytes, broken) = work.unpack(reader);
    work.deeper(&bytes);
    if let Some(why) = broken {
        work.unread(why);
    }
}

fn zip(work: &mut Work<'_>, bytes: &[u8]) {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else {
        return torn_zip(work, bytes);
    };
    if let Some(kind) = office::kind(&mut archive) {
        return office::read(work, bytes, &mut archive, kind);
    }
    for place in 0..archive.len() {
        let name = archive.name_for_index(place).and_then(Result::ok);
        let name = name.unwrap_or_default().into_owned();
        let sealed = archive.by_index_raw(place).is_ok_and(|member| member.encrypted());
        let more = match archive.by_index(place) {
            Ok(member) if member.is_dir() => true,
            Ok(member) => {
                let name = name_of(member.name_raw()).into_owned();
                work.unpack_inside(&name, member)
            }
            Err(why) => {
                let why = if sealed { Unread::Encrypted } else { reason(&why) };
                work.within(&name, |work| work.unread(why))
            }
        };
        if !more {
            return;
        }
    }
}

fn reason(error: &ZipError) -> Unread {
    match error {
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            Unread::Unknown
        }
        _ => Unread::Malformed,
    }
}

/// A ZIP file without its end, where its list is: its members, one after the other.
fn torn_zip(work: &mut Work<'_>, bytes: &[u8]) {
    let mut rest = BufReader::new(bytes);
    while let Ok(Some(member)) = zip::read::read_zipfile_from_stream(&mut rest) {
        let name = name_of(member.name_raw()).into_owned();
        if !member.is_dir() && !work.unpack_inside(&name, member) {
            return;
        }
    }
    work.unread(Unread::Malformed);
}

fn tar(work: &mut Work<'_>, bytes: &[u8]) {
    let mut archive = tar::Archive::new(bytes);
    let Ok(members) = archive.entries() else { return work.unread(Unread::Malformed) };
    for member in members {
        let Ok(member) = member else { return work.unread(Unread::Malformed) };
        let size = member.header().entry_type();
        let name = name_of(&member.path_bytes()).into_owned();
        if size.is_file() && !work.unpack_inside(&name, member) {
            return;
        }
    }
}

fn seven_zip(work: &mut Work<'_>, bytes: &[u8]) {
    use sevenz_rust2::{ArchiveReader, Error, Password};
    let why = |error: &Error| match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => Unread::Encrypted,
        Error::UnsupportedCompressionMethod(method) if method.contains("AES") => Unread::Encrypted,
        Error::UnsupportedCompressionMethod(_) | Error::Unsupported(_) => Unread::Unknown,
        Error::MaxMemLimited { .. } => Unread::TooLarge,
        _ => Unread::Malformed,
    };
    let limit = usize::try_from(MEMORY).unwrap_or(usize::MAX);
    let archive =
        ArchiveReader::new_with_memory_limit(Cursor::new(bytes), Password::empty(), limit);
    let mut archive = match archive {
        Ok(archive) => archive,
        Err(error) => return work.unread(why(&error)),
    };
    archive.set_thread_count(1);
    let result = archive.for_each_entries(|member, reader| {
        Ok(!member.has_stream() || work.unpack_inside(member.name(), reader))
    });
    if let Err(error) = result {
        work.unread(why(&error));
    }
}
