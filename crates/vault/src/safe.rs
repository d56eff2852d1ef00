//! What only a keyholder does: the key-encryption keys, by version, and the person's keys that they
//! wrap. Knows nothing of receipts; who stands before it checks them.
//!
//! # Shape
//!
//! Wrapped keys: `0x02`; the version of the key-encryption key (4 bytes, big-endian); the data key,
//! sealed (61: as [`crate::Sealed`]); the key of rules, sealed: 61 bytes, or 157 if the person was
//! enrolled before there was one, and then they are the four field keys that it stands for.
//! What is authenticated beside each: `0x02`, the version, the person (16), `d` or `r`.
//! What begins with `0x01` was wrapped before there were versions, and is only wrapped anew.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU32, Ordering},
};

use async_trait::async_trait;
use parking_lot::RwLock;

use crate::{
    BlindIndex, Index, PersonId, SERVER_LABELS, Secret,
    access::RULE_FIELDS,
    blind_index,
    derive::{Root, SealingKeys},
    holder::{Ask, Holder, NotDone, Refusal, ServerKeys, Told},
    seal::{OpenError, PersonKey, draw_nonces, field_aad, open_with, seal_under, seal_with},
};

/// The version of this form of wrapped keys.
pub(crate) const FORM: u8 = 2;
/// The form before it.
const FIRST_FORM: u8 = 1;
/// A data key, sealed.
const DATA: usize = 61;

/// A key-encryption key: what wraps the data keys, and what wraps the keys of rules, which servers
/// have too.
struct Kek {
    data: SealingKeys,
    rules: Secret<[u8; 32]>,
}

/// The keys that wrap, and the root that all else follows from.
pub struct Safe {
    root: Root,
    indexes: blind_index::Indexes,
    keks: RwLock<BTreeMap<u32, Kek>>,
    /// The version that wraps.
    current: AtomicU32,
}

/// A person's keys, unwrapped.
struct Unwrapped {
    data: SealingKeys,
    data_key: Secret<Vec<u8>>,
    rules: Secret<Vec<u8>>,
}

impl Safe {
    /// The safe of a root key, without a key-encryption key yet.
    pub fn new(root: &Secret<[u8; 32]>) -> Self {
        let root = Root::new(root);
        let indexes = blind_index::Indexes::derive(|label| root.derive(label));
        Self { root, indexes, keks: RwLock::default(), current: AtomicU32::new(0) }
    }

    /// The key under which a folder keeps key-encryption keys and nothing else.
    pub fn folder_key(&self) -> Secret<[u8; 32]> {
        self.root.derive("teeka/v2/keks")
    }

    /// Takes a key-encryption key into use, to unwrap.
    pub fn add_kek(&self, version: u32, key: &Secret<[u8; 32]>) {
        let family = Root::new(key);
        let kek = Kek {
            data: family.sealing_keys("teeka/v2/kek/data"),
            rules: family.derive("teeka/v2/kek/rules"),
        };
        self.keks.write().insert(version, kek);
    }

    /// From now on this version wraps.
    pub fn wrap_with(&self, version: u32) {
        self.current.store(version, Ordering::Release);
    }

    /// The version that wraps.
    pub fn current(&self) -> u32 {
        self.current.load(Ordering::Acquire)
    }

    /// Forgets a key-encryption key: what it wraps opens no more.
    pub fn forget_kek(&self, version: u32) {
        self.keks.write().remove(&version);
    }

    /// The versions that there are.
    pub fn versions(&self) -> Vec<u32> {
        self.keks.read().keys().copied().collect()
    }

    /// The seed of the key that signs the log of accesses.
    pub fn log_seed(&self) -> Secret<[u8; 32]> {
        self.root.derive("teeka/v1/access-log")
    }

    /// The keys that a server works with by itself.
    pub fn server_keys(&self) -> ServerKeys {
        let rules = self.keks.read();
        ServerKeys {
            derived: SERVER_LABELS.iter().map(|label| self.root.derive(label)).collect(),
            rules: rules.iter().map(|(version, kek)| (*version, kek.rules.clone())).collect(),
        }
    }

