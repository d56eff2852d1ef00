//! Which hosts may be asked, for what, and how fast. What is not in here is never contacted.

mod network;

use std::{net::IpAddr, time::Duration};

use serde::Deserialize;
use url::{Host, Url};

use self::network::Network;

/// What a sweep may contact: the file of the scope.
///
/// # Shape
///
/// TOML. Every host by its exact name; what is left out has the value given here.
///
/// ```toml
/// agent = "teeka-sweep (+mailto:security@health.example)"
/// start = ["https://files.health.example/reports/"]  # each host's front page
///
/// [[host]]
/// name = "files.health.example"
/// ports = [443, 80]
/// paths = ["/"]            # prefixes; /robots.txt is asked for only if one covers it
/// rate = 10.0              # requests a second; 0 for no limit
/// connections = 4
/// networks = []            # where the name may lead: public addresses, if none are given
///
/// [limits]
/// document_bytes = 67108864
/// page_bytes = 1073741824
/// seconds = 600            # for one answer
/// depth = 16               # links and redirects in a row
/// addresses = 5000000
/// pictures = 1000          # documents whose letters are read, in one turn
/// ```
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// What it says of itself to servers, with an address to complain to.
    #[serde(default = "agent")]
    pub agent: String,
    /// Where it begins.
    #[serde(default)]
    start: Vec<String>,
    #[serde(rename = "host")]
    hosts: Vec<HostRule>,
    /// How much at most.
    #[serde(default)]
    pub limits: Limits,
}

/// A host that may be asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostRule {
    name: String,
    #[serde(default = "ports")]
    ports: Vec<u16>,
    #[serde(default = "paths")]
    paths: Vec<String>,
    /// Requests a second, if the operator says so.
    #[serde(default)]
    rate: Option<f64>,
    /// Requests at a time.
    #[serde(default = "connections")]
    pub connections: usize,
    #[serde(default)]
    networks: Vec<Network>,
}

/// How much at most.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bytes of a document, decoded. Of a longer text the beginning is read.
    pub document_bytes: u64,
    /// Bytes of a page, listing or sitemap, decoded.
    pub page_bytes: u64,
    /// Seconds for one answer.
    pub seconds: u64,
    /// Links and redirects in a row from what the operator named.
    pub depth: i64,
    /// Addresses that are known.
    pub addresses: u64,
    /// Documents whose letters are read in one turn.
    pub pictures: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 64 << 20,
            page_bytes: 1 << 30,
            seconds: 600,
            depth: 16,
            addresses: 5_000_000,
            pictures: 1_000,
        }
    }
}

fn agent() -> String {
    "teeka-sweep".to_owned()
}

fn ports() -> Vec<u16> {
    vec![443, 80]
}

fn paths() -> Vec<String> {
    vec!["/".to_owned()]
}

const fn connections() -> usize {
    4
}

/// Requests a second where neither the operator nor the host says anything.
const RATE: f64 = 10.0;
/// Most connections to one host.
const MOST_CONNECTIONS: usize = 64;

/// The file of the scope is not one.
#[derive(Debug, thiserror::Error)]
pub enum NotScope {
    /// It is no TOML, or has other keys.
    #[error("the scope is not as it should be")]
    Shape(#[source] Box<toml::de::Error>),
    /// It names no host.
    #[error("the scope names no host")]
    Empty,
    /// A host's name is none: it is written exactly, without scheme, port or path.
    #[error(
        "host {number} of the scope: its name must be a host name or an IP address, and nothing else"
    )]
    Name {
        /// Which host, counted from 1.
        number: usize,
    },
    /// A host has no port, path or connection, or a rate below 0.
    #[error("host {number} of the scope: {what}")]
    Host {
        /// Which host, counted from 1.
        number: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// It would begin where it may not go.
    #[error("start {number} of the scope is not an address of one of its hosts")]
    Start {
        /// Which one, counted from 1.
        number: usize,
    },
}

/// An address that a scope has admitted. There is no other way to have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// The address.
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        let port = self.0.port_or_known_default().unwrap_or_default();
        let host = self.0.host_str().unwrap_or_default();
        format!("{}://{host}:{port}", self.0.scheme())
    }
}

impl Scope {
    /// Reads a scope.
    ///
    /// # Errors
    ///
    /// [`NotScope`].
    pub fn read(text: &str) -> Result<Self, NotScope> {
        let mut scope: Self =
            toml::from_str(text).map_err(|error| NotScope::Shape(Box::new(error)))?;
        if scope.hosts.is_empty() {
            return Err(NotScope::Empty);
        }
        for (number, host) in (1..).zip(&mut scope.hosts) {
            host.check(number)?;
        }
        let outside = scope.start.iter().position(|start| scope.admit(start).is_none());
        match outside {
            Some(place) => Err(NotScope::Start { number: place + 1 }),
            None => Ok(scope),
        }
    }

