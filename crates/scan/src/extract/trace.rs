//! Text that knows where it stood before it was taken out of a file.

use std::ops::{Deref, Range};

use std::num::NonZero;

/// A run of text that stands for a run of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Where it stands in the text, and how long it is there.
    at: u32,
    length: u32,
    /// Where it begins in the file.
    from: u32,
    /// Where it ends there, if it is written otherwise, as by an escape; else it is as long there as
    /// here, byte for byte.
    to: Option<NonZero<u32>>,
}

/// An offset. A text is at most 256 MiB long and a file, in UTF-8, 1.5 GiB.
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

impl Run {
    const fn begin(&self) -> usize {
        self.at as usize
    }

    const fn end(&self) -> usize {
        self.at as usize + self.length as usize
    }

    /// The part of it that stands for these bytes of the text.
    fn within(self, part: &Range<usize>) -> Range<usize> {
        if let Some(to) = self.to {
            return self.from as usize..to.get() as usize;
        }
        let start = part.start.max(self.begin()) - self.begin();
        let end = part.end.min(self.end()) - self.begin();
        self.from as usize + start..self.from as usize + end
    }
}

/// Where a text stood.
#[derive(Clone, Copy, Debug)]
enum Origin<'t> {
    /// It was made here.
    Nowhere,
    /// From this offset on, byte for byte.
    At(usize),
    /// It is the part from an offset on of a text with these runs.
    Runs(&'t [Run], usize),
}

impl<'t> Origin<'t> {
    /// The runs that stand for a part of the text, each as a run of that part.
    fn runs(self, part: Range<usize>) -> impl Iterator<Item = Run> + 't {
        let whole = match self {
            Self::At(from) => Some(Run {
                at: 0,
                length: narrow(part.len()),
                from: narrow(from.saturating_add(part.start)),
                to: None,
            }),
            _ => None,
        };
        let (runs, shift): (&[Run], usize) = match self {
            Self::Runs(runs, shift) => (runs, shift),
            _ => (&[], 0),
        };
        let part = part.start + shift..part.end + shift;
        let first = runs.partition_point(|run| run.end() <= part.start);
        let end = part.end;
        let cut = runs[first..].iter().take_while(move |run| run.begin() < end).map(move |run| {
            let place = run.within(&part);
            let at = run.begin().max(part.start);
            Run {
                at: narrow(at - part.start),
                length: narrow(run.end().min(part.end) - at),
                from: narrow(place.start),
                to: run.to,
            }
        });
        whole.into_iter().chain(cut)
    }
}

/// A piece of text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'t> {
    text: &'t str,
    origin: Origin<'t>,
}

impl<'t> Piece<'t> {
    /// It stands at an offset of the file.
    pub(super) const fn at(text: &'t str, from: usize) -> Self {
        Self { text, origin: Origin::At(from) }
    }

    /// A part of the text of a file, which lies in its memory; else it was made elsewhere.
    pub(super) fn of(file: &str, text: &'t str) -> Self {
        offset(file, text).map_or_else(|| text.into(), |from| Self::at(text, from))
    }

    /// The text itself.
    pub(super) const fn text(self) -> &'t str {
        self.text
    }

    /// A part of it, by bytes.
    pub(super) fn slice(self, part: Range<usize>) -> Self {
        let origin = match self.origin {
            Origin::Nowhere => Origin::Nowhere,
            Origin::At(from) => Origin::At(from + part.start),
            Origin::Runs(runs, shift) => Origin::Runs(runs, shift + part.start),
        };
        Self { text: &self.text[part], origin }
    }

    /// The part of it that is this part of its text.
    pub(super) fn part(self, part: &str) -> Self {
        offset(self.text, part)
            .map_or_else(|| self.slice(0..0), |start| self.slice(start..start + part.len()))
    }

    /// Without white space at its ends.
    pub(super) fn trim(self) -> Self {
        self.part(self.text.trim())
    }

    /// Where a part of it stands in the file.
    pub(super) fn place(self, part: Range<usize>) -> Option<Range<usize>> {
        let mut places = self.origin.runs(part).map(|run| {
            let to = run.to.map_or(run.from as usize + run.length as usize, |to| to.get() as usize);
            (run.from as usize, to)
        });
        let first = places.next()?;
        let (from, to) = places.fold(first, |all, one| (all.0.min(one.0), all.1.max(one.1)));
        Some(from..to)
    }

    /// The same places, spelt with other letters of the same lengths.
    pub(super) fn spelt(self, text: &'t str) -> Self {
        debug_assert_eq!(text.len(), self.text.len(), "every letter keeps its place");
        Self { text, origin: self.origin }
    }
}

impl<'t> From<&'t str> for Piece<'t> {
    fn from(text: &'t str) -> Self {
        Self { text, origin: Origin::Nowhere }
    }
}

impl<'t> From<&'t String> for Piece<'t> {
    fn from(text: &'t String) -> Self {
        text.as_str().into()
    }
}

