//! `teeka witness`: a witness of transparency logs, by itself. It cosigns a checkpoint only if that
//! continues the last one that it cosigned, and that is on disk before the signature leaves.

mod folder;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::{Context, ensure};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::post,
};
use ledger::{
    checkpoint::{Checkpoint, Trusted},
    note::{LocalKey, Note, SigningKey, VerifierKey},
    witness::{Answer, MOST_BODY, Request, Witness, WitnessError},
};
use serde_json::json;

use self::folder::Folder;
use crate::{
    crowd,
    output::Output,
    platform::{runtime, system},
    serve::{start_log, told_to_stop},
};

pub(crate) const EXAMPLE: &str = "\
Example: teeka witness --data witness --listen 127.0.0.1:8090 \\
    --log example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Print the verifier key of the witness; makes the key if there is none
    #[command(after_help = "Example: teeka witness key --data witness --name witness.example/w1")]
    Key(Own),
}

#[derive(clap::Args)]
struct Serve {
    #[command(flatten)]
    own: Own,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// The verifier key of a log that is watched; several for several logs, or while the keys of one
    /// follow one another
    #[arg(long, required = true, value_name = "NAME+ID+KEY", value_delimiter = ',')]
    log: Vec<VerifierKey>,
}

#[derive(clap::Args)]
struct Own {
    /// Folder of the key and of what was cosigned last
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Name of the key that is made at the first start (default: a random one)
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

impl Own {
    fn open(&self) -> anyhow::Result<(Folder, LocalKey)> {
        let data = self.data.clone().unwrap_or_else(|| "teeka-witness".into());
        let folder = Folder::open(&data)?;
        let key = folder.key(self.name.as_deref(), &system())?;
        let name = key.verifier().name();
        let same = self.name.as_deref().is_none_or(|asked| asked == name);
        ensure!(same, "the witness in {} has another name", data.display());
        Ok((folder, key))
    }
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    match &args.command {
        Some(Command::Key(own)) => {
            let (_, key) = own.open()?;
            let key = key.verifier().to_string();
            output.result(&json!({ "key": key }), &key)?;
            Ok(ExitCode::SUCCESS)
        }
        None => runtime()?.block_on(serve(&args.serve, output)),
    }
}

/// What the server stands on.
struct Desk {
    witness: Witness<Folder, LocalKey>,
    origins: Vec<String>,
}

async fn serve(args: &Serve, output: Output) -> anyhow::Result<ExitCode> {
    start_log();
    let (folder, key) = args.own.open()?;
    folder.lock()?;
    let verifier = key.verifier().to_string();
    let logs = trusted(&args.log)?;
    let origins = logs.iter().map(|log| log.origin().to_owned()).collect();
    let desk = Arc::new(Desk { witness: Witness::new(folder, key, logs)?, origins });
    let listener =
        crowd::listen(args.listen).with_context(|| format!("cannot listen on {}", args.listen))?;
    let address = format!("http://{}", listener.local_addr()?);
    let router = Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .with_state(desk);
    let text = format!("Witnessing at {address} as {verifier}");
    output.result(&json!({ "address": address, "key": verifier }), &text)?;
    crowd::serve(listener, router, crowd::PATIENCE, told_to_stop()).await;
    Ok(ExitCode::SUCCESS)
}

/// Each log with all of its keys.
fn trusted(keys: &[VerifierKey]) -> anyhow::Result<Vec<Trusted>> {
    let mut origins: Vec<_> = keys.iter().map(VerifierKey::name).collect();
    origins.sort_unstable();
    origins.dedup();
    let of = |origin: &str| {
        let keys = keys.iter().filter(|key| key.name() == origin).cloned();
        Trusted::new(origin, keys, [])
    };
    let logs = origins.into_iter().map(of).collect::<Result<_, _>>();
    logs.context("the keys of the logs")
}

async fn add_checkpoint(State(desk): State<Arc<Desk>>, body: Bytes) -> Response {
    let at = u64::try_from(system().now.as_second()).unwrap_or(0);
    let asked = tokio::task::spawn_blocking(move || {
        let answer = desk.witness.add_checkpoint(&body, at);
        tell(&desk, &body, &answer);
        answer
    });
    let Ok(Ok(answer)) = asked.await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let status = StatusCode::from_u16(answer.status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(CONTENT_TYPE, answer.content_type())], answer.body()).into_response()
}

/// Logs a decision. A log that is not watched is not named: anybody can write any name.
fn tell(desk: &Desk, body: &[u8], answer: &Result<Answer, WitnessError>) {
    let claimed = Request::parse(body).and_then(|request| claimed(&request.checkpoint));
    let known = claimed.filter(|claimed| desk.origins.contains(&claimed.origin));
    let origin = known.as_ref().map(|known| known.origin.as_str());
    let size = known.as_ref().map(|known| known.head.size);
    match answer {
        Err(error) => {
            tracing::error!(what = "witness", origin, size, %error, "nothing was decided");
        }
        Ok(answer @ Answer::Cosigned(_)) => {
            tracing::info!(what = "witness", origin, size, status = answer.status(), "cosigned");
        }
        Ok(answer) => {
            tracing::warn!(what = "witness", origin, size, status = answer.status(), "refused");
        }
    }
}

/// What a checkpoint says, whoever signed it.
fn claimed(checkpoint: &[u8]) -> Option<Checkpoint> {
    let note = Note::parse(checkpoint).ok()?;
    Checkpoint::parse(note.unverified_text()).ok()
}
