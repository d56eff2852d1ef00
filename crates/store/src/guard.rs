//! Guards that either engine asks before it writes, where a statement alone cannot say it.

use domain::{
    id::DoseId,
    session::{Session, SessionSeats, SessionState},
};
use uuid::Uuid;

use crate::{
    record::{
        Correction, Done, NotAllotted, NotBooked, NotCorrected, NotMerged, NotPublished, Planned,
        STATUS_HALF, STATUS_SINGLE_USES, STATUS_SLOTS, StatusEntry, StatusUse,
    },
    value::{beneficiary, number},
};

/// How long an answer to a request with an idempotency key is remembered.
///
/// # Units
///
/// Milliseconds: seven days.
pub(crate) const REMEMBERED_MS: i64 = 7 * 24 * 3_600 * 1_000;

/// How far ahead of now anything is put off at most. What lies further ahead was written while the
/// clock was wrong, and is taken for being due; the statements of PostgreSQL have the number in them.
///
/// # Units
///
/// Milliseconds: a day. No pause between two tries of a message is longer than about an hour.
pub(crate) const FAR_AHEAD_MS: i64 = 86_400_000;

/// What is remembered under a key: a number and whom it is about; none if another request was made
/// with it.
pub(crate) type Remembered = Option<(i16, Option<i64>)>;

/// How it is remembered that somebody was enrolled; refusals may change, and are not.
pub(crate) const ENROLLED: i16 = 0;

/// How it is remembered that records were merged.
pub(crate) const MERGED: i16 = 0;

/// How an answer is remembered: its number, and whom it is about. Answers that may change with
/// time alone are not.
pub(crate) fn terminal(answer: Result<Done, NotBooked>) -> Option<(i16, Option<i64>)> {
    match answer {
        Ok(_) => Some((0, None)),
        Err(NotBooked::Full) => Some((1, None)),
        Err(NotBooked::Held { beneficiary }) => Some((2, Some(number(beneficiary)))),
        Err(_) => None,
    }
}

/// The answer that [`terminal`] remembered.
pub(crate) fn recalled(code: i16, detail: Option<i64>) -> Result<Done, NotBooked> {
    match (code, detail.and_then(beneficiary)) {
        (0, _) => Ok(Done::Again),
        (2, Some(beneficiary)) => Err(NotBooked::Held { beneficiary }),
        _ => Err(NotBooked::Full),
    }
}

/// Why a published session cannot become another, if it cannot.
pub(crate) fn cannot_become(held: &SessionSeats, wanted: &Session) -> Option<NotPublished> {
    let kept = held.session.state != SessionState::Cancelled
        && held.session.on == wanted.on
        && held.session.vaccine == wanted.vaccine
        && held.session.pools.len() <= wanted.pools.len()
        && held.session.slots.len() <= wanted.slots.len();
    let same_pools = held.session.pools.iter().zip(&wanted.pools).all(|(old, new)| {
        (old.channel, old.dose_number, old.slot) == (new.channel, new.dose_number, new.slot)
    });
    if !kept || !same_pools {
        return Some(NotPublished::NotTheSame);
    }
    let below = wanted.pools.iter().zip(&held.booked).any(|(pool, booked)| pool.capacity < *booked);
    below.then_some(NotPublished::BelowBooked)
}

/// A correction that went through.
pub(crate) struct PastCorrection {
    /// Its id.
    pub(crate) id: Uuid,
    /// Keyed digest of what was asked.
    pub(crate) request: [u8; 32],
    /// Which details, as a number.
    pub(crate) fields: i16,
}

/// What is on record of a person when a correction comes.
pub(crate) struct Correctable {
    /// Corrections before.
    pub(crate) past: Vec<PastCorrection>,
    /// Doses, in order of number.
    pub(crate) doses: Vec<DoseId>,
    /// How often the details were changed.
    pub(crate) changes: i32,
}

impl Correctable {
    /// The outcome, if it cannot go through or went through before.
    pub(crate) fn refusal(&self, wanted: &Correction) -> Option<Result<Done, NotCorrected>> {
        if let Some(past) = self.past.iter().find(|past| past.id == wanted.id) {
            let same = past.request == wanted.request;
            return Some(if same { Ok(Done::Again) } else { Err(NotCorrected::OtherRequest) });
        }
        let doses = wanted.reissues.iter().map(|reissue| reissue.dose);
        let why = if self.doses.is_empty() {
            NotCorrected::NotVaccinated
        } else if wanted.fields.number() == 0 {
            NotCorrected::SameDetails
        } else if self.is_used_up(wanted) {
            NotCorrected::LimitReached
        } else if self.changes != wanted.changes || !doses.eq(self.doses.iter().copied()) {
            NotCorrected::Changed
        } else {
            return None;
        };
        Some(Err(why))
    }

    fn is_used_up(&self, wanted: &Correction) -> bool {
        let wants = wanted.fields.number();
        [1, 2, 4].iter().filter(|bit| wants & **bit != 0).any(|bit| {
            let before = self.past.iter().filter(|past| past.fields & bit != 0).count();
            before >= usize::from(wanted.limit)
        })
    }
}

/// What is on record of a person when a merge comes.
pub(crate) struct Mergeable {
    /// How often the details were changed.
    pub(crate) changes: i32,
    /// Doses, in order of number.
    pub(crate) doses: Vec<DoseId>,
    /// Whether an appointment is live, or not yet settled with its facility.
    pub(crate) booked: bool,
}

impl Mergeable {
    /// Why a merge that was planned from the record cannot go through, if it cannot.
    pub(crate) fn refusal(&self, planned: &Planned) -> Option<NotMerged> {
        if self.booked {
            Some(NotMerged::Booked)
        } else if self.changes != planned.changes || self.doses != planned.doses {
            Some(NotMerged::Changed)
        } else {
            None
        }
    }
}

/// The entries that a certificate has, each with its place among them, in order.
pub(crate) struct Entries(pub(crate) Vec<(u16, StatusEntry)>);

impl Entries {
    /// The place of the entry that is to be made; otherwise the outcome.
    pub(crate) fn next(&self, of_use: StatusUse) -> Result<u16, Result<StatusEntry, NotAllotted>> {
        match of_use {
            StatusUse::Kept => match self.0.first() {
                Some((0, entry)) => Err(Ok(*entry)),
                _ => Ok(0),
            },
            StatusUse::Single => {
                let next = self.0.last().map_or(1, |(last, _)| last + 1);
                if next > STATUS_SINGLE_USES { Err(Err(NotAllotted::TooMany)) } else { Ok(next) }
            }
        }
    }
}

/// A free place of a bucket, by a random number: in its newest list, or the next one if that is half
/// full.
pub(crate) fn free_place(newest: u32, taken: &[u8], random: u64) -> (u32, u8) {
    let (list, taken) = if taken.len() < STATUS_HALF {
        (newest, taken)
    } else {
        (newest.saturating_add(1), &[][..])
    };
    let free: Vec<u8> = (0..STATUS_SLOTS).filter(|slot| !taken.contains(slot)).collect();
    let chosen = random % u64::try_from(free.len()).expect("a count of places fits");
    (list, free[usize::try_from(chosen).expect("it is less than the count")])
}
