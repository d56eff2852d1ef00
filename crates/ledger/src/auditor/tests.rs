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
fn a_bit_flip_is_found_in_every_file_and_named_with_its_leaf() {
    let whole = log(&[300, 1281]);
    for (path, bytes) in &whole {
        // Tiles of the older checkpoint are not part of the newer one.
        let stale = path.contains(".p/44") || path == "tile/1/000.p/1";
        for at in [0, bytes.len() / 2, bytes.len() - 1].into_iter().filter(|_| !stale) {
            let mut files = whole.clone();
            files.get_mut(path).unwrap()[at] ^= 4;
            let found = findings(&files);
            assert_eq!(found.len(), 1, "{path} at {at}: {found:?}");
            match &found[0] {
                Finding::Altered { path: named, .. } => assert_eq!(named, path),
                Finding::ForgedCheckpoint => assert_eq!(path, CHECKPOINT),
                other => panic!("{other}"),
            }
        }
    }
    let mut files = whole.clone();
    let path = "tile/entries/002";
    let mut changed = entries(&files, path);
    changed[7][0] ^= 1;
    set_entries(&mut files, path, &changed);
    let altered = Finding::Altered { path: path.to_owned(), leaf: Some(519) };
    assert_eq!(findings(&files), std::slice::from_ref(&altered));
    assert_eq!(altered.to_string(), "tile/entries/002 was altered, at leaf 519");
    // A tile higher up, by the first leaf that its hash stands for.
    let mut files = whole.clone();
    files.get_mut("tile/1/000.p/5").unwrap()[3 * 32] ^= 1;
    let altered = Finding::Altered { path: "tile/1/000.p/5".to_owned(), leaf: Some(768) };
    assert_eq!(findings(&files), [altered]);
}

#[test]
fn a_deletion_is_named() {
    let whole = log(&[1281]);
    for (path, place) in [("tile/entries/001", 9), ("tile/entries/005.p/1", 0)] {
        let mut files = whole.clone();
        let mut left = entries(&files, path);
        left.remove(place);
        set_entries(&mut files, path, &left);
        let leaf = if place == 9 { 265 } else { 1280 };
        assert_eq!(findings(&files), [Finding::Deleted { path: path.to_owned(), leaf }]);
    }
    // All later entries move up, over the bundles.
    let (mut files, mut all) = (whole.clone(), leaves(0, 1281));
    all.remove(265);
    for (index, bundle) in all.chunks(256).enumerate() {
        let path = format!("tile/entries/{index:03}");
        set_entries(&mut files, &path, bundle);
    }
    files.remove("tile/entries/005.p/1");
    let found = findings(&files);
    let path = "tile/entries/001".to_owned();
    assert!(found.contains(&Finding::Deleted { path, leaf: 265 }), "{found:?}");
    assert!(found.contains(&Finding::Truncated { leaf: 1280 }), "{found:?}");
    // A whole file.
    for path in ["tile/entries/001", "tile/0/002", "tile/1/000.p/5", "tile/0/005.p/1"] {
        let mut files = whole.clone();
        files.remove(path);
        let expected = if path == "tile/0/005.p/1" {
            Finding::Truncated { leaf: 1280 }
        } else {
            Finding::MissingFile { path: path.to_owned() }
        };
        assert_eq!(findings(&files), [expected], "{path}");
    }
    let mut files = whole;
    let kept = files.clone();
    files.remove(CHECKPOINT);
    assert_eq!(since(&files, &kept), ["missing-file"]);
}

#[test]
fn a_reordering_is_named() {
    let whole = log(&[1281]);
    let path = "tile/entries/003";
    let mut files = whole.clone();
    let mut swapped = entries(&files, path);
    swapped.swap(5, 200);
    set_entries(&mut files, path, &swapped);
    let expected = Finding::Reordered { path: path.to_owned(), leaf: 773 };
    assert_eq!(findings(&files), [expected]);
    // Tiles in each other's place, with their bundles.
    let mut files = whole;
    for kind in ["0", "entries"] {
        let paths = [1, 2].map(|index| format!("tile/{kind}/{index:03}"));
        let bytes = paths.each_ref().map(|path| files[path].clone());
        files.insert(paths[0].clone(), bytes[1].clone());
        files.insert(paths[1].clone(), bytes[0].clone());
    }
    let found: Vec<_> = findings(&files).iter().map(Finding::name).collect();
    assert_eq!(found, ["altered"; 2]);
}

#[test]
fn an_insertion_is_named() {
    let whole = log(&[1281]);
    let path = "tile/entries/002";
    let mut files = whole.clone();
    let mut more = entries(&files, path);
    more.insert(9, b"never happened".to_vec());
    set_entries(&mut files, path, &more);
    let expected = [Finding::Inserted { path: path.to_owned(), leaf: 521 }];
    assert_eq!(findings(&files), expected);
    // The bundle keeps its length, and the last entry falls out.
    more.pop();
    set_entries(&mut files, path, &more);
    assert_eq!(findings(&files), expected);
}

