//! Why a use case did not go through.

use certs::signer::key::NotSigned;
use domain::{
    id::{BeneficiaryId, SessionId},
    merge::NotMergeable,
    person::BadDetail,
    schedule::NotEligible,
    session::BadSession,
    travel::BadTravelDetail,
};
use store::{
    NotAllotted, NotAmended, NotBooked, NotCancelled, NotCorrected, NotEnrolled, NotErasable,
    NotKept, NotMerged, NotMoved, NotPublished, NotRecorded, NotRemoved, NotUndone, StoreError,
};

/// The reasons of the store, for who tells them apart.
pub mod kinds {
    pub use domain::merge::NotMergeable;
    pub use store::{
        NotAllotted, NotAmended, NotBooked, NotCancelled, NotCorrected, NotEnrolled, NotErasable,
        NotKept, NotMerged, NotMoved, NotRecorded, NotRemoved, NotUndone,
    };
}

/// What a use case gives.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a use case did not go through. Every text here may be shown to the caller.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in.
    #[error("sign in first")]
    Unauthenticated,
    /// The actor may not do this.
    #[error("not permitted")]
    Forbidden,
    /// There is no such thing, or the actor may not know of it.
    #[error("not found")]
    NotFound,
    /// A field is missing or not of its kind. The text names the field.
    #[error("{0}")]
    Invalid(&'static str),
    /// A detail of a person is not usable.
    #[error(transparent)]
    BadDetail(#[from] BadDetail),
    /// A detail for travel is not usable.
    #[error(transparent)]
    BadTravelDetail(#[from] BadTravelDetail),
    /// Too many calls of this kind.
    #[error("too many requests, try again in {retry_after_seconds} seconds")]
    TooMany {
        /// When it makes sense to ask again.
        retry_after_seconds: u32,
    },
    /// The account has searched as often as it may in a day.
    #[error("too many searches today")]
    TooManySearches {
        /// When it makes sense to ask again.
        retry_after_seconds: u32,
    },
    /// One-time passwords are not sent to this mobile now.
    #[error("no more one-time passwords for now, try again later")]
    CodesBlocked {
        /// When it makes sense to ask again.
        retry_after_seconds: u32,
    },
    /// The account of who asks is held until another person releases it.
    #[error("this account is held: a second person has to release it")]
    Held,
    /// Staff have to prove better who they are: by a passkey, or the code of an app.
    #[error("sign in with a passkey or the code of your app")]
    WeakSignIn,
    /// What somebody signs in by is changed only shortly after a sign-in.
    #[error("sign in again first")]
    StaleSignIn,
    /// The account has a passkey, and signs in with it only.
    #[error("this account signs in with its passkey")]
    PasskeyNeeded,
    /// What a passkey or an app said does not prove who somebody is.
    #[error("it does not prove who you are")]
    NotProven,
    /// The code by which staff come to a first passkey is not one that counts.
    #[error("the code for a first passkey does not count")]
    WrongStaffCode,
    /// It would leave the account without anything that proves who its owner is.
    #[error("it is the last one, and stays until there is another")]
    LastFactor,
    /// No vial-dose of the lot is left.
    #[error("no received vial-dose of this lot is left")]
    NoStock,
    /// What needs two is not done by one: another person opens a session, or agrees to an emergency.
    #[error("another person has to agree")]
    SecondPerson,
    /// The one-time password is wrong.
    #[error("the one-time password is wrong")]
    WrongCode,
    /// The one-time password is too old, was used, or was tried too often.
    #[error("the one-time password has expired")]
    CodeExpired,
    /// A question to a roll was used, is of a day that is over, or is none of ours.
    #[error("the question was used, or is too old")]
    QuestionUsed,
    /// Nobody is registered with this mobile.
    #[error("nobody is registered with this mobile")]
    NotRegistered,
    /// The slot is not one of the session's.
    #[error("the slot is not one of the session's")]
    NoSuchSlot,
    /// No such PIN code.
    #[error("pincode must be six digits, the first not zero")]
    BadPincode,
    /// The session is over, too far ahead or cancelled.
    #[error("appointments are taken only for sessions to come")]
    NotBookable,
    /// An appointment of today or before can no longer be changed this way.
    #[error("an appointment can be cancelled until the day before")]
    TooLate,
    /// The programme does not allow it for this person.
    #[error("{rule}")]
    NotEligible {
        /// For whom.
        beneficiary: BeneficiaryId,
        /// Which rule, and what would satisfy it.
        rule: NotEligible,
    },
    /// No seat is free.
    #[error("no seat is free")]
    Full {
        /// Which session is full.
        session: SessionId,
        /// For which dose.
        dose_number: u8,
        /// Other sessions that these very people can book, nearest first; none if it was said
        /// before anybody was looked up, and then [`crate::Platform::next_alike`] has some.
        next: Option<Vec<SessionId>>,
    },
    /// The person was not enrolled.
    #[error(transparent)]
    NotEnrolled(#[from] NotEnrolled),
    /// The person's details were not changed.
    #[error(transparent)]
    NotAmended(#[from] NotAmended),
    /// The person's details were not corrected.
    #[error(transparent)]
    NotCorrected(#[from] NotCorrected),
    /// The details for travel were not kept.
    #[error(transparent)]
    NotKept(#[from] NotKept),
    /// A credential has no entry in a status list, without which none is made.
    #[error(transparent)]
    NotAllotted(#[from] NotAllotted),
    /// Two records are not one person's, or their doses are no series.
    #[error(transparent)]
    NotMergeable(#[from] NotMergeable),
    /// The records were not merged.
    #[error(transparent)]
    NotMerged(#[from] NotMerged),
    /// The person was not removed.
    #[error(transparent)]
    NotRemoved(#[from] NotRemoved),
    /// The person is not to be erased yet.
    #[error(transparent)]
    NotErasable(#[from] NotErasable),
    /// The person holds an appointment for this dose.
    #[error("an appointment for this dose exists already")]
    AppointmentExists {
        /// Who.
        beneficiary: BeneficiaryId,
        /// For which dose.
        dose_number: u8,
    },
    /// No seat was booked.
    #[error(transparent)]
    NotBooked(#[from] NotBooked),
    /// The appointment was not moved.
    #[error(transparent)]
    NotMoved(#[from] NotMoved),
    /// The appointment was not cancelled.
    #[error(transparent)]
    NotCancelled(#[from] NotCancelled),
    /// The dose was not recorded.
    #[error(transparent)]
    NotRecorded(#[from] NotRecorded),
    /// The dose was not taken back.
    #[error(transparent)]
    NotUndone(#[from] NotUndone),
    /// The session was not published.
    #[error(transparent)]
    NotPublished(#[from] NotPublished),
    /// The session makes no sense.
    #[error(transparent)]
    BadSession(#[from] BadSession),
    /// The code does not belong to the reference number.
    #[error("the reference number and the code do not belong together")]
    WrongPresence,
    /// The store is busy or away. Asking again later, with the same key, may help.
    #[error("try again later")]
    Unavailable(#[source] StoreError),
    /// The key that signs certificates cannot be reached. Asking again later may help.
    #[error("try again later")]
    SignerAway(#[from] NotSigned),
    /// The latest dose is on record and its certificate is not signed yet: the key that signs was
    /// away. It will be.
    #[error("the dose is on record, and its certificate will be ready later")]
    CertificateOwed {
        /// When it makes sense to ask again.
        retry_after_seconds: u32,
    },
    /// A fault of ours. Asking again will not help.
    #[error("something is wrong on our side")]
    Broken(#[source] BrokenCause),
}

/// What lies behind a fault of ours.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BrokenCause {
    /// The store refused.
    #[error(transparent)]
    Store(StoreError),
    /// A sealed field did not open: it was moved, changed, or the key is another.
    #[error("a sealed field does not open")]
    Seal,
    /// A certificate could not be made.
    #[error("a certificate could not be made")]
    Certificate,
    /// A leaf of the log of releases cannot be written or read.
    #[error("a leaf of the log of releases is not a release")]
    Release,
    /// The lists of accesses do not add up to their log, or what is kept of them is lost.
    #[error("the lists of accesses do not add up to the log")]
    Chains,
    /// A roll that is published cannot be read.
    #[error("a roll cannot be read")]
    Roll(#[source] std::sync::Arc<std::io::Error>),
    /// A public log does not go on.
    #[error(transparent)]
    Log(std::sync::Arc<ledger::log::LogError>),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Unavailable(error),
            StoreError::Broken(_) => Self::Broken(BrokenCause::Store(error)),
        }
    }
}

/// While the keyholder is away, the ledger is behind or the day's indexes are spent, asking again later
/// may help.
impl From<vault::NotDone> for Error {
    fn from(error: vault::NotDone) -> Self {
        use vault::{NotDone, Refusal};
        match error {
            NotDone::Away | NotDone::Refused(Refusal::LedgerBehind | Refusal::BudgetSpent) => {
                Self::Unavailable(StoreError::unavailable(error.to_string()))
            }
            NotDone::Refused(Refusal::DoesNotOpen | Refusal::NotRecorded) => {
                Self::Broken(BrokenCause::Seal)
            }
        }
    }
}

impl From<vault::OpenError> for Error {
    fn from(_: vault::OpenError) -> Self {
        Self::Broken(BrokenCause::Seal)
    }
}
