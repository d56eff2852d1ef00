//! Canaries: made-up people, whom nobody has a reason to look for. They are kept as all others are, and
//! only who has the keys can tell which they are. Whoever comes upon one, on whatever way, is an alarm.
//! They are in no count, and nothing is ever sent to them.

mod registry;

use std::collections::HashSet;

use domain::{
    id::StaffId,
    person::{Details, Mobile},
};
use jiff::{SignedDuration, Timestamp};
use store::NotEnrolled;
use uuid::Uuid;
use vault::Purpose;

pub use self::registry::{Canaries, CanaryList};
use crate::{Actor, Ctx, Platform, Result, watch::AlarmKind};

/// A week in milliseconds.
const A_WEEK: u64 = 7 * 86_400_000;
/// The decision that a list of canaries was made.
const MADE: &str = "canaries-made";

/// What a list of canaries is called: it follows from their digests in order, so it is known afterwards
/// that the list was this one, and not before which people it has.
fn list_named(digests: &[[u8; 32]]) -> StaffId {
    let all = crate::sign_in::sha256_hex(digests.concat());
    StaffId(Uuid::new_v5(&Uuid::NAMESPACE_OID, all.as_bytes()))
}

/// An instant of the last week: people who were all registered at once would be seen to be of a list.
fn some_time_before(ctx: &Ctx) -> Timestamp {
    let back = i64::try_from(u64::from_be_bytes(ctx.random()) % A_WEEK).unwrap_or(0);
    ctx.now.saturating_sub(SignedDuration::from_millis(back)).unwrap_or(ctx.now)
}

impl Platform {
    /// Makes canaries on mobiles that the operator holds. Which they are is committed to in the log
    /// before the first of them is there.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`](crate::Error::Forbidden) unless it is the operator;
    /// [`Error::NotEnrolled`](crate::Error::NotEnrolled) if a document is registered already.
    pub async fn make_canaries(&self, ctx: &Ctx, people: &[(Mobile, Details)]) -> Result<()> {
        ctx.only_operator()?;
        let people: Vec<_> =
            people.iter().map(|(mobile, details)| (mobile, details, None)).collect();
        let mut enrolments = self.enrolments(ctx, &people).await?;
        let mut digests = Vec::with_capacity(2 * people.len());
        for enrolment in &mut enrolments {
            (enrolment.tally, enrolment.message) = (None, None);
            let at = some_time_before(ctx);
            (enrolment.beneficiary.registered_at, enrolment.account.opened_at) = (at, at);
            digests.push(self.canary_digest(enrolment.beneficiary.id.person_uuid()));
            digests.push(self.canary_digest(enrolment.account.id.uuid));
        }
        // Those whom a list before this one has stay in that one.
        let known = self.store.canaries_since(Timestamp::UNIX_EPOCH).await?;
        let known: HashSet<_> = known.into_iter().map(|(digest, _)| digest).collect();
        digests.retain(|digest| !known.contains(digest));
        digests.sort_unstable();
        digests.dedup();
        self.record_decision(ctx, list_named(&digests), MADE).await?;
        self.store.put_canaries(&digests, ctx.now).await?;
        self.accounts.know_canaries(digests);
        let outcomes = self.store.enrol(&enrolments).await?;
        outcomes.into_iter().collect::<std::result::Result<Vec<_>, NotEnrolled>>()?;
        Ok(())
    }

    fn canary_digest(&self, id: Uuid) -> [u8; 32] {
        self.vault.mac(Purpose::Canary, &[id.as_bytes()])
    }

    /// Whether a person or account is a canary.
    pub(crate) fn is_canary(&self, id: Uuid) -> bool {
        self.accounts.has_canaries() && self.accounts.is_canary(&self.canary_digest(id))
    }

    /// Raises an alarm if one of these is a canary.
    pub(crate) async fn came_upon(
        &self,
        ctx: &Ctx,
        ids: impl IntoIterator<Item = Uuid>,
    ) -> Result<()> {
        if ids.into_iter().any(|id| self.is_canary(id)) {
            let facility = match ctx.actor {
                Actor::Staff(staff) => staff.facility,
                _ => None,
            };
            self.raise_alarm(ctx, AlarmKind::Canary, ctx.staff_id(), facility).await?;
        }
        Ok(())
    }
}