    /// The keyed index of a value.
    pub fn index(&self, column: Index, text: &str) -> BlindIndex {
        self.indexes.index(column, text)
    }

    /// Answers. Whether an opening is on record is for who calls this to know.
    pub fn answer(&self, ask: &Ask) -> Told {
        let told = match ask {
            Ask::Index { column, text } => Ok(Told::Index(self.index(*column, text.expose()))),
            Ask::Wrap { person, data, rules } => {
                self.wrap(*person, data.expose(), rules.expose()).map(Told::Wrapped)
            }
            Ask::Seal { person, wrapped, field, plain } => {
                self.seal(*person, wrapped, field, plain.expose()).map(Told::Sealed)
            }
            Ask::Open { person, wrapped, fields, .. } => {
                self.field_keys(*person, wrapped, fields).map(Told::Opened)
            }
            Ask::Rewrap { person, wrapped } => self.rewrap(*person, wrapped).map(Told::Wrapped),
        };
        told.unwrap_or(Told::Refused(Refusal::DoesNotOpen))
    }

    fn wrap(&self, person: PersonId, data: &[u8], rules: &[u8]) -> Result<Vec<u8>, OpenError> {
        let keks = self.keks.read();
        let version = self.current();
        let kek = keks.get(&version).ok_or(OpenError)?;
        let head = head(version);
        let [first, second] = draw_nonces();
        let part = |keys: &SealingKeys, nonce, kind, plain: &[u8]| {
            seal_under(&keys.key(&person.0), nonce, &part_aad(head, person, kind), plain)
        };
        let rule_keys = SealingKeys::new(&kek.rules);
        let data = part(&kek.data, first, b'd', data);
        let rules = part(&rule_keys, second, b'r', rules);
        Ok([&head[..], &data, &rules].concat())
    }

    fn unwrap(&self, person: PersonId, wrapped: &[u8]) -> Result<Unwrapped, OpenError> {
        if wrapped.first() == Some(&FIRST_FORM) {
            return self.unwrap_first_form(person, wrapped);
        }
        let parts = Parts::of(wrapped)?;
        let keks = self.keks.read();
        let kek = keks.get(&parts.version).ok_or(OpenError)?;
        let aad = part_aad(head(parts.version), person, b'd');
        let data_key = open_with(&kek.data.key(&person.0), &aad, parts.data)?;
        let rules = parts.open_rules(&SealingKeys::new(&kek.rules), person)?;
        Ok(Unwrapped { data: family_of(&data_key)?, data_key, rules })
    }

    fn unwrap_first_form(&self, person: PersonId, wrapped: &[u8]) -> Result<Unwrapped, OpenError> {
        let keys = self.root.sealing_keys("teeka/v1/wrapping");
        let data_key = open_with(&keys.key(&person.0), &field_aad(person, ""), wrapped)?;
        let data = family_of(&data_key)?;
        let mut rules = Secret::new(Vec::with_capacity(32 * RULE_FIELDS.len()));
        for field in RULE_FIELDS {
            rules.expose_mut().extend_from_slice(data.bytes(field.0.as_bytes()).expose());
        }
        Ok(Unwrapped { data, data_key, rules })
    }

    fn rewrap(&self, person: PersonId, wrapped: &[u8]) -> Result<Vec<u8>, OpenError> {
        let keys = self.unwrap(person, wrapped)?;
        self.wrap(person, keys.data_key.expose(), keys.rules.expose())
    }

    fn seal(
        &self,
        person: PersonId,
        wrapped: &[u8],
        field: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, OpenError> {
        data_field(field)?;
        let keys = self.unwrap(person, wrapped)?;
        let key = keys.data.key(field.as_bytes());
        Ok(seal_with(&key, &field_aad(person, field), plain))
    }

    fn field_keys(
        &self,
        person: PersonId,
        wrapped: &[u8],
        fields: &[String],
    ) -> Result<Vec<Secret<[u8; 32]>>, OpenError> {
        let keys = self.unwrap(person, wrapped)?;
        let key = |field: &String| {
            data_field(field)?;
            Ok(keys.data.bytes(field.as_bytes()))
        };
        fields.iter().map(key).collect()
    }
}

/// Inside the program, for tests and measurements: without a process, a journal or a receipt that is
/// looked at.
#[async_trait]
impl Holder for Safe {
    async fn ask(&self, asks: Vec<Ask>) -> Result<Vec<Told>, NotDone> {
        Ok(asks.iter().map(|ask| self.answer(ask)).collect())
    }

