//! The commands of a takedown.

use std::process::ExitCode;

use super::{person, show, sign, takedown};
use crate::output::Output;

/// How documents are ordered to be taken down.
const EXAMPLE: &str = "\
Example: teeka expose order case-7 --setup web.toml --urls list.txt \\
    --reason 'lists of beneficiaries' --key asha.person";

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make the key by which one person orders or releases takedowns
    #[command(after_help = "Example: teeka expose person asha --out asha.person")]
    Person(person::Args),
    /// Order that documents are taken down; a second person has to release it
    #[command(after_help = EXAMPLE)]
    Order(takedown::Order),
    /// Release, as a second person, what was ordered or what is to come back
    #[command(after_help = "Example: teeka expose release case-7 --key binoy.person")]
    Release(takedown::Release),
    /// Sign, as a second person, the release of an order that is elsewhere
    ///
    /// Prints what is handed in at the desk of the server that shows the case. Neither case nor
    /// set-up is needed, and the key stays where it is.
    #[command(after_help = "Example: teeka expose sign order.txt --key binoy.person")]
    Sign(sign::Args),
    /// Do what comes next: contain, purge, probe, unlist, submit
    ///
    /// Each step is done once the one before is recorded, and may be done again. What was
    /// interrupted goes on where it was. What is to come back comes back, once that is released.
    #[command(after_help = "Example: teeka expose takedown case-7 --until probe")]
    Takedown(takedown::Takedown),
    /// Ask by sample whether search engines still have it
    ///
    /// Exit status: 0 none of the sample is indexed, 1 some are, 2 could not tell.
    #[command(after_help = "Example: teeka expose verify case-7")]
    Verify(takedown::Case),
    /// Look among what a sweep found for what is gone: under its name or another
    ///
    /// Exit status: 0 nothing is back, 1 something is, 2 could not tell.
    #[command(after_help = "Example: teeka expose watch case-7 --found exposed.jsonl")]
    Watch(takedown::Watch),
    /// Order that everything comes back: it was no exposure
    #[command(
        after_help = "Example: teeka expose withdraw case-7 --reason 'blank forms' --key asha.person"
    )]
    Withdraw(takedown::Withdraw),
    /// Show how far a takedown is, and what was recorded
    #[command(after_help = "Example: teeka expose show case-7 --json")]
    Show(takedown::Case),
}

pub(super) fn run(command: &Command, output: Output) -> anyhow::Result<ExitCode> {
    match command {
        Command::Person(args) => person::run(args, output),
        Command::Order(args) => takedown::order(args, output),
        Command::Release(args) => takedown::release(args, output),
        Command::Sign(args) => sign::run(args, output),
        Command::Takedown(args) => takedown::takedown(args, output),
        Command::Verify(args) => takedown::verify(args, output),
        Command::Watch(args) => takedown::watch(args, output),
        Command::Withdraw(args) => takedown::withdraw(args, output),
        Command::Show(args) => show::run(&args.case, output),
    }
}
