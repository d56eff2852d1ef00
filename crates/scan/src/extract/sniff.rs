//! What a file is, by its first bytes.

use super::mail;

/// A format, as far as bytes tell; which kind of text it is, its text tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Pdf,
    Image,
    Mail,
    /// What Microsoft's programs wrote before 2007.
    Compound,
    Archive(Archive),
    Unknown,
}

/// What holds other files, or one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Archive {
    Zip,
    Gzip,
    Zstd,
    Xz,
    SevenZip,
    Tar,
    Bzip2,
}

/// What these bytes are.
pub(super) fn format(bytes: &[u8]) -> Format {
    let archive = match bytes {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Some(Archive::Zip),
        [0x1f, 0x8b, 8, ..] => Some(Archive::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Archive::Zstd),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Archive::Xz),
        // Behind the size of its blocks stands the beginning of one, or the end of a file of none.
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, ..]
        | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, ..] => Some(Archive::Bzip2),
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Some(Archive::SevenZip),
        _ if is_tar(bytes) => Some(Archive::Tar),
        _ => None,
    };
    if let Some(archive) = archive {
        return Format::Archive(archive);
    }
    match () {
        () if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => Format::Compound,
        () if is_pdf(bytes) => Format::Pdf,
        () if is_image(bytes) => Format::Image,
        () if is_known(bytes) => Format::Unknown,
        () if mail::is_message(bytes) => Format::Mail,
        () => Format::Text,
    }
}

/// A tape archive begins with the head of a file, which has a sum of itself: of all bytes, those of
/// the sum taken as spaces.
fn is_tar(bytes: &[u8]) -> bool {
    let Some(head) = bytes.first_chunk::<512>() else { return false };
    let sum: u32 = head
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
        .sum();
    let said = str::from_utf8(&head[148..156]).unwrap_or("");
    let said = u32::from_str_radix(said.trim_matches([' ', '\0']), 8);
    head[0] != 0 && said == Ok(sum)
}

/// A PDF file may have something before its mark.
fn is_pdf(bytes: &[u8]) -> bool {
    memchr::memmem::find(&bytes[..bytes.len().min(1024)], b"%PDF-").is_some()
}

fn is_image(bytes: &[u8]) -> bool {
    let starts: &[&[u8]] =
        &[b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"GIF87a", b"GIF89a"];
    let web = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    // The head of a bitmap says at its 14th byte how long its own next part is.
    let bitmap = bytes.starts_with(b"BM")
        && matches!(bytes.get(14..18), Some([12 | 40 | 108 | 124, 0, 0, 0]));
    web || bitmap || starts.iter().any(|start| bytes.starts_with(start))
}

/// Formats that are known and not read, and that chance could take for text.
fn is_known(bytes: &[u8]) -> bool {
    let starts: &[&[u8]] =
        &[b"Rar!\x1a\x07", b"SQLite format 3\0", b"MZ\x90\0", b"\x7fELF", b"MSCF\0"];
    starts.iter().any(|start| bytes.starts_with(start))
}
