//! A case: a folder that holds what was ordered, by whom, and how far it is. Everything in it is
//! there whole or not at all, so that a case goes on wherever a kill or a power cut left it.
//!
//! # Shape
//!
//! * `setup.toml`: the set-up as it was when the order was signed;
//! * `addresses`: the documents, one address a line, sorted;
//! * `known.jsonl`: what of them is known by digest, for the watch;
//! * `order`, `release`, `withdrawal`, `withdrawal-release`: signed notes;
//! * `log/`, `openings.jsonl`, `log.key`, `log.vkey`: see [`super::decisions`];
//! * `cursor.json`: how far each thing of the step is that is being done;
//! * `bing.json`: how much each Bing was told, and how much of that on its last day.

mod decide;

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use ledger::{
    directory::make_folder,
    note::{KeyRing, SigningKey},
};
use serde::{Deserialize, Serialize};

use super::{
    address::{Address, AddressError, Query, Site},
    decisions::{Decision, Decisions, RecordError},
    digest,
    order::{Kind, Order, OrderError},
    setup::{Setup, SetupError},
    stage::{OutOfOrder, Standing, Step},
    world::World,
};
use crate::{
    exposed::{Digest, Near},
    files,
};

/// Why a case cannot be made, opened or led on.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// A file cannot be read or written.
    #[error("the files of the case cannot be read or written")]
    Io(#[from] io::Error),
    /// Another process has the case.
    #[error("another process works on this case")]
    Busy,
    /// The folder holds no case.
    #[error("there is no case in this folder")]
    NoCase,
    /// The set-up cannot be used.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// A line is not an address that can be taken down.
    #[error("line {line} of the addresses: {error}")]
    Address {
        /// Which line.
        line: usize,
        /// Why.
        error: AddressError,
    },
    /// Nothing is ordered.
    #[error("there are no addresses")]
    Empty,
    /// An order or a release does not count.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// The record cannot be kept.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A step is not allowed now.
    #[error(transparent)]
    OutOfOrder(#[from] OutOfOrder),
    /// The record names a step that does not exist or does not follow.
    #[error("the record of the case does not add up")]
    Contradiction,
}

/// What is known of a document beside its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Known {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Its simhash.
    pub near: Near,
}

/// What is ordered.
pub struct Ordered<'a> {
    /// The set-up, as text.
    pub setup: &'a str,
    /// Addresses, one a line each.
    pub addresses: Vec<String>,
    /// What to do with queries.
    pub query: Query,
    /// What is known of the documents.
    pub known: Vec<Known>,
    /// Why.
    pub reason: String,
}

/// A case that is open; no other process has it.
pub struct Case {
    folder: PathBuf,
    name: String,
    _lock: File,
    setup: Setup,
    sites: Vec<Site>,
    people: KeyRing,
    addresses: Vec<Address>,
    decisions: Decisions,
    standing: Standing,
}

/// How far the things of a step are.
#[derive(Default, Deserialize, Serialize)]
pub(super) struct Cursor {
    /// How many leaves the record had.
    leaf: u64,
    pub(super) done: BTreeMap<String, usize>,
}

impl Cursor {
    /// That of a folder, if it is of what comes after so many leaves.
    pub(super) fn read(folder: &Path, leaf: u64) -> Self {
        let read = fs::read(folder.join("cursor.json")).ok();
        let kept: Option<Self> = read.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        kept.filter(|kept| kept.leaf == leaf).unwrap_or(Self { leaf, ..Self::default() })
    }
}

impl Case {
    /// Orders a takedown in a new folder, signed by a first person.
    ///
    /// # Errors
    ///
    /// [`CaseError`] if there is a case already, or what is ordered cannot be taken down.
    pub fn order(
        folder: &Path,
        ordered: &Ordered<'_>,
        key: &impl SigningKey,
        world: &dyn World,
    ) -> Result<Self, CaseError> {
        let setup: Setup = ordered.setup.parse()?;
        let people = setup.people().map_err(SetupError::Key)?;
        let sites = setup.sites();
        let mut addresses = parse(&ordered.addresses, &sites, ordered.query)?;
        addresses.extend(listings(&addresses, &setup));
        addresses.sort_by_cached_key(|address| (address.site, address.key()));
        addresses.dedup_by_key(|address| (address.site, address.key()));
        if addresses.is_empty() {
            return Err(CaseError::Empty);
        }
        make_folder(folder)?;
        let lock = lock(folder, world)?;
        let name = name_of(folder);
        let decisions = Decisions::open(folder, &origin(&setup, &name), world)?;
        if !decisions.told().is_empty() {
            return Err(OutOfOrder::Already(Step::Ordered).into());
        }
        let (folder, standing) = (folder.to_owned(), Standing::default());
        let mut case = Self {
            folder,
            name,
            _lock: lock,
            setup,
            sites,
            people,
            addresses,
            decisions,
            standing,
        };
        case.sign_order(ordered, key, world)?;
        Ok(case)
    }

