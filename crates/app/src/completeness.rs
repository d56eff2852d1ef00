//! A resident's proof that no access to them is left out: their list of accesses, where it ends in the
//! map of all lists, and that the map is said in the public log and adds up to its size.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::id::BeneficiaryId;
use ledger::{
    checkpoint::Trusted,
    heads::{Beside, Head, Said, leads_to, path},
    leaf::{
        Commitment, Opening,
        chain::{ChainError, ChainHead, follow},
    },
    merkle::{Hash, leaf_hash, verify_inclusion},
    note::VerifierKey,
};
use serde::{Deserialize, Serialize};

use crate::{
    Ctx, Error, Platform, Result,
    access_log::{blocking, broken},
    chain_heads::{read_map, read_part},
    error::BrokenCause,
    my_accesses::{proof_text, prove},
    public_log::PublicLog,
};

/// The most bytes of a proof.
const MOST_BYTES: usize = 64 << 20;
/// The most entries in one proof, the newest.
const MOST_ENTRIES: u64 = 20_000;

/// The proof as it is written.
///
/// # Shape
///
/// JSON: `entries`, each salt and entry in base64, in order; `key`, by which the list is known in the
/// map, and `last`, the commitment to its last entry there, in base64; `number`, how many entries it has
/// there; `path`, the nodes beside its way, from the root, each `hash` in base64 and `sum`; `said`, the
/// entry that says the map's root, as C2SP tlog-proof.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    entries: Vec<String>,
    key: String,
    number: u64,
    last: String,
    path: Vec<WrittenNode>,
    said: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenNode {
    hash: String,
    sum: u64,
}

/// What a proof shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// How many entries the list has that are within the proof.
    pub number: u64,
    /// The first entry that is told: those before are past their time.
    pub first: u64,
    /// How many are told behind those that the map knew.
    pub newer: u64,
    /// How many leaves of the log the map is of.
    pub size: u64,
    /// How many lists there are.
    pub chains: u64,
}

/// Why a proof shows nothing, or that something is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomplete {
    /// It is another document.
    #[error("this is no proof of a whole list of accesses")]
    NotOne,
    /// The log did not sign what it is in.
    #[error("the checkpoint is not signed by the log's key")]
    Checkpoint,
    /// What says where the lists end is not in the log.
    #[error("what says where the lists end is not in the log")]
    NotSaid,
    /// All lists together are not as long as the log.
    #[error("the lists do not add up to the log: some entry is of nobody, or told twice")]
    Sum,
    /// The list is not in the map at this length.
    #[error("the list does not end where the map says")]
    NotInMap,
    /// An entry of the list is left out, changed, or of somebody else.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The list is shorter than the map says, or another one.
    #[error("entries of the list are left out: the map knows more, or others")]
    LeftOut,
}

