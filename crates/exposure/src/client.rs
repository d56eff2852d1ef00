//! What clients of other people's servers have in common.

use std::{fs, path::Path, sync::Arc, time::Duration};

use jiff::Timestamp;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

/// How servers are trusted: as the platform trusts them.
pub fn tls() -> TlsConfig {
    trusting(RootCerts::PlatformVerifier)
}

/// How servers are trusted whose certificates are signed by one of those in a file in PEM, and by
/// nobody else; none if there is no such certificate in it.
pub(crate) fn tls_by(ca: &Path) -> Option<TlsConfig> {
    let pem = fs::read(ca).ok()?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.ok()? {
            certificates.push(certificate);
        }
    }
    (!certificates.is_empty()).then(|| trusting(RootCerts::new_with_certs(&certificates)))
}

fn trusting(roots: RootCerts) -> TlsConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    TlsConfig::builder().unversioned_rustls_crypto_provider(provider).root_certs(roots).build()
}

/// How long a server asks to be left alone, but at most so long: in seconds, or until a date.
///
/// # Source
///
/// RFC 9110, section 10.2.3, `Retry-After`.
pub(crate) fn wait(text: &str, now: Timestamp, most: Duration) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds).min(most));
    }
    let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let wait = Duration::try_from(until.duration_since(now)).unwrap_or_default();
    Some(wait.min(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_to_be_left_alone_is_read_in_both_forms() {
        let now: Timestamp = "2026-11-30T22:00:00Z".parse().unwrap();
        #[rustfmt::skip]
        let cases = [
            ("7",                             Some(7)),
            ("0",                             Some(0)),
            ("Mon, 30 Nov 2026 22:01:30 GMT", Some(90)),
            ("Mon, 30 Nov 2026 21:00:00 GMT", Some(0)),
            ("99999999",                      Some(900)),
            ("soon",                          None),
        ];
        let most = Duration::from_mins(15);
        for (text, seconds) in cases {
            assert_eq!(wait(text, now, most).map(|wait| wait.as_secs()), seconds, "{text}");
        }
    }
}
