//! What is signed, out of files: a text file, a PDF, or a picture of a QR code.

mod embedded;
mod image;
mod text;

/// Files beyond this size are not looked at.
///
/// # Units
///
/// Bytes: 32 MiB.
pub const MOST_BYTES: usize = 32 << 20;
/// The most certificates that are taken from one file: a family's, many times over.
const MOST_FOUND: usize = 100;

/// What a QR code or a file holds.
///
/// # Privacy
///
/// A certificate tells a name: for whoever the holder showed it to. So it has no Debug.
#[derive(Clone, PartialEq, Eq)]
pub enum Payload {
    /// A text.
    Text(String),
    /// Bytes that are no text.
    Bytes(Vec<u8>),
}

/// What looks like certificates in a file, each once, in order. Whether they are any is for
/// [`crate::verify::verify`] to say.
///
/// # Shape
///
/// A ZIP archive of up to 16 KiB or a JSON object of up to 1 MiB, whole; of a file of SMART Health
/// Cards, each card. In any other text and in a PDF, what begins with `HC1:` or `shc:/` and goes on
/// in base45 or digits, compact JWS and SD-JWT (`eyJ`, with two dots), and `data:` addresses of
/// `application/zip` and `application/json`. In a PNG or JPEG picture of up to 24 megapixels, alone
/// or inside a PDF, the same of its QR codes.
pub fn payloads(bytes: &[u8]) -> Vec<Payload> {
    let bytes = &bytes[..bytes.len().min(MOST_BYTES)];
    let mut found = Vec::new();
    if image::is_picture(bytes) {
        keep(&mut found, image::codes(bytes).iter().flat_map(|code| text::payloads(code)));
    } else if bytes.starts_with(b"%PDF") {
        keep(&mut found, text::scan(bytes));
        keep(&mut found, embedded::codes(bytes).iter().flat_map(|code| text::payloads(code)));
    } else {
        keep(&mut found, text::payloads(bytes));
    }
    found
}

/// What looks like certificates in the QR codes of a picture in shades of grey, as a camera gives
/// it: a byte a pixel, row by row.
pub fn payloads_of_picture(width: usize, pixels: Vec<u8>) -> Vec<Payload> {
    let mut found = Vec::new();
    let codes = image::codes_of_pixels(width, pixels);
    keep(&mut found, codes.iter().flat_map(|code| text::payloads(code)));
    found
}

/// Those in a file that begin with `HC1:`, each once, in order.
pub fn certificates(bytes: &[u8]) -> Vec<String> {
    let texts = payloads(bytes).into_iter().filter_map(|payload| match payload {
        Payload::Text(text) if text.starts_with("HC1:") => Some(text),
        _ => None,
    });
    texts.collect()
}

fn keep(found: &mut Vec<Payload>, more: impl IntoIterator<Item = Payload>) {
    for payload in more {
        if found.len() < MOST_FOUND && !found.contains(&payload) {
            found.push(payload);
        }
    }
}

#[cfg(test)]
mod tests;
