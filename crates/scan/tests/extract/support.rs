//! Parts of a document, and the person in them.

use scan::{
    Kind, Options,
    extract::{Limits, Picture, Take, Unread, document},
};

/// What was taken out of a document.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) texts: Vec<(String, String)>,
    pub(crate) unread: Vec<(String, Unread)>,
    /// What the letters in every picture are.
    pub(crate) seen: Option<&'static str>,
}

impl Take for Parts {
    fn part(&mut self, path: &str, text: &str) {
        self.texts.push((path.to_owned(), text.to_owned()));
    }

    fn unread(&mut self, path: &str, why: Unread) {
        self.unread.push((path.to_owned(), why));
    }

    fn picture(&mut self, _: Picture<'_>) -> Result<String, Unread> {
        self.seen.map(str::to_owned).ok_or(Unread::NeedsOcr)
    }
}

/// Everything in a document.
pub(crate) fn parts(bytes: &[u8]) -> Parts {
    let mut parts = Parts::default();
    document(bytes, Limits::default(), &mut parts);
    parts
}

/// What is found in the part at a path: its record, kind and text.
pub(crate) fn found(parts: &Parts, path: &str) -> Vec<(usize, Kind, String)> {
    let paths: Vec<_> = parts.texts.iter().map(|(path, _)| path.as_str()).collect();
    let text = parts.texts.iter().find(|(other, _)| other == path);
    let (_, text) = text.unwrap_or_else(|| panic!("no part {path:?} among {paths:?}"));
    let found = scan::text(text, &Options::default()).findings;
    found.iter().map(|one| (one.record, one.kind, text[one.start..one.end].to_owned())).collect()
}

/// The person in Latin letters, and in Hindi.
pub(crate) const ASHA: &str = "Asha Devi";
pub(crate) const ASHA_HINDI: &str = "आशा देवी";
pub(crate) const MOBILE: &str = "9829011223";

/// Asserts that a person of this name is found at a path, her number and her name in one record,
/// and that the whole document was read.
#[track_caller]
pub(crate) fn assert_person(bytes: &[u8], path: &str, name: &str) {
    let parts = parts(bytes);
    assert_eq!(parts.unread, [], "all of it is read");
    assert_person_in(&parts, path, name);
}

/// The same of parts that were taken out already.
#[track_caller]
pub(crate) fn assert_person_in(parts: &Parts, path: &str, name: &str) {
    let found = found(parts, path);
    let text = &parts.texts.iter().find(|(other, _)| other == path).unwrap().1;
    let mobile = found.iter().find(|(_, kind, text)| *kind == Kind::Mobile && text == MOBILE);
    let Some((record, ..)) = mobile else { panic!("no mobile among {found:?} in {text:?}") };
    let named = found
        .iter()
        .any(|(other, kind, text)| other == record && *kind == Kind::Name && text == name);
    assert!(named, "no {name} in record {record} of {found:?} in {text:?}");
}
