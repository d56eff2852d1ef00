//! Asks every server of every edge for what has to be gone, in every spelling and way. The answer
//! has to be 410, kept by nobody and indexed by nobody.

use std::{
    collections::BTreeMap,
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    sync::Mutex,
};

use serde::Serialize;
use ureq::http::Request;

use super::{
    address::{Address, Query, Site},
    case::{Case, CaseError},
    http::{Answer, Client, Unreachable},
    sample::{pick, sentence},
    stage::{OutOfOrder, Probed, Purged, Step},
    variant::{self, Variant},
    world::Work,
};

/// Up to so many requests, every address is asked for in every variant; beyond, in turns.
const MOST_REQUESTS: usize = 200_000;
/// So many addresses are asked for in every variant in any case.
const SAMPLE: usize = 2000;
/// So many addresses are a round, before each of which it is noted how far it is.
const ROUND: usize = 20_000;
/// The most failures that are kept.
const MOST_KEPT: usize = 1000;

/// What an answer means for who looks for the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 410, `no-store` and `noindex`.
    Gone,
    /// 410, but a cache may keep it or an index may keep its address.
    Unmarked,
    /// 401, 403 or 404: it is not served, and an index forgets it slowly or never.
    Refused,
    /// A redirection, which takes nothing out of an index.
    Redirected,
    /// Anything else: the document, a part of it, "not modified", or a page that says it is gone and
    /// answers 200.
    Served,
    /// The server did not answer.
    Away,
}

/// What an answer means.
pub fn judge(answer: &Answer) -> Verdict {
    match answer.status {
        410 => {
            let kept = answer.header("cache-control").to_ascii_lowercase();
            let robots = answer.header("x-robots-tag").to_ascii_lowercase();
            let marked = kept.contains("no-store") && robots.contains("noindex");
            if marked { Verdict::Gone } else { Verdict::Unmarked }
        }
        401 | 403 | 404 => Verdict::Refused,
        300..=303 | 305..=399 => Verdict::Redirected,
        _ => Verdict::Served,
    }
}

/// The request of a variant.
///
/// # Panics
///
/// Never: a variant of an address is a valid request.
pub fn ask_for(variant: &Variant) -> Request<Vec<u8>> {
    let method = if variant.head { "HEAD" } else { "GET" };
    let mut request = Request::builder().method(method).uri(variant.url());
    if let Some((name, value)) = variant.header {
        request = request.header(name, value);
    }
    request.body(Vec::new()).expect("a variant of an address is a valid request")
}

/// Why not everything is known to be gone.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The case does not allow it, or cannot be written.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// No server is named that could be asked.
    #[error("the set-up names no server of an edge to ask")]
    NoServer,
    /// A server cannot be found.
    #[error("a server of {0}: {1}")]
    Away(String, #[source] Unreachable),
    /// Some answers were others than 410; which, is in `probe-failures.jsonl`.
    #[error(
        "{others} of {asked} answers were not 410 with no-store and noindex ({counts}): see probe-failures.jsonl"
    )]
    NotGone {
        /// How many.
        others: usize,
        /// Of how many.
        asked: usize,
        /// How many of each verdict.
        counts: String,
    },
}

impl From<OutOfOrder> for ProbeError {
    fn from(error: OutOfOrder) -> Self {
        Self::Case(error.into())
    }
}

/// A line of `probe-failures.jsonl`. It has addresses, so it is for the owner's eyes.
#[derive(Serialize)]
struct Failure<'a> {
    server: &'a str,
    variant: &'static str,
    url: String,
    verdict: Verdict,
}

/// A server of an edge.
struct Server {
    name: String,
    client: Client,
    secure: bool,
}

/// Everything that answers probes, and what it answered.
struct Prober<'a> {
    case: &'a Case,
    servers: Vec<Server>,
    /// So many addresses are a round.
    round: usize,
    counts: Mutex<BTreeMap<Verdict, usize>>,
    failures: Mutex<std::fs::File>,
}

/// Probes all servers and records it, if everything is gone.
///
/// # Errors
///
/// [`ProbeError`] if anything is not gone, or cannot be asked.
pub fn probe(case: &mut Case, _purged: Purged, work: Work<'_>) -> Result<Probed, ProbeError> {
    probe_in_rounds(case, ROUND, work)
}

