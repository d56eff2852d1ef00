//! What is on a disk, and what is only on its way there.
//!
//! The strict reading of POSIX holds here, stricter than any file system in use: fsync of a file
//! presses its bytes and length and nothing else; a name that was made, changed or removed is
//! pressed by fsync of its folder only.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
};

use fuser::Errno;

use super::content::{Attributes, Bytes, Content, Names, Node};
use crate::chance::Chance;

/// The number of the root folder, as FUSE has it.
pub(super) const ROOT: u64 = 1;

/// What becomes of that which was written and not pressed when the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tear {
    /// All of it is gone.
    Clean,
    /// Each sector of it is there or gone by chance, and so are the names of each folder.
    Scattered(u64),
    /// What was written before a moment drawn by chance is there, sector by sector.
    Cut(u64),
}

/// Which requests a failing disk refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Every write fails with EIO.
    Write,
    /// Every fsync fails with EIO, once for each byte: what it should have pressed counts as clean
    /// afterwards and is never pressed unless it is written again. So does Linux.
    Sync,
}

/// Everything on the disk, and its state of health.
#[derive(Debug)]
pub(super) struct Medium {
    pub(super) nodes: BTreeMap<u64, Node>,
    next: u64,
    /// Counts writes, to know which came first.
    writes: u64,
    /// How many requests that change something were taken.
    pub(super) taken: u64,
    /// After how many such requests the power goes.
    pub(super) cut_at: Option<u64>,
    /// Whether the power is gone.
    pub(super) off: bool,
    /// How many bytes fit.
    pub(super) room: Option<u64>,
    pub(super) failure: Option<Failure>,
}

type Answer<T> = Result<T, Errno>;

impl Medium {
    /// An empty disk, whose root belongs to `uid` and `gid`.
    pub(super) fn new(uid: u32, gid: u32) -> Self {
        let root = Node {
            attributes: Attributes { mode: 0o755, uid, gid },
            content: Content::Folder(Names::default()),
        };
        Self::with(BTreeMap::from([(ROOT, root)]))
    }

    fn with(nodes: BTreeMap<u64, Node>) -> Self {
        let next = nodes.keys().max().map_or(ROOT, |last| last + 1);
        Self {
            nodes,
            next,
            writes: 0,
            taken: 0,
            cut_at: None,
            off: false,
            room: None,
            failure: None,
        }
    }

    /// Asked before each request that changes something.
    fn power(&mut self) -> Answer<()> {
        self.off |= self.cut_at.is_some_and(|cut_at| self.taken >= cut_at);
        if self.off {
            return Err(Errno::EIO);
        }
        self.taken += 1;
        Ok(())
    }

    pub(super) fn node(&self, number: u64) -> Answer<&Node> {
        self.nodes.get(&number).ok_or(Errno::ENOENT)
    }

    fn file(&mut self, number: u64) -> Answer<&mut Bytes> {
        match self.nodes.get_mut(&number).map(|node| &mut node.content) {
            Some(Content::File(bytes)) => Ok(bytes),
            Some(Content::Folder(_)) => Err(Errno::EISDIR),
            None => Err(Errno::ENOENT),
        }
    }

    fn folder(&mut self, number: u64) -> Answer<&mut Names> {
        match self.nodes.get_mut(&number).map(|node| &mut node.content) {
            Some(Content::Folder(names)) => Ok(names),
            Some(Content::File(_)) => Err(Errno::ENOTDIR),
            None => Err(Errno::ENOENT),
        }
    }

    /// What a name in a folder stands for.
    pub(super) fn find(&mut self, folder: u64, name: &OsStr) -> Answer<u64> {
        self.folder(folder)?.now.get(name).copied().ok_or(Errno::ENOENT)
    }

    /// The names of a folder.
    pub(super) fn names(&mut self, folder: u64) -> Answer<Vec<(OsString, u64)>> {
        Ok(self.folder(folder)?.now.iter().map(|(name, number)| (name.clone(), *number)).collect())
    }

    /// Makes an empty file or folder.
    pub(super) fn make(&mut self, folder: u64, name: &OsStr, node: Node) -> Answer<u64> {
        self.power()?;
        self.fits(0, 1)?;
        let number = self.next;
        let names = self.folder(folder)?;
        if names.now.contains_key(name) {
            return Err(Errno::EEXIST);
        }
        names.now.insert(name.to_owned(), number);
        self.nodes.insert(number, node);
        self.next += 1;
        Ok(number)
    }

    /// Gives a file another name as well.
    pub(super) fn link(&mut self, number: u64, folder: u64, name: &OsStr) -> Answer<()> {
        self.power()?;
        self.folder(folder)?.now.insert(name.to_owned(), number);
        Ok(())
    }

