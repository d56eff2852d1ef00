//! The limits that a CDN or a search engine documents, and how we keep to them: a bucket of tokens
//! that fills steadily.

use std::{sync::Mutex, time::Duration};

use super::world::World;

/// What may be asked of an interface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quota {
    /// The most things in one request.
    pub per_request: usize,
    /// How many things at once, before the steady rate counts.
    pub burst: f64,
    /// How many things a second.
    pub per_second: f64,
}

impl Quota {
    /// No limit but the number of things in a request.
    pub const fn unlimited(per_request: usize) -> Self {
        Self { per_request, burst: f64::INFINITY, per_second: f64::INFINITY }
    }

    /// So many things a day, without a burst beyond that.
    pub const fn daily(per_day: u32) -> Self {
        let per_day = per_day as f64;
        Self { per_request: 1, burst: per_day, per_second: per_day / 86_400.0 }
    }
}

/// A quota that is being used.
pub struct Budget {
    quota: Quota,
    state: Mutex<(f64, Duration)>,
}

impl Budget {
    /// A budget that nothing was taken from.
    pub fn new(quota: Quota, world: &dyn World) -> Self {
        Self { quota, state: Mutex::new((quota.burst, world.elapsed())) }
    }

    /// Its quota.
    pub const fn quota(&self) -> Quota {
        self.quota
    }

    /// Takes so many things, waiting until that is allowed.
    ///
    /// # Panics
    ///
    /// If another thread panicked meanwhile.
    pub fn take(&self, things: usize, world: &dyn World) {
        if self.quota.burst.is_infinite() {
            return;
        }
        let wait = {
            let mut state = self.state.lock().expect("nobody panicked");
            let now = world.elapsed();
            let passed = now.saturating_sub(state.1).as_secs_f64();
            #[expect(clippy::cast_precision_loss, reason = "a count of things is far below 2^52")]
            let wanted = things as f64;
            // Below nothing it is owed: whoever comes next waits for that, too.
            let left = (state.0 + passed * self.quota.per_second).min(self.quota.burst) - wanted;
            *state = (left, now);
            (left < 0.0).then(|| Duration::from_secs_f64(-left / self.quota.per_second))
        };
        if let Some(wait) = wait {
            world.sleep(wait);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::takedown::fixture::Played;

    #[test]
    fn a_budget_never_gives_more_than_its_quota() {
        let world = Played::default();
        let quota = Quota { per_request: 100, burst: 800.0, per_second: 80.0 };
        let budget = Budget::new(quota, &world);
        let mut taken = 0.0;
        for _ in 0..100 {
            budget.take(100, &world);
            taken += 100.0;
            let allowed = 800.0 + world.elapsed().as_secs_f64() * 80.0;
            assert!(taken <= allowed + 0.001, "{taken} of {allowed}");
        }
        // 10,000 less the 800 at once, 80 a second.
        let off = world.elapsed().abs_diff(Duration::from_secs(115));
        assert!(off < Duration::from_millis(1), "{:?}", world.elapsed());
    }

    #[test]
    fn a_daily_quota_takes_days() {
        let world = Played::default();
        let budget = Budget::new(Quota::daily(2000), &world);
        for _ in 0..6000 {
            budget.take(1, &world);
        }
        assert_eq!(world.elapsed().as_secs().div_ceil(86_400), 2);
    }
}
