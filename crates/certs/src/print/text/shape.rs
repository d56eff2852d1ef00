//! Text of one font, shaped into glyphs that stand where they belong.

use std::ops::Range;

use krilla::{
    surface::Location,
    text::{Glyph, GlyphId},
};
use rustybuzz::{Direction, UnicodeBuffer};

use super::face::Face;

/// A glyph and where it stands, for a font of size 1.
pub(in crate::print) struct Placed {
    pub(super) id: u32,
    pub(super) text: Range<usize>,
    pub(super) advance: f32,
    pub(super) right: f32,
    pub(super) up: f32,
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

pub(super) fn shape_with(face: &Face, text: &str) -> Vec<Placed> {
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
                id: face.before + info.glyph_id,
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
