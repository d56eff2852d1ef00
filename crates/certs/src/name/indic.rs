//! Names of nine Indian scripts in Latin letters, the way that people of that name mostly spell
//! them: no marks, and the short and the long vowel alike.
//!
//! Unicode lays Devanagari, Bengali, Gurmukhi, Gujarati, Odia, Tamil, Telugu, Kannada and
//! Malayalam out alike, one block of 128 each (the order of ISCII), so one table serves them all.
//! What it does not know is where a language drops the vowel in the middle of a word: `राजकुमार`
//! becomes `rajakumar`.

/// Consonants, from `क` on.
const CONSONANTS: [&str; 37] = [
    "k", "kh", "g", "gh", "n", "ch", "chh", "j", "jh", "n", "t", "th", "d", "dh", "n", "t", "th",
    "d", "dh", "n", "n", "p", "ph", "b", "bh", "m", "y", "r", "r", "l", "l", "zh", "v", "sh", "sh",
    "s", "h",
];
/// Consonants with a dot, from `क़` on.
const DOTTED: [&str; 8] = ["k", "kh", "g", "z", "r", "rh", "f", "y"];
/// Vowels, as letters from `अ` on and as signs from one before `ा` on.
const VOWELS: [&str; 16] =
    ["a", "a", "i", "i", "u", "u", "ri", "l", "e", "e", "e", "ai", "o", "o", "o", "au"];
const VOWEL_SIGNS: [&str; 15] =
    ["a", "i", "i", "u", "u", "ri", "ri", "e", "e", "e", "ai", "o", "o", "o", "au"];

