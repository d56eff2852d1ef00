//! A log whose checkpoints are published with the signatures of witnesses below them: what it
//! promised last, what a witness is asked, and what is published of the answers. Asking is the
//! caller's.

use crate::{
    checkpoint::{Checkpoint, CheckpointError, Signed, Trusted},
    directory::Directory,
    log::{LogError, Storage},
    merkle::Head,
    note::{KeyRing, MOST_BYTES, Signature, SigningKey, note},
    source::{Source, SourceError},
    tiles::{CHECKPOINT, TilePath, reader::TileReader},
    witness::Request,
};

/// When the checkpoints of a log are published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Publishing {
    /// As soon as they are signed.
    #[default]
    AtOnce,
    /// Not by the log: by whoever has them cosigned, with [`Witnessed::publish`].
    Cosigned,
}

/// The files of a log below a folder, published in one way or the other.
#[derive(Clone, Debug)]
pub struct Files {
    /// The folder.
    pub folder: Directory,
    /// When they are published.
    pub publishing: Publishing,
}

impl Source for Files {
    fn read(&self, path: &str, most: usize) -> Result<Option<Vec<u8>>, SourceError> {
        self.folder.read(path, most)
    }
}

impl Storage for Files {
    fn promised(&self) -> Result<Option<String>, SourceError> {
        self.folder.promised()
    }

    fn commit(
        &self,
        last: Option<&str>,
        next: &str,
        files: &[(TilePath, Vec<u8>)],
    ) -> Result<bool, SourceError> {
        self.folder.commit(last, next, files)
    }

    fn publish(&self, promised: &str, checkpoint: &str) -> Result<bool, SourceError> {
        match self.publishing {
            Publishing::AtOnce => self.folder.publish(promised, checkpoint),
            Publishing::Cosigned => Ok(self.folder.promised()?.as_deref() == Some(promised)),
        }
    }
}

/// What a log promised last, signed by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promised {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// The signature of the log.
    pub own: Signature,
}

impl Promised {
    /// The size and root.
    pub const fn head(&self) -> Head {
        self.checkpoint.head
    }

    /// The checkpoint with the log's signature and others below it.
    pub fn note<'a>(&'a self, others: impl IntoIterator<Item = &'a Signature>) -> String {
        note(&self.checkpoint.text(), [&self.own].into_iter().chain(others))
    }
}

/// A log in a folder, with the key that it signs with.
pub struct Witnessed<K> {
    folder: Directory,
    key: K,
}

impl<K: SigningKey> Witnessed<K> {
    /// The log of a folder.
    pub const fn new(folder: Directory, key: K) -> Self {
        Self { folder, key }
    }

    /// The log's origin.
    pub fn origin(&self) -> &str {
        self.key.verifier().name()
    }

    /// What it promised last; none if it is not begun. Signing it again gives the same signature, and
    /// it is never taken back: to sign it is to publish it sooner.
    ///
    /// # Errors
    ///
    /// [`LogError`] if it cannot be read, is of another log, or cannot be signed.
    pub fn promised(&self) -> Result<Option<Promised>, LogError> {
        let Some(text) = self.folder.promised()? else { return Ok(None) };
        let checkpoint = Checkpoint::parse(&text).map_err(LogError::Promise)?;
        if checkpoint.origin != self.origin() {
            return Err(LogError::Promise(CheckpointError::OtherLog));
        }
        let own = self.key.sign_note(&text, 0)?;
        Ok(Some(Promised { checkpoint, own }))
    }

    /// The body of a request to a witness that cosigned the first `old` leaves last.
    ///
    /// # Errors
    ///
    /// [`LogError::Damaged`] if the files do not lead to what was promised, or it is smaller.
    pub fn request(&self, promised: &Promised, old: u64) -> Result<Vec<u8>, LogError> {
        let head = promised.head();
        let mut reader = TileReader::open(&self.folder, head).map_err(LogError::Damaged)?;
        let proof = match old {
            0 => Vec::new(),
            old => reader.consistency(old).map_err(LogError::Damaged)?,
        };
        Ok(Request { old, proof, checkpoint: promised.note([]).into_bytes() }.to_body())
    }

