//! Who is asked next: one line of addresses for each host, so that no host is asked faster than is
//! polite, however many there are.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};
use store::exposure::Waiting;

/// An address that is to be asked.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) waiting: Waiting,
    /// Whether letters in pictures are to be read.
    pub(super) letters: bool,
}

/// What an answer says of how its host wishes to be treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Courtesy {
    /// Go on.
    Fine,
    /// Not faster than this from now on.
    Wish(Duration),
    /// It is too much now; come back after a while.
    Busy(Option<Duration>),
    /// Nobody answers.
    Away,
}

/// How a host is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub(super) connections: usize,
    pub(super) gap: Duration,
}

struct Line {
    ready: VecDeque<Task>,
    running: usize,
    manner: Manner,
    next_at: Instant,
    /// Answers in a row that were none, or said that it is too much.
    failures: u32,
    away: bool,
}

#[derive(Default)]
struct State {
    lines: BTreeMap<i64, Line>,
    /// Where the last task was taken, so that every host has its turn.
    last: i64,
    ended: bool,
}

/// The lines of all hosts.
#[derive(Default)]
pub(super) struct Lines {
    state: Mutex<State>,
    changed: Condvar,
}

/// Longest pause after failures in a row.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// So many failures in a row, with pauses of two minutes between them in all, and a host is away.
const AWAY: u32 = 7;

impl Lines {
    /// Opens the line of a host.
    pub(super) fn open(&self, host: i64, manner: Manner) {
        let line = Line {
            ready: VecDeque::new(),
            running: 0,
            manner,
            next_at: Instant::now(),
            failures: 0,
            away: false,
        };
        self.state.lock().lines.entry(host).or_insert(line);
    }

    /// Puts tasks at the end of their host's line.
    pub(super) fn add(&self, host: i64, tasks: Vec<Task>) {
        if let Some(line) = self.state.lock().lines.get_mut(&host) {
            line.ready.extend(tasks);
        }
        self.changed.notify_all();
    }

    /// How many tasks are ready for a host; none if it is away.
    pub(super) fn ready(&self, host: i64) -> Option<usize> {
        self.state.lock().lines.get(&host).filter(|line| !line.away).map(|line| line.ready.len())
    }

    /// Hosts that do not answer.
    pub(super) fn away(&self) -> Vec<i64> {
        let state = self.state.lock();
        state.lines.iter().filter(|(_, line)| line.away).map(|(host, _)| *host).collect()
    }

    /// Waits until somebody may be asked. None if nobody will be any more.
    pub(super) fn take(&self) -> Option<Task> {
        let mut state = self.state.lock();
        loop {
            if state.ended {
                return None;
            }
            let now = Instant::now();
            match state.pick(now) {
                Ok(task) => return Some(task),
                Err(Some(at)) => drop(self.changed.wait_until(&mut state, at)),
                Err(None) => self.changed.wait(&mut state),
            }
        }
    }

    /// Notes that a task is done, and how its host wishes to be treated.
    pub(super) fn done(&self, host: i64, courtesy: Courtesy) {
        if let Some(line) = self.state.lock().lines.get_mut(&host) {
            line.running -= 1;
            line.treat(courtesy, Instant::now());
        }
        self.changed.notify_one();
    }

    /// Lets everybody who waits go home.
    pub(super) fn end(&self) {
        self.state.lock().ended = true;
        self.changed.notify_all();
    }
}

impl State {
    /// The next task, or when there may be one.
    fn pick(&mut self, now: Instant) -> Result<Task, Option<Instant>> {
        let last = self.last;
        let mut soonest: Option<Instant> = None;
        let (before, behind): (Vec<_>, Vec<_>) =
            self.lines.iter_mut().partition(|(host, _)| **host <= last);
        for (host, line) in behind.into_iter().chain(before) {
            if line.running >= line.manner.connections || line.away || line.ready.is_empty() {
                continue;
            }
            if line.next_at > now {
                soonest = Some(soonest.map_or(line.next_at, |at| at.min(line.next_at)));
                continue;
            }
            let Some(task) = line.ready.pop_front() else { continue };
            line.running += 1;
            line.next_at = line.next_at.max(now) + line.manner.gap;
            self.last = *host;
            return Ok(task);
        }
        Err(soonest)
    }
}

