//! Durable state: one trait, [`Store`], and two implementations: SQLite inside the program,
//! PostgreSQL beside it. Rules live elsewhere; what lives here are rows, guards and the
//! transactions that keep them true.
//!
//! Write methods take a slice and give one outcome per item, in order. The outer result says
//! whether the machinery worked, the inner one what the guard said.

mod access;
mod batch;
pub mod conformance;
mod erasure;
mod error;
pub mod exposure;
mod factor;
mod guard;
mod incident;
mod key;
pub mod key_copy;
mod list;
mod migrate;
pub mod postgres;
mod record;
mod reported;
mod retention;
pub mod sqlite;
mod status;
mod value;
mod wallet;
mod watch;

pub use access::AccessStore;
use async_trait::async_trait;
pub use batch::Batcher;
use domain::{
    facility::Facility,
    id::{AccountId, BeneficiaryId, FacilityId, SessionId, StaffId},
    place::{District, PostalPlace, State},
    session::{Session, SessionSeats, SessionState},
};
pub use erasure::ErasureStore;
pub use error::{StoreError, StoreResult};
pub use factor::FactorStore;
pub use incident::IncidentStore;
use jiff::{Timestamp, civil::Date};
pub use key::{AllKeys, KeyStore};
pub use list::ListStore;
pub use record::*;
pub use reported::ReportStore;
pub use retention::RetentionStore;
pub use status::StatusStore;
use uuid::Uuid;
pub use wallet::WalletOffers;
pub use watch::WatchStore;

