//! What this process runs by, said in the log of releases.

use std::{
    fs::File,
    io::Read,
    sync::{Arc, OnceLock},
};

use anyhow::Context;
use app::{Platform, release_log::Running};
use aws_lc_rs::digest;
use ledger::leaf::release::Released;

use crate::platform::system;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Appends what has changed to the log of releases. What cannot change while the process lives is
/// looked at once.
pub(crate) async fn log(
    platform: &Platform,
    own: Arc<OnceLock<Vec<Running>>>,
) -> anyhow::Result<()> {
    let look = move || match own.get() {
        Some(running) => Ok(running.clone()),
        None => running().map(|running| own.get_or_init(|| running).clone()),
    };
    let running = tokio::task::spawn_blocking(look).await.context("the program is ending")??;
    platform.log_releases(&system(), running).await?;
    Ok(())
}

/// The program, and what it tells the public.
fn running() -> anyhow::Result<Vec<Running>> {
    let notices = web::data::notices().into_iter();
    let notices =
        notices.map(|(name, text)| Running::new(Released::Notice, name, VERSION, text.as_bytes()));
    let binary = Running {
        released: Released::Binary,
        name: "teeka".to_owned(),
        version: VERSION.to_owned(),
        digest: binary_digest().context("this program cannot be read")?,
    };
    Ok([binary].into_iter().chain(notices).collect())
}

/// The SHA-256 of the file that this process was started from, also if another is in its place now.
fn binary_digest() -> anyhow::Result<[u8; 32]> {
    let running = "/proc/self/exe";
    let mut file = File::open(running).or_else(|_| File::open(std::env::current_exe()?))?;
    let (mut context, mut bytes) = (digest::Context::new(&digest::SHA256), vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut bytes)?;
        if read == 0 {
            return Ok(context.finish().as_ref().try_into()?);
        }
        context.update(&bytes[..read]);
    }
}
