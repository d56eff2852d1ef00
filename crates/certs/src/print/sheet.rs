//! A page to draw on: text that flows down it, bands, rules, QR codes.

mod draw;
mod file;

use jiff::Timestamp;

use self::draw::Mark;
use super::{
    language::Language,
    text::{Line, Weight, wrap},
    tree::{Kind, Part},
};
use crate::qr::Modules;

/// A4 in points.
const WIDTH: f32 = 595.0;
/// A4 in points.
const HEIGHT: f32 = 842.0;
/// White on the left and on the right.
pub(super) const MARGIN: f32 = 48.0;
/// What is between the margins.
pub(super) const INNER: f32 = WIDTH - 2.0 * MARGIN;

/// How far below the top of a line its letters stand, and how high a line is, for a font of size
/// 1: with place for what stands above and below the letters in the tallest of the scripts.
const RISE: f32 = 1.06;
const LEADING: f32 = 1.46;
/// Text that does not fit on one line is made no smaller than this for it.
const ONE_LINE: f32 = 0.8;
/// Sizes at which text in several lines is tried. The least is for texts that nobody writes: what
/// is beyond it is cut off.
const SEVERAL_LINES: [f32; 5] = [1.0, 0.8, 0.7, 0.6, 0.5];

/// A colour: red, green, blue.
pub(super) type Colour = [u8; 3];
pub(super) const GREEN: Colour = [11, 94, 73];
pub(super) const INK: Colour = [24, 32, 38];
pub(super) const MUTED: Colour = [88, 99, 108];
pub(super) const RULE: Colour = [222, 227, 230];
pub(super) const WHITE: Colour = [255, 255, 255];
pub(super) const PALE_GREEN: Colour = [214, 236, 228];

/// How text looks.
#[derive(Clone, Copy)]
pub(super) struct Style {
    size: f32,
    weight: Weight,
    colour: Colour,
    most_lines: usize,
}

impl Style {
    const fn of(size: f32, weight: Weight, colour: Colour) -> Self {
        Self { size, weight, colour, most_lines: 3 }
    }
    /// The same, in no more lines than these.
    pub(super) const fn lines(self, most_lines: usize) -> Self {
        Self { most_lines, ..self }
    }
    pub(super) const fn title() -> Self {
        Self::of(24.0, Weight::Bold, WHITE)
    }
    pub(super) const fn on_band(size: f32) -> Self {
        Self::of(size, Weight::Regular, PALE_GREEN)
    }
    pub(super) const fn strip(colour: Colour) -> Self {
        Self::of(11.5, Weight::Bold, colour)
    }
    pub(super) const fn heading() -> Self {
        Self::of(10.5, Weight::Bold, GREEN)
    }
    pub(super) const fn name() -> Self {
        Self::of(20.0, Weight::Bold, INK)
    }
    pub(super) const fn code() -> Self {
        Self::of(34.0, Weight::Bold, INK)
    }
    pub(super) const fn label() -> Self {
        Self::of(8.5, Weight::Regular, MUTED)
    }
    pub(super) const fn value() -> Self {
        Self::of(11.5, Weight::Bold, INK)
    }
    pub(super) const fn small(colour: Colour) -> Self {
        Self::of(9.0, Weight::Regular, colour).lines(8)
    }
    pub(super) const fn body() -> Self {
        Self::of(10.0, Weight::Regular, INK)
    }
    pub(super) const fn lead() -> Self {
        Self::of(15.0, Weight::Bold, INK)
    }
    pub(super) const fn section() -> Self {
        Self::of(14.0, Weight::Bold, GREEN)
    }
    /// How far apart its lines stand.
    pub(super) fn leading(self) -> f32 {
        self.size * LEADING
    }
}

/// Where text begins, and how wide it may become.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) x: f32,
    pub(super) top: f32,
    pub(super) width: f32,
}

impl Place {
    /// From margin to margin.
    pub(super) const fn across(top: f32) -> Self {
        Self { x: MARGIN, top, width: INNER }
    }
}

/// What a file says of itself.
pub(super) struct About<'a> {
    pub(super) title: &'a str,
    pub(super) language: Language,
    /// What a reader of the file shall find in it without looking at it as a picture.
    pub(super) keywords: Vec<String>,
    pub(super) made_at: Timestamp,
}

/// A page to draw on.
pub(super) struct Sheet<'a> {
    about: About<'a>,
    /// Kept until the end, because a page borrows its document.
    drawing: Vec<Mark>,
    /// The parts that are not at their end yet, the innermost last.
    open: Vec<Part>,
    /// Where in the drawing each page behind the first begins.
    turns: Vec<usize>,
    /// What stands on a page and is no part of what is read out, by the page.
    beside: Vec<(usize, Mark)>,
    /// Headings behind the title, each with its page and where it stands there.
    headings: Vec<(String, usize, f32)>,
}

impl<'a> Sheet<'a> {
    /// An empty page.
    pub(super) fn new(about: About<'a>) -> Self {
        Self {
            about,
            drawing: Vec::with_capacity(96),
            open: vec![Part::new(Kind::Page)],
            turns: Vec::new(),
            beside: Vec::new(),
            headings: Vec::new(),
        }
    }

