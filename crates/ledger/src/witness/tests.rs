#![expect(clippy::cast_possible_truncation, reason = "sizes in tests are small")]

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use super::*;
use crate::{
    merkle::{
        Hash, leaf_hash,
        prove::{Nodes, consistency},
        range::CompactRange,
    },
    note::{Algorithm, LocalKey, note},
};

const ORIGIN: &str = "example.org/accesses";

/// What is kept, and how often another request is faster.
#[derive(Default)]
struct Kept {
    latest: RefCell<BTreeMap<String, Latest>>,
    faster: Cell<Option<Latest>>,
}

impl Memory for &Kept {
    fn latest(&self, origin: &str) -> Result<Option<Latest>, MemoryError> {
        Ok(self.latest.borrow().get(origin).cloned())
    }

    fn replace(
        &self,
        origin: &str,
        last: Option<&Latest>,
        next: &Latest,
    ) -> Result<bool, MemoryError> {
        if let Some(faster) = self.faster.take() {
            self.latest.borrow_mut().insert(origin.to_owned(), faster);
        }
        let same = self.latest.borrow().get(origin) == last;
        if same {
            self.latest.borrow_mut().insert(origin.to_owned(), next.clone());
        }
        Ok(same)
    }
}

/// All nodes of a log whose leaves begin with a word.
struct Tree(Vec<Vec<Hash>>);

impl Tree {
    fn new(word: &str, size: u64) -> (Self, Vec<Head>) {
        let (mut rows, mut range) = (vec![Vec::new(); 10], CompactRange::empty());
        let mut heads = vec![range.head()];
        for number in 0..size {
            let leaf = leaf_hash(format!("{word} {number}").as_bytes());
            range.push(leaf, |level, hash| rows[level as usize].push(hash));
            heads.push(range.head());
        }
        (Self(rows), heads)
    }
}

impl Nodes for Tree {
    type Error = std::convert::Infallible;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Self::Error> {
        Ok(self.0[level as usize][index as usize])
    }
}

fn log_key(origin: &str) -> LocalKey {
    LocalKey::from_seed(origin, Algorithm::Ed25519, &[1; 32]).unwrap()
}

fn witness_key() -> LocalKey {
    LocalKey::from_seed("witness.example/w1", Algorithm::CosignatureV1, &[2; 32]).unwrap()
}

fn witness(kept: &Kept) -> Witness<&Kept, LocalKey> {
    let log = Trusted::new(ORIGIN, [log_key(ORIGIN).verifier().clone()], []).unwrap();
    Witness::new(kept, witness_key(), vec![log]).unwrap()
}

fn checkpoint(head: Head) -> String {
    let text = Checkpoint::new(ORIGIN, head).text();
    note(&text, [&log_key(ORIGIN).sign_note(&text, 0).unwrap()])
}

fn request(tree: &mut Tree, old: u64, head: Head) -> Request {
    let proof = consistency(tree, old, head.size).unwrap();
    Request { old, proof, checkpoint: checkpoint(head).into_bytes() }
}

fn ring() -> KeyRing {
    KeyRing::new([witness_key().verifier().clone()]).unwrap()
}

#[test]
fn a_log_that_grows_is_cosigned_each_time() {
    let (kept, (mut tree, heads)) = (Kept::default(), Tree::new("leaf", 300));
    let witness = witness(&kept);
    let mut old = 0;
    for (at, size) in [(100, 0), (101, 1), (102, 1), (103, 200), (104, 300), (105, 300)] {
        let head = heads[size];
        let answer = witness.add_checkpoint(&request(&mut tree, old, head).to_body(), at).unwrap();
        assert_eq!((answer.status(), answer.content_type()), (200, "text/plain; charset=utf-8"));
        let own = Checkpoint::new(ORIGIN, head);
        let signed = cosignatures(answer.body().as_bytes(), &own, &ring()).unwrap();
        assert_eq!(signed.len(), 1);
        // Who monitors the log finds it with both signatures.
        let both = [witness_key().verifier().clone()];
        let trusted = Trusted::new(ORIGIN, [log_key(ORIGIN).verifier().clone()], both).unwrap();
        let latest = witness.checkpoint(&hash_of(ORIGIN)).unwrap().unwrap();
        let latest = trusted.open(latest.as_bytes()).unwrap();
        assert_eq!(latest.head(), head);
        assert_eq!(latest.cosigned(&trusted), [(witness_key().verifier().clone(), at)]);
        old = head.size;
    }
}

