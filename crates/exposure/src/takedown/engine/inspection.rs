//! Google's URL inspection: whether an address is in its index. Only so many a day may be asked, so a
//! sample is.

use serde_json::{Value, json};
use ureq::http::Request;

use super::EngineError;
use crate::takedown::{budget::Quota, http::Client, stage::Submitted, world::World};

const WHO: &str = "URL inspection";

/// What it allows for a site.
///
/// # Source
///
/// Search Console API, "Usage limits": 2,000 a day and 600 a minute for a site.
pub const DAILY: Quota = Quota::daily(2000);
/// What it allows in a minute.
pub const MINUTELY: Quota = Quota { per_request: 1, burst: 600.0, per_second: 10.0 };

/// The API with our token.
pub struct Inspection {
    client: Client,
    url: String,
    token: String,
    property: String,
}

impl Inspection {
    /// The API with a token that may read a property.
    pub fn new(endpoint: &str, token: String, property: &str) -> Self {
        let url = format!("{}/urlInspection/index:inspect", endpoint.trim_end_matches('/'));
        Self { client: Client::by_name(), url, token, property: property.to_owned() }
    }

    /// Whether an address is in the index.
    ///
    /// # Errors
    ///
    /// [`EngineError`] if it refuses.
    ///
    /// # Source
    ///
    /// Search Console API, `urlInspection.index.inspect`; the verdict `PASS` is "on Google".
    pub fn is_indexed(
        &self,
        url: &str,
        _submitted: Submitted,
        world: &dyn World,
    ) -> Result<bool, EngineError> {
        let body = json!({ "inspectionUrl": url, "siteUrl": self.property });
        let request = Request::post(&self.url)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(body.to_string().into_bytes())
            .map_err(|_| EngineError::Shape(WHO))?;
        let answer = self.client.ask_patiently(&request, world)?;
        let why = match answer.status {
            200 => "",
            401 | 403 => "the token may not read the property",
            429 => "the day's or the minute's quota is used up",
            _ => "it does not say why",
        };
        if !why.is_empty() {
            return Err(EngineError::Refused(WHO, answer.status, why));
        }
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let result = &body["inspectionResult"]["indexStatusResult"]["verdict"];
        match result.as_str() {
            Some("PASS" | "PARTIAL") => Ok(true),
            Some("FAIL" | "NEUTRAL" | "VERDICT_UNSPECIFIED") => Ok(false),
            _ => Err(EngineError::Shape(WHO)),
        }
    }
}
