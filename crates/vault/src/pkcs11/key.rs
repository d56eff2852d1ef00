//! Keys on a token: how they are made, found and signed with.

use std::{borrow::Cow, sync::Arc};

use cryptoki::{
    object::{Attribute, AttributeType, ObjectClass, ObjectHandle},
    session::Session,
};

use super::{
    KeyKind, TokenAway, TokenError, TokenPublicKey,
    pool::{Access, Failure, Pool},
};

/// A token has fewer keys than this, or is not one that is used here.
const MOST_KEYS: usize = 1_000;

/// What a public key is made for.
const PUBLIC: [Attribute; 5] = [
    Attribute::Token(true),
    Attribute::Private(false),
    Attribute::Verify(true),
    Attribute::Encrypt(false),
    Attribute::Wrap(false),
];
/// What a private key is made for: it signs, and stays.
const PRIVATE: [Attribute; 8] = [
    Attribute::Token(true),
    Attribute::Private(true),
    Attribute::Sensitive(true),
    Attribute::Extractable(false),
    Attribute::Sign(true),
    Attribute::Decrypt(false),
    Attribute::Unwrap(false),
    Attribute::Derive(false),
];

/// What a key is looked for by.
pub(super) enum Name<'a> {
    Label(&'a str),
    Id(&'a [u8]),
}

/// What a key is called on its token.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KeyName {
    label: Vec<u8>,
    id: Vec<u8>,
}

/// A key as it is on its token.
pub(super) struct Found {
    pub(super) name: KeyName,
    pub(super) public: TokenPublicKey,
}

/// A key on a token. It signs; its private half never leaves the token.
pub struct TokenKey {
    pool: Arc<Pool>,
    found: Found,
}

impl TokenKey {
    pub(super) const fn new(pool: Arc<Pool>, found: Found) -> Self {
        Self { pool, found }
    }

    /// Its label; what is no UTF-8 in it is replaced.
    pub fn label(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.found.name.label)
    }

    /// Its id (`CKA_ID`), which other programs on the token may have left empty.
    pub fn id(&self) -> &[u8] {
        &self.found.name.id
    }

    /// The key that its signatures are checked with.
    pub const fn public_key(&self) -> &TokenPublicKey {
        &self.found.public
    }

    /// The signature of a message.
    ///
    /// # Shape
    ///
    /// P-256: `r` and `s` side by side, 64 bytes. Ed25519: 64 bytes. RSA: PSS with SHA-256, MGF1 of
    /// SHA-256 and a salt of 32 bytes, as long as the modulus.
    ///
    /// # Errors
    ///
    /// [`TokenAway`] if the token is away, refuses the PIN or has this key no more.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, TokenAway> {
        let Found { name, public } = &self.found;
        let (mechanism, data) = public.recipe(message);
        let signed = self.pool.run(Access::Read, |token| {
            let handle = token.handle(public, |session| same_key(session, name, public))?;
            match token.session().sign(&mechanism, handle, &data)? {
                signature if signature.len() == public.signature_length() => Ok(signature),
                _ => Err(Failure::lost("a signature is not as long as it must be")),
            }
        });
        signed.map_err(|_| TokenAway)
    }

    pub(super) const fn name(&self) -> &KeyName {
        &self.found.name
    }
}

/// Whether a new key may have a label.
pub(super) fn check_label(label: &str) -> Result<(), TokenError> {
    let fits = (1..=64).contains(&label.len()) && !label.contains(char::is_control);
    if fits { Ok(()) } else { Err(TokenError::Label) }
}

/// Makes a pair, unless the label is taken.
pub(super) fn make(
    session: &Session,
    kind: KeyKind,
    label: &str,
    id: &[u8],
) -> Result<Found, Failure> {
    let labelled = [Attribute::Token(true), Attribute::Label(label.into())];
    if !objects(session, &labelled, 1)?.is_empty() {
        return Err(Failure::Said(TokenError::Exists));
    }
    let names = [Attribute::Label(label.into()), Attribute::Id(id.into())];
    let private = [&PRIVATE[..], &names].concat();
    for (mechanism, of_kind) in kind.recipes() {
        let public = [&PUBLIC[..], &names, &of_kind].concat();
        match session.generate_key_pair(&mechanism, &public, &private).map_err(Failure::from) {
            Err(Failure::Said(TokenError::Kind)) => {}
            Err(failure) => return Err(failure),
            Ok((public, private)) => return keep(session, public, private),
        }
    }
    Err(Failure::Said(TokenError::Kind))
}