    /// Removes a name. What it stood for lives on for those who have it open.
    pub(super) fn unlink(&mut self, folder: u64, name: &OsStr) -> Answer<()> {
        self.power()?;
        self.folder(folder)?.now.remove(name).map(drop).ok_or(Errno::ENOENT)
    }

    /// Removes an empty folder.
    pub(super) fn rmdir(&mut self, folder: u64, name: &OsStr) -> Answer<()> {
        let number = self.find(folder, name)?;
        if !self.folder(number)?.now.is_empty() {
            return Err(Errno::ENOTEMPTY);
        }
        self.unlink(folder, name)
    }

    /// Moves a name, over another if there is one.
    pub(super) fn rename(&mut self, from: (u64, &OsStr), to: (u64, &OsStr)) -> Answer<()> {
        self.power()?;
        let number = self.find(from.0, from.1)?;
        self.folder(to.0)?.now.insert(to.1.to_owned(), number);
        self.folder(from.0)?.now.remove(from.1);
        Ok(())
    }

    /// Whether a file may grow from one length to another.
    fn fits(&self, from: u64, to: u64) -> Answer<()> {
        let Some(room) = self.room else { return Ok(()) };
        let grown = to.saturating_sub(from);
        if grown > 0 && self.used() + grown > room { Err(Errno::ENOSPC) } else { Ok(()) }
    }

    /// How many bytes all files have together.
    pub(super) fn used(&self) -> u64 {
        let length = |node: &Node| match &node.content {
            Content::File(bytes) => bytes.now.len() as u64,
            Content::Folder(_) => 0,
        };
        self.nodes.values().map(length).sum()
    }

    pub(super) fn read(&mut self, number: u64, offset: u64, size: u32) -> Answer<Vec<u8>> {
        let bytes = &self.file(number)?.now;
        let start = place(offset)?.min(bytes.len());
        let end = start.saturating_add(size as usize).min(bytes.len());
        Ok(bytes[start..end].to_vec())
    }

    pub(super) fn write(&mut self, number: u64, offset: u64, data: &[u8]) -> Answer<()> {
        self.power()?;
        if self.failure == Some(Failure::Write) {
            return Err(Errno::EIO);
        }
        let length = self.file(number)?.now.len() as u64;
        self.fits(length, offset + data.len() as u64)?;
        self.writes += 1;
        let order = self.writes;
        self.file(number)?.write(place(offset)?, data, order);
        Ok(())
    }

    pub(super) fn resize(&mut self, number: u64, length: u64) -> Answer<()> {
        self.power()?;
        let old = self.file(number)?.now.len() as u64;
        self.fits(old, length)?;
        self.writes += 1;
        let order = self.writes;
        self.file(number)?.resize(place(length)?, order);
        Ok(())
    }

    /// Presses a file's bytes, or a folder's names, to disk.
    pub(super) fn sync(&mut self, number: u64) -> Answer<()> {
        self.power()?;
        let failure = self.failure;
        let node = self.nodes.get_mut(&number).ok_or(Errno::ENOENT)?;
        if failure == Some(Failure::Sync) {
            if let Content::File(bytes) = &mut node.content {
                bytes.forget();
            }
            return Err(Errno::EIO);
        }
        node.press();
        Ok(())
    }

    /// Presses everything.
    pub(super) fn sync_all(&mut self) {
        self.nodes.values_mut().for_each(Node::press);
    }

    /// The disk as it is found when the power is back.
    pub(super) fn survivors(&self, tear: Tear) -> Self {
        let mut chance = match tear {
            Tear::Clean => None,
            Tear::Scattered(seed) | Tear::Cut(seed) => Some(Chance::new(seed)),
        };
        let last = match (tear, &mut chance) {
            (Tear::Cut(_), Some(chance)) => Some(self.last_kept(chance)),
            _ => None,
        };
        let mut survives = |order: u64| match (&mut chance, last) {
            (None, _) => false,
            (Some(_), Some(last)) => order <= last,
            (Some(chance), None) => chance.coin(),
        };
        let mut nodes = BTreeMap::new();
        let mut found = vec![ROOT];
        while let Some(number) = found.pop() {
            let Some(node) = self.nodes.get(&number).filter(|_| !nodes.contains_key(&number))
            else {
                continue;
            };
            let kept = node.survivor(&mut survives);
            if let Content::Folder(names) = &kept.content {
                found.extend(names.now.values());
            }
            nodes.insert(number, kept);
        }
        Self::with(nodes)
    }

    /// The last write that survives, out of those that were not pressed.
    fn last_kept(&self, chance: &mut Chance) -> u64 {
        let orders = self.nodes.values().flat_map(Node::unpressed);
        let first = orders.min().unwrap_or(self.writes);
        first + chance.below(self.writes - first + 1)
    }
}

fn place(offset: u64) -> Answer<usize> {
    usize::try_from(offset).map_err(|_| Errno::EFBIG)
}
