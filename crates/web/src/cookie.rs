//! Cookies: for our own pages only, not for scripts, and never in clear where a proxy of ours
//! speaks TLS with the browser.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

use crate::caller::Caller;

/// A cookie of ours.
pub(crate) struct Cookie {
    /// Its name.
    pub(crate) name: &'static str,
    /// Below which path the browser sends it.
    pub(crate) path: &'static str,
}

impl Cookie {
    /// What a browser sent.
    pub(crate) fn read<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let sent = headers.get(header::COOKIE)?.to_str().ok()?;
        let mut pairs = sent.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.find_map(|(name, value)| (name == self.name).then_some(value))
    }

    /// Has the browser keep a value for so many seconds.
    pub(crate) fn keep(
        &self,
        mut response: Response,
        caller: &Caller,
        value: &str,
        seconds: i64,
    ) -> Response {
        let Self { name, path } = self;
        let secure = if caller.encrypted { "; Secure" } else { "" };
        let cookie = format!(
            "{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
        );
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }

    /// Has the browser forget it.
    pub(crate) fn forget(&self, response: Response, caller: &Caller) -> Response {
        self.keep(response, caller, "", 0)
    }
}
