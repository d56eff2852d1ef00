//! A page to draw on: text, rows, bands, a QR code.

use std::borrow::Cow;

use krilla::{
    Document, SerializeSettings,
    color::rgb,
    geom::{PathBuilder, Point, Rect, Transform},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule},
    surface::Surface,
};

use super::text::{Line, Weight, wrap};
use crate::qr::{Modules, modules};

/// A4 in points.
const WIDTH: f32 = 595.0;
/// A4 in points.
const HEIGHT: f32 = 842.0;
/// White on the left and on the right.
pub(super) const MARGIN: f32 = 48.0;
/// What is between the margins.
pub(super) const INNER: f32 = WIDTH - 2.0 * MARGIN;
/// Where the values of rows begin.
const VALUES: f32 = 190.0;

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
    weight: Weight,
    colour: Colour,
}

impl Style {
    pub(super) const fn title() -> Self {
        Self { size: 24.0, weight: Weight::Bold, colour: WHITE }
    }
    pub(super) const fn on_band() -> Self {
        Self { size: 11.0, weight: Weight::Regular, colour: [214, 236, 228] }
    }
    pub(super) const fn label() -> Self {
        Self { size: 10.0, weight: Weight::Bold, colour: GREEN }
    }
    pub(super) const fn name() -> Self {
        Self { size: 22.0, weight: Weight::Bold, colour: INK }
    }
    pub(super) const fn code() -> Self {
        Self { size: 34.0, weight: Weight::Bold, colour: INK }
    }
    pub(super) const fn value() -> Self {
        Self { size: 12.0, weight: Weight::Bold, colour: INK }
    }
    pub(super) const fn small(colour: Colour) -> Self {
        Self { size: 10.0, weight: Weight::Regular, colour }
    }
}

/// A page to draw on.
pub(super) struct Sheet {
    document: Document,
    drawing: Vec<Mark>,
}

/// Something on the page. Kept until the end, because a page borrows its document.
enum Mark {
    Text { x: f32, y: f32, size: f32, colour: Colour, line: Line },
    Box { x: f32, y: f32, width: f32, height: f32, colour: Colour },
    Qr { x: f32, y: f32, size: f32, modules: Modules },
}

impl Sheet {
    /// An empty page. The QR code's text is kept in the file's metadata, so that the file can be
    /// checked without looking at it as a picture.
    pub(super) fn new(title: &str, qr_text: Option<&str>) -> Self {
        let settings = SerializeSettings {
            xmp_metadata: false,
            // Compressing the page takes longer than making it, and saves a third of the file.
            compress_content_streams: false,
            ..SerializeSettings::default()
        };
        let mut document = Document::new_with(settings);
        let mut metadata = Metadata::new().title(title.to_owned()).language("en".to_owned());
        if let Some(text) = qr_text {
            metadata = metadata.keywords(vec![text.to_owned()]);
        }
        document.set_metadata(metadata);
        Self { document, drawing: Vec::with_capacity(64) }
    }

    /// A coloured band at the top.
    pub(super) fn band(&mut self, height: f32) {
        self.drawing.push(Mark::Box { x: 0.0, y: 0.0, width: WIDTH, height, colour: GREEN });
    }

    /// A thin line between the margins.
    pub(super) fn rule(&mut self, y: f32) {
        let width = INNER;
        self.drawing.push(Mark::Box { x: MARGIN, y, width, height: 0.6, colour: RULE });
    }

    /// A line of text of our own, its baseline at `y`.
    pub(super) fn text(&mut self, x: f32, y: f32, style: Style, text: &str) {
        self.line(x, y, style, Line::of(text, style.weight));
    }

