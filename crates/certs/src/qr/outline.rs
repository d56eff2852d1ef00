//! The outlines of a code's dark modules: a quarter fewer corners to draw than the runs of its rows
//! have, and no seams between rows.

use super::Modules;

/// Ways that an outline goes: right, down, left, up. The next one turns right, the one before left.
const TO_THE_RIGHT: usize = 0;

/// A code with a row and a column of light modules around it, row by row. A corner has the place of
/// the module below and right of it.
struct Field {
    wide: usize,
    dark: Vec<bool>,
    /// The dark modules along whose upper edge an outline went.
    walked: Vec<bool>,
    /// What each way adds to a place.
    steps: [isize; 4],
    /// The modules before a corner, on the left and on the right of each way, from its place.
    ahead: [(isize, isize); 4],
}

impl Modules {
    /// The outlines of the dark modules: the corners of closed lines that have what is dark on their
    /// right. What lies inside an odd number of them is dark.
    pub fn outlines(&self) -> Vec<Vec<(u16, u16)>> {
        let mut field = Field::of(self);
        let mut outlines = Vec::with_capacity(usize::from(self.side()) * 8);
        for place in field.wide..field.dark.len() - field.wide {
            let begins = field.dark[place] && !field.dark[place - field.wide];
            if begins && !field.walked[place] {
                outlines.push(field.outline(place));
            }
        }
        outlines
    }
}

impl Field {
    fn of(modules: &Modules) -> Self {
        let side = usize::from(modules.side());
        let wide = side + 2;
        let (mut dark, walked) = (vec![false; wide * wide], vec![false; wide * wide]);
        for (y, row) in (0..).zip(dark[wide..].chunks_exact_mut(wide).take(side)) {
            for (x, cell) in (0..).zip(&mut row[1..=side]) {
                *cell = modules.0.get_module(x, y);
            }
        }
        let row = isize::try_from(wide).expect("a QR code has 177 modules a side at most");
        let steps = [1, row, -1, -row];
        let ahead = [(-row, 0), (0, -1), (-1, -row - 1), (-row - 1, -row)];
        Self { wide, dark, walked, steps, ahead }
    }

    /// The outline that begins at the upper edge of a module, to the right.
    fn outline(&mut self, start: usize) -> Vec<(u16, u16)> {
        let (mut place, mut way) = (start, TO_THE_RIGHT);
        let mut corners = Vec::with_capacity(16);
        corners.push(self.corner(start));
        loop {
            if way == TO_THE_RIGHT {
                self.walked[place] = true;
            }
            place = place.wrapping_add_signed(self.steps[way]);
            let next = self.next(place, way);
            if place == start && next == TO_THE_RIGHT {
                return corners;
            }
            if next != way {
                corners.push(self.corner(place));
            }
            way = next;
        }
    }

    /// Which way it goes on: what is dark stays on its right.
    fn next(&self, place: usize, way: usize) -> usize {
        let (left, right) = self.ahead[way];
        if self.dark[place.wrapping_add_signed(left)] {
            (way + 3) % 4
        } else if self.dark[place.wrapping_add_signed(right)] {
            way
        } else {
            (way + 1) % 4
        }
    }

    /// Column and row of a corner.
    fn corner(&self, place: usize) -> (u16, u16) {
        let at = |place: usize| u16::try_from(place - 1).expect("corners are within the code");
        (at(place % self.wide), at(place / self.wide))
    }
}

#[cfg(test)]
mod tests {
    use crate::qr::{Modules, modules};

    /// Which modules lie inside an odd number of outlines: those that have an odd number of their
    /// upright lines to the left.
    fn filled(outlines: &[Vec<(u16, u16)>], side: u16) -> Vec<Vec<bool>> {
        let mut rows = vec![vec![false; side.into()]; side.into()];
        for corners in outlines {
            for (place, from) in corners.iter().enumerate() {
                let to = corners[(place + 1) % corners.len()];
                assert!((from.0 == to.0) != (from.1 == to.1), "lines are level or upright");
                if from.0 != to.0 {
                    continue;
                }
                for y in from.1.min(to.1)..from.1.max(to.1) {
                    for cell in &mut rows[usize::from(y)][usize::from(from.0)..] {
                        *cell ^= true;
                    }
                }
            }
        }
        rows
    }

    fn check(modules: &Modules) {
        let outlines = modules.outlines();
        let filled = filled(&outlines, modules.side());
        for (y, row) in (0..).zip(&filled) {
            for (x, dark) in (0..).zip(row) {
                assert_eq!(*dark, modules.is_dark(x, y), "{x} {y}");
            }
        }
        let corners: usize = outlines.iter().map(Vec::len).sum();
        assert!(corners * 5 < modules.runs().count() * 4 * 4, "{corners} corners");
    }

    #[test]
    fn what_is_inside_the_outlines_is_what_is_dark() {
        for length in [0, 5, 60, 600, 2_000] {
            let letters = (b'A'..=b'Z').cycle().step_by(7).map(char::from);
            let text: String = letters.take(length).collect();
            check(&modules(&format!("HC1:{text}")).unwrap());
        }
    }
}
