//! Worlds that were told wrongly once. What each was taken for is what its test says.

use inquiry::{
    Origin,
    verdict::Verdict,
    worlds::{Drawn, world},
};

#[test]
fn a_partners_list_among_records_of_others_does_not_accuse_the_register() {
    // All settings of the list but those that fit a mixture were tried.
    let outcome = world(300_310, Drawn::Anything);
    assert!(!outcome.accuses_wrongly(), "{:?}", outcome.finding.verdict);
    assert!(!outcome.clears_wrongly());
    assert_eq!(outcome.top, Some(1.0), "{:?}", outcome.finding.ranking);
}

#[test]
fn a_list_of_nearly_everybody_is_told_by_values_as_they_were_registered() {
    let verdict = world(300_332, Drawn::Anything).finding.verdict;
    assert_eq!(verdict, Verdict::One { origin: Origin::Feeder });
}

#[test]
fn a_few_of_a_partners_list_among_others_clear_nobody_and_accuse_nobody() {
    for seed in [310_001, 310_033] {
        let outcome = world(seed, Drawn::Slight);
        assert!(!outcome.clears_wrongly(), "{seed} {:?}", outcome.finding.verdict);
        assert!(!outcome.accuses_wrongly(), "{seed} {:?}", outcome.finding.verdict);
    }
}

#[test]
fn the_account_stands_first_though_a_list_holds_most_of_its_people() {
    for seed in [60_007, 60_011, 60_022] {
        let outcome = world(seed, Drawn::HalfForeign(20));
        assert_eq!(outcome.top, Some(1.0), "{seed} {:?}", outcome.finding.ranking);
        assert!(!outcome.wrong_path);
    }
}