#[test]
fn a_truncation_is_named() {
    let whole = log(&[1281]);
    let cut = |from: u64, kinds: &[&str]| {
        let mut files = whole.clone();
        files.retain(|path, _| {
            let Ok(tile) = path.parse::<TilePath>() else { return true };
            let first = tile.index() * WIDTH;
            let cut = kinds.iter().any(|kind| path.starts_with(kind));
            !cut || first < from
        });
        files
    };
    let all = ["tile/0/", "tile/entries/"];
    for kinds in [&all[..], &all[..1], &all[1..]] {
        assert_eq!(findings(&cut(768, kinds)), [Finding::Truncated { leaf: 768 }], "{kinds:?}");
    }
    // The tiles above the leaves with them.
    let mut files = cut(768, &all);
    files.remove("tile/1/000.p/5");
    assert_eq!(findings(&files), [Finding::Truncated { leaf: 768 }]);
}

#[test]
fn files_that_add_up_without_the_key_are_named() {
    let mut rewritten = leaves(0, 1281);
    rewritten[700] = b"never happened".to_vec();
    let (honest, mut files) = (log(&[1281]), log_of(&rewritten, &[1281]));
    files.insert(CHECKPOINT.to_owned(), honest[CHECKPOINT].clone());
    assert_eq!(findings(&files), [Finding::OtherRoot]);
}

#[test]
fn a_changed_or_foreign_checkpoint_is_named() {
    let whole = log(&[1281]);
    let text = |files: &Files| String::from_utf8(files[CHECKPOINT].clone()).unwrap();
    let with = |checkpoint: String| {
        let mut files = whole.clone();
        files.insert(CHECKPOINT.to_owned(), checkpoint.into_bytes());
        findings(&files).iter().map(Finding::name).collect::<Vec<_>>()
    };
    assert_eq!(with(text(&whole).replace("1281", "1280")), ["forged-checkpoint"]);
    assert_eq!(with("nonsense".to_owned()), ["altered"]);
    assert_eq!(with("x".repeat(MOST_BYTES + 1)), ["altered"]);

    // Re-signed with another key under the same name, and with the key of a witness only.
    let own = Note::parse(&whole[CHECKPOINT]).unwrap().unverified_text().to_owned();
    let stranger = LocalKey::from_seed(ORIGIN, Algorithm::Ed25519, &[9; 32]).unwrap();
    assert_eq!(with(note(&own, [&stranger.sign_note(&own, 0).unwrap()])), ["re-signed"]);
    assert_eq!(with(note(&own, [&witness(1).sign_note(&own, 5).unwrap()])), ["re-signed"]);
    // The checkpoint of another log of the same operator.
    let other = LocalKey::from_seed("example.org/other", Algorithm::Ed25519, &[1; 32]).unwrap();
    let text = own.replace(ORIGIN, "example.org/other");
    assert_eq!(with(note(&text, [&other.sign_note(&text, 0).unwrap()])), ["other-log"]);
    // An empty tree with another root.
    let text =
        Checkpoint::new(ORIGIN, Head { size: 0, root: crate::merkle::leaf_hash(b"") }).text();
    assert_eq!(with(note(&text, [&key().sign_note(&text, 0).unwrap()])), ["other-root"]);
}

#[test]
fn a_full_rewrite_with_all_keys_shows_by_a_kept_checkpoint_or_by_the_witnesses() {
    let kept = log(&[600]);
    for changed in [0, 300, 599] {
        let mut rewritten = leaves(0, 1281);
        rewritten[changed] = b"never happened".to_vec();
        // The operator has every key of the log, and none of a witness.
        let files = cosigned(log_of(&rewritten, &[600, 1281]), &[], 0);
        assert_eq!(since(&files, &kept), ["rewritten"], "leaf {changed}");
        let trusted = trusted();
        let terms = Terms { trusted: &trusted, since: None, others: &[], quorum: 2, fresh: None };
        assert_eq!(found_by(&files, &terms), ["unwitnessed"]);
        // One witness who went along does not make a quorum.
        assert_eq!(found_by(&cosigned(files.clone(), &[3], 1281), &terms), ["unwitnessed"]);
        // The twin: who kept nothing and knows no witness is deceived.
        assert_eq!(findings(&files), []);
    }
    // What came after the kept checkpoint could be rewritten as far as that one goes.
    let mut rewritten = leaves(0, 1281);
    rewritten[600] = b"never happened".to_vec();
    assert_eq!(since(&log_of(&rewritten, &[600, 1281]), &kept), [""; 0]);
}

