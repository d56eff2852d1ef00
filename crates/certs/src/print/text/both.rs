//! The two weights of a script as one font to draw with.
//!
//! A file packs each font that it uses by itself, and making the packer takes as long as packing the
//! few letters of a page. So a page has one font for each script, with the regular glyphs first and
//! the bold ones after them. Texts are still shaped by the font of their weight.

use rustybuzz::{
    Face,
    ttf_parser::{GlyphId, Tag},
};

/// Of the names that a font has, those that are packed into every file: whose it is, and what it is
/// called. Source: OpenType 1.9, table `name`.
const KEPT_NAMES: [u16; 2] = [0, 6];
/// The end of what one weight is called, in UTF-16.
const REGULAR: &[u8] = b"\0-\0R\0e\0g\0u\0l\0a\0r";
/// Where tables have what changes. Source: OpenType 1.9, tables `head`, `hhea` and `maxp`.
const LOCATION_FORMAT: usize = 50;
const METRIC_COUNT: usize = 34;
const GLYPH_COUNT: usize = 4;
const CHECKSUM: usize = 8;
/// Of a glyph that is made of others. Source: OpenType 1.9, table `glyf`.
const WORDS: u16 = 0x0001;
const SCALE: u16 = 0x0008;
const MORE: u16 = 0x0020;
const SCALES: u16 = 0x0040;
const MATRIX: u16 = 0x0080;

/// One font of the glyphs of both. It has what drawing needs, and nothing to shape with.
///
/// # Shape
///
/// TrueType. The glyphs of the second follow those of the first; their names and what else there is
/// once in a font are the first's.
pub(super) fn both(regular: &Face<'_>, bold: &Face<'_>) -> Option<Vec<u8>> {
    let count = regular.number_of_glyphs().checked_add(bold.number_of_glyphs())?;
    let mut glyphs = Glyphs::default();
    glyphs.add(regular, 0)?;
    glyphs.add(bold, regular.number_of_glyphs())?;

    let table =
        |name: &[u8; 4]| regular.raw_face().table(Tag::from_bytes(name)).map(<[u8]>::to_vec);
    let (mut head, mut hhea, mut maxp) = (table(b"head")?, table(b"hhea")?, table(b"maxp")?);
    most(&mut maxp, bold.raw_face().table(Tag::from_bytes(b"maxp"))?)?;
    put(&mut hhea, METRIC_COUNT, count)?;
    put(&mut maxp, GLYPH_COUNT, count)?;
    put(&mut head, LOCATION_FORMAT, 1)?;
    // A font is known by this among others.
    head.get_mut(CHECKSUM..CHECKSUM + 4)?
        .copy_from_slice(&checksum(&glyphs.outlines).to_be_bytes());
    glyphs.locations.extend(u32::try_from(glyphs.outlines.len()).ok()?.to_be_bytes());
    Some(file(&[
        (b"OS/2", table(b"OS/2")?),
        (b"glyf", glyphs.outlines),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", glyphs.metrics),
        (b"loca", glyphs.locations),
        (b"maxp", maxp),
        (b"name", names(&table(b"name")?)?),
        (b"post", table(b"post")?),
    ]))
}

/// Tables of glyphs, as they grow.
#[derive(Default)]
struct Glyphs {
    outlines: Vec<u8>,
    locations: Vec<u8>,
    metrics: Vec<u8>,
}

impl Glyphs {
    /// Adds all glyphs of a font, before which there are so many already.
    fn add(&mut self, face: &Face<'_>, before: u16) -> Option<()> {
        let tables = face.tables();
        let outlines = face.raw_face().table(Tag::from_bytes(b"glyf"))?;
        let locations = face.raw_face().table(Tag::from_bytes(b"loca"))?;
        let is_long =
            u16_at(face.raw_face().table(Tag::from_bytes(b"head"))?, LOCATION_FORMAT)? != 0;
        let location = |place: usize| {
            Some(if is_long {
                let bytes = locations.get(place * 4..)?.first_chunk()?;
                usize::try_from(u32::from_be_bytes(*bytes)).ok()?
            } else {
                usize::from(u16_at(locations, place * 2)?) * 2
            })
        };
        for id in 0..tables.maxp.number_of_glyphs.get() {
            self.locations.extend(u32::try_from(self.outlines.len()).ok()?.to_be_bytes());
            let place = usize::from(id);
            let start = self.outlines.len();
            self.outlines.extend(outlines.get(location(place)?..location(place + 1)?)?);
            move_parts(&mut self.outlines[start..], before)?;
            self.outlines.resize(self.outlines.len().next_multiple_of(4), 0);
            let metrics = tables.hmtx?;
            self.metrics.extend(metrics.advance(GlyphId(id))?.to_be_bytes());
            self.metrics.extend(metrics.side_bearing(GlyphId(id))?.to_be_bytes());
        }
        Some(())
    }
}

