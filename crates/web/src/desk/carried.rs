//! What is carried over from one record of a dose to the next at the same desk: vaccine, lot and
//! vaccinator. It says nothing about who was vaccinated. The first record of a sign-in begins
//! without it, so that a lot is read from the vial and never guessed.

use axum::{http::HeaderMap, response::Response};

use crate::{
    caller::Caller,
    cookie::Cookie,
    form::{Query, encode},
};

/// What the last record said.
pub(super) const LAST_RECORD: Cookie = Cookie { name: "teeka_last_record", path: "/desk" };

/// What the last record said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Carried {
    pub(super) vaccine: String,
    pub(super) lot: String,
    pub(super) vaccinator: String,
}

impl Carried {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let held = LAST_RECORD.read(headers);
        let held = Query::parse(held);
        let text = |name: &str| held.get(name).unwrap_or_default().chars().take(40).collect();
        Self { vaccine: text("v"), lot: text("l"), vaccinator: text("w") }
    }

    /// Carries it on, until the end of a shift.
    pub(super) fn keep(&self, response: Response, caller: &Caller) -> Response {
        LAST_RECORD.keep(response, caller, &self.text(), 28_800)
    }

    fn text(&self) -> String {
        let Self { vaccine, lot, vaccinator } = self;
        [("v", vaccine), ("l", lot), ("w", vaccinator)]
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .join("&")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back() {
        let carried = Carried {
            vaccine: "SPUTNIK V".to_owned(),
            lot: "4121;Z=1&x".to_owned(),
            vaccinator: "Méera Pillai".to_owned(),
        };
        let sent = format!("a=b; {}={}", LAST_RECORD.name, carried.text());
        let mut headers = HeaderMap::new();
        headers.insert("cookie", sent.parse().unwrap());
        assert_eq!(Carried::read(&headers), carried);
        assert_eq!(Carried::read(&HeaderMap::new()), Carried::default());
    }
}
