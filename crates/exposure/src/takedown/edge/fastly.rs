//! Fastly: `POST /service/{id}/purge` with up to 256 surrogate keys, or one address at a time.

use ureq::http::Request;

use super::{Edge, EdgeError, Means, What, ask};
use crate::takedown::{budget::Quota, http::Client, stage::Contained, world::World};

/// A service.
pub struct Fastly {
    client: Client,
    endpoint: String,
    service: String,
    token: String,
}

impl Fastly {
    /// A service, with the token that may purge it.
    pub fn new(endpoint: &str, service: &str, token: String) -> Self {
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        Self { client: Client::by_name(), endpoint, service: service.to_owned(), token }
    }

    fn post(
        &self,
        what: &'static str,
        path: &str,
        keys: Option<&str>,
        world: &dyn World,
    ) -> Result<(), EdgeError> {
        let mut request = Request::post(format!("{}{path}", self.endpoint))
            .header("fastly-key", &self.token)
            .header("accept", "application/json");
        if let Some(keys) = keys {
            request = request.header("surrogate-key", keys);
        }
        let request = request.body(Vec::new()).map_err(|_| EdgeError::Shape(what))?;
        ask(&self.client, what, &request, world).map(drop)
    }
}

impl Edge for Fastly {
    /// # Source
    ///
    /// Fastly, "Purging API": a batch has at most 256 keys; single purges are limited to 100,000 an
    /// hour for an account.
    fn means(&self) -> Means {
        let addresses = Quota { per_request: 1, burst: 100_000.0, per_second: 100_000.0 / 3600.0 };
        Means { tags: Some(Quota::unlimited(256)), folders: None, addresses: Some(addresses) }
    }

    fn purge(
        &self,
        what: What<'_>,
        _contained: Contained,
        world: &dyn World,
    ) -> Result<(), EdgeError> {
        match what {
            // A soft purge would leave the document to be served while the origin is away: it is
            // asked for nowhere.
            What::Tags(tags) => {
                let path = format!("/service/{}/purge", self.service);
                self.post("purge by surrogate key", &path, Some(&tags.join(" ")), world)
            }
            What::Addresses(urls) => urls.iter().try_for_each(|url| {
                let bare = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
                self.post("purge of an address", &format!("/purge/{bare}"), None, world)
            }),
            What::Folders(_) => Err(EdgeError::NoMeans),
        }
    }
}
