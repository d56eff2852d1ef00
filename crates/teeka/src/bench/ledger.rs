//! `teeka bench ledger`: appending, committing and checking, in memory and without a platform,
//! beside the bare hashes and signatures that they are made of.

use std::{cell::RefCell, fmt::Write, hint::black_box, process::ExitCode};

use anyhow::Context;
use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac,
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use ledger::{
    checkpoint::{Checkpoint, Trusted},
    leaf::{
        Opening, Salt, Subject,
        chain::ChainHead,
        entry::{Act, Actor, Entry},
    },
    log::{Log, Storage},
    merkle::{Hash, Head, leaf_hash, node_hash, verify_inclusion},
    note::{Algorithm, LocalKey, SigningKey, note},
    source::{Source, SourceError},
    tiles::TilePath,
};
use serde_json::{Value, json};

use super::certificates::rate::{Rate, cores, rates};
use crate::output::Output;

const ORIGIN: &str = "example.org/accesses";
const SEED: [u8; 32] = [1; 32];
/// A million leaves: a proof has twenty hashes.
const LEVELS: u32 = 20;

/// A rate beside that of the bare operations.
struct Line {
    name: &'static str,
    /// How many of them one call does.
    each: f64,
    rate: Rate,
    bare: Rate,
    bare_name: &'static str,
}

/// Keeps the promise and forgets the files: how fast a disk is is measured elsewhere.
#[derive(Default)]
struct Forgetful(RefCell<Option<String>>);

impl Source for Forgetful {
    fn read(&self, _: &str, _: usize) -> Result<Option<Vec<u8>>, SourceError> {
        Ok(None)
    }
}

impl Storage for Forgetful {
    fn promised(&self) -> Result<Option<String>, SourceError> {
        Ok(self.0.borrow().clone())
    }

    fn commit(
        &self,
        last: Option<&str>,
        next: &str,
        files: &[(TilePath, Vec<u8>)],
    ) -> Result<bool, SourceError> {
        black_box(files);
        let same = self.0.borrow().as_deref() == last;
        if same {
            *self.0.borrow_mut() = Some(next.to_owned());
        }
        Ok(same)
    }

    fn publish(&self, promised: &str, checkpoint: &str) -> Result<bool, SourceError> {
        black_box(checkpoint);
        Ok(self.0.borrow().as_deref() == Some(promised))
    }
}

thread_local! {
    /// One log for each thread: appending is the work of one at a time.
    static LOG: RefCell<Option<Log<Forgetful, LocalKey>>> = const { RefCell::new(None) };
}

pub(super) fn run(output: Output) -> anyhow::Result<ExitCode> {
    let lines = [
        appended("append, 100 a batch", 100)?,
        appended("append, 1,000 a batch", 1_000)?,
        committed()?,
        proven()?,
        opened()?,
    ];
    let json: Value = lines.iter().map(Line::json).collect();
    output.result(&json!({ "cores": cores(), "lines": json }), &table(&lines))?;
    Ok(ExitCode::SUCCESS)
}

fn key() -> anyhow::Result<LocalKey> {
    Ok(LocalKey::from_seed(ORIGIN, Algorithm::Ed25519, &SEED)?)
}

/// Leaves hashed, integrated, proven to continue, written as tiles and signed, for each batch.
fn appended(name: &'static str, batch: u64) -> anyhow::Result<Line> {
    let leaves: Vec<_> = (0..batch)
        .map(|number| Salt(SEED).commit(Subject::Entry, &number.to_be_bytes()).leaf())
        .collect();
    let pair = Ed25519KeyPair::from_seed_unchecked(&SEED).ok().context("a seed has 32 bytes")?;
    let append = |_| {
        LOG.with_borrow_mut(|log| {
            if log.is_none() {
                *log = Some(Log::open(Forgetful::default(), key()?)?);
            }
            let log = log.as_mut().context("opened above")?;
            black_box(log.append(log.head().size, black_box(&leaves))?);
            anyhow::Ok(())
        })
    };
    let bare = |_| {
        for _ in 0..batch {
            black_box(digest(&SHA256, black_box(&[0; 34])));
            black_box(digest(&SHA256, black_box(&[1; 65])));
        }
        black_box(pair.sign(black_box(&[b't'; 90])));
        Ok(())
    };
    let [rate, bare] = rates([&append, &bare])?;
    let bare_name = "two SHA-256 a leaf, one Ed25519 a batch";
    let each = if batch == 100 { 100.0 } else { 1_000.0 };
    Ok(Line { name, each, rate, bare, bare_name })
}

