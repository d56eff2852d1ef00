//! A page to draw on: text in the scripts that have a font, rows, a band, a QR code.

use std::sync::LazyLock;

use krilla::{
    Document, SerializeSettings,
    color::rgb,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule},
    text::{Font, TextDirection},
};
use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

/// A4 in points.
const WIDTH: f32 = 595.0;
/// A4 in points.
const HEIGHT: f32 = 842.0;

/// A colour: red, green, blue.
type Colour = [u8; 3];
pub(super) const GREEN: Colour = [11, 94, 73];
pub(super) const INK: Colour = [24, 32, 38];
pub(super) const MUTED: Colour = [95, 106, 115];
const RULE: Colour = [222, 227, 230];
const WHITE: Colour = [255, 255, 255];

/// How text looks.
#[derive(Clone, Copy)]
pub(super) struct Style {
    size: f32,
    bold: bool,
    colour: Colour,
}

impl Style {
    pub(super) const fn title() -> Self {
        Self { size: 24.0, bold: true, colour: WHITE }
    }
    pub(super) const fn on_band() -> Self {
        Self { size: 11.0, bold: false, colour: [214, 236, 228] }
    }
    pub(super) const fn label() -> Self {
        Self { size: 10.0, bold: true, colour: GREEN }
    }
    pub(super) const fn name() -> Self {
        Self { size: 22.0, bold: true, colour: INK }
    }
    pub(super) const fn code() -> Self {
        Self { size: 34.0, bold: true, colour: INK }
    }
    pub(super) const fn value() -> Self {
        Self { size: 12.0, bold: true, colour: INK }
    }
    pub(super) const fn small(colour: Colour) -> Self {
        Self { size: 10.0, bold: false, colour }
    }
}

/// A font as it is drawn with and as it is measured with.
struct Face {
    font: Font,
    shape: rustybuzz::Face<'static>,
}

fn face(data: &'static [u8]) -> Face {
    Face {
        font: Font::new(data.into(), 0).expect("the font is part of the program"),
        shape: rustybuzz::Face::from_slice(data, 0).expect("the font is part of the program"),
    }
}

/// Latin regular and bold, Devanagari regular and bold: read once.
static FACES: LazyLock<[Face; 4]> = LazyLock::new(|| {
    [
        face(include_bytes!("../../fonts/NotoSans-Regular.ttf")),
        face(include_bytes!("../../fonts/NotoSans-Bold.ttf")),
        face(include_bytes!("../../fonts/NotoSansDevanagari-Regular.ttf")),
        face(include_bytes!("../../fonts/NotoSansDevanagari-Bold.ttf")),
    ]
});

impl Face {
    fn has(&self, c: char) -> bool {
        self.shape.glyph_index(c).is_some()
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        let mut buffer = rustybuzz::UnicodeBuffer::new();
        buffer.push_str(text);
        let glyphs = rustybuzz::shape(&self.shape, &[], buffer);
        let units: i32 = glyphs.glyph_positions().iter().map(|glyph| glyph.x_advance).sum();
        #[expect(clippy::cast_precision_loss, reason = "advances are small")]
        let units = units as f32;
        units * size / f32::from(u16::try_from(self.shape.units_per_em()).unwrap_or(1_000))
    }
}

/// A page to draw on.
pub(super) struct Sheet {
    document: Document,
    drawing: Vec<Mark>,
}

/// Something on the page. Kept until the end, because a page borrows its document.
enum Mark {
    Text { x: f32, y: f32, style: Style, bold_face: usize, text: String },
    Box { x: f32, y: f32, width: f32, height: f32, colour: Colour },
    Squares { squares: Vec<(f32, f32)>, side: f32 },
}

impl Sheet {
    /// An empty page. The QR code's text is kept in the file's metadata, so that the file can be
    /// checked without looking at it as a picture.
    pub(super) fn new(title: &str, qr_text: Option<&str>) -> Self {
        let settings = SerializeSettings { xmp_metadata: false, ..SerializeSettings::default() };
        let mut document = Document::new_with(settings);
        let mut metadata = Metadata::new().title(title.to_owned()).language("en".to_owned());
        if let Some(text) = qr_text {
            metadata = metadata.keywords(vec![text.to_owned()]);
        }
        document.set_metadata(metadata);
        Self { document, drawing: Vec::new() }
    }

    /// A coloured band at the top.
    pub(super) fn band(&mut self, colour: Colour, height: f32) {
        self.drawing.push(Mark::Box { x: 0.0, y: 0.0, width: WIDTH, height, colour });
    }

    /// A line of text, its baseline at `y`.
    pub(super) fn text(&mut self, x: f32, y: f32, style: Style, text: &str) {
        let mut x = x;
        for (script, run) in runs(text) {
            let bold_face = script * 2 + usize::from(style.bold);
            let width = FACES[bold_face].width(&run, style.size);
            self.drawing.push(Mark::Text { x, y, style, bold_face, text: run });
            x += width;
        }
    }

