//! Has origins and edges answer 410, before anything else is done: by rules for nginx, by a gate in
//! Varnish and by the policy of a bucket. Then the origins are asked whether they do.

pub mod bucket;
mod cases;
pub mod nginx;
pub mod varnish;

use std::{path::PathBuf, process::Command, sync::Mutex, time::Duration};

use super::{
    address::Address,
    case::{Case, CaseError},
    http::{Client, Unreachable},
    probe::{Verdict, ask_for, judge},
    sample::pick,
    setup::{EdgeKind, NginxSetup, SiteSetup},
    stage::{Contained, OutOfOrder, Released, Step, WithdrawalOrdered},
    variant::{self, Variant},
    world::Work,
};

/// Up to so many addresses of a site are all asked for at the origin; of more, a sample is: each is
/// asked for when the edges are probed.
const ASKED_AT_ORIGIN: usize = 2000;
/// How long a server may take to follow its new rules: an nginx reads 900,000 of them twice, which
/// takes some ten seconds of a processor that others use, too.
const PATIENCE: Duration = Duration::from_mins(2);

/// Where secrets are: by the name of a variable.
pub type Secrets<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Why documents are not contained.
#[derive(Debug, thiserror::Error)]
pub enum ContainError {
    /// The case does not allow it, or cannot be written.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A rule cannot be written.
    #[error("the rules cannot be written to {}", .0.display())]
    Rules(PathBuf, #[source] std::io::Error),
    /// A command of the set-up cannot be run.
    #[error("the command {0} cannot be run")]
    Command(String),
    /// A server does not take the rules; it has its old ones.
    #[error("{0} does not take the rules, and has its old ones: {1}")]
    Refused(String, String),
    /// The origin cannot be asked.
    #[error("the origin of {0} does not answer: {1}")]
    Away(String, #[source] Unreachable),
    /// The origin does not follow the rules.
    #[error(
        "the origin of {host} still answers otherwise than with 410, no-store and noindex for \
         {others} of {asked} addresses: are the rules included in its configuration?"
    )]
    StillServed {
        /// Which site.
        host: String,
        /// How many are still served, or not marked as gone.
        others: usize,
        /// How many were asked for.
        asked: usize,
    },
    /// The bucket does not do what it is told.
    #[error("the bucket of {0}: {1}")]
    Bucket(String, #[source] bucket::BucketError),
}

impl From<OutOfOrder> for ContainError {
    fn from(error: OutOfOrder) -> Self {
        Self::Case(error.into())
    }
}

/// Contains all addresses of a case and records it.
///
/// # Errors
///
/// [`ContainError`] if a server does not take its rules, or an origin does not follow them: then
/// nothing is recorded, and nothing can be purged.
pub fn contain(
    case: &mut Case,
    _released: Released,
    secrets: Secrets<'_>,
    work: Work<'_>,
) -> Result<Contained, ContainError> {
    put_rules(case, true, secrets, work)?;
    let asked = confirm(case, ASKED_AT_ORIGIN, work)?;
    let facts = vec![
        format!("addresses: {}", case.addresses().len()),
        format!("asked at the origins: {asked}"),
    ];
    case.did(Step::Contained, facts, work.world)?;
    Ok(case.standing().contained()?)
}

/// Takes the rules of a case back, once two people want it, and records it. What other cases hold
/// gone stays gone.
///
/// # Errors
///
/// [`ContainError`] if a server does not take its rules.
pub fn withdraw(
    case: &mut Case,
    _ordered: WithdrawalOrdered,
    secrets: Secrets<'_>,
    work: Work<'_>,
) -> Result<(), ContainError> {
    let second = case.withdrawal_released_by()?;
    put_rules(case, false, secrets, work)?;
    let facts = vec![format!("addresses: {}", case.addresses().len())];
    let actor = ("second person", second.name());
    Ok(case.record(Step::Withdrawn, actor, facts, work.world)?)
}

fn put_rules(
    case: &Case,
    gone: bool,
    secrets: Secrets<'_>,
    work: Work<'_>,
) -> Result<(), ContainError> {
    let total = case.setup().sites.len() + case.setup().edges.len();
    for (number, site) in case.setup().sites.iter().enumerate() {
        work.told("giving rules", number, total);
        let keys = || case.of_site(number).iter().map(Address::key);
        if let Some(setup) = &site.nginx {
            nginx::put(setup, &case.sites()[number], case.name(), gone.then(keys))?;
        }
        if let Some(setup) = &site.bucket {
            let paths: Vec<_> = case.of_site(number).iter().map(|a| a.path.as_str()).collect();
            bucket::put(setup, &paths, gone, secrets, work)
                .map_err(|error| ContainError::Bucket(site.host.clone(), error))?;
        }
    }
    for (number, edge) in case.setup().edges.iter().enumerate() {
        work.told("giving rules", case.setup().sites.len() + number, total);
        match &edge.kind {
            EdgeKind::Varnish { admin, vcl: Some(vcl), rules: Some(rules), .. } => {
                let gate = varnish::Gate { admin, vcl, rules };
                gate.put(case, gone, work.world)?;
            }
            EdgeKind::Nginx { rules: Some(setup), .. } => put_at_edge(case, setup, gone)?,
            _ => {}
        }
    }
    work.told("giving rules", total, total);
    Ok(())
}

fn put_at_edge(case: &Case, setup: &NginxSetup, gone: bool) -> Result<(), ContainError> {
    for (number, site) in case.sites().iter().enumerate() {
        let keys = || case.of_site(number).iter().map(Address::key);
        nginx::put(setup, site, case.name(), gone.then(keys))?;
    }
    Ok(())
}

/// Asks the origins themselves for at most so many addresses of a site, and gives how many were asked
/// for.
///
/// # Errors
///
/// [`ContainError`] if one of them does not answer, or serves a document still.
pub fn confirm(case: &Case, most: usize, work: Work<'_>) -> Result<usize, ContainError> {
    let mut asked = 0;
    for (number, site) in case.setup().sites.iter().enumerate() {
        let addresses = case.of_site(number);
        let picked = pick(addresses.len(), most, &case.decisions().head().root.0);
        let plain = |place: &usize| {
            variant::addresses(&addresses[*place], &case.sites()[number]).swap_remove(0)
        };
        let picked: Vec<Variant> = picked.iter().map(plain).collect();
        all_gone(site, &picked, work)?;
        if let Some(first) = picked.first() {
            settle(site, first, work)?;
        }
        asked += picked.len();
    }
    Ok(asked)
}

/// Asks until none is served: the first answers may still be those of workers with the old rules, and
/// connections to these break off when they end.
fn all_gone(site: &SiteSetup, picked: &[Variant], work: Work<'_>) -> Result<(), ContainError> {
    let (origin, begun) = (Origin::of(site)?, work.world.elapsed());
    let mut left: Vec<&Variant> = picked.iter().collect();
    loop {
        let (still, away) = (Mutex::new(Vec::new()), Mutex::new(None));
        work.each("asking the origin", &left, |plain| match origin.is_gone(plain) {
            Ok(true) => {}
            other => {
                still.lock().expect("nobody panicked").push(*plain);
                *away.lock().expect("nobody panicked") = other.err();
            }
        });
        left = still.into_inner().expect("nobody panicked");
        if left.is_empty() {
            return Ok(());
        }
        if work.world.elapsed().saturating_sub(begun) > PATIENCE {
            let host = site.host.clone();
            let (others, asked) = (left.len(), picked.len());
            let away = away.into_inner().expect("nobody panicked");
            return Err(away.unwrap_or(ContainError::StillServed { host, others, asked }));
        }
        work.world.sleep(Duration::from_millis(50));
    }
}

/// Asks over new connections, some of which a worker with old rules may still answer: waits until so
/// many in a row say that it is gone.
fn settle(site: &SiteSetup, plain: &Variant, work: Work<'_>) -> Result<(), ContainError> {
    /// How many in a row.
    const CONNECTIONS: usize = 8;
    let begun = work.world.elapsed();
    let mut gone = 0;
    while gone < CONNECTIONS {
        let answer = Origin::of(site)?.is_gone(plain);
        if matches!(answer, Ok(true)) {
            gone += 1;
            continue;
        }
        if work.world.elapsed().saturating_sub(begun) > PATIENCE {
            let host = site.host.clone();
            let still = ContainError::StillServed { host, others: 1, asked: CONNECTIONS };
            return Err(answer.err().unwrap_or(still));
        }
        gone = 0;
        work.world.sleep(Duration::from_millis(50));
    }
    Ok(())
}

struct Origin<'a> {
    site: &'a SiteSetup,
    client: Client,
    secure: bool,
}

