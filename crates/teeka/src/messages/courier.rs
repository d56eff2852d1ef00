//! Carries what is due from the outbox to a sink: many at once, each settled as soon as its own
//! outcome is known, so that one slow answer holds nobody else's password up.

use std::{sync::Arc, time::Duration};

use app::{Ctx, Platform, messages::Outgoing as Opened, sign_in::CODE_LIFE, upkeep::Delivery};
use jiff::Timestamp;
use store::Message;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout, timeout_at},
};

use super::{Outgoing, Undelivered, Way};
use crate::platform::system;

/// How many messages are under way at once. At 100 ms an answer, about 1,000 a second.
const AT_ONCE: usize = 100;
/// After this long a call returns although there is more, so that a server can be stopped.
const AT_MOST: Duration = Duration::from_secs(5);
/// How long one message may be under way: less than the outbox's lease of 60 s, so that no other
/// worker takes it up meanwhile.
const LONGEST: Duration = Duration::from_secs(50);
/// How long a server that stops waits for what is under way.
const LAST_WAIT: Duration = Duration::from_secs(10);

/// Where messages go.
pub(crate) struct Sink {
    way: Way,
    places: Arc<Semaphore>,
    ctx: fn() -> Ctx,
}

impl Sink {
    pub(super) fn new(way: Way) -> Self {
        Self { way, places: Arc::new(Semaphore::new(AT_ONCE)), ctx: system }
    }

    async fn deliver(&self, message: &Outgoing) -> Result<(), Undelivered> {
        let delivery = timeout(LONGEST, self.way.deliver(message));
        delivery.await.unwrap_or_else(|_| Err(Undelivered::later("no answer in time")))
    }

    /// Waits for what is under way, but not for long: what is cut short is sent again after a
    /// restart, under the same id.
    pub(crate) async fn finish(&self) {
        let all = u32::try_from(AT_ONCE).expect("a hundred fits");
        drop(timeout(LAST_WAIT, self.places.acquire_many(all)).await);
    }
}

/// Sends what is due on its way, until nothing is.
///
/// What is under way goes on after the return; see [`Sink::finish`].
///
/// # Errors
///
/// If the store is not available; then delivery goes on later.
pub(crate) async fn deliver_due(platform: &Arc<Platform>, sink: &Arc<Sink>) -> app::Result<()> {
    let start = Instant::now();
    while start.elapsed() < AT_MOST {
        if timeout_at(start + AT_MOST, sink.places.acquire()).await.is_err() {
            break;
        }
        // Only this loop takes places, so none of these goes to another.
        let free = sink.places.available_permits();
        let limit = u32::try_from(free).expect("there are a hundred places");
        let due = platform.due_messages(&(sink.ctx)(), limit).await?;
        let all = due.len() < free;
        for (message, opened) in due {
            let place = Arc::clone(&sink.places).acquire_owned().await;
            let (platform, sink) = (Arc::clone(platform), Arc::clone(sink));
            tokio::spawn(async move {
                deliver_one(&platform, &sink, message, opened).await;
                drop(place);
            });
        }
        if all {
            break;
        }
    }
    Ok(())
}

async fn deliver_one(platform: &Platform, sink: &Sink, message: Message, opened: Option<Opened>) {
    let outcome = match opened {
        Some(_) if is_stale(&message, (sink.ctx)().now) => {
            Err(Undelivered::never("its code is past its time"))
        }
        Some(opened) => sink.deliver(&Outgoing::new(&message, &opened)).await,
        None => Err(Undelivered::never("it does not open, or its account is gone")),
    };
    let delivery = match outcome {
        Ok(()) => Delivery::Delivered,
        Err(why) => {
            let (delivery, reason) = match why {
                Undelivered::Later(reason) => (Delivery::Later, reason),
                Undelivered::Never(reason) => (Delivery::Never, reason),
            };
            let (kind, tries) = (&message.kind, message.tries);
            tracing::warn!(kind, ?delivery, tries, %reason, "a message was not delivered");
            delivery
        }
    };
    if let Err(error) = platform.settle_messages(&(sink.ctx)(), &[(message, delivery)]).await {
        tracing::warn!(%error, "a message was not settled; it is delivered again");
    }
}

/// Whether nobody can use a message any more: a one-time password that came too late only makes
/// its reader type in a wrong one.
fn is_stale(message: &Message, now: Timestamp) -> bool {
    message.kind == "otp" && now.duration_since(message.at) > CODE_LIFE
}

#[cfg(test)]
mod tests;
