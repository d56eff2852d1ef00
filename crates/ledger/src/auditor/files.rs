//! Holds every file of a log to its checkpoint, from a leaf on, and goes on after what is wrong as
//! far as the rest can still be proven.

use super::{Finding, MOST_FINDINGS, Report, edit::edit};
use crate::{
    merkle::{Hash, Head, leaf_hash, subtree_hash},
    source::{Source, SourceError},
    tiles::{
        Kind, TilePath, WIDTH, decode_bundle,
        reader::{ReadError, TileReader, edge_paths, edge_range, fetch, fetch_hashes},
    },
};

/// Checks the files, and gives a reader if the edge of the tree can be believed.
pub(super) fn check<'a, S: Source + ?Sized>(
    source: &'a S,
    head: Head,
    from: u64,
    report: &mut Report,
) -> Result<Option<TileReader<'a, S>>, SourceError> {
    let mut files = Files { source, head, from, report, missing: Vec::new(), stopped: Vec::new() };
    let mut reader = files.open()?;
    if let Some(reader) = &mut reader {
        files.check_all(reader)?;
    } else {
        files.look_for_all()?;
    }
    files.tell_missing();
    Ok(reader)
}

struct Files<'a, 'r, S: ?Sized> {
    source: &'a S,
    head: Head,
    from: u64,
    report: &'r mut Report,
    missing: Vec<TilePath>,
    /// Where the search ended early, because enough is wrong.
    stopped: Vec<TilePath>,
}

