//! What is known about a person: exactly the fields of the manifest and no more.
//!
//! The types that hold a person's plain data have neither Debug nor Display, so that they cannot
//! reach a log, an error or a panic by accident.

/// Why a value a person gave is not usable. It names the field and never repeats the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDetail {
    /// Not an Indian mobile number.
    #[error("mobile must be 10 digits, the first of them 6 to 9")]
    Mobile,
    /// Empty, too long, or holding something that is not text.
    #[error("name must be 1 to 100 characters with at least one letter")]
    Name,
    /// Not a year in which a living person was born.
    #[error("birth_year must be a year of four digits, not in the future")]
    BirthYear,
    /// Not one of the genders.
    #[error("gender_id must be 1 (Male), 2 (Female) or 3 (Others)")]
    Gender,
    /// Not one of the kinds of identity document.
    #[error("photo_id_type must be one of the listed types")]
    DocumentKind,
    /// Not the number of such a document.
    #[error("photo_id_number does not fit its photo_id_type")]
    DocumentNumber,
}

/// A mobile number, ten digits.
///
/// # Privacy
///
/// Personal: may go to the vault and, at delivery, to the message gateway.
#[derive(Clone, PartialEq, Eq)]
pub struct Mobile(String);

impl Mobile {
    /// Reads a number as people write it: with or without `+91` or `0`, spaces and dashes.
    ///
    /// # Errors
    ///
    /// [`BadDetail::Mobile`] if it is not an Indian mobile number.
    pub fn parse(text: &str) -> Result<Self, BadDetail> {
        if text.len() > 32 {
            return Err(BadDetail::Mobile);
        }
        let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let digits = match plain.len() {
            13 => plain.strip_prefix("+91"),
            12 => plain.strip_prefix("91"),
            11 => plain.strip_prefix('0'),
            _ => Some(plain.as_str()),
        };
        match digits {
            Some(digits)
                if digits.len() == 10
                    && digits.bytes().all(|b| b.is_ascii_digit())
                    && digits.as_bytes()[0] >= b'6' =>
            {
                Ok(Self(digits.to_owned()))
            }
            _ => Err(BadDetail::Mobile),
        }
    }

    /// The ten digits.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// The last four digits, which may be shown to the person.
    pub fn last_four(&self) -> &str {
        &self.0[6..]
    }
}

/// A person's name as they write it, in any script.
#[derive(Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Reads a name; runs of white space become one space.
    ///
    /// # Errors
    ///
    /// [`BadDetail::Name`] if it is empty, longer than 100 characters, has no letter, or holds a
    /// control character or a mark that turns the direction of text.
    pub fn parse(text: &str) -> Result<Self, BadDetail> {
        if text.len() > 1_000 {
            return Err(BadDetail::Name);
        }
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let hidden = |c: char| {
            c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        let length = name.chars().count();
        if (1..=100).contains(&length)
            && name.chars().any(char::is_alphabetic)
            && !name.contains(hidden)
        {
            Ok(Self(name))
        } else {
            Err(BadDetail::Name)
        }
    }

    /// The name.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// A gender, as the contract numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gender {
    /// 1
    Male,
    /// 2
    Female,
    /// 3
    Others,
}

impl Gender {
    /// All genders, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Male, Self::Female, Self::Others];

    /// The gender with this number.
    ///
    /// # Errors
    ///
    /// [`BadDetail::Gender`] if there is none.
    pub fn from_number(number: i64) -> Result<Self, BadDetail> {
        match number {
            1 => Ok(Self::Male),
            2 => Ok(Self::Female),
            3 => Ok(Self::Others),
            _ => Err(BadDetail::Gender),
        }
    }

    /// The gender with this label, whatever its case.
    ///
    /// # Errors
    ///
    /// [`BadDetail::Gender`] if there is none.
    pub fn from_label(label: &str) -> Result<Self, BadDetail> {
        Self::ALL
            .into_iter()
            .find(|gender| gender.label().eq_ignore_ascii_case(label.trim()))
            .ok_or(BadDetail::Gender)
    }

    /// Its number in the contract.
    pub const fn number(self) -> i64 {
        match self {
            Self::Male => 1,
            Self::Female => 2,
            Self::Others => 3,
        }
    }

    /// Its English label in the contract.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Male => "Male",
            Self::Female => "Female",
            Self::Others => "Others",
        }
    }
}

/// A kind of identity document: its number in the contract, its label and its label in Hindi.
///
/// # Source
///
/// Co-WIN specification of 1 May 2021, photo id types.
pub const DOCUMENT_KINDS: [(i64, &str, &str); 13] = [
    (1, "Aadhaar Card", "आधार कार्ड"),
    (2, "Driving License", "ड्राइविंग लाइसेंस"),
    (3, "Health Insurance Smart Card", "स्वास्थ्य बीमा स्मार्ट कार्ड"),
    (4, "MNREGA Job Card", "मनरेगा जॉब कार्ड"),
    (5, "Official identity cards issued to MPs/MLAs/MLCs", "सांसद/विधायक पहचान पत्र"),
    (6, "PAN Card", "पैन कार्ड"),
    (7, "Passbooks issued by Bank/Post Office", "बैंक/डाकघर पासबुक"),
    (8, "Passport", "पासपोर्ट"),
    (9, "Pension Document", "पेंशन दस्तावेज़"),
    (10, "Service Identity Card", "सेवा पहचान पत्र"),
    (11, "Smart Card issued by RGI under NPR", "एनपीआर स्मार्ट कार्ड"),
    (12, "Voter ID", "मतदाता पहचान पत्र"),
    (13, "Others (Local Authority)", "अन्य (स्थानीय प्राधिकरण)"),
];

