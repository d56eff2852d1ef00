//! A report in rows of a label and a value, in English.

use super::{
    ReportPage,
    language::Language,
    sheet::{About, GREEN, INK, INNER, MARGIN, MUTED, Place, Sheet, Style},
    tree::Kind,
};

/// Where values begin.
const VALUES: f32 = 190.0;
/// No row begins below this.
const LOWEST: f32 = 766.0;

/// The whole page. Rows that have no place on it are left out.
pub(super) fn draw(page: &ReportPage<'_>) -> Vec<u8> {
    let about = About {
        title: page.title,
        language: Language::English,
        keywords: Vec::new(),
        made_at: page.made_at,
    };
    let mut sheet = Sheet::new(about);
    sheet.band(0.0, 92.0, GREEN);
    let y = sheet.heading(1, Place::across(24.0), Style::title(), page.title);
    sheet.paragraph(Place::across(y), Style::on_band(11.0), &page.about);
    let mut y = 104.0;
    for part in page.parts.iter().filter(|part| !part.rows.is_empty()) {
        if y > LOWEST - 30.0 {
            break;
        }
        y = sheet.heading(2, Place::across(y), Style::heading(), part.heading);
        y = rows(&mut sheet, y + 1.0, &part.rows) + 8.0;
    }
    sheet.rule(784.0);
    sheet.paragraph(Place::across(788.0), Style::label().lines(3), page.foot);
    sheet.finish()
}

fn rows(sheet: &mut Sheet<'_>, top: f32, rows: &[(String, String)]) -> f32 {
    let mut y = top;
    sheet.open(Kind::List);
    for (label, value) in rows {
        if y > LOWEST {
            break;
        }
        let label_at = Place { width: VALUES - 10.0, ..Place::across(y) };
        let value_at = Place { x: MARGIN + VALUES, top: y, width: INNER - VALUES };
        y = sheet.part(Kind::Item, |sheet| {
            sheet.part(Kind::Label, |sheet| sheet.text(label_at, Style::small(MUTED), label));
            sheet.part(Kind::Value, |sheet| sheet.text(value_at, Style::small(INK), value))
        });
    }
    sheet.close();
    y
}
