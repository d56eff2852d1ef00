//! The fonts: one of each script and weight, read when it is first needed.

use std::sync::OnceLock;

use krilla::text::Font;
use rustybuzz::{Direction, ShapePlan, script, ttf_parser::GlyphId};

use super::{
    Weight,
    both::both,
    shape::{Placed, shape_with},
};

const GOOD: &str = "the font is part of the program and is good";

/// A script that there is a font for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::print) enum Script {
    Latin,
    Devanagari,
    Bengali,
    Gurmukhi,
    Gujarati,
    Odia,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
}

/// Scripts with blocks of their own in Unicode, in the order of these: 128 characters each.
const BLOCKS: [Script; 9] = [
    Script::Devanagari,
    Script::Bengali,
    Script::Gurmukhi,
    Script::Gujarati,
    Script::Odia,
    Script::Tamil,
    Script::Telugu,
    Script::Kannada,
    Script::Malayalam,
];
const BLOCKS_FROM: u32 = 0x0900;

impl Script {
    /// Every script.
    #[cfg(test)]
    pub(super) const ALL: [Self; 10] = [
        Self::Latin,
        Self::Devanagari,
        Self::Bengali,
        Self::Gurmukhi,
        Self::Gujarati,
        Self::Odia,
        Self::Tamil,
        Self::Telugu,
        Self::Kannada,
        Self::Malayalam,
    ];

    /// The script in which a character is printed; none if no font has it.
    pub(super) fn of(c: char) -> Option<Self> {
        if Self::Latin.has(c) {
            return Some(Self::Latin);
        }
        let block = u32::from(c).checked_sub(BLOCKS_FROM).map(|place| place / 128);
        let block = block.and_then(|block| BLOCKS.get(usize::try_from(block).ok()?).copied());
        // Joiners and the signs of the Vedas stand in no such block.
        block.into_iter().chain([Self::Devanagari]).find(|script| script.has(c))
    }

    /// Whether the script's font has a character.
    pub(super) fn has(self, c: char) -> bool {
        self.face(Weight::Regular).shape.glyph_index(c).is_some()
    }

    /// The script's font.
    pub(super) fn face(self, weight: Weight) -> &'static Face {
        /// Read once each, because reading all of them takes as long as a hundred pages.
        static FACES: [[OnceLock<Face>; 2]; 10] = [const { [const { OnceLock::new() }; 2] }; 10];
        let (place, bold) = (self as usize, weight == Weight::Bold);
        FACES[place][usize::from(bold)].get_or_init(|| {
            let (regular, heavy) = self.files();
            if bold {
                let before = self.face(Weight::Regular).shape.number_of_glyphs();
                Face::of(heavy, self, before.into())
            } else {
                Face::of(regular, self, 0)
            }
        })
    }

    /// What the script is drawn with, in both weights.
    pub(super) fn font(self) -> &'static Font {
        static FONTS: [OnceLock<Font>; 10] = [const { OnceLock::new() }; 10];
        FONTS[self as usize].get_or_init(|| {
            let shape = |weight| &self.face(weight).shape;
            let font = both(shape(Weight::Regular), shape(Weight::Bold)).expect(GOOD);
            Font::new(font.into(), 0).expect(GOOD)
        })
    }

    const fn shaped_as(self) -> rustybuzz::Script {
        match self {
            Self::Latin => script::LATIN,
            Self::Devanagari => script::DEVANAGARI,
            Self::Bengali => script::BENGALI,
            Self::Gurmukhi => script::GURMUKHI,
            Self::Gujarati => script::GUJARATI,
            Self::Odia => script::ORIYA,
            Self::Tamil => script::TAMIL,
            Self::Telugu => script::TELUGU,
            Self::Kannada => script::KANNADA,
            Self::Malayalam => script::MALAYALAM,
        }
    }

    /// Regular and bold.
    const fn files(self) -> (&'static [u8], &'static [u8]) {
        macro_rules! files {
            ($name:literal) => {
                (
                    include_bytes!(concat!("../../../fonts/", $name, "-Regular.ttf")),
                    include_bytes!(concat!("../../../fonts/", $name, "-Bold.ttf")),
                )
            };
        }
        match self {
            Self::Latin => files!("NotoSans"),
            Self::Devanagari => files!("NotoSansDevanagari"),
            Self::Bengali => files!("NotoSansBengali"),
            Self::Gurmukhi => files!("NotoSansGurmukhi"),
            Self::Gujarati => files!("NotoSansGujarati"),
            Self::Odia => files!("NotoSansOriya"),
            Self::Tamil => files!("NotoSansTamil"),
            Self::Telugu => files!("NotoSansTelugu"),
            Self::Kannada => files!("NotoSansKannada"),
            Self::Malayalam => files!("NotoSansMalayalam"),
        }
    }
}

/// A font of one weight, as texts are shaped with it.
pub(super) struct Face {
    pub(super) shape: rustybuzz::Face<'static>,
    /// How many glyphs stand before its own in the font that is drawn with.
    pub(super) before: u32,
    pub(super) plan: ShapePlan,
    pub(super) script: rustybuzz::Script,
    pub(super) blank: Option<(u32, i32)>,
    pub(super) ascii: Option<Ascii>,
}

impl Face {
    fn of(data: &'static [u8], script: Script, before: u32) -> Self {
        let shape = rustybuzz::Face::from_slice(data, 0).expect(GOOD);
        let shaped_as = script.shaped_as();
        let plan = ShapePlan::new(&shape, Direction::LeftToRight, Some(shaped_as), None, &[]);
        let blank = blank(&shape).map(|(id, width)| (before + id, width));
        let mut face = Self { shape, before, plan, script: shaped_as, blank, ascii: None };
        if script == Script::Latin {
            face.ascii = Some(Ascii::of(&face));
        }
        face
    }

    /// The number of a glyph in the font that is drawn with.
    #[cfg(test)]
    pub(super) fn drawn(&self, id: GlyphId) -> u32 {
        self.before + u32::from(id.0)
    }
}

/// What shaping makes of ASCII, found out once: a glyph for each character, and for each pair how
/// far the first moves on, kerning included. So plain English needs no shaping.
pub(super) struct Ascii {
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

    pub(super) fn shape(&self, text: &str) -> Vec<Placed> {
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
    let glyphs = (1..face.number_of_glyphs()).map(GlyphId);
    let mut blanks = glyphs.filter(|id| face.glyph_bounding_box(*id).is_none());
    let id = blanks.next()?;
    Some((id.0.into(), face.glyph_hor_advance(id).unwrap_or(0).into()))
}

pub(super) fn is_ascii_print(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}
