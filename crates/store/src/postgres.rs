//! The store beside the program: one PostgreSQL, or PostgreSQL sharded by key. What belongs to a
//! person is kept in their home bucket, what belongs to a facility with the facility, and a step
//! touches one of them; see [`Topology`] for how steps go down.

mod access;
mod booking;
mod care;
mod claim;
mod correction;
mod dose;
mod enrolment;
mod erasure;
mod factor;
mod incident;
mod key;
mod link;
mod list;
mod merge;
mod message;
mod owed;
mod person;
mod place;
mod recovery;
mod remembered;
mod reported;
mod retention;
pub mod scratch;
mod seat;
mod session;
mod sign_in;
mod statement;
mod status;
mod tls;
mod travel;
mod value;
mod wallet;
mod watch;
mod wave;
mod whole;

use std::path::Path;

use async_trait::async_trait;
use domain::{
    facility::Facility,
    id::{AccountId, BeneficiaryId, FacilityId, SessionId, StaffId},
    place::{District, PostalPlace, State},
    session::{Session, SessionSeats, SessionState},
};
use jiff::{Timestamp, civil::Date};
use link::Db;
pub use link::Topology;
pub use statement::{Kind, Statement, all as statements};
use uuid::Uuid;

use crate::{
    Store, StoreError, StoreResult,
    record::{
        AccountRow, AefiNote, Amendment, Audit, Booking, BookingRow, Bump, Cancellation,
        CertificateRow, ChangedSession, CodeTry, Correction, Done, DoseRecord, Enrolment,
        Idempotency, LateCertificate, Merge, MergeKey, MergedRecord, Message, Move, NoMatch,
        NotAmended, NotBooked, NotCancelled, NotCorrected, NotEnrolled, NotKept, NotMerged,
        NotMoved, NotPublished, NotRecorded, NotRemoved, NotSettled, NotUndone, OwedCertificate,
        OwedPlace, PersonRecord, Published, RulesFile, Run, SentCode, Settled, SignInCode,
        StaffRow, TakenSeats, Tally, TravelChange, UndoDose, UnfinishedMerge, Withdrawal,
        WithdrawalPlace,
    },
};

/// The schema of every migration, in order.
pub fn schema() -> String {
    crate::migrate::POSTGRES.iter().map(|step| step.sql).collect()
}

/// Every table that is distributed, with the column that it is distributed by.
pub fn distributed() -> Vec<(String, String)> {
    crate::migrate::POSTGRES.iter().flat_map(|step| crate::migrate::keys(step.sql)).collect()
}

/// How a PostgreSQL store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which database, as `postgres://USER@HOST/NAME`.
    pub url: String,
    /// How steps go down, if that is not to be found out.
    pub topology: Option<Topology>,
    /// Whether a request leaves its claim after an attempt without a definite answer, and recovery
    /// a row for whatever comes late. Only the test that shows why is without.
    pub fenced: bool,
}

impl Options {
    /// The only settings for anything but that test.
    pub fn fenced(url: &str, topology: Option<Topology>) -> Self {
        Self { url: url.to_owned(), topology, fenced: true }
    }
}

/// The store beside the program.
pub struct Postgres {
    db: Db,
}

impl Postgres {
    /// Connects to the database that a URL names and brings it to the current schema. With no
    /// `topology`, it is sharded if the server has Citus.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the server is away, refuses, was migrated by a later version, or could
    /// lose what it acknowledged.
    pub async fn open(url: &str, topology: Option<Topology>) -> StoreResult<Self> {
        Self::open_with(&Options::fenced(url, topology)).await
    }

    /// Opens with other settings: for tests of the protocol.
    ///
    /// # Errors
    ///
    /// As [`Postgres::open`].
    pub async fn open_with(options: &Options) -> StoreResult<Self> {
        Self::open_config(tls::config(&options.url)?, options.topology, options.fenced).await
    }

    async fn open_config(
        config: tokio_postgres::Config,
        topology: Option<Topology>,
        fenced: bool,
    ) -> StoreResult<Self> {
        let db = Db::connect(config, topology, fenced).await?;
        let store = Self { db };
        let risks = store.risks().await?;
        if !risks.is_empty() {
            return Err(StoreError::broken(risks.join("; ")));
        }
        care::migrate(&store.db).await?;
        Ok(store)
    }
}

