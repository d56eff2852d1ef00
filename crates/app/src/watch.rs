//! Accounts of staff and of states' programs are watched: whom they meet without an appointment, and
//! which codes they try in vain. One that stands out is slowed, then held, and a second person releases
//! it. Each of these is an alarm for officers and a decision in the log.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::{
    id::{DistrictId, FacilityId, StaffId},
    watching::{Finding, LOOKUPS, READS, UNDOSED},
};
use jiff::{SignedDuration, Timestamp};
use parking_lot::RwLock;
use rustc_hash::{FxHashMap, FxHashSet};
pub use store::AlarmRow as Alarm;
use store::{Standing, WatchStep, Watched};
use uuid::Uuid;

use crate::{
    Actor, Ctx, Error, Platform, Result, access::Permission, ctx::StaffActor, sign_in::Span,
};

/// How far back officers see alarms.
const SHOWN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The most alarms that are shown.
const MOST_SHOWN: u32 = 500;

/// How many passwords one account asks for in an hour before officers are told.
const MOST_PASSWORDS: u32 = 60;
/// How old a sign-in may be, with some more.
const LONGEST_SIGN_IN: SignedDuration = SignedDuration::from_hours(9);
/// How far what is read reaches behind what was read before: for clocks that differ.
const OVERLAP: SignedDuration = SignedDuration::from_secs(10);

/// What an alarm is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmKind {
    /// People were met whom no appointment explains.
    Reads,
    /// Codes or passwords were tried in vain.
    Lookups,
    /// Somebody who does not exist was asked for.
    Canary,
    /// A record was opened by two.
    Emergency,
    /// Two authenticators have the same passkey.
    Passkey,
    /// All passkeys of an account were taken away by two.
    Restored,
    /// The clock of a server is not believed.
    Clock,
    /// More numbers were asked for than people come.
    Sweep,
}

impl AlarmKind {
    /// Its word in tables, log and metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Lookups => "lookups",
            Self::Canary => "canary",
            Self::Emergency => "emergency",
            Self::Passkey => "passkey",
            Self::Restored => "restored",
            Self::Clock => "clock",
            Self::Sweep => "sweep",
        }
    }
}

/// What was decided about an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Slowed,
    Held,
    Released,
    SignedOut,
}

impl Decision {
    const fn word(self) -> &'static str {
        match self {
            Self::Slowed => "account-slowed",
            Self::Held => "account-held",
            Self::Released => "account-released",
            Self::SignedOut => "account-signed-out",
        }
    }
}

/// What this process knows of all accounts: counts for metrics, and who was signed out.
#[derive(Default)]
pub(crate) struct Accounts {
    raised: AtomicU64,
    signed_out: RwLock<FxHashMap<StaffId, Timestamp>>,
    canaries: RwLock<FxHashSet<[u8; 32]>>,
    read_at: RwLock<Option<Timestamp>>,
}

impl Accounts {
    pub(crate) fn know_canaries(&self, digests: impl IntoIterator<Item = [u8; 32]>) {
        self.canaries.write().extend(digests);
    }

    pub(crate) fn has_canaries(&self) -> bool {
        !self.canaries.read().is_empty()
    }

    pub(crate) fn is_canary(&self, digest: &[u8; 32]) -> bool {
        self.canaries.read().contains(digest)
    }
}

impl Platform {
    /// Whether the account may look somebody up or meet them now.
    ///
    /// # Errors
    ///
    /// [`Error::Held`] until a second person releases it; [`Error::TooMany`] more than once in a minute
    /// while it is slowed.
    pub(crate) async fn allow_watched(&self, ctx: &Ctx) -> Result<()> {
        let Some(who) = self.watched_id(ctx) else { return Ok(()) };
        match self.store.watched(who).await?.map(|one| one.standing) {
            None | Some(Standing::Free) => Ok(()),
            Some(Standing::Held) => Err(Error::Held),
            Some(Standing::Slowed) => {
                let bump = self.bump(ctx, "slowed", &who.0.to_string(), Span::Minute, 1);
                if self.store.bump(&[bump]).await?[0] > 1 {
                    return Err(Error::TooMany { retry_after_seconds: Span::Minute.left(ctx) });
                }
                Ok(())
            }
        }
    }

