//! Logs, proofs and leaves under others' judgement: a verifier written from the specifications in
//! another language, with another library's Ed25519, and the proofs that another implementation is
//! tested with.
//!
//! The latter are not ours to copy; they are taken from the folder that `TEEKA_MERKLE_TESTDATA`
//! names: `testdata` of transparency-dev/merkle.
#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use ledger::{
    auditor::{Finding, Fresh, Terms, audit},
    checkpoint::{Checkpoint, Trusted},
    directory::Directory,
    leaf::{
        Commitment, Opening, Salt, Subject,
        chain::ChainHead,
        entry::{Act, Actor, Entry},
    },
    log::Log,
    merkle::{Hash, Head, verify_consistency, verify_inclusion},
    note::{Algorithm, KeyRing, LocalKey, SigningKey},
    tiles::reader::TileReader,
    witness::{Request, cosignatures},
};
use serde_json::{Value, json};

const ORIGIN: &str = "example.org/accesses";

/// Where the judge's files are.
fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/ledger")
}

/// A Python with what the judge needs.
fn python() -> Option<PathBuf> {
    outsiders::python(&sources(), &Path::new(env!("CARGO_TARGET_TMPDIR")).join("ledger"))
}

/// What the judge says; none if it refuses.
fn judged(python: &Path, what: &str, question: &Value) -> Option<Value> {
    let mut judge = Command::new(python)
        .arg(sources().join("judge.py"))
        .arg(what)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    judge.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
    let output = judge.wait_with_output().unwrap();
    output.status.success().then(|| serde_json::from_slice(&output.stdout).unwrap())
}

fn key(name: &str, algorithm: Algorithm, seed: u8) -> LocalKey {
    LocalKey::from_seed(name, algorithm, &[seed; 32]).unwrap()
}

/// The first entries of one made-up person.
fn openings(number: u8) -> Vec<Opening> {
    let mut last = None;
    let opening = |number: u8| {
        let entry = Entry {
            act: Act::Access,
            link: Some(ChainHead::next([0xa5; 16], last)),
            at: 1_790_000_000 + u64::from(number),
            actor: Actor {
                role: "टीका लगाने वाला".to_owned(),
                facility: Some([7; 16]),
                account: Salt([number; 32]).commit(Subject::Actor, b"staff_17"),
            },
            purpose: "record a dose".to_owned(),
            fields: vec!["name".to_owned()],
        };
        let opening = Opening::new(Salt([100 + number; 32]), &entry).unwrap();
        last = Some(ChainHead { number: u64::from(number), commitment: opening.commitment() });
        opening
    };
    (1..=number).map(opening).collect()
}

/// A folder with a log of so many leaves, in two batches, cosigned.
fn our_log(folder: &Path, size: u64) -> Log<Directory, LocalKey> {
    let mut log = Log::open(Directory::new(folder), key(ORIGIN, Algorithm::Ed25519, 1)).unwrap();
    let leaves: Vec<_> = (0..size)
        .map(|number| {
            let salt = Salt([u8::try_from(number % 251).unwrap(); 32]);
            salt.commit(Subject::Entry, &number.to_be_bytes()).leaf()
        })
        .collect();
    let (first, second) = leaves.split_at(leaves.len() / 3);
    log.append(0, first).unwrap();
    log.append(first.len() as u64, second).unwrap();
    let witness = key("witness.example/w1", Algorithm::CosignatureV1, 2);
    let text = Checkpoint::new(ORIGIN, log.head()).text();
    log.publish_with(&[witness.sign_note(&text, 1_790_000_000).unwrap()]).unwrap();
    log
}

fn hashes(texts: &Value) -> Vec<Hash> {
    let texts = texts.as_array().unwrap().iter();
    texts.map(|text| Hash::from_base64(text.as_str().unwrap()).unwrap()).collect()
}

