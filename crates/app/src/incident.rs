//! An incident from the moment it is confirmed: whom it affects, what is drafted for whom, the clocks,
//! and the notices, which two officers let go. What is said of it and whom it affects is sealed.

pub mod affected;
pub mod drafts;
pub mod notices;

use domain::{
    id::StaffId,
    incident::{BadIncident, Clocks, Kind, Said},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{IncidentRow, IncidentStep, StoreError};
use uuid::Uuid;

use self::affected::{Affected, Affects};
use crate::{Ctx, Error, Platform, Result, error::BrokenCause};

/// The most incidents in one answer.
const MOST: u32 = 1_000;

/// What is kept of what is said, sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    kind: String,
    what: String,
    systems: String,
    done: String,
    advice: String,
    official: String,
    contact: String,
    by: String,
    unread: u64,
}

/// An incident, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Its id.
    pub id: Uuid,
    /// What is said of it.
    pub said: Said,
    /// How it is known whom it affects.
    pub by: String,
    /// How many it affects.
    pub people: u64,
    /// Of how many the list of accesses cannot be read any more, because they were erased since.
    pub unread: u64,
    /// By when who is to be told.
    pub clocks: Clocks,
    /// When CERT-In was told, if it was.
    pub reported_at: Option<Timestamp>,
    /// When the notices went to the outbox, if they did.
    pub told_at: Option<Timestamp>,
    /// When the Board had its file, if it has.
    pub filed_at: Option<Timestamp>,
    /// When it was closed, if it is.
    pub closed_at: Option<Timestamp>,
}

/// How an incident stands, unopened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: Uuid,
    /// How many it affects.
    pub people: u64,
    /// What is due next, and by when; none once it is closed or all is done.
    pub next: Option<(Duty, Timestamp)>,
    /// What of it is done.
    pub done: [(Duty, Option<Timestamp>); 3],
    /// When it was closed, if it is.
    pub closed_at: Option<Timestamp>,
}

/// Who is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// CERT-In.
    Report,
    /// Everybody affected.
    Tell,
    /// The Data Protection Board.
    File,
}

impl Duty {
    /// All, in the order in which they are due.
    pub const ALL: [Self; 3] = [Self::Report, Self::Tell, Self::File];

    /// Its word for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Report => "cert-in",
            Self::Tell => "notices",
            Self::File => "board",
        }
    }
}

impl Listed {
    fn of(row: &IncidentRow) -> Self {
        let times = &row.times;
        let duties = [
            (Duty::Report, row.reported_at, times.report_by),
            // Nobody is told where nobody is affected.
            (
                Duty::Tell,
                row.told_at.or((row.people == 0).then_some(times.confirmed_at)),
                times.tell_by,
            ),
            (Duty::File, row.filed_at, times.file_by),
        ];
        let open = duties.iter().filter(|(_, done, _)| done.is_none() && row.closed_at.is_none());
        Self {
            id: row.id,
            people: row.people,
            next: open.map(|(duty, _, by)| (*duty, *by)).min_by_key(|(_, by)| *by),
            done: duties.map(|(duty, done, _)| (duty, done)),
            closed_at: row.closed_at,
        }
    }

    /// Whether something was not done in time so far.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.next.is_some_and(|(_, by)| by < now)
    }
}

impl From<BadIncident> for Error {
    fn from(bad: BadIncident) -> Self {
        match bad {
            BadIncident::Text => Self::Invalid(
                "each text must be 1 to 500 characters, official and contact one line of at most 200",
            ),
            BadIncident::Times => Self::Invalid(
                "an incident is noticed first, then confirmed, and neither is to come",
            ),
        }
    }
}

pub(crate) fn broken() -> Error {
    Error::Broken(BrokenCause::Seal)
}