#[async_trait]
impl Store for Postgres {
    async fn put_places(&self, states: &[State], districts: &[District]) -> StoreResult<()> {
        place::put(&self.db, states, districts).await
    }

    async fn put_postal_places(&self, places: &[PostalPlace]) -> StoreResult<()> {
        place::put_postal(&self.db, places).await
    }

    async fn places(&self) -> StoreResult<(Vec<State>, Vec<District>)> {
        Ok(place::all(&self.db).await?)
    }

    async fn postal_places(&self) -> StoreResult<Vec<PostalPlace>> {
        Ok(place::postal(&self.db).await?)
    }

    async fn put_rules(&self, rules: &RulesFile) -> StoreResult<()> {
        place::put_rules(&self.db, rules).await
    }

    async fn latest_rules(&self) -> StoreResult<Option<RulesFile>> {
        Ok(place::latest_rules(&self.db).await?)
    }

    async fn put_facilities(&self, facilities: &[Facility], at: Timestamp) -> StoreResult<()> {
        place::put_facilities(&self.db, facilities, at).await
    }

    async fn facilities_since(&self, at: Timestamp) -> StoreResult<Vec<Facility>> {
        Ok(place::facilities_since(&self.db, at).await?)
    }

    async fn publish_sessions(
        &self,
        sessions: &[Session],
        at: Timestamp,
    ) -> StoreResult<Vec<Result<Published, NotPublished>>> {
        session::publish(&self.db, sessions, at).await
    }

    async fn set_session_state(
        &self,
        facility: FacilityId,
        id: SessionId,
        state: SessionState,
        at: Timestamp,
    ) -> StoreResult<bool> {
        session::set_state(&self.db, facility, id, state, at).await
    }

    async fn session(
        &self,
        facility: FacilityId,
        id: SessionId,
    ) -> StoreResult<Option<SessionSeats>> {
        Ok(session::one(&self.db, facility, id).await?)
    }

    async fn facility_sessions(
        &self,
        facility: FacilityId,
        from: Date,
    ) -> StoreResult<Vec<SessionSeats>> {
        Ok(session::of_facility(&self.db, facility, from).await?)
    }

    async fn changed_sessions(
        &self,
        from: Date,
        since: Timestamp,
    ) -> StoreResult<Vec<ChangedSession>> {
        Ok(session::changed_since(&self.db, from, since).await?)
    }

    async fn sessions(&self, ids: &[(FacilityId, SessionId)]) -> StoreResult<Vec<SessionSeats>> {
        Ok(session::many(&self.db, ids).await?)
    }

    async fn taken_since(&self, since: Timestamp) -> StoreResult<Vec<TakenSeats>> {
        Ok(session::taken_since(&self.db, since).await?)
    }

    async fn day_list(&self, facility: FacilityId, on: Date) -> StoreResult<Vec<BookingRow>> {
        Ok(session::day_list(&self.db, facility, on).await?)
    }

    async fn booked_in_cancelled_sessions(&self, limit: u32) -> StoreResult<Vec<BookingRow>> {
        Ok(session::booked_in_cancelled(&self.db, limit).await?)
    }

    async fn add_tallies(&self, tallies: &[Tally]) -> StoreResult<()> {
        place::add_tallies(&self.db, tallies).await
    }

    async fn tallies_since(&self, from: Date) -> StoreResult<Vec<Tally>> {
        Ok(place::tallies_since(&self.db, from).await?)
    }

    async fn enrol(&self, enrolments: &[Enrolment]) -> StoreResult<Vec<Result<Done, NotEnrolled>>> {
        match self.db.topology {
            Topology::Single => whole::enrol(&self.db, enrolments).await,
            Topology::Sharded => enrolment::enrol(&self.db, enrolments).await,
        }
    }

