use rustybuzz::ttf_parser::GlyphId;

use super::{face::Face, *};

impl Run {
    /// Where each of its glyphs has ink: left, lowest, right, highest, from where the run begins,
    /// for a font of size 1.
    pub(in crate::print) fn inks(&self) -> Vec<[f32; 4]> {
        let face = self.script.face(self.weight);
        let units = f32::from(u16::try_from(face.shape.units_per_em()).unwrap());
        let em = |length: i16| f32::from(length) / units;
        let mut pen = 0.0;
        let ink = |placed: &Placed| {
            let (x, y) = (pen + placed.right, placed.up);
            pen += placed.advance;
            let ink = face.shape.glyph_bounding_box(own(face, placed))?;
            Some([x + em(ink.x_min), y + em(ink.y_min), x + em(ink.x_max), y + em(ink.y_max)])
        };
        self.glyphs.iter().filter_map(ink).collect()
    }
}

/// A glyph in the font that it was shaped with.
fn own(face: &Face, placed: &Placed) -> GlyphId {
    GlyphId(u16::try_from(placed.id - face.before).unwrap())
}

fn texts(lines: &[Line]) -> Vec<String> {
    let text = |line: &Line| line.0.iter().map(|run| run.text.as_str()).collect();
    lines.iter().map(text).collect()
}

#[test]
fn what_no_font_has_is_written_in_latin_letters_or_shown_to_be_missing() {
    for (text, printed) in [
        ("Anna O'Brien", "Anna O'Brien"),
        ("सीता देवी", "सीता देवी"),
        ("முருகன் Kumar", "முருகன் Kumar"),
        ("ශ්‍රී Kumar", "Shrii Kumar"),
        ("সীতা\u{feff} দেবী", "Sita দেবী"),
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
    for weight in [Weight::Regular, Weight::Bold] {
        let quick = shape(Script::Latin, weight, text.to_owned()).glyphs;
        let shaped = shape_with(Script::Latin.face(weight), text);
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
            let face = run.script.face(Weight::Bold);
            assert!(run.glyphs.iter().all(|glyph| own(face, glyph).0 != 0), "{text}");
        }
    }
}

#[test]
fn a_sign_with_a_mark_ends_with_a_blank_on_its_right_edge() {
    let run = shape(Script::Devanagari, Weight::Regular, "कु".to_owned());
    let last = run.glyphs.last().unwrap();
    let face = Script::Devanagari.face(Weight::Regular);
    let id = own(face, last);
    assert!(face.shape.glyph_bounding_box(id).is_none(), "it has no ink");
    let width = f32::from(face.shape.glyph_hor_advance(id).unwrap()) / 1_000.0;
    assert!((last.right + width).abs() < 1e-6 && run.width() > 0.0);
    assert_eq!(run.glyphs.iter().filter(|glyph| glyph.id == last.id).count(), 1);
}

#[test]
fn long_text_is_broken_between_words_and_long_words_inside() {
    let lines = wrap("one two three", Weight::Regular, 4.0);
    assert_eq!(texts(&lines), ["one two ", "three"]);
    let lines = wrap(&"क्षि".repeat(20), Weight::Regular, 10.0);
    assert!(lines.len() > 1);
    for (line, text) in lines.iter().zip(texts(&lines)) {
        assert!(line.width() <= 10.0);
        assert_eq!(text.replace("क्षि", ""), "", "a sign is never broken");
    }
    assert!(wrap("", Weight::Regular, 10.0).is_empty());
}

