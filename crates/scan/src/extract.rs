//! Text out of documents, by what is in them and not by their names.
//!
//! Bytes in, parts out: a part is a piece of text with a path inside its document, such as
//! `!/a.xlsx!/Sheet1`. Nothing here opens a file or starts a program; what needs one (letters in
//! pictures) is asked of whoever takes the parts. Everything that a document may claim is capped,
//! and what is not read is told beside what is. Hostile documents still cost time and memory up to
//! these caps: read them in a process that can be stopped.

mod archive;
mod compound;
mod dialect;
mod encoding;
mod flow;
mod grid;
mod html;
mod json;
mod krutidev;
mod mail;
mod office;
mod pdf;
mod sniff;
mod sql;
mod text;
mod workbook;
mod xml;

use std::{
    borrow::Cow,
    fmt,
    io::{ErrorKind, Read},
};

use grid::Page;
use sniff::Format;

/// How much of a document is read.
///
/// # Units
///
/// Bytes, where nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Text of one part.
    pub text: usize,
    /// One member of an archive, unpacked.
    pub member: u64,
    /// Everything that is unpacked of one document.
    pub unpacked: u64,
    /// Parts and members of one document, counted.
    pub parts: usize,
    /// Documents inside documents, counted.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { text: 256 << 20, member: 256 << 20, unpacked: 1 << 30, parts: 100_000, depth: 8 }
    }
}

/// Why something was not read, or not to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unread {
    /// It, or what it unpacks to, is over a limit.
    TooLarge,
    /// Documents lie in it deeper than is followed.
    TooDeep,
    /// Over the limit of parts.
    TooMany,
    /// A password is needed.
    Encrypted,
    /// It is not what it says that it is, or breaks off.
    Malformed,
    /// It takes longer than is waited.
    TooSlow,
    /// It is a picture, and nothing here reads letters in pictures.
    NeedsOcr,
    /// It is none of the formats that are read.
    Unknown,
    /// It cannot be opened, or is no file.
    Closed,
}

impl Unread {
    /// Every reason.
    pub const ALL: &[Self] = &[
        Self::TooLarge,
        Self::TooDeep,
        Self::TooMany,
        Self::Encrypted,
        Self::Malformed,
        Self::TooSlow,
        Self::NeedsOcr,
        Self::Unknown,
        Self::Closed,
    ];

    /// The reason in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too large",
            Self::TooDeep => "nested too deep",
            Self::TooMany => "too many parts",
            Self::Encrypted => "encrypted",
            Self::Malformed => "malformed",
            Self::TooSlow => "took too long",
            Self::NeedsOcr => "needs OCR",
            Self::Unknown => "not a format that is read",
            Self::Closed => "cannot be opened",
        }
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where the parts of a document go.
///
/// # Privacy
///
/// Paths hold names of files, and these may name people; texts are whole documents.
pub trait Take {
    /// Takes the text of a part. `path` is empty for the document itself, and else begins with `!/`.
    fn part(&mut self, path: &str, text: &str);

    /// Hears that a part was not read, or not to its end.
    fn unread(&mut self, path: &str, why: Unread);

    /// Reads the letters in a picture.
    ///
    /// # Errors
    ///
    /// [`Unread::NeedsOcr`] where nothing can, which is so if this is left out.
    fn picture(&mut self, picture: Picture<'_>) -> Result<String, Unread> {
        let _ = picture;
        Err(Unread::NeedsOcr)
    }
}

/// Something whose letters have to be looked at.
#[derive(Clone, Copy)]
pub enum Picture<'b> {
    /// An image file: PNG, JPEG, TIFF, BMP, GIF or WebP.
    Image(&'b [u8]),
    /// A page, counted from 1, of a PDF file.
    Page(&'b [u8], usize),
}

/// Whether these bytes are text as it is: UTF-8 without any format that has to be taken apart, so
/// that reading it costs no more than [`crate::text`].
pub fn is_plain(bytes: &[u8]) -> bool {
    matches!(sniff::format(bytes), Format::Text)
        && str::from_utf8(bytes).is_ok_and(|text| !bytes.contains(&0) && text::is_plain(text))
}

/// Takes a document apart.
///
/// # Privacy
///
/// All of its text goes to `take`, and nowhere else.
///
/// # Examples
///
/// ```
/// use scan::extract::{Limits, Take, Unread, document};
///
/// struct Parts(Vec<(String, String)>);
///
/// impl Take for Parts {
///     fn part(&mut self, path: &str, text: &str) {
///         self.0.push((path.to_owned(), text.to_owned()));
///     }
///     fn unread(&mut self, path: &str, why: Unread) {
///         panic!("{path}: {why}");
///     }
/// }
///
/// let mut parts = Parts(Vec::new());
/// document(b"{\"name\": \"Asha Devi\"}", Limits::default(), &mut parts);
/// assert_eq!(parts.0, [(String::new(), "name: Asha Devi\n\n".to_owned())]);
/// ```
pub fn document(bytes: &[u8], limits: Limits, take: &mut dyn Take) {
    let mut work = Work { take, limits, path: String::new(), depth: 0, unpacked: 0, parts: 0 };
    work.open(bytes);
}

/// What is under way: where in the document, and how much of the limits is used up.
struct Work<'t> {
    take: &'t mut dyn Take,
    limits: Limits,
    path: String,
    depth: usize,
    unpacked: u64,
    parts: usize,
}

