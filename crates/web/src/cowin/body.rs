//! Bodies as the contract's clients send them: numbers as strings and strings as numbers, unknown
//! fields, no content type. Lenient in, precise about what is missing.

use app::correction::Change;
use axum::body::Bytes;
use domain::{
    id::SessionId,
    person::{BadDetail, Details, Gender, IdentityDocument, Mobile, Name, parse_birth_year},
    reported::{BadReport, Reported},
    travel::{
        BadTravelDetail, Nationality, PassportNumber, TravelDetails, parse_birth_date,
        parse_guardian,
    },
};
use jiff::civil::Date;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::error::{Answer, bad, missing};

/// A JSON object.
pub(crate) struct Body(Map<String, Value>);

impl Body {
    /// Reads an object; no body is an empty object.
    pub(crate) fn read(bytes: &Bytes) -> Answer<Self> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            _ => Err(bad("USRRES0001", "The body must be a JSON object")),
        }
    }

    /// A text, or a number as text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(whole(number)?.to_string()),
            _ => None,
        }
    }

    /// A whole number: `1`, `1.0` or `"1"`.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        match self.0.get(name)? {
            Value::String(text) => text.trim().parse().ok(),
            Value::Number(number) => whole(number),
            _ => None,
        }
    }

    /// A list of texts.
    pub(crate) fn texts(&self, name: &str) -> Option<Vec<String>> {
        let list = self.0.get(name)?.as_array()?;
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(whole(number)?.to_string()),
            _ => None,
        };
        list.iter().map(text).collect()
    }

    pub(crate) fn uuid(&self, name: &str) -> Option<Uuid> {
        Uuid::try_parse(&self.text(name)?).ok()
    }

    /// The mobile, under either of its names.
    pub(crate) fn mobile(&self) -> Answer<Mobile> {
        let text = self.text("mobile").or_else(|| self.text("mobile_number"));
        let text = text.ok_or_else(|| bad("USRAUT0010", "Mobile is Required"))?;
        Mobile::parse(&text).map_err(|_| bad("USRAUT0010", "Mobile is Required"))
    }

    pub(crate) fn session(&self) -> Answer<SessionId> {
        self.uuid("session_id").map(SessionId).ok_or_else(missing)
    }

    /// The dose's number, where one is given.
    pub(crate) fn dose(&self) -> Answer<Option<u8>> {
        match self.number("dose") {
            None if self.0.get("dose").is_some_and(|dose| !dose.is_null()) => {
                Err(bad("USRRES0001", "dose must be 1, 2 or 3"))
            }
            None => Ok(None),
            Some(number @ 1..=9) => Ok(u8::try_from(number).ok()),
            Some(_) => Err(bad("USRRES0001", "dose must be 1, 2 or 3")),
        }
    }

    /// What is told about a person.
    pub(crate) fn details(&self, today: Date) -> Answer<Details> {
        let name = self
            .text("name")
            .ok_or_else(|| bad("APPOIN0047", "Name of individual is required!"))?;
        let year = self.text("birth_year").ok_or_else(missing)?;
        let kind = self.number("photo_id_type").ok_or_else(missing)?;
        let number = self.text("photo_id_number").ok_or_else(missing)?;
        let detail = |why: BadDetail| bad("USRRES0001", why.to_string());
        Ok(Details {
            name: Name::parse(&name).map_err(detail)?,
            birth_year: parse_birth_year(&year, today.year()).map_err(detail)?,
            gender: Gender::from_number(self.number("gender_id").ok_or_else(missing)?)
                .map_err(detail)?,
            document: IdentityDocument::parse(kind, &number).map_err(detail)?,
            comorbidity: self.comorbidity()?,
        })
    }

    /// What is right about a person; what is left out stays.
    pub(crate) fn change(&self, today: Date) -> Result<Change, BadDetail> {
        let given = |name, or| self.holds(name).then(|| self.text(name).ok_or(or)).transpose();
        let year = given("birth_year", BadDetail::BirthYear)?;
        let gender = self.holds("gender_id").then(|| self.number("gender_id"));
        let gender = gender.map(|number| Gender::from_number(number.ok_or(BadDetail::Gender)?));
        Ok(Change {
            name: given("name", BadDetail::Name)?.map(|name| Name::parse(&name)).transpose()?,
            birth_year: year.map(|year| parse_birth_year(&year, today.year())).transpose()?,
            gender: gender.transpose()?,
        })
    }

    /// What is given for travel.
    pub(crate) fn travel(&self, today: Date) -> Result<TravelDetails, BadTravelDetail> {
        let text = |name| self.text(name).unwrap_or_default();
        Ok(TravelDetails {
            born_on: parse_birth_date(&text("birth_date"), today)?,
            passport: PassportNumber::parse(&text("passport_number"))?,
            nationality: Nationality::parse(&text("nationality"))?,
            guardian: parse_guardian(&text("guardian_name"))?,
        })
    }

    /// What is reported: texts, of which all but one may be missing.
    pub(crate) fn report(&self) -> Result<Reported, BadReport> {
        let given = |name, wrong| match self.0.get(name) {
            None | Some(Value::Null) => Ok(""),
            Some(Value::String(text)) => Ok(text.as_str()),
            Some(_) => Err(wrong),
        };
        Reported::new(
            given("seen", BadReport::Seen)?,
            given("found_at", BadReport::FoundAt)?,
            given("reach", BadReport::Reach)?,
            given("claimed", BadReport::Claimed)?,
        )
    }

    /// `Y` or `N`; nothing, or an empty text, is `N`.
    fn comorbidity(&self) -> Answer<bool> {
        match self.0.get("comorbidity_ind") {
            None | Some(Value::Null) => Ok(false),
            Some(Value::String(text)) => match text.trim() {
                "Y" => Ok(true),
                "N" | "" => Ok(false),
                _ => Err(bad("USRRES0001", "comorbidity_ind must be Y or N")),
            },
            Some(_) => Err(bad("USRRES0001", "comorbidity_ind must be Y or N")),
        }
    }

    /// Whether there is a field of this name that holds something.
    pub(crate) fn holds(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }
}

