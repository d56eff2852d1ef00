//! The book of the keyholder: against which accesses keys were given, which of them the public log
//! has, and since when others wait for it.

use std::{collections::HashMap, path::Path};

use ledger::{
    leaf::{Commitment, Opening, entry::Act},
    merkle::{Hash, Head},
};
use vault::{PersonId, Refusal};

use crate::journal::{Journal, JournalError, Record};

/// How old an access may be, in seconds: a request and the tries to record it take less.
const PAST: u64 = 60;
/// How far ahead of this clock it may be, in seconds.
const AHEAD: u64 = 30;
/// How long the log may take to have an access, in seconds.
pub const LAG: u64 = 60;
/// How long leaves are remembered against which nothing was given, in seconds: longer than an access
/// may be old, so that a giving that comes after its leaf finds it.
const REMEMBERED: u64 = 120;
/// How often what is old is forgotten, in seconds.
const FORGET: u64 = 5;
/// A journal that is longer when it is opened is written anew, in bytes: 350,000 records.
const LONG: u64 = 16 << 20;

/// What the book counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    /// How often keys were given against an access, ever.
    pub opened: u64,
    /// How many of those accesses the log has.
    pub logged: u64,
    /// How many wait for it.
    pub waiting: u64,
    /// How many entries the log has against which nothing was given here.
    pub unopened: u64,
    /// Size of the log, as far as it was read.
    pub log_size: u64,
    /// How old the oldest access is that waits, in seconds.
    pub oldest_waiting: u64,
}

/// The book.
pub struct Book {
    journal: Journal,
    opened: u64,
    unopened: u64,
    position: Head,
    /// Accesses that the log does not have yet, and when they were.
    waiting: HashMap<[u8; 32], u64>,
    /// Accesses against which keys were given a while ago: not again.
    used: HashMap<[u8; 32], u64>,
    /// Leaves against which nothing was given yet, and when they were seen.
    seen: HashMap<[u8; 32], u64>,
    forgot_at: u64,
}

/// An access, as its evidence says.
pub struct Claim {
    /// What it is committed to by.
    pub commitment: [u8; 32],
    /// When it was, in seconds since 1970.
    pub at: u64,
}

impl Claim {
    /// What the evidence says, if it is of an access to these fields of this person.
    pub fn of(evidence: &[u8], person: PersonId, fields: &[String]) -> Option<Self> {
        let opening = Opening::from_bytes(evidence)?;
        let entry = opening.entry().ok().filter(|entry| entry.act == Act::Access)?;
        let theirs = entry.link.as_ref().is_some_and(|link| link.person == person.0);
        let named = fields.iter().all(|field| entry.fields.contains(field));
        (theirs && named).then(|| Self { commitment: opening.commitment().0, at: entry.at })
    }
}

