//! What a token could be, by its shape alone.

mod aadhaar;
mod abha;
mod account;
mod age;
mod beneficiary;
mod birth;
mod driving_licence;
pub(crate) mod email;
mod epic;
mod gstin;
mod ifsc;
mod job_card;
mod laboratory;
mod mobile;
mod nothing;
mod pan;
mod passport;
mod pin_code;
mod ration_card;
mod vehicle;
mod virtual_id;

use crate::{
    context::{Near, Shape, Weight, weigh},
    word::{Digits, Word, digits},
};

/// A detector: what begins at a word, if it is what the detector knows.
type Detector = fn(&[Word], usize) -> Option<Shape>;

/// Those that begin with a word of digits, or of digits and masks.
const NUMERIC: &[Detector] = &[
    nothing::find,
    mobile::find,
    aadhaar::find,
    virtual_id::find,
    abha::find,
    account::find,
    beneficiary::find,
    laboratory::srf,
    laboratory::icmr,
    pin_code::find,
    birth::find,
    age::find,
    ration_card::find,
];

/// Those that begin with a letter or have letters in them.
const LETTERED: &[Detector] = &[
    pan::find,
    epic::find,
    passport::find,
    ifsc::find,
    vehicle::find,
    driving_licence::find,
    job_card::find,
    gstin::find,
    account::masked,
    mobile::find,
    aadhaar::find,
    birth::find,
    age::find,
    ration_card::find,
    laboratory::icmr,
];

/// What it takes from the confidence that a number is reckoned with or assigned, in percent.
const OPERAND: u8 = 35;

/// The likeliest of what may begin at `words[at]`, and how likely.
pub(crate) fn best(
    words: &[Word],
    at: usize,
    near: impl Fn(usize) -> Near,
) -> Option<(Shape, Weight)> {
    let detectors = if words[at].is_number() { NUMERIC } else { LETTERED };
    let mut best: Option<(Shape, Weight)> = None;
    // What is near depends on where the shape ends; most shapes of one word have one answer.
    let mut known: Option<(usize, Near)> = None;
    for shape in detectors.iter().filter_map(|detector| detector(words, at)) {
        let near = match known {
            Some((count, near)) if count == shape.words => near,
            _ => near(shape.words),
        };
        known = Some((shape.words, near));
        let mut weight = weigh(&shape, &near);
        if words[at].operand && !weight.labelled {
            weight.percent = weight.percent.saturating_sub(OPERAND);
        }
        let better = best.is_none_or(|(_, other)| weight.percent > other.percent);
        if weight.percent > 0 && better {
            best = Some((shape, weight));
        }
    }
    best
}

/// How many words from `at` on are joined to one another, at most `most`.
fn run(words: &[Word], at: usize, most: usize) -> usize {
    let joined = words[at + 1..].iter().take(most - 1).take_while(|word| word.joint != 0);
    1 + joined.count()
}

/// The digits of `count` words from `at`, if they are joined by one of `joints`.
fn joined(words: &[Word], at: usize, count: usize, joints: &[u8]) -> Option<Digits> {
    let words = words.get(at..at + count)?;
    words[1..].iter().all(|word| joints.contains(&word.joint)).then(|| digits(words))?
}

/// The lengths of `count` words from `at`.
fn lengths(words: &[Word], at: usize, count: usize) -> impl Iterator<Item = usize> {
    words[at..].iter().take(count).map(|word| word.text().len())
}

/// Whether a longer number goes on at either end: joined by a hyphen, a slash or a dot to more
/// digits.
fn goes_on(words: &[Word], at: usize, count: usize) -> bool {
    let more = |word: &Word| {
        let digits = usize::from(word.digits);
        digits > 0 && digits >= word.text().len().div_ceil(2)
    };
    let tight = |joint: u8| matches!(joint, b'-' | b'/' | b'.');
    let before = at > 0 && tight(words[at].joint) && more(&words[at - 1]);
    let after = words.get(at + count).is_some_and(|word| tight(word.joint) && more(word));
    before || after
}

/// Whether all digits are the same, or each is the one before plus one: made up to fill a field.
fn is_filler(digits: &[u8]) -> bool {
    let pairs = || digits.windows(2);
    pairs().all(|pair| pair[0] == pair[1])
        || pairs().all(|pair| pair[1] == pair[0] + 1 || (pair[0] == b'9' && pair[1] == b'0'))
}

#[cfg(test)]
mod tests;
