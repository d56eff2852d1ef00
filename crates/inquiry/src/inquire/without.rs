//! How much hangs on each piece of evidence: the answer on us is weighed again without it.

use super::Whole;
use crate::{
    canaries::Hits,
    hypotheses::{Beside, Posterior},
    model::{Stretch, Uses},
    register::Register,
    verdict::rounded,
};

impl Whole {
    /// How likely the answer on us stays without each piece of evidence, by its name.
    pub(super) fn without(&self, register: &dyn Register) -> Vec<(String, f64)> {
        let case = self.case(register);
        let from_us = case.weigh(Stretch::Usual, Uses::ALL, true).best().0.is_from_us();
        let stays =
            |posterior: &Posterior| rounded(posterior.sum(|other| other.is_from_us() == from_us));
        let uses = |uses: Uses, columns: bool| stays(&case.weigh(Stretch::Usual, uses, columns));
        let beside = |less: fn(&mut Beside<'_>)| {
            let mut beside = self.beside(register);
            less(&mut beside);
            stays(&self.case_of(beside, register).weigh(Stretch::Usual, Uses::ALL, true))
        };
        let coverage = |beside: &mut Beside<'_>| {
            beside.accounts = &[];
            beside.feeders = &[];
            beside.exports = &[];
        };
        [
            ("columns", uses(Uses::ALL, false)),
            ("membership", uses(Uses { membership: false, ..Uses::ALL }, true)),
            ("values", uses(Uses { values: false, ..Uses::ALL }, true)),
            ("numbers of ours and doses", uses(Uses { own: false, ..Uses::ALL }, true)),
            ("versions", beside(|beside| beside.dating = None)),
            ("canaries", beside(|beside| beside.canaries = Hits::default())),
            ("marks", beside(|beside| beside.marks = &[])),
            ("access coverage", beside(coverage)),
            ("fabrication", beside(|beside| beside.fabrication = 0.0)),
        ]
        .map(|(name, probability)| (name.to_owned(), probability))
        .into()
    }
}
