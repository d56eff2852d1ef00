//! Certificates and appointment slips as PDF: one A4 page, made without a browser.

pub mod language;
mod sheet;
mod text;
mod words;

use std::borrow::Cow;

use jiff::civil::Date;

use self::sheet::{INK, INNER, MARGIN, MUTED, Sheet, Style};

/// What stands on a certificate.
///
/// # Privacy
///
/// Holds a person's details: for them. So it has no Debug.
pub struct CertificatePage<'a> {
    /// The signed text for the QR code.
    pub qr_text: &'a str,
    /// Name.
    pub name: &'a str,
    /// Year of birth.
    pub birth_year: i16,
    /// Gender.
    pub gender: &'a str,
    /// The document that was shown, with its number masked.
    pub document: String,
    /// Reference number.
    pub reference: String,
    /// Unique certificate identifier.
    pub uvci: &'a str,
    /// Vaccine.
    pub vaccine: &'a str,
    /// Doses, in order: number, date, lot.
    pub doses: Vec<(u8, Date, String)>,
    /// How many complete the series.
    pub doses_total: u8,
    /// Who gave the last one.
    pub vaccinator: &'a str,
    /// Where the last one was given.
    pub facility: String,
    /// Who certifies.
    pub issuer: &'a str,
}

/// What stands on an appointment slip.
///
/// # Privacy
///
/// Holds names and codes: for the people of the appointment. So it has no Debug.
pub struct SlipPage<'a> {
    /// Facility and its address.
    pub facility: &'a str,
    /// Where it is.
    pub address: String,
    /// Which day.
    pub on: Date,
    /// Which slot.
    pub slot: String,
    /// What is given.
    pub vaccine: &'a str,
    /// Which dose.
    pub dose_number: u8,
    /// The four-digit code.
    pub security_code: String,
    /// Who comes: name and reference number.
    pub people: Vec<(String, String)>,
    /// The appointment's id.
    pub appointment: String,
}

/// The first, second and further doses in words.
const fn ordinal(number: u8) -> &'static str {
    match number {
        1 => "1st dose",
        2 => "2nd dose",
        3 => "3rd dose",
        _ => "Further dose",
    }
}

/// A vaccination certificate.
pub fn certificate(page: &CertificatePage<'_>) -> Vec<u8> {
    let last = page.doses.last().map_or(0, |dose| dose.0);
    let complete = last >= page.doses_total;
    let kind = if complete { "Final certificate" } else { "Provisional certificate" };
    let title = "Certificate of Vaccination";
    let mut sheet = Sheet::new(title, Some(page.qr_text));
    sheet.band(92.0);
    sheet.text(MARGIN, 52.0, Style::title(), title);
    let issuer = format!("{} · {kind}", page.issuer);
    sheet.fitted(MARGIN, 74.0, Style::on_band(), &issuer, INNER);

    sheet.text(MARGIN, 130.0, Style::label(), "Beneficiary");
    let mut y = 158.0;
    y += sheet.fitted(MARGIN, y, Style::name(), page.name, INNER);
    // More doses than a series usually has move the rows closer together, not off the page.
    let pitch = if page.doses.len() > 3 { 21.0 } else { 26.0 };
    let person: [(Cow<'_, str>, Cow<'_, str>); 4] = [
        ("Year of birth".into(), page.birth_year.to_string().into()),
        ("Gender".into(), page.gender.into()),
        ("Identity verified with".into(), page.document.as_str().into()),
        ("Reference number".into(), page.reference.as_str().into()),
    ];
    y = sheet.rows(y + 30.0, pitch, &person);

    sheet.text(MARGIN, y + 28.0, Style::label(), "Vaccination");
    y = sheet.rows(y + 50.0, pitch, &vaccination_rows(page, last));

    draw_code(&mut sheet, page, (y + 22.0).max(532.0));
    sheet.finish()
}

/// How many doses a certificate lists: of more, the latest.
const MOST_DOSES: usize = 6;

