//! `teeka serve`: the platform, its workers, and a graceful end.

use std::{
    net::SocketAddr,
    process::ExitCode,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Context;
use app::{
    Platform, access_log::LogWorker, clock::SystemEntropy, owed::OwedWorker, reported::State,
    webauthn::RelyingParty,
};
use domain::{clock::Standing, retention::Pace};
use exposure::console::Console;
use keyholder::client::Client;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::json;
use tokio::sync::watch;
use web::{SystemClock, Web};

use crate::{
    config::{Common, Config, Server},
    cosign, crowd,
    keys::{Keys, Stamp},
    memory,
    messages::{self, Sink},
    output::Output,
    platform::{self, system},
    releases,
};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    server: Server,
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let config = Config::read(&args.common, Some(&args.server))?;
    platform::runtime()?.block_on(async {
        let platform = Arc::new(platform::open(&config).await?);
        serve(platform, &config, output, |address| {
            (
                json!({ "api": format!("http://{address}/api") }),
                format!("Serving on http://{address}"),
            )
        })
        .await
    })
}

/// Serves until told to stop, then finishes what was begun.
pub(crate) async fn serve(
    platform: Arc<Platform>,
    config: &Config,
    output: Output,
    announce: impl FnOnce(&str) -> (serde_json::Value, String),
) -> anyhow::Result<ExitCode> {
    start_log();
    memory::keep().context("this process cannot keep its memory to itself")?;
    let metrics = start_metrics()?;
    let sink = Arc::new(messages::parse(&config.messages)?);
    let listener = crowd::listen(config.listen)
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    let local = listener.local_addr()?;
    let address = local.to_string();
    let options = web::Options {
        api_keys: config.api_keys.clone(),
        metrics: Some(metrics.clone()),
        trusts_proxy: config.trusts_proxy,
        security_contact: config.security_contact.clone(),
        relying_party: relying_party(config, local),
        exposure: Console::new(config.exposure.sweep.clone(), config.exposure.cases.clone()),
    };
    let entropy = Arc::new(SystemEntropy::default());
    let web = Web::new(Arc::clone(&platform), Arc::new(SystemClock), entropy, options);
    let (stop, stopped) = watch::channel(false);
    let mut workers = start_workers(&platform, Arc::clone(&sink), metrics, &stopped);
    workers.push(follow_keys(&platform, config, &stopped)?);
    workers.push(watch_keyholder(&platform, config, &stopped));
    workers.extend(cosign_logs(&platform, config, &stopped)?);
    let (json, text) = announce(&address);
    output.result(&json, &text)?;
    let mut ending = stopped.clone();
    tokio::spawn(async move {
        told_to_stop().await;
        stop.send_replace(true);
    });
    let server = crowd::serve(listener, web.router(), crowd::PATIENCE, async move {
        drop(ending.wait_for(|stop| *stop).await);
    });
    // Connections that stay open without asking anything do not hold up the end for long.
    let mut late = stopped.clone();
    tokio::select! {
        () = server => {}
        () = async {
            drop(late.wait_for(|stop| *stop).await);
            tokio::time::sleep(Duration::from_secs(10)).await;
        } => {}
    }
    for worker in workers {
        drop(worker.await);
    }
    sink.finish().await;
    platform.store().close().await;
    Ok(ExitCode::SUCCESS)
}

/// To whom passkeys are bound: the public address, or this computer for who tries it out.
fn relying_party(config: &Config, local: SocketAddr) -> Option<RelyingParty> {
    match config.passkeys_at.as_deref() {
        Some(address) => RelyingParty::of_address(address),
        None => local.ip().is_loopback().then(|| RelyingParty::on_loopback(local.port())),
    }
}

/// How long accesses wait for company before they go to the log.
const LOG_PAUSE: Duration = Duration::from_millis(50);

/// Does something again and again until the end.
fn every<F>(
    pause: Duration,
    stopped: &watch::Receiver<bool>,
    mut act: impl FnMut() -> F + Send + 'static,
) -> tokio::task::JoinHandle<()>
where
    F: Future<Output = ()> + Send,
{
    let mut stopped = stopped.clone();
    tokio::spawn(async move {
        loop {
            act().await;
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stopped.wait_for(|stop| *stop) => break,
            }
        }
    })
}

