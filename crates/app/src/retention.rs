//! What goes by the clock, and what does not go because a court or authority asks that it be held.

use domain::{
    id::{BeneficiaryId, StaffId},
    retention::{Pace, RULES},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{HoldRow, StoreError};
use uuid::Uuid;

use crate::{Ctx, Error, Platform, Result, error::BrokenCause};

/// How many rows go in one step.
const SOME: u32 = 1_000;
/// How many steps one table has in a turn at most: the rest goes in the next one.
const MOST_STEPS: usize = 60;
/// The most holds in one answer.
const MOST_HOLDS: u32 = 10_000;
/// The most bytes of each text of a hold.
const MOST_TEXT: usize = 200;

/// How many rows of a table are past their time, or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// The table.
    pub table: &'static str,
    /// The column that says since when.
    pub since: &'static str,
    /// How many days a row is kept from then on.
    pub days: u16,
    /// How many rows.
    pub rows: u64,
}

/// Who asks that a record be held, and in which case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The official who answers for it.
    pub official: String,
    /// The case of the court or authority.
    pub case: String,
}

/// A hold, for who operates the platform.
///
/// # Privacy
///
/// Names a record.
pub struct Hold {
    /// Its id.
    pub id: Uuid,
    /// The number that the person knows.
    pub reference: u64,
    /// Since when.
    pub held_at: Timestamp,
    /// By whose order.
    pub order: Order,
}

impl Platform {
    /// Deletes what is past its time and is looked for at this pace, in small steps, and gives what
    /// went: nothing while the clock is not believed. What care writes comes in between.
    ///
    /// # Errors
    ///
    /// If the store is not available; then the next turn goes on.
    pub async fn expire(&self, ctx: &Ctx, pace: Pace) -> Result<Vec<Past>> {
        let mut gone = Vec::new();
        if !self.clock_is_believed(ctx).await? {
            return Ok(gone);
        }
        for rule in RULES.iter().filter(|rule| rule.pace == pace) {
            let mut rows = 0;
            for _ in 0..MOST_STEPS {
                match self.store.expire(rule, ctx.now, SOME).await? {
                    0 => break,
                    some => rows += some,
                }
            }
            gone.push(Past { table: rule.table, since: rule.since, days: rule.days, rows });
        }
        Ok(gone)
    }

    /// What is past its time now, and goes with the next turn.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator.
    pub async fn past_their_time(&self, ctx: &Ctx) -> Result<Vec<Past>> {
        ctx.only_operator()?;
        let mut past = Vec::with_capacity(RULES.len());
        for rule in RULES {
            let rows = self.store.expired(rule, ctx.now).await?;
            past.push(Past { table: rule.table, since: rule.since, days: rule.days, rows });
        }
        Ok(past)
    }

    /// Holds a record: nobody erases or removes it, and the list of who opened it stays whole.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator; [`Error::Invalid`] if official or case are not
    /// usable; [`Error::NotFound`] if there is no such record.
    pub async fn hold(&self, ctx: &Ctx, of: BeneficiaryId, order: &Order) -> Result<Uuid> {
        ctx.only_operator()?;
        let fits = |text: &str| {
            !text.trim().is_empty() && text.len() <= MOST_TEXT && !text.contains(char::is_control)
        };
        if !fits(&order.official) {
            return Err(Error::Invalid("official is not usable"));
        }
        if !fits(&order.case) {
            return Err(Error::Invalid("case is not usable"));
        }
        self.store.person(of).await?.ok_or(Error::NotFound)?;
        let id = ctx.ordered_uuid();
        let said = serde_json::to_vec(order).map_err(|_| Error::Broken(BrokenCause::Seal))?;
        let sealed = self.vault.seal_message(id.as_bytes(), &said);
        let row = HoldRow { id, beneficiary: of, sealed, held_at: ctx.now, lifted_at: None };
        self.record_decision(ctx, StaffId(id), "record-held").await?;
        if !self.store.put_hold(&row).await? {
            return Err(StoreError::broken("a new hold is there already").into());
        }
        Ok(id)
    }

    /// Lifts a hold.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator; [`Error::NotFound`] if there is none of this
    /// id.
    pub async fn lift_hold(&self, ctx: &Ctx, id: Uuid) -> Result<()> {
        ctx.only_operator()?;
        let held = self.store.holds(MOST_HOLDS).await?;
        let one = held.iter().find(|one| one.id == id).ok_or(Error::NotFound)?;
        self.record_decision(ctx, StaffId(id), "hold-lifted").await?;
        let lifted = self.store.lift_hold(one.beneficiary, id, ctx.now).await?;
        if lifted { Ok(()) } else { Err(Error::NotFound) }
    }

    /// All holds, in the order in which they came.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator.
    pub async fn holds(&self, ctx: &Ctx) -> Result<Vec<Hold>> {
        ctx.only_operator()?;
        let broken = || Error::Broken(BrokenCause::Seal);
        let told = |row: HoldRow| {
            let opened = self.vault.open_message(row.id.as_bytes(), &row.sealed)?.into_inner();
            Ok(Hold {
                id: row.id,
                reference: self.reference(row.beneficiary),
                held_at: row.held_at,
                order: serde_json::from_slice(&opened).map_err(|_| broken())?,
            })
        };
        self.store.holds(MOST_HOLDS).await?.into_iter().map(told).collect()
    }

    /// Whether somebody's record is held.
    pub(crate) async fn is_held(&self, of: BeneficiaryId) -> Result<bool> {
        Ok(self.store.held(&[of]).await?.contains(&true))
    }
}
