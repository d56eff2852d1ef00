//! The keyholder that a server starts by itself: begun again when it ends, and ended with the server.

use std::{
    io::Read,
    os::unix::{net::UnixStream, process::CommandExt},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use keyholder::client::Client;
use vault::{NotDone, Vault};

use crate::config::Config;

/// How long a keyholder may take to start.
const PATIENCE: Duration = Duration::from_secs(20);
/// The first pause before it is started again; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long it must have worked for the next pause to be the first again.
const WORKED: Duration = Duration::from_secs(10);
/// How often servers ask which versions of the key-encryption key there are.
const REFRESH: Duration = Duration::from_secs(1);

/// The vault of a configuration. Unless that names a keyholder, one is started, and goes on for as long
/// as this process does. Must be called inside a tokio runtime.
pub(crate) async fn connect(config: &Config) -> anyhow::Result<Vault> {
    let failed = Arc::new(AtomicBool::new(false));
    if config.keyholder.socket.is_none() {
        super::make_own_folder(&config.data)?;
        let (socket, data) = (config.socket(), config.data.clone());
        let (file, failed) = (config.file.clone(), Arc::clone(&failed));
        let program = std::env::current_exe().context("cannot find this program")?;
        let start = Start { program, data, file, socket };
        thread::Builder::new()
            .name("keyholder-starter".to_owned())
            .spawn(move || supervise(&start, &failed))
            .context("cannot start a thread")?;
    }
    let client = Arc::new(Client::new(&config.socket()));
    let begun = Instant::now();
    let vault = loop {
        match Vault::connect(client.clone()).await {
            Ok(vault) => break vault,
            Err(NotDone::Refused(why)) => bail!("the keyholder refuses: {why}"),
            Err(NotDone::Away) if failed.load(Ordering::Acquire) => {
                bail!("the keyholder cannot start; what it says stands above")
            }
            Err(NotDone::Away) if begun.elapsed() > PATIENCE => {
                bail!("no keyholder answers at {}", config.socket().display())
            }
            Err(NotDone::Away) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    let followed = vault.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(REFRESH).await;
            // While it is away, what is known stays.
            let _ = followed.refresh().await;
        }
    });
    Ok(vault)
}

/// How a keyholder is started.
struct Start {
    program: PathBuf,
    data: PathBuf,
    file: Option<PathBuf>,
    socket: PathBuf,
}

impl Start {
    fn child(&self) -> std::io::Result<Child> {
        let mut command = Command::new(&self.program);
        command.arg("keyholder").arg("--child").arg("--data").arg(&self.data);
        if let Some(file) = &self.file {
            command.arg("--config").arg(file);
        }
        // A Ctrl-C is the server's, which still finishes what was begun. The standard input is open
        // for as long as the server is there.
        command.process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).env_remove("TEEKA_KEYHOLDER").spawn()
    }
}

/// Keeps a keyholder working: this process's, or that of another server on the same folder.
fn supervise(start: &Start, failed: &AtomicBool) {
    let mut pause = FIRST_PAUSE;
    loop {
        if let Ok(mut there) = UnixStream::connect(&start.socket) {
            // Nothing is asked on it: it ends with the keyholder of another server.
            drop(there.read(&mut [0]));
            rest(FIRST_PAUSE);
            continue;
        }
        let begun = Instant::now();
        let ended = start.child().and_then(|mut child| {
            // Waiting would close its standard input.
            let _open = child.stdin.take();
            child.wait()
        });
        match ended {
            Ok(status) if status.success() => {}
            Ok(status) => {
                failed.store(status.code() == Some(2), Ordering::Release);
                tracing::error!(%status, "the keyholder ended, and is started again");
            }
            Err(error) => tracing::error!(%error, "the keyholder cannot be started"),
        }
        pause = if begun.elapsed() > WORKED { FIRST_PAUSE } else { LONGEST_PAUSE.min(pause * 2) };
        rest(pause);
    }
}

#[expect(clippy::disallowed_methods, reason = "a thread that does nothing but wait for a process")]
fn rest(pause: Duration) {
    thread::sleep(pause);
}
