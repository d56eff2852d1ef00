//! Keys, sealed fields and blind indexes: bytes in, bytes out. Every person has a data key of
//! their own, wrapped by a key-encryption key; every field is sealed under a key derived from the data
//! key and bound to person, field and key version. What unwraps and what finds people again is with a
//! keyholder ([`Holder`]); a [`Vault`] is what a server has. Knows nothing of HTTP or a database.

mod access;
mod blind_index;
mod derive;
mod holder;
mod key_file;
mod number;
pub mod pkcs11;
mod safe;
mod seal;
mod secret;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

pub use access::{
    Access, AccessLog, BIRTH_YEAR, COMORBIDITY, GENDER, OpenKey, Receipt, RuleKey, Who,
};
use blind_index::Digests;
pub use blind_index::{BlindIndex, Index, Purpose};
use derive::{SealingKeys, hmac_key};
pub use holder::{Ask, Holder, NotDone, Refusal, ServerKeys, Told};
pub use key_file::{KeyFileError, load_or_create_root, press_name, read_private};
use number::{ListCipher, NumberCipher};
use parking_lot::RwLock;
pub use safe::{Safe, kek_version, unwrap_key, wrap_key};
use seal::Drawn;
pub use seal::{Field, NewKey, OpenError, PersonId, PersonKey, Sealed};
pub use secret::Secret;

/// What a server does by itself, and the way to the keyholder for the rest.
#[derive(Clone)]
pub struct Vault(Arc<Keys>);

struct Keys {
    holder: Arc<dyn Holder>,
    rules: RwLock<BTreeMap<u32, SealingKeys>>,
    messages: SealingKeys,
    digests: Digests,
    routing: aws_lc_rs::hmac::Key,
    numbers: NumberCipher,
    lists: ListCipher,
    token: Secret<[u8; 32]>,
    log: Secret<[u8; 32]>,
    releases: Secret<[u8; 32]>,
    opened: AtomicU64,
}

const MESSAGES: &str = "teeka/v1/messages";
const ROUTING: &str = "teeka/v1/routing";
const NUMBERS: &str = "teeka/v1/reference-number";
const LISTS: &str = "teeka/v1/status-list";
const TOKEN: &str = "teeka/v1/token";
const LOG: &str = "teeka/v1/access-log";
const RELEASES: &str = "teeka/v1/release-log";

/// The keys that a keyholder hands to a server, by the labels under which they follow from the root key.
pub const SERVER_LABELS: [&str; 7 + Purpose::ALL.len()] = {
    let mut labels = [""; 7 + Purpose::ALL.len()];
    let own = [MESSAGES, ROUTING, NUMBERS, LISTS, TOKEN, LOG, RELEASES];
    let mut place = 0;
    while place < labels.len() {
        labels[place] =
            if place < own.len() { own[place] } else { Purpose::ALL[place - own.len()].label() };
        place += 1;
    }
    labels
};

impl Vault {
    /// The vault of a server whose keys are with this keyholder.
    ///
    /// # Errors
    ///
    /// [`NotDone`] if it does not answer.
    pub async fn connect(holder: Arc<dyn Holder>) -> Result<Self, NotDone> {
        let keys = holder.server_keys().await?;
        Self::of(holder, &keys).ok_or(NotDone::Away)
    }

    /// A vault whose keyholder is inside the program, with a root key and one key-encryption key that
    /// follows from it: for tests and measurements.
    pub fn from_root_key(root: [u8; 32]) -> Self {
        let safe = Safe::new(&Secret::new(root));
        safe.add_kek(1, &safe.folder_key());
        safe.wrap_with(1);
        let keys = safe.server_keys();
        Self::of(Arc::new(safe), &keys).expect("a safe has a key for each label")
    }

    fn of(holder: Arc<dyn Holder>, keys: &ServerKeys) -> Option<Self> {
        let derived: BTreeMap<_, _> = SERVER_LABELS.into_iter().zip(&keys.derived).collect();
        if derived.len() != SERVER_LABELS.len() {
            return None;
        }
        let key = |label: &str| derived[label].clone();
        Some(Self(Arc::new(Keys {
            holder,
            rules: RwLock::new(rule_families(keys)),
            messages: SealingKeys::new(&key(MESSAGES)),
            digests: Digests::derive(key),
            routing: hmac_key(&key(ROUTING)),
            numbers: NumberCipher::new(&key(NUMBERS)),
            lists: ListCipher::new(&key(LISTS)),
            token: key(TOKEN),
            log: key(LOG),
            releases: key(RELEASES),
            opened: AtomicU64::new(0),
        })))
    }

    /// Learns which versions of the key-encryption key there are now.
    ///
    /// # Errors
    ///
    /// [`NotDone`] if the keyholder does not answer.
    pub async fn refresh(&self) -> Result<(), NotDone> {
        let keys = self.0.holder.server_keys().await?;
        *self.0.rules.write() = rule_families(&keys);
        Ok(())
    }

