//! What the words around a number say of it, for and against.

#[cfg_attr(not(test), expect(clippy::enum_glob_use, reason = "tables of nearly every label"))]
use crate::label::Label::*;
use crate::{
    Kind,
    label::{Label, Labels, Mark},
};

/// What a detector makes of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Perhaps this.
    Is(Kind),
    /// The code of a bank's branch: no person's, but it makes an account of a number.
    Ifsc,
    /// Surely nothing of ours.
    Nothing,
}

/// A shape that a detector recognised.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) what: What,
    /// How many words it has.
    pub(crate) words: usize,
    /// Confidence in percent where nothing is said.
    pub(crate) bare: u8,
    /// Confidence in percent where a label says so.
    pub(crate) labelled: u8,
    /// Whether a part of it is masked.
    pub(crate) masked: bool,
}

impl Shape {
    /// Of so many words.
    pub(crate) const fn new(kind: Kind, words: usize, bare: u8, labelled: u8) -> Self {
        Self { what: What::Is(kind), words, bare, labelled, masked: false }
    }

    /// So many words that are nothing of ours.
    pub(crate) const fn nothing(words: usize, sure: u8) -> Self {
        Self { what: What::Nothing, words, bare: sure, labelled: sure, masked: false }
    }

    /// The same, masked.
    pub(crate) const fn masked(mut self) -> Self {
        self.masked = true;
        self
    }

    /// The same, less sure by so much.
    pub(crate) const fn less(mut self, percent: u8) -> Self {
        self.bare = self.bare.saturating_sub(percent);
        self.labelled = self.labelled.saturating_sub(percent / 3);
        self
    }
}

/// The labels near a number.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Near {
    /// Those right before it, or of its column.
    pub(crate) nearest: Labels,
    /// Those since the last thing found, but not farther than a few words.
    pub(crate) window: Labels,
    /// Those of its line.
    pub(crate) line: Labels,
    /// What its column says, in percent for or against.
    pub(crate) vote: Vote,
}

/// What a column says of the kind of its values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Vote {
    /// Nearly all of its values have the shape of this.
    pub(crate) for_kind: Option<Kind>,
    /// It was asked, and all else is chance.
    pub(crate) cast: bool,
}

/// How sure something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Weight {
    pub(crate) percent: u8,
    /// Whether a label says so.
    pub(crate) labelled: bool,
}

/// Labels that say a number is a number of something else than a person.
const AGAINST: Labels =
    Labels::of(&[Order, Transaction, Tender, File, Invoice, Amount, Article, Science, Other]);

/// Labels of numbers. Each speaks against what it does not name.
const NUMBERS: Labels = Labels::of(&[
    Mobile,
    Phone,
    Aadhaar,
    VirtualId,
    Pan,
    Passport,
    Epic,
    Licence,
    Ration,
    JobCard,
    Abha,
    Account,
    Upi,
    Vehicle,
    Gstin,
    Srf,
    Icmr,
    Beneficiary,
    Pin,
    Ifsc,
]);

/// Labels that say nothing of a number beside them.
const SILENT: Labels = Labels::of(&[
    Person,
    Place,
    Honorific,
    NamePart,
    GenderValue,
    ResultValue,
    VaccineValue,
    Organisation,
    Designation,
    Test,
    Result,
    Vaccine,
]);

