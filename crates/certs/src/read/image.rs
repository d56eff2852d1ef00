//! What the QR codes in a picture hold: PNG or JPEG.

use std::io::Cursor;

use png::{ColorType, Transformations};
use rxing::{
    Binarizer, Luma8Source,
    common::{DetectorRXingResult as _, GlobalHistogramBinarizer, HybridBinarizer},
    qrcode::cpp_port::{
        decoder::Decode,
        detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR},
    },
};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{colorspace::ColorSpace, options::DecoderOptions},
};

use super::MOST_FOUND;

/// The most pixels that are looked at: a photograph of 24 megapixels.
const MOST_PIXELS: usize = 24_000_000;
/// A code is looked for at full size and, where none is found, at half of it and so on down to
/// this width: that smooths away the grain of a photograph and the weave of paper.
const LEAST_SIDE: usize = 400;

/// Other sizes that are looked at, where a code was seen and not read: a module of less than two
/// pixels is read where it is larger, one that is blurred where it is smaller.
const SCALES: [(usize, usize); 3] = [(2, 1), (3, 2), (3, 4)];
/// A picture that is larger is not made larger still.
const MOST_SCALED: usize = 12_000_000;

/// Noise is looked at up to this many pixels only: it is full of what could be corners of codes.
const MOST_NOISE: usize = 400_000;
/// Of three corners each, how many sets are looked at, the most plausible ones first.
const MOST_SETS: usize = 300;

/// A picture in shades of grey, row by row.
struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// Whether bytes are a picture of a kind that is read.
pub(super) fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG") || bytes.starts_with(b"\xff\xd8\xff")
}

/// What the QR codes in a picture hold; nothing where the bytes are not a picture, or the picture
/// is too large.
pub(super) fn codes(bytes: &[u8]) -> Vec<Vec<u8>> {
    picture(bytes).map(search).unwrap_or_default()
}

/// The same for a picture whose shades may be numbers of colours: stretched from black to white,
/// and looked at as the negative too.
pub(super) fn codes_of_shades(bytes: &[u8]) -> Vec<Vec<u8>> {
    let Some(mut grey) = picture(bytes) else { return Vec::new() };
    let darkest = grey.pixels.iter().copied().min().unwrap_or(0);
    let range = u32::from(grey.pixels.iter().copied().max().unwrap_or(0) - darkest).max(1);
    for pixel in &mut grey.pixels {
        let shade = u32::from(*pixel - darkest) * 255 / range;
        *pixel = u8::try_from(shade).expect("a part of the range is at most all of it");
    }
    let pixels = grey.pixels.iter().map(|pixel| 255 - pixel).collect();
    let negative = Grey { width: grey.width, height: grey.height, pixels };
    let found = search(grey);
    if found.is_empty() { search(negative) } else { found }
}

/// The contents of the QR codes in a picture in shades of grey, row by row.
pub(super) fn codes_of_pixels(width: usize, pixels: Vec<u8>) -> Vec<Vec<u8>> {
    let height = pixels.len().checked_div(width).unwrap_or(0);
    let fits = (1..=MOST_PIXELS).contains(&(width * height));
    fits.then(|| grey(width, height, pixels)).flatten().map(search).unwrap_or_default()
}

fn picture(bytes: &[u8]) -> Option<Grey> {
    if bytes.starts_with(b"\x89PNG") {
        png(bytes)
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        jpeg(bytes)
    } else {
        None
    }
}

/// What the codes in a picture hold, at the first size at which there are any, and at the other
/// scales of it where some were seen that could not be read.
fn search(mut grey: Grey) -> Vec<Vec<u8>> {
    loop {
        let noise = is_noise(&grey);
        if noise && grey.pixels.len() > MOST_NOISE {
            grey = half(&grey);
            continue;
        }
        let mut seen = codes_at(&grey);
        for (times, of) in SCALES {
            if noise || !seen.is_partly_read() {
                break;
            }
            if let Some(other) = scaled(&grey, times, of) {
                seen.add(codes_at(&other));
            }
        }
        if !seen.held.is_empty() {
            return seen.held;
        }
        if grey.width.min(grey.height) < 2 * LEAST_SIDE {
            return Vec::new();
        }
        grey = half(&grey);
    }
}

