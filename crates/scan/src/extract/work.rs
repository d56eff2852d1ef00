//! A document that is being taken apart.

use std::io::{ErrorKind, Read};

use super::{
    Limits, Picture, Take, Unread, archive, compound, encoding,
    grid::Page,
    krutidev, mail, pdf,
    sniff::{self, Format},
    text,
    trace::{Piece, Source},
};

/// What is under way: where in the document, and how much of the limits is used up.
pub(super) struct Work<'t> {
    pub(super) take: &'t mut dyn Take,
    pub(super) limits: Limits,
    path: String,
    depth: usize,
    pub(super) unpacked: u64,
    parts: usize,
    file: Option<File>,
}

/// A file that is a text, which is being read.
#[derive(Clone, Copy)]
struct File {
    /// How much of the present path is its own.
    path: usize,
    /// Where in it the text begins that offsets are of.
    shift: usize,
    encoding: Option<&'static str>,
}

/// Longest name of a part that is repeated, in bytes.
const LONGEST_NAME: usize = 512;

impl<'t> Work<'t> {
    /// At its beginning.
    pub(super) fn new(limits: Limits, take: &'t mut dyn Take) -> Self {
        Self { take, limits, path: String::new(), depth: 0, unpacked: 0, parts: 0, file: None }
    }

    /// Reads bytes of any format, as the document at the present path.
    pub(super) fn open(&mut self, bytes: &[u8]) {
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
    pub(super) fn text(&mut self, bytes: &[u8]) {
        match encoding::undo(bytes) {
            Some(text) => self.at(text.mark, text.encoding, |work| text::read(work, &text.text)),
            None => self.unread(Unread::Unknown),
        }
    }

    /// Does something with a text that is the present document, from an offset of it on: offsets
    /// in what is given there are those of the document.
    pub(super) fn at(
        &mut self,
        shift: usize,
        encoding: Option<&'static str>,
        then: impl FnOnce(&mut Self),
    ) {
        let outer = self.file.replace(File { path: self.path.len(), shift, encoding });
        then(self);
        self.file = outer;
    }

    /// Does something with a text that begins at an offset of the one that is being read, if it is
    /// a part of it, or else is read by itself.
    pub(super) fn part_at(&mut self, offset: Option<usize>, then: impl FnOnce(&mut Self)) {
        let outer = self.file;
        match (offset, &mut self.file) {
            (Some(offset), Some(file)) => file.shift += offset,
            _ => return self.at(0, None, then),
        }
        then(self);
        self.file = outer;
    }

    /// Reads the letters in a picture.
    fn image(&mut self, bytes: &[u8]) {
        match self.take.picture(Picture::Image(bytes)) {
            Ok(text) => self.give(text.as_str()),
            Err(why) => self.unread(why),
        }
    }

    /// Gives the text of the document at the present path.
    pub(super) fn give<'p>(&mut self, piece: impl Into<Piece<'p>>) {
        let piece = piece.into();
        let text = piece.text();
        if text.trim().is_empty() {
            return;
        }
        let cut = crate::weak::floor(text, self.limits.text);
        if krutidev::is_krutidev(text) {
            self.tell((&krutidev::unicode(piece.slice(0..cut))).into());
        } else {
            self.tell(piece.slice(0..cut));
        }
        if cut < text.len() {
            self.unread(Unread::TooLarge);
        }
    }

    /// Hands over a text, with where it stands in a file.
    fn tell(&mut self, piece: Piece<'_>) {
        let Some(file) = self.file else { return self.take.part(&self.path, piece.text()) };
        let source = Source {
            origin: piece,
            file: &self.path[..file.path],
            shift: file.shift,
            encoding: file.encoding,
        };
        self.take.traced(&self.path, piece.text(), &source);
    }

    /// Gives the text that was written on a page.
    pub(super) fn finish(&mut self, page: &Page) {
        self.give(page.text());
        if page.is_full() {
            self.unread(Unread::TooLarge);
        }
    }

    /// Says that the document at the present path is not read, or not to its end.
    pub(super) fn unread(&mut self, why: Unread) {
        self.take.unread(&self.path, why);
    }

    /// Goes into a part of the present document, by name, and does something there. Says whether
    /// there may be more parts.
    pub(super) fn within(&mut self, name: &str, then: impl FnOnce(&mut Self)) -> bool {
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
    pub(super) fn inside(&mut self, name: &str, bytes: &[u8]) -> bool {
        self.within(name, |work| work.deeper(bytes))
    }

    /// Reads what the present document is a wrapping of.
    pub(super) fn deeper(&mut self, bytes: &[u8]) {
        if self.depth >= self.limits.depth {
            return self.unread(Unread::TooDeep);
        }
        self.depth += 1;
        let outer = self.file.take();
        self.open(bytes);
        self.file = outer;
        self.depth -= 1;
    }

    /// Unpacks what a reader gives, within the limits. What was unpacked before it broke off is
    /// given with the reason.
    pub(super) fn unpack(&mut self, reader: impl Read) -> (Vec<u8>, Option<Unread>) {
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
    pub(super) fn unpack_inside(&mut self, name: &str, reader: impl Read) -> bool {
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
