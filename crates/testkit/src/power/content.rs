//! A file's bytes and a folder's names: as they are, and as they are on the disk.

use std::{collections::BTreeMap, ffi::OsString};

/// What reaches a disk whole or not at all.
///
/// # Units
///
/// Bytes.
const SECTOR: usize = 512;

/// Who may do what. Of no interest to any test, so always on the disk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attributes {
    pub(super) mode: u16,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) attributes: Attributes,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    File(Bytes),
    Folder(Names),
}

impl Node {
    pub(super) fn press(&mut self) {
        match &mut self.content {
            Content::File(bytes) => bytes.press(),
            Content::Folder(names) => names.pressed.clone_from(&names.now),
        }
    }

    /// When each sector that is not on the disk was written.
    pub(super) fn unpressed(&self) -> impl Iterator<Item = u64> {
        let bytes = match &self.content {
            Content::File(bytes) => Some(bytes),
            Content::Folder(_) => None,
        };
        bytes.into_iter().flat_map(|bytes| bytes.dirty.values().copied())
    }

    /// What is left of it, if `survives` says which writes are. A folder's names have no order,
    /// and go all together, as in a journal.
    pub(super) fn survivor(&self, survives: &mut impl FnMut(u64) -> bool) -> Self {
        let content = match &self.content {
            Content::File(bytes) => Content::File(Bytes::pressed(bytes.survivor(survives))),
            Content::Folder(names) => {
                let kept = if survives(u64::MAX) { &names.now } else { &names.pressed };
                Content::Folder(Names { now: kept.clone(), pressed: kept.clone() })
            }
        };
        Self { attributes: self.attributes, content }
    }
}

/// A folder's names.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) now: BTreeMap<OsString, u64>,
    pressed: BTreeMap<OsString, u64>,
}

/// A file's bytes.
#[derive(Debug, Default)]
pub(super) struct Bytes {
    pub(super) now: Vec<u8>,
    pressed: Vec<u8>,
    /// Sectors that are not on the disk as they are, and when they were written.
    dirty: BTreeMap<usize, u64>,
    /// When the length was set to less.
    shortened: u64,
}

impl Bytes {
    fn pressed(bytes: Vec<u8>) -> Self {
        Self { now: bytes.clone(), pressed: bytes, ..Self::default() }
    }

    pub(super) fn write(&mut self, offset: usize, data: &[u8], order: u64) {
        let end = offset + data.len();
        if end > self.now.len() {
            self.resize(end, order);
        }
        self.now[offset..end].copy_from_slice(data);
        self.soil(offset, end, order);
    }

    pub(super) fn resize(&mut self, length: usize, order: u64) {
        let old = self.now.len();
        if length < old {
            self.shortened = order;
        }
        self.now.resize(length, 0);
        self.soil(old.min(length), old.max(length), order);
    }

    fn soil(&mut self, start: usize, end: usize, order: u64) {
        self.dirty.extend((start / SECTOR..end.div_ceil(SECTOR)).map(|sector| (sector, order)));
    }

    fn press(&mut self) {
        self.pressed.resize(self.now.len(), 0);
        for sector in std::mem::take(&mut self.dirty).into_keys() {
            copy_sector(&self.now, &mut self.pressed, sector);
        }
    }

    /// Takes what is not on the disk for being there, as Linux does after an fsync that failed.
    pub(super) fn forget(&mut self) {
        self.dirty.clear();
    }

    fn survivor(&self, survives: &mut impl FnMut(u64) -> bool) -> Vec<u8> {
        let mut kept = self.pressed.clone();
        if self.now.len() < kept.len() && survives(self.shortened) {
            kept.truncate(self.now.len());
        }
        for (&sector, &order) in &self.dirty {
            let start = sector * SECTOR;
            if start < self.now.len() && survives(order) {
                let end = (start + SECTOR).min(self.now.len());
                if kept.len() < end {
                    // What lies between was never written to the disk.
                    kept.resize(end, 0);
                }
                copy_sector(&self.now, &mut kept, sector);
            }
        }
        kept
    }
}

fn copy_sector(from: &[u8], to: &mut [u8], sector: usize) {
    let start = sector * SECTOR;
    let end = (start + SECTOR).min(from.len()).min(to.len());
    if start < end {
        to[start..end].copy_from_slice(&from[start..end]);
    }
}
