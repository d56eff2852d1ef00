//! Encrypt and open fields, bound to person, field and key version.

use std::fmt;

use aws_lc_rs::{
    aead::{Aad, LessSafeKey, NONCE_LEN, Nonce},
    rand,
};

use crate::{
    access::RULE_FIELDS,
    derive::{SealingKeys, aead_key},
    secret::Secret,
};

/// The version of the keys and layouts in use, kept with everything sealed under them.
const KEY_VERSION: u8 = 1;
const TAG_LEN: usize = 16;

/// Whose data it is: 16 bytes that name the person to the vault.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PersonId(pub [u8; 16]);

/// Which field of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field(pub &'static str);

/// A sealed value does not open: it was changed, moved to another place, or the key is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open")]
pub struct OpenError;

/// A sealed value.
///
/// # Shape
///
/// Key version (1 byte), nonce (12), AES-256-GCM ciphertext (as long as the value), tag (16).
/// What is authenticated beside it: key version, person (16 bytes), field.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Bytes as a column holds them.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Bytes for a column.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} sealed bytes", self.0.len())
    }
}

/// The keys of one person as a server has them: it answers what rules ask, keeps the person's list of
/// accesses, and names the rest to the keyholder. Nothing else opens with it; see
/// [`crate::Vault::open`]. Its memory is overwritten when it goes.
///
/// ```compile_fail,E0599
/// fn shown(key: &vault::PersonKey, sealed: &vault::Sealed) {
///     key.open(vault::Field("name"), sealed);
/// }
/// ```
pub struct PersonKey {
    person: PersonId,
    wrapped: Vec<u8>,
    rules: RuleKeys,
}

/// The keys of what rules ask: a family, or its four members for who was enrolled before there was one.
enum RuleKeys {
    Family(SealingKeys),
    Each(Vec<Secret<[u8; 32]>>),
}

impl PersonKey {
    pub(crate) fn new(person: PersonId, wrapped: Vec<u8>, rules: &[u8]) -> Result<Self, OpenError> {
        let (keys, rest) = rules.as_chunks::<32>();
        let rules = match keys {
            _ if !rest.is_empty() => return Err(OpenError),
            [one] => RuleKeys::Family(SealingKeys::new(&Secret::new(*one))),
            each if each.len() == RULE_FIELDS.len() => {
                RuleKeys::Each(each.iter().map(|key| Secret::new(*key)).collect())
            }
            _ => return Err(OpenError),
        };
        Ok(Self { person, wrapped, rules })
    }

    /// Whose keys they are.
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// The keys, wrapped, for a column.
    pub fn wrapped(&self) -> &[u8] {
        &self.wrapped
    }

    /// Seals one of the fields that rules ask for; none for any other.
    pub(crate) fn seal_for_rules(&self, field: Field, plain: &[u8]) -> Option<Sealed> {
        let key = self.rule_key(field)?;
        Some(Sealed(seal_with(&key, &field_aad(self.person, field.0), plain)))
    }

    /// Opens one of the fields that rules ask for.
    pub(crate) fn open_for_rules(
        &self,
        field: Field,
        sealed: &Sealed,
    ) -> Result<Secret<Vec<u8>>, OpenError> {
        let key = self.rule_key(field).ok_or(OpenError)?;
        open_with(&key, &field_aad(self.person, field.0), &sealed.0)
    }

    fn rule_key(&self, field: Field) -> Option<LessSafeKey> {
        let place = RULE_FIELDS.iter().position(|rule| *rule == field)?;
        Some(match &self.rules {
            RuleKeys::Family(family) => family.key(field.0.as_bytes()),
            RuleKeys::Each(each) => aead_key(&each[place]),
        })
    }
}

/// The keys of a person who is not kept yet. They seal every field; once this is gone, only the
/// keyholder has what opens them.
pub struct NewKey {
    data: SealingKeys,
    key: PersonKey,
}

impl NewKey {
    pub(crate) fn new(drawn: &Drawn, wrapped: Vec<u8>) -> Result<Self, OpenError> {
        let key = PersonKey::new(drawn.person, wrapped, drawn.rules.expose())?;
        Ok(Self { data: SealingKeys::new(&drawn.data), key })
    }

    /// The keys, wrapped, for a column.
    pub fn wrapped(&self) -> &[u8] {
        self.key.wrapped()
    }

    /// Seals a field.
    pub fn seal(&self, field: Field, plain: &[u8]) -> Sealed {
        let [sealed] = self.seal_each([(field, plain)]);
        sealed
    }

