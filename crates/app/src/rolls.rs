//! Rolls: who is in an alleged dump, published so that anybody can ask whether they are, and nobody can
//! read whom it names. A roll is what a function under a secret key makes of each mobile and reference
//! number of a specimen; without the key it is noise. How it is asked is in [`crate::questions`].

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use oprf::{
    function::Key,
    list::{Layout, Place, hold, lay},
    number::Number,
};
use serde::{Deserialize, Serialize};
use vault::Purpose;

use crate::{
    Actor, Ctx, Error, Platform, Result, access_log::blocking, disk::there, error::BrokenCause,
    sign_in::sha256_hex,
};

/// What a roll is described by, and where its buckets are, in its folder.
const ROLL: &str = "roll.json";
const BUCKETS: &str = "buckets";
/// A description has less than this.
const MOST_DESCRIPTION: u64 = 1 << 16;
/// What a new roll is called until it is whole.
const NEW: &str = ".new";
/// How many numbers are evaluated between two words of progress.
const CHUNK: usize = 256;
/// The longest title.
const MOST_TITLE: usize = 80;

/// A roll, as everybody may know it.
///
/// # Shape
///
/// JSON, in the file `roll.json` beside `buckets`, which has 2^`bits` buckets of `bucket_bytes` bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roll {
    /// Its name: 16 hex digits.
    pub id: String,
    /// What it is called for people.
    pub title: String,
    /// When it was published, as an instant in text.
    pub published_at: String,
    /// What the dump has of each person, in words.
    pub holds: Vec<String>,
    /// The public key that answers are proven by, in hex.
    pub key: String,
    /// By how many bits of an output buckets are told apart.
    pub bits: u8,
    /// Bytes of each bucket.
    pub bucket_bytes: u32,
    /// SHA-256 of all buckets, in hex.
    pub sha256: String,
}

/// What a roll is to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    pub id: RollId,
    /// Its title.
    pub title: String,
    /// What the dump has of each person, in words.
    pub holds: Vec<String>,
}

/// The name of a roll. It is a file's name, too, so it is digits and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollId(String);

impl RollId {
    /// The name of what is published about a case, by the digest of the case in hex.
    pub fn of_case(case: &[u8]) -> Self {
        Self(sha256_hex(case)[..16].to_owned())
    }

    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 16 && text.bytes().all(digit)).then(|| Self(text.to_owned()))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether something can be the title of a roll: 1 to 80 characters, none of them a control character.
pub fn is_title(text: &str) -> bool {
    (1..=MOST_TITLE).contains(&text.chars().count())
        && !text.trim().is_empty()
        && !text.contains(char::is_control)
}

impl Roll {
    fn layout(&self) -> Option<Layout> {
        Layout::new(self.bits, self.bucket_bytes)
    }
}

/// The folder of the rolls that are published, each in a folder of its own.
#[derive(Clone, Debug)]
pub struct Rolls(PathBuf);

impl Rolls {
    /// Those in a folder, which need not be there.
    pub const fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    fn at(&self, id: &RollId) -> PathBuf {
        self.0.join(&id.0)
    }

    /// Publishes a roll: it is there whole or not at all, also when the power goes.
    ///
    /// # Errors
    ///
    /// If it cannot be written, or is there already.
    pub fn publish(&self, roll: &Roll, buckets: &[u8]) -> io::Result<()> {
        let id = RollId::parse(&roll.id).ok_or(io::ErrorKind::InvalidInput)?;
        let mut make = fs::DirBuilder::new();
        make.mode(0o700).recursive(true).create(&self.0)?;
        let (new, whole) = (self.0.join(format!("{}{NEW}", id.0)), self.at(&id));
        if whole.exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if new.exists() {
            fs::remove_dir_all(&new)?;
        }
        make.recursive(false).create(&new)?;
        write(&new.join(BUCKETS), buckets)?;
        write(&new.join(ROLL), &serde_json::to_vec_pretty(roll)?)?;
        vault::press_name(&new.join(ROLL))?;
        fs::rename(&new, &whole)?;
        vault::press_name(&whole)
    }

