//! Values that were found in files outside of the platform and are shown to somebody: who shows them
//! and why is durable in the ledger of accesses before anything is shown.
//!
//! Nobody knows yet whose they are, so the entries stand in one list of their own, that of the
//! scanner.

use jiff::Timestamp;
use ledger::leaf::{
    Opening, Subject,
    entry::{Act, Actor as LeafActor, Entry},
};
use serde::{Deserialize, Serialize};
use store::{AccessHead, AccessOf, AccessRow, KeptAccess, StoreError};
use uuid::{Uuid, uuid};
use vault::Vault;

use crate::{
    Ctx, Error, Platform, Result,
    accesses::{actor_salt, chained},
    error::BrokenCause,
};

/// Whose list it is: nobody's, and of no version that ids of people have.
const SCANNER: Uuid = uuid!("7465656b-612f-8363-a16e-72657665616c");
/// The role of who shows values, in entries.
const ROLE: &str = "scan-operator";
/// How often the list is read again, if another process was quicker to add to it.
const TRIES: usize = 16;
/// The most bytes of each text.
const MOST_TEXT: usize = 200;
/// The most entries in one answer.
const MOST: u32 = 500;

/// Why found values are shown. The list is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevealPurpose {
    /// A finding is looked at, whether it is one.
    Confirm,
    /// The people who are exposed are told.
    Notify,
    /// A document is taken down, and who published it told what is in it.
    Takedown,
    /// It is found out where an alleged leak came from.
    Inquiry,
}

impl RevealPurpose {
    /// Every purpose.
    pub const ALL: [Self; 4] = [Self::Confirm, Self::Notify, Self::Takedown, Self::Inquiry];

    /// The purpose as it is asked for.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Notify => "notify",
            Self::Takedown => "takedown",
            Self::Inquiry => "inquiry",
        }
    }

    /// The purpose as entries name it.
    const fn label(self) -> &'static str {
        match self {
            Self::Confirm => "reveal-confirm",
            Self::Notify => "reveal-notify",
            Self::Takedown => "reveal-takedown",
            Self::Inquiry => "reveal-inquiry",
        }
    }
}

/// Who shows found values, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reveal {
    /// The user of the system who does it, as the system knows them.
    pub operator: String,
    /// The official who answers for it.
    pub official: String,
    /// The file in which it was decided.
    pub case: Option<String>,
    /// Why, in words.
    pub reason: Option<String>,
    /// Which files are looked through, as they were named.
    pub paths: Vec<String>,
}

/// That it is durable who sees what is found. There is no other way to one than
/// [`Platform::record_reveal`].
#[derive(Debug)]
pub struct Receipt {
    number: u64,
}

impl Receipt {
    /// The how-manyth entry of the scanner it is, from 1.
    pub const fn number(&self) -> u64 {
        self.number
    }
}

/// An entry of the scanner, as an auditor reads it.
#[derive(Clone, Debug)]
pub struct ToldReveal {
    /// The how-manyth it is, from 1: none is left out.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// For which purpose.
    pub purpose: String,
    /// Which kinds of values could be shown.
    pub kinds: Vec<String>,
    /// Who, and why.
    pub reveal: Reveal,
    /// The number of its leaf in the public log; none while it waits.
    pub leaf: Option<u64>,
}

/// What is kept of one, sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Salt and entry, in hexadecimal digits.
    opening: String,
    reveal: Reveal,
}

impl Reveal {
    /// Whether it names an official, and a case or a reason.
    fn check(&self) -> Result<()> {
        let fits = |text: &str| {
            !text.trim().is_empty() && text.len() <= MOST_TEXT && !text.contains(char::is_control)
        };
        let said = |text: &Option<String>| text.as_deref().is_none_or(fits);
        match () {
            () if !fits(&self.official) => Err(Error::Invalid("official is not usable")),
            () if !said(&self.case) => Err(Error::Invalid("case is not usable")),
            () if !said(&self.reason) => Err(Error::Invalid("reason is not usable")),
            () if self.case.is_none() && self.reason.is_none() => {
                Err(Error::Invalid("a case or a reason is needed"))
            }
            () => Ok(()),
        }
    }
}

fn broken() -> Error {
    Error::Broken(BrokenCause::Seal)
}

