//! Our signing keys: which one signs what, since when, and which are still to be known to verifiers.
//! A new key is known to everyone before it signs, and an old one for as long as what it signed.

use std::sync::Arc;

use certs::{
    signature::{PublicKey, Scheme},
    signer::{
        BadSigner, Signer,
        key::{LocalKey, NotSigned, SigningKey, make_key},
        make_signer,
    },
    trust::succession,
};
use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::{Platform, settings::Settings};

/// What a key signs. One key signs one kind of thing, so that no signature counts for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyUse {
    /// EU DCC and ICVP: a document signer, with a certificate under the country's authority.
    Document,
    /// SMART Health Cards.
    Card,
    /// Verifiable Credentials and status lists.
    Credential,
    /// SD-JWT VC, for wallets.
    Wallet,
    /// Co-WIN's form.
    Cowin,
    /// The trust bundle: what verifiers hold as their anchor.
    Anchor,
}

impl KeyUse {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Document, Self::Card, Self::Credential, Self::Wallet, Self::Cowin, Self::Anchor];

    /// Its name, in files and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Card => "card",
            Self::Credential => "credential",
            Self::Wallet => "wallet",
            Self::Cowin => "cowin",
            Self::Anchor => "anchor",
        }
    }

    /// The use with a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// How its keys sign.
    pub const fn scheme(self) -> Scheme {
        match self {
            Self::Document | Self::Card | Self::Wallet | Self::Anchor => Scheme::Es256,
            Self::Credential => Scheme::EdDsa,
            // The suite that every Co-WIN verifier reads.
            Self::Cowin => Scheme::Ps256,
        }
    }
}

/// The public half of a key whose secret is no longer here: it does not sign.
pub struct Former {
    scheme: Scheme,
    public: PublicKey,
}

impl Former {
    /// The public half of a key for a use.
    pub const fn new(used_for: KeyUse, public: PublicKey) -> Self {
        Self { scheme: used_for.scheme(), public }
    }
}

impl SigningKey for Former {
    fn scheme(&self) -> Scheme {
        self.scheme
    }

    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, NotSigned> {
        Err(NotSigned)
    }
}

enum Held {
    Signer(Box<Signer>),
    Key(Box<dyn SigningKey>),
}

/// A key of ours.
pub struct RingKey {
    used_for: KeyUse,
    signs_from: Timestamp,
    held: Held,
    link: Option<String>,
}

impl RingKey {
    /// A document signer.
    pub fn signer(signer: Signer, signs_from: Timestamp) -> Self {
        let held = Held::Signer(Box::new(signer));
        Self { used_for: KeyUse::Document, signs_from, held, link: None }
    }

    /// A key for any other use.
    ///
    /// # Errors
    ///
    /// [`BadSigner::Key`] if the key does not sign as the use asks, or the use needs a certificate.
    pub fn new(
        used_for: KeyUse,
        key: Box<dyn SigningKey>,
        signs_from: Timestamp,
    ) -> Result<Self, BadSigner> {
        if used_for == KeyUse::Document || key.scheme() != used_for.scheme() {
            return Err(BadSigner::Key);
        }
        Ok(Self { used_for, signs_from, held: Held::Key(key), link: None })
    }

    /// The same, with what the anchor before it said of it: see [`certs::trust::succession`].
    #[must_use]
    pub fn linked(self, link: Option<String>) -> Self {
        Self { link, ..self }
    }

    /// What it signs.
    pub const fn used_for(&self) -> KeyUse {
        self.used_for
    }

    /// Since when.
    pub const fn signs_from(&self) -> Timestamp {
        self.signs_from
    }

    /// The key.
    pub fn key(&self) -> &dyn SigningKey {
        match &self.held {
            Held::Signer(signer) => signer.key(),
            Held::Key(key) => &**key,
        }
    }

    /// Its name: the thumbprint.
    pub fn id(&self) -> String {
        self.key().public_key().thumbprint()
    }

    /// The key with its certificate, if it is a document signer.
    pub fn as_signer(&self) -> Option<&Signer> {
        match &self.held {
            Held::Signer(signer) => Some(signer),
            Held::Key(_) => None,
        }
    }
}

/// A use has no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no key for the use `{}`", .0.name())]
pub struct NoKey(pub KeyUse);