/// Longest name of a part that is repeated, in bytes.
const LONGEST_NAME: usize = 512;

impl Work<'_> {
    /// Reads bytes of any format, as the document at the present path.
    fn open(&mut self, bytes: &[u8]) {
        match sniff::format(bytes) {
            Format::Text => self.text(bytes),
            Format::Pdf => pdf::read(self, bytes),
            Format::Image => self.image(bytes),
            Format::Mail => mail::read(self, bytes),
            Format::Compound => compound::read(self, bytes),
            Format::Archive(kind) => archive::read(self, bytes, kind),
            Format::Unknown => self.unread(Unread::Unknown),
        }
    }

    /// Reads text in any encoding.
    fn text(&mut self, bytes: &[u8]) {
        match encoding::decode(bytes) {
            Some(text) => text::read(self, &text),
            None => self.unread(Unread::Unknown),
        }
    }

    /// Reads the letters in a picture.
    fn image(&mut self, bytes: &[u8]) {
        match self.take.picture(Picture::Image(bytes)) {
            Ok(text) => self.give(&text),
            Err(why) => self.unread(why),
        }
    }

    /// Gives the text of the document at the present path.
    fn give(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let cut = crate::weak::floor(text, self.limits.text);
        if krutidev::is_krutidev(text) {
            self.take.part(&self.path, &krutidev::unicode(&text[..cut]));
        } else {
            self.take.part(&self.path, &text[..cut]);
        }
        if cut < text.len() {
            self.unread(Unread::TooLarge);
        }
    }

    /// Gives the text that was written on a page.
    fn finish(&mut self, page: &Page) {
        self.give(page.text());
        if page.is_full() {
            self.unread(Unread::TooLarge);
        }
    }

    /// Says that the document at the present path is not read, or not to its end.
    fn unread(&mut self, why: Unread) {
        self.take.unread(&self.path, why);
    }

    /// Goes into a part of the present document, by name, and does something there. Says whether
    /// there may be more parts.
    fn within(&mut self, name: &str, then: impl FnOnce(&mut Self)) -> bool {
        self.parts += 1;
        if self.parts > self.limits.parts {
            if self.parts == self.limits.parts + 1 {
                self.unread(Unread::TooMany);
            }
            return false;
        }
        let outer = self.path.len();
        self.path.push_str("!/");
        self.path.push_str(&name[..crate::weak::floor(name, LONGEST_NAME)]);
        then(self);
        self.path.truncate(outer);
        true
    }

    /// Reads a document that lies in the present one.
    fn inside(&mut self, name: &str, bytes: &[u8]) -> bool {
        self.within(name, |work| work.deeper(bytes))
    }

    /// Reads what the present document is a wrapping of.
    fn deeper(&mut self, bytes: &[u8]) {
        if self.depth >= self.limits.depth {
            return self.unread(Unread::TooDeep);
        }
        self.depth += 1;
        self.open(bytes);
        self.depth -= 1;
    }

    /// Unpacks what a reader gives, within the limits. What was unpacked before it broke off is
    /// given with the reason.
    fn unpack(&mut self, reader: impl Read) -> (Vec<u8>, Option<Unread>) {
        let most = self.limits.member.min(self.limits.unpacked - self.unpacked);
        let mut bytes = Vec::new();
        let result = reader.take(most + 1).read_to_end(&mut bytes);
        let over = bytes.len() as u64 > most;
        bytes.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        self.unpacked += bytes.len() as u64;
        match result {
            _ if over => (bytes, Some(Unread::TooLarge)),
            Ok(_) => (bytes, None),
            Err(error) if error.kind() == ErrorKind::OutOfMemory => (bytes, Some(Unread::TooLarge)),
            Err(_) => (bytes, Some(Unread::Malformed)),
        }
    }

    /// Unpacks a member and reads it.
    fn unpack_inside(&mut self, name: &str, reader: impl Read) -> bool {
        let mut whole = true;
        let more = self.within(name, |work| {
            let (bytes, broken) = work.unpack(reader);
            work.deeper(&bytes);
            if let Some(why) = broken {
                work.unread(why);
                whole = why != Unread::TooLarge || work.unpacked < work.limits.unpacked;
            }
        });
        more && whole
    }
}

/// A name as text, whatever its encoding.
fn name_of(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(name) => Cow::Borrowed(name),
        Err(_) => encoding::decode(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes)),
    }
}