    /// Copies all that are not there yet into another folder; says how many those were.
    ///
    /// # Errors
    ///
    /// If one cannot be read or written.
    pub fn copy_to(&self, other: &Self) -> io::Result<usize> {
        let mut copied = 0;
        for roll in self.all()? {
            let id = RollId::parse(&roll.id).ok_or(io::ErrorKind::InvalidData)?;
            if !other.at(&id).exists() {
                other.publish(&roll, &fs::read(self.at(&id).join(BUCKETS))?)?;
                copied += 1;
            }
        }
        Ok(copied)
    }

    /// Takes a roll back; false if there is none of this name.
    ///
    /// # Errors
    ///
    /// If it cannot be removed.
    pub fn withdraw(&self, id: &RollId) -> io::Result<bool> {
        if !self.at(id).exists() {
            return Ok(false);
        }
        // From here on it is not found, whatever happens to what is in it.
        let gone = self.0.join(format!("{}{NEW}", id.0));
        if gone.exists() {
            fs::remove_dir_all(&gone)?;
        }
        fs::rename(self.at(id), &gone)?;
        vault::press_name(&gone)?;
        fs::remove_dir_all(&gone)?;
        Ok(true)
    }

    /// A roll; none if there is none of this name.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn roll(&self, id: &RollId) -> io::Result<Option<Roll>> {
        let Some(file) = there(File::open(self.at(id).join(ROLL)))? else { return Ok(None) };
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(file, MOST_DESCRIPTION), &mut bytes)?;
        let roll: Roll = serde_json::from_slice(&bytes)?;
        let sound = roll.id == id.0 && roll.layout().is_some();
        if sound { Ok(Some(roll)) } else { Err(io::ErrorKind::InvalidData.into()) }
    }

    /// All of them, the newest first.
    ///
    /// # Errors
    ///
    /// As [`Rolls::roll`].
    pub fn all(&self) -> io::Result<Vec<Roll>> {
        let Some(entries) = there(fs::read_dir(&self.0))? else { return Ok(Vec::new()) };
        let mut rolls = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            let id = name.to_str().and_then(RollId::parse);
            if let Some(id) = id {
                rolls.extend(self.roll(&id)?);
            }
        }
        rolls.sort_by(|a, b| (&b.published_at, &b.id).cmp(&(&a.published_at, &a.id)));
        Ok(rolls)
    }

    /// A bucket of a roll; none if there is no such bucket.
    ///
    /// # Errors
    ///
    /// As [`Rolls::roll`].
    pub fn bucket(&self, id: &RollId, bucket: u32) -> io::Result<Option<Vec<u8>>> {
        let roll = self.roll(id)?;
        let found = roll.map(|roll| self.bucket_of(id, &roll, bucket)).transpose()?;
        Ok(found.flatten())
    }

    fn bucket_of(&self, id: &RollId, roll: &Roll, bucket: u32) -> io::Result<Option<Vec<u8>>> {
        let Some(begin) = roll.layout().and_then(|layout| layout.begin(bucket)) else {
            return Ok(None);
        };
        let mut bytes = vec![0; roll.bucket_bytes as usize];
        File::open(self.at(id).join(BUCKETS))?.read_exact_at(&mut bytes, begin)?;
        Ok(Some(bytes))
    }

    /// A roll, and of its buckets the one in which a place would stand; none if there is none of this
    /// name.
    fn around(&self, id: &RollId, place: &Place) -> io::Result<Option<(Roll, Vec<u8>)>> {
        let Some(roll) = self.roll(id)? else { return Ok(None) };
        let Some(layout) = roll.layout() else { return Ok(None) };
        let bucket = self.bucket_of(id, &roll, place.bucket(layout))?;
        Ok(bucket.map(|bucket| (roll, bucket)))
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// What the key makes of each number, on every processor. `told` hears how many more are done.
fn places(key: &Key, numbers: &[Number], told: &(impl Fn(u64) + Sync)) -> Vec<Place> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let part = numbers.len().div_ceil(processors).max(1);
    let place = |number: &Number| {
        Place::of(&key.output(&number.input()).expect("an input of a number is short"))
    };
    let one = |numbers: &[Number]| {
        let mut places = Vec::with_capacity(numbers.len());
        for chunk in numbers.chunks(CHUNK) {
            places.extend(chunk.iter().map(place));
            told(chunk.len() as u64);
        }
        places
    };
    std::thread::scope(|scope| {
        let parts: Vec<_> =
            numbers.chunks(part).map(|numbers| scope.spawn(move || one(numbers))).collect();
        let done = parts.into_iter().map(|part| part.join().expect("it does not panic"));
        done.flatten().collect()
    })
}

