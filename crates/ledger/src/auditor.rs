//! The auditor: given the static files of a log, says whether they are what the log signed, whether
//! they continue what was signed before, and names what is wrong.
//!
//! An operator who holds all keys can rewrite a log and sign it anew, and nothing in the files shows
//! it. Two things outside of them do: a checkpoint kept from earlier or seen by someone else, and
//! witnesses, who cosign one history only. Without either, this is about damage, not about lies.

mod edit;
mod files;
mod finding;

pub use self::finding::Finding;
use crate::{
    checkpoint::{CheckpointError, Signed, Trusted},
    merkle::Head,
    note::MOST_BYTES,
    source::{Source, SourceError},
    tiles::{
        CHECKPOINT,
        reader::{ReadError, TileReader},
    },
};

/// The most findings that are told; one is enough not to believe a log.
pub const MOST_FINDINGS: usize = 100;
/// How far the clock of a witness may be ahead of ours, in seconds.
const AHEAD: u64 = 300;

/// What a log is held to.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    /// The log, its keys and its witnesses.
    pub trusted: &'a Trusted,
    /// The checkpoint that was kept from the last audit: what came before it is not read again.
    pub since: Option<&'a [u8]>,
    /// Checkpoints of this log that others were shown.
    pub others: &'a [Vec<u8>],
    /// How many witnesses must have cosigned.
    pub quorum: usize,
    /// How old the cosignatures may be.
    pub fresh: Option<Fresh>,
}

/// How old cosignatures may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fresh {
    /// Now, in seconds since 1970.
    pub now: u64,
    /// The most seconds since a quorum of witnesses cosigned.
    pub most_age: u64,
}

/// Why nothing can be said about a log.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The files cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// There is no checkpoint, and none was kept that says there should be.
    #[error("there is no checkpoint")]
    NoCheckpoint,
    /// What was kept is no checkpoint of this log.
    #[error("the kept checkpoint cannot be used: {0}")]
    Kept(#[source] CheckpointError),
    /// What others were shown is no checkpoint of this log.
    #[error("a checkpoint that others were shown cannot be used: {0}")]
    Other(#[source] CheckpointError),
}

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The size and root of the kept checkpoint.
    pub since: Option<Head>,
    /// The size and root that the log shows now; none if its checkpoint is not believed.
    pub found: Option<Head>,
    /// Its checkpoint with the signatures of known keys, to keep for the next time.
    pub checkpoint: Option<String>,
    /// How many witnesses cosigned it.
    pub cosigned: usize,
    /// How many leaves were read and hold.
    pub leaves: u64,
    /// What is wrong; nothing if the log can be believed.
    pub findings: Vec<Finding>,
}

impl Report {
    fn add(&mut self, finding: Finding) {
        if self.findings.len() < MOST_FINDINGS && !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}

/// Audits the files of a log.
///
/// # Errors
///
/// [`AuditError`] if nothing can be said; whatever is wrong with the log is a [`Finding`].
pub fn audit<S: Source + ?Sized>(source: &S, terms: &Terms<'_>) -> Result<Report, AuditError> {
    let trusted = terms.trusted;
    let kept = terms.since.map(|note| trusted.open(note)).transpose().map_err(AuditError::Kept)?;
    let others = terms.others.iter().map(|note| trusted.open(note));
    let others = others.collect::<Result<Vec<_>, _>>().map_err(AuditError::Other)?;
    let kept = kept.map(|kept| kept.head());
    let mut report = Report { since: kept, ..Report::default() };
    let signed = match read_checkpoint(source, trusted, kept.is_some())? {
        Ok(signed) => signed,
        Err(finding) => {
            report.add(finding);
            return Ok(report);
        }
    };
    let found = signed.head();
    report.found = Some(found);
    report.checkpoint = Some(signed.note().to_note());
    witnessed(terms, &signed, &mut report);
    let from = kept.map_or(0, |kept| kept.size.min(found.size));
    let mut reader = files::check(source, found, from, &mut report)?;
    for (known, kept) in kept
        .map(|kept| (kept, true))
        .into_iter()
        .chain(others.iter().map(|other| (other.head(), false)))
    {
        if let Some(finding) = compare(source, reader.as_mut(), known, kept)? {
            report.add(finding);
        }
    }
    Ok(report)
}

/// The checkpoint that the log shows, or what is wrong with it.
fn read_checkpoint<S: Source + ?Sized>(
    source: &S,
    trusted: &Trusted,
    must_exist: bool,
) -> Result<Result<Signed, Finding>, AuditError> {
    let path = || CHECKPOINT.to_owned();
    let file = match source.read(CHECKPOINT, MOST_BYTES) {
        Ok(Some(file)) => file,
        Ok(None) if must_exist => return Ok(Err(Finding::MissingFile { path: path() })),
        Ok(None) => return Err(AuditError::NoCheckpoint),
        Err(SourceError::TooLarge) => {
            return Ok(Err(Finding::Altered { path: path(), leaf: None }));
        }
        Err(away) => return Err(away.into()),
    };
    match trusted.open(&file) {
        Ok(signed) => Ok(Ok(signed)),
        Err(error) => Ok(Err(Finding::of_checkpoint(error))),
    }
}

/// Whether enough witnesses cosigned, lately.
fn witnessed(terms: &Terms<'_>, signed: &Signed, report: &mut Report) {
    let mut times: Vec<_> = signed.cosigned(terms.trusted).into_iter().map(|(_, at)| at).collect();
    report.cosigned = times.len();
    if times.len() < terms.quorum {
        report.add(Finding::Unwitnessed { cosigned: times.len(), quorum: terms.quorum });
    }
    let Some(fresh) = terms.fresh else { return };
    // A clock that is far ahead would make a cosignature fresh for ever.
    times.retain(|at| *at <= fresh.now.saturating_add(AHEAD));
    times.sort_unstable_by(|one, other| other.cmp(one));
    let last = times.get(terms.quorum.saturating_sub(1));
    let age = last.map(|at| fresh.now.saturating_sub(*at));
    if age.is_none_or(|age| age > fresh.most_age) {
        report.add(Finding::Stale { age });
    }
}

/// Whether two heads that the log signed belong to one history.
fn compare<S: Source + ?Sized>(
    source: &S,
    reader: Option<&mut TileReader<'_, S>>,
    known: Head,
    kept: bool,
) -> Result<Option<Finding>, AuditError> {
    // Without a reader the files were found wrong already, and prove nothing in any direction.
    let Some(reader) = reader else { return Ok(None) };
    let found = reader.head();
    let size = known.size.min(found.size);
    let contradiction = || {
        if kept && known.size < found.size {
            Finding::Rewritten { size }
        } else {
            Finding::SplitView { size }
        }
    };
    if known.size <= found.size {
        return match reader.earlier(known.size) {
            Ok(earlier) => Ok((earlier != known).then(contradiction)),
            Err(error) => Ok(Some(Finding::of_read(error)?)),
        };
    }
    let longer = TileReader::open(source, known).and_then(|mut longer| longer.earlier(found.size));
    Ok(Some(match longer {
        Ok(earlier) if earlier == found => {
            Finding::Replayed { known: known.size, found: found.size }
        }
        Ok(_) => contradiction(),
        Err(ReadError::Source(SourceError::Away(away))) => {
            return Err(SourceError::Away(away).into());
        }
        Err(_) => Finding::RolledBack { known: known.size, found: found.size },
    }))
}

#[cfg(test)]
mod tests;
