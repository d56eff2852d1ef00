//! The program: `teeka serve` and everything around it. Only this crate prints.

mod backup;
mod bench;
mod config;
mod cosign;
mod crowd;
mod demo;
mod doctor;
mod expose;
mod files;
mod import;
mod incident;
mod inquire;
mod keyholder;
mod keys;
mod ledger;
mod manifest;
mod memory;
mod messages;
mod openapi;
mod output;
mod part;
mod platform;
mod progress;
mod releases;
mod replay;
mod reports;
mod retention;
mod scan;
mod serve;
mod verify;
mod witness;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A quarter of the workers' time on a busy server went into the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Teeka: an open vaccination platform for a whole country.
///
/// Exit status: 0 yes, 1 no, 2 could not tell.
#[derive(Parser)]
#[command(version, propagate_version = true, max_term_width = 80)]
#[command(after_help = "Example: teeka demo    then open http://127.0.0.1:8080/ in a browser")]
struct Cli {
    /// Print JSON instead of text for people
    #[arg(long, global = true)]
    json: bool,
    /// Print nothing but results
    #[arg(short, long, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the platform with a made-up country
    #[command(after_help = "Example: teeka demo --people 50000 --listen 127.0.0.1:8080")]
    Demo(demo::Args),
    /// Start the platform
    #[command(after_help = "Example: teeka serve --config teeka.toml")]
    Serve(serve::Args),
    /// Import places, facilities, sessions, staff or beneficiaries from CSV or XLSX
    #[command(after_help = "Example: teeka import facilities district.csv --dry-run")]
    Import(import::Args),
    /// Say whether certificates are genuine, offline
    #[command(after_help = "Example: teeka verify certificate.pdf --trust signers.pem")]
    Verify(verify::Args),
    /// Find personal data in documents of any kind, without printing it
    #[command(after_help = "Example: teeka scan published/ --json")]
    Scan(scan::Args),
    #[command(hide = true)]
    ScanPart,
    /// Find personal data in what your hosts serve to everybody, and make it gone
    #[command(after_help = expose::EXAMPLE)]
    Expose(expose::Args),
    #[command(hide = true)]
    ExposePart,
    /// Check a transparency log: nothing changed, taken out or shown to some only
    #[command(after_help = ledger::EXAMPLE)]
    Ledger(ledger::Args),
    /// Cosign the checkpoints of others' logs, each only if it continues the last one
    #[command(after_help = witness::EXAMPLE)]
    Witness(witness::Args),
    /// Say whose records an alleged dump holds, how sure that is, and how they got out
    ///
    /// Leaves a case: the evidence, a verdict, a full report and a public statement, signed.
    /// Exit status: 0 the records are from us, 1 they are not, 2 could not tell.
    #[command(after_help = inquire::EXAMPLE)]
    Inquire(inquire::Args),
    #[command(hide = true)]
    InquirePart,
    /// List, show and close what researchers and others reported on the page `/report`
    #[command(after_help = reports::EXAMPLE)]
    Reports(reports::Args),
    /// Open an incident that is confirmed, and see whom it affects, what is drafted and what is due
    #[command(after_help = incident::EXAMPLE)]
    Incident(incident::Args),
    /// Say what is past its time, delete it, and hold records by an order
    #[command(after_help = retention::EXAMPLE)]
    Retention(retention::Args),
    /// Print what is held of whom and why, or check a published manifest
    #[command(after_help = manifest::EXAMPLE)]
    Manifest(manifest::Args),
    /// Play the day of a known leak again with made-up people, and answer it
    #[command(after_help = "Example: teeka replay 2022-01")]
    Replay(replay::Args),
    /// List, rotate, withdraw or destroy keys: those that certificates are signed with, and the one that
    /// people's keys are wrapped by
    #[command(after_help = "Example: teeka keys rotate document --data teeka-data")]
    Keys(keys::Args),
    /// Keep the keys that wrap people's keys, in a process of its own; a server starts one by itself
    #[command(after_help = "Example: teeka keyholder --data /var/lib/teeka-keys")]
    Keyholder(keyholder::Args),
    /// Measure the platform beside the raw operations
    #[command(after_help = "Example: teeka bench stampede")]
    Bench(bench::Args),
    /// Write a consistent copy of the store while it is in use
    #[command(after_help = "Example: teeka backup --data teeka-data copy-of-monday")]
    Backup(backup::Args),
    /// Read a copy back into an empty store
    #[command(after_help = "Example: teeka restore --data new-data copy-of-monday")]
    Restore(backup::Args),
    /// Check that everything in the store agrees
    #[command(after_help = "Example: teeka doctor --trial --database postgres://teeka@db/teeka")]
    Doctor(doctor::Args),
    #[command(hide = true)]
    TrialPart(doctor::trial::PartArgs),
    /// Print the OpenAPI document of every call
    #[command(after_help = "Example: teeka openapi > openapi.json")]
    Openapi,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = output::Output { json: cli.json, quiet: cli.quiet };
    let outcome = match cli.command {
        Command::Demo(args) => demo::run(&args, output),
        Command::Serve(args) => serve::run(&args, output),
        Command::Import(args) => import::run(&args, output),
        Command::Verify(args) => verify::run(&args, output),
        Command::Scan(args) => scan::run(&args, output),
        Command::ScanPart => scan::worker::run(),
        Command::InquirePart => inquire::part::run(),
        Command::Expose(args) => expose::run(&args, output),
        Command::ExposePart => expose::worker::run(),
        Command::Ledger(args) => ledger::run(&args, output),
        Command::Witness(args) => witness::run(&args, output),
        Command::Inquire(args) => inquire::run(&args, output),
        Command::Reports(args) => reports::run(&args, output),
        Command::Incident(args) => incident::run(&args, output),
        Command::Retention(args) => retention::run(&args, output),
        Command::Manifest(args) => manifest::run(&args, output),
        Command::Replay(args) => replay::run(&args, output),
        Command::Keys(args) => keys::run(&args, output),
        Command::Keyholder(args) => keyholder::run(&args, output),
        Command::Bench(args) => bench::run(&args, output),
        Command::Backup(args) => backup::backup(&args, output),
        Command::Restore(args) => backup::restore(&args, output),
        Command::Doctor(args) => doctor::run(&args, output),
        Command::TrialPart(args) => doctor::trial::part(&args),
        Command::Openapi => openapi::run(output),
    };
    outcome.unwrap_or_else(|error| {
        output.error(&error);
        ExitCode::from(2)
    })
}
