//! What an operator does who has all keys of the log, and none of a witness.

use super::*;

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
