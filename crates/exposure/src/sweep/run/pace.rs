//! How fast a host is got through, of late.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// What was done in the last minute.
pub(super) struct Pace {
    began_at: Instant,
    /// How many were done in each second in which any were.
    seconds: VecDeque<(u64, u64)>,
}

/// Seconds that are looked back.
const BACK: u64 = 60;
/// Before so many seconds nobody can say.
const SOON: u64 = 2;

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { began_at: now, seconds: VecDeque::new() }
    }

    /// One more is done.
    pub(super) fn tick(&mut self, now: Instant) {
        let second = now.duration_since(self.began_at).as_secs();
        match self.seconds.back_mut() {
            Some((last, count)) if *last == second => *count += 1,
            _ => self.seconds.push_back((second, 1)),
        }
        while self.seconds.front().is_some_and(|(first, _)| first + BACK <= second) {
            self.seconds.pop_front();
        }
    }

    /// How long it takes for so many more, if that can be said.
    pub(super) fn left(&self, waiting: u64, now: Instant) -> Option<Duration> {
        if waiting == 0 {
            return Some(Duration::ZERO);
        }
        let past = now.duration_since(self.began_at);
        let recent = self.seconds.iter().filter(|(second, _)| second + BACK > past.as_secs());
        let done: u64 = recent.map(|(_, count)| count).sum();
        let span = past.as_secs_f64().min(60.0);
        if done == 0 || past.as_secs() < SOON {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let seconds = waiting as f64 * span / done as f64;
        Duration::try_from_secs_f64(seconds).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_minute_tells_how_long_it_takes() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut pace = Pace::new(start);
        assert_eq!(pace.left(10, at(1)), None);
        assert_eq!(pace.left(0, at(1)), Some(Duration::ZERO));
        for second in 0..200 {
            for _ in 0..(if second < 100 { 100 } else { 10 }) {
                pace.tick(at(second));
            }
        }
        let left = pace.left(6_000, at(200)).unwrap().as_secs();
        assert!((590..=615).contains(&left), "{left}: ten a second, not a hundred");
        assert_eq!(pace.left(10, at(400)), None, "nothing was done in the last minute");
    }
}
