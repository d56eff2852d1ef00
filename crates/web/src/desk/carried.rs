//! What is carried over from one record of a dose to the next at the same desk: vaccine, lot and
//! vaccinator. It says nothing about who was vaccinated. The first record of a sign-in begins
//! without it, so that a lot is read from the vial and never guessed.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

use crate::form::{Query, encode};

const COOKIE: &str = "teeka_last_record";

/// What the last record said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Carried {
    pub(super) vaccine: String,
    pub(super) lot: String,
    pub(super) vaccinator: String,
}

impl Carried {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
        let held = cookies
            .into_iter()
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find_map(|(name, value)| (name == COOKIE).then_some(value));
        let held = Query::parse(held);
        let text = |name: &str| held.get(name).unwrap_or_default().chars().take(40).collect();
        Self { vaccine: text("v"), lot: text("l"), vaccinator: text("w") }
    }

    /// Carries it on, until the end of a shift.
    pub(super) fn keep(&self, mut response: Response) -> Response {
        let Self { vaccine, lot, vaccinator } = self;
        let held = [("v", vaccine), ("l", lot), ("w", vaccinator)]
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .join("&");
        let cookie =
            format!("{COOKIE}={held}; Path=/desk; Max-Age=28800; HttpOnly; SameSite=Strict");
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }
}

/// Carries nothing on.
pub(super) fn forget(mut response: Response) -> Response {
    let value = HeaderValue::from_static(
        "teeka_last_record=; Path=/desk; Max-Age=0; HttpOnly; SameSite=Strict",
    );
    response.headers_mut().append(header::SET_COOKIE, value);
    response
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
        let response = carried.keep(Response::default());
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
        let mut headers = HeaderMap::new();
        let sent = format!("a=b; {}", cookie.split(';').next().unwrap());
        headers.insert(header::COOKIE, sent.parse().unwrap());
        assert_eq!(Carried::read(&headers), carried);
        assert_eq!(Carried::read(&HeaderMap::new()), Carried::default());
    }
}
