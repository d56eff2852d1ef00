//! How a finding is told without telling it.

use std::fmt;

use aws_lc_rs::hmac;

use crate::{Finding, Kind, word};

/// A secret with which equal values become equal tokens.
pub struct Key(hmac::Key);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// Of bytes that only those know who may compare tokens; thirty-two are right.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The token of what a finding of `text` points at: equal for the same value of the same kind,
    /// in whatever script, spacing and case it stands. The first 16 bytes of HMAC-SHA256 over kind,
    /// a zero and the value, as hexadecimal digits.
    ///
    /// # Privacy
    ///
    /// Ten digits are tried in no time by whoever has the key. Treat the key as the values.
    pub fn token(&self, text: &str, finding: &Finding) -> String {
        let value = text.get(finding.start..finding.end).unwrap_or_default();
        let mut context = hmac::Context::with_key(&self.0);
        context.update(finding.kind.as_str().as_bytes());
        context.update(&[0]);
        context.update(canonical(finding.kind, value).as_bytes());
        hex::encode(&context.sign().as_ref()[..16])
    }
}

/// A value as every way of writing it has in common.
fn canonical(kind: Kind, value: &str) -> String {
    let plain = word::plain(value);
    if !kind.identifies() || matches!(kind, Kind::Email | Kind::Upi | Kind::AbhaAddress) {
        let words: Vec<_> = plain.split_whitespace().collect();
        return words.join(" ").to_lowercase();
    }
    let mut short: String = plain.chars().filter(|c| c.is_alphanumeric()).collect();
    short.make_ascii_uppercase();
    if kind == Kind::Mobile && short.len() > 10 && short.is_ascii() {
        short = short.split_off(short.len() - 10);
    }
    short
}

/// Longest preview, in characters.
const PREVIEW: usize = 16;

/// What a finding of `text` looks like with everything masked but the last two characters of an
/// identifier; of anything else not even these.
pub fn preview(text: &str, finding: &Finding) -> String {
    let value = word::plain(text.get(finding.start..finding.end).unwrap_or_default());
    let count = value.chars().count();
    let address = matches!(finding.kind, Kind::Email | Kind::Upi | Kind::AbhaAddress);
    let shown = if finding.kind.identifies() && count >= 8 && !address { 2 } else { 0 };
    let from = count.saturating_sub(PREVIEW);
    let mask = |(place, c): (usize, char)| {
        let hidden = place + shown < count && c.is_alphanumeric();
        if hidden { '•' } else { c }
    };
    value.chars().enumerate().map(mask).skip(from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, kind: Kind) -> Finding {
        Finding { kind, start: 0, end: text.len(), confidence: 90, record: 0, masked: false }
    }

    fn token(secret: &[u8], text: &str, kind: Kind) -> String {
        Key::new(secret).token(text, &of(text, kind))
    }

    #[test]
    fn one_value_has_one_token_however_it_is_written() {
        let plain = token(b"k", "9829011223", Kind::Mobile);
        for same in ["+91 98290-11223", "098290 11223", "९८२९०११२२३", "98290\u{200b}11223"]
        {
            assert_eq!(token(b"k", same, Kind::Mobile), plain, "{same}");
        }
        assert_ne!(token(b"k", "9829011224", Kind::Mobile), plain);
        assert_ne!(token(b"k", "9829011223", Kind::BankAccount), plain);
        assert_ne!(token(b"other", "9829011223", Kind::Mobile), plain);
        assert_eq!(plain.len(), 32);
    }

    #[test]
    fn names_of_different_people_have_different_tokens() {
        let plain = token(b"k", "Asha Devi", Kind::Name);
        assert_eq!(token(b"k", "ASHA  DEVI", Kind::Name), plain);
        assert_ne!(token(b"k", "Asha Dev", Kind::Name), plain);
        assert_ne!(token(b"k", "आशा", Kind::Name), token(b"k", "उषा", Kind::Name));
    }

    #[test]
    fn a_preview_shows_two_characters_of_an_identifier_and_none_of_anything_else() {
        let cases = [
            ("98290 11223", Kind::Mobile, "••••• •••23"),
            ("Asha Devi", Kind::Name, "•••• ••••"),
            ("45", Kind::Age, "••"),
            ("asha.devi@example.com", Kind::Email, "•••@•••••••.•••"),
        ];
        for (text, kind, shown) in cases {
            let preview = preview(text, &of(text, kind));
            assert!(preview.ends_with(shown), "{preview}");
            assert!(preview.chars().count() <= PREVIEW);
        }
    }
}