    /// Fresh keys for people, in their order.
    ///
    /// # Errors
    ///
    /// [`NotDone`] if the keyholder does not answer.
    pub async fn make_person_keys(&self, people: &[PersonId]) -> Result<Vec<NewKey>, NotDone> {
        let drawn = Drawn::each(people);
        let ask = |one: &Drawn| {
            let (data, rules) = (one.data.clone(), one.rules.clone());
            Ask::Wrap { person: one.person, data, rules }
        };
        let told = self.ask(drawn.iter().map(ask).collect()).await?;
        let made = drawn.iter().zip(told).map(|(drawn, told)| match told {
            Told::Wrapped(wrapped) => Ok(NewKey::new(drawn, wrapped)?),
            told => Err(refused(&told)),
        });
        made.collect()
    }

    /// The keys of a person, as far as a server has them.
    ///
    /// # Errors
    ///
    /// [`NotDone`] if they were wrapped for another person or changed, or the version of their
    /// key-encryption key is not known here yet.
    pub fn person_key(&self, person: PersonId, wrapped: &[u8]) -> Result<PersonKey, NotDone> {
        safe::rule_key(&self.0.rules.read(), person, wrapped)
    }

    /// The key of the list of what was decided about an account of staff or of a program. A server has it
    /// by itself, so that an account is held while the keyholder is away, too.
    pub fn decision_key(&self, account: PersonId) -> PersonKey {
        let key = self.mac(Purpose::Decision, &[&account.0]);
        PersonKey::new(account, Vec::new(), &key).expect("a family of rules is one key of 32 bytes")
    }

    /// Records accesses, and gives a receipt for each, in their order: the only way to one.
    ///
    /// # Errors
    ///
    /// That of the log; then nothing can be opened.
    pub async fn record<L: AccessLog>(
        &self,
        log: &L,
        entries: Vec<L::Entry>,
    ) -> Result<Vec<Receipt>, L::Error> {
        access::record(log, entries).await
    }

    /// The keys that open what receipts are for, in their order, or why the keyholder does not give one.
    ///
    /// # Errors
    ///
    /// [`NotDone`] if a receipt is for another person, or the keyholder does not answer.
    pub async fn open(
        &self,
        people: Vec<(Arc<PersonKey>, Receipt)>,
    ) -> Result<Vec<Result<OpenKey, NotDone>>, NotDone> {
        let (mut keys, mut asks) = (Vec::new(), Vec::new());
        for (key, receipt) in people {
            let fields = receipt.fields();
            let ask = access::ask(&key, receipt);
            asks.push(ask.ok_or(NotDone::Refused(Refusal::NotRecorded))?);
            keys.push((key, fields));
        }
        let told = self.ask(asks).await?;
        let open = keys.into_iter().zip(told).map(|((key, fields), told)| match told {
            Told::Opened(bytes) => {
                self.0.opened.fetch_add(1, Ordering::Relaxed);
                Ok(OpenKey::new(key, fields, &bytes))
            }
            told => Err(refused(&told)),
        });
        Ok(open.collect())
    }

    /// Seals fields of somebody who is kept already. It opens nothing, so it is not recorded.
    ///
    /// # Errors
    ///
    /// [`NotDone`] if the keyholder does not answer.
    pub async fn seal_for(
        &self,
        key: &PersonKey,
        fields: &[(Field, &[u8])],
    ) -> Result<Vec<Sealed>, NotDone> {
        let sealed: Vec<_> =
            fields.iter().map(|(field, plain)| key.seal_for_rules(*field, plain)).collect();
        let others = fields.iter().zip(&sealed).filter(|(_, sealed)| sealed.is_none());
        let ask = |(field, plain): &(Field, &[u8])| Ask::Seal {
            person: key.person(),
            wrapped: key.wrapped().to_vec(),
            field: field.0.to_owned(),
            plain: Secret::new(plain.to_vec()),
        };
        let asks: Vec<_> = others.map(|(field, _)| ask(field)).collect();
        let mut told = if asks.is_empty() { Vec::new() } else { self.ask(asks).await? }.into_iter();
        let whole = sealed.into_iter().map(|sealed| match sealed {
            Some(sealed) => Ok(sealed),
            None => match told.next() {
                Some(Told::Sealed(bytes)) => Ok(Sealed::from_bytes(bytes)),
                Some(told) => Err(refused(&told)),
                None => Err(NotDone::Away),
            },
        });
        whole.collect()
    }

    /// How often keys were had against a receipt since this vault was loaded: no more than accesses were
    /// recorded.
    pub fn openings(&self) -> u64 {
        self.0.opened.load(Ordering::Relaxed)
    }

    /// The keyed indexes under which values are found again, in their order.
    ///
    /// # Errors
    ///
    /// [`NotDone`] if the keyholder does not answer.
    pub async fn indexes(&self, values: &[(Index, &str)]) -> Result<Vec<BlindIndex>, NotDone> {
        let ask = |(column, text): &(Index, &str)| Ask::Index {
            column: *column,
            text: Secret::new((*text).to_owned()),
        };
        let told = self.ask(values.iter().map(ask).collect()).await?;
        let index = |told| match told {
            Told::Index(index) => Ok(index),
            told => Err(refused(&told)),
        };
        told.into_iter().map(index).collect()
    }