/// Whether a picture is as restless as noise: every fourth pixel is across the mean from the one
/// before it. A photograph, a page of print or a code of which a module is a few pixels is not.
fn is_noise(grey: &Grey) -> bool {
    let sum: usize = grey.pixels.iter().map(|pixel| usize::from(*pixel)).sum();
    let mean = sum / grey.pixels.len().max(1);
    let dark = |pixel: &u8| usize::from(*pixel) < mean;
    let changes = grey.pixels.windows(2).filter(|pair| dark(&pair[0]) != dark(&pair[1])).count();
    changes * 4 > grey.pixels.len()
}

/// The codes in a picture.
#[derive(Default)]
struct Seen {
    /// What those that were read hold, from the upper left on.
    held: Vec<Vec<u8>>,
    /// Whether something looked like one and was not read.
    unread: bool,
}

impl Seen {
    /// Adds what was seen of the same picture otherwise.
    fn add(&mut self, other: Self) {
        self.unread &= other.unread;
        for held in other.held {
            if !self.held.contains(&held) {
                self.held.push(held);
            }
        }
    }

    /// Whether there is a reason to look again.
    const fn is_partly_read(&self) -> bool {
        self.held.is_empty() || self.unread
    }
}

/// The codes that are seen where each spot is dark or light beside what surrounds it, as in a
/// photograph, and if that is not all, beside the whole picture.
fn codes_at(grey: &Grey) -> Seen {
    let (Ok(width), Ok(height)) = (u32::try_from(grey.width), u32::try_from(grey.height)) else {
        return Seen::default();
    };
    let source = || Luma8Source::new_with_slice(&grey.pixels, width, height);
    let mut seen = source().map(|s| codes_in(&HybridBinarizer::new(s))).unwrap_or_default();
    if seen.is_partly_read() {
        let other = source().map(|s| codes_in(&GlobalHistogramBinarizer::new(s)));
        seen.add(other.unwrap_or_default());
    }
    seen
}

fn codes_in(picture: &impl Binarizer) -> Seen {
    let Ok(dots) = picture.get_black_matrix() else { return Seen::default() };
    let mut corners = FindFinderPatterns(dots, false, 0);
    let mut used = Vec::new();
    let mut found = Vec::new();
    let mut unread = Vec::new();
    for set in GenerateFinderPatternSets(&mut corners).into_iter().take(MOST_SETS) {
        let of_set = [set.tl, set.tr, set.bl];
        if of_set.iter().any(|corner| used.contains(corner)) {
            continue;
        }
        let Ok(sampled) = SampleQR(dots, &set) else { continue };
        match Decode(sampled.getBits()) {
            Ok(code) if code.isValid() => {
                used.extend(of_set);
                let place = set.tl.p;
                found.push((place.x + place.y, code.content().bytes().to_vec()));
                if found.len() >= MOST_FOUND {
                    break;
                }
            }
            _ => unread.push(of_set),
        }
    }
    found.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let is_unread = |set: &[_; 3]| !set.iter().any(|corner| used.contains(corner));
    let unread = unread.iter().any(is_unread);
    Seen { held: found.into_iter().map(|(_, held)| held).collect(), unread }
}