    /// Turns to a new page. Parts that are open go on there.
    pub(super) fn turn(&mut self) {
        self.turns.push(self.drawing.len());
    }

    /// How many pages there are so far.
    pub(super) const fn pages(&self) -> usize {
        self.turns.len() + 1
    }

    /// Where in the drawing each page is.
    fn ranges(&self) -> Vec<std::ops::Range<usize>> {
        let ends = self.turns.iter().copied().chain([self.drawing.len()]);
        let begins = std::iter::once(0).chain(self.turns.iter().copied());
        begins.zip(ends).map(|(begin, end)| begin..end).collect()
    }

    /// Draws a part of the page and says what it is.
    pub(super) fn part<T>(&mut self, kind: Kind, fill: impl FnOnce(&mut Self) -> T) -> T {
        self.open(kind);
        let result = fill(self);
        self.close();
        result
    }

    /// Begins a part of the page; what is drawn until [`Self::close`] is inside it.
    pub(super) fn open(&mut self, kind: Kind) {
        self.open.push(Part::new(kind));
    }

    /// Ends the part that was begun last.
    pub(super) fn close(&mut self) {
        let part = self.open.pop().expect("a part that is closed was opened");
        self.innermost().hold_part(part);
    }

    fn innermost(&mut self) -> &mut Part {
        self.open.last_mut().expect("the page itself is never closed before its end")
    }

    /// A coloured band across the whole page.
    pub(super) fn band(&mut self, top: f32, height: f32, colour: Colour) {
        self.drawing.push(Mark::Box { x: 0.0, y: top, width: WIDTH, height, colour });
    }

    /// A thin line between the margins.
    pub(super) fn rule(&mut self, y: f32) {
        let width = INNER;
        self.drawing.push(Mark::Box { x: MARGIN, y, width, height: 0.6, colour: RULE });
    }

    /// Text of any length: made a little smaller to fit on one line, else broken into lines, which
    /// are made smaller until there are not too many. Gives where the last line ends.
    pub(super) fn text(&mut self, place: Place, style: Style, text: &str) -> f32 {
        let line = Line::of(text, style.weight);
        let scale = (place.width / (line.width() * style.size).max(1.0)).min(1.0);
        if scale >= ONE_LINE {
            self.line(place.x, place.top, Style { size: style.size * scale, ..style }, line);
            return style.size.mul_add(LEADING, place.top);
        }
        let lines_at = |scale: f32| {
            let size = style.size * scale;
            (size, wrap(text, style.weight, place.width / size))
        };
        let mut sizes = SEVERAL_LINES.into_iter().map(lines_at);
        let fits = sizes.find(|(_, lines)| lines.len() <= style.most_lines);
        let (size, lines) = fits.unwrap_or_else(|| lines_at(SEVERAL_LINES[4]));
        let mut top = place.top;
        for line in lines.into_iter().take(style.most_lines) {
            self.line(place.x, top, Style { size, ..style }, line);
            top += size * LEADING;
        }
        top
    }

    /// A paragraph of its own.
    pub(super) fn paragraph(&mut self, place: Place, style: Style, text: &str) -> f32 {
        self.part(Kind::Paragraph, |sheet| sheet.text(place, style, text))
    }

    /// A heading of the first or second rank.
    pub(super) fn heading(&mut self, rank: u16, place: Place, style: Style, text: &str) -> f32 {
        self.part(Kind::Heading(rank, text.to_owned()), |sheet| sheet.text(place, style, text))
    }

    /// A text in lines of a width.
    pub(super) fn lines(style: Style, width: f32, text: &str) -> Vec<Line> {
        wrap(text, style.weight, width / style.size)
    }

    /// A line of text.
    pub(super) fn line(&mut self, x: f32, top: f32, style: Style, line: Line) {
        let y = style.size.mul_add(RISE, top);
        self.hold(Mark::Text { x, y, size: style.size, colour: style.colour, line });
    }

    /// A line on a page that is no part of what is read out, such as the number of the page.
    pub(super) fn note(&mut self, page: usize, (x, top): (f32, f32), style: Style, line: Line) {
        let y = style.size.mul_add(RISE, top);
        self.beside.push((page, Mark::Note { x, y, size: style.size, colour: style.colour, line }));
    }

    /// A box that only adorns.
    pub(super) fn adorn(&mut self, place: Place, height: f32, colour: Colour) {
        let Place { x, top: y, width } = place;
        self.drawing.push(Mark::Box { x, y, width, height, colour });
    }

    /// Names a place in the outline of the file.
    pub(super) fn outlined(&mut self, words: &str, top: f32) {
        self.headings.push((words.to_owned(), self.turns.len(), top));
    }

    /// A QR code, sharp at any size.
    pub(super) fn qr(&mut self, x: f32, y: f32, size: f32, modules: Modules) {
        self.hold(Mark::Qr { x, y, size, modules });
    }

    fn hold(&mut self, mark: Mark) {
        let place = self.drawing.len();
        self.drawing.push(mark);
        self.innermost().hold_mark(place);
    }
}

#[cfg(test)]
mod tests;
