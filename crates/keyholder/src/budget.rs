//! How many blind indexes a server has in a day, and whether what it asks for looks like people who come
//! or like somebody who tries all numbers there are. A server that was taken over has what it is given
//! here and no more: four billion mobiles are a few minutes of hashing without it.
//!
//! # Shape
//!
//! The file `budget`: one line for each caller and column, `DAY USER COLUMN COUNT`: so many are taken to
//! be spent. It is written before they are given, some at a time, so that a crash gives none twice.

mod seen;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs, io,
    io::Write as _,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use vault::{Ask, Index, Told, press_name};

use self::seen::Seen;

/// How many indexes of a column each caller has in a day, unless the operator says otherwise: three
/// times what Co-WIN's record day would have taken (13.7 million registrations on 28 April 2021), and
/// one percent of all mobiles.
pub const A_DAY: u64 = 40_000_000;

/// From how many mobiles on in a minute, and in a day, it is judged whether people come.
const JUDGED: [(u64, u64); 2] = [(60, 600), (DAY, 20_000)];
/// How long a keyholder learns who is known already that kept no account of it before, in seconds.
const LEARNS: u64 = 7 * DAY;
/// How often what was seen is written, in seconds.
const WRITE: u64 = 300;
const DAY: u64 = 86_400;

/// What was asked and given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Indexes {
    /// How many were given since the start.
    pub given: u64,
    /// How many were refused since the start: the day's were spent.
    pub refused: u64,
    /// How often more numbers were asked for than people come, since the start.
    pub sweeps: u64,
    /// Of what a caller has in a day, how much is spent, in thousandths: of the one who spent most.
    pub spent: u64,
}

/// The budget of all callers.
pub struct Budget {
    file: PathBuf,
    a_day: u64,
    day: u64,
    spent: BTreeMap<(u32, usize), Spent>,
    seen: Seen,
    spans: [Span; JUDGED.len()],
    counts: Indexes,
}

/// What a caller had of a column today.
#[derive(Clone, Copy, Default)]
struct Spent {
    used: u64,
    /// So many are written down as spent.
    noted: u64,
}

/// What was asked in a minute, or a day.
#[derive(Clone, Copy, Default)]
struct Span {
    number: u64,
    mobiles: u64,
    /// About how many of them were never asked for before.
    strangers: u64,
    /// How many people were registered.
    registered: u64,
    told: bool,
}

impl Span {
    /// Strangers are asked for who are not registered then: more than half of all is no usual day.
    const fn is_sweep(&self, least: u64) -> bool {
        let misses = self.strangers.saturating_sub(self.registered);
        self.mobiles >= least && misses * 2 > self.mobiles
    }
}

impl Budget {
    /// The budget of a folder, of so many indexes of a column for each caller in a day. `is_new` if
    /// nobody was registered before.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, or is not what was written.
    pub fn open(folder: &Path, a_day: u64, is_new: bool, now: u64) -> io::Result<Self> {
        let learns_until = if is_new { 0 } else { now + LEARNS };
        let mut budget = Self {
            file: folder.join("budget"),
            a_day,
            day: now / DAY,
            spent: BTreeMap::new(),
            seen: Seen::open(&folder.join("seen"), learns_until)?,
            spans: [Span::default(); JUDGED.len()],
            counts: Indexes::default(),
        };
        match fs::read_to_string(&budget.file) {
            Ok(text) => budget.read(&text).ok_or(io::ErrorKind::InvalidData)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(budget)
    }

    fn read(&mut self, text: &str) -> Option<()> {
        for line in text.lines() {
            let mut parts = line.split(' ').map(|part| part.parse::<u64>().ok());
            let [day, user, column, noted] = std::array::from_fn(|_| parts.next().flatten());
            let (day, noted) = (day?, noted?);
            let of = (u32::try_from(user?).ok()?, usize::try_from(column?).ok()?);
            // A clock that went back gives no new day.
            self.day = self.day.max(day);
            if day == self.day {
                self.spent.insert(of, Spent { used: noted, noted });
            }
        }
        Some(())
    }

    /// Takes what is asked for out of the caller's budget: for each ask whether it may be answered.
    ///
    /// # Errors
    ///
    /// If that cannot be written down; then none may.
    pub fn take(&mut self, user: u32, asks: &[Ask], now: u64) -> io::Result<Vec<bool>> {
        if now / DAY > self.day {
            self.day = now / DAY;
            self.spent.clear();
        }
        let (a_day, before) = (self.a_day, self.spent.clone());
        let mut short = false;
        let mut take = |ask: &Ask| {
            let Ask::Index { column, .. } = ask else { return true };
            let spent = self.spent.entry((user, *column as usize)).or_default();
            let may = spent.used < a_day;
            spent.used += u64::from(may);
            short |= spent.used > spent.noted;
            may
        };
        let may: Vec<_> = asks.iter().map(&mut take).collect();
        if short && let Err(error) = self.note() {
            self.spent = before;
            return Err(error);
        }
        let refused = may.iter().filter(|may| !**may).count() as u64;
        if refused > 0 && self.counts.refused == 0 {
            tracing::error!("a server asked for more indexes than it has in a day");
        }
        self.counts.refused += refused;
        Ok(may)
    }

    /// Writes down that a little more is spent than is.
    fn note(&mut self) -> io::Result<()> {
        let ahead = (self.a_day / 1_000).max(1);
        for spent in self.spent.values_mut().filter(|spent| spent.used > spent.noted) {
            spent.noted = (spent.used + ahead).min(self.a_day);
        }
        let mut text = String::new();
        for ((user, column), spent) in &self.spent {
            let _ = writeln!(text, "{} {user} {column} {}", self.day, spent.noted);
        }
        replace(&self.file, text.as_bytes())
    }

    /// Takes into account what was told: which mobiles were asked for, and who was registered.
    pub fn saw(&mut self, asks: &[Ask], told: &[Told], now: u64) {
        let (mut mobiles, mut strangers, mut registered) = (0, 0, 0);
        for (ask, told) in asks.iter().zip(told) {
            match (ask, told) {
                (Ask::Index { column, .. }, Told::Index(index)) => {
                    self.counts.given += 1;
                    if *column == Index::Mobile {
                        mobiles += 1;
                        strangers += self.seen.strangers(index);
                    }
                }
                (Ask::Wrap { .. }, Told::Wrapped(_)) => registered += 1,
                _ => {}
            }
        }
        if mobiles == 0 && registered == 0 {
            return;
        }
        for (span, (long, least)) in self.spans.iter_mut().zip(JUDGED) {
            if now / long != span.number {
                *span = Span { number: now / long, ..Span::default() };
            }
            span.mobiles += mobiles;
            span.strangers += strangers;
            span.registered += registered;
            if span.is_sweep(least) && !span.told && !self.seen.learns(now) {
                span.told = true;
                self.counts.sweeps += 1;
                tracing::error!("more numbers were asked for than people come");
            }
        }
    }

    /// Writes down whom it saw, now and then.
    pub fn turn(&mut self, now: u64) {
        if let Err(error) = self.seen.keep(now, WRITE) {
            tracing::warn!(%error, "whom the keyholder saw was not written");
        }
    }

    /// What was asked and given.
    pub fn counts(&self) -> Indexes {
        let most = self.spent.values().map(|spent| spent.used).max().unwrap_or(0);
        Indexes { spent: most.saturating_mul(1_000) / self.a_day.max(1), ..self.counts }
    }
}

/// Writes a file whole, in the place of the one before.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    press_name(path)
}

#[cfg(test)]
mod tests;
