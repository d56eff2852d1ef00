//! A document that is public and should not be: what a sweep hands to a takedown.
//!
//! One a line in `exposed.jsonl`. It tells which kinds of personal data it holds and of how many
//! people, never a value.

pub mod near;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    io::{BufRead, Write},
    str::FromStr,
};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeOwned},
};

/// Where an address was met. Each makes a document easier to find for others, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The operator named it.
    Seed,
    /// A sitemap.
    Sitemap,
    /// An open listing of a folder.
    Listing,
    /// A link on a page.
    Link,
    /// The listing of a bucket.
    Bucket,
    /// A search engine's list of what it has indexed, exported as CSV.
    Csv,
    /// A CDN's list of what it has cached.
    Cdn,
}

impl Source {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Seed, Self::Sitemap, Self::Listing, Self::Link, Self::Bucket, Self::Csv, Self::Cdn];

    /// Its name in results.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seed => "seed",
            Self::Sitemap => "sitemap",
            Self::Listing => "listing",
            Self::Link => "link",
            Self::Bucket => "bucket",
            Self::Csv => "csv",
            Self::Cdn => "cdn",
        }
    }

    /// Its bit in a set of them.
    pub(crate) const fn bit(self) -> i64 {
        1 << self as i64
    }

    /// The set of which these are the bits.
    pub(crate) fn of(bits: i64) -> BTreeSet<Self> {
        Self::ALL.into_iter().filter(|source| bits & source.bit() != 0).collect()
    }
}

/// A public document with personal data in it.
///
/// # Shape
///
/// A line of JSON:
///
/// ```json
/// {"url":"https://files.example/a.pdf","digest":"<64 hex>","near":"<16 hex>","bytes":4096,
///  "media_type":"application/pdf","found_at":"2026-11-30T22:00:00Z","people":12,
///  "kinds":{"aadhaar":12,"mobile":12},"score":3.2,"sources":["csv","sitemap"],
///  "etag":"\"abc\"","also_at":["https://files.example/b.pdf"]}
/// ```
///
/// # Privacy
///
/// Addresses may name people: the file is for its owner's eyes, and a report for others masks them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exposed {
    /// Its address, normalised (RFC 3986: lower-case scheme and host, no default port, no fragment).
    pub url: String,
    /// SHA-256 of its decoded bytes.
    pub digest: Digest,
    /// Simhash over shingles of its text, by which nearly the same is told.
    pub near: Near,
    /// Its length, decoded.
    pub bytes: u64,
    /// Its media type, as its server says.
    pub media_type: String,
    /// When it was found.
    pub found_at: Timestamp,
    /// How many people it exposes.
    pub people: u64,
    /// How many findings of each kind, by the name of the kind (`scan::Kind::as_str`).
    pub kinds: BTreeMap<String, u64>,
    /// People exposed × sensitivity × findability; the highest is taken down first.
    pub score: f64,
    /// Where its address was met.
    pub sources: BTreeSet<Source>,
    /// Its validator, as its server says, to see that it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The same bytes at other addresses (all of them have to go).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_at: Vec<String>,
}

/// SHA-256.
///
/// # Shape
///
/// 64 hexadecimal digits, in JSON and in text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// That of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let digest = digest(&SHA256, bytes);
        Self(digest.as_ref().try_into().expect("SHA-256 has 32 bytes"))
    }
}

/// The text is not so many hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {digits} hexadecimal digits")]
pub struct NotHex {
    digits: usize,
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = NotHex;

    fn from_str(text: &str) -> Result<Self, NotHex> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotHex { digits: 64 })?;
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Simhash of a text over its shingles of three words. 0 stands for no text.
///
/// # Shape
///
/// 16 hexadecimal digits, in JSON and in text.
///
/// # Source
///
/// Charikar, "Similarity estimation techniques from rounding algorithms" (2002); three bits of 64
/// are what Manku, Jain and Das Sarma found to fit for web pages (2007).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Near(pub u64);

impl fmt::Display for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Near {
    type Err = NotHex;

    fn from_str(text: &str) -> Result<Self, NotHex> {
        let fits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = fits.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        number.map(Self).ok_or(NotHex { digits: 16 })
    }
}

impl Serialize for Near {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Near {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A line of the file is not about an exposed document.
#[derive(Debug, thiserror::Error)]
pub enum NotExposed {
    /// It cannot be read.
    #[error("the list of exposed documents cannot be read")]
    Unread(#[source] std::io::Error),
    /// It is something else.
    #[error("line {line} of the list is not an exposed document")]
    Line {
        /// Which line, counted from 1.
        line: usize,
    },
}

/// Reads the list, one document a line: all that the line says, or what of it a type has.
///
/// # Errors
///
/// [`NotExposed`], for each line that is none. What the line says is not repeated.
pub fn read<T: DeserializeOwned>(
    reader: impl BufRead,
) -> impl Iterator<Item = Result<T, NotExposed>> {
    let lines = reader.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.as_ref().is_ok_and(String::is_empty));
    lines.map(|(number, line)| {
        let line = line.map_err(NotExposed::Unread)?;
        serde_json::from_str(&line).map_err(|_| NotExposed::Line { line: number + 1 })
    })
}

/// Writes one line of the list.
///
/// # Errors
///
/// If it cannot be written.
pub fn write(to: &mut impl Write, exposed: &Exposed) -> std::io::Result<()> {
    serde_json::to_writer(&mut *to, exposed)?;
    to.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written_and_a_bad_one_is_named_by_its_number() {
        let exposed = Exposed {
            url: "https://files.example/a.pdf".to_owned(),
            digest: Digest::of(b"a"),
            near: Near(7),
            bytes: 1,
            media_type: "application/pdf".to_owned(),
            found_at: "2026-11-30T22:00:00Z".parse().unwrap(),
            people: 12,
            kinds: BTreeMap::from([("mobile".to_owned(), 12)]),
            score: 3.5,
            sources: BTreeSet::from([Source::Csv, Source::Sitemap]),
            etag: None,
            also_at: Vec::new(),
        };
        let mut lines = Vec::new();
        write(&mut lines, &exposed).unwrap();
        lines.extend(b"\n{\"url\":\"Asha\"}\n");
        let read: Vec<_> = read::<Exposed>(&lines[..]).collect();
        assert_eq!(read[0].as_ref().unwrap(), &exposed);
        let error = read[1].as_ref().unwrap_err().to_string();
        assert_eq!(error, "line 3 of the list is not an exposed document");
        let text = String::from_utf8(lines).unwrap();
        assert!(text.contains(r#""sources":["sitemap","csv"]"#), "{text}");
    }
}
