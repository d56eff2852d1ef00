//! What is in a document: counts, and nothing else.

use std::collections::BTreeMap;

use scan::{
    Options,
    extract::{self, Limits, Picture, Take, Unread},
};
use serde::{Deserialize, Serialize};

use crate::exposed::{Near, near::Shingles};

/// What is in a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// How many people it exposes.
    pub people: u64,
    /// How many findings of each kind.
    pub kinds: BTreeMap<String, u64>,
    /// Simhash of its text.
    pub near: Near,
    /// Why it was not read, or not to its end.
    pub unread: Option<String>,
    /// Whether there are only pictures in it whose letters were not read.
    pub letters: bool,
}

impl Reading {
    /// Of a document that could not be read.
    pub fn unread(why: &str) -> Self {
        Self {
            people: 0,
            kinds: BTreeMap::new(),
            near: Near(0),
            unread: Some(why.to_owned()),
            letters: false,
        }
    }
}

/// Reads documents. A hostile one can cost time and memory, so that whoever is asked reads in a
/// process that can be stopped.
pub trait Read: Sync {
    /// Reads a document, and letters in pictures too if that is wanted.
    fn read(&self, bytes: &[u8], letters: bool) -> Reading;
}

/// Reads letters in a picture.
///
/// # Errors
///
/// [`Unread::NeedsOcr`] where nothing can.
pub type ReadLetters<'l> = &'l mut dyn FnMut(Picture<'_>) -> Result<String, Unread>;

/// Reads a document here and now.
pub fn read(bytes: &[u8], letters: ReadLetters<'_>) -> Reading {
    let mut tally = Tally {
        people: 0,
        kinds: BTreeMap::new(),
        shingles: Shingles::default(),
        unread: None,
        pictures: false,
        letters,
    };
    match str::from_utf8(bytes) {
        Ok(text) if extract::is_plain(bytes) => tally.part("", text),
        _ => extract::document(bytes, Limits::default(), &mut tally),
    }
    let near = tally.shingles.near();
    let letters = tally.pictures && near == Near(0);
    let unread = tally.unread.or_else(|| tally.pictures.then_some(Unread::NeedsOcr));
    Reading {
        people: tally.people,
        kinds: tally.kinds.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect(),
        near,
        unread: unread.map(|why| why.to_string()),
        letters,
    }
}

struct Tally<'l> {
    people: u64,
    kinds: BTreeMap<&'static str, u64>,
    shingles: Shingles,
    /// The first reason.
    unread: Option<Unread>,
    pictures: bool,
    letters: ReadLetters<'l>,
}

impl Take for Tally<'_> {
    fn part(&mut self, _path: &str, text: &str) {
        self.shingles.add(text);
        let (people, kinds) = (&mut self.people, &mut self.kinds);
        scan::each(text, &Options::default(), &mut |persons, record| {
            *people += persons as u64;
            for finding in record {
                *kinds.entry(finding.kind.as_str()).or_default() += 1;
            }
        });
    }

    fn unread(&mut self, _path: &str, why: Unread) {
        if why == Unread::NeedsOcr {
            self.pictures = true;
        } else {
            self.unread = self.unread.or(Some(why));
        }
    }

    fn picture(&mut self, picture: Picture<'_>) -> Result<String, Unread> {
        (self.letters)(picture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_counted_and_one_of_pictures_only_waits_for_its_letters() {
        let mut none = |_: Picture<'_>| Err(Unread::NeedsOcr);
        let list = "Name,Mobile\nAsha Devi,9829011223\nRavi Kumar,9829011224\n";
        let reading = read(list.as_bytes(), &mut none);
        assert_eq!((reading.people, reading.kinds.get("mobile")), (2, Some(&2)));
        assert!(!reading.letters && reading.unread.is_none());
        assert_eq!(reading.near, Near::of(list));

        let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        let reading = read(picture, &mut none);
        assert!(reading.letters && reading.people == 0);
        assert_eq!(reading.unread.as_deref(), Some("needs OCR"));
        let reading = read(picture, &mut |_| Ok(list.to_owned()));
        assert!(!reading.letters && reading.people == 2);
    }
}
