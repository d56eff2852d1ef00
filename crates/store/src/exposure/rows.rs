//! What goes into the file of a sweep and comes out of it.

use jiff::Timestamp;

/// What an address is asked for. What leads to other addresses is asked first, so that it is soon
/// known how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Rules for robots.
    Robots = 0,
    /// A sitemap, or an index of sitemaps.
    Sitemap = 1,
    /// A page, a listing, or a listing of a bucket.
    Page = 2,
    /// A document.
    Document = 3,
}

impl Class {
    pub(super) const fn of(number: i64) -> Self {
        match number {
            0 => Self::Robots,
            1 => Self::Sitemap,
            2 => Self::Page,
            _ => Self::Document,
        }
    }
}

/// What came of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It was not asked yet.
    Unasked = 0,
    /// It was read.
    Read = 1,
    /// Its server says that it has not changed.
    Unchanged = 2,
    /// Its listing says that it has not changed.
    Listed = 3,
    /// It is not there, or not any more.
    Gone = 4,
    /// Its server wants to know who asks, or refuses.
    Closed = 5,
    /// Its server points elsewhere.
    Elsewhere = 6,
    /// Its first bytes show that there is nothing to read in it.
    PassedOver = 7,
    /// There was no answer, or none that can be read.
    Failed = 8,
    /// It has the same bytes as another.
    Copy = 9,
    /// It is too large to be read whole; its beginning was.
    Beginning = 10,
}

impl Fate {
    /// Every one.
    pub const ALL: [Self; 11] = [
        Self::Unasked,
        Self::Read,
        Self::Unchanged,
        Self::Listed,
        Self::Gone,
        Self::Closed,
        Self::Elsewhere,
        Self::PassedOver,
        Self::Failed,
        Self::Copy,
        Self::Beginning,
    ];

    /// Its name in results.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unasked => "unasked",
            Self::Read => "read",
            Self::Unchanged => "unchanged",
            Self::Listed => "unchanged_by_listing",
            Self::Gone => "gone",
            Self::Closed => "closed",
            Self::Elsewhere => "elsewhere",
            Self::PassedOver => "passed_over",
            Self::Failed => "failed",
            Self::Copy => "copy",
            Self::Beginning => "beginning_only",
        }
    }

    /// Whether what was known of the address before is still so.
    pub(super) const fn keeps(self) -> bool {
        matches!(self, Self::Unchanged | Self::Listed | Self::Failed | Self::Unasked)
    }
}

/// A host, and how many of its addresses wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its number in the file.
    pub id: i64,
    /// Scheme, host and port.
    pub origin: String,
    /// How many of its addresses are still to be asked.
    pub waiting: i64,
}

/// How the number of waiting addresses of a host has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Its number in the file.
    pub host: i64,
    /// Scheme, host and port.
    pub origin: String,
    /// How many more, or fewer.
    pub more: i64,
}

/// An address that is to be asked.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its number in the file.
    pub id: i64,
    /// Its host's.
    pub host: i64,
    /// What it is asked for.
    pub class: Class,
    /// The address.
    pub url: String,
    /// A bit for each kind of place where it was met.
    pub sources: i64,
    /// Steps from what the operator named.
    pub depth: i64,
    /// How often it was tried in vain.
    pub tries: i64,
    /// Its validator of the last time.
    pub etag: Option<String>,
    /// Its date of the last time.
    pub modified: Option<String>,
    /// The document that was there.
    pub digest: Option<Vec<u8>>,
}

/// An address that was met.
#[derive(Clone, Debug)]
pub struct Found {
    /// First 16 bytes of the SHA-256 of the address.
    pub key: [u8; 16],
    /// Scheme, host and port.
    pub origin: String,
    /// What it is asked for.
    pub class: Class,
    /// The address.
    pub url: String,
    /// A bit for each kind of place where it was met.
    pub sources: i64,
    /// Steps from what the operator named.
    pub depth: i64,
    /// Hash of what a listing says beside it.
    pub stamp: Option<i64>,
}

/// A document, by counts.
#[derive(Clone, Debug)]
pub struct Document {
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// Simhash of its text.
    pub near: u64,
    /// Its length.
    pub bytes: u64,
    /// Its media type.
    pub media: String,
    /// How many people it exposes.
    pub people: u64,
    /// Counts by kind, as JSON.
    pub kinds: String,
    /// Why it was not read, or not to its end.
    pub unread: Option<String>,
    /// Whether its letters are still to be read.
    pub letters: bool,
}

/// What came of asking an address.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Its number in the file.
    pub id: i64,
    /// What came of it.
    pub fate: Fate,
    /// The status of the answer, or 0.
    pub status: u16,
    /// How often it was tried in vain by now.
    pub tries: i64,
    /// When it is to be tried again, if it is.
    pub again_at: Option<Timestamp>,
    /// Its validator.
    pub etag: Option<String>,
    /// Its date.
    pub modified: Option<String>,
    /// Which document is there.
    pub digest: Option<[u8; 32]>,
    /// That document, if it is new.
    pub document: Option<Document>,
}

/// What is written down.
#[derive(Clone, Debug)]
pub enum Message {
    /// An address was met.
    Found(Found),
    /// An address was asked.
    Visited(Visit),
}
