//! What workers do between requests: follow the store, complete what a crash interrupted, forget
//! what has expired.

use domain::retention::Pace;
use jiff::SignedDuration;
use store::{Message, Settled};

use crate::{Ctx, Error, Platform, Result, error::BrokenCause, messages::Outgoing};

/// Claims in motion for longer than this were left by a crash.
const STALE: SignedDuration = SignedDuration::from_secs(30);
/// How long a worker may take to deliver what it leased.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How often delivery of a message is tried: about a day with the pauses below.
const MAX_TRIES: i32 = 12;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The gateway has it.
    Delivered,
    /// Try again later.
    Later,
    /// It can never be delivered.
    Never,
}

impl Platform {
    /// Completes what a crash interrupted. Gives how many things it brought to an end.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn recover(&self, ctx: &Ctx) -> Result<u32> {
        let stale = ctx.now.saturating_sub(STALE).unwrap_or(ctx.now);
        let claims = self.store.recover(stale, ctx.now, 500).await?;
        let ended = self.end_cancelled_sessions(ctx).await?;
        let merges = self.end_merges(ctx, stale).await?;
        Ok(claims + merges + u32::try_from(ended).unwrap_or(u32::MAX))
    }

    /// Looks whether the clock can be believed; then erases whom it is due for, and forgets what lives for
    /// minutes or days and is past its time.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn sweep(&self, ctx: &Ctx) -> Result<()> {
        self.look_at_clock(ctx).await?;
        self.erase_due(ctx).await?;
        self.expire(ctx, Pace::Minute).await?;
        Ok(())
    }

    /// Takes due messages for delivery, at most `limit`.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn due_messages(
        &self,
        ctx: &Ctx,
        limit: u32,
    ) -> Result<Vec<(Message, Option<Outgoing>)>> {
        let until = ctx.now.saturating_add(LEASE).unwrap_or(ctx.now);
        let mut due = Vec::new();
        for message in self.store.lease_messages(ctx.now, until, limit).await? {
            match self.open_message(ctx, &message).await {
                Ok(outgoing) => due.push((message, outgoing)),
                // While nothing can be recorded nothing is opened: it is due again after its lease.
                Err(Error::Unavailable(_) | Error::Broken(BrokenCause::Store(_))) => {}
                // One that does not open is given up, and seen in the count of those.
                Err(_) => due.push((message, None)),
            }
        }
        Ok(due)
    }

    /// Says what became of messages.
    ///
    /// # Errors
    ///
    /// If the store is not available; then they are delivered again after their lease.
    pub async fn settle_messages(&self, ctx: &Ctx, outcomes: &[(Message, Delivery)]) -> Result<()> {
        let settled: Vec<_> = outcomes
            .iter()
            .map(|(message, delivery)| {
                let again = *delivery == Delivery::Later && message.tries < MAX_TRIES;
                // 2, 4, 8 … seconds, at most about an hour.
                let exponent = u32::try_from(message.tries.clamp(1, 12)).unwrap_or(12);
                let pause = SignedDuration::from_secs(1_i64 << exponent);
                Settled {
                    id: message.id,
                    bucket: message.bucket,
                    retry_at: again.then(|| ctx.now.saturating_add(pause).unwrap_or(ctx.now)),
                }
            })
            .collect();
        Ok(self.store.settle_messages(&settled).await?)
    }
}
