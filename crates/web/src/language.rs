//! Names in another language: the `_l` twins that an answer carries beside the English names.

use axum::http::{HeaderMap, header::ACCEPT_LANGUAGE};

/// What the twins of an answer hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Twins {
    /// No language was asked for: there are no twins.
    Absent,
    /// We have no names in the language that was asked for: the twins are empty.
    Empty,
    /// Names in Hindi, as far as they are known.
    Hindi,
}

impl Twins {
    /// What a request asks for: `hi_IN`, as the contract writes it, or `hi-IN,hi;q=0.9`.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let first = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split([',', ';']).next())
            .unwrap_or_default();
        match first.split(['-', '_']).next().unwrap_or_default().trim() {
            "" | "*" => Self::Absent,
            language if language.eq_ignore_ascii_case("hi") => Self::Hindi,
            _ => Self::Empty,
        }
    }

    /// A twin, where there are twins.
    pub(crate) const fn twin(self, hindi: &str) -> Option<&str> {
        match self {
            Self::Absent => None,
            Self::Empty => Some(""),
            Self::Hindi => Some(hindi),
        }
    }

    /// A twin in a list that always has it.
    pub(crate) fn text(self, hindi: &str) -> &str {
        self.twin(hindi).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_first_language_of_the_header_counts() {
        let twins = |text: &'static str| {
            Twins::of(&HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(text))]))
        };
        assert_eq!(Twins::of(&HeaderMap::new()), Twins::Absent);
        assert_eq!([twins("*"), twins("")], [Twins::Absent; 2]);
        assert_eq!([twins("hi_IN"), twins("hi"), twins("HI-in,en;q=0.5")], [Twins::Hindi; 3]);
        assert_eq!([twins("en_US"), twins("ta_IN"), twins("en-GB,hi;q=0.9")], [Twins::Empty; 3]);
    }
}
