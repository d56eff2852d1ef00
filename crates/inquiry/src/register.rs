//! What an inquiry asks of a register, whatever keeps it: who is found under a key, what is held of
//! them and was held before, and through whose hands their records went. All of it stays inside the key
//! boundary; what leaves an inquiry are counts and weights.

use jiff::civil::Date;

/// A person of the register.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonNo(pub u64);

/// A way out of the register that leaves traces, by its place in [`Register::sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceNo(pub u32);

/// What somebody is looked for under. It has no Debug: it holds personal data.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Probe {
    /// The ten digits of a mobile: everybody who shares it.
    Mobile(String),
    /// A reference number of ours.
    Reference(String),
    /// The sound of a name with a year of birth: everybody of whom both are so.
    NameYear(String, i16),
}

/// A value from one instant until another, in seconds since 1970.
#[derive(Clone)]
pub struct Version<T> {
    /// Since when it was held.
    pub from: i64,
    /// Until when; none while it is.
    pub until: Option<i64>,
    /// What was held.
    pub value: T,
}

impl<T> Version<T> {
    /// Whether it was held at an instant.
    pub fn held_at(&self, at: i64) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// A dose that is held.
#[derive(Clone)]
pub struct HeldDose {
    /// The day on which it was given.
    pub given_on: Date,
    /// The name of the facility.
    pub facility: String,
    /// When it was put on record, in seconds since 1970.
    pub recorded_at: i64,
}

/// That a person's record went through a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Which.
    pub source: SourceNo,
    /// When, in seconds since 1970.
    pub at: i64,
}

/// What not every opening shows of a person. Who was not shown it there has it from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shows {
    /// The mobile.
    pub mobile: bool,
    /// The number of the identity document.
    pub document: bool,
}

impl Shows {
    /// Everything.
    pub const ALL: Self = Self { mobile: true, document: true };

    /// Whether all of the other is shown, too.
    pub const fn covers(self, other: Self) -> bool {
        (self.mobile || !other.mobile) && (self.document || !other.document)
    }
}

/// Groups of people whom a thief can tell apart by what the register shows of them, from wide to narrow:
/// their district, their facility, and the facility with the day of a dose.
pub const LEVELS: usize = 3;

/// A path on which made-up people are hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// In the register itself.
    AtRest,
    /// In its replica.
    Replica,
    /// In its backups.
    Backup,
    /// In what one source is given.
    Source(SourceNo),
}

impl Family {
    /// The path in words; none for a source, which has a label of its own.
    pub const fn words(self) -> Option<&'static str> {
        match self {
            Self::AtRest => Some("the database"),
            Self::Replica => Some("the replica of the database"),
            Self::Backup => Some("a backup"),
            Self::Source(_) => None,
        }
    }
}

/// A made-up person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Canary {
    /// On which path.
    pub family: Family,
    /// When the registry of canaries that has it was committed to the ledger, in seconds since 1970.
    pub committed_at: i64,
}

/// A list of made-up people, as the public log has it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CommittedList {
    /// By what the log names it: it follows from the whole list, and tells nobody of it.
    pub digest: String,
    /// When it was committed to, in seconds since 1970.
    pub committed_at: i64,
    /// Its leaf in the log of accesses and decisions.
    pub leaf: u64,
}

/// The lists of made-up people that were in the public log before a specimen was seen.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Registry {
    /// How many people of the register they are.
    pub people: u64,
    /// Which share of it.
    pub share: f64,
    /// The lists, in the order in which they were made.
    pub lists: Vec<CommittedList>,
}

/// All that is held of a person. It has no Debug: it is personal data.
#[derive(Clone)]
pub struct Held {
    /// Who.
    pub person: PersonNo,
    /// The group of people who share a mobile.
    pub account: u64,
    /// The mobile, ten digits.
    pub mobile: String,
    /// The reference number.
    pub reference: String,
    /// The name, as it was and is.
    pub names: Vec<Version<String>>,
    /// The year of birth, as it was and is.
    pub birth_years: Vec<Version<i16>>,
    /// The gender, as it was and is: 1 male, 2 female, 3 others.
    pub genders: Vec<Version<u8>>,
    /// The number of the identity document, if it is held.
    pub document: Option<String>,
    /// Doses, in order.
    pub doses: Vec<HeldDose>,
    /// When they were registered, in seconds since 1970.
    pub registered_at: i64,
    /// The group they are of at each level.
    pub strata: [u64; LEVELS],
    /// The sources their record went through.
    pub passages: Vec<Passage>,
}

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// Somebody who may look people up.
    Account,
    /// A list that somebody was given.
    Export,
    /// A list that somebody gave us.
    Feeder,
}

