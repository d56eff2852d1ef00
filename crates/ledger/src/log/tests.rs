use std::{cell::Cell, rc::Rc};

use proptest::prelude::*;

use super::*;
use crate::{
    fixture::{Memory, ORIGIN, audited, key, leaves},
    merkle::{leaf_hash, verify_consistency, verify_inclusion},
    note::LocalKey,
};

#[test]
fn what_is_appended_is_integrated_signed_and_provable_at_once() {
    let memory = Memory::default();
    let mut log = Log::open(memory.clone(), key()).unwrap();
    assert_eq!(log.head(), Head::empty());
    let mut heads = vec![log.head()];
    for (from, to) in [(0, 1), (1, 100), (100, 256), (256, 257), (257, 900), (900, 70_000)] {
        let head = log.append(from, &leaves(from, to)).unwrap();
        assert_eq!(head, audited(&memory));
        assert_eq!(head.size, to);
        heads.push(head);
    }
    let head = log.head();
    let mut reader = TileReader::open(&memory, head).unwrap();
    for old in heads {
        let proof = reader.consistency(old.size).unwrap();
        assert_eq!(verify_consistency(old, head, &proof), Ok(()));
    }
    let proof = reader.inclusion(69_999).unwrap();
    let leaf = leaf_hash(b"leaf 69999");
    assert_eq!(verify_inclusion(leaf, 69_999, 70_000, &proof, head.root), Ok(()));
    drop(log);
    let log = Log::open(memory, key()).unwrap();
    assert_eq!(log.head(), head);
}

#[test]
fn batches_of_any_sizes_give_the_same_files() {
    let files = |batches: &[u64]| {
        let memory = Memory::default();
        let mut log = Log::open(memory.clone(), key()).unwrap();
        let mut from = 0;
        for batch in batches {
            log.append(from, &leaves(from, from + batch)).unwrap();
            from += batch;
        }
        let files = memory.files.borrow().clone();
        let full = |path: &&String| !path.contains(".p/");
        let kept: Vec<_> = files.keys().filter(full).map(|path| files[path].clone()).collect();
        (kept, log.head())
    };
    let one_by_one = files(&[1; 600]);
    assert_eq!(one_by_one, files(&[600]));
    assert_eq!(one_by_one, files(&[255, 2, 300, 43]));
}

#[test]
fn a_batch_may_be_given_again_and_must_be_the_same() {
    let memory = Memory::default();
    let mut log = Log::open(memory.clone(), key()).unwrap();
    let head = log.append(0, &leaves(0, 300)).unwrap();
    let before = memory.files.borrow().clone();
    assert_eq!(log.append(0, &leaves(0, 300)).unwrap(), head);
    assert_eq!(log.append(250, &leaves(250, 260)).unwrap(), head);
    assert_eq!(log.append(300, &leaves(300, 300)).unwrap(), head);
    assert_eq!(*memory.files.borrow(), before);
    assert_eq!(log.append(290, &leaves(290, 310)).unwrap().size, 310);
    assert_eq!(audited(&memory).size, 310);
    assert!(matches!(log.append(311, &leaves(311, 312)), Err(LogError::Gap(310))));
    assert!(matches!(log.append(256, &leaves(257, 258)), Err(LogError::OtherLeaf(256))));
    let mixed = [leaves(309, 310), leaves(400, 401), leaves(311, 312)].concat();
    assert!(matches!(log.append(308, &mixed), Err(LogError::OtherLeaf(308))));
    let long = [vec![0; MOST_ENTRY + 1]];
    assert!(matches!(log.append(310, &long), Err(LogError::TooLong)));
    assert_eq!(audited(&memory).size, 310);
}

