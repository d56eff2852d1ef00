//! Which mobiles were asked for before: of a sample of them that is always the same, as their indexes are
//! as good as random. So it stays small, whatever the country.
//!
//! # Shape
//!
//! Until when it learns (8 bytes, big-endian), the level (1), then 8 bytes of each index of the sample: of
//! those that end in as many zero bits as the level.
//!
//! # Source
//!
//! P. B. Gibbons, "Distinct Sampling for Highly-Accurate Answers to Distinct Values Queries and Event
//! Reports", VLDB 2001.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
};

use vault::BlindIndex;

/// The most indexes of the sample: half a megabyte.
const MOST: usize = 1 << 16;

pub(super) struct Seen {
    file: PathBuf,
    learns_until: u64,
    level: u8,
    sample: HashSet<u64>,
    kept_at: u64,
    changed: bool,
}

impl Seen {
    /// What a file says; nobody was seen if there is none.
    pub(super) fn open(file: &Path, learns_until: u64) -> io::Result<Self> {
        let mut seen = Self {
            file: file.to_owned(),
            learns_until,
            level: 0,
            sample: HashSet::new(),
            kept_at: 0,
            changed: true,
        };
        match fs::read(file) {
            Ok(bytes) => seen.read(&bytes).ok_or(io::ErrorKind::InvalidData)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(seen)
    }

    fn read(&mut self, bytes: &[u8]) -> Option<()> {
        let (until, rest) = bytes.split_first_chunk::<8>()?;
        let (level, rest) = rest.split_first()?;
        let (values, rest) = rest.as_chunks::<8>();
        (self.learns_until, self.level) = (u64::from_be_bytes(*until), *level);
        self.sample = values.iter().map(|value| u64::from_be_bytes(*value)).collect();
        (rest.is_empty() && *level < 64 && values.len() <= MOST).then_some(())
    }

    /// Whether it is not known yet who was here before.
    pub(super) const fn learns(&self, now: u64) -> bool {
        now < self.learns_until
    }

    /// About how many strangers an index stands for: none if it was seen before, or is not of the sample.
    pub(super) fn strangers(&mut self, index: &BlindIndex) -> u64 {
        let value = u64::from_be_bytes(std::array::from_fn(|place| index.0[8 + place]));
        if !self.is_sampled(value) || !self.sample.insert(value) {
            return 0;
        }
        self.changed = true;
        let stands_for = 1 << self.level;
        while self.sample.len() > MOST {
            self.level += 1;
            let least = u32::from(self.level);
            self.sample.retain(|value| value.trailing_zeros() >= least);
        }
        stands_for
    }

    const fn is_sampled(&self, value: u64) -> bool {
        value.trailing_zeros() >= self.level as u32
    }

    /// Writes it, if it changed and was not written a while ago.
    pub(super) fn keep(&mut self, now: u64, pause: u64) -> io::Result<()> {
        if !self.changed || now < self.kept_at + pause {
            return Ok(());
        }
        let mut bytes = Vec::with_capacity(9 + 8 * self.sample.len());
        bytes.extend(self.learns_until.to_be_bytes());
        bytes.push(self.level);
        bytes.extend(self.sample.iter().flat_map(|value| value.to_be_bytes()));
        super::replace(&self.file, &bytes)?;
        (self.kept_at, self.changed) = (now, false);
        Ok(())
    }
}
