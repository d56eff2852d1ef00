//! The notices to those whom an incident affects: one for each mobile, let go by two officers.

use std::collections::BTreeSet;

use domain::id::StaffId;
use jiff::Timestamp;
use ledger::leaf::release::Released;
use store::{Agreeing, IncidentRow, IncidentStep, ReleaseKind, ReleaseOf};
use uuid::Uuid;

use super::{MOST, drafts::notice};
use crate::{Actor, Ctx, Error, Platform, Result, access::Permission, release_log::Running};

/// How many messages go into the outbox in one write.
const PER_WRITE: usize = 500;

/// Notices that wait to be let go, for officers.
pub struct WaitingNotices {
    /// The incident.
    pub id: Uuid,
    /// How many people are affected.
    pub people: u64,
    /// By when they are to be told.
    pub tell_by: Timestamp,
    /// The text that each of them is sent.
    pub text: String,
    /// Who let them go first, if somebody did.
    pub first: Option<StaffId>,
}

fn notices_of(id: Uuid) -> ReleaseOf {
    ReleaseOf { bucket: IncidentRow::bucket_of(id), subject: id, kind: ReleaseKind::Notices }
}

const fn waits(row: &IncidentRow) -> bool {
    row.told_at.is_none() && row.closed_at.is_none() && row.people > 0
}

impl Platform {
    /// Notices that wait, for the officers who let them go.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for whoever may not let them go.
    pub async fn waiting_notices(&self, ctx: &Ctx) -> Result<Vec<WaitingNotices>> {
        ctx.allow_somewhere(Permission::ReleaseNotices)?;
        let mut rows = self.store.incidents(MOST).await?;
        rows.retain(waits);
        let of: Vec<_> = rows.iter().map(|row| notices_of(row.id)).collect();
        let releases = self.store.releases(&of).await?;
        let told = rows.iter().zip(releases).map(|(row, release)| {
            Ok(WaitingNotices {
                id: row.id,
                people: row.people,
                tell_by: row.times.tell_by,
                text: notice(&self.incident_of(row)?),
                first: release.map(|one| one.first.0),
            })
        });
        told.collect()
    }

    /// Lets notices go, or agrees to it. Whoever comes second must be another person; then they go to
    /// the outbox, and what they say goes into the log of releases. Gives whether they went.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for whoever may not; [`Error::NotFound`] if nothing waits;
    /// [`Error::SecondPerson`] for one who let them go before, while nobody else agreed.
    pub async fn release_notices(&self, ctx: &Ctx, id: Uuid) -> Result<bool> {
        ctx.allow_somewhere(Permission::ReleaseNotices)?;
        let Actor::Staff(staff) = ctx.actor else { return Err(Error::Forbidden) };
        let row = self.store.incident(id).await?.filter(waits).ok_or(Error::NotFound)?;
        let before = self.store.releases(&[notices_of(id)]).await?.pop().flatten();
        if before.is_some_and(|one| one.first.0 == staff.id && one.second.is_none()) {
            return Err(Error::SecondPerson);
        }
        self.record_decision(ctx, staff.id, "notices-released").await?;
        let since = row.times.confirmed_at;
        let one = Agreeing { of: notices_of(id), by: staff.id, at: ctx.now, since };
        if self.store.agree(&one).await?.second.is_none() {
            return Ok(false);
        }
        // What stops here goes on when one of the two, or another, lets them go once more.
        self.send_notices(ctx, &row).await?;
        Ok(true)
    }

    async fn send_notices(&self, ctx: &Ctx, row: &IncidentRow) -> Result<()> {
        let text = notice(&self.incident_of(row)?);
        let name = format!("incident.{}", row.id);
        let said = Running::new(Released::Notice, &name, "1", text.as_bytes());
        self.log_releases(ctx, vec![said]).await?;
        let mut told = BTreeSet::new();
        for number in 0.. {
            let Some(part) = self.affected_part(row.id, number).await? else { break };
            let accounts = part.into_iter().map(|(_, account)| account);
            let new: Vec<_> = accounts.filter(|account| told.insert(account.uuid)).collect();
            let messages = new.iter().map(|account| {
                // The same one for the same mobile, however often it is put there.
                let id = Uuid::new_v5(&row.id, account.uuid.as_bytes());
                self.message_to_account_once(ctx, id, *account, ("incident", text.clone()))
            });
            for some in messages.collect::<Vec<_>>().chunks(PER_WRITE) {
                self.store.put_messages(some).await?;
            }
        }
        self.record_decision(ctx, StaffId(row.id), "notices-sent").await?;
        self.store.mark_incident(row.id, IncidentStep::Told, ctx.now).await?;
        Ok(())
    }
}