/// Cuts the power at each write of a batch in turn.
#[test]
fn wherever_the_power_goes_the_published_log_adds_up_and_the_batch_may_be_given_again() {
    for (start, end) in [(0, 3), (10, 300), (250, 1000), (256, 257)] {
        let mut cut = 0;
        loop {
            let memory = Memory::default();
            let mut log = Log::open(memory.clone(), key()).unwrap();
            log.append(0, &leaves(0, start)).unwrap();
            let before = log.head();
            memory.writes_left.set(Some(cut));
            let appended = log.append(start, &leaves(start, end));
            memory.writes_left.set(None);
            if appended.is_ok() {
                assert!(cut > 3, "{cut}");
                break;
            }
            // What is published is the old log or the new one, whole.
            let published = audited(&memory);
            assert!(published == before || published.size == end);
            // The same process goes on, or another one after a start.
            if cut % 2 == 0 {
                drop(log);
                log = Log::open(memory.clone(), key()).unwrap();
                let promised = memory.promise.borrow().clone().unwrap();
                assert_eq!(audited(&memory).size, Checkpoint::parse(&promised).unwrap().head.size);
                assert_eq!(log.append(start, &leaves(start, end)).unwrap().size, end);
            } else if let Err(error) = log.append(start, &leaves(start, end)) {
                // It cannot know whether its promise went down, and does not guess.
                assert!(matches!(error, LogError::Overtaken));
                log = Log::open(memory.clone(), key()).unwrap();
                log.append(start, &leaves(start, end)).unwrap();
            }
            let head = audited(&memory);
            let proof = TileReader::open(&memory, head).unwrap().consistency(start).unwrap();
            assert_eq!(verify_consistency(before, head, &proof), Ok(()));
            assert_eq!(log.append(end, &leaves(end, end + 5)).unwrap().size, end + 5);
            cut += 1;
        }
    }
}

/// After a crash the same place may be filled by another batch: nothing was promised about it.
#[test]
fn files_that_were_never_promised_may_be_written_over() {
    let memory = Memory::default();
    let mut log = Log::open(memory.clone(), key()).unwrap();
    log.append(0, &leaves(0, 300)).unwrap();
    memory.writes_left.set(Some(2));
    let other: Vec<_> = (0..300).map(|number| format!("other {number}")).collect();
    assert!(log.append(300, &other).is_err());
    memory.writes_left.set(None);
    let mut log = Log::open(memory.clone(), key()).unwrap();
    log.append(300, &leaves(300, 600)).unwrap();
    assert_eq!(audited(&memory).size, 600);
}

#[test]
fn two_processes_cannot_both_promise() {
    let memory = Memory::default();
    let mut first = Log::open(memory.clone(), key()).unwrap();
    let mut second = Log::open(memory.clone(), key()).unwrap();
    first.append(0, &leaves(0, 10)).unwrap();
    let other: Vec<_> = (0..10).map(|number| format!("other {number}")).collect();
    assert!(matches!(second.append(0, &other), Err(LogError::Overtaken)));
    assert_eq!(second.head(), Head::empty());
    // A slow one does not publish an older checkpoint over a newer one, either.
    assert!(matches!(second.publish_with(&[]), Err(LogError::Overtaken)));
    assert_eq!(audited(&memory).size, 10);
    assert!(first.append(10, &leaves(10, 20)).is_ok());
}

#[test]
fn a_log_whose_files_do_not_add_up_does_not_open() {
    let memory = Memory::default();
    let mut log = Log::open(memory.clone(), key()).unwrap();
    log.append(0, &leaves(0, 300)).unwrap();
    let whole = memory.files.borrow().clone();
    for path in ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"] {
        memory.files.borrow_mut().get_mut(path).unwrap()[5] ^= 1;
        assert!(matches!(Log::open(memory.clone(), key()), Err(LogError::Damaged(_))), "{path}");
        *memory.files.borrow_mut() = whole.clone();
    }
    let promise = memory.promise.borrow().clone();
    for text in ["", "example.org/other\n0\n", "example.org/accesses\n5\n"] {
        *memory.promise.borrow_mut() = Some(text.to_owned());
        assert!(matches!(Log::open(memory.clone(), key()), Err(LogError::Promise(_))));
    }
    *memory.promise.borrow_mut() = promise;
    let other = LocalKey::from_seed("example.org/other", Algorithm::Ed25519, &[1; 32]).unwrap();
    let refused = Log::open(memory.clone(), other);
    assert!(matches!(refused, Err(LogError::Promise(CheckpointError::OtherLog))));
    let cosigner = LocalKey::from_seed(ORIGIN, Algorithm::CosignatureV1, &[1; 32]).unwrap();
    assert!(matches!(Log::open(memory.clone(), cosigner), Err(LogError::OtherKey)));
    assert!(Log::open(memory, key()).is_ok());
}

