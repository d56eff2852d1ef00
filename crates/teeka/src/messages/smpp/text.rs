//! What a text is on the air: the GSM alphabet if it has all the letters, UCS-2 if not, and in
//! parts if it is long.

use rusmpp::values::DataCoding;

/// The default alphabet, in the order of its codes; the escape, code 27, is a NUL here, which no
/// text holds.
///
/// # Source
///
/// 3GPP TS 23.038, section 6.2.1.
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\0ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// What follows an escape (section 6.2.1.1).
const EXTENSION: [(char, u8); 9] = [
    ('^', 0x14),
    ('{', 0x28),
    ('}', 0x29),
    ('\\', 0x2f),
    ('[', 0x3c),
    ('~', 0x3d),
    (']', 0x3e),
    ('|', 0x40),
    ('€', 0x65),
];
const ESCAPE: u8 = 0x1b;

/// A text as it is sent.
pub(super) struct Encoded {
    /// Its alphabet.
    pub(super) coding: DataCoding,
    /// Its characters, each whole: one or two bytes of GSM, two or four of UCS-2.
    characters: Vec<Vec<u8>>,
}

impl Encoded {
    /// In the GSM alphabet, if it has all the letters and `gsm` allows it; else in UCS-2, with
    /// pairs for what is beyond it, as telephones have it.
    pub(super) fn new(text: &str, gsm: bool) -> Self {
        let characters = gsm.then(|| text.chars().map(gsm_character).collect()).flatten();
        match characters {
            Some(characters) => Self { coding: DataCoding::McSpecific, characters },
            None => Self {
                coding: DataCoding::Ucs2,
                characters: text.chars().map(ucs2_character).collect(),
            },
        }
    }

    /// The whole text.
    pub(super) fn whole(&self) -> Vec<u8> {
        self.characters.concat()
    }

    /// The text in parts, none of which splits a character.
    ///
    /// A message has 140 bytes: 160 septets of GSM (a byte each on the way to the message centre)
    /// or 70 of UCS-2. The header that joins parts takes 6 of them: 153 septets or 67 are left.
    pub(super) fn parts(&self) -> Vec<Vec<u8>> {
        let (single, part) = if self.coding == DataCoding::Ucs2 { (140, 134) } else { (160, 153) };
        let whole = self.whole();
        if whole.len() <= single {
            return vec![whole];
        }
        let mut parts = vec![Vec::new()];
        for character in &self.characters {
            if parts.last().is_some_and(|last| last.len() + character.len() > part) {
                parts.push(Vec::new());
            }
            if let Some(last) = parts.last_mut() {
                last.extend_from_slice(character);
            }
        }
        parts
    }
}

fn gsm_character(character: char) -> Option<Vec<u8>> {
    if character == '\0' {
        return None;
    }
    if let Some(code) = GSM.chars().position(|known| known == character) {
        return Some(vec![u8::try_from(code).ok()?]);
    }
    let (_, code) = EXTENSION.iter().find(|(known, _)| *known == character)?;
    Some(vec![ESCAPE, *code])
}

fn ucs2_character(character: char) -> Vec<u8> {
    character.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_has_its_codes() {
        assert_eq!(GSM.chars().count(), 128);
        for (character, code) in
            [('@', 0), ('_', 0x11), (' ', 0x20), ('0', 0x30), ('A', 0x41), ('a', 0x61), ('à', 0x7f)]
        {
            assert_eq!(gsm_character(character), Some(vec![code]), "{character}");
        }
        assert_eq!(gsm_character('€'), Some(vec![0x1b, 0x65]));
        assert_eq!(gsm_character('`'), None);
        assert_eq!(gsm_character('₹'), None);
    }

    #[test]
    fn a_letter_beyond_the_alphabet_makes_it_ucs2() {
        let plain = Encoded::new("Code 123456 @x", true);
        assert_eq!((plain.coding, plain.whole().len()), (DataCoding::McSpecific, 14));
        let hindi = Encoded::new("कोड 1", true);
        assert_eq!(hindi.coding, DataCoding::Ucs2);
        assert_eq!(hindi.whole()[..2], [0x09, 0x15]);
        assert_eq!(Encoded::new("a", false).whole(), [0, 0x61]);
    }

    #[test]
    fn parts_are_full_and_split_no_character() {
        let sizes = |text: &str| -> Vec<usize> {
            Encoded::new(text, true).parts().iter().map(Vec::len).collect()
        };
        assert_eq!(sizes(""), [0]);
        assert_eq!(sizes(&"a".repeat(160)), [160]);
        assert_eq!(sizes(&"a".repeat(161)), [153, 8]);
        assert_eq!(sizes(&"अ".repeat(70)), [140]);
        assert_eq!(sizes(&"अ".repeat(71)), [134, 8]);
        assert_eq!(sizes(&format!("{}€{}", "a".repeat(152), "a".repeat(10))), [152, 12]);
        assert_eq!(sizes(&format!("{}😀{}", "अ".repeat(66), "अ".repeat(10))), [132, 24]);
    }
}