#[test]
fn each_fault_has_the_status_of_the_specification() {
    let (kept, (mut tree, heads)) = (Kept::default(), Tree::new("leaf", 300));
    let witness = witness(&kept);
    let answer = |request: &Request| witness.add_checkpoint(&request.to_body(), 100).unwrap();
    assert!(matches!(answer(&request(&mut tree, 0, heads[100])), Answer::Cosigned(_)));
    let good = request(&mut tree, 100, heads[200]);

    let other_size = Request { old: 99, ..good.clone() };
    assert_eq!(answer(&other_size), Answer::OtherSize(100));
    assert_eq!(answer(&other_size).status(), 409);
    assert_eq!(answer(&other_size).body(), "100\n");
    assert_eq!(answer(&other_size).content_type(), "text/x.tlog.size");
    assert_eq!(size_of_conflict(b"100\n"), Some(100));
    assert_eq!(answer(&Request { old: 0, proof: vec![], ..good.clone() }), Answer::OtherSize(100));

    let larger = Request { old: 201, ..good.clone() };
    assert_eq!(answer(&larger), Answer::Malformed);
    assert_eq!(answer(&larger).status(), 400);
    assert_eq!(witness.add_checkpoint(b"old 1\n", 100).unwrap(), Answer::Malformed);
    let no_note = Request { checkpoint: b"no note\n".to_vec(), ..good.clone() };
    assert_eq!(answer(&no_note), Answer::Malformed);

    let text = Checkpoint::new("example.org/other", heads[200]).text();
    let other = note(&text, [&log_key("example.org/other").sign_note(&text, 0).unwrap()]);
    let other = Request { checkpoint: other.into_bytes(), ..good.clone() };
    assert_eq!((answer(&other), answer(&other).status()), (Answer::UnknownLog, 404));

    let text = Checkpoint::new(ORIGIN, heads[200]).text();
    let stranger = LocalKey::from_seed(ORIGIN, Algorithm::Ed25519, &[9; 32]).unwrap();
    let unsigned = note(&text, [&stranger.sign_note(&text, 0).unwrap()]);
    let unsigned = Request { checkpoint: unsigned.into_bytes(), ..good.clone() };
    assert_eq!((answer(&unsigned), answer(&unsigned).status()), (Answer::NotByLog, 403));
    let mut wrong = log_key(ORIGIN).sign_note(&text, 0).unwrap();
    wrong.bytes[9] ^= 1;
    let wrong = Request { checkpoint: note(&text, [&wrong]).into_bytes(), ..good.clone() };
    assert_eq!(answer(&wrong), Answer::NotByLog);

    let unproven = Request { proof: vec![], ..good.clone() };
    assert_eq!((answer(&unproven), answer(&unproven).status()), (Answer::Inconsistent, 422));
    // After all of that the witness still stands where it stood.
    assert!(matches!(answer(&good), Answer::Cosigned(_)));
}

#[test]
fn a_second_history_is_not_cosigned_even_with_the_logs_own_key() {
    let (kept, (mut tree, heads)) = (Kept::default(), Tree::new("leaf", 300));
    let witness = witness(&kept);
    let answer = |request: &Request| witness.add_checkpoint(&request.to_body(), 100).unwrap();
    assert!(matches!(answer(&request(&mut tree, 0, heads[100])), Answer::Cosigned(_)));
    // Rewritten from the beginning, and signed with the real key.
    let (mut rewritten, other_heads) = Tree::new("another", 300);
    assert_eq!(answer(&request(&mut rewritten, 100, other_heads[200])), Answer::Inconsistent);
    // A split view: the same size, another root.
    let split = answer(&request(&mut rewritten, 100, other_heads[100]));
    assert_eq!((&split, split.status(), &*split.body()), (&Answer::OtherRoot(100), 409, "100\n"));
    // A rollback to a backup: the smaller tree is genuine, and too old.
    assert_eq!(answer(&request(&mut tree, 50, heads[80])), Answer::OtherSize(100));
    assert_eq!(answer(&request(&mut tree, 80, heads[80])), Answer::OtherSize(100));
    // As if it were the first request, with a proof or without.
    assert_eq!(answer(&request(&mut rewritten, 0, other_heads[200])), Answer::OtherSize(100));
    let fresh = Request { old: 0, ..request(&mut tree, 100, heads[200]) };
    assert_eq!(answer(&fresh), Answer::OtherSize(100));
}

#[test]
fn the_first_request_takes_no_proof_and_an_empty_tree_has_one_root() {
    let (kept, (mut tree, heads)) = (Kept::default(), Tree::new("leaf", 10));
    let witness = witness(&kept);
    let answer = |request: &Request| witness.add_checkpoint(&request.to_body(), 100).unwrap();
    let proof = consistency(&mut tree, 4, 10).unwrap();
    let needless = Request { proof, ..request(&mut tree, 0, heads[10]) };
    assert_eq!(answer(&needless), Answer::Inconsistent);
    let other_empty = Head { size: 0, root: leaf_hash(b"") };
    assert_eq!(answer(&request(&mut tree, 0, other_empty)), Answer::OtherRoot(0));
    assert!(kept.latest.borrow().is_empty());
    assert_eq!(witness.checkpoint(&hash_of(ORIGIN)).unwrap(), None);
    assert_eq!(witness.checkpoint("").unwrap(), None);
    assert!(matches!(answer(&request(&mut tree, 0, heads[0])), Answer::Cosigned(_)));
}

