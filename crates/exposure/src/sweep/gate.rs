//! The one place that opens connections, and that holds each to the scope once more.

use std::{
    io::{self, Read},
    net::IpAddr,
    sync::Arc,
    time::Duration,
};

use flate2::read::{MultiGzDecoder, ZlibDecoder};
use jiff::Timestamp;
use ureq::{
    Agent, Body,
    http::{HeaderMap, Response, Uri, header},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

use super::scope::{Address, Scope};
use crate::client;

/// Opens connections to what a scope admits.
pub(super) struct Gate {
    agent: Agent,
}

/// What is asked for beside the address.
#[derive(Clone, Copy, Default)]
pub(super) struct Ask<'a> {
    /// Only if it differs from this.
    pub(super) etag: Option<&'a str>,
    /// Only if it was changed after this.
    pub(super) modified: Option<&'a str>,
    /// From which byte on, and up to which.
    pub(super) range: Option<(u64, Option<u64>)>,
    /// The range only if it is still this.
    pub(super) if_range: Option<&'a str>,
    /// Whether it may come compressed.
    pub(super) packed: bool,
}

/// What came back, with its body unread.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) media: String,
    pub(super) etag: Option<String>,
    pub(super) modified: Option<String>,
    pub(super) retry_after: Option<Duration>,
    pub(super) location: Option<String>,
    /// Length of the whole, if the server says it.
    pub(super) whole: Option<u64>,
    pub(super) body: Box<dyn Read + Send>,
}

/// Why nothing came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Trouble {
    /// The name leads where the scope does not.
    #[error("the name of the host leads outside the scope")]
    Outside,
    /// Nobody is there, or says nothing in time.
    #[error("the host does not answer")]
    Away,
    /// What is said is no HTTP, or is in an encoding that was not asked for.
    #[error("the answer cannot be read")]
    Garbled,
}

impl Gate {
    /// A gate for a scope. It knows no proxy: that would be another host.
    pub(super) fn new(scope: &Arc<Scope>) -> Self {
        let config = Agent::config_builder()
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(scope.limits.seconds)))
            .timeout_resolve(Some(PATIENCE))
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(2 * PATIENCE))
            .max_idle_connections(256)
            .max_idle_connections_per_host(64)
            .user_agent(scope.agent.as_str())
            .tls_config(client::tls())
            .build();
        let resolver = Within { scope: Arc::clone(scope), names: DefaultResolver::default() };
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), resolver) }
    }

    /// Asks for an address.
    pub(super) fn ask(
        &self,
        address: &Address,
        ask: Ask<'_>,
        now: Timestamp,
    ) -> Result<Answer, Trouble> {
        let mut request = self.agent.get(address.url().as_str());
        request = request
            .header(header::ACCEPT_ENCODING, if ask.packed { "gzip, deflate" } else { "identity" });
        if let Some(etag) = ask.etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(modified) = ask.modified {
            request = request.header(header::IF_MODIFIED_SINCE, modified);
        }
        if let Some((from, to)) = ask.range {
            let to = to.map_or_else(String::new, |to| to.to_string());
            request = request.header(header::RANGE, format!("bytes={from}-{to}"));
        }
        if let Some(validator) = ask.if_range {
            request = request.header(header::IF_RANGE, validator);
        }
        let response = request.call().map_err(|error| trouble(&error))?;
        answer(response, now)
    }
}

/// How long a name, a connection and half an answer may take.
const PATIENCE: Duration = Duration::from_secs(15);

fn trouble(error: &ureq::Error) -> Trouble {
    match error {
        ureq::Error::Other(inner) if inner.is::<Outside>() => Trouble::Outside,
        ureq::Error::Protocol(_) | ureq::Error::Http(_) | ureq::Error::BadUri(_) => {
            Trouble::Garbled
        }
        _ => Trouble::Away,
    }
}

