//! The folder of our signing keys.
//!
//! # Shape
//!
//! One folder for each key, `USE-DATE-NAME` with the first letters of its thumbprint:
//!
//! * `key.json`: what it signs, since when, where its secret is, and whether it was withdrawn;
//! * `public.jwk`: its public half, a JSON Web Key;
//! * `key.pem`: its secret, PKCS #8, mode 0600, unless it is in a token or was destroyed;
//! * `certificate.pem`: of a document signer or the authority;
//! * `link.jwt`: of an anchor, what the one before it says of it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, bail, ensure};
use app::keys::{Former, KeyRing, KeyUse, RingKey};
use certs::{
    signature::{PublicKey, Scheme},
    signer::{
        Names, Signer, certify,
        key::{LocalKey, SigningKey},
        make_authority,
    },
    trust::succession,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::secret::{Keeper, Made};
use crate::{files, platform::system};

/// The certificate of a key that has one.
const CERTIFICATE: &str = "certificate.pem";
/// What the anchor before it says of an anchor.
const LINK: &str = "link.jwt";

/// What a key in the folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The country's authority, which certifies document signers.
    Authority,
    /// A key of the ring.
    Of(KeyUse),
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Of(used_for) => used_for.name(),
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        if name == Self::Authority.name() {
            return Some(Self::Authority);
        }
        KeyUse::from_name(name).map(Self::Of)
    }

    pub(crate) const fn scheme(self) -> Scheme {
        match self {
            Self::Authority => Scheme::Es256,
            Self::Of(used_for) => used_for.scheme(),
        }
    }
}

/// Where a key's secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    /// In a file beside.
    File,
    /// In a PKCS #11 token.
    Pkcs11,
    /// Nowhere any more.
    Destroyed,
}

/// `key.json`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Record {
    #[serde(rename = "use")]
    kind: String,
    signs_from: Timestamp,
    secret: Place,
    /// What the key is called in its token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    withdrawn_at: Option<Timestamp>,
}

/// A key in the folder.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    path: PathBuf,
    pub(crate) kind: Kind,
    pub(crate) public: PublicKey,
    pub(crate) signs_from: Timestamp,
    pub(crate) secret: Place,
    label: Option<String>,
    pub(crate) withdrawn_at: Option<Timestamp>,
}

impl Entry {
    /// Its name: the thumbprint.
    pub(crate) fn id(&self) -> String {
        self.public.thumbprint()
    }

    /// Takes trust from the key: what it signed is no longer valid.
    pub(crate) fn withdraw(&self, now: Timestamp) -> anyhow::Result<()> {
        Self { withdrawn_at: Some(now), ..self.clone() }.write()
    }

    fn label(&self) -> anyhow::Result<&str> {
        self.label.as_deref().context("key.json names no label in the token")
    }

    fn certificate(&self) -> anyhow::Result<String> {
        read(&self.path.join(CERTIFICATE))
    }

    /// What the anchor before this one says of it.
    fn link(&self) -> anyhow::Result<Option<String>> {
        let path = self.path.join(LINK);
        path.exists().then(|| read(&path)).transpose()
    }

    fn write(&self) -> anyhow::Result<()> {
        let record = Record {
            kind: self.kind.name().to_owned(),
            signs_from: self.signs_from,
            secret: self.secret,
            label: self.label.clone(),
            withdrawn_at: self.withdrawn_at,
        };
        let text = serde_json::to_string_pretty(&record)? + "\n";
        files::write(&self.path.join("key.json"), &text, 0o644)
    }
}

/// When each key in the folder last changed.
pub(crate) type Stamp = Vec<(PathBuf, SystemTime)>;

/// The folder of our signing keys.
pub(crate) struct Keys {
    path: PathBuf,
    keeper: Keeper,
}

impl Keys {
    /// The folder in a data folder; new secrets go where `keeper` keeps them.
    pub(crate) fn open(data: &Path, keeper: Keeper) -> anyhow::Result<Self> {
        let path = data.join("keys");
        if !path.exists() {
            fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
            vault::press_name(&path)?;
        }
        let keys = Self { path, keeper };
        keys.adopt(data)?;
        Ok(keys)
    }

    /// Takes in the signer of a data folder that was made before there was a folder of keys.
    fn adopt(&self, data: &Path) -> anyhow::Result<()> {
        let (secret, certificate) = (data.join("signer.key.pem"), data.join("signer.pem"));
        if !secret.exists() {
            return Ok(());
        }
        let (pem, certificate) = (files::read_secret(&secret)?, read(&certificate)?);
        let signer = Signer::from_pem(pem.expose(), &certificate)?;
        // Everything that it signed was signed after this, and everything later signs instead of it.
        let (from, kind) = (Timestamp::UNIX_EPOCH, Kind::Of(KeyUse::Document));
        let public = signer.key().public_key().clone();
        if !self.entries()?.iter().any(|entry| entry.public == public) {
            let made = Made { key: Box::new(LocalKey::from_pem(pem.expose())?), pem: Some(pem) };
            self.keep(kind, from, (&made, None), Some(&(CERTIFICATE, certificate)))?;
        }
        fs::remove_file(&secret).with_context(|| format!("cannot remove {}", secret.display()))
    }

