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
    "cboi",
    "centralbank",
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
    "ptaxis",
    "pthdfc",
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
    "aol.com",
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mail.com",
    "me.com",
    "msn.com",
    "outlook.com",
    "outlook.in",
    "proton.me",
    "protonmail.com",
    "rediffmail.com",
    "yahoo.co.in",
    "yahoo.com",
    "yahoo.in",
    "ymail.com",
    "zoho.in",
];

/// Local parts that are a role.
const ROLES: &[&str] = &[
    "abuse",
    "accounts",
    "admin",
    "care",
    "ceo",
    "cmho",
    "collector",
    "commissioner",
    "contact",
    "controlroom",
    "director",
    "dm",
    "enquiry",
    "feedback",
    "grievance",
    "hello",
    "help",
    "helpdesk",
    "hr",
    "info",
    "it",
    "mail",
    "media",
    "no-reply",
    "nodal",
    "noreply",
    "office",
    "postmaster",
    "press",
    "principal",
    "privacy",
    "pro",
    "procurement",
    "purchase",
    "registrar",
    "rti",
    "sales",
    "sdm",
    "secretary",
    "security",
    "support",
    "team",
    "tender",
    "tenders",
    "webmaster",
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
    let (mut name, mut host) = ([0; LOCAL], [0; DOMAIN]);
    let name = lower(&bytes[start..at], &mut name)?;
    let host = lower(&bytes[at + 1..end], &mut host)?;
    Some(Found { shape: kind(name, host)?, start, end })
}

/// In small letters.
fn lower<'r>(bytes: &[u8], room: &'r mut [u8]) -> Option<&'r [u8]> {
    let room = room.get_mut(..bytes.len())?;
    room.copy_from_slice(bytes);
    room.make_ascii_lowercase();
    Some(room)
}

fn kind(name: &[u8], host: &[u8]) -> Option<Shape> {
    let Some(dot) = memchr::memrchr(b'.', host) else {
        return handle(name, host);
    };
    let top = &host[dot + 1..];
    let letters = top.len() >= 2 && top.iter().all(u8::is_ascii_alphabetic);
    let twice = |bytes: &[u8]| bytes.windows(2).any(|pair| pair == b"..");
    if !letters || twice(host) || twice(name) {
        return None;
    }
    let government = host.ends_with(b"gov.in") || host.ends_with(b"nic.in");
    let mut parts = name.split(|byte| matches!(byte, b'.' | b'-' | b'_'));
    let role = is_of(ROLES, name) || parts.any(|part| is_of(ROLES, part));
    let (bare, labelled) = match () {
        () if government || role => (20, 35),
        () if is_of(PRIVATE, host) => (78, 92),
        () if host.ends_with(b"example.com") || host.ends_with(b"example.org") => (70, 85),
        () => (62, 85),
    };
    Some(Shape::new(Kind::Email, 1, bare, labelled))
}

/// A UPI id, where a label allows handles that the list does not have.
fn handle(name: &[u8], host: &[u8]) -> Option<Shape> {
    if matches!(host, b"abdm" | b"sbx" | b"ndhm") {
        return Some(Shape::new(Kind::AbhaAddress, 1, 95, 98));
    }
    let known = host.starts_with(b"ok") || is_of(HANDLES, host);
    let right = host.len() >= 2 && host.iter().all(u8::is_ascii_alphanumeric);
    (right && name.len() >= 3).then_some(Shape::new(Kind::Upi, 1, if known { 88 } else { 8 }, 92))
}

/// Whether a list has it, which is in order.
fn is_of(list: &[&str], word: &[u8]) -> bool {
    list.binary_search_by(|known| known.as_bytes().cmp(word)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_order() {
        for list in [HANDLES, PRIVATE, ROLES] {
            assert!(list.is_sorted());
        }
    }
}
