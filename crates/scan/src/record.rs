//! A record: what was found together belongs together, and decides together.

use crate::{
    Finding, Kind, Options,
    context::{Weight, is_official},
    eight,
    label::{Label, Labels},
    layout::LONGEST,
    place::Zones,
    word,
};

/// Something that may be reported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draft {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) percent: u8,
    /// Whether a label says what it is.
    pub(crate) labelled: bool,
    pub(crate) masked: bool,
}

impl Draft {
    /// At a place, this sure.
    pub(crate) const fn new(kind: Kind, (start, end): (usize, usize), weight: Weight) -> Self {
        let Weight { percent, labelled } = weight;
        Self { kind, start, end, percent, labelled, masked: false }
    }

    /// The same, of which the text shows a part.
    pub(crate) const fn masked(mut self) -> Self {
        self.masked = true;
        self
    }

    const fn finding(&self) -> Finding {
        let Self { kind, start, end, percent: confidence, masked, .. } = *self;
        Finding { kind, start, end, confidence, record: 0, masked }
    }

    /// Whether it is surer beside something that surely is.
    fn may_be_corroborated(&self) -> bool {
        (30..STRONG).contains(&self.percent) && self.kind.identifies()
    }

    /// Whether it alone makes somebody known.
    const fn is_strong(&self) -> bool {
        self.kind.identifies() && self.percent >= STRONG && !self.masked
    }
}

/// From here on something is taken for what it seems.
const STRONG: u8 = 50;

/// What was read of one record.
#[derive(Default)]
pub(crate) struct Record {
    pub(crate) drafts: Vec<Draft>,
    /// Every label in it, and of its table's head.
    pub(crate) seen: Labels,
    /// Whether its document is a notice to bidders or the like.
    pub(crate) official: bool,
    /// Room to sort in.
    kept: Vec<Draft>,
    /// Room for the places of addresses.
    addresses: Vec<(usize, usize)>,
}

/// Kinds that an office has as well as a person.
const fn may_be_official(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Mobile | Kind::Email | Kind::Upi | Kind::Vehicle | Kind::BankAccount | Kind::Name
    )
}

impl Record {
    /// Decides, and gives what is to be reported with the number of persons. Empties the record.
    pub(crate) fn close(&mut self, text: &str, options: Options, out: &mut Vec<Finding>) -> usize {
        out.clear();
        if self.drafts.is_empty() {
            self.seen = Labels::NONE;
            return 0;
        }
        let kinds = self.drafts.iter().fold(0_u32, |kinds, draft| kinds | 1 << draft.kind as u32);
        let has = |kind: Kind| kinds & 1 << kind as u32 != 0;
        if has(Kind::BankAccount) && self.seen.has(Label::Ifsc) {
            self.accounts();
        }
        if self.drafts.iter().any(Draft::may_be_corroborated) {
            self.corroborate();
        }
        self.officials();
        if has(Kind::Pan) && has(Kind::Name) {
            self.surnames(text);
        }
        if has(Kind::PinCode) {
            self.pin_codes(text);
        }
        self.keep(options);
        out.extend(self.drafts.iter().map(Draft::finding));
        let persons = self.persons();
        self.drafts.clear();
        self.seen = Labels::NONE;
        persons
    }

    /// Leaves what is to be reported, one thing at each place.
    fn keep(&mut self, options: Options) {
        let anchored = self.is_anchored();
        let (mut since, mut ordered) = (0, true);
        self.drafts.retain(|draft| {
            let kept = draft.percent >= options.least_confidence
                && (options.impersonal || draft.kind.is_personal())
                && (anchored || draft.kind.identifies() || !draft.kind.is_personal());
            if kept {
                ordered &= since <= draft.start;
                since = draft.end;
            }
            kept
        });
        // The cells of a row come in order and apart.
        if !ordered {
            self.part();
        }
    }

