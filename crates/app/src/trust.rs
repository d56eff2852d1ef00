//! What verifiers need: our keys, and which of our certificates were withdrawn, as one signed file
//! and in the forms in which others look for keys.

use std::sync::Arc;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use certs::{
    signature::PublicKey,
    signer::Signer,
    status::{IdKind, WithdrawnIds},
    trust::{IssuerKey, Use, bundle::Content},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{
    Ctx, Platform, Result,
    kept::Kept,
    keys::{KeyRing, KeyUse, RingKey},
    sign_in::sha256_hex,
    withdrawn::{Ids, Withdrawn},
};

/// How long a bundle or a list is given before it is made anew. What it is made of is five seconds old
/// at most, so a withdrawal is in it within a minute.
const REST: SignedDuration = SignedDuration::from_secs(55);
/// For how long verifiers call a bundle or a list fresh: a phone that was without a network for a day
/// says so.
pub(crate) const FRESH_SECONDS: i64 = 86_400;
/// How many status lists are held ready: of 700,000 bytes at most, so 45 MB.
const HELD_LISTS: usize = 64;
/// How many lists of withdrawn health cards are: there is one key, and for a while after a change two.
const HELD_CARD_LISTS: usize = 4;

/// What was made last for verifiers, and the withdrawn certificates that were read so far.
pub(crate) struct Bundles {
    kept: Kept<(), Arc<str>>,
    pub(crate) lists: Kept<u32, Arc<str>>,
    /// By key and version.
    pub(crate) cards: Kept<(String, u64), Arc<str>>,
    pub(crate) withdrawn: Mutex<Withdrawn>,
    pub(crate) manifest: Kept<(), Arc<str>>,
}

impl Default for Bundles {
    fn default() -> Self {
        Self {
            kept: Kept::new(REST, 1),
            lists: Kept::new(REST, HELD_LISTS),
            cards: Kept::new(REST, HELD_CARD_LISTS),
            withdrawn: Mutex::default(),
            manifest: Kept::new(REST, 1),
        }
    }
}

impl Bundles {
    /// Has the next bundle and the next lists made anew.
    pub(crate) fn forget(&self) {
        self.kept.clear();
        self.lists.clear();
        self.manifest.clear();
    }
}

impl Platform {
    /// The trust bundle: our keys and the ids of our withdrawn certificates, signed with the key that
    /// [`Platform::trust_anchor`] tells; at most a minute old. Public: it tells hashes of ids that
    /// nobody can guess.
    ///
    /// # Errors
    ///
    /// If the store or the signing key is not available.
    pub async fn trust_bundle(&self, ctx: &Ctx) -> Result<Arc<str>> {
        if let Some(bundle) = self.bundles.kept.get(&(), ctx.now) {
            return Ok(bundle);
        }
        let withdrawn = self.withdrawn(ctx).await?;
        if let Some(bundle) = self.bundles.kept.get(&(), ctx.now) {
            return Ok(bundle);
        }
        let ring = self.keys();
        let content = self.trusted(&ring, &withdrawn, ctx.now);
        let now = ctx.now.as_second();
        let anchor = ring.signing(KeyUse::Anchor, ctx.now).key();
        let bundle: Arc<str> = content.sign(anchor, now, now + FRESH_SECONDS)?.into();
        self.bundles.kept.put((), ctx.now, bundle.clone());
        Ok(bundle)
    }

    /// What the bundle says.
    fn trusted(&self, ring: &KeyRing, withdrawn: &Withdrawn, now: Timestamp) -> Content {
        let at = now.as_second();
        let list = |kind, issuer, ids: &Ids| WithdrawnIds {
            kind,
            issuer,
            ids: ids.clone(),
            issued_at: at,
            valid_until: at + FRESH_SECONDS,
        };
        let mut content = Content {
            signers: self.signers(ring, now).map(|it| it.certificate_der().to_vec()).collect(),
            issuers: self.issuer_keys(ring, now),
            links: ring.links(),
            withdrawn: vec![list(IdKind::Uvci, self.settings.country.clone(), &withdrawn.ids)],
            ..Content::default()
        };
        for card in content.issuers.iter().filter(|key| key.used_for == Use::Shc) {
            let issuer = format!("{}#{}", card.issuer, card.id.as_deref().unwrap_or_default());
            content.withdrawn.push(list(IdKind::Rid, issuer, &withdrawn.cards));
        }
        if let Some(address) = self.settings.public_address.as_deref() {
            let issuer = format!("{address}/");
            content.withdrawn.push(list(IdKind::CertificateId, issuer, &withdrawn.cowin));
            let life = (at, at + FRESH_SECONDS);
            let lists = 0..withdrawn.lists();
            content.status_lists =
                lists.map(|list| withdrawn.status_list(address, list, life)).collect();
        }
        content
    }

    /// The key that the trust bundle is signed with now.
    pub fn trust_anchor(&self, now: Timestamp) -> PublicKey {
        self.keys().signing(KeyUse::Anchor, now).key().public_key().clone()
    }

    /// The document signers that verifiers are told of.
    fn signers<'a>(
        &self,
        ring: &'a KeyRing,
        now: Timestamp,
    ) -> impl Iterator<Item = &'a Signer> + use<'a> {
        let keys: Vec<_> = self.published_keys(ring, KeyUse::Document, now).collect();
        keys.into_iter().filter_map(|key| key.as_signer())
    }

    /// The certificates of our document signers, PEM: what verifiers of EU DCCs need.
    pub fn document_signers(&self, now: Timestamp) -> String {
        self.signers(&self.keys(), now).map(Signer::certificate_pem).collect()
    }

    /// The keys that are named by an address or a DID; none if the platform has no public address.
    fn issuer_keys(&self, ring: &KeyRing, now: Timestamp) -> Vec<IssuerKey> {
        let Some(address) = self.settings.public_address.as_deref() else {
            return Vec::new();
        };
        let did = did_web(address);
        let mut keys = Vec::new();
        for (used_for, counts_for) in [
            (KeyUse::Card, Use::Shc),
            (KeyUse::Wallet, Use::SdJwt),
            (KeyUse::Credential, Use::Vc),
            (KeyUse::Cowin, Use::Divoc),
        ] {
            for key in self.published_keys(ring, used_for, now) {
                let (issuer, id) = match counts_for {
                    Use::Vc => credential_names(address, key),
                    Use::Divoc => (format!("{address}/"), format!("{did}#{}", key.id())),
                    _ => (address.to_owned(), key.id()),
                };
                keys.push(IssuerKey {
                    used_for: counts_for,
                    issuer,
                    id: Some(id),
                    key: key.key().public_key().clone(),
                    not_before: None,
                    not_after: None,
                });
            }
        }
        keys
    }

    /// The keys that are named by address and id, as a JSON Web Key Set. Those of health cards say of
    /// which version the list of withdrawn cards is.
    ///
    /// # Source
    ///
    /// SMART Health Cards Framework 1.4.0, "Determining keys associated with an issuer" and
    /// "Revocation"; draft-ietf-oauth-sd-jwt-vc, section 4.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn json_web_keys(&self, ctx: &Ctx) -> Result<Value> {
        let version = self.withdrawn(ctx).await?.cards_version();
        let ring = self.keys();
        let of = |used_for| self.published_keys(&ring, used_for, ctx.now);
        let keys = of(KeyUse::Card).chain(of(KeyUse::Wallet)).map(|key| {
            let mut named = named(&key.id(), key.key().public_key());
            if key.used_for() == KeyUse::Card {
                named["crlVersion"] = version.into();
            }
            named
        });
        Ok(json!({ "keys": keys.collect::<Vec<_>>() }))
    }

    /// The keys that sign certificates for wallets, and no others, as a JSON Web Key Set.
    pub fn wallet_keys(&self, now: Timestamp) -> Value {
        let ring = self.keys();
        let keys = self.published_keys(&ring, KeyUse::Wallet, now);
        let keys: Vec<_> = keys.map(|key| named(&key.id(), key.key().public_key())).collect();
        json!({ "keys": keys })
    }

    /// The document of our DID, with all our keys; none if the platform has no public address.
    ///
    /// # Source
    ///
    /// Decentralized Identifiers 1.0; the method `did:web`; Controlled Identifiers 1.0, section 2.2.
    pub fn did_document(&self, now: Timestamp) -> Option<Value> {
        let did = did_web(self.settings.public_address.as_deref()?);
        let ring = self.keys();
        let mut methods = Vec::new();
        for used_for in [KeyUse::Credential, KeyUse::Card, KeyUse::Wallet, KeyUse::Cowin] {
            let keys = self.published_keys(&ring, used_for, now);
            methods.extend(keys.map(|key| method(&did, &key.id(), key.key().public_key())));
        }
        for signer in self.signers(&ring, now) {
            let id = URL_SAFE_NO_PAD.encode(signer.key_id());
            let mut method = method(&did, &id, signer.key().public_key());
            method["publicKeyJwk"]["x5c"] = json!([STANDARD.encode(signer.certificate_der())]);
            methods.push(method);
        }
        let names: Vec<_> = methods.iter().map(|method| method["id"].clone()).collect();
        Some(json!({
            "@context": ["https://www.w3.org/ns/did/v1", "https://www.w3.org/ns/cid/v1"],
            "id": did,
            "verificationMethod": methods,
            "assertionMethod": names,
        }))
    }

    /// Our document signers as an entry of a list that countries exchange.
    ///
    /// # Shape
    ///
    /// ```json
    /// {"country": "IN", "signers": [{"kid": "base64 of 8 bytes", "country": "IN",
    ///   "certificateType": "DSC", "timestamp": "…Z", "thumbprint": "hex of SHA-256",
    ///   "rawData": "base64 of DER"}]}
    /// ```
    ///
    /// # Source
    ///
    /// EU Digital COVID Certificate Gateway, `TrustListDto`; without the gateway's own signature, which
    /// whoever sends it adds there.
    pub fn trust_list(&self, now: Timestamp) -> Value {
        let country = &self.settings.country;
        let ring = self.keys();
        let signers = self.published_keys(&ring, KeyUse::Document, now);
        let signers = signers.filter_map(|key| Some((key.signs_from(), key.as_signer()?)));
        let signers = signers.map(|(since, signer)| {
            json!({
                "kid": STANDARD.encode(signer.key_id()),
                "country": country,
                "certificateType": "DSC",
                "timestamp": since.to_string(),
                "thumbprint": sha256_hex(signer.certificate_der()),
                "rawData": STANDARD.encode(signer.certificate_der()),
            })
        });
        json!({ "country": country, "signers": signers.collect::<Vec<_>>() })
    }
}

