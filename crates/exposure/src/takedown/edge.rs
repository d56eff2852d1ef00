//! What keeps copies between origins and readers: each kind of cache with what it can be told and
//! how much of that at once.

pub mod akamai;
pub mod cloudflare;
pub mod cloudfront;
pub mod fastly;
pub mod nginx;
pub mod varnish;

use ureq::http::Request;

use super::{
    address::Site,
    budget::Quota,
    contain::Secrets,
    http::{Answer, Client, Unreachable},
    setup::{EdgeKind, EdgeSetup, server::Server},
    stage::Contained,
    world::World,
};

/// By what a cache can be told to forget, and within which limits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Means {
    /// By tags (surrogate keys).
    pub tags: Option<Quota>,
    /// By folders: whatever spelling of whatever lies in them.
    pub folders: Option<Quota>,
    /// By addresses: each spelling for itself.
    pub addresses: Option<Quota>,
}

/// A folder of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The site.
    pub site: Site,
    /// Its path, escaped, with a slash at its end.
    pub path: String,
}

/// What is to be forgotten.
#[derive(Clone, Copy, Debug)]
pub enum What<'a> {
    /// Whatever has one of these tags.
    Tags(&'a [String]),
    /// Whatever lies in one of these folders.
    Folders(&'a [Folder]),
    /// These addresses, exactly as they are spelled.
    Addresses(&'a [String]),
}

/// Why a cache does not forget.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EdgeError {
    /// A variable with a secret is not set.
    #[error("the variable {0} is not set")]
    NoSecret(String),
    /// It does not answer.
    #[error(transparent)]
    Away(#[from] Unreachable),
    /// It refuses.
    #[error("it answers {1} to {0}")]
    Refused(&'static str, u16),
    /// What it answers is not of the documented shape.
    #[error("what it answers to {0} is not of the documented shape")]
    Shape(&'static str),
    /// A command or a folder of it cannot be used.
    #[error("{0}")]
    Local(String),
    /// It has no such means.
    #[error("it cannot purge by this")]
    NoMeans,
}

/// A cache that can be told to forget. It takes the proof that the documents are contained: a cache
/// that forgets earlier fetches them again.
pub trait Edge: Send + Sync {
    /// By what it can be told.
    fn means(&self) -> Means;

    /// Has it forget.
    ///
    /// # Errors
    ///
    /// [`EdgeError`] if it does not.
    fn purge(
        &self,
        what: What<'_>,
        contained: Contained,
        world: &dyn World,
    ) -> Result<(), EdgeError>;

    /// Addresses in batches that it takes at once.
    fn batches<'u>(&self, urls: &'u [String], quota: Quota) -> Vec<&'u [String]> {
        urls.chunks(quota.per_request).collect()
    }
}

/// The cache of a set-up.
///
/// # Errors
///
/// [`EdgeError`] if a secret of it is not set, or a server of it cannot be found.
pub fn open(
    setup: &EdgeSetup,
    secrets: Secrets<'_>,
    world: &dyn World,
) -> Result<Box<dyn Edge>, EdgeError> {
    let secret = |name: &str| secrets(name).ok_or_else(|| EdgeError::NoSecret(name.to_owned()));
    Ok(match &setup.kind {
        EdgeKind::Varnish { admin, xkey, .. } => {
            Box::new(varnish::Varnish::new(setup, admin.clone(), *xkey)?)
        }
        EdgeKind::Nginx { cache, .. } => Box::new(nginx::Nginx::new(setup, cache.clone())?),
        EdgeKind::Cloudflare { zone, token_env, plan, endpoint } => {
            let token = secret(token_env)?;
            Box::new(cloudflare::Cloudflare::new(endpoint, zone, token, *plan))
        }
        EdgeKind::Fastly { service, token_env, endpoint } => {
            Box::new(fastly::Fastly::new(endpoint, service, secret(token_env)?))
        }
        EdgeKind::Akamai { endpoint, client_token_env, client_secret_env, access_token_env } => {
            let signer = super::sign::EdgeGrid {
                client_token: secret(client_token_env)?,
                client_secret: secret(client_secret_env)?,
                access_token: secret(access_token_env)?,
            };
            Box::new(akamai::Akamai::new(endpoint, signer, world))
        }
        EdgeKind::Cloudfront { distribution, access_key_env, secret_key_env, endpoint } => {
            let signer = super::sign::Aws {
                access_key: secret(access_key_env)?,
                secret_key: secret(secret_key_env)?,
                region: "us-east-1".to_owned(),
                service: "cloudfront",
            };
            Box::new(cloudfront::CloudFront::new(endpoint, distribution, signer))
        }
    })
}

/// Asks an interface, and gives its answer if that is a good one.
fn ask(
    client: &Client,
    what: &'static str,
    request: &Request<Vec<u8>>,
    world: &dyn World,
) -> Result<Answer, EdgeError> {
    let answer = client.ask_patiently(request, world)?;
    match answer.status {
        200..=299 => Ok(answer),
        status => Err(EdgeError::Refused(what, status)),
    }
}

/// Servers that are told by the method `PURGE`, every one of them.
struct Purgers(Vec<(Server, Client)>);

impl Purgers {
    fn new(setup: &EdgeSetup) -> Result<Self, EdgeError> {
        let clients = setup.servers().map(|server| Client::at(&server).map(|it| (server, it)));
        Ok(Self(clients.collect::<Result<_, _>>()?))
    }

    /// Has all of them forget an address; one that never knew it says so, which is fine.
    fn purge(&self, url: &str, tag: Option<&str>, world: &dyn World) -> Result<(), EdgeError> {
        // Each of these servers speaks one scheme, whatever that of the address is.
        let url = url.split_once("://").map_or(url, |(_, rest)| rest);
        for (server, client) in &self.0 {
            let uri = format!("{}://{url}", server.scheme());
            let mut request = Request::builder().method("PURGE").uri(uri);
            if let Some(tag) = tag {
                request = request.header("xkey", tag);
            }
            let request = request.body(Vec::new()).map_err(|_| EdgeError::Shape("PURGE"))?;
            match client.ask_patiently(&request, world)?.status {
                200..=299 | 404 | 412 => {}
                status => return Err(EdgeError::Refused("PURGE", status)),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
