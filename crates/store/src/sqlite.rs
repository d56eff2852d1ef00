//! The embedded store: SQLite inside the program. One thread writes; what many callers ask in the
//! meantime goes down in one transaction and one fsync. Readers have connections of their own.

mod access;
mod appointment;
mod care;
mod correction;
mod dose;
mod each;
mod erasure;
mod factor;
mod incident;
mod key;
mod list;
mod merge;
mod message;
mod owed;
mod person;
mod place;
mod remembered;
mod reported;
mod retention;
mod session;
mod sign_in;
mod status;
mod travel;
mod value;
mod wallet;
mod watch;
mod writer;

use std::{
    path::Path,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};

use async_trait::async_trait;
pub use care::raw_inserts;
use domain::{
    facility::Facility,
    id::{AccountId, BeneficiaryId, FacilityId, SessionId, StaffId},
    place::{District, PostalPlace, State},
    session::{Session, SessionSeats, SessionState},
};
use each::{each, on_one_snapshot};
use jiff::{Timestamp, civil::Date};
use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::oneshot;
use uuid::Uuid;
use writer::{Job, Waiting, connect, move_log, spawn, write_jobs};
pub use writer::{Options, Synchronous};

use crate::{
    Store, StoreError, StoreResult, migrate,
    record::{
        AccountRow, AefiNote, Amendment, Audit, Booking, BookingRow, Bump, Cancellation,
        CertificateRow, ChangedSession, CodeTry, Correction, Done, DoseRecord, Enrolment,
        Idempotency, LateCertificate, Merge, MergedRecord, Message, Move, NoMatch, NotAmended,
        NotBooked, NotCancelled, NotCorrected, NotEnrolled, NotKept, NotMerged, NotMoved,
        NotPublished, NotRecorded, NotRemoved, NotSettled, NotUndone, OwedCertificate, OwedPlace,
        PersonRecord, Published, RulesFile, Run, SentCode, Settled, SignInCode, StaffRow,
        TakenSeats, Tally, TravelChange, UndoDose, Withdrawal, WithdrawalPlace,
    },
};

/// How many connections read.
const READERS: usize = 4;

/// The embedded store.
pub struct Sqlite {
    writes: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    /// The writer, and whoever moves its log, which ends after it.
    threads: Mutex<Vec<JoinHandle<()>>>,
    readers: Vec<Mutex<Connection>>,
    next_reader: AtomicUsize,
}

impl Sqlite {
    /// Opens or creates a database file and brings it to the current schema.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the file cannot be opened, is no database, or is of a later version.
    pub fn open(path: &Path) -> StoreResult<Self> {
        Self::open_with(&Options::durable(path))
    }

    /// Opens with other settings: for tests of the disk.
    ///
    /// # Errors
    ///
    /// As [`Sqlite::open`].
    pub fn open_with(options: &Options) -> StoreResult<Self> {
        let mut connection = connect(options)?;
        migrate::sqlite(&mut connection)?;
        let readers = (0..READERS)
            .map(|_| {
                let reader = connect(options)?;
                reader.pragma_update(None, "query_only", true)?;
                // It forgets its pages with every commit of the writer anyway.
                reader.pragma_update(None, "cache_size", -2_048)?;
                Ok(Mutex::new(reader))
            })
            .collect::<StoreResult<Vec<_>>>()?;
        let ((writes, jobs), (written, moves)) = (mpsc::channel(), mpsc::sync_channel(1));
        let mover = connect(options)?;
        let threads = vec![
            spawn("store-writer", move || write_jobs(&mut connection, &jobs, &written))?,
            spawn("store-log", move || move_log(&mover, &moves))?,
        ];
        Ok(Self {
            writes: Mutex::new(Some(writes)),
            threads: Mutex::new(threads),
            readers,
            next_reader: AtomicUsize::new(0),
        })
    }