/// An entry written in canonical bytes and committed to.
fn committed() -> anyhow::Result<Line> {
    let entry = |number: u64| Entry {
        act: Act::Access,
        link: Some(ChainHead::next([7; 16], None)),
        at: number,
        actor: Actor {
            role: "vaccinator".to_owned(),
            facility: Some([3; 16]),
            account: Salt(SEED).commit(Subject::Actor, b"staff_17"),
        },
        purpose: "record a dose".to_owned(),
        fields: vec!["name".to_owned(), "year of birth".to_owned()],
    };
    let bytes = entry(0).to_bytes()?;
    let [rate, bare] = rates([
        &|number| {
            black_box(Opening::new(Salt(SEED), &entry(number))?.commitment());
            Ok(())
        },
        &|_| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, black_box(&SEED));
            black_box(hmac::sign(&key, black_box(&bytes)));
            Ok(())
        },
    ])?;
    Ok(Line { name: "commit to an entry", each: 1.0, rate, bare, bare_name: "HMAC-SHA-256" })
}

/// An inclusion proof of a log of a million leaves, checked.
fn proven() -> anyhow::Result<Line> {
    let leaf = leaf_hash(b"leaf");
    let proof: Vec<_> = (0..LEVELS).map(|level| leaf_hash(&level.to_be_bytes())).collect();
    let root = proof.iter().fold(leaf, |hash, sibling| node_hash(hash, *sibling));
    let [rate, bare] = rates([
        &|_| Ok(verify_inclusion(black_box(leaf), 0, 1 << LEVELS, black_box(&proof), root)?),
        &|_| {
            for _ in 0..LEVELS {
                black_box(digest(&SHA256, black_box(&[1; 65])));
            }
            Ok(())
        },
    ])?;
    Ok(Line { name: "check an inclusion", each: 1.0, rate, bare, bare_name: "20 SHA-256" })
}

/// A signed checkpoint, read and verified.
fn opened() -> anyhow::Result<Line> {
    let key = key()?;
    let text = Checkpoint::new(ORIGIN, Head { size: 1 << LEVELS, root: Hash(SEED) }).text();
    let signed = note(&text, [&key.sign_note(&text, 0)?]);
    let trusted = Trusted::new(ORIGIN, [key.verifier().clone()], [])?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&SEED).ok().context("a seed has 32 bytes")?;
    let (public, signature) = (pair.public_key().as_ref(), pair.sign(text.as_bytes()));
    let [rate, bare] = rates([
        &|_| {
            black_box(trusted.open(black_box(signed.as_bytes()))?);
            Ok(())
        },
        &|_| {
            let key = UnparsedPublicKey::new(&ED25519, black_box(public));
            key.verify(text.as_bytes(), signature.as_ref()).ok().context("it is the signature")
        },
    ])?;
    Ok(Line { name: "check a checkpoint", each: 1.0, rate, bare, bare_name: "Ed25519 check" })
}

impl Line {
    fn json(&self) -> Value {
        let ratio = self.rate.ratio(self.bare);
        json!({
            "name": self.name,
            "per_second": self.times(self.rate).json(),
            "bare": self.bare_name,
            "bare_per_second": self.times(self.bare).json(),
            "ratio": { "one_core": ratio.one_core, "all_cores": ratio.all_cores },
        })
    }

    fn times(&self, rate: Rate) -> Rate {
        Rate { one_core: rate.one_core * self.each, all_cores: rate.all_cores * self.each }
    }
}

fn table(lines: &[Line]) -> String {
    let cores = cores();
    let mut text = format!(
        "per second                  one core    {cores} cores   ratio to the bare operations\n"
    );
    for line in lines {
        let (rate, bare) = (line.times(line.rate), line.times(line.bare));
        let ratio = line.rate.ratio(line.bare);
        let _ = writeln!(
            text,
            "{:<24} {:>11.0} {:>10.0}   {:.2} of {:.0} and {:.2} of {:.0}: {}",
            line.name,
            rate.one_core,
            rate.all_cores,
            ratio.one_core,
            bare.one_core,
            ratio.all_cores,
            bare.all_cores,
            line.bare_name,
        );
    }
    text.trim_end().to_owned()
}
