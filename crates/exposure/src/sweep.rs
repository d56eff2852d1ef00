//! Goes over what hosts of an allow-list serve to everybody.
//!
//! [`scope`] says what may be contacted, and one place opens connections and holds each to it. What
//! is known, asked and found is in a file (`store::exposure`), so that a sweep that was killed goes
//! on, and one that is begun again asks only what has changed. Documents are read by whoever is
//! given ([`reading`]); here are counts only, never what was found.

pub mod exports;
pub mod folder;
mod gate;
mod line;
mod maps;
mod pages;
pub mod rank;
pub mod reading;
pub mod report;
mod robots;
mod run;
pub mod scope;
mod triage;
mod visit;

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    StoreError,
    exposure::{Class, JobFile, Message},
};

use self::{reading::Read, scope::Scope, visit::found};
use crate::exposed::{Digest, Source};

/// A sweep, and what it needs of the world.
pub struct Sweep<'s> {
    /// What may be contacted.
    pub scope: Arc<Scope>,
    /// Who reads documents.
    pub reader: &'s dyn Read,
    /// Who knows what time it is.
    pub now: &'s (dyn Fn() -> Timestamp + Sync),
}

/// How far a sweep is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Addresses that are known; of letters, documents of pictures that are to be read.
    pub addresses: u64,
    /// Of them, those that are still to be asked.
    pub waiting: u64,
    /// Documents in which somebody is exposed, since the process began.
    pub exposed: u64,
    /// How long it takes from here. None while addresses are still being found: nobody can know.
    pub left: Option<Duration>,
    /// Whether it is letters in pictures that are read.
    pub letters: bool,
}

/// How a sweep ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Hosts that did not answer, by scheme, name and port. Their addresses still wait.
    pub away: Vec<String>,
    /// Addresses of lists that are outside the scope. None of them was contacted.
    pub outside: u64,
    /// Whether there were more addresses than the scope allows.
    pub full: bool,
}

/// A list of addresses that somebody else keeps.
pub struct List {
    /// Whose list it is: [`Source::Csv`] or [`Source::Cdn`].
    pub source: Source,
    /// Its addresses.
    pub addresses: Vec<String>,
}

/// Which turn it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Counted from 1.
    pub number: u64,
    /// When it began.
    pub began_at: Timestamp,
    /// When it was over, if it is.
    pub ended_at: Option<Timestamp>,
}

impl Turn {
    /// The turn that was begun last.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn last(job: &JobFile) -> Result<Option<Self>, StoreError> {
        let bytes = job.fact("turn")?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    fn note(&self, job: &JobFile) -> Result<(), StoreError> {
        job.note("turn", &serde_json::to_vec(self).expect("a turn is JSON"))
    }
}

impl Sweep<'_> {
    /// Goes over everything once: on from where the last sweep was killed, or anew if it was over.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the file of the sweep fails. What is in it is kept.
    pub fn run(
        &self,
        job: &mut JobFile,
        lists: &[List],
        watch: &mut dyn FnMut(&Progress),
    ) -> Result<Ended, StoreError> {
        let mut turn = match Turn::last(job)? {
            Some(turn) if turn.ended_at.is_none() => turn,
            last => {
                job.begin_turn()?;
                let number = last.map_or(1, |last| last.number + 1);
                Turn { number, began_at: (self.now)(), ended_at: None }
            }
        };
        turn.note(job)?;
        let outside = self.begin(job, lists)?;
        let mut ended = run::run(self, job, watch)?;
        ended.outside = outside;
        if ended.away.is_empty() {
            turn.ended_at = Some((self.now)());
            turn.note(job)?;
        }
        Ok(ended)
    }

    /// Puts down where to begin, and says how many addresses of lists are outside.
    fn begin(&self, job: &mut JobFile, lists: &[List]) -> Result<u64, StoreError> {
        let mut begin = Vec::new();
        for address in self.scope.start() {
            let class = found::class_of(address.url()).min(Class::Page);
            begin.push(Message::Found(found::found(&address, Source::Seed.bit(), class, 0)));
        }
        let mut outside = 0;
        for list in lists {
            for address in &list.addresses {
                let Some(address) = self.scope.admit(address) else {
                    outside += 1;
                    continue;
                };
                let class = found::class_of(address.url());
                begin.push(Message::Found(found::found(&address, list.source.bit(), class, 0)));
            }
        }
        for some in begin.chunks(10_000) {
            job.apply(some, (self.now)())?;
        }
        Ok(outside)
    }
}

/// A number that stands for a text: to see that it is the same, not what it says.
fn stamp(text: &str) -> i64 {
    let digest = Digest::of(text.as_bytes()).0;
    i64::from_be_bytes(digest[..8].try_into().expect("8 of 32 bytes"))
}