impl Platform {
    /// Opens an incident that is confirmed: finds out whom it affects, and starts the clocks.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator; [`Error::Invalid`] if what is said or the times
    /// are not usable.
    pub async fn open_incident(
        &self,
        ctx: &Ctx,
        (noticed_at, confirmed_at): (Timestamp, Timestamp),
        said: &Said,
        affects: &Affects,
    ) -> Result<Incident> {
        ctx.only_operator()?;
        said.check()?;
        let clocks = Clocks::new(noticed_at, confirmed_at, ctx.now)?;
        let Affected { people, unread } = self.affected(ctx, affects).await?;
        let id = ctx.random_uuid();
        let incident = Incident {
            id,
            said: said.clone(),
            by: affects.words(),
            people: people.len() as u64,
            unread,
            clocks,
            reported_at: None,
            told_at: None,
            filed_at: None,
            closed_at: None,
        };
        let parts = self.sealed_parts(id, &people)?;
        let row = self.incident_row(&incident)?;
        self.record_decision(ctx, StaffId(id), "incident-opened").await?;
        if !self.store.put_incident(&row, &parts).await? {
            return Err(StoreError::broken("a new incident is there already").into());
        }
        Ok(incident)
    }

    fn incident_row(&self, incident: &Incident) -> Result<IncidentRow> {
        let Said { kind, what, systems, done, advice, official, contact } = incident.said.clone();
        let kept = Kept {
            kind: kind.name().to_owned(),
            what,
            systems,
            done,
            advice,
            official,
            contact,
            by: incident.by.clone(),
            unread: incident.unread,
        };
        let kept = serde_json::to_vec(&kept).map_err(|_| broken())?;
        Ok(IncidentRow {
            id: incident.id,
            sealed: self.vault.seal_message(incident.id.as_bytes(), &kept),
            people: incident.people,
            times: incident.clocks,
            reported_at: None,
            told_at: None,
            filed_at: None,
            closed_at: None,
        })
    }

    /// All incidents, unopened, in the order in which they were confirmed.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator.
    pub async fn listed_incidents(&self, ctx: &Ctx) -> Result<Vec<Listed>> {
        ctx.only_operator()?;
        Ok(self.store.incidents(MOST).await?.iter().map(Listed::of).collect())
    }

    /// An incident and what is said of it.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator; [`Error::NotFound`] if there is none.
    pub async fn incident(&self, ctx: &Ctx, id: Uuid) -> Result<Incident> {
        ctx.only_operator()?;
        self.incident_of(&self.store.incident(id).await?.ok_or(Error::NotFound)?)
    }

    fn incident_of(&self, row: &IncidentRow) -> Result<Incident> {
        let opened = self.vault.open_message(row.id.as_bytes(), &row.sealed)?.into_inner();
        let kept: Kept = serde_json::from_slice(&opened).map_err(|_| broken())?;
        let Kept { kind, what, systems, done, advice, official, contact, by, unread } = kept;
        let kind = Kind::from_name(&kind).ok_or_else(broken)?;
        Ok(Incident {
            id: row.id,
            said: Said { kind, what, systems, done, advice, official, contact },
            by,
            people: row.people,
            unread,
            clocks: row.times,
            reported_at: row.reported_at,
            told_at: row.told_at,
            filed_at: row.filed_at,
            closed_at: row.closed_at,
        })
    }

    /// Notes that CERT-In was told, or that the Board has its file.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator; [`Error::NotFound`] if there is no such
    /// incident, or it was noted before; [`Error::SecondPerson`] for the notices, which officers let go.
    pub async fn mark_incident(&self, ctx: &Ctx, id: Uuid, duty: Duty) -> Result<()> {
        ctx.only_operator()?;
        let (step, said) = match duty {
            Duty::Report => (IncidentStep::Reported, "incident-reported"),
            Duty::File => (IncidentStep::Filed, "incident-filed"),
            Duty::Tell => return Err(Error::SecondPerson),
        };
        self.store.incident(id).await?.ok_or(Error::NotFound)?;
        self.record_decision(ctx, StaffId(id), said).await?;
        let marked = self.store.mark_incident(id, step, ctx.now).await?;
        if marked { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Closes an incident of which everything is done.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator; [`Error::NotFound`] if there is no such
    /// incident; [`Error::Invalid`] while something is to be done.
    pub async fn close_incident(&self, ctx: &Ctx, id: Uuid) -> Result<()> {
        ctx.only_operator()?;
        let row = self.store.incident(id).await?.ok_or(Error::NotFound)?;
        if Listed::of(&row).next.is_some() {
            return Err(Error::Invalid("something is still to be done about this incident"));
        }
        self.record_decision(ctx, StaffId(id), "incident-closed").await?;
        let closed = self.store.mark_incident(id, IncidentStep::Closed, ctx.now).await?;
        if closed { Ok(()) } else { Err(Error::NotFound) }
    }
}
