//! A world for tests, whose time passes when somebody waits, and servers that answer as a function
//! says.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Method, Uri},
    response::Response,
};

use ledger::note::{Algorithm, LocalKey, SigningKey};

use super::{
    address::Query,
    case::{Case, Ordered},
    stage::{Contained, Standing, Step},
    world::World,
};

/// A world that is played.
#[derive(Default)]
pub(crate) struct Played {
    nanoseconds: AtomicU64,
    random: AtomicU64,
}

impl Played {
    pub(crate) fn elapsed_seconds(&self) -> u64 {
        self.elapsed().as_secs()
    }
}

impl World for Played {
    fn now(&self) -> u64 {
        1_790_000_000 + self.elapsed().as_secs()
    }

    fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed))
    }

    fn sleep(&self, time: Duration) {
        let time = u64::try_from(time.as_nanos()).expect("a test waits less than 584 years");
        self.nanoseconds.fetch_add(time, Ordering::Relaxed);
    }

    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            // Made up, and different each time.
            let next = self.random.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            *byte = next.wrapping_mul(0xbf58_476d_1ce4_e5b9).to_be_bytes()[0];
        }
    }
}

/// What a server was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// A status, a header or none, and a body.
pub(crate) type Said = (u16, Option<(&'static str, String)>, String);

/// Starts a server on a port of its own and gives its address. It ends with the test program.
pub(crate) fn serve(answer: impl Fn(&Asked) -> Said + Send + Sync + 'static) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    let handler = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
        let asked = Asked {
            method: method.to_string(),
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        let (status, header, body) = answer(&asked);
        let mut response = Response::builder().status(status);
        if let Some((name, value)) = header {
            response = response.header(name, value);
        }
        std::future::ready(response.body(Body::from(body)).unwrap())
    };
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, Router::new().fallback(handler)).await.unwrap();
        });
    });
    url
}

/// A bucket of tokens as an interface keeps it, apart from ours.
pub(crate) struct Limit {
    burst: f64,
    per_second: f64,
    state: Mutex<(f64, Duration)>,
}

impl Limit {
    pub(crate) fn new(burst: f64, per_second: f64) -> Self {
        Self { burst, per_second, state: Mutex::new((burst, Duration::ZERO)) }
    }

    pub(crate) fn takes(&self, things: usize, world: &Played) -> bool {
        let mut state = self.state.lock().unwrap();
        let passed = world.elapsed().saturating_sub(state.1).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let things = things as f64;
        let there = (state.0 + passed * self.per_second).min(self.burst);
        // A hair of tolerance: ours are the same sums in another order.
        let fits = there - things > -0.01;
        *state = (if fits { there - things } else { there }, world.elapsed());
        fits
    }
}

/// The proof that a case is contained, of a case that is not there.
pub(crate) fn contained() -> Contained {
    let way = [Step::Ordered, Step::Released, Step::Contained];
    let standing = way.iter().try_fold(Standing::default(), |standing, step| standing.then(*step));
    standing.unwrap().contained().unwrap()
}

/// The keys of the two people who decide.
pub(crate) fn people() -> [LocalKey; 2] {
    [("asha", 1), ("binoy", 2)]
        .map(|(name, seed)| LocalKey::from_seed(name, Algorithm::Ed25519, &[seed; 32]).unwrap())
}

/// A case of so many addresses of `files.example`, whose steps up to one are recorded and not done.
/// `setup` is what follows the people in its set-up.
pub(crate) fn case_until(
    until: Step,
    folder: &Path,
    setup: &str,
    addresses: usize,
    world: &Played,
) -> Case {
    let keys = people();
    let [asha, binoy] = [0, 1].map(|place: usize| keys[place].verifier().to_string());
    let setup = format!("name = \"x.example\"\npeople = [{asha:?}, {binoy:?}]\n{setup}");
    let addresses = (0..addresses).map(|n| format!("http://files.example/lists/{n}.pdf")).collect();
    let reason = "lists of beneficiaries".to_owned();
    let ordered =
        Ordered { setup: &setup, addresses, query: Query::Refused, known: Vec::new(), reason };
    let mut case = Case::order(folder, &ordered, &keys[0], world).unwrap();
    if until >= Step::Released {
        case.release(&keys[1], world).unwrap();
    }
    for step in Step::ALL.into_iter().filter(|step| *step > Step::Released && *step <= until) {
        case.did(step, Vec::new(), world).unwrap();
    }
    case
}
