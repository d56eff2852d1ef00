#![expect(clippy::cast_possible_truncation, reason = "sizes in tests are small")]

use std::collections::BTreeMap;

use super::{reader::*, *};
use crate::{
    merkle::{
        Head, empty_root, leaf_hash, range::CompactRange, verify_consistency, verify_inclusion,
    },
    source::Source,
};

/// All files of a log with so many leaves, put together straight from the definition: each hash of a
/// tile is the root of its leaves.
fn files(size: u64) -> (BTreeMap<String, Vec<u8>>, Head) {
    let entry = |number: u64| format!("entry {number}").into_bytes();
    let mut rows = vec![(0..size).map(|number| leaf_hash(&entry(number))).collect::<Vec<_>>()];
    while let Some(row) = rows.last().filter(|row| row.len() >= 256) {
        let above = row.chunks_exact(256).map(|tile| {
            let mut range = CompactRange::empty();
            for hash in tile {
                range.push(*hash, |_, _| {});
            }
            range.root()
        });
        rows.push(above.collect());
    }
    let (mut files, mut range) = (BTreeMap::new(), CompactRange::empty());
    for hash in &rows[0] {
        range.push(*hash, |_, _| {});
    }
    for (level, row) in (0..).zip(&rows) {
        for path in TilePath::new_between(Kind::Hashes(level), 0, size) {
            let from = path.index() as usize * 256;
            let hashes = &row[from..from + path.width()];
            files.insert(path.to_string(), encode_hashes(hashes));
        }
    }
    for path in TilePath::new_between(Kind::Entries, 0, size) {
        let (mut bundle, from) = (Vec::new(), path.index() * 256);
        let entries = from..from + path.width() as u64;
        for number in entries {
            push_entry(&mut bundle, &entry(number));
        }
        files.insert(path.to_string(), bundle);
    }
    (files, range.head())
}

