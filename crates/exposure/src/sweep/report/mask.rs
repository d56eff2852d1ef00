//! Addresses of which nothing personal is left.

use aws_lc_rs::hmac;
use url::Url;

/// Replaces what could name somebody.
pub(super) struct Mask(hmac::Key);

/// Words by which folders are named, and that name nobody. All others are replaced: no list of
/// names is long enough to know a person's from a place's.
const PLAIN: [&str; 64] = [
    "admin",
    "annexure",
    "api",
    "archive",
    "archives",
    "assets",
    "attachments",
    "backup",
    "beneficiaries",
    "beneficiary",
    "booster",
    "camp",
    "centre",
    "certificate",
    "certificates",
    "circular",
    "circulars",
    "content",
    "covid",
    "covid19",
    "csv",
    "daily",
    "data",
    "default",
    "district",
    "doc",
    "docs",
    "document",
    "documents",
    "dose",
    "download",
    "downloads",
    "export",
    "exports",
    "file",
    "files",
    "form",
    "forms",
    "health",
    "hospital",
    "images",
    "lab",
    "list",
    "lists",
    "media",
    "old",
    "orders",
    "pdf",
    "pub",
    "public",
    "reports",
    "report",
    "results",
    "rtpcr",
    "scan",
    "scans",
    "sites",
    "static",
    "tender",
    "test",
    "upload",
    "uploads",
    "vaccination",
    "wp-content",
];

impl Mask {
    /// With a secret: equal parts are replaced by equal signs, which nobody else can recompute.
    pub(super) fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The address with its host, its plain words and its suffix.
    pub(super) fn address(&self, url: &str) -> String {
        let Ok(url) = Url::parse(url) else { return "…".to_owned() };
        let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
        let host = url.host_str().unwrap_or_default();
        let mut masked = format!("{}://{host}{port}", url.scheme());
        let mut segments = url.path_segments().into_iter().flatten().peekable();
        while let Some(segment) = segments.next() {
            masked.push('/');
            masked.push_str(&self.segment(segment, segments.peek().is_none()));
        }
        if url.query().is_some() {
            masked.push_str("?…");
        }
        masked
    }

    fn segment(&self, segment: &str, is_last: bool) -> String {
        let lower = segment.to_ascii_lowercase();
        if segment.is_empty() || PLAIN.contains(&lower.as_str()) || is_year(segment) {
            return segment.to_owned();
        }
        let sign = hmac::sign(&self.0, segment.as_bytes());
        let sign = hex::encode(&sign.as_ref()[..3]);
        let suffix = segment.rsplit_once('.').map(|(_, suffix)| suffix).filter(|_| is_last);
        match suffix.filter(|suffix| SUFFIXES.contains(&suffix.to_ascii_lowercase().as_str())) {
            Some(suffix) => format!("…{sign}.{suffix}"),
            None => format!("…{sign}"),
        }
    }
}

/// Suffixes of files.
const SUFFIXES: [&str; 27] = [
    "bak", "csv", "doc", "docx", "eml", "gif", "gz", "htm", "html", "jpeg", "jpg", "json", "ods",
    "odt", "pdf", "png", "ppt", "pptx", "sql", "tar", "tif", "tiff", "txt", "xls", "xlsx", "xml",
    "zip",
];

fn is_year(segment: &str) -> bool {
    segment.len() == 4 && segment.parse().is_ok_and(|year: u16| (1990..2100).contains(&year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_personal_is_left_of_an_address() {
        let mask = Mask::new(b"a secret");
        let masked = mask
            .address("https://files.example:8443/Uploads/2021/asha-devi/9829011223.PDF?name=Asha");
        assert!(masked.starts_with("https://files.example:8443/Uploads/2021/…"), "{masked}");
        assert!(masked.ends_with(".PDF?…"), "{masked}");
        for personal in ["asha", "Asha", "devi", "9829011223"] {
            assert!(!masked.contains(personal), "{masked}");
        }
        // A suffix that is none may be anything.
        assert!(!mask.address("https://files.example/list.9829011223").contains("9829"));
        assert!(!mask.address("https://files.example/reports/1985-01-01/").contains("1985"));
        assert_eq!(mask.address("https://files.example/"), "https://files.example/");
    }

    #[test]
    fn equal_parts_have_equal_signs_under_one_secret_only() {
        let address = "https://files.example/asha/";
        let (one, other) = (Mask::new(b"one"), Mask::new(b"other"));
        assert_eq!(one.address(address), one.address(address));
        assert_ne!(one.address(address), other.address(address));
        assert_ne!(one.address(address), one.address("https://files.example/usha/"));
    }
}
