//! The case of January 2022, played again with made-up people: on a forum somebody offers 20,000 people
//! with name, age, gender, mobile, address, date and result of a test. The register has neither address
//! nor result; the list is one that a district had prepared for it.

use std::fmt::Write;

use super::{
    country::{Country, DAY, Size},
    dice::Dice,
};
use crate::{
    inquire::{Finding, inquire},
    register::Register,
    specimen::Specimen,
};

/// A seed with which a district's list is long enough.
const SEED: u64 = 2_022;
/// How many people were offered.
const OFFERED: usize = 20_000;

/// That day.
pub struct Replay {
    country: Country,
    /// What is offered on the forum, as a file.
    pub offered: String,
}

impl Replay {
    /// Builds that day.
    pub fn build() -> Self {
        let mut dice = Dice::new(SEED);
        let size =
            Size { people: 90_000, districts: 1, facilities: 60, staff: 3, feeders: 1, exports: 2 };
        let country = Country::make(&mut dice, &size, true);
        let mut offered = "Name,Age,Gender,Mobile,Address,Date,RT-PCR Result\n".to_owned();
        let list = country.feeders[0].rows.iter().take(OFFERED);
        for (place, name, year) in list {
            let one = &country.people[*place];
            let gender = if one.gender == 1 { "Male" } else { "Female" };
            let address = one.address.replace(',', " ");
            let day = 1 + dice.below(28);
            let result = if dice.chance(0.1) { "Positive" } else { "Negative" };
            let _ = writeln!(
                offered,
                "{name},{},{gender},{},{address},{day:02}/05/2021,{result}",
                2021 - year,
                one.mobile
            );
        }
        Self { country, offered }
    }

    /// When it was first seen, in seconds since 1970.
    pub fn seen_at(&self) -> i64 {
        self.country.register.now() + DAY
    }

    /// The share of the country that is registered, as far as is known.
    pub fn coverage(&self) -> f64 {
        self.country.register.coverage()
    }

    /// Inquires into what is offered.
    ///
    /// # Panics
    ///
    /// Never: a register in memory can always be asked.
    pub fn inquire(&self) -> Finding {
        let specimen = Specimen::read(self.offered.as_bytes());
        inquire(&specimen, &self.country.register, self.seen_at())
            .expect("a register in memory can be asked")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::Origin, verdict::Verdict};

    #[test]
    fn the_list_of_a_district_is_found_to_be_one_that_came_to_us() {
        let replay = Replay::build();
        assert_eq!(replay.offered.lines().count(), OFFERED + 1);
        let finding = replay.inquire();
        assert_eq!(finding.verdict, Verdict::One { origin: Origin::Feeder }, "{:?}", finding.held);
        assert!(finding.path.is_some_and(|path| path.named));
        assert!(finding.counts.opened < 5_000, "few people are opened for many records");
    }
}
