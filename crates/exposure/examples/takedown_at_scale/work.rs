//! The process that takes down: every step that is not done yet, as `teeka expose takedown` does them.

use std::{
    path::Path,
    sync::Mutex,
    time::{Duration, Instant},
};

use exposure::takedown::{
    case::Case,
    contain::contain,
    probe::probe,
    purge::purge,
    sitemap::unlist,
    stage::Step,
    submit::submit,
    world::{Told, Work, World},
};

/// The real world.
pub(crate) struct Real(Instant);

impl Real {
    pub(crate) fn begin() -> Self {
        Self(Instant::now())
    }
}

impl World for Real {
    fn now(&self) -> u64 {
        #[expect(clippy::disallowed_methods, reason = "a measurement is in the real world")]
        let now = std::time::SystemTime::now();
        now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, time: Duration) {
        #[expect(clippy::disallowed_methods, reason = "a measurement is in the real world")]
        std::thread::sleep(time);
    }

    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).unwrap();
    }
}

pub(crate) fn secrets(name: &str) -> Option<String> {
    let known = [("INDEXNOW", "a1b2c3d4e5"), ("BING", "bing-key"), ("GOOGLE", "google-token")];
    known.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
}

/// Prints how far it is, at most four times a second.
fn tell(last: &Mutex<Option<(&'static str, Instant)>>, told: Told) {
    let mut last = last.lock().unwrap();
    let recent = |(what, at): (&str, Instant)| what == told.what && at.elapsed().as_millis() < 250;
    if told.done < told.total && last.is_some_and(recent) {
        return;
    }
    *last = Some((told.what, Instant::now()));
    println!("told\t{}\t{}\t{}", told.what, told.done, told.total);
}

pub(crate) fn run(folder: &Path) {
    let (world, last) = (Real::begin(), Mutex::default());
    let tell = |told: Told| tell(&last, told);
    let work = Work { world: &world, tell: &tell, threads: 16 };
    let mut case = Case::open(folder, &world).unwrap();
    done("opened", &[&format!("after {:.1} s", world.elapsed().as_secs_f64())]);
    let reached = case.standing().reached();
    let begun = world.elapsed();
    if reached < Some(Step::Contained) {
        let released = case.standing().released().unwrap();
        contain(&mut case, released, &secrets, work).unwrap();
        recorded(&case, &world, begun);
    }
    let begun = world.elapsed();
    if reached < Some(Step::Purged) {
        let contained = case.standing().contained().unwrap();
        purge(&mut case, contained, &secrets, work).unwrap();
        recorded(&case, &world, begun);
    }
    let begun = world.elapsed();
    if reached < Some(Step::Probed) {
        let purged = case.standing().purged().unwrap();
        probe(&mut case, purged, work).unwrap();
        recorded(&case, &world, begun);
    }
    let begun = world.elapsed();
    if reached < Some(Step::Unlisted) {
        let probed = case.standing().probed().unwrap();
        unlist(&mut case, probed, work).unwrap();
        recorded(&case, &world, begun);
    }
    let begun = world.elapsed();
    let unlisted = case.standing().unlisted().unwrap();
    submit(&mut case, unlisted, &secrets, work).unwrap();
    recorded(&case, &world, begun);
}

/// Prints the step that was recorded last.
fn recorded(case: &Case, world: &Real, begun: Duration) {
    let told = case.told().last().unwrap();
    let took = format!("{:.1} s", world.elapsed().saturating_sub(begun).as_secs_f64());
    done(&told.what, &[&took, &told.facts.join("; ")]);
}

fn done(step: &str, facts: &[&str]) {
    println!("done\t{step}\t{}", facts.join(": "));
}
