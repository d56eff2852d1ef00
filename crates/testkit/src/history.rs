//! Histories of concurrent calls, and whether some order of them explains every answer.
//!
//! The search is that of Wing and Gong with Lowe's memory of what was seen: a call may come next
//! if nothing else ended before it began. It is short, and quick for the short histories here.

use std::{
    collections::HashSet,
    fmt::Debug,
    hash::Hash,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

/// What calls do to something, one after the other.
pub trait Model: Clone + Eq + Hash {
    /// What is asked.
    type Call: Clone + Debug;
    /// What is answered.
    type Answer: Clone + Debug + PartialEq;

    /// Does a call, and gives the only right answer.
    fn apply(&mut self, call: &Self::Call) -> Self::Answer;
}

/// A call and its answer, with the moments between which it took effect.
#[derive(Clone, Debug)]
pub struct Entry<C, A> {
    /// What was asked.
    pub call: C,
    /// What was answered; nothing if that is not known, and then it may take effect at any time
    /// or never.
    pub answer: Option<A>,
    begun: u64,
    ended: u64,
}

/// What clients asked and were answered.
#[derive(Debug)]
pub struct History<M: Model> {
    clock: AtomicU64,
    entries: Mutex<Vec<Entry<M::Call, M::Answer>>>,
}

impl<M: Model> Default for History<M> {
    fn default() -> Self {
        Self { clock: AtomicU64::new(0), entries: Mutex::default() }
    }
}

impl<M: Model> History<M> {
    /// Makes a call and notes it.
    ///
    /// # Panics
    ///
    /// If another thread panicked while it noted one.
    pub async fn note(
        &self,
        call: M::Call,
        answer: impl Future<Output = Option<M::Answer>>,
    ) -> Option<M::Answer> {
        let begun = self.clock.fetch_add(1, Ordering::SeqCst);
        let answer = answer.await;
        let ended =
            if answer.is_some() { self.clock.fetch_add(1, Ordering::SeqCst) } else { u64::MAX };
        let entry = Entry { call, answer: answer.clone(), begun, ended };
        self.entries.lock().expect("nobody panicked").push(entry);
        answer
    }

    /// Everything that was noted.
    ///
    /// # Panics
    ///
    /// As [`History::note`].
    pub fn entries(self) -> Vec<Entry<M::Call, M::Answer>> {
        let mut entries = self.entries.into_inner().expect("nobody panicked");
        entries.sort_by_key(|entry| entry.begun);
        entries
    }
}

/// Whether some order of the calls, in which none comes before one that had ended when it began,
/// explains every answer.
///
/// # Panics
///
/// If there are more than 64 calls.
pub fn is_linearizable<M: Model>(start: &M, entries: &[Entry<M::Call, M::Answer>]) -> bool {
    assert!(entries.len() <= 64, "histories are short");
    let mut seen = HashSet::new();
    let mut open = vec![(0_u64, start.clone())];
    while let Some((done, state)) = open.pop() {
        let left = || entries.iter().enumerate().filter(|(at, _)| done & (1 << at) == 0);
        if left().all(|(_, entry)| entry.answer.is_none()) {
            return true;
        }
        let first_end = left().map(|(_, entry)| entry.ended).min().unwrap_or(u64::MAX);
        for (at, entry) in left().filter(|(_, entry)| entry.begun < first_end) {
            let mut next = state.clone();
            let right = next.apply(&entry.call);
            let fits = entry.answer.as_ref().is_none_or(|answer| *answer == right);
            if fits && seen.insert((done | (1 << at), next.clone())) {
                open.push((done | (1 << at), next));
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number that is added to and read.
    #[derive(Clone, PartialEq, Eq, Hash)]
    struct Register(u32);

    #[derive(Clone, Debug)]
    enum Call {
        Put(u32),
        Read,
    }

    impl Model for Register {
        type Call = Call;
        type Answer = u32;

        fn apply(&mut self, call: &Call) -> u32 {
            if let Call::Put(number) = call {
                self.0 = *number;
            }
            self.0
        }
    }

    const fn entry(call: Call, answer: Option<u32>, begun: u64, ended: u64) -> Entry<Call, u32> {
        Entry { call, answer, begun, ended }
    }

    #[test]
    fn calls_that_overlap_may_have_gone_either_way() {
        for read in [0, 1] {
            let entries = [entry(Call::Put(1), Some(1), 0, 3), entry(Call::Read, Some(read), 1, 2)];
            assert!(is_linearizable(&Register(0), &entries));
        }
    }

    #[test]
    fn a_stale_answer_is_found() {
        let entries = [entry(Call::Put(1), Some(1), 0, 1), entry(Call::Read, Some(0), 2, 3)];
        assert!(!is_linearizable(&Register(0), &entries));
        // Nor may the new be seen before the old.
        let entries = [
            entry(Call::Put(1), Some(1), 0, 9),
            entry(Call::Read, Some(1), 1, 2),
            entry(Call::Read, Some(0), 3, 4),
        ];
        assert!(!is_linearizable(&Register(0), &entries));
    }

    #[test]
    fn a_call_without_an_answer_may_have_gone_through_or_not() {
        for read in [0, 1] {
            let put = entry(Call::Put(1), None, 0, u64::MAX);
            let entries = [put.clone(), entry(Call::Read, Some(read), 5, 6)];
            assert!(is_linearizable(&Register(0), &entries));
            let back = entry(Call::Read, Some(0), 7, 8);
            let entries = [put, entry(Call::Read, Some(read), 5, 6), back];
            assert_eq!(is_linearizable(&Register(0), &entries), read == 0);
        }
    }
}
