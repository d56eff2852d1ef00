//! A paper: sections that flow down as many pages as they take, in English.

use super::{
    Bar, Block, Paper, Section, Table,
    language::Language,
    sheet::{About, Colour, GREEN, INK, INNER, MARGIN, MUTED, Place, RULE, Sheet, Style},
    tree::Kind,
};

/// Where the first page begins below its band, and where the others do.
const BELOW_BAND: f32 = 112.0;
const TOP: f32 = 62.0;
/// No line ends below this.
const LOWEST: f32 = 768.0;
/// Where the foot is, and where the number of the page begins.
const FOOT: f32 = 784.0;
const NUMBER: f32 = INNER - 56.0;
/// Where values begin beside their labels.
const VALUES: f32 = 150.0;
/// Between the columns of a table.
const GAP: f32 = 8.0;
/// The most lines of a cell: no row is higher than a page.
const MOST_LINES: usize = 40;
/// Where bars are: how wide each side is, and where their words begin.
const SIDE: f32 = 90.0;
const BAR_WORDS: f32 = 120.0 + 2.0 * SIDE + 14.0;
/// What speaks against something.
const AGAINST: Colour = [158, 98, 42];

/// All pages.
pub(super) fn draw(paper: &Paper) -> Vec<u8> {
    drawn(paper).finish()
}

fn drawn(paper: &Paper) -> Sheet<'_> {
    let about = About {
        title: &paper.title,
        language: Language::English,
        keywords: Vec::new(),
        made_at: paper.made_at,
    };
    let mut sheet = Sheet::new(about);
    sheet.band(0.0, 92.0, GREEN);
    let y = sheet.heading(1, Place::across(24.0), Style::title().lines(1), &paper.title);
    sheet.paragraph(Place::across(y), Style::on_band(11.0).lines(1), &paper.about);
    let mut flow = Flow { sheet, y: BELOW_BAND };
    for section in &paper.sections {
        flow.section(section);
    }
    let mut sheet = flow.sheet;
    around(&mut sheet, paper);
    sheet
}

/// What stands on every page: the foot, the number, and from the second page on the title.
fn around(sheet: &mut Sheet<'_>, paper: &Paper) {
    let pages = sheet.pages();
    for page in 0..pages {
        if page > 0 {
            let title = Sheet::lines(Style::label(), INNER, &paper.title).into_iter().next();
            if let Some(line) = title {
                sheet.note(page, (MARGIN, 34.0), Style::label(), line);
            }
        }
        let foot = Sheet::lines(Style::label(), NUMBER - 16.0, &paper.foot);
        let mut top = FOOT;
        for line in foot.into_iter().take(3) {
            sheet.note(page, (MARGIN, top), Style::label(), line);
            top += Style::label().leading();
        }
        let number = format!("{} of {pages}", page + 1);
        for line in Sheet::lines(Style::label(), INNER - NUMBER, &number) {
            sheet.note(page, (MARGIN + NUMBER, FOOT), Style::label(), line);
        }
    }
}

/// A place on the last page, from which on there is room.
struct Flow<'a> {
    sheet: Sheet<'a>,
    y: f32,
}