/// All keys of ours that are trusted: at least one for each use.
pub struct KeyRing {
    /// By use, and in it from the newest to the oldest.
    keys: Vec<RingKey>,
}

impl KeyRing {
    /// A ring of keys.
    ///
    /// # Errors
    ///
    /// [`NoKey`] if one is missing for a use.
    pub fn new(mut keys: Vec<RingKey>) -> Result<Self, NoKey> {
        keys.sort_by_key(|key| (key.used_for, std::cmp::Reverse(key.signs_from)));
        let has = |used_for| keys.iter().any(|key| key.used_for == used_for);
        match KeyUse::ALL.into_iter().find(|used_for| !has(*used_for)) {
            Some(missing) => Err(NoKey(missing)),
            None => Ok(Self { keys }),
        }
    }

    /// A ring of new keys that are kept nowhere: for measurements and tests.
    ///
    /// # Errors
    ///
    /// [`BadSigner::Making`] if the names of the settings cannot stand in a certificate.
    pub fn make(settings: &Settings, today: Date) -> Result<Self, BadSigner> {
        let new = make_signer(&settings.country, &settings.issuer, today)?;
        let signer = Signer::from_pem(&new.key_pem, &new.certificate_pem)?;
        let mut keys = vec![RingKey::signer(signer, Timestamp::UNIX_EPOCH)];
        for used_for in KeyUse::ALL.into_iter().filter(|it| *it != KeyUse::Document) {
            let key = LocalKey::from_pem(&make_key(used_for.scheme())?)?;
            keys.push(RingKey::new(used_for, Box::new(key), Timestamp::UNIX_EPOCH)?);
        }
        Self::new(keys).map_err(|_| BadSigner::Making)
    }

    /// All keys for a use, from the newest to the oldest.
    pub fn of(&self, used_for: KeyUse) -> impl Iterator<Item = &RingKey> {
        self.keys.iter().filter(move |key| key.used_for == used_for)
    }

    /// The key that signs now: the newest that has begun to. Before the first has begun, that one
    /// does.
    pub fn signing(&self, used_for: KeyUse, now: Timestamp) -> &RingKey {
        let begun = self.of(used_for).find(|key| key.signs_from <= now);
        begun.or_else(|| self.of(used_for).last()).expect("a ring has a key for each use")
    }

    /// The document signer that signs now.
    pub fn signer(&self, now: Timestamp) -> &Signer {
        let signer = self.signing(KeyUse::Document, now).as_signer();
        signer.expect("keys for documents are signers")
    }

    /// What each anchor said of the next one, the oldest first. What one said that is not trusted any
    /// more is left out: whoever holds that one has to be told otherwise.
    pub fn links(&self) -> Vec<String> {
        let is_trusted = |link: &str| {
            let former = succession::former(link);
            former.is_some_and(|former| self.of(KeyUse::Anchor).any(|key| key.id() == former))
        };
        let links = self.of(KeyUse::Anchor).filter_map(|key| key.link.as_deref());
        let mut links: Vec<_> = links.filter(|link| is_trusted(link)).map(str::to_owned).collect();
        links.reverse();
        links
    }

    /// The keys for a use that verifiers are told of: those that will sign, the one that does, and
    /// those that signed what is still valid, which lives for `life` at most.
    pub fn published(
        &self,
        used_for: KeyUse,
        now: Timestamp,
        life: SignedDuration,
    ) -> impl Iterator<Item = &RingKey> {
        let mut replaced_at: Option<Timestamp> = None;
        self.of(used_for).filter(move |key| {
            let until = replaced_at.and_then(|at| at.checked_add(life).ok());
            replaced_at = Some(key.signs_from);
            until.is_none_or(|until| now <= until)
        })
    }
}

impl Platform {
    /// Our keys as they are now. They are replaced while the platform runs: hold them for one use
    /// case, not for longer.
    pub fn keys(&self) -> Arc<KeyRing> {
        self.keys.load_full()
    }

    /// Takes other keys into use, as after a rotation.
    pub fn replace_keys(&self, keys: KeyRing) {
        self.keys.store(Arc::new(keys));
        self.bundles.forget();
    }

