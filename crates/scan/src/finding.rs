//! What is said about a text.

use std::fmt;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What was found.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $name,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name in results.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

kinds! {
    /// Number of a mobile.
    Mobile = "mobile",
    /// Aadhaar number.
    Aadhaar = "aadhaar",
    /// Virtual id that stands for an Aadhaar number.
    VirtualId = "virtual_id",
    /// Permanent account number of an individual.
    Pan = "pan",
    /// Number of a passport.
    Passport = "passport",
    /// Number of an elector's photo identity card.
    Epic = "epic",
    /// Number of a driving licence.
    DrivingLicence = "driving_licence",
    /// Number of a ration card.
    RationCard = "ration_card",
    /// Number of a MNREGA job card.
    JobCard = "job_card",
    /// Health account number (ABHA).
    AbhaNumber = "abha_number",
    /// Health account address (ABHA).
    AbhaAddress = "abha_address",
    /// Number of a bank account.
    BankAccount = "bank_account",
    /// UPI id.
    Upi = "upi",
    /// Registration of a vehicle.
    Vehicle = "vehicle",
    /// Goods and services tax number: of a business, not of a person.
    Gstin = "gstin",
    /// E-mail address.
    Email = "email",
    /// Name of a person.
    Name = "name",
    /// Postal address.
    Address = "address",
    /// PIN code of a person's address.
    PinCode = "pin_code",
    /// Date, or year, of birth.
    BirthDate = "birth_date",
    /// Age.
    Age = "age",
    /// Gender.
    Gender = "gender",
    /// Result of a laboratory test.
    TestResult = "test_result",
    /// Id of a specimen's referral form.
    SrfId = "srf_id",
    /// Id of a person tested, as the council of medical research gives it.
    IcmrId = "icmr_id",
    /// Reference id of a beneficiary.
    BeneficiaryId = "beneficiary_id",
    /// Vaccine given.
    Vaccination = "vaccination",
}

impl Kind {
    /// Whether it leads to one person by itself.
    pub const fn identifies(self) -> bool {
        !matches!(
            self,
            Self::Gstin
                | Self::Name
                | Self::Address
                | Self::PinCode
                | Self::BirthDate
                | Self::Age
                | Self::Gender
                | Self::TestResult
                | Self::Vaccination
        )
    }

    /// Whether it is about a person at all.
    pub const fn is_personal(self) -> bool {
        !matches!(self, Self::Gstin)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing found: what and where, never the thing itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// Offset of its first byte in the text.
    pub start: usize,
    /// Offset behind its last byte.
    pub end: usize,
    /// How sure this is, in percent.
    pub confidence: u8,
    /// Which record it belongs to, counted from 0 over the records that have findings.
    pub record: usize,
    /// Whether the text itself shows a part of it only.
    pub masked: bool,
}

/// All that was found in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// In order of records, and within a record in order of place.
    pub findings: Vec<Finding>,
    /// How many persons are exposed, as far as records tell them apart.
    pub persons: usize,
}