impl Line {
    fn treat(&mut self, courtesy: Courtesy, now: Instant) {
        match courtesy {
            Courtesy::Fine => self.failures = 0,
            Courtesy::Wish(gap) => self.manner.gap = gap,
            Courtesy::Busy(wish) => {
                self.failures += 1;
                self.next_at = self.next_at.max(now + wish.unwrap_or_else(|| self.pause()));
            }
            Courtesy::Away => {
                // Those that were under way when it went away tell the same thing.
                if self.next_at <= now + self.manner.gap || self.failures == 0 {
                    self.failures += 1;
                }
                self.next_at = self.next_at.max(now + self.pause());
                if self.failures >= AWAY {
                    self.away = true;
                    self.ready.clear();
                }
            }
        }
    }

    fn pause(&self) -> Duration {
        Duration::from_secs(1 << self.failures.min(6)).min(LONGEST_PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use store::exposure::Class;

    use super::*;

    fn task(host: i64, id: i64) -> Task {
        let waiting = Waiting {
            id,
            host,
            class: Class::Document,
            url: String::new(),
            sources: 0,
            depth: 0,
            tries: 0,
            etag: None,
            modified: None,
            digest: None,
        };
        Task { waiting, letters: false }
    }

    /// A host with two connections and a gap, and one without.
    fn lines() -> (Lines, Instant) {
        let lines = Lines::default();
        let gap = Duration::from_secs(10);
        lines.open(1, Manner { connections: 2, gap });
        lines.open(2, Manner { connections: 1, gap: Duration::ZERO });
        lines.add(1, vec![task(1, 11), task(1, 12), task(1, 13)]);
        lines.add(2, vec![task(2, 21), task(2, 22)]);
        (lines, Instant::now())
    }

    fn pick(lines: &Lines, at: Instant) -> Option<i64> {
        lines.state.lock().pick(at).ok().map(|task| task.waiting.id)
    }

    #[test]
    fn hosts_take_turns_and_each_has_its_gap_and_its_connections() {
        let (lines, start) = lines();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(pick(&lines, at(0)), Some(11));
        assert_eq!(pick(&lines, at(0)), Some(21));
        assert_eq!(pick(&lines, at(9)), None, "the first rests, the second is busy");
        lines.done(2, Courtesy::Fine);
        assert_eq!(pick(&lines, at(9)), Some(22));
        assert_eq!(pick(&lines, at(11)), Some(12));
        assert_eq!(pick(&lines, at(30)), None, "two connections");
        lines.done(1, Courtesy::Wish(Duration::from_secs(100)));
        assert_eq!(pick(&lines, at(30)), Some(13));
    }

    #[test]
    fn a_host_that_asks_for_time_is_given_it() {
        let (lines, start) = lines();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(pick(&lines, at(0)), Some(11));
        assert_eq!(pick(&lines, at(0)), Some(21));
        lines.done(2, Courtesy::Busy(Some(Duration::from_secs(50))));
        assert_eq!(pick(&lines, at(9)), None);
        assert_eq!(pick(&lines, at(49)), Some(12), "the other goes on");
        assert_eq!(pick(&lines, at(52)), Some(22));
        assert!(lines.away().is_empty());
    }

    #[test]
    fn a_host_that_never_answers_is_given_up() {
        let lines = Lines::default();
        lines.open(1, Manner { connections: 1, gap: Duration::ZERO });
        lines.add(1, (0..10).map(|id| task(1, id)).collect());
        let far = |step: u32| Instant::now() + Duration::from_secs(100) * step;
        for step in 0..AWAY {
            assert!(pick(&lines, far(step)).is_some(), "{step}");
            // As it is when that time has come.
            let mut state = lines.state.lock();
            let line = state.lines.get_mut(&1).unwrap();
            line.running -= 1;
            line.treat(Courtesy::Away, far(step));
        }
        assert_eq!(lines.away(), [1]);
        assert_eq!(pick(&lines, far(50)), None);
        assert_eq!(lines.ready(1), None);
    }
}
