//! Who opened which of my fields: a resident reads the list of each person of their account.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::id::{BeneficiaryId, FacilityId};
use jiff::Timestamp;
use ledger::{
    checkpoint::Trusted, directory::Directory, leaf::Opening, log::LogError, merkle::Hash,
    tiles::reader::TileReader,
};
use store::KeptAccess;
use vault::Sealed;

use crate::{
    Ctx, Error, Platform, Result,
    access_log::{blocking, broken},
    error::BrokenCause,
    public_log::{PublicLog, published},
};

/// The most accesses in one answer.
const MOST: u32 = 500;

/// An access, as the person is told.
///
/// # Privacy
///
/// Says who opened what of a person: for the account that they are of, and for nobody else.
pub struct ToldAccess {
    /// The how-manyth of the person it is, from 1: none is left out.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// In which role; never a name.
    pub role: String,
    /// At which facility.
    pub facility: Option<FacilityId>,
    /// The name of that facility, if it is known still.
    pub facility_name: Option<String>,
    /// Why.
    pub purpose: String,
    /// Which fields.
    pub fields: Vec<String>,
    /// The number of its leaf in the public log; none while it waits.
    pub leaf: Option<u64>,
    /// Salt and entry: what opens that leaf.
    pub opening: Vec<u8>,
}

impl ToldAccess {
    /// The opening, in base64.
    pub fn opening_text(&self) -> String {
        STANDARD.encode(&self.opening)
    }
}

impl Platform {
    /// The accesses to a person of the resident who asks, behind a number, in order, at most 500.
    /// Reading them opens none of the person's fields, and is not an access.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account.
    pub async fn my_accesses(
        &self,
        ctx: &Ctx,
        id: BeneficiaryId,
        after: u64,
    ) -> Result<Vec<ToldAccess>> {
        self.my_accesses_up_to(ctx, id, after, MOST).await
    }

    async fn my_accesses_up_to(
        &self,
        ctx: &Ctx,
        id: BeneficiaryId,
        after: u64,
        most: u32,
    ) -> Result<Vec<ToldAccess>> {
        let record = self.record_of(ctx.resident()?, id).await?;
        let whose = self.whose(&record.beneficiary)?;
        let kept = self.store.accesses_after(whose.of, after, most).await?;
        kept.into_iter().map(|one| self.told(&whose.key, one)).collect()
    }

    /// How many accesses there are to a person of the resident who asks.
    ///
    /// # Errors
    ///
    /// As [`Platform::my_accesses`].
    pub async fn my_access_count(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<u64> {
        let record = self.record_of(ctx.resident()?, id).await?;
        let of = self.whose(&record.beneficiary)?.of;
        let head = self.store.access_heads(&[of]).await?.pop().flatten();
        Ok(head.map_or(0, |head| head.number))
    }

    /// The proof that an access to a person of the resident who asks is in the public log.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account, there is no such access, or it is not
    /// in the log yet.
    ///
    /// # Privacy
    ///
    /// Holds what opens the leaf: for that account, and for nobody else.
    pub async fn my_access_proof(
        &self,
        ctx: &Ctx,
        id: BeneficiaryId,
        number: u64,
    ) -> Result<String> {
        let after = number.checked_sub(1).ok_or(Error::NotFound)?;
        let mut list = self.my_accesses_up_to(ctx, id, after, 1).await?;
        let access = list.pop().filter(|access| access.number == number).ok_or(Error::NotFound)?;
        let leaf = access.leaf.ok_or(Error::NotFound)?;
        let (folder, trusted) = self.log_source(PublicLog::Accesses).ok_or(Error::NotFound)?;
        let proof = blocking(move || prove(&folder, &trusted, leaf)).await?.map_err(broken)?;
        let (hashes, checkpoint) = proof.ok_or(Error::NotFound)?;
        Ok(proof_text(leaf, &access.opening, &hashes, &checkpoint))
    }

    fn told(&self, key: &vault::PersonKey, kept: KeptAccess) -> Result<ToldAccess> {
        let broken = || Error::Broken(BrokenCause::Seal);
        let bytes = key.read_access(&Sealed::from_bytes(kept.sealed))?.into_inner();
        let opening = Opening::from_bytes(&bytes).ok_or_else(broken)?;
        let entry = opening.entry().map_err(|_| broken())?;
        let at = i64::try_from(entry.at).map_err(|_| broken())?;
        let facility = entry.actor.facility.map(facility_of);
        let known = facility.and_then(|facility| self.inventory.facility(facility));
        Ok(ToldAccess {
            number: kept.number,
            at: Timestamp::from_second(at).map_err(|_| broken())?,
            role: entry.actor.role,
            facility,
            facility_name: known.map(|facility| facility.name.clone()),
            purpose: entry.purpose,
            fields: entry.fields,
            leaf: kept.leaf,
            opening: bytes,
        })
    }
}

/// The facility that an entry names.
pub(crate) fn facility_of(bytes: [u8; 16]) -> FacilityId {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[8..]);
    FacilityId(i64::from_be_bytes(number))
}

/// The proof that an access is in the public log.
///
/// # Shape
///
/// A line `c2sp.org/tlog-proof@v1`; `extra `, then salt and entry in base64; `index `, then the number
/// of the leaf; the hashes that lead from the leaf to the root, each in base64 on a line of its own; an
/// empty line; the signed checkpoint.
///
/// # Source
///
/// C2SP tlog-proof.
pub(crate) fn proof_text(leaf: u64, opening: &[u8], hashes: &[Hash], checkpoint: &str) -> String {
    let opening = STANDARD.encode(opening);
    let mut text = format!("c2sp.org/tlog-proof@v1\nextra {opening}\nindex {leaf}\n");
    for hash in hashes {
        text.push_str(&hash.to_base64());
        text.push('\n');
    }
    text.push('\n');
    text.push_str(checkpoint);
    text
}

/// The proof of a leaf, from the files of the log; none if the log is not that far yet.
pub(crate) fn prove(
    folder: &Directory,
    trusted: &Trusted,
    leaf: u64,
) -> std::result::Result<Option<(Vec<Hash>, String)>, LogError> {
    let Some((note, head)) = published(folder, trusted)? else { return Ok(None) };
    if leaf >= head.size {
        return Ok(None);
    }
    let mut reader = TileReader::open(folder, head).map_err(LogError::Damaged)?;
    let hashes = reader.inclusion(leaf).map_err(LogError::Damaged)?;
    Ok(String::from_utf8(note).ok().map(|note| (hashes, note)))
}
