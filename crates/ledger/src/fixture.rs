//! What the tests of several modules share: a log in memory.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use crate::{
    checkpoint::Trusted,
    log::Storage,
    merkle::Head,
    note::{Algorithm, LocalKey, MOST_BYTES, SigningKey},
    source::{Source, SourceError},
    tiles::{CHECKPOINT, TilePath, WIDTH, reader::TileReader},
};

/// The log of the tests.
pub(crate) const ORIGIN: &str = "example.org/accesses";

/// Files in memory that stop being written after a number of writes, as when the power goes.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    pub(crate) files: Rc<RefCell<BTreeMap<String, Vec<u8>>>>,
    pub(crate) promise: Rc<RefCell<Option<String>>>,
    pub(crate) writes_left: Rc<Cell<Option<usize>>>,
}

impl Memory {
    fn spend(&self) -> Result<(), SourceError> {
        match self.writes_left.get() {
            Some(0) => Err(SourceError::Away("the power is gone".into())),
            left => {
                self.writes_left.set(left.map(|left| left - 1));
                Ok(())
            }
        }
    }

    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), SourceError> {
        self.spend()?;
        self.files.borrow_mut().insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }
}

impl Source for Memory {
    fn read(&self, path: &str, most: usize) -> Result<Option<Vec<u8>>, SourceError> {
        self.files.borrow().read(path, most)
    }
}

impl Storage for Memory {
    fn promised(&self) -> Result<Option<String>, SourceError> {
        Ok(self.promise.borrow().clone())
    }

    fn commit(
        &self,
        last: Option<&str>,
        next: &str,
        files: &[(TilePath, Vec<u8>)],
    ) -> Result<bool, SourceError> {
        if self.promise.borrow().as_deref() != last {
            return Ok(false);
        }
        for (path, bytes) in files {
            self.put(&path.to_string(), bytes)?;
        }
        self.spend()?;
        *self.promise.borrow_mut() = Some(next.to_owned());
        // The power may go after the write and before its answer.
        self.spend()?;
        Ok(true)
    }

    fn publish(&self, promised: &str, checkpoint: &str) -> Result<bool, SourceError> {
        let same = self.promise.borrow().as_deref() == Some(promised);
        if same {
            self.put(CHECKPOINT, checkpoint.as_bytes())?;
        }
        Ok(same)
    }
}

/// Its key.
pub(crate) fn key() -> LocalKey {
    LocalKey::from_seed(ORIGIN, Algorithm::Ed25519, &[1; 32]).unwrap()
}

/// Some of its leaves.
pub(crate) fn leaves(from: u64, to: u64) -> Vec<Vec<u8>> {
    (from..to).map(|number| format!("leaf {number}").into_bytes()).collect()
}

/// The head that the published checkpoint says, after everything it vouches for was read.
pub(crate) fn audited<S: Source>(storage: &S) -> Head {
    let file = storage.read(CHECKPOINT, MOST_BYTES).unwrap().unwrap();
    let trusted = Trusted::new(ORIGIN, [key().verifier().clone()], []).unwrap();
    let head = trusted.open(&file).unwrap().head();
    let mut reader = TileReader::open(storage, head).unwrap();
    for bundle in 0..head.size.div_ceil(WIDTH) {
        let entries = reader.entries(bundle).unwrap();
        let end = head.size.min((bundle + 1) * WIDTH);
        assert_eq!(entries, leaves(bundle * WIDTH, end));
    }
    head
}
