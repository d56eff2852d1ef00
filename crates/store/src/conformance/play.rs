//! Many writers at once on a store whose disk may fail under them, and what they were told.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use domain::{
    appointment::Seat,
    id::{AccountId, AppointmentId, BeneficiaryId, DoseId, HomeBucket},
};
use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;
use uuid::Uuid;

use super::fixture;
use crate::{Booking, Done, DoseRecord, Enrolment, Merge, PersonRecord, Store, StoreResult};

const WRITERS: u32 = 16;
/// More than any play books.
const SEATS: u32 = 1_000_000;

/// What the store acknowledged about one person.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// Which person.
    pub number: u32,
    /// That they have a seat.
    pub booked: bool,
    /// That they had a dose.
    pub vaccinated: bool,
    /// What of a second record of theirs.
    pub second: Second,
}

/// What the store acknowledged about somebody's second record, which is at home elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Second {
    /// Nothing.
    Nothing,
    /// That it has a dose.
    Vaccinated,
    /// That it went into the first.
    Merged,
}

impl Second {
    /// Every one, in order.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Vaccinated, Self::Merged];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Vaccinated => "vaccinated",
            Self::Merged => "merged",
        }
    }
}

impl Told {
    /// How many things were acknowledged.
    pub fn count(self) -> u32 {
        1 + u32::from(self.booked) + u32::from(self.vaccinated) + self.second as u32
    }
}

fn account(number: u32) -> AccountId {
    let bucket = HomeBucket(u16::try_from(number % 65_536).unwrap());
    AccountId { bucket, uuid: Uuid::from_u128(u128::from(number) + 1) }
}

fn person(number: u32) -> BeneficiaryId {
    BeneficiaryId::draw(account(number).bucket, u64::from(number) + 1)
}

fn index(number: u32) -> [u8; 32] {
    let mut index = [0; 32];
    index[..4].copy_from_slice(&number.to_be_bytes());
    index
}

fn enrolment(number: u32) -> Enrolment {
    let mut new = fixture::enrolment(1, 1, 1);
    new.account.id = account(number);
    new.account.mobile_index = index(number);
    new.beneficiary.id = person(number);
    new.beneficiary.account = account(number).uuid;
    new.beneficiary.details.document_index = index(number);
    // As large as sealed names are.
    new.beneficiary.details.name = vec![1; 90];
    new
}

fn seat(number: u32) -> Seat {
    let session = 1 + number % 2;
    fixture::seat(u128::from(session), i64::from(session), 0, 0)
}

fn booking(number: u32) -> Booking {
    Booking {
        appointment: appointment(number),
        account: account(number),
        beneficiaries: vec![person(number)],
        ..fixture::booking(u128::from(number) + 1, 1, &[1], seat(number))
    }
}

fn appointment(number: u32) -> AppointmentId {
    AppointmentId(Uuid::from_u128(u128::from(number) + 1))
}

fn dose(number: u32) -> DoseRecord {
    let facility = seat(number).facility.0;
    let mut record = fixture::dose(u128::from(number) + 1, person(number), 1, facility);
    if let Some(certificate) = &mut record.certificate {
        certificate.id = Uuid::from_u128((1 << 64) + u128::from(number));
        // As large as a sealed certificate is.
        certificate.sealed = vec![3; 1_500];
    }
    record
}

/// Puts a dose on record. Every fourth comes without its certificate, which follows at once; a
/// certificate that is lost between the two shows when the store is compared with itself.
async fn vaccinate(store: &Arc<dyn Store>, number: u32, shared: &Shared) -> bool {
    if number % 4 != 3 {
        return shared.went_through(store.record_doses(&[dose(number)]).await);
    }
    let (record, late) = fixture::owed(dose(number));
    let recorded = shared.went_through(store.record_doses(&[record]).await);
    if recorded {
        shared.went_through(store.settle_owed(&[late]).await);
    }
    recorded
}

/// The number of somebody's second record: above all first ones, and at home elsewhere.
const fn second(number: u32) -> u32 {
    number + (1 << 31) + 1
}