/// A tree in memory that went wrong, by a fault of ours or of the machine, is not signed.
#[test]
fn a_tree_that_does_not_begin_with_the_promised_one_is_not_signed() {
    let memory = Memory::default();
    let mut log = Log::open(memory.clone(), key()).unwrap();
    log.append(0, &leaves(0, 300)).unwrap();
    let mut roots = log.range.roots().to_vec();
    roots[0].0[7] ^= 1;
    log.range = CompactRange::of(300, roots).unwrap();
    assert!(matches!(log.append(300, &leaves(300, 310)), Err(LogError::Inconsistent)));
    let mut log = Log::open(memory.clone(), key()).unwrap();
    let mut longer = log.range.clone();
    longer.push(leaf_hash(b"never given"), |_, _| {});
    log.range = longer;
    assert!(matches!(log.append(300, &leaves(300, 310)), Err(LogError::Inconsistent)));
    assert_eq!(audited(&memory).size, 300);
}

/// A key that is away for a while.
struct Away(LocalKey, Rc<Cell<bool>>);

impl SigningKey for Away {
    fn verifier(&self) -> &crate::note::VerifierKey {
        self.0.verifier()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SigningError> {
        if self.1.get() { Err(SigningError) } else { self.0.sign(message) }
    }
}

#[test]
fn while_the_key_is_away_the_old_checkpoint_stands_and_then_the_promised_one_is_signed() {
    let (memory, away) = (Memory::default(), Rc::new(Cell::new(false)));
    let mut log = Log::open(memory.clone(), Away(key(), Rc::clone(&away))).unwrap();
    log.append(0, &leaves(0, 10)).unwrap();
    away.set(true);
    assert!(matches!(log.append(10, &leaves(10, 20)), Err(LogError::Signing(_))));
    assert_eq!(log.checkpoint(), None);
    assert_eq!(audited(&memory).size, 10);
    assert!(Log::open(memory.clone(), Away(key(), Rc::clone(&away))).is_err());
    away.set(false);
    assert_eq!(log.append(10, &leaves(10, 20)).unwrap().size, 20);
    assert_eq!(audited(&memory).size, 20);
}

#[test]
fn what_witnesses_signed_is_published_and_kept_over_a_start() {
    let memory = Memory::default();
    let mut log = Log::open(memory.clone(), key()).unwrap();
    log.append(0, &leaves(0, 10)).unwrap();
    let text = Checkpoint::new(ORIGIN, log.head()).text();
    let witness = LocalKey::from_seed("example.org/w", Algorithm::CosignatureV1, &[2; 32]).unwrap();
    let cosignature = witness.sign_note(&text, 60).unwrap();
    log.publish_with(std::slice::from_ref(&cosignature)).unwrap();
    let log = Log::open(memory.clone(), key()).unwrap();
    assert!(log.checkpoint().unwrap().ends_with(&cosignature.line()));
    assert_eq!(audited(&memory).size, 10);
}

proptest! {
    #[test]
    fn however_batches_fall_each_tree_begins_with_the_one_before(
        batches in prop::collection::vec(0_u64..400, 1..6),
    ) {
        let memory = Memory::default();
        let mut log = Log::open(memory.clone(), key()).unwrap();
        let (mut from, mut old) = (0, log.head());
        for batch in batches {
            let head = log.append(from, &leaves(from, from + batch)).unwrap();
            from += batch;
            let mut reader = TileReader::open(&memory, head).unwrap();
            let proof = reader.consistency(old.size).unwrap();
            prop_assert_eq!(verify_consistency(old, head, &proof), Ok(()));
            old = head;
        }
        prop_assert_eq!(audited(&memory), old);
    }
}