    /// A line of text made smaller until it is no wider than `most`; below half its size it is
    /// broken into two lines.
    pub(super) fn fitted(&mut self, x: f32, y: f32, style: Style, text: &str, most: f32) {
        let width: f32 = runs(text)
            .iter()
            .map(|(script, run)| FACES[script * 2 + usize::from(style.bold)].width(run, style.size))
            .sum();
        let scale = (most / width.max(1.0)).min(1.0);
        if scale >= 0.5 {
            self.text(x, y, Style { size: style.size * scale, ..style }, text);
            return;
        }
        let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
        let cut = text[..middle].rfind(' ').unwrap_or(middle);
        let (first, second) = text.split_at(cut);
        let half = Style { size: style.size * 0.5, ..style };
        self.text(x, y - style.size * 0.3, half, first);
        self.text(x, y + style.size * 0.3, half, second.trim_start());
    }

    /// Labelled rows with a rule under each; gives where they end.
    pub(super) fn rows(&mut self, top: f32, rows: &[(&str, String)]) -> f32 {
        let mut y = top;
        for (label, value) in rows {
            self.text(48.0, y, Style::small(MUTED), label);
            self.fitted(190.0, y, Style::value(), value, 357.0);
            self.drawing.push(Mark::Box {
                x: 48.0,
                y: y + 9.0,
                width: 499.0,
                height: 0.6,
                colour: RULE,
            });
            y += 27.0;
        }
        y - 12.0
    }

    /// A QR code as filled squares: sharp at any size. Text of the alphanumeric set at level Q,
    /// lower where it would not fit.
    pub(super) fn qr(&mut self, x: f32, y: f32, size: f32, text: &str) {
        let segment = if QrSegment::is_alphanumeric(text) {
            QrSegment::make_alphanumeric(text)
        } else {
            QrSegment::make_bytes(text.as_bytes())
        };
        let segments = [segment];
        let levels = [QrCodeEcc::Quartile, QrCodeEcc::Medium, QrCodeEcc::Low];
        let made = levels.into_iter().find_map(|level| {
            let (from, to) = (Version::MIN, Version::MAX);
            QrCode::encode_segments_advanced(&segments, level, from, to, None, false).ok()
        });
        let Some(code) = made else { return };
        #[expect(clippy::cast_precision_loss, reason = "a QR code has at most 177 modules")]
        let (at, module) = (|place: i32| place as f32, size / code.size() as f32);
        let squares = (0..code.size())
            .flat_map(|row| (0..code.size()).map(move |column| (column, row)))
            .filter(|(column, row)| code.get_module(*column, *row))
            .map(|(column, row)| (at(column).mul_add(module, x), at(row).mul_add(module, y)))
            .collect();
        self.drawing.push(Mark::Squares { squares, side: module });
    }

    /// The file.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).expect("A4 is a page size");
        let mut page = self.document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in &self.drawing {
            match mark {
                Mark::Text { x, y, style, bold_face, text } => {
                    surface.set_fill(Some(fill(style.colour)));
                    let font = FACES[*bold_face].font.clone();
                    let start = Point::from_xy(*x, *y);
                    surface.draw_text(start, font, style.size, text, false, TextDirection::Auto);
                }
                Mark::Box { x, y, width, height, colour } => {
                    surface.set_fill(Some(fill(*colour)));
                    draw_boxes(&mut surface, &[(*x, *y)], *width, *height);
                }
                Mark::Squares { squares, side } => {
                    surface.set_fill(Some(fill([0, 0, 0])));
                    draw_boxes(&mut surface, squares, *side, *side);
                }
            }
        }
        surface.finish();
        page.finish();
        self.document.finish().expect("text and boxes make a valid PDF")
    }
}

fn draw_boxes(
    surface: &mut krilla::surface::Surface<'_>,
    corners: &[(f32, f32)],
    width: f32,
    height: f32,
) {
    let mut path = PathBuilder::new();
    for (x, y) in corners {
        if let Some(rect) = Rect::from_xywh(*x, *y, width, height) {
            path.push_rect(rect);
        }
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

fn fill([red, green, blue]: Colour) -> Fill {
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::default(),
    }
}

/// Text in runs of one font: 0 Latin, 1 Devanagari. A letter of a script without a font is
/// written in Latin letters, visibly, rather than as an empty box.
fn runs(text: &str) -> Vec<(usize, String)> {
    let mut runs: Vec<(usize, String)> = Vec::new();
    let mut push = |script: usize, piece: &str| match runs.last_mut() {
        Some((last, run)) if *last == script => run.push_str(piece),
        _ => runs.push((script, piece.to_owned())),
    };
    for c in text.chars() {
        let mut buffer = [0; 4];
        if FACES[0].has(c) {
            push(0, c.encode_utf8(&mut buffer));
        } else if FACES[2].has(c) {
            push(1, c.encode_utf8(&mut buffer));
        } else {
            push(0, deunicode::deunicode_char(c).unwrap_or("?"));
        }
    }
    runs
}