    /// Counts a code or password that was tried.
    pub(crate) async fn looked_up(&self, ctx: &Ctx, fits: bool) -> Result<()> {
        let (misses, miss_add) = (u32::from(!fits), LOOKUPS.weight(!fits));
        self.count_did(ctx, |step| WatchStep { lookups: 1, misses, miss_add, ..step }).await
    }

    /// Counts a password that was sent to somebody who is said to be there. It tells nothing about
    /// them, so it stops nobody: in a failure of the network nothing comes back.
    pub(crate) async fn asked_password(&self, ctx: &Ctx) -> Result<()> {
        let Some(step) = self.step(ctx) else { return Ok(()) };
        let bump = self.bump(ctx, "asked-passwords", &step.who.0.to_string(), Span::Hour, 1);
        if self.store.bump(&[bump]).await?[0] == MOST_PASSWORDS {
            self.raise_alarm(ctx, AlarmKind::Lookups, step.who, step.facility).await?;
        }
        Ok(())
    }

    /// Counts that somebody was met, and the code or password that fitted.
    pub(crate) async fn met(&self, ctx: &Ctx, explained: bool) -> Result<()> {
        let (unexplained, read_add) = (u32::from(!explained), READS.weight(!explained));
        let (miss_add, undosed_add) = (LOOKUPS.weight(false), UNDOSED.weight(!explained));
        let met = |step| WatchStep {
            reads: 1,
            unexplained,
            lookups: 1,
            read_add,
            miss_add,
            undosed_add,
            ..step
        };
        self.count_did(ctx, met).await
    }

    /// Takes back that somebody was met without an explanation: they were given a dose.
    pub(crate) async fn met_for_a_dose(&self, ctx: &Ctx) -> Result<()> {
        let [read_add, undosed_add] =
            [READS, UNDOSED].map(|test| test.weight(false) - test.weight(true));
        self.count_did(ctx, |step| WatchStep { read_add, undosed_add, ..step }).await
    }

    /// Counts what the actor did, and judges their account.
    async fn count_did(&self, ctx: &Ctx, did: impl FnOnce(WatchStep) -> WatchStep) -> Result<()> {
        let Some(step) = self.step(ctx) else { return Ok(()) };
        let watched = self.store.watch(&[did(step)]).await?.pop();
        match watched {
            Some(watched) => self.judge(ctx, &watched).await,
            None => Ok(()),
        }
    }

    /// Under which id an actor is watched; none for those who are not, and where there are no limits.
    fn watched_id(&self, ctx: &Ctx) -> Option<StaffId> {
        match ctx.actor {
            _ if self.settings.limits.is_none() => None,
            Actor::Staff(_) | Actor::StateProgram { .. } => Some(ctx.staff_id()),
            Actor::Anyone | Actor::Resident { .. } | Actor::System => None,
        }
    }

    /// A step of the actor who did nothing yet; none if they are not watched.
    fn step(&self, ctx: &Ctx) -> Option<WatchStep> {
        let place = match ctx.actor {
            Actor::Staff(staff) => (staff.facility, staff.district),
            _ => (None, None),
        };
        Some(self.step_of(self.watched_id(ctx)?, place))
    }

    fn step_of(
        &self,
        who: StaffId,
        (facility, district): (Option<FacilityId>, Option<DistrictId>),
    ) -> WatchStep {
        let of_facility = facility.and_then(|id| self.inventory.facility(id));
        WatchStep {
            who,
            facility,
            district: of_facility.map(|facility| facility.district).or(district),
            reads: 0,
            unexplained: 0,
            lookups: 0,
            misses: 0,
            read_add: 0,
            miss_add: 0,
            undosed_add: 0,
            sign_out: None,
        }
    }

