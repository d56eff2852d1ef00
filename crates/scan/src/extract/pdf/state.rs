//! Where text stands, and how.

use std::rc::Rc;

use hayro_syntax::{content::ops::TypedInstruction, object::Number};

use super::font::Font;

/// How a plane is laid on another.
pub(super) type Matrix = [f32; 6];

/// As it is.
pub(super) const UNIT: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First the one, then the other.
pub(super) fn then(one: Matrix, other: Matrix) -> Matrix {
    let row = |left: f32, right: f32| {
        (left * other[0] + right * other[2], left * other[1] + right * other[3])
    };
    let rows = [row(one[0], one[1]), row(one[2], one[3]), row(one[4], one[5])];
    let [first, second, (x, y)] = rows;
    [first.0, first.1, second.0, second.1, x + other[4], y + other[5]]
}

/// How text is drawn from here on.
#[derive(Clone)]
pub(super) struct State {
    pub(super) matrix: Matrix,
    pub(super) text: Matrix,
    pub(super) line: Matrix,
    pub(super) font: Option<Rc<Font>>,
    pub(super) size: f32,
    pub(super) leading: f32,
    pub(super) letter: f32,
    pub(super) word: f32,
    pub(super) stretch: f32,
}

impl State {
    /// At the beginning of a page.
    pub(super) const fn new() -> Self {
        Self {
            matrix: UNIT,
            text: UNIT,
            line: UNIT,
            font: None,
            size: 1.0,
            leading: 0.0,
            letter: 0.0,
            word: 0.0,
            stretch: 1.0,
        }
    }

    /// Begins another line, so far from where this began.
    pub(super) fn move_line(&mut self, x: f32, y: f32) {
        self.line = then([1.0, 0.0, 0.0, 1.0, x, y], self.line);
        self.text = self.line;
    }

    /// A step that says where text stands, and how.
    pub(super) fn step(&mut self, step: &TypedInstruction<'_, '_>) {
        use TypedInstruction as I;
        let number = |number: &Number| number.as_f32();
        match step {
            I::Transform(m) => {
                let m = [&m.0, &m.1, &m.2, &m.3, &m.4, &m.5].map(number);
                self.matrix = then(m, self.matrix);
            }
            I::BeginText(_) => {
                self.text = UNIT;
                self.line = UNIT;
            }
            I::CharacterSpacing(space) => self.letter = number(&space.0),
            I::WordSpacing(space) => self.word = number(&space.0),
            I::HorizontalScaling(stretch) => self.stretch = number(&stretch.0) / 100.0,
            I::TextLeading(leading) => self.leading = number(&leading.0),
            I::NextLine(to) => self.move_line(number(&to.0), number(&to.1)),
            I::NextLineAndSetLeading(to) => {
                self.leading = -number(&to.1);
                self.move_line(number(&to.0), number(&to.1));
            }
            I::SetTextMatrix(m) => {
                self.line = [&m.0, &m.1, &m.2, &m.3, &m.4, &m.5].map(number);
                self.text = self.line;
            }
            I::NextLineUsingLeading(_) => self.move_line(0.0, -self.leading),
            _ => {}
        }
    }

    /// Goes on within the line.
    pub(super) fn advance(&mut self, by: f32) {
        self.text = then([1.0, 0.0, 0.0, 1.0, by, 0.0], self.text);
    }
}