#[test]
fn another_verifier_believes_our_log_and_proves_as_we_do() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    for size in [0, 1, 256, 700, 65_537] {
        let folder = folder.path().join(size.to_string());
        let log = our_log(&folder, size);
        let own = key(ORIGIN, Algorithm::Ed25519, 1).verifier().to_string();
        let witness = key("witness.example/w1", Algorithm::CosignatureV1, 2).verifier().to_string();
        let storage = log.storage();
        let mut reader = TileReader::open(storage, log.head()).unwrap();
        let sizes: Vec<_> =
            [0, 1, 2, 255, 256, 257, 600].into_iter().filter(|n| *n <= size).collect();
        let asked = json!({ "dir": folder, "keys": [own, witness], "sizes": sizes });
        let told = judged(&python, "log", &asked).unwrap();
        assert_eq!(told["size"], size);
        assert_eq!(told["root"], log.head().root.to_base64());
        assert_eq!(told["times"], json!({ own.clone(): null, witness: 1_790_000_000 }));
        for (root, size) in hashes(&told["roots"]).into_iter().zip(&sizes) {
            assert_eq!(reader.earlier(*size).unwrap().root, root);
        }
        let places: Vec<_> = [0, 1, 255, 256, 511, 699].into_iter().filter(|n| *n < size).collect();
        let inclusion: Vec<_> = places.iter().map(|index| (index, size)).collect();
        let olds: Vec<_> = sizes.iter().filter(|old| **old > 0).collect();
        let consistency: Vec<_> = olds.iter().map(|old| (old, size)).collect();
        let asked = json!({
            "dir": folder, "keys": [own], "inclusion": inclusion, "consistency": consistency,
        });
        let told = judged(&python, "proofs", &asked).unwrap();
        for (proof, index) in told["inclusion"].as_array().unwrap().iter().zip(&places) {
            assert_eq!(hashes(proof), reader.inclusion(*index).unwrap());
        }
        for (proof, old) in told["consistency"].as_array().unwrap().iter().zip(&olds) {
            assert_eq!(hashes(proof), reader.consistency(**old).unwrap());
        }
    }
}

#[test]
fn another_verifier_refuses_what_ours_refuses() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    drop(our_log(folder.path(), 700));
    let own = key(ORIGIN, Algorithm::Ed25519, 1).verifier().clone();
    let asked = json!({ "dir": folder.path(), "keys": [own.to_string()], "sizes": [] });
    assert!(judged(&python, "log", &asked).is_some());
    let trusted = Trusted::new(ORIGIN, [own], []).unwrap();
    let terms = Terms { trusted: &trusted, since: None, others: &[], quorum: 0, fresh: None };
    for path in ["checkpoint", "tile/0/001", "tile/1/000.p/2", "tile/entries/002.p/188"] {
        let file = folder.path().join(path);
        let whole = fs::read(&file).unwrap();
        let mut changed = whole.clone();
        changed[30] ^= 1;
        fs::write(&file, changed).unwrap();
        assert!(judged(&python, "log", &asked).is_none(), "{path}");
        let report = audit(&Directory::new(folder.path()), &terms).unwrap();
        assert!(!report.findings.is_empty(), "{path}");
        fs::write(&file, whole).unwrap();
    }
    assert_eq!(audit(&Directory::new(folder.path()), &terms).unwrap().findings, []);
}

#[test]
fn a_person_can_open_their_leaves_with_a_few_lines_of_another_language() {
    let Some(python) = python() else { return };
    let openings = openings(3);
    let bytes: Vec<_> = openings.iter().map(|opening| hex::encode(opening.to_bytes())).collect();
    let told = judged(&python, "openings", &json!({ "openings": bytes })).unwrap();
    for (place, opening) in openings.iter().enumerate() {
        let leaf = hex::decode(told[place]["leaf"].as_str().unwrap()).unwrap();
        assert_eq!(leaf, opening.commitment().leaf());
        let field = |field: usize| hex::decode(told[place]["fields"][field].as_str().unwrap());
        assert_eq!(field(0).unwrap(), b"teeka/entry/v1");
        assert_eq!(field(3).unwrap(), (place as u64 + 1).to_be_bytes());
        let previous = place.checked_sub(1).map(|before| openings[before].commitment());
        let told_previous = <[u8; 32]>::try_from(field(4).unwrap()).ok().map(Commitment);
        assert_eq!(told_previous, previous);
        assert_eq!(field(6).unwrap(), "टीका लगाने वाला".as_bytes());
        assert_eq!(field(10).unwrap(), b"name");
    }
}

#[test]
fn our_auditor_believes_a_log_that_others_wrote_and_finds_what_was_done_to_it() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let name = "example.com/behind-the-sofa";
    let asked = json!({ "dir": folder.path(), "name": name, "size": 66_000, "older": 300 });
    let built = judged(&python, "build", &asked).unwrap();
    let parsed = |key: &str| built[key].as_str().unwrap().parse().unwrap();
    let trusted = Trusted::new(name, [parsed("key")], [parsed("witness")]).unwrap();
    let older = built["older"].as_str().unwrap().as_bytes();
    let terms = Terms {
        trusted: &trusted,
        since: Some(older),
        others: &[],
        quorum: 1,
        fresh: Some(Fresh { now: 1_700_066_010, most_age: 10 }),
    };
    let directory = Directory::new(folder.path());
    let report = audit(&directory, &terms).unwrap();
    assert_eq!((report.findings, report.leaves, report.cosigned), (vec![], 65_700, 1));
    let late = Terms { fresh: Some(Fresh { now: 1_700_066_011, most_age: 10 }), ..terms.clone() };
    assert_eq!(audit(&directory, &late).unwrap().findings, [Finding::Stale { age: Some(11) }]);
    // Their older checkpoint is genuine, and replayed for who has seen the newer one.
    let newer = fs::read(folder.path().join("checkpoint")).unwrap();
    fs::write(folder.path().join("checkpoint"), older).unwrap();
    let kept = Terms { since: None, fresh: None, ..terms };
    assert_eq!(audit(&directory, &kept).unwrap().findings, []);
    let kept = Terms { since: Some(&newer), ..kept };
    let replayed = Finding::Replayed { known: 66_000, found: 300 };
    assert_eq!(audit(&directory, &kept).unwrap().findings, [replayed]);
}