#[test]
fn a_tree_has_the_tiles_that_the_specification_counts() {
    let counted = |size| {
        let paths = (0..=MOST_LEVEL)
            .flat_map(move |level| TilePath::new_between(Kind::Hashes(level), 0, size));
        paths.map(|path| path.to_string()).collect::<Vec<_>>()
    };
    let paths = counted(70_000);
    assert_eq!(paths.len(), 273 + 1 + 1 + 1 + 1);
    for path in
        ["tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]
    {
        assert!(paths.contains(&path.to_owned()), "{path}");
    }
    assert_eq!(counted(256), ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(counted(1), ["tile/0/000.p/1"]);
    assert_eq!(counted(0), [""; 0]);
    let whole = TilePath::in_tree(Kind::Hashes(7), 0, MOST_LEAVES).unwrap();
    assert_eq!(whole.to_string(), "tile/7/000.p/127");
    assert!(TilePath::in_tree(Kind::Hashes(8), 0, MOST_LEAVES).is_none());
    assert!(TilePath::in_tree(Kind::Hashes(0), u64::MAX, MOST_LEAVES).is_none());
    assert!(TilePath::in_tree(Kind::Hashes(0), 0, u64::MAX).is_none());
}

#[test]
fn what_is_new_is_what_the_older_tree_did_not_have_in_this_width() {
    let new = |old, size| {
        let paths = TilePath::new_between(Kind::Entries, old, size);
        paths.map(|path| path.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(new(0, 300), ["tile/entries/000", "tile/entries/001.p/44"]);
    assert_eq!(new(300, 301), ["tile/entries/001.p/45"]);
    assert_eq!(new(300, 512), ["tile/entries/001"]);
    assert_eq!(new(512, 513), ["tile/entries/002.p/1"]);
    assert_eq!(new(300, 300), [""; 0]);
    assert_eq!(new(300, 200), [""; 0]);
}

#[test]
fn a_path_has_one_spelling() {
    let good = [
        ("tile/0/x001/x234/067", Kind::Hashes(0), 1_234_067, 256),
        ("tile/entries/x001/234.p/17", Kind::Entries, 1_234, 17),
        ("tile/7/000.p/255", Kind::Hashes(7), 0, 255),
        ("tile/3/999", Kind::Hashes(3), 999, 256),
    ];
    for (text, kind, index, width) in good {
        let path: TilePath = text.parse().unwrap();
        assert_eq!((path.kind(), path.index(), path.width()), (kind, index, width));
        assert_eq!(path.to_string(), text);
    }
    let bad = [
        "tile/0/x000/067",
        "tile/0/67",
        "tile/0/001/067",
        "tile/0/x001",
        "tile/0/x001/x067",
        "tile/0/",
        "tile/0/067.p/0",
        "tile/0/067.p/256",
        "tile/0/067.p/017",
        "tile/0/067.p/",
        "tile/0/067.p/1.p/1",
        "tile/00/067",
        "tile/8/067",
        "tile/-1/067",
        "tile/+1/067",
        "tile/0/+67",
        "tile//067",
        "/tile/0/067",
        "tile/0/067/",
        "tile/0/x001/../067",
        "tile/entries",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        "checkpoint",
        "",
    ];
    for text in bad {
        assert_eq!(text.parse::<TilePath>(), Err(ParsePathError), "{text}");
    }
}

#[test]
fn bundles_are_lists_with_lengths() {
    let mut bundle = Vec::new();
    for entry in [&b""[..], b"abc", &vec![7; MOST_ENTRY]] {
        push_entry(&mut bundle, entry);
    }
    assert_eq!(bundle[..7], [0, 0, 0, 3, b'a', b'b', b'c']);
    let entries = decode_bundle(&bundle).unwrap();
    assert_eq!(entries.iter().map(|entry| entry.len()).collect::<Vec<_>>(), [0, 3, MOST_ENTRY]);
    assert!(decode_bundle(&bundle[..bundle.len() - 1]).is_none());
    assert!(decode_bundle(&[0]).is_none());
    assert_eq!(decode_bundle(&[]), Some(vec![]));
    assert!(decode_hashes(&[0; 33]).is_none());
}

#[test]
fn proofs_from_tiles_hold() {
    for size in [1, 2, 255, 256, 257, 511, 512, 1000, 65_536, 65_537, 70_000] {
        let (files, head) = files(size);
        let mut reader = TileReader::open(&files, head).unwrap();
        for index in [0, 1, 255, 256, 300, size / 2, size - 1] {
            if index >= size {
                assert!(matches!(reader.inclusion(index), Err(ReadError::Outside)));
                assert!(matches!(reader.entry(index), Err(ReadError::Outside)));
                continue;
            }
            let entry = reader.entry(index).unwrap();
            assert_eq!(entry, format!("entry {index}").into_bytes());
            let proof = reader.inclusion(index).unwrap();
            let held = verify_inclusion(leaf_hash(&entry), index, size, &proof, head.root);
            assert_eq!(held, Ok(()));
            let old = reader.earlier(index).unwrap();
            let way = reader.consistency(index).unwrap();
            assert_eq!(verify_consistency(old, head, &way), Ok(()));
        }
        assert_eq!(reader.earlier(size).unwrap(), head);
        assert!(matches!(reader.consistency(size + 1), Err(ReadError::Outside)));
        assert!(matches!(reader.earlier(size + 1), Err(ReadError::Outside)));
    }
}

#[test]
fn every_proof_from_tiles_around_a_full_one_holds() {
    for size in (1..=20).chain(253..=260) {
        let (files, head) = files(size);
        let mut reader = TileReader::open(&files, head).unwrap();
        let leaves = (0..size).map(|index| leaf_hash(format!("entry {index}").as_bytes()));
        for (index, leaf) in (0..).zip(leaves) {
            let proof = reader.inclusion(index).unwrap();
            assert_eq!(verify_inclusion(leaf, index, size, &proof, head.root), Ok(()));
            let (old, way) = (reader.earlier(index).unwrap(), reader.consistency(index).unwrap());
            assert_eq!(verify_consistency(old, head, &way), Ok(()));
        }
    }
}

#[test]
fn an_empty_log_has_no_files_and_one_root() {
    let none = BTreeMap::new();
    assert!(TileReader::open(&none, Head::empty()).is_ok());
    let other = Head { size: 0, root: leaf_hash(b"") };
    assert!(matches!(TileReader::open(&none, other), Err(ReadError::OtherRoot)));
    assert_ne!(empty_root(), leaf_hash(b""));
}

#[test]
fn a_partial_tile_may_be_gone_once_the_full_one_is_there() {
    let (old, old_head) = files(300);
    let (mut new, _) = files(600);
    // Level 1 is not full, so the log must still serve what it served.
    new.insert("tile/1/000.p/1".to_owned(), old["tile/1/000.p/1"].clone());
    let mut reader = TileReader::open(&new, old_head).unwrap();
    assert_eq!(reader.entries(1).unwrap().len(), 44);
    assert_eq!(reader.hashes(0, 1).unwrap().len(), 44);
    assert!(old.contains_key("tile/0/001.p/44") && !new.contains_key("tile/0/001.p/44"));
}

/// Reads everything that a checkpoint vouches for.
fn read_all(files: &BTreeMap<String, Vec<u8>>, head: Head) -> Result<(), ReadError> {
    let mut reader = TileReader::open(files, head)?;
    for level in 0..=MOST_LEVEL {
        for path in TilePath::new_between(Kind::Hashes(level), 0, head.size) {
            reader.hashes(level, path.index())?;
        }
    }
    for path in TilePath::new_between(Kind::Entries, 0, head.size) {
        reader.entries(path.index())?;
    }
    Ok(())
}

#[test]
fn no_byte_of_any_file_can_change_unseen() {
    let (whole, head) = files(513);
    assert!(read_all(&whole, head).is_ok());
    for (path, bytes) in &whole {
        let places = (0..bytes.len()).step_by(if path.contains("entries") { 7 } else { 13 });
        for at in places {
            let mut files = whole.clone();
            files.get_mut(path).unwrap()[at] ^= 0x10;
            assert!(read_all(&files, head).is_err(), "{path}, byte {at}");
        }
        for length in [0, 1, bytes.len() - 1] {
            let mut files = whole.clone();
            files.get_mut(path).unwrap().truncate(length);
            assert!(read_all(&files, head).is_err(), "{path}, {length} bytes");
        }
        let mut files = whole.clone();
        files.get_mut(path).unwrap().extend([0; 34]);
        assert!(read_all(&files, head).is_err(), "{path} is longer");
        let mut files = whole.clone();
        files.remove(path);
        assert!(matches!(read_all(&files, head), Err(ReadError::Missing(_))), "{path}");
    }
    let other = Head { size: 512, ..head };
    assert!(read_all(&whole, other).is_err());
}

#[test]
fn a_file_larger_than_a_tile_is_not_read() {
    let (mut files, head) = files(300);
    files.insert("tile/0/000".to_owned(), vec![0; MOST_TILE + 1]);
    assert!(files.read("tile/0/000", MOST_TILE).is_err());
    let mut reader = TileReader::open(&files, head).unwrap();
    assert!(matches!(reader.hashes(0, 0), Err(ReadError::Altered(_))));
}

proptest::proptest! {
    #[test]
    fn whatever_path_is_read_is_written_the_same(text in "tile/([0-9]|entries)(/x?[0-9]{3}){1,3}(\\.p/[0-9]{1,3})?") {
        if let Ok(path) = text.parse::<TilePath>() {
            proptest::prop_assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        if let Some(entries) = decode_bundle(&bytes) {
            let mut again = Vec::new();
            for entry in entries {
                push_entry(&mut again, entry);
            }
            proptest::prop_assert_eq!(again, bytes);
        }
    }
}
