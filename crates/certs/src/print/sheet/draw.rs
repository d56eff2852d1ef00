//! Marks on a page, drawn.

use krilla::{
    color::rgb,
    geom::{PathBuilder, Point, Rect, Transform},
    num::NormalizedF32,
    paint::{Fill, FillRule},
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, SpanTag},
};

use super::Colour;
use crate::{
    print::{
        language::Language,
        text::{Line, Run, Script},
        tree::{Drawn, Said},
    },
    qr::Modules,
};

/// Something on the page.
pub(super) enum Mark {
    /// `y` is where the letters stand.
    Text {
        x: f32,
        y: f32,
        size: f32,
        colour: Colour,
        line: Line,
    },
    /// Text that is not read out.
    Note {
        x: f32,
        y: f32,
        size: f32,
        colour: Colour,
        line: Line,
    },
    Box {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        colour: Colour,
    },
    Qr {
        x: f32,
        y: f32,
        size: f32,
        modules: Modules,
    },
}

impl Mark {
    /// Draws it; gives by what the parts of the page know it. What only adorns has none.
    pub(super) fn draw(&self, surface: &mut Surface<'_>, page: Language) -> Vec<Drawn> {
        match self {
            Self::Text { x, y, size, colour, line } => {
                surface.set_fill(Some(fill(*colour)));
                draw_line(surface, page, Point::from_xy(*x, *y), *size, line)
            }
            Self::Note { x, y, size, colour, line } => {
                surface.set_fill(Some(fill(*colour)));
                let repeats = Artifact::with_kind(ArtifactType::PaginationOther);
                surface.start_tagged(ContentTag::Artifact(repeats));
                draw_runs(surface, Point::from_xy(*x, *y), *size, &line.0);
                surface.end_tagged();
                Vec::new()
            }
            Self::Box { x, y, width, height, colour } => {
                surface.set_fill(Some(fill(*colour)));
                let mut path = PathBuilder::new();
                let rect = Rect::from_xywh(*x, *y, *width, *height);
                path.push_rect(rect.expect("boxes have a size"));
                let adorns = Artifact::with_kind(ArtifactType::Layout);
                surface.start_tagged(ContentTag::Artifact(adorns));
                surface.draw_path(&path.finish().expect("a box is a path"));
                surface.end_tagged();
                Vec::new()
            }
            Self::Qr { x, y, size, modules } => {
                surface.set_fill(Some(fill([0, 0, 0])));
                let identifier = surface.start_tagged(ContentTag::Other);
                // One unit a module, so that the file has whole numbers of one or two digits.
                let unit = size / f32::from(modules.side());
                surface.push_transform(&Transform::from_row(unit, 0.0, 0.0, unit, *x, *y));
                draw_modules(surface, modules);
                surface.pop();
                surface.end_tagged();
                vec![Drawn { identifier, said: None }]
            }
        }
    }
}

/// Draws a line in spans of one language each, so that it is read out in the right voice.
fn draw_line(
    surface: &mut Surface<'_>,
    page: Language,
    start: Point,
    size: f32,
    line: &Line,
) -> Vec<Drawn> {
    let mut drawn = Vec::with_capacity(1);
    let mut x = start.x;
    for (language, runs) in spoken(page, &line.0) {
        // Of a script whose signs are made of several glyphs, the words are said outright.
        let said = (language != Language::English).then(|| {
            let words = runs.iter().map(|run| run.text.as_str()).collect();
            Said { language: language.tag(), words }
        });
        // What is in the page's own language needs no mark.
        let mark = (said.is_none() && language != page).then(|| language.tag());
        let tag = ContentTag::Span(SpanTag::empty().with_lang(mark));
        drawn.push(Drawn { identifier: surface.start_tagged(tag), said });
        x = draw_runs(surface, Point::from_xy(x, start.y), size, runs);
        surface.end_tagged();
    }
    drawn
}

/// Draws runs; gives where the last one ends.
fn draw_runs(surface: &mut Surface<'_>, start: Point, size: f32, runs: &[Run]) -> f32 {
    let mut x = start.x;
    for run in runs {
        let start = Point::from_xy(x, start.y);
        surface.draw_glyphs(start, &run.glyphs, run.font(), &run.text, size, false);
        x += run.width() * size;
    }
    x
}

/// The runs of a line, those together that are of one language. Runs without letters, such as
/// spaces between words, are of the language of what they follow.
fn spoken(page: Language, runs: &[Run]) -> Vec<(Language, &[Run])> {
    let mut spans: Vec<(Language, &[Run])> = Vec::new();
    let mut begin = 0;
    let mut spoken = None;
    for (place, run) in runs.iter().enumerate() {
        if !run.text.chars().any(char::is_alphabetic) {
            continue;
        }
        let language = language_of(run.script, page);
        if let Some(before) = spoken.filter(|before| *before != language) {
            spans.push((before, &runs[begin..place]));
            begin = place;
        }
        spoken = Some(language);
    }
    if begin < runs.len() {
        spans.push((spoken.unwrap_or(page), &runs[begin..]));
    }
    spans
}

/// What language a text in a script is in: the page's, if it is written so, else the one that
/// most people write so. Two languages share their script with a larger one.
fn language_of(script: Script, page: Language) -> Language {
    let most = match script {
        Script::Latin => Language::English,
        Script::Devanagari => Language::Hindi,
        Script::Bengali => Language::Bengali,
        Script::Gurmukhi => Language::Punjabi,
        Script::Gujarati => Language::Gujarati,
        Script::Odia => Language::Odia,
        Script::Tamil => Language::Tamil,
        Script::Telugu => Language::Telugu,
        Script::Kannada => Language::Kannada,
        Script::Malayalam => Language::Malayalam,
    };
    match (page, most) {
        (Language::Marathi, Language::Hindi) | (Language::Assamese, Language::Bengali) => page,
        _ => most,
    }
}

fn draw_modules(surface: &mut Surface<'_>, modules: &Modules) {
    let mut path = PathBuilder::new();
    // What is filled is closed without a word.
    for corners in modules.outlines() {
        let mut corners = corners.into_iter().map(|(x, y)| (f32::from(x), f32::from(y)));
        if let Some((x, y)) = corners.next() {
            path.move_to(x, y);
        }
        for (x, y) in corners {
            path.line_to(x, y);
        }
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

fn fill([red, green, blue]: Colour) -> Fill {
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::default(),
    }
}