/// Which labels ask for this kind.
pub(crate) const fn wanted(kind: Kind) -> Labels {
    Labels::of(match kind {
        Kind::Mobile => &[Mobile, Phone],
        Kind::Aadhaar => &[Aadhaar],
        Kind::VirtualId => &[VirtualId, Aadhaar],
        Kind::Pan => &[Pan],
        Kind::Passport => &[Passport],
        Kind::Epic => &[Epic],
        Kind::DrivingLicence => &[Licence],
        Kind::RationCard => &[Ration],
        Kind::JobCard => &[JobCard],
        Kind::AbhaNumber | Kind::AbhaAddress => &[Abha],
        Kind::BankAccount => &[Account],
        Kind::Upi => &[Upi],
        Kind::Vehicle => &[Vehicle],
        Kind::Gstin => &[Gstin],
        Kind::Email => &[Email],
        Kind::Name => &[Name, Relative],
        Kind::Address => &[Address],
        Kind::PinCode => &[Pin],
        Kind::BirthDate => &[Birth],
        Kind::Age => &[Age],
        Kind::Gender => &[Gender],
        Kind::TestResult => &[Result, Test],
        Kind::SrfId => &[Srf],
        Kind::IcmrId => &[Icmr],
        Kind::BeneficiaryId => &[Beneficiary],
        Kind::Vaccination => &[Vaccine],
    })
}

/// The same, looked up.
pub(crate) static WANTED: [Labels; Kind::ALL.len()] = {
    let mut all = [Labels::NONE; Kind::ALL.len()];
    let mut place = 0;
    while place < all.len() {
        all[place] = wanted(Kind::ALL[place]);
        place += 1;
    }
    all
};

/// Kinds whose shape nothing else has, so that a word farther off does not speak against them.
const fn is_telling(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Pan
            | Kind::Gstin
            | Kind::JobCard
            | Kind::AbhaAddress
            | Kind::Email
            | Kind::Upi
            | Kind::Vehicle
    )
}

/// Weighs a shape by what stands near it.
pub(crate) fn weigh(shape: &Shape, near: &Near) -> Weight {
    let What::Is(kind) = shape.what else {
        return Weight { percent: shape.bare, labelled: false };
    };
    let wants = WANTED[kind as usize];
    let unless = |percent: u8, labelled| Weight { percent, labelled };
    if near.nearest.any(wants) {
        let office = kind == Kind::Mobile && near.nearest.has(Office);
        let percent = if office { 20 } else { shape.labelled };
        return unless(percent, !office);
    }
    let dated = kind == Kind::BirthDate && near.nearest.has(Date);
    let against = dated || near.nearest.any(AGAINST.with(NUMBERS.without(wants)));
    let office = matches!(kind, Kind::Mobile | Kind::Email) && near.nearest.has(Office);
    if office || against {
        let most = if is_telling(kind) && !near.nearest.any(AGAINST) { 60 } else { 20 };
        return unless(shape.bare.min(most), false);
    }
    if near.window.any(wants) {
        return unless(shape.labelled.saturating_sub(5), true);
    }
    unless(unlabelled(shape, kind, near), false)
}

/// The confidence where no label says what it is.
fn unlabelled(shape: &Shape, kind: Kind, near: &Near) -> u8 {
    let mut percent = shape.bare;
    if near.vote.for_kind == Some(kind) {
        percent = percent.saturating_add(25).min(shape.labelled);
    } else if near.vote.cast && !is_telling(kind) {
        percent = percent.saturating_sub(40);
    }
    if near.window.any(AGAINST) {
        percent = percent.saturating_sub(if is_telling(kind) { 10 } else { 30 });
    } else if near.line.any(WANTED[kind as usize]) && percent >= 20 {
        percent = percent.saturating_add(15).min(shape.labelled);
    } else if near.line.any(AGAINST) && !is_telling(kind) {
        percent = percent.saturating_sub(15);
    }
    percent
}

/// How far a label may stand from what it labels, in bytes.
const FAR: usize = 64;
/// Within this it labels it for sure: "No.: ", "number of the holder is ".
const CLOSE: usize = 28;
/// Labels this close to one another stand together, as in "Aadhaar / Mobile".
const TOGETHER: usize = 5;

