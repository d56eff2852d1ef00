//! Keys do not leave the keyholder: the memory of a server that registered people and showed them is
//! searched for its keys and for theirs, as who has the whole of a core file would. The twin is the same
//! search in the keyholder, which finds them, and for what a server does have.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    fs::{self, File},
    os::unix::fs::FileExt,
    path::Path,
};

use aho_corasick::AhoCorasick;
use aws_lc_rs::{
    hkdf::{HKDF_SHA256, KeyType, Prk, Salt},
    hmac,
};
use domain::id::BeneficiaryId;
use keyholder::{
    keks::KekFolder,
    provider::{Provider, file::KeyFile},
};
use support::{Resident, small_demo};
use vault::{Ask, PersonId, Safe, Told, load_or_create_root};

/// Something that is looked for, and what it is.
struct Needle {
    what: String,
    bytes: Vec<u8>,
}

fn needle(what: &str, bytes: &[u8]) -> Needle {
    Needle { what: what.to_owned(), bytes: bytes.to_vec() }
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

/// A key out of a key, as the vault derives it: RFC 5869 without salt.
fn derived(from: &[u8], label: &str) -> [u8; 32] {
    let mut key = [0; 32];
    let prk: Prk = Salt::new(HKDF_SHA256, &[]).extract(from);
    prk.expand(&[label.as_bytes()], Bytes32).unwrap().fill(&mut key).unwrap();
    key
}

/// What HKDF keeps of a key between two derivations.
fn extracted(from: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &[]), from).as_ref().to_vec()
}

/// The keys that only the keyholder of a data folder has.
fn of_keyholder(data: &Path) -> (Vec<Needle>, Safe) {
    let root = load_or_create_root(&data.join("root.key")).unwrap();
    let safe = Safe::new(&root);
    let provider: Box<dyn Provider> = Box::new(KeyFile::new(safe.folder_key()));
    let keks = KekFolder::open(&data.join("keyholder/keks")).unwrap();
    let kek = keks.kek(1, &[&*provider]).unwrap().key;
    safe.add_kek(1, &kek);
    safe.wrap_with(1);
    let (root, kek) = (root.expose(), kek.expose());
    let mut needles = vec![
        needle("the root key", root),
        needle("the root key, extracted", &extracted(root)),
        needle("the key-encryption key", kek),
        needle("the key-encryption key, extracted", &extracted(kek)),
        needle("what wraps data keys", &derived(kek, "teeka/v2/kek/data")),
        needle("what wraps key-encryption keys", &derived(root, "teeka/v2/keks")),
    ];
    for column in ["mobile", "identity-document", "staff-mobile", "source"] {
        let label = format!("teeka/v1/index/{column}");
        needles.push(needle(&label, &derived(root, &label)));
    }
    (needles, safe)
}

/// The keys of fields of everybody who is registered.
fn of_people(data: &Path, safe: &Safe) -> Vec<Needle> {
    let file = rusqlite::Connection::open(data.join("teeka.sqlite")).unwrap();
    let mut rows = file.prepare("SELECT beneficiary_id, wrapped_key FROM beneficiary").unwrap();
    let rows = rows.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)));
    let mut needles = Vec::new();
    for row in rows.unwrap() {
        let (number, wrapped) = row.unwrap();
        let id = BeneficiaryId::from_number(number.unsigned_abs()).unwrap();
        let fields = vec!["name".to_owned(), "document".to_owned()];
        let person = PersonId(id.person_bytes());
        let ask = Ask::Open { person, wrapped, fields, evidence: Vec::new() };
        let Told::Opened(keys) = safe.answer(&ask) else { panic!("it does not open") };
        needles.extend(keys.iter().map(|key| needle("the key of somebody's field", key.expose())));
    }
    needles
}

/// Which of them are in the memory of a process.
fn found(process: u32, needles: &[Needle]) -> Vec<&str> {
    let search = AhoCorasick::new(needles.iter().map(|one| &one.bytes)).unwrap();
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let (mut found, mut searched) = (Vec::new(), 0);
    for line in maps.lines().filter(|line| line.split(' ').nth(1).unwrap().starts_with("rw")) {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let [from, to] = [from, to].map(|text| u64::from_str_radix(text, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        // What is not there any more, or never was, has nothing.
        let read = memory.read_at(&mut bytes, from).unwrap_or(0);
        searched += read;
        found.extend(search.find_iter(&bytes[..read]).map(|hit| hit.pattern().as_usize()));
    }
    assert!(searched > 1 << 20, "{searched} bytes");
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|number| needles[number].what.as_str()).collect()
}

fn no_core_is_left_of(process: u32) {
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().filter(|word| *word == "0").count(), 2, "{core}");
}

#[test]
fn a_server_s_memory_has_no_key_of_the_keyholder_and_none_of_people() {
    if !rustix::process::geteuid().is_root() {
        println!("not run: only root reads the memory of a server");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = small_demo(folder.path());
    let resident = Resident::sign_in(&program, folder.path(), "7500000001");
    for number in 0..5 {
        let name = format!("Anna {}", ['A', 'B', 'C', 'D', 'E'][number]);
        resident.register(&name, "1980", &format!("7500000001{number:02}"));
    }
    assert_eq!(resident.people().as_array().unwrap().len(), 5);
    let holder = fs::read_to_string(folder.path().join("keyholder/lock")).unwrap();
    let holder: u32 = holder.trim().parse().unwrap();
    let (server, (own, safe)) = (program.id(), of_keyholder(folder.path()));
    no_core_is_left_of(server);
    no_core_is_left_of(holder);
    assert_eq!(found(server, &own), Vec::<&str>::new());
    // While it is at work it has those of whom it shows; they are gone with the answer.
    let people = of_people(folder.path(), &safe);
    assert!(people.len() >= 10, "{}", people.len());
    assert_eq!(found(server, &people), Vec::<&str>::new());
    // The twin: the keyholder has them, and the search sees it; so it does what a server has.
    let there = found(holder, &own);
    assert!(there.iter().any(|what| what.contains("root")), "{there:?}");
    assert!(there.iter().any(|what| what.contains("encryption")), "{there:?}");
    let root = load_or_create_root(&folder.path().join("root.key")).unwrap();
    let token = derived(root.expose(), "teeka/v1/token");
    assert_eq!(found(server, &[needle("what signs tokens", &token)]).len(), 1);
    drop(program);
}
