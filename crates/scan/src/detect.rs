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
mod gates;
mod gstin;
mod ifsc;
mod job_card;
mod laboratory;
mod mobile;
mod nothing;
mod pan;
mod passport;
mod pin_code;
pub(crate) mod plain;
mod ration_card;
mod run;
mod vehicle;
mod virtual_id;

use crate::{
    Kind,
    context::{Near, Shape, WANTED, Weight, weigh},
    label::{Label, Labels},
    word::Word,
};
use gates::{Gates, LETTERED, NUMERIC};
use run::Run;

/// What it takes from the confidence that a number is reckoned with or assigned, in percent.
const OPERAND: u8 = 35;
/// From here on what a column's label asks for needs no comparison, in percent.
const CERTAIN: u8 = 85;

/// What is said where words stand.
#[derive(Clone, Copy, Default)]
pub(crate) struct Said {
    /// What their column's label asks for: where that is there, nothing else is tried.
    pub(crate) column: Labels,
    /// All labels that may be near any of them.
    pub(crate) spoken: Labels,
}

/// The likeliest of what may begin at `words[at]`, and how likely.
pub(crate) fn best(
    words: &[Word],
    at: usize,
    said: Said,
    near: impl Fn(usize) -> Near,
) -> Option<(Shape, Weight)> {
    let gates = if words[at].is_number() { &NUMERIC } else { &LETTERED };
    let run = Run::new(words, at);
    let open = gates.open(&run);
    let (asked, speaking) = (gates.asked(open, said.column), gates.speaking(open, said.spoken));
    if asked | speaking == 0 {
        return None;
    }
    if asked != 0 {
        let asked = likeliest(&run, &near, (gates, asked));
        if asked.is_some_and(|(_, weight)| weight.labelled && weight.percent >= CERTAIN) {
            return asked;
        }
    }
    likeliest(&run, &near, (gates, speaking))
}

fn likeliest(
    run: &Run<'_>,
    near: &impl Fn(usize) -> Near,
    (gates, mut open): (&Gates, u32),
) -> Option<(Shape, Weight)> {
    let mut best: Option<(Shape, Weight)> = None;
    // What is near depends on where the shape ends; most shapes of one word have one answer.
    let mut known: Option<(usize, Near)> = None;
    while open != 0 {
        let find = gates.detector(open.trailing_zeros());
        open &= open - 1;
        let Some(shape) = find(run) else { continue };
        let near = match known {
            Some((count, near)) if count == shape.words => near,
            _ => near(shape.words),
        };
        known = Some((shape.words, near));
        let mut weight = weigh(&shape, &near);
        if run.first().operand && !weight.labelled {
            weight.percent = weight.percent.saturating_sub(OPERAND);
        }
        let better = best.is_none_or(|(_, other)| weight.percent > other.percent);
        if weight.percent > 0 && better {
            best = Some((shape, weight));
        }
    }
    best
}

/// What a column with these labels holds, if they ask for one kind of number and no other.
pub(crate) fn asked(said: Labels) -> Option<Kind> {
    let asks = |kind: &&Kind| {
        WANTED[**kind as usize].any(said)
            // A virtual id goes under the name of what it stands for.
            && !(**kind == Kind::VirtualId && said.has(Label::Aadhaar))
    };
    let numbers = NUMERIC.wanted().with(LETTERED.wanted());
    let mut kinds =
        Kind::ALL.iter().filter(|kind| WANTED[**kind as usize].any(numbers)).filter(asks);
    let first = kinds.next().copied();
    // An office's telephones are weighed one by one.
    first.filter(|_| kinds.next().is_none() && !said.has(Label::Office))
}

/// The number that these digits are, if they are digits and few.
fn value(digits: &[u8]) -> Option<u16> {
    let right = (1..=4).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    right.then(|| digits.iter().fold(0, |value, digit| value * 10 + u16::from(digit - b'0')))
}

/// Whether all digits are the same, or each is the one before plus one: made up to fill a field.
fn is_filler(digits: &[u8]) -> bool {
    let pairs = || digits.windows(2);
    pairs().all(|pair| pair[0] == pair[1])
        || pairs().all(|pair| pair[1] == pair[0] + 1 || (pair[0] == b'9' && pair[1] == b'0'))
}

#[cfg(test)]
mod tests;
