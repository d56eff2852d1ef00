//! The record that goes, and what shows that the resident who asks may let it go: it is in their
//! account, they know the code of one of its appointments, or they proved that the other mobile is
//! theirs, too.

use domain::{
    id::{AccountId, BeneficiaryId},
    person::Mobile,
};
use jiff::{SignedDuration, Timestamp};
use store::{ClaimRow, MergedRecord};
use uuid::Uuid;
use vault::Purpose;

use crate::{
    Ctx, Error, Platform, Result,
    access::opening::{Ground, To, Whom},
    opened::Person,
    sign_in::Audience,
    view::COMPARE,
};

/// How long a proof counts: enough to look at two records and decide.
const PROOF_LIFE: SignedDuration = SignedDuration::from_mins(15);

/// The record that goes, and what shows that the resident may let it go.
#[derive(Clone, Copy)]
pub enum Other<'a> {
    /// It is in their own account.
    Mine(BeneficiaryId),
    /// They know its number and the code of one of its appointments.
    Shown {
        /// The reference number.
        reference: &'a str,
        /// The four-digit code.
        code: &'a str,
    },
    /// It is in the account of a mobile that they proved to be theirs.
    Proven {
        /// Which record.
        id: BeneficiaryId,
        /// What [`Platform::prove_other_mobile`] gave.
        proof: &'a str,
    },
}

/// The record that goes, as it is now.
pub(super) enum Found {
    Here(BeneficiaryId),
    Gone(Box<MergedRecord>),
}

/// The people of another mobile, and what shows that who asks may see them.
///
/// # Privacy
///
/// Only for the resident who proved that the mobile is theirs.
pub struct OtherPeople {
    /// Those who are registered with it; nobody, if nobody is.
    pub people: Vec<Person>,
    /// To act on them for a quarter of an hour. It is of no use to any other account.
    pub proof: String,
}

impl Platform {
    /// Sends a one-time password to another mobile of the resident who asks. The answer is the same
    /// whether or not anybody is registered with it, and the password opens nothing else.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for the mobile that they are signed in with; else as
    /// [`Platform::send_code`].
    pub async fn ask_other_mobile(&self, ctx: &Ctx, mobile: &Mobile, source: &str) -> Result<Uuid> {
        if self.account_of(mobile).await? == ctx.resident()? {
            return Err(Error::Invalid("mobile must be another one than that of the sign-in"));
        }
        self.send_code(ctx, mobile, Audience::Merge, source).await
    }

    /// Opens the people of another mobile by the one-time password that was sent to it.
    ///
    /// # Errors
    ///
    /// As [`Platform::confirm_code`].
    pub async fn prove_other_mobile(
        &self,
        ctx: &Ctx,
        transaction: Uuid,
        hashed: &str,
    ) -> Result<OtherPeople> {
        let asks = ctx.resident()?;
        let account = self.confirm_code(ctx, transaction, hashed, Audience::Merge).await?.account;
        let until = ctx.now.saturating_add(PROOF_LIFE).unwrap_or(ctx.now).as_second();
        let digest = self.vault.mac(
            Purpose::SecurityCode,
            &proof_parts(asks, account.uuid, until).each_ref().map(Vec::as_slice),
        );
        let proof = format!("{}.{until}.{}", account.uuid.simple(), hex::encode(digest));
        Ok(OtherPeople { people: self.opened_people(ctx, account).await?, proof })
    }

    /// The people of another mobile again, by the proof.
    ///
    /// # Errors
    ///
    /// [`Error::CodeExpired`] if it is forged, of another account, or too old.
    pub async fn other_people(&self, ctx: &Ctx, proof: &str) -> Result<Vec<Person>> {
        let account = self.check_proof(ctx, ctx.resident()?, proof)?;
        self.opened_people(ctx, account).await
    }

    async fn opened_people(&self, ctx: &Ctx, account: AccountId) -> Result<Vec<Person>> {
        let records = self.people(account).await?;
        let ctx = &shown_to_me(ctx, Whom::Account(account.uuid))?;
        self.open_people(ctx, COMPARE, records).await
    }

    /// The account that a proof is about.
    fn check_proof(&self, ctx: &Ctx, asks: AccountId, proof: &str) -> Result<AccountId> {
        let read = || {
            let (account, rest) = proof.split_once('.')?;
            let (until, digest) = rest.split_once('.')?;
            let account = Uuid::try_parse(account).ok()?;
            Some((account, until.parse::<i64>().ok()?, hex::decode(digest).ok()?))
        };
        let (account, until, digest) = read().ok_or(Error::CodeExpired)?;
        let parts = proof_parts(asks, account, until);
        let parts = parts.each_ref().map(Vec::as_slice);
        let own = self.vault.mac_matches(Purpose::SecurityCode, &parts, &digest);
        let fresh = Timestamp::from_second(until).is_ok_and(|until| until > ctx.now);
        if own && fresh { Ok(self.account_named(account)) } else { Err(Error::CodeExpired) }
    }

    /// The record that goes, if it is shown that the resident may let it go. One that went before is
    /// shown the same way.
    pub(super) async fn other_record(
        &self,
        ctx: &Ctx,
        account: AccountId,
        other: &Other<'_>,
    ) -> Result<Found> {
        let (id, owner, refusal) = match *other {
            Other::Mine(id) => (id, account, Error::NotFound),
            Other::Proven { id, proof } => {
                (id, self.check_proof(ctx, account, proof)?, Error::NotFound)
            }
            Other::Shown { reference, .. } => {
                // Counted before it is looked at: of many tries at once, no more than the limit count.
                self.count_presence(ctx, reference).await?;
                let id = self.by_reference(reference).ok_or(Error::WrongPresence)?;
                self.came_upon(ctx, [id.person_uuid()]).await?;
                (id, account, Error::WrongPresence)
            }
        };
        let shown = |of: Uuid, claims: &[ClaimRow]| match *other {
            Other::Mine(_) | Other::Proven { .. } => of == owner.uuid,
            Other::Shown { code, .. } => self.has_code(claims, None, code),
        };
        if let Some(record) = self.person(id).await? {
            let shown = shown(record.beneficiary.account, &record.claims);
            return if shown { Ok(Found::Here(id)) } else { Err(refusal) };
        }
        let gone = self.store.merged(&[id]).await?.pop().flatten();
        let gone = gone.filter(|gone| shown(gone.beneficiary.account, &gone.claims));
        gone.map(|gone| Found::Gone(Box::new(gone))).ok_or(refusal)
    }
}

/// The same request, of a resident to whom somebody else's record was shown just now.
pub(super) fn shown_to_me(ctx: &Ctx, whom: Whom) -> Result<Ctx> {
    let until = ctx.now.saturating_add(PROOF_LIFE).unwrap_or(ctx.now);
    Ok(ctx.on(Ground::Presented { whom, to: To::Resident(ctx.resident()?), until }))
}

fn proof_parts(asks: AccountId, account: Uuid, until: i64) -> [Vec<u8>; 4] {
    [
        b"other mobile".to_vec(),
        asks.uuid.as_bytes().to_vec(),
        account.as_bytes().to_vec(),
        until.to_be_bytes().to_vec(),
    ]
}
