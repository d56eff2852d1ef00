//! `teeka retention`: what is past its time, and the records that are held.

use std::{fmt::Write, process::ExitCode};

use anyhow::{Context, ensure};
use app::{
    Error, Platform,
    clock::guard::Clock,
    retention::{Order, Past},
};
use domain::{clock::Standing, retention::Pace};
use jiff::{SignedDuration, civil::Date};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    config::{Common, Config},
    output::Output,
    platform::{self, system},
};

pub(crate) const EXAMPLE: &str = "\
Example: teeka retention sweep --dry-run --data teeka-data";

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Delete what is past its time, as a server does by itself each minute and each hour
    #[command(after_help = EXAMPLE)]
    Sweep(Sweep),
    /// Hold a record by an order: it is neither erased nor removed, and who opened it stays known
    #[command(
        after_help = "Example: teeka retention hold 12345678901234 --official \"M. Rao, GRO\" --case \"WP 12/2027\""
    )]
    Hold(HoldArgs),
    /// List the records that are held
    #[command(after_help = "Example: teeka retention holds --json")]
    Holds(Listing),
    /// Say whether the clock is believed, without which nothing is erased or deleted; or confirm that it
    /// is right
    #[command(after_help = "Example: teeka retention clock --confirm 2027-03-02")]
    Clock(ClockArgs),
    /// Lift a hold
    #[command(after_help = "Example: teeka retention lift ID")]
    Lift(Lift),
}