/// Reads a new pair back. One that is not what was asked for does not stay.
fn keep(session: &Session, public: ObjectHandle, private: ObjectHandle) -> Result<Found, Failure> {
    let kept = read(session, private);
    if matches!(kept, Err(Failure::Said(_))) {
        session.destroy_object(public)?;
        session.destroy_object(private)?;
    }
    kept
}

/// Destroys both halves of a key.
pub(super) fn destroy(session: &Session, name: &KeyName) -> Result<(), Failure> {
    let private = private_of(session, name)?;
    for object in objects(session, &public_template(name), MOST_KEYS)? {
        session.destroy_object(object)?;
    }
    Ok(session.destroy_object(private)?)
}

/// The one key of a name.
pub(super) fn find(session: &Session, name: &Name<'_>) -> Result<Found, Failure> {
    let wanted = match name {
        Name::Label(label) => Attribute::Label((*label).into()),
        Name::Id(id) => Attribute::Id((*id).into()),
    };
    read(session, one(session, &[Attribute::Class(ObjectClass::PRIVATE_KEY), wanted])?)
}

/// All keys that could sign here.
pub(super) fn all(session: &Session) -> Result<Vec<Found>, Failure> {
    let private = [Attribute::Class(ObjectClass::PRIVATE_KEY)];
    let mut found = Vec::new();
    for object in objects(session, &private, MOST_KEYS)? {
        match read(session, object) {
            Ok(key) => found.push(key),
            // Something else's.
            Err(Failure::Said(_)) => {}
            Err(lost) => return Err(lost),
        }
    }
    Ok(found)
}

/// Where a key is, if it is still the same: what a token has after it was away may be another.
fn same_key(
    session: &Session,
    name: &KeyName,
    public: &TokenPublicKey,
) -> Result<ObjectHandle, Failure> {
    let same = private_of(session, name).and_then(|object| {
        let read = read(session, object)?;
        if read.public == *public { Ok(object) } else { Err(Failure::Said(TokenError::NotFound)) }
    });
    same.map_err(|failure| match failure {
        Failure::Said(_) => Failure::lost("the key is not on the token any more"),
        lost @ Failure::Lost(_) => lost,
    })
}

/// Reads a key by its private object.
fn read(session: &Session, private: ObjectHandle) -> Result<Found, Failure> {
    let wanted = [
        AttributeType::Label,
        AttributeType::Id,
        AttributeType::Sensitive,
        AttributeType::Extractable,
    ];
    let mut name = KeyName { label: Vec::new(), id: Vec::new() };
    // What a token does not say is taken for the worse.
    let (mut sensitive, mut extractable) = (false, true);
    for attribute in session.get_attributes(private, &wanted)? {
        match attribute {
            Attribute::Label(label) => name.label = label,
            Attribute::Id(id) => name.id = id,
            Attribute::Sensitive(is) => sensitive = is,
            Attribute::Extractable(is) => extractable = is,
            _ => {}
        }
    }
    if extractable || !sensitive {
        return Err(Failure::Said(TokenError::Extractable));
    }
    let public = TokenPublicKey::read(session, one(session, &public_template(&name))?)?;
    Ok(Found { name, public })
}

fn private_of(session: &Session, name: &KeyName) -> Result<ObjectHandle, Failure> {
    let class = Attribute::Class(ObjectClass::PRIVATE_KEY);
    one(session, &[class, Attribute::Label(name.label.clone()), Attribute::Id(name.id.clone())])
}

/// The public half has the same id; only where there is none, the label has to do.
fn public_template(name: &KeyName) -> [Attribute; 2] {
    let called = if name.id.is_empty() {
        Attribute::Label(name.label.clone())
    } else {
        Attribute::Id(name.id.clone())
    };
    [Attribute::Class(ObjectClass::PUBLIC_KEY), called]
}

fn one(session: &Session, template: &[Attribute]) -> Result<ObjectHandle, Failure> {
    match objects(session, template, 2)?[..] {
        [one] => Ok(one),
        [] => Err(Failure::Said(TokenError::NotFound)),
        _ => Err(Failure::Said(TokenError::SeveralKeys)),
    }
}

fn objects(
    session: &Session,
    template: &[Attribute],
    most: usize,
) -> Result<Vec<ObjectHandle>, Failure> {
    let found: Result<_, _> = session.iter_objects(template)?.take(most).collect();
    Ok(found?)
}