/// Registers somebody a second time, who has a dose there, too, and makes one record of the two.
async fn merge_second(store: &Arc<dyn Store>, number: u32, shared: &Shared) -> Second {
    let other = second(number);
    let entered = shared.went_through(store.enrol(&[enrolment(other)]).await);
    let mut record = dose(other);
    record.dose.given_on = fixture::DAY.saturating_sub(jiff::ToSpan::days(100));
    if !entered || !shared.went_through(store.record_doses(&[record]).await) {
        return Second::Nothing;
    }
    let Ok(Some(wanted)) = planned(store, number).await else { return Second::Vaccinated };
    let merged = shared.went_through(store.merge(&[wanted]).await);
    if merged { Second::Merged } else { Second::Vaccinated }
}

/// The merge of somebody's second record into the first.
async fn planned(store: &Arc<dyn Store>, number: u32) -> StoreResult<Option<Merge>> {
    let held = store.persons(&[person(second(number)), person(number)]).await?;
    let [Some(goes), Some(stays)] = &held[..] else { return Ok(None) };
    let by_date = [&goes.doses[0], &stays.doses[0]];
    let mut wanted = fixture::merge(0, goes, stays, &by_date);
    wanted.id = Uuid::from_u128((2 << 64) + u128::from(number));
    for (place, certificate) in (3_u128..).zip(&mut wanted.certificates) {
        certificate.id = Uuid::from_u128((place << 64) + u128::from(number));
        certificate.sealed = vec![3; 1_500];
    }
    (wanted.message, wanted.farewell) = (None, None);
    wanted.tallies.clear();
    Ok(Some(wanted))
}

/// Ends what merges the death of a writer left between two steps: those that the record which stays
/// knows are completed, the others are given back.
pub async fn end_merges(store: &Arc<dyn Store>, now: Timestamp) -> StoreResult<()> {
    for stopped in store.unfinished_merges(now, now, 1_000).await? {
        store.end_merge(&stopped.key, None, now).await?;
    }
    Ok(())
}

/// Puts what the writers need into an empty store.
pub async fn prepare(store: &Arc<dyn Store>) -> StoreResult<()> {
    store.put_facilities(&[fixture::facility(1), fixture::facility(2)], fixture::at(0)).await?;
    let sessions = [fixture::session(1, 1, SEATS), fixture::session(2, 2, SEATS)];
    store.publish_sessions(&sessions, fixture::at(0)).await?;
    Ok(())
}

/// What becomes of a writer who is told that a write did not go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// Stops.
    GivesUp,
    /// Goes on with the next person.
    GoesOn,
}

/// What all writers of a play share.
#[derive(Debug, Default)]
struct Shared {
    over: AtomicBool,
    acknowledged: AtomicU32,
    failed: AtomicU32,
    said: Option<UnboundedSender<Told>>,
}

/// Writers, who go on until they are stopped or give up.
pub struct Play {
    writers: Vec<tokio::task::JoinHandle<Vec<Told>>>,
    shared: Arc<Shared>,
}

impl Play {
    /// Starts the writers: they enrol people from the `first` on, book and record a dose for each; of some
    /// they make one record of two.
    pub fn start(store: &Arc<dyn Store>, first: u32, kind: Writer) -> Self {
        Self::start_saying(store, first, kind, None)
    }

    /// The same; whatever is acknowledged about a person is said at once as well.
    pub fn start_saying(
        store: &Arc<dyn Store>,
        first: u32,
        kind: Writer,
        said: Option<UnboundedSender<Told>>,
    ) -> Self {
        let shared = Arc::new(Shared { said, ..Shared::default() });
        let writers = (0..WRITERS)
            .map(|writer| {
                let (store, shared) = (Arc::clone(store), Arc::clone(&shared));
                tokio::spawn(async move { write(&store, first + writer, kind, &shared).await })
            })
            .collect();
        Self { writers, shared }
    }

    /// How many writes were acknowledged, and how many failed.
    pub fn so_far(&self) -> (u32, u32) {
        let shared = &self.shared;
        (shared.acknowledged.load(Ordering::Relaxed), shared.failed.load(Ordering::Relaxed))
    }

