//! A disk whose power can be cut: a folder on a small file system of our own, in memory, that
//! knows what was pressed to disk and what was only written.

mod content;
mod medium;
mod mount;
#[cfg(test)]
mod tests;

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use fuser::{BackgroundSession, Config, MountOption, SessionACL};
pub use medium::{Failure, Tear};
use parking_lot::Mutex;

use self::{medium::Medium, mount::Mounted};

/// A mounted disk.
pub struct Disk {
    medium: Arc<Mutex<Medium>>,
    session: Option<BackgroundSession>,
    folder: tempfile::TempDir,
}

impl Disk {
    /// An empty disk; none if this machine lets nobody mount one, which is a failure where `CI` is
    /// set.
    pub fn new() -> Option<Self> {
        let (uid, gid) = owner();
        match Self::mount(Medium::new(uid, gid)) {
            Ok(disk) => Some(disk),
            Err(error) => {
                crate::missing(&format!(
                    "FUSE (/dev/fuse, and fusermount3 for others than root): {error}"
                ));
                None
            }
        }
    }

    fn mount(medium: Medium) -> std::io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let medium = Arc::new(Mutex::new(medium));
        let mut config = Config::default();
        config.mount_options =
            vec![MountOption::FSName("power".to_owned()), MountOption::DefaultPermissions];
        if owner().0 == 0 {
            // PostgreSQL refuses to run as root, and must reach its files all the same.
            config.acl = SessionACL::All;
            std::fs::set_permissions(
                folder.path(),
                std::os::unix::fs::PermissionsExt::from_mode(0o755),
            )?;
        }
        let session = fuser::spawn_mount(Mounted(Arc::clone(&medium)), folder.path(), &config)?;
        Ok(Self { medium, session: Some(session), folder })
    }

    /// Where it is mounted.
    pub fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Presses everything to disk, as sync(2) does.
    pub fn press(&self) {
        self.medium.lock().sync_all();
    }

    /// Cuts the power before the request with this number from now on that changes something.
    /// From then on every such request fails, and nothing reaches the disk.
    pub fn cut_after(&self, requests: u64) {
        let mut medium = self.medium.lock();
        medium.cut_at = Some(medium.taken + requests);
    }

    /// Cuts the power now.
    pub fn cut(&self) {
        self.medium.lock().off = true;
    }

    /// Whether the power is gone.
    pub fn is_off(&self) -> bool {
        self.medium.lock().off
    }

    /// How many requests changed something, or were to press it to disk.
    pub fn requests(&self) -> u64 {
        self.medium.lock().taken
    }

    /// Leaves room for so many bytes more; with none, for as many as one likes.
    pub fn leave_room(&self, bytes: Option<u64>) {
        let mut medium = self.medium.lock();
        medium.room = bytes.map(|bytes| medium.used() + bytes);
    }

    /// Begins to fail, or works again.
    pub fn fail(&self, failure: Option<Failure>) {
        self.medium.lock().failure = failure;
    }

    /// Cuts the power, if it is not gone yet, and gives the disk as it is when the power is back.
    /// Nobody may have a file of it open any more.
    ///
    /// # Panics
    ///
    /// If it cannot be mounted again.
    #[must_use]
    pub fn reboot(self, tear: Tear) -> Self {
        self.cut();
        let survivors = self.medium.lock().survivors(tear);
        drop(self);
        Self::mount(survivors).expect("what was mounted once can be mounted again")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let Some(session) = self.session.take() else { return };
        if session.umount_and_join().is_err() {
            // Somebody still has a file open: let go of the name, so that the folder can go.
            unmount_later(self.folder.path());
        }
    }
}

fn unmount_later(path: &Path) {
    drop(Command::new("umount").arg("--lazy").arg(path).status());
}

/// Who runs the tests.
fn owner() -> (u32, u32) {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").map_or((0, 0), |of| (of.uid(), of.gid()))
}
