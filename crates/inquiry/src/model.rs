//! How likely each origin makes what is seen of one record. Every figure here is an assumption, told in
//! reports; none of them is fitted to a specimen beyond a choice among the few settings of an origin.

pub(crate) mod chances;
mod table;

use crate::observe::{Link, Number, Year};
use chances::Chances;

/// Where records may come from.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// From our register: the database, a copy of it, or an account that may look people up.
    Ours,
    /// From a list that somebody prepared for us.
    Feeder,
    /// From a list that we gave to somebody.
    Downstream,
    /// From another system about the same people or others.
    Unrelated,
    /// Made up.
    Fabricated,
}

impl Origin {
    /// Every origin.
    pub const ALL: [Self; 5] =
        [Self::Ours, Self::Feeder, Self::Downstream, Self::Unrelated, Self::Fabricated];

    /// Its name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Feeder => "feeder",
            Self::Downstream => "downstream",
            Self::Unrelated => "unrelated",
            Self::Fabricated => "fabricated",
        }
    }

    /// Whether such records left our hands.
    pub const fn is_from_us(self) -> bool {
        matches!(self, Self::Ours | Self::Downstream)
    }
}

/// What is taken into account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Uses {
    /// Whether somebody is found at all.
    pub(crate) membership: bool,
    /// How the values of those who are found agree.
    pub(crate) values: bool,
    /// Numbers that only we give, and days of doses.
    pub(crate) own: bool,
}

impl Uses {
    pub(crate) const ALL: Self = Self { membership: true, values: true, own: true };
}

/// How an origin is taken to behave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Setting {
    /// A copy: of our values, or of values that we copied. How worn it is.
    Copy { origin: Origin, wear: Wear },
    /// An independent system.
    Other(Other),
    /// Made up.
    MadeUp,
}

/// How an independent system stands to ours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Other {
    /// How many of its people are found here.
    pub(crate) found: f64,
    /// How often it spells a name as we do.
    pub(crate) spelling: f64,
    /// How often it has the same year of birth.
    pub(crate) years: f64,
    /// How many of our doses it knows.
    pub(crate) doses: f64,
    /// How much seldomer it spells as we do where hardly anybody else does. A slip of our hand is repeated
    /// by nobody but who copied it; a family that spells so has its name wherever it is written down.
    pub(crate) rarely: f64,
}

/// How much a copy has suffered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wear {
    /// As it was copied.
    Clean,
    /// With a slip here and there.
    Light,
    /// Cleaned, put in other formats, a name left short here and there.
    Worn,
    /// Names cut to what a narrow column holds, to initials, or to one word.
    Cut,
    /// Nearly all names cut so.
    Clipped,
    /// Typed again with care.
    Typed,
    /// Typed again, or read by a machine.
    Retyped,
}

impl Wear {
    pub(crate) const ALL: [Self; 7] = [
        Self::Clean,
        Self::Light,
        Self::Worn,
        Self::Cut,
        Self::Clipped,
        Self::Typed,
        Self::Retyped,
    ];

    /// Same, shorter, variant, slip, partly.
    const fn names(self) -> [f64; 5] {
        match self {
            Self::Clean => [0.972, 0.010, 0.003, 0.010, 0.005],
            Self::Light => [0.88, 0.04, 0.01, 0.06, 0.01],
            Self::Worn => [0.80, 0.12, 0.01, 0.05, 0.02],
            Self::Cut => [0.45, 0.51, 0.01, 0.02, 0.01],
            Self::Clipped => [0.08, 0.88, 0.01, 0.02, 0.01],
            // A vowel that a hand leaves out is a slip of it, and leaves the sound.
            Self::Typed => [0.71, 0.05, 0.07, 0.15, 0.02],
            Self::Retyped => [0.56, 0.12, 0.08, 0.20, 0.04],
        }
    }

    /// How many records lose what they are looked up under.
    const fn loss(self) -> f64 {
        match self {
            Self::Clean => 0.006,
            Self::Light => 0.02,
            Self::Worn | Self::Cut | Self::Clipped => 0.03,
            Self::Typed => 0.06,
            Self::Retyped => 0.15,
        }
    }
}

impl Setting {
    pub(crate) const fn origin(&self) -> Origin {
        match self {
            Self::Copy { origin, .. } => *origin,
            Self::Other(_) => Origin::Unrelated,
            Self::MadeUp => Origin::Fabricated,
        }
    }

