//! `teeka bench`: the platform beside the raw operations, measured in the same run, client and
//! server on the same machine.

mod accesses;
mod certificates;
mod client;
mod exposed;
mod ground;
mod inquiry;
mod ledger;
mod raw;
mod watching;

use std::{fmt::Write, process::ExitCode};

use serde_json::{Value, json};

use self::{client::Measured, ground::Ground};
use crate::{output::Output, platform};

/// How many people take part, if it is not said.
const PEOPLE: usize = 60_000;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Which measurement
    name: Name,
    /// How many made-up people take part; of documents, how many there are (default: 60000; of
    /// `inquiry`, 10000000)
    #[arg(long, value_name = "N")]
    people: Option<usize>,
    /// How many others are on disk before
    #[arg(long, default_value_t = 0, value_name = "N")]
    filled: usize,
    /// Store to measure on: a PostgreSQL database (`postgres://USER@HOST/NAME`), where a schema is
    /// made and dropped again (default: the embedded store)
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// How many connections ask at once
    #[arg(long, default_value_t = 512, value_name = "N")]
    connections: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Name {
    /// Register people
    Register,
    /// Book, spread over sessions
    Book,
    /// Book, everyone on one session
    Stampede,
    /// Find sessions of a district over seven days
    Discovery,
    /// Record doses and sign their certificates
    Dose,
    /// All of these
    All,
    /// Issue, verify and print certificates, beside bare signatures
    Certificates,
    /// Open people's fields against a durable record, through a keyholder of its own, beside opening
    /// without either; and how soon the record is in a signed checkpoint
    Accesses,
    /// Append to a transparency log, commit to entries and check proofs, beside bare hashes
    Ledger,
    /// Sweep documents and take them down, beside bare GETs and PURGEs to the same server
    Exposure,
    /// Attribute a million records against ten million people (or `--people`), beside bare digests
    /// and reads
    Inquiry,
    /// How soon staff who sell are found, and how often others are, by simulation
    Watching,
}

/// One line of the table.
struct Line {
    name: &'static str,
    measured: Measured,
    raw: &'static str,
    raw_per_second: f64,
    remark: String,
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let people = args.people.unwrap_or(PEOPLE);
    if args.name == Name::Certificates {
        return certificates::run(output);
    }
    if args.name == Name::Accesses {
        return accesses::run(people, args.connections, output);
    }
    if args.name == Name::Ledger {
        return ledger::run(output);
    }
    if args.name == Name::Exposure {
        return exposed::run(people, args.connections, output);
    }
    if args.name == Name::Inquiry {
        return inquiry::run(args.people.unwrap_or(inquiry::PEOPLE), output);
    }
    if args.name == Name::Watching {
        return watching::run(output);
    }
    let lines = platform::runtime()?.block_on(async {
        let ground = Ground::new(people, args.connections, args.database.as_deref()).await?;
        ground.fill(args.filled, output.quiet).await?;
        let lines = measure(args, &ground).await;
        ground.end().await?;
        lines
    })?;
    let json: Value = lines.iter().map(Line::json).collect();
    output.result(&json, &table(&lines))?;
    let fine = lines.iter().all(|line| line.measured.failed == 0);
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

async fn measure(args: &Args, ground: &Ground) -> anyhow::Result<Vec<Line>> {
    let wants = |name| args.name == name || args.name == Name::All;
    let mut lines = Vec::new();
    if wants(Name::Discovery) {
        let (measured, bytes) = ground.discovery().await?;
        lines.push(Line {
            name: "discovery",
            measured,
            raw: "bare handler, same bytes",
            raw_per_second: raw::http(args.connections, bytes).await?,
            remark: format!("{bytes} bytes each, compressed"),
        });
    }
    // The others need people, and the dose needs appointments.
    let registered = ground.register().await?;
    let inserts = ground.raw_inserts().await?;
    if wants(Name::Register) {
        lines.push(Line {
            name: "register",
            measured: registered,
            raw: "rows, 256 a commit",
            raw_per_second: inserts,
            remark: "sealed, durable before the answer".to_owned(),
        });
    }
    if wants(Name::Stampede) {
        let (measured, sold, seats) = ground.stampede().await?;
        anyhow::ensure!(sold == seats, "{sold} of {seats} seats were sold");
        let slowest = measured.percentile(1.0) / 1_000.0;
        lines.push(Line {
            name: "stampede",
            measured,
            raw: "bare handler, 200 bytes",
            raw_per_second: raw::http(args.connections, 200).await?,
            remark: format!("exactly {sold} of {seats} sold, the slowest after {slowest:.1} s"),
        });
    }
    if wants(Name::Book) || wants(Name::Dose) {
        let measured = ground.book().await?;
        if wants(Name::Book) {
            lines.push(Line {
                name: "book",
                measured,
                raw: "rows, 256 a commit",
                raw_per_second: inserts,
                remark: "spread over 1,000 sessions".to_owned(),
            });
        }
    }
    if wants(Name::Dose) {
        lines.push(Line {
            name: "dose",
            measured: ground.dose().await?,
            raw: "P-256 signatures, one core",
            raw_per_second: raw::signatures()?,
            remark: "with its signed certificate".to_owned(),
        });
    }
    ground.check().await?;
    Ok(lines)
}

impl Line {
    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "per_second": self.measured.per_second().round(),
            "computed_us": self.measured.computed_each(),
            "p50_ms": self.measured.percentile(0.50),
            "p99_ms": self.measured.percentile(0.99),
            "answers": self.measured.answers,
            "failed": self.measured.failed,
            "raw": self.raw,
            "raw_per_second": self.raw_per_second.round(),
            "ratio": self.measured.per_second() / self.raw_per_second,
            "remark": self.remark,
        })
    }
}

fn table(lines: &[Line]) -> String {
    let mut text =
        "what            per second   p50 ms   p99 ms   us CPU   ratio to the raw operation\n"
            .to_owned();
    for line in lines {
        let rate = line.measured.per_second();
        let computed = line.measured.computed_each();
        let computed = computed.map_or_else(|| "-".to_owned(), |computed| format!("{computed:.1}"));
        let _ = writeln!(
            text,
            "{:<14} {rate:>11.0} {:>8.2} {:>8.2} {computed:>8}   {:.2} of {:.0} {}\n{:15}{}",
            line.name,
            line.measured.percentile(0.50),
            line.measured.percentile(0.99),
            rate / line.raw_per_second,
            line.raw_per_second,
            line.raw,
            "",
            line.remark,
        );
    }
    text.trim_end().to_owned()
}