/// Our DID, and what a key is called in its document.
pub(crate) fn credential_names(address: &str, key: &RingKey) -> (String, String) {
    let did = did_web(address);
    let method = format!("{did}#{}", key.id());
    (did, method)
}

/// A key as the document of a DID has it.
fn method(did: &str, id: &str, key: &PublicKey) -> Value {
    let mut method = json!({ "id": format!("{did}#{id}"), "controller": did });
    if let Some(multikey) = key.multikey() {
        method["type"] = "Multikey".into();
        method["publicKeyMultibase"] = multikey.into();
    } else {
        method["type"] = "JsonWebKey".into();
        method["publicKeyJwk"] = named(id, key);
    }
    method
}

/// A key with its name, as a JSON Web Key.
fn named(id: &str, key: &PublicKey) -> Value {
    let mut jwk = key.to_jwk();
    jwk["kid"] = id.into();
    jwk["use"] = "sig".into();
    jwk["alg"] = match key {
        PublicKey::Rsa(_) => "PS256",
        PublicKey::Ed25519(_) => "EdDSA",
        _ => "ES256",
    }
    .into();
    jwk
}

/// The DID of an https address.
///
/// # Source
///
/// "did:web Method Specification", section 2: a port's colon is `%3A`, slashes of a path are colons.
pub(crate) fn did_web(address: &str) -> String {
    let name = address.split_once("://").map_or(address, |(_, name)| name);
    format!("did:web:{}", name.replace(':', "%3A").replace('/', ":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_did_names_host_port_and_path() {
        assert_eq!(did_web("https://teeka.example"), "did:web:teeka.example");
        assert_eq!(did_web("https://teeka.example:8443/in"), "did:web:teeka.example%3A8443:in");
    }
}
