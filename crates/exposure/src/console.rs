//! What a server shows of exposure to who may see it, and the one thing that it lets them do: hand in
//! the release that a second person signed elsewhere. Sweeps and takedowns are led on by `teeka expose`,
//! where the set-up, its secrets and the addresses are; the server reads their folders.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use app::{Ctx, Error, Result, access::Permission};
use jiff::Timestamp;
use parking_lot::Mutex;
use store::{StoreError, exposure::Totals};

use crate::{
    sweep::{
        Turn,
        folder::{Folder, NotFolder},
        report::findings::Finding,
    },
    takedown::{
        case::{Case, CaseError},
        order::OrderError,
        report::CaseReport,
        view::View,
        world::World,
    },
};

/// The most findings in one answer.
pub const MOST_FINDINGS: u64 = 100;
/// The longest release that is read: a note of three lines and a signature has some 300 bytes.
const MOST_RELEASE: usize = 4096;
/// For how long what was counted is told again: counting a sweep of a million addresses takes a second.
const COUNTED: Duration = Duration::from_secs(15);

/// Where sweeps and takedowns are.
#[derive(Debug, Default)]
pub struct Console {
    /// The folder of the sweep that is shown.
    sweep: Option<PathBuf>,
    /// The folder that holds the folders of cases.
    cases: Option<PathBuf>,
    counted: Mutex<Option<Swept>>,
}

/// What a sweep has found so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swept {
    /// When it was counted.
    pub counted_at: Timestamp,
    /// Its turn; none if it was never begun.
    pub turn: Option<Turn>,
    /// Its numbers.
    pub totals: Totals,
}

/// What there is.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    /// The sweep; none if none is set up, or there is none yet.
    pub swept: Option<Swept>,
    /// Cases, by name.
    pub cases: Vec<CaseReport>,
    /// Cases that do not add up, by name.
    pub broken: Vec<String>,
}

impl Console {
    /// A console of these folders.
    pub fn new(sweep: Option<PathBuf>, cases: Option<PathBuf>) -> Self {
        Self { sweep, cases, counted: Mutex::default() }
    }

    /// The numbers of the sweep, and how far each takedown is.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the actor sees exposure; [`Error::Broken`] if the folders cannot be
    /// read.
    pub fn overview(&self, ctx: &Ctx) -> Result<Overview> {
        ctx.allow_somewhere(Permission::SeeExposure)?;
        let (mut cases, mut broken) = (Vec::new(), Vec::new());
        for (name, folder) in self.folders()? {
            match View::of(&folder) {
                Ok(view) => cases.push(view.report),
                Err(_) => broken.push(name),
            }
        }
        Ok(Overview { swept: self.swept(ctx.now)?, cases, broken })
    }

    /// Documents that expose somebody, at most [`MOST_FINDINGS`], behind so many others, the worst first.
    ///
    /// # Errors
    ///
    /// As [`Self::overview`].
    pub fn findings(&self, ctx: &Ctx, after: u64) -> Result<Vec<Finding>> {
        ctx.allow_somewhere(Permission::SeeExposure)?;
        let Some(folder) = self.folder()? else { return Ok(Vec::new()) };
        Ok(Finding::list(&folder, after, MOST_FINDINGS)?)
    }

    /// A case.
    ///
    /// # Errors
    ///
    /// As [`Self::overview`]; [`Error::NotFound`] if there is no such case.
    pub fn case(&self, ctx: &Ctx, name: &str) -> Result<View> {
        ctx.allow_somewhere(Permission::SeeExposure)?;
        View::of(&self.case_folder(name)?).map_err(|error| refused(&error))
    }

    /// Takes the release that a second person signed.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the actor may hand releases in; [`Error::NotFound`] if there is no
    /// such case; [`Error::Invalid`] or [`Error::SecondPerson`] if the release does not count;
    /// [`Error::Unavailable`] while another process works on the case.
    pub fn release(&self, ctx: &Ctx, name: &str, signed: &str) -> Result<()> {
        ctx.allow_somewhere(Permission::ReleaseTakedown)?;
        if signed.len() > MOST_RELEASE {
            return Err(NOT_A_RELEASE);
        }
        // A browser ends lines otherwise, and a field's text often lacks its last end.
        let signed = signed.replace("\r\n", "\n").trim().to_owned() + "\n";
        let (folder, moment) = (self.case_folder(name)?, Moment(ctx));
        let mut case = Case::open(&folder, &moment).map_err(|error| refused(&error))?;
        case.accept_release(signed.as_bytes(), &moment).map_err(|error| refused(&error))
    }

    fn swept(&self, now: Timestamp) -> Result<Option<Swept>> {
        let mut counted = self.counted.lock();
        let fresh = |swept: &&Swept| {
            Duration::try_from(now.duration_since(swept.counted_at)).is_ok_and(|age| age < COUNTED)
        };
        if let Some(swept) = counted.as_ref().filter(fresh) {
            return Ok(Some(swept.clone()));
        }
        let Some(folder) = self.folder()? else { return Ok(None) };
        let (turn, totals) = (Turn::last(&folder.job)?, folder.job.totals()?);
        *counted = Some(Swept { counted_at: now, turn, totals });
        Ok(counted.clone())
    }

    /// The folder of the sweep, once there is one.
    fn folder(&self) -> Result<Option<Folder>> {
        let there = self.sweep.as_ref().filter(|path| path.join("sweep.db").is_file());
        let folder = there.map(|path| Folder::read(path)).transpose();
        folder.map_err(|error| match error {
            NotFolder::Store(error) => error.into(),
            error => broken(&error),
        })
    }

    fn folders(&self) -> Result<BTreeMap<String, PathBuf>> {
        let Some(cases) = &self.cases else { return Ok(BTreeMap::new()) };
        View::folders(cases).map_err(|error| broken(&error))
    }

    fn case_folder(&self, name: &str) -> Result<PathBuf> {
        self.folders()?.remove(name).ok_or(Error::NotFound)
    }
}

const NOT_A_RELEASE: Error = Error::Invalid("note is not a signed release of this order");

/// Why a case is not led on. What is wrong with its files is for the log of the server.
fn refused(error: &CaseError) -> Error {
    match error {
        CaseError::NoCase => Error::NotFound,
        CaseError::Busy => StoreError::unavailable("another process works on the case").into(),
        CaseError::Order(OrderError::SamePerson) => Error::SecondPerson,
        CaseError::Order(_) => NOT_A_RELEASE,
        CaseError::OutOfOrder(_) => Error::Invalid("note is of an order that waits for nobody"),
        error => broken(error),
    }
}

fn broken(error: &dyn std::error::Error) -> Error {
    StoreError::broken(error.to_string()).into()
}

/// The world of one request: it waits for nothing.
struct Moment<'a>(&'a Ctx);

impl World for Moment<'_> {
    fn now(&self) -> u64 {
        u64::try_from(self.0.now.as_second()).unwrap_or_default()
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _time: Duration) {}

    fn fill(&self, bytes: &mut [u8]) {
        self.0.entropy.fill(bytes);
    }
}
