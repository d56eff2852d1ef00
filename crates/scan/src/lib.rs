//! Personal data of India, found in text, and text found in documents.
//!
//! Pure: text in, places out. Nothing here reads a file, knows the time or repeats what it found.
//! The text comes from files of any kind through [`extract`], which takes apart what it is given.
//!
//! A text is walked once. A prefilter looks at sixty-four bytes at a time for what every record has
//! (digits, an at sign, a label's colon) and only where it stops is anything else asked. From there
//! a *record* is read: a table's row, a block of labels, or a line. Detectors propose what a token
//! could be, context weighs it, and the record as a whole decides.

mod context;
mod detect;
mod eight;
pub mod extract;
mod finding;
mod label;
mod layout;
mod place;
mod prefilter;
mod record;
mod span;
mod table;
mod token;
pub mod verhoeff;
mod weak;
mod word;

pub use finding::{Finding, Findings, Kind};
pub use token::{Key, preview};

/// How to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Least confidence, in percent, with which something is reported.
    pub least_confidence: u8,
    /// Also report what names no person, as the tax number of a firm.
    pub impersonal: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { least_confidence: 50, impersonal: false }
    }
}

/// Finds personal data in `text`.
///
/// Time grows with the length of the text and with nothing else.
///
/// # Privacy
///
/// The answer holds places only. Whoever has the text can look there.
///
/// # Examples
///
/// ```
/// let text = "Name: Asha Devi, Mobile: 98290 11223";
/// let found = scan::text(text, &scan::Options::default());
/// assert_eq!(found.persons, 1);
/// assert!(found.findings.iter().any(|one| one.kind == scan::Kind::Mobile));
/// ```
pub fn text(text: &str, options: &Options) -> Findings {
    let mut findings = Findings::default();
    each(text, options, &mut |persons, record| {
        findings.persons += persons;
        findings.findings.extend_from_slice(record);
    });
    findings
}

/// Finds personal data in `text` and hands over one record at a time, with the number of persons
/// in it, so that memory does not grow with what is found.
pub fn each(text: &str, options: &Options, take: &mut dyn FnMut(usize, &[Finding])) {
    layout::Reader::new(text, options, take).read();
}
