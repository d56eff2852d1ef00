//! The record of a case: each step is an entry of a transparency log of its own, which tells nothing
//! to who has only the log, and beside it what opens the entries.
//!
//! # Shape
//!
//! In the folder of the case:
//!
//! * `log/`: the log as it may be published; `teeka ledger verify` checks it with `log.vkey`;
//! * `openings.jsonl`: a line for each leaf, its opening, and who acted with the salt of that;
//! * `log.key`: the seed of the key that signs, mode 0600.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use ledger::{
    checkpoint::Trusted,
    directory::Directory,
    leaf::{
        Opening, Salt, Subject,
        entry::{Act, Actor, Entry},
    },
    log::{Log, LogError},
    merkle::{Head, leaf_hash, range::CompactRange},
    note::{Algorithm, LocalKey, SigningKey, VerifierKey},
    tiles::CHECKPOINT,
};
use serde::{Deserialize, Serialize};
use vault::KeyFileError;

use super::world::World;
use crate::files;

/// The most bytes of the file of a key: 64 digits, and what ends a line.
const MOST_KEY: u16 = 80;

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// When, in seconds since 1970.
    pub at: u64,
    /// Who: the name of a key, or `program`.
    pub actor: String,
    /// What: the name of the step.
    pub what: String,
    /// Its facts, `name: value`.
    pub facts: Vec<String>,
}

