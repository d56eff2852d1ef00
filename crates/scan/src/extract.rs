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
mod trace;
mod work;
mod workbook;
mod xml;

use std::{borrow::Cow, fmt};

use sniff::Format;
pub use trace::Source;
use work::Work;

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

    /// Takes the text of a part of a file that is itself a text, with where it stands in it.
    fn traced(&mut self, path: &str, text: &str, source: &Source<'_>) {
        let _ = source;
        self.part(path, text);
    }

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
    Work::new(limits, take).open(bytes);
}

/// A name as text, whatever its encoding.
fn name_of(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(name) => Cow::Borrowed(name),
        Err(_) => encoding::decode(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes)),
    }
}