fn answer(response: Response<Body>, now: Timestamp) -> Result<Answer, Trouble> {
    let (parts, body) = response.into_parts();
    let headers = &parts.headers;
    let media = text(headers, header::CONTENT_TYPE).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let range = text(headers, header::CONTENT_RANGE);
    let whole = match parts.status.as_u16() {
        206 => range.as_deref().and_then(|range| range.rsplit('/').next()?.parse().ok()),
        _ => text(headers, header::CONTENT_LENGTH).and_then(|length| length.parse().ok()),
    };
    let encoding = text(headers, header::CONTENT_ENCODING).map(|name| name.to_ascii_lowercase());
    let reader = body.into_with_config().limit(u64::MAX).reader();
    let body: Box<dyn Read + Send> = match encoding.as_deref() {
        None | Some("" | "identity") => Box::new(reader),
        Some("gzip" | "x-gzip") => Box::new(MultiGzDecoder::new(reader)),
        Some("deflate") => Box::new(ZlibDecoder::new(reader)),
        Some(_) => return Err(Trouble::Garbled),
    };
    Ok(Answer {
        status: parts.status.as_u16(),
        media,
        etag: text(headers, header::ETAG).filter(|etag| etag.len() <= LONGEST),
        modified: text(headers, header::LAST_MODIFIED).filter(|date| date.len() <= LONGEST),
        retry_after: text(headers, header::RETRY_AFTER)
            .and_then(|text| client::wait(&text, now, LONGEST_WAIT)),
        location: text(headers, header::LOCATION),
        whole,
        body,
    })
}

/// Longest validator that is kept, in bytes.
const LONGEST: usize = 256;

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Longest that a server's wish to be left alone is kept to.
const LONGEST_WAIT: Duration = Duration::from_mins(15);

/// Names are resolved here, once for each connection, and only addresses to which the scope lets
/// the name lead are handed on. So what was looked at is what is connected to.
#[derive(Debug)]
struct Within {
    scope: Arc<Scope>,
    names: DefaultResolver,
}

/// A name leads outside.
#[derive(Debug, thiserror::Error)]
#[error("the name of the host leads outside the scope")]
struct Outside;

impl Resolver for Within {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let outside = || ureq::Error::Other(Box::new(Outside));
        // Asked again: the text of an address and what is read of it here could differ.
        let port =
            uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
        let rule = uri.host().and_then(|name| self.scope.host(name, port)).ok_or_else(outside)?;
        let bare = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let mut within = self.empty();
        if let Ok(literal) = bare.parse::<IpAddr>() {
            if rule.may_lead_to(literal) {
                within.push((literal, port).into());
            }
        } else {
            for one in &*self.names.resolve(uri, config, timeout)? {
                if rule.may_lead_to(one.ip()) {
                    within.push(*one);
                }
            }
        }
        if within.is_empty() { Err(outside()) } else { Ok(within) }
    }
}

/// Reads up to so many bytes; says whether there are more.
pub(super) fn read_up_to(
    reader: &mut dyn Read,
    most: u64,
    bytes: &mut Vec<u8>,
) -> io::Result<bool> {
    let before = bytes.len() as u64;
    reader.take(most.saturating_add(1)).read_to_end(bytes)?;
    let over = bytes.len() as u64 - before > most;
    if over {
        bytes.pop();
    }
    Ok(over)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_connection_is_opened_that_the_scope_does_not_name() {
        let scope = "[[host]]\nname = '127.0.0.1'\nports = [8080]\n\
                     [[host]]\nname = 'localhost'\nports = [8080]";
        let scope = Arc::new(Scope::read(scope).unwrap());
        let within = Within { scope, names: DefaultResolver::default() };
        let never = NextTimeout {
            after: ureq::unversioned::transport::time::Duration::NotHappening,
            reason: ureq::Timeout::Global,
            ..NextTimeout::default()
        };
        let resolve = |uri: &'static str| {
            let config = Agent::config_builder().build();
            within.resolve(&Uri::from_static(uri), &config, never)
        };
        assert_eq!(resolve("http://127.0.0.1:8080/").unwrap().len(), 1);
        for uri in [
            "http://127.0.0.1/",
            "http://127.0.0.2:8080/",
            "http://other.example:8080/",
            // The name is in the scope, but leads where nobody else can go.
            "http://localhost:8080/",
        ] {
            let error = resolve(uri).err().unwrap();
            assert_eq!(trouble(&error), Trouble::Outside, "{uri}");
        }
    }
}