/// What stands near the bytes from `start` to `end`, where the last thing found ended at `since`.
/// `line` is what all marks of the line say.
pub(crate) fn near(
    marks: &[Mark],
    line: Labels,
    (start, end): (usize, usize),
    since: usize,
) -> Near {
    let mut near = Near { line, ..Near::default() };
    let before = marks.partition_point(|mark| mark.end <= start);
    let mut edge = start;
    let mut clustered = true;
    for mark in marks[..before].iter().rev() {
        if mark.start < since || start - mark.end > FAR {
            break;
        }
        near.window.add(mark.label);
        if Labels::of(&[mark.label]).any(SILENT) {
            continue;
        }
        let first = near.nearest.is_empty();
        let reach = if first { CLOSE } else { TOGETHER };
        clustered &= edge.saturating_sub(mark.end) <= reach;
        if clustered {
            near.nearest.add(mark.label);
            edge = mark.start;
        }
    }
    if near.nearest.is_empty() {
        near.nearest = behind(&marks[before..], end);
    }
    near
}

/// The label right behind something, as in "9829011223 (mobile)".
fn behind(marks: &[Mark], end: usize) -> Labels {
    let close = |mark: &&Mark| mark.start >= end && mark.start - end <= 2;
    marks.iter().find(close).map_or(Labels::NONE, |mark| Labels::of(&[mark.label]))
}

/// Whether a set of labels speaks of an office rather than of a person.
pub(crate) const fn is_official(labels: Labels) -> bool {
    labels.any(Labels::of(&[Designation, Office]))
}

/// Whether a column with these labels is understood: its values need not be asked what they are.
pub(crate) const fn is_clear(labels: Labels) -> bool {
    !labels.without(SILENT).is_empty()
}

/// Whether these labels speak against everything that a number may be, and ask for nothing.
pub(crate) fn is_against(labels: Labels) -> bool {
    labels.any(AGAINST) && !WANTED.iter().any(|wanted| wanted.any(labels))
}

/// Whether a label asks for a number.
pub(crate) const fn is_number(label: Label) -> bool {
    Labels::of(&[label]).any(NUMBERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape::new(Kind::Aadhaar, 1, 55, 97);

    fn percent(nearest: &[Label], window: &[Label], line: &[Label]) -> u8 {
        let (nearest, window) = (Labels::of(nearest), Labels::of(window));
        weigh(&SHAPE, &Near { nearest, window, line: Labels::of(line), vote: Vote::default() })
            .percent
    }

    #[test]
    fn context_counts_both_ways() {
        assert_eq!(percent(&[Aadhaar], &[], &[]), 97);
        assert_eq!(percent(&[], &[Aadhaar], &[]), 92);
        assert_eq!(percent(&[], &[], &[Aadhaar]), 70);
        assert_eq!(percent(&[], &[], &[]), 55);
        assert_eq!(percent(&[], &[], &[Tender]), 40);
        assert_eq!(percent(&[], &[Order], &[]), 25);
        assert_eq!(percent(&[Transaction], &[Aadhaar], &[]), 20);
        assert_eq!(percent(&[Account], &[], &[]), 20);
    }

    #[test]
    fn a_column_counts_as_one() {
        let vote = |for_kind| Vote { for_kind, cast: true };
        let near = |vote| Near { vote, ..Near::default() };
        assert_eq!(weigh(&SHAPE, &near(vote(Some(Kind::Aadhaar)))).percent, 80);
        assert_eq!(weigh(&SHAPE, &near(vote(None))).percent, 15);
    }

    #[test]
    fn the_label_before_is_the_one_that_counts() {
        let text = "Aadhaar of the holder, UTR No 234123412346";
        let mut marks = Vec::new();
        let mut skeleton = crate::label::Skeleton::default();
        crate::label::find(text, (0, text.len()), &mut skeleton, &mut marks);
        let at = text.len() - 12;
        let near = near(&marks, Labels::NONE, (at, text.len()), 0);
        assert_eq!(near.nearest, Labels::of(&[Transaction]));
        assert_eq!(near.window, Labels::of(&[Transaction, Aadhaar]));
    }
}
