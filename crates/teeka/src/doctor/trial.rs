//! `teeka doctor --trial`: everything that a store must do, tried on the engine that an operator
//! names, each part on an empty store of its own that goes afterwards; and writers that are killed
//! in the middle of their work.
//!
//! A part runs in a process of its own: where a store does something else it panics, and a panic
//! ends the process.

use std::{
    fmt::Write,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, ExitCode, Stdio},
    sync::Arc,
};

use anyhow::{Context, bail};
use serde_json::json;
use store::{
    Store,
    conformance::{
        Ground, PARTS,
        play::{Play, Second, Told, Writer, compare_told, end_merges, prepare},
    },
    postgres::scratch::Scratch,
    sqlite::Sqlite,
};

use crate::{
    output::Output,
    platform::{Folder, runtime, system},
    progress,
};

/// The part whose process is killed.
const KILLED: &str = "what_was_acknowledged_survives_killed_writers";
/// How often that is.
const KILLS: u32 = 5;
/// After how many people that were enrolled, booked and vaccinated.
const TOLD: usize = 100;
/// More than one process enrols.
const PEOPLE: u32 = 100_000;

/// What a process of a part is told. The database comes in the environment, as its URL can hold a
/// password.
#[derive(clap::Args)]
pub(crate) struct PartArgs {
    name: String,
    /// Folder of its own
    #[arg(long)]
    folder: PathBuf,
    /// Schemas of its own, on PostgreSQL
    #[arg(long)]
    schema: Vec<String>,
    /// The first number that a killed writer uses
    #[arg(long, default_value_t = 0)]
    first: u32,
    #[arg(long, env = "TEEKA_DATABASE", hide_env_values = true)]
    database: String,
}

/// Where a part runs.
struct Place {
    database: String,
    folder: Folder,
    schemas: Vec<Scratch>,
}

impl Place {
    async fn make(database: &str, stores: usize) -> anyhow::Result<Self> {
        let folder = Folder::new("trial")?;
        let mut schemas = Vec::new();
        if !database.starts_with("sqlite:") {
            for _ in 0..stores {
                let made = Scratch::create(database).await;
                schemas.push(made.context("cannot make a schema there")?);
            }
        }
        Ok(Self { database: database.to_owned(), folder, schemas })
    }

    async fn open(&self) -> anyhow::Result<Arc<dyn Store>> {
        open(&self.schemas, &self.folder.0, 0).await
    }

    fn process(&self, name: &str, first: u32) -> anyhow::Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["trial-part", name, "--first", &first.to_string(), "--folder"]);
        command.arg(&self.folder.0).env("TEEKA_DATABASE", &self.database);
        command.env("RUST_BACKTRACE", "0");
        for schema in &self.schemas {
            command.args(["--schema", schema.name()]);
        }
        Ok(command)
    }

    async fn end(self) -> anyhow::Result<()> {
        for schema in self.schemas {
            schema.drop_all().await?;
        }
        Ok(())
    }
}

async fn open(
    schemas: &[Scratch],
    folder: &std::path::Path,
    number: usize,
) -> anyhow::Result<Arc<dyn Store>> {
    Ok(match schemas.get(number) {
        Some(schema) => Arc::new(schema.open().await?),
        None => Arc::new(Sqlite::open(&folder.join(format!("{number}.sqlite")))?),
    })
}

