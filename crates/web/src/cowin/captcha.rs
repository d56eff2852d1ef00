//! The picture that clients of May 2021 ask for: five characters as SVG, with lines across. The
//! contract dropped it on 3 June 2021, as programs read it from the paths within days. So no
//! booking depends on it here; who still asks gets a picture that can be read and typed.

use std::fmt::Write;

use app::Ctx;

/// Characters that nobody takes for another, drawn on a grid of 5 columns and 7 rows. Each number
/// is a row, its highest bit the leftmost column.
const GLYPHS: [[u8; 7]; 20] = [
    [0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001], // A
    [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111], // E
    [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b10000], // F
    [0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001], // H
    [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111], // L
    [0b10001, 0b11011, 0b10101, 0b10101, 0b10001, 0b10001, 0b10001], // M
    [0b10001, 0b11001, 0b10101, 0b10011, 0b10001, 0b10001, 0b10001], // N
    [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001], // R
    [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100], // T
    [0b10001, 0b10001, 0b01010, 0b00100, 0b00100, 0b00100, 0b00100], // Y
    [0b00000, 0b00000, 0b01110, 0b00001, 0b01111, 0b10001, 0b01111], // a
    [0b10000, 0b10000, 0b11110, 0b10001, 0b10001, 0b10001, 0b11110], // b
    [0b00001, 0b00001, 0b01111, 0b10001, 0b10001, 0b10001, 0b01111], // d
    [0b00000, 0b00000, 0b01110, 0b10001, 0b11111, 0b10000, 0b01110], // e
    [0b10000, 0b10000, 0b11110, 0b10001, 0b10001, 0b10001, 0b10001], // h
    [0b00000, 0b00000, 0b11010, 0b10101, 0b10101, 0b10101, 0b10101], // m
    [0b00000, 0b00000, 0b10110, 0b11001, 0b10000, 0b10000, 0b10000], // r
    [0b11111, 0b00010, 0b00100, 0b00010, 0b00001, 0b10001, 0b01110], // 3
    [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010], // 4
    [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000], // 7
];
/// The side of a grid's square.
const SIDE: usize = 4;
/// What a character takes of the width: 5 squares and a gap, so that 5 fill 150.
const STEP: usize = 28;

/// Draws a picture: 150 by 50, each character one filled path, the lines across not filled.
///
/// # Shape
///
/// As the library behind the contract's pictures wrote it, for clients search for the texts
/// `<path d=…fill="none"/>` and `<path fill="#`, and sort by the first number after the `M`.
pub(super) fn draw(ctx: &Ctx) -> String {
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"150\" height=\"50\" \
         viewBox=\"0,0,150,50\"><rect width=\"100%\" height=\"100%\" fill=\"#f2f2f2\"/>",
    );
    let random: [u8; 16] = ctx.random();
    for bytes in random[5..].chunks(4).take(2) {
        let height = |byte: u8| usize::from(byte) % 50;
        // Writing to a String cannot fail.
        let _ = write!(
            svg,
            "<path d=\"M2 {} C50 {} 100 {} 148 {}\" stroke=\"#777\" fill=\"none\"/>",
            height(bytes[0]),
            height(bytes[1]),
            height(bytes[2]),
            height(bytes[3])
        );
    }
    for (place, byte) in random.iter().take(5).enumerate() {
        let glyph = GLYPHS[usize::from(*byte) % GLYPHS.len()];
        let path = outline(glyph, 6 + place * STEP, 8 + usize::from(*byte) % 6);
        let _ = write!(svg, "<path fill=\"#222\" d=\"{path}\"/>");
    }
    svg.push_str("</svg>");
    svg
}

/// A character's squares, run by run, from its upper left corner.
fn outline(glyph: [u8; 7], left: usize, top: usize) -> String {
    let mut path = String::new();
    for (row, bits) in glyph.iter().enumerate() {
        let set = |column: &usize| bits & (0b1_0000 >> column) != 0;
        for column in (0..5).filter(set) {
            let (x, y) = (left + column * SIDE, top + row * SIDE);
            let _ = write!(path, "M{x} {y}h{SIDE}v{SIDE}h-{SIDE}Z");
        }
    }
    path
}
