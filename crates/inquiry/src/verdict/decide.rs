//! When it is said whose records they are, and when it is not.

use super::{Held, Verdict};
use crate::{
    hypotheses::{LEAST_SHARES, Label, Posterior},
    model::Origin,
};

/// How sure a verdict is at least, as assumed.
const SURE: f64 = 0.95;
/// And how sure under every stretch of the assumptions.
const SURE_STRETCHED: f64 = 0.80;
/// How likely at most it may be that some records are from us, for a verdict that clears us: as assumed,
/// and under every stretch. A tenth of a small list hides easily.
pub(crate) const LEFT_TO_CLEAR: (f64, f64) = (0.0005, 0.005);
/// The largest share of records from us that may not be left out yet in a verdict that clears us. It is
/// told with the verdict.
const MOST_LEFT: f64 = 0.05;
/// The same where a list that came to us is named against chance: it explains where the records are from.
const LEFT_BESIDE_A_LIST: (f64, f64) = (0.01, 0.05);
/// How likely at most it may be that records went out by a list, for a verdict that they are from the
/// register itself: as assumed, and under every stretch. Who is accused wrongly is not one in twenty.
const LEFT_OTHER_WAY: (f64, f64) = (0.01, 0.1);
/// How likely at most it may be that nothing is from us, for a verdict that something is: as assumed, and
/// under every stretch. One in twenty would be accused wrongly too often.
const LEFT_TO_ACCUSE: (f64, f64) = (0.005, 0.1);
/// How likely at most it may be that a rest is made up, to say that it is another system's, and the other
/// way round.
const LEFT_OTHER_REST: f64 = 0.01;
/// Records that can be looked up, for a verdict that clears us.
const LEAST_TO_CLEAR: u64 = 30;
/// People found, for a verdict that names us or somebody else.
pub(crate) const LEAST_TO_NAME: u64 = 8;

/// Signs of fabrication that are needed to call records made up, as a logarithm.
const SIGNS: f64 = 1.5;

/// What a decision is made of.
#[expect(clippy::struct_excessive_bools, reason = "each is a ground of its own")]
pub(crate) struct Grounds<'a> {
    pub(crate) usual: &'a Posterior,
    /// The same under each stretch.
    pub(crate) stretched: &'a [Posterior],
    /// Without whether people are found at all.
    pub(crate) without_overlap: &'a Posterior,
    /// Without what the columns are.
    pub(crate) without_columns: &'a Posterior,
    /// Records that could be looked up, and people found.
    pub(crate) testable: u64,
    pub(crate) found: u64,
    /// The most of the records that can be copied from us by our rare spellings.
    pub(crate) copied: f64,
    /// Parts that were not read.
    pub(crate) unread: u64,
    /// Whether a list of each kind is named by evidence against chance.
    pub(crate) feeder_named: bool,
    pub(crate) export_named: bool,
    /// Whether who is in a list that went out, or met an account, is more than chance would have.
    pub(crate) export_likely: bool,
    pub(crate) account_likely: bool,
    /// The logarithm of how much likelier signs of fabrication are of made-up records.
    pub(crate) made_up: f64,
}

/// A decision.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decision {
    pub(crate) verdict: Verdict,
    pub(crate) probability: f64,
    pub(crate) held: Vec<Held>,
}

/// Decides.
pub(crate) fn decide(grounds: &Grounds<'_>) -> Decision {
    let (label, probability) = grounds.usual.best();
    let held = reasons(label, probability, grounds);
    if let Some(decision) = with_a_rest(label, &held, grounds) {
        return decision;
    }
    if held.is_empty() {
        let verdict = match label {
            Label::One(origin) => Verdict::One { origin },
            Label::Two(one, other) => Verdict::Mixture { origins: vec![one, other] },
        };
        return Decision { verdict, probability, held };
    }
    if let Some(decision) = some_from_us(&held, grounds) {
        return decision;
    }
    let mut between = between(grounds);
    // Without evidence for the list, the register is an explanation as good; and neither a handful nor
    // what nobody read clears anybody.
    if held.iter().any(|why| matches!(why, Held::NoList | Held::TooFew | Held::NotAllRead)) {
        between.push(Origin::Ours);
    }
    if held.contains(&Held::NotCleared) {
        between.push(Origin::Ours);
        between.extend(grounds.export_likely.then_some(Origin::Downstream));
    }
    if held.iter().any(|why| matches!(why, Held::NotProvenMadeUp | Held::NotProven)) {
        between.push(Origin::Unrelated);
    }
    if held.contains(&Held::TooFew) && grounds.found < LEAST_TO_NAME {
        between.push(Origin::Fabricated);
    }
    between.sort_unstable();
    between.dedup();
    Decision { verdict: Verdict::Undetermined { between }, probability, held }
}

