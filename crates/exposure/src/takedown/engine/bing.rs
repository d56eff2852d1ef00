//! Bing Webmaster: addresses and whole folders are blocked for some 90 days, within which the engine
//! has to see for itself that they are gone. So few a day are allowed that folders come first.

use serde_json::{Value, json};
use ureq::http::Request;

use super::EngineError;
use crate::takedown::{http::Client, stage::Unlisted, world::World};

const WHO: &str = "Bing";

/// What is blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entity {
    /// One address.
    Page = 0,
    /// Whatever begins with it.
    Directory = 1,
}

/// The API with our key.
pub struct Bing {
    client: Client,
    endpoint: String,
    key: String,
}

impl Bing {
    /// The API with the key of its user.
    pub fn new(endpoint: &str, key: String) -> Self {
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        Self { client: Client::by_name(), endpoint, key }
    }

    /// Blocks an address or a folder, and forgets the kept copy.
    ///
    /// # Errors
    ///
    /// [`EngineError`] if it refuses.
    ///
    /// # Source
    ///
    /// Bing Webmaster API, `AddBlockedUrl`; `BlockedUrl` with `EntityType` and `RequestType`
    /// (1: full removal).
    pub fn block(
        &self,
        site: &str,
        url: &str,
        entity: Entity,
        _unlisted: Unlisted,
        world: &dyn World,
    ) -> Result<(), EngineError> {
        let body = json!({
            "siteUrl": site,
            "blockedUrl": {
                "Url": url,
                "EntityType": entity as u8,
                "RequestType": 1,
                "Date": format!("/Date({}000)/", world.now()),
            },
        });
        let request = Request::post(format!("{}/AddBlockedUrl?apikey={}", self.endpoint, self.key))
            .header("content-type", "application/json; charset=utf-8")
            .body(body.to_string().into_bytes())
            .map_err(|_| EngineError::Shape(WHO))?;
        let answer = self.client.ask_patiently(&request, world)?;
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        // Its errors are answered with 400, and with 200 by some of its versions.
        match (answer.status, body["ErrorCode"].as_u64()) {
            (200..=299, None) => Ok(()),
            (status, Some(4 | 5)) => Err(EngineError::Refused(WHO, status, "too many calls")),
            (status, Some(3 | 14)) => {
                Err(EngineError::Refused(WHO, status, "the key or the site is not ours there"))
            }
            (status, _) => Err(EngineError::Refused(WHO, status, "it does not say why")),
        }
    }
}
