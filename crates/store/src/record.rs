//! What goes into the store and comes out of it. Personal fields are sealed before they get here:
//! to the store they are bytes.

use domain::{
    appointment::{AppointmentState, Seat},
    dose::Dose,
    id::{
        AccountId, AppointmentId, BeneficiaryId, DistrictId, DoseId, FacilityId, SessionId,
        StaffId, StateId,
    },
};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

/// A write that went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// For the first time.
    New,
    /// It had gone through before; nothing changed.
    Again,
}

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

/// A session was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// For the first time.
    New,
    /// It was there and has been changed.
    Changed,
}

/// Why a session was not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPublished {
    /// There is no such facility.
    #[error("there is no such facility")]
    NoSuchFacility,
    /// It was cancelled, moved to another day or vaccine, or would lose a pool.
    #[error("a published session keeps its day, vaccine and pools, and a cancelled one stays so")]
    NotTheSame,
    /// A capacity would fall below what is booked.
    #[error("a capacity cannot fall below what is booked")]
    BelowBooked,
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

/// The people who share a mobile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Its id and home.
    pub id: AccountId,
    /// Keyed blind index of the mobile.
    pub mobile_index: [u8; 32],
    /// The account's data key, wrapped.
    pub wrapped_key: Vec<u8>,
    /// Sealed mobile.
    pub mobile: Vec<u8>,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// A beneficiary's fields, each sealed under the beneficiary's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedDetails {
    /// Sealed name.
    pub name: Vec<u8>,
    /// Sealed year of birth.
    pub birth_year: Vec<u8>,
    /// Sealed gender.
    pub gender: Vec<u8>,
    /// Sealed kind and number of the identity document.
    pub document: Vec<u8>,
    /// Sealed statement about a condition that gives priority.
    pub comorbidity: Vec<u8>,
    /// Keyed blind index of the identity document.
    pub document_index: [u8; 32],
}

/// A beneficiary as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeneficiaryRow {
    /// Id; carries the home bucket.
    pub id: BeneficiaryId,
    /// The account they belong to.
    pub account: Uuid,
    /// Their data key, wrapped.
    pub wrapped_key: Vec<u8>,
    /// Their fields.
    pub details: SealedDetails,
    /// When they were registered.
    pub registered_at: Timestamp,
    /// When their identity was checked, if it was.
    pub verified_at: Option<Timestamp>,
}

/// One person to enrol.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// The account, opened with the first enrolment.
    pub account: AccountRow,
    /// The person.
    pub beneficiary: BeneficiaryRow,
    /// How many people the account may have.
    pub limit: u8,
    /// If the client gave a key: what makes a repeated request known.
    pub idempotency: Option<Idempotency>,
    /// What to count, if anything.
    pub tally: Option<Tally>,
    /// What to send, if anything.
    pub message: Option<Message>,
}

/// Why a person was not enrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotEnrolled {
    /// The account has as many people as it may.
    #[error("this mobile has as many people as it may have")]
    AccountFull,
    /// The document is registered already.
    #[error("this identity document is registered already")]
    DocumentTaken,
    /// The key was used for another request.
    #[error("the idempotency key was used for another request")]
    OtherRequest,
}

/// New fields for a beneficiary.
#[derive(Clone, Debug)]
pub struct Amendment {
    /// The account that asks.
    pub account: AccountId,
    /// Whose fields.
    pub beneficiary: BeneficiaryId,
    /// The fields, sealed.
    pub details: SealedDetails,
    /// When it was asked.
    pub at: Timestamp,
}

/// Why fields were not replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAmended {
    /// No such person in the account.
    #[error("there is no such beneficiary")]
    NoSuchBeneficiary,
    /// A dose is on record.
    #[error("details cannot be changed after the first dose")]
    Vaccinated,
    /// The document is registered already.
    #[error("this identity document is registered already")]
    DocumentTaken,
}

/// Why a person was not removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRemoved {
    /// No such person in the account.
    #[error("there is no such beneficiary")]
    NoSuchBeneficiary,
    /// A dose is on record.
    #[error("a beneficiary cannot be removed after the first dose")]
    Vaccinated,
    /// An appointment is live.
    #[error("cancel the appointment first")]
    Booked,
}

