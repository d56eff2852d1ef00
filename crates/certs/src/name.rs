//! Names in the letters of a passport, and unique certificate identifiers.

pub(crate) mod indic;

use std::borrow::Cow;

/// A name as the machine-readable zone of a passport writes it.
///
/// # Shape
///
/// Capital letters A to Z; `<` between words; at most 80 characters. Names in Indian scripts are
/// written as people of that name mostly spell them, other scripts letter by letter. What has no
/// letters is left out, so the result may be empty, which the schema allows.
///
/// # Source
///
/// ICAO Doc 9303 part 3, section 6, tables A and B; EU DCC schema 1.3.0, `fnt`.
pub fn passport_letters(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for word in name.split(|c: char| c.is_whitespace() || matches!(c, '-' | ',')) {
        let start = out.len();
        if start > 0 {
            out.push('<');
        }
        let letters_from = out.len();
        for c in indic::latin(word).chars() {
            push_letters(&mut out, c);
        }
        if out.len() == letters_from {
            out.truncate(start);
        }
    }
    out.truncate(80);
    out.truncate(out.trim_end_matches('<').len());
    out
}

/// A name in Latin letters: one that has others is written in the letters of a passport, whole, with
/// spaces between its words. One without any letter that can be written so stays as it is.
pub fn latin_name(name: &str) -> Cow<'_, str> {
    // Latin letters of all languages end with Latin Extended-B, and go on in Latin Extended
    // Additional.
    let latin =
        |c: char| !c.is_alphabetic() || matches!(c, '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    if name.chars().all(latin) {
        return name.into();
    }
    let letters = passport_letters(name).replace('<', " ");
    if letters.is_empty() { name.into() } else { letters.into() }
}

/// The passport letters of a character: by the table where that has more than one letter, else
/// by the sound; none for what is not a letter.
fn push_letters(out: &mut String, c: char) {
    let letters = match c {
        'Ä' | 'ä' | 'Æ' | 'æ' => "AE",
        'Å' | 'å' => "AA",
        'Ö' | 'ö' | 'Ø' | 'ø' | 'Œ' | 'œ' => "OE",
        'Ü' | 'ü' => "UE",
        'ß' | 'ẞ' => "SS",
        'Þ' | 'þ' => "TH",
        _ if c.is_alphabetic() => deunicode::deunicode_char(c).unwrap_or(""),
        _ => "",
    };
    let letters = letters.chars().filter(char::is_ascii_alphabetic);
    out.extend(letters.map(|letter| letter.to_ascii_uppercase()));
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
            ("Musterfrau-Gößinger", "MUSTERFRAU<GOESSINGER"),
            ("Apšuciems", "APSUCIEMS"),
            ("Jose\u{301} ", "JOSE"),
            ("सीता देवी", "SITA<DEVI"),
            ("முருகன்", "MURUKAN"),
            ("ПЕТКОВ", "PETKOV"),
            ("🙂", ""),
            ("Ravi 🙂 Kumar", "RAVI<KUMAR"),
        ] {
            assert_eq!(passport_letters(name), letters, "{name}");
        }
        assert_eq!(passport_letters(&"a ".repeat(90)), format!("{}A", "A<".repeat(39)));
    }

    #[test]
    fn a_name_in_other_letters_is_written_in_latin_ones() {
        for (name, latin) in [
            ("सीता देवी", "SITA DEVI"),
            ("Sita देवी", "SITA DEVI"),
            ("Nguyễn Văn An", "Nguyễn Văn An"),
            ("O'Brien 🙂", "O'Brien 🙂"),
            ("\u{10ffff}", "\u{10ffff}"),
        ] {
            assert_eq!(latin_name(name), latin, "{name}");
        }
    }

    #[test]
    fn a_mistyped_identifier_is_noticed() {
        let uvci = uvci("IN", uuid::Uuid::from_bytes([0xa5; 16]));
        assert!(uvci.starts_with("URN:UVCI:01:IN:A5A5"));
        assert!(uvci_holds(&uvci));
        assert!(!uvci_holds(&uvci.replacen("A5", "A6", 1)));
    }
}