/// Has owed certificates signed, in turns whose pause grows while the key that signs is away.
fn sign_owed(
    platform: Arc<Platform>,
    stopped: &watch::Receiver<bool>,
) -> tokio::task::JoinHandle<()> {
    let mut stopped = stopped.clone();
    tokio::spawn(async move {
        let mut worker = OwedWorker::default();
        loop {
            if let Err(error) = platform.sign_owed(&system(), &mut worker).await {
                tracing::warn!(what = "sign", %error, "a worker failed");
            }
            // How many, in the whole platform, whichever process asks.
            #[expect(clippy::cast_precision_loss, reason = "a count far below 2^52")]
            metrics::gauge!("teeka_certificates_owed").set(worker.owed() as f64);
            tokio::select! {
                () = tokio::time::sleep(worker.pause()) => {}
                _ = stopped.wait_for(|stop| *stop) => break,
            }
        }
    })
}

/// Appends accesses to their log, as they come.
pub(crate) fn log_accesses(
    platform: Arc<Platform>,
    stopped: &watch::Receiver<bool>,
) -> tokio::task::JoinHandle<()> {
    let mut stopped = stopped.clone();
    tokio::spawn(async move {
        let mut worker = LogWorker::new(&system());
        loop {
            let pause = match platform.log_accesses(&system(), &mut worker).await {
                Ok(leaves) => {
                    metrics::counter!("teeka_accesses_logged_total").increment(leaves);
                    // Once an hour; whatever is wrong with it, accesses go on.
                    if let Err(error) = platform.publish_chain_heads(&system(), &mut worker).await {
                        tracing::warn!(what = "chains", %error, "a worker failed");
                    }
                    LOG_PAUSE
                }
                Err(error) => {
                    tracing::warn!(what = "log", %error, "a worker failed");
                    Duration::from_secs(1)
                }
            };
            // In the life of this process: what was opened is never more than what was recorded.
            metrics::counter!("teeka_fields_opened_total").absolute(platform.vault().openings());
            metrics::counter!("teeka_accesses_total").absolute(platform.accesses_recorded());
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stopped.wait_for(|stop| *stop) => break,
            }
        }
    })
}

/// How often it is looked whether what runs is what the log of releases says.
const RELEASE_PAUSE: Duration = Duration::from_secs(10);

/// Says in the log of releases what runs, whenever that changes.
fn log_releases(
    platform: Arc<Platform>,
    stopped: &watch::Receiver<bool>,
) -> tokio::task::JoinHandle<()> {
    let own = Arc::new(OnceLock::new());
    every(RELEASE_PAUSE, stopped, move || {
        let (platform, own) = (Arc::clone(&platform), Arc::clone(&own));
        async move {
            if let Err(error) = releases::log(&platform, own).await {
                tracing::warn!(what = "release", error = format!("{error:#}"), "a worker failed");
            }
        }
    })
}

/// Has the checkpoints of the logs cosigned, if there are witnesses.
fn cosign_logs(
    platform: &Platform,
    config: &Config,
    stopped: &watch::Receiver<bool>,
) -> anyhow::Result<Vec<tokio::task::JoinHandle<()>>> {
    if config.witnesses.peers.is_empty() {
        return Ok(Vec::new());
    }
    let logs = cosign::logs_of(platform);
    let start = |log| cosign::start(log, platform.clocks(), &config.witnesses, stopped);
    logs.into_iter().map(start).collect()
}

