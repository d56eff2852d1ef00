//! What somebody who looks can still see: at the origin, at the CDN, in the engine's results.

use crate::{
    engine::Engine,
    ground::{Ground, WORD, path},
    net,
};
use testkit::cdn::HOST;

/// How many documents are asked for each time.
const SAMPLE: usize = 100;

/// Somebody who looks.
pub(crate) struct Eyes {
    origin: String,
    cdn: String,
    engine: Engine,
    /// The documents of the sample, spread over all.
    paths: Vec<String>,
    last: Option<Seen>,
}

/// What was seen.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    origin: usize,
    cdn: [usize; 4],
    results: usize,
    kept: usize,
}

impl Eyes {
    pub(crate) fn of(ground: &Ground) -> Self {
        let sample = SAMPLE.min(ground.number);
        Self {
            origin: ground.cdn.nginx.authority(),
            cdn: ground.cdn.varnish.authority(),
            engine: ground.engine.clone(),
            paths: (0..sample).map(|at| path(at * ground.number / sample)).collect(),
            last: None,
        }
    }

    /// Prints what is to be seen.
    pub(crate) fn look(&mut self, when: &str) {
        let seen = self.see();
        println!("{when}: {}", self.words(seen));
        self.last = Some(seen);
    }

    /// Prints it, if it is not what it was.
    pub(crate) fn look_if_changed(&mut self, seconds: f64) {
        let seen = self.see();
        if self.last != Some(seen) {
            println!("{seconds:>9.1}   still to be seen: {}", self.words(seen));
            self.last = Some(seen);
        }
    }

    fn words(&self, seen: Seen) -> String {
        let [plain, kept, unkept, escaped] = seen.cdn;
        format!(
            "of {} at the origin {}, at the CDN {plain}, under a query that it keeps {kept}, under one \
             that it does not {unkept}, with an escape {escaped}; in results {}, in the engine's index {}",
            self.paths.len(),
            seen.origin,
            seen.results,
            seen.kept
        )
    }

    fn see(&self) -> Seen {
        Seen {
            origin: self.served(&self.origin, &|path| path.to_owned()),
            cdn: [
                self.served(&self.cdn, &|path| path.to_owned()),
                self.served(&self.cdn, &|path| format!("{path}?x=1")),
                self.served(&self.cdn, &|path| format!("{path}?y=2")),
                self.served(&self.cdn, &|path| path.replace("list-of", "%6Cist-of")),
            ],
            results: self.engine.results(WORD).len(),
            kept: self.engine.kept(WORD),
        }
    }

    /// How many answers of the sample have the document in them.
    fn served(&self, server: &str, spell: &dyn Fn(&str) -> String) -> usize {
        let mut line = net::Line::open(server, HOST);
        let has = |path: &&String| {
            let answer = line.get(&spell(path));
            answer.status != 410 || answer.body.contains(WORD)
        };
        self.paths.iter().filter(has).count()
    }
}
