//! Which state a PIN code and a registration code belong to.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::label::lexicon::Lexicon;

/// The states and union territories by the first two digits of their PIN codes.
///
/// Written down from the public list of PIN code zones, and not yet held against a directory.
const STATES: &[(&str, &[(u8, u8)])] = &[
    ("delhi", &[(11, 11)]),
    ("दिल्ली", &[(11, 11)]),
    ("haryana", &[(12, 13)]),
    ("हरियाणा", &[(12, 13)]),
    ("punjab", &[(14, 16)]),
    ("ਪੰਜਾਬ", &[(14, 16)]),
    ("chandigarh", &[(14, 16)]),
    ("himachal pradesh", &[(17, 17)]),
    ("jammu", &[(18, 19)]),
    ("kashmir", &[(18, 19)]),
    ("ladakh", &[(19, 19)]),
    ("uttar pradesh", &[(20, 28)]),
    ("उत्तर प्रदेश", &[(20, 28)]),
    ("uttarakhand", &[(24, 26)]),
    ("rajasthan", &[(30, 34)]),
    ("राजस्थान", &[(30, 34)]),
    ("gujarat", &[(36, 39)]),
    ("ગુજરાત", &[(36, 39)]),
    ("maharashtra", &[(40, 44)]),
    ("महाराष्ट्र", &[(40, 44)]),
    ("goa", &[(40, 40)]),
    ("madhya pradesh", &[(45, 49)]),
    ("मध्य प्रदेश", &[(45, 49)]),
    ("chhattisgarh", &[(49, 49)]),
    ("telangana", &[(50, 50)]),
    ("andhra pradesh", &[(50, 53)]),
    ("karnataka", &[(56, 59)]),
    ("ಕರ್ನಾಟಕ", &[(56, 59)]),
    ("tamil nadu", &[(60, 66)]),
    ("தமிழ்நாடு", &[(60, 66)]),
    ("puducherry", &[(60, 60), (53, 53), (67, 67)]),
    ("kerala", &[(67, 69)]),
    ("west bengal", &[(70, 74)]),
    ("sikkim", &[(73, 73)]),
    ("odisha", &[(75, 77)]),
    ("orissa", &[(75, 77)]),
    ("assam", &[(78, 78)]),
    ("arunachal pradesh", &[(79, 79)]),
    ("meghalaya", &[(79, 79)]),
    ("manipur", &[(79, 79)]),
    ("mizoram", &[(79, 79)]),
    ("nagaland", &[(79, 79)]),
    ("tripura", &[(79, 79)]),
    ("bihar", &[(80, 85)]),
    ("बिहार", &[(80, 85)]),
    ("jharkhand", &[(81, 83)]),
];

/// The names in Latin letters, by where they are among the states.
static LATIN: LazyLock<Lexicon<usize>> = LazyLock::new(|| {
    let names = STATES.iter().map(|(name, _)| *name).enumerate();
    Lexicon::new(names.filter(|(_, name)| name.is_ascii()))
});

/// The others.
static INDIC: LazyLock<(AhoCorasick, Vec<usize>)> = LazyLock::new(|| {
    let names = STATES.iter().map(|(name, _)| *name).enumerate();
    let (places, names): (Vec<_>, Vec<_>) = names.filter(|(_, name)| !name.is_ascii()).unzip();
    let names = AhoCorasick::new(names).expect("a dozen names fit into an automaton");
    (names, places)
});

/// Whether post is sorted by these two digits: not 29, 35, 54, 55 nor 86 to 89.
pub(crate) const fn is_zone(zone: u8) -> bool {
    matches!(zone, 11..=28 | 30..=34 | 36..=53 | 56..=85 | 90..=99)
}

/// The first two digits of the PIN codes of states: a bit for each.
#[derive(Clone, Copy, Default)]
pub(crate) struct Zones(u128);

impl Zones {
    /// Adds those of every state that a text names.
    pub(crate) fn read(&mut self, text: &str) {
        let mut add = |state: usize| {
            for (from, to) in STATES[state].1 {
                self.0 |= (*from..=*to).fold(0, |all, zone| all | 1_u128 << zone);
            }
        };
        LATIN.find(text.as_bytes(), 0, |_, _, state| add(state));
        if !text.is_ascii() {
            let (names, places) = &*INDIC;
            names.find_iter(text).for_each(|found| add(places[found.pattern().as_usize()]));
        }
    }

    /// These, if there are any: every state has some.
    pub(crate) fn any(self) -> Option<Self> {
        (self.0 != 0).then_some(self)
    }

    /// Whether this is one of them.
    pub(crate) const fn has(self, zone: u8) -> bool {
        self.0 >> zone & 1 != 0
    }
}

/// Codes of states on registration plates and driving licences, old ones too.
///
/// # Source
///
/// Motor Vehicles Act 1988, section 41(6), notification S.O. 444(E) of 12 June 1989, as amended.
const CODES: &[&[u8; 2]] = &[
    b"AN", b"AP", b"AR", b"AS", b"BR", b"CG", b"CH", b"DD", b"DL", b"DN", b"GA", b"GJ", b"HP",
    b"HR", b"JH", b"JK", b"KA", b"KL", b"LA", b"LD", b"MH", b"ML", b"MN", b"MP", b"MZ", b"NL",
    b"OD", b"OR", b"PB", b"PY", b"RJ", b"SK", b"TG", b"TN", b"TR", b"TS", b"UA", b"UK", b"UP",
    b"WB",
];

/// For each first letter, a bit for each second one.
const PAIRS: [u32; 26] = {
    let mut pairs = [0; 26];
    let mut place = 0;
    while place < CODES.len() {
        let [first, second] = *CODES[place];
        pairs[(first - b'A') as usize] |= 1 << (second - b'A');
        place += 1;
    }
    pairs
};

/// Whether a state registers vehicles under these two letters.
pub(crate) fn is_state_code(code: &[u8]) -> bool {
    let &[first @ b'A'..=b'Z', second @ b'A'..=b'Z'] = code else { return false };
    PAIRS[usize::from(first - b'A')] >> (second - b'A') & 1 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_code_is_held_against_the_state() {
        let agrees = |text: &str, zone| {
            let mut zones = Zones::default();
            zones.read(text);
            zones.any().map(|zones| zones.has(zone))
        };
        assert_eq!(agrees("Jaipur, Rajasthan", 30), Some(true));
        assert_eq!(agrees("Jaipur, Rajasthan and Goa", 40), Some(true));
        assert_eq!(agrees("Jaipur, RAJASTHAN", 56), Some(false));
        assert_eq!(agrees("जयपुर, राजस्थान", 30), Some(true));
        assert_eq!(agrees("Jaipur", 30), None);
        assert!(STATES.iter().flat_map(|(_, zones)| *zones).all(|(from, _)| is_zone(*from)));
        assert!(!is_zone(29) && !is_zone(55) && !is_zone(10));
    }
}