impl<'a> Origin<'a> {
    fn of(site: &'a SiteSetup) -> Result<Self, ContainError> {
        let away = |error| ContainError::Away(site.host.clone(), error);
        let server = site.server().map_err(away)?;
        Ok(Self { site, client: Client::at(&server).map_err(away)?, secure: server.secure })
    }

    fn is_gone(&self, plain: &Variant) -> Result<bool, ContainError> {
        let asked = Variant { secure: self.secure, ..plain.clone() };
        let answer = self.client.ask(ask_for(&asked));
        let answer = answer.map_err(|error| ContainError::Away(self.site.host.clone(), error))?;
        Ok(match judge(&answer) {
            Verdict::Gone => true,
            // A bucket cannot say 410: that it refuses is what its policy can do.
            Verdict::Refused => self.site.bucket.is_some(),
            _ => false,
        })
    }
}

/// Runs a command of the set-up, and gives what it said.
pub(super) fn run(command: &[String], more: &[&str]) -> Result<String, ContainError> {
    let (program, arguments) =
        command.split_first().ok_or_else(|| ContainError::Command("that is empty".to_owned()))?;
    let cannot = || ContainError::Command(program.clone());
    let output = Command::new(program).args(arguments).args(more).output().map_err(|_| cannot())?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    if output.status.success() {
        Ok(said)
    } else {
        Err(ContainError::Refused(program.clone(), first_line(&said)))
    }
}