/// Tells how the keyholder stands: what it gave, and what the log has of it.
fn watch_keyholder(
    platform: &Arc<Platform>,
    config: &Config,
    stopped: &watch::Receiver<bool>,
) -> tokio::task::JoinHandle<()> {
    let keyholder = Arc::new(Client::new(&config.socket()));
    let (platform, seen) = (Arc::clone(platform), Arc::new(AtomicU64::new(0)));
    every(Duration::from_secs(1), stopped, move || {
        let (keyholder, platform) = (Arc::clone(&keyholder), Arc::clone(&platform));
        let seen = Arc::clone(&seen);
        async move {
            let status = keyholder.status().await;
            metrics::gauge!("teeka_keyholder_up").set(f64::from(u8::from(status.is_ok())));
            let Ok(status) = status else { return };
            let counts = status.counts;
            metrics::counter!("teeka_keyholder_opened_total").absolute(counts.opened);
            metrics::counter!("teeka_keyholder_logged_total").absolute(counts.logged);
            let indexes = status.indexes;
            metrics::counter!("teeka_keyholder_indexes_total").absolute(indexes.given);
            metrics::counter!("teeka_keyholder_indexes_refused_total").absolute(indexes.refused);
            metrics::counter!("teeka_keyholder_sweeps_total").absolute(indexes.sweeps);
            // What it says is of its life; it may have begun again.
            if seen.swap(indexes.sweeps, Ordering::Relaxed) < indexes.sweeps
                && let Err(error) = platform.note_sweep(&system()).await
            {
                tracing::warn!(what = "sweeps", %error, "a worker failed");
            }
            let believed = f64::from(u8::from(status.log_believed));
            metrics::gauge!("teeka_keyholder_log_believed").set(believed);
            let figures = [counts.waiting, counts.oldest_waiting, counts.unopened, indexes.spent];
            #[expect(clippy::cast_precision_loss, reason = "seconds and counts far below 2^52")]
            let figures = figures.map(|it| it as f64);
            metrics::gauge!("teeka_keyholder_waiting").set(figures[0]);
            metrics::gauge!("teeka_keyholder_oldest_waiting_seconds").set(figures[1]);
            // It falls when keys are given after the log has their access.
            metrics::gauge!("teeka_keyholder_unopened").set(figures[2]);
            metrics::gauge!("teeka_keyholder_indexes_spent").set(figures[3] / 1_000.0);
        }
    })
}

fn start_workers(
    platform: &Arc<Platform>,
    sink: Arc<Sink>,
    metrics: PrometheusHandle,
    stopped: &watch::Receiver<bool>,
) -> Vec<tokio::task::JoinHandle<()>> {
    let failed = |what: &'static str| move |error: app::Error| tracing::warn!(what, %error, "a worker failed");
    let follow = Arc::clone(platform);
    let recover = Arc::clone(platform);
    let sweep = Arc::clone(platform);
    let expire = Arc::clone(platform);
    let deliver = Arc::clone(platform);
    vec![
        every(Duration::from_millis(250), stopped, move || {
            let platform = Arc::clone(&follow);
            async move {
                platform.refresh(system().now).await.unwrap_or_else(failed("follow"));
                platform.follow_accounts(system().now).await.unwrap_or_else(failed("accounts"));
                metrics::counter!("teeka_alarms_total").absolute(platform.alarms_raised());
            }
        }),
        every(Duration::from_secs(5), stopped, move || {
            let platform = Arc::clone(&recover);
            let metrics = metrics.clone();
            async move {
                platform.recover(&system()).await.map_or_else(failed("recover"), drop);
                metrics.run_upkeep();
            }
        }),
        every(Duration::from_mins(1), stopped, move || {
            let platform = Arc::clone(&sweep);
            async move {
                platform.compare_clocks(&system()).await.unwrap_or_else(failed("clock"));
                platform.sweep(&system()).await.unwrap_or_else(failed("sweep"));
                let believed = platform.clocks().last() == Standing::Believed;
                metrics::gauge!("teeka_clock_believed").set(f64::from(u8::from(believed)));
                count_reports(&platform).await.unwrap_or_else(failed("reports"));
                count_incidents(&platform).await.unwrap_or_else(failed("incidents"));
            }
        }),
        every(Duration::from_hours(1), stopped, move || {
            let platform = Arc::clone(&expire);
            async move {
                let gone = platform.expire(&system(), Pace::Hour).await;
                gone.map_or_else(failed("retention"), drop);
            }
        }),
        sign_owed(Arc::clone(platform), stopped),
        log_accesses(Arc::clone(platform), stopped),
        log_releases(Arc::clone(platform), stopped),
        every(Duration::from_millis(100), stopped, move || {
            let (platform, sink) = (Arc::clone(&deliver), Arc::clone(&sink));
            async move {
                messages::deliver_due(&platform, &sink).await.unwrap_or_else(failed("deliver"));
            }
        }),
    ]
}