    /// How likely a record is found so.
    fn link(&self, link: Link, chances: &Chances) -> f64 {
        match (link, self) {
            // A namesake of nobody is found as seldom as chance has it.
            (Link::Lone, Self::MadeUp) => return chances.named,
            (Link::Lone | Link::Open, _) => return 1.0,
            _ => {}
        }
        let (found, named, strange) = match *self {
            Self::Copy { wear, .. } => {
                let loss = wear.loss();
                (1.0 - loss, loss * 0.6, loss * 0.15)
            }
            Self::Other(Other { found, .. }) => {
                // Under another mobile than here, or in no register of ours.
                let rest = 1.0 - found;
                let named = (chances.moved + chances.named).min(0.9);
                (found, rest * named, rest * (1.0 - named) * chances.strange)
            }
            Self::MadeUp => {
                let found = chances.dense * chances.found + 1e-5;
                (found, chances.named, chances.dense + 1e-4)
            }
        };
        if !chances.keys {
            // By name alone: found and named are one.
            let named = (found + named).min(0.98);
            let named =
                if matches!(self, Self::MadeUp) { chances.named } else { named.max(chances.named) };
            return match link {
                Link::Found | Link::Named | Link::Lone => named,
                _ => 1.0 - named,
            };
        }
        match link {
            Link::Found => found,
            Link::Named => named,
            Link::Strange => strange,
            Link::Nobody | Link::Open | Link::Lone => (1.0 - found - named - strange).max(1e-3),
        }
    }

    /// How likely a name of who was found compares so: by the places that [`table`] gives likenesses.
    fn name(&self, place: usize, rare: bool, chances: &Chances) -> f64 {
        match *self {
            Self::Copy { wear, .. } => wear.names()[place],
            Self::Other(Other { spelling, rarely, .. }) => {
                let same = if rare { spelling * rarely } else { spelling };
                if place == 0 { same } else { (1.0 - same) * chances.manner(rare)[place - 1] }
            }
            Self::MadeUp => [0.10, 0.10, 0.10, 0.10, 0.60][place],
        }
    }

    /// The same of who was found by name and year, where only names that sound alike are.
    fn name_by_name(&self, place: usize, rare: bool, chances: &Chances) -> f64 {
        if matches!(self, Self::MadeUp) {
            return NAMESAKES[place];
        }
        let each: [f64; 5] =
            core::array::from_fn(|place| self.name(place, rare, chances) * BY_NAME[place]);
        each[place] / each.iter().sum::<f64>()
    }

    fn year(&self, year: Year) -> f64 {
        let each = match *self {
            Self::Copy { wear: Wear::Clean | Wear::Light, .. } => [0.985, 0.010, 0.005],
            Self::Copy { wear: Wear::Worn | Wear::Cut | Wear::Clipped | Wear::Typed, .. } => {
                [0.97, 0.02, 0.01]
            }
            Self::Copy { wear: Wear::Retyped, .. } => [0.93, 0.04, 0.03],
            Self::Other(Other { years, .. }) => [years, (1.0 - years) * 0.6, (1.0 - years) * 0.4],
            Self::MadeUp => [0.25, 0.15, 0.60],
        };
        match year {
            Year::Same => each[0],
            Year::Near => each[1],
            Year::Other => each[2],
        }
    }

    const fn gender(&self, same: bool) -> f64 {
        let likely = match self {
            Self::Copy { .. } => 0.995,
            Self::Other(_) => 0.98,
            Self::MadeUp => 0.6,
        };
        if same { likely } else { 1.0 - likely }
    }

    const fn document(&self, same: bool) -> f64 {
        let likely = match self {
            // A number that others give is the same wherever it was written down.
            Self::Copy { .. } | Self::Other(_) => 0.97,
            Self::MadeUp => 0.001,
        };
        if same { likely } else { 1.0 - likely }
    }

    /// A number that only we give: 14 digits, so that one which is right by chance is one in millions
    /// even of a whole country.
    const fn number(&self, number: Number) -> f64 {
        let each = match self {
            Self::Copy { origin: Origin::Feeder, .. } => [1e-5, 1e-5, 0.999, 0.5],
            // Who copies our numbers copies all of them.
            Self::Copy { wear: Wear::Retyped, .. } => [0.85, 0.03, 0.12, 0.04],
            Self::Copy { .. } => [0.97, 0.01, 0.02, 0.02],
            Self::Other(_) => [1e-6, 1e-5, 0.999, 0.5],
            Self::MadeUp => [1e-7, 1e-4, 0.999, 0.5],
        };
        match number {
            Number::Own => each[0],
            Number::Others => each[1],
            Number::Nobodys => each[2],
            Number::Blank => each[3],
        }
    }

    const fn dose(&self, same: bool) -> f64 {
        let likely = match self {
            // A list made for us is made before the dose.
            Self::Copy { origin: Origin::Feeder, .. } => 0.03,
            Self::Copy { wear: Wear::Retyped, .. } => 0.93,
            Self::Copy { .. } => 0.975,
            Self::Other(other) => other.doses,
            Self::MadeUp => 0.01,
        };
        if same { likely } else { 1.0 - likely }
    }
}