/// How far a claim on a seat is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClaimState {
    /// The seat is being asked for.
    Pending,
    /// The seat is held.
    Confirmed,
    /// The seat is being given back.
    Cancelling,
    /// Another seat is being asked for.
    Moving,
    /// The dose was given.
    Done,
}

impl ClaimState {
    /// Its number in the store.
    pub const fn number(self) -> i16 {
        match self {
            Self::Pending => 0,
            Self::Confirmed => 1,
            Self::Cancelling => 2,
            Self::Moving => 3,
            Self::Done => 4,
        }
    }

    /// The state with this number.
    pub const fn from_number(number: i16) -> Self {
        match number {
            0 => Self::Pending,
            1 => Self::Confirmed,
            2 => Self::Cancelling,
            3 => Self::Moving,
            _ => Self::Done,
        }
    }
}

/// A person's live claim on a seat, kept with the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRow {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Which of its seats, counted up with every move.
    pub leg: i32,
    /// Whose.
    pub beneficiary: BeneficiaryId,
    /// For which dose.
    pub dose_number: u8,
    /// The seat.
    pub seat: Seat,
    /// The seat's day.
    pub on: Date,
    /// How far it is.
    pub state: ClaimState,
}

/// A person with everything kept about them.
#[derive(Clone, Debug)]
pub struct PersonRecord {
    /// The person.
    pub beneficiary: BeneficiaryRow,
    /// Claims, in order of dose.
    pub claims: Vec<ClaimRow>,
    /// Doses, in order of number.
    pub doses: Vec<Dose>,
}

/// An appointment as kept with the facility. It holds no personal field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingRow {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Which of its seats.
    pub leg: i32,
    /// Whose account.
    pub account: AccountId,
    /// For whom.
    pub beneficiary: BeneficiaryId,
    /// For which dose.
    pub dose_number: u8,
    /// The seat.
    pub seat: Seat,
    /// What has become of it.
    pub state: AppointmentState,
}

/// Whether a list is kept or only tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// It is kept, if nothing stands in the way.
    ForGood,
    /// Nothing is kept.
    Dry,
}

/// That a session was published or given another state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangedSession {
    /// Where.
    pub facility: FacilityId,
    /// The session.
    pub session: SessionId,
    /// How often that happened: whoever read it with this number need not read it again.
    pub changes: i64,
}

/// How many seats of a pool are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenSeats {
    /// The session.
    pub session: SessionId,
    /// Which of its pools, counted from 0.
    pub pool: u16,
    /// Seats taken.
    pub booked: u32,
}

/// Whether a request was made before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// Keyed digest of the account and the key that the client gave.
    pub key: [u8; 32],
    /// Keyed digest of what was asked.
    pub request: [u8; 32],
}

/// Seats for some people of one account in one pool.
#[derive(Clone, Debug)]
pub struct Booking {
    /// The appointment's id, derived from the idempotency key.
    pub appointment: AppointmentId,
    /// Who asks.
    pub account: AccountId,
    /// For whom: 1 to 6 people of the account.
    pub beneficiaries: Vec<BeneficiaryId>,
    /// For which dose.
    pub dose_number: u8,
    /// Which seat.
    pub seat: Seat,
    /// The session's day.
    pub on: Date,
    /// If the client gave a key: what makes a repeated request known.
    pub idempotency: Option<Idempotency>,
    /// What to send when it went through.
    pub message: Option<Message>,
    /// When it was asked.
    pub at: Timestamp,
}

/// Why no seat was booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotBooked {
    /// A person of the group has an appointment or a dose for this place in the series.
    #[error("an appointment for this dose exists already")]
    Held {
        /// Who.
        beneficiary: BeneficiaryId,
    },
    /// A person of the group is not enrolled in this account.
    #[error("there is no such beneficiary")]
    NoSuchBeneficiary,
    /// Fewer seats are free than asked for, or bookings were stopped.
    #[error("no seat is free")]
    Full,
    /// The key was used for another request.
    #[error("the idempotency key was used for another request")]
    OtherRequest,
    /// It is not known yet: ask again with the same key.
    #[error("the booking is being completed")]
    InProgress,
}

