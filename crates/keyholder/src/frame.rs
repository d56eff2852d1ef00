//! How asks and answers go through the socket.
//!
//! # Shape
//!
//! A frame is its length (4 bytes, big-endian) and a body of at most [`MOST`] bytes, which begins with
//! a byte that says what it is. Lists begin with how many there are (4); bytes of no fixed length with
//! their length (4).

use std::io::{self, Read, Write};

use vault::{Ask, BlindIndex, Index, PersonId, Refusal, Secret, ServerKeys, Told};
use zeroize::Zeroizing;

/// The most bytes of a body.
pub(crate) const MOST: usize = 8 << 20;
/// The most asks in a frame.
pub(crate) const MOST_ASKS: usize = 4_096;

/// What a client sends.
pub(crate) enum Request {
    /// Some asks.
    Asks(Vec<Ask>),
    /// For the keys that a server works with by itself.
    ServerKeys,
    /// For how it stands.
    Status,
    /// For a new key-encryption key.
    MakeKek,
    /// To destroy a version.
    DestroyKek(u32),
}

/// What comes back.
pub(crate) enum Response {
    /// To asks.
    Told(Vec<Told>),
    /// To [`Request::ServerKeys`].
    ServerKeys(ServerKeys),
    /// To [`Request::Status`]: JSON.
    Status(String),
    /// The version that was made or destroyed.
    Kek(u32),
    /// It was not done, and why.
    Failed(String),
}

pub(crate) type Body = Zeroizing<Vec<u8>>;

impl Request {
    pub(crate) fn to_bytes(&self) -> Body {
        let mut out = Out::new();
        match self {
            Self::Asks(asks) => {
                out.byte(1);
                out.count(asks.len());
                for ask in asks {
                    out.ask(ask);
                }
            }
            Self::ServerKeys => out.byte(2),
            Self::Status => out.byte(3),
            Self::MakeKek => out.byte(4),
            Self::DestroyKek(version) => {
                out.byte(5);
                out.number(*version);
            }
        }
        out.0
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut read = In(bytes);
        let request = match read.byte()? {
            1 => {
                let count = read.count(MOST_ASKS)?;
                Self::Asks((0..count).map(|_| read.ask()).collect::<Option<_>>()?)
            }
            2 => Self::ServerKeys,
            3 => Self::Status,
            4 => Self::MakeKek,
            5 => Self::DestroyKek(read.number()?),
            _ => return None,
        };
        read.0.is_empty().then_some(request)
    }
}

impl Response {
    pub(crate) fn to_bytes(&self) -> Body {
        let mut out = Out::new();
        match self {
            Self::Told(told) => {
                out.byte(1);
                out.count(told.len());
                for told in told {
                    out.told(told);
                }
            }
            Self::ServerKeys(keys) => {
                out.byte(2);
                out.count(keys.derived.len());
                for key in &keys.derived {
                    out.raw(key.expose());
                }
                out.count(keys.rules.len());
                for (version, key) in &keys.rules {
                    out.number(*version);
                    out.raw(key.expose());
                }
            }
            Self::Status(text) => {
                out.byte(3);
                out.bytes(text.as_bytes());
            }
            Self::Kek(version) => {
                out.byte(4);
                out.number(*version);
            }
            Self::Failed(why) => {
                out.byte(5);
                out.bytes(why.as_bytes());
            }
        }
        out.0
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut read = In(bytes);
        let response = match read.byte()? {
            1 => {
                let count = read.count(MOST_ASKS)?;
                Self::Told((0..count).map(|_| read.told()).collect::<Option<_>>()?)
            }
            2 => {
                let count = read.count(MOST_ASKS)?;
                let derived = (0..count).map(|_| read.key()).collect::<Option<_>>()?;
                let count = read.count(MOST_ASKS)?;
                let rule = |_| Some((read.number()?, read.key()?));
                let rules = (0..count).map(rule).collect::<Option<_>>()?;
                Self::ServerKeys(ServerKeys { derived, rules })
            }
            3 => Self::Status(read.text()?),
            4 => Self::Kek(read.number()?),
            5 => Self::Failed(read.text()?),
            _ => return None,
        };
        read.0.is_empty().then_some(response)
    }
}

/// Writes a frame.
pub(crate) fn write(stream: &mut impl Write, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= MOST);
    let length = length.ok_or_else(|| io::Error::other("a frame is too long"))?;
    stream.write_all(&length.to_be_bytes())?;
    stream.write_all(body)
}

/// Reads a frame; none at the end.
pub(crate) fn read(stream: &mut impl Read) -> io::Result<Option<Body>> {
    let mut length = [0; 4];
    match stream.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let mut body = empty(length)?;
    stream.read_exact(&mut body)?;
    Ok(Some(body))
}

/// Room for a body of that length.
pub(crate) fn empty(length: [u8; 4]) -> io::Result<Body> {
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > MOST {
        return Err(io::Error::other("a frame is too long"));
    }
    Ok(Zeroizing::new(vec![0; length]))
}

