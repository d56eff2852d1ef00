use super::*;
use crate::qr::{QUIET, modules};

const BODY: &str = "HC1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE$VK G2EP4J0BGJLFX3R3XHK.PJ:2DPF6R:5SVBHABVCNN95SWMPHQUHQN";

/// A picture of a code, `scale` pixels a module, in the PNG colours asked for.
fn picture(text: &str, scale: u32, colours: ColorType, pixel: impl Fn(bool) -> Vec<u8>) -> Vec<u8> {
    drawn(text, scale * 10, colours, pixel)
}

/// The same, in tenths of a pixel.
fn drawn(text: &str, tenths: u32, colours: ColorType, pixel: impl Fn(bool) -> Vec<u8>) -> Vec<u8> {
    let modules = modules(text).unwrap();
    let side = (u32::from(modules.side()) + 2 * u32::from(QUIET)) * tenths / 10;
    let module = |place: u32| u16::try_from(place * 10 / tenths).unwrap().checked_sub(QUIET);
    let dark = |x, y| match (module(x), module(y)) {
        (Some(x), Some(y)) => modules.is_dark(x, y),
        _ => false,
    };
    let pixels: Vec<u8> = (0..side)
        .flat_map(|y| (0..side).map(move |x| (x, y)))
        .flat_map(|(x, y)| pixel(dark(x, y)))
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(colours);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    bytes
}

const fn ink(dark: bool) -> u8 {
    if dark { 10 } else { 240 }
}

#[test]
fn a_code_is_read_whatever_the_colours_of_the_picture() {
    let of = |colours, pixel: fn(bool) -> Vec<u8>| texts(&picture(BODY, 4, colours, pixel));
    assert_eq!(of(ColorType::Grayscale, |dark| vec![ink(dark)]), [BODY]);
    assert_eq!(of(ColorType::Rgb, |dark| vec![ink(dark), ink(dark), 200]), [BODY]);
    assert_eq!(of(ColorType::Rgba, |dark| vec![0, 0, 0, if dark { 255 } else { 0 }]), [BODY]);
    assert_eq!(of(ColorType::GrayscaleAlpha, |dark| vec![0, if dark { 255 } else { 0 }]), [BODY]);
}

#[test]
fn a_certificate_of_full_length_is_read() {
    let text = BODY.repeat(7).replace("HC1:", "X");
    let picture = picture(&text, 3, ColorType::Grayscale, |dark| vec![ink(dark)]);
    assert_eq!(texts(&picture), [text]);
}

#[test]
fn a_certificate_of_full_length_is_read_at_any_resolution() {
    let text = BODY.repeat(5).replace("HC1:", "X");
    for tenths in [26, 38, 50] {
        // As a page is drawn: a pixel between two modules has the mean of both.
        let fine = drawn(&text, 4 * tenths, ColorType::Grayscale, |dark| vec![ink(dark)]);
        let page = half(&half(&png(&fine).unwrap()));
        assert_eq!(search(page), [text.as_str()], "{tenths} tenths of a pixel a module");
    }
}

#[test]
fn a_jpeg_is_read() {
    assert_eq!(texts(include_bytes!("code.jpg")), ["HC1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5"]);
}

#[test]
fn a_picture_that_says_it_is_huge_is_not_unpacked() {
    let mut huge = Vec::new();
    let mut encoder = png::Encoder::new(&mut huge, 60_000, 60_000);
    encoder.set_color(ColorType::Rgba);
    // The header is enough: the pixels are never asked for.
    drop(encoder.write_header());
    assert!(texts(&huge).is_empty());
}

#[test]
fn what_is_not_a_picture_has_no_codes() {
    let whole = picture(BODY, 4, ColorType::Grayscale, |dark| vec![ink(dark)]);
    let jpeg = include_bytes!("code.jpg");
    for bytes in
        [b"".as_slice(), b"\x89PNG", b"\xff\xd8\xff", &whole[..whole.len() / 2], &jpeg[..300]]
    {
        assert!(texts(bytes).is_empty());
    }
}

#[test]
fn half_of_a_picture_is_its_mean() {
    let grey = Grey { width: 3, height: 2, pixels: vec![0, 100, 7, 100, 200, 7] };
    let half = half(&grey);
    assert_eq!((half.width, half.height, half.pixels), (1, 1, vec![100]));
}