/// An appointment to be moved.
#[derive(Clone, Debug)]
pub struct Move {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Who asks.
    pub account: AccountId,
    /// The seat wanted.
    pub seat: Seat,
    /// That session's day.
    pub on: Date,
    /// What to send when it went through.
    pub message: Option<Message>,
    /// When it was asked.
    pub at: Timestamp,
}

/// Why an appointment was not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMoved {
    /// No such live appointment in the account.
    #[error("there is no such appointment")]
    NoSuchAppointment,
    /// Fewer seats are free than needed.
    #[error("no seat is free")]
    Full,
    /// It is not known yet: ask again.
    #[error("the appointment is being changed")]
    InProgress,
}

/// An appointment to be cancelled, for all of its people or some.
#[derive(Clone, Debug)]
pub struct Cancellation {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Whose account.
    pub account: AccountId,
    /// For whom; empty means everybody.
    pub beneficiaries: Vec<BeneficiaryId>,
    /// What to send when it went through.
    pub message: Option<Message>,
    /// When it was asked.
    pub at: Timestamp,
}

/// Why an appointment was not cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCancelled {
    /// No such appointment in the account, or none of these people in it.
    #[error("there is no such appointment")]
    NoSuchAppointment,
    /// The dose was given.
    #[error("the dose has been given")]
    Done,
}

/// A signed certificate, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRow {
    /// Its id: unguessable.
    pub id: Uuid,
    /// Whose.
    pub beneficiary: BeneficiaryId,
    /// Of which dose.
    pub dose_number: u8,
    /// The signed text, sealed under the beneficiary's key.
    pub sealed: Vec<u8>,
    /// When it was signed.
    pub issued_at: Timestamp,
}

/// A dose to put on record.
#[derive(Clone, Debug)]
pub struct DoseRecord {
    /// The dose.
    pub dose: Dose,
    /// How many doses must be on record before it.
    pub doses_before: u8,
    /// Its certificate.
    pub certificate: CertificateRow,
    /// What to count.
    pub tally: Tally,
    /// What to send.
    pub message: Option<Message>,
}

/// Why a dose was not put on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRecorded {
    /// There is no such person.
    #[error("there is no such beneficiary")]
    NoSuchBeneficiary,
    /// Another dose holds this place in the series.
    #[error("another dose is on record in this place of the series")]
    PlaceTaken,
    /// The dose before it is not on record.
    #[error("the dose before it is not on record")]
    OutOfOrder,
    /// The dose's id was used for another dose.
    #[error("this dose id was used for another dose")]
    OtherDose,
    /// The dose was taken back: a request for it that comes late changes nothing.
    #[error("this dose was taken back")]
    Undone,
}

/// A dose to take back.
#[derive(Clone, Debug)]
pub struct UndoDose {
    /// The dose.
    pub dose: DoseId,
    /// Whose.
    pub beneficiary: BeneficiaryId,
    /// Where it was recorded.
    pub facility: FacilityId,
    /// Why, in the staff member's words; sealed under the beneficiary's key.
    pub reason: Vec<u8>,
    /// Who takes it back.
    pub by: StaffId,
    /// Doses recorded before this stay.
    pub not_before: Timestamp,
    /// When.
    pub at: Timestamp,
    /// What to count down.
    pub tally: Tally,
}

/// Why a dose was not taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotUndone {
    /// No such dose at this facility.
    #[error("there is no such dose")]
    NoSuchDose,
    /// Recorded too long ago.
    #[error("a dose can be undone only within the hour")]
    TooLate,
    /// A later dose is on record.
    #[error("a later dose is on record")]
    LaterDose,
}

/// An adverse event following immunization.
#[derive(Clone, Debug)]
pub struct AefiNote {
    /// Its id, chosen by who notes it.
    pub id: Uuid,
    /// Whose.
    pub beneficiary: BeneficiaryId,
    /// After which dose.
    pub dose_number: u8,
    /// What happened; sealed under the beneficiary's key.
    pub note: Vec<u8>,
    /// Who noted it.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// What to count.
    pub tally: Tally,
}

