//! What is drawn on a page.

use hayro_syntax::{
    content::{TypedIter, ops::TypedInstruction},
    object::{Array, Dict, Number, Object, Stream, String as Text},
    page::{Page, Resources},
};

use super::{
    font::Cache,
    state::{Matrix, State, UNIT, then},
};

/// Drawings inside drawings that are followed.
const DEEPEST: usize = 12;
/// States that are kept to be gone back to.
const MOST_STATES: usize = 256;
/// Pieces of text on one page.
const MOST_SPANS: usize = 500_000;

/// A piece of text where it stands, as one would read it: x to the right, y up.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) from: f32,
    pub(super) to: f32,
    pub(super) y: f32,
    pub(super) size: f32,
    /// Quarter turns of its line against the page.
    pub(super) turn: u8,
    pub(super) text: String,
}

/// All that is drawn.
#[derive(Default)]
pub(super) struct Drawn {
    pub(super) spans: Vec<Span>,
    /// Letters whose font does not say what they are.
    pub(super) unknown: usize,
    /// Pictures.
    pub(super) pictures: usize,
}

impl Drawn {
    /// How many letters are known.
    pub(super) fn letters(&self) -> usize {
        let count = |span: &Span| span.text.chars().filter(|c| !c.is_whitespace()).count();
        self.spans.iter().map(count).sum()
    }
}

/// What is drawn on a page, as long as there are steps.
pub(super) fn read<'a>(page: &'a Page<'a>, fonts: &mut Cache, steps: &mut usize) -> Drawn {
    let mut reader =
        Reader { drawn: Drawn::default(), marks: Vec::new(), fonts, steps, states: Vec::new() };
    if let Some(stream) = page.page_stream() {
        reader.content(stream, page.resources(), &State::new(), 0);
    }
    for annotation in annotations(page) {
        reader.appearance(&annotation);
    }
    reader.drawn
}

/// The notes and fields on a page.
pub(super) fn annotations<'a>(page: &Page<'a>) -> impl Iterator<Item = Dict<'a>> {
    let list = page.raw().get::<Array<'_>>("Annots");
    list.into_iter().flat_map(|list| list.iter::<Dict<'_>>()).take(10_000)
}

/// A stretch of drawing that says which text it is.
enum Mark {
    Nothing,
    Text(String),
    /// Its text has been told.
    Told,
}

struct Reader<'r> {
    drawn: Drawn,
    marks: Vec<Mark>,
    fonts: &'r mut Cache,
    steps: &'r mut usize,
    states: Vec<State>,
}

