//! `teeka bench accesses`: people's fields opened as a server does, against a record that is durable
//! first and through a keyholder in a process of its own, beside the same fields opened without
//! either; and how soon a record is in a signed checkpoint.

mod bare;
mod checkpoint;

use std::{
    fmt::Write,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use app::{Actor, Ctx, Platform};
use domain::{id::AccountId, person::Mobile};
use serde_json::{Value, json};
use tokio::sync::watch;

use self::bare::Bare;
use super::client::Measured;
use crate::{
    config::{Common, Config},
    demo::people,
    output::Output,
    platform::{self, Folder, system},
    serve,
};

/// How often each is measured, in turns with the other.
const ROUNDS: usize = 2;
/// How many people are enrolled together.
const CHUNK: usize = 1_000;
/// Accounts that only those use who wait for a checkpoint.
const PROBES: usize = 100;
/// How long opening through the keyholder alone is measured: it trusts what is not in the log for a
/// minute, and these never come into it.
const UNWRAPPING: Duration = Duration::from_secs(5);

/// A line of the table.
struct Line {
    name: &'static str,
    measured: Measured,
    /// Whether it is how many there are in a second that counts, or only how long each takes.
    has_rate: bool,
    remark: String,
}

/// A platform with one person in each account.
struct Ground {
    platform: Arc<Platform>,
    accounts: Vec<AccountId>,
    stop: watch::Sender<bool>,
    worker: tokio::task::JoinHandle<()>,
    /// The keyholder's process is told where this is, and it goes with everything in it.
    _folder: Folder,
}

pub(super) fn run(count: usize, tasks: usize, output: Output) -> anyhow::Result<ExitCode> {
    ensure!(count >= 1, "nobody can be opened");
    let (lines, ratio) = platform::runtime()?.block_on(async {
        let ground = Ground::new(count, output.quiet).await?;
        let bare = Bare::new(count, output.quiet).await?;
        let measured = ground.measure(&bare, tasks).await?;
        bare.end().await;
        ground.end().await?;
        anyhow::Ok(measured)
    })?;
    let json: Value = lines.iter().map(Line::json).collect();
    output.result(&json!({ "lines": json, "ratio": ratio }), &table(&lines, ratio))?;
    Ok(ExitCode::SUCCESS)
}

/// Enrols made-up people, one in each account, and gives the accounts.
async fn enrol(platform: &Platform, count: usize) -> anyhow::Result<Vec<AccountId>> {
    let ctx = system();
    let mobile = |number: usize| {
        let digits = (9_000_000_000 + number as u64).to_string();
        Mobile::parse(&digits).ok().context("a made-up mobile is a mobile")
    };
    let made = people(1, ctx.today()).take(count).enumerate();
    let made = made.map(|(number, (_, details))| Ok((mobile(number)?, details)));
    let made = made.collect::<anyhow::Result<Vec<_>>>()?;
    let mut accounts = Vec::with_capacity(count);
    for chunk in made.chunks(CHUNK) {
        for enrolled in platform.enrol_many(&ctx, chunk).await? {
            enrolled.context("a person was not enrolled")?;
        }
        for (mobile, _) in chunk {
            accounts.push(platform.account_of(mobile).await?);
        }
    }
    Ok(accounts)
}

impl Ground {
    async fn new(count: usize, quiet: bool) -> anyhow::Result<Self> {
        let folder = Folder::new("bench")?;
        let data = Some(folder.0.clone());
        let common = Common { data, database: None, config: None, keyholder: None };
        let mut config = Config::read(&common, None)?;
        config.settings.limits = None;
        let platform = Arc::new(platform::open(&config).await?);
        let bar = crate::progress::things(2, "stores filled", quiet);
        let accounts = enrol(&platform, count + PROBES).await?;
        bar.finish_and_clear();
        let (stop, stopped) = watch::channel(false);
        let worker = serve::log_accesses(Arc::clone(&platform), &stopped);
        Ok(Self { platform, accounts, stop, worker, _folder: folder })
    }

    async fn measure(&self, bare: &Bare, tasks: usize) -> anyhow::Result<(Vec<Line>, f64)> {
        let (probes, accounts) = self.accounts.split_at(PROBES);
        let (mut audited, mut plain) = (Sum::default(), Sum::default());
        let mut waited = Vec::new();
        let begun = Instant::now();
        let before = self.platform.accesses_recorded();
        let (mut logging, mut entries) = (Duration::ZERO, 0);
        for _ in 0..ROUNDS {
            plain.add(bare.round(tasks).await?);
            let begun = Instant::now();
            let opened = spread(accounts, tasks, |account| {
                let platform = Arc::clone(&self.platform);
                async move { open(&platform, account).await }
            });
            let (measured, probed) = checkpoint::while_busy(&self.platform, probes, opened).await?;
            audited.add(measured);
            waited.extend(probed);
            let recorded = self.platform.accesses_recorded() - before;
            checkpoint::all_logged(&self.platform, recorded).await?;
            logging += begun.elapsed();
            entries = recorded;
        }
        ensure!(begun.elapsed() > Duration::ZERO && entries > 0, "nothing was measured");
        let idle = checkpoint::while_idle(&self.platform, probes).await?;
        let unwrapped = bare::unwrapped(&self.platform, accounts, tasks, UNWRAPPING).await?;
        let (audited, plain) = (audited.measured(), plain.measured());
        let ratio = audited.per_second() / plain.per_second();
        let logged = Measured::of(vec![0; usize::try_from(entries)?], logging);
        let line = |name, measured, has_rate, remark: &str| Line {
            name,
            measured,
            has_rate,
            remark: remark.to_owned(),
        };
        let lines = vec![
            line("open, audited", audited, true, "five fields of a person, recorded durably first"),
            line("open, bare", plain, true, "the same, without a record, keys in the program"),
            line("entries", logged, true, "until the last is in a signed checkpoint"),
            line("checkpoint, busy", Measured::of(waited, logging), false, "from the call on"),
            line("checkpoint, idle", Measured::of(idle, logging), false, "from the call on"),
            line("unwrap", unwrapped, true, "by the keyholder alone, journal pressed to disk"),
        ];
        Ok((lines, ratio))
    }

    async fn end(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        self.worker.await?;
        let audit = self.platform.store().audit().await?;
        ensure!(audit.holds(), "the store does not agree with itself");
        ensure!(
            audit.accesses == self.platform.accesses_recorded(),
            "what was recorded is not what is kept"
        );
        self.platform.store().close().await;
        Ok(())
    }
}

/// Somebody looks at the one person of their account.
async fn open(platform: &Platform, account: AccountId) -> anyhow::Result<()> {
    let people = platform.my_people(&resident(account)).await?;
    ensure!(people.len() == 1, "an account has other people than were enrolled");
    std::hint::black_box(people);
    Ok(())
}

fn resident(account: AccountId) -> Ctx {
    system().acting(Actor::Resident { account })
}

/// Does something with each of these accounts, by so many tasks at once.
async fn spread<F>(
    accounts: &[AccountId],
    tasks: usize,
    act: impl Fn(AccountId) -> F,
) -> anyhow::Result<Measured>
where
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let begun = Instant::now();
    let tasks = tasks.clamp(1, accounts.len());
    let running = (0..tasks).map(|first| {
        let mine: Vec<_> =
            accounts.iter().skip(first).step_by(tasks).map(|one| act(*one)).collect();
        tokio::spawn(async move {
            let mut latencies = Vec::with_capacity(mine.len());
            for one in mine {
                let begun = Instant::now();
                one.await?;
                latencies.push(micros(begun));
            }
            anyhow::Ok(latencies)
        })
    });
    let running: Vec<_> = running.collect();
    let mut latencies = Vec::with_capacity(accounts.len());
    for task in running {
        latencies.extend(task.await??);
    }
    Ok(Measured::of(latencies, begun.elapsed()))
}

