//! What can be wrong with a log, by name.

use std::fmt;

use crate::{
    checkpoint::CheckpointError,
    note::NoteError,
    source::SourceError,
    tiles::{CHECKPOINT, reader::ReadError},
};

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Bytes are others than those that were signed.
    Altered {
        /// In which file.
        path: String,
        /// The first leaf that differs, where that can be told.
        leaf: Option<u64>,
    },
    /// An entry was taken out of a file.
    Deleted {
        /// Of which file.
        path: String,
        /// Which leaf it was.
        leaf: u64,
    },
    /// An entry was put into a file.
    Inserted {
        /// Into which file.
        path: String,
        /// Before which leaf.
        leaf: u64,
    },
    /// Entries stand in another order.
    Reordered {
        /// In which file.
        path: String,
        /// The first leaf that is another one.
        leaf: u64,
    },
    /// A file is missing, and later ones are there.
    MissingFile {
        /// Which one.
        path: String,
    },
    /// All files from some leaf on are missing.
    Truncated {
        /// The first leaf whose file is missing.
        leaf: u64,
    },
    /// The files add up, to another root than the log signed.
    OtherRoot,
    /// The checkpoint was changed: its signature is of something else.
    ForgedCheckpoint,
    /// The checkpoint is signed, and not by this log's key.
    Resigned,
    /// The checkpoint is of another log.
    OtherLog,
    /// The log does not begin with what it signed before.
    Rewritten {
        /// The size of the tree that was signed before.
        size: u64,
    },
    /// The log signed two histories and shows one to some and one to others.
    SplitView {
        /// The size up to which they differ.
        size: u64,
    },
    /// The log is shorter than what it signed before: its end was cut off, or a backup restored.
    RolledBack {
        /// The size known before.
        known: u64,
        /// The size shown now.
        found: u64,
    },
    /// An older checkpoint is shown, though the files of a later one are there.
    Replayed {
        /// The size known before.
        known: u64,
        /// The size shown now.
        found: u64,
    },
    /// No quorum of witnesses cosigned the checkpoint lately.
    Stale {
        /// The seconds since one did; none if the cosignatures do not say so.
        age: Option<u64>,
    },
    /// Too few witnesses cosigned.
    Unwitnessed {
        /// How many did.
        cosigned: usize,
        /// How many should.
        quorum: usize,
    },
}

impl Finding {
    /// A short name that stays.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Altered { .. } => "altered",
            Self::Deleted { .. } => "deleted",
            Self::Inserted { .. } => "inserted",
            Self::Reordered { .. } => "reordered",
            Self::MissingFile { .. } => "missing-file",
            Self::Truncated { .. } => "truncated",
            Self::OtherRoot => "other-root",
            Self::ForgedCheckpoint => "forged-checkpoint",
            Self::Resigned => "re-signed",
            Self::OtherLog => "other-log",
            Self::Rewritten { .. } => "rewritten",
            Self::SplitView { .. } => "split-view",
            Self::RolledBack { .. } => "rolled-back",
            Self::Replayed { .. } => "replayed",
            Self::Stale { .. } => "stale",
            Self::Unwitnessed { .. } => "unwitnessed",
        }
    }

    /// What is wrong with a checkpoint that does not open.
    pub(super) fn of_checkpoint(error: CheckpointError) -> Self {
        match error {
            CheckpointError::Note(NoteError::WrongSignature) => Self::ForgedCheckpoint,
            CheckpointError::Note(NoteError::UnknownKeys) | CheckpointError::NotByLog => {
                Self::Resigned
            }
            CheckpointError::OtherLog => Self::OtherLog,
            CheckpointError::Note(NoteError::Malformed | NoteError::TooLarge)
            | CheckpointError::Malformed => {
                Self::Altered { path: CHECKPOINT.to_owned(), leaf: None }
            }
        }
    }

    /// What is wrong with a tile that cannot be read.
    pub(super) fn of_read(error: ReadError) -> Result<Self, SourceError> {
        match error {
            ReadError::Missing(path) => Ok(Self::MissingFile { path: path.to_string() }),
            ReadError::Altered(path) => Ok(Self::Altered { path: path.to_string(), leaf: None }),
            ReadError::OtherRoot | ReadError::Outside => Ok(Self::OtherRoot),
            ReadError::Source(error) => Err(error),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered { path, leaf: None } => write!(f, "{path} was altered"),
            Self::Altered { path, leaf: Some(leaf) } => {
                write!(f, "{path} was altered, at leaf {leaf}")
            }
            Self::Deleted { path, leaf } => write!(f, "leaf {leaf} was deleted from {path}"),
            Self::Inserted { path, leaf } => {
                write!(f, "an entry was inserted into {path} before leaf {leaf}")
            }
            Self::Reordered { path, leaf } => {
                write!(f, "entries of {path} were reordered from leaf {leaf} on")
            }
            Self::MissingFile { path } => write!(f, "{path} is missing"),
            Self::Truncated { leaf } => write!(f, "the files end before leaf {leaf}"),
            Self::OtherRoot => f.write_str("the files add up to another root than was signed"),
            Self::ForgedCheckpoint => {
                f.write_str("the checkpoint was changed: its signature is of something else")
            }
            Self::Resigned => f.write_str("the checkpoint is signed by another key than the log's"),
            Self::OtherLog => f.write_str("the checkpoint is of another log"),
            Self::Rewritten { size } => write!(
                f,
                "the log was rewritten: its first {size} leaves are others than those signed before"
            ),
            Self::SplitView { size } => {
                write!(f, "the log signed two histories, which differ in their first {size} leaves")
            }
            Self::RolledBack { known, found } => write!(
                f,
                "the log was rolled back or cut off: it has {found} leaves and had {known}"
            ),
            Self::Replayed { known, found } => write!(
                f,
                "an old checkpoint is shown, of {found} leaves, and {known} were signed before"
            ),
            Self::Stale { age: Some(age) } => {
                write!(f, "the checkpoint is stale: witnesses cosigned it {age} seconds ago")
            }
            Self::Stale { age: None } => {
                f.write_str("the checkpoint is stale: nothing says when witnesses cosigned it")
            }
            Self::Unwitnessed { cosigned, quorum } => {
                write!(f, "{cosigned} witnesses cosigned the checkpoint, and {quorum} should")
            }
        }
    }
}