    /// Digits beside the code of a bank's branch are an account.
    fn accounts(&mut self) {
        for draft in &mut self.drafts {
            if draft.kind == Kind::BankAccount && !draft.labelled && draft.percent >= 10 {
                draft.percent = 78;
            }
        }
    }

    /// What might be something is, beside something that surely is.
    fn corroborate(&mut self) {
        let bit = |kind: Kind| 1_u32 << kind as u32;
        let strong = |draft: &Draft| if draft.is_strong() { bit(draft.kind) } else { 0 };
        let strong = self.drafts.iter().fold(0, |all, draft| all | strong(draft));
        for draft in &mut self.drafts {
            let others = strong & !bit(draft.kind) != 0;
            if others && draft.may_be_corroborated() {
                draft.percent += 20;
            }
        }
    }

    /// What says that this is about a private person.
    fn is_private(&self) -> bool {
        self.seen.any(Labels::of(&[
            Label::Person,
            Label::Beneficiary,
            Label::Relative,
            Label::Birth,
            Label::Age,
            Label::Gender,
            Label::GenderValue,
            Label::Srf,
            Label::Icmr,
        ])) || self.drafts.iter().any(|draft| draft.is_strong() && !may_be_official(draft.kind))
    }

    /// Telephone, mail and bank account of an officer are not a person's.
    fn officials(&mut self) {
        let body = self.seen.has(Label::Organisation) && !self.seen.has(Label::Name);
        let office = is_official(self.seen) || self.official;
        if !(office || body) || self.is_private() {
            return;
        }
        for draft in &mut self.drafts {
            if may_be_official(draft.kind) && (office || draft.kind == Kind::BankAccount) {
                draft.percent = draft.percent.saturating_sub(50);
            }
        }
    }

