//! Whether the clock of this computer can be believed. What erases and deletes by the clock waits while it
//! cannot; everything else goes on. The latest instant that was believed is in the store; a clock that
//! jumps away from it, or that others contradict, waits for the operator's word.

use std::collections::BTreeMap;

use domain::{
    clock::{AHEAD, Others, Standing, midst, standing},
    id::StaffId,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use parking_lot::Mutex;
use uuid::Uuid;

use crate::{Ctx, Error, Platform, Result, watch::AlarmKind};

/// How long it counts what another's clock said.
const HEARD: SignedDuration = SignedDuration::from_mins(10);
/// How long the operator's word counts more than what others' clocks say.
const WORD: SignedDuration = SignedDuration::from_hours(24);
/// Whose list in the log of accesses says when the clock was confirmed.
const LIST: StaffId = StaffId(Uuid::from_u128(0x7465_656b_6100_4c00_8000_636c_6f63_6b00));

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Whether it is believed.
    pub standing: Standing,
    /// What it says.
    pub says: Timestamp,
    /// The latest instant that was believed, if there is one.
    pub believed: Option<Timestamp>,
    /// How far others' clocks are from it.
    pub others: Others,
}

/// What others' clocks said to this process, and how its own stood when it was last looked at.
#[derive(Default)]
pub struct Clocks {
    database: Mutex<Option<Heard>>,
    witnesses: Mutex<BTreeMap<String, Heard>>,
    last: Mutex<Option<Standing>>,
}

/// How far another's clock was from this one, and when that was.
#[derive(Clone, Copy)]
struct Heard {
    away: SignedDuration,
    at: Timestamp,
}

impl Clocks {
    /// A witness said what time it is.
    pub fn witness_says(&self, name: &str, says: Timestamp, now: Timestamp) {
        let heard = Heard { away: says.duration_since(now), at: now };
        self.witnesses.lock().insert(name.to_owned(), heard);
    }

    /// How the own one stood when it was last looked at; believed before that.
    pub fn last(&self) -> Standing {
        self.last.lock().unwrap_or(Standing::Believed)
    }

    fn others(&self, now: Timestamp) -> Others {
        let counts = |heard: &Heard| now.duration_since(heard.at).abs() <= HEARD;
        let witnesses = self.witnesses.lock();
        let away = witnesses.values().filter(|one| counts(one)).map(|one| one.away).collect();
        let database = self.database.lock().filter(counts).map(|one| one.away);
        Others { database, witnesses: midst(away) }
    }
}

impl Platform {
    /// What others' clocks said here.
    pub const fn clocks(&self) -> &std::sync::Arc<Clocks> {
        &self.clocks
    }

    /// Asks the machine of the store what time it is, if it has a clock of its own.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn compare_clocks(&self, ctx: &Ctx) -> Result<()> {
        let says = self.store.own_clock().await?;
        let heard = says.map(|says| Heard { away: says.duration_since(ctx.now), at: ctx.now });
        *self.clocks.database.lock() = heard;
        Ok(())
    }

    /// How the clock stands now; nothing is kept of it.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn clock(&self, ctx: &Ctx) -> Result<Clock> {
        let row = self.store.believed_clock().await?;
        let confirmed = row.and_then(|row| row.confirmed_at);
        let said = confirmed.is_some_and(|at| ctx.now.duration_since(at).abs() <= WORD);
        let others = self.clocks.others(ctx.now);
        let counting = if said { Others::default() } else { others };
        let believed = row.map(|row| row.seen_at);
        let standing = standing(ctx.now, believed, counting);
        Ok(Clock { standing, says: ctx.now, believed, others })
    }

    /// The same, and believes it if it can be: from then on it is what the clock is held against. Tells
    /// officers and the operator when it no longer is.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn look_at_clock(&self, ctx: &Ctx) -> Result<Clock> {
        let clock = self.clock(ctx).await?;
        let before = self.clocks.last.lock().replace(clock.standing);
        if clock.standing == Standing::Believed {
            // Another process may have believed something else meanwhile.
            let known = clock.others.witnesses.is_some();
            let at_most = if known { SignedDuration::MAX } else { AHEAD };
            self.store.believe_clock(ctx.now, at_most).await?;
        } else if before.is_none_or(|before| before == Standing::Believed) {
            let kind = clock.standing.word();
            tracing::error!(kind, "the clock is not believed: nothing is erased or deleted");
            self.raise_alarm(ctx, AlarmKind::Clock, LIST, None).await?;
        }
        Ok(clock)
    }

    /// Whether what goes by the clock may go.
    pub(crate) async fn clock_is_believed(&self, ctx: &Ctx) -> Result<bool> {
        Ok(self.clock(ctx).await?.standing == Standing::Believed)
    }

    /// The operator says that the clock is right: that it is today. It is recorded, and for a day it counts
    /// more than what others' clocks say.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator; [`Error::Invalid`] if the clock says another day.
    pub async fn confirm_clock(&self, ctx: &Ctx, today: Date) -> Result<()> {
        ctx.only_operator()?;
        if ctx.today() != today {
            return Err(Error::Invalid("the clock of this computer says another day"));
        }
        self.record_decision(ctx, LIST, "clock-confirmed").await?;
        self.store.confirm_clock(ctx.now).await?;
        *self.clocks.last.lock() = None;
        Ok(())
    }
}
