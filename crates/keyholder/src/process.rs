//! The keyholder: what it answers, and what it does in between.

use std::{
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use ledger::merkle::Head;
use parking_lot::{Mutex, RwLock};
use vault::{Ask, Refusal, Safe, Secret, ServerKeys, Told};

use crate::{
    book::{Book, Claim, Counts},
    budget::{Budget, Indexes},
    follow::{Distrust, Follower},
    journal::JournalError,
    keks::{KekError, KekFolder},
    provider::Provider,
};

/// How long a new version is known to servers before it wraps, in seconds.
pub const ANNOUNCED: u64 = 4;

/// What a keyholder stands on.
pub struct Options {
    /// The folder of its keys and its journal.
    pub folder: PathBuf,
    /// The folder of the public log of accesses.
    pub log: PathBuf,
    /// How many blind indexes of a column each caller has in a day.
    pub indexes_a_day: u64,
}

/// The keyholder.
pub struct Keyholder {
    safe: Safe,
    folder: KekFolder,
    providers: Vec<Box<dyn Provider>>,
    book: Mutex<Book>,
    budget: Mutex<Budget>,
    follower: Follower,
    /// Why the public log is not believed; then nothing opens.
    distrust: RwLock<Option<Distrust>>,
    /// The newest version that does not wrap yet, and when it does.
    announced: Mutex<Option<(u32, u64)>>,
}

/// How a keyholder stands.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Status {
    /// What was given, and what the log has of it.
    pub counts: Counts,
    /// Which blind indexes were asked for, and given.
    #[serde(default)]
    pub indexes: Indexes,
    /// Whether the log is what was read of it before.
    pub log_believed: bool,
    /// The versions of the key-encryption key.
    pub versions: Vec<u32>,
    /// The one that wraps.
    pub current: u32,
}