impl Platform {
    /// Records that values of these kinds, found in files, are about to be shown. Only what operates
    /// the platform itself does that: whoever has its data folder.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if no official, or neither case nor reason, is named; [`Error::Forbidden`]
    /// for anyone else; else that it is not known to be durable, so that nothing may be shown.
    pub async fn record_reveal(
        &self,
        ctx: &Ctx,
        purpose: RevealPurpose,
        kinds: &[&'static str],
        reveal: &Reveal,
    ) -> Result<Receipt> {
        ctx.only_operator()?;
        reveal.check()?;
        let of = scanner(&self.vault);
        for _ in 0..TRIES {
            let last = self.store.access_heads(&[of]).await?.pop().flatten();
            let row = self.reveal_row(ctx, (purpose, kinds, reveal), last)?;
            let number = row.number;
            if self.store.put_accesses(&[row]).await? == [true] {
                return Ok(Receipt { number });
            }
        }
        Err(StoreError::unavailable("others record what the scanner shows").into())
    }

    /// The entry behind the last one, sealed.
    fn reveal_row(
        &self,
        ctx: &Ctx,
        (purpose, kinds, reveal): (RevealPurpose, &[&'static str], &Reveal),
        last: Option<AccessHead>,
    ) -> Result<AccessRow> {
        let salt: [u8; 32] = ctx.random();
        let said = serde_json::to_vec(reveal).map_err(|_| broken())?;
        let entry = Entry {
            act: Act::Access,
            link: None,
            at: u64::try_from(ctx.now.as_second()).unwrap_or(0),
            actor: LeafActor {
                role: ROLE.to_owned(),
                facility: None,
                // Who it was, and all else that was said: it can be opened in a dispute.
                account: actor_salt(&self.vault, &salt).commit(Subject::Actor, &said),
            },
            purpose: purpose.label().to_owned(),
            fields: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        };
        let next = chained(scanner(&self.vault), last, salt, entry).ok_or_else(broken)?;
        let kept = Kept { opening: hex::encode(next.opening.to_bytes()), reveal: reveal.clone() };
        let kept = serde_json::to_vec(&kept).map_err(|_| broken())?;
        let sealed = self.vault.seal_message(&id_of(next.number), &kept);
        Ok(next.row(sealed, ctx.now))
    }

    /// What the scanner showed behind a number, in order, at most 500.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anyone but who operates the platform.
    ///
    /// # Privacy
    ///
    /// Names who works here, and files.
    pub async fn reveals(&self, ctx: &Ctx, after: u64) -> Result<Vec<ToldReveal>> {
        ctx.only_operator()?;
        let kept = self.store.accesses_after(scanner(&self.vault), after, MOST).await?;
        kept.into_iter().map(|one| self.told_reveal(&one)).collect()
    }

    fn told_reveal(&self, one: &KeptAccess) -> Result<ToldReveal> {
        let opened = self.vault.open_message(&id_of(one.number), &one.sealed);
        let opened = opened.map_err(|_| broken())?.into_inner();
        let kept: Kept = serde_json::from_slice(&opened).map_err(|_| broken())?;
        let opening = hex::decode(kept.opening).map_err(|_| broken())?;
        let opening = Opening::from_bytes(&opening).ok_or_else(broken)?;
        let entry = opening.entry().map_err(|_| broken())?;
        let at = i64::try_from(entry.at).map_err(|_| broken())?;
        Ok(ToldReveal {
            number: one.number,
            at: Timestamp::from_second(at).map_err(|_| broken())?,
            purpose: entry.purpose,
            kinds: entry.fields,
            reveal: kept.reveal,
            leaf: one.leaf,
        })
    }
}

/// The list of the scanner.
fn scanner(vault: &Vault) -> AccessOf {
    let bucket = domain::id::HomeBucket(vault.bucket_of(SCANNER.as_bytes()));
    AccessOf { bucket, person: SCANNER }
}

/// What an entry's seal is bound to: the list, and its number in it.
fn id_of(number: u64) -> [u8; 16] {
    let mut id = SCANNER.into_bytes();
    for (byte, of_number) in id[8..].iter_mut().zip(number.to_be_bytes()) {
        *byte ^= of_number;
    }
    id
}
