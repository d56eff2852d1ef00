//! Which detectors are asked of a word: most words are closed to most of them.

use super::{
    aadhaar, abha, account, age, beneficiary, birth, driving_licence, epic, gstin, ifsc, job_card,
    laboratory, mobile, nothing, pan, passport, pin_code, ration_card,
    run::{Bond, MOST, Run, WORDS},
    vehicle, virtual_id,
};
use crate::{
    Kind,
    context::{Shape, wanted},
    label::Labels,
};

/// A detector: what begins with a word, if it is what the detector knows.
type Detector = fn(&Run<'_>) -> Option<Shape>;

/// A detector, and what is asked before it.
#[derive(Clone, Copy)]
struct Gate {
    find: Detector,
    /// The labels that ask for what it finds.
    wanted: Labels,
    /// Whether it finds nothing where no label asks for it.
    mute: bool,
    /// How many words it wants at least.
    least: usize,
    /// What opens it.
    opens: Opens,
}

/// A bit for each number that opens a detector.
#[derive(Clone, Copy)]
struct Opens {
    /// Characters of the first word.
    first: u64,
    /// Digits of the first word.
    digits: u64,
    /// Characters of the first one, two, … words together.
    total: u64,
    /// How closely these are bound.
    bond: Bond,
    /// Whether one of the first two has masks.
    masked: bool,
}

const CLOSED: Opens = Opens { first: 0, digits: 0, total: 0, bond: Bond::Any, masked: false };

/// The bits from one number to another.
const fn bits(from: u32, to: u32) -> u64 {
    (u64::MAX << from) & (u64::MAX >> (63 - to))
}

/// A detector that opens for words that have so many characters together and are bound so closely.
const fn gate(kind: Kind, find: Detector, total: u64, bond: Bond) -> Gate {
    Gate { opens: Opens { total, bond, ..CLOSED }, ..single(kind, find, 0) }
}

/// A detector that opens for a first word of so many characters.
const fn single(kind: Kind, find: Detector, first: u64) -> Gate {
    let opens = Opens { first, ..CLOSED };
    Gate { find, wanted: wanted(kind), mute: false, least: 1, opens }
}

/// A detector that opens for a first word of so many digits.
const fn digital(kind: Kind, find: Detector, digits: u64) -> Gate {
    Gate { opens: Opens { digits, ..CLOSED }, ..single(kind, find, 0) }
}

/// A detector of what is nothing of ours, of two words at least.
const fn nothing(find: Detector, opens: Opens) -> Gate {
    Gate { find, wanted: Labels::NONE, mute: false, least: 2, opens }
}

/// The same, finding nothing where no label asks for it.
const fn mute(gate: Gate) -> Gate {
    Gate { mute: true, ..gate }
}

const RATION: Gate = mute(gate(Kind::RationCard, ration_card::find, bits(8, 22), Bond::Any));
const MOBILE: Gate = Gate {
    opens: Opens { total: bits(10, 14), bond: Bond::Dots, masked: true, ..CLOSED },
    ..gate(Kind::Mobile, mobile::find, 0, Bond::Dots)
};
const AADHAAR: Gate = gate(Kind::Aadhaar, aadhaar::find, bits(12, 12), Bond::Hyphens);
const ICMR: Gate = mute(digital(Kind::IcmrId, laboratory::icmr, bits(6, 14)));

/// Those that begin with a word of digits, or of digits and masks.
const OF_DIGITS: &[Gate] = &[
    nothing(nothing::decimal, Opens { digits: bits(7, 32), ..CLOSED }),
    nothing(nothing::period, Opens { digits: bits(4, 4), ..CLOSED }),
    nothing(nothing::office, Opens { total: bits(10, 11), bond: Bond::Hyphens, ..CLOSED }),
    MOBILE,
    AADHAAR,
    gate(Kind::VirtualId, virtual_id::find, bits(16, 16), Bond::Hyphens),
    gate(Kind::AbhaNumber, abha::find, bits(14, 14), Bond::Hyphens),
    gate(Kind::BankAccount, account::find, bits(9, 18), Bond::Hyphens),
    gate(Kind::BeneficiaryId, beneficiary::find, bits(14, 14), Bond::Hyphens),
    single(Kind::SrfId, laboratory::srf, bits(11, 14)),
    ICMR,
    gate(Kind::PinCode, pin_code::find, bits(6, 6), Bond::Spaces),
    Gate { least: 3, ..digital(Kind::BirthDate, birth::find, bits(1, 2) | bits(4, 4)) },
    mute(digital(Kind::BirthDate, birth::whole, bits(4, 4) | bits(8, 8))),
    Gate { least: 2, ..digital(Kind::Age, age::with_gender, bits(1, 3)) },
    mute(digital(Kind::Age, age::find, bits(1, 3))),
    RATION,
];

/// Those that begin with a letter or have letters in them.
const OF_LETTERS: &[Gate] = &[
    single(Kind::Pan, pan::find, bits(10, 10)),
    single(Kind::Epic, epic::find, bits(10, 10)),
    single(Kind::Passport, passport::find, bits(1, 1) | bits(3, 3) | bits(8, 8)),
    Gate { least: 1, ..nothing(ifsc::find, Opens { first: bits(11, 11), ..CLOSED }) },
    gate(Kind::Vehicle, vehicle::find, bits(7, 11), Bond::Any),
    gate(Kind::DrivingLicence, driving_licence::find, bits(15, 16), Bond::Any),
    single(Kind::JobCard, job_card::find, bits(2, 2)),
    single(Kind::Gstin, gstin::find, bits(15, 15)),
    Gate {
        opens: Opens { masked: true, ..CLOSED },
        ..single(Kind::BankAccount, account::masked, 0)
    },
    MOBILE,
    AADHAAR,
    digital(Kind::Age, age::find, bits(1, 3)),
    RATION,
    ICMR,
];

/// A list of detectors with the same turned round: which of them, as bits, each number opens.
pub(super) struct Gates {
    list: &'static [Gate],
    first: [u32; MOST + 1],
    digits: [u32; MOST + 1],
    /// For each bond.
    total: [[u32; MOST + 1]; 4],
    /// For each number of joined words, those that want no more.
    enough: [u32; WORDS + 1],
    masked: u32,
    mute: u32,
    /// The labels that ask for what the mute ones find.
    heard: Labels,
    wanted: Labels,
}

pub(super) static NUMERIC: Gates = Gates::new(OF_DIGITS);
pub(super) static LETTERED: Gates = Gates::new(OF_LETTERS);

impl Gates {
    const fn new(list: &'static [Gate]) -> Self {
        let mut gates = Self {
            list,
            first: [0; MOST + 1],
            digits: [0; MOST + 1],
            total: [[0; MOST + 1]; 4],
            enough: [0; WORDS + 1],
            masked: 0,
            mute: 0,
            heard: Labels::NONE,
            wanted: Labels::NONE,
        };
        let mut place = 0;
        while place < list.len() {
            let opens = &list[place].opens;
            let bit = 1 << place;
            turn(&mut gates.first, opens.first, bit);
            turn(&mut gates.digits, opens.digits, bit);
            // What a loose bond opens, a closer one opens, too.
            let mut bond = 0;
            while bond <= opens.bond as usize {
                turn(&mut gates.total[bond], opens.total, bit);
                bond += 1;
            }
            let mut count = list[place].least;
            while count <= WORDS {
                gates.enough[count] |= bit;
                count += 1;
            }
            if opens.masked {
                gates.masked |= bit;
            }
            if list[place].mute {
                gates.mute |= bit;
                gates.heard = gates.heard.with(list[place].wanted);
            }
            gates.wanted = gates.wanted.with(list[place].wanted);
            place += 1;
        }
        gates
    }

    /// Which of them a run opens.
    pub(super) fn open(&self, run: &Run<'_>) -> u32 {
        let first = run.first();
        let mut open = self.first[run.total(1)] | self.digits[usize::from(first.digits)];
        for count in 1..=run.count() {
            open |= self.total[run.bond(count) as usize][run.total(count)];
        }
        if run.words(2).iter().any(|word| word.masks > 0) {
            open |= self.masked;
        }
        open & self.enough[run.count()]
    }

    /// The detector of a bit.
    pub(super) fn detector(&self, place: u32) -> Detector {
        self.list[place as usize].find
    }

    /// All labels that ask for what they find.
    pub(super) const fn wanted(&self) -> Labels {
        self.wanted
    }

    /// Of those that are open, the ones that labels ask for.
    pub(super) fn asked(&self, open: u32, said: Labels) -> u32 {
        if said.any(self.wanted) { self.of(open, said) } else { 0 }
    }

    /// Of those that are open, the ones that have something to say where these labels are near.
    pub(super) fn speaking(&self, open: u32, spoken: Labels) -> u32 {
        let heard = if spoken.any(self.heard) { self.of(open & self.mute, spoken) } else { 0 };
        open & !self.mute | heard
    }

    /// Those of these that labels ask for.
    fn of(&self, mut these: u32, said: Labels) -> u32 {
        let mut asked = 0;
        while these != 0 {
            let place = these.trailing_zeros();
            these &= these - 1;
            asked |= u32::from(self.list[place as usize].wanted.any(said)) << place;
        }
        asked
    }
}

const fn turn(places: &mut [u32], opens: u64, bit: u32) {
    let mut number = 0;
    while number < places.len() {
        if opens >> number & 1 != 0 {
            places[number] |= bit;
        }
        number += 1;
    }
}