/// Why a keyholder cannot start.
#[derive(Debug, thiserror::Error)]
pub enum NotStarted {
    /// Its keys.
    #[error(transparent)]
    Kek(#[from] KekError),
    /// Its journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Keyholder {
    /// A keyholder with this root key, whose first provider wraps what is new; the others are those that
    /// wrapped before. Makes the first key-encryption key if there is none.
    ///
    /// # Errors
    ///
    /// [`NotStarted`].
    pub fn open(
        root: &Secret<[u8; 32]>,
        providers: Vec<Box<dyn Provider>>,
        options: Options,
    ) -> Result<Self, NotStarted> {
        let safe = Safe::new(root);
        let folder = KekFolder::open(&options.folder.join("keks"))?;
        let book = Book::open(&options.folder.join("journal"), now())?;
        let is_new = folder.versions()?.is_empty();
        let budget = Budget::open(&options.folder, options.indexes_a_day, is_new, now());
        let follower = Follower::new(options.log, safe.log_seed());
        let keyholder = Self {
            safe,
            folder,
            providers,
            book: Mutex::new(book),
            budget: Mutex::new(budget.map_err(JournalError::Io)?),
            follower,
            distrust: RwLock::new(None),
            announced: Mutex::new(None),
        };
        if keyholder.folder.versions()?.is_empty() {
            keyholder.folder.make(1, keyholder.provider(), now())?;
        }
        keyholder.read_folder()?;
        if let Some(newest) = keyholder.safe.versions().last() {
            keyholder.safe.wrap_with(*newest);
        }
        keyholder.look_back()?;
        keyholder.look();
        Ok(keyholder)
    }

    /// Answers a user, in the order in which it was asked. Keys that open something are written into the
    /// journal before they are told, and blind indexes taken out of the user's budget; if that fails, there
    /// are none.
    pub fn answer(&self, asks: &[Ask], user: u32) -> Result<Vec<Told>, JournalError> {
        let may = self.budget.lock().take(user, asks, now())?;
        let spent = Told::Refused(Refusal::BudgetSpent);
        let answered = asks.iter().zip(may);
        let mut told: Vec<_> = answered
            .map(|(ask, may)| if may { self.safe.answer(ask) } else { spent.clone() })
            .collect();
        self.budget.lock().saw(asks, &told, now());
        let opened: Vec<usize> =
            (0..told.len()).filter(|place| matches!(told[*place], Told::Opened(_))).collect();
        if opened.is_empty() {
            return Ok(told);
        }
        if self.distrust.read().is_some() {
            for place in opened {
                told[place] = Told::Refused(Refusal::LedgerBehind);
            }
            return Ok(told);
        }
        let claims: Vec<_> = opened.iter().map(|place| claim(&asks[*place])).collect();
        let decided = self.book.lock().give(&claims, now())?;
        for (place, decision) in opened.into_iter().zip(decided) {
            if let Err(refusal) = decision {
                told[place] = Told::Refused(refusal);
            }
        }
        Ok(told)
    }

    /// The keys that a server works with by itself.
    pub fn server_keys(&self) -> ServerKeys {
        self.safe.server_keys()
    }

    /// How it stands.
    pub fn status(&self) -> Status {
        Status {
            counts: self.book.lock().counts(now()),
            indexes: self.budget.lock().counts(),
            log_believed: self.distrust.read().is_none(),
            versions: self.safe.versions(),
            current: self.safe.current(),
        }
    }

    /// Makes a new key-encryption key, which wraps a moment later: by then servers know it.
    ///
    /// # Errors
    ///
    /// [`KekError`].
    pub fn make_kek(&self) -> Result<u32, KekError> {
        let version = self.folder.versions()?.last().copied().unwrap_or(0).max(self.safe.current());
        let version = version.checked_add(1).ok_or(KekError::NoSuchVersion)?;
        self.folder.make(version, self.provider(), now())?;
        self.read_folder()?;
        Ok(version)
    }

    /// Destroys a key-encryption key that does not wrap. What it wrapped opens no more: who calls this
    /// knows that there is nothing.
    ///
    /// # Errors
    ///
    /// [`KekError`].
    pub fn destroy_kek(&self, version: u32) -> Result<(), KekError> {
        if version >= self.safe.current() {
            return Err(KekError::NoSuchVersion);
        }
        self.folder.destroy(version)?;
        self.safe.forget_kek(version);
        Ok(())
    }

    /// What is done again and again: reads what is new in the public log, and in the folder of keys.
    pub fn turn(&self) {
        self.look();
        self.budget.lock().turn(now());
        if let Err(error) = self.read_folder() {
            tracing::warn!(%error, "the keyholder's keys were not read again");
        }
    }

    fn provider(&self) -> &dyn Provider {
        &*self.providers[0]
    }

    /// Takes versions into use as they come into the folder and go from it.
    fn read_folder(&self) -> Result<(), KekError> {
        let (there, known) = (self.folder.versions()?, self.safe.versions());
        let providers: Vec<_> = self.providers.iter().map(|one| &**one).collect();
        let mut announced = self.announced.lock();
        for version in there.iter().filter(|version| !known.contains(version)) {
            let kek = self.folder.kek(*version, &providers)?;
            self.safe.add_kek(*version, &kek.key);
            *announced = Some((*version, now() + ANNOUNCED));
        }
        for gone in known.iter().filter(|version| !there.contains(version)) {
            self.safe.forget_kek(*gone);
        }
        if let Some((version, _)) = announced.take_if(|(_, from)| *from <= now()) {
            self.safe.wrap_with(version);
        }
        Ok(())
    }

    /// Reads leaves again that were read before a restart: a giving may come after its leaf.
    fn look_back(&self) -> Result<(), JournalError> {
        let position = self.book.lock().position();
        match self.follower.last(position) {
            Ok(leaves) => self.book.lock().remember(&leaves, now())?,
            Err(why) => self.doubt(&why),
        }
        Ok(())
    }

    /// Reads what is new in the public log.
    fn look(&self) {
        loop {
            let position = self.book.lock().position();
            match self.follower.next(position) {
                Ok(None) => return self.trust(position),
                Ok(Some((leaves, head))) => {
                    let followed = self.book.lock().follow(&leaves, head, now());
                    if let Err(error) = followed {
                        tracing::error!(%error, "the keyholder's journal was not written");
                        return;
                    }
                }
                Err(why) => return self.doubt(&why),
            }
        }
    }

    fn trust(&self, position: Head) {
        if self.distrust.write().take().is_some() {
            tracing::info!(size = position.size, "the public log goes on as it was read before");
        }
    }

    /// A log that cannot be read is told by what waits for it; one that was changed stops everything.
    fn doubt(&self, why: &Distrust) {
        if *why == Distrust::Changed && self.distrust.write().replace(why.clone()).is_none() {
            tracing::error!(error = %why, "nothing opens any more");
        }
    }
}

/// The root key of a folder: in its file, or wrapped by a provider.
///
/// # Errors
///
/// [`KekError`] if the provider does not give it.
pub fn root_with(
    folder: &Path,
    given: Option<Secret<[u8; 32]>>,
    provider: &dyn Provider,
) -> Result<Secret<[u8; 32]>, KekError> {
    KekFolder::open(&folder.join("keks"))?.root(given, provider, now())
}

fn claim(ask: &Ask) -> Option<Claim> {
    let Ask::Open { person, fields, evidence, .. } = ask else { return None };
    Claim::of(evidence, *person, fields)
}

#[expect(clippy::disallowed_methods, reason = "the keyholder's own clock judges what it is shown")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
