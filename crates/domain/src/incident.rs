//! Incidents: what kinds there are, what is said of one, and by when who is to be told.

use jiff::{SignedDuration, Timestamp};

use crate::manifest::words::closed;

/// By when CERT-In is to know, from when an incident was noticed.
///
/// # Units
///
/// Hours.
///
/// # Source
///
/// CERT-In, directions of 28 April 2022 under section 70B(6) of the IT Act, (ii).
pub const REPORT_HOURS: i64 = 6;
/// By when everybody affected is to be told, from when an incident was confirmed. The law says "without
/// delay" (DPDP Rules 2025, rule 7(1)); this is what the platform holds itself to.
///
/// # Units
///
/// Hours.
pub const TELL_HOURS: i64 = 24;
/// By when the Data Protection Board is to have everything, from when an incident was confirmed.
///
/// # Units
///
/// Hours.
///
/// # Source
///
/// DPDP Rules 2025, rule 7(2)(b).
pub const FILE_HOURS: i64 = 72;

/// Characters of each text at most: three of them stand in one message to a mobile, of 2,000 at most.
const MOST_TEXT: usize = 500;
/// Characters of a line at most.
const MOST_LINE: usize = 200;

closed! {
    /// What happened, by the names of CERT-In's list of what is to be reported.
    ///
    /// # Source
    ///
    /// CERT-In, directions of 28 April 2022, Annexure I.
    Kind {
        /// Somebody saw or used what they had no right to.
        Access "unauthorised-access" "Unauthorised access of IT systems/data" "सूचना प्रणाली या डेटा तक अनधिकृत पहुँच"
        /// Data got into the hands of others.
        Breach "data-breach" "Data breach" "डेटा का उल्लंघन"
        /// Data is public or for sale.
        Leak "data-leak" "Data leak" "डेटा का लीक"
        /// A system was taken over.
        Compromise "compromise" "Compromise of critical systems/information" "महत्वपूर्ण प्रणाली या सूचना पर कब्ज़ा"
        /// Harmful programs.
        Malware "malware" "Malicious code attack" "हानिकारक प्रोग्राम का हमला"
        /// A server was attacked.
        Server "server-attack" "Attack on servers such as database, mail and DNS" "सर्वर पर हमला"
        /// An application was attacked.
        Application "application-attack" "Attack on applications such as e-governance" "ई-गवर्नेंस जैसे एप्लिकेशन पर हमला"
        /// Somebody posed as another.
        Phishing "phishing" "Identity theft, spoofing and phishing" "पहचान की चोरी या फ़िशिंग"
    }
}

impl Kind {
    /// The kind with a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|one| one.name() == name).copied()
    }
}

/// What is said of an incident. It names nobody who is affected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Of which kind it is.
    pub kind: Kind,
    /// What happened.
    pub what: String,
    /// Which systems are affected.
    pub systems: String,
    /// What was done about it so far.
    pub done: String,
    /// What follows from it for those affected, and what they can do.
    pub advice: String,
    /// The official who answers for it: name and what they are.
    pub official: String,
    /// How they are reached in business.
    pub contact: String,
}

/// Why what is said of an incident cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadIncident {
    /// A text is empty, too long or cannot be shown.
    #[error("each text must be 1 to 500 characters, official and contact one line of at most 200")]
    Text,
    /// It was confirmed before it was noticed, or is to come.
    #[error("an incident is noticed first, then confirmed, and neither is to come")]
    Times,
}

impl Said {
    /// Says whether each text is within its bounds.
    ///
    /// # Errors
    ///
    /// [`BadIncident::Text`].
    pub fn check(&self) -> Result<(), BadIncident> {
        let shown = |c: char| !c.is_control() || c == '\n';
        let text = |text: &str| {
            (1..=MOST_TEXT).contains(&text.trim().chars().count()) && text.chars().all(shown)
        };
        let line = |text: &str| {
            (1..=MOST_LINE).contains(&text.trim().chars().count())
                && !text.contains(char::is_control)
        };
        let fits = [&self.what, &self.systems, &self.done, &self.advice].map(|one| text(one));
        let fits = fits.into_iter().all(|fits| fits) && line(&self.official) && line(&self.contact);
        if fits { Ok(()) } else { Err(BadIncident::Text) }
    }
}

/// By when who is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// When it was noticed.
    pub noticed_at: Timestamp,
    /// When it was confirmed.
    pub confirmed_at: Timestamp,
    /// Until then CERT-In is to know.
    pub report_by: Timestamp,
    /// Until then everybody affected is to be told.
    pub tell_by: Timestamp,
    /// Until then the Board is to have its file.
    pub file_by: Timestamp,
}

impl Clocks {
    /// The clocks of an incident.
    ///
    /// # Errors
    ///
    /// [`BadIncident::Times`] if it was confirmed before it was noticed, or after `now`.
    pub fn new(
        noticed_at: Timestamp,
        confirmed_at: Timestamp,
        now: Timestamp,
    ) -> Result<Self, BadIncident> {
        if noticed_at > confirmed_at || confirmed_at > now {
            return Err(BadIncident::Times);
        }
        let after = |at: Timestamp, hours| {
            at.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(at)
        };
        Ok(Self {
            noticed_at,
            confirmed_at,
            report_by: after(noticed_at, REPORT_HOURS),
            tell_by: after(confirmed_at, TELL_HOURS),
            file_by: after(confirmed_at, FILE_HOURS),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + hours * 3_600).unwrap()
    }

    #[test]
    fn the_clocks_run_from_noticing_and_from_confirming() {
        let clocks = Clocks::new(at(0), at(2), at(3)).unwrap();
        assert_eq!((clocks.report_by, clocks.tell_by, clocks.file_by), (at(6), at(26), at(74)));
        assert_eq!(Clocks::new(at(2), at(0), at(3)), Err(BadIncident::Times));
        assert_eq!(Clocks::new(at(0), at(4), at(3)), Err(BadIncident::Times));
    }

    #[test]
    fn what_is_said_is_whole_and_can_be_shown() {
        let said = Said {
            kind: Kind::Leak,
            what: "records\nof a facility".into(),
            systems: "the desk".into(),
            done: "the account is held".into(),
            advice: "nothing is to be done".into(),
            official: "M. Rao, CISO".into(),
            contact: "ciso@example.org".into(),
        };
        assert_eq!(said.check(), Ok(()));
        for bad in [
            Said { what: " ".into(), ..said.clone() },
            Said { done: "x".repeat(501), ..said.clone() },
            Said { contact: "a\nb".into(), ..said.clone() },
            Said { advice: "\u{7}".into(), ..said.clone() },
        ] {
            assert_eq!(bad.check(), Err(BadIncident::Text));
        }
        assert_eq!(Kind::from_name("data-leak"), Some(Kind::Leak));
        assert_eq!(Kind::from_name("leak"), None);
    }
}
