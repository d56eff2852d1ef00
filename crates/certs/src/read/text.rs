//! Signed texts among other text, or among the bytes of a file.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::Payload;
use crate::verify::MOST_TEXT;

/// JSON beyond this size is not looked at: an ample megabyte.
const MOST_JSON: usize = 1 << 20;
/// What is shorter is a mention of a form, not a certificate.
const LEAST: usize = 20;
/// What the files of a ZIP archive begin with.
const ZIP: &[u8] = b"PK\x03\x04";

/// A form by what it begins with and by the characters that follow.
struct Form {
    begin: &'static [u8],
    goes_on: fn(u8) -> bool,
    payload: fn(&[u8]) -> Option<Payload>,
}

const FORMS: [Form; 4] = [
    Form { begin: b"HC1:", goes_on: is_base45, payload: whole },
    Form { begin: b"shc:/", goes_on: is_chunk, payload: whole },
    Form { begin: b"eyJ", goes_on: is_token, payload: token },
    Form { begin: b"data:application/", goes_on: is_address, payload: embedded },
];

/// What a QR code or a file holds that is itself one certificate, else those inside.
pub(super) fn payloads(bytes: &[u8]) -> Vec<Payload> {
    if bytes.starts_with(ZIP) {
        let fits = bytes.len() <= MOST_TEXT;
        return if fits { vec![Payload::Bytes(bytes.to_vec())] } else { Vec::new() };
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
    match json(text) {
        Some(found) => found,
        None => scan(text),
    }
}

/// The certificates of a JSON text: those that a file of SMART Health Cards lists, else the whole.
fn json(text: &[u8]) -> Option<Vec<Payload>> {
    if text.first() != Some(&b'{') || text.len() > MOST_JSON {
        return None;
    }
    let object: serde_json::Value = serde_json::from_slice(text).ok()?;
    let listed = object.get("verifiableCredential").and_then(serde_json::Value::as_array);
    let listed = listed.into_iter().flatten().filter_map(serde_json::Value::as_str);
    let cards: Vec<_> = listed.flat_map(|card| scan(card.as_bytes())).collect();
    if !cards.is_empty() {
        return Some(cards);
    }
    std::str::from_utf8(text).ok().map(|text| vec![Payload::Text(text.to_owned())])
}

/// The certificates among other bytes, in order, some perhaps twice.
pub(super) fn scan(bytes: &[u8]) -> Vec<Payload> {
    let mut found = Vec::new();
    let mut place = 0;
    while place < bytes.len() && found.len() < super::MOST_FOUND {
        let rest = &bytes[place..];
        let form = FORMS.iter().find(|form| rest.starts_with(form.begin));
        let inside = place > 0 && is_token(bytes[place - 1]);
        match form {
            // In the middle of base64, `eyJ` begins nothing.
            Some(form) if form.begin != b"eyJ" || !inside => {
                let text = text_at(rest, form);
                found.extend((form.payload)(text));
                // Going on after the text, not inside it, keeps the work linear in the file.
                place += text.len();
            }
            _ => place += 1,
        }
    }
    found
}

/// The beginning mark and the characters of the form that follow. Another such mark does not end
/// the text: one HC1 certificate in some thousands has those four characters inside.
fn text_at<'a>(bytes: &'a [u8], form: &Form) -> &'a [u8] {
    let bytes = &bytes[..bytes.len().min(MOST_TEXT)];
    let mut after = bytes[form.begin.len()..].iter();
    let length = after.position(|byte| !(form.goes_on)(*byte));
    &bytes[..length.map_or(bytes.len(), |length| form.begin.len() + length)]
}

fn whole(text: &[u8]) -> Option<Payload> {
    let text = std::str::from_utf8(text).ok()?.trim_end();
    (text.len() > LEAST).then(|| Payload::Text(text.to_owned()))
}

/// A compact JWS, or an SD-JWT, which is one with more after it.
fn token(text: &[u8]) -> Option<Payload> {
    let parts = text.split(|byte| *byte == b'.').filter(|part| !part.is_empty());
    if parts.count() < 3 { None } else { whole(text) }
}

/// What a `data:` address holds: the form in which a PDF of this crate keeps what is no plain text.
fn embedded(address: &[u8]) -> Option<Payload> {
    // In a list, a comma ends it.
    let address = address.strip_suffix(b",").unwrap_or(address);
    let comma = address.iter().position(|byte| *byte == b',')?;
    let (kind, held) = address.split_at(comma);
    let held = STANDARD.decode(&held[1..]).ok()?;
    match kind {
        b"data:application/zip;base64" => held.starts_with(ZIP).then_some(Payload::Bytes(held)),
        b"data:application/json;base64" => String::from_utf8(held).ok().map(Payload::Text),
        _ => None,
    }
}

const fn is_base45(byte: u8) -> bool {
    byte.is_ascii_uppercase()
        || byte.is_ascii_digit()
        || matches!(byte, b' ' | b'$' | b'%' | b'*' | b'+' | b'-' | b'.' | b'/' | b':')
}

const fn is_chunk(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'/'
}

const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

const fn is_address(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+' | b'=' | b';' | b',')
}
