mod damage;
mod lies;

use std::collections::BTreeMap;

use super::*;
use crate::{
    checkpoint::Checkpoint,
    fixture::{Memory, ORIGIN, key, leaves},
    log::Log,
    note::{Algorithm, LocalKey, Note, SigningKey, VerifierKey, note},
    tiles::{
        TilePath, WIDTH, decode_bundle, encode_hashes, push_entry,
        reader::{edge_paths, edge_range},
    },
};

type Files = BTreeMap<String, Vec<u8>>;

fn witness(number: u8) -> LocalKey {
    let name = format!("witness.example/w{number}");
    LocalKey::from_seed(&name, Algorithm::CosignatureV1, &[100 + number; 32]).unwrap()
}

fn witnesses() -> [VerifierKey; 3] {
    [1, 2, 3].map(|number| witness(number).verifier().clone())
}

fn trusted() -> Trusted {
    Trusted::new(ORIGIN, [key().verifier().clone()], witnesses()).unwrap()
}

/// The files of a log after some batches; the witnesses cosign each checkpoint at its size.
fn log_of(leaves: &[Vec<u8>], batches: &[usize]) -> Files {
    let memory = Memory::default();
    let mut log = Log::open(memory.clone(), key()).unwrap();
    let mut from = 0;
    for to in batches {
        log.append(from as u64, &leaves[from..*to]).unwrap();
        from = *to;
    }
    let files = memory.files.borrow().clone();
    cosigned(files, &[1, 2], from as u64)
}

fn log(batches: &[usize]) -> Files {
    log_of(&leaves(0, *batches.last().unwrap() as u64), batches)
}

/// The same log with cosignatures of some witnesses, of one time.
fn cosigned(mut files: Files, by: &[u8], at: u64) -> Files {
    let text = Note::parse(&files[CHECKPOINT]).unwrap().unverified_text().to_owned();
    let own = key().sign_note(&text, 0).unwrap();
    let lines = by.iter().map(|number| witness(*number).sign_note(&text, at).unwrap());
    let lines: Vec<_> = [own].into_iter().chain(lines).collect();
    files.insert(CHECKPOINT.to_owned(), note(&text, &lines).into_bytes());
    files
}

fn found_by(files: &Files, terms: &Terms<'_>) -> Vec<&'static str> {
    let report = audit(files, terms).unwrap();
    report.findings.iter().map(Finding::name).collect()
}

/// What is found by who kept nothing and knows no witnesses.
fn findings(files: &Files) -> Vec<Finding> {
    let trusted = trusted();
    let terms = Terms { trusted: &trusted, since: None, others: &[], quorum: 0, fresh: None };
    audit(files, &terms).unwrap().findings
}

/// What is found by who kept a checkpoint.
fn since(files: &Files, kept: &Files) -> Vec<&'static str> {
    let trusted = trusted();
    let since = Some(kept[CHECKPOINT].as_slice());
    found_by(files, &Terms { trusted: &trusted, since, others: &[], quorum: 0, fresh: None })
}

fn entries(files: &Files, path: &str) -> Vec<Vec<u8>> {
    decode_bundle(&files[path]).unwrap().into_iter().map(<[u8]>::to_vec).collect()
}

fn set_entries(files: &mut Files, path: &str, entries: &[Vec<u8>]) {
    let mut bundle = Vec::new();
    for entry in entries {
        push_entry(&mut bundle, entry);
    }
    files.insert(path.to_owned(), bundle);
}

#[test]
fn an_honest_log_is_believed_from_any_checkpoint_to_any_later_one() {
    let sizes = [1, 255, 256, 300, 1000, 1281];
    let logs: Vec<_> = (1..=sizes.len()).map(|number| log(&sizes[..number])).collect();
    let trusted = trusted();
    for (later, files) in logs.iter().enumerate() {
        assert_eq!(findings(files), []);
        for kept in &logs[..=later] {
            let others: Vec<_> = logs[..=later].iter().map(|log| log[CHECKPOINT].clone()).collect();
            let size = sizes[later] as u64;
            let terms = Terms {
                trusted: &trusted,
                since: Some(&kept[CHECKPOINT]),
                others: &others,
                quorum: 2,
                fresh: Some(Fresh { now: size + 60, most_age: 60 }),
            };
            let report = audit(files, &terms).unwrap();
            assert_eq!(report.findings, []);
            let (since, found) = (report.since.unwrap().size, report.found.unwrap().size);
            assert_eq!((report.leaves, found), (size - since, size));
            assert_eq!(report.cosigned, 2);
        }
    }
    let empty = log(&[0]);
    assert_eq!(findings(&empty), []);
    assert_eq!(since(&logs[3], &empty), [""; 0]);
}