    /// Slows or holds an account whose sums say so.
    async fn judge(&self, ctx: &Ctx, watched: &Watched) -> Result<()> {
        let reads = READS.finding(watched.read_score).max(UNDOSED.finding(watched.undosed_score));
        let reads = (reads, AlarmKind::Reads);
        let lookups = (LOOKUPS.finding(watched.miss_score), AlarmKind::Lookups);
        let (finding, kind) = if lookups.0 > reads.0 { lookups } else { reads };
        let (to, decision) = match finding {
            Finding::Usual => return Ok(()),
            Finding::Slow => (Standing::Slowed, Decision::Slowed),
            Finding::Hold => (Standing::Held, Decision::Held),
        };
        if watched.standing >= to {
            return Ok(());
        }
        let (who, from) = (watched.who, watched.standing);
        if self.store.set_standing(who, from, to, ctx.now).await? {
            self.raise_alarm(ctx, kind, who, watched.facility).await?;
            self.record_decision(&ctx.acting(Actor::System), who, decision.word()).await?;
        }
        Ok(())
    }

    /// Tells officers, the log of the program and its metrics.
    pub(crate) async fn raise_alarm(
        &self,
        ctx: &Ctx,
        kind: AlarmKind,
        who: StaffId,
        facility: Option<FacilityId>,
    ) -> Result<()> {
        let held = facility.and_then(|id| self.inventory.facility(id));
        let alarm = Alarm {
            id: ctx.random_uuid(),
            kind: kind.word().to_owned(),
            who,
            facility,
            district: held.map(|facility| facility.district),
            at: ctx.now,
        };
        self.store.raise_alarm(&alarm).await?;
        self.accounts.raised.fetch_add(1, Ordering::Relaxed);
        // Who, is in the row that officers see.
        tracing::warn!(kind = kind.word(), "an alarm was raised");
        Ok(())
    }