/// A mixture of which one part is sure, and of the rest only that it is nobody's whom we know.
fn with_a_rest(label: Label, held: &[Held], grounds: &Grounds<'_>) -> Option<Decision> {
    use Origin::{Fabricated, Unrelated};
    let Label::Two(one, Unrelated | Fabricated) = label else { return None };
    if one == Unrelated
        || held.iter().any(|why| !matches!(why, Held::NotSure | Held::NotProvenMadeUp))
    {
        return None;
    }
    let rests = [Unrelated, Fabricated].map(|rest| grounds.usual.of(Label::Two(one, rest)));
    if held.is_empty() && rests[0].min(rests[1]) <= LEFT_OTHER_REST {
        return None;
    }
    let probability = rests[0] + rests[1];
    let verdict = Verdict::Mixture { origins: vec![one, Unrelated, Fabricated] };
    (probability >= SURE).then(|| Decision { verdict, probability, held: Vec::new() })
}

/// That some of the records left our hands is sure; which way, or whether all of them did, is not.
fn some_from_us(held: &[Held], grounds: &Grounds<'_>) -> Option<Decision> {
    let from_us = |posterior: &Posterior| posterior.sum(Label::is_from_us);
    let probability = from_us(grounds.usual);
    let stays = |posterior: &Posterior| from_us(posterior) >= SURE_STRETCHED;
    let sure = probability >= SURE
        && !is_left(grounds, LEFT_TO_ACCUSE, |label| !label.is_from_us())
        && from_us(grounds.without_overlap) >= SURE
        && grounds.stretched.iter().all(stays)
        && stays(grounds.without_columns)
        && grounds.found >= LEAST_TO_NAME;
    let no_list = held.contains(&Held::NoList);
    let is_open = |origin: Origin| {
        if origin == Origin::Downstream && grounds.export_likely {
            return true;
        }
        is_left(grounds, LEFT_OTHER_WAY, |label| label.has(origin))
            || (no_list && origin == Origin::Ours)
    };
    let from_us = Origin::ALL.into_iter().filter(|origin| origin.is_from_us());
    let between = from_us.filter(|origin| is_open(*origin)).collect();
    let verdict = Verdict::Undetermined { between };
    sure.then(|| Decision { verdict, probability, held: held.to_vec() })
}

/// The smallest share of records from us that can be left out, which is none of those that can be `copied`
/// whatever is assumed; none if none can.
pub(crate) fn excluded(
    usual: &Posterior,
    stretched: &[Posterior],
    copied: f64,
    (most, most_stretched): (f64, f64),
) -> Option<f64> {
    let left_out = |place: usize| {
        copied <= LEAST_SHARES[place]
            && usual.from_us[place] <= most
            && stretched.iter().all(|one| one.from_us[place] <= most_stretched)
    };
    LEAST_SHARES.iter().enumerate().find(|(place, _)| left_out(*place)).map(|(_, share)| *share)
}

