//! What researchers and others report: sealed as it comes, under a key of its own, with a receipt that
//! says how it stands and by when. Whoever operates the platform opens it, on record.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    id::HomeBucket,
    reported::{Due, Outcome, Reported, kept_until},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{AccessOf, Closing, ReportPlace, ReportRow};
use uuid::Uuid;
use vault::{NotDone, PersonId, Purpose, Sealed, Secret};

use crate::{
    Actor, Ctx, Error, Platform, Result, error::BrokenCause, opened::REPORT, sign_in::Span, view,
};

/// How many reports one address may send in a day.
const MOST_A_DAY: u32 = 10;
/// How many are read at once.
const PAGE: u32 = 500;

/// How a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// When it came.
    pub received_at: Timestamp,
    /// By when what is promised is due.
    pub due: Due,
    /// When somebody first looked at it, if somebody did.
    pub acknowledged_at: Option<Timestamp>,
    /// When it was closed and what came of it, if it was.
    pub closed: Option<(Timestamp, Outcome)>,
}

/// How far a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has looked at it yet.
    Received,
    /// Somebody has.
    LookedAt,
    /// It is closed.
    Closed,
}

impl State {
    /// Its word for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::LookedAt => "looked-at",
            Self::Closed => "closed",
        }
    }
}

impl Standing {
    fn of(row: &ReportRow) -> Self {
        Self {
            received_at: row.received_at,
            due: Due { acknowledge_by: row.acknowledge_by, close_by: row.close_by },
            acknowledged_at: row.acknowledged_at,
            closed: row.closed,
        }
    }

    /// How far it is.
    pub const fn state(&self) -> State {
        match (self.closed, self.acknowledged_at) {
            (Some(_), _) => State::Closed,
            (None, Some(_)) => State::LookedAt,
            (None, None) => State::Received,
        }
    }

    /// What is due next, if something is.
    pub const fn next_due(&self) -> Option<Timestamp> {
        match self.state() {
            State::Received => Some(self.due.acknowledge_by),
            State::LookedAt => Some(self.due.close_by),
            State::Closed => None,
        }
    }

    /// Whether what was promised was not kept so far.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.next_due().is_some_and(|due| due < now)
    }
}

/// A report that was taken.
///
/// # Privacy
///
/// Whoever has the receipt sees how the report stands, so it has no Debug.
pub struct Taken {
    /// What it is asked for by. It is told this once.
    pub receipt: String,
    /// How it stands.
    pub standing: Standing,
}

/// A report as the operator sees it unopened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: Uuid,
    /// How it stands.
    pub standing: Standing,
}

/// The number of a report and what is secret about it.
///
/// # Shape
///
/// The id (16 bytes) and 16 random bytes; as text in base64url, 43 characters.
struct Receipt([u8; 32]);

impl Receipt {
    fn make(ctx: &Ctx) -> Self {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(ctx.random_uuid().as_bytes());
        bytes[16..].copy_from_slice(&ctx.random::<16>());
        Self(bytes)
    }

    /// Reads one, if it looks like one.
    fn read(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        // One length exactly, before anything is decoded.
        let fits = text.len() == 43
            && URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).is_ok_and(|length| length == 32);
        fits.then_some(Self(bytes))
    }

    fn id(&self) -> Uuid {
        let (id, _) = self.0.split_at(16);
        Uuid::from_slice(id).expect("16 bytes")
    }
}

/// What is sealed of a report.
#[derive(Serialize, Deserialize)]
struct Kept {
    seen: String,
    found_at: Option<String>,
    reach: Option<String>,
    claimed: Option<String>,
}

fn broken() -> Error {
    Error::Broken(BrokenCause::Seal)
}

impl Platform {
    /// Takes a report from whoever sends it.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] the eleventh time in a day from one address.
    ///
    /// # Privacy
    ///
    /// What was reported is kept sealed; where it came from is counted under a keyed digest and not kept.
    pub async fn take_report(&self, ctx: &Ctx, reported: &Reported, source: &str) -> Result<Taken> {
        if self.settings.limits.is_some() {
            let sent = self.bump(ctx, "reports", source, Span::Day, 1);
            if self.store.bump(&[sent]).await?[0] > MOST_A_DAY {
                return Err(Error::TooMany { retry_after_seconds: Span::Day.left(ctx) });
            }
        }
        let receipt = Receipt::make(ctx);
        let row = self.report_row(ctx, &receipt, reported).await?;
        if !self.store.put_report(&row).await? {
            return Err(broken());
        }
        Ok(Taken { receipt: URL_SAFE_NO_PAD.encode(receipt.0), standing: Standing::of(&row) })
    }