    /// Publishes what was promised, with what witnesses signed below it; false and nothing if a later
    /// checkpoint is published already. A caller verifies the signatures with
    /// [`crate::witness::cosignatures`].
    ///
    /// # Errors
    ///
    /// [`LogError::Storage`] if it cannot be written.
    pub fn publish<'a>(
        &self,
        promised: &'a Promised,
        cosignatures: impl IntoIterator<Item = &'a Signature>,
    ) -> Result<bool, LogError> {
        Ok(self.folder.publish_earlier(&promised.note(cosignatures))?)
    }

    /// The checkpoint that is published, and whose witnesses' signatures are below it; none if there
    /// is none.
    ///
    /// # Errors
    ///
    /// [`LogError`] if it cannot be read, or the log did not sign it.
    pub fn published(&self, witnesses: &KeyRing) -> Result<Option<Signed>, LogError> {
        let Some(file) = self.folder.read(CHECKPOINT, MOST_BYTES)? else { return Ok(None) };
        let keys = witnesses.keys().iter().cloned();
        let trusted = Trusted::new(self.origin(), [self.key.verifier().clone()], keys);
        let trusted = trusted.map_err(|_| LogError::Promise(CheckpointError::NotByLog))?;
        trusted.open(&file).map(Some).map_err(LogError::Promise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fixture::{ORIGIN, audited, key, leaves},
        log::Log,
        merkle::{Hash, verify_consistency},
        note::{Algorithm, LocalKey},
    };

    fn witness() -> LocalKey {
        LocalKey::from_seed("witness.example/w1", Algorithm::CosignatureV1, &[2; 32]).unwrap()
    }

    fn withheld(folder: &Directory) -> Files {
        Files { folder: folder.clone(), publishing: Publishing::Cosigned }
    }

    #[test]
    fn what_is_withheld_is_published_once_it_is_cosigned() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::new(folder.path());
        let log = Witnessed::new(directory.clone(), key());
        assert_eq!(log.promised().unwrap(), None);
        let mut writer = Log::open(withheld(&directory), key()).unwrap();
        writer.append(0, &leaves(0, 300)).unwrap();
        assert!(directory.read(CHECKPOINT, MOST_BYTES).unwrap().is_none());
        let ring = KeyRing::new([witness().verifier().clone()]).unwrap();
        assert!(log.published(&ring).unwrap().is_none());

        let early = log.promised().unwrap().unwrap();
        let cosigned = witness().sign_note(&early.checkpoint.text(), 7).unwrap();
        writer.append(300, &leaves(300, 600)).unwrap();
        // The log went on while the witness was asked.
        assert!(log.publish(&early, [&cosigned]).unwrap());
        assert_eq!(audited(&directory).size, 300);
        let signed = log.published(&ring).unwrap().unwrap();
        assert_eq!(signed.note().signed().len(), 2);
        let late = log.promised().unwrap().unwrap();
        assert_eq!((late.head().size, late.checkpoint.origin.as_str()), (600, ORIGIN));
        assert!(log.publish(&late, []).unwrap());
        assert!(!log.publish(&early, [&cosigned]).unwrap(), "it never goes back");
        assert_eq!(audited(&directory).size, 600);
        // Who opens the log again publishes nothing and takes nothing back.
        drop(Log::open(withheld(&directory), key()).unwrap());
        assert_eq!(audited(&directory).size, 600);
        let beyond = Checkpoint::new(ORIGIN, Head { size: 601, root: Hash([0; 32]) });
        let own = key().sign_note(&beyond.text(), 0).unwrap();
        assert!(!log.publish(&Promised { checkpoint: beyond, own }, []).unwrap());
    }

    #[test]
    fn a_request_proves_that_the_log_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::new(folder.path());
        let mut writer = Log::open(withheld(&directory), key()).unwrap();
        writer.append(0, &leaves(0, 300)).unwrap();
        let old = writer.head();
        writer.append(300, &leaves(300, 700)).unwrap();
        let log = Witnessed::new(directory, key());
        let promised = log.promised().unwrap().unwrap();
        let request = Request::parse(&log.request(&promised, 300).unwrap()).unwrap();
        assert_eq!(request.old, 300);
        verify_consistency(old, promised.head(), &request.proof).unwrap();
        let first = Request::parse(&log.request(&promised, 0).unwrap()).unwrap();
        assert_eq!(first.proof, []);
        assert_eq!(first.checkpoint, promised.note([]).into_bytes());
        assert!(log.request(&promised, 701).is_err());
    }
}
