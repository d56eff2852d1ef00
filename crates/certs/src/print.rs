//! Certificates and appointment slips as PDF: one A4 page, made without a browser.

mod sheet;

use jiff::civil::Date;

use self::sheet::{GREEN, INK, MUTED, Sheet, Style};

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
    sheet.band(GREEN, 92.0);
    sheet.text(48.0, 52.0, Style::title(), title);
    sheet.text(48.0, 74.0, Style::on_band(), &format!("{} · {kind}", page.issuer));

    sheet.text(48.0, 134.0, Style::label(), "Beneficiary");
    sheet.fitted(48.0, 162.0, Style::name(), page.name, 499.0);
    let rows = [
        ("Year of birth", page.birth_year.to_string()),
        ("Gender", page.gender.to_owned()),
        ("Identity verified with", page.document.clone()),
        ("Reference number", page.reference.clone()),
    ];
    let below = sheet.rows(190.0, &rows);

    sheet.text(48.0, below + 26.0, Style::label(), "Vaccination");
    let mut doses: Vec<_> = page
        .doses
        .iter()
        .map(|(number, on, lot)| {
            let date = on.strftime("%d %b %Y");
            (ordinal(*number), format!("{date} · lot {lot}"))
        })
        .collect();
    doses.insert(0, ("Vaccine", page.vaccine.to_owned()));
    doses.push(("Status", format!("{last} of {} doses", page.doses_total)));
    doses.push(("Vaccinated by", page.vaccinator.to_owned()));
    doses.push(("Vaccinated at", page.facility.clone()));
    let below = sheet.rows(below + 52.0, &doses);

    let size = 210.0;
    let top = (below + 24.0).clamp(520.0, 560.0);
    sheet.qr(48.0, top, size, page.qr_text);
    let beside = 48.0 + size + 24.0;
    sheet.text(beside, top + 18.0, Style::value(), "Check this certificate");
    let words = [
        "Scan the code with any verifier of EU Digital",
        "COVID Certificates, or give this file to",
        "\"teeka verify\". It works offline and sends",
        "nothing anywhere.",
    ];
    for (line, words) in (0_u8..).zip(words) {
        sheet.text(beside, f32::from(line).mul_add(16.0, top + 40.0), Style::small(INK), words);
    }
    sheet.text(beside, top + 130.0, Style::small(MUTED), "Certificate identifier");
    let (first, second) = page.uvci.split_at(page.uvci.len().min(36));
    sheet.text(beside, top + 146.0, Style::small(INK), first);
    sheet.text(beside, top + 162.0, Style::small(INK), second);
    sheet.finish()
}

/// An appointment slip.
pub fn slip(page: &SlipPage<'_>) -> Vec<u8> {
    let title = "Vaccination Appointment";
    let mut sheet = Sheet::new(title, None);
    sheet.band(GREEN, 92.0);
    sheet.text(48.0, 52.0, Style::title(), title);
    let dose = ordinal(page.dose_number);
    sheet.text(48.0, 74.0, Style::on_band(), &format!("{} · {dose}", page.vaccine));

    sheet.text(48.0, 134.0, Style::label(), "When");
    let when = format!("{}, {}", page.on.strftime("%A %d %B %Y"), page.slot);
    sheet.fitted(48.0, 162.0, Style::name(), &when, 499.0);
    sheet.text(48.0, 200.0, Style::label(), "Where");
    sheet.fitted(48.0, 222.0, Style::value(), page.facility, 499.0);
    sheet.fitted(48.0, 240.0, Style::small(MUTED), &page.address, 499.0);

    sheet.text(48.0, 280.0, Style::label(), "Secret code");
    sheet.text(48.0, 318.0, Style::code(), &page.security_code);
    sheet.text(
        170.0,
        306.0,
        Style::small(MUTED),
        "Tell it only to the vaccinator, and only when you are there.",
    );
    sheet.text(48.0, 360.0, Style::label(), "Who comes, with reference number");
    let people: Vec<_> =
        page.people.iter().map(|(name, number)| (number.as_str(), name.clone())).collect();
    let below = sheet.rows(388.0, &people);
    sheet.text(48.0, below + 26.0, Style::label(), "Please bring");
    let bring = [
        "The identity document that you registered with",
        "This slip, on paper or on your phone",
        "Your mobile, to receive messages",
    ];
    for (line, words) in (0_u8..).zip(bring) {
        let y = f32::from(line).mul_add(18.0, below + 48.0);
        sheet.text(48.0, y, Style::small(INK), &format!("–  {words}"));
    }
    sheet.text(48.0, 800.0, Style::small(MUTED), &format!("Appointment {}", page.appointment));
    sheet.finish()
}

#[cfg(test)]
mod tests;
