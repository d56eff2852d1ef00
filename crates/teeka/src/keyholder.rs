//! `teeka keyholder`: the process that alone has the keys that wrap people's data keys.

mod child;
mod providers;

use std::{
    fs::{self, DirBuilder, File},
    io::{ErrorKind, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    thread,
};

use anyhow::Context;
use aws_lc_rs::digest;
use keyholder::{
    budget::A_DAY,
    process::{Keyholder, Options},
    server::{Callers, Listening},
};
use serde_json::json;

pub(crate) use self::child::connect;
use crate::{
    config::{Common, Config},
    memory,
    output::Output,
    serve,
};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    /// End when standard input does: of a keyholder that a server started
    #[arg(long, hide = true)]
    child: bool,
}

/// The folder of the keyholder in a data folder.
pub(crate) fn folder(data: &Path) -> PathBuf {
    data.join("keyholder")
}

/// Whether a platform works on this data folder, so that its ledger is there: its keyholder has keys in
/// it, or is another user's, and there are the keys that sign.
pub(crate) fn has_ledger(config: &Config) -> bool {
    let data = &config.data;
    match config.keyholder.socket {
        Some(_) => data.join("keys").is_dir(),
        None => data.join("root.key").is_file() || folder(data).join("keks").is_dir(),
    }
}

/// The folder of the socket of the keyholder that a server on this data folder starts.
pub(crate) fn own_folder(data: &Path) -> PathBuf {
    let data = fs::canonicalize(data).unwrap_or_else(|_| data.to_owned());
    let whose = format!("{} {}", rustix::process::geteuid().as_raw(), data.display());
    let name = digest::digest(&digest::SHA256, whose.as_bytes());
    std::env::temp_dir().join(format!("teeka-keyholder-{}", hex::encode(&name.as_ref()[..8])))
}

/// Makes that folder, which nobody else may have made.
fn make_own_folder(data: &Path) -> anyhow::Result<PathBuf> {
    let folder = own_folder(data);
    match DirBuilder::new().mode(0o700).create(&folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(error).with_context(|| format!("cannot make {}", folder.display()));
        }
        _ => {}
    }
    let found = fs::symlink_metadata(&folder)?;
    let own = found.is_dir()
        && found.uid() == rustix::process::geteuid().as_raw()
        && found.mode().trailing_zeros() >= 6;
    anyhow::ensure!(own, "{} is not ours alone; take it away", folder.display());
    Ok(folder)
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let config = Config::read(&args.common, None)?;
    serve::start_log();
    memory::keep().context("this process cannot keep its memory to itself")?;
    fs::create_dir_all(&config.data)
        .with_context(|| format!("cannot make {}", config.data.display()))?;
    let folder = folder(&config.data);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    let Some(_lock) = lock(&folder)? else {
        anyhow::ensure!(args.child, "another keyholder works in {}", folder.display());
        return Ok(ExitCode::SUCCESS);
    };
    let (root, providers) = providers::open(&config)?;
    let log = config.data.join("log/accesses");
    let log = config.keyholder.log.clone().unwrap_or(log);
    let indexes_a_day = config.keyholder.indexes_a_day.unwrap_or(A_DAY);
    let keyholder = Keyholder::open(&root, providers, Options { folder, log, indexes_a_day });
    drop(root);
    let keyholder = Arc::new(keyholder.context("the keyholder cannot start")?);
    let socket = config.socket();
    if args.child {
        let own = make_own_folder(&config.data)?;
        // Whatever ends the server closes the other end.
        thread::spawn(move || {
            drop(std::io::stdin().read_to_end(&mut Vec::new()));
            drop(fs::remove_dir_all(own));
            std::process::exit(0);
        });
    }
    let callers = Callers { others: config.keyholder.servers.clone() };
    let listening = Listening::bind(&socket, keyholder, callers)
        .with_context(|| format!("cannot listen on {}", socket.display()))?;
    if !args.child {
        let at = socket.display().to_string();
        output.result(&json!({ "socket": at }), &format!("Keeping keys at {at}"))?;
    }
    listening.run();
    Ok(ExitCode::SUCCESS)
}

/// The only keyholder of a folder, which its number is written for; none if there is another.
fn lock(folder: &Path) -> anyhow::Result<Option<File>> {
    let path = folder.join("lock");
    let mut file = File::options().create(true).append(true).open(&path)?;
    if file.try_lock().is_err() {
        return Ok(None);
    }
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())?;
    Ok(Some(file))
}