    /// Admits an address, if it may be asked.
    ///
    /// It comes out normalised, so that one place has one address: lower-case scheme and host, no
    /// default port, no dot segments, no fragment.
    pub fn admit(&self, text: &str) -> Option<Address> {
        self.admit_url(Url::parse(text.trim()).ok()?)
    }

    /// Admits what an address points to, if that may be asked.
    pub fn admit_from(&self, base: &Url, reference: &str) -> Option<Address> {
        self.admit_url(base.join(reference.trim()).ok()?)
    }

    fn admit_url(&self, mut url: Url) -> Option<Address> {
        if !matches!(url.scheme(), "http" | "https") || url.as_str().len() > LONGEST {
            return None;
        }
        // Never a name or a password: neither is ours to use, and both are used to deceive.
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        url.set_fragment(None);
        let host = self.host(url.host_str()?, url.port_or_known_default()?)?;
        host.covers(url.path()).then_some(Address(url))
    }

    /// The rule for a host and port, if there is one.
    pub fn host(&self, name: &str, port: u16) -> Option<&HostRule> {
        self.hosts.iter().find(|host| host.name == name && host.ports.contains(&port))
    }

    /// Where a sweep begins.
    pub fn start(&self) -> Vec<Address> {
        if !self.start.is_empty() {
            return self.start.iter().filter_map(|start| self.admit(start)).collect();
        }
        let first = |host: &HostRule| {
            let port = *host.ports.first()?;
            let path = host.paths.first()?;
            let scheme = if port == 443 { "https" } else { "http" };
            self.admit(&format!("{scheme}://{}:{port}{path}", host.name))
        };
        self.hosts.iter().filter_map(first).collect()
    }
}

/// Longest address that is asked, in bytes. What is longer is a trap or an attack.
const LONGEST: usize = 4_096;

impl HostRule {
    fn check(&mut self, number: usize) -> Result<(), NotScope> {
        // As an address would have it: in lower case, in punycode, an IP address in one form.
        let more = self.name.contains(['/', '@', '\\', '?', '#', '*'])
            || (self.name.contains(':') && !self.name.ends_with(']'));
        let parsed = Url::parse(&format!("http://{}/", self.name)).ok().filter(|_| !more);
        let name = parsed.as_ref().and_then(Url::host_str).ok_or(NotScope::Name { number })?;
        name.clone_into(&mut self.name);
        let what = match self {
            _ if self.ports.is_empty() => "it has no port",
            _ if self.paths.iter().any(|path| !path.starts_with('/')) => {
                "a path begins with a slash"
            }
            _ if self.paths.is_empty() => "it has no path",
            _ if !(1..=MOST_CONNECTIONS).contains(&self.connections) => {
                "it has between 1 and 64 connections"
            }
            _ if self.rate.is_some_and(|rate| !(rate >= 0.0 && rate.is_finite())) => {
                "its rate is a number of requests a second, or 0"
            }
            _ => return Ok(()),
        };
        Err(NotScope::Host { number, what })
    }

    /// Whether a path lies under one of its prefixes, which end where a segment of the path ends.
    fn covers(&self, path: &str) -> bool {
        self.paths.iter().any(|prefix| {
            let rest = path.strip_prefix(prefix.as_str());
            rest.is_some_and(|rest| {
                prefix.ends_with('/') || rest.is_empty() || rest.starts_with('/')
            })
        })
    }

    /// How long it takes from one request to the next. What the host wishes counts where the
    /// operator says nothing.
    pub fn gap(&self, wished: Option<Duration>) -> Duration {
        match (self.rate, wished) {
            (Some(rate), _) if rate > 0.0 => Duration::from_secs_f64(1.0 / rate),
            (Some(_), _) => Duration::ZERO,
            (None, Some(wished)) => wished.min(LONGEST_GAP),
            (None, None) => Duration::from_secs_f64(1.0 / RATE),
        }
    }

    /// Whether its name may lead there: to the networks that are given, else to public addresses
    /// only, so that nobody's name server can point the sweep at what is not public.
    pub fn may_lead_to(&self, address: IpAddr) -> bool {
        if !self.networks.is_empty() {
            return self.networks.iter().any(|network| network.holds(address));
        }
        // Who names an address means it.
        let named = Url::parse(&format!("http://{}/", self.name)).ok();
        let named = named.as_ref().and_then(Url::host).is_some_and(|host| match host {
            Host::Ipv4(own) => IpAddr::V4(own) == address,
            Host::Ipv6(own) => IpAddr::V6(own) == address,
            Host::Domain(_) => false,
        });
        named || network::is_public(address)
    }
}

/// Longest wish of a host that is kept to.
const LONGEST_GAP: Duration = Duration::from_mins(1);

#[cfg(test)]
mod tests;
