//! PDF: text of pages by where it stands, forms, notes, properties, and files that are attached.
//!
//! A page whose text cannot be told, because it is a picture or its font does not say which letters
//! it draws, is given to who can read pictures.

mod beside;
mod cmap;
mod font;
mod glyph;
mod layout;
mod page;
mod state;

use std::sync::Arc;

use hayro_syntax::{LoadPdfError, Pdf};

use super::{Picture, Unread, Work, encoding};

/// Steps of drawing that are followed in one document, over all its pages: those of a thousand
/// full pages, many times over.
const MOST_STEPS: usize = 50_000_000;
/// Fewest letters on a page for it to be taken as text.
const FEWEST: usize = 16;

/// Reads a PDF file.
pub(super) fn read(work: &mut Work<'_>, bytes: &[u8]) {
    let pdf = match Pdf::new(Arc::new(bytes.to_vec())) {
        Ok(pdf) => pdf,
        Err(LoadPdfError::Decryption(_)) => return work.unread(Unread::Encrypted),
        // The mark of such files may stand in any text.
        Err(LoadPdfError::Invalid) if !bytes.starts_with(b"%PDF-") => return work.text(bytes),
        Err(LoadPdfError::Invalid) => return work.unread(Unread::Malformed),
    };
    pages(work, &pdf, bytes);
    beside::read(work, &pdf);
}

fn pages(work: &mut Work<'_>, pdf: &Pdf, bytes: &[u8]) {
    let mut steps = MOST_STEPS;
    let mut fonts = font::Cache::default();
    let mut empty = true;
    for (place, page) in pdf.pages().iter().enumerate() {
        let number = place + 1;
        empty = false;
        let more = work.within(&format!("page {number}"), |work| {
            let drawn = page::read(page, &mut fonts, &mut steps);
            let letters = drawn.letters();
            // Letters that are drawn and not known, or none beside a picture.
            let unseen = drawn.unknown > letters || (letters < FEWEST && drawn.pictures > 0);
            let mut text = layout::text(drawn, work.limits.text);
            for note in beside::notes(page) {
                text.pair("", &note);
            }
            if unseen {
                match work.take.picture(Picture::Page(bytes, number)) {
                    Ok(seen) => {
                        text.record();
                        text.push(&seen);
                    }
                    Err(why) => work.unread(why),
                }
            }
            work.finish(&text);
        });
        if !more {
            return;
        }
        if steps == 0 {
            return work.unread(Unread::TooLarge);
        }
    }
    if empty {
        work.unread(Unread::Malformed);
    }
}

/// A text, in the encoding of such files or in UTF-16.
fn string(bytes: &[u8]) -> String {
    let text = encoding::decode(bytes).map(std::borrow::Cow::into_owned);
    text.unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
}