/// A source, as reports name it: by a word for what it is and a number, never by a person's name.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// What it is.
    pub kind: SourceKind,
    /// How reports name it.
    pub label: String,
    /// When the list went out or came in; none for an account.
    pub at: Option<i64>,
    /// Share of made-up people in what it was given.
    pub canaries: f64,
}

/// How many people of a group went through a source, of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Those who did.
    pub part: u64,
    /// All.
    pub whole: u64,
}

/// How often a word of a name is spelled so, of how often one that sounds like it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// In this spelling.
    pub so: u64,
    /// In any.
    pub any: u64,
}

/// The register could not be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the register cannot be asked now")]
pub struct NotAsked;

/// A register, as an inquiry asks it.
pub trait Register {
    /// Who is found under each probe.
    ///
    /// # Errors
    ///
    /// If the register cannot be asked.
    fn find(&self, probes: &[Probe]) -> Result<Vec<Vec<PersonNo>>, NotAsked>;

    /// What is held of people, in their order; none of who is no more. Each opening is recorded as an
    /// access with the purpose of an inquiry.
    ///
    /// # Errors
    ///
    /// If the register cannot be asked, or the openings cannot be recorded.
    ///
    /// # Privacy
    ///
    /// Gives personal data, for comparison and nothing else.
    fn open(&self, people: &[PersonNo]) -> Result<Vec<Option<Held>>, NotAsked>;

    /// Whether people can be found without a mobile or a number, by name and year of birth.
    fn finds_names(&self) -> bool;

    /// The ways out that leave traces.
    fn sources(&self) -> &[Source];

    /// How many people of a group at a level went through a source: of all, or of those who were
    /// registered until an instant.
    fn reach(&self, source: SourceNo, level: usize, stratum: u64, until: Option<i64>) -> Reach;

    /// What somebody's passage through an account showed beside name, year of birth, gender and doses.
    fn shown(&self, _person: PersonNo, _passage: Passage) -> Shows {
        Shows::ALL
    }

    /// How many openings an account made from one instant until another, both included; none if that is
    /// not counted.
    fn opened_between(&self, _account: SourceNo, _from: i64, _until: i64) -> Option<u64> {
        None
    }

    /// Since when each of some numbers of ours is nobody's any more: their people were erased, or merged
    /// into another record. None for those of people who are there, and of nobody.
    ///
    /// # Errors
    ///
    /// If the register cannot be asked.
    fn gone(&self, references: &[String]) -> Result<Vec<Option<i64>>, NotAsked> {
        Ok(vec![None; references.len()])
    }

    /// How many people of a facility, or of none, were registered until an instant; none if that is not
    /// known.
    fn registered(&self, _facility: u64, _until: i64) -> Option<u64> {
        None
    }

    /// How many people are registered.
    fn people(&self) -> u64;

    /// How large a share of the country's people is registered, as far as is known.
    fn coverage(&self) -> f64;

    /// How the spelling of a word of a name stands among those that sound alike; none if that is not
    /// known.
    fn spelling(&self, _word: &str) -> Option<Spelling> {
        None
    }

    /// Of those with a first name, how many are male and female; none if that is not known.
    fn genders_of(&self, _word: &str) -> Option<(u64, u64)> {
        None
    }

    /// Whether somebody is made up to be found, and on which path. Asked of every record, opening nobody.
    /// A register that says nothing here has none.
    fn canary(&self, _person: PersonNo) -> Option<Canary> {
        None
    }

    /// Share of made-up people on a path that is no source.
    fn canaries(&self, _family: Family) -> f64 {
        0.0
    }

    /// What the public log has of the lists of made-up people; none if there are none.
    fn registry(&self) -> Option<Registry> {
        None
    }

    /// A path that is no source, as reports name it.
    fn path_words(&self, family: Family) -> Option<&'static str> {
        family.words()
    }

    /// The mark that a source's copy of a person's record carries at one of the places of its code, and
    /// how likely a copy carries a one there; none if it is not marked.
    fn mark(&self, _source: SourceNo, _person: PersonNo) -> Option<Mark> {
        None
    }

    /// The instant until which the register is known, in seconds since 1970.
    fn now(&self) -> i64;
}

/// One place of a source's code, as a record carries it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Which place of the code.
    pub place: u32,
    /// What the source's code has there.
    pub bit: bool,
    /// How likely any code has a one there.
    pub bias: f64,
}