fn whole(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let float = number.as_f64()?;
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
    })
}

/// A day as the contract writes it, `dd-mm-yyyy`; clients leave out a leading zero, or the century.
pub(crate) fn day(text: &str) -> Option<Date> {
    let mut parts = text.trim().split('-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |text: &str, most: usize| -> Option<i16> {
        let fits = (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| text.parse().ok()).flatten()
    };
    let year = match year.len() {
        2 => 2_000 + digits(year, 2)?,
        4 => digits(year, 4).filter(|year| (1900..=2099).contains(year))?,
        _ => return None,
    };
    let small = |number: i16| i8::try_from(number).ok();
    let (day, month) = (small(digits(day, 2)?)?, small(digits(month, 2)?)?);
    if parts.next().is_some() { None } else { Date::new(year, month, day).ok() }
}

/// A day in a body: missing is not an error, nonsense is.
pub(crate) fn optional_day(body: &Body, name: &str) -> Answer<Option<Date>> {
    let empty = body.0.get(name).is_some_and(|value| value == "");
    if empty || !body.holds(name) {
        return Ok(None);
    }
    let found = body.text(name).and_then(|text| day(&text));
    let wrong = || bad("USRRES0001", format!("{name} must be a date as dd-mm-yyyy"));
    found.map(Some).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_is_read_as_clients_write_it() {
        let day_of = date(2021, 5, 3);
        for text in ["03-05-2021", "3-5-2021", "03-05-21", " 03-05-2021 "] {
            assert_eq!(day(text), Some(day_of), "{text}");
        }
        for text in [
            "",
            "2021-05-03",
            "31-02-2021",
            "03/05/2021",
            "03-05-2021x",
            "03-05",
            "3-5-2021-1",
            "-",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_come_in_any_clothes_and_null_is_nothing() {
        let body =
            |text: &'static str| Body::read(&Bytes::from_static(text.as_bytes())).ok().unwrap();
        let mixed =
            body(r#"{"dose":2.0,"mobile":9876543210,"beneficiaries":[1,"2"],"gender_id":"3"}"#);
        assert_eq!(mixed.dose().ok().unwrap(), Some(2));
        assert!(mixed.mobile().is_ok_and(|mobile| mobile.digits() == "9876543210"));
        assert_eq!(mixed.texts("beneficiaries").unwrap(), ["1", "2"]);
        assert_eq!(mixed.number("gender_id"), Some(3));
        assert_eq!(body(r#"{"dose":null}"#).dose().ok().unwrap(), None);
        assert!(body(r#"{"dose":1.5}"#).dose().is_err());
        assert!(body(r#"{"dose":"first"}"#).dose().is_err());
        assert!(body("").mobile().is_err());
        assert!(Body::read(&Bytes::from_static(b"[1]")).is_err());
    }
}
