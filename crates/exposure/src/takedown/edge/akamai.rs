//! Akamai Fast Purge, version 3: `delete` by tag or by address. Requests are signed by EdgeGrid.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;
use ureq::http::Request;

use super::{Edge, EdgeError, Means, What, ask};
use crate::takedown::{
    budget::Quota, http::Client, sign::EdgeGrid, stage::Contained, world::World,
};

/// The most bytes of a body, with room for what stands around the objects.
const MOST_BODY: usize = 49_000;

/// A client of Fast Purge.
pub struct Akamai {
    client: Client,
    endpoint: String,
    host: String,
    signer: EdgeGrid,
    nonce: AtomicU64,
}

impl Akamai {
    /// A client at the host that its credentials name.
    pub fn new(endpoint: &str, signer: EdgeGrid, world: &dyn World) -> Self {
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        let host = endpoint.split("://").nth(1).unwrap_or_default().to_owned();
        let mut first = [0; 8];
        world.fill(&mut first);
        let nonce = AtomicU64::new(u64::from_be_bytes(first));
        Self { client: Client::by_name(), endpoint, host, signer, nonce }
    }

    fn delete(
        &self,
        path: &'static str,
        objects: &[String],
        world: &dyn World,
    ) -> Result<(), EdgeError> {
        let body = json!({ "objects": objects }).to_string().into_bytes();
        // Never the same twice, and not to be guessed from outside.
        let nonce = format!("{:016x}", self.nonce.fetch_add(1, Ordering::Relaxed));
        let signature =
            self.signer.authorization("POST", &self.host, path, &body, world.now(), &nonce);
        let request = Request::post(format!("{}{path}", self.endpoint))
            .header("authorization", signature)
            .header("content-type", "application/json")
            .body(body)
            .map_err(|_| EdgeError::Shape("delete"))?;
        ask(&self.client, "delete", &request, world).map(drop)
    }
}

impl Edge for Akamai {
    /// # Source
    ///
    /// Akamai, "Fast Purge API", "Rate limiting": a bucket of 10,000 addresses that fills by 12,000
    /// a minute, one of 5,000 tags that fills by 500; a body of at most 50 kB.
    fn means(&self) -> Means {
        let addresses = Quota { per_request: 1000, burst: 10_000.0, per_second: 200.0 };
        let tags = Quota { per_request: 1000, burst: 5000.0, per_second: 500.0 / 60.0 };
        Means { tags: Some(tags), folders: None, addresses: Some(addresses) }
    }

    fn purge(
        &self,
        what: What<'_>,
        _contained: Contained,
        world: &dyn World,
    ) -> Result<(), EdgeError> {
        match what {
            What::Tags(tags) => self.delete("/ccu/v3/delete/tag/production", tags, world),
            What::Addresses(urls) => self.delete("/ccu/v3/delete/url/production", urls, world),
            What::Folders(_) => Err(EdgeError::NoMeans),
        }
    }

    /// As many as fit into a body.
    fn batches<'u>(&self, urls: &'u [String], quota: Quota) -> Vec<&'u [String]> {
        let (mut batches, mut begin, mut bytes) = (Vec::new(), 0, 0);
        for (end, url) in urls.iter().enumerate() {
            // Quotes and a comma; an address has nothing that JSON escapes.
            let size = url.len() + 3;
            let full = end - begin >= quota.per_request || bytes + size > MOST_BODY;
            if full && end > begin {
                batches.push(&urls[begin..end]);
                (begin, bytes) = (end, 0);
            }
            bytes += size;
        }
        if begin < urls.len() {
            batches.push(&urls[begin..]);
        }
        batches
    }
}
