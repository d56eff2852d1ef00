use std::fs;

use super::*;
use crate::{
    fixture::{audited, key, leaves},
    log::{Log, LogError},
};

#[test]
fn a_folder_holds_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("deep/accesses");
    let directory = Directory::new(&place);
    let mut log = Log::open(directory.clone(), key()).unwrap();
    log.append(0, &leaves(0, 300)).unwrap();
    let mut second = Log::open(directory.clone(), key()).unwrap();
    second.append(300, &leaves(300, 600)).unwrap();
    assert!(matches!(log.append(300, &leaves(700, 710)), Err(LogError::Overtaken)));
    assert_eq!(audited(&directory).size, 600);
    let parts = ["checkpoint", "tile/0/001", "tile/entries/001", "tile/1/000.p/2", ".promised"];
    for part in parts {
        assert!(place.join(part).is_file(), "{part}");
    }
    for path in ["../x", "/etc/passwd", "tile/../../x", ".promised", "tile//0", ""] {
        assert!(directory.read(path, 10).is_err(), "{path}");
    }
    assert!(matches!(directory.read("tile/0/000", 100), Err(SourceError::TooLarge)));
    assert!(directory.read("tile/9/000", 100).unwrap().is_none());
    assert_eq!(Log::open(directory, key()).unwrap().head().size, 600);
}

/// Whatever cannot be written, the promise is never about it.
#[test]
fn tiles_are_there_before_the_promise_and_the_promise_before_the_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Directory::new(folder.path());
    let mut log = Log::open(directory.clone(), key()).unwrap();
    log.append(0, &leaves(0, 10)).unwrap();
    let promise = directory.promised().unwrap().unwrap();
    // A folder stands where the last tile of the batch goes.
    let in_the_way = folder.path().join("tile/0/000.p/20");
    fs::create_dir(&in_the_way).unwrap();
    assert!(matches!(log.append(10, &leaves(10, 20)), Err(LogError::Storage(_))));
    assert_eq!(directory.promised().unwrap().as_ref(), Some(&promise));
    assert_eq!(audited(&directory).size, 10);
    fs::remove_dir(&in_the_way).unwrap();
    // A folder stands where the checkpoint is made.
    let in_the_way = folder.path().join("checkpoint.new");
    fs::create_dir(&in_the_way).unwrap();
    assert!(matches!(log.append(10, &leaves(10, 20)), Err(LogError::Storage(_))));
    assert_ne!(directory.promised().unwrap(), Some(promise));
    assert_eq!(audited(&directory).size, 10);
    fs::remove_dir(&in_the_way).unwrap();
    assert_eq!(log.append(10, &leaves(10, 20)).unwrap().size, 20);
    assert_eq!(audited(&directory).size, 20);
}
