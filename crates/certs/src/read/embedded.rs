//! Pictures inside the PDF of somebody else, looked at for QR codes.
//!
//! The file is not parsed: its streams are found by their marks. That needs no table of objects, no
//! recursion and no library, and a damaged file is as good as a whole one. What it does not see: a
//! code drawn as lines, a picture of CMYK colours, filters other than Flate and DCT, encryption.

use std::io::{Read, Write};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};

use super::image;

/// The most pictures of one file that are looked at: its pages', and their logos.
const MOST_PICTURES: usize = 24;
/// The most pixels of all of them together: two photographs.
const MOST_PIXELS: usize = 48_000_000;
/// A dictionary is not longer than this.
const MOST_DICTIONARY: usize = 4 * 1024;

/// A stream with what describes it.
struct Stream<'a> {
    dictionary: &'a [u8],
    body: &'a [u8],
}

/// What the QR codes in the pictures of a PDF hold.
pub(super) fn codes(pdf: &[u8]) -> Vec<Vec<u8>> {
    let mut left = MOST_PIXELS;
    let mut found = Vec::new();
    for stream in (Streams { rest: pdf }).filter(Stream::is_picture).take(MOST_PICTURES) {
        let Some((width, height)) = stream.size() else { continue };
        let Some(rest) = width.checked_mul(height).and_then(|pixels| left.checked_sub(pixels))
        else {
            break;
        };
        left = rest;
        found.extend(stream.codes(width, height));
    }
    found
}

/// The streams of a file, one after another.
struct Streams<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Streams<'a> {
    type Item = Stream<'a>;

    fn next(&mut self) -> Option<Stream<'a>> {
        let mark = find(self.rest, b"stream")?;
        let (before, body) = (&self.rest[..mark], &self.rest[mark + b"stream".len()..]);
        let from = before.len().saturating_sub(MOST_DICTIONARY);
        let dictionary = &before[from..];
        let begin = dictionary.windows(4).rposition(|window| window == b" obj").unwrap_or(0);
        let body = body.strip_prefix(b"\r").unwrap_or(body);
        let body = body.strip_prefix(b"\n").unwrap_or(body);
        let end = find(body, b"endstream").unwrap_or(body.len());
        self.rest = body.get(end + b"endstream".len()..).unwrap_or_default();
        Some(Stream { dictionary: &dictionary[begin..], body: &body[..end] })
    }
}

impl Stream<'_> {
    fn is_picture(&self) -> bool {
        self.word(b"/Subtype").is_some_and(|word| word.starts_with(b"/Image"))
    }

    /// What stands after a key.
    fn word(&self, key: &[u8]) -> Option<&[u8]> {
        let place = find(self.dictionary, key)?;
        Some(self.dictionary[place + key.len()..].trim_ascii_start())
    }

    fn number(&self, key: &[u8]) -> Option<usize> {
        let word = self.word(key)?;
        let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
        std::str::from_utf8(&word[..digits]).ok()?.parse().ok()
    }

    /// Width and height, where a code has room in them.
    fn size(&self) -> Option<(usize, usize)> {
        let sides = (self.number(b"/Width")?, self.number(b"/Height")?);
        (sides.0.min(sides.1) >= 21).then_some(sides)
    }

    fn codes(&self, width: usize, height: usize) -> Vec<Vec<u8>> {
        let flate = find(self.dictionary, b"/FlateDecode").is_some();
        let photograph = find(self.dictionary, b"/DCTDecode").is_some();
        // At most four bytes a pixel and one a row, which is what 16 bits of grey take, and more.
        let most = width * height * 4 + height;
        let unpacked = if flate { inflate(self.body, most) } else { self.body.to_vec() };
        if photograph {
            return image::codes(&unpacked);
        }
        let rows = self.rows(&unpacked, width, height);
        rows.map(|png| image::codes_of_shades(&png)).unwrap_or_default()
    }

    /// Rows of pixels as PNG: a PDF packs them as that does, so its decoder reads them. How many
    /// colours a pixel has is seen from how many bytes there are.
    fn rows(&self, bytes: &[u8], width: usize, height: usize) -> Option<Vec<u8>> {
        let depth = self.number(b"/BitsPerComponent").unwrap_or(1);
        let predicted = self.number(b"/Predictor").is_some_and(|kind| kind >= 10);
        let mark = usize::from(predicted);
        let row = |colours: usize| (width * colours * depth).div_ceil(8);
        let fits = |colours: &usize| bytes.len().abs_diff((row(*colours) + mark) * height) <= 2;
        let colours = [1, 3].into_iter().find(fits)?;
        let mut rows = Vec::with_capacity(bytes.len() + height);
        for row in bytes.chunks_exact(row(colours) + mark).take(height) {
            if !predicted {
                rows.push(0);
            }
            rows.extend_from_slice(row);
        }
        let colour_type = if colours == 1 { 0 } else { 2 };
        png(width, height, [u8::try_from(depth).ok()?, colour_type, 0, 0, 0], &rows)
    }
}

/// A PNG of rows, each behind the byte that says how it is predicted.
fn png(width: usize, height: usize, kind: [u8; 5], rows: &[u8]) -> Option<Vec<u8>> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(rows).ok()?;
    let packed = packed.finish().ok()?;
    let mut header = u32::try_from(width).ok()?.to_be_bytes().to_vec();
    header.extend(u32::try_from(height).ok()?.to_be_bytes());
    header.extend(kind);
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, body) in [(b"IHDR", header), (b"IDAT", packed), (b"IEND", Vec::new())] {
        out.extend(u32::try_from(body.len()).ok()?.to_be_bytes());
        out.extend(name);
        out.extend(body);
        // The checksum, which the reader does not look at.
        out.extend([0; 4]);
    }
    Some(out)
}

fn inflate(bytes: &[u8], most: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    // What came out before damage is looked at all the same.
    drop(ZlibDecoder::new(bytes).take(most).read_to_end(&mut out));
    out
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests;
