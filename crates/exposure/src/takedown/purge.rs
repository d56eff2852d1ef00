//! Has every cache forget what is contained: by tag, then by folder, or by every spelling of every
//! address where a cache knows neither.

use std::sync::Mutex;

use super::{
    address::{Address, Site, folders},
    budget::Budget,
    case::{Case, CaseError},
    contain::{ContainError, Secrets, confirm},
    edge::{self, Edge, EdgeError, Folder, What},
    stage::{Contained, OutOfOrder, Purged, Step},
    variant,
    world::{Told, Work},
};

/// So many addresses are purged between two notes of how far it is.
const ROUND: usize = 5000;
/// So many addresses of a site are asked for at the origin again before anything is purged.
const ASKED_AGAIN: usize = 200;
/// The most folders that are purged by name; of more, those above them are.
const MOST_FOLDERS: usize = 200;

/// Why caches do not forget.
#[derive(Debug, thiserror::Error)]
pub enum PurgeError {
    /// The case does not allow it, or cannot be written.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// An origin serves a document again: nothing is purged, or the caches would fetch it.
    #[error("nothing is purged: {0}")]
    NotContained(#[from] ContainError),
    /// An edge refuses.
    #[error("{0}: {1}")]
    Edge(String, #[source] EdgeError),
}

impl From<OutOfOrder> for PurgeError {
    fn from(error: OutOfOrder) -> Self {
        Self::Case(error.into())
    }
}

/// Purges all edges and records it. What a stop interrupted goes on where it was.
///
/// # Errors
///
/// [`PurgeError`] if an origin serves a document again, or an edge refuses.
pub fn purge(
    case: &mut Case,
    contained: Contained,
    secrets: Secrets<'_>,
    work: Work<'_>,
) -> Result<Purged, PurgeError> {
    confirm(case, ASKED_AGAIN, work)?;
    let mut facts = Vec::new();
    for (place, setup) in case.setup().edges.iter().enumerate() {
        let failed = |error| PurgeError::Edge(setup.name.clone(), error);
        let edge = edge::open(setup, secrets, work.world).map_err(failed)?;
        let cursor = format!("purge {place} {}", setup.name);
        let by = Purging { case, edge: &*edge, cursor: &cursor, contained, work }.run().map_err(
            |error| match error {
                Failed::Edge(error) => failed(error),
                Failed::Case(error) => error.into(),
            },
        )?;
        facts.push(format!("{}: {by}", setup.name));
    }
    case.did(Step::Purged, facts, work.world)?;
    Ok(case.standing().purged()?)
}

enum Failed {
    Edge(EdgeError),
    Case(CaseError),
}

impl From<EdgeError> for Failed {
    fn from(error: EdgeError) -> Self {
        Self::Edge(error)
    }
}

impl From<CaseError> for Failed {
    fn from(error: CaseError) -> Self {
        Self::Case(error)
    }
}

struct Purging<'a> {
    case: &'a Case,
    edge: &'a dyn Edge,
    /// The name of its cursor.
    cursor: &'a str,
    contained: Contained,
    work: Work<'a>,
}

impl Purging<'_> {
    /// Purges one edge and says by what.
    fn run(&self) -> Result<String, Failed> {
        let means = self.edge.means();
        let mut by = Vec::new();
        if let Some(quota) = means.tags {
            let tags = self.case.setup().sites.iter().flat_map(|site| site.tags.clone());
            let tags: Vec<String> = tags.collect();
            let budget = Budget::new(quota, self.work.world);
            for some in tags.chunks(quota.per_request) {
                budget.take(some.len(), self.work.world);
                self.edge.purge(What::Tags(some), self.contained, self.work.world)?;
            }
            if !tags.is_empty() {
                by.push(format!("{} tags", tags.len()));
            }
        }
        if let Some(quota) = means.folders {
            let folders = self.folders();
            let budget = Budget::new(quota, self.work.world);
            for (done, some) in folders.chunks(quota.per_request).enumerate() {
                budget.take(some.len(), self.work.world);
                self.edge.purge(What::Folders(some), self.contained, self.work.world)?;
                let done = (done + 1) * quota.per_request;
                self.work.told("purging folders", done.min(folders.len()), folders.len());
            }
            by.push(format!("{} folders", folders.len()));
        } else if let Some(quota) = means.addresses {
            self.addresses(&Budget::new(quota, self.work.world))?;
            by.push(format!("every variant of {} addresses", self.case.addresses().len()));
        }
        Ok(by.join(", "))
    }

    fn folders(&self) -> Vec<Folder> {
        let sites = self.case.sites().iter().enumerate();
        sites
            .flat_map(|(number, site)| {
                let folders = folders(self.case.of_site(number), MOST_FOLDERS);
                folders.into_iter().map(|path| Folder { site: site.clone(), path })
            })
            .collect()
    }

    fn addresses(&self, budget: &Budget) -> Result<(), Failed> {
        let (addresses, begun) = (self.case.addresses(), self.case.cursor(self.cursor));
        for from in (begun..addresses.len()).step_by(ROUND) {
            let round = &addresses[from..addresses.len().min(from + ROUND)];
            let urls = urls(round, self.case.sites());
            let batches = self.edge.batches(&urls, budget.quota());
            let failed = Mutex::new(None);
            let (total, part) = (addresses.len() as u64, round.len() as u64);
            let tell = |told: Told| {
                let done = from as u64 + part * told.done / told.total.max(1);
                (self.work.tell)(Told { what: told.what, done, total });
            };
            let work = Work { tell: &tell, ..self.work };
            work.each("purging addresses", &batches, |batch| {
                if failed.lock().expect("nobody panicked").is_none() {
                    budget.take(batch.len(), work.world);
                    let done = self.edge.purge(What::Addresses(batch), self.contained, work.world);
                    if let Err(error) = done {
                        *failed.lock().expect("nobody panicked") = Some(error);
                    }
                }
            });
            if let Some(error) = failed.into_inner().expect("nobody panicked") {
                return Err(error.into());
            }
            self.case.keep_cursor(self.cursor, from + round.len())?;
        }
        Ok(())
    }
}

/// Every spelling of some addresses, each once.
fn urls(addresses: &[Address], sites: &[Site]) -> Vec<String> {
    let mut urls = Vec::new();
    for address in addresses {
        let variants = variant::addresses(address, &sites[address.site]);
        let from = urls.len();
        for variant in variants {
            let url = variant.url();
            // One address has some twenty of them: looking through those is quicker than hashing.
            if !urls[from..].contains(&url) {
                urls.push(url);
            }
        }
    }
    urls
}
