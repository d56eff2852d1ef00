//! What an operator may set. Reading files and the environment is the program's work.

/// Limits, so that one caller does not crowd out the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls from one address in five minutes.
    pub calls_per_address: u32,
    /// Searches of one sign-in in a quarter of an hour. Nobody is signed out by it.
    pub searches_per_sign_in: u32,
    /// Searches of one account in a day.
    pub searches_per_day: u32,
    /// One-time passwords for one mobile in a day.
    pub codes_per_mobile: u32,
    /// One-time passwords asked for from one address in an hour.
    pub codes_per_address: u32,
    /// Wrong one-time passwords in the whole country in a minute before every further one waits.
    pub failures_per_minute: u32,
    /// Codes shown to staff for one person in a day, right or wrong.
    pub presences_per_day: u32,
    /// Wrong tries after which a one-time password is dead.
    pub tries_per_code: i16,
}

impl Default for Limits {
    /// The figures of the contract, section 1.8, where it has one.
    fn default() -> Self {
        Self {
            calls_per_address: 100,
            searches_per_sign_in: 20,
            searches_per_day: 1_000,
            codes_per_mobile: 50,
            codes_per_address: 200,
            failures_per_minute: 10_000,
            presences_per_day: 20,
            tries_per_code: 5,
        }
    }
}

/// What staff sign in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffSignIn {
    /// A passkey, which no other site can ask for.
    Passkey,
    /// A passkey, or a one-time password and the code of an app.
    PasskeyOrTotp,
    /// A one-time password, as on Co-WIN; whoever has a passkey or an app, with that.
    Otp,
}

impl StaffSignIn {
    /// All of them, the strictest first.
    pub const ALL: [Self; 3] = [Self::Passkey, Self::PasskeyOrTotp, Self::Otp];

    /// Its word in the configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::PasskeyOrTotp => "passkey_or_totp",
            Self::Otp => "otp",
        }
    }
}

/// What an operator may set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Limits; none only for tests on loopback.
    pub limits: Option<Limits>,
    /// Who issues certificates, as printed on them.
    pub issuer: String,
    /// The country's code on certificates, ISO 3166-1.
    pub country: String,
    /// How long a certificate is valid, in days.
    pub certificate_days: u16,
    /// The https address that the platform is reached by, without a slash at its end: the issuer of
    /// SMART Health Cards, who publishes its keys there. Without one, none are issued.
    pub public_address: Option<String>,
    /// What staff sign in with.
    pub staff_sign_in: StaffSignIn,
    /// The folder of the public log of accesses. Without one, there is none, and accesses are in the
    /// store only.
    pub access_log: Option<std::path::PathBuf>,
    /// The folder of the public log of releases. Without one, there is none.
    pub release_log: Option<std::path::PathBuf>,
    /// The folder of the rolls that residents can ask whether they are in. Without one, there are none.
    pub rolls: Option<std::path::PathBuf>,
    /// Whether checkpoints of the logs are published as they are signed, or once witnesses cosigned them.
    pub publishing: ledger::witnessed::Publishing,
    /// How often each detail of a person may be corrected after their first dose.
    pub corrections: u8,
    /// Whether a session that staff publish takes bookings only once another person opened it.
    pub sessions_need_two: bool,
    /// Whether each dose takes a vial-dose that the facility received.
    pub keeps_stock: bool,
    /// How many days an erasure that was asked for can be taken back.
    pub erasure_days: u16,
    /// Whether two officers have to let an erasure go before it is done.
    pub erasures_need_two: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Some(Limits::default()),
            issuer: "Ministry of Health and Family Welfare".to_owned(),
            country: "IN".to_owned(),
            certificate_days: 730,
            public_address: None,
            // As there is no address that passkeys could be bound to.
            staff_sign_in: StaffSignIn::Otp,
            access_log: None,
            release_log: None,
            rolls: None,
            publishing: ledger::witnessed::Publishing::AtOnce,
            // As Co-WIN had it: name, year of birth and gender once.
            corrections: 1,
            sessions_need_two: false,
            keeps_stock: false,
            erasure_days: 7,
            erasures_need_two: false,
        }
    }
}