struct Out(Body);

impl Out {
    fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(16 << 10)))
    }

    fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    fn raw(&mut self, bytes: &[u8]) {
        // A list that grows by itself leaves copies behind.
        if self.0.capacity() - self.0.len() < bytes.len() {
            let mut larger = Vec::with_capacity(2 * self.0.capacity() + bytes.len());
            larger.extend_from_slice(&self.0);
            self.0 = Zeroizing::new(larger);
        }
        self.0.extend_from_slice(bytes);
    }

    fn number(&mut self, number: u32) {
        self.raw(&number.to_be_bytes());
    }

    fn count(&mut self, count: usize) {
        self.number(u32::try_from(count).expect("lists of a frame are short"));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.raw(bytes);
    }

    fn ask(&mut self, ask: &Ask) {
        match ask {
            Ask::Index { column, text } => {
                self.byte(1);
                self.byte(*column as u8);
                self.bytes(text.expose().as_bytes());
            }
            Ask::Wrap { person, data, rules } => {
                self.byte(2);
                self.raw(&person.0);
                self.raw(data.expose());
                self.raw(rules.expose());
            }
            Ask::Seal { person, wrapped, field, plain } => {
                self.byte(3);
                self.raw(&person.0);
                self.bytes(wrapped);
                self.bytes(field.as_bytes());
                self.bytes(plain.expose());
            }
            Ask::Open { person, wrapped, fields, evidence } => {
                self.byte(4);
                self.raw(&person.0);
                self.bytes(wrapped);
                self.count(fields.len());
                for field in fields {
                    self.bytes(field.as_bytes());
                }
                self.bytes(evidence);
            }
            Ask::Rewrap { person, wrapped } => {
                self.byte(5);
                self.raw(&person.0);
                self.bytes(wrapped);
            }
        }
    }

    fn told(&mut self, told: &Told) {
        match told {
            Told::Index(index) => {
                self.byte(1);
                self.raw(&index.0);
            }
            Told::Wrapped(bytes) => {
                self.byte(2);
                self.bytes(bytes);
            }
            Told::Sealed(bytes) => {
                self.byte(3);
                self.bytes(bytes);
            }
            Told::Opened(keys) => {
                self.byte(4);
                self.count(keys.len());
                for key in keys {
                    self.raw(key.expose());
                }
            }
            Told::Refused(why) => {
                self.byte(5);
                self.byte(*why as u8);
            }
        }
    }
}

struct In<'a>(&'a [u8]);

impl In<'_> {
    fn raw(&mut self, length: usize) -> Option<&[u8]> {
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn byte(&mut self) -> Option<u8> {
        Some(self.raw(1)?[0])
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.raw(4)?.try_into().ok()?))
    }

    fn count(&mut self, most: usize) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|count| *count <= most)
    }

    fn bytes(&mut self) -> Option<Vec<u8>> {
        let length = self.count(MOST)?;
        Some(self.raw(length)?.to_vec())
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?).ok()
    }

    fn person(&mut self) -> Option<PersonId> {
        Some(PersonId(self.raw(16)?.try_into().ok()?))
    }

    fn key(&mut self) -> Option<Secret<[u8; 32]>> {
        Some(Secret::new(self.raw(32)?.try_into().ok()?))
    }

    fn ask(&mut self) -> Option<Ask> {
        Some(match self.byte()? {
            1 => {
                let column = *Index::ALL.get(usize::from(self.byte()?))?;
                Ask::Index { column, text: Secret::new(self.text()?) }
            }
            2 => Ask::Wrap { person: self.person()?, data: self.key()?, rules: self.key()? },
            3 => Ask::Seal {
                person: self.person()?,
                wrapped: self.bytes()?,
                field: self.text()?,
                plain: Secret::new(self.bytes()?),
            },
            4 => {
                let (person, wrapped) = (self.person()?, self.bytes()?);
                let count = self.count(64)?;
                let fields = (0..count).map(|_| self.text()).collect::<Option<_>>()?;
                Ask::Open { person, wrapped, fields, evidence: self.bytes()? }
            }
            5 => Ask::Rewrap { person: self.person()?, wrapped: self.bytes()? },
            _ => return None,
        })
    }

    fn told(&mut self) -> Option<Told> {
        Some(match self.byte()? {
            1 => Told::Index(BlindIndex(self.raw(32)?.try_into().ok()?)),
            2 => Told::Wrapped(self.bytes()?),
            3 => Told::Sealed(self.bytes()?),
            4 => {
                let count = self.count(64)?;
                Told::Opened((0..count).map(|_| self.key()).collect::<Option<_>>()?)
            }
            5 => Told::Refused(match self.byte()? {
                1 => Refusal::DoesNotOpen,
                2 => Refusal::NotRecorded,
                3 => Refusal::LedgerBehind,
                4 => Refusal::BudgetSpent,
                _ => return None,
            }),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;
