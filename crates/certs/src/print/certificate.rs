//! A vaccination certificate: in the resident's language with English beside it, or for travel in
//! English alone.

use std::borrow::Cow;

use jiff::civil::Date;

use super::{
    CertificatePage, Variant,
    code::{Printed, keywords, printed},
    language::Language,
    sheet::{About, Colour, GREEN, INK, INNER, MARGIN, MUTED, Place, Sheet, Style},
    text,
    tree::Kind,
    words::{Words, words},
};
use crate::{
    name::passport_letters,
    vaccination::{Born, Gender},
};

/// How many doses a certificate lists: of more, the latest.
const MOST_DOSES: usize = 6;
/// White between two columns, and between what stands one above the other.
const GAP: f32 = 24.0;
/// How wide one of two columns is.
const COLUMN: f32 = (INNER - GAP) / 2.0;
/// Where the right one begins.
const RIGHT: f32 = MARGIN + COLUMN + GAP;
/// Where the foot of the page begins.
const FOOT: f32 = 788.0;
/// A caption under a code, with the quiet zone between them.
const CAPTION: f32 = 28.0;
/// White around a code: four modules of one as wide as a column.
const QUIET: f32 = 11.0;
/// How wide the modules of two codes have to be at least, so that each is read from a page with 150
/// dots an inch: three and a quarter dots, 0.55 mm. Where they would be narrower, the first code stands
/// alone, and larger; the file keeps what the other holds all the same.
const LEAST_MODULE: f32 = 1.56;
/// White under a field, where there is place for it, and where many doses leave none.
const ROOMY: f32 = 7.0;
const TIGHT: f32 = 3.0;

/// A word of the table.
type Pick = fn(&Words) -> &'static str;

/// The whole page.
pub(super) fn draw(page: &CertificatePage<'_>) -> Vec<u8> {
    legible(page).finish()
}

/// The page with as many codes as can be read from paper.
fn legible<'a>(page: &'a CertificatePage<'_>) -> Sheet<'a> {
    let both = Drawing::of(page).filled();
    if !both.narrow {
        return both.sheet;
    }
    Drawing { most_codes: 1, ..Drawing::of(page) }.filled().sheet
}

struct Drawing<'a> {
    page: &'a CertificatePage<'a>,
    sheet: Sheet<'a>,
    own: &'static Words,
    /// English, if the page is in another language too.
    english: Option<&'static Words>,
    /// White under a field.
    pad: f32,
    /// How many codes there may be.
    most_codes: usize,
    /// Whether one of two codes is too narrow to be read from paper.
    narrow: bool,
}

impl<'a> Drawing<'a> {
    fn of(page: &'a CertificatePage<'_>) -> Self {
        let language = match page.variant {
            Variant::Domestic => page.language,
            Variant::International => Language::English,
        };
        let own = words(language);
        let english = (language != Language::English).then(|| words(Language::English));
        let keywords = keywords(&page.codes);
        let about = About { title: own.title, language, keywords, made_at: page.issued_at };
        let pad = if page.doses.len() > 2 { TIGHT } else { ROOMY };
        Self { page, sheet: Sheet::new(about), own, english, pad, most_codes: 2, narrow: false }
    }

    fn filled(mut self) -> Self {
        let y = self.head();
        let y = self.person(y + 10.0);
        let y = self.vaccination(y + self.pad + 3.0);
        self.codes(y + QUIET);
        self.foot();
        self
    }

