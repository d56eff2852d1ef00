use super::*;
use crate::qr::{QUIET, modules};

const BODY: &str = "HC1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE$VK G2EP4J0BGJLFX3R3XHK.PJ:2DPF6R:5SVBHABVCNN95SWMPHQUHQN";

fn texts_of(codes: Vec<Vec<u8>>) -> Vec<String> {
    codes.into_iter().map(|code| String::from_utf8(code).unwrap()).collect()
}

fn held(bytes: &[u8]) -> Vec<String> {
    texts_of(codes(bytes))
}

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
    let of = |colours, pixel: fn(bool) -> Vec<u8>| held(&picture(BODY, 4, colours, pixel));
    assert_eq!(of(ColorType::Grayscale, |dark| vec![ink(dark)]), [BODY]);
    assert_eq!(of(ColorType::Rgb, |dark| vec![ink(dark), ink(dark), 200]), [BODY]);
    assert_eq!(of(ColorType::Rgba, |dark| vec![0, 0, 0, if dark { 255 } else { 0 }]), [BODY]);
    assert_eq!(of(ColorType::GrayscaleAlpha, |dark| vec![0, if dark { 255 } else { 0 }]), [BODY]);
}

#[test]
fn a_certificate_of_full_length_is_read() {
    let text = BODY.repeat(7).replace("HC1:", "X");
    let picture = picture(&text, 3, ColorType::Grayscale, |dark| vec![ink(dark)]);
    assert_eq!(held(&picture), [text]);
}

#[test]
fn a_certificate_of_full_length_is_read_at_any_resolution() {
    let text = BODY.repeat(5).replace("HC1:", "X");
    for tenths in [26, 38, 50] {
        // As a page is drawn: a pixel between two modules has the mean of both.
        let fine = drawn(&text, 4 * tenths, ColorType::Grayscale, |dark| vec![ink(dark)]);
        let page = half(&half(&png(&fine).unwrap()));
        assert_eq!(texts_of(search(page)), [text.as_str()], "{tenths} tenths of a pixel a module");
    }
}

/// A certificate's text is as good as random. A reader that loses its place in one of a hundred gives a
/// resident a certificate that does not verify.
#[test]
fn a_full_certificate_is_read_whatever_it_says_at_two_pixels_a_module() {
    let signs: Vec<char> = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".chars().collect();
    let mut state = 20_261_201_u64;
    for number in (0..60).step_by(4) {
        let mut sign = || {
            // Source: G. Marsaglia, Xorshift RNGs, 2003.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            signs[usize::try_from(state % 45).unwrap()]
        };
        let text: String = (0..560).map(|_| sign()).collect();
        let tenths = 80 + 2 * number;
        let fine = drawn(&text, tenths, ColorType::Grayscale, |dark| vec![ink(dark)]);
        let page = half(&half(&png(&fine).unwrap()));
        assert_eq!(texts_of(search(page)), [text], "{tenths} fortieths of a pixel a module");
    }
}

#[test]
fn bytes_that_are_no_text_are_read_as_they_are() {
    let bytes: Vec<u8> = (0..=255).collect();
    let modules = crate::qr::modules_of_bytes(&bytes).unwrap();
    let side = usize::from(modules.side() + 2 * QUIET);
    let dark = |place: usize| u16::try_from(place).unwrap().checked_sub(QUIET);
    let dark = |x, y| matches!((dark(x), dark(y)), (Some(x), Some(y)) if modules.is_dark(x, y));
    let shade = |place: usize| ink(dark(place % (side * 4) / 4, place / (side * 4) / 4));
    let pixels = (0..side * side * 16).map(shade).collect();
    assert_eq!(search(Grey { width: side * 4, height: side * 4, pixels }), [bytes]);
}

#[test]
fn shades_that_are_numbers_of_colours_are_read_either_way_round() {
    for (dark, light) in [(0, 1), (1, 0)] {
        let shades = |is_dark| vec![if is_dark { dark } else { light }];
        let picture = picture(BODY, 4, ColorType::Grayscale, shades);
        assert_eq!(texts_of(codes_of_shades(&picture)), [BODY]);
    }
}

#[test]
fn a_jpeg_is_read() {
    assert_eq!(held(include_bytes!("code.jpg")), ["HC1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5"]);
}

#[test]
fn a_picture_that_says_it_is_huge_is_not_unpacked() {
    let mut huge = Vec::new();
    let mut encoder = png::Encoder::new(&mut huge, 60_000, 60_000);
    encoder.set_color(ColorType::Rgba);
    // The header is enough: the pixels are never asked for.
    drop(encoder.write_header());
    assert!(held(&huge).is_empty());
}

#[test]
fn what_is_not_a_picture_has_no_codes() {
    let whole = picture(BODY, 4, ColorType::Grayscale, |dark| vec![ink(dark)]);
    let jpeg = include_bytes!("code.jpg");
    for bytes in
        [b"".as_slice(), b"\x89PNG", b"\xff\xd8\xff", &whole[..whole.len() / 2], &jpeg[..300]]
    {
        assert!(held(bytes).is_empty());
    }
}

#[test]
fn half_of_a_picture_is_its_mean() {
    let grey = Grey { width: 3, height: 2, pixels: vec![0, 100, 7, 100, 200, 7] };
    let half = half(&grey);
    assert_eq!((half.width, half.height, half.pixels), (1, 1, vec![100]));
}

/// Nothing but noise: as many possible corners of codes as there can be. Without the limit on it
/// this takes minutes; no clock is needed to see that.
#[test]
fn noise_costs_no_more_than_a_small_picture() {
    let mut state = 1_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    let pixels: Vec<u8> = (0..3_000 * 2_000).map(|_| next()).collect();
    assert!(codes_of_pixels(3_000, pixels).is_empty());
}