fn micros(begun: Instant) -> u32 {
    u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX)
}

/// Several rounds of one measurement.
#[derive(Default)]
struct Sum(Vec<u32>, Duration);

impl Sum {
    fn add(&mut self, round: Measured) {
        self.1 += round.took;
        self.0.extend(round.into_latencies());
    }

    fn measured(self) -> Measured {
        Measured::of(self.0, self.1)
    }
}

impl Line {
    fn json(&self) -> Value {
        let timed = self.name != "entries";
        let ms = |share| timed.then(|| self.measured.percentile(share));
        json!({
            "name": self.name,
            "per_second": self.has_rate.then(|| self.measured.per_second().round()),
            "p50_ms": ms(0.50),
            "p99_ms": ms(0.99),
            "count": self.measured.answers,
            "remark": self.remark,
        })
    }
}

fn table(lines: &[Line], ratio: f64) -> String {
    let mut text = "what               per second   p50 ms   p99 ms\n".to_owned();
    for line in lines {
        let told = line.json();
        let number = |field: &str, digits: usize| {
            told[field].as_f64().map_or_else(String::new, |value| format!("{value:.digits$}"))
        };
        let (rate, p50, p99) = (number("per_second", 0), number("p50_ms", 2), number("p99_ms", 2));
        let _ = writeln!(text, "{:<18} {rate:>10} {p50:>8} {p99:>8}   {}", line.name, line.remark);
    }
    let _ = write!(text, "audited to bare    {ratio:>10.2}");
    text
}
