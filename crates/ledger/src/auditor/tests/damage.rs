//! What is done to the files without the keys.

use super::*;

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
