//! The fingerprints by which people are found again tell nothing to who has the database: four billion
//! mobiles are hashed in minutes, and without the key none of the hashes is there. The twin is the same
//! search with the key, which finds everybody.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::collections::HashSet;

use app::{Actor, settings::Settings, sign_in::Audience};
use aws_lc_rs::{
    digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA3_256, SHA256, SHA384, SHA512},
    hmac,
};
use domain::person::Mobile;
use testkit::world::World;
use vault::Index;

const PEOPLE: u64 = 40;
/// Every number that is tried: the registered ones are among them.
const TRIED: std::ops::Range<u64> = 6_000_000_000..6_000_002_000;

fn mobile(number: u64) -> String {
    (6_000_000_000 + 41 * number).to_string()
}

/// Every run of eight bytes of a copy of the database.
async fn dump(world: &World) -> HashSet<[u8; 8]> {
    let folder = tempfile::tempdir().unwrap();
    world.platform.store().backup(folder.path()).await.unwrap();
    let mut runs = HashSet::new();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        runs.extend(bytes.windows(8).map(|run| <[u8; 8]>::try_from(run).unwrap()));
    }
    assert!(runs.len() > 10_000, "{}", runs.len());
    runs
}

/// What somebody without the key takes a number for.
fn guesses(number: &str) -> Vec<Vec<u8>> {
    let forms =
        [number.to_owned(), format!("+91{number}"), format!("91{number}"), format!("0{number}")];
    let mut guesses = Vec::new();
    for form in &forms {
        for algorithm in [&SHA1_FOR_LEGACY_USE_ONLY, &SHA256, &SHA384, &SHA512, &SHA3_256] {
            guesses.push(digest::digest(algorithm, form.as_bytes()).as_ref().to_vec());
        }
        for key in [&b""[..], &[0; 32], b"teeka", b"mobile", b"teeka/v1/index/mobile"] {
            let key = hmac::Key::new(hmac::HMAC_SHA256, key);
            guesses.push(hmac::sign(&key, form.as_bytes()).as_ref().to_vec());
        }
    }
    guesses
}

/// Whether the parts of a digest that are kept somewhere stand in the dump.
fn is_there(dump: &HashSet<[u8; 8]>, digest: &[u8]) -> bool {
    digest.windows(8).any(|run| dump.contains(run))
}

#[tokio::test]
async fn no_number_is_read_out_of_a_dump_without_the_key() {
    let world = World::new(81).await;
    let anyone = world.ctx(Actor::Anyone);
    for number in 0..PEOPLE {
        world.enrol(&mobile(number), number).await.unwrap();
        let mobile = Mobile::parse(&mobile(number)).unwrap();
        world.platform.send_code(&anyone, &mobile, Audience::Resident, "").await.unwrap();
    }
    let dump = dump(&world).await;
    let mut tried = 0;
    for number in TRIED {
        for guess in guesses(&number.to_string()) {
            assert!(!is_there(&dump, &guess), "{number} is read out of the dump");
            tried += 1;
        }
    }
    assert_eq!(tried, 2_000 * 4 * 10);
    let mut found = 0;
    for number in TRIED {
        let index = world.platform.vault().index(Index::Mobile, &number.to_string()).await.unwrap();
        found += u64::from(is_there(&dump, &index.0));
    }
    assert_eq!(found, PEOPLE);
}

/// At most 0.001 percent of the four billion mobiles that there can be, for each source in a day.
#[test]
fn a_source_asks_for_few_of_all_numbers() {
    let limits = Settings::default().limits.unwrap();
    assert!(limits.codes_per_address * 24 <= 40_000, "{}", limits.codes_per_address);
}
