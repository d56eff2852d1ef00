//! The page as a file: PDF 1.7 that keeps (PDF/A-2a) and that is read out (PDF/UA-1).

use std::sync::LazyLock;

use jiff::{Timestamp, tz::Offset};
use krilla::{
    Document, SerializeSettings,
    configure::{Accessibility, Archival, Configuration, ConfigurationBuilder},
    destination::XyzDestination,
    geom::Point,
    metadata::{DateTime, Metadata},
    outline::{Outline, OutlineNode},
    page::PageSettings,
};

use super::{About, HEIGHT, Mark, Sheet, WIDTH};

/// # Source
///
/// ISO 19005-2, level A: everything a viewer needs is in the file, and all text is text. ISO
/// 14289-1: all of it can be read out.
static KIND: LazyLock<Configuration> = LazyLock::new(|| {
    ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .expect("both are kinds of PDF 1.7")
});

/// As many as the largest QR code of the EU's form has.
const FEW_MODULES: u32 = 125 * 125;

impl Sheet<'_> {
    /// How many modules its codes have.
    fn modules(&self) -> u32 {
        let modules = |mark: &Mark| match mark {
            Mark::Qr { modules, .. } => u32::from(modules.side()).pow(2),
            Mark::Text { .. } | Mark::Note { .. } | Mark::Box { .. } => 0,
        };
        self.drawing.iter().map(modules).sum()
    }

    /// The file.
    pub(in crate::print) fn finish(mut self) -> Vec<u8> {
        let settings = SerializeSettings {
            configuration: *KIND,
            // Compressing a page takes longer than making it, and saves a third of the file; one
            // with large codes is three times as long, and of many pages few are made.
            compress_content_streams: self.modules() > FEW_MODULES || self.pages() > 1,
            ..SerializeSettings::default()
        };
        let mut document = Document::new_with(settings);
        document.set_metadata(metadata(&self.about));
        document.set_outline(outline(self.about.title, &self.headings));

        let size = PageSettings::from_wh(WIDTH, HEIGHT).expect("A4 is a page size");
        let language = self.about.language;
        let mut drawn = Vec::with_capacity(self.drawing.len());
        for (number, range) in self.ranges().into_iter().enumerate() {
            let mut page = document.start_page_with(size.clone());
            let mut surface = page.surface();
            for mark in &self.drawing[range] {
                drawn.push(mark.draw(&mut surface, language));
            }
            for (_, note) in self.beside.iter().filter(|(page, _)| *page == number) {
                note.draw(&mut surface, language);
            }
            surface.finish();
            page.finish();
        }

        let whole = self.open.pop().expect("the page itself is still open");
        document.set_tag_tree(whole.tree(language.tag(), &mut drawn));
        document.finish().expect("all text has glyphs, all figures have words, nothing is huge")
    }
}

fn metadata(about: &About<'_>) -> Metadata {
    Metadata::new()
        .title(about.title.to_owned())
        .language(about.language.tag().to_owned())
        .keywords(about.keywords.clone())
        .creation_date(date_time(about.made_at))
}

fn date_time(at: Timestamp) -> DateTime {
    let at = Offset::UTC.to_datetime(at);
    let part = |part: i8| u8::try_from(part).unwrap_or_default();
    DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

/// The kind asks for one, even of a file of one page.
fn outline(title: &str, headings: &[(String, usize, f32)]) -> Outline {
    let mut outline = Outline::new();
    let top = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
    let mut whole = OutlineNode::new(title.to_owned(), top).with_open(true);
    for (words, page, top) in headings {
        let there = XyzDestination::new(*page, Point::from_xy(0.0, *top));
        whole.push_child(OutlineNode::new(words.clone(), there));
    }
    outline.push_child(whole);
    outline
}