    /// Tells officers that the keyholder was asked for more numbers than people come.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn note_sweep(&self, ctx: &Ctx) -> Result<()> {
        self.raise_alarm(ctx, AlarmKind::Sweep, StaffId(Uuid::nil()), None).await
    }

    /// Records what the actor decided, in the list of their account.
    pub(crate) async fn note_decision(&self, ctx: &Ctx, decision: &'static str) -> Result<()> {
        match self.watched_id(ctx) {
            Some(who) => self.record_decision(ctx, who, decision).await,
            None => Ok(()),
        }
    }

    /// How many alarms this process raised.
    pub fn alarms_raised(&self) -> u64 {
        self.accounts.raised.load(Ordering::Relaxed)
    }

    /// The alarms of the last thirty days that the actor has to look at, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the actor sees alarms.
    pub async fn alarms(&self, ctx: &Ctx) -> Result<Vec<Alarm>> {
        ctx.allow_somewhere(Permission::SeeAlarms)?;
        let since = ctx.now.saturating_sub(SHOWN).unwrap_or(ctx.now);
        let all = self.store.alarms_since(since, MOST_SHOWN).await?;
        Ok(all.into_iter().filter(|alarm| self.may_see(ctx, alarm)).collect())
    }

    fn may_see(&self, ctx: &Ctx, alarm: &Alarm) -> bool {
        let Some(id) = alarm.facility else {
            // What has no place is for those who look everywhere.
            return matches!(ctx.actor, Actor::System)
                || ctx.sees_everywhere(Permission::SeeAlarms);
        };
        let facility = self.inventory.facility(id);
        facility.is_some_and(|held| ctx.allow_at(Permission::SeeAlarms, &held).is_ok())
    }

    /// Releases an account that is slowed or held. Nobody releases their own.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is free, or not one of the actor's; [`Error::Forbidden`] for one's own.
    pub async fn release_account(&self, ctx: &Ctx, who: StaffId) -> Result<()> {
        let watched = self.account_to_act_on(ctx, who).await?;
        let free = self.store.set_standing(who, watched.standing, Standing::Free, ctx.now);
        if watched.standing == Standing::Free || !free.await? {
            return Err(Error::NotFound);
        }
        self.record_decision(ctx, who, Decision::Released.word()).await
    }

    /// Ends every sign-in of an account, everywhere, within seconds.
    ///
    /// # Errors
    ///
    /// As [`Platform::release_account`]; one's own may be signed out.
    pub async fn sign_out_account(&self, ctx: &Ctx, who: StaffId) -> Result<()> {
        let own = matches!(ctx.actor, Actor::Staff(staff) if staff.id == who);
        let step = match self.store.watched(who).await? {
            _ if own => self.step(ctx).ok_or(Error::Forbidden)?,
            Some(watched) => {
                self.allow_acting_on(ctx, &watched)?;
                self.step_of(who, (watched.facility, watched.district))
            }
            None => return Err(Error::NotFound),
        };
        self.sign_out(ctx, step).await
    }

    /// Ends every sign-in of somebody who works here, and says so in the log.
    pub(crate) async fn end_sign_ins(&self, ctx: &Ctx, staff: StaffActor) -> Result<()> {
        self.sign_out(ctx, self.step_of(staff.id, (staff.facility, staff.district))).await
    }

    async fn sign_out(&self, ctx: &Ctx, step: WatchStep) -> Result<()> {
        let step = WatchStep { sign_out: Some(ctx.now), ..step };
        let watched = self.store.watch(&[step]).await?.pop().ok_or(Error::NotFound)?;
        self.accounts.signed_out.write().insert(watched.who, watched.signed_out_at);
        self.record_decision(ctx, watched.who, Decision::SignedOut.word()).await
    }

    /// Ends every sign-in of accounts whose role, place or mobile were changed, or that were closed.
    pub(crate) async fn sign_out_changed(&self, ctx: &Ctx, changed: &[StaffId]) -> Result<()> {
        for who in changed {
            let place = self.store.watched(*who).await?.map(|one| (one.facility, one.district));
            self.sign_out(ctx, self.step_of(*who, place.unwrap_or_default())).await?;
        }
        Ok(())
    }

    /// Reads which accounts were signed out since the last time; four times a second is enough.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn follow_accounts(&self, now: Timestamp) -> Result<()> {
        let last = *self.accounts.read_at.read();
        // At first as far back as a sign-in may be old.
        let back = if last.is_some() { OVERLAP } else { LONGEST_SIGN_IN };
        let since = last.unwrap_or(now).min(now).saturating_sub(back).unwrap_or(now);
        let changed = self.store.watched_since(since).await?;
        let first = last.map_or(Timestamp::UNIX_EPOCH, |_| since);
        let canaries = self.store.canaries_since(first).await?;
        self.accounts.know_canaries(canaries.iter().map(|(digest, _)| *digest));
        let mut signed_out = self.accounts.signed_out.write();
        for one in changed {
            signed_out.insert(one.who, one.signed_out_at);
        }
        drop(signed_out);
        *self.accounts.read_at.write() = Some(now);
        Ok(())
    }

    /// Whether a sign-in of an account, of this second since 1970, was ended since.
    pub fn is_signed_out(&self, who: StaffId, signed_in_at: i64) -> bool {
        let signed_out = self.accounts.signed_out.read();
        signed_out.get(&who).is_some_and(|at| signed_in_at <= at.as_second())
    }

    async fn account_to_act_on(&self, ctx: &Ctx, who: StaffId) -> Result<Watched> {
        let watched = self.store.watched(who).await?.ok_or(Error::NotFound)?;
        self.allow_acting_on(ctx, &watched)?;
        Ok(watched)
    }

    fn allow_acting_on(&self, ctx: &Ctx, watched: &Watched) -> Result<()> {
        ctx.allow_somewhere(Permission::ReleaseAccount)?;
        if matches!(ctx.actor, Actor::Staff(staff) if staff.id == watched.who) {
            return Err(Error::Forbidden);
        }
        match watched.facility.and_then(|id| self.inventory.facility(id)) {
            Some(held) => {
                ctx.allow_at(Permission::ReleaseAccount, &held).map_err(|_| Error::NotFound)
            }
            // An account without a place is the operator's to release.
            None if ctx.actor == Actor::System => Ok(()),
            None => Err(Error::NotFound),
        }
    }
}

/// The id of an account as a path names it.
pub fn account_id(text: &str) -> Option<StaffId> {
    Uuid::try_parse(text).ok().map(StaffId)
}