/// A one-time password on its way to a mobile.
#[derive(Clone, Debug)]
pub struct SignInCode {
    /// The transaction's id; carries the home bucket.
    pub id: Uuid,
    /// Where it is kept: the bucket of the mobile.
    pub bucket: u16,
    /// Keyed blind index of the mobile.
    pub mobile_index: [u8; 32],
    /// The mobile, sealed under the message key and bound to the id.
    pub mobile: Vec<u8>,
    /// Keyed digest of the password.
    pub code: [u8; 32],
    /// What it lets one do: 0 public, 1 partner, 2 portal, 3 staff, 4 status.
    pub audience: i16,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// From when on it is of no use.
    pub expires_at: Timestamp,
    /// The message that carries it.
    pub message: Message,
}

/// A try of a one-time password.
#[derive(Clone, Debug)]
pub struct CodeTry {
    /// The transaction.
    pub id: Uuid,
    /// Where it is kept.
    pub bucket: u16,
    /// Keyed blind index of the transaction's mobile.
    pub mobile_index: [u8; 32],
    /// Keyed digest of what was typed.
    pub typed: [u8; 32],
    /// When.
    pub at: Timestamp,
    /// Wrong tries after which a code is dead.
    pub max_tries: i16,
}

/// A one-time password that was sent, without the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCode {
    /// Keyed blind index of the mobile.
    pub mobile_index: [u8; 32],
    /// The mobile, sealed under the message key and bound to the transaction's id.
    pub mobile: Vec<u8>,
    /// What it lets one do.
    pub audience: i16,
    /// From when on it is of no use.
    pub expires_at: Timestamp,
}

/// Why a one-time password did not let one in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoMatch {
    /// No such transaction.
    #[error("there is no such sign-in")]
    Unknown,
    /// Too late, used, or tried too often.
    #[error("the one-time password has expired")]
    Expired,
    /// Wrong.
    #[error("the one-time password is wrong")]
    Wrong,
}

/// An addition to a counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bump {
    /// Keyed digest of what is counted.
    pub key: [u8; 32],
    /// Begin of the span that is counted over.
    pub window: Timestamp,
    /// How much is added; 0 only reads.
    pub by: u32,
    /// From when on the counter is of no use.
    pub expires_at: Timestamp,
}

/// What a person who works here may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StaffRole {
    /// Gives vaccines at a facility.
    Vaccinator,
    /// Runs a facility.
    FacilityManager,
    /// Runs a district.
    DistrictOfficer,
    /// Looks at counts and logs.
    Auditor,
}

impl StaffRole {
    /// All roles.
    pub const ALL: [Self; 4] =
        [Self::Vaccinator, Self::FacilityManager, Self::DistrictOfficer, Self::Auditor];

    /// Its word in files and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Vaccinator => "vaccinator",
            Self::FacilityManager => "facility_manager",
            Self::DistrictOfficer => "district_officer",
            Self::Auditor => "auditor",
        }
    }

    /// The role with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word.trim())
    }
}

/// A person who works here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffRow {
    /// Id.
    pub id: StaffId,
    /// Keyed blind index of the mobile, which is how they sign in; its first 16 bits are the
    /// bucket.
    pub mobile_index: [u8; 32],
    /// Their data key, wrapped.
    pub wrapped_key: Vec<u8>,
    /// Sealed name.
    pub name: Vec<u8>,
    /// What they are.
    pub role: StaffRole,
    /// Where, for those of a facility.
    pub facility: Option<FacilityId>,
    /// Where, for those of a district.
    pub district: Option<DistrictId>,
    /// Where, for those of a state.
    pub state: Option<StateId>,
    /// Whether they may sign in.
    pub active: bool,
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
    /// Doses without a certificate.
    pub doses_without_certificate: u64,
}

impl Audit {
    /// Whether everything agrees.
    pub const fn holds(&self) -> bool {
        self.pools_off == 0
            && self.overbooked == 0
            && self.seats_without_claim == 0
            && self.claims_without_seat == 0
            && self.doses_without_certificate == 0
    }
}