fn probe_in_rounds(case: &mut Case, round: usize, work: Work<'_>) -> Result<Probed, ProbeError> {
    let servers = servers(case)?;
    let most = case.addresses().iter().take(1);
    let variants = most.map(|a| variant::all(a, &case.sites()[a.site]).len()).sum::<usize>();
    let everything = case.addresses().len() * variants * servers.len() <= MOST_REQUESTS;
    let begun = case.cursor("probe");
    let path = case.folder().join("probe-failures.jsonl");
    // Anew also after a stop: whatever failed before it is asked for again.
    let mut options = OpenOptions::new();
    let failures = options.create(true).write(true).truncate(true).mode(0o600);
    let failures = Mutex::new(failures.open(path).map_err(CaseError::Io)?);
    let counts = Mutex::default();
    let prober = Prober { case, servers, round, counts, failures };
    prober.ask_all(everything, begun, work)?;
    let counts = prober.counts.into_inner().expect("nobody panicked");
    let asked = counts.values().sum::<usize>();
    let gone = counts.get(&Verdict::Gone).copied().unwrap_or_default();
    if asked > gone {
        case.keep_cursor("probe", 0)?;
        let words = counts.iter().map(|(verdict, count)| format!("{verdict:?} {count}"));
        let counts = words.collect::<Vec<_>>().join(", ").to_lowercase();
        return Err(ProbeError::NotGone { others: asked - gone, asked, counts });
    }
    let sampled = case.addresses().len().min(SAMPLE);
    let facts = vec![
        format!("addresses: {}", case.addresses().len()),
        format!("requests since the last stop, all 410: {asked}"),
        if everything {
            "variants: all of every address".to_owned()
        } else {
            format!("variants: one in turn at every server; of {sampled} addresses all")
        },
        sentence(0, sampled, "still served in any variant"),
    ];
    case.did(Step::Probed, facts, work.world)?;
    Ok(case.standing().probed()?)
}

fn servers(case: &Case) -> Result<Vec<Server>, ProbeError> {
    let mut servers = Vec::new();
    for edge in &case.setup().edges {
        for server in edge.servers() {
            let away = |error| ProbeError::Away(edge.name.clone(), error);
            let client = Client::at(&server).map_err(away)?;
            servers.push(Server { name: edge.name.clone(), client, secure: server.secure });
        }
    }
    if servers.is_empty() { Err(ProbeError::NoServer) } else { Ok(servers) }
}

impl Prober<'_> {
    fn ask_all(&self, everything: bool, begun: usize, work: Work<'_>) -> Result<(), ProbeError> {
        let addresses = self.case.addresses();
        if !everything && begun == 0 {
            let picked = pick(addresses.len(), SAMPLE, &self.case.decisions().head().root.0);
            work.each("probing every variant", &picked, |place| self.ask(*place, true));
        }
        for from in (begun..addresses.len()).step_by(self.round) {
            // Never past a failure, and never past the last round: who goes on after a stop sees what
            // failed before it, and asks at least once.
            if self.is_all_gone() {
                self.case.keep_cursor("probe", from)?;
            }
            let round: Vec<_> = (from..addresses.len().min(from + self.round)).collect();
            let total = addresses.len() as u64;
            let whole = |told: super::world::Told| {
                (work.tell)(super::world::Told { done: told.done + from as u64, total, ..told });
            };
            let work = Work { tell: &whole, ..work };
            work.each("probing", &round, |place| self.ask(*place, everything));
        }
        Ok(())
    }

    fn is_all_gone(&self) -> bool {
        self.counts.lock().expect("nobody panicked").keys().all(|one| *one == Verdict::Gone)
    }

    /// Asks every server for an address: in all variants, or in the one whose turn it is.
    fn ask(&self, place: usize, everything: bool) {
        let address = &self.case.addresses()[place];
        let variants = variant::all(address, &self.case.sites()[address.site]);
        for (number, server) in self.servers.iter().enumerate() {
            let turn = (place + number) % variants.len();
            let wanted = variants.iter().enumerate().filter(|(at, _)| everything || *at == turn);
            for (_, variant) in wanted {
                // Each server speaks one scheme, and is asked for every name in that.
                let asked = Variant { secure: server.secure, ..variant.clone() };
                self.note(server, &asked, self.verdict(server, &asked, address));
            }
        }
    }

    fn verdict(&self, server: &Server, variant: &Variant, address: &Address) -> Verdict {
        let Ok(answer) = server.client.ask(ask_for(variant)) else { return Verdict::Away };
        let verdict = judge(&answer);
        let site = &self.case.setup().sites[address.site];
        let here = || is_same(&answer.header("location"), address, self.case.sites());
        match verdict {
            // A bucket cannot say 410: that it refuses is what its policy can do.
            Verdict::Refused if site.bucket.is_some() => Verdict::Gone,
            // To the document's own address, which is asked for as well.
            Verdict::Redirected if variant.name != "plain" && here() => Verdict::Gone,
            verdict => verdict,
        }
    }

    fn note(&self, server: &Server, variant: &Variant, verdict: Verdict) {
        let mut counts = self.counts.lock().expect("nobody panicked");
        *counts.entry(verdict).or_default() += 1;
        let others: usize =
            counts.iter().filter(|(one, _)| **one != Verdict::Gone).map(|(_, n)| n).sum();
        drop(counts);
        if verdict != Verdict::Gone && others <= MOST_KEPT {
            let (server, url) = (server.name.as_str(), variant.url());
            let failure = Failure { server, variant: variant.name, url, verdict };
            let line = serde_json::to_string(&failure).map_err(io::Error::from);
            let written = line.and_then(|line| {
                let mut file = self.failures.lock().expect("nobody panicked");
                file.write_all((line + "\n").as_bytes())
            });
            // The counts tell that it is not gone; the file only helps to find out why.
            drop(written);
        }
    }
}

