//! Text as glyphs: which font, how wide, where to break.

use std::{ops::Range, sync::LazyLock};

use krilla::{
    surface::Location,
    text::{Font, Glyph, GlyphId},
};
use rustybuzz::{Direction, ShapePlan, UnicodeBuffer, script};

use crate::name::indic;

/// A font as it is drawn with and as it is measured with.
struct Face {
    font: Font,
    shape: rustybuzz::Face<'static>,
    plan: ShapePlan,
    script: rustybuzz::Script,
    blank: Option<(u32, i32)>,
    ascii: Option<Ascii>,
}

/// What shaping makes of ASCII, found out once: a glyph for each character, and for each pair how
/// far the first moves on, kerning included. So plain English needs no shaping.
struct Ascii {
    glyphs: [u32; ASCII_COUNT],
    advances: Vec<f32>,
}

const ASCII_FIRST: u8 = b' ';
const ASCII_COUNT: usize = 95;

impl Ascii {
    fn of(face: &Face) -> Self {
        let chars: Vec<char> = (ASCII_FIRST..=b'~').map(char::from).collect();
        let mut glyphs = [0; ASCII_COUNT];
        let mut advances = Vec::with_capacity(ASCII_COUNT * ASCII_COUNT);
        for (place, first) in chars.iter().enumerate() {
            // The first stands before each other in turn: every second glyph is the first.
            let text: String = chars.iter().flat_map(|second| [*first, *second]).collect();
            let shaped = shape_with(face, &text);
            glyphs[place] = shaped[0].id;
            advances.extend(shaped.iter().step_by(2).map(|glyph| glyph.advance));
        }
        Self { glyphs, advances }
    }

    fn shape(&self, text: &str) -> Vec<Placed> {
        let bytes = text.as_bytes();
        let index = |byte: u8| usize::from(byte - ASCII_FIRST);
        let glyph = |(place, byte): (usize, &u8)| {
            // Nothing follows the last; a space is the next best, and does not kern.
            let next = bytes.get(place + 1).copied().unwrap_or(ASCII_FIRST);
            let advance = self.advances[index(*byte) * ASCII_COUNT + index(next)];
            let id = self.glyphs[index(*byte)];
            Placed { id, text: place..place + 1, advance, right: 0.0, up: 0.0 }
        };
        bytes.iter().enumerate().map(glyph).collect()
    }
}

/// A glyph without ink, and its width in the font's units. Not the joiners': those have ink here.
fn blank(face: &rustybuzz::Face<'_>) -> Option<(u32, i32)> {
    let glyphs = (1..face.number_of_glyphs()).map(rustybuzz::ttf_parser::GlyphId);
    let mut blanks = glyphs.filter(|id| face.glyph_bounding_box(*id).is_none());
    let id = blanks.next()?;
    Some((id.0.into(), face.glyph_hor_advance(id).unwrap_or(0).into()))
}

