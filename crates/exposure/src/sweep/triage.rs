//! What to do with an address, by the first bytes of what is there.

/// Bytes that are looked at first.
pub(super) const HEAD: usize = 64 << 10;

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Triage {
    /// It is XML that names addresses.
    Map,
    /// It is XML that names addresses, compressed.
    PackedMap,
    /// It is a web page.
    Page,
    /// It may hold text about people.
    Document,
    /// It holds no text: films, sounds, fonts, programs, style sheets.
    Nothing,
}

/// Decides by the first bytes, and by the media type where they say nothing.
pub(super) fn triage(head: &[u8], media: &str, path: &str) -> Triage {
    if head.starts_with(&GZIP) && is_map_name(path) {
        return Triage::PackedMap;
    }
    if MAGIC.iter().any(|(place, magic)| head.get(*place..).is_some_and(|at| at.starts_with(magic)))
    {
        return Triage::Nothing;
    }
    let text = String::from_utf8_lossy(&head[..head.len().min(4_096)]).to_ascii_lowercase();
    let text = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    if text.starts_with('<') {
        let maps = ["<urlset", "<sitemapindex", "<listbucketresult"];
        if maps.iter().any(|root| text.contains(root)) {
            return Triage::Map;
        }
        let pages = ["<!doctype html", "<html", "<head", "<body", "<a ", "<table", "<pre>"];
        if pages.iter().any(|tag| text.contains(tag)) {
            return Triage::Page;
        }
    }
    let dull = ["video/", "audio/", "font/"].iter().any(|kind| media.starts_with(kind));
    // A server that is wrong about what it has is not believed against the bytes.
    let is_text = !head.contains(&0);
    match media {
        "text/css" => Triage::Nothing,
        _ if dull && !is_text => Triage::Nothing,
        _ => Triage::Document,
    }
}

/// Whether an address is that of a sitemap, by its name.
pub(super) fn is_map_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.strip_suffix(".xml").is_some_and(|name| name.contains("sitemap"))
}

/// By what a file of gzip begins.
pub(super) const GZIP: [u8; 2] = [0x1f, 0x8b];

/// By what formats without text begin, and where.
const MAGIC: [(usize, &[u8]); 14] = [
    (4, b"ftyp"),             // MP4 and what is like it
    (0, b"\x1a\x45\xdf\xa3"), // Matroska
    (0, b"OggS"),
    (0, b"ID3"),
    (0, b"fLaC"),
    (0, b"FLV\x01"),
    (0, b"wOFF"),
    (0, b"wOF2"),
    (0, b"\0\x01\0\0\0"), // TrueType
    (0, b"\x7fELF"),
    (0, b"\0asm"),
    (0, b"\xca\xfe\xba\xbe"), // Java
    (0, b"MZ\x90\0"),         // Windows
    (0x8001, b"CD001"),       // a disk
];

/// Whether what begins so is text of which a part is worth reading.
pub(super) fn is_text(head: &[u8]) -> bool {
    scan::extract::is_plain(match std::str::from_utf8(head) {
        Err(error) if error.error_len().is_none() => &head[..error.valid_up_to()],
        _ => head,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_decide() {
        #[rustfmt::skip]
        let cases: [(&[u8], &str, &str, Triage); 13] = [
            (b"%PDF-1.7",                              "application/pdf",  "/a.pdf",            Triage::Document),
            (b"Name,Mobile",                           "text/csv",         "/a.csv",            Triage::Document),
            (b"Name,Mobile",                           "video/mp4",        "/a.mp4",            Triage::Document),
            (b"\0\0\0\x18ftypmp42",                    "application/pdf",  "/a.pdf",            Triage::Nothing),
            (b"RIFF\0\0\0\0WAVE",                      "audio/wav",        "/a.wav",            Triage::Nothing),
            (b"a { color: red }",                      "text/css",         "/a.css",            Triage::Nothing),
            (b"\xef\xbb\xbf \n<!DOCTYPE html><html>",  "",                 "/",                 Triage::Page),
            (b"<?xml version='1.0'?>\n<urlset>",       "text/html",        "/any",              Triage::Map),
            (b"<ListBucketResult xmlns=''>",           "application/xml",  "/",                 Triage::Map),
            (b"<?xml version='1.0'?>\n<people>",       "application/xml",  "/people.xml",       Triage::Document),
            (b"\x1f\x8b\x08",                          "application/gzip", "/sitemap-1.xml.gz", Triage::PackedMap),
            (b"\x1f\x8b\x08",                          "application/gzip", "/people.csv.gz",    Triage::Document),
            (b"",                                      "",                 "/",                 Triage::Document),
        ];
        for (head, media, path, expected) in cases {
            assert_eq!(triage(head, media, path), expected, "{path} {media}");
        }
    }
}