fn png(bytes: &[u8]) -> Option<Grey> {
    // The decoder holds a few rows only; the picture itself is what is limited below.
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    // A QR code has its own protection against damage.
    decoder.ignore_checksums(true);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = size(reader.info().width, reader.info().height)?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut pixels).ok()?;
    let pixels = match frame.color_type {
        ColorType::Grayscale => pixels,
        ColorType::GrayscaleAlpha => on_white::<2>(&pixels, |[grey, _]| grey),
        ColorType::Rgb => on_white::<3>(&pixels, |[red, green, blue]| luma(red, green, blue)),
        ColorType::Rgba => on_white::<4>(&pixels, |[red, green, blue, _]| luma(red, green, blue)),
        ColorType::Indexed => return None,
    };
    grey(width, height, pixels)
}

fn jpeg(bytes: &[u8]) -> Option<Grey> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    let info = decoder.info()?;
    let (width, height) = size(info.width.into(), info.height.into())?;
    grey(width, height, decoder.decode().ok()?)
}

fn size(width: u32, height: u32) -> Option<(usize, usize)> {
    let (width, height) = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
    let fits = width.checked_mul(height).is_some_and(|pixels| (1..=MOST_PIXELS).contains(&pixels));
    fits.then_some((width, height))
}

fn grey(width: usize, height: usize, mut pixels: Vec<u8>) -> Option<Grey> {
    pixels.truncate(width * height);
    (pixels.len() == width * height).then_some(Grey { width, height, pixels })
}

/// Pixels of `N` bytes in grey; what is transparent is white, as on paper.
fn on_white<const N: usize>(pixels: &[u8], shade: impl Fn([u8; N]) -> u8) -> Vec<u8> {
    let (pixels, _) = pixels.as_chunks::<N>();
    let see_through = |pixel: &[u8; N]| N.is_multiple_of(2) && pixel[N - 1] < 128;
    pixels.iter().map(|pixel| if see_through(pixel) { 255 } else { shade(*pixel) }).collect()
}

/// Brightness as the eye weighs the colours. Source: ITU-R BT.601, in 256ths.
fn luma(red: u8, green: u8, blue: u8) -> u8 {
    let sum = u32::from(red) * 77 + u32::from(green) * 150 + u32::from(blue) * 29;
    u8::try_from(sum / 256).expect("the weights sum to 256")
}

/// The picture `times / of` as large, each pixel between its four nearest; none if that is beyond
/// what is looked at.
fn scaled(grey: &Grey, times: usize, of: usize) -> Option<Grey> {
    let (width, height) = (grey.width * times / of, grey.height * times / of);
    if width == 0 || height == 0 || width * height > MOST_SCALED {
        return None;
    }
    // Places in 256ths of a pixel, measured from the middle of the first.
    let place = |at: usize, most: usize| {
        let middle = ((2 * at + 1) * of * 128 / times).saturating_sub(128);
        let first = (middle / 256).min(most - 1);
        (first, (first + 1).min(most - 1), middle % 256)
    };
    let columns: Vec<_> = (0..width).map(|x| place(x, grey.width)).collect();
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        let (upper, lower, down) = place(y, grey.height);
        let row = |y: usize| &grey.pixels[y * grey.width..(y + 1) * grey.width];
        let (upper, lower) = (row(upper), row(lower));
        for &(left, right, along) in &columns {
            let mix = |from: usize, to: usize, part: usize| from * (256 - part) + to * part;
            let between = |row: &[u8]| mix(row[left].into(), row[right].into(), along);
            let shade = mix(between(upper), between(lower), down) / (256 * 256);
            pixels.push(u8::try_from(shade).expect("a mean of bytes is a byte"));
        }
    }
    Some(Grey { width, height, pixels })
}

fn half(grey: &Grey) -> Grey {
    let (width, height) = (grey.width / 2, grey.height / 2);
    let at = |x: usize, y: usize| u32::from(grey.pixels[y * grey.width + x]);
    let mean = |x: usize, y: usize| {
        let sum = at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1);
        u8::try_from(sum / 4).expect("a mean of bytes is a byte")
    };
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| mean(2 * x, 2 * y))).collect();
    Grey { width, height, pixels }
}

#[cfg(test)]
mod tests;
