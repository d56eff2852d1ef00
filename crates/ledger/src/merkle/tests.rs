#![expect(clippy::cast_possible_truncation, reason = "sizes in tests are small")]

use std::convert::Infallible;

use proptest::prelude::*;

use super::{
    Hash, Head, ProofError, empty_root, leaf_hash, node_hash,
    prove::{Nodes, consistency, inclusion, root},
    range::CompactRange,
    sha256, verify_consistency, verify_inclusion,
};

/// RFC 6962's definition, word for word: slow, and another way than that of the crate.
fn mth(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => sha256(&[&[0], leaf.as_slice()].concat()),
        _ => {
            let mut middle = 1;
            while middle * 2 < leaves.len() {
                middle *= 2;
            }
            let (left, right) = (mth(&leaves[..middle]), mth(&leaves[middle..]));
            sha256(&[&[1], &left.0[..], &right.0[..]].concat())
        }
    }
}

/// The nodes of a whole tree, each computed by the definition.
struct Tree(Vec<Vec<u8>>);

impl Nodes for Tree {
    type Error = Infallible;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Infallible> {
        let (from, to) = ((index << level) as usize, ((index + 1) << level) as usize);
        Ok(mth(&self.0[from..to]))
    }
}

fn tree(size: u64) -> Tree {
    Tree((0..size).map(|number| format!("leaf {number}").into_bytes()).collect())
}

fn hex_hash(text: &str) -> Hash {
    Hash(hex::decode(text).unwrap().try_into().unwrap())
}

/// The eight leaves that the authors of Certificate Transparency test with.
const CT_LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
/// The root of the first leaf, of the first two, and so on.
const CT_ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn ct_tree() -> Tree {
    Tree(CT_LEAVES.iter().map(|leaf| hex::decode(leaf).unwrap()).collect())
}

