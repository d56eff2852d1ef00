//! Addresses with an at sign: e-mail, UPI ids, health account addresses.

use crate::{Kind, context::Shape};

/// What stands around an at sign: which kind, and from where to where.
pub(crate) struct Found {
    pub(crate) shape: Shape,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Handles of payment providers that are seen most.
///
/// Gathered from public use and not complete: an unknown handle needs a label.
const HANDLES: &[&str] = &[
    "abfspay",
    "airtel",
    "allbank",
    "apl",
    "aubank",
    "axis",
    "axisb",
    "axisbank",
    "axl",
    "barodampay",
    "barodapay",
    "boi",
    "centralbank",
    "cboi",
    "citi",
    "cnrb",
    "csbpay",
    "dbs",
    "dlb",
    "eazypay",
    "fam",
    "fbl",
    "federal",
    "freecharge",
    "hdfcbank",
    "hsbc",
    "ibl",
    "icici",
    "idbi",
    "idfcbank",
    "idfcfirst",
    "ikwik",
    "imobile",
    "indianbank",
    "indus",
    "iob",
    "jio",
    "jupiteraxis",
    "kbl",
    "kotak",
    "kvb",
    "mahb",
    "naviaxis",
    "obc",
    "okaxis",
    "okhdfcbank",
    "okicici",
    "oksbi",
    "paytm",
    "payzapp",
    "pingpay",
    "pnb",
    "postbank",
    "pthdfc",
    "ptaxis",
    "ptsbi",
    "ptyes",
    "pz",
    "rapl",
    "rbl",
    "sbi",
    "sib",
    "slice",
    "superyes",
    "timecosmos",
    "tjsb",
    "uboi",
    "ucobank",
    "unionbank",
    "upi",
    "utbi",
    "waaxis",
    "wahdfcbank",
    "waicici",
    "wasbi",
    "yapl",
    "ybl",
    "yesbank",
    "yesg",
];

/// Providers where people, not offices, have mail.
const PRIVATE: &[&str] = &[
    "gmail.com",
    "yahoo.com",
    "yahoo.co.in",
    "yahoo.in",
    "hotmail.com",
    "outlook.com",
    "live.com",
    "rediffmail.com",
    "icloud.com",
    "ymail.com",
    "protonmail.com",
    "proton.me",
    "msn.com",
    "me.com",
    "zoho.in",
    "mail.com",
    "googlemail.com",
    "outlook.in",
    "aol.com",
];

/// Local parts that are a role.
const ROLES: &[&str] = &[
    "info",
    "contact",
    "support",
    "help",
    "helpdesk",
    "admin",
    "office",
    "tender",
    "tenders",
    "enquiry",
    "sales",
    "mail",
    "webmaster",
    "noreply",
    "no-reply",
    "grievance",
    "care",
    "feedback",
    "hr",
    "accounts",
    "press",
    "media",
    "director",
    "secretary",
    "registrar",
    "principal",
    "pro",
    "commissioner",
    "collector",
    "dm",
    "sdm",
    "cmho",
    "ceo",
    "nodal",
    "controlroom",
    "it",
    "rti",
    "purchase",
    "procurement",
    "hello",
    "team",
    "postmaster",
    "abuse",
    "security",
    "privacy",
];

/// The longest address: 64 bytes before the sign and 255 behind it, RFC 5321 section 4.5.3.1.
const LOCAL: usize = 64;
const DOMAIN: usize = 255;

/// Reads around the at sign at `at`, not beyond `from` and `to`.
///
/// # Source
///
/// RFC 5322 section 3.4.1 for mail, without comments and quoted strings.
pub(crate) fn find(text: &str, at: usize, (from, to): (usize, usize)) -> Option<Found> {
    let bytes = text.as_bytes();
    let local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
    let before = bytes[from.max(at.saturating_sub(LOCAL))..at].iter().rev();
    let start = at - before.take_while(|byte| local(byte)).count();
    let start = start + bytes[start..at].iter().take_while(|byte| b".-+%".contains(byte)).count();
    let domain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
    let after = &bytes[at + 1..to.min(at + 1 + DOMAIN)];
    let mut end = at + 1 + after.iter().take_while(|byte| domain(byte)).count();
    while end > at + 1 && b".-".contains(&bytes[end - 1]) {
        end -= 1;
    }
    if start == at || end == at + 1 {
        return None;
    }
    let name = text[start..at].to_ascii_lowercase();
    let host = text[at + 1..end].to_ascii_lowercase();
    Some(Found { shape: kind(&name, &host)?, start, end })
}

fn kind(name: &str, host: &str) -> Option<Shape> {
    let Some((_, top)) = host.rsplit_once('.') else {
        return handle(name, host);
    };
    let letters = top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !letters || host.contains("..") || name.contains("..") {
        return None;
    }
    let government = host.ends_with("gov.in") || host.ends_with("nic.in");
    let role =
        ROLES.contains(&name) || name.split(['.', '-', '_']).any(|part| ROLES.contains(&part));
    let (bare, labelled) = match () {
        () if government || role => (20, 35),
        () if PRIVATE.contains(&host) => (78, 92),
        () if host.ends_with("example.com") || host.ends_with("example.org") => (70, 85),
        () => (62, 85),
    };
    Some(Shape::new(Kind::Email, 1, bare, labelled))
}

/// A UPI id, where a label allows handles that the list does not have.
fn handle(name: &str, host: &str) -> Option<Shape> {
    if matches!(host, "abdm" | "sbx" | "ndhm") {
        return Some(Shape::new(Kind::AbhaAddress, 1, 95, 98));
    }
    let known = HANDLES.contains(&host) || host.starts_with("ok");
    let right = host.len() >= 2 && host.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (right && name.len() >= 3).then_some(Shape::new(Kind::Upi, 1, if known { 88 } else { 8 }, 92))
}
