//! Files in which certificates are looked for: PDF, PNG, JPEG, text, and pictures of a camera.

use std::io::Write;

use certs::{
    dcc,
    qr::{QUIET, modules},
    read::{payloads, payloads_of_picture},
};
use flate2::{Compression, write::ZlibEncoder};

use super::ground::{NOW, ground, seed, text, vaccination};

/// The most pixels of a picture here: more would take seconds each.
const MOST_PIXELS: usize = 1 << 16;

/// Reads a file (0), a picture in shades of grey behind its width (1), such a picture as PNG (2), or
/// the picture of a PDF behind its dictionary, which a newline ends (3).
pub(crate) fn decode(data: &[u8]) -> bool {
    let Some((kind, body)) = data.split_first() else { return false };
    let found = match kind % 4 {
        0 => payloads(body),
        1 => {
            let Some((width, pixels)) = body.split_first() else { return false };
            payloads_of_picture(usize::from(*width), pixels[..most(pixels)].to_vec())
        }
        2 => {
            let Some((width, pixels)) = body.split_first() else { return false };
            payloads(&png((*width).into(), &pixels[..most(pixels)]))
        }
        _ => match text(body).split_once('\n') {
            Some((dictionary, _)) if body.len() < MOST_PIXELS => {
                payloads(&pdf(dictionary, &body[(dictionary.len() + 1).min(body.len())..]))
            }
            _ => return false,
        },
    };
    for payload in &found {
        ground().verified(payload);
    }
    !found.is_empty()
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let text = dcc::issue(&ground().signer, &vaccination("A"), NOW, NOW + 86_400).unwrap();
    let (width, pixels) = drawn(&text);
    let short = u8::try_from(width).unwrap();
    let picture = [&[short], pixels.as_slice()].concat();
    let size = format!("/Width {width}/Height {width}/BitsPerComponent 8");
    vec![
        seed(0, format!("see {text}\n or data:application/json;base64,eyJhIjoxfQ==")),
        seed(0, png(width.try_into().unwrap(), &pixels)),
        seed(0, photograph(&text)),
        seed(0, pdf(&size, &pixels)),
        seed(1, &picture),
        seed(2, &picture),
        seed(3, [size.as_bytes(), b"\n", &pixels].concat()),
    ]
}

fn most(pixels: &[u8]) -> usize {
    pixels.len().min(MOST_PIXELS)
}

/// A code, two pixels a module: its width, and its pixels.
fn drawn(text: &str) -> (usize, Vec<u8>) {
    let modules = modules(text).unwrap();
    let side = 2 * (modules.side() + 2 * QUIET);
    let place = |pixel: u16| (pixel / 2).wrapping_sub(QUIET);
    let shade = |x, y| if modules.is_dark(place(x), place(y)) { 0 } else { 255 };
    let pixels = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    (side.into(), pixels.map(|(x, y)| shade(x, y)).collect())
}

fn png(width: u32, pixels: &[u8]) -> Vec<u8> {
    let height = u32::try_from(pixels.len()).unwrap() / width.max(1);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_compression(png::Compression::Fast);
    let pixels = &pixels[..usize::try_from(width * height).unwrap()];
    let Ok(mut writer) = encoder.write_header() else { return Vec::new() };
    writer.write_image_data(pixels).unwrap();
    writer.finish().unwrap();
    file
}

fn pdf(dictionary: &str, picture: &[u8]) -> Vec<u8> {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(picture).unwrap();
    let mut file = b"%PDF-1.7\n1 0 obj\n<</Subtype/Image/Filter/FlateDecode".to_vec();
    file.extend(format!("{dictionary}>>\nstream\n").bytes());
    file.extend(zlib.finish().unwrap());
    file.extend(b"\nendstream\nendobj\n");
    file
}

/// A PDF with a text and a photograph.
fn photograph(text: &str) -> Vec<u8> {
    let before = "<</Subtype/Image/Width 21/Height 21/Filter/DCTDecode>>\nstream\n";
    let begin = format!("%PDF-1.7\n({text}) Tj\n1 0 obj\n{before}");
    [begin.as_bytes(), &jpeg(), b"\nendstream\nendobj\n"].concat()
}

/// A grey square of 16 pixels: one code each for the mean and for the end of a block.
fn jpeg() -> Vec<u8> {
    let code = |class: u8| [&[0xff, 0xc4, 0, 20, class, 1][..], &[0; 16]].concat();
    [
        b"\xff\xd8\xff\xdb\0\x43\0".as_slice(),
        &[1; 64],
        b"\xff\xc0\0\x0b\x08\0\x10\0\x10\x01\x01\x11\0",
        &code(0),
        &code(0x10),
        b"\xff\xda\0\x08\x01\x01\0\0\x3f\0\0\xff\xd9",
    ]
    .concat()
}