fn is_ascii_print(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn face(data: &'static [u8], script: rustybuzz::Script) -> Face {
    let shape =
        rustybuzz::Face::from_slice(data, 0).expect("the font is part of the program and is good");
    let plan = ShapePlan::new(&shape, Direction::LeftToRight, Some(script), None, &[]);
    let font = Font::new(data.into(), 0).expect("the font is part of the program and is good");
    let blank = blank(&shape);
    let mut face = Face { font, shape, plan, script, blank, ascii: None };
    if script == script::LATIN {
        face.ascii = Some(Ascii::of(&face));
    }
    face
}

const LATIN: usize = 0;
const DEVANAGARI: usize = 2;

/// Latin regular and bold, Devanagari regular and bold: read once.
static FACES: LazyLock<[Face; 4]> = LazyLock::new(|| {
    [
        face(include_bytes!("../../fonts/NotoSans-Regular.ttf"), script::LATIN),
        face(include_bytes!("../../fonts/NotoSans-Bold.ttf"), script::LATIN),
        face(include_bytes!("../../fonts/NotoSansDevanagari-Regular.ttf"), script::DEVANAGARI),
        face(include_bytes!("../../fonts/NotoSansDevanagari-Bold.ttf"), script::DEVANAGARI),
    ]
});

fn has(face: usize, c: char) -> bool {
    FACES[face].shape.glyph_index(c).is_some()
}

/// Whether text is regular or bold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// Text of one font, in glyphs.
pub(super) struct Run {
    face: usize,
    pub(super) text: String,
    pub(super) glyphs: Vec<Placed>,
}

impl Run {
    pub(super) fn font(&self) -> Font {
        FACES[self.face].font.clone()
    }

    /// # Units
    ///
    /// The font's size.
    pub(super) fn width(&self) -> f32 {
        self.glyphs.iter().map(|glyph| glyph.advance).sum()
    }
}

/// A glyph and where it stands, for a font of size 1.
pub(super) struct Placed {
    id: u32,
    text: Range<usize>,
    advance: f32,
    right: f32,
    up: f32,
}

impl Glyph for Placed {
    fn glyph_id(&self) -> GlyphId {
        GlyphId::new(self.id)
    }
    fn text_range(&self) -> Range<usize> {
        self.text.clone()
    }
    fn x_advance(&self, size: f32) -> f32 {
        self.advance * size
    }
    fn x_offset(&self, size: f32) -> f32 {
        self.right * size
    }
    fn y_offset(&self, size: f32) -> f32 {
        self.up * size
    }
    fn y_advance(&self, _: f32) -> f32 {
        0.0
    }
    fn location(&self) -> Option<Location> {
        None
    }
}

/// A line of text, in runs of one font.
pub(super) struct Line(pub(super) Vec<Run>);

impl Line {
    /// A text as one line.
    pub(super) fn of(text: &str, weight: Weight) -> Self {
        let bold = usize::from(weight == Weight::Bold);
        let runs = runs(&printable(text));
        Self(runs.into_iter().map(|(script, text)| shape(script + bold, text)).collect())
    }

    /// # Units
    ///
    /// The font's size.
    pub(super) fn width(&self) -> f32 {
        self.0.iter().map(Run::width).sum()
    }
}

/// A text in lines no wider than `most` times the font's size: broken between words, or inside a
/// word that alone is too wide.
pub(super) fn wrap(text: &str, weight: Weight, most: f32) -> Vec<Line> {
    let mut lines: Vec<String> = Vec::new();
    for word in printable(text).split_whitespace() {
        let joined = lines.last().map(|line| format!("{line} {word}"));
        match joined.filter(|joined| Line::of(joined, weight).width() <= most) {
            Some(joined) => *lines.last_mut().expect("it was joined to this line") = joined,
            None => lines.extend(pieces(word, weight, most)),
        }
    }
    lines.iter().map(|line| Line::of(line, weight)).collect()
}

/// A word in pieces that are each no wider than `most`, never broken inside what shaping makes
/// one sign of.
fn pieces(word: &str, weight: Weight, most: f32) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut wide = 0.0;
    for run in Line::of(word, weight).0 {
        for signs in run.glyphs.chunk_by(|one, next| one.text == next.text) {
            let width: f32 = signs.iter().map(|sign| sign.advance).sum();
            if wide + width > most && wide > 0.0 {
                pieces.push(String::new());
                wide = 0.0;
            }
            wide += width;
            let piece = pieces.last_mut().expect("there is always one");
            piece.push_str(&run.text[signs[0].text.clone()]);
        }
    }
    pieces
}

fn shape(face: usize, text: String) -> Run {
    let glyphs = match &FACES[face].ascii {
        Some(ascii) if is_ascii_print(&text) => ascii.shape(&text),
        _ => shape_with(&FACES[face], &text),
    };
    Run { face, text, glyphs }
}

fn shape_with(face: &Face, text: &str) -> Vec<Placed> {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.set_direction(Direction::LeftToRight);
    buffer.set_script(face.script);
    let shaped = rustybuzz::shape_with_plan(&face.shape, &face.plan, buffer);
    let infos = shaped.glyph_infos();
    #[expect(clippy::cast_precision_loss, reason = "glyphs measure a few thousand units")]
    let em = |units: i32| units as f32 / face.shape.units_per_em() as f32;
    let start = |place: usize| infos.get(place).map(|info| info.cluster as usize);
    let glyphs =
        infos.iter().zip(shaped.glyph_positions()).enumerate().map(|(place, (info, at))| {
            // A sign's text ends where the next sign's begins; several glyphs may make one sign.
            let begin = info.cluster as usize;
            let next = (place + 1..=infos.len()).map(start).find(|next| *next != Some(begin));
            let end = next.flatten().unwrap_or(text.len());
            Placed {
                id: info.glyph_id,
                text: begin..end,
                advance: em(at.x_advance),
                right: em(at.x_offset),
                up: em(at.y_offset),
            }
        });
    match face.blank {
        Some((blank, width)) => closed(glyphs.collect(), blank, em(width)),
        None => glyphs.collect(),
    }
}

/// Ends each sign under which a mark stands with a blank that lies on the sign's own right edge. A
/// mark that came last would leave a gap before the next sign, which whoever copies or reads out
/// the text would take for a space between words.
fn closed(glyphs: Vec<Placed>, blank: u32, width: f32) -> Vec<Placed> {
    let blank = |text| Placed { id: blank, text, advance: 0.0, right: -width, up: 0.0 };
    let mut out: Vec<Placed> = Vec::with_capacity(glyphs.len() + 8);
    for glyph in glyphs {
        out.extend(end_of_marked(&out, Some(&glyph.text)).map(blank));
        out.push(glyph);
    }
    out.extend(end_of_marked(&out, None).map(blank));
    out
}

/// The text of the last sign, if it ends before `next` and its last glyph is a mark: one that does
/// not reach as far as what it stands under.
fn end_of_marked(glyphs: &[Placed], next: Option<&Range<usize>>) -> Option<Range<usize>> {
    let [.., before, last] = glyphs else { return None };
    let ends = before.text == last.text && next != Some(&last.text);
    (ends && last.advance + last.right < 0.0).then(|| last.text.clone())
}