impl<'t> From<&'t Traced> for Piece<'t> {
    fn from(traced: &'t Traced) -> Self {
        Self { text: &traced.text, origin: Origin::Runs(&traced.runs, 0) }
    }
}

/// Where a part of a text lies in it.
pub(super) fn offset(text: &str, part: &str) -> Option<usize> {
    let from = part.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    (from + part.len() <= text.len()).then_some(from)
}

/// Text that is put together from pieces.
#[derive(Clone, Debug, Default)]
pub(super) struct Traced {
    text: String,
    runs: Vec<Run>,
}

impl Traced {
    /// Adds a piece.
    pub(super) fn push<'p>(&mut self, piece: impl Into<Piece<'p>>) {
        let piece = piece.into();
        let at = self.text.len();
        for run in piece.origin.runs(0..piece.text.len()) {
            self.add(Run { at: narrow(at + run.begin()), ..run });
        }
        self.text.push_str(piece.text);
    }

    /// Adds text that stands for a part of the file.
    pub(super) fn push_for(&mut self, text: &str, part: Range<usize>) {
        let (at, to) = (narrow(self.text.len()), NonZero::new(narrow(part.end)));
        self.add(Run { at, length: narrow(text.len()), from: narrow(part.start), to });
        self.text.push_str(text);
    }

    /// Adds text that stands for all of a piece.
    pub(super) fn push_as(&mut self, text: &str, piece: Piece<'_>) {
        match piece.place(0..piece.text.len()) {
            Some(part) => self.push_for(text, part),
            None => self.push(text),
        }
    }

    fn add(&mut self, run: Run) {
        if run.length == 0 {
            return;
        }
        match self.runs.last_mut() {
            Some(last)
                if last.to.is_none()
                    && run.to.is_none()
                    && last.at + last.length == run.at
                    && last.from + last.length == run.from =>
            {
                last.length += run.length;
            }
            _ => self.runs.push(run),
        }
    }
}

impl Deref for Traced {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl From<String> for Traced {
    fn from(text: String) -> Self {
        Self { text, runs: Vec::new() }
    }
}

impl From<&str> for Traced {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// Where the text of a part stands in the file that it was taken from, if that is itself a text.
///
/// # Units
///
/// Bytes of the file as it is, or, if [`Source::encoding`] says something, as UTF-8 without the mark
/// of its encoding.
#[derive(Clone, Copy, Debug)]
pub struct Source<'s> {
    pub(super) origin: Piece<'s>,
    pub(super) file: &'s str,
    pub(super) shift: usize,
    pub(super) encoding: Option<&'static str>,
}

impl<'s> Source<'s> {
    /// The path of the file within its document: that of the part, or the beginning of it.
    pub const fn file(&self) -> &'s str {
        self.file
    }

    /// The encoding that was undone, if the file is no UTF-8, or has faults.
    pub const fn encoding(&self) -> Option<&'static str> {
        self.encoding
    }

    /// The offsets in the file of what stands from `start` to `end` in the text. None, if none of it
    /// is written there.
    pub fn place(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let place = self.origin.place(start..end)?;
        Some((place.start + self.shift, place.end + self.shift))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(piece: Piece<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
        Source { origin: piece, file: "", shift: 0, encoding: None }.place(start, end)
    }

    #[test]
    fn a_piece_of_a_piece_stands_where_it_stood() {
        let file = "name: \\u0041sha Devi";
        let mut name = Traced::default();
        name.push_for("A", 6..12);
        name.push(Piece::of(file, &file[12..]));
        let mut page = Traced::default();
        page.push("x: ");
        page.push(Piece::from(&name).slice(0..4));
        page.push("\t");
        page.push(Piece::from(&name).slice(5..9));
        assert_eq!(&*page, "x: Asha\tDevi");
        assert_eq!(place((&page).into(), 3, 7), Some((6, 15)));
        assert_eq!(place((&page).into(), 4, 7), Some((12, 15)));
        assert_eq!(place((&page).into(), 3, 12), Some((6, 20)));
        assert_eq!(place((&page).into(), 9, 11), Some((17, 19)));
        assert_eq!(place((&page).into(), 0, 3), None);
    }

    #[test]
    fn what_goes_on_where_it_ended_is_one_run() {
        let mut text = Traced::default();
        for at in 0..100 {
            text.push(Piece::at("a", 7 + at));
        }
        assert_eq!(text.runs.len(), 1);
        assert_eq!(place((&text).into(), 10, 20), Some((17, 27)));
    }

    #[test]
    fn a_part_is_known_by_where_it_lies() {
        let text = String::from("asha devi");
        let piece = Piece::at(&text, 100);
        assert_eq!(place(piece.part(&text[5..]), 0, 4), Some((105, 109)));
        assert_eq!(offset(&text, &text[9..]), Some(9));
        assert_eq!(offset(&text, "elsewhere"), None);
    }
}
