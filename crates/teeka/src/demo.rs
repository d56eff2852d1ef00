//! `teeka demo`: the platform with a made-up country.

mod country;
mod places;

use std::{process::ExitCode, sync::Arc};

pub(crate) use country::{Country, people};
use serde_json::json;

use crate::{
    config::{Common, Config, Server},
    output::Output,
    platform::{self, system},
    progress, serve,
};

/// The key of the demo's partner app and of its state program. It opens a made-up country only.
const DEMO_KEY: &str = "demo-key-of-a-made-up-country";
/// The demo's seed: the same country each time.
const SEED: u64 = 2_021;
/// The address that the demo's certificates name as their issuer, unless one is set. It leads nowhere:
/// names below `.example` never do (RFC 2606), and a verifier takes the keys from the trust bundle.
const DEMO_ADDRESS: &str = "https://teeka.example";
/// Whom to tell of a weakness in it.
const DEMO_CONTACT: &str = "mailto:security@teeka.example";
/// How many people are enrolled in one write.
const CHUNK: usize = 1_000;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    server: Server,
    /// How many made-up people are registered
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    people: usize,
    /// How many made-up facilities there are
    #[arg(long, default_value_t = 2_000, value_name = "N")]
    facilities: usize,
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let mut config = Config::read(&args.common, Some(&args.server))?;
    if args.server.messages.is_none() && config.messages == "stdout" {
        config.messages = format!("file:{}", config.data.join("messages.jsonl").display());
    }
    // One machine is the whole country here: its address may call as often as it likes.
    if let Some(limits) = &mut config.settings.limits {
        limits.calls_per_address = u32::MAX;
    }
    config.settings.public_address.get_or_insert_with(|| DEMO_ADDRESS.to_owned());
    config.security_contact.get_or_insert_with(|| DEMO_CONTACT.to_owned());
    let sha256 = app::sign_in::sha256_hex(DEMO_KEY);
    config.api_keys.push(web::ApiKey { sha256, vaccinator: true, state: None });
    platform::runtime()?.block_on(async {
        let platform = Arc::new(platform::open(&config).await?);
        fill(&platform, args, output).await?;
        let messages = config.messages.clone();
        serve::serve(platform, &config, output, |address| announce(address, &messages)).await
    })
}

/// Makes the country, unless the store has one.
async fn fill(platform: &app::Platform, args: &Args, output: Output) -> anyhow::Result<()> {
    let ctx = system();
    let today = ctx.today();
    let country = Country::new(SEED, today, args.facilities);
    let first = platform.inventory().facilities().is_empty();
    let store = platform.store();
    if first {
        store.put_places(&country.states, &country.districts).await?;
        store.put_postal_places(&country.postal).await?;
        platform.reload_places().await?;
        platform.put_rules(&ctx, app::rules::INDIA_2021_22).await?;
        platform.import_facilities(&ctx, &country.facilities).await?;
        platform.import_staff(&ctx, &country::staff(&country)).await?;
    }
    let bar = progress::things(country.sessions.len() as u64, "sessions", output.quiet);
    for chunk in country.sessions.chunks(CHUNK) {
        // Those of other days that are there already stay as they are.
        store.publish_sessions(chunk, ctx.now).await?;
        bar.inc(chunk.len() as u64);
    }
    bar.finish_and_clear();
    if first {
        enrol(platform, args.people, output.quiet).await?;
    }
    platform.refresh(system().now).await?;
    Ok(())
}

/// Enrols so many made-up people.
pub(crate) async fn enrol(
    platform: &app::Platform,
    count: usize,
    quiet: bool,
) -> anyhow::Result<()> {
    let ctx = system();
    let bar = progress::things(count as u64, "people", quiet);
    let mut people = people(SEED, ctx.today()).take(count);
    loop {
        let chunk: Vec<_> = people.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            break;
        }
        platform.enrol_many(&ctx, &chunk).await?;
        bar.inc(chunk.len() as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

fn announce(address: &str, messages: &str) -> (serde_json::Value, String) {
    let json = json!({
        "portal": format!("http://{address}/"),
        "api": format!("http://{address}/api"),
        "desk": format!("http://{address}/desk"),
        "messages": messages,
        "api_key": DEMO_KEY,
        "staff": {
            "vaccinator": "6900000001",
            "facility_manager": "6900000002",
            "district_officer": "6900000003",
            "auditor": "6900000004",
        },
    });
    let text = format!(
        "A made-up country is ready.\n\
         \n\
         Portal    http://{address}/        sign in with any mobile, such as 6000000001\n\
         Desk      http://{address}/desk    vaccinator 6900000001, manager 6900000002\n\
         API       http://{address}/api     partner key: {DEMO_KEY}\n\
         Messages  {messages}\n\
         \n\
         One-time passwords are in the messages. Stop with Ctrl-C."
    );
    (json, text)
}
