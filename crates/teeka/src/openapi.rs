//! `teeka openapi`: the document of every call.

use std::process::ExitCode;

use crate::output::Output;

pub(crate) fn run(output: Output) -> anyhow::Result<ExitCode> {
    let document = web::document();
    output.result(&document, &serde_json::to_string_pretty(&document)?)?;
    Ok(ExitCode::SUCCESS)
}
