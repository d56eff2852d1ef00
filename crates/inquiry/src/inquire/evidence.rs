//! Each piece of evidence by itself, as reports tell it.

use super::{Evidence, Whole};
use crate::{
    columns,
    dating::weight_at,
    fabrication::Signs,
    hypotheses::Case,
    model::{Origin, Uses},
    normal::name::Likeness,
    number::{real, share, told},
    observe::{Number, Pattern},
    paths::Trace,
    register::Family,
};

impl Whole {
    pub(super) fn evidence(&self, case: &Case) -> Vec<Evidence> {
        let found = self.sight.seen.iter().filter(|one| one.person.is_some()).count() as u64;
        let mut all = vec![self.columns_evidence()];
        all.extend(self.records_evidence(case, found));
        all.push(self.versions_evidence());
        all.push(self.canaries_evidence());
        all.push(self.marks_evidence());
        all.push(self.coverage_evidence(found));
        let made_up = [0.0, 0.0, 0.0, 0.0, self.signs.weight()];
        all.push(one("fabrication", made_up, self.signs_told()));
        all
    }

    fn columns_evidence(&self) -> Evidence {
        let says = format!(
            "{} columns; together they never say more than a factor of {:.0}",
            self.columns.len(),
            libm::pow(10.0, columns::bound())
        );
        one("columns", columns::weights(&self.columns), says)
    }

    /// Who is found, how their values agree, and what only we have.
    fn records_evidence(&self, case: &Case, found: u64) -> [Evidence; 3] {
        let compared = self.sight.seen.len() as u64;
        let percent = |part: u64, whole: u64| libm::round(share(part, whole) * 1_000.0) / 10.0;
        let count = |wanted: fn(&Pattern) -> bool| {
            self.sight.seen.iter().filter(|one| wanted(&one.pattern)).count()
        };
        let only = |membership, values, own| case.alone(Uses { membership, values, own });
        let membership = format!(
            "{found} of {compared} records compared are about somebody of the register ({} %); by chance it would be {} %",
            percent(found, compared),
            told(self.sight.chance_found * 100.0)
        );
        let values = format!(
            "{} of {found} names are letter for letter ours; of {} mobiles with several people, {} are one family of ours",
            count(|one| one.name == Some(Likeness::Same)),
            self.sight.families.0,
            self.sight.families.1
        );
        let own = format!(
            "{} reference numbers are the person's own; {} records have the day or place of a dose",
            count(|one| one.number == Some(Number::Own)),
            count(|one| one.dose == Some(true))
        );
        [
            one("membership", only(true, false, false), membership),
            one("values", only(false, true, false), values),
            one("numbers of ours and doses", only(false, false, true), own),
        ]
    }

    fn versions_evidence(&self) -> Evidence {
        let dating = self.dating.as_ref();
        let spans = || self.sight.seen.iter().filter_map(|one| Some(one.person.as_ref()?.span));
        let at =
            |at: i64| spans().filter(|one| one.telling).map(|one| weight_at(&one, at)).sum::<f64>();
        let time = dating.map_or(0.0, |dating| at(dating.best) - dating.cost());
        let (fitting, telling) = dating.map_or((0, 0), |dating| (dating.fitting, dating.telling));
        let says = format!(
            "{fitting} of {telling} records of people whose details changed hold what was held at one time"
        );
        one("versions", [time, 0.0, 0.0, 0.0, 0.0], says)
    }

    fn canaries_evidence(&self) -> Evidence {
        let without = self.hits.weight(&[]);
        let with = self.hits.weight(&[(None, real(self.sight.keyed))]);
        let weights = [with, without, without, without, without];
        one("canaries", weights, self.counts_of_canaries())
    }

    fn marks_evidence(&self) -> Evidence {
        let weight = self.marks.first().map_or(0.0, |score| score.weight);
        let says = self.marks.first().map_or_else(
            || "no marks are legible".to_owned(),
            |score| {
                format!(
                    "{} places of the code of the list that fits best are legible; it stands {:.1} deviations above chance",
                    score.places, score.deviations
                )
            },
        );
        one("marks", [0.0, 0.0, weight, 0.0, 0.0], says)
    }

    fn counts_of_canaries(&self) -> String {
        let families = self.hits.families();
        if families.is_empty() {
            return "no made-up person of ours is in it".to_owned();
        }
        let each: Vec<_> = families
            .iter()
            .map(|(family, count)| match family {
                Family::AtRest => format!("{count} of the database"),
                Family::Replica => format!("{count} of the replica"),
                Family::Backup => format!("{count} of backups"),
                Family::Source(source) => format!("{count} of list {}", source.0),
            })
            .collect();
        format!("made-up people of ours are in it: {}", each.join(", "))
    }

    fn coverage_evidence(&self, found: u64) -> Evidence {
        let weight = |traces: &[Trace]| traces.first().map_or(0.0, |trace| trace.weight);
        let through = self.accounts.first().map_or(0, |trace| trace.through);
        let weights =
            [weight(&self.accounts), weight(&self.feeders), weight(&self.exports), 0.0, 0.0];
        let says =
            format!("the account that explains most had {through} of {found} people open before");
        one("access coverage", weights, says)
    }

    fn signs_told(&self) -> String {
        let Signs { checked, genders, steps, .. } = self.signs;
        format!(
            "{} of {} check digits hold, {} of {} genders go with the name, {} of {} neighbours have mobiles a step apart",
            checked.1, checked.0, genders.1, genders.0, steps.1, steps.0
        )
    }
}

/// A piece of evidence, of natural logarithms.
fn one(name: &str, weights: [f64; 5], says: String) -> Evidence {
    Evidence { name: name.to_owned(), weights: in_tens(weights), says }
}

/// Natural logarithms as powers of ten, beside the fourth: another system.
fn in_tens(weights: [f64; 5]) -> [f64; 5] {
    let beside = weights[Origin::Unrelated as usize];
    weights.map(|weight| told((weight - beside) / core::f64::consts::LN_10))
}
