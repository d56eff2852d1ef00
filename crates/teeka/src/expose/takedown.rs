//! What is done with a case of documents that have to go.

use std::{
    fs,
    io::BufReader,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use exposure::{
    exposed,
    takedown::{
        address::Query,
        case::{self, Known, Ordered},
        contain, probe, purge, sitemap,
        stage::Step,
        submit, verify as verifying, watch as watching,
        watch::{Found, Likeness},
        world::{Told, Work, World},
    },
};
use indicatif::ProgressBar;
use serde_json::json;

use super::{person, show};
use crate::{output::Output, platform::system, progress};

#[derive(clap::Args)]
pub(crate) struct Case {
    /// The folder of the case
    pub(super) case: PathBuf,
}

#[derive(clap::Args)]
#[group(skip)]
pub(crate) struct Order {
    /// The folder of the case, which is made
    case: PathBuf,
    /// The set-up: who decides, which hosts serve, what stands before them
    #[arg(long, value_name = "TOML")]
    setup: PathBuf,
    /// What a sweep found
    #[arg(long, value_name = "JSONL", required_unless_present = "urls")]
    found: Option<PathBuf>,
    /// Addresses, one a line
    #[arg(long, value_name = "FILE", conflicts_with = "found")]
    urls: Option<PathBuf>,
    /// An address with a query goes whatever its query is
    #[arg(long)]
    whole_path: bool,
    /// Why, on one line without personal data
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The key of who orders
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct Release {
    /// The folder of the case
    case: PathBuf,
    /// The key of who releases: somebody else than who ordered
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct Takedown {
    /// The folder of the case
    case: PathBuf,
    /// The last step that is done
    #[arg(long, value_name = "STEP", default_value = "submit")]
    until: Until,
    /// Do all steps again from the first
    #[arg(long)]
    again: bool,
    /// How many requests are under way at once
    #[arg(long, value_name = "N", default_value_t = 8)]
    jobs: usize,
}

#[derive(clap::Args)]
pub(crate) struct Watch {
    /// The folder of the case
    case: PathBuf,
    /// What a sweep found since
    #[arg(long, value_name = "JSONL")]
    found: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct Withdraw {
    /// The folder of the case
    case: PathBuf,
    /// Why, on one line without personal data
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The key of who orders it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
enum Until {
    /// Origin and edges answer 410
    Contain,
    /// The caches forget
    Purge,
    /// Every edge is asked
    Probe,
    /// Sitemaps no longer list it
    Unlist,
    /// Search engines are told
    Submit,
}

/// The real world.
pub(crate) struct Real(Instant);

impl Real {
    pub(crate) fn begin() -> Self {
        Self(Instant::now())
    }
}

impl World for Real {
    fn now(&self) -> u64 {
        u64::try_from(system().now.as_second()).unwrap_or_default()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, time: Duration) {
        #[expect(clippy::disallowed_methods, reason = "a command waits for others in real time")]
        std::thread::sleep(time);
    }

    fn fill(&self, bytes: &mut [u8]) {
        system().entropy.fill(bytes);
    }
}

/// Runs something that tells how far it is.
fn with_work<T>(jobs: usize, quiet: bool, act: impl FnOnce(Work<'_>) -> T) -> T {
    let world = Real::begin();
    let bar = std::sync::Mutex::new(None::<(&'static str, ProgressBar)>);
    let tell = |told: Told| {
        let mut bar = bar.lock().expect("nobody panicked");
        if bar.as_ref().is_none_or(|(what, _)| *what != told.what) {
            if let Some((_, old)) = bar.take() {
                old.finish_and_clear();
            }
            let new = progress::things(told.total, told.what, quiet);
            // What was done before a stop tells nothing of how quickly it goes on.
            new.set_position(told.done);
            new.reset_eta();
            *bar = Some((told.what, new));
        }
        if let Some((_, bar)) = &*bar {
            bar.set_position(told.done.max(bar.position()));
        }
    };
    let outcome = act(Work { world: &world, tell: &tell, threads: jobs });
    if let Some((_, bar)) = bar.into_inner().expect("nobody panicked") {
        bar.finish_and_clear();
    }
    outcome
}

fn secret(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn read_found(path: &Path) -> anyhow::Result<Vec<Found>> {
    let file = fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let found: Result<_, _> = exposed::read(BufReader::new(file)).collect();
    found.with_context(|| format!("cannot read {}", path.display()))
}

/// Opens a case, which takes seconds where it has many addresses.
pub(super) fn open(
    folder: &Path,
    world: &Real,
    quiet: bool,
) -> Result<case::Case, case::CaseError> {
    let bar = progress::waiting("opening the case", quiet);
    let opened = case::Case::open(folder, world);
    bar.finish_and_clear();
    opened
}

pub(super) fn order(args: &Order, output: Output) -> anyhow::Result<ExitCode> {
    let setup = fs::read_to_string(&args.setup)
        .with_context(|| format!("cannot read {}", args.setup.display()))?;
    let key = person::read(&args.key)?;
    let (addresses, known) = match (&args.found, &args.urls) {
        (Some(path), _) => {
            let found = read_found(path)?;
            let known = found.iter().map(|found| Known { digest: found.digest, near: found.near });
            let known = known.collect();
            (
                found.into_iter().flat_map(|f| std::iter::once(f.url).chain(f.also_at)).collect(),
                known,
            )
        }
        (None, Some(path)) => {
            let text = fs::read_to_string(path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            (text.lines().map(str::to_owned).collect(), Vec::new())
        }
        (None, None) => (Vec::new(), Vec::new()),
    };
    let query = if args.whole_path { Query::Dropped } else { Query::Refused };
    let reason = args.reason.clone();
    let ordered = Ordered { setup: &setup, addresses, query, known, reason };
    let bar = progress::waiting("checking and signing the addresses", output.quiet);
    let case = case::Case::order(&args.case, &ordered, &key, &Real::begin());
    bar.finish_and_clear();
    let case = case?;
    show::case_as_it_is(&case, output)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn release(args: &Release, output: Output) -> anyhow::Result<ExitCode> {
    let key = person::read(&args.key)?;
    let world = Real::begin();
    let mut case = open(&args.case, &world, output.quiet)?;
    if let Ok(ordered) = case.standing().withdrawal_ordered() {
        case.release_withdrawal(&key, &world)?;
        with_work(1, output.quiet, |work| contain::withdraw(&mut case, ordered, &secret, work))?;
    } else {
        case.release(&key, &world)?;
    }
    show::case_as_it_is(&case, output)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn withdraw(args: &Withdraw, output: Output) -> anyhow::Result<ExitCode> {
    let key = person::read(&args.key)?;
    let world = Real::begin();
    let mut case = open(&args.case, &world, output.quiet)?;
    case.order_withdrawal(args.reason.clone(), &key, &world)?;
    show::case_as_it_is(&case, output)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn takedown(args: &Takedown, output: Output) -> anyhow::Result<ExitCode> {
    ensure!((1..=256).contains(&args.jobs), "--jobs is between 1 and 256");
    let mut case = open(&args.case, &Real::begin(), output.quiet)?;
    with_work(args.jobs, output.quiet, |work| match case.standing().withdrawal_ordered() {
        // A second person may have released that elsewhere.
        Ok(ordered) => Ok(contain::withdraw(&mut case, ordered, &secret, work)?),
        Err(_) => steps(&mut case, args, work),
    })?;
    show::case_as_it_is(&case, output)?;
    Ok(ExitCode::SUCCESS)
}

/// Does every step that is not done yet, each with the proof that the one before is recorded.
fn steps(case: &mut case::Case, args: &Takedown, work: Work<'_>) -> anyhow::Result<()> {
    let reached = if args.again { None } else { case.standing().reached() };
    let wanted = |until, step| args.until >= until && reached < Some(step);
    if wanted(Until::Contain, Step::Contained) {
        let released = case.standing().released()?;
        contain::contain(case, released, &secret, work)?;
    }
    if wanted(Until::Purge, Step::Purged) {
        let contained = case.standing().contained()?;
        purge::purge(case, contained, &secret, work)?;
    }
    if wanted(Until::Probe, Step::Probed) {
        let purged = case.standing().purged()?;
        probe::probe(case, purged, work)?;
    }
    if wanted(Until::Unlist, Step::Unlisted) {
        let probed = case.standing().probed()?;
        sitemap::unlist(case, probed, work)?;
    }
    // A daily limit may have left some: these are told now.
    if args.until == Until::Submit {
        let unlisted = case.standing().unlisted()?;
        submit::submit(case, unlisted, &secret, work)?;
    }
    Ok(())
}

pub(super) fn verify(args: &Case, output: Output) -> anyhow::Result<ExitCode> {
    let mut case = open(&args.case, &Real::begin(), output.quiet)?;
    let submitted = case.standing().submitted()?;
    let sampled =
        with_work(1, output.quiet, |work| verifying::verify(&mut case, submitted, &secret, work))?;
    let json = json!({
        "found": sampled.found,
        "asked": sampled.asked,
        "at_most": sampled.at_most,
        "sentence": sampled.sentence,
    });
    output.result(&json, &sampled.sentence)?;
    Ok(if sampled.found == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

pub(super) fn watch(args: &Watch, output: Output) -> anyhow::Result<ExitCode> {
    let found = read_found(&args.found)?;
    let mut case = open(&args.case, &Real::begin(), output.quiet)?;
    let back = with_work(1, output.quiet, |work| watching::watch(&mut case, &found, work))?;
    let count = |likeness| back.iter().filter(|back| back.likeness == likeness).count();
    let (same, near) = (count(Likeness::Same), count(Likeness::Near));
    let again = count(Likeness::Address);
    // Where they are is for the owner: in a file beside the others, ready to be ordered.
    let list = args.case.join("back.txt");
    let lines: String = back.iter().flat_map(|back| [back.url.as_str(), "\n"]).collect();
    crate::files::write(&list, &lines, 0o600)?;
    let json = json!({
        "looked_at": found.len(),
        "same_bytes": same,
        "nearly_the_same": near,
        "served_again": again,
        "addresses": list,
    });
    let text = format!(
        "{} looked at: {same} with the same bytes, {near} nearly the same, {again} served again\n\
         addresses in {}",
        found.len(),
        list.display(),
    );
    output.result(&json, &text)?;
    Ok(if back.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