#[derive(clap::Args)]
struct Sweep {
    /// Only say how many rows would go
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct HoldArgs {
    /// The person's number, 14 digits
    reference: String,
    /// The official who answers for it, by name and office
    #[arg(long, value_name = "NAME")]
    official: String,
    /// The case of the court or authority
    #[arg(long, value_name = "TEXT")]
    case: String,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct ClockArgs {
    /// Confirm that the clock is right: that today is this day, in India
    #[arg(long, value_name = "DATE")]
    confirm: Option<Date>,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct Listing {
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct Lift {
    /// The hold, as `teeka retention holds` names it
    id: Uuid,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let (Command::Sweep(Sweep { common, .. })
    | Command::Hold(HoldArgs { common, .. })
    | Command::Holds(Listing { common })
    | Command::Clock(ClockArgs { common, .. })
    | Command::Lift(Lift { common, .. })) = &args.command;
    let config = Config::read(common, None)?;
    let there = config.data.join("root.key").is_file();
    ensure!(there, "there is no platform in {}", config.data.display());
    platform::runtime()?.block_on(async {
        let platform = platform::open(&config).await?;
        let done = match &args.command {
            Command::Sweep(args) => sweep(&platform, args.dry_run, output).await,
            Command::Hold(args) => hold(&platform, args, output).await,
            Command::Holds(_) => holds(&platform, output).await,
            Command::Clock(args) => clock(&platform, args.confirm, output).await,
            Command::Lift(args) => lift(&platform, args.id, output).await,
        };
        platform.store().close().await;
        done
    })
}

async fn sweep(platform: &Platform, dry_run: bool, output: Output) -> anyhow::Result<ExitCode> {
    let ctx = system();
    platform.compare_clocks(&ctx).await?;
    let rows = if dry_run {
        platform.past_their_time(&ctx).await?
    } else {
        let stand = platform.look_at_clock(&ctx).await?;
        if stand.standing != Standing::Believed {
            output.result(&json!({ "clock": clock_json(&stand) }), &clock_words(&stand))?;
            return Ok(ExitCode::from(1));
        }
        platform.erase_due(&ctx).await?;
        let mut rows = platform.expire(&ctx, Pace::Minute).await?;
        rows.extend(platform.expire(&ctx, Pace::Hour).await?);
        rows
    };
    let mut text = String::new();
    for Past { table, since, days, rows } in &rows {
        let _ = writeln!(text, "{rows:>12}  {table}: {days} days after {since}");
    }
    text += if dry_run { "Nothing was deleted." } else { "That is gone." };
    let told: Value = rows
        .iter()
        .map(|Past { table, since, days, rows }| {
            json!({ "table": table, "since": since, "days": days, "rows": rows })
        })
        .collect();
    output.result(&json!({ "dry_run": dry_run, "tables": told }), &text)?;
    Ok(ExitCode::SUCCESS)
}

async fn hold(platform: &Platform, args: &HoldArgs, output: Output) -> anyhow::Result<ExitCode> {
    let id = platform.by_reference(&args.reference).context("this is no number of a person")?;
    let order = Order { official: args.official.clone(), case: args.case.clone() };
    match platform.hold(&system(), id, &order).await {
        Err(Error::NotFound) => anyhow::bail!("there is no record of this number"),
        held => {
            let held = held?;
            output.result(&json!({ "id": held }), &format!("held: {held}"))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn holds(platform: &Platform, output: Output) -> anyhow::Result<ExitCode> {
    let holds = platform.holds(&system()).await?;
    let mut text = String::new();
    for one in &holds {
        let (id, held_at, order) = (one.id, one.held_at, &one.order);
        let _ = writeln!(
            text,
            "{id}  since {held_at}  {}  case {}, by {}",
            one.reference, order.case, order.official
        );
    }
    let _ = write!(text, "holds: {}", holds.len());
    let told: Value = holds
        .iter()
        .map(|one| {
            json!({
                "id": one.id,
                "reference": one.reference.to_string(),
                "held_at": one.held_at,
                "case": one.order.case,
                "official": one.order.official,
            })
        })
        .collect();
    output.result(&json!({ "holds": told }), &text)?;
    Ok(ExitCode::SUCCESS)
}

async fn lift(platform: &Platform, id: Uuid, output: Output) -> anyhow::Result<ExitCode> {
    match platform.lift_hold(&system(), id).await {
        Err(Error::NotFound) => anyhow::bail!("there is no hold of this id"),
        done => done?,
    }
    output.result(&json!({ "id": id, "lifted": true }), "lifted")?;
    Ok(ExitCode::SUCCESS)
}

async fn clock(
    platform: &Platform,
    confirm: Option<Date>,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let ctx = system();
    if let Some(today) = confirm {
        platform.confirm_clock(&ctx, today).await?;
    }
    platform.compare_clocks(&ctx).await?;
    let stand = platform.clock(&ctx).await?;
    output.result(&json!({ "clock": clock_json(&stand) }), &clock_words(&stand))?;
    let believed = stand.standing == Standing::Believed;
    Ok(if believed { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// How the clock stands, in words.
pub(crate) fn clock_words(clock: &Clock) -> String {
    let Clock { says, believed, .. } = clock;
    let before = believed.map_or_else(|| "nothing".to_owned(), |before| before.to_string());
    match clock.standing {
        Standing::Believed => format!("The clock is believed: it says {says}."),
        Standing::Ahead => format!(
            "The clock says {says}, and what was believed last is {before}: nothing is erased or \
             deleted until you say that it is right, by teeka retention clock --confirm."
        ),
        Standing::Back => format!(
            "The clock says {says}, and {before} was believed before: nothing is erased or deleted \
             until you say that it is right, by teeka retention clock --confirm."
        ),
        Standing::Apart => format!(
            "The clock says {says}, and the clock of the database or of the witnesses says something \
             else: nothing is erased or deleted until they agree, or you say that it is right."
        ),
    }
}

pub(crate) fn clock_json(clock: &Clock) -> Value {
    let seconds = |away: Option<SignedDuration>| away.map(|away| away.as_secs());
    json!({
        "standing": clock.standing.word(),
        "says": clock.says,
        "believed": clock.believed,
        "seconds_to_the_database": seconds(clock.others.database),
        "seconds_to_the_witnesses": seconds(clock.others.witnesses),
    })
}
