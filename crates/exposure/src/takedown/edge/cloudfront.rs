//! CloudFront: `CreateInvalidation` with folders as wildcards or with paths, then waiting until it is
//! completed, because only so many may be in progress.

use std::time::Duration;

use ureq::http::Request;

use super::{Edge, EdgeError, Means, What};
use crate::takedown::{
    budget::Quota,
    digest,
    http::{Answer, Client},
    sign::{Aws, Signed},
    stage::Contained,
    world::World,
};

/// How often it is asked whether an invalidation is completed, and how long at most.
const PAUSE: Duration = Duration::from_secs(5);
const MOST_PAUSES: usize = 720;

/// A distribution.
pub struct CloudFront {
    client: Client,
    endpoint: String,
    host: String,
    path: String,
    signer: Aws,
}

impl CloudFront {
    /// A distribution, with the key that may invalidate it.
    pub fn new(endpoint: &str, distribution: &str, signer: Aws) -> Self {
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        let host = endpoint.split("://").nth(1).unwrap_or_default().to_owned();
        let path = format!("/2020-05-31/distribution/{distribution}/invalidation");
        Self { client: Client::by_name(), endpoint, host, path, signer }
    }

    fn ask(
        &self,
        method: &str,
        path: &str,
        body: &str,
        world: &dyn World,
    ) -> Result<Answer, EdgeError> {
        let signed = Signed {
            method,
            host: &self.host,
            path,
            query: "",
            headers: &[],
            body: body.as_bytes(),
        };
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.endpoint));
        for (name, value) in self.signer.headers(&signed, world.now()) {
            request = request.header(name, value);
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/xml");
        }
        let request = request.body(body.as_bytes().to_vec());
        let request = request.map_err(|_| EdgeError::Shape("CreateInvalidation"))?;
        Ok(self.client.ask_patiently(&request, world)?)
    }

    fn invalidate(&self, paths: &[String], world: &dyn World) -> Result<(), EdgeError> {
        let mut items = String::new();
        for path in paths {
            items += "<Path>";
            items += &quick_xml::escape::escape(path);
            items += "</Path>";
        }
        // The same paths again within the life of an invalidation are the same one: a retry does no
        // harm, and what is published anew later is invalidated anew.
        let reference = format!("teeka-{}-{}", world.now() / 3600, &digest(items.as_bytes())[..32]);
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">\
             <Paths><Quantity>{}</Quantity><Items>{items}</Items></Paths>\
             <CallerReference>{reference}</CallerReference></InvalidationBatch>",
            paths.len()
        );
        let mut answer = self.ask("POST", &self.path, &body, world)?;
        for _ in 0..MOST_PAUSES {
            match answer.status {
                200..=299 => break,
                // Others, or other batches of ours, have used up what may be in progress.
                400 if answer.body.contains("TooManyInvalidationsInProgress") => {
                    world.sleep(PAUSE);
                    answer = self.ask("POST", &self.path, &body, world)?;
                }
                status => return Err(EdgeError::Refused("CreateInvalidation", status)),
            }
        }
        let id = element(&answer.body, "Id").ok_or(EdgeError::Shape("CreateInvalidation"))?;
        self.wait_for(&id, world)
    }

    fn wait_for(&self, id: &str, world: &dyn World) -> Result<(), EdgeError> {
        for _ in 0..MOST_PAUSES {
            let answer = self.ask("GET", &format!("{}/{id}", self.path), "", world)?;
            if answer.status != 200 {
                return Err(EdgeError::Refused("GetInvalidation", answer.status));
            }
            if element(&answer.body, "Status").as_deref() == Some("Completed") {
                return Ok(());
            }
            world.sleep(PAUSE);
        }
        Err(EdgeError::Shape("GetInvalidation"))
    }
}

/// The text of the first element of a name; only letters, digits and dashes count.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    plain.then(|| text.to_owned())
}

/// The paths of addresses, each once: a distribution knows no hosts.
fn paths(urls: &[String]) -> Vec<String> {
    let mut paths: Vec<_> = urls
        .iter()
        .filter_map(|url| {
            let rest = url.split_once("://")?.1;
            rest.find('/').map(|at| rest[at..].to_owned())
        })
        .collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

impl Edge for CloudFront {
    /// # Source
    ///
    /// Amazon CloudFront, "Quotas on invalidations": 3,000 paths in progress, of which 15 have a
    /// wildcard.
    fn means(&self) -> Means {
        Means {
            tags: None,
            folders: Some(Quota::unlimited(15)),
            addresses: Some(Quota::unlimited(3000)),
        }
    }

    fn purge(
        &self,
        what: What<'_>,
        _contained: Contained,
        world: &dyn World,
    ) -> Result<(), EdgeError> {
        match what {
            What::Folders(folders) => {
                let mut wild: Vec<_> =
                    folders.iter().map(|folder| format!("{}*", folder.path)).collect();
                wild.sort_unstable();
                wild.dedup();
                self.invalidate(&wild, world)
            }
            What::Addresses(urls) => self.invalidate(&paths(urls), world),
            What::Tags(_) => Err(EdgeError::NoMeans),
        }
    }
}
