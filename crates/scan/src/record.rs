//! A record: what was found together belongs together, and decides together.

use crate::{
    Finding, Kind, Options,
    context::{Weight, is_official},
    label::{Label, Labels},
    place, word,
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
        self.accounts();
        self.corroborate();
        self.officials();
        self.surnames(text);
        self.pin_codes(text);
        let anchored = self.is_anchored();
        let least = options.least_confidence;
        let impersonal = options.impersonal;
        self.drafts.retain(|draft| {
            draft.percent >= least
                && (impersonal || draft.kind.is_personal())
                && (anchored || draft.kind.identifies() || !draft.kind.is_personal())
        });
        self.part();
        out.extend(self.drafts.iter().map(|draft| Finding {
            kind: draft.kind,
            start: draft.start,
            end: draft.end,
            confidence: draft.percent,
            record: 0,
            masked: draft.masked,
        }));
        let persons = self.persons();
        self.drafts.clear();
        self.seen = Labels::NONE;
        persons
    }

    /// Digits beside the code of a bank's branch are an account.
    fn accounts(&mut self) {
        let branch = self.seen.has(Label::Ifsc);
        for draft in &mut self.drafts {
            if draft.kind == Kind::BankAccount && !draft.labelled && branch && draft.percent >= 10 {
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
            if others && draft.kind.identifies() && (30..STRONG).contains(&draft.percent) {
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
        if self.is_private() || !(office || body) {
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
        if !self.drafts.iter().any(|draft| draft.kind == Kind::Pan) {
            return;
        }
        let initials: Vec<char> = self
            .drafts
            .iter()
            .filter(|draft| draft.kind == Kind::Name)
            .flat_map(|draft| text[draft.start..draft.end].split([' ', '.']))
            .filter_map(|word| word.chars().next())
            .map(|c| c.to_ascii_uppercase())
            .filter(char::is_ascii_uppercase)
            .collect();
        if initials.is_empty() {
            return;
        }
        for draft in self.drafts.iter_mut().filter(|draft| draft.kind == Kind::Pan) {
            let fifth = text[draft.start..draft.end].chars().nth(4);
            if fifth.is_some_and(|c| initials.contains(&c.to_ascii_uppercase())) {
                draft.percent = draft.percent.saturating_add(8).min(99);
            } else {
                draft.percent = draft.percent.saturating_sub(12);
            }
        }
    }

    /// A PIN code without a label is one in an address or beside its state.
    fn pin_codes(&mut self, text: &str) {
        if !self.drafts.iter().any(|draft| draft.kind == Kind::PinCode) {
            return;
        }
        let Some(from) = self.drafts.iter().map(|draft| draft.start).min() else { return };
        let to = self.drafts.iter().map(|draft| draft.end).max().unwrap_or(from);
        let addresses: Vec<_> = self
            .drafts
            .iter()
            .filter(|draft| draft.kind == Kind::Address)
            .map(|draft| draft.start..draft.end)
            .collect();
        for draft in self.drafts.iter_mut().filter(|draft| draft.kind == Kind::PinCode) {
            let digits = word::plain(&text[draft.start..draft.end]);
            let zone = digits.get(..2).and_then(|zone| zone.parse().ok()).unwrap_or(0);
            if addresses.iter().any(|address| address.contains(&draft.start)) {
                draft.percent = draft.percent.max(80);
            }
            // A state far off says nothing of it.
            let record = if to - from <= 1024 { &text[from..to] } else { "" };
            match place::agrees(record, zone) {
                Some(true) => draft.percent = draft.percent.saturating_add(20).min(97),
                Some(false) => draft.percent = draft.percent.saturating_sub(25),
                None => {}
            }
        }
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
        for draft in self.drafts.drain(..) {
            let inside = |other: &Draft| {
                other.kind == Kind::Address
                    && draft.kind != Kind::Address
                    && draft.kind != Kind::Name
            };
            let last = kept.iter().rposition(|other| other.end > draft.start && !inside(other));
            match last {
                Some(place) if kept[place].percent < draft.percent => kept[place] = draft,
                Some(_) => {}
                None => kept.push(draft),
            }
        }
        self.kept = std::mem::replace(&mut self.drafts, kept);
    }

    /// One, or as many as there are different numbers of which a person has one.
    fn persons(&self) -> usize {
        let full = |draft: &&Draft| !draft.masked && draft.kind.is_personal();
        if !self.drafts.iter().any(|draft| full(&draft)) {
            return 0;
        }
        let count =
            |kind: Kind| self.drafts.iter().filter(full).filter(|draft| draft.kind == kind).count();
        let single = [Kind::Aadhaar, Kind::Pan, Kind::Epic, Kind::Passport, Kind::BeneficiaryId];
        single.into_iter().map(count).max().unwrap_or(0).max(1)
    }
}
