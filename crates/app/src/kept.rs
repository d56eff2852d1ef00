//! Answers that many ask for at once: each is made once and given for a moment.

use std::hash::Hash;

use jiff::{SignedDuration, Timestamp};
use parking_lot::RwLock;
use rustc_hash::FxHashMap;

/// The answers made so far, and when.
pub struct Kept<K, V> {
    rest: SignedDuration,
    most: usize,
    held: RwLock<FxHashMap<K, (Timestamp, V)>>,
}

impl<K: Eq + Hash, V: Clone> Kept<K, V> {
    /// Gives each answer for `rest`. Beyond `most` of them all are made anew as asked.
    pub fn new(rest: SignedDuration, most: usize) -> Self {
        Self { rest, most, held: RwLock::default() }
    }

    /// The answer, if it was made a moment ago. A clock that went back keeps none for longer.
    pub fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let held = self.held.read();
        let (at, value) = held.get(key)?;
        (SignedDuration::ZERO..self.rest).contains(&now.duration_since(*at)).then(|| value.clone())
    }

    /// Keeps none of them any longer.
    pub fn clear(&self) {
        self.held.write().clear();
    }

    /// Keeps an answer that was made now.
    pub fn put(&self, key: K, now: Timestamp, value: V) {
        let mut held = self.held.write();
        if held.len() >= self.most {
            held.clear();
        }
        held.insert(key, (now, value));
    }
}
