//! How likely a setting makes each thing that can be seen, worked out once: many records are held beside
//! many settings.

use super::{Chances, Setting, Uses};
use crate::{
    normal::name::Likeness,
    number::ln,
    observe::{Link, Number, Pattern, Year},
};

const LINKS: [Link; 6] =
    [Link::Found, Link::Named, Link::Lone, Link::Strange, Link::Nobody, Link::Open];

/// Logarithms of how likely each thing is that can be seen of a record.
pub(crate) struct Table {
    uses: Uses,
    link: [f64; 6],
    /// Of usual names, and of rare ones.
    name: [[f64; 5]; 2],
    /// The same of who was found by name and year.
    by_name: [[f64; 5]; 2],
    year: [f64; 3],
    number: [f64; 4],
    /// Of what is not so, and of what is.
    gender: [f64; 2],
    document: [f64; 2],
    /// Of who was found by name and year.
    document_by_name: [f64; 2],
    dose: [f64; 2],
}

impl Setting {
    /// What it makes likely.
    pub(crate) fn table(&self, chances: &Chances, uses: Uses) -> Table {
        let both =
            |likely: fn(&Self, bool) -> f64| [false, true].map(|same| ln(likely(self, same)));
        let names = |rare| core::array::from_fn(|place| ln(self.name(place, rare, chances)));
        let by_name =
            |rare| core::array::from_fn(|place| ln(self.name_by_name(place, rare, chances)));
        // A number that others give is the same wherever it was written down: how many are namesakes shows
        // in the specimen, whoever wrote it.
        let document_by_name = [false, true].map(|same| match self {
            Self::MadeUp => ln(self.document(same)),
            _ if same => ln(chances.same_documents),
            _ => ln(1.0 - chances.same_documents),
        });
        Table {
            uses,
            link: LINKS.map(|link| ln(self.link(link, chances).max(1e-9))),
            name: [names(false), names(true)],
            by_name: [by_name(false), by_name(true)],
            year: [Year::Same, Year::Near, Year::Other].map(|year| ln(self.year(year))),
            number: [Number::Own, Number::Others, Number::Nobodys, Number::Blank]
                .map(|number| ln(self.number(number))),
            gender: both(Self::gender),
            document: both(Self::document),
            document_by_name,
            dose: both(Self::dose),
        }
    }
}

impl Table {
    /// The logarithm of how likely such an origin makes what is seen.
    pub(crate) fn weigh(&self, pattern: Pattern) -> f64 {
        let mut sum = 0.0;
        if self.uses.membership {
            sum += self.link[pattern.link as usize];
        }
        let found = pattern.link.is_somebody();
        let by_name = matches!(pattern.link, Link::Named | Link::Lone);
        if self.uses.values && by_name {
            // Year and gender are what they were found by.
            let names = &self.by_name[usize::from(pattern.rare)];
            sum += pattern.name.map_or(0.0, |name| names[place(name)]);
            sum += pattern.document.map_or(0.0, |same| self.document_by_name[usize::from(same)]);
        } else if self.uses.values && found {
            let names = &self.name[usize::from(pattern.rare)];
            sum += pattern.name.map_or(0.0, |name| names[place(name)]);
            sum += pattern.year.map_or(0.0, |year| self.year[year as usize]);
            sum += pattern.gender.map_or(0.0, |same| self.gender[usize::from(same)]);
            sum += pattern.document.map_or(0.0, |same| self.document[usize::from(same)]);
        }
        if self.uses.own {
            sum += pattern.number.map_or(0.0, |number| self.number[number as usize]);
            if found {
                sum += pattern.dose.map_or(0.0, |same| self.dose[usize::from(same)]);
            }
        }
        sum
    }
}

const fn place(name: Likeness) -> usize {
    match name {
        Likeness::Same => 0,
        Likeness::Shorter => 1,
        Likeness::Variant => 2,
        Likeness::Slip => 3,
        Likeness::Partly | Likeness::Other => 4,
    }
}
