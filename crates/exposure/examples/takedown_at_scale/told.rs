//! What a process tells on its way, and how true the times were that a bar would have told of it.

use std::time::Instant;

/// A line of the process.
pub(crate) enum Line<'a> {
    /// A step was recorded, with its facts.
    Done(&'a str, &'a str),
    /// What is being done, how many are done, of how many.
    Told(&'a str, u64, u64),
}

impl<'a> Line<'a> {
    pub(crate) fn read(line: &'a str) -> Option<Self> {
        let mut words = line.split('\t');
        match (words.next()?, words.next()?, words.next()?, words.next()) {
            ("done", step, facts, None) => Some(Self::Done(step, facts)),
            ("told", what, done, Some(total)) => {
                Some(Self::Told(what, done.parse().ok()?, total.parse().ok()?))
            }
            _ => None,
        }
    }
}

/// What was told by one process, and when.
#[derive(Default)]
pub(crate) struct Times(Vec<Told>);

struct Told {
    what: String,
    done: u64,
    total: u64,
    at: Instant,
}

impl Times {
    pub(crate) fn add(&mut self, what: &str, done: u64, total: u64) {
        self.0.push(Told { what: what.to_owned(), done, total, at: Instant::now() });
    }

    /// What was being done last, and how many were done.
    pub(crate) fn last(&self) -> Option<(String, u64)> {
        self.0.last().map(|told| (told.what.clone(), told.done))
    }

    /// Whether something is further than a share of the whole.
    pub(crate) fn is_past(&self, what: &str, share: f64) -> bool {
        let last = self.0.last().filter(|told| told.what == what);
        last.is_some_and(|told| ratio(told.done, told.total) > share)
    }

    /// Prints for whatever took longer than two seconds what was told of the time left, and what it was.
    pub(crate) fn tell(&self) {
        for part in self.0.chunk_by(|one, next| one.what == next.what) {
            let (first, last) = (&part[0], &part[part.len() - 1]);
            if last.at.duration_since(first.at).as_secs() < 2 || last.done < last.total {
                continue;
            }
            let said: Vec<String> =
                [0.25, 0.5, 0.75].iter().filter_map(|share| said(part, *share)).collect();
            println!("          times left of {}: {}", first.what, said.join(", "));
        }
    }
}

/// What was said where this share was done, from how quickly it went since the beginning.
fn said(part: &[Told], share: f64) -> Option<String> {
    let (first, last) = (part.first()?, part.last()?);
    let there = part.iter().find(|told| ratio(told.done, told.total) >= share)?;
    if there.done <= first.done {
        return None;
    }
    let took = there.at.duration_since(first.at).as_secs_f64();
    let left = took * ratio(there.total - there.done, there.done - first.done);
    let was = last.at.duration_since(there.at).as_secs_f64();
    Some(format!("at {:.0} % {left:.1} s, were {was:.1}", share * 100.0))
}

fn ratio(one: u64, other: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let ratio = one as f64 / other as f64;
    ratio
}