fn reasons(label: Label, probability: f64, grounds: &Grounds<'_>) -> Vec<Held> {
    let mut held = Vec::new();
    if probability < SURE {
        held.push(Held::NotSure);
    }
    // What is asked under a stretch is whether the answer stays, in what matters.
    let stays = |posterior: &Posterior| match label {
        _ if !label.is_from_us() && !label.has(Origin::Feeder) => {
            posterior.sum(|other| !other.is_from_us() && !other.has(Origin::Feeder))
        }
        _ => similar(posterior, label),
    };
    if grounds.stretched.iter().any(|posterior| stays(posterior) < SURE_STRETCHED) {
        held.push(Held::NotRobust);
    }
    let names = label.is_from_us() || label.has(Origin::Feeder);
    let few = if names { grounds.found < LEAST_TO_NAME } else { grounds.testable < LEAST_TO_CLEAR };
    if few {
        held.push(Held::TooFew);
    }
    // Where a list that came to us is named, it is what its people had in common.
    let by_feeder = label.has(Origin::Feeder) && grounds.feeder_named;
    let limits = if by_feeder { LEFT_BESIDE_A_LIST } else { LEFT_TO_CLEAR };
    // A list that came to us has the spellings that we took from it.
    let copied = if label.has(Origin::Feeder) { 0.0 } else { grounds.copied };
    let most = excluded(grounds.usual, grounds.stretched, copied, limits);
    let went_out = !by_feeder && (grounds.export_likely || grounds.account_likely);
    if !label.is_from_us() && (went_out || most.is_none_or(|share| share > MOST_LEFT)) {
        held.push(Held::NotCleared);
    }
    let two_ways = grounds.export_likely
        || is_left(grounds, LEFT_OTHER_WAY, |one| one.has(Origin::Downstream));
    if label.has(Origin::Ours) && !label.has(Origin::Downstream) && two_ways {
        held.push(Held::TwoWays);
    }
    if label.is_from_us() && is_left(grounds, LEFT_TO_ACCUSE, |one| !one.is_from_us()) {
        held.push(Held::NotProven);
    }
    if !label.is_from_us() && grounds.unread > 0 {
        held.push(Held::NotAllRead);
    }
    if label.is_from_us() && grounds.without_overlap.sum(Label::is_from_us) < SURE {
        held.push(Held::OverlapAlone);
    }
    if stays(grounds.without_columns) < SURE_STRETCHED {
        held.push(Held::SchemaAlone);
    }
    if label.has(Origin::Fabricated) && grounds.made_up < SIGNS {
        held.push(Held::NotProvenMadeUp);
    }
    // What is left of the register as an explanation can be so little that the list need not be told.
    let left = is_left(grounds, LEFT_TO_CLEAR, Label::is_from_us);
    let unnamed = (label.has(Origin::Feeder) && !grounds.feeder_named && left)
        || (label.has(Origin::Downstream) && !grounds.export_named);
    if unnamed {
        held.push(Held::NoList);
    }
    held
}

/// Whether stories of a sort are too likely to be left out.
fn is_left(
    grounds: &Grounds<'_>,
    (usual, stretched): (f64, f64),
    wanted: impl Fn(Label) -> bool,
) -> bool {
    grounds.usual.sum(&wanted) > usual
        || grounds.stretched.iter().any(|posterior| posterior.sum(&wanted) > stretched)
}

/// How likely stories are that say the same of us, be there another part in them or not.
fn similar(posterior: &Posterior, label: Label) -> f64 {
    let key = |label: Label| {
        let main = [Origin::Ours, Origin::Downstream, Origin::Feeder];
        main.map(|origin| label.has(origin))
    };
    posterior.sum(|other| key(other) == key(label))
}

