//! Which certificates were withdrawn: read from the store as it goes on, and kept in the forms in which
//! verifiers ask for it.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use certs::{
    name, shc,
    status::{Bits, StatusList, credential, uvci_hash},
    vc::VcIssuer,
};
use jiff::{SignedDuration, Timestamp};
use store::{WithdrawalPlace, WithdrawnPlace};
use tokio::sync::MutexGuard;
use uuid::Uuid;
use vault::Vault;

use crate::{
    Ctx, Error, Platform, Result,
    keys::KeyUse,
    status_list::{PURPOSE, index_of, list_address},
    trust::{FRESH_SECONDS, credential_names},
};

/// How long what was read is taken for the latest.
const READ_REST: SignedDuration = SignedDuration::from_secs(5);
/// How far behind the last one seen the list is read again. A withdrawal is dated by whoever asked
/// for it and seen once it is committed, and requests are cut off long before this.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// How many withdrawals are read at once.
const PAGE: u32 = 5_000;

/// Ids as a list of withdrawn certificates has them.
pub(crate) type Ids = HashMap<String, Option<i64>>;

/// The withdrawn certificates that were read so far. Here, as with verifiers, nothing tells an id to
/// who does not have it.
#[derive(Default)]
pub(crate) struct Withdrawn {
    /// By the hash of the identifier of EU certificates.
    pub(crate) ids: Ids,
    /// As health cards name them.
    pub(crate) cards: Ids,
    /// By the hash of the id that Co-WIN's form has.
    pub(crate) cowin: Ids,
    /// The lists in which a bit is set.
    bits: HashMap<u32, Bits>,
    newest: Option<u32>,
    latest: Timestamp,
    read_at: Option<Timestamp>,
}

impl Withdrawn {
    /// How many lists there are: those that have an entry, and the next one, so that it is known
    /// before the first credential names it.
    pub(crate) fn lists(&self) -> u32 {
        self.newest.map_or(1, |newest| newest.saturating_add(2))
    }

    /// A list as it is now.
    ///
    /// # Units
    ///
    /// `issued_at` and `valid_until` are seconds since 1970.
    pub(crate) fn status_list(
        &self,
        public_address: &str,
        list: u32,
        (issued_at, valid_until): (i64, i64),
    ) -> StatusList {
        let bits = self.bits.get(&list).unwrap_or(&NONE_SET);
        // Here once, and then only when it has changed; a copy knows it too.
        bits.encode();
        StatusList {
            url: list_address(public_address, list),
            purpose: PURPOSE,
            bits: bits.clone(),
            issued_at,
            valid_until,
        }
    }

    /// How often the list of withdrawn health cards has changed, from 1: each change adds cards, and
    /// every server counts alike.
    pub(crate) fn cards_version(&self) -> u64 {
        self.cards.len() as u64 + 1
    }

    fn add_certificate(&mut self, id: Uuid, country: &str) {
        self.ids.insert(uvci_hash(&name::uvci(country, id)), None);
        self.cards.insert(shc::rid(id), None);
        self.cowin.insert(uvci_hash(&id.to_string()), None);
    }

    /// Where to read on from.
    fn again(&self) -> Timestamp {
        self.latest.checked_sub(OVERLAP).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        let age = self.read_at.map(|at| now.duration_since(at));
        // A clock that went back makes nothing fresh.
        age.is_some_and(|age| (SignedDuration::ZERO..READ_REST).contains(&age))
    }
}

/// A list in which no bit is set.
static NONE_SET: LazyLock<Bits> = LazyLock::new(|| {
    Bits::empty(usize::try_from(Vault::STATUS_PLACES).expect("four million fits"))
});