    /// The keys for a use that verifiers are told of now.
    pub(crate) fn published_keys<'a>(
        &self,
        ring: &'a KeyRing,
        used_for: KeyUse,
        now: Timestamp,
    ) -> impl Iterator<Item = &'a RingKey> {
        let life = SignedDuration::from_hours(24 * i64::from(self.settings.certificate_days));
        ring.published(used_for, now, life)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + day * 86_400).unwrap()
    }

    fn card(signs_from: Timestamp) -> RingKey {
        let key = LocalKey::from_pem(&make_key(Scheme::Es256).unwrap()).unwrap();
        RingKey::new(KeyUse::Card, Box::new(key), signs_from).unwrap()
    }

    /// A ring whose card keys begin on these days, in any order.
    fn ring(days: &[i64]) -> KeyRing {
        let mut ring = KeyRing::make(&Settings::default(), date(2023, 1, 1)).unwrap();
        ring.keys.retain(|key| key.used_for != KeyUse::Card);
        ring.keys.extend(days.iter().map(|day| card(at(*day))));
        KeyRing::new(ring.keys).unwrap()
    }

    #[test]
    fn a_key_signs_from_its_day_on_until_the_next_one_does() {
        let ring = ring(&[20, 0, 10]);
        let signing = |day| ring.signing(KeyUse::Card, at(day)).signs_from;
        let expected = [(-5, 0), (0, 0), (9, 0), (10, 10), (19, 10), (20, 20), (99, 20)];
        for (day, from) in expected {
            assert_eq!(signing(day), at(from), "day {day}");
        }
    }

    #[test]
    fn a_key_is_known_before_it_signs_and_as_long_as_what_it_signed() {
        let ring = ring(&[0, 10, 20]);
        let known = |day| {
            let known = ring.published(KeyUse::Card, at(day), DAY * 15);
            known.map(|key| key.signs_from).collect::<Vec<_>>()
        };
        assert_eq!(known(1), [at(20), at(10), at(0)], "all, before they sign");
        assert_eq!(known(25), [at(20), at(10), at(0)], "the first signed until day 10");
        assert_eq!(known(26), [at(20), at(10)]);
        assert_eq!(known(99), [at(20)], "the one that signs stays");
    }

    #[test]
    fn a_ring_lacks_no_key() {
        let mut ring = ring(&[0]);
        ring.keys.retain(|key| key.used_for != KeyUse::Cowin);
        assert_eq!(KeyRing::new(ring.keys).err(), Some(NoKey(KeyUse::Cowin)));
    }

    fn anchor(day: i64, link: impl FnOnce(&dyn SigningKey) -> Option<String>) -> RingKey {
        let key = LocalKey::from_pem(&make_key(Scheme::Es256).unwrap()).unwrap();
        let link = link(&key);
        RingKey::new(KeyUse::Anchor, Box::new(key), at(day)).unwrap().linked(link)
    }

    #[test]
    fn an_anchor_that_is_not_trusted_names_no_other() {
        let mut keys = ring(&[0]).keys;
        keys.retain(|key| key.used_for != KeyUse::Anchor);
        let after = |former: &RingKey, next: &dyn SigningKey| {
            succession::link(former.key(), next.public_key(), 0).ok()
        };
        let one = anchor(0, |_| None);
        let two = anchor(10, |next| after(&one, next));
        let three = anchor(20, |next| after(&two, next));
        let (one_id, two_id) = (one.id(), two.id());
        keys.extend([three, one, two]);
        let all = KeyRing::new(keys).unwrap();
        let formers = |ring: &KeyRing| {
            let links = ring.links();
            links.iter().filter_map(|link| succession::former(link)).collect::<Vec<_>>()
        };
        assert_eq!(formers(&all), [one_id, two_id.clone()]);
        let mut keys = all.keys;
        keys.retain(|key| key.id() != two_id);
        assert_eq!(formers(&KeyRing::new(keys).unwrap()), Vec::<String>::new());
    }

    #[test]
    fn a_key_of_another_scheme_is_refused() {
        let key = LocalKey::from_pem(&make_key(Scheme::EdDsa).unwrap()).unwrap();
        let refused = RingKey::new(KeyUse::Card, Box::new(key), at(0));
        assert_eq!(refused.err(), Some(BadSigner::Key));
    }
}