/// The first line of what a server said, which may not repeat an address.
fn first_line(said: &str) -> String {
    let line = said.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let line: String = line.chars().filter(|c| !c.is_control()).take(200).collect();
    if line.contains('/') || line.contains('%') { "see its own log".to_owned() } else { line }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
    };

    use super::*;
    use crate::takedown::{
        fixture::{Played, case_until, people},
        world::Told,
    };

    #[test]
    fn an_order_that_was_never_contained_can_be_withdrawn() {
        let (folder, world) = (tempfile::tempdir().unwrap(), Played::default());
        let setup = format!(
            "[[sites]]\nhost = \"files.example\"\norigin = \"http://127.0.0.1:1\"\n\
             nginx = {{ folder = {rules:?}, test = [\"true\"], reload = [\"true\"] }}\n\
             [[edges]]\nname = \"cdn\"\nkind = \"varnish\"\nadmin = [\"true\"]\n\
             vcl = \"main.vcl\"\nrules = {gate:?}\n",
            rules = folder.path().join("rules"),
            gate = folder.path().join("gone.vcl"),
        );
        let mut case = case_until(Step::Ordered, &folder.path().join("case"), &setup, 2, &world);
        let [asha, binoy] = people();
        case.order_withdrawal("a form without people".to_owned(), &asha, &world).unwrap();
        case.release_withdrawal(&binoy, &world).unwrap();
        let ordered = case.standing().withdrawal_ordered().unwrap();
        let work = Work { world: &world, tell: &|_: Told| {}, threads: 1 };
        withdraw(&mut case, ordered, &|_| None, work).unwrap();
        assert_eq!(case.standing().withdrawal(), Some(Step::Withdrawn));
    }

    /// An nginx that reads new rules closes the connections of its old workers.
    #[test]
    fn an_origin_that_breaks_off_while_it_reads_its_rules_is_asked_again() {
        const GONE: &[u8] = b"HTTP/1.1 410 Gone\r\ncache-control: no-store\r\n\
            x-robots-tag: noindex\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let (folder, world) = (tempfile::tempdir().unwrap(), Played::default());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let setup = format!(
            "[[sites]]\nhost = \"files.example\"\norigin = \"http://{}\"\n\
             nginx = {{ folder = {:?}, test = [\"true\"], reload = [\"true\"] }}\n",
            listener.local_addr().unwrap(),
            folder.path().join("rules"),
        );
        std::thread::spawn(move || {
            for stream in listener.incoming().skip(3) {
                let mut stream = stream.unwrap();
                drop(stream.read(&mut [0; 4096]));
                drop(stream.write_all(GONE));
            }
        });
        let mut case = case_until(Step::Released, &folder.path().join("case"), &setup, 5, &world);
        let work = Work { world: &world, tell: &|_: Told| {}, threads: 1 };
        let released = case.standing().released().unwrap();
        contain(&mut case, released, &|_| None, work).unwrap();
        assert_eq!(case.standing().reached(), Some(Step::Contained));
    }
}
