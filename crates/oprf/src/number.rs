//! What is asked about: a mobile or a reference number.

/// What somebody is in a list under. It has no Debug: it is personal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    kind: &'static str,
    digits: String,
}

impl Number {
    /// A mobile of ten digits, the first from 6 to 9.
    pub fn mobile(digits: &str) -> Option<Self> {
        let fits = is_digits(digits, 10) && digits.as_bytes()[0] >= b'6';
        fits.then(|| Self { kind: "mobile", digits: digits.to_owned() })
    }

    /// A reference number of fourteen digits.
    pub fn reference(digits: &str) -> Option<Self> {
        is_digits(digits, 14).then(|| Self { kind: "reference", digits: digits.to_owned() })
    }

    /// Either, as people type it: with spaces and dashes, a mobile with `+91` or `0` before it.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 64 {
            return None;
        }
        let plain: String =
            text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')')).collect();
        let rest = match plain.len() {
            13 => plain.strip_prefix("+91"),
            12 => plain.strip_prefix("91"),
            11 => plain.strip_prefix('0'),
            _ => Some(plain.as_str()),
        };
        let rest = rest?;
        Self::mobile(rest).or_else(|| Self::reference(rest))
    }

    /// The bytes that the function is asked for: `mobile:` or `reference:` and the digits.
    pub fn input(&self) -> Vec<u8> {
        format!("{}:{}", self.kind, self.digits).into_bytes()
    }
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}