impl Platform {
    /// The folder of the rolls; none if this platform has none.
    pub fn rolls_folder(&self) -> Option<Rolls> {
        self.settings.rolls.clone().map(Rolls::new)
    }

    /// The key of a roll. It is derived, so that none is kept, and each roll has its own.
    pub(crate) fn roll_key(&self, id: &RollId) -> Key {
        let seed = self.vault.mac(Purpose::Roll, &[b"roll", id.0.as_bytes()]);
        Key::derive(&seed, b"teeka/v1/roll")
    }

    /// Makes a roll of numbers, and its buckets. `told` hears how many more are done. It computes for as
    /// long as there are numbers: 30 microseconds each on one processor.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator; [`Error::Invalid`] if the title cannot be used.
    ///
    /// # Privacy
    ///
    /// Takes everybody's number of a specimen; what it gives tells none of them without the key.
    pub fn make_roll(
        &self,
        ctx: &Ctx,
        named: Named,
        numbers: &[Number],
        told: impl Fn(u64) + Sync,
    ) -> Result<(Roll, Vec<u8>)> {
        ctx.only_operator()?;
        if !is_title(&named.title) {
            return Err(Error::Invalid("a title has 1 to 80 characters"));
        }
        let key = self.roll_key(&named.id);
        let (layout, buckets) = lay(places(&key, numbers, &told), |bytes| ctx.entropy.fill(bytes));
        let roll = Roll {
            id: named.id.0,
            title: named.title,
            published_at: ctx.now.to_string(),
            holds: named.holds,
            key: hex::encode(key.public()),
            bits: layout.bits,
            bucket_bytes: layout.bucket_bytes,
            sha256: sha256_hex(&buckets),
        };
        Ok((roll, buckets))
    }

    /// Reads something of the rolls, where it holds up nobody; none if there are none.
    async fn of_rolls<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Rolls) -> io::Result<Option<T>> + Send + 'static,
    ) -> Result<Option<T>> {
        let Some(rolls) = self.rolls_folder() else { return Ok(None) };
        let read = blocking(move || read(&rolls)).await?;
        read.map_err(|error| Error::Broken(BrokenCause::Roll(Arc::new(error))))
    }

    /// The rolls that are published, the newest first.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub async fn rolls(&self) -> Result<Vec<Roll>> {
        Ok(self.of_rolls(|rolls| rolls.all().map(Some)).await?.unwrap_or_default())
    }

    /// Whether a roll is published under a name.
    pub(crate) async fn has_roll(&self, id: &RollId) -> Result<bool> {
        let id = id.clone();
        Ok(self.of_rolls(move |rolls| rolls.roll(&id)).await?.is_some())
    }

    /// A bucket of a roll: the same bytes for everybody.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such bucket.
    pub async fn roll_bucket(&self, id: &RollId, bucket: u32) -> Result<Vec<u8>> {
        let id = id.clone();
        let bucket = self.of_rolls(move |rolls| rolls.bucket(&id, bucket)).await?;
        bucket.ok_or(Error::NotFound)
    }

    /// Whether a resident's own mobile is in a roll, asked openly: for who cannot or does not want to have
    /// it asked blind. With the roll. Nothing is kept of question or answer.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`] for who is not signed in, [`Error::NotFound`] if there is no such roll,
    /// [`Error::Invalid`] if it is no mobile.
    ///
    /// # Privacy
    ///
    /// Takes the mobile in the clear, as signing in does.
    pub async fn ask_openly(&self, ctx: &Ctx, id: &RollId, mobile: &str) -> Result<(Roll, bool)> {
        let Actor::Resident { .. } = ctx.actor else { return Err(Error::Unauthenticated) };
        let number = Number::mobile(mobile).ok_or(Error::Invalid("mobile has ten digits"))?;
        let output = self.roll_key(id).output(&number.input());
        let place = Place::of(&output.map_err(|_| Error::Invalid("mobile has ten digits"))?);
        let (named, tag) = (id.clone(), place.tag);
        let found = self.of_rolls(move |rolls| rolls.around(&named, &place)).await?;
        let (roll, bucket) = found.ok_or(Error::NotFound)?;
        let is_in = hold(&bucket, &tag);
        Ok((roll, is_in))
    }
}