/// The origins that remain possible.
fn between(grounds: &Grounds<'_>) -> Vec<Origin> {
    let possible = |origin: Origin| {
        let part = |posterior: &Posterior| posterior.sum(|label| label.has(origin));
        let left =
            origin.is_from_us() && is_left(grounds, LEFT_TO_CLEAR, |label| label.has(origin));
        left || part(grounds.usual) >= 0.02 || grounds.stretched.iter().any(|one| part(one) >= 0.1)
    };
    let mut between: Vec<_> = Origin::ALL.into_iter().filter(|origin| possible(*origin)).collect();
    // Too little was seen to leave anything out.
    if grounds.testable < LEAST_TO_NAME {
        between = Origin::ALL.to_vec();
    }
    between
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn sure_of(label: Label, part: f64) -> Posterior {
        let rest = Label::Two(Origin::Unrelated, Origin::Fabricated);
        let labels = BTreeMap::from([(label, part), (rest, 1.0 - part)]);
        Posterior { labels, shares: [0.2; 5], from_us: [0.0; 6], lists: BTreeMap::new() }
    }

    /// All that is known under one posterior, whatever is stretched or left out; of a hundred records
    /// ninety are found, and nothing is named.
    fn under(usual: &Posterior) -> Grounds<'_> {
        Grounds {
            usual,
            stretched: std::slice::from_ref(usual),
            without_overlap: usual,
            without_columns: usual,
            testable: 100,
            found: 90,
            copied: 0.0,
            unread: 0,
            feeder_named: false,
            export_named: false,
            export_likely: false,
            account_likely: false,
            made_up: 0.0,
        }
    }

    fn decided(
        label: Label,
        without_overlap: f64,
        without_columns: f64,
        (testable, found): (u64, u64),
    ) -> Decision {
        let usual = sure_of(label, 0.999);
        decide(&Grounds {
            usual: &usual,
            stretched: &[sure_of(label, 0.97)],
            without_overlap: &sure_of(label, without_overlap),
            without_columns: &sure_of(label, without_columns),
            testable,
            found,
            ..under(&usual)
        })
    }

    const OURS: Label = Label::One(Origin::Ours);
    const UNRELATED: Label = Label::One(Origin::Unrelated);

    #[test]
    fn a_sure_answer_is_given() {
        let decision = decided(OURS, 0.99, 0.99, (100, 90));
        assert_eq!(decision.verdict, Verdict::One { origin: Origin::Ours });
    }

    #[test]
    fn nobody_is_accused_who_is_innocent_in_one_case_of_a_hundred() {
        let usual = sure_of(OURS, 0.99);
        let decision = decide(&under(&usual));
        assert_eq!(decision.held, [Held::NotProven]);
        assert_eq!(decision.verdict.is_from_us(), None, "{:?}", decision.verdict);
    }

    #[test]
    fn nobody_is_accused_by_overlap_alone() {
        let decision = decided(OURS, 0.5, 0.99, (100, 90));
        assert_eq!(decision.held, [Held::OverlapAlone]);
        assert!(matches!(decision.verdict, Verdict::Undetermined { .. }));
    }

    #[test]
    fn nobody_is_cleared_by_columns_alone_or_by_a_handful() {
        let cleared = sure_of(UNRELATED, 0.99);
        let ours = sure_of(OURS, 0.9);
        let decision = decide(&Grounds { without_columns: &ours, found: 0, ..under(&cleared) });
        assert_eq!(decision.held, [Held::SchemaAlone]);
        assert_eq!(decided(UNRELATED, 0.99, 0.99, (29, 0)).held, [Held::TooFew]);
        assert_eq!(decided(OURS, 0.99, 0.99, (7, 7)).held, [Held::TooFew]);
    }

    #[test]
    fn nobody_is_cleared_while_more_repeat_our_rare_spellings_than_may_be_ours() {
        let usual = sure_of(UNRELATED, 0.999_9);
        let held = |copied| decide(&Grounds { copied, ..under(&usual) }).held;
        assert_eq!(held(0.04), []);
        assert_eq!(held(0.15), [Held::NotCleared]);
        assert_eq!(excluded(&usual, &[], 0.15, LEFT_TO_CLEAR), Some(0.2));
    }

    #[test]
    fn nobody_is_cleared_while_a_part_is_not_read() {
        let decided = |label, unread| {
            let usual = sure_of(label, 0.999_9);
            decide(&Grounds { unread, ..under(&usual) })
        };
        assert_eq!(decided(UNRELATED, 0).held, []);
        let decision = decided(UNRELATED, 1);
        assert_eq!(decision.held, [Held::NotAllRead]);
        assert_eq!(decision.verdict.is_from_us(), None);
        assert_eq!(decided(OURS, 1).held, [], "what is there is ours, whatever else there is");
    }

    #[test]
    fn two_ways_out_that_cannot_be_told_apart_accuse_neither() {
        let by_list = Label::Two(Origin::Downstream, Origin::Unrelated);
        let both = Label::Two(Origin::Ours, Origin::Unrelated);
        let labels = BTreeMap::from([(both, 0.96), (by_list, 0.04)]);
        let usual = Posterior { labels, ..sure_of(both, 0.96) };
        let decision = decide(&under(&usual));
        assert_eq!(decision.held, [Held::TwoWays]);
        let between = vec![Origin::Ours, Origin::Downstream];
        assert_eq!(decision.verdict, Verdict::Undetermined { between });
        assert_eq!(decision.verdict.is_from_us(), Some(true));
    }

    #[test]
    fn a_list_is_named_by_evidence_of_its_own_unless_nothing_is_left_of_the_register() {
        let feeder = Label::One(Origin::Feeder);
        let held = |rest: Label, export_likely| {
            let labels = BTreeMap::from([(feeder, 0.99), (rest, 0.01)]);
            let usual = Posterior { labels, ..sure_of(feeder, 0.99) };
            decide(&Grounds { export_likely, ..under(&usual) }).held
        };
        assert_eq!(held(OURS, false), [Held::NoList]);
        assert_eq!(held(UNRELATED, false), []);
        // Who is in a list that went out speaks against it, whatever the weights are.
        assert_eq!(held(UNRELATED, true), [Held::NotCleared]);
    }
}