/// Tells how many reports of researchers are not closed, and of how many what was promised is late.
async fn count_reports(platform: &Platform) -> app::Result<()> {
    let ctx = system();
    let mut open = platform.listed_reports(&ctx).await?;
    open.retain(|one| one.standing.state() != State::Closed);
    let late = open.iter().filter(|one| one.standing.is_overdue(ctx.now)).count();
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    let figures = [open.len(), late].map(|it| it as f64);
    metrics::gauge!("teeka_reports_open").set(figures[0]);
    metrics::gauge!("teeka_reports_late").set(figures[1]);
    Ok(())
}

/// Tells how many incidents are open, of how many something is late, and how long the next thing has.
async fn count_incidents(platform: &Platform) -> app::Result<()> {
    let ctx = system();
    let incidents = platform.listed_incidents(&ctx).await?;
    let open = incidents.iter().filter(|one| one.closed_at.is_none()).count();
    let late = incidents.iter().filter(|one| one.is_late(ctx.now)).count();
    let next = incidents.iter().filter_map(|one| one.next).map(|(_, by)| by).min();
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    let figures = [open, late].map(|it| it as f64);
    metrics::gauge!("teeka_incidents_open").set(figures[0]);
    metrics::gauge!("teeka_incidents_late").set(figures[1]);
    // Below nothing once it is late; nothing is infinitely far away.
    let left = next.map_or(f64::INFINITY, |by| by.duration_since(ctx.now).as_secs_f64());
    metrics::gauge!("teeka_incident_due_seconds").set(left);
    Ok(())
}

/// Takes keys into use as they come into the folder and go from it.
fn follow_keys(
    platform: &Arc<Platform>,
    config: &Config,
    stopped: &watch::Receiver<bool>,
) -> anyhow::Result<tokio::task::JoinHandle<()>> {
    let keys = Arc::new(platform::open_keys(config)?);
    let seen = Arc::new(Mutex::new(keys.stamp()?));
    let (platform, config) = (Arc::clone(platform), config.clone());
    Ok(every(Duration::from_secs(2), stopped, move || {
        let (keys, seen) = (Arc::clone(&keys), Arc::clone(&seen));
        let (platform, config) = (Arc::clone(&platform), config.clone());
        async move {
            let read = move || reload(&platform, &config, &keys, &seen);
            let read = tokio::task::spawn_blocking(read).await;
            if let Ok(Err(error)) = read {
                tracing::warn!(
                    error = format!("{error:#}"),
                    "the signing keys were not read again"
                );
            }
        }
    }))
}

/// Reads the signing keys again if their folder has changed.
fn reload(
    platform: &Platform,
    config: &Config,
    keys: &Keys,
    seen: &Mutex<Stamp>,
) -> anyhow::Result<()> {
    let stamp = keys.stamp()?;
    if *seen.lock().unwrap_or_else(PoisonError::into_inner) != stamp {
        platform.replace_keys(platform::open_ring(config, keys)?);
        *seen.lock().unwrap_or_else(PoisonError::into_inner) = stamp;
        tracing::info!("the signing keys were read again");
    }
    Ok(())
}

pub(crate) async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    drop(tokio::signal::ctrl_c().await);
}

/// JSON lines on standard error, at the level of `TEEKA_LOG` (default: info).
pub(crate) fn start_log() {
    let level = tracing_subscriber::EnvFilter::try_from_env("TEEKA_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().json().with_env_filter(level).with_writer(std::io::stderr);
    // A second start in the same process keeps the first one's.
    drop(log.try_init());
}

fn start_metrics() -> anyhow::Result<PrometheusHandle> {
    let buckets = [0.001, 0.005, 0.02, 0.1, 0.5, 2.0];
    PrometheusBuilder::new()
        .set_buckets(&buckets)?
        .install_recorder()
        .context("cannot start the metrics")
}