/// A document that says who someone is.
///
/// # Privacy
///
/// Personal: its number is kept sealed and found only through a keyed blind index.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityDocument {
    kind: i64,
    number: String,
}

impl IdentityDocument {
    /// Reads a document's number: letters become capitals, spaces and dashes go.
    ///
    /// # Errors
    ///
    /// [`BadDetail::DocumentKind`] or [`BadDetail::DocumentNumber`].
    pub fn parse(kind: i64, number: &str) -> Result<Self, BadDetail> {
        if !DOCUMENT_KINDS.iter().any(|(id, ..)| *id == kind) {
            return Err(BadDetail::DocumentKind);
        }
        if number.len() > 64 {
            return Err(BadDetail::DocumentNumber);
        }
        let number: String = number
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '/' | '.'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let fits = match kind {
            1 => number.len() == 12 && number.bytes().all(|b| b.is_ascii_digit()),
            _ => {
                (4..=20).contains(&number.len())
                    && number.bytes().all(|b| b.is_ascii_alphanumeric())
            }
        };
        if fits { Ok(Self { kind, number }) } else { Err(BadDetail::DocumentNumber) }
    }

    /// Its kind, as the contract numbers them.
    pub const fn kind(&self) -> i64 {
        self.kind
    }

    /// The number, normalised.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The label of its kind.
    pub fn label(&self) -> &'static str {
        DOCUMENT_KINDS.iter().find(|(id, ..)| *id == self.kind).map_or("", |(_, label, _)| label)
    }

    /// The number with all but its last four characters hidden.
    pub fn masked(&self) -> String {
        let shown = &self.number[self.number.len() - 4..];
        format!("{}{shown}", "X".repeat(self.number.len() - 4))
    }

    /// The text under which the document is unique in the country.
    pub fn index_text(&self) -> String {
        format!("{}:{}", self.kind, self.number)
    }
}

/// Everything the platform knows about a beneficiary, in plain.
///
/// # Privacy
///
/// Exists only between the vault and the answer to who may see it. It cannot be printed:
///
/// ```compile_fail,E0277
/// fn told(details: &domain::person::Details) -> String {
///     format!("{details:?}")
/// }
/// ```
///
/// nor can what it holds:
///
/// ```compile_fail,E0277
/// fn told(details: &domain::person::Details) -> String {
///     format!("{:?} {:?}", details.name, details.document)
/// }
/// ```
///
/// ```compile_fail,E0277
/// fn told(mobile: &domain::person::Mobile) -> String {
///     format!("{mobile} {mobile:?}")
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Details {
    /// The name as the person writes it.
    pub name: Name,
    /// Year of birth; eligibility goes by it.
    pub birth_year: i16,
    /// Gender.
    pub gender: Gender,
    /// The document they will show.
    pub document: IdentityDocument,
    /// Whether the person says they have a condition that gives priority.
    pub comorbidity: bool,
}

/// Reads a year of birth.
///
/// # Errors
///
/// [`BadDetail::BirthYear`] unless it lies in the 120 years up to `this_year`.
pub fn parse_birth_year(text: &str, this_year: i16) -> Result<i16, BadDetail> {
    let year: i16 = text.trim().parse().map_err(|_| BadDetail::BirthYear)?;
    if (this_year - 120..=this_year).contains(&year) { Ok(year) } else { Err(BadDetail::BirthYear) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mobile_is_read_as_people_write_it() {
        for text in ["9876543210", "+91 98765 43210", "098765-43210", "919876543210"] {
            assert!(Mobile::parse(text).is_ok_and(|m| m.digits() == "9876543210"));
        }
        for text in ["", "987654321", "5876543210", "98765432101", "９876543210", "98765o3210"] {
            assert!(Mobile::parse(text).is_err());
        }
    }

    #[test]
    fn a_name_is_any_script_but_text() {
        for text in ["O'Brien", "सीता देवी", "A", "Ré  née", "José-María \"Pepe\""]
        {
            assert!(Name::parse(text).is_ok(), "{text}");
        }
        let long = "x".repeat(101);
        for text in ["", "  ", "123", "a\u{0}b", "a\u{202e}b", long.as_str()] {
            assert!(Name::parse(text).is_err());
        }
        assert!(Name::parse(" a  b ").is_ok_and(|name| name.text() == "a b"));
    }

    #[test]
    fn a_document_shows_only_its_last_four() {
        let document = IdentityDocument::parse(1, "1234 5678 9012").ok().unwrap();
        assert_eq!(document.masked(), "XXXXXXXX9012");
        assert_eq!(document.label(), "Aadhaar Card");
        assert!(IdentityDocument::parse(1, "12345678901").is_err());
        assert!(IdentityDocument::parse(99, "123456789012").is_err());
        assert!(IdentityDocument::parse(6, "abcde1234f").is_ok());
    }

    #[test]
    fn a_birth_year_is_one_of_a_living_person() {
        assert_eq!(parse_birth_year("1980", 2021), Ok(1980));
        for text in ["2022", "1900", "80", "nineteen", ""] {
            assert_eq!(parse_birth_year(text, 2021), Err(BadDetail::BirthYear));
        }
    }
}