/// Changes the numbers of the glyphs that one is made of, if it is.
fn move_parts(glyph: &mut [u8], by: u16) -> Option<()> {
    // Made of outlines, or of nothing.
    if u16_at(glyph, 0).is_none_or(|contours| contours < 0x8000) {
        return Some(());
    }
    let mut place = 10;
    loop {
        let flags = u16_at(glyph, place)?;
        let part = u16_at(glyph, place + 2)?;
        put(glyph, place + 2, part.checked_add(by)?)?;
        place += 4 + if flags & WORDS == 0 { 2 } else { 4 };
        place += match flags & (SCALE | SCALES | MATRIX) {
            0 => 0,
            SCALE => 2,
            SCALES => 4,
            _ => 8,
        };
        if flags & MORE == 0 {
            return Some(());
        }
    }
}

/// The most that glyphs ask for in either of two tables `maxp`.
fn most(maxp: &mut [u8], other: &[u8]) -> Option<()> {
    for place in (GLYPH_COUNT + 2..maxp.len()).step_by(2) {
        let needed = u16_at(maxp, place)?.max(u16_at(other, place)?);
        put(maxp, place, needed)?;
    }
    Some(())
}

/// A table of names with those that are kept.
fn names(table: &[u8]) -> Option<Vec<u8>> {
    const RECORD: usize = 12;
    let (count, texts) = (u16_at(table, 2)?, table.get(u16_at(table, 4)?.into()..)?);
    let records = table.get(6..)?.chunks_exact(RECORD).take(count.into());
    let is_kept = |record: &&[u8]| u16_at(record, 6).is_some_and(|id| KEPT_NAMES.contains(&id));
    let records: Vec<_> = records.filter(is_kept).collect();
    let start = 6 + RECORD * records.len();
    let mut out = Vec::new();
    for number in [0, records.len(), start] {
        out.extend(u16::try_from(number).ok()?.to_be_bytes());
    }
    let mut kept: Vec<u8> = Vec::new();
    for record in records {
        let (length, from) = (u16_at(record, 8)?.into(), u16_at(record, 10)?.into());
        let text = texts.get(from..)?.get(..length)?;
        let text = text.strip_suffix(REGULAR).unwrap_or(text);
        out.extend(&record[..8]);
        for number in [text.len(), kept.len()] {
            out.extend(u16::try_from(number).ok()?.to_be_bytes());
        }
        kept.extend(text);
    }
    out.extend(kept);
    Some(out)
}

/// Tables, in the order of their names, as a file. Nobody looks at their checksums.
fn file(tables: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    const RECORD: usize = 16;
    let size =
        |length: usize| u32::try_from(length).expect("a font has no gigabytes").to_be_bytes();
    let mut place = 12 + RECORD * tables.len();
    let mut out = vec![0, 1, 0, 0];
    out.extend(u16::try_from(tables.len()).expect("there are few tables").to_be_bytes());
    // What helps to search them, which nobody uses.
    out.extend([0; 6]);
    for (name, table) in tables {
        out.extend(*name);
        out.extend(checksum(table).to_be_bytes());
        out.extend(size(place));
        out.extend(size(table.len()));
        place += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        out.extend(table);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

fn checksum(table: &[u8]) -> u32 {
    let word = |four: &[u8]| {
        let mut word = [0; 4];
        word[..four.len()].copy_from_slice(four);
        u32::from_be_bytes(word)
    };
    table.chunks(4).fold(0, |sum: u32, four| sum.wrapping_add(word(four)))
}

fn u16_at(bytes: &[u8], place: usize) -> Option<u16> {
    bytes.get(place..)?.first_chunk().map(|two| u16::from_be_bytes(*two))
}

fn put(bytes: &mut [u8], place: usize, number: u16) -> Option<()> {
    bytes.get_mut(place..place + 2)?.copy_from_slice(&number.to_be_bytes());
    Some(())
}