    /// Seals fields, in their order.
    pub fn seal_each<const N: usize>(&self, fields: [(Field, &[u8]); N]) -> [Sealed; N] {
        let mut nonces = draw_nonces::<N>().into_iter();
        fields.map(|(field, plain)| {
            let nonce = nonces.next().expect("there is one for each field");
            let key = self.key.rule_key(field);
            let key = key.unwrap_or_else(|| self.data.key(field.0.as_bytes()));
            let aad = field_aad(self.key.person, field.0);
            Sealed(seal_under(&key, nonce, &aad, plain))
        })
    }
}

/// Keys that were drawn for a person and are not wrapped yet.
pub(crate) struct Drawn {
    pub(crate) person: PersonId,
    pub(crate) data: Secret<[u8; 32]>,
    pub(crate) rules: Secret<[u8; 32]>,
}

impl Drawn {
    /// Draws the keys of people, all at once: what a draw costs is mostly the same for any length.
    pub(crate) fn each(people: &[PersonId]) -> Vec<Self> {
        let mut random = Secret::new(vec![0; 64 * people.len()]);
        rand::fill(random.expose_mut()).expect("the operating system has randomness");
        let (keys, _) = random.expose().as_chunks::<32>();
        let (pairs, _) = keys.as_chunks::<2>();
        let drawn = people.iter().zip(pairs).map(|(person, [data, rules])| Self {
            person: *person,
            data: Secret::new(*data),
            rules: Secret::new(*rules),
        });
        drawn.collect()
    }
}

/// The key of one field of one person, as the keyholder gave it.
pub(crate) struct FieldKey {
    pub(crate) field: Field,
    person: PersonId,
    key: LessSafeKey,
}

impl FieldKey {
    pub(crate) fn new(person: PersonId, field: Field, key: &Secret<[u8; 32]>) -> Self {
        Self { field, person, key: aead_key(key) }
    }

    pub(crate) fn seal(&self, plain: &[u8]) -> Sealed {
        Sealed(seal_with(&self.key, &field_aad(self.person, self.field.0), plain))
    }

    pub(crate) fn open(&self, sealed: &Sealed) -> Result<Secret<Vec<u8>>, OpenError> {
        open_with(&self.key, &field_aad(self.person, self.field.0), &sealed.0)
    }
}

/// What is authenticated beside a value: key version, person, field.
pub(crate) fn field_aad(person: PersonId, field: &str) -> Vec<u8> {
    [&[KEY_VERSION], person.0.as_slice(), field.as_bytes()].concat()
}

/// Seals a message under a key of its own.
pub(crate) fn seal_message(keys: &SealingKeys, id: &[u8; 16], plain: &[u8]) -> Vec<u8> {
    seal_with(&keys.key(id), &message_aad(id), plain)
}

pub(crate) fn open_message(
    keys: &SealingKeys,
    id: &[u8; 16],
    sealed: &[u8],
) -> Result<Secret<Vec<u8>>, OpenError> {
    open_with(&keys.key(id), &message_aad(id), sealed)
}

fn message_aad(id: &[u8; 16]) -> [u8; 17] {
    let mut aad = [KEY_VERSION; 17];
    aad[1..].copy_from_slice(id);
    aad
}

/// Nonces that are drawn together: what a draw costs is mostly the same for any length.
pub(crate) fn draw_nonces<const N: usize>() -> [[u8; NONCE_LEN]; N] {
    let mut nonces = [[0; NONCE_LEN]; N];
    rand::fill(nonces.as_flattened_mut()).expect("the operating system has randomness");
    nonces
}

pub(crate) fn seal_with(key: &LessSafeKey, aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let [nonce] = draw_nonces();
    seal_under(key, nonce, aad, plain)
}

/// Seals under a nonce that was drawn for it and is used for nothing else.
pub(crate) fn seal_under(
    key: &LessSafeKey,
    nonce: [u8; NONCE_LEN],
    aad: &[u8],
    plain: &[u8],
) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(1 + NONCE_LEN + plain.len() + TAG_LEN);
    sealed.push(KEY_VERSION);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = key
        .seal_in_place_separate_tag(nonce, Aad::from(aad), &mut sealed[1 + NONCE_LEN..])
        .expect("a value below 64 GB can be sealed");
    sealed.extend_from_slice(tag.as_ref());
    sealed
}

pub(crate) fn open_with(
    key: &LessSafeKey,
    aad: &[u8],
    sealed: &[u8],
) -> Result<Secret<Vec<u8>>, OpenError> {
    let Some((&KEY_VERSION, rest)) = sealed.split_first() else {
        return Err(OpenError);
    };
    let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(OpenError)?;
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let mut body = Secret::new(body.to_vec());
    let length =
        key.open_in_place(nonce, Aad::from(aad), body.expose_mut()).map_err(|_| OpenError)?.len();
    body.expose_mut().truncate(length);
    Ok(body)
}
