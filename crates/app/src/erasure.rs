//! Erasure: a resident asks that one of their people be erased, can take it back for some days, and has
//! a signed certificate once it is done. What is erased is the person's key, and with it everything that
//! is sealed under it, here and in every copy whose key-encryption key is gone.

pub mod certificate;
pub mod desk;

use domain::id::BeneficiaryId;
use jiff::{SignedDuration, Timestamp};
use store::ErasureRow;

use self::desk::{erasure_of, is_released};
use crate::{Ctx, Error, Platform, Result};

/// How many people are erased in one turn at most.
const BATCH: u32 = 100;

/// Somebody who is to be erased, or was, for the account that asked.
pub struct Erasure {
    /// The number that the person knew.
    pub reference: u64,
    /// Who.
    pub beneficiary: BeneficiaryId,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when it can be taken back.
    pub due_at: Timestamp,
    /// When it was done.
    pub erased_at: Option<Timestamp>,
    /// How it stands.
    pub state: State,
}

/// How an erasure stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was asked for, and can be taken back.
    Asked,
    /// Its day is over, and two officers have to let it go.
    Waiting,
    /// A court or authority asks that the record be held: it is done once that is lifted.
    Held,
    /// It is done with the next turn.
    Due,
    /// It is done.
    Done,
}

impl State {
    /// Its word for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Waiting => "waits-for-release",
            Self::Held => "held",
            Self::Due => "due",
            Self::Done => "done",
        }
    }
}

impl Platform {
    /// Asks that a person of the resident who asks be erased after some days. Asking twice is harmless.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account; [`Error::NotErasable`] while an
    /// appointment is to come or a certificate owed.
    pub async fn ask_erasure(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<Erasure> {
        let account = ctx.resident()?;
        let days = SignedDuration::from_hours(24 * i64::from(self.settings.erasure_days));
        let asked = ErasureRow {
            account,
            beneficiary: id,
            asked_at: ctx.now,
            due_at: ctx.now.saturating_add(days).unwrap_or(ctx.now),
            erased_at: None,
        };
        let kept = match self.store.ask_erasure(&asked, ctx.today()).await? {
            Err(store::NotErasable::NoSuchBeneficiary) => return Err(Error::NotFound),
            kept => kept?,
        };
        let until = kept.due_at.strftime("%d-%m-%Y");
        let text = format!(
            "One of the people of your account is to be erased after {until}. If you did not ask for \
             that, sign in and take it back. - CoWIN"
        );
        self.store.put_messages(&[self.message_to_account(ctx, account, "erasure", text)]).await?;
        self.erasure(ctx, &kept).await
    }

    /// Takes back what the resident who asks asked for, while it is not done.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is nothing to take back.
    pub async fn withdraw_erasure(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<()> {
        let account = ctx.resident()?;
        let withdrawn = self.store.withdraw_erasure(account, id).await?;
        if withdrawn { Ok(()) } else { Err(Error::NotFound) }
    }

    /// What the resident who asks asked for, done or not.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn my_erasures(&self, ctx: &Ctx) -> Result<Vec<Erasure>> {
        let rows = self.store.erasures_of(ctx.resident()?).await?;
        let mut told = Vec::with_capacity(rows.len());
        for row in &rows {
            told.push(self.erasure(ctx, row).await?);
        }
        Ok(told)
    }

    /// The signed certificate that a person of the resident who asks was erased.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if they were not.
    pub async fn my_erasure_certificate(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<String> {
        let rows = self.my_erasures(ctx).await?;
        let done = rows.into_iter().find(|one| one.beneficiary == id);
        let done = done.filter(|one| one.erased_at.is_some()).ok_or(Error::NotFound)?;
        self.erasure_certificate(ctx, &done)
    }

    /// Erases whom it is due for, and whom two officers let go where that is set. Gives how many: nobody
    /// while the clock is not believed.
    ///
    /// # Errors
    ///
    /// If the store is not available; then it is done by the next turn.
    pub async fn erase_due(&self, ctx: &Ctx) -> Result<u64> {
        let (mut erased, mut last) = (0, None);
        if !self.clock_is_believed(ctx).await? {
            return Ok(0);
        }
        loop {
            let some = self.store.due_erasures(ctx.now, last.as_ref(), BATCH).await?;
            let may_go = self.may_go(&some).await?;
            for (due, _) in some.iter().zip(may_go).filter(|(_, may_go)| *may_go) {
                match self.store.erase(due, ctx.now, ctx.today()).await? {
                    Ok(()) => erased += 1,
                    // An appointment that was made since is met first, and then it is due still.
                    Err(why) => tracing::info!(reason = %why, "somebody is not erased yet"),
                }
            }
            match some.into_iter().last() {
                None => return Ok(erased),
                end => last = end,
            }
        }
    }

    /// Of each erasure, whether nobody has to let it go any more.
    async fn may_go(&self, asked: &[ErasureRow]) -> Result<Vec<bool>> {
        if !self.settings.erasures_need_two {
            return Ok(vec![true; asked.len()]);
        }
        let of: Vec<_> = asked.iter().map(|asked| erasure_of(asked.beneficiary)).collect();
        let releases = self.store.releases(&of).await?;
        Ok(asked.iter().zip(&releases).map(|(one, by)| is_released(one, by.as_ref())).collect())
    }

    async fn erasure(&self, ctx: &Ctx, row: &ErasureRow) -> Result<Erasure> {
        let state = match row.erased_at {
            Some(_) => State::Done,
            None if self.is_held(row.beneficiary).await? => State::Held,
            None if ctx.now < row.due_at => State::Asked,
            None if self.may_go(std::slice::from_ref(row)).await? == [true] => State::Due,
            None => State::Waiting,
        };
        Ok(Erasure {
            reference: self.reference(row.beneficiary),
            beneficiary: row.beneficiary,
            asked_at: row.asked_at,
            due_at: row.due_at,
            erased_at: row.erased_at,
            state,
        })
    }
}
