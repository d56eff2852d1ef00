//! An appointment slip, in English.

use super::{
    SlipPage,
    language::Language,
    sheet::{About, GREEN, INK, INNER, MARGIN, MUTED, Place, Sheet, Style},
    tree::Kind,
    words::words,
};

/// What to bring.
const BRING: [&str; 3] = [
    "The identity document that you registered with",
    "This slip, on paper or on your phone",
    "Your mobile, to receive messages",
];
/// Where the names of those who come begin.
const NAMES: f32 = 120.0;

/// The whole page.
pub(super) fn draw(page: &SlipPage<'_>) -> Vec<u8> {
    let title = "Vaccination Appointment";
    let language = Language::English;
    let mut sheet =
        Sheet::new(About { title, language, keywords: Vec::new(), made_at: page.made_at });
    sheet.band(0.0, 92.0, GREEN);
    let y = sheet.heading(1, Place::across(24.0), Style::title(), title);
    let words = words(language);
    let doses = words.doses;
    let dose = doses.get(usize::from(page.dose_number).wrapping_sub(1)).unwrap_or(&words.dose);
    let what = format!("{} · {dose}", page.vaccine);
    sheet.paragraph(Place::across(y), Style::on_band(11.0), &what);

    let y = sheet.heading(2, Place::across(118.0), Style::heading(), "When");
    let when = format!("{}, {}", page.on.strftime("%A %d %B %Y"), page.slot);
    let y = sheet.paragraph(Place::across(y), Style::name(), &when);
    let y = sheet.heading(2, Place::across(y + 18.0), Style::heading(), "Where");
    let y = sheet.paragraph(Place::across(y), Style::value(), page.facility);
    let y = sheet.paragraph(Place::across(y), Style::small(MUTED), &page.address);

    let y = sheet.heading(2, Place::across(y + 18.0), Style::heading(), "Secret code");
    let code = Place { width: 110.0, ..Place::across(y - 4.0) };
    sheet.paragraph(code, Style::code(), &page.security_code);
    let advice = "Tell it only to the vaccinator, and only when you are there.";
    let beside = Place { x: MARGIN + 122.0, top: y + 15.0, width: INNER - 122.0 };
    sheet.paragraph(beside, Style::small(MUTED), advice);

    let who = "Who comes, with reference number";
    let y = sheet.heading(2, Place::across(y + 62.0), Style::heading(), who);
    let y = people(&mut sheet, y + 4.0, &page.people);
    let mut y = sheet.heading(2, Place::across(y + 14.0), Style::heading(), "Please bring");
    sheet.open(Kind::List);
    for words in BRING {
        y = sheet.part(Kind::Item, |sheet| {
            let dash = Place { width: 14.0, ..Place::across(y + 3.0) };
            sheet.part(Kind::Label, |sheet| sheet.text(dash, Style::small(INK), "–"));
            let words_at = Place { x: MARGIN + 14.0, width: INNER - 14.0, ..dash };
            sheet.part(Kind::Value, |sheet| sheet.text(words_at, Style::small(INK), words))
        });
    }
    sheet.close();
    sheet.rule(784.0);
    let appointment = format!("Appointment {}", page.appointment);
    sheet.paragraph(Place::across(790.0), Style::small(MUTED), &appointment);
    sheet.finish()
}

fn people(sheet: &mut Sheet<'_>, top: f32, people: &[(String, String)]) -> f32 {
    let mut y = top;
    sheet.open(Kind::List);
    for (name, number) in people {
        let place = Place { width: NAMES - 10.0, ..Place::across(y + 1.5) };
        y = sheet.part(Kind::Item, |sheet| {
            sheet.part(Kind::Label, |sheet| sheet.text(place, Style::small(MUTED), number));
            let name_at = Place { x: MARGIN + NAMES, top: y, width: INNER - NAMES };
            sheet.part(Kind::Value, |sheet| sheet.text(name_at, Style::value(), name))
        });
        sheet.rule(y + 3.0);
        y += 7.0;
    }
    sheet.close();
    y
}