#[test]
fn a_witness_says_when_it_signs() {
    let kept = Kept::default();
    let refused = Witness::new(&kept, log_key("witness.example/w1"), vec![]);
    assert_eq!(refused.err(), Some(KeyError::OtherKind));
    let (mut tree, heads) = Tree::new("leaf", 1);
    let body = request(&mut tree, 0, heads[1]).to_body();
    let unset = witness(&kept).add_checkpoint(&body, 0);
    assert!(matches!(unset, Err(WitnessError::Clock)));
}

#[test]
fn who_loses_a_race_is_told_the_size_and_given_no_signature() {
    let (kept, (mut tree, heads)) = (Kept::default(), Tree::new("leaf", 300));
    let witness = witness(&kept);
    let body = request(&mut tree, 0, heads[100]).to_body();
    kept.faster.set(Some(Latest { head: heads[200], note: checkpoint(heads[200]) }));
    assert_eq!(witness.add_checkpoint(&body, 100).unwrap(), Answer::OtherSize(200));
    assert_eq!(kept.latest.borrow()[ORIGIN].head, heads[200]);
}

#[test]
fn an_answer_counts_only_with_the_signature_of_a_known_witness_on_this_checkpoint() {
    let (_, heads) = Tree::new("leaf", 10);
    let own = Checkpoint::new(ORIGIN, heads[10]);
    let line = witness_key().sign_note(&own.text(), 100).unwrap().line();
    let stranger = LocalKey::from_seed("w2.example", Algorithm::CosignatureV1, &[3; 32]).unwrap();
    let unknown = stranger.sign_note(&own.text(), 100).unwrap().line();
    let both = format!("{unknown}{line}");
    let verified = cosignatures(both.as_bytes(), &own, &ring()).unwrap();
    assert_eq!(verified.iter().map(Signature::line).collect::<String>(), line);
    let refused = |body: &str| cosignatures(body.as_bytes(), &own, &ring()).unwrap_err();
    assert_eq!(refused(&unknown), NoteError::UnknownKeys);
    assert_eq!(refused(""), NoteError::Malformed);
    assert_eq!(refused("x\n"), NoteError::Malformed);
    assert_eq!(refused(&format!("more\n\n{line}")), NoteError::WrongSignature);
    // Signed, but not only our checkpoint.
    let longer = format!("{}\nmore\n", own.text());
    let longer = witness_key().sign_note(&longer, 100).unwrap().line();
    assert_eq!(refused(&format!("more\n\n{longer}")), NoteError::Malformed);
    let elsewhere = Checkpoint::new(ORIGIN, heads[9]);
    let elsewhere = witness_key().sign_note(&elsewhere.text(), 100).unwrap().line();
    assert_eq!(refused(&elsewhere), NoteError::WrongSignature);
    let timeless = witness_key().sign_note(&own.text(), 0).unwrap().line();
    assert_eq!(refused(&timeless), NoteError::WrongSignature);
    assert!(size_of_conflict(b"01\n").is_none() && size_of_conflict(b"1").is_none());
}

/// The example of the specification.
const EXAMPLE: &str = "old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
";

#[test]
fn a_request_has_one_spelling() {
    let request = Request::parse(EXAMPLE.as_bytes()).unwrap();
    assert_eq!((request.old, request.proof.len()), (20_852_014, 4));
    assert!(request.checkpoint.starts_with(b"example.com/behind-the-sofa\n20852163\n"));
    assert_eq!(request.to_body(), EXAMPLE.as_bytes());
    let swaps = [
        ("old 20852014", "old 020852014"),
        ("old 20852014", "old  20852014"),
        ("old 20852014", "Old 20852014"),
        ("old 20852014", "old -1"),
        ("old 20852014\n", ""),
        ("Pl", ""),
        ("kaw=", "kax="),
        ("kaw=\n", "kaw=\r\n"),
        ("\n\n", "\n"),
    ];
    for (from, to) in swaps {
        assert!(Request::parse(EXAMPLE.replacen(from, to, 1).as_bytes()).is_none_or(|request| {
            // Without its first empty line the checkpoint's own ends the proof.
            request.to_body() != EXAMPLE.as_bytes() && from == "\n\n"
        }));
    }
    let hash = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";
    let with = |hashes: usize| format!("old 1\n{}\nx\n", hash.repeat(hashes));
    assert!(Request::parse(with(63).as_bytes()).is_some());
    assert!(Request::parse(with(64).as_bytes()).is_none());
    assert!(Request::parse(&[b"old 1\n\n".as_slice(), &vec![b'x'; MOST_BODY]].concat()).is_none());
}

proptest::proptest! {
    #[test]
    fn any_body_is_answered(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let kept = Kept::default();
        let led = [b"old 0\n\n".as_slice(), &bytes].concat();
        for body in [bytes, led] {
            let answer = witness(&kept).add_checkpoint(&body, 100).unwrap();
            proptest::prop_assert_eq!(answer, Answer::Malformed);
        }
    }
}