    /// Writes what is ordered, signed, and records it.
    fn sign_order(
        &mut self,
        ordered: &Ordered<'_>,
        key: &impl SigningKey,
        world: &dyn World,
    ) -> Result<(), CaseError> {
        let lines = self.addresses.iter().flat_map(|a| [a.url(&self.sites), "\n".to_owned()]);
        let text: String = lines.collect();
        let order = Order {
            kind: Kind::Takedown,
            case: self.name.clone(),
            addresses: self.addresses.len() as u64,
            addresses_digest: digest(text.as_bytes()),
            setup_digest: digest(ordered.setup.as_bytes()),
            reason: ordered.reason.clone(),
            at: world.now(),
        };
        let signed = order.sign(key)?;
        let by = Order::open(signed.as_bytes(), &self.people)?.1;
        let file = |name: &str| self.folder.join(name);
        files::replace(&file("setup.toml"), ordered.setup.as_bytes(), 0o644)?;
        files::replace(&file("addresses"), text.as_bytes(), 0o600)?;
        files::write_with(&file("known.jsonl"), 0o600, |file| {
            ordered.known.iter().try_for_each(|known| {
                serde_json::to_writer(&mut *file, known)?;
                file.write_all(b"\n")
            })
        })?;
        files::replace(&file("order"), signed.as_bytes(), 0o644)?;
        let facts = vec![
            format!("addresses: {}", order.addresses),
            format!("order: {}", digest(order.text().as_bytes())),
            format!("reason: {}", order.reason),
        ];
        self.record(Step::Ordered, ("first person", by.name()), facts, world)
    }

    /// Opens a case and checks all that was signed.
    ///
    /// # Errors
    ///
    /// [`CaseError`] if there is none, or it does not add up.
    pub fn open(folder: &Path, world: &dyn World) -> Result<Self, CaseError> {
        let setup_text = match fs::read_to_string(folder.join("setup.toml")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(CaseError::NoCase),
            text => text?,
        };
        let lock = lock(folder, world)?;
        let setup: Setup = setup_text.parse()?;
        let people = setup.people().map_err(SetupError::Key)?;
        let (sites, name) = (setup.sites(), name_of(folder));
        let text = fs::read_to_string(folder.join("addresses"))?;
        let (order, by) = Order::open(&fs::read(folder.join("order"))?, &people)?;
        let same = order.addresses_digest == digest(text.as_bytes())
            && order.setup_digest == digest(setup_text.as_bytes())
            && order.case == name
            && order.kind == Kind::Takedown;
        if !same {
            return Err(OrderError::Changed.into());
        }
        let lines: Vec<_> = text.lines().collect();
        let addresses = parse(&lines, &sites, Query::Refused)?;
        let decisions = Decisions::open(folder, &origin(&setup, &name), world)?;
        let standing = standing_after(decisions.told())?;
        let folder = folder.to_owned();
        let case = Self {
            folder,
            name,
            _lock: lock,
            setup,
            sites,
            people,
            addresses,
            decisions,
            standing,
        };
        case.check_releases(&order, &by)?;
        Ok(case)
    }

    pub(super) fn record(
        &mut self,
        step: Step,
        actor: (&str, &str),
        facts: Vec<String>,
        world: &dyn World,
    ) -> Result<(), CaseError> {
        let standing = self.standing.then(step)?;
        self.decisions.record(actor, step.name(), facts, world)?;
        self.standing = standing;
        Ok(())
    }

    /// Records what the program did.
    pub(super) fn did(
        &mut self,
        step: Step,
        facts: Vec<String>,
        world: &dyn World,
    ) -> Result<(), CaseError> {
        self.record(step, ("program", "program"), facts, world)
    }