/// Tries everything and says what a store does that it should not.
pub(super) fn run(database: &str, output: Output) -> anyhow::Result<ExitCode> {
    let runtime = runtime()?;
    let bar = progress::things(PARTS.len() as u64 + 1, "trying", output.quiet);
    let mut tried = Vec::new();
    let parts = PARTS.iter().map(|part| (part.name, 1 + usize::from(part.copies)));
    for (name, stores) in parts.chain([(KILLED, 1)]) {
        let wrong = runtime.block_on(async {
            let place = Place::make(database, stores).await?;
            let wrong = if name == KILLED { kill(&place).await } else { try_one(&place, name) };
            place.end().await?;
            // A store that cannot be opened does not do what a store must do.
            anyhow::Ok(wrong.unwrap_or_else(|error| Some(format!("{error:#}"))))
        })?;
        tried.push((name, wrong));
        bar.inc(1);
    }
    bar.finish_and_clear();
    let holds = tried.iter().all(|(_, wrong)| wrong.is_none());
    let mut text = String::new();
    for (name, wrong) in &tried {
        let _ = writeln!(text, "{}  {}", if wrong.is_some() { "no " } else { "yes" }, words(name));
        if let Some(wrong) = wrong {
            let _ = writeln!(text, "     {}", wrong.replace('\n', "\n     "));
        }
    }
    text += if holds {
        "This store does all that a store must do."
    } else {
        "This store cannot be used."
    };
    let parts: Vec<_> = tried
        .iter()
        .map(|(name, wrong)| json!({ "name": name, "holds": wrong.is_none(), "why": wrong }))
        .collect();
    output.result(&json!({ "holds": holds, "parts": parts }), &text)?;
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// Runs a part in a process of its own; gives what it said if it failed.
fn try_one(place: &Place, name: &str) -> anyhow::Result<Option<String>> {
    let output = place.process(name, 0)?.stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Ok((!output.status.success()).then(|| if said.is_empty() { words(name) } else { said }))
}

/// Kills processes that write, brings what they left to its end, and compares.
async fn kill(place: &Place) -> anyhow::Result<Option<String>> {
    let store = place.open().await?;
    prepare(&store).await?;
    store.close().await;
    let mut told = Vec::new();
    for kill in 0..KILLS {
        let mut writer = place.process(KILLED, kill * PEOPLE)?.stdout(Stdio::piped()).spawn()?;
        let said = writer.stdout.take().context("its output")?;
        let mut lines = BufReader::new(said).lines();
        for line in lines.by_ref().take(TOLD) {
            told.push(heard(&line?)?);
        }
        writer.kill()?;
        writer.wait()?;
        // What it said before it died counts as well; half a line says nothing.
        told.extend(lines.map_while(Result::ok).filter_map(|line| heard(&line).ok()));
    }
    let store = place.open().await?;
    let now = system().now;
    while store.recover(now, now, 1_000).await? > 0 {}
    end_merges(&store, now).await?;
    let audit = store.audit().await?;
    let found = compare_told(&store, &told).await;
    store.close().await;
    let fine = found.lost == 0 && found.wrong.is_empty() && audit.in_motion == 0;
    let few = told.len() < TOLD * KILLS as usize;
    Ok((!fine || few).then(|| {
        format!("of {} people told: {found:?}, {} claims in motion", told.len(), audit.in_motion)
    }))
}

/// `NUMBER BOOKED VACCINATED SECOND.`, and nothing less.
fn heard(line: &str) -> anyhow::Result<Told> {
    let whole = line.strip_suffix('.').context("a writer said less")?;
    let [number, booked, vaccinated, second] = whole.split(' ').collect::<Vec<_>>()[..] else {
        bail!("a writer said something else");
    };
    let second = Second::ALL.into_iter().find(|one| one.name() == second);
    Ok(Told {
        number: number.parse()?,
        booked: booked.parse()?,
        vaccinated: vaccinated.parse()?,
        second: second.context("a writer said something else of a second record")?,
    })
}

/// The process of a part.
pub(crate) fn part(args: &PartArgs) -> anyhow::Result<ExitCode> {
    let named = |name: &String| Scratch::named(&args.database, name);
    let schemas = args.schema.iter().map(named).collect::<Result<Vec<_>, _>>()?;
    runtime()?.block_on(async {
        let store = open(&schemas, &args.folder, 0).await?;
        if args.name == KILLED {
            return play(&store, args.first).await;
        }
        let part = PARTS.iter().find(|part| part.name == args.name).context("no such part")?;
        let empty = if part.copies { Some(open(&schemas, &args.folder, 1).await?) } else { None };
        let folder = args.folder.join("copy");
        std::fs::create_dir(&folder)?;
        let ground = Ground { store, empty, folder };
        part.run(&ground).await;
        ground.store.close().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// Writes until it is killed, and says what was acknowledged.
async fn play(store: &Arc<dyn Store>, first: u32) -> anyhow::Result<ExitCode> {
    use std::io::Write;
    let (said, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let play = Play::start_saying(store, first, Writer::GivesUp, Some(said));
    while let Some(Told { number, booked, vaccinated, second }) = heard.recv().await {
        writeln!(std::io::stdout(), "{number} {booked} {vaccinated} {}.", second.name())?;
    }
    play.end().await;
    Ok(ExitCode::from(1))
}
