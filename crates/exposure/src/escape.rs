//! What stands for a letter: in XML, and in the address of an object of a bucket.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_encode};
use quick_xml::{escape::resolve_predefined_entity, events::BytesRef};

/// What a reference stands for: a letter by its number, or one of the five that every file knows. A
/// name that the file makes itself is not followed: it may be a bomb.
pub(crate) fn reference(name: &BytesRef<'_>) -> Option<Cow<'static, str>> {
    if let Some(letter) = name.resolve_char_ref().ok()? {
        return Some(letter.to_string().into());
    }
    resolve_predefined_entity(name).map(Cow::Borrowed)
}

/// What AWS leaves unescaped in a path.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The key of an object as it stands in an address: its slashes stay.
pub(crate) fn key(key: &[u8]) -> PercentEncode<'_> {
    percent_encode(key, PATH)
}