/// How many of the names that compare so are found by sound: the same, shorter, variant, slip, partly. Who
/// leaves a word out, or lets a letter slip, is mostly not found so.
const BY_NAME: [f64; 5] = [1.0, 0.15, 0.95, 0.15, 0.02];
/// How names of namesakes compare, found by sound.
const NAMESAKES: [f64; 5] = [0.70, 0.04, 0.24, 0.01, 0.01];

/// How far assumptions are stretched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stretch {
    /// Not at all.
    Usual,
    /// Nearly everybody whom anybody lists is found here.
    Covered,
    /// Independent systems spell as we do more often than any that was measured.
    Alike,
    /// Copies are worn, whatever they look like.
    Worn,
}

impl Stretch {
    pub(crate) const ALL: [Self; 4] = [Self::Usual, Self::Covered, Self::Alike, Self::Worn];

    /// In words.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "as assumed",
            Self::Covered => "independent lists overlap with us almost wholly",
            Self::Alike => "independent systems spell as we do nine times in ten",
            Self::Worn => "every copy was typed again",
        }
    }

    /// How worn copies are taken to be.
    pub(crate) fn wears(self) -> &'static [Wear] {
        match self {
            Self::Worn => &[Wear::Worn, Wear::Cut, Wear::Clipped, Wear::Typed, Wear::Retyped],
            _ => &Wear::ALL,
        }
    }

    /// The behaviours of independent systems, each with how likely it is.
    pub(crate) fn others(self, doses: bool) -> Vec<(Setting, f64)> {
        let mut found = FOUND.to_vec();
        let mut spelling = vec![0.14, 0.30, 0.45, 0.58, 0.69, 0.78];
        let mut years = vec![0.62, 0.76, 0.86, 0.94];
        match self {
            Self::Covered => found.push((0.985, 0.3)),
            Self::Alike => {
                spelling.extend([0.85, 0.91]);
                years.push(0.97);
            }
            Self::Usual | Self::Worn => {}
        }
        let doses = all_doses_known(doses);
        let each = 1.0 / crate::number::real((spelling.len() * years.len()) as u64);
        let mut all = Vec::new();
        for (found, weight) in found {
            for (rarely, seldom) in &RARELY {
                for (doses, likely) in doses {
                    for spelling in &spelling {
                        let other = |years: f64| Other {
                            found,
                            spelling: *spelling,
                            years,
                            doses: *doses,
                            rarely: *rarely,
                        };
                        let prior = weight * each * likely * seldom;
                        all.extend(
                            years.iter().map(|years| (Setting::Other(other(*years)), prior)),
                        );
                    }
                }
            }
        }
        all
    }

    /// Between which ends shares of people found, of spellings, of years and of rare spellings of another
    /// system are.
    pub(crate) const fn ends(self) -> [(f64, f64); 4] {
        let found = (0.002, if matches!(self, Self::Covered) { 0.99 } else { 0.96 });
        let (spelling, years) = match self {
            Self::Alike => ((0.03, 0.93), (0.58, 0.98)),
            _ => ((0.03, 0.80), (0.58, 0.95)),
        };
        [found, spelling, years, (0.02, 0.8)]
    }

    /// How many of our doses another system knows, with how likely that is.
    pub(crate) const fn doses_known(has_doses: bool) -> &'static [(f64, f64)] {
        all_doses_known(has_doses)
    }

    /// How likely another system knows so many of the doses.
    pub(crate) fn doses_prior(has_doses: bool, doses: f64) -> f64 {
        let known = all_doses_known(has_doses).iter();
        known.filter(|(one, _)| (one - doses).abs() < 1e-9).map(|(_, prior)| prior).sum()
    }
}

/// How many of our doses another system knows, with how likely that is. Who gave a dose has its day, too:
/// a right day is no proof.
const fn all_doses_known(has_doses: bool) -> &'static [(f64, f64)] {
    if has_doses { &[(0.02, 0.7), (0.5, 0.1), (0.97, 0.2)] } else { &[(0.02, 1.0)] }
}

/// How many of another system's people are found here, with how likely that is: mostly none, as most
/// systems are of elsewhere, or any share of them.
const FOUND: [(f64, f64); 10] = [
    (0.003, 0.28),
    (0.03, 0.08),
    (0.10, 0.08),
    (0.22, 0.08),
    (0.36, 0.08),
    (0.50, 0.08),
    (0.63, 0.08),
    (0.76, 0.08),
    (0.87, 0.08),
    (0.95, 0.08),
];

/// How much seldomer another system has a spelling of ours that is rare, with how likely that is.
const RARELY: [(f64, f64); 3] = [(0.06, 0.4), (0.3, 0.4), (0.7, 0.2)];
