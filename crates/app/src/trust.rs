//! What verifiers need: our keys, and which of our certificates were withdrawn, as one signed file.

use std::{collections::HashMap, sync::Arc};

use certs::{
    name, shc,
    signature::PublicKey,
    status::{IdKind, WithdrawnIds, uvci_hash},
    trust::{IssuerKey, Use, bundle::Content},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::WithdrawalPlace;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{Ctx, Platform, Result, kept::Kept};

/// How long a bundle is given before it is made anew: a withdrawal is in the list that soon.
const REST: SignedDuration = SignedDuration::from_secs(60);
/// For how long verifiers call a bundle fresh: a phone that was without a network for a day says so.
const FRESH_SECONDS: i64 = 86_400;
/// How far behind the last one seen the list is read again. A withdrawal is dated by whoever asked
/// for it and seen once it is committed, and requests are cut off long before this.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// How many withdrawals are read at once.
const PAGE: u32 = 5_000;

/// The bundle that was made last, and the withdrawn certificates that were read so far.
pub(crate) struct Bundles {
    kept: Kept<(), Arc<str>>,
    withdrawn: Mutex<Withdrawn>,
}

/// The withdrawn certificates that were read so far.
#[derive(Default)]
struct Withdrawn {
    ids: Ids,
    /// The same certificates as health cards name them.
    cards: Ids,
    latest: Timestamp,
}

/// Ids as a list of withdrawn certificates has them.
type Ids = HashMap<String, Option<i64>>;

impl Default for Bundles {
    fn default() -> Self {
        Self { kept: Kept::new(REST, 1), withdrawn: Mutex::default() }
    }
}

impl Platform {
    /// The trust bundle: our document signer and the ids of our withdrawn certificates, signed with
    /// the key that [`Platform::trust_anchor`] tells; at most a minute old. Public: it tells hashes
    /// of ids that nobody can guess.
    ///
    /// # Errors
    ///
    /// If the store or the signing key is not available.
    pub async fn trust_bundle(&self, ctx: &Ctx) -> Result<Arc<str>> {
        if let Some(bundle) = self.bundles.kept.get(&(), ctx.now) {
            return Ok(bundle);
        }
        let mut withdrawn = self.bundles.withdrawn.lock().await;
        if let Some(bundle) = self.bundles.kept.get(&(), ctx.now) {
            return Ok(bundle);
        }
        self.read_withdrawn(&mut withdrawn).await?;
        let now = ctx.now.as_second();
        let list = |kind, issuer, ids: &Ids| WithdrawnIds {
            kind,
            issuer,
            ids: ids.clone(),
            issued_at: now,
            valid_until: now + FRESH_SECONDS,
        };
        let mut content = Content {
            signers: vec![self.signer.certificate_der().to_vec()],
            withdrawn: vec![list(IdKind::Uvci, self.settings.country.clone(), &withdrawn.ids)],
            ..Content::default()
        };
        if let Some(key) = self.card_key() {
            let issuer = format!("{}#{}", key.issuer, key.id.as_deref().unwrap_or_default());
            content.withdrawn.push(list(IdKind::Rid, issuer, &withdrawn.cards));
            content.issuers.push(key);
        }
        let bundle: Arc<str> = content.sign(self.signer.key(), now, now + FRESH_SECONDS)?.into();
        self.bundles.kept.put((), ctx.now, bundle.clone());
        Ok(bundle)
    }

    /// The key that the trust bundle is signed with.
    pub fn trust_anchor(&self) -> &PublicKey {
        self.signer.key().public_key()
    }

    /// The key of SMART Health Cards, if any are issued.
    fn card_key(&self) -> Option<IssuerKey> {
        let key = self.signer.key().public_key();
        Some(IssuerKey {
            used_for: Use::Shc,
            issuer: self.settings.public_address.clone()?,
            id: Some(key.thumbprint()),
            key: key.clone(),
            not_before: None,
            not_after: None,
        })
    }

    /// The keys that are named by address and id, as a JSON Web Key Set.
    ///
    /// # Source
    ///
    /// SMART Health Cards Framework 1.4.0, "Determining keys associated with an issuer".
    pub fn keys(&self) -> Value {
        let key = self.trust_anchor();
        let mut jwk = key.to_jwk();
        jwk["kid"] = key.thumbprint().into();
        jwk["use"] = "sig".into();
        jwk["alg"] = "ES256".into();
        json!({ "keys": [jwk] })
    }

    async fn read_withdrawn(&self, withdrawn: &mut Withdrawn) -> Result<()> {
        let again = withdrawn.latest.checked_sub(OVERLAP).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut place = WithdrawalPlace { at: again, certificate: Uuid::nil() };
        loop {
            let page = self.store.withdrawals(place, PAGE).await?;
            for withdrawal in &page {
                let uvci = name::uvci(&self.settings.country, withdrawal.certificate);
                withdrawn.ids.insert(uvci_hash(&uvci), None);
                withdrawn.cards.insert(shc::rid(withdrawal.certificate), None);
                withdrawn.latest = withdrawn.latest.max(withdrawal.at);
            }
            match page.last() {
                Some(last) if page.len() == PAGE as usize => place = last.place(),
                _ => return Ok(()),
            }
        }
    }
}
