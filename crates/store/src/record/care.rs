//! Rules, counts, messages and what is looked at to see whether all is well.

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

/// A version of the rules file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesFile {
    /// Its version.
    pub version: String,
    /// The file as it was given.
    pub text: String,
    /// When it was given.
    pub put_at: Timestamp,
}

/// A count of events: how often something happened at a facility on a day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tally {
    /// Where; negative numbers stand for what has no place, such as a registration.
    pub facility: i64,
    /// When.
    pub on: Date,
    /// What: `dose|COVISHIELD|1|Female|45`, `aefi`, `registered|Male|18`.
    pub measure: String,
    /// How often.
    pub count: i64,
}

/// A message to someone, sealed under the message key and bound to its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id, which the gateway gets as reference.
    pub id: Uuid,
    /// Where it is kept.
    pub bucket: u16,
    /// Address and text, sealed.
    pub sealed: Vec<u8>,
    /// What it is about: `otp`, `appointment`.
    pub kind: String,
    /// When it was written.
    pub at: Timestamp,
    /// How often delivery was tried.
    pub tries: i32,
}

/// What became of a leased message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The message.
    pub id: Uuid,
    /// Where it is kept.
    pub bucket: u16,
    /// When to try again; none if it was delivered or given up.
    pub retry_at: Option<Timestamp>,
}

/// Counts that must agree with one another: the invariants of promise 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// People.
    pub people: u64,
    /// Doses.
    pub doses: u64,
    /// Appointments whose seat is held.
    pub booked: u64,
    /// Pools whose count of taken seats is not the number of their appointments.
    pub pools_off: u64,
    /// Pools with more seats taken than they have.
    pub overbooked: u64,
    /// Held seats without a claim.
    pub seats_without_claim: u64,
    /// Confirmed claims without a seat.
    pub claims_without_seat: u64,
    /// Claims between two steps.
    pub in_motion: u64,
    /// Doses that neither have a certificate nor are owed one.
    pub doses_without_certificate: u64,
    /// Doses that are owed a certificate.
    pub owed: u64,
    /// Certificates that are owed for no dose, or for one that has its certificate.
    pub owed_wrongly: u64,
    /// Certificates that were not withdrawn and are of no dose, or of one that has another such.
    pub certificates_astray: u64,
    /// Accesses to people's fields.
    pub accesses: u64,
    /// Accesses without the one before them in their person's list.
    pub accesses_astray: u64,
}

impl Audit {
    /// Whether everything agrees.
    pub const fn holds(&self) -> bool {
        self.pools_off == 0
            && self.overbooked == 0
            && self.seats_without_claim == 0
            && self.claims_without_seat == 0
            && self.doses_without_certificate == 0
            && self.owed_wrongly == 0
            && self.certificates_astray == 0
            && self.accesses_astray == 0
    }
}
