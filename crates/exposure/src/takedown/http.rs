//! The one place of a takedown that opens connections. Nothing is followed: what answers is what was
//! asked.

use std::{
    io::Read,
    net::{SocketAddr, ToSocketAddrs},
    time::Duration,
};

use ureq::{
    Agent,
    config::Config,
    http::{HeaderMap, Request, Uri},
    tls::TlsConfig,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

use super::{
    setup::server::Server,
    world::{World, instant},
};
use crate::client;

/// The most bytes of an answer that are read.
const MOST_BODY: u64 = 1 << 20;
/// How often a busy interface is asked again.
const TRIES: u32 = 6;
/// The longest that we wait because it was asked of us.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// What answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The beginning of the body.
    pub body: String,
}

impl Answer {
    /// A header as text, empty if it is not there.
    pub fn header(&self, name: &str) -> String {
        let values = self.headers.get_all(name).iter();
        let texts: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
        texts.join(", ")
    }
}

/// Nothing answered. What was asked is not told: an address may name people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreachable(pub &'static str);

/// Asks one server, or whoever a name stands for.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
}

/// Connections go to one address, whichever host they are for.
#[derive(Debug)]
struct Pinned(SocketAddr);

impl Resolver for Pinned {
    fn resolve(
        &self,
        _uri: &Uri,
        _config: &Config,
        _timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        addresses.push(self.0);
        Ok(addresses)
    }
}

impl Client {
    /// A client of interfaces, found by their names.
    pub fn by_name() -> Self {
        let connector = DefaultConnector::default();
        let config = config(client::tls());
        Self { agent: Agent::with_parts(config, connector, DefaultResolver::default()) }
    }

    /// A client of one server, whichever host is asked for.
    ///
    /// # Errors
    ///
    /// [`Unreachable`] if the name stands for no address, or its `ca` cannot be used.
    pub fn at(server: &Server) -> Result<Self, Unreachable> {
        let unknown = Unreachable("the host is not found");
        let mut addresses = server.at.to_socket_addrs().map_err(|_| unknown)?;
        let address = addresses.next().ok_or(unknown)?;
        let tls = match &server.ca {
            None => client::tls(),
            Some(ca) => client::tls_by(ca).ok_or(Unreachable("its ca holds no certificates"))?,
        };
        let connector = DefaultConnector::default();
        Ok(Self { agent: Agent::with_parts(config(tls), connector, Pinned(address)) })
    }

    /// Asks once.
    ///
    /// # Errors
    ///
    /// [`Unreachable`] if nothing answers in time, or the answer breaks off.
    pub fn ask(&self, request: Request<Vec<u8>>) -> Result<Answer, Unreachable> {
        let mut response = self.agent.run(request).map_err(|error| cause(&error))?;
        // Read in any case, so that the connection can be used again.
        let reader = response.body_mut().with_config().limit(u64::MAX).reader();
        let mut body = Vec::new();
        // A body that is not whole may say the opposite: no rules, no tags.
        reader
            .take(MOST_BODY)
            .read_to_end(&mut body)
            .map_err(|_| Unreachable("its answer broke off"))?;
        let body = String::from_utf8_lossy(&body).into_owned();
        let status = response.status().as_u16();
        Ok(Answer { status, headers: response.headers().clone(), body })
    }

    /// Asks until it is answered by something else than "later".
    ///
    /// # Errors
    ///
    /// [`Unreachable`] if nothing answers after some tries.
    pub fn ask_patiently(
        &self,
        request: &Request<Vec<u8>>,
        world: &dyn World,
    ) -> Result<Answer, Unreachable> {
        let mut pause = Duration::from_millis(500);
        let mut tried = 1;
        loop {
            let outcome = self.ask(request.clone());
            let asked = match &outcome {
                Ok(answer) if !matches!(answer.status, 429 | 500..=599) => return outcome,
                Ok(answer) => {
                    let now = instant(world.now());
                    client::wait(&answer.header("retry-after"), now, LONGEST_PAUSE)
                }
                Err(_) => None,
            };
            if tried == TRIES {
                return outcome;
            }
            tried += 1;
            world.sleep(asked.unwrap_or(pause.min(LONGEST_PAUSE)));
            pause *= 3;
        }
    }
}

fn config(tls: TlsConfig) -> Config {
    Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(30)))
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_idle_connections(256)
        .max_idle_connections_per_host(256)
        .proxy(None)
        .user_agent("teeka")
        .tls_config(tls)
        .build()
}

fn is_of_tls(error: &std::io::Error) -> bool {
    matches!(error.get_ref(), Some(cause) if cause.is::<rustls::Error>())
}

fn cause(error: &ureq::Error) -> Unreachable {
    Unreachable(match error {
        ureq::Error::Timeout(_) => "no answer in time",
        ureq::Error::HostNotFound => "the host is not found",
        ureq::Error::Rustls(_) => "its TLS cannot be trusted",
        // What is wrong with a certificate comes while the connection is written to.
        ureq::Error::Io(error) if is_of_tls(error) => "its TLS cannot be trusted",
        ureq::Error::Io(_) | ureq::Error::ConnectionFailed => "it cannot be reached",
        _ => "the call failed",
    })
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        net::TcpListener,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use super::*;
    use crate::takedown::fixture::{Played, serve};

    fn get(url: &str) -> Request<Vec<u8>> {
        Request::get(url).body(Vec::new()).unwrap()
    }

    #[test]
    fn an_answer_that_breaks_off_is_none() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/robots.txt", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1000]);
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nUser-agent: *")
                .unwrap();
        });
        let broken = Client::by_name().ask(get(&url)).unwrap_err();
        assert_eq!(broken, Unreachable("its answer broke off"));
    }

    #[test]
    fn of_a_long_answer_the_beginning_is_read() {
        let url = serve(|_| (200, None, "User-agent: *\nDisallow: /\n".repeat(1 << 16)));
        let answer = Client::by_name().ask(get(&url)).unwrap();
        assert!(answer.body.starts_with("User-agent: *\nDisallow: /\n"));
        assert_eq!(answer.body.len(), 1 << 20);
    }

    #[test]
    fn who_names_a_date_is_asked_then() {
        let (world, asked) = (Played::default(), AtomicUsize::new(0));
        let until = instant(world.now() + 90).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let url = serve(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
            0 => (503, Some(("retry-after", until.clone())), String::new()),
            _ => (200, None, String::new()),
        });
        assert_eq!(Client::by_name().ask_patiently(&get(&url), &world).unwrap().status, 200);
        assert_eq!(world.elapsed_seconds(), 90);
    }
}
