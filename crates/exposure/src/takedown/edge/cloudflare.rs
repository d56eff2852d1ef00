//! Cloudflare: `POST /zones/{zone}/purge_cache` with `tags`, `prefixes` or `files`.

use serde_json::{Value, json};
use ureq::http::Request;

use super::{Edge, EdgeError, Folder, Means, What, ask};
use crate::takedown::{budget::Quota, http::Client, setup::Plan, stage::Contained, world::World};

/// A zone.
pub struct Cloudflare {
    client: Client,
    url: String,
    token: String,
    plan: Plan,
}

impl Cloudflare {
    /// A zone, with the token that may purge it.
    pub fn new(endpoint: &str, zone: &str, token: String, plan: Plan) -> Self {
        let url = format!("{}/zones/{zone}/purge_cache", endpoint.trim_end_matches('/'));
        Self { client: Client::by_name(), url, token, plan }
    }

    fn post(&self, body: &Value, world: &dyn World) -> Result<(), EdgeError> {
        let request = Request::post(&self.url)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(body.to_string().into_bytes())
            .map_err(|_| EdgeError::Shape("purge_cache"))?;
        let answer = ask(&self.client, "purge_cache", &request, world)?;
        let answer: Value =
            serde_json::from_str(&answer.body).map_err(|_| EdgeError::Shape("purge_cache"))?;
        if answer["success"] == true { Ok(()) } else { Err(EdgeError::Shape("purge_cache")) }
    }
}

/// `HOST/PATH`, as prefixes are written; for each name of the site.
fn prefixes(folders: &[Folder]) -> Vec<String> {
    let named = |folder: &Folder| -> Vec<String> {
        folder.site.hosts().map(|host| format!("{host}{}", folder.path)).collect()
    };
    folders.iter().flat_map(named).collect()
}

impl Edge for Cloudflare {
    /// # Source
    ///
    /// Cloudflare, "Purge cache", "Availability and limits": operations by tag and prefix a second
    /// with their bucket, at most 100 in a request; addresses a second, at most 100 in a request,
    /// 500 by contract.
    fn means(&self) -> Means {
        let (operations, burst, addresses) = match self.plan {
            Plan::Free => (5.0 / 60.0, 25.0, 800.0),
            Plan::Pro => (5.0, 25.0, 800.0),
            Plan::Business => (10.0, 50.0, 800.0),
            Plan::Enterprise => (50.0, 500.0, 3000.0),
        };
        // A request is one operation, whatever it names: one thing in each keeps within the limit
        // even where that is counted otherwise.
        let operations = Quota { per_request: 1, burst, per_second: operations };
        let per_request = if self.plan == Plan::Enterprise { 500 } else { 100 };
        Means {
            tags: Some(operations),
            folders: Some(operations),
            addresses: Some(Quota { per_request, burst: addresses, per_second: addresses }),
        }
    }

    fn purge(
        &self,
        what: What<'_>,
        _contained: Contained,
        world: &dyn World,
    ) -> Result<(), EdgeError> {
        let body = match what {
            What::Tags(tags) => json!({ "tags": tags }),
            What::Folders(folders) => json!({ "prefixes": prefixes(folders) }),
            What::Addresses(urls) => json!({ "files": urls }),
        };
        self.post(&body, world)
    }
}
