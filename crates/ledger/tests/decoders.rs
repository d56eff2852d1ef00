//! Every decoder of the ledger, with what nobody in their right mind wrote: the body of the fuzz
//! target in `fuzz/`, and here a short run over its seeds and changes of them.
//!
//! What stands behind a signature is signed anew after each change, so that what is there is reached
//! too.

#![expect(clippy::unwrap_used, reason = "what is made here can be made")]

use std::{cell::RefCell, collections::BTreeMap};

use ledger::{
    auditor::{Terms, audit},
    checkpoint::{Checkpoint, Trusted},
    leaf::{Opening, entry::Entry, release::Release},
    merkle::{Head, leaf_hash},
    note::{Algorithm, LocalKey, Note, SigningKey, VerifierKey, note},
    source::Source,
    tiles::{CHECKPOINT, TilePath, decode_bundle, encode_hashes, push_entry},
    witness::{Answer, Latest, Memory, MemoryError, Request, Witness},
};

const ORIGIN: &str = "example.org/log";

fn key() -> LocalKey {
    LocalKey::from_seed(ORIGIN, Algorithm::Ed25519, &[1; 32]).unwrap()
}

fn trusted() -> Trusted {
    Trusted::new(ORIGIN, [key().verifier().clone()], []).unwrap()
}

/// Reads bytes of any kind, the first of which says as what; gives whether they were that. Whatever
/// is read is written the same.
pub(crate) fn decode(data: &[u8]) -> bool {
    let Some((kind, data)) = data.split_first() else { return false };
    let text = str::from_utf8(data).unwrap_or_default();
    match kind {
        0 => Note::parse(data).is_ok_and(|read| {
            assert_eq!(note(read.unverified_text(), read.signatures()).as_bytes(), data);
            true
        }),
        1 => Checkpoint::parse(text).is_ok_and(|read| {
            assert_eq!(read.text(), text);
            let signed = note(text, [&key().sign_note(text, 0).unwrap()]);
            assert!(trusted().open(signed.as_bytes()).is_err() || read.origin == ORIGIN);
            true
        }),
        2 => text.parse::<TilePath>().is_ok_and(|read| read.to_string() == text),
        3 => text.parse::<VerifierKey>().is_ok_and(|read| read.to_string() == text),
        4 => decode_bundle(data).is_some_and(|entries| {
            let mut again = Vec::new();
            for entry in entries {
                push_entry(&mut again, entry);
            }
            again == data
        }),
        5 => Entry::from_bytes(data).is_ok_and(|read| read.to_bytes().unwrap() == data),
        6 => Release::of_leaf(data).is_ok_and(|read| read.leaf().unwrap() == data),
        7 => Opening::from_bytes(data).is_some_and(|read| read.to_bytes() == data),
        8 => asked(data),
        9 => audited(data),
        _ => false,
    }
}

/// What a witness keeps, for one request.
struct Kept(RefCell<Option<Latest>>);

impl Memory for Kept {
    fn latest(&self, _: &str) -> Result<Option<Latest>, MemoryError> {
        Ok(self.0.borrow().clone())
    }

    fn replace(&self, _: &str, _: Option<&Latest>, next: &Latest) -> Result<bool, MemoryError> {
        *self.0.borrow_mut() = Some(next.clone());
        Ok(true)
    }
}

/// A request to a witness that stands at a log of one leaf.
fn asked(body: &[u8]) -> bool {
    let Some(mut request) = Request::parse(body) else { return false };
    assert_eq!(request.to_body(), body);
    if let Ok(read) = Note::parse(&request.checkpoint) {
        let text = read.unverified_text();
        request.checkpoint = note(text, [&key().sign_note(text, 0).unwrap()]).into_bytes();
    }
    let one = Head { size: 1, root: leaf_hash(b"first") };
    let kept = Kept(RefCell::new(Some(Latest { head: one, note: String::new() })));
    let own = LocalKey::from_seed("w.example", Algorithm::CosignatureV1, &[2; 32]).unwrap();
    let witness = Witness::new(kept, own, vec![trusted()]).unwrap();
    let answer = witness.add_checkpoint(&request.to_body(), 1).unwrap();
    matches!(answer, Answer::Cosigned(_))
}