/// Everything the platform keeps.
#[async_trait]
pub trait Store:
    AccessStore
    + ErasureStore
    + FactorStore
    + IncidentStore
    + KeyStore
    + ListStore
    + ReportStore
    + RetentionStore
    + StatusStore
    + WalletOffers
    + WatchStore
{
    // Places and the programme: reference tables, small and seldom written.

    /// Adds or replaces states and districts, all or none of them.
    async fn put_places(&self, states: &[State], districts: &[District]) -> StoreResult<()>;
    /// Adds or replaces post offices, all or none of them.
    async fn put_postal_places(&self, places: &[PostalPlace]) -> StoreResult<()>;
    /// All states and districts, in order of their numbers.
    async fn places(&self) -> StoreResult<(Vec<State>, Vec<District>)>;
    /// All post offices, in order of PIN code and name.
    async fn postal_places(&self) -> StoreResult<Vec<PostalPlace>>;
    /// Keeps a version of the rules file. Keeping the same version twice is harmless.
    async fn put_rules(&self, rules: &RulesFile) -> StoreResult<()>;
    /// The version of the rules file that was kept last.
    async fn latest_rules(&self) -> StoreResult<Option<RulesFile>>;

    // What belongs to a facility.

    /// Adds or replaces facilities, all or none of them.
    async fn put_facilities(&self, facilities: &[Facility], at: Timestamp) -> StoreResult<()>;
    /// Facilities added or changed at or after an instant.
    async fn facilities_since(&self, at: Timestamp) -> StoreResult<Vec<Facility>>;
    /// Publishes sessions. One that is published already is changed: its state, slots, ages, fee
    /// and capacities, except that no capacity falls below what is booked.
    async fn publish_sessions(
        &self,
        sessions: &[Session],
        at: Timestamp,
    ) -> StoreResult<Vec<Result<Published, NotPublished>>>;
    /// Sets the state of a session; false if there is no such session. A cancelled session stays
    /// cancelled.
    async fn set_session_state(
        &self,
        facility: FacilityId,
        session: SessionId,
        state: SessionState,
        at: Timestamp,
    ) -> StoreResult<bool>;
    /// A session and its taken seats.
    async fn session(
        &self,
        facility: FacilityId,
        session: SessionId,
    ) -> StoreResult<Option<SessionSeats>>;
    /// Sessions of a facility from a day on, cancelled ones included.
    async fn facility_sessions(
        &self,
        facility: FacilityId,
        from: Date,
    ) -> StoreResult<Vec<SessionSeats>>;
    /// The same for many sessions, in no order, without those that are not there.
    async fn sessions(&self, ids: &[(FacilityId, SessionId)]) -> StoreResult<Vec<SessionSeats>>;
    /// Which sessions on or after `from` were published or given another state at or after `since`,
    /// in any facility. A scatter read for the inventory.
    async fn changed_sessions(
        &self,
        from: Date,
        since: Timestamp,
    ) -> StoreResult<Vec<ChangedSession>>;
    /// The pools whose seats changed at or after `since`, in any facility. A scatter read for the
    /// inventory, which reads the counts far more often than the sessions.
    async fn taken_since(&self, since: Timestamp) -> StoreResult<Vec<TakenSeats>>;
    /// The appointments of a facility's day, in order of slot and id, whatever their state.
    async fn day_list(&self, facility: FacilityId, on: Date) -> StoreResult<Vec<BookingRow>>;
    /// Appointments that are still booked in cancelled sessions, for the worker that ends them.
    async fn booked_in_cancelled_sessions(&self, limit: u32) -> StoreResult<Vec<BookingRow>>;
    /// Adds to counts. Counts are of events, never of people by name.
    async fn add_tallies(&self, tallies: &[Tally]) -> StoreResult<()>;
    /// All counts on or after a day. A scatter read for reports.
    async fn tallies_since(&self, from: Date) -> StoreResult<Vec<Tally>>;

    // What belongs to a person.

    /// Enrols people.
    async fn enrol(&self, enrolments: &[Enrolment]) -> StoreResult<Vec<Result<Done, NotEnrolled>>>;
    /// Enrols all of these people or none; otherwise says which stand in the way, by their place
    /// in the slice. A dry run on shards says so of documents only, not of accounts that are full.
    async fn enrol_all(
        &self,
        enrolments: &[Enrolment],
        run: Run,
    ) -> StoreResult<Result<(), Vec<(usize, NotEnrolled)>>>;
    /// Replaces a beneficiary's sealed fields, unless a dose is on record.
    async fn amend(&self, amendments: &[Amendment]) -> StoreResult<Vec<Result<(), NotAmended>>>;
    /// Removes a beneficiary who has no dose and no live appointment.
    async fn remove(
        &self,
        account: AccountId,
        beneficiary: BeneficiaryId,
    ) -> StoreResult<Result<(), NotRemoved>>;
    /// Marks that a beneficiary's identity was checked against the document.
    async fn mark_verified(
        &self,
        beneficiary: BeneficiaryId,
        by: StaffId,
        at: Timestamp,
    ) -> StoreResult<bool>;
    /// Keeps what is given for travel once a dose is on record, or removes it.
    async fn set_travel(&self, changes: &[TravelChange]) -> StoreResult<Vec<Result<(), NotKept>>>;
    /// The account with its sealed mobile.
    async fn account(&self, account: AccountId) -> StoreResult<Option<AccountRow>>;
    /// The people of each account with their claims and doses, in order of registration.
    async fn people_of(&self, accounts: &[AccountId]) -> StoreResult<Vec<Vec<PersonRecord>>>;
    /// People with claims and doses; none for a number that nobody has.
    async fn persons(
        &self,
        beneficiaries: &[BeneficiaryId],
    ) -> StoreResult<Vec<Option<PersonRecord>>>;

    /// The people of one account; see [`Store::people_of`].
    async fn people(&self, account: AccountId) -> StoreResult<Vec<PersonRecord>> {
        Ok(self.people_of(&[account]).await?.pop().unwrap_or_default())
    }

    /// One person; see [`Store::persons`].
    async fn person(&self, beneficiary: BeneficiaryId) -> StoreResult<Option<PersonRecord>> {
        Ok(self.persons(&[beneficiary]).await?.pop().flatten())
    }

    /// Books seats: all beneficiaries of a booking, or none.
    async fn book(&self, bookings: &[Booking]) -> StoreResult<Vec<Result<Done, NotBooked>>>;
    /// The answer that a booking with this key was given, if it is remembered.
    async fn remembered(
        &self,
        account: AccountId,
        request: &Idempotency,
    ) -> StoreResult<Option<Result<Done, NotBooked>>>;
    /// Moves appointments to other seats; the old seat is given back only once the new one is
    /// had.
    async fn reschedule(&self, moves: &[Move]) -> StoreResult<Vec<Result<Done, NotMoved>>>;
    /// Cancels appointments. Cancelling twice is harmless.
    async fn cancel(
        &self,
        cancellations: &[Cancellation],
    ) -> StoreResult<Vec<Result<Done, NotCancelled>>>;
    /// Rolls forward what a crash left between two steps: at most `limit` claims that have been
    /// in motion since before `stale`. Says how many it brought to an end.
    async fn recover(&self, stale: Timestamp, now: Timestamp, limit: u32) -> StoreResult<u32>;

    /// Records doses, each with its certificate and message, and ends their appointments. One that
    /// comes without a certificate is owed it.
    async fn record_doses(
        &self,
        doses: &[DoseRecord],
    ) -> StoreResult<Vec<Result<Done, NotRecorded>>>;
    /// Takes back a dose recorded at or after `not_before`; its certificate is withdrawn, and one
    /// that is owed is owed no longer.
    async fn undo_dose(&self, undo: &UndoDose) -> StoreResult<Result<Done, NotUndone>>;
    /// Corrects details after the first dose: in one transaction they change, every certificate of
    /// the person is withdrawn, and each of their doses has a new one.
    async fn correct(
        &self,
        corrections: &[Correction],
    ) -> StoreResult<Vec<Result<Done, NotCorrected>>>;
    /// Merges records into others of the same person: the doses move and are numbered anew, every
    /// certificate of both is withdrawn, and each dose has a new one. Where both are kept in one place
    /// it is one transaction; otherwise the record that goes is taken out first, then the doses come
    /// to the one that stays, and then the certificates of the one that went are withdrawn.
    async fn merge(&self, merges: &[Merge]) -> StoreResult<Vec<Result<Done, NotMerged>>>;
    /// Where records went that were merged into others; none for one that was not.
    async fn merged(&self, ids: &[BeneficiaryId]) -> StoreResult<Vec<Option<MergedRecord>>>;
    /// Takes merges that stopped between two steps before `stale`, at most `limit`. Where all is kept
    /// in one place there are none.
    async fn unfinished_merges(
        &self,
        _stale: Timestamp,
        _now: Timestamp,
        _limit: u32,
    ) -> StoreResult<Vec<UnfinishedMerge>> {
        Ok(Vec::new())
    }

    /// Completes a merge that was taken, from what is on record now.
    async fn complete_merge(&self, merge: &Merge) -> StoreResult<Result<(), NotMerged>> {
        let outcome = self.merge(std::slice::from_ref(merge)).await?.pop();
        Ok(outcome.unwrap_or(Err(NotMerged::Gone)).map(drop))
    }

    /// Gives up a merge that was taken, and gives the record that goes back as it was; unless the one
    /// that stays has its doses: then it ends it, and sends the message.
    async fn end_merge(
        &self,
        _key: &MergeKey,
        _farewell: Option<&Message>,
        _at: Timestamp,
    ) -> StoreResult<()> {
        Ok(())
    }

    /// Withdrawn certificates behind a place in the list of them, in order, at most `limit`. A
    /// scatter read for whoever publishes the list.
    async fn withdrawals(&self, after: WithdrawalPlace, limit: u32)
    -> StoreResult<Vec<Withdrawal>>;
    /// Doses behind a place in the list of those that are owed a certificate, in order, at most
    /// `limit`. A scatter read for the worker that has them signed.
    async fn owed_certificates(
        &self,
        after: OwedPlace,
        limit: u32,
    ) -> StoreResult<Vec<OwedCertificate>>;
    /// How many doses are owed a certificate. A scatter read for the same worker.
    async fn owed_count(&self) -> StoreResult<u64>;
    /// Keeps certificates that were owed, each with its message, if they are owed still and the
    /// person's details did not change since they were signed.
    async fn settle_owed(
        &self,
        certificates: &[LateCertificate],
    ) -> StoreResult<Vec<Result<Done, NotSettled>>>;
    /// Notes an adverse event following immunization.
    async fn note_aefi(&self, note: &AefiNote) -> StoreResult<bool>;
    /// The certificate of a beneficiary's latest dose that has one and was not withdrawn.
    async fn certificate(&self, beneficiary: BeneficiaryId) -> StoreResult<Option<CertificateRow>>;
    /// The latest certificate of one dose of a beneficiary that was not withdrawn.
    async fn certificate_of_dose(
        &self,
        beneficiary: BeneficiaryId,
        dose_number: u8,
    ) -> StoreResult<Option<CertificateRow>>;

    // Sign-in.

    /// Keeps one-time passwords that are being sent, with their messages.
    async fn put_codes(&self, codes: &[SignInCode]) -> StoreResult<()>;
    /// What is kept about a one-time password that was sent.
    async fn sent_code(&self, id: Uuid, bucket: u16) -> StoreResult<Option<SentCode>>;
    /// Tries one-time passwords. Any live code of the same mobile fits; then that one and the
    /// transaction's own are spent. A wrong try is counted against all live codes of the mobile.
    async fn try_codes(&self, tries: &[CodeTry]) -> StoreResult<Vec<Result<(), NoMatch>>>;
    /// Adds to counters and gives what they then show.
    async fn bump(&self, bumps: &[Bump]) -> StoreResult<Vec<u32>>;
    /// Adds or replaces staff, all or none of them.
    async fn put_staff(&self, staff: &[StaffRow]) -> StoreResult<()>;
    /// Who works here under this mobile.
    async fn staff_by_mobile(&self, mobile_index: [u8; 32]) -> StoreResult<Option<StaffRow>>;

    // Messages.

    /// Puts messages into the outbox by themselves.
    async fn put_messages(&self, messages: &[Message]) -> StoreResult<()>;
    /// Takes due messages for delivery until `until`, at most `limit`.
    async fn lease_messages(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<Message>>;
    /// Says what became of leased messages.
    async fn settle_messages(&self, settled: &[Settled]) -> StoreResult<()>;

    // Care of the store.

    /// Deletes everything that is past its time, some rows after the other.
    async fn sweep(&self, now: Timestamp) -> StoreResult<()> {
        const SOME: u32 = 1_000;
        for rule in domain::retention::RULES {
            while self.expire(rule, now, SOME).await? > 0 {}
        }
        Ok(())
    }

    /// Whether the store answers and can be written to.
    async fn check(&self) -> StoreResult<()>;
    /// Why the machine below could lose an acknowledged write, if it could: a sentence each.
    async fn risks(&self) -> StoreResult<Vec<String>>;
    /// Counts that must agree with one another; see [`Audit`].
    async fn audit(&self) -> StoreResult<Audit>;
    /// Writes a consistent copy of everything but wrapped keys to a folder, while others go on working;
    /// those have a copy with a life of its own: [`key_copy`].
    async fn backup(&self, folder: &std::path::Path) -> StoreResult<()>;
    /// Reads back what [`Store::backup`] wrote into an empty store. Nobody in it opens before their keys
    /// are there, too.
    async fn restore(&self, folder: &std::path::Path) -> StoreResult<()>;
    /// Finishes what was acknowledged and closes.
    async fn close(&self);
}