    async fn enrol_all(
        &self,
        enrolments: &[Enrolment],
        run: Run,
    ) -> StoreResult<Result<(), Vec<(usize, NotEnrolled)>>> {
        match self.db.topology {
            Topology::Single => whole::enrol_all(&self.db, enrolments, run).await,
            Topology::Sharded => Ok(enrolment::enrol_all(&self.db, enrolments, run).await?),
        }
    }

    async fn amend(&self, amendments: &[Amendment]) -> StoreResult<Vec<Result<(), NotAmended>>> {
        enrolment::amend(&self.db, amendments).await
    }

    async fn remove(
        &self,
        account: AccountId,
        beneficiary: BeneficiaryId,
    ) -> StoreResult<Result<(), NotRemoved>> {
        enrolment::remove(&self.db, account, beneficiary).await
    }

    async fn mark_verified(
        &self,
        beneficiary: BeneficiaryId,
        by: StaffId,
        at: Timestamp,
    ) -> StoreResult<bool> {
        person::mark_verified(&self.db, beneficiary, by, at).await
    }

    async fn set_travel(&self, changes: &[TravelChange]) -> StoreResult<Vec<Result<(), NotKept>>> {
        travel::set(&self.db, changes).await
    }

    async fn account(&self, account: AccountId) -> StoreResult<Option<AccountRow>> {
        Ok(person::account(&self.db, account).await?)
    }

    async fn people_of(&self, accounts: &[AccountId]) -> StoreResult<Vec<Vec<PersonRecord>>> {
        Ok(match self.db.topology {
            Topology::Single => whole::people_of(&self.db, accounts).await?,
            Topology::Sharded => person::people_of(&self.db, accounts).await?,
        })
    }

    async fn persons(
        &self,
        beneficiaries: &[BeneficiaryId],
    ) -> StoreResult<Vec<Option<PersonRecord>>> {
        Ok(match self.db.topology {
            Topology::Single => whole::persons(&self.db, beneficiaries).await?,
            Topology::Sharded => person::persons(&self.db, beneficiaries).await?,
        })
    }

    async fn book(&self, bookings: &[Booking]) -> StoreResult<Vec<Result<Done, NotBooked>>> {
        match self.db.topology {
            Topology::Single => whole::book(&self.db, bookings).await,
            Topology::Sharded => booking::book(&self.db, bookings).await,
        }
    }

    async fn remembered(
        &self,
        account: AccountId,
        request: &Idempotency,
    ) -> StoreResult<Option<Result<Done, NotBooked>>> {
        Ok(remembered::of_account(&self.db, account, request).await?)
    }

    async fn reschedule(&self, moves: &[Move]) -> StoreResult<Vec<Result<Done, NotMoved>>> {
        booking::reschedule(&self.db, moves).await
    }

    async fn cancel(
        &self,
        cancellations: &[Cancellation],
    ) -> StoreResult<Vec<Result<Done, NotCancelled>>> {
        booking::cancel(&self.db, cancellations).await
    }

    /// On one server nothing is ever between two steps.
    async fn recover(&self, stale: Timestamp, now: Timestamp, limit: u32) -> StoreResult<u32> {
        match self.db.topology {
            Topology::Single => Ok(0),
            Topology::Sharded => recovery::recover(&self.db, stale, now, limit).await,
        }
    }

    async fn record_doses(
        &self,
        doses: &[DoseRecord],
    ) -> StoreResult<Vec<Result<Done, NotRecorded>>> {
        match self.db.topology {
            Topology::Single => whole::record(&self.db, doses).await,
            Topology::Sharded => dose::record(&self.db, doses).await,
        }
    }

    async fn undo_dose(&self, undo: &UndoDose) -> StoreResult<Result<Done, NotUndone>> {
        dose::undo(&self.db, undo).await
    }

    async fn correct(
        &self,
        corrections: &[Correction],
    ) -> StoreResult<Vec<Result<Done, NotCorrected>>> {
        correction::correct(&self.db, corrections).await
    }

    async fn merge(&self, merges: &[Merge]) -> StoreResult<Vec<Result<Done, NotMerged>>> {
        merge::merge(&self.db, merges).await
    }

    async fn merged(&self, ids: &[BeneficiaryId]) -> StoreResult<Vec<Option<MergedRecord>>> {
        Ok(merge::merged(&self.db, ids).await?)
    }