#[test]
fn what_cannot_be_judged_is_no_finding() {
    let (files, trusted) = (log(&[300]), trusted());
    let terms = |since, others| Terms { trusted: &trusted, since, others, quorum: 0, fresh: None };
    let nothing = Files::new();
    let error = audit(&nothing, &terms(None, &[])).unwrap_err();
    assert!(matches!(error, AuditError::NoCheckpoint));
    let error = audit(&files, &terms(Some(b"nonsense"), &[])).unwrap_err();
    assert!(matches!(error, AuditError::Kept(_)));
    let other = [b"nonsense".to_vec()];
    let error = audit(&files, &terms(None, &other)).unwrap_err();
    assert!(matches!(error, AuditError::Other(_)));

    /// Files that are there until a path is asked for.
    struct Away(Files, &'static str);
    impl Source for Away {
        fn read(&self, path: &str, most: usize) -> Result<Option<Vec<u8>>, SourceError> {
            if path == self.1 {
                return Err(SourceError::Away("away".into()));
            }
            self.0.read(path, most)
        }
    }
    for path in [CHECKPOINT, "tile/0/000", "tile/1/000.p/1", "tile/entries/001.p/44"] {
        let error = audit(&Away(files.clone(), path), &terms(None, &[])).unwrap_err();
        assert!(matches!(error, AuditError::Source(_)), "{path}");
    }
}

/// Whoever has the log's key can sign any size, with tiles at the edge that lead to the root.
#[test]
fn a_size_that_no_log_has_does_not_keep_the_auditor() {
    for size in [(1 << 60) + 77, crate::merkle::MOST_LEAVES] {
        let (mut files, mut edge) = (Files::new(), Vec::new());
        for path in edge_paths(size) {
            let width = path.map_or(0, TilePath::width);
            let hashes = vec![crate::merkle::leaf_hash(b"made up"); width];
            files.extend(path.map(|path| (path.to_string(), encode_hashes(&hashes))));
            edge.push(hashes);
        }
        let root = edge_range(&edge, size).root();
        let text = Checkpoint::new(ORIGIN, Head { size, root }).text();
        let signed = note(&text, [&key().sign_note(&text, 0).unwrap()]);
        files.insert(CHECKPOINT.to_owned(), signed.into_bytes());
        assert_eq!(findings(&files).len(), MOST_FINDINGS);
        files.retain(|path, _| path == CHECKPOINT);
        assert!(!findings(&files).is_empty());
    }
    // A cut end of more files than are told is still one finding.
    let mut files = log(&[256 * 300]);
    files.retain(|path, _| {
        path.parse().is_ok_and(|path: TilePath| path.index() < 50) || path == CHECKPOINT
    });
    let found = findings(&files);
    assert_eq!(found, [Finding::Truncated { leaf: 50 * 256 }]);
}

#[test]
fn a_log_that_is_all_wrong_is_told_in_a_hundred_findings() {
    let size = 256 * 120;
    let mut files = log(&[size]);
    for index in 0..120 {
        files.get_mut(&format!("tile/entries/{index:03}")).unwrap()[9] ^= 1;
    }
    assert_eq!(findings(&files).len(), MOST_FINDINGS);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Whatever bit of whatever file that counts is flipped, something is found.
    #[test]
    fn no_flip_goes_unseen(
        file in proptest::prelude::any::<proptest::sample::Index>(),
        at in proptest::prelude::any::<proptest::sample::Index>(), bit in 0_u8..8,
    ) {
        let mut files = log(&[777]);
        let path = file.get(&files.keys().cloned().collect::<Vec<_>>()).clone();
        let bytes = files.get_mut(&path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let found = findings(&files);
        // Cosignatures of witnesses that are not asked for are unknown lines once they are changed.
        let line = path == CHECKPOINT && found.is_empty();
        if line {
            let now = audit(&files, &Terms {
                trusted: &trusted(), since: None, others: &[], quorum: 2, fresh: None,
            });
            proptest::prop_assert_eq!(now.unwrap().findings[0].name(), "unwitnessed");
        } else {
            proptest::prop_assert!(!found.is_empty(), "{} at {}", path, at);
        }
    }
}