    async fn report_row(
        &self,
        ctx: &Ctx,
        receipt: &Receipt,
        reported: &Reported,
    ) -> Result<ReportRow> {
        let id = receipt.id();
        let key = self.vault.make_person_keys(&[PersonId(id.into_bytes())]).await?.pop();
        let key = key.ok_or(NotDone::Away)?;
        let Reported { seen, found_at, reach, claimed } = reported.clone();
        let kept = serde_json::to_vec(&Kept { seen, found_at, reach, claimed });
        let kept = Secret::new(kept.map_err(|_| broken())?);
        let due = Due::of(ctx.now);
        Ok(ReportRow {
            id,
            wrapped_key: key.wrapped().to_vec(),
            secret: self.vault.mac(Purpose::Report, &[&receipt.0]),
            sealed: key.seal(REPORT, kept.expose()).as_bytes().to_vec(),
            received_at: ctx.now,
            acknowledge_by: due.acknowledge_by,
            close_by: due.close_by,
            acknowledged_at: None,
            closed: None,
        })
    }

    /// How the report of a receipt stands.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for what is no receipt of ours, and once the report is gone.
    pub async fn report_standing(&self, receipt: &str) -> Result<Standing> {
        let receipt = Receipt::read(receipt).ok_or(Error::NotFound)?;
        let row = self.store.report(receipt.id()).await?.ok_or(Error::NotFound)?;
        if !self.vault.mac_matches(Purpose::Report, &[&receipt.0], &row.secret) {
            return Err(Error::NotFound);
        }
        Ok(Standing::of(&row))
    }

    /// Every report, in order of its coming, unopened.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator.
    pub async fn listed_reports(&self, ctx: &Ctx) -> Result<Vec<Listed>> {
        operator(ctx)?;
        let mut all = Vec::new();
        let mut place = ReportPlace::FIRST;
        loop {
            let some = self.store.reports(place, PAGE).await?;
            let Some(last) = some.last() else { return Ok(all) };
            place = last.place();
            all.extend(some.iter().map(|row| Listed { id: row.id, standing: Standing::of(row) }));
        }
    }

    /// What was reported, once it is recorded that it is opened; from then on somebody has looked at it.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator; [`Error::NotFound`] if there is no such report;
    /// else that the opening is not known to be on record, and then nothing is opened.
    ///
    /// # Privacy
    ///
    /// Gives what somebody wrote, which may hold personal data of anybody.
    pub async fn open_report(&self, ctx: &Ctx, id: Uuid) -> Result<(Listed, Reported)> {
        operator(ctx)?;
        let row = self.store.report(id).await?.ok_or(Error::NotFound)?;
        let bytes = id.as_bytes();
        let bucket = HomeBucket(u16::from_be_bytes([bytes[0], bytes[1]]));
        let whose = self.whose_report(AccessOf { bucket, person: id }, &row.wrapped_key)?;
        let key = self.unlock(ctx, view::REPORT, vec![whose]).await?.pop();
        let key = key.ok_or_else(broken)?;
        let kept = key.open(REPORT, &Sealed::from_bytes(row.sealed.clone()))?;
        let kept: Kept = serde_json::from_slice(kept.expose()).map_err(|_| broken())?;
        self.store.acknowledge_report(id, ctx.now).await?;
        let mut standing = Standing::of(&row);
        standing.acknowledged_at.get_or_insert(ctx.now);
        let Kept { seen, found_at, reach, claimed } = kept;
        Ok((Listed { id, standing }, Reported { seen, found_at, reach, claimed }))
    }

    /// Closes a report, and says so to whoever has its receipt.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator; [`Error::NotFound`] if there is no such report;
    /// [`Error::Invalid`] if it is closed.
    pub async fn close_report(&self, ctx: &Ctx, id: Uuid, outcome: Outcome) -> Result<()> {
        operator(ctx)?;
        self.store.report(id).await?.ok_or(Error::NotFound)?;
        let closing = Closing { id, at: ctx.now, outcome, kept_until: kept_until(ctx.now) };
        let closed = self.store.close_report(&closing).await?;
        if closed { Ok(()) } else { Err(Error::Invalid("the report is closed already")) }
    }
}

const fn operator(ctx: &Ctx) -> Result<()> {
    match ctx.actor {
        Actor::System => Ok(()),
        _ => Err(Error::Forbidden),
    }
}