impl Book {
    /// The book whose journal is in a file.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    pub fn open(path: &Path, now: u64) -> Result<Self, JournalError> {
        let (journal, records) = Journal::open(path)?;
        let mut book = Self {
            journal,
            opened: 0,
            unopened: 0,
            position: Head::empty(),
            waiting: HashMap::new(),
            used: HashMap::new(),
            seen: HashMap::new(),
            forgot_at: 0,
        };
        book.read(&records);
        book.forget(now);
        if book.journal.length() > LONG {
            book.journal.replace(&book.shortened())?;
        }
        Ok(book)
    }

    fn read(&mut self, records: &[Record]) {
        let (mut settled, mut unopened) = (Vec::new(), self.unopened);
        for record in records {
            match *record {
                Record::Before(count) => self.opened += count,
                Record::Opened(commitment, at) => {
                    self.opened += 1;
                    self.waiting.insert(commitment, at);
                    self.used.insert(commitment, at);
                }
                Record::Settled(commitment, _) => settled.push(commitment),
                Record::Unopened(count) => unopened = count,
                // Until it comes, what belongs together is not whole.
                Record::Position(size, root) => {
                    for commitment in settled.drain(..) {
                        self.waiting.remove(&commitment);
                    }
                    self.unopened = unopened;
                    self.position = Head { size, root: Hash(root) };
                }
            }
        }
    }

    /// The same in less: what is in the log is a number, but for what must not be used again.
    fn shortened(&self) -> Vec<Record> {
        let opened = self.used.iter().map(|(commitment, at)| Record::Opened(*commitment, *at));
        let settled =
            self.used.iter().filter(|(commitment, _)| !self.waiting.contains_key(*commitment));
        let settled = settled.map(|(commitment, at)| Record::Settled(*commitment, *at));
        let old =
            self.waiting.iter().filter(|(commitment, _)| !self.used.contains_key(*commitment));
        let old: Vec<_> = old.map(|(commitment, at)| Record::Opened(*commitment, *at)).collect();
        let kept = self.used.len() + old.len();
        let mut records = vec![Record::Before(self.opened - kept as u64)];
        records.extend(opened.chain(old).chain(settled));
        records.push(Record::Unopened(self.unopened));
        records.push(self.place());
        records
    }

    const fn place(&self) -> Record {
        Record::Position(self.position.size, self.position.root.0)
    }

    /// Writes down that keys are given against these accesses, and says which may be given.
    ///
    /// # Errors
    ///
    /// If it cannot be written; then none may.
    pub fn give(
        &mut self,
        claims: &[Option<Claim>],
        now: u64,
    ) -> Result<Vec<Result<(), Refusal>>, JournalError> {
        self.forget(now);
        let behind = self.oldest().is_some_and(|at| at + LAG < now);
        let (mut records, mut late) = (Vec::new(), Vec::new());
        let mut fresh: HashMap<[u8; 32], u64> = HashMap::new();
        let decide = |claim: &Option<Claim>| {
            let claim = claim.as_ref().ok_or(Refusal::NotRecorded)?;
            let timely = claim.at + PAST >= now && claim.at <= now + AHEAD;
            let again = self.used.contains_key(&claim.commitment);
            if !timely || again || fresh.contains_key(&claim.commitment) {
                return Err(Refusal::NotRecorded);
            }
            if behind {
                return Err(Refusal::LedgerBehind);
            }
            fresh.insert(claim.commitment, claim.at);
            records.push(Record::Opened(claim.commitment, claim.at));
            // The log was quicker than the request.
            if self.seen.contains_key(&claim.commitment) {
                late.push(Record::Settled(claim.commitment, claim.at));
            }
            Ok(())
        };
        let decided: Vec<_> = claims.iter().map(decide).collect();
        let unopened = self.unopened - late.len() as u64;
        if !late.is_empty() {
            records.append(&mut late);
            records.extend([Record::Unopened(unopened), self.place()]);
        }
        if !records.is_empty() {
            self.journal.add(&records)?;
            self.read(&records);
            for commitment in fresh.keys() {
                self.seen.remove(commitment);
            }
        }
        Ok(decided)
    }

    /// Takes leaves into account that follow the position in the log, which is then at `head`.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn follow(
        &mut self,
        leaves: &[Commitment],
        head: Head,
        now: u64,
    ) -> Result<(), JournalError> {
        let mut records = Vec::new();
        let mut unopened = Vec::new();
        for leaf in leaves {
            match self.waiting.get(&leaf.0) {
                Some(at) => records.push(Record::Settled(leaf.0, *at)),
                None => unopened.push(leaf.0),
            }
        }
        records.push(Record::Unopened(self.unopened + unopened.len() as u64));
        records.push(Record::Position(head.size, head.root.0));
        self.journal.add(&records)?;
        self.read(&records);
        self.seen.extend(unopened.into_iter().map(|leaf| (leaf, now)));
        Ok(())
    }

    /// Remembers leaves that were read before, for givings that come after them; and settles those whose
    /// giving came after them, and was not written to its end.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn remember(&mut self, leaves: &[Commitment], now: u64) -> Result<(), JournalError> {
        let mut records = Vec::new();
        for leaf in leaves {
            if let Some(at) = self.waiting.get(&leaf.0) {
                records.push(Record::Settled(leaf.0, *at));
            } else if !self.used.contains_key(&leaf.0) {
                self.seen.insert(leaf.0, now);
            }
        }
        if !records.is_empty() {
            let settled = records.len() as u64;
            records.push(Record::Unopened(self.unopened.saturating_sub(settled)));
            records.push(self.place());
            self.journal.add(&records)?;
            self.read(&records);
        }
        Ok(())
    }

    /// How far the log was read.
    pub const fn position(&self) -> Head {
        self.position
    }

    /// What it counts.
    pub fn counts(&self, now: u64) -> Counts {
        let waiting = self.waiting.len() as u64;
        Counts {
            opened: self.opened,
            logged: self.opened - waiting,
            waiting,
            unopened: self.unopened,
            log_size: self.position.size,
            oldest_waiting: self.oldest().map_or(0, |at| now.saturating_sub(at)),
        }
    }

    fn oldest(&self) -> Option<u64> {
        self.waiting.values().copied().min()
    }

    fn forget(&mut self, now: u64) {
        if now < self.forgot_at + FORGET {
            return;
        }
        self.forgot_at = now;
        self.used.retain(|_, at| *at + REMEMBERED >= now);
        self.seen.retain(|_, at| *at + REMEMBERED >= now);
    }
}

#[cfg(test)]
mod tests;
