//! How a gateway is called, as its operator writes it down.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How a gateway is called: a TOML file. `gateway.example.toml` beside this file shows all of it.
///
/// # Shape
///
/// Places are those of [`Template`](super::super::template::Template): percent-encoded in `url`,
/// escaped for its content type in `body`. A header has no place for an address or a text, since
/// headers end up in logs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::messages) struct Settings {
    /// Where to; `https`, unless it is this machine or `allow_clear` is set.
    pub(super) url: String,
    /// Default: POST.
    #[serde(default = "post")]
    pub(super) method: String,
    /// `application/json` or `application/x-www-form-urlencoded`.
    #[serde(default = "json")]
    pub(super) content_type: String,
    /// Empty: none is sent.
    #[serde(default)]
    pub(super) body: String,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    /// Ids under which the texts' forms are registered, by kind; `{template}` is filled with it.
    #[serde(default)]
    pub(super) templates: BTreeMap<String, String>,
    /// Statuses that mean that it was taken; empty: every 2xx.
    #[serde(default)]
    pub(super) success: Vec<u16>,
    /// What the answer must hold besides, for gateways that say no with a 200.
    pub(super) success_text: Option<String>,
    /// How long a try may take.
    #[serde(default = "ten")]
    pub(super) timeout_seconds: u64,
    /// How often it is tried again at once, when the gateway is busy or cannot be reached.
    #[serde(default = "two")]
    pub(super) retries: u32,
    /// Personal data in clear over a network: for a tunnel that is secured by other means.
    #[serde(default)]
    pub(super) allow_clear: bool,
}

fn post() -> String {
    "POST".to_owned()
}

fn json() -> String {
    "application/json".to_owned()
}

const fn ten() -> u64 {
    10
}

const fn two() -> u32 {
    2
}