    /// A word in the page's language, and in English beside it.
    fn both(&self, pick: Pick) -> Cow<'static, str> {
        match self.english {
            Some(english) => format!("{} · {}", pick(self.own), pick(english)).into(),
            None => pick(self.own).into(),
        }
    }

    fn is_last(&self) -> bool {
        self.page.doses.last().map_or(0, |dose| dose.0) >= self.page.doses_total
    }

    /// Title, who certifies, and whether more doses are to come.
    fn head(&mut self) -> f32 {
        let height = if self.english.is_some() { 96.0 } else { 80.0 };
        self.sheet.band(0.0, height, GREEN);
        let mut y = self.sheet.heading(1, Place::across(16.0), Style::title(), self.own.title);
        if let Some(english) = self.english {
            y = self.sheet.paragraph(Place::across(y - 2.0), Style::on_band(12.0), english.title);
        }
        let issuer = self.local(self.page.issuer);
        let style = Style::on_band(10.5).lines(1);
        self.sheet.paragraph(Place::across(y), style, &issuer);

        let kind: Pick =
            if self.is_last() { |words| words.last_dose } else { |words| words.provisional };
        let (ground, ink): (Colour, Colour) =
            if self.is_last() { ([227, 243, 237], GREEN) } else { ([253, 242, 211], [115, 74, 0]) };
        self.sheet.band(height, 25.0, ground);
        let mut kind = self.both(kind);
        if self.page.variant == Variant::International {
            kind = format!("{kind} · For international travel").into();
        }
        self.sheet.paragraph(Place::across(height + 4.0), Style::strip(ink), &kind);
        height + 25.0
    }

    fn person(&mut self, top: f32) -> f32 {
        let heading = self.both(|words| words.beneficiary);
        let mut y = self.sheet.heading(2, Place::across(top), Style::heading(), &heading);
        let page = self.page;
        let travels = page.variant == Variant::International;
        self.sheet.open(Kind::List);
        let name = if travels {
            Field {
                label: "Name, in the letters of the passport".into(),
                value: latin_name(page.name),
            }
        } else {
            self.field(|words| words.name, page.name)
        };
        y = self.sheet.part(Kind::Item, |sheet| {
            let y = sheet.part(Kind::Label, |sheet| {
                sheet.text(Place::across(y + 2.0), Style::label(), &name.label)
            });
            sheet.part(Kind::Value, |sheet| {
                sheet.text(Place::across(y - 2.0), Style::name(), &name.value)
            })
        });
        // What stands deep below a line of this size needs more than what stands below a value.
        y = self.end_row(y + 1.5);
        let born: Pick = match page.born {
            Born::Year(_) => |words| words.born_in,
            Born::On(_) => |words| words.born_on,
        };
        let born = self.field(born, &self.born());
        let gender = self.field(|words| words.gender, &self.gender());
        y = self.row(y, [born, gender]);
        let document = self.field(|words| words.identity, &page.document);
        let reference = self.field(|words| words.reference, &page.reference);
        y = self.row(y, [document, reference]);
        if let Some(passport) = page.passport.filter(|_| travels) {
            let passport = Field { label: "Passport number".into(), value: passport.into() };
            y = match page.guardian {
                Some(guardian) => {
                    let label = "Parent or guardian".into();
                    let guardian = Field { label, value: latin_name(guardian) };
                    self.row(y, [passport, guardian])
                }
                None => self.wide(y, &passport),
            };
        }
        self.sheet.close();
        y
    }

    fn vaccination(&mut self, top: f32) -> f32 {
        let heading = self.both(|words| words.vaccination);
        let mut y = self.sheet.heading(2, Place::across(top), Style::heading(), &heading) + 2.0;
        let page = self.page;
        self.sheet.open(Kind::List);
        let vaccine = self.field(|words| words.vaccine, page.vaccine);
        let last = page.doses.last().map_or(0, |dose| dose.0);
        let given = format!("{last} / {}", page.doses_total);
        let given = self.field(|words| words.doses_given, &given);
        y = self.row(y, [vaccine, given]);
        if let Some(due) = page.next_due.filter(|_| !self.is_last()) {
            let due = self.field(|words| words.next_due, &self.date(due));
            y = self.wide(y, &due);
        }
        self.sheet.close();
        y = self.doses(y);
        self.sheet.open(Kind::List);
        let vaccinator = self.field(|words| words.vaccinated_by, page.vaccinator);
        let facility = self.field(|words| words.vaccinated_at, &page.facility);
        y = self.row(y, [vaccinator, facility]);
        self.sheet.close();
        y
    }

    /// The doses, a row each.
    fn doses(&mut self, top: f32) -> f32 {
        self.sheet.open(Kind::Table);
        let heads: [Pick; 3] = [|words| words.dose, |words| words.given_on, |words| words.lot];
        let heads = heads.map(|pick| (Kind::ColumnHead, Style::label(), self.both(pick)));
        let mut y = self.table_row(top, heads);
        let latest = self.page.doses.len().saturating_sub(MOST_DOSES);
        for (number, on, lot) in &self.page.doses[latest..] {
            y = self.table_row(
                y,
                [
                    (Kind::RowHead, Style::value(), self.ordinal(*number).into()),
                    (Kind::Cell, Style::value(), self.date(*on).into()),
                    (Kind::Cell, Style::value(), self.local(lot)),
                ],
            );
        }
        self.sheet.close();
        self.end_row(y)
    }

    fn table_row(&mut self, top: f32, cells: [(Kind, Style, Cow<'_, str>); 3]) -> f32 {
        const COLUMNS: [(f32, f32); 3] =
            [(MARGIN, COLUMN), (RIGHT, 110.0), (RIGHT + 120.0, COLUMN - 120.0)];
        self.sheet.part(Kind::Row, |sheet| {
            let columns = cells.into_iter().zip(COLUMNS);
            let ends = columns.map(|((kind, style, text), (x, width))| {
                let style = style.lines(1);
                let place = Place { x, top, width };
                sheet.part(kind, |sheet| sheet.text(place, style, &text))
            });
            ends.fold(top, f32::max)
        })
    }

    fn ordinal(&self, number: u8) -> String {
        let of = |words: &Words| match words.doses.get(usize::from(number).wrapping_sub(1)) {
            Some(ordinal) => (*ordinal).to_owned(),
            None => format!("{} {number}", words.dose),
        };
        match self.english {
            Some(english) => format!("{} · {}", of(self.own), of(english)),
            None => of(self.own),
        }
    }

    /// The codes, and what to do with them. They are as large as the page allows.
    fn codes(&mut self, top: f32) {
        let mut codes = printed(&self.page.codes);
        codes.truncate(self.most_codes);
        let heading = self.both(|words| words.check_title);
        let own = self.own.check_text;
        let english = self.english.map(|words| words.check_text);
        let size_at = |top: f32| (FOOT - CAPTION - top).min(COLUMN);
        if codes.len() == 1 {
            let place = |top| Place { x: RIGHT, top, width: COLUMN };
            let mut y = self.sheet.heading(2, place(top - 4.0), Style::heading(), &heading);
            y = self.sheet.paragraph(place(y + 2.0), Style::small(INK), own);
            if let Some(english) = english {
                self.sheet.paragraph(place(y + 6.0), Style::small(MUTED), english);
            }
            return self.draw_codes(codes, top, size_at(top));
        }
        let mut y = self.sheet.heading(2, Place::across(top - 4.0), Style::heading(), &heading);
        let left = if english.is_some() { COLUMN } else { INNER };
        let left = Place { width: left, ..Place::across(y) };
        y = self.sheet.paragraph(left, Style::small(INK), own);
        if let Some(english) = english {
            let right = Place { x: RIGHT, ..left };
            y = y.max(self.sheet.paragraph(right, Style::small(MUTED), english));
        }
        self.draw_codes(codes, y + QUIET, size_at(y + QUIET));
    }

    /// Codes side by side.
    fn draw_codes(&mut self, codes: Vec<Printed<'_>>, top: f32, size: f32) {
        let alt = self.both(|words| words.code_alt);
        let is_narrow = |code: &Printed<'_>| size < LEAST_MODULE * f32::from(code.modules.side());
        self.narrow = codes.len() > 1 && codes.iter().any(is_narrow);
        for (code, x) in codes.into_iter().zip([MARGIN, RIGHT]) {
            let caption = Place { x, top: top + size + QUIET, width: size };
            let alt = format!("{alt} ({})", code.caption);
            self.sheet.part(Kind::Figure(alt), |sheet| {
                sheet.qr(x, top, size, code.modules);
                let style = Style::label().lines(1);
                sheet.part(Kind::Caption, |sheet| sheet.text(caption, style, code.caption));
            });
        }
    }

    /// Which certificate it is, and whom to call.
    fn foot(&mut self) {
        self.sheet.rule(FOOT);
        self.sheet.open(Kind::List);
        let left = Place { width: COLUMN + GAP - 6.0, ..Place::across(FOOT + 4.0) };
        let value = Style::small(INK).lines(1);
        let identifier =
            Field { label: self.both(|words| words.identifier), value: self.page.uvci.to_owned() };
        self.one(left, value, &identifier);
        if let Some(helpline) = self.page.helpline {
            let right = Place { x: RIGHT, width: COLUMN, ..left };
            let label = self.both(|words| words.helpline);
            self.one(right, value, &Field { label, value: helpline.to_owned() });
        }
        self.sheet.close();
    }

    fn field(&self, label: Pick, value: &str) -> Field {
        Field { label: self.both(label), value: self.local(value).into_owned() }
    }

    /// Two fields side by side, with a rule under them.
    fn row(&mut self, top: f32, [left, right]: [Field; 2]) -> f32 {
        let place = Place { width: COLUMN, ..Place::across(top) };
        let end = self.one(place, Style::value(), &left);
        let end = end.max(self.one(Place { x: RIGHT, ..place }, Style::value(), &right));
        self.end_row(end)
    }

    /// A field from margin to margin, with a rule under it.
    fn wide(&mut self, top: f32, field: &Field) -> f32 {
        let end = self.one(Place::across(top), Style::value(), field);
        self.end_row(end)
    }

    /// A rule, with white above and below; gives where the next row begins.
    fn end_row(&mut self, end: f32) -> f32 {
        let rule = self.pad.mul_add(0.5, end + 0.5);
        self.sheet.rule(rule);
        self.pad.mul_add(0.5, rule + 1.0)
    }

    fn one(&mut self, place: Place, style: Style, field: &Field) -> f32 {
        self.sheet.part(Kind::Item, |sheet| {
            let label = Style::label().lines(1);
            let y = sheet.part(Kind::Label, |sheet| sheet.text(place, label, &field.label));
            let below = Place { top: y - 1.0, ..place };
            sheet.part(Kind::Value, |sheet| sheet.text(below, style, &field.value))
        })
    }

    /// A text as it is, or for travel in Latin letters.
    fn local<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.page.variant {
            Variant::Domestic => text.into(),
            Variant::International => text::latin(text),
        }
    }

    fn gender(&self) -> String {
        let pick: Pick = match self.page.gender {
            Gender::Female => |words| words.female,
            Gender::Male => |words| words.male,
            Gender::Other => |words| words.other,
            Gender::Unknown => |_| "–",
        };
        match self.page.gender {
            Gender::Unknown => pick(self.own).to_owned(),
            _ => self.both(pick).into_owned(),
        }
    }

    fn born(&self) -> String {
        match self.page.born {
            Born::Year(year) => year.to_string(),
            Born::On(date) => self.date(date),
        }
    }

    /// A date that cannot be misread anywhere; for travel as in a passport.
    ///
    /// # Source
    ///
    /// ICAO Doc 9303 part 3, section 4.8: day, month in three capital letters, year.
    fn date(&self, date: Date) -> String {
        let text = date.strftime("%d %b %Y").to_string();
        match self.page.variant {
            Variant::Domestic => text,
            Variant::International => text.to_uppercase(),
        }
    }
}

/// A value with what it is.
struct Field {
    label: Cow<'static, str>,
    value: String,
}

/// A name in the letters of a passport; one without any, as it is.
fn latin_name(name: &str) -> String {
    let letters = passport_letters(name).replace('<', " ");
    if letters.is_empty() { name.to_owned() } else { letters }
}

#[cfg(test)]
mod tests;
