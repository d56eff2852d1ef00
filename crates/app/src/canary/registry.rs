//! Which lists of canaries there are, and since when the public log has each: one that was made up after
//! a dump was seen proves nothing.

use std::collections::{BTreeMap, HashMap};

use domain::id::{BeneficiaryId, HomeBucket, StaffId};
use jiff::Timestamp;
use ledger::{
    checkpoint::Trusted,
    directory::Directory,
    leaf::{Opening, entry::Act},
    log::LogError,
    tiles::reader::TileReader,
};
use store::{AccessOf, KeptAccess};
use vault::{PersonId, Sealed};

use super::{MADE, list_named};
use crate::{
    Ctx, Platform, Result,
    access_log::{blocking, broken},
    accesses::entry_of,
    public_log::{PublicLog, published},
};

/// How many decisions about one list are looked at: there is one.
const MOST_DECISIONS: u32 = 8;

/// A list of canaries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanaryList {
    /// What the log calls it.
    pub named: StaffId,
    /// How many people it has; of those who share a mobile some are not counted.
    pub people: u64,
    /// Since when the public log has it, and at which leaf; none if it does not.
    pub committed: Option<(Timestamp, u64)>,
}

/// All canaries.
pub struct Canaries {
    lists: Vec<CanaryList>,
    /// In which list each is.
    by_digest: HashMap<[u8; 32], usize>,
}

impl Canaries {
    /// Their lists, in the order in which they were made.
    pub fn lists(&self) -> &[CanaryList] {
        &self.lists
    }
}

impl Platform {
    /// The canaries with their lists, and since when the public log has each of these.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`](crate::Error::Forbidden) for anybody but the operator.
    pub async fn inquire_canaries(&self, ctx: &Ctx) -> Result<Canaries> {
        ctx.only_operator()?;
        let mut made: BTreeMap<Timestamp, Vec<[u8; 32]>> = BTreeMap::new();
        for (digest, at) in self.store.canaries_since(Timestamp::UNIX_EPOCH).await? {
            made.entry(at).or_default().push(digest);
        }
        let mut all = Canaries { lists: Vec::new(), by_digest: HashMap::new() };
        for mut digests in made.into_values() {
            digests.sort_unstable();
            let named = list_named(&digests);
            let committed = self.committed(named).await?;
            // A digest of each person, and one of the account.
            let people = (digests.len() as u64).div_ceil(2);
            let place = all.lists.len();
            all.by_digest.extend(digests.into_iter().map(|digest| (digest, place)));
            all.lists.push(CanaryList { named, people, committed });
        }
        Ok(all)
    }

    /// In which list a person is, if they are a canary.
    pub fn canary_list<'c>(
        &self,
        canaries: &'c Canaries,
        id: BeneficiaryId,
    ) -> Option<&'c CanaryList> {
        if canaries.by_digest.is_empty() {
            return None;
        }
        let place = canaries.by_digest.get(&self.canary_digest(id.person_uuid()))?;
        canaries.lists.get(*place)
    }

    /// Since when the public log has a list, and at which leaf.
    async fn committed(&self, list: StaffId) -> Result<Option<(Timestamp, u64)>> {
        let name = list.0.into_bytes();
        let bucket = HomeBucket(u16::from_be_bytes([name[0], name[1]]));
        let of = AccessOf { bucket, person: list.0 };
        let key = self.vault.decision_key(PersonId(name));
        for KeptAccess { sealed, leaf, .. } in
            self.store.accesses_after(of, 0, MOST_DECISIONS).await?
        {
            let bytes = key.read_access(&Sealed::from_bytes(sealed))?.into_inner();
            let (entry, _) = entry_of(&self.vault, &bytes)?;
            let at = i64::try_from(entry.at).ok().and_then(|at| Timestamp::from_second(at).ok());
            if let (Act::Decision, MADE, Some(at), Some(leaf)) =
                (entry.act, entry.purpose.as_str(), at, leaf)
                && entry.link.is_some_and(|link| link.person == name)
                && self.is_in_log(leaf, bytes).await?
            {
                return Ok(Some((at, leaf)));
            }
        }
        Ok(None)
    }

    /// Whether the signed log has this entry at a leaf.
    async fn is_in_log(&self, leaf: u64, opening: Vec<u8>) -> Result<bool> {
        let Some((folder, trusted)) = self.log_source(PublicLog::Accesses) else {
            return Ok(false);
        };
        blocking(move || has_leaf(&folder, &trusted, leaf, &opening)).await?.map_err(broken)
    }
}

fn has_leaf(
    folder: &Directory,
    trusted: &Trusted,
    leaf: u64,
    opening: &[u8],
) -> std::result::Result<bool, LogError> {
    let Some((_, head)) = published(folder, trusted)? else { return Ok(false) };
    if leaf >= head.size {
        return Ok(false);
    }
    let mut reader = TileReader::open(folder, head).map_err(LogError::Damaged)?;
    let there = reader.entry(leaf).map_err(LogError::Damaged)?;
    Ok(Opening::from_bytes(opening).is_some_and(|opening| opening.open(&there).is_ok()))
}