impl Platform {
    /// The proof that no access to a person of the resident who asks is left out, as of the last time
    /// that the log said where all lists end.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account, or the log did not say it yet.
    ///
    /// # Privacy
    ///
    /// Holds the whole list of accesses: for that account, and for nobody else.
    pub async fn my_completeness(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<String> {
        let count = self.my_access_count(ctx, id).await?;
        let (mut entries, mut last) = (Vec::new(), count.saturating_sub(MOST_ENTRIES));
        loop {
            let some = self.my_accesses(ctx, id, last).await?;
            let Some(end) = some.last() else { break };
            last = end.number;
            entries.extend(some.iter().map(|one| STANDARD.encode(&one.opening)));
        }
        let record = self.record_of(ctx.resident()?, id).await?;
        let key = self.chain_key(self.whose(&record.beneficiary)?.of);
        let said = self.said_last().await?.ok_or(Error::NotFound)?;
        let leaf = said.leaf.ok_or(Error::NotFound)?;
        let (head, way) = self.way_of(key, &said.said).await?;
        let (folder, trusted) = self.log_source(PublicLog::Accesses).ok_or(Error::NotFound)?;
        let proof = blocking(move || prove(&folder, &trusted, leaf)).await?.map_err(broken)?;
        let (hashes, checkpoint) = proof.ok_or(Error::NotFound)?;
        let written = Written {
            entries,
            key: STANDARD.encode(key),
            number: head.number,
            last: STANDARD.encode(head.last.0),
            path: way
                .into_iter()
                .map(|one| WrittenNode { hash: one.hash.to_base64(), sum: one.sum })
                .collect(),
            said: proof_text(leaf, &said.opening.to_bytes(), &hashes, &checkpoint),
        };
        serde_json::to_string(&written).map_err(|_| Error::Broken(BrokenCause::Chains))
    }

    /// Where a list ends in the map that was said, and the nodes beside its way.
    async fn way_of(&self, key: [u8; 32], said: &Said) -> Result<(Head, Vec<Beside>)> {
        let folder = self.chains_folder().ok_or(Error::NotFound)?;
        let read = move || {
            let Some(map) = read_map(&folder)? else { return Ok(None) };
            let number = Head { key, number: 0, last: Commitment([0; 32]) }.part();
            let heads = read_part(&folder, number)?;
            let head = heads.iter().find(|head| head.key == key).copied();
            Ok::<_, std::io::Error>(head.zip(path(&map.parts, &heads, &key)))
        };
        let failed = |_| Error::Broken(BrokenCause::Chains);
        let found = blocking(read).await?.map_err(failed)?;
        // While the map grows it is not what was said: it is again in a moment.
        let fits =
            |(head, way): &(Head, Vec<Beside>)| leads_to(head, way) == Some((said.root, said.size));
        found.filter(fits).ok_or(Error::NotFound)
    }
}

/// Checks a proof with the log's key, and nothing else of ours.
///
/// # Errors
///
/// [`Incomplete`].
pub fn verify(bytes: &[u8], log: &VerifierKey) -> std::result::Result<Shown, Incomplete> {
    if bytes.len() > MOST_BYTES {
        return Err(Incomplete::NotOne);
    }
    let written: Written = serde_json::from_slice(bytes).map_err(|_| Incomplete::NotOne)?;
    let said = said_in_log(&written.said, log)?;
    let head = Head {
        key: hash_of(&written.key)?,
        number: written.number,
        last: Commitment(hash_of(&written.last)?),
    };
    let way =
        written.path.iter().map(|one| Ok(Beside { hash: Hash(hash_of(&one.hash)?), sum: one.sum }));
    let way = way.collect::<std::result::Result<Vec<_>, Incomplete>>()?;
    let (root, sum) = leads_to(&head, &way).ok_or(Incomplete::NotInMap)?;
    if root != said.root {
        return Err(Incomplete::NotInMap);
    }
    if sum != said.size {
        return Err(Incomplete::Sum);
    }
    let (first, newer) = whole_list(&written.entries, &head)?;
    Ok(Shown { number: head.number, first, newer, size: said.size, chains: said.chains })
}

fn hash_of(text: &str) -> std::result::Result<[u8; 32], Incomplete> {
    Hash::from_base64(text).map(|hash| hash.0).ok_or(Incomplete::NotOne)
}

/// What the log says of all lists, by its proof.
fn said_in_log(text: &str, log: &VerifierKey) -> std::result::Result<Said, Incomplete> {
    let rest = text.strip_prefix("c2sp.org/tlog-proof@v1\nextra ").ok_or(Incomplete::NotOne)?;
    let (lines, checkpoint) = rest.split_once("\n\n").ok_or(Incomplete::NotOne)?;
    let mut lines = lines.lines();
    let opening = lines.next().and_then(|line| STANDARD.decode(line).ok());
    let opening =
        opening.and_then(|bytes| Opening::from_bytes(&bytes)).ok_or(Incomplete::NotOne)?;
    let index = lines.next().and_then(|line| line.strip_prefix("index ")?.parse().ok());
    let index: u64 = index.ok_or(Incomplete::NotOne)?;
    let hashes = lines.map(|line| hash_of(line).map(Hash));
    let hashes = hashes.collect::<std::result::Result<Vec<_>, _>>()?;
    let trusted = Trusted::new(log.name(), [log.clone()], []);
    let trusted = trusted.map_err(|_| Incomplete::Checkpoint)?;
    let signed = trusted.open(checkpoint.as_bytes()).map_err(|_| Incomplete::Checkpoint)?;
    let (leaf, tree) = (leaf_hash(&opening.commitment().leaf()), signed.head());
    verify_inclusion(leaf, index, tree.size, &hashes, tree.root)
        .map_err(|_| Incomplete::NotSaid)?;
    let said = opening.entry().ok().and_then(|entry| Said::of(&entry));
    // It cannot be of leaves that come after it.
    said.filter(|said| said.size <= index).ok_or(Incomplete::NotSaid)
}

/// Whether a list is whole to its end in the map; gives its first number and how many are newer.
fn whole_list(entries: &[String], head: &Head) -> std::result::Result<(u64, u64), Incomplete> {
    let opening = |text: &String| {
        let bytes = STANDARD.decode(text).ok()?;
        Opening::from_bytes(&bytes)
    };
    let openings: Option<Vec<_>> = entries.iter().map(opening).collect();
    let openings = openings.ok_or(Incomplete::NotOne)?;
    let link = openings.first().and_then(|one| one.entry().ok()).and_then(|entry| entry.link);
    let link = link.ok_or(Incomplete::LeftOut)?;
    // What is before the first one that is told is past its time; that it was there is known by it.
    let before = link.previous.map(|commitment| ChainHead { number: link.number - 1, commitment });
    let (first, end) = (link.number, follow(link.person, before, &openings)?);
    let place = head.number.checked_sub(first).and_then(|place| usize::try_from(place).ok());
    let at_end = place.and_then(|place| openings.get(place));
    if at_end.is_none_or(|one| one.commitment() != head.last) {
        return Err(Incomplete::LeftOut);
    }
    let told = end.map_or(0, |end| end.number);
    Ok((first, told - head.number))
}
