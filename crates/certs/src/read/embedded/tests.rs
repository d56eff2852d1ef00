use super::*;
use crate::qr::{QUIET, modules};

const TEXT: &str = "HC1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5";

/// Pixels of a code, four to a module, and how many a side has.
fn shades() -> (usize, Vec<u8>) {
    let modules = modules(TEXT).unwrap();
    let side = usize::from(modules.side() + 2 * QUIET) * 4;
    let module = |place: usize| u16::try_from(place / 4).unwrap().checked_sub(QUIET);
    let dark = |x, y| matches!((module(x), module(y)), (Some(x), Some(y)) if modules.is_dark(x, y));
    let shade = |place: usize| if dark(place % side, place / side) { 0 } else { 255 };
    (side, (0..side * side).map(shade).collect())
}

fn pdf(side: usize, more: &str, body: &[u8]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\n4 0 obj\n".to_vec();
    let begin = format!("<</Type/XObject /Subtype /Image/Width {side} /Height {side}{more}>>\n");
    out.extend(begin.bytes());
    out.extend(b"stream\r\n");
    out.extend(body);
    out.extend(b"\nendstream\nendobj\ntrailer\n");
    out
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn a_code_is_found_however_its_pixels_are_packed() {
    let (side, grey) = shades();
    let rgb: Vec<u8> = grey.iter().flat_map(|shade| [*shade; 3]).collect();
    let bits = |row: &[u8]| {
        let byte = |bits: &[u8]| {
            (0..8).fold(0, |byte, at| {
                byte << 1 | u8::from(bits.get(at).is_some_and(|shade| *shade > 0))
            })
        };
        row.chunks(8).map(byte).collect::<Vec<_>>()
    };
    let black_and_white: Vec<u8> = grey.chunks(side).flat_map(bits).collect();
    let predicted: Vec<u8> = grey
        .chunks(side)
        .flat_map(|row| {
            let before = std::iter::once(&0).chain(row);
            let less = row.iter().zip(before).map(|(shade, before)| shade.wrapping_sub(*before));
            std::iter::once(1).chain(less).collect::<Vec<_>>()
        })
        .collect();
    for (more, body) in [
        ("/BitsPerComponent 8/Filter/FlateDecode", deflate(&grey)),
        ("/BitsPerComponent 8/Filter [ /FlateDecode ]", deflate(&rgb)),
        ("/ImageMask true /BitsPerComponent 1/Filter/FlateDecode", deflate(&black_and_white)),
        (
            "/BitsPerComponent 8/Filter/FlateDecode/DecodeParms<</Predictor 15>>",
            deflate(&predicted),
        ),
        ("/BitsPerComponent 8", grey.clone()),
    ] {
        assert_eq!(codes(&pdf(side, more, &body)), [TEXT.as_bytes()], "{more}");
    }
}

#[test]
fn a_photograph_in_a_pdf_is_read() {
    let photograph = include_bytes!("../image/code.jpg");
    assert_eq!(codes(&pdf(200, "/Filter/DCTDecode", photograph)), [TEXT.as_bytes()]);
    let packed = pdf(200, "/Filter[/FlateDecode/DCTDecode]", &deflate(photograph));
    assert_eq!(codes(&packed), [TEXT.as_bytes()]);
}

#[test]
fn a_picture_that_unpacks_to_far_more_than_it_says_is_cut_off() {
    let bomb = deflate(&vec![0; 8 << 20]);
    let more = "/BitsPerComponent 8/Filter/FlateDecode";
    assert!(codes(&pdf(30, more, &bomb)).is_empty());
    assert!(inflate(&bomb, 5_000).len() == 5_000);
    assert!(codes(&pdf(usize::MAX, more, &bomb)).is_empty());
    assert!(codes(b"streamstreamendstreamstream").is_empty());
}
