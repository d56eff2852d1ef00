//! What a sweep tells the public: numbers, and addresses of which nothing personal is left.

mod families;
pub mod findings;
mod mask;
pub mod page;
mod sheet;
mod takedowns;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use store::StoreError;

use self::{families::Families, mask::Mask};
use super::{
    Turn,
    folder::{self, Folder},
};
use crate::{exposed::Source, takedown::report::CaseReport};

/// The report of a sweep.
///
/// # Privacy
///
/// Counts, names of hosts, and addresses in which every part that is not a plain word of publishing
/// is replaced.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// When it was made.
    pub made_at: Timestamp,
    /// Which turn of the sweep it tells of.
    pub turn: u64,
    /// Whether that turn came to its end.
    pub complete: bool,
    /// Addresses that are known.
    pub addresses: u64,
    /// Of them, those that are still to be asked.
    pub waiting: u64,
    /// Addresses by what came of them.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// The same for each host.
    pub hosts: BTreeMap<String, BTreeMap<&'static str, u64>>,
    /// Different documents.
    pub documents: u64,
    /// Documents of pictures whose letters were not read yet.
    pub pictures_unread: u64,
    /// Documents that were not read, or not to their end, by why.
    pub unread: BTreeMap<String, u64>,
    /// Documents that expose somebody.
    pub exposed: u64,
    /// People exposed. One who is in two documents counts twice.
    pub people: u64,
    /// Exposed documents by kind of data, and how many times it is in them.
    pub kinds: BTreeMap<String, KindCount>,
    /// Exposed documents by where their addresses were met.
    pub sources: BTreeMap<&'static str, u64>,
    /// Exposed documents by media type.
    pub media_types: BTreeMap<String, u64>,
    /// Exposed documents by how many people are in each.
    pub sizes: BTreeMap<&'static str, u64>,
    /// Groups of exposed documents that are nearly the same.
    pub families: u64,
    /// Documents in the largest of them.
    pub largest_family: u64,
    /// The worst, in order.
    pub worst: Vec<Worst>,
    /// What is being taken down.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub takedowns: Vec<CaseReport>,
}

/// How much there is of a kind of data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct KindCount {
    /// Documents that have it.
    pub documents: u64,
    /// Times that it is in them.
    pub findings: u64,
}

/// One of the worst documents.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Worst {
    /// Its address, masked.
    pub address: String,
    /// Addresses at which it is.
    pub copies: u64,
    /// People exposed.
    pub people: u64,
    /// Which kinds of data.
    pub kinds: Vec<String>,
    /// Where its addresses were met.
    pub sources: Vec<Source>,
    /// Its place in the queue.
    pub score: f64,
}

/// How many of the worst are told.
const WORST: usize = 20;

/// By how many people are in a document.
pub const SIZES: [(&str, u64); 5] =
    [("1", 1), ("2 to 9", 9), ("10 to 99", 99), ("100 to 999", 999), ("1000 and more", u64::MAX)];

impl Report {
    /// Makes the report of what a folder has now.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn of(folder: &Folder, made_at: Timestamp) -> Result<Self, StoreError> {
        let totals = folder.job.totals()?;
        let turn = Turn::last(&folder.job)?;
        let mask = Mask::new(&folder.secret()?);
        let mut report = Self {
            made_at,
            turn: turn.as_ref().map_or(0, |turn| turn.number),
            complete: turn.is_some_and(|turn| turn.ended_at.is_some()),
            addresses: totals.addresses,
            waiting: totals.waiting,
            outcomes: totals.fates,
            documents: totals.documents,
            pictures_unread: totals.letters,
            unread: totals.unread,
            ..Self::default()
        };
        for (host, fate, count) in folder.job.fates_by_host()? {
            report.hosts.entry(host).or_default().insert(fate, count);
        }
        let mut families = Families::default();
        folder.job.each_exposed::<StoreError>(&mut |exposure| {
            let exposed = folder::of(&exposure);
            families.add(exposed.near);
            report.count(&exposed);
            if report.worst.len() < WORST {
                report.worst.push(Worst {
                    address: mask.address(&exposed.url),
                    copies: 1 + exposed.also_at.len() as u64,
                    people: exposed.people,
                    kinds: exposed.kinds.into_keys().collect(),
                    sources: exposed.sources.into_iter().collect(),
                    score: exposed.score.round(),
                });
            }
            Ok(())
        })?;
        (report.families, report.largest_family) = families.end();
        Ok(report)
    }

    fn count(&mut self, exposed: &crate::exposed::Exposed) {
        self.exposed += 1;
        self.people += exposed.people;
        for (kind, findings) in &exposed.kinds {
            let count = self.kinds.entry(kind.clone()).or_default();
            count.documents += 1;
            count.findings += findings;
        }
        for source in &exposed.sources {
            *self.sources.entry(source.as_str()).or_default() += 1;
        }
        *self.media_types.entry(media_type(&exposed.media_type)).or_default() += 1;
        let size = SIZES.iter().find(|(_, most)| exposed.people <= *most);
        *self.sizes.entry(size.map_or("1", |(name, _)| name)).or_default() += 1;
    }

    /// The report on a page of paper.
    ///
    /// # Shape
    ///
    /// PDF/A-2a and PDF/UA-1, one A4 page.
    pub fn pdf(&self) -> Vec<u8> {
        page::draw(self)
    }

    /// The report as a page for a browser, whole in itself and without a script.
    pub fn html(&self) -> String {
        sheet::write(self)
    }
}

/// A media type, if it is written as one: a server can write anything there.
fn media_type(text: &str) -> String {
    let fits = text.len() <= 80
        && text.contains('/')
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || b"/.+-".contains(&byte) || byte.is_ascii_digit()
        });
    if fits { text.to_owned() } else { "other".to_owned() }
}
