//! QR codes: as modules to draw, as SVG for pages, and as a picture to save.

mod outline;

use std::fmt::Write;

use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};

/// Modules of quiet zone on each side. Source: ISO/IEC 18004, section 9.1.
pub const QUIET: u16 = 4;

/// A QR code.
pub struct Modules(QrCode);

/// Dark modules side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Column of the first.
    pub x: u16,
    /// Row.
    pub y: u16,
    /// How many.
    pub length: u16,
}

/// What a SMART Health Card begins with.
const SHC: &str = "shc:/";

/// A text as a QR code: at level Q, or at M or L where it would not fit; none for a text that is
/// too long for any. A SMART Health Card is at level L, its digits in numeric mode.
///
/// # Source
///
/// EU DCC "Interoperable 2D code", section 3.2: alphanumeric mode, error correction Q. SMART Health
/// Cards framework, "Encoding Chunks as QR Codes": a byte segment, a numeric one, level L.
pub fn modules(text: &str) -> Option<Modules> {
    if let Some(digits) = text.strip_prefix(SHC)
        && QrSegment::is_numeric(digits)
    {
        let parts = [QrSegment::make_bytes(SHC.as_bytes()), QrSegment::make_numeric(digits)];
        return encode(&parts, &[QrCodeEcc::Low]);
    }
    let segment = if QrSegment::is_alphanumeric(text) {
        QrSegment::make_alphanumeric(text)
    } else {
        QrSegment::make_bytes(text.as_bytes())
    };
    encode(&[segment], &[QrCodeEcc::Quartile, QrCodeEcc::Medium, QrCodeEcc::Low])
}

/// Bytes as a QR code, at level L; none for more than any code holds. A thousand of them at M are
/// more modules than are told apart in a page with 150 dots an inch, where at L they are.
pub fn modules_of_bytes(bytes: &[u8]) -> Option<Modules> {
    encode(&[QrSegment::make_bytes(bytes)], &[QrCodeEcc::Low])
}

fn encode(segments: &[QrSegment], levels: &[QrCodeEcc]) -> Option<Modules> {
    // Trying all eight masks takes 25 times as long as making the code. They exist to break up
    // patterns in the data, and compressed, signed data has none.
    let mask = Some(Mask::new(3));
    let (least, most) = (Version::MIN, Version::MAX);
    levels.iter().find_map(|level| {
        QrCode::encode_segments_advanced(segments, *level, least, most, mask, false)
            .ok()
            .map(Modules)
    })
}

/// A text as a QR code in SVG, with its quiet zone, one unit a module; none for a text that is
/// too long.
pub fn svg(text: &str) -> Option<String> {
    let modules = modules(text)?;
    let side = modules.side() + 2 * QUIET;
    let mut path = String::with_capacity(32 * 1024);
    for run in modules.runs() {
        let (x, y, length) = (run.x + QUIET, run.y + QUIET, run.length);
        write!(path, "M{x} {y}h{length}v1h-{length}z").expect("a String takes what is written");
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path d=\"{path}\"/></svg>"
    ))
}

/// A text as a QR code in a picture, with its quiet zone; none for a text that is too long.
///
/// # Shape
///
/// PNG, black and white, 8 pixels a module.
pub fn png(text: &str) -> Option<Vec<u8>> {
    picture(&modules(text)?)
}

/// Bytes as a QR code in such a picture; none for more than any code holds.
pub fn png_of_bytes(bytes: &[u8]) -> Option<Vec<u8>> {
    picture(&modules_of_bytes(bytes)?)
}

fn picture(modules: &Modules) -> Option<Vec<u8>> {
    const SCALE: usize = 8;
    let quiet = usize::from(QUIET);
    // As a module is as wide as a byte has bits, a row of pixels has a byte for each.
    let side = usize::from(modules.side()) + 2 * quiet;
    let mut pixels = vec![0xff; side * SCALE * side];
    for run in modules.runs() {
        let (x, y) = (usize::from(run.x) + quiet, usize::from(run.y) + quiet);
        for row in y * SCALE..(y + 1) * SCALE {
            pixels[row * side + x..][..usize::from(run.length)].fill(0);
        }
    }
    let mut out = Vec::with_capacity(16 * 1024);
    let width = u32::try_from(side * SCALE).ok()?;
    let mut encoder = png::Encoder::new(&mut out, width, width);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(out)
}

impl Modules {
    /// How many modules a side has, without the quiet zone.
    pub fn side(&self) -> u16 {
        u16::try_from(self.0.size()).expect("a QR code has 21 to 177 modules a side")
    }

    /// Whether a module is dark; those outside are not.
    pub fn is_dark(&self, x: u16, y: u16) -> bool {
        self.0.get_module(x.into(), y.into())
    }

    /// The dark modules, row by row, those side by side together.
    pub fn runs(&self) -> impl Iterator<Item = Run> + '_ {
        (0..self.side()).flat_map(move |y| {
            let mut x = 0;
            std::iter::from_fn(move || {
                let start = (x..self.side()).find(|x| self.is_dark(*x, y))?;
                x = (start..self.side()).find(|x| !self.is_dark(*x, y)).unwrap_or(self.side());
                Some(Run { x: start, y, length: x - start })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runs_are_the_dark_modules() {
        let modules = modules("HC1:TEST").unwrap();
        let dark = |x: &u16, y: u16| modules.is_dark(*x, y);
        let counted: usize =
            (0..modules.side()).map(|y| (0..modules.side()).filter(|x| dark(x, y)).count()).sum();
        assert_eq!(modules.runs().map(|run| usize::from(run.length)).sum::<usize>(), counted);
        assert_eq!(modules.runs().next(), Some(Run { x: 0, y: 0, length: 7 }));
    }

    #[test]
    fn a_longer_text_gets_less_correction_and_a_too_long_one_no_code() {
        for (length, side) in
            [(600, Some(93)), (2_500, Some(153)), (4_000, Some(173)), (5_000, None)]
        {
            assert_eq!(modules(&"A".repeat(length)).map(|m| m.side()), side, "{length}");
        }
        assert!(svg(&"A".repeat(5_000)).is_none());
    }

    #[test]
    fn a_health_card_takes_half_the_space_that_its_characters_would() {
        let digits = "56".repeat(796);
        assert_eq!(modules(&format!("shc:/{digits}")).unwrap().side(), 89, "version 18");
        let other = modules(&format!("shc:/{digits}x")).unwrap();
        assert!(other.side() > 120, "what is not a card is text like any other");
    }

    #[test]
    fn bytes_get_a_code_until_they_are_too_many() {
        for (length, side) in [(1_000, Some(105)), (2_900, Some(177)), (3_000, None)] {
            assert_eq!(modules_of_bytes(&vec![0xfe; length]).map(|m| m.side()), side, "{length}");
        }
    }

    #[test]
    fn a_picture_is_read_as_the_text_it_was_made_of() {
        for times in [30, 70] {
            let text = format!("HC1:{}", "6BFOXN*TS0".repeat(times));
            let picture = png(&text).unwrap();
            assert!(crate::read::payloads(&picture) == [crate::read::Payload::Text(text)]);
            assert!(picture.len() < 20_000, "{}", picture.len());
        }
        assert!(png(&"A".repeat(5_000)).is_none());
    }

    #[test]
    fn svg_has_a_quiet_zone() {
        let svg = svg("HC1:TEST").unwrap();
        assert!(svg.contains("viewBox=\"0 0 29 29\""));
        assert!(svg.contains("<path d=\"M4 4h7v1h-7z"));
    }
}