impl Flow<'_> {
    fn turn(&mut self) {
        self.sheet.turn();
        self.y = TOP;
    }

    /// Turns the page if so much has no place any more.
    fn keep(&mut self, height: f32) {
        if self.y + height > LOWEST && self.y > TOP {
            self.turn();
        }
    }

    fn section(&mut self, section: &Section) {
        if section.on_new_page && self.y > BELOW_BAND {
            self.turn();
        }
        if !section.heading.is_empty() {
            // A heading stands with some of what it is the heading of.
            self.keep(84.0);
            self.y += if self.y > BELOW_BAND { 8.0 } else { 0.0 };
            let (top, words) = (self.y, &section.heading);
            self.sheet.outlined(words, top);
            self.y = self.sheet.heading(2, Place::across(top), Style::section(), words) + 4.0;
        }
        for block in &section.blocks {
            match block {
                Block::Lead(text) => self.text(Style::lead(), text),
                Block::Text(text) => self.text(Style::body(), text),
                Block::Rows(rows) => self.rows(rows),
                Block::Table(table) => self.table(table),
                Block::Bars(bars) => self.bars(bars),
            }
        }
    }

    /// A paragraph, which may go on on the next page.
    fn text(&mut self, style: Style, text: &str) {
        self.sheet.open(Kind::Paragraph);
        for line in Sheet::lines(style, INNER, text) {
            self.keep(style.leading());
            self.sheet.line(MARGIN, self.y, style, line);
            self.y += style.leading();
        }
        self.sheet.close();
        self.y += 6.0;
    }

    fn rows(&mut self, rows: &[(String, String)]) {
        self.sheet.open(Kind::List);
        for (label, value) in rows {
            let cells = [
                (Kind::Label, 0.0, VALUES - GAP, Style::small(MUTED), label.as_str()),
                (Kind::Value, VALUES, INNER - VALUES, Style::small(INK), value.as_str()),
            ];
            self.row(Kind::Item, cells);
        }
        self.sheet.close();
        self.y += 6.0;
    }

    /// A row of cells: kind, place from the margin, width, look, words. All of it is on one page.
    fn row<'c>(
        &mut self,
        kind: Kind,
        cells: impl IntoIterator<Item = (Kind, f32, f32, Style, &'c str)>,
    ) {
        let cells: Vec<_> = cells
            .into_iter()
            .map(|(kind, x, width, style, words)| {
                let mut lines = Sheet::lines(style, width, words);
                lines.truncate(MOST_LINES);
                (kind, x, style, lines)
            })
            .collect();
        let heights = cells.iter().map(|(_, _, style, lines)| style.leading() * count(lines.len()));
        let height = heights.fold(0.0, f32::max);
        self.keep(height);
        self.sheet.open(kind);
        for (kind, x, style, lines) in cells {
            self.sheet.open(kind);
            for (place, line) in lines.into_iter().enumerate() {
                let top = style.leading().mul_add(count(place), self.y);
                self.sheet.line(MARGIN + x, top, style, line);
            }
            self.sheet.close();
        }
        self.sheet.close();
        self.y += height + 2.0;
    }

    fn table(&mut self, table: &Table) {
        let columns: Vec<_> = table
            .heads
            .iter()
            .scan(0.0, |x, (_, share)| {
                let (begin, width) = (*x, INNER * f32::from(*share) / 100.0);
                *x += width;
                Some((begin, width - GAP))
            })
            .collect();
        self.keep(60.0);
        self.sheet.open(Kind::Table);
        let heads = table.heads.iter().zip(&columns);
        let heads = heads.map(|((head, _), (x, width))| {
            (Kind::ColumnHead, *x, *width, Style::label(), head.as_str())
        });
        self.row(Kind::Row, heads);
        for row in &table.rows {
            self.line_above();
            let cells = row.iter().zip(&columns).enumerate().map(|(place, (cell, (x, width)))| {
                let kind = if place == 0 { Kind::RowHead } else { Kind::Cell };
                (kind, *x, *width, Style::small(INK), cell.as_str())
            });
            self.row(Kind::Row, cells);
        }
        self.sheet.close();
        self.y += 8.0;
    }

    fn line_above(&mut self) {
        self.sheet.adorn(Place::across(self.y), 0.6, RULE);
        self.y += 2.5;
    }

    fn bars(&mut self, bars: &[Bar]) {
        let middle = MARGIN + 120.0 + SIDE;
        self.sheet.open(Kind::List);
        for Bar { label, value, length } in bars {
            self.keep(Style::small(INK).leading() * 4.0);
            let top = self.y;
            let cells = [
                (Kind::Label, 0.0, 112.0, Style::small(MUTED), label.as_str()),
                (Kind::Value, BAR_WORDS, INNER - BAR_WORDS, Style::small(INK), value.as_str()),
            ];
            let wide = SIDE * f32::from(length.unsigned_abs().min(100)) / 100.0;
            if wide > 0.0 {
                let (x, colour) =
                    if *length > 0 { (middle, GREEN) } else { (middle - wide, AGAINST) };
                self.sheet.adorn(Place { x, top: top + 3.0, width: wide }, 7.5, colour);
            }
            self.row(Kind::Item, cells);
            let line = Place { x: middle - 0.3, top, width: 0.6 };
            self.sheet.adorn(line, self.y - top, MUTED);
        }
        self.sheet.close();
        self.y += 8.0;
    }
}

/// A small number of lines.
fn count(lines: usize) -> f32 {
    f32::from(u16::try_from(lines).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn paper(words: usize) -> Paper {
        let long = "That somebody is registered says little, as most people are. ".repeat(words);
        let bar = |label: &str, length| Bar {
            label: label.to_owned(),
            value: "a thousand times likelier than another system".to_owned(),
            length,
        };
        let row = |place: usize| vec![place.to_string(), long.clone(), "x".repeat(70)];
        let blocks = vec![
            Block::Lead("The records are from our register.".to_owned()),
            Block::Text(long.clone()),
            Block::Rows(vec![("Evidence".to_owned(), "0123456789abcdef".repeat(8))]),
            Block::Bars(vec![bar("ours", 100), bar("unrelated", 0), bar("fabricated", -40)]),
            Block::Table(Table {
                heads: vec![
                    ("place".to_owned(), 10),
                    ("said".to_owned(), 60),
                    ("x".to_owned(), 30),
                ],
                rows: (1..20).map(row).collect(),
            }),
        ];
        let section = |heading: &str, on_new_page| Section {
            heading: heading.to_owned(),
            on_new_page,
            blocks: blocks.clone(),
        };
        Paper {
            title: "Report".to_owned(),
            about: "By a ministry".to_owned(),
            sections: vec![section("", false), section("Columns", true), section("Values", false)],
            foot: "It names nobody. ".repeat(9),
            made_at: Timestamp::from_second(1_630_000_000).unwrap(),
        }
    }

    #[test]
    fn it_takes_as_many_pages_as_it_needs_and_nothing_stands_over_anything() {
        for (words, least) in [(1, 2), (12, 6), (400, 20)] {
            let paper = paper(words);
            let sheet = drawn(&paper);
            assert!(sheet.pages() >= least, "{} pages", sheet.pages());
            sheet.assert_tidy();
        }
    }

    #[test]
    fn the_same_paper_is_the_same_bytes_and_says_what_is_what() {
        let pdf = draw(&paper(3));
        assert!(pdf == draw(&paper(3)));
        assert!(pdf != draw(&paper(4)));
        let has = |part: &str| pdf.windows(part.len()).any(|bytes| bytes == part.as_bytes());
        for part in [
            "<pdfaid:part>2</pdfaid:part>",
            "<pdfuaid:part>1</pdfuaid:part>",
            "/S/H2",
            "/S/TH",
            "/S/LBody",
        ] {
            assert!(has(part), "{part}");
        }
    }
}
