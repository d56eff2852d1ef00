//! IndexNow: one call for up to 10,000 addresses of a host, read by Bing, Yandex, Seznam, Naver and
//! Yep. Deleted addresses are among what it is for.

use serde_json::json;
use ureq::http::Request;

use super::EngineError;
use crate::takedown::{http::Client, stage::Unlisted, world::World};

/// The most addresses of one call.
pub const MOST_ADDRESSES: usize = 10_000;
const WHO: &str = "IndexNow";

/// An endpoint with our key.
pub struct IndexNow {
    client: Client,
    endpoint: String,
    key: String,
}

impl IndexNow {
    /// An endpoint with the key that is published at `/KEY.txt` of each host.
    pub fn new(endpoint: &str, key: String) -> Self {
        Self { client: Client::by_name(), endpoint: endpoint.to_owned(), key }
    }

    /// Tells it of addresses of a host. That they were received is all that it ever says.
    ///
    /// # Errors
    ///
    /// [`EngineError`] if it refuses.
    ///
    /// # Source
    ///
    /// IndexNow, "Documentation", "Submitting set of URLs" and its response codes.
    pub fn submit(
        &self,
        scheme: &str,
        host: &str,
        urls: &[String],
        _unlisted: Unlisted,
        world: &dyn World,
    ) -> Result<(), EngineError> {
        let body = json!({
            "host": host,
            "key": self.key,
            "keyLocation": format!("{scheme}://{host}/{}.txt", self.key),
            "urlList": urls,
        });
        let request = Request::post(&self.endpoint)
            .header("content-type", "application/json; charset=utf-8")
            .body(body.to_string().into_bytes())
            .map_err(|_| EngineError::Shape(WHO))?;
        let answer = self.client.ask_patiently(&request, world)?;
        let why = match answer.status {
            200 | 202 => return Ok(()),
            400 => "the call is not valid",
            403 => "the key is not published at /KEY.txt of the host",
            422 => "addresses are not of the host, or the key does not fit",
            429 => "too many calls",
            _ => "it does not say why",
        };
        Err(EngineError::Refused(WHO, answer.status, why))
    }
}
