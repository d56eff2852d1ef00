//! Text out of documents: each format with one made-up person in it, found where she stands.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

#[path = "extract/archives.rs"]
mod archives;
#[path = "extract/hostile.rs"]
mod hostile;
#[path = "extract/office.rs"]
mod office;
#[path = "texts/packed.rs"]
mod packed;
#[path = "extract/pdf.rs"]
mod pdf;
#[path = "extract/places.rs"]
mod places;
#[path = "extract/support.rs"]
mod support;
#[path = "extract/texts.rs"]
mod texts;