/// Each script, a name with signs that only shaping puts right, and its sign without a vowel in a
/// cluster, which must not be seen.
const NAMES: [(Script, &str, char, &str); 9] = [
    (Script::Devanagari, "श्रीमती लक्ष्मी कृष्णन", '\u{94d}', "क्ष"),
    (Script::Bengali, "শ্রীমতী লক্ষ্মী চট্টোপাধ্যায় ৰঞ্জিতা", '\u{9cd}', "ক্ষ"),
    (Script::Gurmukhi, "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ ਢਿੱਲੋਂ", '\u{a4d}', "ਪ੍ਰ"),
    (Script::Gujarati, "શ્રીમતી લક્ષ્મીબેન ત્રિવેદી", '\u{acd}', "ક્ષ"),
    (Script::Odia, "ଶ୍ରୀମତୀ ଲକ୍ଷ୍ମୀ ପଣ୍ଡା ନାହିଁ", '\u{b4d}', "କ୍ଷ"),
    (Script::Tamil, "ஸ்ரீமதி லக்ஷ்மி சுப்பிரமணியன் கொடி", '\u{bcd}', "க்ஷ"),
    (Script::Telugu, "శ్రీమతి లక్ష్మీ కృష్ణమూర్తి", '\u{c4d}', "క్ష"),
    (Script::Kannada, "ಶ್ರೀಮತಿ ಲಕ್ಷ್ಮಿ ಕೃಷ್ಣಪ್ಪ", '\u{ccd}', "ಕ್ಷ"),
    (Script::Malayalam, "ശ്രീമതി ലക്ഷ്മി കൃഷ്ണൻ നായർ", '\u{d4d}', "ക്ഷ"),
];

#[test]
fn every_script_is_shaped_with_nothing_missing_and_nothing_broken() {
    for weight in [Weight::Regular, Weight::Bold] {
        for (script, name, virama, cluster) in NAMES {
            let face = script.face(weight);
            let glyph = |c: char| face.drawn(face.shape.glyph_index(c).unwrap());
            let line = Line::of(name, weight);
            let printed: String = line.0.iter().map(|run| run.text.as_str()).collect();
            assert_eq!(printed, name, "nothing is replaced");
            for run in &line.0 {
                assert!(run.script == script || run.text == " ", "{name}");
                assert!(!run.has_broken_sign(), "{name}");
            }
            let cluster = shape(script, weight, cluster.to_owned());
            assert!(cluster.glyphs.iter().all(|placed| placed.id != glyph(virama)), "{name}");
        }
    }
}

#[test]
fn a_name_keeps_its_script_beside_others() {
    let mixed = NAMES.map(|(_, name, ..)| name).join(" ");
    let line = Line::of(&format!("Anna {mixed}"), Weight::Regular);
    let mut scripts: Vec<Script> = line.0.iter().map(|run| run.script).collect();
    scripts.retain(|script| *script != Script::Latin);
    scripts.dedup();
    assert_eq!(scripts, Script::ALL[1..]);
}

#[test]
fn letters_of_no_script_at_all_and_signs_out_of_place_are_shaped_without_harm() {
    for text in ["\u{200d}", "\u{9cd}\u{9cd}", "ি", "।", "\u{200c}a\u{200d}", "\u{fffd}\u{0}"] {
        let line = Line::of(text, Weight::Regular);
        assert!(line.0.iter().flat_map(|run| &run.glyphs).all(|glyph| glyph.id != 0), "{text:?}");
    }
}

/// Fonts before version 2.007 let both marks stand where the next sign should.
#[test]
fn the_marks_of_odia_stand_under_and_over_their_conjunct() {
    for (weight, mark) in [(Weight::Regular, "ହିଁ"), (Weight::Bold, "ନ୍ତୁ")] {
        let alone: String = mark.chars().take(if mark.starts_with('ହ') { 1 } else { 3 }).collect();
        let width = |text: String| shape(Script::Odia, weight, text).width();
        assert!((width(mark.to_owned()) - width(alone)).abs() < 1e-6, "{mark}");
        let glyphs = shape(Script::Odia, weight, mark.to_owned()).glyphs;
        assert!(glyphs.iter().all(|glyph| glyph.advance > 0.0 || glyph.right < 0.0), "{mark}");
    }
}
