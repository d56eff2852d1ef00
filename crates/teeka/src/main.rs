//! The program: `teeka serve` and everything around it. Only this crate prints.

mod backup;
mod bench;
mod config;
mod demo;
mod doctor;
mod files;
mod import;
mod keys;
mod ledger;
mod manifest;
mod messages;
mod openapi;
mod output;
mod platform;
mod progress;
mod scan;
mod serve;
mod verify;

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
    /// Check a transparency log: nothing changed, taken out or shown to some only
    #[command(after_help = ledger::EXAMPLE)]
    Ledger(ledger::Args),
    /// Print what is held of whom and why, or check a published manifest
    #[command(after_help = manifest::EXAMPLE)]
    Manifest(manifest::Args),
    /// List, rotate, withdraw or destroy the keys that certificates are signed with
    #[command(after_help = "Example: teeka keys rotate document --data teeka-data")]
    Keys(keys::Args),
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
        Command::Ledger(args) => ledger::run(&args, output),
        Command::Manifest(args) => manifest::run(&args, output),
        Command::Keys(args) => keys::run(&args, output),
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