#[test]
fn a_split_view_shows_by_what_others_were_shown() {
    let (ours, mut theirs) = (log(&[1000]), leaves(0, 1281));
    theirs[700] = b"only for them".to_vec();
    let trusted = trusted();
    for sizes in [&[800][..], &[1000], &[1281]] {
        let other = log_of(&theirs[..sizes[0]], sizes);
        let others = [other[CHECKPOINT].clone()];
        let terms =
            Terms { trusted: &trusted, since: None, others: &others, quorum: 2, fresh: None };
        let expected = if sizes[0] > 1000 { "rolled-back" } else { "split-view" };
        assert_eq!(found_by(&ours, &terms), [expected], "{sizes:?}");
        // The twin: without the others, either view is believed.
        assert_eq!((findings(&ours), findings(&other)), (vec![], vec![]));
    }
    // Kept by oneself, of the same size.
    assert_eq!(since(&ours, &log_of(&theirs, &[1000])), ["split-view"]);
    // Both views in one place: the later tree is not a continuation.
    let mut both = log_of(&theirs, &[1281]);
    both.insert(CHECKPOINT.to_owned(), ours[CHECKPOINT].clone());
    for (path, bytes) in &ours {
        both.entry(path.clone()).or_insert_with(|| bytes.clone());
    }
    let others = [log_of(&theirs, &[1281])[CHECKPOINT].clone()];
    let terms = Terms { trusted: &trusted, since: None, others: &others, quorum: 0, fresh: None };
    assert!(!found_by(&both, &terms).is_empty());
}

#[test]
fn a_rollback_to_a_backup_and_a_cut_end_signed_anew_show_by_a_kept_checkpoint() {
    let (backup, kept) = (log(&[600]), log(&[600, 1281]));
    assert_eq!(since(&backup, &kept), ["rolled-back"]);
    assert_eq!(findings(&backup), []);
    // The end cut off and signed anew at a size that was never published.
    let cut = cosigned(log(&[1280]), &[], 0);
    assert_eq!(since(&cut, &kept), ["rolled-back"]);
    assert_eq!(findings(&cut), []);
    let report = {
        let trusted = trusted();
        let since = Some(kept[CHECKPOINT].as_slice());
        let terms = Terms { trusted: &trusted, since, others: &[], quorum: 0, fresh: None };
        audit(&cut, &terms).unwrap()
    };
    assert_eq!(report.findings, [Finding::RolledBack { known: 1281, found: 1280 }]);
}

#[test]
fn a_replayed_checkpoint_shows_by_a_kept_one() {
    let (old, kept) = (log(&[600]), log(&[600, 1281]));
    let mut files = kept.clone();
    files.insert(CHECKPOINT.to_owned(), old[CHECKPOINT].clone());
    assert_eq!(since(&files, &kept), ["replayed"]);
    assert_eq!(findings(&files), []);
    // A shorter history that was never a part of the kept one.
    let mut rewritten = leaves(0, 600);
    rewritten[3] = b"never happened".to_vec();
    let other = log_of(&rewritten, &[600]);
    let mut files = kept.clone();
    files.extend(other);
    assert!(!since(&files, &kept).is_empty());
}

#[test]
fn a_stale_checkpoint_shows_by_its_cosignatures() {
    let files = cosigned(log(&[300]), &[1, 2], 1_000);
    let trusted = trusted();
    let at = |files: &Files, now, quorum| {
        let fresh = Some(Fresh { now, most_age: 60 });
        audit(files, &Terms { trusted: &trusted, since: None, others: &[], quorum, fresh })
            .unwrap()
            .findings
    };
    for quorum in [0, 1, 2] {
        assert_eq!(at(&files, 1_060, quorum), []);
        assert_eq!(at(&files, 1_061, quorum), [Finding::Stale { age: Some(61) }]);
    }
    // The twin: who does not ask for the time believes it.
    assert_eq!(findings(&files), []);
    // One fresh witness of two that are needed is not enough.
    let mixed = String::from_utf8(files[CHECKPOINT].clone()).unwrap();
    let text = Note::parse(mixed.as_bytes()).unwrap().unverified_text().to_owned();
    let fresh = mixed + &witness(3).sign_note(&text, 1_050).unwrap().line();
    let mut files = files;
    files.insert(CHECKPOINT.to_owned(), fresh.into_bytes());
    assert_eq!(at(&files, 1_100, 1), []);
    assert_eq!(at(&files, 1_100, 2), [Finding::Stale { age: Some(100) }]);
    // Nobody says when; or only a clock that is far ahead does.
    let bare = cosigned(files.clone(), &[], 0);
    assert_eq!(at(&bare, 1_000, 0), [Finding::Stale { age: None }]);
    let ahead = cosigned(files, &[1], 9_000);
    assert_eq!(at(&ahead, 1_000, 1), [Finding::Stale { age: None }]);
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
