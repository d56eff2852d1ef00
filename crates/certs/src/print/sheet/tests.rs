use super::*;
use crate::qr::QUIET;

/// Where ink is: left, top, right, bottom, in points.
type Ink = [f32; 4];

fn meet(one: &Ink, other: &Ink) -> bool {
    // A hair's breadth is what the smoothing of letters takes.
    let hair = 0.15;
    one[0] + hair < other[2]
        && other[0] + hair < one[2]
        && one[1] + hair < other[3]
        && other[1] + hair < one[3]
}

fn around(inks: &[Ink]) -> Ink {
    let all = |one: Ink, ink: &Ink| {
        [one[0].min(ink[0]), one[1].min(ink[1]), one[2].max(ink[2]), one[3].max(ink[3])]
    };
    inks.iter().fold([f32::MAX, f32::MAX, f32::MIN, f32::MIN], all)
}

impl Mark {
    /// What it is in words, and its ink: each glyph's, a rule's, or that of a code with its quiet
    /// zone.
    fn inks(&self) -> Option<(String, Vec<Ink>)> {
        match self {
            Self::Text { x, y, size, line, .. } | Self::Note { x, y, size, line, .. } => {
                let mut pen = *x;
                let mut inks = Vec::new();
                let mut words = String::new();
                for run in &line.0 {
                    let place = |[left, low, right, high]: [f32; 4]| {
                        [pen + left * size, y - high * size, pen + right * size, y - low * size]
                    };
                    inks.extend(run.inks().into_iter().map(place));
                    pen += run.width() * size;
                    words += &run.text;
                }
                Some((words, inks))
            }
            Self::Qr { x, y, size, modules } => {
                let quiet = size / f32::from(modules.side()) * f32::from(QUIET);
                let ink = [x - quiet, y - quiet, x + size + quiet, y + size + quiet];
                Some(("code".to_owned(), vec![ink]))
            }
            // Bands have text on them, rules have none.
            Self::Box { x, y, width, height, .. } => (*height < 1.0)
                .then(|| ("a rule".to_owned(), vec![[*x, *y, x + width, y + height]])),
        }
    }
}

impl Sheet<'_> {
    /// Fails if anything stands over something else or leaves the page.
    pub(in crate::print) fn assert_tidy(&self) {
        for (number, range) in self.ranges().into_iter().enumerate() {
            let beside = self.beside.iter().filter(|(page, _)| *page == number);
            let beside = beside.map(|(_, mark)| mark);
            assert_page_is_tidy(self.drawing[range].iter().chain(beside));
        }
    }

    /// The width of a module of each code, in millimetres.
    pub(in crate::print) fn module_widths(&self) -> Vec<f32> {
        let width = |mark: &Mark| match mark {
            Mark::Qr { size, modules, .. } => Some(size / f32::from(modules.side()) / 72.0 * 25.4),
            Mark::Text { .. } | Mark::Note { .. } | Mark::Box { .. } => None,
        };
        self.drawing.iter().filter_map(width).collect()
    }
}

fn assert_page_is_tidy<'m>(marks: impl Iterator<Item = &'m Mark>) {
    let marks: Vec<_> = marks.filter_map(Mark::inks).collect();
    for (place, (words, inks)) in marks.iter().enumerate() {
        let whole = around(inks);
        let inside = whole[0] > MARGIN - 12.0
            && whole[1] > 8.0
            && whole[2] < MARGIN + INNER + 12.0
            && whole[3] < HEIGHT - 12.0;
        assert!(inside || inks.is_empty(), "{words} leaves the page: {whole:?}");
        for (other_words, others) in &marks[..place] {
            let met = meet(&whole, &around(others))
                && inks.iter().any(|ink| others.iter().any(|other| meet(ink, other)));
            assert!(!met, "{words} stands over {other_words}");
        }
    }
}

fn sheet() -> Sheet<'static> {
    let made_at = Timestamp::from_second(1_630_000_000).unwrap();
    Sheet::new(About { title: "A", language: Language::English, keywords: Vec::new(), made_at })
}

#[test]
#[should_panic(expected = "two stands over one")]
fn text_over_text_is_noticed() {
    let mut sheet = sheet();
    sheet.paragraph(Place::across(100.0), Style::value(), "one");
    sheet.paragraph(Place::across(104.0), Style::value(), "two");
    sheet.assert_tidy();
}

#[test]
#[should_panic(expected = "leaves the page")]
fn text_beyond_the_page_is_noticed() {
    let mut sheet = sheet();
    sheet.paragraph(Place::across(HEIGHT - 20.0), Style::name(), "page");
    sheet.assert_tidy();
}

#[test]
fn text_of_any_length_stays_in_its_place() {
    for text in ["", "a", &"word ".repeat(400), &"क्षि".repeat(400), &"W".repeat(3_000)] {
        let mut sheet = sheet();
        let place = Place { x: MARGIN, top: 100.0, width: 200.0 };
        let end = sheet.paragraph(place, Style::value(), text);
        assert!(end <= 100.0 + 3.0 * 11.5 * LEADING + 0.1, "{end}");
        let marks = sheet.drawing.iter().filter_map(Mark::inks);
        let right = marks.map(|(_, inks)| around(&inks)[2]).fold(0.0, f32::max);
        assert!(right < MARGIN + 201.0, "{right}");
        assert!(sheet.finish().starts_with(b"%PDF-1.7"));
    }
}