    /// How far it is.
    pub const fn standing(&self) -> Standing {
        self.standing
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its set-up.
    pub const fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Its sites by their names.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// Its addresses, sorted by site and key.
    pub fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    /// The addresses of a site.
    pub fn of_site(&self, site: usize) -> &[Address] {
        let from = self.addresses.partition_point(|address| address.site < site);
        let to = self.addresses.partition_point(|address| address.site <= site);
        &self.addresses[from..to]
    }

    /// What the addresses of a site begin with, its scheme and its host.
    pub fn base(&self, site: usize) -> String {
        let secure = self.of_site(site).first().is_none_or(|address| address.secure);
        format!("{}://{}", if secure { "https" } else { "http" }, self.sites[site].host)
    }

    /// What was recorded.
    pub fn told(&self) -> &[Decision] {
        self.decisions.told()
    }

    /// The record itself.
    pub const fn decisions(&self) -> &Decisions {
        &self.decisions
    }

    /// What is known of the documents beside their addresses.
    ///
    /// # Errors
    ///
    /// [`CaseError::Io`] if the file cannot be read.
    pub fn known(&self) -> Result<Vec<Known>, CaseError> {
        let lines = files::lines(&self.folder.join("known.jsonl"))?;
        let known = lines.iter().map(|line| serde_json::from_slice(line));
        Ok(known.collect::<Result<_, _>>().map_err(io::Error::from)?)
    }

    /// How much of one thing is done already, if it was begun since the last record.
    pub(super) fn cursor(&self, what: &str) -> usize {
        self.cursors().done.get(what).copied().unwrap_or_default()
    }

    /// Keeps how far one thing is.
    pub(super) fn keep_cursor(&self, what: &str, done: usize) -> Result<(), CaseError> {
        let mut cursor = self.cursors();
        cursor.done.insert(what.to_owned(), done);
        let bytes = serde_json::to_vec(&cursor).map_err(io::Error::from)?;
        Ok(files::replace(&self.folder.join("cursor.json"), &bytes, 0o644)?)
    }

    fn cursors(&self) -> Cursor {
        Cursor::read(&self.folder, self.told().len() as u64)
    }
}

fn parse(
    lines: &[impl AsRef<str>],
    sites: &[Site],
    query: Query,
) -> Result<Vec<Address>, CaseError> {
    let lines = (1..).zip(lines).filter(|(_, text)| !text.as_ref().trim().is_empty());
    lines
        .map(|(line, text)| {
            Address::parse(text.as_ref(), sites, query)
                .map_err(|error| CaseError::Address { line, error })
        })
        .collect()
}

/// The folders that hold some addresses, on sites that list theirs: each as an address of its own.
fn listings(addresses: &[Address], setup: &Setup) -> Vec<Address> {
    let mut found: Vec<Address> = Vec::new();
    let lists = |address: &&Address| {
        let site = &setup.sites[address.site];
        // A bucket has no folders that could go.
        site.listings && site.nginx.is_some()
    };
    for address in addresses.iter().filter(lists) {
        let end = address.path.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
        let path = &address.path[..end];
        let last = found.last();
        let again = last.is_some_and(|last| last.site == address.site && last.path == path);
        // The page that a host begins with is more than a listing.
        if !again && path.len() > 1 {
            found.push(Address { path: path.to_owned(), ..address.clone() });
        }
    }
    found
}

/// Takes the lock of a case. Whoever had it may leave it for a moment to a program that they start,
/// so it is tried more than once.
fn lock(folder: &Path, world: &dyn World) -> Result<File, CaseError> {
    const TRIES: u32 = 10;
    const PAUSE: Duration = Duration::from_millis(20);
    for _ in 0..TRIES {
        match files::lock(&folder.join(".lock")) {
            Ok(lock) => return Ok(lock),
            Err(TryLockError::WouldBlock) => world.sleep(PAUSE),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Err(CaseError::Busy)
}

/// A case is called as its folder is, with nothing that could not stand in a name.
pub(super) fn name_of(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let name = absolute.file_name().map(|name| name.to_string_lossy().into_owned());
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '-' };
    name.unwrap_or_default().chars().map(plain).take(80).collect()
}

/// How far a case is, by what was decided.
pub(super) fn standing_after(told: &[Decision]) -> Result<Standing, CaseError> {
    told.iter().try_fold(Standing::default(), |standing, told| {
        let step = Step::from_name(&told.what).ok_or(CaseError::Contradiction)?;
        standing.then(step).map_err(|_| CaseError::Contradiction)
    })
}

pub(super) fn origin(setup: &Setup, case: &str) -> String {
    format!("{}/takedown/{case}", setup.name)
}

#[cfg(test)]
mod tests;