#[test]
fn another_witness_cosigns_for_our_log() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let log = our_log(folder.path(), 700);
    let mut reader = TileReader::open(log.storage(), log.head()).unwrap();
    for old in [1, 64, 233, 256, 699] {
        let request = Request {
            old,
            proof: reader.consistency(old).unwrap(),
            checkpoint: log.checkpoint().unwrap().as_bytes().to_vec(),
        };
        let older = Checkpoint::new(ORIGIN, reader.earlier(old).unwrap()).text();
        let own = key(ORIGIN, Algorithm::Ed25519, 1).verifier().to_string();
        let body = String::from_utf8(request.to_body()).unwrap();
        let asked = json!({ "body": body, "key": own, "old": older });
        let told = judged(&python, "witness", &asked).unwrap();
        let witness = told["key"].as_str().unwrap().parse().unwrap();
        let ring = KeyRing::new([witness]).unwrap();
        let line = told["line"].as_str().unwrap().as_bytes();
        let signed = cosignatures(line, &Checkpoint::new(ORIGIN, log.head()), &ring).unwrap();
        assert_eq!(signed.len(), 1);
        let other = Request { proof: request.proof[1..].to_vec(), ..request };
        let body = String::from_utf8(other.to_body()).unwrap();
        let asked = json!({ "body": body, "key": own, "old": older });
        assert!(judged(&python, "witness", &asked).is_none());
    }
}

/// Every JSON file below a folder.
fn probes(folder: &Path, found: &mut Vec<(PathBuf, Value)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            probes(&path, found);
        } else {
            let probe = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            found.push((path, probe));
        }
    }
}

fn hash(text: &Value) -> Option<Hash> {
    Hash::from_base64(text.as_str()?)
}

/// A hash, or what stands for one in a probe where it does not matter: any bytes.
fn stand_in(text: &Value) -> Option<Hash> {
    let mut bytes = STANDARD.decode(text.as_str()?).unwrap();
    bytes.resize(32, 0);
    bytes.try_into().ok().map(Hash)
}

/// Proofs that another implementation takes or refuses, ours takes or refuses.
#[test]
fn the_probes_of_another_implementation_are_judged_alike() {
    let Some(folder) = env::var_os("TEEKA_MERKLE_TESTDATA").map(PathBuf::from) else { return };
    let (mut inclusion, mut consistency) = (Vec::new(), Vec::new());
    probes(&folder.join("inclusion"), &mut inclusion);
    probes(&folder.join("consistency"), &mut consistency);
    assert!(inclusion.len() > 50 && consistency.len() > 50);
    for (path, probe) in inclusion {
        let number = |name: &str| probe[name].as_u64().unwrap();
        let proof: Option<Vec<_>> =
            probe["proof"].as_array().map_or(Some(vec![]), |p| p.iter().map(hash).collect());
        let held = hash(&probe["root"]).zip(hash(&probe["leafHash"])).zip(proof);
        let held = held.is_some_and(|((root, leaf), proof)| {
            verify_inclusion(leaf, number("leafIdx"), number("treeSize"), &proof, root).is_ok()
        });
        assert_eq!(!held, probe["wantErr"].as_bool().unwrap(), "{}", path.display());
    }
    // RFC 6962 has no proofs from the empty tree, and they refuse to judge one; C2SP, and ours, say
    // that every tree begins with it.
    consistency.retain(|(_, probe)| probe["size1"] != 0);
    for (path, probe) in consistency {
        let head = |size: &str, root: &str| {
            Some(Head { size: probe[size].as_u64().unwrap(), root: stand_in(&probe[root])? })
        };
        let proof: Option<Vec<_>> =
            probe["proof"].as_array().map_or(Some(vec![]), |p| p.iter().map(hash).collect());
        let held = head("size1", "root1").zip(head("size2", "root2")).zip(proof);
        let held =
            held.is_some_and(|((old, new), proof)| verify_consistency(old, new, &proof).is_ok());
        assert_eq!(!held, probe["wantErr"].as_bool().unwrap(), "{}", path.display());
    }
}