impl Platform {
    /// The withdrawn certificates, read a moment ago.
    pub(crate) async fn withdrawn(&self, ctx: &Ctx) -> Result<MutexGuard<'_, Withdrawn>> {
        let mut withdrawn = self.bundles.withdrawn.lock().await;
        if !withdrawn.is_fresh(ctx.now) {
            let again = withdrawn.again();
            self.read_certificates(&mut withdrawn, again).await?;
            self.read_entries(&mut withdrawn, again).await?;
            withdrawn.newest = self.store.newest_status_list().await?;
            withdrawn.read_at = Some(ctx.now);
        }
        Ok(withdrawn)
    }

    /// A status list as a signed credential, at most a minute old. Public: a bit of it tells nothing
    /// to who does not have the credential that names it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such list, or the platform has no public address; if the
    /// store or the signing key is not available.
    pub async fn status_list(&self, ctx: &Ctx, list: u32) -> Result<Arc<str>> {
        if let Some(made) = self.bundles.lists.get(&list, ctx.now) {
            return Ok(made);
        }
        let address = self.settings.public_address.as_deref().ok_or(Error::NotFound)?;
        let withdrawn = self.withdrawn(ctx).await?;
        if let Some(made) = self.bundles.lists.get(&list, ctx.now) {
            return Ok(made);
        }
        if list >= withdrawn.lists() {
            return Err(Error::NotFound);
        }
        let now = ctx.now.as_second();
        let content = withdrawn.status_list(address, list, (now, now + FRESH_SECONDS));
        let ring = self.keys();
        let key = ring.signing(KeyUse::Credential, ctx.now);
        let (did, method) = credential_names(address, key);
        let issuer = VcIssuer { did: &did, verification_method: &method, key: key.key() };
        let signed = self.signing.ask(|| credential::issue(&issuer, &content));
        let made: Arc<str> = signed?.into();
        self.bundles.lists.put(list, ctx.now, made.clone());
        Ok(made)
    }

    /// The withdrawn health cards of one of our keys, as JSON, a few seconds old at most. As a card is
    /// made with whatever key signs when somebody asks for it, the list of each key has all of them.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not the name of such a key, or the platform has no public address;
    /// if the store is not available.
    ///
    /// # Source
    ///
    /// SMART Health Cards Framework 1.4.0, "Revocation".
    pub async fn withdrawn_cards(&self, ctx: &Ctx, key_id: &str) -> Result<Arc<str>> {
        let ring = self.keys();
        let known = self.published_keys(&ring, KeyUse::Card, ctx.now).any(|it| it.id() == key_id);
        if !known || self.settings.public_address.is_none() {
            return Err(Error::NotFound);
        }
        let withdrawn = self.withdrawn(ctx).await?;
        let kept = (key_id.to_owned(), withdrawn.cards_version());
        if let Some(made) = self.bundles.cards.get(&kept, ctx.now) {
            return Ok(made);
        }
        let mut rids: Vec<_> = withdrawn.cards.keys().map(String::as_str).collect();
        rids.sort_unstable();
        let made: Arc<str> = shc::revocation_list(key_id, kept.1, rids).to_string().into();
        self.bundles.cards.put(kept, ctx.now, made.clone());
        Ok(made)
    }

    async fn read_certificates(&self, withdrawn: &mut Withdrawn, again: Timestamp) -> Result<()> {
        let mut place = WithdrawalPlace { at: again, certificate: Uuid::nil() };
        loop {
            let page = self.store.withdrawals(place, PAGE).await?;
            for withdrawal in &page {
                withdrawn.add_certificate(withdrawal.certificate, &self.settings.country);
                withdrawn.latest = withdrawn.latest.max(withdrawal.at);
            }
            match page.last() {
                Some(last) if page.len() == PAGE as usize => place = last.place(),
                _ => return Ok(()),
            }
        }
    }

    async fn read_entries(&self, withdrawn: &mut Withdrawn, again: Timestamp) -> Result<()> {
        let mut place = WithdrawnPlace { at: again, certificate: Uuid::nil(), nth: 0 };
        loop {
            let page = self.store.withdrawn_entries(place, PAGE).await?;
            for one in &page {
                let bits = withdrawn.bits.entry(one.entry.list).or_insert_with(|| NONE_SET.clone());
                bits.set(index_of(&self.vault, one.entry));
            }
            match page.last() {
                Some(last) if page.len() == PAGE as usize => place = last.place,
                _ => return Ok(()),
            }
        }
    }
}