/// Whether a redirection leads to the document's own address.
fn is_same(location: &str, address: &Address, sites: &[Site]) -> bool {
    Address::parse(location, sites, Query::Dropped)
        .is_ok_and(|to| to.site == address.site && to.path == address.path)
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        panic::{AssertUnwindSafe, catch_unwind},
    };

    use ureq::http::HeaderMap;

    use super::*;
    use crate::takedown::{
        fixture::{Played, case_until, serve},
        world::Told,
    };

    #[test]
    fn only_a_marked_410_is_gone() {
        let answer = |status, headers: &[(&'static str, &str)]| {
            let headers =
                headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            Answer { status, headers: headers.collect::<HeaderMap>(), body: String::new() }
        };
        let marks = [("cache-control", "no-store"), ("x-robots-tag", "noindex, noarchive")];
        assert_eq!(judge(&answer(410, &marks)), Verdict::Gone);
        assert_eq!(judge(&answer(410, &marks[..1])), Verdict::Unmarked);
        assert_eq!(judge(&answer(410, &marks[1..])), Verdict::Unmarked);
        for (status, verdict) in [
            (200, Verdict::Served),
            (206, Verdict::Served),
            (304, Verdict::Served),
            (416, Verdict::Served),
            (503, Verdict::Served),
            (301, Verdict::Redirected),
            (308, Verdict::Redirected),
            (403, Verdict::Refused),
            (404, Verdict::Refused),
        ] {
            assert_eq!(judge(&answer(status, &marks)), verdict, "{status}");
        }
    }

    /// The set-up of a bucket, whose refusal is all that can be had, behind one server.
    fn bucket(url: &str) -> String {
        format!(
            "[[sites]]\nhost = \"files.example\"\norigin = \"{url}\"\n\
             bucket = {{ endpoint = \"{url}\", name = \"b\", region = \"r\", \
             access_key_env = \"A\", secret_key_env = \"S\" }}\n\
             [[edges]]\nname = \"cdn\"\nkind = \"nginx\"\nhttp = [\"{}\"]\n",
            url.trim_start_matches("http://")
        )
    }

    /// A server that still serves an address of the first round; a stop in the second.
    #[test]
    fn a_probe_that_was_stopped_does_not_forget_what_failed() {
        let (folder, world) = (tempfile::tempdir().unwrap(), Played::default());
        let url = serve(|asked| match asked.path.as_str() {
            "/lists/1.pdf" => (200, None, String::new()),
            _ => (404, None, String::new()),
        });
        let path = folder.path().join("case");
        let mut case = case_until(Step::Purged, &path, &bucket(&url), 10, &world);
        let stop = |told: Told| assert!(told.done < 4, "stopped");
        let work = Work { world: &world, tell: &stop, threads: 1 };
        assert!(catch_unwind(AssertUnwindSafe(|| probe_in_rounds(&mut case, 2, work))).is_err());
        drop(case);
        let mut case = Case::open(&path, &world).unwrap();
        let work = Work { world: &world, tell: &|_: Told| {}, threads: 1 };
        let refused = probe_in_rounds(&mut case, 2, work).unwrap_err();
        assert!(matches!(refused, ProbeError::NotGone { .. }), "{refused}");
        let failures = fs::read_to_string(case.folder().join("probe-failures.jsonl")).unwrap();
        assert_eq!(failures.matches("\"variant\":\"plain\"").count(), 1, "each once");
        assert_eq!(case.standing().reached(), Some(Step::Purged));
    }

    /// A stop between the last answer and the record: what is asked again is counted.
    #[test]
    fn a_record_is_never_of_no_requests() {
        let (folder, world) = (tempfile::tempdir().unwrap(), Played::default());
        let url = serve(|_| (404, None, String::new()));
        let path = folder.path().join("case");
        let mut case = case_until(Step::Purged, &path, &bucket(&url), 10, &world);
        let stop = |told: Told| assert!(told.done < told.total, "stopped");
        let work = Work { world: &world, tell: &stop, threads: 1 };
        assert!(catch_unwind(AssertUnwindSafe(|| probe_in_rounds(&mut case, 2, work))).is_err());
        drop(case);
        let mut case = Case::open(&path, &world).unwrap();
        let work = Work { world: &world, tell: &|_: Told| {}, threads: 1 };
        probe_in_rounds(&mut case, 2, work).unwrap();
        let asked = case.told().last().unwrap().fact("requests since the last stop, all 410");
        assert_ne!(asked, Some("0"));
    }
}
