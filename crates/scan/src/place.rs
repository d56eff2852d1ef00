//! Which state a PIN code and a registration code belong to.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

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

static NAMES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(STATES.iter().map(|(name, _)| name))
        .expect("a few dozen names fit into an automaton")
});

/// Whether post is sorted by these two digits: not 29, 35, 54, 55 nor 86 to 89.
pub(crate) const fn is_zone(zone: u8) -> bool {
    matches!(zone, 11..=28 | 30..=34 | 36..=53 | 56..=85 | 90..=99)
}

/// Whether the text names a state, and if so, whether the PIN code is of one that it names.
pub(crate) fn agrees(text: &str, zone: u8) -> Option<bool> {
    let mut named = false;
    for found in NAMES.find_iter(text) {
        named = true;
        let (_, zones) = STATES[found.pattern().as_usize()];
        if zones.iter().any(|(from, to)| (*from..=*to).contains(&zone)) {
            return Some(true);
        }
    }
    named.then_some(false)
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

/// Whether a state registers vehicles under these two letters.
pub(crate) fn is_state_code(code: &[u8]) -> bool {
    CODES.iter().any(|known| known.as_slice() == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_code_is_held_against_the_state() {
        assert_eq!(agrees("Jaipur, Rajasthan", 30), Some(true));
        assert_eq!(agrees("Jaipur, RAJASTHAN", 56), Some(false));
        assert_eq!(agrees("जयपुर, राजस्थान", 30), Some(true));
        assert_eq!(agrees("Jaipur", 30), None);
        assert!(STATES.iter().flat_map(|(_, zones)| *zones).all(|(from, _)| is_zone(*from)));
        assert!(!is_zone(29) && !is_zone(55) && !is_zone(10));
    }
}