    async fn server_keys(&self) -> Result<ServerKeys, NotDone> {
        Ok(Self::server_keys(self))
    }
}

/// Wrapped keys, taken apart.
struct Parts<'a> {
    version: u32,
    data: &'a [u8],
    rules: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(wrapped: &'a [u8]) -> Result<Self, OpenError> {
        let (&FORM, rest) = wrapped.split_first().ok_or(OpenError)? else { return Err(OpenError) };
        let (version, rest) = rest.split_first_chunk::<4>().ok_or(OpenError)?;
        let (data, rules) = rest.split_at_checked(DATA).ok_or(OpenError)?;
        Ok(Self { version: u32::from_be_bytes(*version), data, rules })
    }

    fn open_rules(
        &self,
        keys: &SealingKeys,
        person: PersonId,
    ) -> Result<Secret<Vec<u8>>, OpenError> {
        let aad = part_aad(head(self.version), person, b'r');
        open_with(&keys.key(&person.0), &aad, self.rules)
    }
}

/// A 32-byte key, sealed under another and bound to a name.
///
/// # Shape
///
/// As [`crate::Sealed`], with the name in the place of person and field.
pub fn wrap_key(under: &Secret<[u8; 32]>, name: &str, key: &Secret<[u8; 32]>) -> Vec<u8> {
    seal_with(&SealingKeys::new(under).key(name.as_bytes()), name.as_bytes(), key.expose())
}

/// The key that [`wrap_key`] sealed.
///
/// # Errors
///
/// [`OpenError`] if it was sealed under another key or name, or changed.
pub fn unwrap_key(
    under: &Secret<[u8; 32]>,
    name: &str,
    wrapped: &[u8],
) -> Result<Secret<[u8; 32]>, OpenError> {
    let key = SealingKeys::new(under).key(name.as_bytes());
    open_with(&key, name.as_bytes(), wrapped)?.key().ok_or(OpenError)
}

/// Under which version of the key-encryption key a person's keys are wrapped; 0 for what was wrapped
/// before there were versions, none for what are no wrapped keys.
pub fn kek_version(wrapped: &[u8]) -> Option<u32> {
    match wrapped.first() {
        Some(&FIRST_FORM) => Some(0),
        _ => Parts::of(wrapped).ok().map(|parts| parts.version),
    }
}

/// The part of a person's keys that a server unwraps by itself.
pub(crate) fn rule_key(
    rules: &BTreeMap<u32, SealingKeys>,
    person: PersonId,
    wrapped: &[u8],
) -> Result<PersonKey, NotDone> {
    let parts = Parts::of(wrapped)?;
    // One that was made a moment ago is known in a moment.
    let keys = rules.get(&parts.version).ok_or(NotDone::Away)?;
    let plain = parts.open_rules(keys, person)?;
    Ok(PersonKey::new(person, wrapped.to_vec(), plain.expose())?)
}

fn head(version: u32) -> [u8; 5] {
    let mut head = [FORM; 5];
    head[1..].copy_from_slice(&version.to_be_bytes());
    head
}

fn part_aad(head: [u8; 5], person: PersonId, kind: u8) -> Vec<u8> {
    [&head[..], &person.0, &[kind]].concat()
}

fn family_of(key: &Secret<Vec<u8>>) -> Result<SealingKeys, OpenError> {
    Ok(SealingKeys::new(&key.key().ok_or(OpenError)?))
}

/// What rules ask is sealed under a key of its own, not under the data key.
fn data_field(field: &str) -> Result<(), OpenError> {
    if RULE_FIELDS.iter().any(|rule| rule.0 == field) { Err(OpenError) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