impl Decision {
    /// The value of a fact.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.iter().find_map(|fact| fact.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Why a record cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A file cannot be read or written.
    #[error("the record of the case cannot be read or written")]
    Io(#[from] io::Error),
    /// The log does not go on.
    #[error("the log of the case does not go on: {0}")]
    Log(#[from] LogError),
    /// A line of the openings does not belong to the log.
    #[error("line {0} of openings.jsonl does not open its leaf")]
    Opening(usize),
    /// The log is not signed by its key.
    #[error("the log of the case is not signed by its key")]
    Checkpoint,
    /// The key of the log is not 32 bytes.
    #[error("log.key is not the key of a log")]
    Key,
    /// Others may read the key of the log.
    #[error("log.key may be used by others than its owner; set its mode to 0600")]
    OpenKey,
    /// A fact is too long, or has control characters.
    #[error("a fact cannot be recorded: it is too long or cannot be shown")]
    Fact,
}

#[derive(Deserialize, Serialize)]
struct Line {
    opening: String,
    actor: String,
    salt: String,
}

/// The record of a case, open for more.
pub struct Decisions {
    openings: File,
    log: Log<Directory, LocalKey>,
    told: Vec<Decision>,
    verifier: String,
}

impl Decisions {
    /// Opens the record in a folder, or begins one. What a crash left half written is put right.
    ///
    /// # Errors
    ///
    /// [`RecordError`] if the files do not add up.
    pub fn open(folder: &Path, origin: &str, world: &dyn World) -> Result<Self, RecordError> {
        let key = open_key(&folder.join("log.key"), origin, world)?;
        let verifier = key.verifier().to_string();
        let verifier_file = folder.join("log.vkey");
        if fs::read_to_string(&verifier_file).ok().as_deref() != Some(&verifier) {
            fs::write(&verifier_file, &verifier)?;
        }
        let path = folder.join("openings.jsonl");
        let mut options = OpenOptions::new();
        let mut openings = options.read(true).append(true).create(true).mode(0o600).open(path)?;
        let mut text = String::new();
        openings.read_to_string(&mut text)?;
        // A line without its end was cut short: its leaf was never appended.
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        if whole < text.len() {
            openings.set_len(whole as u64)?;
            openings.sync_all()?;
        }
        let mut log = Log::open(Directory::new(folder.join("log")), key)?;
        let (mut leaves, mut told) = (Vec::new(), Vec::new());
        for (number, line) in (1..).zip(text[..whole].lines()) {
            let (leaf, decision) = read(line).ok_or(RecordError::Opening(number))?;
            leaves.push(leaf);
            told.push(decision);
        }
        if log.head().size > leaves.len() as u64 {
            return Err(RecordError::Opening(leaves.len() + 1));
        }
        log.append(0, &leaves).map_err(|error| match error {
            LogError::OtherLeaf(number) => {
                RecordError::Opening(usize::try_from(number).unwrap_or(usize::MAX) + 1)
            }
            error => error.into(),
        })?;
        Ok(Self { openings, log, told, verifier })
    }

    /// What was recorded so far.
    pub fn told(&self) -> &[Decision] {
        &self.told
    }

    /// Size and root of the log.
    pub const fn head(&self) -> Head {
        self.log.head()
    }

    /// The key that others check the log with.
    pub fn verifier(&self) -> &str {
        &self.verifier
    }

    /// Records a step; it is durable and in the signed log when this returns.
    ///
    /// # Errors
    ///
    /// [`RecordError`] if it cannot be.
    pub fn record(
        &mut self,
        actor: (&str, &str),
        what: &str,
        facts: Vec<String>,
        world: &dyn World,
    ) -> Result<(), RecordError> {
        let (role, name) = actor;
        let (mut salt, mut actor_salt) = (Salt([0; 32]), Salt([0; 32]));
        world.fill(&mut salt.0);
        world.fill(&mut actor_salt.0);
        let account = actor_salt.commit(Subject::Actor, name.as_bytes());
        let entry = Entry {
            act: Act::Decision,
            link: None,
            at: world.now(),
            actor: Actor { role: role.to_owned(), facility: None, account },
            purpose: what.to_owned(),
            fields: facts,
        };
        let opening = Opening::new(salt, &entry).map_err(|_| RecordError::Fact)?;
        let line = Line {
            opening: hex::encode(opening.to_bytes()),
            actor: name.to_owned(),
            salt: hex::encode(actor_salt.0),
        };
        let line = serde_json::to_string(&line).map_err(io::Error::from)? + "\n";
        self.openings.write_all(line.as_bytes())?;
        self.openings.sync_all()?;
        self.log.append(self.told.len() as u64, &[opening.commitment().leaf()])?;
        self.told.push(decision(&entry, name));
        Ok(())
    }
}

/// What a record tells who only reads it: nothing is mended, and a line that is being written is left
/// out.
pub(super) struct Told {
    /// What was recorded.
    pub(super) decisions: Vec<Decision>,
    /// Size and root of the log as it is signed, of which the decisions are the leaves.
    pub(super) head: Head,
    /// The key that others check the log with.
    pub(super) verifier: String,
}

impl Told {
    /// Reads the record of a folder and holds it to its log.
    pub(super) fn read(folder: &Path, origin: &str) -> Result<Self, RecordError> {
        let verifier = fs::read_to_string(folder.join("log.vkey"))?;
        let head = signed_head(folder, origin, &verifier)?;
        let text = fs::read_to_string(folder.join("openings.jsonl"))?;
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        let (mut decisions, mut range) = (Vec::new(), CompactRange::empty());
        for (number, line) in (1..).zip(text[..whole].lines()) {
            let (leaf, decision) = read(line).ok_or(RecordError::Opening(number))?;
            // What is not signed yet is not told yet.
            if range.size() < head.size {
                range.push(leaf_hash(&leaf), |_, _| ());
                decisions.push(decision);
            }
        }
        if range.head() == head {
            Ok(Self { decisions, head, verifier })
        } else {
            Err(RecordError::Opening(decisions.len()))
        }
    }
}

/// The head that the log of a folder signed last.
fn signed_head(folder: &Path, origin: &str, verifier: &str) -> Result<Head, RecordError> {
    let key: VerifierKey = verifier.trim().parse().map_err(|_| RecordError::Key)?;
    let trusted = Trusted::new(origin, [key], []).map_err(|_| RecordError::Key)?;
    let checkpoint = fs::read(folder.join("log").join(CHECKPOINT))?;
    let signed = trusted.open(&checkpoint).map_err(|_| RecordError::Checkpoint)?;
    Ok(signed.head())
}

fn read(line: &str) -> Option<([u8; 33], Decision)> {
    let line: Line = serde_json::from_str(line).ok()?;
    let opening = Opening::from_bytes(&hex::decode(&line.opening).ok()?)?;
    let entry = opening.entry().ok()?;
    let salt = Salt(hex::decode(&line.salt).ok()?.try_into().ok()?);
    let same = salt.commit(Subject::Actor, line.actor.as_bytes()) == entry.actor.account;
    same.then(|| (opening.commitment().leaf(), decision(&entry, &line.actor)))
}

fn decision(entry: &Entry, actor: &str) -> Decision {
    Decision {
        at: entry.at,
        actor: actor.to_owned(),
        what: entry.purpose.clone(),
        facts: entry.fields.clone(),
    }
}

fn open_key(path: &Path, origin: &str, world: &dyn World) -> Result<LocalKey, RecordError> {
    let seed = match vault::read_private(path, MOST_KEY) {
        Ok(text) => {
            hex::decode(text.expose().trim_ascii()).ok().and_then(|seed| seed.try_into().ok())
        }
        Err(KeyFileError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
            let mut seed = [0; 32];
            world.fill(&mut seed);
            files::replace(path, hex::encode(seed).as_bytes(), 0o600)?;
            Some(seed)
        }
        Err(KeyFileError::Io(error)) => return Err(error.into()),
        Err(_) => return Err(RecordError::OpenKey),
    };
    let seed: [u8; 32] = seed.ok_or(RecordError::Key)?;
    LocalKey::from_seed(origin, Algorithm::Ed25519, &seed).map_err(|_| RecordError::Key)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use ledger::auditor::{Terms, audit};

    use super::*;
    use crate::takedown::fixture::Played;

    const ORIGIN: &str = "files.example/takedown/1";

    fn recorded(folder: &Path, world: &Played, number: usize) -> Decisions {
        let mut decisions = Decisions::open(folder, ORIGIN, world).unwrap();
        for _ in decisions.told().len()..number {
            let facts = vec!["addresses: 7".to_owned()];
            decisions.record(("first person", "asha"), "ordered", facts, world).unwrap();
        }
        decisions
    }

    fn believed(folder: &Path, verifier: &str) -> bool {
        let trusted = Trusted::new(ORIGIN, [verifier.parse().unwrap()], []).unwrap();
        let terms = Terms { trusted: &trusted, since: None, others: &[], quorum: 0, fresh: None };
        let report = audit(&Directory::new(folder.join("log")), &terms).unwrap();
        report.findings.is_empty()
    }

    #[test]
    fn what_is_recorded_is_read_again_and_audits() {
        let (folder, world) = (tempfile::tempdir().unwrap(), Played::default());
        let written = recorded(folder.path(), &world, 3).told().to_vec();
        let again = Decisions::open(folder.path(), ORIGIN, &world).unwrap();
        assert_eq!(again.told(), written);
        assert_eq!(again.told()[2].fact("addresses"), Some("7"));
        assert!(believed(folder.path(), again.verifier()));
        let log = fs::read(folder.path().join("log/tile/entries/000.p/3")).unwrap();
        assert!(!log.windows(4).any(|bytes| bytes == b"asha"));
    }

    /// The file is cut in many places: a kill between any two bytes leaves a record that goes on.
    #[test]
    fn a_record_goes_on_after_a_kill_at_any_byte() {
        let (folder, world) = (tempfile::tempdir().unwrap(), Played::default());
        drop(recorded(folder.path(), &world, 1));
        let openings = folder.path().join("openings.jsonl");
        let before = fs::metadata(&openings).unwrap().len();
        let copy = tempfile::tempdir().unwrap();
        let length = usize::try_from(before).unwrap();
        for cut in (0..length).step_by(13).chain([length - 1, length]) {
            let place = copy.path().join(cut.to_string());
            copy_folder(folder.path(), &place);
            // What the next entry would have written, as far as it came.
            let text = fs::read_to_string(&openings).unwrap();
            let next = text.lines().last().unwrap().to_owned() + "\n";
            let next = &next.as_bytes()[..next.len().min(cut)];
            let mut file =
                OpenOptions::new().append(true).open(place.join("openings.jsonl")).unwrap();
            file.write_all(next).unwrap();
            let open = Decisions::open(&place, ORIGIN, &world).unwrap();
            let whole = next.ends_with(b"\n");
            assert_eq!(open.told().len(), 1 + usize::from(whole), "{cut}");
            assert!(believed(&place, open.verifier()));
            if !whole {
                assert_eq!(fs::metadata(place.join("openings.jsonl")).unwrap().len(), before);
            }
        }
    }

    #[test]
    fn a_key_that_others_may_read_signs_nothing() {
        let (folder, world) = (tempfile::tempdir().unwrap(), Played::default());
        drop(recorded(folder.path(), &world, 1));
        let key = folder.path().join("log.key");
        fs::set_permissions(key, fs::Permissions::from_mode(0o640)).unwrap();
        let opened = Decisions::open(folder.path(), ORIGIN, &world);
        assert!(matches!(opened, Err(RecordError::OpenKey)));
    }

    #[test]
    fn a_record_that_was_changed_does_not_open() {
        let (folder, world) = (tempfile::tempdir().unwrap(), Played::default());
        drop(recorded(folder.path(), &world, 3));
        let openings = folder.path().join("openings.jsonl");
        let text = fs::read_to_string(&openings).unwrap();
        let lines: Vec<_> = text.lines().collect();
        for changed in [
            text.replacen("asha", "usha", 1),
            format!("{}\n{}\n", lines[0], lines[1]),
            format!("{}\n{}\n{}\n", lines[1], lines[0], lines[2]),
            text.replacen("opening\":\"0", "opening\":\"1", 1)
                .replacen("opening\":\"a", "opening\":\"b", 1)
                .replacen('5', "6", 1),
        ] {
            fs::write(&openings, changed).unwrap();
            let opened = Decisions::open(folder.path(), ORIGIN, &world);
            assert!(matches!(opened, Err(RecordError::Opening(_))));
        }
    }

    fn copy_folder(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let place = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy_folder(&entry.path(), &place);
            } else {
                fs::copy(entry.path(), place).unwrap();
            }
        }
    }
}