/// Printable text in runs of one script. Signs of neither script, such as joiners, stay with what
/// they follow.
fn runs(text: &str) -> Vec<(usize, String)> {
    if is_ascii_print(text) {
        return vec![(LATIN, text.to_owned())];
    }
    let mut runs: Vec<(usize, String)> = Vec::new();
    for c in text.chars() {
        let stays = |script: &usize| !c.is_alphanumeric() && has(*script, c);
        let last = runs.last().map(|(script, _)| *script);
        let script = last.filter(stays).unwrap_or(if has(LATIN, c) { LATIN } else { DEVANAGARI });
        match runs.last_mut() {
            Some((last, run)) if *last == script => run.push(c),
            _ => runs.push((script, c.to_string())),
        }
    }
    runs
}

/// The text as it can be printed. A word with a letter that no font has is written in Latin
/// letters as a whole; what has no letters either becomes a question mark, so that it is seen
/// that something is missing.
fn printable(text: &str) -> String {
    let known = |c: char| has(LATIN, c) || has(DEVANAGARI, c);
    if is_ascii_print(text) || text.chars().all(known) {
        return text.to_owned();
    }
    let words = text
        .split_whitespace()
        .map(|word| if word.chars().all(known) { word.to_owned() } else { in_latin(word) });
    words.collect::<Vec<_>>().join(" ")
}

fn in_latin(word: &str) -> String {
    let mut out = String::new();
    for c in indic::latin(word).chars() {
        match c {
            _ if has(LATIN, c) => out.push(c),
            // Joiners and variation selectors have no look of their own.
            '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => {}
            _ if c.is_alphabetic() => out.push_str(deunicode::deunicode_char(c).unwrap_or("?")),
            _ if out.ends_with('?') => {}
            _ => out.push('?'),
        }
    }
    let mut letters = out.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[Line]) -> Vec<String> {
        let text = |line: &Line| line.0.iter().map(|run| run.text.as_str()).collect();
        lines.iter().map(text).collect()
    }

    #[test]
    fn what_no_font_has_is_written_in_latin_letters_or_shown_to_be_missing() {
        for (text, printed) in [
            ("Anna O'Brien", "Anna O'Brien"),
            ("सीता देवी", "सीता देवी"),
            ("முருகன் Kumar", "Murukan Kumar"),
            ("Ravi 👨‍👩‍👧 Kumar", "Ravi ? Kumar"),
            ("محمد", "MHmd"),
            ("", ""),
        ] {
            assert_eq!(printable(text), printed);
        }
    }

    #[test]
    fn ascii_stands_where_shaping_would_put_it() {
        let text = "AVATAR \"Tom, Yeo\": To. 1171 O'Brien (LT) ~fi ffl";
        for face in [0, 1] {
            let quick = shape(face, text.to_owned()).glyphs;
            let shaped = shape_with(&FACES[face], text);
            assert_eq!(quick.len(), shaped.len());
            for (quick, shaped) in quick.iter().zip(&shaped) {
                assert_eq!((quick.id, &quick.text), (shaped.id, &shaped.text));
                assert!((quick.advance - shaped.advance).abs() < 1e-6, "{:?}", quick.text);
            }
        }
    }

    #[test]
    fn every_character_has_a_glyph() {
        for text in ["Anna O'Brien–Łódź 12", "क्षत्रिय श्री १२", "சுப்பிரமணியன்", "🙂", "\u{7}"]
        {
            for run in Line::of(text, Weight::Bold).0 {
                assert!(run.glyphs.iter().all(|glyph| glyph.id != 0), "{text}");
            }
        }
    }

    #[test]
    fn a_sign_with_a_mark_ends_with_a_blank_on_its_right_edge() {
        let run = shape(DEVANAGARI, "कु".to_owned());
        let last = run.glyphs.last().unwrap();
        let face = &FACES[DEVANAGARI].shape;
        let id = rustybuzz::ttf_parser::GlyphId(u16::try_from(last.id).unwrap());
        assert!(face.glyph_bounding_box(id).is_none(), "it has no ink");
        let width = f32::from(face.glyph_hor_advance(id).unwrap()) / 1_000.0;
        assert!((last.right + width).abs() < 1e-6 && run.width() > 0.0);
        assert_eq!(run.glyphs.iter().filter(|glyph| glyph.id == last.id).count(), 1);
    }

    #[test]
    fn long_text_is_broken_between_words_and_long_words_inside() {
        let lines = wrap("one two three", Weight::Regular, 4.0);
        assert_eq!(texts(&lines), ["one two", "three"]);
        let lines = wrap(&"क्षि".repeat(20), Weight::Regular, 10.0);
        assert!(lines.len() > 1);
        for (line, text) in lines.iter().zip(texts(&lines)) {
            assert!(line.width() <= 10.0);
            assert_eq!(text.replace("क्षि", ""), "", "a sign is never broken");
        }
        assert!(wrap("", Weight::Regular, 10.0).is_empty());
    }
}