impl<'a, S: Source + ?Sized> Files<'a, '_, S> {
    /// The reader, if the tiles at the right edge lead to the root: as they are, or with those that
    /// are wrong computed from what is below them.
    fn open(&mut self) -> Result<Option<TileReader<'a, S>>, SourceError> {
        let paths: Vec<_> = edge_paths(self.head.size).collect();
        let mut found = Vec::new();
        for path in &paths {
            found.push(match path {
                Some(path) => told(fetch_hashes(self.source, *path))?,
                None => Ok(Vec::new()),
            });
        }
        let whole = found.iter().map(|found| found.as_ref().ok().cloned()).collect();
        let reader = |edge| TileReader::of_edge(self.source, self.head, edge);
        if let Some(reader) = Option::and_then(whole, reader) {
            return Ok(Some(reader));
        }
        let mut below = Vec::new();
        for path in &paths {
            let hashes = path.map_or(Ok(Some(Vec::new())), |path| self.below(path))?;
            let width = path.map_or(0, TilePath::width);
            below.push(hashes.filter(|hashes| hashes.len() == width));
        }
        let Some(edge) = self.believable(&found, &below) else {
            if found.iter().all(Result::is_ok) {
                self.report.add(Finding::OtherRoot);
            }
            for error in found.into_iter().filter_map(Result::err) {
                self.note(error)?;
            }
            return Ok(None);
        };
        for ((path, found), hashes) in paths.iter().zip(found).zip(&edge) {
            let Some(path) = path else { continue };
            match found {
                Ok(found) => self.compare(*path, hashes, &found),
                Err(error) => self.note(error)?,
            }
        }
        Ok(TileReader::of_edge(self.source, self.head, edge))
    }

    /// The tiles at the edge that lead to the root, if any choice of them does: as they are but for
    /// those that cannot be read, one of them from below, or all from below.
    fn believable(
        &self,
        found: &[Result<Vec<Hash>, ReadError>],
        below: &[Option<Vec<Hash>>],
    ) -> Option<Vec<Vec<Hash>>> {
        let levels = found.len();
        let choices = [None].into_iter().chain((0..levels).map(Some)).chain([Some(levels)]);
        choices.into_iter().find_map(|from_below| {
            let choose = |level: usize| {
                let own = from_below != Some(level) && from_below != Some(levels);
                match &found[level] {
                    Ok(hashes) if own => Some(hashes.clone()),
                    _ => below[level].clone(),
                }
            };
            let edge = (0..levels).map(choose).collect::<Option<Vec<_>>>()?;
            (edge_range(&edge, self.head.size).root() == self.head.root).then_some(edge)
        })
    }

    /// What a tile should hold, from the entries or the tiles below it; none if those are not there.
    fn below(&self, path: TilePath) -> Result<Option<Vec<Hash>>, SourceError> {
        let Kind::Hashes(level @ 1..) = path.kind() else {
            let bundle = TilePath::in_tree(Kind::Entries, path.index(), self.head.size);
            return bundle.map_or(Ok(None), |bundle| Ok(self.entries(bundle)?.ok()));
        };
        let mut hashes = Vec::with_capacity(path.width());
        let first = path.index() * WIDTH;
        for index in first..first + path.width() as u64 {
            let child = TilePath::in_tree(Kind::Hashes(level - 1), index, self.head.size);
            let Some(child) = child.filter(|child| child.is_full()) else { return Ok(None) };
            match told(fetch_hashes(self.source, child))? {
                Ok(row) => hashes.push(subtree_hash(&row)),
                Err(_) => return Ok(None),
            }
        }
        Ok(Some(hashes))
    }

    /// The hashes of the entries that a bundle has, however many there are.
    fn entries(&self, path: TilePath) -> Result<Result<Vec<Hash>, ReadError>, SourceError> {
        let (bytes, at) = match told(fetch(self.source, path))? {
            Ok(fetched) => fetched,
            Err(error) => return Ok(Err(error)),
        };
        let entries = decode_bundle(&bytes).ok_or(ReadError::Altered(path));
        Ok(entries.map(|mut entries| {
            if at != path {
                entries.truncate(path.width());
            }
            entries.into_iter().map(leaf_hash).collect()
        }))
    }

    /// Every tile from the left, each after the one above it; then every bundle.
    fn check_all(&mut self, reader: &mut TileReader<'a, S>) -> Result<(), SourceError> {
        for level in (0..=crate::tiles::MOST_LEVEL).rev() {
            for path in self.paths(Kind::Hashes(level)) {
                if self.enough(path)? {
                    break;
                }
                if let Err(error) = told(reader.hashes(level, path.index()).map(drop))? {
                    self.mend(reader, path, error)?;
                }
            }
        }
        for path in self.paths(Kind::Entries) {
            if self.enough(path)? {
                break;
            }
            // A tile that is wrong was told already.
            let Ok(expected) = told(reader.hashes(0, path.index()).map(<[_]>::to_vec))? else {
                continue;
            };
            match self.entries(path)? {
                Ok(found) if found == expected => self.report.leaves += self.new_in(path),
                Ok(found) => self.compare(path, &expected, &found),
                Err(error) => self.note(error)?,
            }
        }
        Ok(())
    }

    /// Tells what is wrong with a tile, and puts the right one in its place if what is below it
    /// leads to the tile above.
    fn mend(
        &mut self,
        reader: &mut TileReader<'a, S>,
        path: TilePath,
        error: ReadError,
    ) -> Result<(), SourceError> {
        let right = self.below(path)?.filter(|below| reader.believe(path, below));
        match (right, told(fetch_hashes(self.source, path))?) {
            (Some(right), Ok(found)) => self.compare(path, &right, &found),
            _ => self.note(error)?,
        }
        Ok(())
    }

    /// If nothing can be proven, at least what is not there can be told.
    fn look_for_all(&mut self) -> Result<(), SourceError> {
        for kind in [Kind::Hashes(0), Kind::Entries] {
            for path in self.paths(kind) {
                if self.enough(path)? {
                    break;
                }
                if let Err(error @ ReadError::Missing(_)) = told(fetch(self.source, path))? {
                    self.note(error)?;
                }
            }
        }
        Ok(())
    }

    /// Whether enough is wrong not to look further. Who has the log's key can sign a size that would
    /// keep an auditor for ever. Whether the last file is there says what the missing ones are.
    fn enough(&mut self, next: TilePath) -> Result<bool, SourceError> {
        let enough = self.missing.len() + self.report.findings.len() >= MOST_FINDINGS;
        if enough {
            self.stopped.push(next);
            let last = self.head.size.saturating_sub(1) / WIDTH;
            let last = TilePath::in_tree(next.kind(), last, self.head.size);
            if let Some(Err(error)) = last.map(|last| fetch(self.source, last)) {
                self.note(error)?;
            }
        }
        Ok(enough)
    }

    /// Missing files: one finding if they are the last ones, else one for each.
    fn tell_missing(&mut self) {
        self.missing.sort_unstable();
        self.missing.dedup();
        let lowest = [Kind::Hashes(0), Kind::Entries];
        let end = lowest.into_iter().filter_map(|kind| self.end(kind)).min();
        for path in std::mem::take(&mut self.missing) {
            // The tiles above the end are missing with it.
            let after =
                end.is_some_and(|end| !lowest.contains(&path.kind()) || path.index() >= end);
            self.report.add(match end {
                Some(end) if after => Finding::Truncated { leaf: end * WIDTH },
                _ => Finding::MissingFile { path: path.to_string() },
            });
        }
    }

    /// From which file of a kind on all are missing, as far as was looked; none if the last is there.
    fn end(&self, kind: Kind) -> Option<u64> {
        let is_missing = |index: &u64| {
            self.missing.iter().any(|path| path.kind() == kind && path.index() == *index)
        };
        let last = self.head.size.checked_sub(1)? / WIDTH;
        let stopped = self.stopped.iter().find(|path| path.kind() == kind);
        let looked = stopped.map_or(last + 1, |path| path.index());
        let run = (0..looked).rev().take_while(is_missing).last();
        run.filter(|_| is_missing(&last))
    }

    fn compare(&mut self, path: TilePath, expected: &[Hash], found: &[Hash]) {
        let span = match path.kind() {
            Kind::Hashes(level) => 1_u64 << (8 * u32::from(level)),
            Kind::Entries => 1,
        };
        let first = path.index() * WIDTH * span;
        if let Some(finding) = edit(path.to_string(), (first, span), expected, found) {
            self.report.add(finding);
        }
    }

    fn note(&mut self, error: ReadError) -> Result<(), SourceError> {
        match error {
            ReadError::Missing(path) => self.missing.push(path),
            other => self.report.add(Finding::of_read(other)?),
        }
        Ok(())
    }

    /// The tiles of a kind that hold anything of the leaves to check.
    fn paths(&self, kind: Kind) -> impl Iterator<Item = TilePath> + use<S> {
        TilePath::new_between(kind, self.from, self.head.size)
    }

    /// How many of the leaves to check are in a bundle.
    fn new_in(&self, path: TilePath) -> u64 {
        let first = path.index() * WIDTH;
        first + path.width() as u64 - first.max(self.from)
    }
}

/// A file that is wrong is a finding; only a source that is away ends the audit.
fn told<T>(read: Result<T, ReadError>) -> Result<Result<T, ReadError>, SourceError> {
    match read {
        Err(ReadError::Source(away)) => Err(away),
        told => Ok(told),
    }
}