impl Reader<'_> {
    fn content(&mut self, stream: &[u8], resources: &Resources<'_>, state: &State, depth: usize) {
        let mut state = state.clone();
        let floor = self.states.len();
        let mut steps = TypedIter::new(stream);
        while let Some(step) = steps.next() {
            if *self.steps == 0 {
                break;
            }
            *self.steps -= 1;
            match step {
                TypedInstruction::SaveState(_) if self.states.len() < MOST_STATES => {
                    self.states.push(state.clone());
                }
                TypedInstruction::RestoreState(_) if self.states.len() > floor => {
                    state = self.states.pop().unwrap_or(state);
                }
                TypedInstruction::XObject(object) => {
                    if let Some(stream) = resources.get_x_object(object.0) {
                        self.object(&stream, resources, &state, depth);
                    }
                }
                TypedInstruction::BeginMarkedContent(_) => self.mark(&Object::Boolean(false)),
                TypedInstruction::BeginMarkedContentWithProperties(mark) => self.mark(mark.1),
                TypedInstruction::EndMarkedContent(_) => drop(self.marks.pop()),
                TypedInstruction::InlineImage(_) => self.drawn.pictures += 1,
                TypedInstruction::TextFont(font) => {
                    let dict = resources.get_font(font.0);
                    state.font = dict.and_then(|dict| self.fonts.font(&dict));
                    state.size = font.1.as_f32();
                }
                step => self.step(&step, &mut state),
            }
        }
        self.states.truncate(floor);
    }

    fn mark(&mut self, about: &Object<'_>) {
        let said = match about {
            Object::Dict(dict) => dict.get::<Text<'_>>("ActualText"),
            _ => None,
        };
        let said = said.map(|text| Mark::Text(super::string(text.as_bytes())));
        if self.marks.len() < MOST_STATES {
            self.marks.push(said.unwrap_or(Mark::Nothing));
        }
    }

    /// A picture, or a drawing of its own.
    fn object(&mut self, stream: &Stream<'_>, outer: &Resources<'_>, state: &State, depth: usize) {
        let dict = stream.dict();
        let kind = dict.get::<hayro_syntax::object::Name<'_>>("Subtype");
        if kind.is_some_and(|kind| kind.as_str() == "Image") {
            self.drawn.pictures += 1;
            return;
        }
        let (true, Ok(content)) = (depth < DEEPEST, stream.decoded_data()) else { return };
        let matrix = dict.get::<Array<'_>>("Matrix").and_then(|array| matrix(&array));
        let state = State { matrix: then(matrix.unwrap_or(UNIT), state.matrix), ..state.clone() };
        match dict.get::<Dict<'_>>("Resources") {
            Some(own) => self.content(&content, &Resources::new(own), &state, depth + 1),
            None => self.content(&content, outer, &state, depth + 1),
        }
    }

    /// How a note or a field looks.
    fn appearance(&mut self, annotation: &Dict<'_>) {
        let normal =
            annotation.get::<Dict<'_>>("AP").and_then(|looks| looks.get::<Object<'_>>("N"));
        let Some(Object::Stream(stream)) = normal else { return };
        let mut state = State::new();
        // Numbers of a file, not of a rectangle, which has more digits than anything is drawn with.
        let place = annotation.get::<Array<'_>>("Rect");
        let place: Vec<_> = place.iter().flat_map(Array::iter::<Number>).take(4).collect();
        if let [left, bottom, right, top] = &place[..] {
            state.matrix[4] = left.as_f32().min(right.as_f32());
            state.matrix[5] = bottom.as_f32().min(top.as_f32());
        }
        self.object(&stream, &Resources::new(Dict::empty()), &state, 1);
    }

    /// A step that shows text.
    fn step(&mut self, step: &TypedInstruction<'_, '_>, state: &mut State) {
        use TypedInstruction as I;
        match step {
            I::ShowText(text) => self.show(text.0.as_bytes(), state),
            I::NextLineAndShowText(text) => {
                state.move_line(0.0, -state.leading);
                self.show(text.0.as_bytes(), state);
            }
            I::ShowTextWithParameters(text) => {
                state.word = text.0.as_f32();
                state.letter = text.1.as_f32();
                state.move_line(0.0, -state.leading);
                self.show(text.2.as_bytes(), state);
            }
            I::ShowTexts(texts) => {
                for piece in texts.0.iter::<Object<'_>>() {
                    match piece {
                        Object::String(text) => self.show(text.as_bytes(), state),
                        Object::Number(by) => {
                            state.advance(-by.as_f32() / 1000.0 * state.size * state.stretch);
                        }
                        _ => {}
                    }
                }
            }
            step => state.step(step),
        }
    }

    fn show(&mut self, bytes: &[u8], state: &mut State) {
        let Some(font) = state.font.clone() else { return };
        let from = then(state.text, state.matrix);
        let mut text = String::new();
        font.each(bytes, |letter| {
            match letter.text {
                Some(known) => text.push_str(known),
                None => self.drawn.unknown += 1,
            }
            let word = if letter.is_space { state.word } else { 0.0 };
            state.advance((letter.width * state.size + state.letter + word) * state.stretch);
        });
        let to = then(state.text, state.matrix);
        if let Some(mark) = self.marks.iter_mut().rfind(|mark| !matches!(mark, Mark::Nothing)) {
            text = match std::mem::replace(mark, Mark::Told) {
                Mark::Text(said) => said,
                // It has been told where it began.
                Mark::Told | Mark::Nothing => String::new(),
            };
        }
        if self.drawn.spans.len() < MOST_SPANS {
            self.drawn.spans.extend(span(from, to, state.size, text));
        }
    }
}

fn matrix(array: &Array<'_>) -> Option<Matrix> {
    let numbers: Vec<f32> = array.iter::<Number>().take(6).map(|number| number.as_f32()).collect();
    numbers.try_into().ok()
}

/// A piece of text from one place to another, turned so that its line runs to the right.
fn span(from: Matrix, to: Matrix, size: f32, text: String) -> Option<Span> {
    if !from.iter().chain(&to).all(|number| number.is_finite()) {
        return None;
    }
    // Where its line runs, to the right and upwards.
    let (right, up) = (from[0], from[1]);
    let turn = match () {
        () if right.abs() >= up.abs() && right >= 0.0 => 0,
        () if right.abs() < up.abs() && up > 0.0 => 1,
        () if right.abs() >= up.abs() => 2,
        () => 3,
    };
    let turned = |x: f32, y: f32| match turn {
        0 => (x, y),
        1 => (y, -x),
        2 => (-x, -y),
        _ => (-y, x),
    };
    let size = (size * from[2].hypot(from[3])).abs().max(0.1);
    let ((from, y), (to, _)) = (turned(from[4], from[5]), turned(to[4], to[5]));
    Some(Span { from: from.min(to), to: from.max(to), y, size, turn, text })
}