    /// What is in it, by use and from the newest to the oldest.
    pub(crate) fn entries(&self) -> anyhow::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let listed = fs::read_dir(&self.path);
        for item in listed.with_context(|| format!("cannot read {}", self.path.display()))? {
            let path = item?.path();
            if path.join("key.json").exists() {
                let entry = entry(&path);
                entries.push(entry.with_context(|| format!("in {}", path.display()))?);
            }
        }
        entries.sort_by_key(|entry| (entry.kind, std::cmp::Reverse(entry.signs_from)));
        Ok(entries)
    }

    /// A value that changes whenever the folder does.
    pub(crate) fn stamp(&self) -> anyhow::Result<Stamp> {
        let mut stamp = Vec::new();
        for item in fs::read_dir(&self.path)? {
            let path = item?.path();
            if let Ok(found) = fs::metadata(path.join("key.json")) {
                stamp.push((path, found.modified()?));
            }
        }
        stamp.sort();
        Ok(stamp)
    }

    /// The ring of the keys that are trusted; makes those that are missing.
    pub(crate) fn ring(
        &self,
        names: Names<'_>,
        now: Timestamp,
        today: Date,
    ) -> anyhow::Result<KeyRing> {
        let trusted = |entries: Vec<Entry>| {
            let trusted = entries.into_iter().filter(|entry| entry.withdrawn_at.is_none());
            trusted.collect::<Vec<_>>()
        };
        let mut entries = trusted(self.entries()?);
        let missing: Vec<_> = KeyUse::ALL
            .into_iter()
            .filter(|used_for| !entries.iter().any(|entry| entry.kind == Kind::Of(*used_for)))
            .collect();
        for used_for in &missing {
            self.make(*used_for, names, now, today)?;
        }
        if !missing.is_empty() {
            entries = trusted(self.entries()?);
        }
        let keys = entries.iter().filter_map(|entry| self.ring_key(entry).transpose());
        Ok(KeyRing::new(keys.collect::<anyhow::Result<_>>()?)?)
    }

    fn ring_key(&self, entry: &Entry) -> anyhow::Result<Option<RingKey>> {
        let Kind::Of(used_for) = entry.kind else { return Ok(None) };
        let key = match entry.secret {
            Place::Destroyed => Box::new(Former::new(used_for, entry.public.clone())),
            _ => self.secret(entry)?,
        };
        Ok(Some(match used_for {
            KeyUse::Document => {
                RingKey::signer(Signer::new(key, &entry.certificate()?)?, entry.signs_from)
            }
            _ => RingKey::new(used_for, key, entry.signs_from)?.linked(entry.link()?),
        }))
    }

    /// The key of an entry, to sign with.
    fn secret(&self, entry: &Entry) -> anyhow::Result<Box<dyn SigningKey>> {
        let key: Box<dyn SigningKey> = match entry.secret {
            Place::File => {
                let pem = files::read_secret(&entry.path.join("key.pem"))?;
                Box::new(LocalKey::from_pem(pem.expose())?)
            }
            Place::Pkcs11 => {
                self.keeper.in_token(entry.label()?, &entry.public, entry.kind.scheme())?
            }
            Place::Destroyed => bail!("the secret of this key was destroyed"),
        };
        ensure!(*key.public_key() == entry.public, "the secret is of another key");
        Ok(key)
    }

    /// Makes a key that signs from an instant on.
    pub(crate) fn make(
        &self,
        used_for: KeyUse,
        names: Names<'_>,
        signs_from: Timestamp,
        today: Date,
    ) -> anyhow::Result<Entry> {
        match used_for {
            KeyUse::Document => {
                let authority = self.authority(names, signs_from, today)?;
                let (key, above) = (self.secret(&authority)?, authority.certificate()?);
                self.add(Kind::Of(used_for), signs_from, |new| {
                    let certificate = certify((&*key, &above), new.public_key(), names, today)?;
                    Ok(Some((CERTIFICATE, certificate)))
                })
            }
            KeyUse::Anchor => {
                let former = self.latest_anchor()?;
                self.add(Kind::Of(used_for), signs_from, |new| {
                    let issued_at = signs_from.as_second();
                    let link = |former: Box<dyn SigningKey>| {
                        succession::link(&*former, new.public_key(), issued_at)
                    };
                    Ok(former.map(link).transpose()?.map(|link| (LINK, link)))
                })
            }
            _ => self.add(Kind::Of(used_for), signs_from, |_| Ok(None)),
        }
    }

    /// The anchor that was made last, to name the next one; none, if there is none yet or its secret
    /// is gone.
    fn latest_anchor(&self) -> anyhow::Result<Option<Box<dyn SigningKey>>> {
        let usable = |entry: &Entry| {
            let trusted = entry.kind == Kind::Of(KeyUse::Anchor) && entry.withdrawn_at.is_none();
            trusted && entry.secret != Place::Destroyed
        };
        let latest = self.entries()?.into_iter().find(usable);
        latest.map(|entry| self.secret(&entry)).transpose()
    }

    /// The authority whose secret is here; made, if there is none.
    fn authority(&self, names: Names<'_>, now: Timestamp, today: Date) -> anyhow::Result<Entry> {
        let usable = |entry: &Entry| {
            let here = entry.kind == Kind::Authority && entry.withdrawn_at.is_none();
            here && entry.secret != Place::Destroyed
        };
        if let Some(authority) = self.entries()?.into_iter().find(usable) {
            let away = "the authority's secret is not here: bring its key.pem back to make a \
                        document signer";
            ensure!(
                authority.secret != Place::File || authority.path.join("key.pem").exists(),
                away
            );
            return Ok(authority);
        }
        self.add(Kind::Authority, now, |key| {
            Ok(Some((CERTIFICATE, make_authority(key, names, today)?)))
        })
    }

    /// Adds a new key; it is there whole or not at all.
    fn add(
        &self,
        kind: Kind,
        signs_from: Timestamp,
        beside: impl FnOnce(&dyn SigningKey) -> anyhow::Result<Option<(&'static str, String)>>,
    ) -> anyhow::Result<Entry> {
        let label = format!("teeka-{}-{}", kind.name(), system().random_uuid());
        let made = self.keeper.make(kind.scheme(), &label)?;
        let beside = beside(&*made.key)?;
        let label = made.pem.is_none().then_some(label);
        self.keep(kind, signs_from, (&made, label), beside.as_ref())
    }

    fn keep(
        &self,
        kind: Kind,
        signs_from: Timestamp,
        (made, label): (&Made, Option<String>),
        beside: Option<&(&'static str, String)>,
    ) -> anyhow::Result<Entry> {
        let public = made.key.public_key().clone();
        let id = public.thumbprint();
        let day = signs_from.strftime("%Y%m%d").to_string();
        let name = format!("{}-{day}-{}", kind.name(), &id[..8]);
        let entry = Entry {
            path: self.path.join(&name),
            kind,
            public,
            signs_from,
            secret: if made.pem.is_some() { Place::File } else { Place::Pkcs11 },
            label,
            withdrawn_at: None,
        };
        fs::create_dir(&entry.path)
            .with_context(|| format!("cannot make {}", entry.path.display()))?;
        if let Some(pem) = &made.pem {
            files::write(&entry.path.join("key.pem"), pem.expose(), 0o600)?;
        }
        if let Some((name, text)) = beside {
            files::write(&entry.path.join(name), text, 0o644)?;
        }
        let public = serde_json::to_string_pretty(&entry.public.to_jwk())? + "\n";
        files::write(&entry.path.join("public.jwk"), &public, 0o644)?;
        vault::press_name(&entry.path)?;
        // Last: where it is, the others are.
        entry.write()?;
        Ok(entry)
    }

    /// Destroys the secret of a key.
    pub(crate) fn destroy(&self, entry: &Entry) -> anyhow::Result<()> {
        match entry.secret {
            Place::File => fs::remove_file(entry.path.join("key.pem"))
                .with_context(|| format!("in {}", entry.path.display()))?,
            Place::Pkcs11 => self.keeper.destroy_in_token(entry.label()?)?,
            Place::Destroyed => return Ok(()),
        }
        Entry { secret: Place::Destroyed, ..entry.clone() }.write()
    }

    /// The certificates of all document signers that are trusted, PEM.
    pub(crate) fn certificates(&self) -> anyhow::Result<String> {
        let entries = self.entries()?;
        let signers = entries.iter().filter(|entry| {
            entry.kind == Kind::Of(KeyUse::Document) && entry.withdrawn_at.is_none()
        });
        signers.map(Entry::certificate).collect()
    }
}

fn entry(path: &Path) -> anyhow::Result<Entry> {
    let record: Record = serde_json::from_str(&read(&path.join("key.json"))?)?;
    let public: serde_json::Value = serde_json::from_str(&read(&path.join("public.jwk"))?)?;
    Ok(Entry {
        path: path.to_owned(),
        kind: Kind::from_name(&record.kind).context("a key of a use that is not known")?,
        public: PublicKey::from_jwk(&public)?,
        signs_from: record.signs_from,
        secret: record.secret,
        label: record.label,
        withdrawn_at: record.withdrawn_at,
    })
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