#[test]
fn roots_are_those_of_certificate_transparency() {
    assert_eq!(
        empty_root(),
        hex_hash("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    );
    let mut range = CompactRange::empty();
    assert_eq!(range.root(), empty_root());
    for (leaf, root) in ct_tree().0.iter().zip(CT_ROOTS) {
        range.push(leaf_hash(leaf), |_, _| {});
        assert_eq!(range.root(), hex_hash(root));
    }
}

#[test]
fn proofs_are_those_of_certificate_transparency() {
    let paths: [(u64, u64, &[&str]); 3] = [
        (
            0,
            8,
            &[
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            &[
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    ];
    for (index, size, path) in paths {
        let path: Vec<_> = path.iter().map(|hash| hex_hash(hash)).collect();
        assert_eq!(inclusion(&mut ct_tree(), index, size).unwrap(), path);
    }
    let path: Vec<_> = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    .map(hex_hash)
    .into();
    assert_eq!(consistency(&mut ct_tree(), 6, 8).unwrap(), path);
}

/// The hash of each full subtree, made once: `Tree` would take minutes for all proofs of 300.
struct Rows(Vec<Vec<Hash>>);

impl Nodes for Rows {
    type Error = Infallible;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Infallible> {
        Ok(self.0[level as usize][index as usize])
    }
}

fn rows(size: u64) -> (Rows, Vec<Head>) {
    let (mut rows, mut range) = (vec![Vec::new(); 10], CompactRange::empty());
    let mut heads = vec![range.head()];
    for leaf in tree(size).0 {
        range.push(leaf_hash(&leaf), |level, hash| rows[level as usize].push(hash));
        heads.push(range.head());
    }
    (Rows(rows), heads)
}

#[test]
fn every_proof_of_every_size_up_to_300_holds_and_only_for_its_own_leaf_and_root() {
    let (mut rows, heads) = rows(300);
    let leaves = rows.0[0].clone();
    for (size, head) in heads.iter().enumerate() {
        if size > 0 {
            assert_eq!(root(&mut rows, head.size).unwrap(), head.root);
        }
        for index in 0..head.size {
            let (leaf, proof) = (
                leaves[index as usize],
                inclusion(&mut rows, index, head.size).expect("nodes in memory"),
            );
            assert_eq!(verify_inclusion(leaf, index, head.size, &proof, head.root), Ok(()));
            let next = (index + 1) % head.size;
            if head.size > 1 {
                assert!(verify_inclusion(leaf, next, head.size, &proof, head.root).is_err());
            }
            assert!(verify_inclusion(empty_root(), index, head.size, &proof, head.root).is_err());
        }
        for old in heads[..=size].iter().copied() {
            let proof = consistency(&mut rows, old.size, head.size).unwrap();
            assert_eq!(verify_consistency(old, *head, &proof), Ok(()));
            let other = Head { root: leaf_hash(b"another"), ..old };
            assert!(verify_consistency(other, *head, &proof).is_err());
            let other = Head { root: leaf_hash(b"another"), ..*head };
            if old.size > 0 {
                assert!(verify_consistency(old, other, &proof).is_err());
            }
        }
    }
}

#[test]
fn the_compact_range_agrees_with_the_definition() {
    let whole = tree(70);
    let mut range = CompactRange::empty();
    for size in 0..=70 {
        assert_eq!(range.root(), mth(&whole.0[..size]));
        let again = CompactRange::of(range.size(), range.roots().to_vec()).unwrap();
        assert_eq!(again, range);
        assert!(CompactRange::of(range.size() + 1 + range.size() % 2, vec![]).is_none());
        if size < 70 {
            range.push(leaf_hash(&whole.0[size]), |_, _| {});
        }
    }
}

#[test]
fn leaves_of_any_length_are_hashed_alike() {
    for length in [0, 1, 126, 127, 128, 129, 5_000] {
        let leaf = vec![7; length];
        assert_eq!(leaf_hash(&leaf), sha256(&[&[0], leaf.as_slice()].concat()), "{length}");
    }
}

#[test]
fn proofs_of_the_wrong_shape_are_refused() {
    let (mut rows, heads) = rows(13);
    let (leaf, head) = (rows.0[0][4], heads[13]);
    let proof = inclusion(&mut rows, 4, 13).unwrap();
    let refused = |index, size, proof: &[Hash]| {
        verify_inclusion(leaf, index, size, proof, head.root).unwrap_err()
    };
    assert_eq!(refused(13, 13, &proof), ProofError::Sizes);
    assert_eq!(refused(0, 0, &[]), ProofError::Sizes);
    assert_eq!(refused(4, 13, &proof[1..]), ProofError::Length);
    assert_eq!(refused(4, 13, &[&proof[..], &[leaf]].concat()), ProofError::Length);
    let way = consistency(&mut rows, 5, 13).unwrap();
    let refused =
        |old, new, way: &[Hash]| verify_consistency(heads[old], heads[new], way).unwrap_err();
    assert_eq!(refused(13, 5, &way), ProofError::Sizes);
    assert_eq!(refused(5, 13, &way[1..]), ProofError::Length);
    assert_eq!(refused(5, 13, &[]), ProofError::Length);
    assert_eq!(refused(5, 13, &[&way[..], &[leaf]].concat()), ProofError::Length);
    assert_eq!(refused(0, 13, &way), ProofError::Length);
    assert_eq!(refused(13, 13, &way), ProofError::Length);
    let false_empty = Head { size: 0, root: leaf };
    assert_eq!(verify_consistency(false_empty, heads[13], &[]), Err(ProofError::Root));
    assert_eq!(verify_consistency(heads[0], false_empty, &[]), Err(ProofError::Root));
    assert_eq!(verify_consistency(false_empty, false_empty, &[]), Err(ProofError::Root));
}

proptest! {
    /// Whoever changes one bit of a proof, or says another size, proves nothing.
    #[test]
    fn a_changed_proof_proves_nothing(
        size in 2_u64..200, part in any::<prop::sample::Index>(), bit in 0_usize..256,
        hash in any::<prop::sample::Index>(),
    ) {
        let (mut rows, heads) = rows(size);
        let (old, head) = (heads[part.index(size as usize - 1) + 1], heads[size as usize]);
        let mut way = consistency(&mut rows, old.size, size).unwrap();
        if !way.is_empty() {
            let changed = hash.index(way.len());
            way[changed].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(verify_consistency(old, head, &way).is_err());
        }
        let index = part.index(size as usize) as u64;
        let mut path = inclusion(&mut rows, index, size).unwrap();
        let leaf = rows.0[0][index as usize];
        let changed = hash.index(path.len());
        path[changed].0[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(verify_inclusion(leaf, index, size, &path, head.root).is_err());
    }

    /// No input makes a check panic.
    #[test]
    fn any_sizes_and_hashes_are_judged(
        index in any::<u64>(), size in any::<u64>(), proof in prop::collection::vec(any::<[u8; 32]>(), 0..70),
    ) {
        let proof: Vec<_> = proof.into_iter().map(Hash).collect();
        let root = node_hash(empty_root(), empty_root());
        prop_assert!(verify_inclusion(root, index, size, &proof, root).is_err() || size == 1);
        let (old, new) = (Head { size: index, root }, Head { size, root });
        let held = verify_consistency(old, new, &proof).is_ok();
        prop_assert!(!held || index == size);
    }
}