    /// Runs a write in a transaction with whatever else is waiting; returns once it is durable. It
    /// may run more than once; what counts is the last time.
    async fn write<T: Send + 'static>(
        &self,
        write: impl Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> StoreResult<T> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(Waiting::new(write, answer));
        let sent = self.writes.lock().as_ref().map(|writes| writes.send(job));
        match sent {
            Some(Ok(())) => answered.await.map_err(|_| StoreError::stopped())?,
            _ => Err(StoreError::stopped()),
        }
    }

    /// Runs a read on one of the readers, where the caller is: it is short, and from memory mostly.
    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> StoreResult<T> {
        let start = self.next_reader.fetch_add(1, Ordering::Relaxed);
        let idle = (0..READERS).find_map(|step| self.readers[(start + step) % READERS].try_lock());
        let connection = idle.unwrap_or_else(|| self.readers[start % READERS].lock());
        Ok(read(&connection)?)
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn put_places(&self, states: &[State], districts: &[District]) -> StoreResult<()> {
        let (states, districts) = (states.to_vec(), districts.to_vec());
        self.write(move |c| place::put(c, &states, &districts)).await
    }

    async fn put_postal_places(&self, places: &[PostalPlace]) -> StoreResult<()> {
        let places = places.to_vec();
        self.write(move |c| place::put_postal(c, &places)).await
    }

    async fn places(&self) -> StoreResult<(Vec<State>, Vec<District>)> {
        self.read(place::all)
    }

    async fn postal_places(&self) -> StoreResult<Vec<PostalPlace>> {
        self.read(place::postal)
    }

    async fn put_rules(&self, rules: &RulesFile) -> StoreResult<()> {
        let rules = rules.clone();
        self.write(move |c| place::put_rules(c, &rules)).await
    }

    async fn latest_rules(&self) -> StoreResult<Option<RulesFile>> {
        self.read(place::latest_rules)
    }

    async fn put_facilities(&self, facilities: &[Facility], at: Timestamp) -> StoreResult<()> {
        let facilities = facilities.to_vec();
        self.write(move |c| place::put_facilities(c, &facilities, at)).await
    }

    async fn facilities_since(&self, at: Timestamp) -> StoreResult<Vec<Facility>> {
        self.read(|c| place::facilities_since(c, at))
    }

    async fn publish_sessions(
        &self,
        sessions: &[Session],
        at: Timestamp,
    ) -> StoreResult<Vec<Result<Published, NotPublished>>> {
        let sessions = sessions.to_vec();
        self.write(move |c| each(&sessions, |one| session::publish(c, one, at))).await
    }

    async fn set_session_state(
        &self,
        facility: FacilityId,
        id: SessionId,
        state: SessionState,
        at: Timestamp,
    ) -> StoreResult<bool> {
        self.write(move |c| session::set_state(c, facility, id, state, at)).await
    }

    async fn session(
        &self,
        facility: FacilityId,
        id: SessionId,
    ) -> StoreResult<Option<SessionSeats>> {
        self.read(|c| session::one(c, facility, id))
    }

    async fn facility_sessions(
        &self,
        facility: FacilityId,
        from: Date,
    ) -> StoreResult<Vec<SessionSeats>> {
        self.read(|c| session::of_facility(c, facility, from))
    }

    async fn changed_sessions(
        &self,
        from: Date,
        since: Timestamp,
    ) -> StoreResult<Vec<ChangedSession>> {
        self.read(|c| session::changed_since(c, from, since))
    }

    async fn sessions(&self, ids: &[(FacilityId, SessionId)]) -> StoreResult<Vec<SessionSeats>> {
        let held = self.read(|c| on_one_snapshot(c, ids, |one| session::one(c, one.0, one.1)));
        Ok(held?.into_iter().flatten().collect())
    }

    async fn taken_since(&self, since: Timestamp) -> StoreResult<Vec<TakenSeats>> {
        self.read(|c| session::taken_since(c, since))
    }

    async fn day_list(&self, facility: FacilityId, on: Date) -> StoreResult<Vec<BookingRow>> {
        self.read(|c| session::day_list(c, facility, on))
    }

    async fn booked_in_cancelled_sessions(&self, limit: u32) -> StoreResult<Vec<BookingRow>> {
        self.read(|c| session::booked_in_cancelled(c, limit))
    }

    async fn add_tallies(&self, tallies: &[Tally]) -> StoreResult<()> {
        let tallies = tallies.to_vec();
        self.write(move |c| tallies.iter().try_for_each(|tally| place::add_tally(c, tally))).await
    }

    async fn tallies_since(&self, from: Date) -> StoreResult<Vec<Tally>> {
        self.read(|c| place::tallies_since(c, from))
    }

    async fn enrol(&self, enrolments: &[Enrolment]) -> StoreResult<Vec<Result<Done, NotEnrolled>>> {
        let enrolments = enrolments.to_vec();
        self.write(move |c| each(&enrolments, |one| person::enrol(c, one))).await
    }

    async fn enrol_all(
        &self,
        enrolments: &[Enrolment],
        run: Run,
    ) -> StoreResult<Result<(), Vec<(usize, NotEnrolled)>>> {
        let enrolments = enrolments.to_vec();
        self.write(move |c| person::enrol_all(c, &enrolments, run)).await
    }

    async fn amend(&self, amendments: &[Amendment]) -> StoreResult<Vec<Result<(), NotAmended>>> {
        let amendments = amendments.to_vec();
        self.write(move |c| each(&amendments, |one| person::amend(c, one))).await
    }

    async fn remove(
        &self,
        account: AccountId,
        beneficiary: BeneficiaryId,
    ) -> StoreResult<Result<(), NotRemoved>> {
        self.write(move |c| person::remove(c, account, beneficiary)).await
    }

    async fn mark_verified(
        &self,
        beneficiary: BeneficiaryId,
        by: StaffId,
        at: Timestamp,
    ) -> StoreResult<bool> {
        self.write(move |c| person::mark_verified(c, beneficiary, by, at)).await
    }

    async fn set_travel(&self, changes: &[TravelChange]) -> StoreResult<Vec<Result<(), NotKept>>> {
        let changes = changes.to_vec();
        self.write(move |c| each(&changes, |one| travel::set(c, one))).await
    }

    async fn account(&self, account: AccountId) -> StoreResult<Option<AccountRow>> {
        self.read(|c| person::account(c, account))
    }

    async fn people_of(&self, accounts: &[AccountId]) -> StoreResult<Vec<Vec<PersonRecord>>> {
        self.read(|c| on_one_snapshot(c, accounts, |one| person::people(c, *one)))
    }

    async fn persons(
        &self,
        beneficiaries: &[BeneficiaryId],
    ) -> StoreResult<Vec<Option<PersonRecord>>> {
        self.read(|c| on_one_snapshot(c, beneficiaries, |one| person::person(c, *one)))
    }

    async fn book(&self, bookings: &[Booking]) -> StoreResult<Vec<Result<Done, NotBooked>>> {
        let bookings = bookings.to_vec();
        self.write(move |c| each(&bookings, |one| appointment::book(c, one))).await
    }

    async fn remembered(
        &self,
        _: AccountId,
        request: &Idempotency,
    ) -> StoreResult<Option<Result<Done, NotBooked>>> {
        self.read(|c| remembered::booking(c, request))
    }

    async fn reschedule(&self, moves: &[Move]) -> StoreResult<Vec<Result<Done, NotMoved>>> {
        let moves = moves.to_vec();
        self.write(move |c| each(&moves, |one| appointment::reschedule(c, one))).await
    }

    async fn cancel(
        &self,
        cancellations: &[Cancellation],
    ) -> StoreResult<Vec<Result<Done, NotCancelled>>> {
        let cancellations = cancellations.to_vec();
        self.write(move |c| each(&cancellations, |one| appointment::cancel(c, one))).await
    }

    /// Nothing is ever between two steps here: a booking is one transaction.
    async fn recover(&self, _stale: Timestamp, _now: Timestamp, _limit: u32) -> StoreResult<u32> {
        Ok(0)
    }

    async fn record_doses(
        &self,
        doses: &[DoseRecord],
    ) -> StoreResult<Vec<Result<Done, NotRecorded>>> {
        let doses = doses.to_vec();
        self.write(move |c| each(&doses, |one| dose::record(c, one))).await
    }

    async fn undo_dose(&self, undo: &UndoDose) -> StoreResult<Result<Done, NotUndone>> {
        let undo = undo.clone();
        self.write(move |c| dose::undo(c, &undo)).await
    }

    async fn correct(
        &self,
        corrections: &[Correction],
    ) -> StoreResult<Vec<Result<Done, NotCorrected>>> {
        let corrections = corrections.to_vec();
        self.write(move |c| each(&corrections, |one| correction::correct(c, one))).await
    }

    async fn merge(&self, merges: &[Merge]) -> StoreResult<Vec<Result<Done, NotMerged>>> {
        let merges = merges.to_vec();
        self.write(move |c| each(&merges, |one| merge::merge(c, one))).await
    }

    async fn merged(&self, ids: &[BeneficiaryId]) -> StoreResult<Vec<Option<MergedRecord>>> {
        self.read(|c| each(ids, |id| merge::merged(c, *id)))
    }

    async fn withdrawals(
        &self,
        after: WithdrawalPlace,
        limit: u32,
    ) -> StoreResult<Vec<Withdrawal>> {
        self.read(|c| correction::withdrawals(c, after, limit))
    }

    async fn owed_certificates(
        &self,
        after: OwedPlace,
        limit: u32,
    ) -> StoreResult<Vec<OwedCertificate>> {
        self.read(|c| owed::after(c, after, limit))
    }

    async fn owed_count(&self) -> StoreResult<u64> {
        self.read(owed::count)
    }

    async fn settle_owed(
        &self,
        certificates: &[LateCertificate],
    ) -> StoreResult<Vec<Result<Done, NotSettled>>> {
        let certificates = certificates.to_vec();
        self.write(move |c| each(&certificates, |one| owed::settle(c, one))).await
    }

    async fn note_aefi(&self, note: &AefiNote) -> StoreResult<bool> {
        let note = note.clone();
        self.write(move |c| dose::note_aefi(c, &note)).await
    }

    async fn certificate(&self, beneficiary: BeneficiaryId) -> StoreResult<Option<CertificateRow>> {
        self.read(|c| dose::certificate(c, beneficiary))
    }

    async fn certificate_of_dose(
        &self,
        beneficiary: BeneficiaryId,
        dose_number: u8,
    ) -> StoreResult<Option<CertificateRow>> {
        self.read(|c| dose::certificate_of_dose(c, beneficiary, dose_number))
    }

    async fn put_codes(&self, codes: &[SignInCode]) -> StoreResult<()> {
        let codes = codes.to_vec();
        self.write(move |c| codes.iter().try_for_each(|code| sign_in::put_code(c, code))).await
    }

    async fn sent_code(&self, id: Uuid, _bucket: u16) -> StoreResult<Option<SentCode>> {
        self.read(|c| sign_in::sent_code(c, id))
    }

    async fn try_codes(&self, tries: &[CodeTry]) -> StoreResult<Vec<Result<(), NoMatch>>> {
        let tries = tries.to_vec();
        self.write(move |c| each(&tries, |one| sign_in::try_code(c, one))).await
    }

    async fn bump(&self, bumps: &[Bump]) -> StoreResult<Vec<u32>> {
        let bumps = bumps.to_vec();
        self.write(move |c| each(&bumps, |bump| sign_in::bump(c, bump))).await
    }

    async fn put_staff(&self, staff: &[StaffRow]) -> StoreResult<()> {
        let staff = staff.to_vec();
        self.write(move |c| staff.iter().try_for_each(|row| sign_in::put_staff(c, row))).await
    }

    async fn staff_by_mobile(&self, mobile_index: [u8; 32]) -> StoreResult<Option<StaffRow>> {
        self.read(|c| sign_in::staff_by_mobile(c, &mobile_index))
    }

    async fn put_messages(&self, messages: &[Message]) -> StoreResult<()> {
        let messages = messages.to_vec();
        self.write(move |c| messages.iter().try_for_each(|one| message::put(c, one))).await
    }

    async fn lease_messages(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<Message>> {
        if !self.read(|c| message::any_due(c, now))? {
            return Ok(Vec::new());
        }
        self.write(move |c| message::lease(c, now, until, limit)).await
    }

    async fn settle_messages(&self, settled: &[Settled]) -> StoreResult<()> {
        let settled = settled.to_vec();
        self.write(move |c| settled.iter().try_for_each(|one| message::settle(c, one))).await
    }

    async fn check(&self) -> StoreResult<()> {
        self.write(care::check).await
    }

    /// None: every commit is synchronous, and there is no other copy.
    async fn risks(&self) -> StoreResult<Vec<String>> {
        Ok(Vec::new())
    }

    async fn audit(&self) -> StoreResult<Audit> {
        self.read(care::audit)
    }

    async fn backup(&self, folder: &Path) -> StoreResult<()> {
        self.read(|c| care::backup(c, folder))
    }

    async fn restore(&self, folder: &Path) -> StoreResult<()> {
        let folder = folder.to_owned();
        self.write(move |c| care::restore(c, &folder)).await
    }

    async fn close(&self) {
        drop(self.writes.lock().take());
        let threads = std::mem::take(&mut *self.threads.lock());
        for thread in threads {
            // It ends once its queue is empty.
            drop(tokio::task::spawn_blocking(move || thread.join()).await);
        }
    }
}
