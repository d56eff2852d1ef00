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

use std::ops::RangeInclusive;

use crate::{
    Kind,
    context::{Near, Shape, Weight, wanted, weigh},
    label::Labels,
    word::{Digits, Word, digits},
};

/// A detector: what begins at a word, if it is what the detector knows.
type Detector = fn(&[Word], usize) -> Option<Shape>;

/// Those that begin with a word of digits, or of digits and masks; each with the labels that ask for
/// what it finds.
const NUMERIC: &[(Labels, Detector)] = &[
    (Labels::NONE, nothing::find),
    (wanted(Kind::Mobile), mobile::find),
    (wanted(Kind::Aadhaar), aadhaar::find),
    (wanted(Kind::VirtualId), virtual_id::find),
    (wanted(Kind::AbhaNumber), abha::find),
    (wanted(Kind::BankAccount), account::find),
    (wanted(Kind::BeneficiaryId), beneficiary::find),
    (wanted(Kind::SrfId), laboratory::srf),
    (wanted(Kind::IcmrId), laboratory::icmr),
    (wanted(Kind::PinCode), pin_code::find),
    (wanted(Kind::BirthDate), birth::find),
    (wanted(Kind::Age), age::find),
    (wanted(Kind::RationCard), ration_card::find),
];

/// Those that begin with a letter or have letters in them.
const LETTERED: &[(Labels, Detector)] = &[
    (wanted(Kind::Pan), pan::find),
    (wanted(Kind::Epic), epic::find),
    (wanted(Kind::Passport), passport::find),
    (Labels::NONE, ifsc::find),
    (wanted(Kind::Vehicle), vehicle::find),
    (wanted(Kind::DrivingLicence), driving_licence::find),
    (wanted(Kind::JobCard), job_card::find),
    (wanted(Kind::Gstin), gstin::find),
    (wanted(Kind::BankAccount), account::masked),
    (wanted(Kind::Mobile), mobile::find),
    (wanted(Kind::Aadhaar), aadhaar::find),
    (wanted(Kind::BirthDate), birth::find),
    (wanted(Kind::Age), age::find),
    (wanted(Kind::RationCard), ration_card::find),
    (wanted(Kind::IcmrId), laboratory::icmr),
];

/// What it takes from the confidence that a number is reckoned with or assigned, in percent.
const OPERAND: u8 = 35;
/// From here on what a column's label asks for needs no comparison, in percent.
const CERTAIN: u8 = 85;

/// The likeliest of what may begin at `words[at]`, and how likely. A column's label asks for what
/// is in `said`: where that is there, nothing else is tried.
pub(crate) fn best(
    words: &[Word],
    at: usize,
    said: Labels,
    near: impl Fn(usize) -> Near,
) -> Option<(Shape, Weight)> {
    let detectors = if words[at].is_number() { NUMERIC } else { LETTERED };
    if !said.is_empty() {
        let asked = likeliest(words, at, &near, detectors, |labels| labels.any(said));
        if asked.is_some_and(|(_, weight)| weight.labelled && weight.percent >= CERTAIN) {
            return asked;
        }
    }
    likeliest(words, at, &near, detectors, |_| true)
}

fn likeliest(
    words: &[Word],
    at: usize,
    near: &impl Fn(usize) -> Near,
    detectors: &[(Labels, Detector)],
    tried: impl Fn(Labels) -> bool,
) -> Option<(Shape, Weight)> {
    let mut best: Option<(Shape, Weight)> = None;
    // What is near depends on where the shape ends; most shapes of one word have one answer.
    let mut known: Option<(usize, Near)> = None;
    let tried = detectors.iter().filter(|(labels, _)| tried(*labels));
    for shape in tried.filter_map(|(_, detector)| detector(words, at)) {
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

/// The digits of `count` words from `at`, if they are joined by one of `joints` and as many as
/// `wanted`.
fn joined(
    words: &[Word],
    at: usize,
    count: usize,
    joints: &[u8],
    wanted: RangeInclusive<usize>,
) -> Option<Digits> {
    let words = words.get(at..at + count)?;
    // Most shapes fail here: nothing is read to see that.
    let length: usize = words.iter().map(|word| word.text().len()).sum();
    if !wanted.contains(&length) {
        return None;
    }
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
