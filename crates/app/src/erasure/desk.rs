//! Erasures at the desk: where two have to let one go, an officer sees what was asked for, by number and
//! day, and no name; another one agrees.

use domain::id::{AccountId, BeneficiaryId, StaffId};
use jiff::Timestamp;
use store::{Agreeing, ErasureRow, ReleaseKind, ReleaseOf, ReleaseRow};

use crate::{Actor, Ctx, Error, Platform, Result, access::Permission};

/// How many are read at once.
const PAGE: u32 = 500;
/// How many an officer sees at most.
const MOST_SHOWN: usize = 500;

/// Somebody whose erasure an officer may let go.
pub struct Waiting {
    /// The number that the person knew.
    pub reference: u64,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when the resident can take it back.
    pub due_at: Timestamp,
    /// Whether a court or authority asks that the record be held.
    pub held: bool,
    /// Who let it go first, if somebody did.
    pub first: Option<StaffId>,
    /// Whether another one agreed.
    pub released: bool,
}

/// What is let go: that somebody be erased.
pub(crate) fn erasure_of(beneficiary: BeneficiaryId) -> ReleaseOf {
    let (bucket, subject) = (beneficiary.bucket(), beneficiary.person_uuid());
    ReleaseOf { bucket, subject, kind: ReleaseKind::Erasure }
}

/// Whether a release is of this asking, and by two.
pub(super) fn is_released(asked: &ErasureRow, release: Option<&ReleaseRow>) -> bool {
    release.is_some_and(|one| one.first.1 >= asked.asked_at && one.second.is_some())
}

impl Platform {
    /// What was asked for and is not done, for the officers who let it go, in order of the day on which
    /// it is due.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for whoever may not let anything go.
    pub async fn waiting_erasures(&self, ctx: &Ctx) -> Result<Vec<Waiting>> {
        ctx.allow_somewhere(Permission::ReleaseErasure)?;
        let rows = self.asked_erasures().await?;
        let ids: Vec<_> = rows.iter().map(|row| row.beneficiary).collect();
        let held = self.store.held(&ids).await?;
        let of: Vec<_> = ids.into_iter().map(erasure_of).collect();
        let releases = self.store.releases(&of).await?;
        let each = rows.iter().zip(held).zip(releases);
        let told = each.map(|((row, held), release)| {
            let release = release.filter(|one| one.first.1 >= row.asked_at);
            Waiting {
                reference: self.reference(row.beneficiary),
                asked_at: row.asked_at,
                due_at: row.due_at,
                held,
                first: release.map(|one| one.first.0),
                released: is_released(row, release.as_ref()),
            }
        });
        Ok(told.collect())
    }

    async fn asked_erasures(&self) -> Result<Vec<ErasureRow>> {
        let mut rows: Vec<ErasureRow> = Vec::new();
        loop {
            let some = self.store.due_erasures(Timestamp::MAX, rows.last(), PAGE).await?;
            if some.is_empty() || rows.len() >= MOST_SHOWN {
                return Ok(rows);
            }
            rows.extend(some);
        }
    }

    /// What was asked for of one person and is not done.
    async fn asked_erasure(&self, id: BeneficiaryId) -> Result<Option<ErasureRow>> {
        let Some(record) = self.store.person(id).await? else { return Ok(None) };
        let account = AccountId { bucket: id.bucket(), uuid: record.beneficiary.account };
        let rows = self.store.erasures_of(account).await?;
        Ok(rows.into_iter().find(|row| row.beneficiary == id && row.erased_at.is_none()))
    }

    /// Lets somebody's erasure go, or agrees to it. Whoever comes second must be another person; then it
    /// is done once it is due. Gives whether two agree.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for whoever may not; [`Error::NotFound`] if nothing was asked for;
    /// [`Error::SecondPerson`] for one who let it go before, while nobody else agreed.
    pub async fn release_erasure(&self, ctx: &Ctx, reference: &str) -> Result<bool> {
        ctx.allow_somewhere(Permission::ReleaseErasure)?;
        let Actor::Staff(staff) = ctx.actor else { return Err(Error::Forbidden) };
        let id = self.by_reference(reference).ok_or(Error::NotFound)?;
        let asked = self.asked_erasure(id).await?.ok_or(Error::NotFound)?;
        let before = self.store.releases(&[erasure_of(id)]).await?.pop().flatten();
        let before = before.filter(|one| one.first.1 >= asked.asked_at);
        let mine = |one: &ReleaseRow| one.first.0 == staff.id && one.second.is_none();
        if before.as_ref().is_some_and(mine) {
            return Err(Error::SecondPerson);
        }
        self.record_decision(ctx, staff.id, "erasure-released").await?;
        let one = Agreeing { of: erasure_of(id), by: staff.id, at: ctx.now, since: asked.asked_at };
        let release = self.store.agree(&one).await?;
        Ok(release.second.is_some())
    }
}