    /// Text that may be of any length, its first baseline at `y`: made a little smaller to fit
    /// into `most`, else broken into lines, which are made smaller until there are no more than
    /// three. Gives how far the last line is below the first.
    pub(super) fn fitted(&mut self, x: f32, y: f32, style: Style, text: &str, most: f32) -> f32 {
        let line = Line::of(text, style.weight);
        let scale = (most / (line.width() * style.size).max(1.0)).min(1.0);
        if scale >= 0.8 {
            self.line(x, y, Style { size: style.size * scale, ..style }, line);
            return 0.0;
        }
        // The least size is for texts that nobody writes: what is beyond it is cut off.
        let scales = [0.8, 0.7, 0.6, 0.5].map(|scale| style.size * scale);
        let lines_at = |size: f32| (size, wrap(text, style.weight, most / size));
        let fits = scales.into_iter().map(lines_at).find(|(_, lines)| lines.len() <= 3);
        let (size, lines) = fits.unwrap_or_else(|| lines_at(scales[3]));
        let mut below = 0.0;
        for (place, line) in lines.into_iter().take(3).enumerate() {
            below = if place == 0 { 0.0 } else { below + size * 1.3 };
            self.line(x, y + below, Style { size, ..style }, line);
        }
        below
    }

    fn line(&mut self, x: f32, y: f32, style: Style, line: Line) {
        self.drawing.push(Mark::Text { x, y, size: style.size, colour: style.colour, line });
    }

    /// Labelled rows with a rule under each, `pitch` apart; gives where they end.
    pub(super) fn rows(
        &mut self,
        top: f32,
        pitch: f32,
        rows: &[(Cow<'_, str>, Cow<'_, str>)],
    ) -> f32 {
        let mut y = top;
        for (label, value) in rows {
            self.text(MARGIN, y, Style::small(MUTED), label);
            let most = MARGIN + INNER - VALUES;
            y += self.fitted(VALUES, y, Style::value(), value, most);
            self.rule(y + pitch / 3.0);
            y += pitch;
        }
        y - pitch * 2.0 / 3.0
    }

    /// A QR code, sharp at any size; gives whether the text is short enough for one.
    pub(super) fn qr(&mut self, x: f32, y: f32, size: f32, text: &str) -> bool {
        let Some(modules) = modules(text) else { return false };
        self.drawing.push(Mark::Qr { x, y, size, modules });
        true
    }

    /// The file.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).expect("A4 is a page size");
        let mut page = self.document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in &self.drawing {
            draw(&mut surface, mark);
        }
        surface.finish();
        page.finish();
        self.document.finish().expect("text and boxes make a valid PDF")
    }
}

fn draw(surface: &mut Surface<'_>, mark: &Mark) {
    match mark {
        Mark::Text { x, y, size, colour, line } => {
            surface.set_fill(Some(fill(*colour)));
            let mut x = *x;
            for run in &line.0 {
                let start = Point::from_xy(x, *y);
                surface.draw_glyphs(start, &run.glyphs, run.font(), &run.text, *size, false);
                x += run.width() * size;
            }
        }
        Mark::Box { x, y, width, height, colour } => {
            surface.set_fill(Some(fill(*colour)));
            let mut path = PathBuilder::new();
            let rect = Rect::from_xywh(*x, *y, *width, *height);
            path.push_rect(rect.expect("boxes have a size"));
            surface.draw_path(&path.finish().expect("a box is a path"));
        }
        Mark::Qr { x, y, size, modules } => {
            surface.set_fill(Some(fill([0, 0, 0])));
            // One unit a module, so that the file has whole numbers of one or two digits.
            let unit = size / f32::from(modules.side());
            surface.push_transform(&Transform::from_row(unit, 0.0, 0.0, unit, *x, *y));
            draw_modules(surface, modules);
            surface.pop();
        }
    }
}

fn draw_modules(surface: &mut Surface<'_>, modules: &Modules) {
    let mut path = PathBuilder::new();
    for run in modules.runs() {
        let (left, top) = (f32::from(run.x), f32::from(run.y));
        let (right, bottom) = (left + f32::from(run.length), top + 1.0);
        path.move_to(left, top);
        path.line_to(right, top);
        path.line_to(right, bottom);
        path.line_to(left, bottom);
        path.close();
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