    /// The fifth letter of an account number is the first of the surname, if we see a surname.
    fn surnames(&mut self, text: &str) {
        let bit = |byte: &u8| match byte.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => 1_u32 << (letter - b'A'),
            _ => 0,
        };
        let names = self.drafts.iter().filter(|draft| draft.kind == Kind::Name);
        let initials = names
            .flat_map(|draft| text[draft.start..draft.end].split([' ', '.']))
            .filter_map(|word| word.as_bytes().first())
            .fold(0, |all, byte| all | bit(byte));
        if initials == 0 {
            return;
        }
        for draft in self.drafts.iter_mut().filter(|draft| draft.kind == Kind::Pan) {
            let fifth = text[draft.start..draft.end].chars().nth(4);
            let fifth = fifth.and_then(|c| u8::try_from(c).ok());
            if fifth.is_some_and(|byte| initials & bit(&byte) != 0) {
                draft.percent = draft.percent.saturating_add(8).min(99);
            } else {
                draft.percent = draft.percent.saturating_sub(12);
            }
        }
    }

    /// A PIN code without a label is one in an address or beside its state.
    fn pin_codes(&mut self, text: &str) {
        let addresses = self.drafts.iter().filter(|draft| draft.kind == Kind::Address);
        self.addresses.clear();
        self.addresses.extend(addresses.map(|draft| (draft.start, draft.end)));
        self.addresses.sort_unstable();
        let named = self.states(text);
        for draft in self.drafts.iter_mut().filter(|draft| draft.kind == Kind::PinCode) {
            let before = self.addresses.partition_point(|(start, _)| *start <= draft.start);
            if self.addresses[..before].last().is_some_and(|(_, end)| draft.start < *end) {
                draft.percent = draft.percent.max(80);
            }
            let zone = zone(text.as_bytes(), draft.start);
            match named.map(|zones| zones.has(zone)) {
                Some(true) => draft.percent = draft.percent.saturating_add(20).min(97),
                Some(false) => draft.percent = draft.percent.saturating_sub(25),
                None => {}
            }
        }
    }

    /// By which digits the post of the states is sorted that the record names in an address or
    /// between what was found, if it names any.
    fn states(&self, text: &str) -> Option<Zones> {
        let from = self.drafts.iter().map(|draft| draft.start).min()?;
        let to = self.drafts.iter().map(|draft| draft.end).max()?;
        // A state far off says nothing of it.
        if to - from > 1024 {
            return None;
        }
        let mut named = Zones::default();
        if !self.drafts.is_sorted_by_key(|draft| draft.start) {
            named.read(&text[from..to]);
            return named.any();
        }
        let mut at = from;
        let found = self.drafts.iter().filter(|draft| draft.kind != Kind::Address);
        for draft in found.map(|draft| (draft.start, draft.end)).chain([(to, to)]) {
            // Most of what stands between cells is signs.
            if at < draft.0 && eight::has_letter(&text.as_bytes()[at..draft.0]) {
                named.read(&text[at..draft.0]);
            }
            at = at.max(draft.1);
        }
        named.any()
    }

    /// Whether somebody is known by it: by a number, or by name and something private.
    fn is_anchored(&self) -> bool {
        if self.drafts.iter().any(Draft::is_strong) {
            return true;
        }
        let has = |wanted: fn(&Draft) -> bool| {
            self.drafts.iter().any(|draft| draft.percent >= STRONG && wanted(draft))
        };
        let named = has(|draft| draft.kind == Kind::Name && draft.labelled);
        let private = has(|draft| {
            matches!(
                draft.kind,
                Kind::Age
                    | Kind::BirthDate
                    | Kind::Gender
                    | Kind::TestResult
                    | Kind::Vaccination
                    | Kind::Address
            ) || (draft.masked && draft.kind.identifies())
        });
        let official = is_official(self.seen) && !self.is_private();
        named && private && !official
    }

    /// Leaves one thing at each place. A PIN code may stand inside an address.
    fn part(&mut self) {
        self.drafts.sort_by_key(|draft| (draft.start, std::cmp::Reverse(draft.percent)));
        let mut kept = std::mem::take(&mut self.kept);
        let mut reach = 0;
        for draft in self.drafts.drain(..) {
            let inside = |other: &Draft| {
                other.kind == Kind::Address
                    && draft.kind != Kind::Address
                    && draft.kind != Kind::Name
            };
            let over = |other: &Draft| other.end > draft.start && !inside(other);
            // Nothing is longer than a line.
            let near = kept.partition_point(|other| other.start + LONGEST < draft.start);
            let last = if reach > draft.start { kept[near..].iter().rposition(over) } else { None };
            reach = reach.max(draft.end);
            match last.map(|place| near + place) {
                Some(place) if kept[place].percent < draft.percent => kept[place] = draft,
                Some(_) => {}
                None => kept.push(draft),
            }
        }
        self.kept = std::mem::replace(&mut self.drafts, kept);
    }

    /// One, or as many as there are different numbers of which a person has one.
    fn persons(&self) -> usize {
        let (mut known, mut counts) = (false, [0_usize; 5]);
        for draft in self.drafts.iter().filter(|draft| !draft.masked) {
            known |= draft.kind.is_personal();
            match draft.kind {
                Kind::Aadhaar => counts[0] += 1,
                Kind::Pan => counts[1] += 1,
                Kind::Epic => counts[2] += 1,
                Kind::Passport => counts[3] += 1,
                Kind::BeneficiaryId => counts[4] += 1,
                _ => {}
            }
        }
        if !known {
            return 0;
        }
        counts.into_iter().max().unwrap_or(0).max(1)
    }
}

/// The first two digits of the PIN code at `at`, where the post sorts it to.
fn zone(bytes: &[u8], at: usize) -> u8 {
    let Some((first, length)) = word::digit(bytes, at) else { return 0 };
    let mut next = at + length;
    while let Some(unseen) = bytes.get(next).map(|_| word::unseen(bytes, next)).filter(|n| *n > 0) {
        next += unseen;
    }
    let second = bytes.get(next).and_then(|_| word::digit(bytes, next));
    second.map_or(0, |(second, _)| first * 10 + second)
}
