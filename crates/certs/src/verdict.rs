//! The answer about a certificate: what it says, and whether that can be relied on.

pub mod told;

/// The form that a certificate has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// EU Digital COVID Certificate: HCERT, claim 1.
    Dcc,
    /// WHO DDCC, vaccination: HCERT, claim 3.
    DdccVaccination,
    /// WHO DDCC, test: HCERT, claim 4.
    DdccTest,
    /// WHO digital International Certificate of Vaccination or Prophylaxis: HCERT, claim -6.
    Icvp,
    /// SMART Health Card.
    Shc,
    /// Co-WIN and DIVOC.
    Divoc,
    /// ICAO Visible Digital Seal for Non-constrained environments.
    VdsNc,
    /// W3C Verifiable Credential 2.0.
    Vc,
    /// SD-JWT VC.
    SdJwt,
}

impl Format {
    /// The name that people know it by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dcc => "EU DCC",
            Self::DdccVaccination => "WHO DDCC vaccination",
            Self::DdccTest => "WHO DDCC test",
            Self::Icvp => "WHO ICVP",
            Self::Shc => "SMART Health Card",
            Self::Divoc => "DIVOC",
            Self::VdsNc => "ICAO VDS-NC",
            Self::Vc => "W3C Verifiable Credential",
            Self::SdJwt => "SD-JWT VC",
        }
    }
}

/// What a certificate says.
///
/// # Privacy
///
/// Holds a name and a birth date: for whoever the holder showed it to. So it has no Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// Its form.
    pub format: Format,
    /// Full name; none if the holder kept it back.
    pub name: Option<String>,
    /// Birth date, or as much of it as is known.
    pub born: Option<String>,
    /// What was done.
    pub events: Vec<Event>,
    /// Who certifies.
    pub issuer: String,
    /// Its identifier.
    pub id: Option<String>,
    /// When it was issued, seconds since 1970.
    pub issued_at: Option<i64>,
    /// When it expires, seconds since 1970.
    pub expires_at: Option<i64>,
}

/// What kind of event is certified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EventKind {
    /// A dose was given.
    #[default]
    Vaccination,
    /// A test was made.
    Test,
    /// An infection was overcome.
    Recovery,
}

/// An event that is certified; fields that a form does not have are empty.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// What kind.
    pub kind: EventKind,
    /// Disease, code or name.
    pub disease: Option<String>,
    /// The medicinal product, or the test.
    pub product: Option<String>,
    /// Who makes it.
    pub manufacturer: Option<String>,
    /// Production lot.
    pub lot: Option<String>,
    /// Which dose.
    pub dose_number: Option<i64>,
    /// How many complete the series.
    pub doses_total: Option<i64>,
    /// The day, as written.
    pub on: Option<String>,
    /// Until when it counts, as written.
    pub until: Option<String>,
    /// Facility or laboratory.
    pub place: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Result of a test.
    pub result: Option<String>,
}

/// Why a certificate does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotValid {
    /// None of the forms that are read.
    #[error("it is not a certificate of a form that is read here")]
    NotACertificate,
    /// It cannot be unpacked.
    #[error("it cannot be unpacked")]
    Packing,
    /// One part of several.
    #[error("it is one of several parts of a certificate, and parts are not put together here")]
    Part,
    /// It is larger than any certificate.
    #[error("it is larger than a certificate may be")]
    TooLarge,
    /// What is inside is not what the form asks for.
    #[error("it does not hold what a certificate of its form must")]
    Content,
    /// It names a context that is not built in; contexts are never fetched.
    #[error("it relies on a context from elsewhere, which is never fetched")]
    Context,
    /// A field is not covered by the signature.
    #[error("it has a field that its signature does not cover")]
    Unsigned,
    /// The signer is not known.
    #[error("its signer is not known")]
    UnknownSigner,
    /// The signature does not fit.
    #[error("its signature does not fit")]
    Signature,
    /// The signer may not sign this.
    #[error("its signer may not sign it")]
    WrongSigner,
    /// Too old.
    #[error("it has expired")]
    Expired,
    /// Not yet valid.
    #[error("it is dated in the future")]
    NotYet,
    /// Withdrawn by who issued it.
    #[error("it was withdrawn")]
    Withdrawn,
    /// Suspended by who issued it.
    #[error("it is suspended")]
    Suspended,
    /// Its holder did not prove that it is theirs, though it is bound to a key.
    #[error("the proof that it is the holder's does not fit")]
    Holder,
}

/// What weakens a valid certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Caveat {
    /// The signer's certificate has expired since.
    #[error("its signer's certificate has expired since it was issued")]
    ExpiredSigner,
    /// The certificate says that it lasts longer than its signer's certificate does.
    #[error("it is dated to outlast its signer's certificate")]
    OutlastsSigner,
    /// No list of withdrawn certificates was at hand.
    #[error("whether it was withdrawn is not known: no list of withdrawn certificates is at hand")]
    NoStatusList,
    /// The list of withdrawn certificates is older than its issuer says that it may be.
    #[error("the list of withdrawn certificates is {days} days old")]
    StaleStatusList {
        /// How old, in whole days.
        days: u32,
    },
    /// Its form does not bind values to the names of fields.
    #[error("its form lets values be exchanged between some fields without breaking the signature")]
    WeakBinding,
    /// A code is in none of the value sets.
    #[error("it has a code that the value sets do not list")]
    UnknownCode,
    /// It is bound to its holder's key, and no proof of that came with it.
    #[error("it is bound to its holder's key, and they did not prove that they have it")]
    NoHolderProof,
    /// It has no end.
    #[error("it does not say when it expires")]
    NoExpiry,
    /// It covers an interval that is over, or has not begun.
    #[error("the time that it counts for is over or has not begun")]
    OutOfTime,
}

/// The answer about a certificate.
#[derive(Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Genuine and in force.
    Valid(Claims),
    /// Genuine, with something to know.
    ValidBut(Claims, Vec<Caveat>),
    /// Not to be relied on.
    NotValid(NotValid),
}

/// Whether a certificate is in force at an instant, all in seconds since 1970.
pub(crate) fn in_time(from: Option<i64>, until: Option<i64>, now: i64) -> Result<(), NotValid> {
    /// A minute of difference between clocks is no forgery.
    const CLOCKS: i64 = 60;
    if from.is_some_and(|from| from > now.saturating_add(CLOCKS)) {
        return Err(NotValid::NotYet);
    }
    if until.is_some_and(|until| until < now) { Err(NotValid::Expired) } else { Ok(()) }
}

/// What a format's own check finds.
pub(crate) type Checked = Result<(Claims, Vec<Caveat>), NotValid>;

impl From<Checked> for Verdict {
    fn from(checked: Checked) -> Self {
        match checked {
            Ok((claims, caveats)) if caveats.is_empty() => Self::Valid(claims),
            Ok((claims, caveats)) => Self::ValidBut(claims, caveats),
            Err(why) => Self::NotValid(why),
        }
    }
}
