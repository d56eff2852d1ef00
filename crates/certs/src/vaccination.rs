//! What is certified: one recorded dose of one person. Each format takes of it what it can say.

use jiff::civil::Date;
use uuid::Uuid;

/// A vaccination to certify.
///
/// # Privacy
///
/// Holds a person's details: goes into the certificate and nowhere else. So it has no Debug.
#[derive(Clone)]
pub struct Vaccination<'a> {
    /// The certificate's id: 128 random bits, so that nobody can guess one.
    pub id: Uuid,
    /// Name as the person writes it.
    pub name: &'a str,
    /// When the person was born, as far as it is known.
    pub born: Born,
    /// Gender.
    pub gender: Gender,
    /// The person's reference number.
    pub reference: &'a str,
    /// What the vaccine is called in the programme.
    pub vaccine: &'a str,
    /// How the disease, the vaccine and its maker are coded.
    pub codes: Codes<'a>,
    /// Maker's production lot.
    pub lot: &'a str,
    /// Who gave it, as printed.
    pub vaccinator: &'a str,
    /// Where it was given.
    pub place: Place<'a>,
    /// Which dose this is.
    pub dose_number: u8,
    /// How many complete the series.
    pub doses_total: u8,
    /// When it was given.
    pub given_on: Date,
    /// ISO 3166-1 alpha-2 code of the country where it was given.
    pub country: &'a str,
    /// Who certifies.
    pub issuer: &'a str,
}

impl Vaccination<'_> {
    /// The unique certificate identifier.
    pub fn uvci(&self) -> String {
        crate::name::uvci(self.country, self.id)
    }

    /// How many doses complete the series, never fewer than were given.
    pub fn series(&self) -> u8 {
        self.doses_total.max(self.dose_number)
    }
}

/// When a person was born, as far as it is known. Nothing is made up: who has only a year gets a
/// certificate with a year.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Born {
    /// The year.
    Year(i16),
    /// The day.
    On(Date),
}

impl Born {
    /// As `YYYY` or `YYYY-MM-DD`.
    pub fn text(self) -> String {
        match self {
            Self::Year(year) => format!("{year:04}"),
            Self::On(date) => date.to_string(),
        }
    }

    /// The year.
    pub fn year(self) -> i16 {
        match self {
            Self::Year(year) => year,
            Self::On(date) => date.year(),
        }
    }
}

/// Gender.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Gender {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Another.
    Other,
    /// Not recorded.
    Unknown,
}

/// How the disease, the vaccine and its maker are coded.
#[derive(Clone, Copy)]
pub struct Codes<'a> {
    /// SNOMED CT code of the disease.
    pub disease: &'a str,
    /// ICD-11 code of the disease or of the vaccine.
    pub icd11: &'a str,
    /// SNOMED CT code of what the vaccine is.
    pub prophylaxis: &'a str,
    /// The medicinal product, EU value set.
    pub product: &'a str,
    /// Who makes it, EU value set.
    pub manufacturer: &'a str,
    /// The maker's name in words.
    pub maker: &'a str,
    /// CVX code of the vaccine.
    pub cvx: &'a str,
}

/// Where a dose was given.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The facility.
    pub facility: &'a str,
    /// Its district.
    pub district: &'a str,
    /// Its state.
    pub state: &'a str,
    /// Its PIN code.
    pub pincode: i32,
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::civil::date;

    use super::*;

    /// A vaccination of a made-up person.
    pub(crate) fn vaccination(name: &str) -> Vaccination<'_> {
        Vaccination {
            id: Uuid::from_bytes([3; 16]),
            name,
            born: Born::Year(1980),
            gender: Gender::Female,
            reference: "12345678901234",
            vaccine: "COVISHIELD",
            codes: Codes {
                disease: "840539006",
                icd11: "RA01",
                prophylaxis: "29061000087103",
                product: "Covishield",
                manufacturer: "ORG-100001981",
                maker: "Serum Institute of India",
                cvx: "210",
            },
            lot: "4121Z008",
            vaccinator: "Meera Nair",
            place: Place {
                facility: "PHC \"Old Town\", Ward 3",
                district: "Pune",
                state: "Maharashtra",
                pincode: 411_001,
            },
            dose_number: 2,
            doses_total: 2,
            given_on: date(2021, 12, 1),
            country: "IN",
            issuer: "Ministry of Health",
        }
    }

    #[test]
    fn a_series_has_as_many_doses_as_were_given() {
        let third = Vaccination { dose_number: 3, ..vaccination("Anna") };
        assert_eq!(third.series(), 3);
        assert_eq!(vaccination("Anna").series(), 2);
        assert_eq!(Born::Year(980).text(), "0980");
        assert_eq!(Born::On(date(1980, 2, 3)).text(), "1980-02-03");
    }
}
