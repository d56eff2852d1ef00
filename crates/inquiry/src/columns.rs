//! What the columns of a specimen say, in both directions. A column that we do not collect may have been
//! joined on, and one that we do may be anybody's: columns move a verdict a little and never make it.

use crate::{
    model::Origin,
    number::ln,
    specimen::{Specimen, column::Kind},
};

/// The most that columns together say for or against an origin: one in seven, as a logarithm.
const MOST: f64 = 2.0;
/// From this share on, first of January is what a program prints that knows the year only.
const DEFAULTED: f64 = 0.9;
/// Below this share a table has days of birth that somebody knew.
const KNOWN: f64 = 0.35;

/// Where a column may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provenance {
    /// Only we have it.
    OursOnly,
    /// We have it and others, too.
    OursAndOthers,
    /// We never had it. It may have been joined to what we have.
    NeverOurs,
    /// Nothing is known of it.
    Unknown,
}

/// What is said of one column.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ColumnTold {
    /// Where it stands, from 1.
    pub place: usize,
    /// What it holds.
    pub holds: String,
    /// Where it may come from.
    pub provenance: Provenance,
    /// The logarithm of how much likelier each origin makes it, in the order of [`Origin::ALL`].
    pub weights: [f64; 5],
    /// What betrays a way of keeping it, if anything does.
    pub remark: String,
}

/// Where a kind of column may come from, by the manifest of this release, and what it says of ours,
/// feeder, downstream, unrelated and fabricated.
pub(crate) const fn of(kind: Kind) -> (Provenance, [f64; 5]) {
    use Provenance::{NeverOurs, OursAndOthers, OursOnly, Unknown};
    match kind {
        Kind::Reference => (OursOnly, [0.7, -0.7, 0.7, -0.7, 0.0]),
        Kind::DoseDate | Kind::Vaccine => (OursAndOthers, [0.3, -0.5, 0.3, -0.2, 0.0]),
        Kind::BirthYear => (OursAndOthers, [0.3, 0.0, 0.3, -0.2, 0.0]),
        Kind::Mobile | Kind::Name | Kind::Gender | Kind::Document | Kind::Pan | Kind::Epic => {
            (OursAndOthers, [0.0; 5])
        }
        Kind::Facility | Kind::District | Kind::Age => (OursAndOthers, [0.0; 5]),
        Kind::Address | Kind::Result | Kind::Email => (NeverOurs, [-0.4, 0.2, -0.3, 0.2, 0.1]),
        // We hold it of those who travel, and only the year of everybody else.
        Kind::BirthDate => (OursAndOthers, [-0.2, 0.1, -0.2, 0.1, 0.0]),
        Kind::PinCode | Kind::EventDate | Kind::ChangedAt | Kind::Other => (Unknown, [0.0; 5]),
    }
}

/// What is said of every column of the largest table.
pub(crate) fn told(specimen: &Specimen) -> Vec<ColumnTold> {
    let table = specimen.tables.iter().max_by_key(|table| table.len());
    let columns = table.map_or(&[][..], |table| &table.columns);
    let each = columns.iter().enumerate().map(|(place, column)| {
        let (mut provenance, mut weights) = of(column.kind);
        let mut remark = String::new();
        if column.kind == Kind::BirthDate && column.new_year >= DEFAULTED {
            // Whoever keeps the year only prints such days; so does our own interface.
            provenance = Provenance::OursAndOthers;
            weights = [1.4, 0.0, 1.4, -0.4, -0.4];
            "nearly all are a first of January: whoever wrote them knew the year only, as we do"
                .clone_into(&mut remark);
        } else if column.kind == Kind::BirthDate && column.new_year < KNOWN {
            "days of birth, which we hold only of those who travel: they are not ours, or were joined on"
                .clone_into(&mut remark);
        }
        ColumnTold {
            place: place + 1,
            holds: column.kind.as_str().to_owned(),
            provenance,
            weights,
            remark,
        }
    });
    each.collect()
}

/// What all columns say together, held within bounds.
pub(crate) fn weights(columns: &[ColumnTold]) -> [f64; 5] {
    let mut sums = [0.0; 5];
    for column in columns {
        for (sum, weight) in sums.iter_mut().zip(column.weights) {
            *sum += weight;
        }
    }
    sums.map(|sum: f64| sum.clamp(-MOST, MOST))
}

/// The weight of a mixture: that of the part which has the larger.
pub(crate) fn of_two(weights: &[f64; 5], a: Origin, b: Origin) -> f64 {
    weights[a as usize].max(weights[b as usize])
}

/// The bound, as reports tell it.
pub(crate) fn bound() -> f64 {
    MOST / ln(10.0)
}