    /// Waits for so many more acknowledged writes and so many more that fail.
    pub async fn until(&self, acknowledged: u32, failed: u32) {
        let before = self.so_far();
        let done = async {
            loop {
                let now = self.so_far();
                if now.0 >= before.0 + acknowledged && now.1 >= before.1 + failed {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let done = tokio::time::timeout(Duration::from_mins(1), done).await;
        assert!(done.is_ok(), "since {before:?} only {:?}", self.so_far());
    }

    /// Tells the writers to stop, waits for them and gives what they were told.
    pub async fn stop(self) -> Vec<Told> {
        self.shared.over.store(true, Ordering::Relaxed);
        self.end().await
    }

    /// Waits for the writers; gives what they were told.
    pub async fn end(self) -> Vec<Told> {
        let mut all = Vec::new();
        for writer in self.writers {
            all.extend(writer.await.unwrap());
        }
        all
    }
}

async fn write(store: &Arc<dyn Store>, first: u32, kind: Writer, shared: &Shared) -> Vec<Told> {
    let mut told = Vec::new();
    for number in (first..).step_by(WRITERS as usize) {
        let failed = shared.failed.load(Ordering::Relaxed) > 0;
        if shared.over.load(Ordering::Relaxed) || failed && kind == Writer::GivesUp {
            break;
        }
        let enrolled = store.enrol(&[enrolment(number)]).await;
        if !shared.went_through(enrolled) {
            continue;
        }
        let booked = shared.went_through(store.book(&[booking(number)]).await);
        let vaccinated = booked && vaccinate(store, number, shared).await;
        // Every eighth person was registered twice.
        let second = if vaccinated && number % 8 == 5 {
            merge_second(store, number, shared).await
        } else {
            Second::Nothing
        };
        let one = Told { number, booked, vaccinated, second };
        told.push(one);
        if let Some(said) = &shared.said {
            // Nobody may listen any more.
            let _ = said.send(one);
        }
    }
    told
}

impl Shared {
    /// Counts an answer. No guard may stand in the way of any write here.
    fn went_through<E: std::fmt::Debug>(&self, answer: StoreResult<Vec<Result<Done, E>>>) -> bool {
        let counter = if answer.is_ok() { &self.acknowledged } else { &self.failed };
        counter.fetch_add(1, Ordering::Relaxed);
        answer.is_ok_and(|outcomes| {
            assert!(outcomes[0].is_ok(), "{outcomes:?}");
            true
        })
    }
}

/// What is found, compared with what was told.
#[derive(Debug, Default)]
pub struct Found {
    /// Acknowledged and not there.
    pub lost: u32,
    /// What must not be, whatever was lost.
    pub wrong: Vec<String>,
}

/// Compares a store with what was told.
pub async fn compare_told(store: &Arc<dyn Store>, told: &[Told]) -> Found {
    let mut found = Found::default();
    match store.audit().await {
        Ok(audit) if audit.holds() => {}
        other => found.wrong.push(format!("{other:?}")),
    }
    for one in told {
        let Ok(record) = store.person(person(one.number)).await else {
            found.wrong.push("a person cannot be read".to_owned());
            continue;
        };
        let Some(record) = record else {
            found.lost += one.count();
            continue;
        };
        let claims = record.claims.iter().filter(|c| c.appointment == appointment(one.number));
        let id = |number: u32| DoseId(Uuid::from_u128(u128::from(number) + 1));
        let count = |record: &PersonRecord, number| {
            record.doses.iter().filter(|dose| dose.id == id(number)).count()
        };
        let here = count(&record, second(one.number));
        let mut twice = here;
        if one.second > Second::Nothing {
            match store.person(person(second(one.number))).await {
                Ok(Some(record)) => twice += count(&record, second(one.number)),
                Ok(None) => {}
                Err(_) => found.wrong.push("a person cannot be read".to_owned()),
            }
        }
        let first = count(&record, one.number);
        for (told, held) in [
            (one.booked, claims.count()),
            (one.vaccinated, first),
            (one.second >= Second::Vaccinated, twice),
            (one.second == Second::Merged, here),
        ] {
            found.lost += u32::from(told && held == 0);
            if held > 1 {
                found.wrong.push(format!("{held} times the same"));
            }
        }
    }
    found
}
