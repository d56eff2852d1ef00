//! `teeka ledger reveals`: who was shown what scans found in files.

use std::process::ExitCode;

use anyhow::ensure;
use app::reveals::ToldReveal;
use serde_json::json;

use crate::{
    config::{Common, Config},
    keyholder,
    output::Output,
    platform,
};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
}

pub(super) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let config = Config::read(&args.common, None)?;
    ensure!(keyholder::has_ledger(&config), "there is no ledger in {}", config.data.display());
    platform::runtime()?.block_on(async {
        let platform = platform::open(&config).await?;
        let mut last = 0;
        loop {
            let some = platform.reveals(&platform::system(), last).await?;
            let Some(end) = some.last() else { break };
            last = end.number;
            for one in &some {
                tell(one, output)?;
            }
        }
        platform.store().close().await;
        Ok(ExitCode::SUCCESS)
    })
}

fn tell(one: &ToldReveal, output: Output) -> anyhow::Result<()> {
    let ToldReveal { number, at, purpose, kinds, reveal, leaf } = one;
    let json = json!({
        "number": number,
        "at": at.to_string(),
        "purpose": purpose,
        "kinds": kinds,
        "operator": reveal.operator,
        "official": reveal.official,
        "case": reveal.case,
        "reason": reveal.reason,
        "paths": reveal.paths,
        "leaf": leaf,
    });
    let case = reveal.case.as_ref().map(|case| format!(", case {case}")).unwrap_or_default();
    let reason = reveal.reason.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
    let text = format!(
        "{number}. {at} {purpose} by {} for {}{case}{reason}",
        reveal.operator, reveal.official
    );
    output.result(&json, &text)
}
