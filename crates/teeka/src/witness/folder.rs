//! The folder of a witness: its key, and the checkpoint of each log that it cosigned last.

use std::{
    fs::{self, DirBuilder, File},
    io::ErrorKind,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use app::Ctx;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use ledger::{
    checkpoint::Checkpoint,
    note::{Algorithm, LocalKey, MOST_BYTES, Note, SigningKey},
    witness::{Latest, Memory, MemoryError},
};

use crate::files;

/// What the file of a secret key begins with.
const SECRET: &str = "PRIVATE+KEY";

/// The folder of a witness.
pub(super) struct Folder {
    place: PathBuf,
    /// Held while the last checkpoint is compared and replaced; and by one process at a time.
    lock: std::sync::Mutex<File>,
}

impl Folder {
    /// Opens the folder, or makes it.
    pub(super) fn open(place: &Path) -> anyhow::Result<Self> {
        let name = || format!("cannot make {}", place.display());
        for folder in [place, &place.join("logs")] {
            DirBuilder::new().recursive(true).mode(0o700).create(folder).with_context(name)?;
            vault::press_name(folder).with_context(name)?;
        }
        let lock = File::options().create(true).append(true).open(place.join("lock"));
        let lock = lock.with_context(|| format!("cannot write in {}", place.display()))?;
        Ok(Self { place: place.to_owned(), lock: std::sync::Mutex::new(lock) })
    }

    /// Keeps other witnesses out of the folder for as long as this is there.
    pub(super) fn lock(&self) -> anyhow::Result<()> {
        let lock = self.lock.lock().map_err(|_| anyhow::anyhow!("the lock is broken"))?;
        let alone = lock.try_lock().is_ok();
        ensure!(alone, "another witness works in {}", self.place.display());
        Ok(())
    }

    /// The key; makes one if there is none.
    ///
    /// # Shape
    ///
    /// The file `witness.key`, mode 0600: `PRIVATE+KEY+`, the name, `+`, the id in eight hexadecimal
    /// digits, `+`, base64 of the kind (1 byte, 4) and the seed (32), a newline.
    pub(super) fn key(&self, name: Option<&str>, ctx: &Ctx) -> anyhow::Result<LocalKey> {
        let path = self.place.join("witness.key");
        match fs::symlink_metadata(&path) {
            Ok(_) => read_key(&path),
            Err(error) if error.kind() == ErrorKind::NotFound => self.make_key(&path, name, ctx),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    fn make_key(&self, path: &Path, name: Option<&str>, ctx: &Ctx) -> anyhow::Result<LocalKey> {
        // A new key cosigns nothing that an old one knew better.
        let logs = fs::read_dir(self.place.join("logs"))?.next();
        ensure!(logs.is_none(), "the key of the witness is missing, and it cosigned before");
        let random = || format!("witness-{}.invalid", hex::encode(ctx.random::<8>()));
        let name = name.map_or_else(random, str::to_owned);
        let seed = ctx.random::<32>();
        let key = LocalKey::from_seed(&name, Algorithm::CosignatureV1, &seed)
            .context("a name has neither spaces nor plus signs")?;
        let bytes = [&[Algorithm::CosignatureV1 as u8], seed.as_slice()].concat();
        let (id, secret) = (key.verifier().id(), STANDARD.encode(bytes));
        files::write(path, &format!("{SECRET}+{name}+{id:08x}+{secret}\n"), 0o600)?;
        Ok(key)
    }

    fn file(&self, origin: &str) -> PathBuf {
        self.place.join("logs").join(hex::encode(digest(&SHA256, origin.as_bytes())))
    }

    fn read(&self, origin: &str) -> anyhow::Result<Option<Latest>> {
        let path = self.file(origin);
        match fs::symlink_metadata(&path) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => bail!(error),
        }
        let bytes = files::read(&path, MOST_BYTES as u64, "a checkpoint")?;
        let checkpoint = Checkpoint::parse(Note::parse(&bytes)?.unverified_text())?;
        ensure!(checkpoint.origin == origin, "{} is of another log", path.display());
        let note = String::from_utf8(bytes)?;
        Ok(Some(Latest { head: checkpoint.head, note }))
    }
}

fn read_key(path: &Path) -> anyhow::Result<LocalKey> {
    let text = files::read_secret(path)?;
    let wrong = || format!("{} is not the key of a witness", path.display());
    let rest = text.expose().trim_end().strip_prefix(SECRET);
    let rest = rest.and_then(|rest| rest.strip_prefix('+')).with_context(wrong)?;
    let mut parts = rest.splitn(3, '+');
    let mut part = || parts.next().with_context(wrong);
    let (name, id, secret) = (part()?, part()?, part()?);
    let bytes = STANDARD.decode(secret).ok().with_context(wrong)?;
    let (kind, seed) = bytes.split_first().with_context(wrong)?;
    ensure!(*kind == Algorithm::CosignatureV1 as u8, wrong());
    let seed = seed.try_into().ok().with_context(wrong)?;
    let key = LocalKey::from_seed(name, Algorithm::CosignatureV1, &seed).with_context(wrong)?;
    ensure!(format!("{:08x}", key.verifier().id()) == id, wrong());
    Ok(key)
}

fn unreachable(error: anyhow::Error) -> MemoryError {
    MemoryError(error.into())
}

impl Memory for Folder {
    fn latest(&self, origin: &str) -> Result<Option<Latest>, MemoryError> {
        self.read(origin).map_err(unreachable)
    }

    fn replace(
        &self,
        origin: &str,
        last: Option<&Latest>,
        next: &Latest,
    ) -> Result<bool, MemoryError> {
        let one =
            self.lock.lock().map_err(|_| unreachable(anyhow::anyhow!("the lock is broken")))?;
        let same = self.read(origin).map_err(unreachable)?.as_ref() == last;
        if same {
            files::write(&self.file(origin), &next.note, 0o600).map_err(unreachable)?;
        }
        drop(one);
        Ok(same)
    }
}
