//! Names in the letters of a passport, and unique certificate identifiers.

/// A name as the machine-readable zone of a passport writes it.
///
/// # Shape
///
/// Capital letters A to Z; `<` between words; at most 80 characters. Letters of other scripts are
/// transliterated; what has no letters is left out, so the result may be empty.
///
/// # Source
///
/// ICAO Doc 9303 part 3, section 6; EU DCC schema 1.3.0, `fnt`.
pub fn passport_letters(name: &str) -> String {
    let words = name.split(|c: char| c.is_whitespace() || c == '-').map(|word| {
        let letters: String = word.chars().filter(|c| is_letter_or_mark(*c)).collect();
        deunicode::deunicode(&letters)
            .chars()
            .filter(char::is_ascii_alphabetic)
            .map(|c| c.to_ascii_uppercase())
            .collect::<String>()
    });
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("<").chars().take(80).collect()
}

/// Letters, and the vowel signs of Indian scripts that belong to them.
fn is_letter_or_mark(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '\u{0900}'..='\u{0dff}')
}

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:";

/// The unique certificate identifier of a certificate.
///
/// # Shape
///
/// `URN:UVCI:01:IN:` and the 32 hex digits of the id in capitals, `#` and a check character.
///
/// # Source
///
/// eHealth Network, "Guidelines on verifiable vaccination certificates", annex 2, option 3; check
/// character by Luhn mod N.
pub fn uvci(country: &str, id: uuid::Uuid) -> String {
    let body = format!("URN:UVCI:01:{country}:{}", id.simple()).to_ascii_uppercase();
    let check = luhn_mod_n(&body);
    format!("{body}#{check}")
}

/// Whether the check character of an identifier is right; one without has nothing to check.
pub fn uvci_holds(uvci: &str) -> bool {
    match uvci.rsplit_once('#') {
        Some((body, check)) => check.chars().eq(std::iter::once(luhn_mod_n(body))),
        None => true,
    }
}

fn luhn_mod_n(body: &str) -> char {
    let n = ALPHABET.len();
    let mut factor = 2;
    let mut sum = 0;
    for byte in body.bytes().rev() {
        let point = ALPHABET.iter().position(|letter| *letter == byte).unwrap_or(0) * factor;
        factor = if factor == 2 { 1 } else { 2 };
        sum += point / n + point % n;
    }
    char::from(ALPHABET[(n - sum % n) % n])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_script_become_passport_letters() {
        for (name, letters) in [
            ("Anna O'Brien-Smith", "ANNA<OBRIEN<SMITH"),
            ("Müller", "MULLER"),
            ("सीता", "SIITAA"),
            ("🙂", ""),
            ("Ravi 🙂 Kumar", "RAVI<KUMAR"),
        ] {
            assert_eq!(passport_letters(name), letters, "{name}");
        }
        assert_eq!(passport_letters(&"a ".repeat(90)).len(), 80);
    }

    #[test]
    fn a_mistyped_identifier_is_noticed() {
        let uvci = uvci("IN", uuid::Uuid::from_bytes([0xa5; 16]));
        assert!(uvci.starts_with("URN:UVCI:01:IN:A5A5"));
        assert!(uvci_holds(&uvci));
        assert!(!uvci_holds(&uvci.replacen("A5", "A6", 1)));
    }
}
