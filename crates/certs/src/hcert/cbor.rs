//! Values of CBOR, as leniently as issuers write them. Texts and bytes stay where they were read.

use std::{borrow::Cow, convert::Infallible};

use minicbor::{Decoder, Encoder, data::Type, decode::Error, encode};

use crate::verdict::NotValid;

/// How deep values may be nested. The deepest form has six levels.
const DEEPEST: usize = 16;
/// How many entries place is made for before they are there, whatever their list says of itself.
const MOST_FORESEEN: u64 = 16;
/// Tags of RFC 8949 and RFC 8943 that may stand around a text that is a date.
const DATES: [u64; 2] = [0, 1004];

/// A value.
pub(crate) enum Value<'a> {
    /// A whole number of 64 bits.
    Integer(i64),
    Float(f64),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
    Array(Vec<Self>),
    Map(Vec<(Self, Self)>),
    Tag(u64, Box<Self>),
    Null,
    /// What no certificate says anything with: truth values, and whole numbers beyond 64 bits.
    Other,
}

/// Reads one value that fills all of `bytes`.
pub(crate) fn read(bytes: &[u8]) -> Result<Value<'_>, NotValid> {
    let mut decoder = Decoder::new(bytes);
    match value(&mut decoder, DEEPEST) {
        Ok(value) if decoder.position() == bytes.len() => Ok(value),
        _ => Err(NotValid::Content),
    }
}

fn value<'a>(from: &mut Decoder<'a>, levels: usize) -> Result<Value<'a>, Error> {
    let inside = || levels.checked_sub(1).ok_or(Error::message("nested too deep"));
    Ok(match from.datatype()? {
        Type::U8
        | Type::U16
        | Type::U32
        | Type::U64
        | Type::I8
        | Type::I16
        | Type::I32
        | Type::I64
        | Type::Int => i64::try_from(i128::from(from.int()?)).map_or(Value::Other, Value::Integer),
        Type::F16 | Type::F32 | Type::F64 => Value::Float(from.f64()?),
        Type::String => Value::Text(from.str()?.into()),
        Type::StringIndef => Value::Text(from.str_iter()?.collect::<Result<String, _>>()?.into()),
        Type::Bytes => Value::Bytes(from.bytes()?.into()),
        Type::BytesIndef => {
            let parts = from.bytes_iter()?.collect::<Result<Vec<_>, _>>()?;
            Value::Bytes(parts.concat().into())
        }
        Type::Array | Type::ArrayIndef => {
            let (length, levels) = (from.array()?, inside()?);
            Value::Array(entries(from, length, |from| value(from, levels))?)
        }
        Type::Map | Type::MapIndef => {
            let (length, levels) = (from.map()?, inside()?);
            let entry = |from: &mut Decoder<'a>| Ok((value(from, levels)?, value(from, levels)?));
            Value::Map(entries(from, length, entry)?)
        }
        Type::Tag => {
            let (tag, levels) = (from.tag()?.as_u64(), inside()?);
            Value::Tag(tag, value(from, levels)?.into())
        }
        Type::Null | Type::Undefined => {
            from.skip()?;
            Value::Null
        }
        Type::Bool => from.bool().map(|_| Value::Other)?,
        Type::Simple | Type::Break | Type::Unknown(_) => {
            return Err(Error::message("not a value of a certificate"));
        }
    })
}

/// The entries of a list: as many as it says, or until it says that it ends.
fn entries<'a, T>(
    from: &mut Decoder<'a>,
    length: Option<u64>,
    mut entry: impl FnMut(&mut Decoder<'a>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let foreseen = length.unwrap_or_default().min(MOST_FORESEEN);
    let mut entries = Vec::with_capacity(usize::try_from(foreseen).unwrap_or_default());
    let mut left = length;
    while left != Some(0) {
        if left.is_none() && from.datatype()? == Type::Break {
            from.set_position(from.position() + 1);
            break;
        }
        entries.push(entry(from)?);
        left = left.map(|left| left - 1);
    }
    Ok(entries)
}

impl<'a> Value<'a> {
    pub(super) const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(super) fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(entries) => Some(entries),
            _ => None,
        }
    }

    pub(super) fn as_map(&self) -> Option<&[(Self, Self)]> {
        match self {
            Self::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// Bytes, taken out.
    pub(super) fn into_bytes(self) -> Option<Cow<'a, [u8]>> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

/// Writes values, in their shortest form.
pub(crate) type Writer = Encoder<Vec<u8>>;
/// That they were written.
pub(crate) type Written = Result<(), encode::Error<Infallible>>;

/// The bytes of what is written.
pub(crate) fn written(write: impl FnOnce(&mut Writer) -> Written) -> Vec<u8> {
    let mut to = Encoder::new(Vec::with_capacity(512));
    write(&mut to).expect("a Vec takes what is written");
    to.into_writer()
}

/// What a map holds under a number.
pub(super) fn at<'a>(value: &'a Value<'a>, key: i64) -> Option<&'a Value<'a>> {
    let is_key = |held: &Value<'_>| matches!(held, Value::Integer(held) if *held == key);
    value.as_map()?.iter().find(|(held, _)| is_key(held)).map(|(_, value)| value)
}

/// What a map holds under a name. A null is nothing: some issuers write fields so that they do not
/// use.
pub(super) fn under<'a>(value: &'a Value<'a>, name: &str) -> Option<&'a Value<'a>> {
    let mut entries = value.as_map()?.iter();
    let found = entries.find(|(held, _)| held.as_text() == Some(name)).map(|(_, value)| value);
    found.filter(|value| !value.is_null())
}

/// A text that is not empty; a date may be tagged as one.
pub(super) fn words<'a>(value: &'a Value<'a>) -> Option<&'a str> {
    match value {
        Value::Text(text) if !text.trim().is_empty() => Some(text),
        Value::Tag(tag, inner) if DATES.contains(tag) && inner.as_text().is_some() => words(inner),
        _ => None,
    }
}

/// The text under a name.
pub(super) fn text<'a>(value: &'a Value<'a>, name: &str) -> Option<&'a str> {
    under(value, name).and_then(words)
}

/// The text under a name, which has to be there.
pub(super) fn needed(value: &Value<'_>, name: &str) -> Result<String, NotValid> {
    text(value, name).map(str::to_owned).ok_or(NotValid::Content)
}

/// A whole number.
pub(super) fn whole(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        _ => None,
    }
}

/// Seconds since 1970; some issuers write instants with a fraction, or as tagged dates.
pub(super) fn seconds(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Float(number) if number.abs() < 9e15 =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
            Some(number.floor() as i64)
        }
        Value::Tag(1, inner) if !matches!(**inner, Value::Tag(..)) => seconds(inner),
        _ => whole(value),
    }
}

/// The one entry of a list that has to have exactly one.
pub(super) fn only<'a>(list: &'a Value<'a>) -> Option<&'a Value<'a>> {
    match list.as_array() {
        Some([entry]) => Some(entry),
        _ => None,
    }
}

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;
