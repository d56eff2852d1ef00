//! What only a certificate for travel needs to know of a person: given for that, and taken back at
//! any time.
//!
//! The types that hold a person's plain data have neither Debug nor Display, so that they cannot
//! reach a log, an error or a panic by accident.

use jiff::civil::Date;

use crate::{country::is_nationality, person::Name};

/// Why a detail for travel is not usable. It names the field and never repeats the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTravelDetail {
    /// Not a day.
    #[error("birth_date must be a day as yyyy-mm-dd, not in the future")]
    BirthDate,
    /// Not a day of the year that is on record.
    #[error(
        "birth_date is not in the year of birth on record: if that year is wrong, correct it first"
    )]
    OtherBirthYear,
    /// Not a passport's number.
    #[error("passport_number must be 6 to 9 letters and digits")]
    PassportNumber,
    /// Not a nationality.
    #[error("nationality must be a code of three letters as in the passport, such as IND")]
    Nationality,
    /// Not a name.
    #[error("guardian_name must have a letter and at most 100 characters, or be left out")]
    Guardian,
}

/// The number of a passport.
///
/// # Privacy
///
/// Personal: kept sealed, and printed only on the person's own certificate for travel.
#[derive(Clone, PartialEq, Eq)]
pub struct PassportNumber(String);

impl PassportNumber {
    /// Reads a number: letters become capitals, spaces and dashes go.
    ///
    /// # Errors
    ///
    /// [`BadTravelDetail::PassportNumber`] if that does not leave 6 to 9 letters and digits.
    ///
    /// # Source
    ///
    /// ICAO Doc 9303 part 4, section 4.2.2: at most nine characters, A to Z and 0 to 9.
    pub fn parse(text: &str) -> Result<Self, BadTravelDetail> {
        if text.len() > 64 {
            return Err(BadTravelDetail::PassportNumber);
        }
        let letters = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let number: String = letters.map(|c| c.to_ascii_uppercase()).collect();
        let fits =
            (6..=9).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric());
        if fits { Ok(Self(number)) } else { Err(BadTravelDetail::PassportNumber) }
    }

    /// The number, normalised.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The number with all but its last three characters hidden.
    pub fn masked(&self) -> String {
        let hidden = self.0.len() - 3;
        format!("{}{}", "X".repeat(hidden), &self.0[hidden..])
    }
}

/// The nationality that a passport tells.
///
/// # Privacy
///
/// Personal, as [`PassportNumber`].
#[derive(Clone, PartialEq, Eq)]
pub struct Nationality(String);

impl Nationality {
    /// Reads a code of three letters, in any case.
    ///
    /// # Errors
    ///
    /// [`BadTravelDetail::Nationality`] if there is none such.
    pub fn parse(text: &str) -> Result<Self, BadTravelDetail> {
        let code = text.trim();
        let code = if code.len() == 3 { code.to_ascii_uppercase() } else { String::new() };
        if is_nationality(&code) { Ok(Self(code)) } else { Err(BadTravelDetail::Nationality) }
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.0
    }
}

/// What is given for travel: all of it or nothing, but for the guardian.
///
/// # Privacy
///
/// As [`PassportNumber`].
#[derive(Clone, PartialEq, Eq)]
pub struct TravelDetails {
    /// The day of birth.
    pub born_on: Date,
    /// The passport's number.
    pub passport: PassportNumber,
    /// The nationality in it.
    pub nationality: Nationality,
    /// Parent or guardian of who cannot answer for themselves, such as a child.
    pub guardian: Option<Name>,
}

/// Reads the name of a parent or guardian, which may be left out.
///
/// # Errors
///
/// [`BadTravelDetail::Guardian`] if it is there and is no name.
pub fn parse_guardian(text: &str) -> Result<Option<Name>, BadTravelDetail> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    Name::parse(text).map(Some).map_err(|_| BadTravelDetail::Guardian)
}

/// Reads a day of birth.
///
/// # Errors
///
/// [`BadTravelDetail::BirthDate`] unless it is a day as `yyyy-mm-dd`, up to `today`.
pub fn parse_birth_date(text: &str, today: Date) -> Result<Date, BadTravelDetail> {
    let text = text.trim();
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let day = plain.then(|| text.parse().ok()).flatten();
    day.filter(|day| *day <= today).ok_or(BadTravelDetail::BirthDate)
}

/// Whether a day of birth goes with the year of birth that is on record: certificates that were
/// issued tell that year, and one person's must not contradict one another.
///
/// # Errors
///
/// [`BadTravelDetail::OtherBirthYear`] if not.
pub fn check_birth_date(born_on: Date, birth_year: i16) -> Result<(), BadTravelDetail> {
    if born_on.year() == birth_year { Ok(()) } else { Err(BadTravelDetail::OtherBirthYear) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_passport_number_is_read_as_people_write_it() {
        for (text, number) in
            [("k1234567", "K1234567"), (" AB-12 34 56 ", "AB123456"), ("123456", "123456")]
        {
            assert!(PassportNumber::parse(text).is_ok_and(|read| read.text() == number), "{text}");
        }
        let long = "1".repeat(70);
        for text in ["", "12345", "1234567890", "K123456<", "К1234567", "K१२३४५६७", long.as_str()]
        {
            assert!(PassportNumber::parse(text).is_err(), "{text}");
        }
        assert!(PassportNumber::parse("K1234567").is_ok_and(|read| read.masked() == "XXXXX567"));
    }

    #[test]
    fn a_nationality_is_read_in_any_case() {
        assert!(Nationality::parse(" ind ").is_ok_and(|read| read.code() == "IND"));
        for text in ["", "IN", "India", "XXX", "ін"] {
            assert!(Nationality::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_guardian_is_a_name_or_is_left_out() {
        for text in ["", "  ", "\t\n"] {
            assert!(parse_guardian(text).is_ok_and(|read| read.is_none()), "{text:?}");
        }
        let read = parse_guardian("  आशा   Demo ");
        assert!(read.is_ok_and(|read| read.is_some_and(|name| name.text() == "आशा Demo")));
        let long = "a".repeat(101);
        for text in ["17", "\u{202e}anna", long.as_str()] {
            assert!(parse_guardian(text) == Err(BadTravelDetail::Guardian), "{text:?}");
        }
    }

    #[test]
    fn a_birth_date_is_a_day_of_the_year_on_record() {
        let today = date(2022, 2, 1);
        assert_eq!(parse_birth_date(" 1980-02-29 ", today), Ok(date(1980, 2, 29)));
        assert_eq!(parse_birth_date("2022-02-01", today), Ok(today));
        for text in
            ["", "1980", "1981-02-29", "2022-02-02", "29-02-1980", "19800229", "1980-02-29T00:00"]
        {
            assert_eq!(parse_birth_date(text, today), Err(BadTravelDetail::BirthDate), "{text}");
        }
        assert_eq!(check_birth_date(date(1980, 12, 31), 1980), Ok(()));
        let other = Err(BadTravelDetail::OtherBirthYear);
        assert_eq!(check_birth_date(date(1981, 1, 1), 1980), other);
    }
}