    /// The keyed index under which a value is found again.
    ///
    /// # Errors
    ///
    /// As [`Vault::indexes`].
    pub async fn index(&self, column: Index, normalised: &str) -> Result<BlindIndex, NotDone> {
        self.indexes(&[(column, normalised)]).await?.pop().ok_or(NotDone::Away)
    }

    /// Asks the keyholder; as many answers come back as were asked.
    async fn ask(&self, asks: Vec<Ask>) -> Result<Vec<Told>, NotDone> {
        let asked = asks.len();
        let told = self.0.holder.ask(asks).await?;
        if told.len() == asked { Ok(told) } else { Err(NotDone::Away) }
    }

    /// A keyed digest of some parts, each led by its length, so that no two lists are alike.
    pub fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        self.0.digests.mac(purpose, parts)
    }

    /// Whether a digest is that of the parts, in constant time.
    pub fn mac_matches(&self, purpose: Purpose, parts: &[&[u8]], expected: &[u8]) -> bool {
        let digest = self.mac(purpose, parts);
        aws_lc_rs::constant_time::verify_slices_are_equal(&digest, expected).is_ok()
    }

    /// The 14-digit number that the world sees instead of an internal one.
    ///
    /// # Panics
    ///
    /// If the internal number does not have 14 digits: there would be two for one reference.
    pub fn reference_number(&self, internal: u64) -> u64 {
        self.0.numbers.encrypt(internal)
    }

    /// The internal number behind one that the world sees; none unless it has 14 digits.
    pub fn internal_number(&self, reference: u64) -> Option<u64> {
        self.0.numbers.decrypt(reference)
    }

    /// Where a status list has the entry that is kept under one of its four million places: so that
    /// the world does not see whose entries are kept together. Each list has its own order, for good.
    ///
    /// # Panics
    ///
    /// If the list has no such place.
    pub fn status_index(&self, list: u32, place: u32) -> u32 {
        self.0.lists.encrypt(list, place)
    }

    /// How many places a status list has.
    pub const STATUS_PLACES: u32 = number::LIST_PLACES;

    /// An id of the shape of a random UUID that remembers a bucket, legible only with the key.
    ///
    /// # Shape
    ///
    /// The bucket, masked by the first two bytes of a MAC of the rest (2 bytes), then the rest of
    /// the random bytes with the version and variant of a UUID version 4 (14).
    pub fn routed_id(&self, bucket: u16, random: [u8; 16]) -> [u8; 16] {
        let mut id = random;
        id[6] = id[6] & 0x0f | 0x40;
        id[8] = id[8] & 0x3f | 0x80;
        let hidden = (bucket ^ self.route_mask(&id)).to_be_bytes();
        id[..2].copy_from_slice(&hidden);
        id
    }

    /// The bucket that a routed id remembers.
    pub fn bucket_of(&self, id: &[u8; 16]) -> u16 {
        u16::from_be_bytes([id[0], id[1]]) ^ self.route_mask(id)
    }

    fn route_mask(&self, id: &[u8; 16]) -> u16 {
        let digest = aws_lc_rs::hmac::sign(&self.0.routing, &id[2..]);
        u16::from_be_bytes([digest.as_ref()[0], digest.as_ref()[1]])
    }

    /// Seals a message of the outbox, bound to its id.
    ///
    /// # Shape
    ///
    /// As [`Sealed`], with the id in the place of person and field.
    pub fn seal_message(&self, id: &[u8; 16], plain: &[u8]) -> Vec<u8> {
        seal::seal_message(&self.0.messages, id, plain)
    }

    /// Opens a message of the outbox.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if it belongs to another id or was changed.
    pub fn open_message(&self, id: &[u8; 16], sealed: &[u8]) -> Result<Secret<Vec<u8>>, OpenError> {
        seal::open_message(&self.0.messages, id, sealed)
    }

    /// The seed of the key that signs the log of accesses, Ed25519.
    pub fn log_seed(&self) -> Secret<[u8; 32]> {
        self.0.log.clone()
    }

    /// The seed of the key that signs the log of releases, Ed25519.
    pub fn release_log_seed(&self) -> Secret<[u8; 32]> {
        self.0.releases.clone()
    }

    /// The key that signs tokens, HS256.
    pub fn token_key(&self) -> Secret<[u8; 32]> {
        self.0.token.clone()
    }
}

fn rule_families(keys: &ServerKeys) -> BTreeMap<u32, SealingKeys> {
    keys.rules.iter().map(|(version, key)| (*version, SealingKeys::new(key))).collect()
}

/// Why there is no answer of the kind that was asked for.
fn refused(told: &Told) -> NotDone {
    match told {
        Told::Refused(why) => NotDone::Refused(*why),
        _ => NotDone::Away,
    }
}

#[cfg(test)]
mod tests;