/// The files of a log of two leaves, the last of which is the data; the checkpoint is signed anew.
fn audited(data: &[u8]) -> bool {
    let Some((size, data)) = data.split_first_chunk::<8>() else { return false };
    let half = data.len() / 2;
    let head = Head { size: u64::from_be_bytes(*size), root: leaf_hash(data) };
    let text = Checkpoint::new(ORIGIN, head).text();
    let signed = note(&text, [&key().sign_note(&text, 0).unwrap()]);
    let files = BTreeMap::from([
        (CHECKPOINT.to_owned(), signed.into_bytes()),
        ("tile/0/000.p/1".to_owned(), encode_hashes(&[leaf_hash(data)])),
        ("tile/0/000.p/2".to_owned(), data[..half].to_vec()),
        ("tile/entries/000.p/1".to_owned(), {
            let mut bundle = Vec::new();
            push_entry(&mut bundle, &data[..data.len().min(60_000)]);
            bundle
        }),
        ("tile/entries/000".to_owned(), data[half..].to_vec()),
    ]);
    let trusted = trusted();
    let terms = Terms { trusted: &trusted, since: None, others: &[], quorum: 0, fresh: None };
    // A size that no file is there for would be looked for file by file.
    head.size < 100_000 && audit(&files as &dyn Source, &terms).unwrap().findings.is_empty()
}

/// What is read to its end.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let head = |root: &[u8]| Head { size: 1, root: leaf_hash(root) };
    let text = Checkpoint::new(ORIGIN, head(b"first")).text();
    let signed = note(&text, [&key().sign_note(&text, 0).unwrap()]);
    let request = Request { old: 1, proof: vec![], checkpoint: signed.clone().into_bytes() };
    let mut bundle = Vec::new();
    push_entry(&mut bundle, b"first");
    push_entry(&mut bundle, b"second");
    let release = Release {
        released: ledger::leaf::release::Released::Policy,
        name: "policy".to_owned(),
        version: "1".to_owned(),
        digest: [7; 32],
        at: 1,
    };
    let entry = entry().to_bytes().unwrap();
    let opening = [&[9; 32], entry.as_slice()].concat();
    let log = [&1_u64.to_be_bytes(), b"the only leaf".as_slice()].concat();
    let seeds: [&[u8]; 10] = [
        signed.as_bytes(),
        text.as_bytes(),
        b"tile/entries/x001/234.p/17",
        &key().verifier().to_string().into_bytes(),
        &bundle,
        &entry,
        &release.leaf().unwrap(),
        &opening,
        &request.to_body(),
        &log,
    ];
    (0_u8..).zip(seeds).map(|(kind, seed)| [&[kind], seed].concat()).collect()
}

fn entry() -> Entry {
    use ledger::leaf::{
        Commitment,
        entry::{Act, Actor, Link},
    };
    let previous = Some(Commitment([8; 32]));
    let (role, account) = ("vaccinator".to_owned(), Commitment([5; 32]));
    Entry {
        act: Act::Access,
        link: Some(Link { person: [7; 16], number: 2, previous }),
        at: 1,
        actor: Actor { role, facility: Some([3; 16]), account },
        purpose: "record a dose".to_owned(),
        fields: vec!["name".to_owned()],
    }
}

#[cfg(test)]
#[test]
fn every_decoder_reads_its_seed() {
    for seed in seeds() {
        assert!(decode(&seed), "kind {}", seed[0]);
    }
}

#[cfg(test)]
proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(3_000))]

    #[test]
    fn every_decoder_answers_whatever_becomes_of_its_seed(
        seed in 0_usize..10, cuts in proptest::collection::vec(proptest::prelude::any::<(proptest::sample::Index, u8, u8)>(), 1..4),
    ) {
        let mut data = seeds().swap_remove(seed);
        for (place, how, byte) in cuts {
            let place = 1 + place.index(data.len());
            match how % 4 {
                0 if place < data.len() => data[place] ^= byte,
                1 if place < data.len() => drop(data.remove(place)),
                2 => data.truncate(place),
                _ => data.insert(place.min(data.len()), byte),
            }
        }
        decode(&data);
    }
}
