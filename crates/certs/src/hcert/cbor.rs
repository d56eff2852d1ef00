//! Values of CBOR, as leniently as issuers write them.

use ciborium::Value;

use crate::verdict::NotValid;

/// How deep values may be nested. The deepest form has six levels.
const DEEPEST: usize = 16;
/// Tags of RFC 8949 and RFC 8943 that may stand around a text that is a date.
const DATES: [u64; 2] = [0, 1004];

/// Reads one value that fills all of `bytes`.
pub(super) fn read(bytes: &[u8]) -> Result<Value, NotValid> {
    let mut rest = bytes;
    let value = ciborium::de::from_reader_with_recursion_limit(&mut rest, DEEPEST);
    match value {
        Ok(value) if rest.is_empty() => Ok(value),
        _ => Err(NotValid::Content),
    }
}

/// What a map holds under a number.
pub(super) fn at(value: &Value, key: i64) -> Option<&Value> {
    let is_key =
        |held: &Value| held.as_integer().is_some_and(|held| i128::from(held) == key.into());
    value.as_map()?.iter().find(|(held, _)| is_key(held)).map(|(_, value)| value)
}

/// What a map holds under a name. A null is nothing: some issuers write fields so that they do not
/// use.
pub(super) fn under<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let entries = value.as_map()?.iter();
    let found = entries.filter(|(held, _)| held.as_text() == Some(name)).map(|(_, value)| value);
    found.into_iter().next().filter(|value| !value.is_null())
}

/// A text that is not empty; a date may be tagged as one.
pub(super) fn words(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) if !text.trim().is_empty() => Some(text),
        Value::Tag(tag, inner) if DATES.contains(tag) && inner.is_text() => words(inner),
        _ => None,
    }
}

/// The text under a name.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    under(value, name).and_then(words)
}

/// The text under a name, which has to be there.
pub(super) fn needed(value: &Value, name: &str) -> Result<String, NotValid> {
    text(value, name).map(str::to_owned).ok_or(NotValid::Content)
}

/// A whole number.
pub(super) fn whole(value: &Value) -> Option<i64> {
    i64::try_from(i128::from(value.as_integer()?)).ok()
}

/// Seconds since 1970; some issuers write instants with a fraction, or as tagged dates.
pub(super) fn seconds(value: &Value) -> Option<i64> {
    match value {
        Value::Float(number) if number.abs() < 9e15 =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
            Some(number.floor() as i64)
        }
        Value::Tag(1, inner) if !inner.is_tag() => seconds(inner),
        _ => whole(value),
    }
}

/// The one entry of a list that has to have exactly one.
pub(super) fn only(list: &Value) -> Option<&Value> {
    match list.as_array().map(Vec::as_slice) {
        Some([entry]) => Some(entry),
        _ => None,
    }
}
