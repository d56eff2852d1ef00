//! Text as glyphs: which font, how wide, where to break.

mod both;
mod face;
mod shape;

use std::borrow::Cow;

use krilla::text::Font;

pub(super) use self::face::Script;
use self::{
    face::is_ascii_print,
    shape::{Placed, shape_with},
};
use crate::name::indic;

/// Whether text is regular or bold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// Text of one font, in glyphs.
pub(super) struct Run {
    /// What it is written in.
    pub(super) script: Script,
    #[cfg(test)]
    weight: Weight,
    pub(super) text: String,
    pub(super) glyphs: Vec<Placed>,
}

impl Run {
    pub(super) fn font(&self) -> Font {
        self.script.font().clone()
    }

    /// Whether a sign is missing, or is drawn with the circle of one that stands out of place.
    #[cfg(test)]
    pub(super) fn has_broken_sign(&self) -> bool {
        let face = self.script.face(self.weight);
        let circle = face.shape.glyph_index('\u{25cc}').map(|id| face.drawn(id));
        let broken = |id: u32| id == face.before || circle == Some(id);
        self.glyphs.iter().any(|glyph| broken(glyph.id))
    }

    /// # Units
    ///
    /// The font's size.
    pub(super) fn width(&self) -> f32 {
        self.glyphs.iter().map(|glyph| glyph.advance).sum()
    }
}

/// A line of text, in runs of one font.
pub(super) struct Line(pub(super) Vec<Run>);

impl Line {
    /// A text as one line.
    pub(super) fn of(text: &str, weight: Weight) -> Self {
        let runs = runs(&printable(text));
        Self(runs.into_iter().map(|(script, text)| shape(script, weight, text)).collect())
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
        if let Some(joined) = joined.filter(|joined| Line::of(joined, weight).width() <= most) {
            *lines.last_mut().expect("it was joined to this line") = joined;
            continue;
        }
        // For whoever hears the text, a word ends where a space is.
        if let Some(last) = lines.last_mut() {
            last.push(' ');
        }
        lines.extend(pieces(word, weight, most));
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

fn shape(script: Script, weight: Weight, text: String) -> Run {
    let face = script.face(weight);
    let glyphs = match &face.ascii {
        Some(ascii) if is_ascii_print(&text) => ascii.shape(&text),
        _ => shape_with(face, &text),
    };
    Run {
        script,
        #[cfg(test)]
        weight,
        text,
        glyphs,
    }
}

/// Printable text in runs of one script. Signs that are no letters, such as
/// joiners, stay with what they follow.
fn runs(text: &str) -> Vec<(Script, String)> {
    if is_ascii_print(text) {
        return vec![(Script::Latin, text.to_owned())];
    }
    let mut runs: Vec<(Script, String)> = Vec::new();
    for c in text.chars() {
        let stays = |script: &Script| !c.is_alphanumeric() && script.has(c);
        let last = runs.last().map(|(script, _)| *script);
        let script = last.filter(stays).or_else(|| Script::of(c)).unwrap_or(Script::Latin);
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
    let known = |c: char| Script::of(c).is_some();
    if is_ascii_print(text) || text.chars().all(known) {
        return text.to_owned();
    }
    let words = text
        .split_whitespace()
        .map(|word| if word.chars().all(known) { word.to_owned() } else { in_latin(word) });
    words.collect::<Vec<_>>().join(" ")
}

/// The text in Latin letters: a word that has others is written in them as a whole.
pub(super) fn latin(text: &str) -> Cow<'_, str> {
    let known = |c: char| Script::Latin.has(c);
    if text.chars().all(known) {
        return text.into();
    }
    let words = text
        .split_whitespace()
        .map(|word| if word.chars().all(known) { word.to_owned() } else { in_latin(word) });
    words.collect::<Vec<_>>().join(" ").into()
}

fn in_latin(word: &str) -> String {
    let mut out = String::new();
    for c in indic::latin(word).chars() {
        match c {
            _ if Script::Latin.has(c) => out.push(c),
            // Joiners and variation selectors have no look of their own.
            '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => {}
            _ if c.is_alphabetic() => out.push_str(deunicode::deunicode_char(c).unwrap_or("?")),
            // Signs that take a vowel away, in scripts that there is no font for.
            _ if out.ends_with('?') || deunicode::deunicode_char(c) == Some("") => {}
            _ => out.push('?'),
        }
    }
    let mut letters = out.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.clone()).collect()
}

#[cfg(test)]
mod tests;