fn vaccination_rows<'a>(
    page: &'a CertificatePage<'_>,
    last: u8,
) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
    let mut rows = vec![("Vaccine".into(), page.vaccine.into())];
    for (number, on, lot) in &page.doses[page.doses.len().saturating_sub(MOST_DOSES)..] {
        let label = match number {
            1..=3 => ordinal(*number).into(),
            _ => format!("{number}th dose").into(),
        };
        rows.push((label, format!("{} · lot {lot}", on.strftime("%d %b %Y")).into()));
    }
    rows.push(("Status".into(), format!("{last} of {} doses", page.doses_total).into()));
    rows.push(("Vaccinated by".into(), page.vaccinator.into()));
    rows.push(("Vaccinated at".into(), page.facility.as_str().into()));
    rows
}

/// The code, and what to do with it. It is as large as the page allows.
fn draw_code(sheet: &mut Sheet, page: &CertificatePage<'_>, top: f32) {
    let size = (806.0 - top).min(240.0);
    let drawn = sheet.qr(MARGIN, top, size, page.qr_text);
    let beside = if drawn { MARGIN + size + 26.0 } else { MARGIN };
    let wide = MARGIN + INNER - beside;
    sheet.text(beside, top + 12.0, Style::value(), "Check this certificate");
    let words = [
        "Scan the code with any verifier of EU Digital",
        "COVID Certificates, or give this file to",
        "\u{201c}teeka verify\u{201d}. It works offline and sends",
        "nothing anywhere.",
    ];
    for (line, words) in (0_u8..).zip(words) {
        let y = f32::from(line).mul_add(16.0, top + 36.0);
        sheet.fitted(beside, y, Style::small(INK), words, wide);
    }
    sheet.text(beside, top + size - 18.0, Style::small(MUTED), "Certificate identifier");
    sheet.fitted(beside, top + size - 3.0, Style::small(INK), page.uvci, wide);
}

/// An appointment slip.
pub fn slip(page: &SlipPage<'_>) -> Vec<u8> {
    let title = "Vaccination Appointment";
    let mut sheet = Sheet::new(title, None);
    sheet.band(92.0);
    sheet.text(MARGIN, 52.0, Style::title(), title);
    let dose = ordinal(page.dose_number);
    sheet.fitted(MARGIN, 74.0, Style::on_band(), &format!("{} · {dose}", page.vaccine), INNER);

    sheet.text(MARGIN, 130.0, Style::label(), "When");
    let when = format!("{}, {}", page.on.strftime("%A %d %B %Y"), page.slot);
    let mut y = 158.0;
    y += sheet.fitted(MARGIN, y, Style::name(), &when, INNER);
    sheet.text(MARGIN, y + 38.0, Style::label(), "Where");
    y += 60.0;
    y += sheet.fitted(MARGIN, y, Style::value(), page.facility, INNER) + 18.0;
    y += sheet.fitted(MARGIN, y, Style::small(MUTED), &page.address, INNER);

    sheet.text(MARGIN, y + 38.0, Style::label(), "Secret code");
    sheet.text(MARGIN, y + 76.0, Style::code(), &page.security_code);
    let advice = "Tell it only to the vaccinator, and only when you are there.";
    sheet.text(MARGIN + 122.0, y + 66.0, Style::small(MUTED), advice);
    y += 116.0;
    sheet.text(MARGIN, y, Style::label(), "Who comes, with reference number");
    let people: Vec<_> = page
        .people
        .iter()
        .map(|(name, number)| (number.as_str().into(), name.as_str().into()))
        .collect();
    y = sheet.rows(y + 26.0, 26.0, &people);
    sheet.text(MARGIN, y + 28.0, Style::label(), "Please bring");
    let bring = [
        "The identity document that you registered with",
        "This slip, on paper or on your phone",
        "Your mobile, to receive messages",
    ];
    for (line, words) in (0_u8..).zip(bring) {
        let y = f32::from(line).mul_add(18.0, y + 50.0);
        sheet.text(MARGIN, y, Style::small(INK), &format!("–  {words}"));
    }
    sheet.rule(784.0);
    sheet.text(MARGIN, 802.0, Style::small(MUTED), &format!("Appointment {}", page.appointment));
    sheet.finish()
}

#[cfg(test)]
mod tests;