/// What a character does in a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// Has an inherent vowel unless a sign follows that says otherwise.
    Consonant(&'static str),
    /// Has none.
    Final(&'static str),
    Vowel(&'static str),
    /// A vowel in place of the inherent one.
    Matra(&'static str),
    /// Takes the inherent vowel away.
    Silencer,
    /// A nasal that takes after what follows.
    Nasal,
    /// Changes the consonant before it.
    Dot,
    Digit(u8),
    /// Has no sound of its own.
    Silent,
}

/// How the title of a physician is abbreviated, which no letter for letter rule makes `dr.` of.
const DOCTOR: [&str; 14] =
    ["डॉ.", "डॉ", "ডা.", "ডাঃ", "ড.", "ડૉ.", "ડો.", "ਡਾ.", "ଡା.", "ଡାଃ", "டாக்டர்", "డా.", "ಡಾ.", "ഡോ."];

/// The text with the letters of these scripts in Latin, and all else as it was.
pub(crate) fn latin(text: &str) -> String {
    if DOCTOR.contains(&text) {
        return "dr.".to_owned();
    }
    let signs: Vec<_> = text.chars().map(|c| (c, sign(c))).collect();
    let mut out = String::with_capacity(text.len());
    for (place, (c, sign)) in signs.iter().enumerate() {
        let after = |steps: usize| signs.get(place + steps).and_then(|(_, sign)| *sign);
        match sign {
            None => out.push(*c),
            Some(Sign::Consonant(sound)) => {
                let dotted = after(1) == Some(Sign::Dot);
                out.push_str(if dotted { with_dot(*c, sound) } else { sound });
                let next = after(1 + usize::from(dotted));
                let voiced = !matches!(next, Some(Sign::Matra(_) | Sign::Silencer));
                let drops = next.is_none() && drops_last_vowel(*c) && follows_vowel(&signs, place);
                if voiced && !drops {
                    out.push('a');
                }
            }
            Some(Sign::Final(sound) | Sign::Vowel(sound) | Sign::Matra(sound)) => {
                out.push_str(sound);
            }
            Some(Sign::Nasal) => out.push_str(match after(1) {
                Some(Sign::Consonant("p" | "ph" | "b" | "bh" | "m")) | None => "m",
                Some(Sign::Consonant("h")) => "ng",
                _ => "n",
            }),
            Some(Sign::Digit(digit)) => out.push(char::from(b'0' + digit)),
            Some(Sign::Silencer | Sign::Dot | Sign::Silent) => {}
        }
    }
    out
}

fn sign(c: char) -> Option<Sign> {
    if matches!(c, '\u{200c}' | '\u{200d}') {
        return Some(Sign::Silent);
    }
    if !('\u{0900}'..='\u{0d7f}').contains(&c) {
        return None;
    }
    let place = u32::from(c) & 0x7f;
    let of = |table: &[&'static str], from: u32| {
        table[usize::try_from(place - from).expect("a place in a block of 128")]
    };
    Some(match place {
        0x01 | 0x02 => Sign::Nasal,
        0x03 => Sign::Final("h"),
        0x05..=0x14 => Sign::Vowel(of(&VOWELS, 0x05)),
        0x15..=0x39 => Sign::Consonant(of(&CONSONANTS, 0x15)),
        0x3c => Sign::Dot,
        0x3e..=0x4c => Sign::Matra(of(&VOWEL_SIGNS, 0x3e)),
        0x4d => Sign::Silencer,
        0x58..=0x5f => Sign::Consonant(of(&DOTTED, 0x58)),
        0x66..=0x6f => Sign::Digit(u8::try_from(place - 0x66).expect("a digit")),
        _ => apart(c),
    })
}

/// Letters that stand in one block only.
const fn apart(c: char) -> Sign {
    match c {
        'ৎ' => Sign::Final("t"),
        'ৰ' => Sign::Consonant("r"),
        'ৱ' => Sign::Consonant("v"),
        'ੰ' => Sign::Nasal,
        'ൺ' | 'ൻ' => Sign::Final("n"),
        'ർ' => Sign::Final("r"),
        'ൽ' | 'ൾ' => Sign::Final("l"),
        'ൿ' => Sign::Final("k"),
        'ॲ' => Sign::Vowel("a"),
        _ => Sign::Silent,
    }
}

fn with_dot(c: char, sound: &'static str) -> &'static str {
    match u32::from(c) & 0x7f {
        0x1c => "z",
        0x21 => "r",
        0x22 => "rh",
        0x2b => "f",
        _ => sound,
    }
}

/// Whether the script's languages do not speak the vowel of a last consonant: Devanagari,
/// Bengali, Gurmukhi and Gujarati.
const fn drops_last_vowel(c: char) -> bool {
    matches!(c, '\u{0900}'..='\u{0aff}')
}

/// Whether a vowel is spoken before this consonant; after a cluster (`चन्द्र`) the last vowel
/// stays.
fn follows_vowel(signs: &[(char, Option<Sign>)], place: usize) -> bool {
    let before = place.checked_sub(1).and_then(|place| signs[place].1);
    !matches!(before, None | Some(Sign::Silencer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_people_spell_them() {
        for (name, spelt) in [
            ("सीता देवी शर्मा", "sita devi sharma"),
            ("रमेश चन्द्र गुप्ता", "ramesh chandra gupta"),
            ("गुरप्रीत सिंह", "guraprit singh"),
            ("अम्बिका", "ambika"),
            ("चंपा", "champa"),
            ("फ़िरोज़", "firoz"),
            ("डॉ.", "dr."),
            ("ಡಾ.", "dr."),
            ("डॉली", "doli"),
            ("रवीन्द्रनाथ", "ravindranath"),
            ("अनिर्बाण", "anirban"),
            ("অনির্বাণ", "anirban"),
            ("ਗੁਰਪ੍ਰੀਤ", "guraprit"),
            ("પટેલ", "patel"),
            ("ସୁଭଦ୍ରା", "subhadra"),
            ("முருகன்", "murukan"),
            ("వెంకటేశ్వర", "venkateshvara"),
            ("ಬಸವರಾಜ", "basavaraja"),
            ("രാജൻ", "rajan"),
            ("Anna १२", "Anna 12"),
            ("", ""),
        ] {
            assert_eq!(latin(name), spelt, "{name}");
        }
    }
}
