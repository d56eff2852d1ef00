//! Fonts: which letters the bytes of a text are, and how wide.

use std::{collections::HashMap, rc::Rc};

use encoding_rs::{MACINTOSH, WINDOWS_1252};
use hayro_syntax::object::{Array, Dict, Name, Number, Object, ObjectIdentifier, Stream};

use super::{cmap::Map, glyph};

/// Fonts that are kept of one document.
const MOST: usize = 2000;

/// The fonts of a document that were looked at.
#[derive(Default)]
pub(super) struct Cache(HashMap<ObjectIdentifier, Rc<Font>>);

impl Cache {
    /// The font that a dictionary describes.
    pub(super) fn font(&mut self, dict: &Dict<'_>) -> Option<Rc<Font>> {
        let Some(id) = dict.obj_id() else { return Some(Rc::new(Font::new(dict))) };
        if let Some(font) = self.0.get(&id) {
            return Some(Rc::clone(font));
        }
        if self.0.len() >= MOST {
            return None;
        }
        let font = Rc::new(Font::new(dict));
        self.0.insert(id, Rc::clone(&font));
        Some(font)
    }
}

/// A font, as far as text goes.
pub(super) struct Font {
    unicode: Option<Map>,
    /// Of a font of one byte a letter.
    letters: Vec<Option<String>>,
    /// Bytes of a letter, where nothing says it.
    length: usize,
    /// Whether its codes are UTF-16.
    is_utf16: bool,
    widths: HashMap<u32, f32>,
    width: f32,
}

/// One letter of a text.
pub(super) struct Letter<'f> {
    /// What it is, if that is known.
    pub(super) text: Option<&'f str>,
    /// Its width, in heights of a line.
    pub(super) width: f32,
    /// Whether it is the byte that words are parted by.
    pub(super) is_space: bool,
}

impl Font {
    fn new(dict: &Dict<'_>) -> Self {
        let unicode = dict.get::<Stream<'_>>("ToUnicode");
        let unicode = unicode.and_then(|stream| stream.decoded_data().ok());
        let unicode = unicode.map(|text| Map::new(&text)).filter(|map| !map.is_empty());
        let descendant = dict.get::<Array<'_>>("DescendantFonts");
        let descendant = descendant.and_then(|list| list.iter::<Dict<'_>>().next());
        match descendant {
            Some(descendant) => Self::composite(dict, &descendant, unicode),
            None => Self::simple(dict, unicode),
        }
    }

    /// A font of more bytes a letter.
    fn composite(dict: &Dict<'_>, descendant: &Dict<'_>, unicode: Option<Map>) -> Self {
        let encoding = dict.get::<Name<'_>>("Encoding");
        let encoding = encoding.as_ref().map_or("", Name::as_str);
        let width = descendant.get::<f32>("DW").unwrap_or(1000.0) / 1000.0;
        Self {
            unicode,
            letters: Vec::new(),
            length: 2,
            is_utf16: encoding.contains("UCS2") || encoding.contains("UTF16"),
            widths: wide_widths(descendant),
            width,
        }
    }

    fn simple(dict: &Dict<'_>, unicode: Option<Map>) -> Self {
        let first = dict.get::<u32>("FirstChar").unwrap_or(0);
        let widths = dict.get::<Array<'_>>("Widths");
        let widths = widths.into_iter().flat_map(|list| list.iter::<Number>()).take(256);
        // What stands in a drawn font is measured in its own space; a thousandth is near enough.
        let widths = (first..).zip(widths).map(|(code, width)| (code, width.as_f32() / 1000.0));
        let missing = dict.get::<Dict<'_>>("FontDescriptor").and_then(|d| d.get("MissingWidth"));
        Self {
            unicode,
            letters: letters(dict),
            length: 1,
            is_utf16: false,
            widths: widths.collect(),
            // Half as wide as high is the mean of common fonts.
            width: missing.filter(|width: &f32| *width > 0.0).unwrap_or(520.0) / 1000.0,
        }
    }

    /// Tells the letters of a text.
    pub(super) fn each(&self, bytes: &[u8], mut tell: impl FnMut(Letter<'_>)) {
        let mut rest = bytes;
        let mut buffer = [0; 4];
        while !rest.is_empty() {
            let told = self.unicode.as_ref().and_then(|map| map.length(rest));
            let length = told.unwrap_or(self.length).clamp(1, rest.len());
            let code = rest[..length].iter().fold(0, |code, byte| code << 8 | u32::from(*byte));
            let known = self.unicode.as_ref().and_then(|map| map.text(code));
            let simple = || self.letters.get(code as usize).and_then(|text| text.as_deref());
            let wide = self.is_utf16.then(|| char::from_u32(code)).flatten();
            let text = known.or_else(simple);
            let text = text.or_else(|| wide.map(|c| &*c.encode_utf8(&mut buffer)));
            let width = self.widths.get(&code).copied().unwrap_or(self.width);
            tell(Letter { text, width, is_space: length == 1 && code == 32 });
            rest = &rest[length..];
        }
    }
}

/// The letters of a font of one byte each.
fn letters(dict: &Dict<'_>) -> Vec<Option<String>> {
    let encoding = dict.get::<Object<'_>>("Encoding");
    let (base, differences) = match &encoding {
        Some(Object::Name(name)) => (Some(name.as_str().to_owned()), None),
        Some(Object::Dict(dict)) => (
            dict.get::<Name<'_>>("BaseEncoding").map(|name| name.as_str().to_owned()),
            dict.get::<Array<'_>>("Differences"),
        ),
        _ => (None, None),
    };
    let table = match base.as_deref() {
        Some("MacRomanEncoding") => MACINTOSH,
        _ => WINDOWS_1252,
    };
    let letter = |byte: u8| {
        let (text, _) = table.decode_without_bom_handling(std::slice::from_ref(&byte)).clone();
        (byte >= 32).then(|| text.into_owned())
    };
    let mut letters: Vec<_> = (0..=255).map(letter).collect();
    let mut code = 0;
    for item in differences.into_iter().flat_map(|list| list.iter::<Object<'_>>()).take(1024) {
        match item {
            Object::Number(number) => code = usize::try_from(number.as_i64()).unwrap_or(256),
            Object::Name(name) => {
                if let Some(place) = letters.get_mut(code) {
                    *place = glyph::text(name.as_str());
                }
                code += 1;
            }
            _ => {}
        }
    }
    letters
}

/// The widths of a font of more bytes a letter: `[first [width …] first last width …]`.
fn wide_widths(dict: &Dict<'_>) -> HashMap<u32, f32> {
    let mut widths = HashMap::new();
    let Some(list) = dict.get::<Array<'_>>("W") else { return widths };
    let mut items = list.iter::<Object<'_>>();
    let number = |object: Option<Object<'_>>| object.and_then(Object::into_number);
    while let Some(first) = number(items.next()) {
        let first = u32::try_from(first.as_i64()).unwrap_or(0);
        match items.next() {
            Some(Object::Array(each)) => {
                let each = each.iter::<Number>().map(|width| width.as_f32() / 1000.0);
                widths.extend((first..).zip(each).take(65_536));
            }
            Some(Object::Number(last)) => {
                let last =
                    u32::try_from(last.as_i64()).unwrap_or(0).min(first.saturating_add(65_535));
                let Some(width) = number(items.next()) else { break };
                widths.extend((first..=last).map(|code| (code, width.as_f32() / 1000.0)));
            }
            _ => break,
        }
        if widths.len() > 200_000 {
            break;
        }
    }
    widths
}