    async fn unfinished_merges(
        &self,
        stale: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<UnfinishedMerge>> {
        merge::unfinished(&self.db, stale, now, limit).await
    }

    async fn complete_merge(&self, wanted: &Merge) -> StoreResult<Result<(), NotMerged>> {
        merge::complete(&self.db, wanted).await
    }

    async fn end_merge(
        &self,
        key: &MergeKey,
        farewell: Option<&Message>,
        at: Timestamp,
    ) -> StoreResult<()> {
        merge::end(&self.db, key, farewell, at).await
    }

    async fn withdrawals(
        &self,
        after: WithdrawalPlace,
        limit: u32,
    ) -> StoreResult<Vec<Withdrawal>> {
        Ok(correction::withdrawals(&self.db, after, limit).await?)
    }

    async fn owed_certificates(
        &self,
        after: OwedPlace,
        limit: u32,
    ) -> StoreResult<Vec<OwedCertificate>> {
        Ok(owed::after(&self.db, after, limit).await?)
    }

    async fn owed_count(&self) -> StoreResult<u64> {
        Ok(owed::count(&self.db).await?)
    }

    async fn settle_owed(
        &self,
        certificates: &[LateCertificate],
    ) -> StoreResult<Vec<Result<Done, NotSettled>>> {
        owed::settle(&self.db, certificates).await
    }

    async fn note_aefi(&self, note: &AefiNote) -> StoreResult<bool> {
        dose::note_aefi(&self.db, note).await
    }

    async fn certificate(&self, beneficiary: BeneficiaryId) -> StoreResult<Option<CertificateRow>> {
        Ok(dose::certificate(&self.db, beneficiary).await?)
    }

    async fn certificate_of_dose(
        &self,
        beneficiary: BeneficiaryId,
        dose_number: u8,
    ) -> StoreResult<Option<CertificateRow>> {
        Ok(dose::certificate_of_dose(&self.db, beneficiary, dose_number).await?)
    }

    async fn put_codes(&self, codes: &[SignInCode]) -> StoreResult<()> {
        sign_in::put_codes(&self.db, codes).await
    }

    async fn sent_code(&self, id: Uuid, bucket: u16) -> StoreResult<Option<SentCode>> {
        Ok(sign_in::sent_code(&self.db, id, bucket).await?)
    }

    async fn try_codes(&self, tries: &[CodeTry]) -> StoreResult<Vec<Result<(), NoMatch>>> {
        sign_in::try_codes(&self.db, tries).await
    }

    async fn bump(&self, bumps: &[Bump]) -> StoreResult<Vec<u32>> {
        sign_in::bump(&self.db, bumps).await
    }

    async fn put_staff(&self, staff: &[StaffRow]) -> StoreResult<()> {
        sign_in::put_staff(&self.db, staff).await
    }

    async fn staff_by_mobile(&self, mobile_index: [u8; 32]) -> StoreResult<Option<StaffRow>> {
        Ok(sign_in::staff_by_mobile(&self.db, mobile_index).await?)
    }

    async fn put_messages(&self, messages: &[Message]) -> StoreResult<()> {
        message::put_all(&self.db, messages).await
    }

    async fn lease_messages(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<Message>> {
        message::lease(&self.db, now, until, limit).await
    }

    async fn settle_messages(&self, settled: &[Settled]) -> StoreResult<()> {
        message::settle(&self.db, settled).await
    }

    async fn check(&self) -> StoreResult<()> {
        Ok(care::check(&self.db).await?)
    }

    async fn risks(&self) -> StoreResult<Vec<String>> {
        Ok(care::risks(&self.db).await?)
    }

    async fn audit(&self) -> StoreResult<Audit> {
        Ok(care::audit(&self.db).await?)
    }

    async fn backup(&self, folder: &Path) -> StoreResult<()> {
        Ok(care::backup(&self.db, folder).await?)
    }

    async fn restore(&self, folder: &Path) -> StoreResult<()> {
        care::restore(&self.db, folder).await
    }

    async fn close(&self) {
        self.db.close();
    }
}
